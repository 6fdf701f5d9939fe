//! Random histories of devices that exchange by mail alone. Each has tabs that talk to each other and share one cursor
//! and one place in the mailbox; the tab that carries the mail dies as any other, and the next one goes on from what was
//! kept. In the end all have read all, and are equal without ever having talked.

use crate::seeds::run_all;
use crate::words::{FOLDER, Word, files, note_sealed};
use crate::world::{Link, Replica, Rng, draft};
use selvage_sync::Mail;
use selvage_vfs::{Entry, Op, OriginKind};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

const STEPS: RangeInclusive<usize> = 100..=400;
const SEEDS: u64 = if cfg!(debug_assertions) { 80 } else { 2_000 };
const TABS_MAX: usize = 3;

/// What one device keeps of its mail, and survives the tab that carries it.
#[derive(Default)]
struct Kept {
    cursor: Vec<u8>,
    /// Letters that were read and have landed.
    read: usize,
    /// Parcels on their way to the mailbox.
    outbox: Vec<Vec<u8>>,
}

/// The tab that carries the mail.
struct Carrier {
    tab: usize,
    mail: Mail,
    read: usize,
}

#[derive(Default)]
struct Device {
    tabs: BTreeMap<usize, Replica>,
    /// What dead tabs left.
    left: Vec<Replica>,
    links: Vec<Link>,
    carrier: Option<Carrier>,
    kept: Kept,
}

impl Device {
    /// Who carries the mail, or any tab from now on; with what is kept of it, and with the tab itself.
    fn carrying(&mut self, rng: &mut Rng) -> (&mut Carrier, &mut Kept, &mut Replica) {
        let Self {
            tabs,
            carrier,
            kept,
            ..
        } = self;
        let carrier = carrier.get_or_insert_with(|| {
            let all: Vec<usize> = tabs.keys().copied().collect();
            Carrier {
                tab: *rng.pick(&all),
                mail: Mail::open(&kept.cursor).expect("its own cursor"),
                read: kept.read,
            }
        });
        let replica = tabs.get_mut(&carrier.tab).expect("a tab");
        (carrier, kept, replica)
    }
}

struct World {
    rng: Rng,
    devices: Vec<Device>,
    /// Every letter and the device that it is from, in the one order that all read them in.
    mailbox: Vec<(usize, Vec<u8>)>,
    words: Vec<Word>,
    next: usize,
    clock_ms: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Rng(seed);
        let count = 2 + rng.below(2);
        let mut world = Self {
            rng,
            devices: (0..count).map(|_| Device::default()).collect(),
            mailbox: Vec::new(),
            words: Vec::new(),
            next: 0,
            clock_ms: 1_000_000,
        };
        for device in 0..count {
            world.open_tab(device);
        }
        let start = [Op::write(format!("{FOLDER}/0.md"), "start\n")];
        let first = world.tab(0, 1);
        first
            .apply(OriginKind::System, "Start", &start)
            .expect("fits");
        world
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next
    }

    /// A new tab: with what a dead one left when there is no other, empty otherwise.
    fn open_tab(&mut self, at: usize) {
        let number = self.number();
        let device = &mut self.devices[at];
        let mut replica = match device.tabs.is_empty().then(|| device.left.pop()).flatten() {
            Some(left) => left,
            None => Replica::new(number as u8),
        };
        replica.open_as(number as u8);
        let others: Vec<usize> = device.tabs.keys().copied().collect();
        device.tabs.insert(number, replica);
        for other in others {
            let mut link = Link::new([number, other]);
            link.changed(0, device.tabs.get_mut(&number).expect("here"));
            device.links.push(link);
        }
        // Its first act is to bring back what others deleted meanwhile.
        if self.tab(at, number).workspace.has_orphans() {
            self.after(at, number, None);
        }
    }

    fn kill(&mut self, at: usize, tab: usize) {
        let device = &mut self.devices[at];
        device.links.retain(|link| !link.ends.contains(&tab));
        if device.carrier.as_ref().is_some_and(|it| it.tab == tab) {
            device.carrier = None;
        }
        device.left.extend(device.tabs.remove(&tab));
        if device.tabs.is_empty() {
            self.open_tab(at);
        }
    }

    /// A tab takes in what a dead one left.
    fn absorb(&mut self, at: usize, tab: usize) {
        let Some(mut left) = self.devices[at].left.pop() else {
            return;
        };
        let number = self.number();
        left.open_as(number as u8);
        let heir = self.tab(at, tab);
        let met = selvage_sync::meet(&mut heir.workspace, &mut left.workspace);
        assert_eq!(met.expect("storage works").stopped, None);
        self.after(at, tab, None);
    }

    fn tab(&mut self, at: usize, tab: usize) -> &mut Replica {
        let replica = self.devices[at].tabs.get_mut(&tab).expect("a tab");
        replica.clock_ms = self.clock_ms;
        replica
    }

    /// What a tab does after anything changed: brings files back, and tells the others of its device.
    fn after(&mut self, at: usize, tab: usize, but: Option<usize>) {
        if self.tab(at, tab).workspace.has_orphans() {
            if self.rng.below(4) == 0 {
                return self.kill(at, tab);
            }
            self.seal(at, tab);
        }
        let Device { links, tabs, .. } = &mut self.devices[at];
        let replica = tabs.get_mut(&tab).expect("a tab");
        for (place, link) in links.iter_mut().enumerate() {
            for side in 0..2 {
                if link.ends[side] == tab && Some(place) != but {
                    link.changed(side, replica);
                }
            }
        }
    }

    fn seal(&mut self, at: usize, tab: usize) {
        let replica = self.tab(at, tab);
        let heads = replica.try_seal().expect("seals");
        note_sealed(&mut self.words, &self.devices[at].tabs[&tab], &heads);
    }

    /// Delivers a frame between two tabs.
    fn deliver(&mut self, at: usize) {
        let Device { links, tabs, .. } = &mut self.devices[at];
        if links.is_empty() {
            return;
        }
        let (place, side) = (self.rng.below(links.len()), self.rng.below(2));
        let tab = links[place].ends[side];
        if links[place].deliver(side, tabs.get_mut(&tab).expect("a tab")) {
            self.after(at, tab, Some(place));
        }
    }

    /// Leaves what is new.
    fn leave(&mut self, at: usize) -> bool {
        let (carrier, kept, replica) = self.devices[at].carrying(&mut self.rng);
        let tab = carrier.tab;
        let reply = carrier.mail.look_again(&mut replica.workspace);
        if reply.expect("storage works").changed {
            self.after(at, tab, None);
            return true;
        }
        let parcel = carrier.mail.next(&replica.workspace);
        let Some(parcel) = parcel.expect("reads") else {
            return false;
        };
        kept.outbox.push(parcel.bytes);
        if let Some(cursor) = parcel.cursor {
            kept.cursor = cursor;
        }
        true
    }

    /// A parcel reaches the mailbox.
    fn send(&mut self, at: usize) -> bool {
        let outbox = &mut self.devices[at].kept.outbox;
        if outbox.is_empty() {
            return false;
        }
        let letter = outbox.remove(0);
        self.mailbox.push((at, letter));
        true
    }

    /// Reads the next letter of another device.
    fn read(&mut self, at: usize) -> bool {
        let (carrier, kept, replica) = self.devices[at].carrying(&mut self.rng);
        let Some((from, letter)) = self.mailbox.get(carrier.read) else {
            return false;
        };
        carrier.read += 1;
        if *from == at {
            return true;
        }
        let tab = carrier.tab;
        replica.clock_ms = self.clock_ms;
        let taken = carrier.mail.take(&mut replica.workspace, letter);
        let (reply, reason) = taken.expect("storage works");
        assert_eq!(reason, None);
        if carrier.mail.is_whole() {
            kept.read = carrier.read;
            kept.cursor = carrier.mail.cursor();
        }
        if reply.changed {
            self.after(at, tab, None);
        }
        true
    }

    fn step(&mut self, number: usize) {
        self.clock_ms += self.rng.next() % 400;
        let at = self.rng.below(self.devices.len());
        let all: Vec<usize> = self.devices[at].tabs.keys().copied().collect();
        let tab = *self.rng.pick(&all);
        match self.rng.below(100) {
            0..=29 => self.act(at, tab, number),
            30..=34 => {
                self.seal(at, tab);
                self.after(at, tab, None);
            }
            35..=54 => self.deliver(at),
            55..=66 => drop(self.leave(at)),
            67..=76 => drop(self.send(at)),
            77..=90 => drop(self.read(at)),
            91..=93 => self.kill(at, tab),
            94..=96 => self.absorb(at, tab),
            97..=98 if all.len() < TABS_MAX => self.open_tab(at),
            _ => self.devices[at].carrier = None,
        }
    }

    /// Types, writes over, moves and deletes, as the engine does it: what is typed is sealed before something else takes
    /// its place.
    fn act(&mut self, at: usize, tab: usize, number: usize) {
        let what = self.rng.below(10);
        let fresh = format!("{FOLDER}/{}.md", self.rng.below(3));
        let word = format!("word {at} {tab} {number}\n");
        let replica = self.tab(at, tab);
        let known: Vec<Entry> = files(replica.workspace.list("", true).expect("lists")).collect();
        let path = match known.is_empty() {
            true => fresh.clone(),
            false => self.rng.pick(&known).path.clone(),
        };
        let is_typing = !known.is_empty() && what >= 4;
        if known.iter().any(|known| known.draft) && !is_typing {
            self.seal(at, tab);
        }
        let replica = self.tab(at, tab);
        let op = match what {
            _ if known.is_empty() => Op::write(path, format!("start {number}\n")),
            0 => Op::Remove { path },
            1 | 2 => Op::write(path, format!("over {number}\n")),
            3 => Op::Move {
                from: path,
                to: fresh,
            },
            _ => draft(&path, &(replica.text(&path) + &word)),
        };
        let done = replica.apply(OriginKind::Person, "Step", &[op]);
        if done.is_ok() && is_typing {
            self.words.push(Word::new(word));
        }
        self.after(at, tab, None);
    }

    /// All tabs hear each other out, all that dead tabs left is taken in, and all mail is read.
    fn settle(&mut self) {
        for _ in 0..20_000 {
            let mut is_done = true;
            for at in 0..self.devices.len() {
                let tab = *self.devices[at].tabs.keys().next().expect("a tab");
                while !self.devices[at].left.is_empty() && self.devices[at].tabs.contains_key(&tab)
                {
                    self.absorb(at, tab);
                    is_done = false;
                }
                while self.devices[at].links.iter().any(|link| !link.is_quiet()) {
                    self.deliver(at);
                    is_done = false;
                }
                while self.leave(at) || self.send(at) || self.read(at) {
                    is_done = false;
                }
            }
            if is_done {
                return;
            }
        }
        panic!("the devices never fall silent");
    }

    fn check(&self) {
        for device in &self.devices {
            let carrier = device.carrier.as_ref().expect("one");
            assert!(carrier.mail.is_whole(), "something waits for ever");
        }
        let all = || self.devices.iter().flat_map(|device| device.tabs.values());
        let digest = |replica: &Replica| replica.workspace.digest().expect("reads");
        let first = all().next().expect("one");
        for replica in all() {
            assert_eq!(digest(first), digest(replica), "not equal");
        }
        for word in &self.words {
            assert!(word.is_in(first), "{word:?} is lost");
        }
    }
}

fn run(seed: u64) -> usize {
    let mut world = World::new(seed);
    for number in 0..world.rng.within(STEPS) {
        world.step(number);
    }
    world.settle();
    world.check();
    world.words.len()
}

#[test]
fn devices_that_only_write_letters_become_equal_and_lose_nothing() {
    let (seeds, words) = run_all(SEEDS, run);
    println!("{seeds} seeds: {words} words");
    assert!(words > seeds);
}
