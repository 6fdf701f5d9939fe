//! What was: the history of a file, and how it differs between two points in time.

use crate::error::{Result, VfsError};
use crate::history::HistoryEntry;
use crate::id::{Heads, NodeId, hex};
use crate::limits::DEPTH_MAX;
use crate::node::Kind;
use crate::path::Path;
use crate::snapshot::Snapshot;
use crate::tree::Tree;
use crate::workspace::Workspace;
use std::collections::BTreeSet;

impl Workspace {
    /// The changes that touched a file or folder, or all changes, newest first, at most `limit`.
    /// A path that is gone is looked up among the deleted.
    pub fn history(&self, path: Option<&str>, limit: usize) -> Result<Vec<HistoryEntry>> {
        self.history_after(path, 0, limit)
    }

    /// The same, without the newest `skip` of them.
    pub fn history_after(
        &self,
        path: Option<&str>,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>> {
        self.ledger.ensure()?;
        let mut history = self.history.borrow_mut();
        history.catch_up(&self.ledger);
        let node = match path {
            None => None,
            Some(path) => Some(self.now_or_last_at(path)?).filter(|id| *id != NodeId::ROOT),
        };
        let mut entries = Vec::new();
        for entry in history.newest(node).skip(skip).take(limit) {
            let heads = Heads::new(vec![entry.hash]);
            let seal = match node {
                Some(id) => self
                    .ledger
                    .read_one(id, &heads)?
                    .filter(|node| node.best_edge() != Some(NodeId::TRASH))
                    .and_then(|node| node.seal().map(|seal| (seal.hash, seal.size))),
                None => None,
            };
            let thinned_ms = match seal {
                Some((hash, _)) => self.thinned_at(&hash)?,
                None => None,
            };
            entries.push(HistoryEntry {
                thinned_ms,
                change: hex(&entry.hash),
                heads,
                at_ms: entry.message.at_ms,
                origin: entry.message.origin.clone(),
                message: entry.message.text.clone(),
                touched: entry.touched.len(),
                hash: seal.map(|seal| seal.0),
                size: seal.map(|seal| seal.1),
            });
        }
        Ok(entries)
    }

    /// Where the file or folder that is at a path, or was last deleted from there, was at a point in time; `None` when it was not
    /// there.
    ///
    /// # Errors
    /// [`VfsError::NotFound`] where nothing ever was at the path, or the history can't be read.
    pub fn was_at(&self, path: &str, then: &Heads) -> Result<Option<String>> {
        self.ledger.ensure()?;
        let mut at = self.now_or_last_at(path)?;
        let mut names = Vec::new();
        while at != NodeId::ROOT {
            let node = self.ledger.read_one(at, then)?;
            let above = node.and_then(|node| Some((node.best_edge()?, node.name)));
            // Folders that were moved into each other apart have no top.
            let Some((parent, name)) = above.filter(|_| names.len() < DEPTH_MAX) else {
                return Ok(None);
            };
            names.push(name);
            at = parent;
        }
        names.reverse();
        Ok(Some(names.join("/")))
    }

    /// The node at a path, or the one that was last deleted from there.
    fn now_or_last_at(&self, path: &str) -> Result<NodeId> {
        let path = Path::parse(path)?;
        let id = self.tree.lookup(&path).or_else(|| self.deleted_at(&path));
        id.ok_or_else(|| self.missing(&path))
    }

    /// How a text file differs between two points in time, as a unified diff; `None` stands for
    /// now, typed text included. The file is followed by its id when it moved.
    pub fn diff(&self, path: &str, from: Option<&Heads>, to: Option<&Heads>) -> Result<String> {
        let path = Path::parse(path)?;
        let sides = [from, to].map(|heads| heads.map(|heads| self.at(heads)).transpose());
        let [from, to] = sides;
        let (from, to) = (from?, to?);
        let tree_of =
            |side: &Option<Snapshot>| side.as_ref().map_or(&self.tree, |past| &past.tree).clone();
        let (old_tree, new_tree) = (tree_of(&from), tree_of(&to));
        let id = new_tree
            .lookup(&path)
            .or_else(|| old_tree.lookup(&path))
            .or_else(|| self.tree.lookup(&path))
            .ok_or_else(|| self.missing(&path))?;
        let read = |tree: &Tree, is_past: bool| -> Result<Option<String>> {
            let Some(node) = tree.node(id).filter(|_| tree.is_alive(id)) else {
                return Ok(None);
            };
            if node.kind != Kind::File {
                return Err(VfsError::NotAFile {
                    path: path.to_string(),
                });
            }
            let bytes = match node.seal() {
                Some(seal) if is_past => self.read_hash(&seal.hash)?,
                _ => self.content(node)?,
            };
            if !crate::stage::is_text(&bytes) {
                return Err(VfsError::NotText {
                    path: path.to_string(),
                });
            }
            Ok(String::from_utf8(bytes).ok())
        };
        let (old, new) = (
            read(&old_tree, from.is_some())?,
            read(&new_tree, to.is_some())?,
        );
        Ok(crate::diff::unified(
            &path.to_string(),
            old.as_deref(),
            new.as_deref(),
        ))
    }

    /// The node that was last deleted from a path.
    fn deleted_at(&self, path: &Path) -> Option<NodeId> {
        let (parent, name) = path.split()?;
        let parents: BTreeSet<NodeId> = [self.tree.lookup(&parent), self.deleted_at(&parent)]
            .into_iter()
            .flatten()
            .collect();
        let gone = self
            .tree
            .nodes
            .values()
            .filter(|node| node.name == name && !self.tree.is_alive(node.id));
        gone.filter(|node| node.edges.keys().any(|edge| parents.contains(edge)))
            .max_by_key(|node| (node.birth.clone(), node.id))
            .map(|node| node.id)
    }
}
