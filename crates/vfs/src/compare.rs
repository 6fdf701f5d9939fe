//! How the tree differs between two points in time.
//!
//! Nodes are compared by id, so that a move is a move and not a removal beside an addition, and a
//! folder that moved is one difference, whatever it holds.

use crate::error::Result;
use crate::id::{Hash, Heads, NodeId};
use crate::node::{Kind, Node};
use crate::tree::Tree;
use crate::workspace::Workspace;
use std::collections::BTreeMap;

/// What became of a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// It is in another folder.
    Moved,
    /// It has another name in the same folder.
    Renamed,
    /// It holds something else, where it was.
    Edited,
}

impl Verb {
    /// The word that the contract uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Renamed => "renamed",
            Self::Edited => "edited",
        }
    }
}

/// One file or folder that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What became of it.
    pub verb: Verb,
    /// Where it is afterwards, or where it was when it is gone.
    pub path: String,
    /// Where it was, when that is another path.
    pub was: Option<String>,
    /// Whether it is a file or a folder.
    pub kind: Kind,
    /// The contents before and after, for a file that was there or is there.
    pub hashes: [Option<Hash>; 2],
}

/// What differs, as far as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The first ones, by path.
    pub first: Vec<Difference>,
    /// How many there are.
    pub total: usize,
}

impl Workspace {
    /// How the sealed tree differs between two points in time: the first `limit` differences by
    /// path, and how many there are. Nothing for `from` stands for before there was anything,
    /// nothing for `to` for now.
    pub fn compare(
        &self,
        from: Option<&Heads>,
        to: Option<&Heads>,
        limit: usize,
    ) -> Result<Comparison> {
        let before = match from {
            Some(heads) => self.at(heads)?.tree,
            None => Default::default(),
        };
        let after = match to {
            Some(heads) => self.at(heads)?.tree,
            None => self.tree.clone(),
        };
        let mut found: BTreeMap<(String, NodeId), Difference> = BTreeMap::new();
        let mut total = 0;
        let is_new = |id: &&NodeId| before.node(**id).is_none();
        for id in before.nodes.keys().chain(after.nodes.keys().filter(is_new)) {
            if let Some(difference) = of_node(&before, &after, *id) {
                total += 1;
                found.insert((difference.path.clone(), *id), difference);
                if found.len() > limit {
                    found.pop_last();
                }
            }
        }
        Ok(Comparison {
            first: found.into_values().collect(),
            total,
        })
    }
}

fn of_node(before: &Tree, after: &Tree, id: NodeId) -> Option<Difference> {
    let [old, new] = [before, after].map(|tree| shown(tree, id));
    let verb = match (old, new) {
        (Some(_), None) => Verb::Removed,
        (None, Some(_)) => Verb::Added,
        (Some(old), Some(new)) if before.primary(old.parent) != after.primary(new.parent) => {
            Verb::Moved
        }
        (Some(old), Some(new)) if old.shown() != new.shown() => Verb::Renamed,
        (Some(old), Some(new)) if hash(old) != hash(new) => Verb::Edited,
        _ => return None,
    };
    let [was, is] = [before, after].map(|tree| shown(tree, id).and_then(|_| tree.path_of(id)));
    Some(Difference {
        verb,
        path: is.clone().or_else(|| was.clone())?,
        was: was.filter(|was| is.as_ref().is_some_and(|is| is != was)),
        kind: new.or(old)?.kind,
        hashes: [old, new].map(|node| node.and_then(hash)),
    })
}

/// The node, when it is in the tree that is shown and not part of another.
fn shown(tree: &Tree, id: NodeId) -> Option<&Node> {
    tree.node(id)
        .filter(|node| tree.shows(node) && tree.is_alive(id))
}

fn hash(node: &Node) -> Option<Hash> {
    node.seal().map(|seal| seal.hash)
}
