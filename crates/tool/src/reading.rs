//! What a guest reads off a text without running it: the functions that can be run, and what they take.
//!
//! A guest has its language's parser, so what takes that parser to find is found there, and comes back with
//! [`Checked`](crate::guest::Checked).

use crate::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

/// What the tree of a text shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reading {
    /// The functions that can be run by themselves, in order of place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
    /// What it imports of the workspace.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<Import>,
    /// What is wrong with it, whatever else is in the workspace.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
}

/// An import that only the workspace can satisfy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    /// Workspace paths of files and folders that it may mean. All that are there are part of the program. `a/**/b` is every `b` below `a`.
    pub any: Vec<String>,
    /// What is wrong when none is there; nothing where the program can do without.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub missing: Option<Diagnostic>,
}

/// What a function that can be run by itself is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum EntryKind {
    /// Work to be done.
    Workflow,
    /// Work that is offered to agents.
    Tool,
    /// The choices of a form's field.
    DataProvider,
}

/// A function of a file that can be run by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What it is for.
    pub kind: EntryKind,
    /// The function's name in the file.
    pub function: String,
    /// What people call it; the function's name unless the file says another.
    pub name: String,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// What it belongs to.
    pub category: String,
    /// Words that it is found by.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// What it takes, in order.
    pub parameters: Vec<Parameter>,
    /// Whether it takes arguments beside those.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub takes_more: bool,
    /// Whether it is a coroutine.
    #[serde(rename = "async")]
    pub is_async: bool,
    /// The line of its name, counted from 1.
    pub line: u32,
}

/// What kind of value a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum ParameterKind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A date, as `2026-03-01`.
    Date,
    /// A date with a time, as `2026-03-01T09:30`.
    Datetime,
    /// A time of day, as `09:30`.
    Time,
    /// A list of values.
    List,
    /// Any JSON value.
    Json,
}

/// A parameter of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// Its name, and its key in `args`.
    pub name: String,
    /// What a person sees.
    pub label: String,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: ParameterKind,
    /// Whether it must be given.
    pub required: bool,
    /// What it is when left out, where the text says so plainly.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub default: Option<serde_json::Value>,
    /// The only values that it may have; any when there is none.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub options: Vec<serde_json::Value>,
}
