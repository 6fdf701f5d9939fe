//! A storage in memory: for tests, and the plainest reading of what a [`Batch`] means.

use super::{Batch, Mark, Read, RoomRecord, StoreFault, Write};
use crate::id::{LetterId, RoomId};
use std::collections::BTreeMap;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    rooms: BTreeMap<RoomId, RoomRecord>,
    marks: BTreeMap<(RoomId, u64), Mark>,
    ids: BTreeMap<(RoomId, LetterId), u64>,
    letters: BTreeMap<(RoomId, u64), Vec<u8>>,
    parts: BTreeMap<(RoomId, u64, u64), Vec<u8>>,
}

impl MemoryStore {
    /// Keeps a batch.
    pub fn commit(&mut self, batch: &Batch) {
        for write in batch {
            match write {
                Write::Room(room, record) => {
                    self.rooms.insert(*room, record.clone());
                }
                Write::Letter {
                    room,
                    number,
                    mark,
                    bytes,
                } => {
                    self.marks.insert((*room, *number), *mark);
                    self.ids.insert((*room, mark.id), *number);
                    if let Some(bytes) = bytes {
                        self.letters.insert((*room, *number), bytes.clone());
                    }
                }
                Write::Part {
                    room,
                    upload,
                    index,
                    bytes,
                } => {
                    self.parts.insert((*room, *upload, *index), bytes.clone());
                }
                Write::DropLetters(room, through) => {
                    self.letters
                        .retain(|(of, number), _| of != room || number > through);
                }
                Write::DropMarks(room, through) => {
                    let ids = &mut self.ids;
                    self.marks.retain(|(of, number), mark| {
                        let stays = of != room || number > through;
                        if !stays {
                            ids.remove(&(*room, mark.id));
                        }
                        stays
                    });
                }
                Write::DropParts(room, upload) => {
                    self.parts
                        .retain(|(of, part_of, _), _| of != room || part_of != upload);
                }
            }
        }
    }

    /// The bytes of all letters and parts.
    pub fn bytes(&self) -> usize {
        let letters = self.letters.values().map(Vec::len).sum::<usize>();
        letters + self.parts.values().map(Vec::len).sum::<usize>()
    }
}

impl Read for MemoryStore {
    fn room(&self, room: &RoomId) -> Result<Option<RoomRecord>, StoreFault> {
        Ok(self.rooms.get(room).cloned())
    }

    fn rooms(&self) -> Result<u64, StoreFault> {
        Ok(self.rooms.len() as u64)
    }

    fn number(&self, room: &RoomId, id: &LetterId) -> Result<Option<u64>, StoreFault> {
        Ok(self.ids.get(&(*room, *id)).copied())
    }

    fn mark(&self, room: &RoomId, number: u64) -> Result<Option<Mark>, StoreFault> {
        Ok(self.marks.get(&(*room, number)).copied())
    }

    fn letter(&self, room: &RoomId, number: u64) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self.letters.get(&(*room, number)).cloned())
    }

    fn part(&self, room: &RoomId, upload: u64, index: u64) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self.parts.get(&(*room, upload, index)).cloned())
    }
}
