//! What other replicas are asked for: contents of changes that came, damaged ones, and those that are gone and needed.

use crate::error::{Result, VfsError};
use crate::exchange::{Accepted, BlobPart, Inbox, Refusal};
use crate::id::Hash;
use crate::limits::INBOX_CONTENT_BYTES_MAX;
use crate::workspace::Workspace;
use std::sync::{Arc, Weak};

impl Workspace {
    /// How many contents other replicas are asked for though their changes are here.
    pub fn wanted_count(&self) -> usize {
        self.contents.wanted.borrow().len()
    }

    /// Contents that could not be read since they are damaged, or were thinned out and are needed (SPEC R8),
    /// with their sizes: a replica that has a healthy copy can give it.
    pub fn wanted_contents(&self) -> Vec<(Hash, u64)> {
        let wanted = self.contents.wanted.borrow();
        wanted.iter().map(|(hash, size)| (*hash, *size)).collect()
    }

    /// Whether a content is one of these.
    #[must_use]
    pub fn is_wanted(&self, hash: &Hash) -> bool {
        self.contents.wanted.borrow().contains_key(hash)
    }

    /// Asks other replicas for a content that is needed, if it is gone.
    pub(crate) fn want(&mut self, hash: Hash, size: u64) {
        if matches!(self.storage.has_blob(&hash), Ok(false)) {
            self.contents.wanted.get_mut().insert(hash, size);
        }
    }

    /// What another replica is to be asked for: hash, size, and how many bytes of it the inbox has.
    #[must_use]
    pub fn lacking(&self, inbox: &Inbox) -> Vec<(Hash, u64, u64)> {
        let mut lacking: Vec<_> = inbox.missing().collect();
        let wanted = self.wanted_contents().into_iter();
        lacking.extend(wanted.map(|(hash, size)| (hash, size, 0)));
        lacking
    }

    /// Makes storage ready for a content that another replica is asked for, when it comes there; gives
    /// how many bytes storage has of it. Fails as [`Self::begin_content`].
    pub fn prepare(&mut self, inbox: &Inbox, hash: &Hash, size: u64) -> Result<u64> {
        if !self.comes_into_storage(hash, size) {
            return Ok(0);
        }
        let held = self.begin_content(hash, size)?;
        if let Some(coming) = self.contents.arriving.get_mut(hash) {
            coming.peers.retain(|peer| peer.strong_count() > 0);
            let peer = Arc::downgrade(&inbox.alive);
            if !coming.peers.iter().any(|other| other.ptr_eq(&peer)) {
                coming.peers.push(peer);
            }
        }
        Ok(held)
    }

    /// The replica of an inbox does not have a content that it was asked for: its place is free for others.
    pub fn is_not_there(&mut self, inbox: &Inbox, hash: &Hash) {
        if let Some(coming) = self.contents.arriving.get_mut(hash) {
            let asked = Arc::downgrade(&inbox.alive);
            let mut peers = coming.peers.iter_mut();
            if let Some(peer) = peers.find(|peer| peer.ptr_eq(&asked)) {
                *peer = Weak::new();
            }
        }
    }

    /// Notes which large contents came since, by way of others.
    pub(crate) fn look_for_missing(&self, inbox: &mut Inbox) -> Result<()> {
        let large = inbox.missing.iter();
        let large = large.filter(|(_, size)| **size > INBOX_CONTENT_BYTES_MAX);
        for hash in large.map(|(hash, _)| *hash).collect::<Vec<_>>() {
            if self.storage.has_blob(&hash)? {
                inbox.arrived(&hash);
            }
        }
        Ok(())
    }

    /// Whether a content comes into storage piece by piece, and not into an inbox.
    fn comes_into_storage(&self, hash: &Hash, size: u64) -> bool {
        size > INBOX_CONTENT_BYTES_MAX || self.is_wanted(hash)
    }

    /// Takes a part of a content that is lacking into storage; gives it back when it belongs into
    /// the inbox. A peer is refused only for what it sent all of: others may have sent the rest.
    pub(crate) fn take_part(
        &mut self,
        inbox: &mut Inbox,
        part: BlobPart,
        accepted: &mut Accepted,
    ) -> Result<Option<BlobPart>> {
        let hash = part.hash;
        let wanted = self.contents.wanted.borrow().get(&hash).copied();
        let Some(size) = inbox.missing.get(&hash).copied().or(wanted) else {
            return Ok(None);
        };
        if !self.comes_into_storage(&hash, size) {
            return Ok(Some(part));
        }
        let held = match self.prepare(inbox, &hash, size) {
            Ok(held) if held == size => {
                inbox.arrived(&hash);
                return Ok(None);
            }
            Err(VfsError::TooLarge { .. }) => {
                accepted.refused.push(Refusal::InboxFull);
                return Ok(None);
            }
            held => held?,
        };
        if part.from > held {
            let coming = self.contents.arriving.get(&hash);
            if coming.is_some_and(|coming| !coming.has_failed) {
                accepted.refused.push(Refusal::Part);
            }
            return Ok(None);
        }
        let end = part.from + part.bytes.len() as u64;
        let sent = inbox.sent.entry(hash).or_default();
        *sent += end.saturating_sub(held);
        let has_sent_all = *sent == end;
        match self.add_content(&hash, part.from, &part.bytes) {
            Ok(true) => inbox.arrived(&hash),
            Ok(false) => {}
            Err(VfsError::NotTheContent { .. }) => {
                inbox.sent.remove(&hash);
                if has_sent_all {
                    let is_long = end > size;
                    accepted.refused.push(if is_long {
                        Refusal::Part
                    } else {
                        Refusal::WrongHash
                    });
                    return Ok(None);
                }
                self.prepare(inbox, &hash, size)?;
                if let Some(coming) = self.contents.arriving.get_mut(&hash) {
                    coming.has_failed = true;
                }
                accepted.again.push(hash);
            }
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    /// Remembers a content whose read told of damage.
    pub(crate) fn noting_damage<T>(&self, hash: &Hash, read: Result<T>) -> Result<T> {
        if let Err(VfsError::Damaged { .. }) = read
            && let Ok(Some(size)) = self.storage.blob_size(hash)
        {
            self.contents.wanted.borrow_mut().insert(*hash, size);
        }
        read
    }
}
