//! What goes out: what waits for a link, and the letters that it has not seen, read when there is
//! room for them. So a link that is behind costs no memory, only its place in the mailbox.

use super::Relay;
use super::link::{Stage, Summary};
use crate::id::{LinkId, RoomId};
use crate::limits::{HANDED_BYTES_MAX, PART_BYTES};
use crate::message::Tell;
use crate::reason::Reason;
use crate::store::Read;

/// What the host does with a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// Hands these bytes to the socket, as one message.
    Message(Vec<u8>),
    /// Closes the socket after what it was handed, with this reason. It still calls
    /// [`Relay::closed`].
    Close(Reason),
}

impl Relay {
    /// The next thing for a link; `None` when there is nothing now.
    pub fn take(&mut self, now_ms: u64, store: &dyn Read, link: LinkId) -> Option<Outgoing> {
        let state = self.links.get_mut(&link)?;
        if let Stage::Ended(reason) = state.stage {
            if let Some(tell) = state.queue.pop() {
                return Some(Outgoing::Message(tell.to_bytes()));
            }
            state.stage = Stage::Over;
            return Some(Outgoing::Close(reason));
        }
        if state.handed_bytes >= HANDED_BYTES_MAX {
            return None;
        }
        let tell = match self.next(store, link) {
            Ok(tell) => tell?,
            Err(reason) => {
                self.end(link, reason);
                return self.take(now_ms, store, link);
            }
        };
        if let Tell::Frame { link: from, bytes } = &tell {
            self.credit(*from, link, bytes.len());
        }
        let bytes = tell.to_bytes();
        if let Some(state) = self.links.get_mut(&link) {
            if state.handed_bytes == 0 {
                state.progress_ms = now_ms;
            }
            state.handed_bytes += bytes.len();
        }
        Some(Outgoing::Message(bytes))
    }

    /// What waits, and letters, by turns.
    fn next(&mut self, store: &dyn Read, link: LinkId) -> Result<Option<Tell>, Reason> {
        let Some(state) = self.links.get_mut(&link) else {
            return Ok(None);
        };
        state.letter_is_next = !state.letter_is_next;
        if !state.letter_is_next
            && let Some(tell) = state.queue.pop()
        {
            return Ok(Some(tell));
        }
        if let Some(tell) = self.next_letter(store, link)? {
            return Ok(Some(tell));
        }
        let state = self.links.get_mut(&link);
        Ok(state.and_then(|state| state.queue.pop()))
    }

    fn next_letter(&mut self, store: &dyn Read, link: LinkId) -> Result<Option<Tell>, Reason> {
        let Some(state) = self.links.get_mut(&link) else {
            return Ok(None);
        };
        let (Stage::In(id), Some(cursor)) = (state.stage, state.cursor) else {
            return Ok(None);
        };
        let Some(room) = self.rooms.get(&id) else {
            return Ok(None);
        };
        if let Some(summary) = state.summary {
            return self.next_part(store, link, id, summary);
        }
        let shown = &room.shown;
        if cursor < shown.covers {
            let (covers, len) = (shown.covers, shown.summary_len);
            state.summary = Some(Summary {
                upload: shown.summary,
                covers,
                index: 0,
                parts: len.div_ceil(PART_BYTES as u64),
            });
            return Ok(Some(Tell::Summary { covers, len }));
        }
        if cursor == shown.last {
            return Ok(None);
        }
        let number = cursor + 1;
        if state.is_own(number) {
            // A device that is told to pass a number has to know which letter has it.
            if let Some(appended) = state.queue.take_appended(number) {
                return Ok(Some(appended));
            }
            state.cursor = Some(number);
            return Ok(Some(Tell::Passed { number }));
        }
        let Some(mark) = store.mark(&id, number)? else {
            return self.wait(id);
        };
        let tell = if mark.is_summary {
            Tell::Passed { number }
        } else if let Some(bytes) = store.letter(&id, number)? {
            let id = mark.id;
            Tell::Letter { number, id, bytes }
        } else {
            return self.wait(id);
        };
        if let Some(state) = self.links.get_mut(&link) {
            state.cursor = Some(number);
        }
        Ok(Some(tell))
    }

    fn next_part(
        &mut self,
        store: &dyn Read,
        link: LinkId,
        room: RoomId,
        summary: Summary,
    ) -> Result<Option<Tell>, Reason> {
        let Some(bytes) = store.part(&room, summary.upload, summary.index)? else {
            // Another summary took its place; the client throws away what it has of this one.
            if let Some(state) = self.links.get_mut(&link) {
                state.summary = None;
            }
            let shown = self.rooms.get(&room).map(|room| room.shown.summary);
            if shown == Some(summary.upload) {
                return self.wait(room);
            }
            return self.next_letter(store, link);
        };
        if let Some(state) = self.links.get_mut(&link) {
            let index = summary.index + 1;
            state.summary = Some(Summary { index, ..summary });
            if index == summary.parts {
                state.summary = None;
                state.cursor = Some(summary.covers);
            }
        }
        Ok(Some(Tell::Part(bytes)))
    }

    /// What should be there is not: a batch that drops it is durable already, and the relay will
    /// hear of it. Without such a batch, the storage lost something.
    fn wait(&self, room: RoomId) -> Result<Option<Tell>, Reason> {
        let flight = self.flight.as_ref();
        let drops = flight.is_some_and(|flight| flight.rooms.contains_key(&room));
        if drops {
            Ok(None)
        } else {
            Err(Reason::Storage)
        }
    }
}
