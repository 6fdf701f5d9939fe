//! Where a workspace is kept.
//!
//! A [`Storage`] holds four things: the ledger's parts, the updates of live texts, blobs by their
//! hash, and small named cells. Everything is added in batches, and a batch is there as a whole or
//! not at all.

mod checked;
mod journal;
mod memory;
mod redb;
mod rows;

pub use self::journal::{BOUNDS_PASSED_MAX, JournaledStorage};
pub use self::memory::MemoryStorage;
pub use self::redb::{RedbStorage, StorageBackend, backends};

use crate::error::Result;
use crate::id::{Hash, NodeId};
use std::sync::Arc;

/// The format that this crate writes.
pub const FORMAT_VERSION: u32 = 2;

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
    /// Cells to set.
    pub cells: Vec<(String, Vec<u8>)>,
}

impl Batch {
    /// Whether the batch replaces what is held by the same in fewer pieces. Such a batch adds
    /// nothing else.
    #[must_use]
    pub fn is_folding(&self) -> bool {
        self.replace_ledger || self.texts.iter().any(|text| text.replace)
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
        (self.ledger.as_ref().map_or(0, Vec::len) + texts + blobs + cells) as u64
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

    /// The updates of one live text, oldest first; none when the file has no live text.
    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>>;

    /// Adds a batch, durably.
    fn commit(&mut self, batch: Batch) -> Result<()>;

    /// Bytes that storage takes up, its own bookkeeping included.
    fn size_bytes(&self) -> Result<u64>;
}
