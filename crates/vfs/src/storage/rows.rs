//! The tables of the redb file, and how a batch goes into them and out again.

pub(super) use super::FORMAT_VERSION;
use super::{Batch, PIECE_BYTES, pieces};
use crate::error::{Result, VfsError};
use crate::id::NodeId;
use ::redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use std::collections::BTreeMap;
use std::io;

/// First update held, next update, bytes held, draft.
pub(super) type TextRow = (u64, u64, u64, bool);

pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Where `META` holds the number of the last record of a journal that went into the tables.
pub(super) const FOLDED: &str = "folded";
pub(super) const LEDGER: TableDefinition<u64, &[u8]> = TableDefinition::new("ledger");
pub(super) const TEXTS: TableDefinition<&[u8; 16], TextRow> = TableDefinition::new("texts");
pub(super) const UPDATES: TableDefinition<(&[u8; 16], u64), &[u8]> =
    TableDefinition::new("updates");
pub(super) const BLOBS: TableDefinition<&[u8; 32], u64> = TableDefinition::new("blobs");
pub(super) const PIECES: TableDefinition<(&[u8; 32], u32), &[u8]> = TableDefinition::new("pieces");
pub(super) const CELLS: TableDefinition<&str, &[u8]> = TableDefinition::new("cells");

/// Cells and texts as they were before a batch of unknown fate, to take it out again.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub(super) generation: u64,
    ledger_from: u64,
    texts: Vec<(NodeId, Option<TextRow>)>,
    cells: Vec<(String, Option<Vec<u8>>)>,
}

impl Doubt {
    pub(super) fn before(database: &Database, batch: &Batch) -> Result<Self> {
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
pub(super) fn create(database: &Database) -> Result<()> {
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

/// Says that the database is of the format that this program writes.
pub(super) fn set_format(database: &Database) -> Result<()> {
    let mut tx = database.begin_write().map_err(failed)?;
    tx.set_quick_repair(true);
    tx.open_table(META)
        .map_err(failed)?
        .insert("format", u64::from(FORMAT_VERSION))
        .map_err(failed)?;
    tx.commit().map_err(failed)
}

pub(super) fn read_meta(database: &Database, name: &str) -> Result<Option<u64>> {
    let tx = database.begin_read().map_err(failed)?;
    match tx.open_table(META) {
        Ok(meta) => Ok(meta.get(name).map_err(failed)?.map(|value| value.value())),
        Err(::redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

pub(super) fn write(tx: &WriteTransaction, batches: &[Batch], generation: u64) -> Result<()> {
    tx.open_table(META)
        .map_err(failed)?
        .insert("generation", generation)
        .map_err(failed)?;
    for batch in batches {
        write_all_but_cells(tx, batch)?;
    }
    // A small cell may lie on the page of a large one, which is written anew with each: each is written once.
    let mut cells = BTreeMap::new();
    for batch in batches {
        cells.extend(batch.cells.iter().cloned());
    }
    let mut table = tx.open_table(CELLS).map_err(failed)?;
    for (name, value) in &cells {
        table
            .insert(name.as_str(), value.as_slice())
            .map_err(failed)?;
    }
    Ok(())
}

fn write_all_but_cells(tx: &WriteTransaction, batch: &Batch) -> Result<()> {
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
    for arrival in &batch.arrivals {
        pieces::write(tx, arrival)?;
    }
    let mut blobs = tx.open_table(BLOBS).map_err(failed)?;
    let mut table = tx.open_table(PIECES).map_err(failed)?;
    for (hash, bytes) in &batch.blobs {
        if pieces::size_of(&blobs, &hash.0)?.is_some() {
            continue;
        }
        blobs.insert(&hash.0, bytes.len() as u64).map_err(failed)?;
        for (number, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
            table
                .insert((&hash.0, number as u32), piece)
                .map_err(failed)?;
        }
    }
    Ok(())
}

/// Takes out a batch that was reported as failed. Its blobs stay: nothing names them.
pub(super) fn take_out(database: &Database, doubt: &Doubt) -> Result<()> {
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
pub(super) fn failed(error: impl Into<::redb::Error>) -> VfsError {
    told(error.into())
}

/// Apart from the above, which is there once for each kind of error.
#[inline(never)]
fn told(error: ::redb::Error) -> VfsError {
    let why = error.to_string();
    match error {
        ::redb::Error::Io(io) if is_full(&io) => VfsError::StorageFull { why },
        ::redb::Error::Io(io) if is_damage(&io) => VfsError::Damaged { why },
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

pub(super) fn damaged(why: impl Into<String>) -> VfsError {
    VfsError::Damaged { why: why.into() }
}

/// The bytes are not what was written, or fewer.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
    )
}

pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
