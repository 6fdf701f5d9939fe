//! What a mounted parent says of itself, and whether its files are still those that were mounted.

use selvage_tool::run::SCOPE_FILE;
use selvage_vfs::{Hash, Snapshot, Workspace};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The most bytes of a note or of an order of parents.
pub(crate) const NOTE_BYTES_MAX: u64 = 64 * 1024;

/// What a mounted parent is a copy of. It stands in the copy as `scope.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Note {
    /// Which workspace it is.
    pub(crate) workspace: String,
    /// The heads of that workspace.
    pub(crate) heads: Vec<String>,
    /// When it was mounted, in milliseconds since 1970.
    pub(crate) mounted_ms: u64,
    /// [`digest`] of the files that were mounted.
    pub(crate) digest: String,
}

impl Note {
    /// The note at a path. One that is not there or does not read says nothing, and its digest fits no files.
    pub(super) fn read(workspace: &Workspace, snapshot: &Snapshot, path: &str) -> Self {
        read(workspace, snapshot, path).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Order {
    parents: Vec<String>,
}

/// The names of parents in the order in which they are looked through, as far as a file at a path says.
pub(super) fn order(workspace: &Workspace, snapshot: &Snapshot, path: &str) -> Vec<String> {
    read::<Order>(workspace, snapshot, path).map_or_else(Vec::new, |order| order.parents)
}

fn read<T: DeserializeOwned>(workspace: &Workspace, snapshot: &Snapshot, path: &str) -> Option<T> {
    let entry = snapshot.stat(path).ok()?;
    let hash = entry.hash.filter(|_| entry.size <= NOTE_BYTES_MAX)?;
    serde_json::from_slice(&workspace.read_hash(&hash).ok()?).ok()
}

/// SHA-256 in hexadecimal over the paths and contents of everything below a folder but its own note.
pub(super) fn digest(snapshot: &Snapshot, root: &str) -> String {
    let found = snapshot.list(root.trim_end_matches('/'), true);
    let files = found.unwrap_or_default().into_iter();
    digest_of(files.filter_map(|entry| Some((entry.path[root.len()..].to_owned(), entry.hash?))))
}

/// The same of files by their paths within the folder.
pub(crate) fn digest_of(files: impl Iterator<Item = (String, Hash)>) -> String {
    let mut lines: Vec<String> = files
        .filter(|(path, _)| path != SCOPE_FILE)
        .map(|(path, hash)| format!("{path}\n{hash}\n"))
        .collect();
    lines.sort();
    Hash::of(lines.concat().as_bytes()).to_string()
}
