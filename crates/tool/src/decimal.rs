//! Numbers out of decimal digits, exactly, by a reader that is there anyway.
//!
//! **Problem.** `serde_json` reads a number of 17 digits as one of its neighbours unless its feature `float_roundtrip` is on, and
//! that brings one more reader of decimal numbers: 9 to 18 kB of every program. A guest has the standard library's, and a program
//! of the page has the browser's.
//!
//! **Shape.** The build puts these in the place of that reader (`graft` in `wasm-pack.toml`), with the same signatures and
//! results. Natively `serde_json`'s own run, and a test holds both together.

/// `mantissa · 10^exponent`, rounded to the nearest number there is; infinite when it is too large for one.
#[must_use]
pub fn concise(mantissa: u64, exponent: i32) -> f64 {
    read(&format!("{mantissa}e{exponent}"))
}

/// `integer.fraction · 10^exponent`, each a row of digits, rounded in the same way.
#[must_use]
pub fn long(integer: &[u8], fraction: &[u8], exponent: i32) -> f64 {
    // Digits are a text.
    let [integer, fraction] =
        [integer, fraction].map(|digits| str::from_utf8(digits).unwrap_or_default());
    read(&format!("{integer}.{fraction}e{exponent}"))
}

/// As [`concise`], in single precision: no noun of the contract has it, but `serde_json` knows of it.
#[must_use]
pub fn concise_single(mantissa: u64, exponent: i32) -> f32 {
    concise(mantissa, exponent) as f32
}

/// As [`long`], in single precision.
#[must_use]
pub fn long_single(integer: &[u8], fraction: &[u8], exponent: i32) -> f32 {
    long(integer, fraction, exponent) as f32
}

/// Digits, a point and an exponent are always a number.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
fn read(text: &str) -> f64 {
    text.parse().unwrap_or_default()
}

/// The browser rounds to the nearest, too: <https://tc39.es/ecma262/#sec-parsefloat-string>.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
fn read(text: &str) -> f64 {
    js_sys::parse_float(text)
}

/// Keeps the functions, which nothing calls before the build has put them in their place, and their signatures as they are.
#[cfg(target_family = "wasm")]
mod kept {
    #[used]
    static CONCISE: fn(u64, i32) -> f64 = super::concise;
    #[used]
    static LONG: fn(&[u8], &[u8], i32) -> f64 = super::long;
    #[used]
    static CONCISE_SINGLE: fn(u64, i32) -> f32 = super::concise_single;
    #[used]
    static LONG_SINGLE: fn(&[u8], &[u8], i32) -> f32 = super::long_single;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `serde_json` makes of the same number.
    fn peer(text: &str) -> f64 {
        serde_json::from_str(text).expect("a number")
    }

    #[test]
    fn every_number_comes_back_from_its_own_digits_as_in_the_other_reader() {
        // SplitMix64, from a fixed seed.
        let mut state = 17u64;
        for _ in 0..20_000 {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let number = f64::from_bits((bits ^ (bits >> 31)) & (u64::MAX >> 1));
            if !number.is_finite() {
                continue;
            }
            let text = format!("{number:e}");
            let (digits, exponent) = text.split_once('e').expect("an exponent");
            let exponent: i32 = exponent.parse().expect("small");
            let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
            let mantissa = format!("{integer}{fraction}").parse().expect("17 digits");
            let places = i32::try_from(fraction.len()).expect("17 digits");
            assert_eq!(concise(mantissa, exponent - places), number, "{text}");
            assert_eq!(
                long(integer.as_bytes(), fraction.as_bytes(), exponent),
                number,
                "{text}"
            );
            assert_eq!(peer(&text), number, "{text}");
        }
    }

    #[test]
    fn rows_of_digits_without_end_round_to_the_nearest() {
        let nines = "9".repeat(2_000);
        for (integer, fraction, exponent) in [
            ("1", nines.as_str(), 0),
            (
                "0",
                "1000000000000000055511151231257827021181583404541015625",
                0,
            ),
            ("9007199254740993", "00000000000000000000000001", 0),
            ("9007199254740993", "", 0),
            (nines.as_str(), "", -1_900),
            ("1", "", -400),
            ("4", "9406564584124654", -324),
            ("2", "4703282292062327", -324),
        ] {
            let text = match fraction {
                "" => format!("{integer}e{exponent}"),
                _ => format!("{integer}.{fraction}e{exponent}"),
            };
            assert_eq!(
                long(integer.as_bytes(), fraction.as_bytes(), exponent),
                peer(&text),
                "{text}"
            );
        }
        assert_eq!(
            concise(1, 400),
            f64::INFINITY,
            "too large, which the reader of JSON refuses"
        );
        assert_eq!(long_single(b"0", b"1", 0), 0.1f32);
        assert_eq!(concise_single(1, -1), 0.1f32);
    }
}
