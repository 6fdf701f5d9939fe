//! The form of a value outside a run, in which all languages agree.
//!
//! JSON values stand for themselves. What JSON lacks is an object with `$type`; a plain object that has a `$type` of its own
//! is wrapped, so that every value comes back as it went.

use serde_json::{Value, json};

/// How deep a value's JSON form may be nested. Readers of JSON stop at 128 levels.
pub const VALUE_DEPTH_MAX: usize = 100;
/// How many bytes a value's JSON form may have, counted as it is built.
pub const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The key that marks a value that is no JSON value.
pub const TYPE: &str = "$type";
/// The largest whole number that is exact in every reader of JSON.
pub const INTEGER_MAX: i64 = 9_007_199_254_740_991;

/// The bytes of a value's JSON form so far.
#[derive(Debug, Default)]
pub struct Weight(usize);

impl Weight {
    /// How many there are.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0
    }

    /// Adds the bytes of a part.
    ///
    /// # Errors
    /// What the value at hand is, when the form has more than [`VALUE_BYTES_MAX`].
    pub fn add(&mut self, bytes: usize) -> Result<(), String> {
        self.0 += bytes;
        if self.0 > VALUE_BYTES_MAX {
            return Err(format!(
                "part of a value of more than {VALUE_BYTES_MAX} bytes"
            ));
        }
        Ok(())
    }

    /// A value that is no JSON value, by its kind and the form of what it holds.
    ///
    /// # Errors
    /// As [`Weight::add`].
    pub fn tagged(&mut self, kind: &str, value: Value) -> Result<Value, String> {
        self.add(24 + kind.len())?;
        Ok(json!({ TYPE: kind, "value": value }))
    }

    /// A number: JSON has no name for some of them, and a whole one has one form, whoever made it.
    ///
    /// # Errors
    /// As [`Weight::add`].
    pub fn number(&mut self, number: f64) -> Result<Value, String> {
        self.add(12)?;
        let name = if number.is_nan() {
            "NaN"
        } else if number == f64::INFINITY {
            "Infinity"
        } else if number == f64::NEG_INFINITY {
            "-Infinity"
        } else if number == 0.0 && number.is_sign_negative() {
            "-0"
        } else if number.fract() == 0.0 && number.abs() <= INTEGER_MAX as f64 {
            return Ok((number as i64).into());
        } else {
            return Ok(number.into());
        };
        self.tagged("number", name.into())
    }
}
