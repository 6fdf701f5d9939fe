//! Random histories of replicas over links that delay, break, double and part, and over mail that
//! comes in any order, twice or never. Replicas crash and open again; their disks fill up or are
//! damaged; tabs die and others take what they left; clocks are hours apart and jump back.
//!
//! An optimised build runs many more seeds; see [`crate::seeds`].

mod acts;
mod checks;
mod devices;
mod faults;
mod fleeting;
mod network;
mod retention;

use crate::seeds::run_all;
use crate::words::Word;
use crate::world::{Link, Replica, Rng, talk};
use network::Post;
use selvage_sync::Session;
use selvage_vfs::{Hash, Heads};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{AddAssign, RangeInclusive};

/// How long histories are: what a long one finds, a short one often finds for a fraction of its cost, and more of them can be run.
const STEPS: RangeInclusive<usize> = 60..=260;
const SEEDS: u64 = if cfg!(debug_assertions) { 60 } else { 10_000 };

/// What was done: a run that does nothing proves nothing.
#[derive(Debug, Default)]
struct Counts {
    changes: usize,
    drafts: usize,
    units: usize,
    /// Heads that a run referred to, and that were opened at the end.
    runs: usize,
    frames: usize,
    /// Links that broke with frames on the way.
    broken: usize,
    /// Links that were opened again with what the sessions before them held.
    resumed: usize,
    /// Parcels that were opened, some of them for the second time.
    parcels: usize,
    crashes: usize,
    /// Replicas with typing whose file others had deleted.
    orphans: usize,
    /// Calls that a full disk refused.
    refused: usize,
    /// Damaged disks that were told, after which the replica started anew.
    anew: usize,
    /// Dead tabs whose disk another tab took in.
    taken: usize,
    /// Clocks that jumped.
    jumps: usize,
    /// Contents that were thinned out, and those that a run needed and that came back.
    thinned: usize,
    refetched: usize,
    /// Past states that were opened at the end, and those of which not all was kept.
    pasts: usize,
    thin_pasts: usize,
    /// Frames that left something waiting.
    waits: usize,
    /// The most bytes that one session held of what was not complete.
    held_peak: usize,
    /// The most bytes that were on their way to one side of a link.
    queued_peak: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.changes += other.changes;
        self.drafts += other.drafts;
        self.units += other.units;
        self.runs += other.runs;
        self.frames += other.frames;
        self.broken += other.broken;
        self.resumed += other.resumed;
        self.parcels += other.parcels;
        self.crashes += other.crashes;
        self.orphans += other.orphans;
        self.refused += other.refused;
        self.anew += other.anew;
        self.taken += other.taken;
        self.jumps += other.jumps;
        self.thinned += other.thinned;
        self.refetched += other.refetched;
        self.pasts += other.pasts;
        self.thin_pasts += other.thin_pasts;
        self.waits += other.waits;
        self.held_peak = self.held_peak.max(other.held_peak);
        self.queued_peak = self.queued_peak.max(other.queued_peak);
    }
}

/// Heads that a run's record refers to, and the files that they named.
struct Run {
    heads: Heads,
    files: Vec<(String, Option<Hash>)>,
}

struct World {
    rng: Rng,
    replicas: Vec<Replica>,
    /// The number of the next replica: one that starts anew is another one.
    next_actor: u8,
    links: Vec<Link>,
    /// Sessions of links that broke, with their ends.
    broken: Vec<([usize; 2], [Session; 2])>,
    /// Pairs that can't reach each other now.
    parted: BTreeSet<[usize; 2]>,
    post: Post,
    /// Hashes of changes that were acknowledged and are held somewhere.
    acknowledged: Vec<[u8; 32]>,
    /// What was typed, and is held somewhere.
    typed: Vec<(String, String)>,
    /// What was typed on a disk that was damaged before anybody else had it.
    gone: Vec<(String, String)>,
    /// What was typed in files that others delete.
    fleeting: Vec<Word>,
    /// The changes that wrote lines of the unit's text.
    units: BTreeMap<String, [u8; 32]>,
    runs: Vec<Run>,
    /// The right time, in milliseconds since the world began.
    time_ms: u64,
    /// How often all were asked what they lack, after everything healed.
    mends: usize,
    counts: Counts,
}

fn run(seed: u64) -> Counts {
    let mut world = World::new(seed);
    for number in 0..world.rng.within(STEPS) {
        world.step(number);
    }
    world.heal();
    world.check_equal();
    // Equal replicas that meet anew are done at once, after a crash as well.
    world.replicas[0].reopen();
    let [a, b] = world.replicas.get_disjoint_mut([0, 1]).expect("two");
    // What is gone everywhere is asked for once a session, and said to be gone.
    let lacking = a.workspace.wanted_contents().len() + b.workspace.wanted_contents().len();
    let bytes = talk(a, b);
    assert!(bytes[0] + bytes[1] <= 128 + 96 * lacking, "{bytes:?}");
    world.counts
}

#[test]
fn replicas_come_together_whatever_happens_on_the_way() {
    let (seeds, sum) = run_all(SEEDS, run);
    println!("{seeds} seeds: {sum:?}");
    // A few seeds may do little of one thing or another.
    if seeds >= 50 {
        assert!(sum.changes > 10 * seeds && sum.units > seeds && sum.frames > 25 * seeds);
        assert!(sum.runs > seeds && sum.parcels > seeds && sum.crashes > seeds);
        let rare = [
            sum.broken,
            sum.resumed,
            sum.refused,
            sum.anew,
            sum.taken,
            sum.orphans,
        ];
        let rare = rare.into_iter().chain([sum.jumps, sum.waits]);
        let rare = rare.chain([sum.thinned, sum.pasts, sum.thin_pasts]);
        assert!(rare.min() > Some(seeds / 20), "{sum:?}");
    }
}
