//! The workspace: the one door to the ledger, the live texts and the blobs.

use crate::contents::Contents;
use crate::error::{Result, VfsError};
use crate::history::History;
use crate::id::{Hash, Heads, NodeId, hex};
use crate::index::Index;
use crate::ledger::Ledger;
use crate::limits::{NODES_MAX, OPS_MAX, SEARCH_BYTES_MAX, TEXT_BYTES_MAX};
use crate::message::Meta;
use crate::node::{Node, OriginKind};
use crate::op::Op;
use crate::path::Path;
use crate::snapshot::{Entry, Snapshot};
use crate::stage::{Body, Stage};
use crate::storage::{Batch, Storage};
use crate::texts::Texts;
use crate::texts::lineage::is_plain;
use crate::tree::{Found, Tree};
use crate::view;
use std::cell::{LazyCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

mod folding;
mod reading;
mod typing;

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
    pub(crate) contents: Contents,
    pub(crate) index: Index,
    pub(crate) steps: crate::undo::Steps,
    pub(crate) history: RefCell<History>,
    pub(crate) mark: Option<crate::retention::Mark>,
    pasts: RefCell<Vec<Snapshot>>,
    /// Drafts in files that others deleted without having seen them.
    pub(crate) orphans: BTreeSet<NodeId>,
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
        let mut loaded = storage.load()?;
        let sizes: Vec<u64> = loaded.ledger.iter().map(|part| part.len() as u64).collect();
        let (mut index, opened) = Index::open(&loaded.cells, &loaded.ledger);
        let (ledger, tree) = if loaded.ledger.is_empty() {
            let ledger = Ledger::first(actor)?;
            let tree = derive(&ledger, None)?;
            let part = ledger.save()?;
            let cell;
            (index, cell) = Index::of(&part, (&ledger.heads(), ledger.changes_len()), &tree);
            storage.commit(Batch {
                ledger: Some(part),
                cells: vec![cell],
                ..Batch::default()
            })?;
            (ledger, tree)
        } else if let Some(opened) = opened {
            let parts = std::mem::take(&mut loaded.ledger);
            let known = (opened.heads, opened.changes);
            (
                Ledger::later(parts, known, actor),
                view::arrange(opened.nodes),
            )
        } else {
            let ledger = Ledger::load(&loaded.ledger, actor)?;
            let tree = derive(&ledger, None)?;
            (ledger, tree)
        };
        let tree = Arc::new(tree);
        let texts = Texts::new(actor, &loaded.texts);
        // Who was to bring their files back died before it did.
        let orphans = texts.drafts().filter(|id| !tree.is_alive(*id)).collect();
        let steps = crate::undo::Steps::load(&loaded.cells);
        let mark = crate::retention::Mark::load(&loaded.cells);
        Ok(Self {
            ledger,
            tree,
            storage,
            texts,
            contents: Contents::default(),
            index,
            steps,
            history: RefCell::default(),
            mark,
            pasts: RefCell::default(),
            orphans,
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
            match op {
                Op::Put {
                    path,
                    hash,
                    create_only,
                } => {
                    let size = self.content_size(hash)?.ok_or_else(|| VfsError::NotFound {
                        path: hash.to_string(),
                    })?;
                    // What could be text is looked at.
                    let bytes = match size <= TEXT_BYTES_MAX as u64 {
                        true => Some(self.read_hash(hash)?),
                        false => None,
                    };
                    stage.put(path, (*hash, size), bytes, *create_only)?;
                }
                op => stage.apply(op)?,
            }
        }
        self.land(stage.finish(), meta, crate::undo::Step::New)
    }

    /// Makes typed text part of the ledger, as one change; gives the heads that then name every
    /// byte. Without drafts, nothing is written. Orphans among them bring their files back (T10).
    pub fn seal(&mut self, meta: &Meta) -> Result<Heads> {
        let drafts: Vec<NodeId> = self
            .texts
            .drafts()
            .filter(|id| self.tree.is_alive(*id) || self.orphans.contains(id))
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
        self.orphans.clear();
        Ok(self.heads())
    }

    /// Whether there is typing in a file that another replica deleted without having seen it.
    /// [`Workspace::seal`] brings such a file back, so it is to be called soon.
    pub fn has_orphans(&self) -> bool {
        !self.orphans.is_empty()
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
        let lineages = self.lineages(&bodies)?;
        let outcome = self.texts.write(
            &*self.storage,
            &self.tree,
            &mut stage.tree,
            bodies,
            &lineages,
            meta,
        )?;
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
        let mut index = self.index;
        if let Some(written) = &written {
            for (id, birth) in &written.births {
                if let Some(node) = stage.tree.node_mut(*id) {
                    node.birth.clone_from(birth);
                }
            }
            let is_anew = stage.is_about_deleted(&self.tree);
            if is_anew {
                stage.tree = derive(&self.ledger, None)?;
            }
            let mut touched = stage.touched.iter().copied();
            let touched: Option<&mut dyn Iterator<Item = NodeId>> = match is_anew {
                true => None,
                false => Some(&mut touched),
            };
            let known = (&self.ledger.heads(), self.ledger.changes_len());
            let trees = (&*self.tree, &stage.tree);
            let cell;
            (index, cell) = self.index.next(&written.bytes, known, trees, touched);
            // What Selvage notes down by itself, and what other programs make, is nobody's to undo.
            if !matches!(meta.origin.kind, OriginKind::System | OriginKind::Peer) {
                steps.record(step, written.hash);
            }
            batch.cells = steps.cells();
            batch.cells.push(cell);
        }
        let is_empty = written.is_none() && batch.texts.is_empty();
        if !is_empty {
            self.storage.commit(batch)?;
        }

        // From here on nothing fails.
        self.texts.landed(&outcome.writes);
        let mut hash = None;
        if let Some(written) = written {
            self.ledger_parts += 1;
            self.ledger_log_bytes += written.bytes.len() as u64;
            self.steps = steps;
            self.index = index;
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

    /// The contents that live texts begin with which a change makes.
    fn lineages(&self, bodies: &BTreeMap<NodeId, Body>) -> Result<BTreeMap<NodeId, Vec<Hash>>> {
        let mut lineages = BTreeMap::new();
        for (id, body) in bodies {
            let seal = self.tree.node(*id).and_then(Node::seal);
            let begins = body.draft.is_some() && !self.texts.has(*id);
            if let Some(seal) = seal.filter(|seal| begins && is_plain(seal)) {
                lineages.extend(self.lineage(*id, seal, None)?.map(|chain| (*id, chain)));
            }
        }
        Ok(lineages)
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
            Some(seal) => self.blob(&seal.hash)?.ok_or_else(|| VfsError::Damaged {
                why: format!("the content {} is not there", seal.hash),
            }),
            None => Ok(Vec::new()),
        }
    }

    pub(crate) fn live(&self, mut entry: Entry) -> Result<Entry> {
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
        // In a linear history only typing can have been sealed after the deletion of its file (T10).
        let is_typed = || file.seals.iter().any(|seal| !seal.state.is_empty());
        (!*is_linear || is_typed()) && ledger.is_unseen(file, deleted, at).unwrap_or(false)
    };
    Ok(view::derive(nodes, &unseen))
}

#[cfg(test)]
mod tests;
