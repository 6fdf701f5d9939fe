//! Random histories of replicas over links that delay, break, double and part; replicas crash and
//! open again. A failing seed is printed; `SELVAGE_SEEDS` runs more of them, `SELVAGE_SEED` says
//! from where on. Every core takes a share of the seeds; an optimised build runs many more of them.

use crate::world::{Link, Replica, Rng, draft, talk};
use selvage_vfs::{Op, OriginKind};
use std::collections::BTreeSet;
use std::ops::AddAssign;

const STEPS: usize = 260;
const SEEDS: u64 = if cfg!(debug_assertions) { 60 } else { 5_000 };

/// What was done: a run that does nothing proves nothing.
#[derive(Debug, Default)]
struct Counts {
    changes: usize,
    drafts: usize,
    units: usize,
    frames: usize,
    /// Links that broke with frames on the way.
    broken: usize,
    crashes: usize,
    /// Frames that left something waiting.
    waits: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.changes += other.changes;
        self.drafts += other.drafts;
        self.units += other.units;
        self.frames += other.frames;
        self.broken += other.broken;
        self.crashes += other.crashes;
        self.waits += other.waits;
    }
}

struct World {
    rng: Rng,
    replicas: Vec<Replica>,
    links: Vec<Link>,
    /// Pairs that can't reach each other now.
    parted: BTreeSet<[usize; 2]>,
    acknowledged: Vec<String>,
    typed: Vec<(String, String)>,
    counts: Counts,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = Rng(seed);
        let count = 2 + rng.below(3);
        let mut replicas: Vec<Replica> = (1..=count as u8).map(Replica::new).collect();
        let first = &mut replicas[0];
        let start = [
            Op::write("typed/0.md", "start\n"),
            Op::write("typed/1.md", "start\n"),
            Op::write("unit/text.md", "start\n"),
            Op::write("unit/a.bin", [0u8, 0]),
            Op::write("unit/b.bin", [0u8, 0]),
        ];
        let system = OriginKind::System;
        first.apply(system, "Start", &start).expect("fits");
        let typing = [draft("unit/text.md", "start\nlive\n")];
        first.apply(system, "Type", &typing).expect("fits");
        first.seal();
        Self {
            rng,
            replicas,
            links: Vec::new(),
            parted: BTreeSet::new(),
            acknowledged: Vec::new(),
            typed: Vec::new(),
            counts: Counts::default(),
        }
    }

    fn step(&mut self, number: usize) {
        let who = self.rng.below(self.replicas.len());
        match self.rng.below(100) {
            0..=14 => self.act(who, number),
            15..=19 => self.type_at(who, number),
            20..=24 => self.unit(who, number),
            25..=26 => self.replicas[who].seal(),
            27..=30 => self.connect(),
            31..=32 => self.disconnect(),
            33 => self.crash(who),
            34 => self.part(),
            _ => return self.deliver(),
        }
        self.tell(who, None);
        self.check(who);
    }

    fn act(&mut self, who: usize, number: usize) {
        let entries = self.replicas[who].workspace.list("", true).expect("lists");
        let paths = entries.into_iter().map(|entry| entry.path);
        let known: Vec<String> = paths
            .filter(|path| !path.starts_with("unit") && !path.starts_with("typed"))
            .collect();
        let rng = &mut self.rng;
        let name = |rng: &mut Rng| ["a", "b", "c", "D", "d"][rng.below(5)].to_owned();
        let any = |rng: &mut Rng| match known.is_empty() {
            true => name(rng),
            false => rng.pick(&known).clone(),
        };
        let below = |rng: &mut Rng| format!("{}/{}", any(rng), name(rng));
        let content = format!("{}\nline {number}\n", "x\n".repeat(rng.below(4)));
        let op = match rng.below(12) {
            0..=2 => Op::write(below(rng) + ".md", content),
            3 => Op::write(any(rng), content),
            4 => Op::Mkdir { path: below(rng) },
            5 | 6 => Op::Move {
                from: any(rng),
                to: below(rng),
            },
            7 => Op::Remove { path: any(rng) },
            8 | 9 => draft(&any(rng), &content),
            10 => Op::write(name(rng), vec![0u8; 70_000 + rng.below(90_000)]),
            _ => {
                let is_undo = rng.below(2) == 0;
                let change = self.replicas[who].step(is_undo);
                return self.note(change);
            }
        };
        let change = self.replicas[who].apply(OriginKind::Person, "Step", &[op]);
        self.note(change);
    }

    fn note(&mut self, change: selvage_vfs::Result<selvage_vfs::Change>) {
        if let Ok(Some(hash)) = change.map(|change| change.hash) {
            self.acknowledged.push(hash);
            self.counts.changes += 1;
        }
    }

    /// Types into a file that nobody does anything else with: nothing of it may ever be lost.
    fn type_at(&mut self, who: usize, number: usize) {
        let path = ["typed/0.md", "typed/1.md"][self.rng.below(2)];
        let Ok(bytes) = self.replicas[who].workspace.read(path) else {
            return;
        };
        let mut text = String::from_utf8(bytes).expect("text");
        let word = format!("word {who} {number}\n");
        let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        text.insert_str(*self.rng.pick(&starts), &word);
        self.replicas[who].write(&[draft(path, &text)]);
        self.typed.push((path.into(), word));
        self.counts.drafts += 1;
    }

    /// One change over two binary files and a live text, of which nobody may see a part.
    fn unit(&mut self, who: usize, number: usize) {
        let replica = &mut self.replicas[who];
        if !replica.workspace.exists("unit/text.md").expect("a path") {
            return;
        }
        let token = format!("unit {who} {number}\n");
        let text = replica.text("unit/text.md") + &token;
        let bytes = [&[0], token.as_bytes()].concat();
        let ops = [
            Op::write("unit/a.bin", bytes.clone()),
            Op::write("unit/b.bin", bytes),
            Op::write("unit/text.md", text),
        ];
        let change = replica.apply(OriginKind::System, &token, &ops);
        assert!(change.is_ok());
        self.note(change);
        self.counts.units += 1;
    }

    fn connect(&mut self) {
        let count = self.replicas.len();
        let (a, b) = (self.rng.below(count), self.rng.below(count));
        // Two links between the same replicas are one more than needed, and do no harm.
        if a != b && self.links.len() < 8 {
            let mut link = Link::new([a, b]);
            link.changed(0, &mut self.replicas[a]);
            self.links.push(link);
        }
    }

    fn disconnect(&mut self) {
        if !self.links.is_empty() {
            let place = self.rng.below(self.links.len());
            let link = self.links.swap_remove(place);
            self.counts.broken += usize::from(!link.is_quiet());
        }
    }

    fn crash(&mut self, who: usize) {
        self.links.retain(|link| !link.ends.contains(&who));
        self.replicas[who].reopen();
        self.counts.crashes += 1;
    }

    fn part(&mut self) {
        if !self.parted.is_empty() {
            return self.parted.clear();
        }
        for a in 0..self.replicas.len() {
            for b in 0..a {
                if self.rng.below(2) == 0 {
                    self.parted.extend([[a, b], [b, a]]);
                }
            }
        }
    }

    fn deliver(&mut self) {
        if self.links.is_empty() {
            return;
        }
        let (place, side) = (self.rng.below(self.links.len()), self.rng.below(2));
        if !self.parted.contains(&self.links[place].ends) {
            self.deliver_on(place, side);
        }
    }

    fn deliver_on(&mut self, place: usize, side: usize) {
        let link = &mut self.links[place];
        if link.queues[side].is_empty() {
            return;
        }
        let who = link.ends[side];
        let changed = link.deliver(side, &mut self.replicas[who]);
        self.counts.waits += usize::from(link.sessions[side].held_bytes() > 0);
        self.counts.frames += 1;
        if changed {
            self.tell(who, Some(place));
        }
        self.check(who);
    }

    /// Every other session of a replica hears of what it got.
    fn tell(&mut self, who: usize, but: Option<usize>) {
        for (place, link) in self.links.iter_mut().enumerate() {
            for side in 0..2 {
                if link.ends[side] == who && Some(place) != but {
                    link.changed(side, &mut self.replicas[who]);
                }
            }
        }
    }

    /// What holds on every replica at every step.
    fn check(&self, who: usize) {
        let replica = &self.replicas[who];
        for entry in replica.workspace.list("", true).expect("lists") {
            if let Some(hash) = entry.hash.filter(|_| !entry.draft) {
                let content = replica.workspace.read_hash(&hash);
                content.expect("no name without its content");
            }
        }
        if !replica.workspace.exists("unit/a.bin").expect("a path") {
            return;
        }
        let a = replica.workspace.read("unit/a.bin").expect("there");
        let b = replica.workspace.read("unit/b.bin").expect("there");
        assert_eq!(a, b, "a part of a change is seen");
        let text = replica.text("unit/text.md");
        let token = std::str::from_utf8(&a[1..]).expect("text");
        assert!(
            token == "\0" || text.contains(token),
            "{token} is not in {text}"
        );
        let history = replica.workspace.history(Some("unit/text.md"), usize::MAX);
        let history = history.expect("reads");
        for line in text.lines().filter(|line| line.starts_with("unit")) {
            let is_known = history.iter().any(|entry| entry.message.trim_end() == line);
            assert!(is_known, "{line} is seen before its change");
        }
    }

    /// Everything heals: all are connected, and what is under way arrives.
    fn heal(&mut self) {
        self.parted.clear();
        self.links.clear();
        for b in 1..self.replicas.len() {
            let a = self.rng.below(b);
            let mut link = Link::new([a, b]);
            link.changed(0, &mut self.replicas[a]);
            self.links.push(link);
        }
        for _ in 0..200_000 {
            if self.links.iter().all(Link::is_quiet) {
                return;
            }
            let (place, side) = (self.rng.below(self.links.len()), self.rng.below(2));
            self.deliver_on(place, side);
        }
        panic!("the replicas never fall silent");
    }

    fn check_equal(&self) {
        let first = &self.replicas[0].workspace;
        let digest = first.digest().expect("reads");
        let entries = first.list("", true).expect("lists");
        for replica in &self.replicas {
            let workspace = &replica.workspace;
            assert_eq!(workspace.heads(), first.heads());
            assert_eq!(workspace.text_digests(), first.text_digests());
            assert_eq!(workspace.digest().expect("reads"), digest);
            assert_eq!(workspace.list("", true).expect("lists"), entries);
            for entry in entries.iter().filter(|entry| entry.hash.is_some()) {
                let path = &entry.path;
                assert_eq!(workspace.read(path), first.read(path), "{path}");
            }
            let history = workspace.history(None, usize::MAX).expect("reads");
            let known: BTreeSet<&str> = history.iter().map(|e| e.change.as_str()).collect();
            for hash in &self.acknowledged {
                assert!(known.contains(hash.as_str()), "{hash} is lost");
            }
            for (path, word) in &self.typed {
                let count = replica.text(path).matches(word).count();
                assert_eq!(count, 1, "{word} in {path}: {}", replica.text(path));
            }
            // What is named at any time is there.
            for entry in history.iter().take(40) {
                let past = workspace.at(&entry.heads).expect("known");
                for file in past.list("", true).expect("lists") {
                    if let Some(hash) = file.hash {
                        workspace.read_hash(&hash).expect("there");
                    }
                }
            }
        }
        for link in &self.links {
            let held = link.sessions.each_ref().map(|session| session.held_bytes());
            assert_eq!(held, [0, 0], "nothing waits");
        }
    }
}

fn run(seed: u64) -> Counts {
    let mut world = World::new(seed);
    for number in 0..STEPS {
        world.step(number);
    }
    world.heal();
    world.check_equal();
    // Equal replicas that meet anew are done at once, after a crash as well.
    world.crash(0);
    let [a, b] = world.replicas.get_disjoint_mut([0, 1]).expect("two");
    let bytes = talk(a, b);
    assert!(bytes[0] + bytes[1] <= 128, "{bytes:?}");
    world.counts
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs this says how many seeds, and which"
)]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs these seeds, and sums up what they did.
fn run_all(seeds: impl Iterator<Item = u64>) -> Counts {
    let mut sum = Counts::default();
    for seed in seeds {
        let done = std::panic::catch_unwind(|| run(seed));
        sum += done.unwrap_or_else(|_| panic!("SELVAGE_SEED={seed} SELVAGE_SEEDS=1 fails"));
    }
    sum
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "each history runs on one thread; the engine in it has none"
)]
fn replicas_come_together_whatever_happens_on_the_way() {
    let from = number("SELVAGE_SEED").unwrap_or(0);
    let seeds = from..from + number("SELVAGE_SEEDS").unwrap_or(SEEDS);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut sum = Counts::default();
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..cores)
            .map(|core| seeds.clone().skip(core).step_by(cores))
            .map(|share| scope.spawn(|| run_all(share)))
            .collect();
        for share in shares {
            match share.join() {
                Ok(counts) => sum += counts,
                Err(why) => std::panic::resume_unwind(why),
            }
        }
    });
    let count = seeds.end - seeds.start;
    println!("{count} seeds: {sum:?}");
    // A few seeds may do little of one thing or another.
    let seeds = count as usize;
    if seeds >= 10 {
        assert!(sum.changes > 10 * seeds && sum.units > seeds && sum.frames > 40 * seeds);
        assert!(sum.broken * sum.crashes * sum.waits > 0);
    }
}
