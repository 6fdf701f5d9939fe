//! What a client has for the relay: letters and a summary, in order, until they are acknowledged.

use crate::id::LetterId;
use crate::limits::{LETTER_COST_BYTES, OUTBOX_BYTES_MAX, PART_BYTES, UNDER_WAY_BYTES_MAX};
use crate::message::Ask;
use std::collections::VecDeque;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    items: VecDeque<Item>,
    /// How many of the items were sent on this link: always the first ones.
    sent: usize,
    sent_bytes: usize,
    /// All letters, sent or not.
    bytes: usize,
    /// Of the first summary that was sent: how much of it, after the relay said that it may come.
    upload: Option<usize>,
}

#[derive(Debug)]
struct Item {
    id: LetterId,
    /// The number that a summary covers.
    covers: Option<u64>,
    bytes: Vec<u8>,
}

impl Item {
    fn cost(&self) -> usize {
        let bytes = if self.covers.is_some() {
            0
        } else {
            self.bytes.len()
        };
        bytes + LETTER_COST_BYTES as usize
    }
}

impl Outbox {
    /// Whether a letter of so many bytes fits.
    pub fn fits(&self, len: usize) -> bool {
        self.bytes + len + LETTER_COST_BYTES as usize <= OUTBOX_BYTES_MAX
    }

    pub fn has_summary(&self) -> bool {
        self.items.iter().any(|item| item.covers.is_some())
    }

    pub fn push(&mut self, id: LetterId, covers: Option<u64>, bytes: Vec<u8>) {
        let item = Item { id, covers, bytes };
        self.bytes += item.cost();
        self.items.push_back(item);
    }

    /// The link is another one: all that was not acknowledged is sent again.
    pub fn rewind(&mut self) {
        (self.sent, self.sent_bytes, self.upload) = (0, 0, None);
    }

    /// The relay wants the parts of a summary. Gives whether there is such a summary under way.
    pub fn go(&mut self, id: LetterId) -> bool {
        let sent = self.items.iter().take(self.sent);
        let waits = sent
            .into_iter()
            .any(|item| item.id == id && item.covers.is_some());
        let goes = waits && self.upload.is_none();
        if goes {
            self.upload = Some(0);
        }
        goes
    }

    /// What is to be sent next, if more may be under way.
    pub fn next(&mut self) -> Option<Ask> {
        if let Some(from) = self.upload {
            let summary = self.items.iter().take(self.sent);
            let summary = summary.into_iter().find(|item| item.covers.is_some())?;
            let part = summary.bytes.get(from..)?;
            let part = &part[..part.len().min(PART_BYTES)];
            if !part.is_empty() {
                self.upload = Some(from + part.len());
                return Some(Ask::Part(part.to_vec()));
            }
        }
        if self.sent_bytes >= UNDER_WAY_BYTES_MAX {
            return None;
        }
        let item = self.items.get(self.sent)?;
        self.sent += 1;
        self.sent_bytes += item.cost();
        let id = item.id;
        Some(match item.covers {
            Some(covers) => Ask::Summarize {
                id,
                covers,
                len: item.bytes.len() as u64,
            },
            None => Ask::Append {
                id,
                bytes: item.bytes.clone(),
            },
        })
    }

    /// The relay answered for an item that was sent. Gives whether there was one.
    pub fn done(&mut self, id: LetterId) -> bool {
        let sent = self.items.iter().take(self.sent);
        let Some(at) = sent.into_iter().position(|item| item.id == id) else {
            return false;
        };
        let Some(item) = self.items.remove(at) else {
            return false;
        };
        self.sent -= 1;
        self.sent_bytes -= item.cost();
        self.bytes -= item.cost();
        if item.covers.is_some() {
            self.upload = None;
        }
        true
    }

    /// How many items wait to be acknowledged.
    pub fn len(&self) -> usize {
        self.items.len()
    }
}
