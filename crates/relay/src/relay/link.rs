//! What is known of one link.

use super::rate::Rate;
use crate::id::{DeviceId, LetterId, Life, LinkId, Nonce, PublicKey, RoomId};
use crate::limits::{FRAME_COST_BYTES, OWN_MAX};
use crate::message::Tell;
use crate::reason::Reason;
use std::collections::{BTreeMap, VecDeque};

/// See the module.
#[derive(Debug)]
pub(super) struct Link {
    pub stage: Stage,
    pub audience: String,
    pub nonce: Nonce,
    /// For the room that this link may make.
    pub life: Life,
    /// What it entered with.
    pub key: Option<PublicKey>,
    pub opened_ms: u64,
    pub heard_ms: u64,
    pub rate: Rate,
    pub queue: Queue,
    /// What the socket was given and did not take yet.
    pub handed_bytes: usize,
    pub progress_ms: u64,
    /// The letters of the mailbox that it was told of; `None` before it asked.
    pub cursor: Option<u64>,
    /// The summary that it is being sent.
    pub summary: Option<Summary>,
    /// Whether a letter is next, although something else waits.
    pub letter_is_next: bool,
    own: VecDeque<u64>,
    /// The summary that it sends.
    pub upload: Option<Upload>,
    /// What each other link has under way to this one.
    pub windows: BTreeMap<LinkId, Window>,
}

/// How far a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Greeting,
    Challenged(RoomId, DeviceId),
    In(RoomId),
    /// Out of its room, and about to end.
    Left,
    Ended(Reason),
    /// The host knows that it ended.
    Over,
}

/// A summary on its way to a link.
#[derive(Debug, Clone, Copy)]
pub(super) struct Summary {
    pub upload: u64,
    pub covers: u64,
    pub index: u64,
    pub parts: u64,
}

/// A summary on its way from a link.
#[derive(Debug, Clone, Copy)]
pub(super) struct Upload {
    pub id: LetterId,
    pub upload: u64,
    pub covers: u64,
    pub len: u64,
    pub arrived: u64,
    pub index: u64,
}

/// What one link has under way to another one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    /// All that was not given back.
    pub used_bytes: usize,
    /// What can be given back.
    pub owed_bytes: usize,
}

impl Link {
    pub fn new(now_ms: u64, audience: &str, nonce: Nonce, life: Life) -> Self {
        Self {
            stage: Stage::Greeting,
            audience: audience.to_owned(),
            nonce,
            life,
            key: None,
            opened_ms: now_ms,
            heard_ms: now_ms,
            rate: Rate::new(now_ms),
            queue: Queue::default(),
            handed_bytes: 0,
            progress_ms: now_ms,
            cursor: None,
            summary: None,
            letter_is_next: false,
            own: VecDeque::new(),
            upload: None,
            windows: BTreeMap::new(),
        }
    }

    pub fn is_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended(_) | Stage::Over)
    }

    /// Remembers a letter that this link wrote.
    pub fn wrote(&mut self, number: u64) {
        if self.own.len() == OWN_MAX {
            self.own.pop_front();
        }
        self.own.push_back(number);
    }

    /// Whether this link wrote a letter; forgets all up to it.
    pub fn is_own(&mut self, number: u64) -> bool {
        while self.own.front().is_some_and(|own| *own < number) {
            self.own.pop_front();
        }
        self.own.front() == Some(&number)
    }
}

/// Messages that wait for a link.
#[derive(Debug, Default)]
pub(super) struct Queue {
    messages: VecDeque<Tell>,
    bytes: usize,
}

impl Queue {
    /// What a message takes in memory, about.
    fn cost(tell: &Tell) -> usize {
        let bytes = match tell {
            Tell::Frame { bytes, .. } => bytes.len(),
            Tell::Welcome { peers, .. } => size_of_val(peers.as_slice()),
            _ => 0,
        };
        bytes + FRAME_COST_BYTES
    }

    /// Adds a message, if it fits.
    #[must_use]
    pub fn push(&mut self, tell: Tell, bytes_max: usize) -> bool {
        let cost = Self::cost(&tell);
        let fits = self.bytes + cost <= bytes_max;
        if fits {
            self.bytes += cost;
            self.messages.push_back(tell);
        }
        fits
    }

    pub fn pop(&mut self) -> Option<Tell> {
        let tell = self.messages.pop_front()?;
        self.bytes -= Self::cost(&tell);
        Some(tell)
    }

    /// Takes out that a letter is kept, if that waits.
    pub fn take_appended(&mut self, letter: u64) -> Option<Tell> {
        let is_it =
            |tell: &Tell| matches!(tell, Tell::Appended { number, .. } if *number == letter);
        let at = self.messages.iter().position(is_it)?;
        let tell = self.messages.remove(at)?;
        self.bytes -= Self::cost(&tell);
        Some(tell)
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }
}
