//! Reading: entries, contents, points in time.

use super::{Stats, Workspace, derive};
use crate::error::{Result, VfsError};
use crate::id::{Hash, Heads, NodeId};
use crate::limits::PASTS_OPEN_MAX;
use crate::node::Kind;
use crate::path::Path;
use crate::snapshot::{self, Entry, Snapshot};
use crate::tree::Found;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Workspace {
    /// The latest point in the workspace's time.
    #[must_use]
    pub fn heads(&self) -> Heads {
        self.ledger.heads()
    }

    /// The sealed workspace now. Text that is typed and not sealed is not in it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            tree: self.tree.clone(),
            heads: self.ledger.heads(),
        }
    }

    /// The sealed workspace at a point in time.
    pub fn at(&self, heads: &Heads) -> Result<Snapshot> {
        if *heads == self.ledger.heads() {
            return Ok(self.snapshot());
        }
        self.ledger.ensure()?;
        let mut pasts = self.pasts.borrow_mut();
        if let Some(place) = pasts.iter().position(|past| past.heads == *heads) {
            let past = pasts.remove(place);
            pasts.push(past.clone());
            return Ok(past);
        }
        if !self.ledger.knows(heads) {
            return Err(VfsError::UnknownHeads {
                heads: heads.clone(),
            });
        }
        let past = Snapshot {
            tree: Arc::new(derive(&self.ledger, Some(heads))?),
            heads: heads.clone(),
        };
        if pasts.len() == PASTS_OPEN_MAX {
            pasts.remove(0);
        }
        pasts.push(past.clone());
        Ok(past)
    }

    /// What is at a path, typed text included.
    pub fn stat(&self, path: &str) -> Result<Entry> {
        let path = Path::parse(path)?;
        let entry = snapshot::stat(&self.tree, &path)?;
        self.live(entry.ok_or_else(|| self.missing(&path))?)
    }

    /// Whether something is at a path.
    pub fn exists(&self, path: &str) -> Result<bool> {
        Ok(self.tree.lookup(&Path::parse(path)?).is_some())
    }

    /// What a folder holds, typed text included, in byte order of folded names; with `recursive`,
    /// everything below it.
    pub fn list(&self, path: &str, recursive: bool) -> Result<Vec<Entry>> {
        let path = Path::parse(path)?;
        match self.tree.find(&path) {
            Found::Root | Found::Node(_) => {}
            _ => return Err(self.missing(&path)),
        }
        snapshot::list(&self.tree, &path, recursive)?
            .into_iter()
            .map(|entry| self.live(entry))
            .collect()
    }

    /// Where a node is shown now; `None` when it is deleted.
    #[must_use]
    pub fn path_of(&self, id: NodeId) -> Option<String> {
        self.tree.path_of(id)
    }

    /// A file's content, typed text included.
    pub fn read(&self, path: &str) -> Result<Vec<u8>> {
        let path = Path::parse(path)?;
        let id = self.tree.lookup(&path).ok_or_else(|| self.missing(&path))?;
        let node = match self.tree.node(id) {
            Some(node) if node.kind == Kind::File => node,
            _ => {
                return Err(VfsError::NotAFile {
                    path: path.to_string(),
                });
            }
        };
        self.content(node)
    }

    /// A content by its hash: of this state or any past one.
    pub fn read_hash(&self, hash: &Hash) -> Result<Vec<u8>> {
        match self.blob(hash)? {
            Some(bytes) => Ok(bytes),
            None => Err(self.not_here(hash)?),
        }
    }

    /// Reads the whole history from storage, if that did not happen yet: what shows the tree needs
    /// it not, and every change and every look back does. A host that has shown the tree calls
    /// this when it has time, and learns whether the history can be read.
    pub fn read_history(&self) -> Result<()> {
        self.ledger.ensure()
    }

    /// Figures about the workspace.
    pub fn stats(&self) -> Result<Stats> {
        let mut stats = Stats {
            files: 0,
            folders: 0,
            file_bytes: 0,
            deleted: 0,
            changes: self.ledger.changes_len(),
            drafts: self.texts.drafts().count() as u64,
            storage_bytes: self.storage.size_bytes()?,
        };
        let mut shown = BTreeSet::new();
        self.tree.walk(NodeId::ROOT, "", &mut |_, entry, node| {
            shown.insert(entry.id);
            match node.kind {
                Kind::File => stats.files += 1,
                Kind::Folder => stats.folders += 1,
            }
            stats.file_bytes += node.seal().map_or(0, |seal| seal.size);
        });
        stats.deleted = self
            .tree
            .nodes
            .keys()
            .filter(|id| !self.tree.is_alive(**id))
            .count() as u64;
        Ok(stats)
    }
}
