//! Inputs and outputs of the tools that work on files.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// No input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NoInput {}

/// One path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathInput {
    /// The workspace path.
    pub path: String,
}

/// Input of `ls`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LsInput {
    /// The folder; empty is the root.
    pub path: String,
    /// Whether to list everything below, too.
    pub recursive: bool,
    /// The heads at which to list; absent is now.
    pub at: Option<Vec<String>>,
}

/// What is known of a file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The workspace path.
    pub path: String,
    /// Its last part.
    pub name: String,
    /// File or folder.
    pub kind: EntryKind,
    /// Bytes; 0 for a folder.
    pub size: u64,
    /// SHA-256 of the bytes in hexadecimal; empty for a folder.
    pub hash: String,
    /// Whether the file is text.
    pub text: bool,
    /// When it was last changed, in milliseconds since 1970.
    pub modified_ms: u64,
    /// The identity that survives moves and renames.
    pub id: String,
}

/// File or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Output of `ls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LsOutput {
    /// Folders first, then by name.
    pub entries: Vec<Entry>,
}

/// How content stands in JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Encoding {
    /// As text where the file is text, otherwise as base64.
    #[default]
    Auto,
    /// As text in UTF-8.
    Text,
    /// As base64.
    Base64,
    /// As the SHA-256, in hexadecimal, of a content that is stored already: without its bytes.
    Hash,
}

/// Input of `read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadInput {
    /// The workspace path.
    pub path: String,
    /// How the content is wanted.
    #[serde(default)]
    pub encoding: Encoding,
    /// The heads at which to read; absent is now.
    #[serde(default)]
    pub at: Option<Vec<String>>,
    /// The hash of one side of a conflict about this file, instead of what is shown.
    #[serde(default)]
    pub version: Option<String>,
    /// How many characters (of a text) or bytes (otherwise) to pass over.
    #[serde(default)]
    pub offset: u64,
    /// How many characters or bytes to give at the most.
    #[serde(default)]
    pub max_chars: Option<u64>,
}

/// Output of `read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadOutput {
    /// The workspace path.
    pub path: String,
    /// The content, or the asked part of it.
    pub content: String,
    /// `text`, `base64` or `hash`.
    pub encoding: Encoding,
    /// Bytes of the whole file.
    pub size: u64,
    /// SHA-256 of the whole file in hexadecimal.
    pub hash: String,
    /// Whether more follows.
    pub truncated: bool,
    /// The offset at which it follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u64>,
}

/// Input of `write`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WriteInput {
    /// The workspace path.
    pub path: String,
    /// The whole new content; with the encoding `hash`, the `hash` of one that some file has or had, or that was just stored.
    pub content: String,
    /// How the content stands here; `auto` is text.
    #[serde(default)]
    pub encoding: Encoding,
    /// Whether to refuse when the file is there already.
    #[serde(default)]
    pub create_only: bool,
    /// Whether this is typing: kept at once, part of the history only when sealed.
    #[serde(default)]
    pub draft: bool,
    /// The `hash` of the content that the caller started from: when the file holds another one by now, nothing is written.
    #[serde(default)]
    pub base: Option<String>,
}

/// Output of `write`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WriteOutput {
    /// The workspace path.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes in hexadecimal.
    pub hash: String,
    /// The heads after the change.
    pub change: Vec<String>,
}

/// Input of `move`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoveInput {
    /// The path now.
    pub from: String,
    /// The path afterwards; when it is a folder that exists, the thing moves into it.
    pub to: String,
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// The heads after the change.
    pub change: Vec<String>,
    /// What it was, in a few words.
    pub message: String,
    /// The paths it touched.
    pub paths: Vec<String>,
    /// The files that name what moved and could not be rewritten: their names lead nowhere now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
}

/// A file that was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// The workspace path.
    pub path: String,
    /// Why, in a few words.
    pub why: String,
}

/// Output of `seal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    /// The heads, which now name every byte.
    pub heads: Vec<String>,
}

/// Input of `apply_patch`: `patch` or `edits`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PatchInput {
    /// A unified diff of one or more files, or a text that starts with `*** Begin Patch`.
    pub patch: Option<String>,
    /// Find-and-replace edits, in order.
    pub edits: Vec<Replacement>,
}

/// One find-and-replace edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replacement {
    /// The workspace path.
    pub path: String,
    /// The exact text to find; it must stand there once, unless `all` is set.
    pub find: String,
    /// What stands there afterwards.
    pub replace: String,
    /// Whether to replace every occurrence.
    #[serde(default)]
    pub all: bool,
}

/// What a patch did to one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Patched {
    /// The workspace path.
    pub path: String,
    /// `created`, `changed`, `moved` or `deleted`.
    pub kind: String,
}

/// Output of `apply_patch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PatchOutput {
    /// What was done, a file a row.
    pub files: Vec<Patched>,
    /// The files that name what moved and could not be rewritten: their names lead nowhere now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
    /// The heads after the change.
    pub change: Vec<String>,
}

/// Where to search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum SearchIn {
    /// In paths.
    Name,
    /// In texts.
    Content,
    /// In both.
    #[default]
    Both,
}

/// Input of `search`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchInput {
    /// What to find.
    pub query: String,
    /// Where to look.
    #[serde(default, rename = "in")]
    pub place: SearchIn,
    /// The folder to search below.
    #[serde(default)]
    pub path: String,
    /// Whether the query is a regular expression.
    #[serde(default)]
    pub regex: bool,
    /// Whether upper and lower case differ.
    #[serde(default)]
    pub match_case: bool,
    /// The most matches to give; 200 unless told, 5,000 at the most.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// One match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Match {
    /// The file.
    pub path: String,
    /// The line, from 1, for a match in a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in UTF-16 code units, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The line's text, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Output of `search`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchOutput {
    /// Matches in names first, then in texts, each by path.
    pub matches: Vec<Match>,
    /// Whether there are more than the limit.
    pub truncated: bool,
}
