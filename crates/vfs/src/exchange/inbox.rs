//! What came from one peer and is not complete yet.

use super::change::Foreign;
use super::update::is_update;
use super::{BlobPart, Incoming, Refusal, TextUpdate};
use crate::error::Result;
use crate::id::Hash;
use crate::ledger::{Ledger, read_document};
use crate::limits::{DOCUMENT_BYTES_MAX, INBOX_BYTES_MAX, TEXT_STATE_BYTES_MAX};
use crate::storage::Storage;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What came from one peer and waits for the rest of it: changes whose causes or contents are not
/// there, texts that rest on such changes, contents that are not whole.
///
/// Each session has its own, so that a broken peer fills up nobody else's. It can be dropped at
/// any time: the next session asks again.
#[derive(Debug)]
pub struct Inbox {
    pub(super) changes: BTreeMap<[u8; 32], Foreign>,
    pub(super) texts: Vec<TextUpdate>,
    /// Whole contents that waiting changes name.
    pub(super) blobs: BTreeMap<Hash, Arc<[u8]>>,
    /// Contents that waiting changes name and that are not there, with their sizes.
    pub(crate) missing: BTreeMap<Hash, u64>,
    /// Contents that waiting changes name and that the peer has thinned out, with the times of that.
    pub(super) thinned: BTreeMap<Hash, u64>,
    /// How often this replica had thinned contents out when it was looked which ones are missing.
    looked: u64,
    parts: BTreeMap<Hash, Vec<u8>>,
    /// Bytes that came from this peer of contents that come into storage.
    pub(crate) sent: BTreeMap<Hash, u64>,
    /// Lives as long as the inbox: what nobody brings any more makes room.
    pub(crate) alive: Arc<()>,
    /// Whether an update that rests on edits which are not here waits for them, because nobody can be asked.
    pub(super) waits_for_edits: bool,
    pub(super) bytes_max: usize,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            changes: BTreeMap::new(),
            texts: Vec::new(),
            blobs: BTreeMap::new(),
            missing: BTreeMap::new(),
            thinned: BTreeMap::new(),
            looked: 0,
            parts: BTreeMap::new(),
            sent: BTreeMap::new(),
            alive: Arc::default(),
            waits_for_edits: false,
            bytes_max: INBOX_BYTES_MAX,
        }
    }
}

impl Inbox {
    /// An inbox for a new session.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An inbox for what comes from somebody who can't be asked for more: what rests on edits that are not here waits for
    /// them, too, instead of being dropped and asked for.
    #[must_use]
    pub fn for_letters() -> Self {
        Self {
            waits_for_edits: true,
            ..Self::default()
        }
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.texts.is_empty() && self.parts.is_empty()
    }

    /// The contents that waiting changes name and that are not there: hash, size, and how many
    /// bytes of it are in this inbox. Large ones come into storage, see
    /// [`Workspace::begin_content`](crate::Workspace::begin_content).
    pub fn missing(&self) -> impl Iterator<Item = (Hash, u64, u64)> {
        self.missing.iter().map(|(hash, size)| {
            let held = self.parts.get(hash).map_or(0, Vec::len) as u64;
            (*hash, *size, held)
        })
    }

    /// Storage has a content that was missing.
    pub(crate) fn arrived(&mut self, hash: &Hash) {
        self.missing.remove(hash);
        self.sent.remove(hash);
    }

    /// Bytes that wait.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let changes: usize = self.changes.values().map(Foreign::held_bytes).sum();
        let texts: usize = self.texts.iter().map(TextUpdate::held_bytes).sum();
        let parts: usize = self.parts.values().map(Vec::len).sum();
        changes + texts + parts + self.blob_bytes()
    }

    pub(super) fn blob_bytes(&self) -> usize {
        self.blobs.values().map(|bytes| bytes.len()).sum()
    }

    /// Checks what came and keeps what is not known yet.
    pub(super) fn add(
        &mut self,
        incoming: Incoming,
        ledger: &Ledger,
        storage: &dyn Storage,
        refused: &mut Vec<Refusal>,
    ) -> Result<()> {
        let nodes = ledger.nodes_map();
        let mut foreign = Vec::new();
        for bytes in incoming.documents {
            if bytes.len() > DOCUMENT_BYTES_MAX {
                refused.push(Refusal::TooLarge);
                continue;
            }
            match read_document(&bytes) {
                Some(changes) => {
                    let new = changes.into_iter().filter(|c| !ledger.has(&c.hash().0));
                    foreign.extend(new.map(|change| Foreign::of(change, &nodes)));
                }
                None => refused.push(Refusal::NotALedger),
            }
        }
        let changes = incoming.changes.into_iter();
        foreign.extend(changes.map(|bytes| Foreign::read(bytes, &nodes)));
        for change in foreign {
            match change {
                Ok(change) => self.add_change(change, ledger, storage)?,
                Err(refusal) => refused.push(refusal),
            }
        }
        for text in incoming.texts {
            if text.update.len() > TEXT_STATE_BYTES_MAX {
                refused.push(Refusal::TooLarge);
            } else if is_update(&text.update) {
                self.texts.push(text);
            } else {
                refused.push(Refusal::NotAnUpdate);
            }
        }
        for bytes in incoming.blobs {
            self.add_blob(Hash::of(&bytes), bytes);
        }
        for (hash, at_ms) in incoming.thinned {
            if self.missing.contains_key(&hash) {
                self.arrived(&hash);
                self.parts.remove(&hash);
                self.thinned.insert(hash, at_ms);
            }
        }
        if self.held_bytes() > self.bytes_max {
            refused.push(Refusal::InboxFull);
        }
        Ok(())
    }

    fn add_change(
        &mut self,
        change: Foreign,
        ledger: &Ledger,
        storage: &dyn Storage,
    ) -> Result<()> {
        if ledger.has(&change.hash) || self.changes.contains_key(&change.hash) {
            return Ok(());
        }
        for (hash, size) in change.blobs() {
            if !self.blobs.contains_key(&hash) && !storage.has_blob(&hash)? {
                self.missing.insert(hash, size);
            }
        }
        self.changes.insert(change.hash, change);
        Ok(())
    }

    /// Looks again for what waiting changes name, when this replica has thinned contents out since.
    pub(super) fn look_again(&mut self, thinnings: u64, storage: &dyn Storage) -> Result<()> {
        if std::mem::replace(&mut self.looked, thinnings) != thinnings {
            for (hash, size) in self.changes.values().flat_map(Foreign::blobs) {
                let is_here = self.blobs.contains_key(&hash) || storage.has_blob(&hash)?;
                if !is_here && !self.thinned.contains_key(&hash) {
                    self.missing.insert(hash, size);
                }
            }
        }
        Ok(())
    }

    /// Keeps a content that is missed; any other was pushed for nothing, which is no fault.
    fn add_blob(&mut self, hash: Hash, bytes: Vec<u8>) {
        if self.missing.remove(&hash).is_some() {
            self.parts.remove(&hash);
            self.blobs.insert(hash, bytes.into());
        }
    }

    pub(super) fn add_part(&mut self, part: BlobPart) -> Result<(), Refusal> {
        let Some(size) = self.missing.get(&part.hash).copied() else {
            return Ok(());
        };
        let held = self.parts.entry(part.hash).or_default();
        if part.from != held.len() as u64 {
            // Sent again after a new start: what is here stays.
            return match part.from < held.len() as u64 {
                true => Ok(()),
                false => Err(Refusal::Part),
            };
        }
        if part.from + part.bytes.len() as u64 > size {
            self.parts.remove(&part.hash);
            return Err(Refusal::Part);
        }
        held.extend_from_slice(&part.bytes);
        if held.len() as u64 == size {
            let bytes = self.parts.remove(&part.hash).unwrap_or_default();
            let hash = Hash::of(&bytes);
            if hash != part.hash {
                return Err(Refusal::WrongHash);
            }
            self.add_blob(hash, bytes);
        }
        Ok(())
    }

    /// Drops changes and all that rest on them.
    pub(super) fn drop_changes(&mut self, mut hashes: Vec<[u8; 32]>) {
        while let Some(hash) = hashes.pop() {
            self.changes.remove(&hash);
            let resting = self.changes.values().filter(|c| c.deps.contains(&hash));
            hashes.extend(resting.map(|change| change.hash));
        }
    }
}
