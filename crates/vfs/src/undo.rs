//! Undo, redo and restore: new changes that lead back.
//!
//! A step back looks at what the change did, node by node and register by register, and takes back
//! what is still as the change left it. What somebody changed since stays; a text is joined, so
//! that typing after the change is kept. Nothing is ever taken out of the ledger.

use crate::error::{Result, VfsError};
use crate::history::heads_before;
use crate::id::{Heads, NodeId};
use crate::message::Meta;
use crate::node::{Kind, Node};
use crate::path::Path;
use crate::stage::{Body, Stage};
use crate::tree::Tree;
use crate::workspace::{Change, Workspace};
use std::collections::BTreeSet;

mod steps;

pub(crate) use steps::{Step, Steps};

impl Workspace {
    /// Takes back this device's latest change, by a new change.
    pub fn undo(&mut self, ids: &mut dyn FnMut() -> u128, meta: &Meta) -> Result<Change> {
        let hash = self
            .steps
            .undo
            .last()
            .copied()
            .ok_or(VfsError::NothingToUndo)?;
        self.take_back(ids, meta, hash, Step::Undo)
    }

    /// Takes back the latest undo, by a new change. Any other change ends what can be redone.
    pub fn redo(&mut self, ids: &mut dyn FnMut() -> u128, meta: &Meta) -> Result<Change> {
        let hash = self
            .steps
            .redo
            .last()
            .copied()
            .ok_or(VfsError::NothingToRedo)?;
        self.take_back(ids, meta, hash, Step::Redo)
    }

    /// How many changes can be undone and redone.
    #[must_use]
    pub fn steps(&self) -> (usize, usize) {
        (self.steps.undo.len(), self.steps.redo.len())
    }

    fn take_back(
        &mut self,
        ids: &mut dyn FnMut() -> u128,
        meta: &Meta,
        hash: [u8; 32],
        step: Step,
    ) -> Result<Change> {
        self.ledger.ensure()?;
        let touched = {
            let mut history = self.history.borrow_mut();
            history.catch_up(&self.ledger);
            history.touched(hash).cloned().unwrap_or_default()
        };
        let (before, after) = (heads_before(&self.ledger, hash)?, Heads::new(vec![hash]));
        let mut stage = self.stage(ids, meta);
        let mut states = Vec::new();
        for id in &touched {
            let old = self.ledger.read_one(*id, &before)?;
            if let Some(new) = self.ledger.read_one(*id, &after)? {
                stage.paths.extend(stage.tree.path_of(*id));
                let was_alive = self.was_alive(*id, &before)?;
                states.push((*id, old, new, was_alive));
            }
        }
        // A node can only come back into a folder that is there, so folders come back first.
        let mut waiting: Vec<usize> = (0..states.len()).collect();
        while !waiting.is_empty() {
            let left = waiting.len();
            waiting.retain(|&place| {
                let (id, old, new, was_alive) = &states[place];
                !put_back(&mut stage, *id, old.as_ref(), new, *was_alive)
            });
            if waiting.len() == left {
                break;
            }
        }
        for (id, old, new, _) in &states {
            self.revert(&mut stage, *id, old.as_ref(), new)?;
        }
        for (id, ..) in &states {
            stage.paths.extend(stage.tree.path_of(*id));
        }
        let change = self.land(stage.finish(), meta, step)?;
        if change.hash.is_none() {
            // Nothing was left to take back: the step is spent all the same.
            self.spend(step)?;
        }
        Ok(change)
    }

    /// Whether a node was shown at past heads: a walk up its edges, since the whole tree of then is
    /// not needed.
    fn was_alive(&self, id: NodeId, heads: &Heads) -> Result<bool> {
        let mut at = id;
        let mut seen = BTreeSet::new();
        while !at.is_fixed() && seen.insert(at) {
            let Some(node) = self.ledger.read_one(at, heads)? else {
                return Ok(false);
            };
            at = node.best_edge().unwrap_or(NodeId::TRASH);
        }
        Ok(at != NodeId::TRASH)
    }

    /// Takes back a node's name and content, where nobody changed them since.
    fn revert(
        &self,
        stage: &mut Stage<'_>,
        id: NodeId,
        old: Option<&Node>,
        new: &Node,
    ) -> Result<()> {
        let (Some(old), Some(now)) = (old, stage.tree.node(id).cloned()) else {
            return Ok(());
        };
        if old.name != new.name && now.name == new.name {
            stage.tree.rename(id, &old.name);
            stage.touched.insert(id);
        }
        let hashes = [old, new, &now].map(|node| node.seal().map(|seal| (seal.hash, seal.text)));
        let [
            Some((was, was_text)),
            Some((set, set_text)),
            Some((is, is_text)),
        ] = hashes
        else {
            return Ok(());
        };
        if was != set && (is == set || (was_text && set_text && is_text)) {
            self.set_content(stage, id, old, Some(new))?;
            // In a file that somebody deleted since, it is no edit to bring the file back for.
            stage.note_seen(id);
        }
        Ok(())
    }

    fn spend(&mut self, step: Step) -> Result<()> {
        let mut steps = self.steps.clone();
        steps.skip(step);
        self.storage.commit(crate::storage::Batch {
            cells: steps.cells(),
            ..Default::default()
        })?;
        self.steps = steps;
        Ok(())
    }

    /// Brings a file, a folder with everything in it, or with an empty path the whole workspace
    /// back to a point in time, by a new change. A file that moved since is restored where it is
    /// now; one that is gone comes back where it was. What lies at and below the path `but` stays as it is.
    pub fn restore(
        &mut self,
        ids: &mut dyn FnMut() -> u128,
        meta: &Meta,
        (path, but): (&str, Option<&str>),
        heads: &Heads,
    ) -> Result<Change> {
        let path = Path::parse(path)?;
        let past = self.at(heads)?;
        let now = self.tree.lookup(&path).filter(|id| past.tree.is_alive(*id));
        let id = now
            .or_else(|| past.tree.lookup(&path))
            .ok_or_else(|| VfsError::NotFound {
                path: path.to_string(),
            })?;
        let mut wanted: Vec<NodeId> = vec![id];
        past.tree.walk(id, "", &mut |_, shown, _| {
            wanted.push(shown.id);
            wanted.extend(&shown.also);
        });
        let but = but.map(Path::parse).transpose()?;
        let stays = |tree: &Tree| {
            but.as_ref()
                .map_or_else(BTreeSet::new, |but| all_at(tree, but))
        };
        let (stayed, stays) = (stays(&past.tree), stays(&self.tree));
        wanted.retain(|id| !stayed.contains(id) && !stays.contains(id));
        let keep: BTreeSet<NodeId> = wanted.iter().copied().chain(stays).collect();
        let mut stage = self.stage(ids, meta);

        // What came into the folder since goes first, so that its names are free.
        clear(&mut stage, &past.tree, id, &path, &keep);
        for (place, id) in wanted.iter().enumerate() {
            let Some(old) = past.tree.node(*id) else {
                continue;
            };
            self.bring_back(&mut stage, &past.tree, *id, old, &keep, place == 0)?;
            stage.paths.extend(stage.tree.path_of(*id));
        }
        // A folder that came back brought along what it got after that time.
        clear(&mut stage, &past.tree, id, &path, &keep);
        self.land(stage.finish(), meta, Step::New)
    }

    /// Sets one node's registers to what they were.
    fn bring_back(
        &self,
        stage: &mut Stage<'_>,
        past: &Tree,
        id: NodeId,
        old: &Node,
        keep: &BTreeSet<NodeId>,
        is_top: bool,
    ) -> Result<()> {
        let Some(now) = stage.tree.node(id) else {
            return Ok(());
        };
        let name = now.name.clone();
        if !(is_top && stage.tree.is_alive(id)) {
            let home = open_way(stage, past, old.parent, keep);
            let parent = stage.tree.node(id).map(|node| node.parent);
            if parent != Some(home) && !stage.tree.is_within(home, id) {
                stage.tree.place(id, home);
                stage.touched.insert(id);
            }
            if name != old.name {
                stage.tree.rename(id, &old.name);
                stage.touched.insert(id);
            }
        }
        if old.kind == Kind::File {
            self.set_content(stage, id, old, None)?;
        }
        Ok(())
    }

    fn set_content(
        &self,
        stage: &mut Stage<'_>,
        id: NodeId,
        old: &Node,
        base: Option<&Node>,
    ) -> Result<()> {
        let Some(seal) = old.seal() else {
            return Ok(());
        };
        let now = stage
            .tree
            .node(id)
            .and_then(Node::seal)
            .map(|seal| seal.hash);
        if now == Some(seal.hash) && !self.texts.is_draft(id) {
            return Ok(());
        }
        let body = match seal.text {
            true => {
                let bytes = self.read_hash(&seal.hash)?;
                let base = base.and_then(Node::seal).map(|seal| seal.hash);
                Body {
                    sealed: Some((bytes.into(), base)),
                    ..Body::default()
                }
            }
            false => {
                if !self.has_content(&seal.hash)? {
                    return Err(self.not_here(&seal.hash)?);
                }
                Body {
                    held: Some((seal.hash, seal.size)),
                    ..Body::default()
                }
            }
        };
        stage.bodies.insert(id, body);
        stage.touched.insert(id);
        Ok(())
    }
}

/// What lies at a path and below it, what is shown as part of something else included.
fn all_at(tree: &Tree, path: &Path) -> BTreeSet<NodeId> {
    let mut all: BTreeSet<NodeId> = tree.lookup(path).into_iter().collect();
    let tops: Vec<NodeId> = all.iter().copied().collect();
    for top in tops {
        tree.walk(top, "", &mut |_, shown, _| {
            all.insert(shown.id);
            all.extend(&shown.also);
        });
    }
    all
}

/// The folder for a node that comes back: the one it was in, else the one that is at its path
/// now, else the old one is brought back too, without what else was in it.
fn open_way(stage: &mut Stage<'_>, past: &Tree, folder: NodeId, keep: &BTreeSet<NodeId>) -> NodeId {
    if folder.is_fixed() || stage.tree.is_alive(folder) {
        return folder;
    }
    let path = past
        .path_of(folder)
        .and_then(|path| Path::parse(&path).ok());
    let there = path.and_then(|path| stage.tree.lookup(&path));
    if let Some(there) = there.filter(|there| stage.tree.is_folder(*there)) {
        return there;
    }
    let above = past.node(folder).map_or(NodeId::ROOT, |old| old.parent);
    let home = open_way(stage, past, above, keep);
    if stage.tree.is_within(home, folder) {
        return home;
    }
    let kids = stage.tree.folder(folder).map(|old| old.kids.clone());
    for kid in kids.into_iter().flatten().filter(|kid| !keep.contains(kid)) {
        stage.trash(kid);
    }
    stage.tree.place(folder, home);
    stage.touched.insert(folder);
    folder
}

/// Deletes what is below a folder, was not there in the past, and was nowhere else either.
fn clear(stage: &mut Stage<'_>, past: &Tree, folder: NodeId, path: &Path, keep: &BTreeSet<NodeId>) {
    if !stage.tree.is_folder(folder) || !stage.tree.is_alive(folder) {
        return;
    }
    let mut extra = Vec::new();
    stage
        .tree
        .walk(folder, &path.to_string(), &mut |path, shown, _| {
            let ids = [shown.id].into_iter().chain(shown.also.iter().copied());
            extra.extend(ids.map(|id| (id, path.clone())));
        });
    for (id, path) in extra {
        if !keep.contains(&id) && !past.is_alive(id) && stage.tree.is_alive(id) {
            stage.paths.insert(path);
            stage.trash(id);
        }
    }
}

/// Takes back where a change put a node. False while the node was shown in a folder that is not
/// there now: it stays where it is rather than vanish.
fn put_back(
    stage: &mut Stage<'_>,
    id: NodeId,
    old: Option<&Node>,
    new: &Node,
    was_alive: bool,
) -> bool {
    let was = old.and_then(Node::best_edge).unwrap_or(NodeId::TRASH);
    let set = new.best_edge();
    let now = stage.tree.node(id).and_then(Node::best_edge);
    if Some(was) == set || now != set {
        return true;
    }
    if was == NodeId::TRASH {
        stage.trash(id);
        return true;
    }
    if was_alive && !stage.tree.is_alive(was) {
        return false;
    }
    if !stage.tree.is_within(was, id) {
        stage.tree.place(id, was);
        stage.touched.insert(id);
        // Into a deleted folder it goes with all it holds: that is no edit to bring it back for.
        stage.note_seen(id);
    }
    true
}
