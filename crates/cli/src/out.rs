//! What the program writes. What was asked for goes to standard output, and it is an error where that can't be written; what is said
//! meanwhile goes to standard error, and nothing depends on it.

use crate::error::{CliError, Result};
use std::io::Write;

/// Writes what was asked for, byte for byte.
pub fn give(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    // What is not flushed here is lost without a word when the program ends.
    let written = out.write_all(bytes).and_then(|()| out.flush());
    written.map_err(CliError::Output)
}

/// Writes lines, with a line end behind the last.
pub fn line(text: &str) -> Result<()> {
    give(format!("{text}\n").as_bytes())
}

/// Says something to whoever is there, on a line. Who closed standard error need not know.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
