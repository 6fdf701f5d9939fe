//! What stands before a command, and behind one that takes a single word.

use super::help;
use super::words::usage_error;
use crate::completions::Shell;
use crate::error::{CliError, Result};
use lexopt::prelude::*;
use std::ffi::OsString;

/// What the words begin with.
pub enum First {
    /// A command, which is the first of these words.
    Command(Vec<OsString>),
    /// A text that is asked for without a command.
    Told(String),
}

/// Reads up to the command. Options of every command that stand before it go behind it.
pub fn first(arguments: &[OsString]) -> Result<First> {
    let mut parser = lexopt::Parser::from_args(arguments.iter().cloned());
    let mut before: Vec<OsString> = Vec::new();
    loop {
        match parser.next().map_err(usage_error)? {
            Some(Value(command)) => {
                let mut words = vec![command];
                words.append(&mut before);
                words.extend(parser.raw_args().map_err(usage_error)?);
                return Ok(First::Command(words));
            }
            Some(Long("json")) => before.push("--json".into()),
            Some(Long("workspace")) => {
                let folder = parser.value().map_err(usage_error)?;
                before.extend(["--workspace".into(), folder]);
            }
            Some(Long("help") | Short('h')) => return Ok(First::Told(help::whole())),
            Some(Long("version") | Short('V')) => {
                let version = env!("CARGO_PKG_VERSION");
                return Ok(First::Told(format!("selvage {version}")));
            }
            Some(other) => return Err(usage_error(other.unexpected())),
            None => {
                return Err(CliError::Usage(
                    "what should it do? `selvage help` tells what it can".into(),
                ));
            }
        }
    }
}

/// What stands behind a command that takes one word at the most.
pub enum Only {
    /// Its help is asked for.
    Help,
    /// There it is.
    Word(String),
    /// There is none.
    Nothing,
}

/// Reads that word.
pub fn only(parser: &mut lexopt::Parser) -> Result<Only> {
    let word = match parser.next().map_err(usage_error)? {
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        Some(Long("help") | Short('h')) => return Ok(Only::Help),
        Some(other) => return Err(usage_error(other.unexpected())),
        None => return Ok(Only::Nothing),
    };
    match parser.next().map_err(usage_error)? {
        Some(more) => Err(usage_error(more.unexpected())),
        None => Ok(Only::Word(word)),
    }
}

/// The shell that it names.
pub fn shell(word: Only) -> Result<Shell> {
    let named = |of: String| Shell::ALL.into_iter().find(|(name, _)| *name == of);
    let found = match word {
        Only::Word(name) => named(name),
        _ => None,
    };
    let lacking = || CliError::Usage("completions needs bash, zsh, fish or powershell".into());
    found.map(|(_, shell)| shell).ok_or_else(lacking)
}
