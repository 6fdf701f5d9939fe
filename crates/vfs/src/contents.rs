//! Contents that are written and read piece by piece, so that a large one is never in memory as a
//! whole.
//!
//! The hash is known before the first byte: a peer is asked for it, and a file is read once to name
//! it and once more to bring it. So what was interrupted goes on where it stopped, and what is here
//! already is not sent at all. Nothing counts before the hash of all that came is right.

use crate::error::{Result, VfsError};
use crate::id::Hash;
use crate::limits::{
    ARRIVING_BYTES_MAX, ARRIVING_CONTENTS_MAX, ARRIVING_HELD_BYTES_MAX, FILE_BYTES_MAX,
};
use crate::storage::{Arrival, Batch, PIECE_BYTES};
use crate::workspace::Workspace;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

mod wanted;

/// The contents that come now, and those that are to come again.
#[derive(Default)]
pub(crate) struct Contents {
    arriving: BTreeMap<Hash, Coming>,
    /// Contents that peers are asked for, with their sizes: damaged ones, and those that are gone and needed.
    pub(crate) wanted: RefCell<BTreeMap<Hash, u64>>,
    /// How often contents were thinned out since the workspace was opened.
    pub(crate) thinnings: u64,
}

/// A content that comes.
struct Coming {
    size: u64,
    /// Bytes that came, those that are not stored yet included.
    held: u64,
    sum: Sha256,
    /// What came after the last whole pieces that are stored.
    rest: Vec<u8>,
    /// What came before was not this content, so that senders may be ahead.
    has_failed: bool,
    /// The sessions that bring it; none when this side does.
    peers: Vec<Weak<()>>,
}

/// A running SHA-256: the name of a content that is not in memory as a whole.
#[derive(Debug, Clone, Default)]
pub struct Naming(Sha256);

impl Naming {
    /// Takes in what comes next.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The name of all that was taken in.
    #[must_use]
    pub fn hash(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

impl Workspace {
    /// Begins to take in a content of so many bytes, or goes on with it; gives how many of them
    /// are here. All of them are when the content is here already, and readable as far as is known.
    ///
    /// # Errors
    /// The content is larger than `file_bytes_max`, or those that come together are larger than
    /// `arriving_bytes_max`; contents that nobody goes on with make room first.
    pub fn begin_content(&mut self, hash: &Hash, size: u64) -> Result<u64> {
        let is_again = self.is_wanted(hash);
        if !is_again && let Some(size) = self.storage.blob_size(hash)? {
            return Ok(size);
        }
        if let Some(coming) = self.contents.arriving.get(hash)
            && coming.size == size
        {
            return Ok(coming.held);
        }
        if size > FILE_BYTES_MAX as u64 {
            return Err(too_large("file_bytes_max", size, FILE_BYTES_MAX as u64));
        }
        self.contents.arriving.remove(hash);
        self.make_room(hash, size)?;
        let mut coming = Coming::new(size);
        let left = self.storage.arriving()?;
        if let Some(left) = left.iter().find(|left| left.hash == *hash) {
            let can_go_on = !is_again && left.size == size;
            if !(can_go_on && self.take_up(hash, left.pieces, &mut coming)?) {
                coming = Coming::new(size);
                self.clear_away(hash)?;
            }
        }
        let held = coming.held;
        self.contents.arriving.insert(*hash, coming);
        match size {
            // There is nothing to wait for.
            0 => self.add_content(hash, 0, &[]).map(|_| 0),
            _ => Ok(held),
        }
    }

    /// Adds bytes to a content that was begun; those that are here already are passed over. True
    /// when the content is whole by this: durable, and there for every reader.
    ///
    /// # Errors
    /// It was not begun, the bytes do not follow on those here or are more than was said
    /// ([`VfsError::NotTheContent`]), or the whole does not have this hash; then none of it stays.
    pub fn add_content(&mut self, hash: &Hash, from: u64, bytes: &[u8]) -> Result<bool> {
        let wrong = || VfsError::NotTheContent { hash: *hash };
        let coming = self.contents.arriving.get_mut(hash).ok_or_else(wrong)?;
        let known = coming.held.checked_sub(from).ok_or_else(wrong)?;
        let known = usize::try_from(known).unwrap_or(usize::MAX);
        let new = bytes.get(known..).unwrap_or_default();
        if new.len() as u64 > coming.size - coming.held {
            self.drop_content(hash)?;
            return Err(wrong());
        }
        let first = (coming.held - coming.rest.len() as u64) / PIECE_BYTES as u64;
        coming.held += new.len() as u64;
        coming.sum.update(new);
        coming.rest.extend_from_slice(new);
        let is_whole = coming.held == coming.size;
        if is_whole && coming.sum.clone().finalize()[..] != hash.0 {
            self.drop_content(hash)?;
            return Err(wrong());
        }
        if !is_whole && coming.rest.len() < ARRIVING_HELD_BYTES_MAX {
            return Ok(false);
        }
        let stored = match is_whole {
            true => coming.rest.len(),
            false => coming.rest.len() / PIECE_BYTES * PIECE_BYTES,
        };
        let bytes: Arc<[u8]> = coming.rest.drain(..stored).collect();
        let (hash, size) = (*hash, coming.size);
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        let mut arrivals = vec![Arrival::Pieces {
            hash,
            size,
            first,
            bytes,
        }];
        arrivals.extend(is_whole.then_some(Arrival::Whole { hash }));
        let done = self.arrive(arrivals);
        if is_whole || done.is_err() {
            // What did not get to storage comes again.
            self.contents.arriving.remove(&hash);
        }
        done?;
        if is_whole {
            self.contents.wanted.get_mut().remove(&hash);
        }
        Ok(is_whole)
    }

    /// Gives up a content that is not whole, and frees what it takes.
    pub fn drop_content(&mut self, hash: &Hash) -> Result<()> {
        self.contents.arriving.remove(hash);
        let left = self.storage.arriving()?;
        match left.iter().any(|left| left.hash == *hash) {
            true => self.clear_away(hash),
            false => Ok(()),
        }
    }

    /// Bytes of a content; nothing when it is not here.
    pub fn content_size(&self, hash: &Hash) -> Result<Option<u64>> {
        self.storage.blob_size(hash)
    }

    /// A stretch of a content, shorter when the content ends before. Its bytes are held against
    /// the checksums of storage, and not against the hash, which only the whole content has.
    pub fn read_range(&self, hash: &Hash, from: u64, len: usize) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut number = from / PIECE_BYTES as u64;
        let mut skip = (from % PIECE_BYTES as u64) as usize;
        if self.storage.blob_size(hash)?.is_none() {
            return Err(self.not_here(hash)?);
        }
        while out.len() < len {
            let at = u32::try_from(number).unwrap_or(u32::MAX);
            let piece = self.storage.piece(hash, at);
            let Some(piece) = self.noting_damage(hash, piece)? else {
                break;
            };
            let piece = piece.get(skip..).unwrap_or_default();
            out.extend_from_slice(&piece[..piece.len().min(len - out.len())]);
            (number, skip) = (number + 1, 0);
        }
        Ok(out)
    }

    /// Reads what storage holds of a content, to go on behind it. False when it can't be read.
    fn take_up(&self, hash: &Hash, pieces: u32, coming: &mut Coming) -> Result<bool> {
        for number in 0..pieces {
            match self.storage.arriving_piece(hash, number) {
                Ok(Some(piece)) if piece.len() == PIECE_BYTES => {
                    coming.held += piece.len() as u64;
                    coming.sum.update(&piece);
                }
                Ok(_) | Err(VfsError::Damaged { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(coming.held < coming.size)
    }

    /// Drops contents that nobody goes on with, until another one has room.
    fn make_room(&mut self, hash: &Hash, size: u64) -> Result<()> {
        self.contents.arriving.retain(|_, coming| {
            let peers = &mut coming.peers.iter();
            coming.peers.is_empty() || peers.any(|peer| peer.strong_count() > 0)
        });
        let coming = &self.contents.arriving;
        if coming.len() >= ARRIVING_CONTENTS_MAX {
            let (size, max) = (coming.len() as u64 + 1, ARRIVING_CONTENTS_MAX as u64);
            return Err(too_large("arriving_contents_max", size, max));
        }
        let mut bytes: u64 = coming.values().map(|coming| coming.size).sum();
        let mut left = self.storage.arriving()?;
        left.retain(|left| left.hash != *hash && !coming.contains_key(&left.hash));
        bytes += left.iter().map(|left| left.size).sum::<u64>() + size;
        while bytes > ARRIVING_BYTES_MAX {
            let Some(left) = left.pop() else {
                return Err(too_large("arriving_bytes_max", bytes, ARRIVING_BYTES_MAX));
            };
            self.clear_away(&left.hash)?;
            bytes -= left.size;
        }
        Ok(())
    }

    /// Frees what storage holds of a content that is not whole. What is damaged stays, and is not
    /// gone on with.
    fn clear_away(&mut self, hash: &Hash) -> Result<()> {
        match self.arrive(vec![Arrival::Dropped { hash: *hash }]) {
            Err(VfsError::Damaged { .. }) => Ok(()),
            done => done,
        }
    }

    pub(crate) fn arrive(&mut self, arrivals: Vec<Arrival>) -> Result<()> {
        self.storage.commit(Batch {
            arrivals,
            ..Batch::default()
        })
    }
}

impl Coming {
    fn new(size: u64) -> Self {
        Self {
            size,
            held: 0,
            sum: Sha256::new(),
            rest: Vec::new(),
            has_failed: false,
            peers: Vec::new(),
        }
    }
}

fn too_large(limit: &'static str, size: u64, max: u64) -> VfsError {
    let path = String::new();
    VfsError::TooLarge {
        path,
        limit,
        size,
        max,
    }
}
