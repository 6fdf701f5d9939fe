//! Where a workspace is kept.
//!
//! A [`Storage`] holds four things: the ledger's parts, the updates of live texts, blobs by their
//! hash, and small named cells. Everything is added in batches, and a batch is there as a whole or
//! not at all.

mod checked;
mod journal;
mod memory;
mod pieces;
mod redb;
mod rows;
#[cfg(target_family = "wasm")]
mod zeroes;

pub use self::journal::{BOUNDS_PASSED_MAX, JournaledStorage};
pub use self::memory::MemoryStorage;
pub use self::redb::{RedbStorage, StorageBackend, backends};

use crate::error::Result;
use crate::id::{Hash, NodeId};
use std::sync::Arc;

/// The format that this crate writes.
pub const FORMAT_VERSION: u32 = 2;

/// Bytes of one piece of a content; only the last piece is shorter. With its key and the page's
/// header it fills 64 pages of 4 KiB.
pub const PIECE_BYTES: usize = 256 * 1024 - 256;

/// A content that is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arriving {
    /// Its name.
    pub hash: Hash,
    /// Bytes that it shall have.
    pub size: u64,
    /// Pieces that are held.
    pub pieces: u32,
}

/// What happens to a content beside changes. One that comes piece by piece is seen by nobody before
/// it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// Pieces that follow on those held. The first one begins anew, also a content that is whole:
    /// what is held then stays until the new one is whole.
    Pieces {
        /// The content.
        hash: Hash,
        /// Bytes that it shall have.
        size: u64,
        /// The number of the first of these pieces.
        first: u32,
        /// The pieces, of [`PIECE_BYTES`] each.
        bytes: Arc<[u8]>,
    },
    /// The content is whole, and its hash was found right.
    Whole {
        /// The content.
        hash: Hash,
    },
    /// The pieces are not wanted any more.
    Dropped {
        /// The content.
        hash: Hash,
    },
    /// The content was thinned out: what is held of it goes, and that it was thinned out is kept.
    Thinned {
        /// The content.
        hash: Hash,
        /// When, in milliseconds since 1970.
        at_ms: u64,
    },
}

impl Arrival {
    /// The content.
    #[must_use]
    pub fn hash(&self) -> Hash {
        match self {
            Self::Pieces { hash, .. }
            | Self::Whole { hash }
            | Self::Dropped { hash }
            | Self::Thinned { hash, .. } => *hash,
        }
    }
}

/// What is read when a workspace opens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The ledger's parts in the order they were added; empty for a new workspace.
    pub ledger: Vec<Vec<u8>>,
    /// The files that have a live text.
    pub texts: Vec<TextState>,
    /// The small named cells.
    pub cells: Vec<(String, Vec<u8>)>,
}

/// What storage knows of a live text without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextState {
    /// The file.
    pub node: NodeId,
    /// Updates held.
    pub updates: u64,
    /// Bytes of these updates.
    pub bytes: u64,
    /// The text holds edits that no seal covers.
    pub draft: bool,
}

/// What happens to the live text of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextWrite {
    /// The file.
    pub node: NodeId,
    /// Drop the updates held so far: the first of `updates` covers them.
    pub replace: bool,
    /// Updates to add, in order.
    pub updates: Vec<Vec<u8>>,
    /// Whether the text now holds edits that no seal covers.
    pub draft: bool,
}

/// What is added to storage in one step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// A part to add to the ledger.
    pub ledger: Option<Vec<u8>>,
    /// Drop the ledger's parts held so far: `ledger` covers them.
    pub replace_ledger: bool,
    /// Changes to live texts, at most one a file.
    pub texts: Vec<TextWrite>,
    /// Contents by hash. One that is held already is left as it is.
    pub blobs: Vec<(Hash, Arc<[u8]>)>,
    /// What happens to contents beside changes. A batch with any holds nothing else.
    pub arrivals: Vec<Arrival>,
    /// Cells to set.
    pub cells: Vec<(String, Vec<u8>)>,
}

impl Batch {
    /// Whether the batch only makes room: it replaces what is held by the same in fewer pieces, or
    /// thins contents out. Such a batch adds nothing else, and may stay when it was reported as failed.
    #[must_use]
    pub fn makes_room(&self) -> bool {
        let is_folding = self.replace_ledger || self.texts.iter().any(|text| text.replace);
        is_folding || self.thins()
    }

    /// Whether contents are thinned out by it.
    pub(crate) fn thins(&self) -> bool {
        let mut arrivals = self.arrivals.iter();
        arrivals.any(|one| matches!(one, Arrival::Thinned { .. }))
    }

    /// The bytes that are to be kept, without bookkeeping.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let updates = self.texts.iter().flat_map(|text| &text.updates);
        let texts: usize = updates.map(Vec::len).sum();
        let blobs: usize = self.blobs.iter().map(|(_, bytes)| bytes.len()).sum();
        let cells: usize = self
            .cells
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let arrivals = self.arrivals.iter().map(|arrival| match arrival {
            Arrival::Pieces { bytes, .. } => bytes.len(),
            _ => 0,
        });
        let arrivals: usize = arrivals.sum();
        (self.ledger.as_ref().map_or(0, Vec::len) + texts + blobs + arrivals + cells) as u64
    }
}

/// A place that keeps a workspace.
///
/// [`Storage::commit`] is the promise that everything rests on: when it returns without an error,
/// the whole batch is durable; when it returns an error, nothing of it is there, now or after the
/// next opening.
pub trait Storage: Send {
    /// Everything but blobs and the texts themselves.
    fn load(&mut self) -> Result<Loaded>;

    /// A content, or `None` when it was never added.
    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>>;

    /// Whether a content was ever added. A storage that can tell without reading it should.
    fn has_blob(&self, hash: &Hash) -> Result<bool> {
        Ok(self.blob(hash)?.is_some())
    }

    /// Bytes of a content, or `None` when it is not here as a whole.
    fn blob_size(&self, hash: &Hash) -> Result<Option<u64>> {
        Ok(self.blob(hash)?.map(|bytes| bytes.len() as u64))
    }

    /// One piece of [`PIECE_BYTES`] of a content that is here as a whole. It is not held against the
    /// content's hash.
    fn piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        let blob = self.blob(hash)?;
        Ok(blob.and_then(|bytes| {
            let piece = bytes.chunks(PIECE_BYTES).nth(number as usize);
            piece.map(<[u8]>::to_vec)
        }))
    }

    /// The contents that are not whole. Storage that does not tell has them sent from the start.
    fn arriving(&self) -> Result<Vec<Arriving>> {
        Ok(Vec::new())
    }

    /// One piece of a content that is not whole.
    fn arriving_piece(&self, _hash: &Hash, _number: u32) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    /// When a content was thinned out, or `None` when it never was. It may have come again since.
    fn thinned(&self, _hash: &Hash) -> Result<Option<u64>> {
        Ok(None)
    }

    /// The updates of one live text, oldest first; none when the file has no live text.
    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>>;

    /// Adds a batch, durably.
    fn commit(&mut self, batch: Batch) -> Result<()>;

    /// Bytes that storage takes up, its own bookkeeping included.
    fn size_bytes(&self) -> Result<u64>;
}
