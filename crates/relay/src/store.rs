//! What a relay keeps, as a storage sees it: rows, and batches that are kept whole or not at all.
//!
//! The relay reads through [`Read`] and gives what is to be kept as [`Batch`]es, one at a time.
//! It acknowledges nothing before the host says that the batch is durable.

mod memory;

pub use memory::MemoryStore;

use crate::id::{LetterId, Life, PublicKey, RoomId};

/// The storage could not read or keep something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the storage failed: {0}")]
pub struct StoreFault(pub String);

/// What a room is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRecord {
    /// Who opens it.
    pub key: PublicKey,
    /// See [`Life`].
    pub life: Life,
    /// The number of the last letter; 0 for none.
    pub last: u64,
    /// What all letters and summaries up to the last one took together.
    pub total: u64,
    /// What those took that the summary covers.
    pub total_covered: u64,
    /// Which letters the summary stands for: all up to this number.
    pub covers: u64,
    /// Up to this number, no ids are remembered.
    pub forgotten: u64,
    /// The upload whose parts are the summary; 0 for none.
    pub summary: u64,
    /// The summary's length in bytes.
    pub summary_len: u64,
    /// The last upload that began.
    pub uploads: u64,
    /// The upload that is not whole yet; 0 for none. One that a crash left is thrown away.
    pub uploading: u64,
}

impl RoomRecord {
    /// A room without letters.
    pub fn new(key: PublicKey, life: Life) -> Self {
        Self {
            key,
            life,
            last: 0,
            total: 0,
            total_covered: 0,
            covers: 0,
            forgotten: 0,
            summary: 0,
            summary_len: 0,
            uploads: 0,
            uploading: 0,
        }
    }

    /// What the letters take that are kept.
    pub fn letters_bytes(&self) -> u64 {
        self.total.saturating_sub(self.total_covered)
    }

    fn numbers(&self) -> [u64; 9] {
        [
            self.last,
            self.total,
            self.total_covered,
            self.covers,
            self.forgotten,
            self.summary,
            self.summary_len,
            self.uploads,
            self.uploading,
        ]
    }

    /// The row's bytes: a format version, the key, the life, and the numbers in little endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![1];
        out.extend_from_slice(&self.key.0);
        out.extend_from_slice(&self.life.0);
        for number in self.numbers() {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out
    }

    /// Reads a row; `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&1, rest) = bytes.split_first()? else {
            return None;
        };
        let (key, rest) = rest.split_first_chunk()?;
        let (life, mut rest) = rest.split_first_chunk()?;
        let mut numbers = [0; 9];
        for number in &mut numbers {
            let (bytes, after) = rest.split_first_chunk()?;
            *number = u64::from_le_bytes(*bytes);
            rest = after;
        }
        let [
            last,
            total,
            total_covered,
            covers,
            forgotten,
            summary,
            summary_len,
            uploads,
            uploading,
        ] = numbers;
        rest.is_empty().then_some(Self {
            key: PublicKey(*key),
            life: Life(*life),
            last,
            total,
            total_covered,
            covers,
            forgotten,
            summary,
            summary_len,
            uploads,
            uploading,
        })
    }
}

/// What is remembered of a number, longer than its letter is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// How its sender named it.
    pub id: LetterId,
    /// [`RoomRecord::total`] after it.
    pub total: u64,
    /// Whether it is a summary's, so that there is no letter.
    pub is_summary: bool,
}

/// One change of what is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// The room is this now.
    Room(RoomId, RoomRecord),
    /// A number is taken: its mark, the way from its id to it, and, unless it is a summary's, the
    /// letter.
    Letter {
        /// Where.
        room: RoomId,
        /// Its number.
        number: u64,
        /// Its mark.
        mark: Mark,
        /// What it says.
        bytes: Option<Vec<u8>>,
    },
    /// A part of a summary.
    Part {
        /// Where.
        room: RoomId,
        /// Of which upload.
        upload: u64,
        /// Which part, from 0 on.
        index: u64,
        /// The part.
        bytes: Vec<u8>,
    },
    /// Letters up to a number go; their marks stay.
    DropLetters(RoomId, u64),
    /// Marks up to a number go, with the ways from their ids.
    DropMarks(RoomId, u64),
    /// All parts of an upload go.
    DropParts(RoomId, u64),
}

/// Changes that are kept together, in this order, or not at all.
pub type Batch = Vec<Write>;

/// What the relay asks of a storage. It sees whole batches only.
pub trait Read {
    /// A room.
    fn room(&self, room: &RoomId) -> Result<Option<RoomRecord>, StoreFault>;
    /// How many rooms there are.
    fn rooms(&self) -> Result<u64, StoreFault>;
    /// The number of an id that is remembered.
    fn number(&self, room: &RoomId, id: &LetterId) -> Result<Option<u64>, StoreFault>;
    /// The mark of a number.
    fn mark(&self, room: &RoomId, number: u64) -> Result<Option<Mark>, StoreFault>;
    /// The letter of a number.
    fn letter(&self, room: &RoomId, number: u64) -> Result<Option<Vec<u8>>, StoreFault>;
    /// A part of a summary.
    fn part(&self, room: &RoomId, upload: u64, index: u64) -> Result<Option<Vec<u8>>, StoreFault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_read_as_it_was_written() {
        let mut record = RoomRecord::new(PublicKey([1; 32]), Life([2; 16]));
        (record.last, record.total, record.uploading) = (3, u64::MAX, 9);
        let bytes = record.to_bytes();
        assert_eq!(RoomRecord::from_bytes(&bytes), Some(record));
        for len in 0..bytes.len() {
            assert_eq!(RoomRecord::from_bytes(&bytes[..len]), None);
        }
        assert_eq!(RoomRecord::from_bytes(&[bytes, vec![0]].concat()), None);
    }
}
