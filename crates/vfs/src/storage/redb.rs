//! A workspace in one redb file and the file of its checksums: natively files, in a browser OPFS
//! access handles, in tests a disk that fails.
//!
//! One batch is one redb transaction. A failed transaction closes the database, because redb
//! trusts nothing after an I/O error; the next call opens it again on the same backend. Whether
//! the failed batch reached the disk after all is read from the generation that every batch
//! counts up: if it did, the batch was committed; if opening fails too, the batch is remembered
//! and taken out again when opening works, so that what was reported as failed is not there.

use super::checked::CheckedFile;
use super::rows::{
    CELLS, Doubt, FOLDED, FORMAT_VERSION, LEDGER, META, TEXTS, UPDATES, create, damaged, failed,
    read_meta, take_out, write,
};
use super::{Arriving, Batch, Loaded, Storage, TextState, pieces};
use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use ::redb::{Builder, Database, ReadableDatabase, ReadableTable};
use std::cell::{Ref, RefCell};
use std::io;
use std::sync::Arc;

pub use ::redb::StorageBackend;

/// Backends that redb brings: a file where there is a file system, and memory.
pub mod backends {
    pub use ::redb::backends::{FileBackend, InMemoryBackend};
}

/// Bytes that redb may keep in memory: the engine shares a browser tab.
const CACHE_BYTES: usize = 4 * 1024 * 1024;

/// The backend, kept apart from the database that uses it, so that the database can be opened
/// again on the same one.
#[derive(Debug)]
struct Shared(Arc<dyn StorageBackend>);

impl StorageBackend for Shared {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}

/// A database without the checksums that stand in front of it.
pub(super) fn unchecked(backend: &Arc<dyn StorageBackend>) -> Result<Database> {
    database_on(Shared(backend.clone()))
}

fn database_on(backend: impl StorageBackend) -> Result<Database> {
    Builder::new()
        .set_cache_size(CACHE_BYTES)
        .create_with_backend(backend)
        .map_err(failed)
}

/// What the disk itself says, as everything else that fails.
pub(super) fn io_failed(error: io::Error) -> VfsError {
    failed(::redb::StorageError::Io(error))
}

/// Storage in a redb database.
#[derive(Debug)]
pub struct RedbStorage {
    backend: Arc<dyn StorageBackend>,
    sums: Arc<dyn StorageBackend>,
    database: RefCell<Option<Database>>,
    doubt: RefCell<Option<Doubt>>,
}

impl RedbStorage {
    /// Opens a database and the checksums of its blocks, or makes new ones where the backends are
    /// empty. A database without checksums, as earlier versions wrote it, gets them.
    ///
    /// # Errors
    /// What is there can't be read, or is a later version's. The files are left as they are.
    pub fn open(database: impl StorageBackend, sums: impl StorageBackend) -> Result<Self> {
        let storage = Self {
            backend: Arc::new(database),
            sums: Arc::new(sums),
            database: RefCell::new(None),
            doubt: RefCell::new(None),
        };
        storage.reopen()?;
        Ok(storage)
    }

    fn reopen(&self) -> Result<()> {
        *self.database.borrow_mut() = None;
        let checked = CheckedFile::open(self.backend.clone(), self.sums.clone())?;
        let database = database_on(checked)?;
        match read_meta(&database, "format")? {
            Some(format) if format == u64::from(FORMAT_VERSION) => {}
            Some(format) => {
                return Err(VfsError::UnsupportedFormat {
                    found: u32::try_from(format).unwrap_or(u32::MAX),
                    supported: FORMAT_VERSION,
                });
            }
            None => create(&database)?,
        }
        let doubt = self.doubt.borrow().clone();
        if let Some(doubt) = doubt {
            if read_meta(&database, "generation")? == Some(doubt.generation) {
                take_out(&database, &doubt)?;
            }
            *self.doubt.borrow_mut() = None;
        }
        *self.database.borrow_mut() = Some(database);
        Ok(())
    }

    /// The number of the last record of a journal that this holds.
    pub(super) fn folded(&self) -> Result<u64> {
        self.with(|database| Ok(read_meta(database, FOLDED)?.unwrap_or(0)))
    }

    /// Adds batches that a journal holds, up to the record of this number, in one transaction. When it fails they may be there
    /// all the same, and [`Self::folded`] tells.
    pub(super) fn fold(&self, batches: &[Batch], through: u64) -> Result<()> {
        let result = self.with(|database| {
            let generation = read_meta(database, "generation")?.unwrap_or(0) + 1;
            let mut tx = database.begin_write().map_err(failed)?;
            tx.set_quick_repair(true);
            write(&tx, batches, generation)?;
            tx.open_table(META)
                .map_err(failed)?
                .insert(FOLDED, through)
                .map_err(failed)?;
            tx.commit().map_err(failed)
        });
        match result {
            Err(error) if self.folded().ok() != Some(through) => Err(error),
            _ => Ok(()),
        }
    }

    /// Runs a call on the database. After a failure the database is closed, and the next call
    /// opens it again.
    fn with<T>(&self, call: impl FnOnce(&Database) -> Result<T>) -> Result<T> {
        let database = self.database()?;
        let result = call(&database);
        drop(database);
        if let Err(error) = &result {
            self.close_after(error);
        }
        result
    }

    // These two are there once, and the call above for each use of it.
    #[inline(never)]
    fn database(&self) -> Result<Ref<'_, Database>> {
        if self.database.borrow().is_none() {
            self.reopen()?;
        }
        let closed = || VfsError::StorageFailed {
            why: "the database is closed".into(),
        };
        Ref::filter_map(self.database.borrow(), Option::as_ref).map_err(|_| closed())
    }

    #[inline(never)]
    fn close_after(&self, error: &VfsError) {
        if matches!(
            error,
            VfsError::StorageFailed { .. }
                | VfsError::StorageFull { .. }
                | VfsError::Damaged { .. }
        ) {
            *self.database.borrow_mut() = None;
        }
    }
}

impl Storage for RedbStorage {
    fn load(&mut self) -> Result<Loaded> {
        self.with(|database| {
            let tx = database.begin_read().map_err(failed)?;
            let mut loaded = Loaded::default();
            for entry in tx
                .open_table(LEDGER)
                .map_err(failed)?
                .iter()
                .map_err(failed)?
            {
                loaded
                    .ledger
                    .push(entry.map_err(failed)?.1.value().to_vec());
            }
            for entry in tx
                .open_table(TEXTS)
                .map_err(failed)?
                .iter()
                .map_err(failed)?
            {
                let (node, value) = entry.map_err(failed)?;
                let (first, next, bytes, draft) = value.value();
                let node = NodeId(*node.value());
                loaded.texts.push(TextState {
                    node,
                    updates: next - first,
                    bytes,
                    draft,
                });
            }
            for entry in tx
                .open_table(CELLS)
                .map_err(failed)?
                .iter()
                .map_err(failed)?
            {
                let (name, value) = entry.map_err(failed)?;
                loaded
                    .cells
                    .push((name.value().to_owned(), value.value().to_vec()));
            }
            Ok(loaded)
        })
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        self.with(|database| pieces::read(database, hash))
    }

    fn blob_size(&self, hash: &Hash) -> Result<Option<u64>> {
        self.with(|database| pieces::size(database, hash))
    }

    fn piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        self.with(|database| pieces::piece(database, hash, number, true))
    }

    fn arriving(&self) -> Result<Vec<Arriving>> {
        self.with(pieces::arriving)
    }

    fn arriving_piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        self.with(|database| pieces::piece(database, hash, number, false))
    }

    fn has_blob(&self, hash: &Hash) -> Result<bool> {
        Ok(self.blob_size(hash)?.is_some())
    }

    fn thinned(&self, hash: &Hash) -> Result<Option<u64>> {
        self.with(|database| pieces::thinned(database, hash))
    }

    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>> {
        self.with(|database| {
            let tx = database.begin_read().map_err(failed)?;
            let updates = tx.open_table(UPDATES).map_err(failed)?;
            let texts = tx.open_table(TEXTS).map_err(failed)?;
            let row = texts.get(&node.0).map_err(failed)?.map(|row| row.value());
            let (first, next, ..) = row.unwrap_or_default();
            let mut out = Vec::new();
            for update in updates
                .range((&node.0, 0)..=(&node.0, u64::MAX))
                .map_err(failed)?
            {
                out.push(update.map_err(failed)?.1.value().to_vec());
            }
            // The text engine takes what rests on nothing and shows it later, or never.
            match out.len() as u64 == next - first {
                true => Ok(out),
                false => Err(damaged("an update of a live text is gone")),
            }
        })
    }

    fn commit(&mut self, batch: Batch) -> Result<()> {
        let doubt = self.with(|database| Doubt::before(database, &batch))?;
        let result = self.with(|database| {
            let mut tx = database.begin_write().map_err(failed)?;
            // Recovery after a killed tab must not read the whole file.
            tx.set_quick_repair(true);
            write(&tx, std::slice::from_ref(&batch), doubt.generation)?;
            tx.commit().map_err(failed)
        });
        let Err(error) = result else { return Ok(()) };
        match self
            .reopen()
            .and_then(|()| self.with(|database| read_meta(database, "generation")))
        {
            Ok(found) if found == Some(doubt.generation) => Ok(()),
            Ok(_) => Err(error),
            Err(_) => {
                *self.doubt.borrow_mut() = (!batch.makes_room()).then_some(doubt);
                Err(error)
            }
        }
    }

    fn size_bytes(&self) -> Result<u64> {
        let sums = self.sums.len().map_err(io_failed)?;
        Ok(self.backend.len().map_err(io_failed)? + sums)
    }
}
