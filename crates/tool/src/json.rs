//! Values of the contract, from JSON.
//!
//! Whatever is read is read into a [`Value`] first, and from there into its type. So each type is compiled for one kind of
//! source, which makes a kernel some per cent smaller, and a misfit has its place for every source alike.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt::{self, Display, Formatter};

/// Why a JSON text or value is not of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Misfit {
    /// Where inside the value, as `rules[0].read`; empty for all of it, or for a text that is no JSON.
    pub place: String,
    /// Why.
    pub why: String,
}

impl Display for Misfit {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => out.write_str(&self.why),
            place => write!(out, "at `{place}`: {}", self.why),
        }
    }
}

/// Reads a member that is there, be it `null`, which is a value like others.
pub(crate) fn some<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

/// Reads a value of a type from another one.
///
/// # Errors
/// The first thing that does not fit.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let place = error.path().to_string();
        Misfit {
            place: if place == "." { String::new() } else { place },
            why: error.inner().to_string(),
        }
    })
}

/// Reads a value of a type from a text.
///
/// # Errors
/// The first thing that is no JSON or does not fit.
pub fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, Misfit> {
    value_of(text).and_then(from_value)
}

/// Reads a value of a type from a text's bytes.
///
/// # Errors
/// As [`from_text`], or that they are no UTF-8.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Misfit> {
    let text = std::str::from_utf8(bytes).map_err(|why| Misfit {
        place: String::new(),
        why: why.to_string(),
    })?;
    from_text(text)
}

fn value_of(text: &str) -> Result<Value, Misfit> {
    serde_json::from_str(text).map_err(|why| Misfit {
        place: String::new(),
        why: why.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Grant;

    #[test]
    fn a_misfit_says_where_it_is() {
        let misfit = from_text::<Grant>(r#"{ "read": ["a", 7] }"#).expect_err("a number");
        assert_eq!(misfit.place, "read[1]");
        assert!(misfit.to_string().starts_with("at `read[1]`: "), "{misfit}");
        assert_eq!(
            from_text::<Grant>("{").expect_err("no JSON").place,
            String::new()
        );
        assert!(from_bytes::<Grant>(b"\"\xff\"").is_err());
        let grant: Grant = from_bytes(br#"{ "net": ["a.org"] }"#).expect("a grant");
        assert_eq!(grant.net, ["a.org"]);
    }
}
