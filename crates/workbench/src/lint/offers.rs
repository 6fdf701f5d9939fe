//! What a Python file offers, as the run form asks for it.

use selvage_lint::Report;
use selvage_tool::catalogue::{InputKind, InputSpec};
use selvage_tool::reading::{Entry, Parameter, ParameterKind};
use serde_json::Value;

/// The entry that is meant: the one of that name, or the only one where no function is named.
pub(crate) fn meant<'e>(entries: &'e [Entry], function: Option<&str>) -> Option<&'e Entry> {
    match (function, entries) {
        (Some(function), entries) => entries.iter().find(|entry| entry.function == function),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// Puts into a report what an entry says of itself.
pub(crate) fn describe(report: &mut Report, entry: &Entry) {
    report.title = (entry.name != entry.function).then(|| entry.name.clone());
    report.description.clone_from(&entry.description);
    report.inputs = entry.parameters.iter().map(input).collect();
}

/// A parameter as a field of a form. Options are shown as texts; the call reads them back by the signature.
fn input(parameter: &Parameter) -> InputSpec {
    let choice = !parameter.options.is_empty();
    let kind = match parameter.kind {
        _ if choice => InputKind::Select,
        ParameterKind::Text
        | ParameterKind::Date
        | ParameterKind::Datetime
        | ParameterKind::Time => InputKind::Text,
        ParameterKind::Integer | ParameterKind::Number => InputKind::Number,
        ParameterKind::Boolean => InputKind::Boolean,
        ParameterKind::List | ParameterKind::Json => InputKind::Json,
    };
    let default = parameter.default.clone();
    InputSpec {
        id: parameter.name.clone(),
        label: parameter.label.clone(),
        kind,
        optional: !parameter.required,
        default: if choice {
            default.map(|value| Value::String(shown(&value)))
        } else {
            default
        },
        description: None,
        options: parameter.options.iter().map(shown).collect(),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
