//! Contents in the redb file: rows of pieces, so that none has to be in memory as a whole.
//!
//! A content that comes piece by piece lies among the pieces from the start, and counts only when
//! its row stands in `blobs`. One that comes again because what is held is damaged goes into a
//! table of its own, `pieces.<n>`: a damaged row can't be written over, since a tree reads what it
//! changes.

use super::rows::{BLOBS, damaged, failed};
use super::{Arrival, Arriving, PIECE_BYTES};
use crate::error::Result;
use crate::id::Hash;
use ::redb::{
    Database, Key, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, TableError,
    Value, WriteTransaction,
};

/// Contents that are not whole: size, pieces held, and in which copy they lie.
const ARRIVING: TableDefinition<&[u8; 32], (u64, u32, u32)> = TableDefinition::new("arriving");
/// Contents that came again: the copy that counts.
const COPIES: TableDefinition<&[u8; 32], u32> = TableDefinition::new("copies");
/// When contents were thinned out, in milliseconds since 1970.
const THINNED: TableDefinition<&[u8; 32], u64> = TableDefinition::new("thinned");

type PieceKey = (&'static [u8; 32], u32);

/// The name of the table with the pieces of a copy.
fn table_name(copy: u32) -> String {
    match copy {
        0 => "pieces".to_owned(),
        copy => format!("pieces.{copy}"),
    }
}

fn pieces_in(name: &str) -> TableDefinition<'_, PieceKey, &'static [u8]> {
    TableDefinition::new(name)
}

/// A table that is made when it is first needed.
fn optional<K: Key + 'static, V: Value + 'static>(
    tx: &ReadTransaction,
    table: TableDefinition<'_, K, V>,
) -> Result<Option<::redb::ReadOnlyTable<K, V>>> {
    match tx.open_table(table) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// The copy of a content that counts.
fn copy_of(tx: &ReadTransaction, hash: &Hash) -> Result<u32> {
    let Some(copies) = optional(tx, COPIES)? else {
        return Ok(0);
    };
    let found = copies.get(&hash.0).map_err(failed)?;
    Ok(found.map_or(0, |copy| copy.value()))
}

pub(super) fn size(database: &Database, hash: &Hash) -> Result<Option<u64>> {
    let tx = database.begin_read().map_err(failed)?;
    size_in(&tx, hash)
}

fn size_in(tx: &ReadTransaction, hash: &Hash) -> Result<Option<u64>> {
    let blobs = tx.open_table(BLOBS).map_err(failed)?;
    size_of(&blobs, &hash.0)
}

/// Bytes of a content that is here: the row of one that was thinned out says 0.
pub(super) fn size_of(
    blobs: &impl ReadableTable<&'static [u8; 32], u64>,
    hash: &[u8; 32],
) -> Result<Option<u64>> {
    let size = blobs.get(hash).map_err(failed)?.map(|size| size.value());
    Ok(size.filter(|size| *size > 0 || Hash::of(&[]).0 == *hash))
}

/// A whole content, held against its hash.
pub(super) fn read(database: &Database, hash: &Hash) -> Result<Option<Vec<u8>>> {
    let tx = database.begin_read().map_err(failed)?;
    let Some(size) = size_in(&tx, hash)? else {
        return Ok(None);
    };
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    let name = table_name(copy_of(&tx, hash)?);
    if let Some(pieces) = optional(&tx, pieces_in(&name))? {
        for piece in pieces
            .range((&hash.0, 0)..=(&hash.0, u32::MAX))
            .map_err(failed)?
        {
            bytes.extend_from_slice(piece.map_err(failed)?.1.value());
        }
    }
    if bytes.len() as u64 != size || Hash::of(&bytes) != *hash {
        return Err(damaged(format!("blob {hash} is not as it was written")));
    }
    Ok(Some(bytes))
}

/// One piece of a content, whole or not.
pub(super) fn piece(
    database: &Database,
    hash: &Hash,
    number: u32,
    is_whole: bool,
) -> Result<Option<Vec<u8>>> {
    let tx = database.begin_read().map_err(failed)?;
    let copy = match (is_whole, optional(&tx, ARRIVING)?) {
        (true, _) => Some(copy_of(&tx, hash)?),
        (false, None) => None,
        (false, Some(arriving)) => {
            let row = arriving.get(&hash.0).map_err(failed)?;
            row.map(|row| row.value().2)
        }
    };
    let name = table_name(copy.unwrap_or(0));
    let (Some(_), Some(pieces)) = (copy, optional(&tx, pieces_in(&name))?) else {
        return Ok(None);
    };
    let found = pieces.get((&hash.0, number)).map_err(failed)?;
    Ok(found.map(|piece| piece.value().to_vec()))
}

/// The contents that are not whole.
pub(super) fn arriving(database: &Database) -> Result<Vec<Arriving>> {
    let tx = database.begin_read().map_err(failed)?;
    let Some(table) = optional(&tx, ARRIVING)? else {
        return Ok(Vec::new());
    };
    let mut out = Vec::new();
    for row in table.iter().map_err(failed)? {
        let (hash, row) = row.map_err(failed)?;
        let (size, pieces, _) = row.value();
        let hash = Hash(*hash.value());
        out.push(Arriving { hash, size, pieces });
    }
    Ok(out)
}

/// When a content was thinned out.
pub(super) fn thinned(database: &Database, hash: &Hash) -> Result<Option<u64>> {
    let tx = database.begin_read().map_err(failed)?;
    let Some(thinned) = optional(&tx, THINNED)? else {
        return Ok(None);
    };
    let at_ms = thinned.get(&hash.0).map_err(failed)?;
    Ok(at_ms.map(|at_ms| at_ms.value()))
}

pub(super) fn write(tx: &WriteTransaction, arrival: &Arrival) -> Result<()> {
    let mut arriving = tx.open_table(ARRIVING).map_err(failed)?;
    let mut blobs = tx.open_table(BLOBS).map_err(failed)?;
    let mut copies = tx.open_table(COPIES).map_err(failed)?;
    let key = &arrival.hash().0;
    let row = arriving.get(key).map_err(failed)?.map(|row| row.value());
    let held = match size_of(&blobs, key)? {
        Some(_) => Some(
            copies
                .get(key)
                .map_err(failed)?
                .map_or(0, |copy| copy.value()),
        ),
        None => None,
    };
    match arrival {
        Arrival::Pieces {
            size, first, bytes, ..
        } => {
            let after = |copy: Option<u32>| copy.map_or(0, |copy| copy + 1);
            let copy = match row {
                Some((_, pieces, copy)) if *first > 0 && *first <= pieces => copy,
                _ if *first > 0 => {
                    return Err(damaged(format!(
                        "content {} has no such piece",
                        arrival.hash()
                    )));
                }
                // What could not be dropped is not written over.
                row => after(held).max(after(row.map(|row| row.2))),
            };
            let name = table_name(copy);
            let mut pieces = tx.open_table(pieces_in(&name)).map_err(failed)?;
            let mut next = *first;
            for piece in bytes.chunks(PIECE_BYTES) {
                pieces.insert((key, next), piece).map_err(failed)?;
                next += 1;
            }
            arriving.insert(key, (*size, next, copy)).map_err(failed)?;
        }
        Arrival::Whole { .. } => {
            let Some((size, _, copy)) = row else {
                return Err(damaged(format!("content {} has not come", arrival.hash())));
            };
            blobs.insert(key, size).map_err(failed)?;
            if copy > 0 {
                copies.insert(key, copy).map_err(failed)?;
            }
            arriving.remove(key).map_err(failed)?;
        }
        Arrival::Dropped { .. } => {
            if let Some((_, count, copy)) = row
                && held != Some(copy)
            {
                remove(tx, key, copy, count)?;
            }
            arriving.remove(key).map_err(failed)?;
        }
        // One that came again stays: what is damaged of it can't go, and nothing is written over that.
        Arrival::Thinned { .. } if held > Some(0) => {}
        Arrival::Thinned { at_ms, .. } => {
            if let Some(size) = size_of(&blobs, key)? {
                let count = size.div_ceil(PIECE_BYTES as u64);
                remove(tx, key, 0, u32::try_from(count).unwrap_or(u32::MAX))?;
                blobs.insert(key, 0).map_err(failed)?;
            }
            let mut thinned = tx.open_table(THINNED).map_err(failed)?;
            thinned.insert(key, at_ms).map_err(failed)?;
        }
    }
    Ok(())
}

/// Removes the pieces of a copy.
fn remove(tx: &WriteTransaction, key: &[u8; 32], copy: u32, count: u32) -> Result<()> {
    let name = table_name(copy);
    let mut pieces = tx.open_table(pieces_in(&name)).map_err(failed)?;
    for number in 0..count {
        pieces.remove((key, number)).map_err(failed)?;
    }
    Ok(())
}
