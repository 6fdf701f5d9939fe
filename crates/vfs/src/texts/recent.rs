//! What other replicas ask of live texts: digests, what they lack, and what changed lately.

use super::Texts;
use crate::error::Result;
use crate::id::{Hash, NodeId};
use crate::limits::RECENT_BYTES_MAX;
use crate::storage::Storage;
use crate::text::LiveText;
use std::collections::VecDeque;
use std::sync::Arc;

/// The latest updates of all live texts, numbered, so that a peer that has all before them needs
/// no more than these. It forgets: who asks too late compares states instead.
#[derive(Debug, Default)]
pub(super) struct Recent {
    next: u64,
    bytes: usize,
    updates: VecDeque<(NodeId, Arc<[u8]>)>,
}

impl Recent {
    pub fn add(&mut self, node: NodeId, updates: &[Vec<u8>]) {
        for update in updates {
            self.next += 1;
            self.bytes += update.len();
            self.updates.push_back((node, update.as_slice().into()));
        }
        while self.bytes > RECENT_BYTES_MAX {
            match self.updates.pop_front() {
                Some((_, update)) => self.bytes -= update.len(),
                None => return,
            }
        }
    }

    fn since(&self, number: u64) -> Option<Vec<(NodeId, Arc<[u8]>)>> {
        let count = usize::try_from(self.next.checked_sub(number)?).ok()?;
        let skip = self.updates.len().checked_sub(count)?;
        Some(self.updates.iter().skip(skip).cloned().collect())
    }
}

impl Texts {
    /// Files that have a live text, in order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.held.keys().copied()
    }

    pub fn has(&self, id: NodeId) -> bool {
        self.held.contains_key(&id)
    }

    /// Bytes of a live text's updates that storage holds.
    pub fn held_bytes(&self, id: NodeId) -> u64 {
        self.held.get(&id).map_or(0, |held| held.bytes)
    }

    /// A name for all that a live text has seen.
    pub fn digest(&self, storage: &dyn Storage, id: NodeId) -> Result<Hash> {
        if let Some(digest) = self.digests.borrow().get(&id) {
            return Ok(*digest);
        }
        let digest = self.with(storage, id, LiveText::digest)?;
        self.digests.borrow_mut().insert(id, digest);
        Ok(digest)
    }

    /// A live text's state vector; empty when the file has none.
    pub fn state(&self, storage: &dyn Storage, id: NodeId) -> Result<Vec<u8>> {
        if !self.has(id) {
            return Ok(Vec::new());
        }
        self.with(storage, id, LiveText::state)
    }

    /// What a replica with another state lacks; `None` when that is no state vector.
    pub fn update_since(
        &self,
        storage: &dyn Storage,
        id: NodeId,
        state: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        self.with(storage, id, |live| live.update_since(state))
    }

    /// The number of the latest update.
    pub fn number(&self) -> u64 {
        self.recent.next
    }

    /// The updates after a number; `None` when they are forgotten.
    pub fn since(&self, number: u64) -> Option<Vec<(NodeId, Arc<[u8]>)>> {
        self.recent.since(number)
    }

    /// Takes a live text out to try updates on. What was tried and did not land is dropped;
    /// storage still holds the text as it was.
    pub fn take(&mut self, storage: &dyn Storage, id: NodeId) -> Result<LiveText> {
        let open = self.open.get_mut();
        if let Some(place) = open.iter().position(|(other, _)| *other == id) {
            return Ok(open.remove(place).1);
        }
        LiveText::open(id, self.client, &storage.text(&id)?)
    }

    /// Puts a live text back that storage holds like this.
    pub fn put(&mut self, id: NodeId, live: LiveText) {
        let open = self.open.get_mut();
        open.retain(|(other, _)| *other != id);
        open.push((id, live));
        if open.len() > crate::limits::TEXTS_OPEN_MAX {
            open.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn updates_past_recent_bytes_max_are_forgotten_and_who_asks_is_told() {
        let node = NodeId::from_random(5).expect("random");
        let mut recent = Recent::default();
        recent.add(node, &[vec![1], vec![2]]);
        assert_eq!(recent.since(2), Some(Vec::new()));
        assert_eq!(recent.since(1).map(|some| some.len()), Some(1));
        recent.add(node, &[vec![0; RECENT_BYTES_MAX]]);
        assert_eq!(recent.since(1), None);
        assert_eq!(recent.since(2).map(|some| some.len()), Some(1));
        assert_eq!(recent.since(4), None, "a number of the future");
    }
}
