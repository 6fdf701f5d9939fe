//! JSON in one form: RFC 8785, the JSON Canonicalization Scheme.
//!
//! Members are sorted by the UTF-16 code units of their names, nothing stands between tokens, strings are escaped as little as may be, and numbers
//! are written as ECMAScript writes them. RFC 8785 takes only numbers that a double holds. An integer that it does not hold is written with all its
//! digits here, so that two different ones never look alike.
//!
//! It is written here because the kernel counts its bytes: the crates that do it bring a second way to write doubles, and a serializer for every type. Tests hold
//! it against one of them.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// JSON in its canonical form. The value is as deep as a parser of JSON lets in, or a stack takes.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted = BTreeMap::new();
            for member in members {
                sorted.insert(member.0.encode_utf16().collect::<Vec<u16>>(), member);
            }
            out.push('{');
            for (place, (name, member)) in sorted.into_values().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                text(out, name);
                out.push(':');
                write(out, member);
            }
            out.push('}');
        }
        Value::String(string) => text(out, string),
        Value::Number(number) => match number.as_f64() {
            // Of the negative one, too.
            Some(0.0) => out.push('0'),
            Some(_) if number.is_f64() => double_as_ecmascript(out, &number.to_string()),
            _ => push(out, number),
        },
        Value::Null | Value::Bool(_) => push(out, value),
    }
}

fn push(out: &mut String, value: &impl std::fmt::Display) {
    // A string takes everything.
    let _ = write!(out, "{value}");
}

/// `serde_json` escapes exactly what RFC 8785, section 3.2.2.2, says, and as it says.
fn text(out: &mut String, text: &str) {
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// ECMA-262, `Number::toString` with the radix 10, which RFC 8785, section 3.2.2.3, refers to. The digits are those that `serde_json` writes: the
/// fewest, the closest of these, and the even one of two that are as close. (`{:e}` takes the greater one of those.)
fn double_as_ecmascript(out: &mut String, shown: &str) {
    let shown = match shown.strip_prefix('-') {
        Some(positive) => {
            out.push('-');
            positive
        }
        None => shown,
    };
    let (mantissa, exponent) = shown.split_once('e').unwrap_or((shown, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, part].concat();
    let started = all.trim_start_matches('0');
    let digits = started.trim_end_matches('0');
    let length = |text: &str| i32::try_from(text.len()).unwrap_or(i32::MAX);
    // Where the point stands, counted from the first digit.
    let point =
        length(whole) + exponent.parse::<i32>().unwrap_or(0) - (length(&all) - length(started));
    let count = length(digits);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    match point {
        1..=21 if count <= point => {
            out.extend([digits, &*zeros(point - count)]);
        }
        1..=21 => {
            let (whole, part) = digits.split_at(usize::try_from(point).unwrap_or(0));
            out.extend([whole, ".", part]);
        }
        -5..=0 => {
            out.extend(["0.", &*zeros(-point), digits]);
        }
        _ => {
            let (first, rest) = digits.split_at(1.min(digits.len()));
            let dot = if rest.is_empty() { "" } else { "." };
            let sign = if point > 0 { "+" } else { "-" };
            out.extend([first, dot, rest, "e", sign]);
            push(out, &(point - 1).abs());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn the_examples_of_rfc_8785_come_out_as_printed() {
        let given: Value = serde_json::from_str(
            r#"{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                 "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
                 "literals": [null, true, false] }"#,
        )
        .expect("JSON");
        let printed = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(canonical(&given), printed);

        // Section 3.2.3: by UTF-16, an emoji comes before U+FB33.
        let given = json!({ "\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7 });
        assert_eq!(
            canonical(&given),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
    }

    #[test]
    fn integers_beyond_a_double_stay_apart() {
        let [a, b] =
            [9_007_199_254_740_992_u64, 9_007_199_254_740_993].map(|it| canonical(&json!(it)));
        assert_ne!(a, b);
    }

    #[test]
    fn of_two_digits_that_are_as_close_the_even_one_is_written() {
        let between: f64 = "-211248431890810.625".parse().expect("a number");
        assert_eq!(canonical(&json!(between)), "-211248431890810.62");
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<u64>().prop_map(|bits| Value::from(f64::from_bits(bits))),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((any::<String>(), inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn another_writer_of_canonical_json_agrees(value in json_value()) {
            let theirs = serde_json_canonicalizer::to_string(&value).expect("canonical");
            prop_assert_eq!(canonical(&value), theirs);
        }

        #[test]
        fn doubles_halfway_between_two_digits_agree(eighths in 0_u64..(1 << 53), down in 0..6) {
            #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
            let value = Value::from(eighths as f64 / f64::from(1 << down));
            let theirs = serde_json_canonicalizer::to_string(&value).expect("canonical");
            prop_assert_eq!(canonical(&value), theirs);
        }

        #[test]
        fn doubles_of_every_size_agree(bits in any::<u64>()) {
            let value = Value::from(f64::from_bits(bits));
            let theirs = serde_json_canonicalizer::to_string(&value).expect("canonical");
            prop_assert_eq!(canonical(&value), theirs);
        }
    }
}
