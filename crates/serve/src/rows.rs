//! The database's tables, and what a batch writes into them.

use redb::{ReadableTable, TableDefinition, WriteTransaction};
use selvage_relay::LetterId;
use selvage_relay::store::{Mark, Write};

/// The format of the tables; the row of a room has one of its own.
pub(crate) const FORMAT: u64 = 1;

type Room<'a> = &'a [u8; 32];

pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
pub(crate) const ROOMS: TableDefinition<'_, Room<'_>, &[u8]> = TableDefinition::new("rooms");
/// By number: id, total, whether it is a summary's.
pub(crate) const MARKS: TableDefinition<'_, (Room<'_>, u64), (&[u8; 16], u64, bool)> =
    TableDefinition::new("marks");
pub(crate) const IDS: TableDefinition<'_, (Room<'_>, &[u8; 16]), u64> = TableDefinition::new("ids");
pub(crate) const LETTERS: TableDefinition<'_, (Room<'_>, u64), &[u8]> =
    TableDefinition::new("letters");
/// By upload and index.
pub(crate) const PARTS: TableDefinition<'_, (Room<'_>, u64, u64), &[u8]> =
    TableDefinition::new("parts");

/// Writes the first time.
pub(crate) fn create(transaction: &WriteTransaction) -> Result<(), redb::Error> {
    transaction.open_table(META)?.insert("format", FORMAT)?;
    transaction.open_table(ROOMS)?;
    transaction.open_table(MARKS)?;
    transaction.open_table(IDS)?;
    transaction.open_table(LETTERS)?;
    transaction.open_table(PARTS)?;
    Ok(())
}

pub(crate) fn mark((id, total, is_summary): (&[u8; 16], u64, bool)) -> Mark {
    Mark {
        id: LetterId(*id),
        total,
        is_summary,
    }
}

/// Writes one change.
pub(crate) fn write(transaction: &WriteTransaction, write: &Write) -> Result<(), redb::Error> {
    match write {
        Write::Room(room, record) => {
            let row = record.to_bytes();
            transaction.open_table(ROOMS)?.insert(&room.0, &row[..])?;
        }
        Write::Letter {
            room,
            number,
            mark,
            bytes,
        } => {
            let row = (&mark.id.0, mark.total, mark.is_summary);
            transaction
                .open_table(MARKS)?
                .insert((&room.0, *number), row)?;
            transaction
                .open_table(IDS)?
                .insert((&room.0, &mark.id.0), *number)?;
            if let Some(bytes) = bytes {
                let mut letters = transaction.open_table(LETTERS)?;
                letters.insert((&room.0, *number), &bytes[..])?;
            }
        }
        Write::Part {
            room,
            upload,
            index,
            bytes,
        } => {
            let mut parts = transaction.open_table(PARTS)?;
            parts.insert((&room.0, *upload, *index), &bytes[..])?;
        }
        Write::DropLetters(room, through) => {
            let range = (&room.0, 0)..=(&room.0, *through);
            transaction
                .open_table(LETTERS)?
                .retain_in(range, |_, _| false)?;
        }
        Write::DropMarks(room, through) => {
            let mut ids = Vec::new();
            let mut marks = transaction.open_table(MARKS)?;
            let range = || (&room.0, 0)..=(&room.0, *through);
            for row in marks.range(range())? {
                ids.push(*row?.1.value().0);
            }
            marks.retain_in(range(), |_, _| false)?;
            let mut table = transaction.open_table(IDS)?;
            for id in &ids {
                table.remove((&room.0, id))?;
            }
        }
        Write::DropParts(room, upload) => {
            let range = (&room.0, *upload, 0)..=(&room.0, *upload, u64::MAX);
            transaction
                .open_table(PARTS)?
                .retain_in(range, |_, _| false)?;
        }
    }
    Ok(())
}
