//! Inputs and outputs of the tools on the past.

use super::EntryKind;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Input of `history`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct HistoryInput {
    /// The file or folder; absent is the whole workspace.
    pub path: Option<String>,
    /// The most changes to give; 100 unless told.
    pub limit: Option<u32>,
    /// How many of the newest changes to pass over.
    pub skip: u32,
}

/// Who or what made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeOrigin {
    /// `person`, `agent`, `run`, `system`, or `peer`: another program that joined.
    pub kind: String,
    /// Which one: of a person in a shared workspace, the name of their device, as it says.
    pub name: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryChange {
    /// The change's own hash.
    pub change: String,
    /// The heads right after it; `read`, `diff` and `restore` take them.
    pub heads: Vec<String>,
    /// When, in milliseconds since 1970, by the clock of the device that made it.
    pub at_ms: u64,
    /// Who or what made it.
    pub origin: ChangeOrigin,
    /// What it was, in a few words.
    pub message: String,
    /// SHA-256 of the file after it, when one file was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Bytes of the file after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// When the file's content after it was thinned out, in milliseconds since 1970; absent when it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinned_ms: Option<u64>,
}

/// Output of `history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryOutput {
    /// Newest first.
    pub changes: Vec<HistoryChange>,
    /// Whether there are older ones; `skip` leads to them.
    pub more: bool,
}

/// Input of `diff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DiffInput {
    /// The file.
    pub path: String,
    /// The earlier heads; absent is before there was anything.
    #[serde(default)]
    pub from: Option<Vec<String>>,
    /// The later heads; absent is now.
    #[serde(default)]
    pub to: Option<Vec<String>>,
}

/// Output of `diff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DiffOutput {
    /// The file.
    pub path: String,
    /// The difference as a unified diff; empty when there is none.
    pub unified: String,
    /// The earlier text.
    pub from: String,
    /// The later text.
    pub to: String,
}

/// Input of `compare`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CompareInput {
    /// The earlier heads; absent is before there was anything.
    pub from: Option<Vec<String>>,
    /// The later heads; absent is now.
    pub to: Option<Vec<String>>,
    /// The most differences to give; 500 unless told, 5,000 at the most.
    pub limit: Option<u32>,
}

/// A file or folder that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// What became of it: `added`, `removed`, `moved`, `renamed` or `edited`. What a moved or
    /// renamed folder holds moved with it and is not listed for that.
    pub verb: String,
    /// Where it is afterwards, or where it was when it is gone.
    pub path: String,
    /// Where it was, when that is another path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// File or folder.
    pub kind: EntryKind,
    /// Whether a file that is still there holds something else.
    pub edited: bool,
}

/// Output of `compare`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CompareOutput {
    /// The first ones by path.
    pub differences: Vec<Difference>,
    /// How many there are; more than are given when the limit was reached.
    pub total: u64,
}

/// Output of `thin_history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ThinOutput {
    /// For how many days everything is kept; 0 is for ever.
    pub days: u32,
    /// Contents that this pass has thinned out so far.
    pub contents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether nothing is left to do today.
    pub done: bool,
}

/// Input of `restore`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestoreInput {
    /// The file or folder; absent is the whole workspace.
    #[serde(default)]
    pub path: Option<String>,
    /// The heads to go back to.
    pub at: Vec<String>,
}
