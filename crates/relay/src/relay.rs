//! The relay's side: all links, the rooms that somebody is in, and what waits to be kept.
//!
//! **Control loop.** The host gives every link a number that it never uses again and calls
//! [`Relay::opened`], [`Relay::received`], [`Relay::written`] and [`Relay::closed`] as these things
//! happen, and [`Relay::tick`] about once a second. After each of them:
//!
//! - while no batch is on its way to storage, it takes [`Relay::batch`], makes it durable, and
//!   says so with [`Relay::committed`]. The relay goes on meanwhile; what comes then is kept with
//!   the next batch;
//! - for every link in [`Relay::ready`] it calls [`Relay::take`] until there is nothing, and hands
//!   what it gets to the socket. A message may be handed over before the one before is written,
//!   but [`Relay::written`] is called only when the socket took it;
//! - while [`Relay::is_congested`], and for [`Relay::pause_ms`] after a message of a link, it
//!   reads nothing from links: this is how the back-pressure reaches a sender's own socket.

mod enter;
mod forward;
mod link;
mod mailbox;
mod outgoing;
mod rate;

use crate::id::{DeviceId, LetterId, Life, LinkId, Nonce, RoomId};
use crate::limits::{GREETING_MS_MAX, Limits, MESSAGE_BYTES_MAX, ROOM_LINKS_MAX, STAGED_BYTES_MAX};
use crate::message::{Ask, Tell};
use crate::reason::Reason;
use crate::store::{Batch, Read, RoomRecord, StoreFault, Write};
use link::{Link, Stage};
pub use outgoing::Outgoing;
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
#[derive(Debug)]
pub struct Relay {
    limits: Limits,
    keeps: bool,
    links: BTreeMap<LinkId, Link>,
    rooms: BTreeMap<RoomId, Room>,
    /// What the next batch holds.
    staged: Staged,
    /// What is on its way to storage.
    flight: Option<Staged>,
    ready: BTreeSet<LinkId>,
}

/// A room that somebody is in.
#[derive(Debug)]
struct Room {
    /// With all that is staged.
    record: RoomRecord,
    /// What is durable: nobody is shown more.
    shown: RoomRecord,
    links: BTreeMap<LinkId, DeviceId>,
    /// Whether it is in storage, or on its way there.
    is_kept: bool,
    /// Who sends a summary.
    uploader: Option<LinkId>,
}

/// What is to be kept together, and what is said when it is.
#[derive(Debug, Default)]
struct Staged {
    writes: Batch,
    bytes: usize,
    rooms: BTreeMap<RoomId, RoomRecord>,
    ids: BTreeMap<(RoomId, LetterId), u64>,
    acknowledged: Vec<(LinkId, LetterId, u64)>,
    rotated: Vec<(RoomId, LinkId)>,
    /// How many of the rooms are new.
    made: u64,
}

impl From<StoreFault> for Reason {
    fn from(_: StoreFault) -> Self {
        Self::Storage
    }
}

impl Relay {
    /// A relay that nobody is linked to; it `keeps` letters, or only forwards.
    pub fn new(mut limits: Limits, keeps: bool) -> Self {
        limits.room_links_max = limits.room_links_max.min(ROOM_LINKS_MAX);
        limits.rate_bytes_s_max = limits.rate_bytes_s_max.max(1);
        Self {
            limits,
            keeps,
            links: BTreeMap::new(),
            rooms: BTreeMap::new(),
            staged: Staged::default(),
            flight: None,
            ready: BTreeSet::new(),
        }
    }

    /// A link is open. `audience` is the name under which the client dialled: host and port as in
    /// the header `Host` (RFC 9110, 7.2). The nonce and the life must be drawn for this link.
    pub fn opened(&mut self, now_ms: u64, link: LinkId, audience: &str, nonce: Nonce, life: Life) {
        let state = Link::new(now_ms, audience, nonce, life);
        self.links.insert(link, state);
    }

    /// A message came.
    pub fn received(&mut self, now_ms: u64, store: &dyn Read, link: LinkId, bytes: &[u8]) {
        let rate = self.limits.rate_bytes_s_max;
        let Some(state) = self.links.get_mut(&link) else {
            return;
        };
        if state.is_ended() {
            return;
        }
        state.heard_ms = now_ms;
        let ends = if !state.rate.pay(now_ms, bytes.len(), rate) {
            Err(Reason::TooFast)
        } else if bytes.len() > MESSAGE_BYTES_MAX {
            Err(Reason::TooLong)
        } else {
            match Ask::from_bytes(bytes) {
                Some(ask) => self.answer(store, link, ask),
                None => Err(Reason::Protocol),
            }
        };
        if let Err(reason) = ends {
            self.end(link, reason);
        }
    }

    fn answer(&mut self, store: &dyn Read, link: LinkId, ask: Ask) -> Result<(), Reason> {
        let Some(state) = self.links.get_mut(&link) else {
            return Ok(());
        };
        match (state.stage, ask) {
            (
                Stage::Greeting,
                Ask::Hello {
                    version,
                    room,
                    device,
                },
            ) => self.challenge(link, version, room, device),
            (Stage::Challenged(room, device), Ask::Prove { key, signature }) => {
                self.enter(store, link, room, device, key, signature)
            }
            (Stage::In(room), Ask::Rotate { key, signature }) => {
                self.rotate(store, link, room, key, signature)
            }
            (Stage::In(room), Ask::Send { link: to, bytes }) => self.forward(link, room, to, bytes),
            (Stage::In(room), Ask::Append { id, bytes }) => {
                self.append(store, link, room, id, bytes)
            }
            (Stage::In(room), Ask::Summarize { id, covers, len }) => {
                self.summarize(store, link, room, id, covers, len)
            }
            (Stage::In(room), Ask::Part(bytes)) => self.part(store, link, room, bytes),
            (Stage::In(room), Ask::Fetch { since }) => self.fetch(link, room, since),
            (Stage::In(_), Ask::Ping) => {
                self.push(link, Tell::Pong);
                Ok(())
            }
            _ => Err(Reason::Protocol),
        }
    }

    /// The socket took so many bytes.
    pub fn written(&mut self, now_ms: u64, link: LinkId, bytes: usize) {
        if let Some(state) = self.links.get_mut(&link) {
            state.handed_bytes = state.handed_bytes.saturating_sub(bytes);
            state.progress_ms = now_ms;
            self.ready.insert(link);
        }
    }

    /// The host ends a link, because of what the relay can't see.
    pub fn refuse(&mut self, link: LinkId, reason: Reason) {
        self.end(link, reason);
    }

    /// A link is gone, whoever ended it.
    pub fn closed(&mut self, link: LinkId) {
        self.leave(link);
        self.links.remove(&link);
        self.ready.remove(&link);
    }

    /// Time went by: ends links that are silent, or that take nothing.
    pub fn tick(&mut self, now_ms: u64) {
        let mut ends = Vec::new();
        for (link, state) in &self.links {
            let since = |then: u64| now_ms.saturating_sub(then);
            let greets = !matches!(state.stage, Stage::In(_));
            if state.is_ended() {
                continue;
            }
            if state.handed_bytes > 0 && since(state.progress_ms) > self.limits.stall_ms_max {
                ends.push((*link, Reason::TooSlow));
            } else if since(state.heard_ms) > self.limits.idle_ms_max
                || (greets && since(state.opened_ms) > GREETING_MS_MAX)
            {
                ends.push((*link, Reason::Idle));
            }
        }
        for (link, reason) in ends {
            self.end(link, reason);
        }
    }

    /// Ends all links. The host makes what is staged durable first.
    pub fn stop(&mut self) {
        let links: Vec<_> = self.links.keys().copied().collect();
        for link in links {
            self.end(link, Reason::Stopping);
        }
    }

    /// What is to be made durable, all or nothing; `None` when there is nothing, or while a batch
    /// is on its way.
    pub fn batch(&mut self) -> Option<Batch> {
        if self.flight.is_some() || self.staged.rooms.is_empty() {
            return None;
        }
        let mut staged = std::mem::take(&mut self.staged);
        let mut batch = std::mem::take(&mut staged.writes);
        let rooms = staged.rooms.iter();
        batch.extend(rooms.map(|(room, record)| Write::Room(*room, record.clone())));
        self.flight = Some(staged);
        Some(batch)
    }

    /// The batch is durable, or is not. When it is not, all links to the rooms that it was about
    /// end; their clients send again what was not acknowledged.
    pub fn committed(&mut self, kept: bool) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        if !kept {
            let staged = std::mem::take(&mut self.staged);
            let rooms: BTreeSet<_> = flight
                .rooms
                .into_keys()
                .chain(staged.rooms.into_keys())
                .collect();
            for room in rooms {
                // Taken out first, so that nothing more is staged from a record that is not kept.
                let links = self.rooms.remove(&room).map(|room| room.links);
                for link in links.unwrap_or_default().into_keys() {
                    self.end(link, Reason::Storage);
                }
            }
            return;
        }
        for (id, record) in flight.rooms {
            if let Some(room) = self.rooms.get_mut(&id) {
                room.shown = record;
                for link in room.links.keys() {
                    self.ready.insert(*link);
                }
            }
        }
        for (link, id, number) in flight.acknowledged {
            self.push(link, Tell::Appended { id, number });
        }
        for (room, link) in flight.rotated {
            self.finish_rotation(room, link);
        }
    }

    /// Whether so much waits for storage that nothing more is to be read from links.
    pub fn is_congested(&self) -> bool {
        self.staged.bytes > STAGED_BYTES_MAX
    }

    /// How long nothing is to be read from a link, because it said more than it may.
    pub fn pause_ms(&self, link: LinkId) -> u64 {
        let rate = self.limits.rate_bytes_s_max;
        self.links
            .get(&link)
            .map_or(0, |state| state.rate.pause_ms(rate))
    }

    /// The links that there may be something for, each once.
    pub fn ready(&mut self) -> Vec<LinkId> {
        std::mem::take(&mut self.ready).into_iter().collect()
    }

    /// How many links are open, and how many rooms somebody is in.
    pub fn counts(&self) -> (usize, usize) {
        (self.links.len(), self.rooms.len())
    }

    /// The bytes that wait in memory, for links and for storage.
    pub fn waiting_bytes(&self) -> usize {
        let queues = self.links.values().map(|link| link.queue.bytes());
        let flight = self.flight.as_ref().map_or(0, |flight| flight.bytes);
        queues.sum::<usize>() + self.staged.bytes + flight
    }

    /// Puts a message into a link's queue; a link whose queue is full ends.
    fn push(&mut self, link: LinkId, tell: Tell) {
        let Some(state) = self.links.get_mut(&link) else {
            return;
        };
        if state.is_ended() {
            return;
        }
        if state.queue.push(tell, self.limits.queue_bytes_max) {
            self.ready.insert(link);
        } else {
            self.end(link, Reason::TooSlow);
        }
    }

    /// Ends a link, with its reason as the last thing that it is told.
    fn end(&mut self, link: LinkId, reason: Reason) {
        self.leave(link);
        if let Some(state) = self.links.get_mut(&link)
            && !state.is_ended()
        {
            // Who made a new key is told that it is kept; others are told why they are out.
            if reason != Reason::Rotated {
                state.queue.clear();
            }
            state.stage = Stage::Ended(reason);
            self.ready.insert(link);
        }
    }

    /// Takes a link out of its room.
    fn leave(&mut self, link: LinkId) {
        let Some(state) = self.links.get_mut(&link) else {
            return;
        };
        let Stage::In(id) = state.stage else { return };
        state.stage = Stage::Left;
        let upload = state.upload.take();
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        room.links.remove(&link);
        if upload.is_some() {
            self.drop_upload(id);
        }
        let others = self.others(id, link);
        if others.is_empty() {
            self.rooms.remove(&id);
        }
        for other in others {
            if let Some(state) = self.links.get_mut(&other) {
                state.windows.remove(&link);
            }
            self.push(other, Tell::Left(link));
        }
    }

    fn others(&self, room: RoomId, link: LinkId) -> Vec<LinkId> {
        let links = self.rooms.get(&room).map(|room| room.links.keys());
        let links = links.into_iter().flatten().copied();
        links.filter(|other| *other != link).collect()
    }
}
