//! Random histories of devices and one relay: messages wait, links break at any message and are
//! noticed late on one side, batches fail or arrive without anybody hearing of it, and programs
//! at both ends crash. A failing seed is printed; `SELVAGE_SEEDS` runs more of them,
//! `SELVAGE_SEED` says from where on.

mod ending;
mod hosts;

use crate::world::{Rng, letter, profile, seeds};
use selvage_relay::client::{Client, Place};
use selvage_relay::limits::{LETTER_COST_BYTES, QUEUE_BYTES_MAX, STAGED_BYTES_MAX};
use selvage_relay::relay::Relay;
use selvage_relay::store::Batch;
use selvage_relay::{LetterId, Limits, LinkId, MemoryStore, RelayError};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const STEPS: usize = 600;

#[derive(Debug, Default)]
struct Counts {
    acknowledged: usize,
    again: usize,
    summaries: usize,
    taken_over: usize,
    frames: usize,
    broken: usize,
    crashes: usize,
    failed: usize,
}

/// A device: what it keeps through a crash, and its running program.
struct Device {
    at: u8,
    client: Client,
    link: Option<LinkId>,
    /// Kept: its place, what it knows, and what was not acknowledged yet.
    place: Option<Place>,
    known: BTreeSet<LetterId>,
    unacknowledged: BTreeMap<LetterId, Vec<u8>>,
    /// The numbers that it was told to pass on this link.
    passed: BTreeSet<u64>,
    /// All letters that it wrote, in order.
    wrote: Vec<LetterId>,
    /// What it got by number, in this life of its program.
    summary: Option<Vec<u8>>,
    /// The next frame that it sends to a link, and expects of one.
    sends: BTreeMap<LinkId, u64>,
    expects: BTreeMap<LinkId, u64>,
}

/// One link: what is under way.
#[derive(Default)]
struct Wire {
    to_relay: VecDeque<Vec<u8>>,
    to_device: VecDeque<Vec<u8>>,
    closed: Option<selvage_relay::Reason>,
    /// The device has given it up, and the relay has not heard of it.
    abandoned: bool,
}

struct World {
    rng: Rng,
    /// How often links break and programs crash, when it is their turn.
    trouble_percent: usize,
    now_ms: u64,
    limits: Limits,
    relay: Relay,
    store: MemoryStore,
    /// A batch that was begun, and whether the storage has it.
    flight: Option<(Batch, bool)>,
    devices: Vec<Device>,
    wires: BTreeMap<LinkId, Wire>,
    links: u64,
    letters: u64,
    numbers: BTreeMap<u64, LetterId>,
    acknowledged: BTreeSet<LetterId>,
    counts: Counts,
}

fn ids(letters: &BTreeSet<LetterId>) -> Vec<u8> {
    letters.iter().flat_map(|id| id.0).collect()
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Rng(seed);
        let mut limits = Limits::default();
        if rng.chance(50) {
            limits.room_bytes_max = 40 * (LETTER_COST_BYTES + 50);
        }
        let devices = (1..=2 + rng.below(3) as u8).map(|at| Device {
            at,
            client: Client::new(profile(at, 9), None).expect("short"),
            link: None,
            place: None,
            known: BTreeSet::new(),
            unacknowledged: BTreeMap::new(),
            passed: BTreeSet::new(),
            wrote: Vec::new(),
            summary: None,
            sends: BTreeMap::new(),
            expects: BTreeMap::new(),
        });
        Self {
            now_ms: 0,
            relay: Relay::new(limits.clone(), true),
            limits,
            store: MemoryStore::default(),
            flight: None,
            devices: devices.collect(),
            wires: BTreeMap::new(),
            links: 0,
            letters: 0,
            numbers: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            counts: Counts::default(),
            trouble_percent: 5 + rng.below(60),
            rng,
        }
    }

    fn step(&mut self) {
        let at = self.rng.below(self.devices.len());
        match self.rng.below(100) {
            0..=14 => self.append(at),
            15..=22 => self.send(at),
            23 => self.summarize(at),
            24..=44 => (0..=self.rng.below(8)).for_each(|_| self.deliver_to_relay(at)),
            45..=64 => (0..=self.rng.below(8)).for_each(|_| self.deliver_to_device(at)),
            65..=74 => self.begin_batch(),
            75..=84 => self.end_batch(),
            85..=92 => {
                self.now_ms += self.rng.next() % 2000;
                self.relay.tick(self.now_ms);
                self.devices[at].client.tick(self.now_ms);
            }
            93..=94 if self.rng.chance(self.trouble_percent) => self.break_link(at),
            95 => self.notice(),
            96 if self.rng.chance(self.trouble_percent) => self.crash_device(at),
            97 if self.rng.chance(self.trouble_percent) => self.crash_relay(),
            _ => {}
        }
        self.pump();
        for at in 0..self.devices.len() {
            self.poll(at);
        }
        let links = self.wires.len().max(1);
        let bound = links * QUEUE_BYTES_MAX + 2 * STAGED_BYTES_MAX;
        assert!(self.relay.waiting_bytes() <= bound);
    }

    fn append(&mut self, at: usize) {
        self.letters += 1;
        let id = letter(self.letters);
        let bytes = vec![self.letters as u8; self.rng.below(100)];
        let device = &mut self.devices[at];
        device.client.append(id, bytes.clone()).expect("fits");
        device.known.insert(id);
        device.wrote.push(id);
        device.unacknowledged.insert(id, bytes);
    }

    fn summarize(&mut self, at: usize) {
        let device = &mut self.devices[at];
        let Some(place) = device.client.place().filter(|place| place.number > 0) else {
            return;
        };
        self.letters += 1;
        let mut bytes = ids(&device.known);
        // Some have several parts.
        bytes.resize(bytes.len() + 16 * self.rng.below(9000), 0);
        let summary = device
            .client
            .summarize(letter(self.letters), place.number, bytes);
        assert!(matches!(summary, Ok(()) | Err(RelayError::OutboxFull)));
    }

    fn send(&mut self, at: usize) {
        let device = &mut self.devices[at];
        let peers: Vec<_> = device.client.peers().collect();
        if peers.is_empty() {
            return;
        }
        let (link, _) = peers[self.rng.below(peers.len())];
        let next = device.sends.entry(link).or_default();
        let bytes = next.to_le_bytes().to_vec();
        if device.client.send(self.now_ms, link, bytes).is_ok() {
            *next += 1;
        }
    }

    fn deliver_to_relay(&mut self, at: usize) {
        let Some(link) = self.devices[at].link else {
            return;
        };
        let wire = self.wires.get_mut(&link).expect("linked");
        if let Some(bytes) = wire.to_relay.pop_front() {
            self.relay.received(self.now_ms, &self.store, link, &bytes);
        }
    }

    fn deliver_to_device(&mut self, at: usize) {
        let Some(link) = self.devices[at].link else {
            return;
        };
        let wire = self.wires.get_mut(&link).expect("linked");
        if let Some(bytes) = wire.to_device.pop_front() {
            self.devices[at].client.received(self.now_ms, &bytes);
            self.relay.written(self.now_ms, link, bytes.len());
        } else if let Some(reason) = wire.closed {
            self.wires.remove(&link);
            self.unlink(at, Some(reason));
        }
    }

    fn unlink(&mut self, at: usize, reason: Option<selvage_relay::Reason>) {
        let random = self.rng.next();
        let device = &mut self.devices[at];
        device.link = None;
        device.sends.clear();
        device.client.closed(self.now_ms, reason, random);
    }

    fn begin_batch(&mut self) {
        if let Some(batch) = self.relay.batch() {
            assert!(self.flight.is_none(), "one at a time");
            self.flight = Some((batch, false));
        }
    }

    /// The storage has the batch, and later says so; or it fails, before or after that.
    fn end_batch(&mut self) {
        let fails = self.rng.chance(4);
        let Some((batch, is_kept)) = &mut self.flight else {
            return;
        };
        if !*is_kept && !(fails && self.rng.chance(50)) {
            self.store.commit(batch);
            *is_kept = true;
            if !fails && self.rng.chance(50) {
                return;
            }
        }
        self.counts.failed += usize::from(fails);
        self.flight = None;
        self.relay.committed(!fails);
    }

    fn break_link(&mut self, at: usize) {
        let Some(link) = self.devices[at].link else {
            return;
        };
        self.counts.broken += 1;
        self.unlink(at, None);
        let wire = self.wires.get_mut(&link).expect("linked");
        wire.abandoned = true;
        if self.rng.chance(60) {
            self.relay.closed(link);
            self.wires.remove(&link);
        }
    }

    /// The relay hears of a link that is gone.
    fn notice(&mut self) {
        let wires = self.wires.iter();
        let gone = wires
            .filter(|(_, wire)| wire.abandoned)
            .map(|(link, _)| *link);
        if let Some(link) = gone.min() {
            self.relay.closed(link);
            self.wires.remove(&link);
        }
    }

    fn crash_relay(&mut self) {
        self.counts.crashes += 1;
        if let Some((batch, is_kept)) = self.flight.take()
            && !is_kept
            && self.rng.chance(50)
        {
            self.store.commit(&batch);
        }
        self.relay = Relay::new(self.limits.clone(), true);
        self.wires.clear();
        for at in 0..self.devices.len() {
            if self.devices[at].link.is_some() {
                self.unlink(at, None);
            }
        }
    }

    /// A device's program begins again from what it kept.
    fn crash_device(&mut self, at: usize) {
        self.counts.crashes += 1;
        if let Some(link) = self.devices[at].link.take() {
            self.wires.get_mut(&link).expect("linked").abandoned = true;
        }
        let device = &mut self.devices[at];
        let profile = profile(device.at, 9);
        device.client = Client::new(profile, device.place).expect("short");
        device.sends.clear();
        device.expects.clear();
        device.summary = None;
        for (id, bytes) in &device.unacknowledged {
            device.client.append(*id, bytes.clone()).expect("fits");
            self.counts.again += 1;
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled() {
    let seeds = seeds(400);
    let count = seeds.end - seeds.start;
    let mut sum = Counts::default();
    for seed in seeds {
        let run = std::panic::catch_unwind(|| {
            let mut world = World::new(seed);
            for _ in 0..STEPS {
                world.step();
            }
            world.settle();
            world.check();
            world.counts
        });
        let counts = run.unwrap_or_else(|error| {
            eprintln!("seed {seed}: SELVAGE_SEED={seed} SELVAGE_SEEDS=1");
            std::panic::resume_unwind(error)
        });
        sum.acknowledged += counts.acknowledged;
        sum.again += counts.again;
        sum.summaries += counts.summaries;
        sum.taken_over += counts.taken_over;
        sum.frames += counts.frames;
        sum.broken += counts.broken;
        sum.crashes += counts.crashes;
        sum.failed += counts.failed;
    }
    println!("{count} seeds: {sum:?}");
    let Counts {
        acknowledged,
        again,
        summaries,
        taken_over,
        frames,
        broken,
        crashes,
        failed,
    } = sum;
    for done in [
        acknowledged,
        again,
        summaries,
        taken_over,
        frames,
        broken,
        crashes,
        failed,
    ] {
        assert!(
            done > 0 || count < 100,
            "the runs did no real work: {sum:?}"
        );
    }
}
