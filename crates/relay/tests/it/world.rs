//! One relay with its storage, and clients that are linked to it in memory.

use selvage_relay::client::{Client, Event, Output, Profile};
use selvage_relay::relay::{Outgoing, Relay};
use selvage_relay::{
    AccessKey, DeviceId, LetterId, Life, Limits, LinkId, MemoryStore, Nonce, Reason, RoomId,
};
use std::collections::BTreeMap;

pub const AUDIENCE: &str = "relay.example:8080";
pub const ROOM: RoomId = RoomId([7; 32]);

/// Splitmix64: seeds that differ by one give unlike numbers.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// The seeds of a test: so many from 0 on, unless it is said otherwise from outside.
#[allow(
    clippy::disallowed_methods,
    reason = "how many seeds is said from outside"
)]
pub fn seeds(count: u64) -> std::ops::Range<u64> {
    let number = |name| std::env::var(name).ok()?.parse().ok();
    let from = number("SELVAGE_SEED").unwrap_or(0);
    from..from + number("SELVAGE_SEEDS").unwrap_or(count)
}

pub fn access(secret: u8) -> AccessKey {
    AccessKey::from_secret(&[secret; 32])
}

pub fn profile(device: u8, secret: u8) -> Profile {
    Profile {
        audience: AUDIENCE.to_owned(),
        room: ROOM,
        device: DeviceId([device; 32]),
        access: access(secret),
    }
}

pub fn letter(number: u64) -> LetterId {
    let mut id = [0; 16];
    // In the order of the numbers.
    id[..8].copy_from_slice(&number.to_be_bytes());
    LetterId(id)
}

/// A relay whose storage does at once what it is told, and whose links lose nothing.
pub struct World {
    pub now_ms: u64,
    pub relay: Relay,
    pub store: MemoryStore,
    pub clients: Vec<Client>,
    pub events: Vec<Vec<Event>>,
    /// Which client a link is of.
    links: BTreeMap<LinkId, usize>,
    /// Clients that take nothing from their sockets.
    pub stuck: Vec<bool>,
    next_link: u64,
}

impl World {
    pub fn new(limits: Limits, keeps: bool) -> Self {
        Self {
            now_ms: 0,
            relay: Relay::new(limits, keeps),
            store: MemoryStore::default(),
            clients: Vec::new(),
            events: Vec::new(),
            links: BTreeMap::new(),
            stuck: Vec::new(),
            next_link: 0,
        }
    }

    /// A client that dials at once.
    pub fn client(&mut self, device: u8, secret: u8) -> usize {
        self.join(Client::new(profile(device, secret), None).expect("short"))
    }

    pub fn join(&mut self, client: Client) -> usize {
        self.clients.push(client);
        self.events.push(Vec::new());
        self.stuck.push(false);
        let at = self.clients.len() - 1;
        self.run();
        at
    }

    pub fn link_of(&self, client: usize) -> LinkId {
        let link = self.links.iter().find(|(_, of)| **of == client);
        *link.expect("linked").0
    }

    /// Breaks a client's link.
    pub fn cut(&mut self, client: usize) {
        let link = self.link_of(client);
        self.relay.closed(link);
        self.links.remove(&link);
        self.clients[client].closed(self.now_ms, None, 0);
    }

    /// The relay's program ends, and another one begins on the same storage.
    pub fn restart(&mut self, limits: Limits, keeps: bool) {
        self.relay = Relay::new(limits, keeps);
        for (_, client) in std::mem::take(&mut self.links) {
            self.clients[client].closed(self.now_ms, None, 0);
        }
    }

    pub fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        self.relay.tick(self.now_ms);
        self.run();
    }

    /// Until nothing moves.
    pub fn run(&mut self) {
        let mut moves = true;
        while moves {
            moves = false;
            for at in 0..self.clients.len() {
                self.clients[at].tick(self.now_ms);
                while let Some(output) = self.clients[at].poll(self.now_ms) {
                    moves = true;
                    self.perform(at, output);
                }
            }
            if let Some(batch) = self.relay.batch() {
                self.store.commit(&batch);
                self.relay.committed(true);
                moves = true;
            }
            for link in self.relay.ready() {
                moves |= self.pump(link);
            }
        }
    }

    fn perform(&mut self, at: usize, output: Output) {
        match output {
            Output::Dial => {
                self.next_link += 1;
                let link = LinkId(self.next_link);
                let [nonce, life] = [self.next_link as u8; 2];
                self.links.insert(link, at);
                self.relay.opened(
                    self.now_ms,
                    link,
                    AUDIENCE,
                    Nonce([nonce; 32]),
                    Life([life; 16]),
                );
                self.clients[at].opened(self.now_ms);
            }
            Output::Write(bytes) => {
                let link = self.link_of(at);
                let (now_ms, store) = (self.now_ms, &self.store);
                self.relay.received(now_ms, store, link, &bytes);
                // A client that is paused is not read from; here its time goes by.
                self.now_ms += self.relay.pause_ms(link);
            }
            Output::HangUp(_) => self.cut(at),
            Output::Event(event) => self.events[at].push(event),
        }
    }

    fn pump(&mut self, link: LinkId) -> bool {
        let mut moves = false;
        let Some(at) = self.links.get(&link).copied() else {
            return false;
        };
        while let Some(out) = self.relay.take(self.now_ms, &self.store, link) {
            moves = true;
            match out {
                Outgoing::Message(_) if self.stuck[at] => {}
                Outgoing::Message(bytes) => {
                    self.clients[at].received(self.now_ms, &bytes);
                    self.relay.written(self.now_ms, link, bytes.len());
                }
                Outgoing::Close(reason) => {
                    self.relay.closed(link);
                    self.links.remove(&link);
                    self.clients[at].closed(self.now_ms, Some(reason), 0);
                }
            }
        }
        moves
    }

    pub fn reasons(&self, client: usize) -> Vec<Reason> {
        let events = self.events[client].iter();
        let reasons = events.filter_map(|event| match event {
            Event::Closed { reason, .. } => *reason,
            _ => None,
        });
        reasons.collect()
    }

    /// The letters that a client got, by number.
    pub fn letters(&self, client: usize) -> Vec<(u64, Vec<u8>)> {
        let events = self.events[client].iter();
        let letters = events.filter_map(|event| match event {
            Event::Letter { number, bytes, .. } => Some((*number, bytes.clone())),
            _ => None,
        });
        letters.collect()
    }

    pub fn summaries(&self, client: usize) -> Vec<u8> {
        let events = self.events[client].iter();
        let parts = events.filter_map(|event| match event {
            Event::SummaryPart(bytes) => Some(bytes.clone()),
            _ => None,
        });
        parts.flatten().collect()
    }
}
