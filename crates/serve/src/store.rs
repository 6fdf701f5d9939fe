//! Rooms in one redb database. A batch is one transaction, durable when it is committed.
//!
//! redb trusts nothing after a failed write, so the database is closed then, and opened again by
//! the next call. Whether the failed batch arrived after all does not matter here: the relay reads
//! the room anew, and clients send again what was not acknowledged, under the same ids.

use crate::error::{Result, ServeError};
use crate::rows::{self, FORMAT, IDS, LETTERS, MARKS, META, PARTS, ROOMS};
use redb::{
    Builder, Database, DatabaseError, ReadTransaction, ReadableDatabase, ReadableTableMetadata,
};
use selvage_relay::store::{Batch, Mark, Read, RoomRecord};
use selvage_relay::{LetterId, RoomId, StoreFault};
use std::path::Path;
use std::sync::{PoisonError, RwLock};

/// Bytes that redb may keep in memory.
const CACHE_BYTES: usize = 32 * 1024 * 1024;

type Opener = Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>;

/// See the module.
pub struct RedbStore {
    opener: Opener,
    database: RwLock<Option<Database>>,
}

impl RedbStore {
    /// Opens the database in a folder, or makes both.
    pub fn open(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|source| ServeError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        let file = folder.join("relay.redb");
        let path = file.clone();
        Self::open_with(&file, move || {
            let mut builder = Builder::new();
            builder.set_cache_size(CACHE_BYTES).create(&path)
        })
    }

    /// A storage whose database is opened, or made, by a function, now and after each failure;
    /// `file` is its name in errors.
    pub fn open_with(
        file: &Path,
        opener: impl Fn() -> Result<Database, DatabaseError> + Send + Sync + 'static,
    ) -> Result<Self> {
        let opened = open(&opener).map_err(|source| ServeError::Database {
            file: file.to_owned(),
            source: Box::new(source),
        })?;
        let (database, found) = opened;
        if found != FORMAT {
            return Err(ServeError::Format {
                file: file.to_owned(),
                found,
                expected: FORMAT,
            });
        }
        Ok(Self {
            opener: Box::new(opener),
            database: RwLock::new(Some(database)),
        })
    }

    /// Keeps a batch: when this returns, it is durable; when it fails, it may be.
    pub fn commit(&self, batch: &Batch) -> Result<(), StoreFault> {
        self.with(|database| {
            let mut transaction = database.begin_write()?;
            // Opening after the program was killed does not read the whole file.
            transaction.set_quick_repair(true);
            for write in batch {
                rows::write(&transaction, write)?;
            }
            transaction.commit()?;
            Ok(())
        })
    }

    fn read<T>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StoreFault> {
        self.with(|database| read(&database.begin_read()?))
    }

    fn with<T>(
        &self,
        call: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, StoreFault> {
        let fault = |error: redb::Error| {
            tracing::error!(%error, "the database failed");
            StoreFault(error.to_string())
        };
        if self.lock_shared().is_none() {
            let mut database = self.lock();
            if database.is_none() {
                *database = Some(open(&self.opener).map_err(fault)?.0);
            }
        }
        let result = {
            let database = self.lock_shared();
            let Some(database) = database.as_ref() else {
                return Err(StoreFault("the database is closed".to_owned()));
            };
            call(database)
        };
        result.map_err(|error| {
            *self.lock() = None;
            fault(error)
        })
    }

    fn lock(&self) -> std::sync::RwLockWriteGuard<'_, Option<Database>> {
        self.database
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_shared(&self) -> std::sync::RwLockReadGuard<'_, Option<Database>> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The database, and its format.
fn open(
    opener: &dyn Fn() -> Result<Database, DatabaseError>,
) -> Result<(Database, u64), redb::Error> {
    let database = opener()?;
    let transaction = database.begin_write()?;
    let is_new = transaction.list_tables()?.next().is_none();
    if is_new {
        rows::create(&transaction)?;
        transaction.commit()?;
    } else {
        transaction.abort()?;
    }
    let meta = database.begin_read()?.open_table(META)?;
    let format = meta.get("format")?.map_or(0, |format| format.value());
    Ok((database, format))
}

impl std::fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedbStore").finish_non_exhaustive()
    }
}

impl Read for RedbStore {
    fn room(&self, room: &RoomId) -> Result<Option<RoomRecord>, StoreFault> {
        let row = self.read(|transaction| {
            let rooms = transaction.open_table(ROOMS)?;
            Ok(rooms.get(&room.0)?.map(|row| row.value().to_vec()))
        })?;
        let Some(row) = row else { return Ok(None) };
        let record = RoomRecord::from_bytes(&row);
        let unreadable = || StoreFault("a room is not readable".to_owned());
        record.map(Some).ok_or_else(unreadable)
    }

    fn rooms(&self) -> Result<u64, StoreFault> {
        self.read(|transaction| Ok(transaction.open_table(ROOMS)?.len()?))
    }

    fn number(&self, room: &RoomId, id: &LetterId) -> Result<Option<u64>, StoreFault> {
        self.read(|transaction| {
            let ids = transaction.open_table(IDS)?;
            Ok(ids.get((&room.0, &id.0))?.map(|number| number.value()))
        })
    }

    fn mark(&self, room: &RoomId, number: u64) -> Result<Option<Mark>, StoreFault> {
        self.read(|transaction| {
            let marks = transaction.open_table(MARKS)?;
            let mark = marks.get((&room.0, number))?;
            Ok(mark.map(|mark| rows::mark(mark.value())))
        })
    }

    fn letter(&self, room: &RoomId, number: u64) -> Result<Option<Vec<u8>>, StoreFault> {
        self.read(|transaction| {
            let letters = transaction.open_table(LETTERS)?;
            Ok(letters
                .get((&room.0, number))?
                .map(|row| row.value().to_vec()))
        })
    }

    fn part(&self, room: &RoomId, upload: u64, index: u64) -> Result<Option<Vec<u8>>, StoreFault> {
        self.read(|transaction| {
            let parts = transaction.open_table(PARTS)?;
            let part = parts.get((&room.0, upload, index))?;
            Ok(part.map(|row| row.value().to_vec()))
        })
    }
}
