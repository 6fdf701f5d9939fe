//! From what a caller asked for to the function of a file that is called, and to its arguments by the signature.
//!
//! | parameter | takes |
//! | --- | --- |
//! | text | a text; a number, as its text |
//! | integer | a whole number; a text of digits |
//! | number | a number; a text that is one |
//! | boolean | `true`, `false`; the texts `true`, `1`, `yes`, `on` and `false`, `0`, `no`, `off`; the numbers 1 and 0 |
//! | list | an array; a text that is a JSON array |
//! | JSON | anything |
//!
//! An empty text for what is no text, as forms send it, and `null` are as good as nothing where a parameter may be left out. Where
//! there are options, the value is one of them.

use selvage_guest::values::{INTEGER_MAX, TYPE};
use selvage_tool::guest::GuestJob;
use selvage_tool::reading::{Entry, Parameter, ParameterKind};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Map, Number, Value, json};

/// The most characters of a value that an error shows.
pub const SHOWN_CHARS_MAX: usize = 60;
/// The most options that an error shows.
pub const SHOWN_OPTIONS_MAX: usize = 20;

/// The most entries that an error lists.
pub const LISTED_MAX: usize = 20;

/// The function that a job runs; nothing where the file is a script.
///
/// # Errors
/// [`ErrorCode::NotFound`] when it has no such entry, [`ErrorCode::InvalidInput`] when it has several and the job names none.
pub fn chosen<'a>(job: &GuestJob, entries: &'a [Entry]) -> Result<Option<&'a Entry>, ToolError> {
    let path = &job.entry;
    let names: Vec<String> = entries
        .iter()
        .take(LISTED_MAX)
        .map(|entry| format!("`{path}::{}`", entry.function))
        .collect();
    match (&job.function, entries) {
        (Some(function), _) => {
            let found = entries.iter().find(|entry| entry.function == *function);
            let found = found.ok_or_else(|| {
                let message =
                    format!("`{path}` has no workflow, tool or data provider `{function}`.");
                let hint = if names.is_empty() {
                    "Decorate the function with `@workflow`, from `bifrost`.".to_owned()
                } else {
                    format!("It has {}.", names.join(", "))
                };
                ToolError::new(ErrorCode::NotFound, message)
                    .path(path)
                    .hint(hint)
            })?;
            Ok(Some(found))
        }
        (None, []) => Ok(None),
        (None, [entry]) => Ok(Some(entry)),
        (None, several) => {
            let message = format!("`{path}` has {} functions to run.", several.len());
            let hint = format!("Name one: {}.", names.join(", "));
            Err(ToolError::new(ErrorCode::InvalidInput, message)
                .path(path)
                .hint(hint))
        }
    }
}

/// The arguments by name. What the function does not take is left out, unless it takes anything.
///
/// # Errors
/// [`ErrorCode::InvalidInput`], which names the first parameter that is missing or that its value does not fit.
pub fn bind(entry: &Entry, args: &Value) -> Result<Map<String, Value>, ToolError> {
    let nothing = Map::new();
    let given = match args {
        Value::Null => &nothing,
        Value::Object(members) => members,
        _ => {
            let message = format!("`{}` takes its arguments by name.", entry.function);
            return Err(refused(entry, message));
        }
    };
    let mut bound = Map::new();
    for parameter in &entry.parameters {
        let name = &parameter.name;
        let value = given.get(name);
        match value.map_or(Ok(None), |value| coerced(parameter, value)) {
            Ok(Some(value)) => {
                bound.insert(name.clone(), value);
            }
            Ok(None) if !parameter.required => {}
            Ok(None) => {
                let message = format!("`{}` needs the argument `{name}`.", entry.function);
                return Err(refused(entry, message));
            }
            Err(wanted) => {
                let shown = value.map(Value::to_string).unwrap_or_default();
                let shown: String = shown.chars().take(SHOWN_CHARS_MAX).collect();
                let message = format!(
                    "The argument `{name}` of `{}` must be {wanted}, and is {shown}.",
                    entry.function
                );
                return Err(refused(entry, message));
            }
        }
    }
    if entry.takes_more {
        for (name, value) in given {
            bound.entry(name).or_insert_with(|| value.clone());
        }
    }
    Ok(bound)
}

/// A value as its parameter takes it; nothing where it is as good as left out; otherwise what would fit.
fn coerced(parameter: &Parameter, value: &Value) -> Result<Option<Value>, String> {
    let kind = parameter.kind;
    let empty = match value {
        Value::Null => kind != ParameterKind::Json || !parameter.required,
        Value::String(text) => text.trim().is_empty() && !takes_any_text(kind),
        _ => false,
    };
    if empty {
        return Ok(None);
    }
    let (fitting, wanted) = match kind {
        ParameterKind::Text => (text(value), "a text"),
        ParameterKind::Integer => (integer(value), "a whole number"),
        ParameterKind::Number => (number(value), "a number"),
        ParameterKind::Boolean => (boolean(value), "true or false"),
        ParameterKind::List => (list(value), "a list"),
        // A date comes as it is: what it is read with is the function's.
        ParameterKind::Date
        | ParameterKind::Datetime
        | ParameterKind::Time
        | ParameterKind::Json => (Some(value.clone()), "a value"),
    };
    let fitting = fitting.ok_or_else(|| wanted.to_owned())?;
    let options = &parameter.options;
    if options.is_empty() || options.contains(&fitting) {
        return Ok(Some(fitting));
    }
    let shown: Vec<String> = options
        .iter()
        .take(SHOWN_OPTIONS_MAX)
        .map(Value::to_string)
        .collect();
    Err(format!("one of {}", shown.join(", ")))
}

fn takes_any_text(kind: ParameterKind) -> bool {
    matches!(kind, ParameterKind::Text | ParameterKind::Json)
}

fn text(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(value.clone()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) if number.is_f64() => whole(number.as_f64()?),
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => {
            let text = text.trim();
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            match text.parse::<i64>() {
                Ok(number) if number.abs() <= INTEGER_MAX => Some(number.into()),
                _ => Some(json!({ TYPE: "bigint", "value": text.trim_start_matches('+') })),
            }
        }
        Value::Object(_) => tagged(value, "bigint"),
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the bound is exact, and what is within it too"
)]
fn whole(number: f64) -> Option<Value> {
    (number.fract() == 0.0 && number.abs() <= INTEGER_MAX as f64).then(|| (number as i64).into())
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) => Number::from_f64(number.as_f64()?).map(Value::Number),
        Value::String(text) => {
            let number = text.trim().parse::<f64>().ok()?;
            Number::from_f64(number).map(Value::Number)
        }
        Value::Object(_) => tagged(value, "number"),
        _ => None,
    }
}

fn boolean(value: &Value) -> Option<Value> {
    let word = match value {
        Value::Bool(_) => return Some(value.clone()),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    match word.as_str() {
        "true" | "1" | "yes" | "on" => Some(true.into()),
        "false" | "0" | "no" | "off" => Some(false.into()),
        _ => None,
    }
}

fn list(value: &Value) -> Option<Value> {
    match value {
        Value::Array(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str(text)
            .ok()
            .filter(|value: &Value| value.is_array()),
        Value::Object(_) => tagged(value, "set"),
        _ => None,
    }
}

/// A value that has a tag because it is no JSON value.
fn tagged(value: &Value, kind: &str) -> Option<Value> {
    (value[TYPE] == kind).then(|| value.clone())
}

/// The refusal of a call, with what the function takes.
fn refused(entry: &Entry, message: String) -> ToolError {
    let taken: Vec<String> = entry
        .parameters
        .iter()
        .map(|parameter| {
            let kind = match parameter.kind {
                ParameterKind::Text => "text",
                ParameterKind::Integer => "integer",
                ParameterKind::Number => "number",
                ParameterKind::Boolean => "boolean",
                ParameterKind::Date => "date",
                ParameterKind::Datetime => "date and time",
                ParameterKind::Time => "time",
                ParameterKind::List => "list",
                ParameterKind::Json => "JSON",
            };
            let optional = if parameter.required { "" } else { ", optional" };
            format!("`{}` ({kind}{optional})", parameter.name)
        })
        .collect();
    let hint = if taken.is_empty() {
        "It takes no arguments.".to_owned()
    } else {
        format!("It takes {}.", taken.join(", "))
    };
    ToolError::new(ErrorCode::InvalidInput, message)
        .at(entry.line, 1)
        .hint(hint)
}

#[cfg(test)]
mod tests;
