//! Values of options.

use crate::error::{CliError, Result};
use crate::limits;
use lexopt::ValueExt as _;
use selvage_tool::grant::is_domain;
use serde_json::Value as Json;
use std::str::FromStr;

pub fn usage_error(error: lexopt::Error) -> CliError {
    CliError::Usage(error.to_string())
}

pub fn text(parser: &mut lexopt::Parser) -> Result<String> {
    let value = parser.value().and_then(|value| value.string());
    value.map_err(usage_error)
}

/// A number.
pub fn count<T: FromStr>(parser: &mut lexopt::Parser) -> Result<T>
where
    T::Err: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let given = parser.value().and_then(|value| value.parse());
    given.map_err(usage_error)
}

pub fn pair(parser: &mut lexopt::Parser, option: &str) -> Result<(String, String)> {
    let text = text(parser)?;
    let Some((name, value)) = text.split_once('=') else {
        return Err(CliError::Usage(format!(
            "{option} takes NAME=VALUE, not {text:?}"
        )));
    };
    Ok((name.to_owned(), value.to_owned()))
}

/// A domain to fetch from, or `*` for all. What never matches one is no domain.
pub fn domain(parser: &mut lexopt::Parser) -> Result<String> {
    let domain = text(parser)?;
    match domain == "*" || is_domain(&domain) {
        true => Ok(domain),
        false => Err(CliError::Usage(format!(
            "{domain:?} is no domain: `api.example.com`, `*.example.com` for all below, or `*`, without scheme, port and path"
        ))),
    }
}

/// A limit of a run, by its name, and what it is to be.
pub fn limit(parser: &mut lexopt::Parser) -> Result<(String, u64)> {
    let (name, value) = pair(parser, "--limit")?;
    if !limits::is_one(&name) {
        let all = limits::names().join(", ");
        return Err(CliError::Usage(format!(
            "a run has no limit {name:?}: it has {all}"
        )));
    }
    let number = value
        .parse()
        .map_err(|_| CliError::Usage(format!("{value:?} is no number for the limit {name}")))?;
    Ok((name, number))
}

/// An option's JSON, or that of a file.
pub fn json(option: &str, text: &str) -> Result<Json> {
    let text = match text.strip_prefix('@') {
        Some(file) => &std::fs::read_to_string(file).map_err(|source| CliError::Read {
            name: file.to_owned(),
            source,
        })?,
        None => text,
    };
    serde_json::from_str(text).map_err(|why| CliError::Usage(format!("{option} is no JSON: {why}")))
}
