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

/// The bytes of a value's JSON form so far.
#[derive(Debug, Default)]
pub struct Weight(usize);

impl Weight {
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
}
