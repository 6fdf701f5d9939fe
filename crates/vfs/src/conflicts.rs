//! What was made apart and is still to be decided: a list, with all versions.
//!
//! The view shows something for every conflict, so nobody has to decide. Whoever wants to does it
//! by an ordinary change, which merges like any other: deciding has no register of its own that
//! replicas could set apart.

use crate::error::Result;
use crate::id::{Hash, NodeId};
use crate::limits::CONFLICT_VERSIONS_MAX;
use crate::node::{Kind, Node};
use crate::path::{Path, fold};
use crate::snapshot::Entry;
use crate::tree::Tree;
use crate::workspace::Workspace;
use std::collections::BTreeSet;

/// What was made apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictKind {
    /// Two nodes of one folder want one name. Moving or removing either decides.
    Name,
    /// A file got several contents. Writing a content decides.
    Contents,
    /// A file was deleted and edited. Removing it, keeping it, writing into it or moving it
    /// decides.
    Deletion,
}

impl ConflictKind {
    /// The word that the contract uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Contents => "contents",
            Self::Deletion => "deletion",
        }
    }
}

/// One thing that replicas made apart and that the view can't join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where it is shown.
    pub path: String,
    /// What was made apart.
    pub kind: ConflictKind,
    /// The sides, the one that the view prefers first. A deletion has one side: what it would
    /// have taken. Contents are read by hash.
    pub versions: Vec<Entry>,
    /// There are more sides than [`CONFLICT_VERSIONS_MAX`].
    pub more: bool,
}

impl Conflict {
    /// Names this very conflict: any other path, side or content has another id. So a decision
    /// that names it can't meet a side that its maker has not seen.
    #[must_use]
    pub fn id(&self) -> String {
        let mut said = format!("{} {}", self.kind.as_str(), self.more);
        for side in &self.versions {
            let hash = side.hash.map(|hash| hash.to_string()).unwrap_or_default();
            said += &format!("\n{} {hash} {}", side.id, side.path);
        }
        Hash::of(said.as_bytes()).to_string()
    }
}

/// What is to be decided, as far as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflicts {
    /// The first ones, by path.
    pub first: Vec<Conflict>,
    /// How many there are.
    pub total: usize,
}

impl Workspace {
    /// What was made apart and is still to be decided: the first `limit` by path, and how many
    /// there are. Files with typed text that is not sealed are left out of contents: the next
    /// seal joins them.
    pub fn conflicts(&self, limit: usize) -> Result<Conflicts> {
        // The key alone of each is held, the sides only of those that are given.
        let mut found: BTreeSet<(String, ConflictKind, NodeId)> = BTreeSet::new();
        let mut total = 0;
        for node in self.tree.nodes.values() {
            for kind in kinds(&self.tree, node) {
                if kind == ConflictKind::Contents && self.texts.is_draft(node.id) {
                    continue;
                }
                let Some(path) = self.tree.path_of(node.id) else {
                    continue;
                };
                total += 1;
                found.insert((path, kind, node.id));
                if found.len() > limit {
                    found.pop_last();
                }
            }
        }
        let first = found
            .into_iter()
            .map(|(path, kind, id)| self.sides(path, kind, id));
        Ok(Conflicts {
            first: first.collect::<Result<_>>()?,
            total,
        })
    }

    /// One of the contents that the file at a path was sealed with apart, by its hash; `None`
    /// when it has no such content.
    pub fn read_version(&self, path: &str, hash: &Hash) -> Result<Option<Vec<u8>>> {
        let path = Path::parse(path)?;
        let id = self.tree.lookup(&path).ok_or_else(|| self.missing(&path))?;
        let node = self.tree.node(id);
        let has = node.is_some_and(|node| node.seals.iter().any(|seal| seal.hash == *hash));
        has.then(|| self.read_hash(hash)).transpose()
    }

    fn sides(&self, path: String, kind: ConflictKind, id: NodeId) -> Result<Conflict> {
        let mut versions = Vec::new();
        let mut more = false;
        if let Some(node) = self.tree.node(id) {
            if kind == ConflictKind::Contents {
                for seal in node.seals.iter().rev() {
                    if versions
                        .iter()
                        .any(|side: &Entry| side.hash == Some(seal.hash))
                    {
                        continue;
                    }
                    more = versions.len() == CONFLICT_VERSIONS_MAX;
                    if more {
                        break;
                    }
                    versions.push(Entry::of_seal(path.clone(), node.shown(), node, Some(seal)));
                }
            } else {
                let keeper = keeper(&self.tree, node).filter(|_| kind == ConflictKind::Name);
                if let Some(keeper) = keeper {
                    let above = path.strip_suffix(node.shown()).unwrap_or_default();
                    let path = format!("{above}{}", keeper.shown());
                    versions.push(self.live(Entry::of(path, keeper.shown(), keeper))?);
                }
                versions.push(self.live(Entry::of(path.clone(), node.shown(), node))?);
            }
        }
        Ok(Conflict {
            path,
            kind,
            versions,
            more,
        })
    }
}

/// What is to be decided about a node. Only a node with a mark has anything.
fn kinds(tree: &Tree, node: &Node) -> Vec<ConflictKind> {
    let mut kinds = Vec::new();
    if node.mark.is_none() || !tree.shows(node) {
        return kinds;
    }
    if keeper(tree, node).is_some() {
        kinds.push(ConflictKind::Name);
    }
    if node.kind == Kind::File && node.is_apart() {
        kinds.push(ConflictKind::Contents);
    }
    if node.kind == Kind::File && node.restored {
        kinds.push(ConflictKind::Deletion);
    }
    kinds
}

/// The node that keeps the name which another one wants, too.
fn keeper<'a>(tree: &'a Tree, node: &Node) -> Option<&'a Node> {
    let folder = tree.folder(tree.primary(node.parent))?;
    let first = folder.names.get(&fold(&node.name))?.id;
    tree.node(first).filter(|keeper| keeper.id != node.id)
}
