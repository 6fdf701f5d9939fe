//! Inputs and outputs of the tools on the past.

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
}

/// Who or what made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeOrigin {
    /// `person`, `agent`, `run` or `system`.
    pub kind: String,
    /// Which one.
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
}

/// Output of `history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HistoryOutput {
    /// Newest first.
    pub changes: Vec<HistoryChange>,
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
