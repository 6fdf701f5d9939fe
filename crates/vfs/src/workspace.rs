//! The workspace: the one door to the ledger, the live texts and the blobs.

use crate::error::{Result, VfsError};
use crate::history::History;
use crate::id::{Hash, Heads, NodeId, hex};
use crate::ledger::Ledger;
use crate::limits::{
    LEDGER_LOG_BYTES_MAX, LEDGER_PARTS_MAX, NODES_MAX, OPS_MAX, PASTS_OPEN_MAX, SEARCH_BYTES_MAX,
};
use crate::message::Meta;
use crate::node::{Kind, Node, OriginKind};
use crate::op::Op;
use crate::path::Path;
use crate::snapshot::{self, Entry, Snapshot};
use crate::stage::Stage;
use crate::storage::{Batch, Storage};
use crate::texts::Texts;
use crate::tree::{Found, Tree};
use crate::view;
use std::cell::{LazyCell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a call changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The workspace right after the call.
    pub heads: Heads,
    /// The hash of the change in hexadecimal; `None` when nothing was to be changed in the ledger.
    pub hash: Option<String>,
    /// What the change does.
    pub message: String,
    /// The paths it touched, in byte order.
    pub paths: Vec<String>,
}

/// Figures about a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Files that are shown.
    pub files: u64,
    /// Folders that are shown, the root not counted.
    pub folders: u64,
    /// Bytes of the contents of these files.
    pub file_bytes: u64,
    /// Files and folders that are deleted.
    pub deleted: u64,
    /// Changes in the ledger.
    pub changes: u64,
    /// Files with text that is not part of the ledger yet.
    pub drafts: u64,
    /// Bytes that storage takes up.
    pub storage_bytes: u64,
}

/// A tree of files and folders with its whole history, open on one storage.
///
/// Every call that changes something is all or nothing, and durable when it returns.
pub struct Workspace {
    pub(crate) ledger: Ledger,
    pub(crate) tree: Arc<Tree>,
    pub(crate) storage: Box<dyn Storage>,
    pub(crate) texts: Texts,
    pub(crate) steps: crate::undo::Steps,
    pub(crate) history: RefCell<History>,
    pasts: RefCell<Vec<Snapshot>>,
    ledger_parts: u64,
    ledger_base_bytes: u64,
    ledger_log_bytes: u64,
    pub(crate) nodes_max: usize,
    pub(crate) search_bytes_max: u64,
}

impl Workspace {
    /// Opens the workspace that a storage holds, or makes a new one in it.
    ///
    /// `actor` names this replica in the ledger and in live texts. Two workspaces that are open at
    /// the same time must not share one; a workspace that opens its own storage again may.
    pub fn open(mut storage: Box<dyn Storage>, actor: [u8; 16]) -> Result<Self> {
        let loaded = storage.load()?;
        let ledger = if loaded.ledger.is_empty() {
            let ledger = Ledger::first(actor)?;
            storage.commit(Batch {
                ledger: Some(ledger.save()),
                ..Batch::default()
            })?;
            ledger
        } else {
            Ledger::load(&loaded.ledger, actor)?
        };
        let sizes: Vec<u64> = loaded.ledger.iter().map(|part| part.len() as u64).collect();
        let tree = Arc::new(derive(&ledger, None)?);
        let steps = crate::undo::Steps::load(&loaded.cells);
        Ok(Self {
            ledger,
            tree,
            storage,
            texts: Texts::new(actor, &loaded.texts),
            steps,
            history: RefCell::default(),
            pasts: RefCell::default(),
            ledger_parts: sizes.len().max(1) as u64,
            ledger_base_bytes: sizes.first().copied().unwrap_or(0),
            ledger_log_bytes: sizes.iter().skip(1).sum(),
            nodes_max: NODES_MAX,
            search_bytes_max: SEARCH_BYTES_MAX as u64,
        })
    }

    /// Makes a change of one or more operations; each sees what those before it did. When one
    /// does not fit, or storage fails, nothing of the change is kept.
    ///
    /// `ids` gives 128 random bits a call, for the ids of new nodes.
    pub fn apply(
        &mut self,
        ids: &mut dyn FnMut() -> u128,
        meta: &Meta,
        ops: &[Op],
    ) -> Result<Change> {
        if ops.len() > OPS_MAX {
            let (size, max) = (ops.len() as u64, OPS_MAX as u64);
            return Err(VfsError::TooLarge {
                path: String::new(),
                limit: "ops_max",
                size,
                max,
            });
        }
        let mut stage = self.stage(ids, meta);
        for op in ops {
            stage.apply(op)?;
        }
        self.land(stage.finish(), meta, crate::undo::Step::New)
    }

    /// Makes typed text part of the ledger, as one change; gives the heads that then name every
    /// byte. Without drafts, nothing is written.
    pub fn seal(&mut self, meta: &Meta) -> Result<Heads> {
        let drafts: Vec<NodeId> = self
            .texts
            .drafts()
            .filter(|id| self.tree.is_alive(*id))
            .collect();
        if !drafts.is_empty() {
            let mut ids = || 0;
            let mut stage = self.stage(&mut ids, meta);
            for id in drafts {
                stage.touched.insert(id);
                stage.bodies.insert(id, crate::stage::Body::default());
                stage.paths.extend(self.tree.path_of(id));
            }
            self.land(stage.finish(), meta, crate::undo::Step::New)?;
        }
        Ok(self.heads())
    }

    pub(crate) fn stage<'a>(&self, ids: &'a mut dyn FnMut() -> u128, meta: &Meta) -> Stage<'a> {
        Stage::new(
            &self.tree,
            ids,
            meta.at_ms,
            &self.ledger.heads(),
            self.nodes_max,
        )
    }

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
        self.storage.blob(hash)?.ok_or_else(|| VfsError::NotFound {
            path: hash.to_string(),
        })
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

    /// Writes a finished stage: texts, then ledger, then storage, in one durable step. When a step
    /// fails, everything is as it was.
    pub(crate) fn land(
        &mut self,
        stage: crate::stage::Finished,
        meta: &Meta,
        step: crate::undo::Step,
    ) -> Result<Change> {
        let before = self.ledger.heads();
        let nodes: Vec<NodeId> = stage.bodies.keys().copied().collect();
        match self.try_land(stage, meta, step) {
            Ok(change) => {
                self.fold();
                Ok(change)
            }
            Err(error) => {
                self.texts.forget(&nodes);
                if self.ledger.heads() != before {
                    self.ledger.roll_back(&before)?;
                }
                Err(error)
            }
        }
    }

    fn try_land(
        &mut self,
        mut stage: crate::stage::Finished,
        meta: &Meta,
        step: crate::undo::Step,
    ) -> Result<Change> {
        let bodies = std::mem::take(&mut stage.bodies);
        let outcome =
            self.texts
                .write(&*self.storage, &self.tree, &mut stage.tree, bodies, meta)?;
        let message = crate::message::Message::of(meta);
        let written = self
            .ledger
            .write(&self.tree, &stage.tree, &stage.touched, &message)?;
        let mut batch = Batch {
            blobs: outcome.blobs,
            texts: outcome.writes.clone(),
            ledger: written.as_ref().map(|written| written.bytes.clone()),
            ..Batch::default()
        };
        let mut steps = self.steps.clone();
        if let Some(written) = &written {
            // What Selvage notes down by itself is nobody's to undo.
            if meta.origin.kind != OriginKind::System {
                steps.record(step, written.hash);
            }
            batch.cells = steps.cells();
        }
        let is_empty = written.is_none() && batch.texts.is_empty();
        if !is_empty {
            self.storage.commit(batch)?;
        }

        // From here on nothing fails.
        self.texts.landed(&outcome.writes);
        let mut hash = None;
        if let Some(written) = written {
            for (id, birth) in written.births {
                if let Some(node) = stage.tree.node_mut(id) {
                    node.birth = birth;
                }
            }
            self.ledger_parts += 1;
            self.ledger_log_bytes += written.bytes.len() as u64;
            self.steps = steps;
            self.tree = Arc::new(stage.tree);
            hash = Some(hex(&written.hash));
        }
        let paths = if is_empty {
            Vec::new()
        } else {
            stage.paths.into_iter().collect()
        };
        Ok(Change {
            heads: self.ledger.heads(),
            hash,
            message: meta.message.clone(),
            paths,
        })
    }

    /// Folds what storage holds in many pieces. It is housekeeping: when it fails, nothing is
    /// lost, and the next change tries again.
    fn fold(&mut self) {
        let log_max = self.ledger_base_bytes.max(LEDGER_LOG_BYTES_MAX);
        if self.ledger_parts > LEDGER_PARTS_MAX || self.ledger_log_bytes > log_max {
            let part = self.ledger.save();
            let size = part.len() as u64;
            let batch = Batch {
                ledger: Some(part),
                replace_ledger: true,
                ..Batch::default()
            };
            if self.storage.commit(batch).is_ok() {
                (
                    self.ledger_parts,
                    self.ledger_base_bytes,
                    self.ledger_log_bytes,
                ) = (1, size, 0);
            }
        }
        let texts = self.texts.foldings();
        if !texts.is_empty()
            && self
                .storage
                .commit(Batch {
                    texts: texts.clone(),
                    ..Batch::default()
                })
                .is_ok()
        {
            self.texts.landed(&texts);
        }
    }

    /// A node's content now.
    pub(crate) fn content(&self, node: &Node) -> Result<Vec<u8>> {
        if self.texts.is_draft(node.id) {
            return self
                .texts
                .read(&*self.storage, node.id)
                .map(String::into_bytes);
        }
        match node.seal() {
            Some(seal) => self
                .storage
                .blob(&seal.hash)?
                .ok_or_else(|| VfsError::Damaged {
                    why: format!("the content {} is not there", seal.hash),
                }),
            None => Ok(Vec::new()),
        }
    }

    fn live(&self, mut entry: Entry) -> Result<Entry> {
        if self.texts.is_draft(entry.id) {
            let text = self.texts.read(&*self.storage, entry.id)?;
            entry.size = text.len() as u64;
            entry.hash = Some(Hash::of(text.as_bytes()));
            entry.draft = true;
        }
        Ok(entry)
    }

    /// The error for a path that leads nowhere.
    pub(crate) fn missing(&self, path: &Path) -> VfsError {
        match self.tree.find(path) {
            Found::FileInWay { depth } => VfsError::NotAFolder {
                path: path.prefix(depth + 1).to_string(),
            },
            _ => VfsError::NotFound {
                path: path.to_string(),
            },
        }
    }
}

/// Derives the tree at heads, or now.
pub(crate) fn derive(ledger: &Ledger, at: Option<&Heads>) -> Result<Tree> {
    let nodes = ledger.read_all(at)?;
    // Asked only when something is deleted, and then once.
    let is_linear = LazyCell::new(|| ledger.is_linear());
    // What can't be read is not brought back; reading the same node failed above already.
    let unseen = |file: &Node, deleted: &[NodeId]| {
        !*is_linear && ledger.is_unseen(file, deleted, at).unwrap_or(false)
    };
    Ok(view::derive(nodes, &unseen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{Origin, OriginKind};
    use crate::storage::MemoryStorage;
    use crate::{Query, SearchIn};

    fn workspace() -> Workspace {
        Workspace::open(Box::new(MemoryStorage::new()), [1; 16]).expect("opens")
    }

    fn apply(workspace: &mut Workspace, ops: &[Op]) -> Result<Change> {
        let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
        let mut count = workspace.tree.nodes.len() as u128;
        let mut ids = || {
            count += 1;
            count
        };
        workspace.apply(&mut ids, &meta, ops)
    }

    #[test]
    fn a_workspace_can_be_handed_to_another_thread() {
        fn is_send<T: Send>() {}
        is_send::<Workspace>();
        is_send::<Snapshot>();
    }

    #[test]
    fn more_nodes_than_nodes_max_are_refused_and_deleted_ones_count() {
        let mut workspace = workspace();
        workspace.nodes_max = 3;
        let three = [Op::write("a/b.md", "x"), Op::write("c.md", "x")];
        apply(&mut workspace, &three).expect("three fit");
        apply(&mut workspace, &[Op::Remove { path: "a".into() }]).expect("removes");
        let error = apply(&mut workspace, &[Op::write("d.md", "x")]).expect_err("a fourth");
        let (size, max) = (4, 3);
        let expected = VfsError::TooLarge {
            path: "d.md".into(),
            limit: "nodes_max",
            size,
            max,
        };
        assert_eq!(error, expected);
    }

    #[test]
    fn a_search_stops_at_search_bytes_max_and_says_so() {
        let mut workspace = workspace();
        let files = [Op::write("a.md", "word"), Op::write("b.md", "word")];
        apply(&mut workspace, &files).expect("writes");
        let query = Query {
            within: SearchIn::Content,
            ..Query::new("word")
        };
        for (max, matches, truncated) in [(8, 2, false), (7, 1, true), (3, 0, true)] {
            workspace.search_bytes_max = max;
            let found = workspace.search(&query).expect("searches");
            assert_eq!(
                (found.matches.len(), found.truncated),
                (matches, truncated),
                "{max}"
            );
        }
    }
}
