//! Finding out what is complete, by trying it on.

use super::change::{Foreign, Sealed};
use super::{Accepted, Inbox, Refusal};
use crate::error::Result;
use crate::id::{Hash, NodeId};
use crate::ledger::Object;
use crate::limits::TEXT_STATE_BYTES_MAX;
use crate::node::Kind;
use crate::text::LiveText;
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};

type ChangeId = [u8; 32];

/// A live text with updates tried on.
pub(super) struct Tried {
    pub live: LiveText,
    pub updates: Vec<Vec<u8>>,
}

/// What would land.
#[derive(Default)]
pub(super) struct Trial {
    /// Changes, causes first.
    pub order: Vec<ChangeId>,
    pub texts: BTreeMap<NodeId, Tried>,
}

/// Where updates stand in the inbox, by the file that they are for; and those for no file.
#[derive(Default)]
struct Ready {
    updates: BTreeMap<NodeId, Vec<usize>>,
    bad: Vec<usize>,
}

impl Workspace {
    /// Finds what is complete: changes whose causes, contents and cited texts are here, and texts
    /// whose ledger is. Each may wait for the other, so it is what remains when all that fails is
    /// taken out.
    pub(super) fn try_on(&mut self, inbox: &mut Inbox, accepted: &mut Accepted) -> Result<Trial> {
        let mut order = self.candidates(inbox);
        loop {
            let mut ready = self.ready_texts(inbox, &order);
            if !ready.bad.is_empty() {
                accepted.refused.push(Refusal::NoSuchFile);
            }
            let mut texts = BTreeMap::new();
            for (id, places) in ready.updates {
                match self.try_updates(inbox, id, &places, accepted)? {
                    Some(tried) => drop(texts.insert(id, tried)),
                    None if inbox.waits_for_edits && accepted.incomplete.contains(&id) => {}
                    None => ready.bad.extend(places),
                }
            }
            let mut failed = self.uncovered(inbox, &order, &texts)?;
            failed.extend(self.unheld(inbox, &order)?);
            let mut place = 0;
            inbox.texts.retain(|_| {
                place += 1;
                !ready.bad.contains(&(place - 1))
            });
            if failed.is_empty() {
                return Ok(Trial { order, texts });
            }
            order = without(inbox, order, failed);
        }
    }

    /// Waiting changes whose causes and contents are here, causes first.
    fn candidates(&self, inbox: &Inbox) -> Vec<ChangeId> {
        let mut unmet: BTreeMap<ChangeId, usize> = BTreeMap::new();
        let mut resting: BTreeMap<ChangeId, Vec<ChangeId>> = BTreeMap::new();
        let mut ready = Vec::new();
        for (hash, change) in &inbox.changes {
            if change
                .blobs()
                .any(|(blob, _)| inbox.missing.contains_key(&blob))
            {
                continue;
            }
            let mut count = 0;
            for dep in change.deps.iter().filter(|dep| !self.ledger.has(dep)) {
                count += 1;
                resting.entry(*dep).or_default().push(*hash);
            }
            match count {
                0 => ready.push(*hash),
                count => drop(unmet.insert(*hash, count)),
            }
        }
        let mut order = Vec::new();
        while let Some(hash) = ready.pop() {
            order.push(hash);
            for above in resting.remove(&hash).unwrap_or_default() {
                if let Some(count) = unmet.get_mut(&above) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(above);
                    }
                }
            }
        }
        order
    }

    /// Texts whose ledger is here, or would be.
    fn ready_texts(&self, inbox: &Inbox, order: &[ChangeId]) -> Ready {
        let landing: BTreeSet<&ChangeId> = order.iter().collect();
        let made = order.iter().flat_map(|hash| &inbox.changes[hash].made);
        let made: BTreeSet<NodeId> = made.map(|(_, id)| *id).collect();
        let is_file = |id: NodeId| {
            let node = self.tree.node(id);
            made.contains(&id) || node.is_some_and(|node| node.kind == Kind::File)
        };
        let mut ready = Ready::default();
        for (place, text) in inbox.texts.iter().enumerate() {
            let mut after = text.after.hashes().iter();
            if after.all(|hash| landing.contains(hash) || self.ledger.has(hash)) {
                match is_file(text.node) {
                    true => ready.updates.entry(text.node).or_default().push(place),
                    false => ready.bad.push(place),
                }
            }
        }
        ready
    }

    /// Tries updates on one live text; nothing when they don't make a whole one.
    fn try_updates(
        &mut self,
        inbox: &Inbox,
        id: NodeId,
        places: &[usize],
        accepted: &mut Accepted,
    ) -> Result<Option<Tried>> {
        let live = self.texts.take(&*self.storage, id)?;
        let mut updates = Vec::new();
        let mut bytes = self.texts.held_bytes(id);
        let mut digest = live.digest();
        let mut is_whole = true;
        for place in places {
            let update = &inbox.texts[*place].update;
            bytes += update.len() as u64;
            if bytes > TEXT_STATE_BYTES_MAX as u64 {
                accepted.refused.push(Refusal::TooLarge);
                return Ok(None);
            }
            let Ok(has_all) = live.apply(update) else {
                accepted.refused.push(Refusal::NotAnUpdate);
                return Ok(None);
            };
            // What rests on a later one of these takes effect only with that.
            let now = live.digest();
            if std::mem::replace(&mut digest, now) != now || !has_all || !is_whole {
                updates.push(update.clone());
            }
            is_whole = has_all;
        }
        if !is_whole {
            accepted.incomplete.push(id);
            return Ok(None);
        }
        Ok(Some(Tried { live, updates }))
    }

    /// Changes that cite a state of a live text which is not here.
    fn uncovered(
        &mut self,
        inbox: &Inbox,
        order: &[ChangeId],
        texts: &BTreeMap<NodeId, Tried>,
    ) -> Result<Vec<ChangeId>> {
        let changes = || order.iter().map(|hash| &inbox.changes[hash]);
        let made: BTreeMap<&Object, NodeId> = changes()
            .flat_map(|change| &change.made)
            .map(|(object, id)| (object, *id))
            .collect();
        let mut cited: BTreeMap<NodeId, Vec<(&Foreign, &[u8])>> = BTreeMap::new();
        for change in changes() {
            let live = change.seals.iter().filter(|s| !s.seal.state.is_empty());
            for Sealed { object, seal, .. } in live {
                let node = made.get(object).copied();
                if let Some(id) = node.or_else(|| self.ledger.node_of(object)) {
                    cited.entry(id).or_default().push((change, &seal.state));
                }
            }
        }
        let mut failed = Vec::new();
        for (id, states) in cited {
            let lacking = |live: &LiveText| {
                let lacking = states.iter().filter(|(_, state)| !live.covers(state));
                lacking.map(|(change, _)| change.hash).collect::<Vec<_>>()
            };
            if let Some(tried) = texts.get(&id) {
                failed.extend(lacking(&tried.live));
            } else {
                let live = self.texts.take(&*self.storage, id)?;
                failed.extend(lacking(&live));
                self.texts.put(id, live);
            }
        }
        Ok(failed)
    }
}

impl Workspace {
    /// Changes that would show a content which the peer says it has thinned out: only one that another
    /// of these changes takes the place of can be done without.
    fn unheld(&self, inbox: &Inbox, order: &[ChangeId]) -> Result<Vec<ChangeId>> {
        let mut unheld = Vec::new();
        if inbox.thinned.is_empty() {
            return Ok(unheld);
        }
        let changes = || order.iter().map(|hash| &inbox.changes[hash]);
        let mut overwritten = BTreeSet::new();
        for op in changes().flat_map(|change| &change.overwritten) {
            overwritten.insert(op.clone());
        }
        for change in changes() {
            for Sealed { op, seal, .. } in &change.seals {
                let is_shown = !overwritten.contains(op);
                if is_shown && self.is_done_without(inbox, &seal.hash)? {
                    unheld.push(change.hash);
                }
            }
        }
        Ok(unheld)
    }

    /// Whether the peer has thinned a content out, and nobody else gave it.
    pub(super) fn is_done_without(&self, inbox: &Inbox, hash: &Hash) -> Result<bool> {
        let is_told = inbox.thinned.contains_key(hash) && !inbox.blobs.contains_key(hash);
        Ok(is_told && !self.storage.has_blob(hash)?)
    }
}

/// An order without some changes and all that rest on them.
fn without(inbox: &Inbox, order: Vec<ChangeId>, failed: Vec<ChangeId>) -> Vec<ChangeId> {
    let mut out: BTreeSet<ChangeId> = failed.into_iter().collect();
    let keep = order.into_iter().filter(|hash| {
        let is_out =
            out.contains(hash) || inbox.changes[hash].deps.iter().any(|dep| out.contains(dep));
        if is_out {
            out.insert(*hash);
        }
        !is_out
    });
    keep.collect()
}
