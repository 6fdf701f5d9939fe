//! Inputs and outputs of the tools that mount other workspaces as parents.

use super::{Difference, Encoding};
use crate::run::ScopeHeads;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Input of `scope_mount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MountInput {
    /// What it is called here: letters, digits, `-` and `_`.
    pub name: String,
    /// Which workspace it is, as its export says.
    pub workspace: String,
    /// The heads of that workspace at which its files are taken.
    pub heads: Vec<String>,
    /// All its files. Records of runs and what it keeps about itself are left out.
    pub files: Vec<MountFile>,
    /// Whether nothing changes and the answer says what would.
    #[serde(default)]
    pub dry_run: bool,
}

/// A file of a workspace that is mounted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MountFile {
    /// Its path in that workspace.
    pub path: String,
    /// What it holds.
    pub content: String,
    /// How the content stands here: `hash` for one that is stored already, or that a `dryRun` only asks about.
    #[serde(default)]
    pub encoding: Encoding,
}

/// Output of `scope_mount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MountOutput {
    /// What the files differ in from those that were mounted before, by their paths here.
    pub differences: Vec<Difference>,
    /// How many differences there are, those that are not listed included.
    pub total: u64,
    /// SHA-256 over the paths and contents of its files.
    pub digest: String,
    /// The heads after the change; empty where nothing changed.
    pub change: Vec<String>,
}

/// Input of `scope_unmount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnmountInput {
    /// What it is called here.
    pub name: String,
}

/// A workspace that is mounted as a parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScopeStatus {
    /// Its name, which workspace it is, and at which heads it is mounted.
    #[serde(flatten)]
    pub scope: ScopeHeads,
    /// When it was mounted, in milliseconds since 1970.
    pub mounted_ms: u64,
    /// What keeps flows from running with its files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<String>,
}
