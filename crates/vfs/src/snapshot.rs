//! The workspace as it was at one moment: an immutable tree of entries.

use crate::error::{Result, VfsError};
use crate::id::{Hash, Heads, NodeId};
use crate::node::{Kind, Mark, Node, Origin, Seal};
use crate::path::Path;
use crate::tree::{Found, Shown, Tree};
use std::sync::Arc;

/// A file or a folder, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path from the root.
    pub path: String,
    /// The last name of the path; empty for the root.
    pub name: String,
    /// The node's id, which stays the same when it moves.
    pub id: NodeId,
    /// Whether it is a file or a folder.
    pub kind: Kind,
    /// Bytes of a file's content; 0 for a folder.
    pub size: u64,
    /// The hash of a file's content; `None` for a folder.
    pub hash: Option<Hash>,
    /// Whether a file's content is text: UTF-8 without NUL, and not over the limit for text.
    pub text: bool,
    /// When a file's content was last written, or a folder made; milliseconds since 1970.
    pub modified_ms: u64,
    /// When the node was made; milliseconds since 1970.
    pub created_ms: u64,
    /// Who wrote the content last; `None` for a folder.
    pub origin: Option<Origin>,
    /// Why it is shown otherwise than it was written.
    pub mark: Option<Mark>,
    /// It holds typed text that is not part of the ledger yet.
    pub draft: bool,
}

impl Entry {
    /// Whether this is a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.kind == Kind::Folder
    }

    pub(crate) fn of(path: String, name: &str, node: &Node) -> Self {
        Self::of_seal(path, name, node, node.seal())
    }

    /// A node with one of the contents that it was sealed with.
    pub(crate) fn of_seal(path: String, name: &str, node: &Node, seal: Option<&Seal>) -> Self {
        Self {
            path,
            name: name.to_owned(),
            id: node.id,
            kind: node.kind,
            size: seal.map_or(0, |seal| seal.size),
            hash: seal.map(|seal| seal.hash),
            text: seal.is_some_and(|seal| seal.text),
            modified_ms: seal.map_or(node.made_ms, |seal| seal.at_ms),
            created_ms: node.made_ms,
            origin: seal.map(|seal| seal.origin.clone()),
            mark: node.mark,
            draft: false,
        }
    }

    fn root() -> Self {
        Self {
            path: String::new(),
            name: String::new(),
            id: NodeId::ROOT,
            kind: Kind::Folder,
            size: 0,
            hash: None,
            text: false,
            modified_ms: 0,
            created_ms: 0,
            origin: None,
            mark: None,
            draft: false,
        }
    }
}

/// The sealed workspace at its heads. It never changes and is cheap to clone: it shares what it
/// holds. Contents are read by hash from the [`crate::Workspace`].
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) tree: Arc<Tree>,
    pub(crate) heads: Heads,
}

impl Snapshot {
    /// The point in time.
    #[must_use]
    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// What is at a path; `None` when nothing is.
    pub fn get(&self, path: &str) -> Result<Option<Entry>> {
        stat(&self.tree, &Path::parse(path)?)
    }

    /// What is at a path, or [`VfsError::NotFound`].
    pub fn stat(&self, path: &str) -> Result<Entry> {
        self.get(path)?.ok_or_else(|| VfsError::NotFound {
            path: path.to_owned(),
        })
    }

    /// What a folder holds, in byte order of folded names; with `recursive`, everything below it.
    pub fn list(&self, path: &str, recursive: bool) -> Result<Vec<Entry>> {
        list(&self.tree, &Path::parse(path)?, recursive)
    }

    /// Every file and folder but the root, parents first.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        below(&self.tree, NodeId::ROOT, "", true)
    }
}

pub(crate) fn stat(tree: &Tree, path: &Path) -> Result<Option<Entry>> {
    Ok(match tree.find(path) {
        Found::Root => Some(Entry::root()),
        Found::Node(Shown { id, name, .. }) => tree
            .node(*id)
            .map(|node| Entry::of(path.to_string(), name, node)),
        _ => None,
    })
}

pub(crate) fn list(tree: &Tree, path: &Path, recursive: bool) -> Result<Vec<Entry>> {
    let id = tree.lookup(path).ok_or_else(|| VfsError::NotFound {
        path: path.to_string(),
    })?;
    if !tree.is_folder(id) {
        return Err(VfsError::NotAFolder {
            path: path.to_string(),
        });
    }
    Ok(below(tree, id, &path.to_string(), recursive))
}

fn below(tree: &Tree, folder: NodeId, prefix: &str, recursive: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    if recursive {
        tree.walk(folder, prefix, &mut |path, shown, node| {
            entries.push(Entry::of(path, &shown.name, node))
        });
        return entries;
    }
    for shown in tree
        .folder(folder)
        .into_iter()
        .flat_map(|folder| folder.names.values())
    {
        if let Some(node) = tree.node(shown.id) {
            let path = if prefix.is_empty() {
                shown.name.clone()
            } else {
                format!("{prefix}/{}", shown.name)
            };
            entries.push(Entry::of(path, &shown.name, node));
        }
    }
    entries
}
