//! Inputs and outputs of the tools that mount other workspaces as parents.

use super::Encoding;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// What all its files hold, by their paths. Records of runs and what it keeps about itself are left out.
    pub files: BTreeMap<String, String>,
    /// How contents stand in `files`: `hash` for such as are stored already, or as a `dryRun` only asks about.
    #[serde(default)]
    pub encoding: Encoding,
    /// Whether nothing changes and the answer says what would.
    #[serde(default)]
    pub dry_run: bool,
}

/// Input of `scope_unmount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnmountInput {
    /// What it is called here.
    pub name: String,
}
