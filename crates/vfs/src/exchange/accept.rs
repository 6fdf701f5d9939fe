//! Taking in what came: what is complete lands in one batch, the rest waits.

use super::change::{Foreign, Sealed};
use super::trial::{Trial, Tried};
use super::{Accepted, Inbox, Incoming, Refusal, bridge};
use crate::error::Result;
use crate::id::{Hash, Heads, NodeId};
use crate::limits::INBOX_BLOB_BYTES_MAX;
use crate::node::Node;
use crate::storage::{Arrival, Batch, TextWrite};
use crate::text::LiveText;
use crate::tree::Tree;
use crate::workspace::{Workspace, derive};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Changes that wait are looked through with every frame that comes; from this many on, only when
/// no content is missing.
const LOOKED_THROUGH_MAX: usize = 4096;

/// Nodes that are always worth keeping the tree in step with.
const IN_STEP_MIN: usize = 64;

impl Workspace {
    /// Takes in what came from another replica. What is complete lands in one batch, durable when
    /// this returns; what is not, waits in the inbox. What is known already does nothing.
    ///
    /// It fails only when this replica's own storage does; then nothing has landed, and another
    /// call tries again. A fault of the other replica is in [`Accepted::refused`].
    pub fn accept(&mut self, inbox: &mut Inbox, mut incoming: Incoming) -> Result<Accepted> {
        self.ledger.ensure()?;
        let mut accepted = Accepted::default();
        let parts = std::mem::take(&mut incoming.parts);
        inbox.add(
            incoming,
            &self.ledger,
            &*self.storage,
            &mut accepted.refused,
        )?;
        for part in parts {
            if let Some(part) = self.take_part(inbox, part, &mut accepted)? {
                accepted.refused.extend(inbox.add_part(part).err());
            }
        }
        self.look_for_missing(inbox)?;
        inbox.look_again(self.contents.thinnings, &*self.storage)?;
        let is_worth_it = inbox.missing.is_empty()
            || inbox.changes.len() + inbox.texts.len() < LOOKED_THROUGH_MAX;
        while is_worth_it && self.accept_once(inbox, &mut accepted)? {}
        if inbox.blob_bytes() > INBOX_BLOB_BYTES_MAX {
            // Nothing names them yet, so nobody sees them before their change.
            let blobs = inbox.blobs.iter();
            self.storage.commit(Batch {
                blobs: blobs.map(|(hash, bytes)| (*hash, bytes.clone())).collect(),
                ..Batch::default()
            })?;
            inbox.blobs.clear();
        }
        Ok(accepted)
    }

    /// Lands what is complete. True when something was refused, so that the rest is to be looked
    /// at once more.
    fn accept_once(&mut self, inbox: &mut Inbox, accepted: &mut Accepted) -> Result<bool> {
        let trial = self.try_on(inbox, accepted)?;
        if trial.order.is_empty() && trial.texts.is_empty() {
            return Ok(false);
        }
        let before = self.ledger.heads();
        let landed = self.land_trial(inbox, trial, &before, accepted);
        if !matches!(landed, Ok(true)) {
            // Texts that were tried on are dropped; storage holds them as they were.
            self.ledger.roll_back(&before)?;
            self.history.take();
        }
        Ok(!landed?)
    }

    /// Writes a trial down. False when a change of it was refused: nothing has landed then.
    fn land_trial(
        &mut self,
        inbox: &mut Inbox,
        trial: Trial,
        before: &Heads,
        accepted: &mut Accepted,
    ) -> Result<bool> {
        let Trial { order, mut texts } = trial;
        let typed: BTreeSet<NodeId> = texts.keys().copied().collect();
        let foreign: Vec<&Foreign> = order.iter().map(|hash| &inbox.changes[hash]).collect();
        let mut tree = self.tree.clone();
        if !order.is_empty() {
            let changes = foreign.iter().map(|foreign| foreign.change.clone());
            if !self.ledger.take_in(changes.collect()) {
                let bad = self.find_bad(inbox, &order, before)?;
                inbox.drop_changes(bad);
                accepted.refused.push(Refusal::Sequence);
                return Ok(false);
            }
            let touched = foreign.iter().flat_map(|foreign| &foreign.touched);
            let touched = touched.filter_map(|object| self.ledger.node_of(object));
            tree = Arc::new(self.tree_after(touched.collect())?);
            if tree.nodes.len() > self.nodes_max {
                inbox.drop_changes(order);
                accepted.refused.push(Refusal::TooLarge);
                return Ok(false);
            }
        }

        let mut nodes = typed.clone();
        for object in foreign.iter().flat_map(|foreign| &foreign.touched) {
            nodes.extend(self.ledger.node_of(object));
        }
        let mut blobs = inbox.blobs.clone();
        let mut writes = Vec::new();
        let mut own = Vec::new();
        for id in &nodes {
            let is_tried = texts.contains_key(id);
            if !is_tried && !self.texts.has(*id) {
                continue;
            }
            let mut tried = match texts.remove(id) {
                Some(tried) => tried,
                None => Tried {
                    live: self.texts.take(&*self.storage, *id)?,
                    updates: Vec::new(),
                },
            };
            let bridged = bridge::bridge(self, &tree, &blobs, *id, &tried.live)?;
            if !bridged.is_empty() {
                own.push(*id);
            }
            tried.updates.extend(bridged);
            let draft = is_draft(&tree, *id, &tried.live);
            if !tried.updates.is_empty() || draft != self.texts.is_draft(*id) {
                writes.push(TextWrite {
                    node: *id,
                    replace: false,
                    updates: std::mem::take(&mut tried.updates),
                    draft,
                });
            }
            texts.insert(*id, tried);
        }
        let mut part = Vec::new();
        for foreign in &foreign {
            part.extend_from_slice(&foreign.change.clone().bytes());
        }
        let mut index = self.index;
        let mut cells = Vec::new();
        if !part.is_empty() {
            let known = (&self.ledger.heads(), self.ledger.changes_len());
            let cell;
            (index, cell) = self.index.next(&part, known, (&self.tree, &tree), None);
            cells.push(cell);
        }
        let batch = Batch {
            ledger: (!part.is_empty()).then_some(part),
            texts: writes.clone(),
            blobs: std::mem::take(&mut blobs).into_iter().collect(),
            cells,
            ..Batch::default()
        };
        let part_bytes = batch.ledger.as_ref().map_or(0, Vec::len) as u64;
        // That they were thinned out comes first: a crash between both leaves what nobody asks about.
        if !inbox.thinned.is_empty() {
            self.note_thinned(inbox, &foreign)?;
        }
        if batch.bytes() > 0 || !writes.is_empty() {
            self.storage.commit(batch)?;
        }

        // From here on nothing fails.
        for (id, tried) in texts {
            self.texts.put(id, tried.live);
        }
        self.texts.landed(&writes);
        let before = Arc::clone(&self.tree);
        self.shown(tree, index, part_bytes);
        self.note_orphans(&before, &writes);
        accepted.changes += order.len();
        accepted.own.extend(own);
        accepted.texts.extend(
            writes
                .iter()
                .filter(|w| !w.updates.is_empty())
                .map(|w| w.node),
        );
        // Where something was shown is news, too: it is gone from there.
        nodes.extend(before.nodes.differing(&self.tree.nodes));
        for tree in [&before, &self.tree] {
            let paths = nodes.iter().filter_map(|id| tree.path_of(*id));
            accepted.paths.extend(paths);
        }
        accepted.paths.sort_unstable();
        accepted.paths.dedup();
        inbox.blobs.clear();
        if inbox.changes.len() == order.len() {
            inbox.thinned.clear();
        }
        let mut last: BTreeSet<[u8; 32]> = order.iter().copied().collect();
        for foreign in order.iter().filter_map(|hash| inbox.changes.remove(hash)) {
            for dep in &foreign.deps {
                last.remove(dep);
            }
        }
        accepted.heads.extend(last);
        let ledger = &self.ledger;
        inbox.texts.retain(|text| {
            let mut after = text.after.hashes().iter();
            !(typed.contains(&text.node) && after.all(|hash| ledger.has(hash)))
        });
        Ok(true)
    }

    /// Notes what these changes name and the peer has thinned out.
    fn note_thinned(&mut self, inbox: &Inbox, foreign: &[&Foreign]) -> Result<()> {
        let mut thinned = Vec::new();
        for change in foreign {
            for Sealed { seal, .. } in &change.seals {
                let hash = seal.hash;
                if self.is_done_without(inbox, &hash)? {
                    let at_ms = inbox.thinned[&hash];
                    thinned.push(Arrival::Thinned { hash, at_ms });
                }
            }
        }
        match thinned.is_empty() {
            true => Ok(()),
            false => self.arrive(thinned),
        }
    }

    /// Notes the drafts that the deletion of their file had not seen: those that were there when it
    /// came, and those that came after it.
    fn note_orphans(&mut self, before: &Tree, writes: &[TextWrite]) {
        let typed = |id| {
            writes
                .iter()
                .any(|one| one.node == id && !one.updates.is_empty())
        };
        let drafts = self.texts.drafts().filter(|id| !self.tree.is_alive(*id));
        let orphans = drafts.filter(|id| before.is_alive(*id) || typed(*id));
        self.orphans.extend(orphans);
    }

    /// The tree after changes to some nodes, which the ledger holds by now: kept in step where they
    /// can move nothing else, derived anew otherwise.
    fn tree_after(&self, touched: BTreeSet<NodeId>) -> Result<Tree> {
        let mut waiting = Vec::new();
        if touched.len() <= self.tree.nodes.len() / 4 + IN_STEP_MIN {
            for id in &touched {
                waiting.extend(self.ledger.read_now(*id)?);
            }
        }
        let mut tree = Tree::clone(&self.tree);
        let mut is_in_step = waiting.len() == touched.len();
        // What lies in a new folder comes after it.
        while is_in_step && !waiting.is_empty() {
            let left = waiting.len();
            waiting.retain(|node| !tree.adopt(node));
            is_in_step = waiting.len() < left;
        }
        match is_in_step {
            true => Ok(tree),
            false => derive(&self.ledger, None),
        }
    }

    /// Which of some changes the ledger does not take after their causes.
    fn find_bad(
        &mut self,
        inbox: &Inbox,
        order: &[[u8; 32]],
        before: &Heads,
    ) -> Result<Vec<[u8; 32]>> {
        self.ledger.roll_back(before)?;
        let mut bad: Vec<[u8; 32]> = Vec::new();
        for hash in order {
            let foreign = &inbox.changes[hash];
            // What rests on a refused change never comes near the document: it would wait there.
            let can_follow = !foreign.deps.iter().any(|dep| bad.contains(dep));
            if !(can_follow && self.ledger.take_in(vec![foreign.change.clone()])) {
                bad.push(*hash);
            }
        }
        Ok(bad)
    }
}

/// Whether a live text says something else than the seal that is shown. A content that is not
/// text stands before what was typed.
fn is_draft(tree: &Tree, id: NodeId, live: &LiveText) -> bool {
    match tree.node(id).and_then(Node::seal) {
        Some(seal) => seal.text && Hash::of(live.get().as_bytes()) != seal.hash,
        None => true,
    }
}
