//! What a mounted parent says of itself, and whether its files are still those that were mounted.

use selvage_tool::json::from_bytes;
use selvage_tool::run::SCOPE_FILE;
use selvage_vfs::{Hash, Snapshot, Workspace};
use serde_json::{Value, json};

/// The most bytes of a note or of an order of parents.
pub(crate) const NOTE_BYTES_MAX: u64 = 64 * 1024;

/// What a mounted parent is a copy of. It stands in the copy as `scope.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// The note at a path. What is not there or does not read is empty, and an empty digest fits no files.
    pub(super) fn read(workspace: &Workspace, snapshot: &Snapshot, path: &str) -> Self {
        let note = read(workspace, snapshot, path);
        let text = |name: &str| note[name].as_str().unwrap_or_default().to_owned();
        Self {
            workspace: text("workspace"),
            heads: texts(&note["heads"]),
            mounted_ms: note["mountedMs"].as_u64().unwrap_or_default(),
            digest: text("digest"),
        }
    }

    pub(crate) fn to_text(&self) -> String {
        let note = json!({
            "workspace": self.workspace,
            "heads": self.heads,
            "mountedMs": self.mounted_ms,
            "digest": self.digest,
        });
        format!("{note:#}\n")
    }
}

/// The names of parents in the order in which they are looked through, as far as a file at a path says.
pub(super) fn order(workspace: &Workspace, snapshot: &Snapshot, path: &str) -> Vec<String> {
    texts(&read(workspace, snapshot, path)["parents"])
}

fn texts(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn read(workspace: &Workspace, snapshot: &Snapshot, path: &str) -> Value {
    let entry = snapshot.stat(path).ok();
    let entry = entry.filter(|entry| entry.size <= NOTE_BYTES_MAX);
    let bytes = entry
        .and_then(|entry| entry.hash)
        .and_then(|hash| workspace.read_hash(&hash).ok());
    from_bytes(&bytes.unwrap_or_default()).unwrap_or_default()
}

/// SHA-256 in hexadecimal over the paths and contents of everything below a folder but its own note.
pub(super) fn digest(snapshot: &Snapshot, root: &str) -> String {
    let found = snapshot.list(root.trim_end_matches('/'), true);
    let mut lines = Vec::new();
    for entry in found.unwrap_or_default() {
        if let Some(hash) = &entry.hash
            && entry.path[root.len()..] != *SCOPE_FILE
        {
            lines.push(line(&entry.path[root.len()..], hash));
        }
    }
    digest_of(lines)
}

/// What a file adds to a digest, by its path within the folder.
pub(crate) fn line(path: &str, hash: &Hash) -> String {
    format!("{path}\n{hash}\n")
}

/// The digest of files by their lines.
pub(crate) fn digest_of(mut lines: Vec<String>) -> String {
    lines.sort();
    Hash::of(lines.concat().as_bytes()).to_string()
}
