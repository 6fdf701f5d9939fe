//! Inputs and outputs of the tools on what was made apart.

use super::{ChangeOrigin, EntryKind};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Input of `conflicts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ConflictsInput {
    /// The most conflicts to give; 100 unless told, 1,000 at the most.
    pub limit: Option<u32>,
}

/// Something that was made apart and can't be joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// Names this very conflict for `resolve_conflict`; any other side or content has another id.
    pub id: String,
    /// `name`: two entries of one folder want one name. `contents`: a file got several contents.
    /// `deletion`: a file was deleted and edited; it is kept so far.
    pub kind: String,
    /// Where it is shown.
    pub path: String,
    /// The sides, the one that is shown first. A deletion has one: the file as it was edited.
    pub versions: Vec<ConflictVersion>,
    /// Whether there are more sides than are given.
    pub more: bool,
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConflictVersion {
    /// Where it is shown. `read` takes it together with the hash, as `version`.
    pub path: String,
    /// File or folder.
    pub kind: EntryKind,
    /// SHA-256 of the bytes in hexadecimal; empty for a folder.
    pub hash: String,
    /// Bytes; 0 for a folder.
    pub size: u64,
    /// Whether it is text.
    pub text: bool,
    /// When it was written, in milliseconds since 1970, by the clock of the device that did.
    pub modified_ms: u64,
    /// Who or what wrote it; absent for a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<ChangeOrigin>,
}

/// Output of `conflicts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConflictsOutput {
    /// The first ones by path.
    pub conflicts: Vec<Conflict>,
    /// How many there are; more than are given when the limit was reached.
    pub total: u64,
}

/// What to keep of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Keep {
    /// The side that is shown first; of a deletion, the file.
    Shown,
    /// The other side; of a deletion, the deletion.
    Other,
    /// All sides. Those that are not shown first get names of their own.
    Both,
}

/// Input of `resolve_conflict`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResolveInput {
    /// The conflict's id, from `conflicts`.
    pub conflict: String,
    /// What to keep.
    pub keep: Keep,
    /// The hash of the other side, where a file got more than two contents.
    #[serde(default)]
    pub version: Option<String>,
    /// With `both`, the new name of the other side in the same folder; absent is one that is free.
    #[serde(default)]
    pub name: Option<String>,
}
