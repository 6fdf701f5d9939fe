//! A journal in front of a database.
//!
//! **Problem.** A durable transaction of the database costs two flushes and a dozen writes, whatever it holds; most changes
//! are a few hundred bytes.
//!
//! **Shape.** A batch is appended to a second file as one record and flushed once ([`record`]). What the journal holds and
//! the database does not is kept in memory, too, and laid over what the database says. When enough has come together, all
//! of it goes into the database in one transaction, which also notes the number of the last record; then the journal begins
//! anew. A large batch goes to the database directly.
//!
//! *Invariants.* Records are numbered without gaps, and the database knows the last number that it holds: a record with
//! that number or a lower one is skipped, so that a fold that was cut short does no harm. The journal ends at the first record
//! that is not whole or not the next. Behind a record that is durable lies its mark, until the next record goes over it: a
//! record that is not whole and has its mark was acknowledged, and is damaged. The mark is not flushed, so the loss of power
//! can take it; then such a record can't be told from one that was cut short. What a failed append may have left is cut off before anything else is done.
//! Contents that come piece by piece go to the database past the journal.

mod record;

use super::redb::{RedbStorage, StorageBackend, io_failed};
use super::rows::damaged;
use super::{Arriving, Batch, Loaded, PIECE_BYTES, Storage, TextState};
use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The first bytes of a journal, its version the last of them.
const HEADER: &[u8; 8] = b"SELVJRN\x01";
/// The most batches that a journal holds before they go into the database.
const BATCHES_MAX: usize = 256;
/// The most bytes of a journal before they go into the database; a larger batch goes there at once.
const JOURNAL_BYTES_MAX: u64 = 1024 * 1024;
/// How many times the journal's bounds it holds, when the database takes nothing, before a batch is refused.
pub const BOUNDS_PASSED_MAX: usize = 16;

/// Storage in a database with a journal in front of it.
#[derive(Debug)]
pub struct JournaledStorage {
    database: RedbStorage,
    file: Box<dyn StorageBackend>,
    /// What the journal holds and the database does not.
    pending: RefCell<Pending>,
    /// Where the next record goes.
    end: Cell<u64>,
    /// The number of the next record.
    next: Cell<u64>,
    /// An append failed, and bytes may lie behind the end.
    has_rest: Cell<bool>,
    /// The database refused what the journal holds, and may hold it all the same.
    is_doubtful: Cell<bool>,
    batches_max: usize,
}

#[derive(Debug, Default)]
struct Pending {
    batches: Vec<Batch>,
    blobs: BTreeMap<Hash, Arc<[u8]>>,
}

impl Pending {
    fn push(&mut self, batch: Batch) {
        self.blobs.extend(batch.blobs.iter().cloned());
        self.batches.push(batch);
    }
}

impl JournaledStorage {
    /// Opens a database with the checksums of its blocks and its journal, or makes new ones where the
    /// backends are empty.
    ///
    /// # Errors
    /// What is there can't be read, or is another version's. The files are left as they are.
    pub fn open(
        database: impl StorageBackend,
        sums: impl StorageBackend,
        journal: impl StorageBackend,
    ) -> Result<Self> {
        let database = RedbStorage::open(database, sums)?;
        let folded = database.folded()?;
        let storage = Self {
            database,
            file: Box::new(journal),
            pending: RefCell::default(),
            end: Cell::new(0),
            next: Cell::new(folded + 1),
            has_rest: Cell::new(false),
            is_doubtful: Cell::new(false),
            batches_max: BATCHES_MAX,
        };
        storage.replay(folded)?;
        Ok(storage)
    }

    /// Folds after so many batches already.
    #[must_use]
    pub fn with_batches_max(mut self, batches_max: usize) -> Self {
        self.batches_max = batches_max;
        self
    }

    /// Reads the journal up to where it is whole.
    fn replay(&self, folded: u64) -> Result<()> {
        let length = self.file.len().map_err(io_failed)?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        self.file.read(0, &mut bytes).map_err(io_failed)?;
        let Some((header, mut rest)) = bytes.split_at_checked(HEADER.len()) else {
            return Ok(());
        };
        if header != HEADER {
            return match header.split_last() {
                Some((version, name)) if *name == HEADER[..7] => Err(VfsError::UnsupportedFormat {
                    found: u32::from(*version),
                    supported: u32::from(HEADER[7]),
                }),
                // The first record was cut short, or an empty file was made longer.
                _ => nothing_acknowledged(rest, folded + 1),
            };
        }
        let (mut end, mut next) = (HEADER.len() as u64, None);
        while let Some((number, batch, taken)) = record::decode(rest) {
            if next.is_some_and(|next| next != number) {
                break;
            }
            if number > folded + 1 && next.is_none() {
                return Err(damaged(format!(
                    "the journal goes on at {number}, and the database ends at {folded}"
                )));
            }
            if number > folded {
                self.pending.borrow_mut().push(batch);
            }
            next = Some(number + 1);
            end += taken as u64;
            rest = &rest[taken..];
        }
        nothing_acknowledged(rest, next.unwrap_or(0).max(folded + 1))?;
        if self.pending.borrow().batches.is_empty() {
            return Ok(());
        }
        self.end.set(end);
        self.next.set(next.unwrap_or(folded + 1));
        Ok(())
    }

    /// Finds out what became of what failed, before anything else is done.
    fn settle(&self) -> Result<()> {
        self.cut()?;
        if self.is_doubtful.get() {
            if self.database.folded()? == self.next.get() - 1 {
                self.begin_anew();
            }
            self.is_doubtful.set(false);
        }
        Ok(())
    }

    /// Cuts off what a failed append may have left.
    fn cut(&self) -> Result<()> {
        if self.has_rest.get() {
            let end = self.file.set_len(self.end.get());
            end.and_then(|()| self.file.sync_data())
                .map_err(io_failed)?;
            self.has_rest.set(false);
        }
        Ok(())
    }

    fn append(&self, record: &[u8]) -> Result<()> {
        let end = self.end.get();
        let written = if end == 0 {
            let bytes = [&HEADER[..], record].concat();
            self.file.write(0, &bytes).map(|()| bytes.len())
        } else {
            self.file.write(end, record).map(|()| record.len())
        };
        let written = written.and_then(|written| self.file.sync_data().map(|()| written));
        match written {
            Ok(written) => {
                self.end.set(end + written as u64);
                // The record is kept without it.
                let _ = self
                    .file
                    .write(self.end.get(), &record::mark(self.next.get()));
                Ok(())
            }
            Err(error) => {
                self.has_rest.set(true);
                // When this fails too, the next call tries again.
                let _ = self.cut();
                Err(io_failed(error))
            }
        }
    }

    /// Whether the journal has come to so many times its bounds.
    fn is_at(&self, times: usize) -> bool {
        self.pending.borrow().batches.len() >= self.batches_max * times
            || self.end.get() > JOURNAL_BYTES_MAX * times as u64
    }

    /// Takes everything into the database, and begins the journal anew.
    fn fold(&self) -> Result<()> {
        if self.pending.borrow().batches.is_empty() {
            return Ok(());
        }
        let folded = self
            .database
            .fold(&self.pending.borrow().batches, self.next.get() - 1);
        match folded {
            Ok(()) => self.begin_anew(),
            Err(_) => self.is_doubtful.set(true),
        }
        folded
    }

    /// The database holds it all.
    fn begin_anew(&self) {
        self.pending.take();
        self.end.set(0);
        // Old records are skipped by their numbers, so this only frees space.
        let _ = self.file.set_len(0);
    }
}

/// Fails when these bytes, which are no record, were acknowledged as the one of this number: its mark lies behind it, or a
/// whole later record, which is only written when those before it are durable.
fn nothing_acknowledged(bytes: &[u8], number: u64) -> Result<()> {
    let mark = record::mark(number);
    if bytes.windows(record::MARK_BYTES).any(|place| place == mark) {
        return Err(damaged(format!(
            "record {number} of the journal is not as it was written"
        )));
    }
    match (0..bytes.len()).find_map(|at| record::later(&bytes[at..], number - 1)) {
        Some(later) => Err(damaged(format!(
            "the journal holds record {later}, and not all before it"
        ))),
        None => Ok(()),
    }
}

impl Storage for JournaledStorage {
    fn load(&mut self) -> Result<Loaded> {
        self.settle()?;
        let mut loaded = self.database.load()?;
        let mut texts: BTreeMap<NodeId, TextState> = std::mem::take(&mut loaded.texts)
            .into_iter()
            .map(|state| (state.node, state))
            .collect();
        let mut cells: BTreeMap<String, Vec<u8>> =
            std::mem::take(&mut loaded.cells).into_iter().collect();
        for batch in &self.pending.borrow().batches {
            if batch.replace_ledger {
                loaded.ledger.clear();
            }
            loaded.ledger.extend(batch.ledger.clone());
            cells.extend(batch.cells.iter().cloned());
            for text in &batch.texts {
                let state = texts.entry(text.node).or_insert(TextState {
                    node: text.node,
                    updates: 0,
                    bytes: 0,
                    draft: false,
                });
                if text.replace {
                    (state.updates, state.bytes) = (0, 0);
                }
                state.updates += text.updates.len() as u64;
                state.bytes += text
                    .updates
                    .iter()
                    .map(|update| update.len() as u64)
                    .sum::<u64>();
                state.draft = text.draft;
            }
        }
        loaded.texts = texts.into_values().collect();
        loaded.cells = cells.into_iter().collect();
        Ok(loaded)
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        self.settle()?;
        match self.pending.borrow().blobs.get(hash) {
            Some(bytes) => Ok(Some(bytes.to_vec())),
            None => self.database.blob(hash),
        }
    }

    fn has_blob(&self, hash: &Hash) -> Result<bool> {
        self.settle()?;
        if self.pending.borrow().blobs.contains_key(hash) {
            return Ok(true);
        }
        self.database.has_blob(hash)
    }

    fn thinned(&self, hash: &Hash) -> Result<Option<u64>> {
        self.settle()?;
        self.database.thinned(hash)
    }

    fn blob_size(&self, hash: &Hash) -> Result<Option<u64>> {
        self.settle()?;
        match self.pending.borrow().blobs.get(hash) {
            Some(bytes) => Ok(Some(bytes.len() as u64)),
            None => self.database.blob_size(hash),
        }
    }

    fn piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        self.settle()?;
        match self.pending.borrow().blobs.get(hash) {
            Some(bytes) => {
                let piece = bytes.chunks(PIECE_BYTES).nth(number as usize);
                Ok(piece.map(<[u8]>::to_vec))
            }
            None => self.database.piece(hash, number),
        }
    }

    fn arriving(&self) -> Result<Vec<Arriving>> {
        self.settle()?;
        self.database.arriving()
    }

    fn arriving_piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        self.settle()?;
        self.database.arriving_piece(hash, number)
    }

    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>> {
        self.settle()?;
        let mut updates = self.database.text(node)?;
        let pending = self.pending.borrow();
        let texts = pending.batches.iter().flat_map(|batch| &batch.texts);
        for text in texts.filter(|text| text.node == *node) {
            if text.replace {
                updates.clear();
            }
            updates.extend(text.updates.iter().cloned());
        }
        Ok(updates)
    }

    fn commit(&mut self, batch: Batch) -> Result<()> {
        self.settle()?;
        if !batch.arrivals.is_empty() {
            // Nothing that the journal holds is about contents that come; it may hold one that goes.
            if batch.thins() {
                self.fold()?;
            }
            return self.database.commit(batch);
        }
        if self.is_at(BOUNDS_PASSED_MAX) {
            self.fold()?;
        }
        let record = (batch.bytes() <= JOURNAL_BYTES_MAX)
            .then(|| record::encode(self.next.get(), &batch))
            .flatten();
        let Some(record) = record else {
            self.fold()?;
            return self.database.commit(batch);
        };
        self.append(&record)?;
        self.next.set(self.next.get() + 1);
        self.pending.borrow_mut().push(batch);
        if self.is_at(1) {
            // The journal holds it all. When this fails, the next commit tries again.
            let _ = self.fold();
        }
        Ok(())
    }

    fn size_bytes(&self) -> Result<u64> {
        Ok(self.database.size_bytes()? + self.file.len().map_err(io_failed)?)
    }
}
