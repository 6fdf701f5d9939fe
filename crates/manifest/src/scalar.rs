//! What a scalar of YAML means: the core schema of YAML 1.2.2, section 10.3.2.

use serde_json::{Number, Value};

/// The value of a plain scalar; nothing for a number that JSON has none of.
pub fn plain(text: &str) -> Option<Value> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match number(text) {
            Some(Ok(number)) => Value::Number(number),
            Some(Err(())) => return None,
            None => Value::String(text.to_owned()),
        },
    })
}

/// A number, or a text that is one in YAML and has no form in JSON.
fn number(text: &str) -> Option<Result<Number, ()>> {
    let with_radix = |digits: &str, radix| {
        let all = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        all.then(|| u64::from_str_radix(digits, radix).map(Number::from))
            .map(|number| number.map_err(|_| ()))
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return with_radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return with_radix(digits, 8);
    }
    let bare = text.strip_prefix(['-', '+']).unwrap_or(text);
    let word = bare.strip_prefix('.').unwrap_or_default();
    if ["inf", "Inf", "INF", "nan", "NaN", "NAN"].contains(&word) {
        return Some(Err(()));
    }
    let is_number = bare.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && bare.contains(|c: char| c.is_ascii_digit())
        && bare
            .chars()
            .all(|c| c.is_ascii_digit() || ".eE+-".contains(c));
    if !is_number {
        return None;
    }
    if bare.bytes().all(|digit| digit.is_ascii_digit()) {
        let whole = text.strip_prefix('+').unwrap_or(text);
        let whole = whole
            .parse::<u64>()
            .map(Number::from)
            .or_else(|_| whole.parse::<i64>().map(Number::from));
        if let Ok(whole) = whole {
            return Some(Ok(whole));
        }
    }
    // What looks like a number and is none (`1.2.3`, `2026-01-01`) is a text.
    let float = text.parse::<f64>().ok()?;
    Some(Number::from_f64(float).ok_or(()))
}
