//! A workspace in one redb file: natively a file, in a browser an OPFS access handle, in tests a
//! disk that fails.
//!
//! One batch is one redb transaction. A failed transaction closes the database, because redb
//! trusts nothing after an I/O error; the next call opens it again on the same backend. Whether
//! the failed batch reached the disk after all is read from the generation that every batch
//! counts up: if it did, the batch was committed; if opening fails too, the batch is remembered
//! and taken out again when opening works, so that what was reported as failed is not there.

use super::{Batch, FORMAT_VERSION, Loaded, Storage, TextState};
use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use ::redb::{
    Builder, Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction,
};
use std::cell::RefCell;
use std::io;
use std::sync::Arc;

pub use ::redb::StorageBackend;

/// Backends that redb brings: a file where there is a file system, and memory.
pub mod backends {
    pub use ::redb::backends::{FileBackend, InMemoryBackend};
}

/// Bytes that redb may keep in memory: the engine shares a browser tab.
const CACHE_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of one piece of a blob: with its key and the page's header it fills 64 pages of 4 KiB.
const PIECE_BYTES: usize = 256 * 1024 - 256;

const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
const LEDGER: TableDefinition<u64, &[u8]> = TableDefinition::new("ledger");
const TEXTS: TableDefinition<&[u8; 16], (u64, u64, u64, bool)> = TableDefinition::new("texts");
const UPDATES: TableDefinition<(&[u8; 16], u64), &[u8]> = TableDefinition::new("updates");
const BLOBS: TableDefinition<&[u8; 32], u64> = TableDefinition::new("blobs");
const PIECES: TableDefinition<(&[u8; 32], u32), &[u8]> = TableDefinition::new("pieces");
const CELLS: TableDefinition<&str, &[u8]> = TableDefinition::new("cells");

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

/// Cells and texts as they were before a batch of unknown fate, to take it out again.
#[derive(Debug, Clone)]
struct Doubt {
    generation: u64,
    ledger_from: u64,
    texts: Vec<(NodeId, Option<(u64, u64, u64, bool)>)>,
    cells: Vec<(String, Option<Vec<u8>>)>,
}

/// Storage in a redb database.
#[derive(Debug)]
pub struct RedbStorage {
    backend: Arc<dyn StorageBackend>,
    database: RefCell<Option<Database>>,
    doubt: RefCell<Option<Doubt>>,
}

impl RedbStorage {
    /// Opens a database on a backend, or makes a new one when the backend is empty.
    pub fn open(backend: impl StorageBackend) -> Result<Self> {
        let storage = Self {
            backend: Arc::new(backend),
            database: RefCell::new(None),
            doubt: RefCell::new(None),
        };
        storage.reopen()?;
        Ok(storage)
    }

    fn reopen(&self) -> Result<()> {
        *self.database.borrow_mut() = None;
        let database = Builder::new()
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(Shared(self.backend.clone()))
            .map_err(failed)?;
        let format = read_meta(&database, "format")?;
        match format {
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

    /// Runs a call on the database. After a failure the database is closed, and the next call
    /// opens it again.
    fn with<T>(&self, call: impl FnOnce(&Database) -> Result<T>) -> Result<T> {
        if self.database.borrow().is_none() {
            self.reopen()?;
        }
        let result = match self.database.borrow().as_ref() {
            Some(database) => call(database),
            None => Err(VfsError::StorageFailed {
                why: "the database is closed".into(),
            }),
        };
        if matches!(
            result,
            Err(VfsError::StorageFailed { .. } | VfsError::StorageFull { .. })
        ) {
            *self.database.borrow_mut() = None;
        }
        result
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
        self.with(|database| {
            let tx = database.begin_read().map_err(failed)?;
            let size = match tx
                .open_table(BLOBS)
                .map_err(failed)?
                .get(&hash.0)
                .map_err(failed)?
            {
                Some(size) => size.value(),
                None => return Ok(None),
            };
            let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
            let pieces = tx.open_table(PIECES).map_err(failed)?;
            for piece in pieces
                .range((&hash.0, 0)..=(&hash.0, u32::MAX))
                .map_err(failed)?
            {
                bytes.extend_from_slice(piece.map_err(failed)?.1.value());
            }
            if bytes.len() as u64 != size {
                return Err(VfsError::Damaged {
                    why: format!("blob {hash} is not whole"),
                });
            }
            Ok(Some(bytes))
        })
    }

    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>> {
        self.with(|database| {
            let tx = database.begin_read().map_err(failed)?;
            let updates = tx.open_table(UPDATES).map_err(failed)?;
            let mut out = Vec::new();
            for update in updates
                .range((&node.0, 0)..=(&node.0, u64::MAX))
                .map_err(failed)?
            {
                out.push(update.map_err(failed)?.1.value().to_vec());
            }
            Ok(out)
        })
    }

    fn commit(&mut self, batch: Batch) -> Result<()> {
        let doubt = self.with(|database| Doubt::before(database, &batch))?;
        let result = self.with(|database| {
            let mut tx = database.begin_write().map_err(failed)?;
            // Recovery after a killed tab must not read the whole file.
            tx.set_quick_repair(true);
            write(&tx, &batch, doubt.generation)?;
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
                // A folding says the same as what it replaces, so it may stay.
                *self.doubt.borrow_mut() = (!batch.is_folding()).then_some(doubt);
                Err(error)
            }
        }
    }

    fn size_bytes(&self) -> Result<u64> {
        self.backend
            .len()
            .map_err(|error| failed(::redb::StorageError::Io(error)))
    }
}

impl Doubt {
    fn before(database: &Database, batch: &Batch) -> Result<Self> {
        let tx = database.begin_read().map_err(failed)?;
        let generation = tx
            .open_table(META)
            .map_err(failed)?
            .get("generation")
            .map_err(failed)?;
        let generation = generation.map_or(0, |value| value.value()) + 1;
        let ledger_from = tx
            .open_table(LEDGER)
            .map_err(failed)?
            .last()
            .map_err(failed)?
            .map_or(0, |(key, _)| key.value() + 1);
        let table = tx.open_table(TEXTS).map_err(failed)?;
        let mut texts = Vec::new();
        for text in &batch.texts {
            let old = table
                .get(&text.node.0)
                .map_err(failed)?
                .map(|value| value.value());
            texts.push((text.node, old));
        }
        let table = tx.open_table(CELLS).map_err(failed)?;
        let mut cells = Vec::new();
        for (name, _) in &batch.cells {
            let old = table
                .get(name.as_str())
                .map_err(failed)?
                .map(|value| value.value().to_vec());
            cells.push((name.clone(), old));
        }
        Ok(Self {
            generation,
            ledger_from,
            texts,
            cells,
        })
    }
}

/// Makes the tables of a new workspace, so that reading never has to ask whether they exist.
fn create(database: &Database) -> Result<()> {
    let mut tx = database.begin_write().map_err(failed)?;
    tx.set_quick_repair(true);
    {
        let mut meta = tx.open_table(META).map_err(failed)?;
        meta.insert("format", u64::from(FORMAT_VERSION))
            .map_err(failed)?;
        meta.insert("generation", 0).map_err(failed)?;
    }
    tx.open_table(LEDGER).map_err(failed)?;
    tx.open_table(TEXTS).map_err(failed)?;
    tx.open_table(UPDATES).map_err(failed)?;
    tx.open_table(BLOBS).map_err(failed)?;
    tx.open_table(PIECES).map_err(failed)?;
    tx.open_table(CELLS).map_err(failed)?;
    tx.commit().map_err(failed)
}

fn read_meta(database: &Database, name: &str) -> Result<Option<u64>> {
    let tx = database.begin_read().map_err(failed)?;
    match tx.open_table(META) {
        Ok(meta) => Ok(meta.get(name).map_err(failed)?.map(|value| value.value())),
        Err(::redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn write(tx: &WriteTransaction, batch: &Batch, generation: u64) -> Result<()> {
    tx.open_table(META)
        .map_err(failed)?
        .insert("generation", generation)
        .map_err(failed)?;
    if let Some(part) = &batch.ledger {
        let mut ledger = tx.open_table(LEDGER).map_err(failed)?;
        let next = ledger
            .last()
            .map_err(failed)?
            .map_or(0, |(key, _)| key.value() + 1);
        if batch.replace_ledger {
            ledger.retain(|_, _| false).map_err(failed)?;
        }
        ledger.insert(next, part.as_slice()).map_err(failed)?;
    }
    let mut texts = tx.open_table(TEXTS).map_err(failed)?;
    let mut updates = tx.open_table(UPDATES).map_err(failed)?;
    for text in &batch.texts {
        let key = &text.node.0;
        let (mut first, mut next, mut bytes, _) = texts
            .get(key)
            .map_err(failed)?
            .map_or((0, 0, 0, false), |value| value.value());
        if text.replace {
            updates
                .retain_in((key, first)..(key, next), |_, _| false)
                .map_err(failed)?;
            first = next;
            bytes = 0;
        }
        for update in &text.updates {
            updates
                .insert((key, next), update.as_slice())
                .map_err(failed)?;
            next += 1;
            bytes += update.len() as u64;
        }
        texts
            .insert(key, (first, next, bytes, text.draft))
            .map_err(failed)?;
    }
    let mut blobs = tx.open_table(BLOBS).map_err(failed)?;
    let mut pieces = tx.open_table(PIECES).map_err(failed)?;
    for (hash, bytes) in &batch.blobs {
        if blobs.get(&hash.0).map_err(failed)?.is_some() {
            continue;
        }
        blobs.insert(&hash.0, bytes.len() as u64).map_err(failed)?;
        for (number, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
            pieces
                .insert((&hash.0, number as u32), piece)
                .map_err(failed)?;
        }
    }
    let mut cells = tx.open_table(CELLS).map_err(failed)?;
    for (name, value) in &batch.cells {
        cells
            .insert(name.as_str(), value.as_slice())
            .map_err(failed)?;
    }
    Ok(())
}

/// Takes out a batch that was reported as failed. Its blobs stay: nothing names them.
fn take_out(database: &Database, doubt: &Doubt) -> Result<()> {
    let mut tx = database.begin_write().map_err(failed)?;
    tx.set_quick_repair(true);
    {
        let mut meta = tx.open_table(META).map_err(failed)?;
        meta.insert("generation", doubt.generation + 1)
            .map_err(failed)?;
        let mut ledger = tx.open_table(LEDGER).map_err(failed)?;
        ledger
            .retain_in(doubt.ledger_from.., |_, _| false)
            .map_err(failed)?;
        let mut texts = tx.open_table(TEXTS).map_err(failed)?;
        let mut updates = tx.open_table(UPDATES).map_err(failed)?;
        for (node, old) in &doubt.texts {
            let next = old.map_or(0, |old| old.1);
            updates
                .retain_in((&node.0, next)..=(&node.0, u64::MAX), |_, _| false)
                .map_err(failed)?;
            match old {
                Some(old) => texts.insert(&node.0, *old).map_err(failed)?,
                None => texts.remove(&node.0).map_err(failed)?,
            };
        }
        let mut cells = tx.open_table(CELLS).map_err(failed)?;
        for (name, old) in &doubt.cells {
            match old {
                Some(old) => cells
                    .insert(name.as_str(), old.as_slice())
                    .map_err(failed)?,
                None => cells.remove(name.as_str()).map_err(failed)?,
            };
        }
    }
    tx.commit().map_err(failed)
}

/// Folds what redb says into the three things a caller can act on.
fn failed(error: impl Into<::redb::Error>) -> VfsError {
    let error = error.into();
    let why = error.to_string();
    match error {
        ::redb::Error::Io(io) if is_full(&io) => VfsError::StorageFull { why },
        ::redb::Error::Corrupted(_) | ::redb::Error::TableTypeMismatch { .. } => {
            VfsError::Damaged { why }
        }
        ::redb::Error::UpgradeRequired(version) => VfsError::UnsupportedFormat {
            found: u32::from(version),
            supported: FORMAT_VERSION,
        },
        _ => VfsError::StorageFailed { why },
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
