//! Random histories of devices that write, go away, crash and take each other out, and of those that
//! were taken out and do in the rooms that they know what they can.
//!
//! A failing seed is printed; `SELVAGE_SEEDS` runs more of them, `SELVAGE_SEED` says from where on.

use crate::moving::wait;
use crate::thief::{Intruder, sealed, steal};
use crate::world::{World, random};
use selvage_courier::{Act, LinkState, RoleName};
use selvage_relay::client::Event;
use selvage_trust::{Kind, Purpose, Seat};
use std::collections::BTreeSet;

const SEEDS: u64 = 40;
const STEPS: usize = 60;

struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// What happened, so that a run that does nothing does not pass for one that holds.
#[derive(Debug, Default)]
struct Work {
    items: usize,
    removals: usize,
    moves: usize,
    crashes: usize,
    overwritten: usize,
    left: usize,
    filled: usize,
}

struct Story {
    world: World,
    rng: Rng,
    members: Vec<usize>,
    removers: BTreeSet<usize>,
    thieves: Vec<Seat>,
    /// What members wrote that were never taken out.
    written: Vec<(usize, Vec<u8>)>,
    items: usize,
}

#[expect(
    clippy::disallowed_methods,
    reason = "how many seeds is said from outside"
)]
fn seeds() -> std::ops::Range<u64> {
    let number = |name| std::env::var(name).ok()?.parse().ok();
    let from = number("SELVAGE_SEED").unwrap_or(0);
    from..from + number("SELVAGE_SEEDS").unwrap_or(SEEDS)
}

#[test]
fn whoever_stays_comes_together_where_nobody_else_can_enter() {
    let mut work = Work::default();
    let seeds = seeds();
    let histories = seeds.end - seeds.start;
    let mut failed = Vec::new();
    for seed in seeds {
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            Story::new(seed).run(&mut work);
        }));
        if told.is_err() {
            eprintln!("seed {seed} failed");
            failed.push(seed);
        }
    }
    assert_eq!(failed, [0; 0], "seeds that failed");
    println!("{} histories: {work:?}", histories);
    let Work {
        items,
        removals,
        moves,
        crashes,
        overwritten,
        left,
        filled,
    } = work;
    for (count, least) in [
        (items, 8),
        (removals, 1),
        (moves, 1),
        (crashes, 2),
        (overwritten, 1),
        (left, 1),
    ] {
        assert!(count as u64 >= least * (histories), "{count} {least}");
    }
    assert!(filled > 0 || histories < SEEDS);
}

impl Story {
    fn new(seed: u64) -> Self {
        let mut world = World::new();
        world.mails_all = true;
        let mut rng = Rng(seed);
        if rng.below(3) == 0 {
            let limits = selvage_relay::Limits {
                room_bytes_max: 3 * 1024 * 1024,
                ..selvage_relay::Limits::default()
            };
            world.offline(0);
            world.relay = selvage_relay::Relay::new(limits, true);
            world.online(0);
        }
        let mut members = vec![0];
        for at in 0..2 + rng.below(3) as u64 {
            let role = if rng.below(3) == 0 {
                RoleName::Owner
            } else {
                RoleName::Editor
            };
            world.history = rng.below(2) == 0;
            members.push(world.pair(role, 2 + at));
        }
        Self {
            world,
            rng,
            members,
            removers: BTreeSet::new(),
            thieves: Vec::new(),
            written: Vec::new(),
            items: 0,
        }
    }

    fn run(mut self, work: &mut Work) {
        for _ in 0..STEPS {
            self.step(work);
            for _ in 0..self.rng.below(12) {
                self.world.run_once();
            }
        }
        self.end(work);
    }

    fn someone(&mut self) -> usize {
        self.members[self.rng.below(self.members.len())]
    }

    fn step(&mut self, work: &mut Work) {
        let at = self.someone();
        match self.rng.below(16) {
            0..=4 => {
                self.items += 1;
                let len =
                    [8, 8, 8, 150 * 1024][self.rng.below(4) * usize::from(self.rng.below(4) == 0)];
                let mut item = format!("item {} of {at} ", self.items).into_bytes();
                item.resize(item.len() + len, b'.');
                self.world.write(at, item.clone());
                self.written.push((at, item));
                work.items += 1;
            }
            5 | 6 if self.world.devices[at].is_online => self.world.offline(at),
            5..=7 => self.world.online(at),
            8 | 9 => {
                for _ in 0..self.rng.below(30) {
                    self.world.step(at);
                }
                self.world.restart(at);
                work.crashes += 1;
            }
            10 => self.world.now_ms += 1_000 * self.rng.below(40) as u64,
            11 if self.members.len() > 2 => self.remove(at, work),
            _ => self.harm(work),
        }
    }

    /// An owner takes another device out, with all that it has.
    fn remove(&mut self, at: usize, work: &mut Work) {
        let others = self
            .members
            .iter()
            .filter(|other| **other != at && **other != 0);
        // One that took out another one is not taken out: the log could void what it did at the same time.
        let others = others.filter(|other| !self.removers.contains(other));
        let others: Vec<_> = others.copied().collect();
        if others.is_empty() {
            return;
        }
        let victim = others[self.rng.below(others.len())];
        let device = self.world.id(victim);
        let now_ms = self.world.now_ms;
        let done = self.world.devices[at]
            .courier
            .act(Act::Revoke { device }, now_ms);
        if done.is_err() {
            return;
        }
        work.removals += 1;
        self.removers.insert(at);
        self.world.offline(victim);
        self.members.retain(|member| *member != victim);
        self.written.retain(|(by, _)| *by != victim);
        self.thieves.push(steal(&self.world.devices[victim].kept));
    }

    /// A removed device goes into a room that it knows.
    fn harm(&mut self, work: &mut Work) {
        if self.thieves.is_empty() {
            return;
        }
        let which = self.rng.below(self.thieves.len());
        let mut seat = self.thieves.swap_remove(which);
        let epochs: Vec<_> = seat
            .members()
            .since(&[])
            .map(selvage_trust::Op::id)
            .collect();
        let room = self.rng.below(epochs.len());
        let world = &mut self.world;
        let followed = Intruder::follow(world, &seat, epochs[room]);
        let mut intruder = followed.unwrap_or_else(|| Intruder::enter(world, &seat));
        let seen = intruder.letters();
        for letter in &seen {
            if let Ok(op) = seat.decrypt(Purpose::Roster, letter) {
                seat.receive([&op[..]]);
            }
        }
        match self.rng.below(4) {
            0 => work.overwritten += usize::from(intruder.overwrite(world, &[0; 40])),
            // All that it saw, once more, in an order of its own.
            1 if !seen.is_empty() => {
                let from = self.rng.below(seen.len());
                let again = [&seen[from..], &seen[..from]].concat();
                intruder.append(world, &again[..again.len().min(20)]);
                work.left += 1;
            }
            2 => {
                let signed = seat.sign(Kind::Change, b"by a thief");
                let letter = signed.map(|envelope| sealed(&seat, self.items as u8, &envelope));
                let to = epochs[self.rng.below(epochs.len())];
                let own = seat.derive_of(to, "relay meeting").unwrap_or_default();
                let plain = [&[4][..], &*seat.derive("relay room"), &to.0, &own[..]].concat();
                let made_up = seat.encrypt(Purpose::Stored, &plain, &mut random(9));
                let letters: Vec<_> = letter.into_iter().chain(made_up).collect();
                intruder.append(world, &letters);
                work.left += 1;
            }
            _ => {
                intruder.append(world, &vec![vec![9; 100 * 1024]; 40]);
                let is_refused = |event: &&Event| matches!(event, Event::Refused { .. });
                work.filled += intruder.events.iter().filter(is_refused).count();
            }
        }
        intruder.go_away(world);
        self.thieves.push(seat);
    }

    fn end(mut self, work: &mut Work) {
        for &at in &self.members {
            self.world.restart(at);
            self.world.online(at);
        }
        for _ in 0..5 {
            wait(&mut self.world);
        }
        // Those that were in the dark were found by whoever starts.
        for &at in &self.members {
            self.world.restart(at);
        }
        for _ in 0..8 {
            wait(&mut self.world);
        }
        let world = &mut self.world;
        let all = world.devices[0].contents.clone();
        for &at in &self.members {
            let state = world.state(at);
            assert_eq!(state.problem, None, "{at}");
            assert_eq!((state.pending, state.link), (0, LinkState::Open), "{at}");
            assert!(!world.codes(at).contains(&"FORKED"), "{at}");
            let online = state.members.iter().filter(|member| member.online);
            assert_eq!(online.count(), self.members.len(), "{at}");
            let lacks =
                |item: &Vec<u8>| String::from_utf8_lossy(&item[..item.len().min(16)]).into_owned();
            let here = &world.devices[at].contents;
            let differs: BTreeSet<_> = all.symmetric_difference(here).map(lacks).collect();
            assert_eq!(differs, BTreeSet::new(), "{at}");
        }
        for (by, item) in &self.written {
            let name = String::from_utf8_lossy(&item[..item.len().min(16)]);
            assert!(all.contains(item), "{by} {name}");
        }
        // Wherever a removed device can go, nobody is.
        let log = steal(&world.devices[0].kept);
        for mut seat in self.thieves {
            for op in log.members().since(&[]) {
                seat.receive([op.bytes()]);
            }
            let intruder = Intruder::enter(world, &seat);
            assert_eq!(intruder.client.peers().count(), 0);
            intruder.go_away(world);
            for op in log.members().since(&[]) {
                let Some(intruder) = Intruder::follow(world, &seat, op.id()) else {
                    continue;
                };
                assert_eq!(intruder.client.peers().count(), 0);
                intruder.go_away(world);
            }
            work.moves += 1;
        }
    }
}
