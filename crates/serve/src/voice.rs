//! What the program says: words for people, or one JSON value for scripts.

use crate::error::Result;
use serde_json::{Value, json};
use std::io::Write;

/// See the module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Voice {
    /// Whether standard output gets one JSON value and nothing else.
    pub is_json: bool,
}

impl Voice {
    /// Says something while it goes on.
    pub fn say(self, text: &str) -> Result<()> {
        if self.is_json {
            writeln!(std::io::stderr(), "{text}")?;
        } else {
            let mut out = std::io::stdout();
            writeln!(out, "{text}")?;
            out.flush()?;
        }
        Ok(())
    }

    /// Says what came of it: the value, or the same in words.
    pub fn tell(self, value: &Value, words: &str) -> Result<()> {
        if !self.is_json {
            return self.say(words);
        }
        let mut out = std::io::stdout();
        writeln!(out, "{}", json!({ "ok": true, "value": value }))?;
        Ok(out.flush()?)
    }
}
