//! Every fault of a disk, at every call that changes it, against a model.
//!
//! A script of random batches is played on the model, which is storage in memory, and on a disk. Before each batch the disk
//! is copied; each copy is opened, takes the batch, and meets one fault on the way: the n-th call fails, for every n. What
//! is there afterwards must be what the model says.
//! A failing case is printed; `SELVAGE_SEEDS` plays more scripts, `SELVAGE_SEED` says from where on.

use crate::disk::{Disk, Fault, Tear};
use crate::world::{DURABLE, Place, Rng};
use selvage_vfs::storage::{BOUNDS_PASSED_MAX, Batch, JournaledStorage, MemoryStorage, Storage};
use selvage_vfs::{Result, VfsError};

mod script;

use script::{Script, bytes};

type Kind = fn(Disk) -> Place;

/// Scripts of one run, and batches of one script.
const SEEDS: u64 = if cfg!(debug_assertions) { 1 } else { 2 };
const BATCHES: usize = if cfg!(debug_assertions) { 9 } else { 24 };
/// A byte of so many is flipped outside of headers.
const FLIP_STRIDE: usize = if cfg!(debug_assertions) { 4_801 } else { 601 };
/// A call meets each so many-th fault, the next call those beside them.
const FAULT_STRIDE: usize = if cfg!(debug_assertions) { 3 } else { 1 };

const FAULTS: [Fault; 7] = [
    Fault::Once,
    Fault::Lies,
    Fault::Forever,
    Fault::Full,
    Fault::Torn(Tear::Prefix),
    Fault::Torn(Tear::Suffix),
    Fault::Torn(Tear::Sectors),
];

/// What was done: a run that does nothing proves nothing.
#[derive(Debug, Default)]
struct Counts {
    calls: usize,
    faults: usize,
    acknowledged: usize,
    refused: usize,
    full: usize,
    ends: usize,
    in_time: usize,
    flips: usize,
    unharmed: usize,
    reported: usize,
}

/// What the disk holds before each batch and after the last, the process killed each time.
fn disks(kind: Kind, script: &Script) -> Vec<Disk> {
    let disk = Disk::new();
    let mut disks = vec![disk.after_kill()];
    let mut storage = kind(disk.clone()).open().expect("opens");
    for batch in &script.batches {
        storage.commit(batch.clone()).expect("commits");
        disks.push(disk.after_kill());
    }
    disks
}

/// Opens storage, lets it take a batch, and says whether it did.
fn take(kind: Kind, disk: &Disk, batch: &Batch) -> (Option<Box<dyn Storage>>, Result<()>) {
    match kind(disk.clone()).open() {
        Ok(mut storage) => {
            let result = storage.commit(batch.clone());
            (Some(storage), result)
        }
        Err(error) => (None, Err(error)),
    }
}

/// One fault at one call.
fn fault_at(
    kind: Kind,
    script: &Script,
    from: &Disk,
    at: usize,
    call: u64,
    fault: Fault,
) -> Counts {
    let (before, after) = (&script.states[at], &script.states[at + 1]);
    let case = || format!("seed {}, batch {at}, call {call}, {fault:?}", script.seed);
    let mut counts = Counts {
        faults: 1,
        ..Counts::default()
    };
    let disk = from.after_kill();
    disk.fail_at(call, fault);
    let (storage, result) = take(kind, &disk, &script.batches[at]);
    match &result {
        Ok(()) => counts.acknowledged += 1,
        Err(VfsError::StorageFull { .. }) if fault == Fault::Full => counts.full += 1,
        Err(VfsError::StorageFailed { .. }) if fault != Fault::Full => counts.refused += 1,
        Err(error) => panic!("{}: {error}", case()),
    }
    // Whatever the process says, it can be killed now, and the machine lose its power.
    let mut rng = Rng(script.seed ^ call);
    let ends = [disk.after_kill(), disk.after_power_loss(|| rng.next())];
    for end in ends {
        let found = script
            .opened(&kind(end))
            .unwrap_or_else(|error| panic!("{}: {error}", case()));
        let is_whole = script.is(&found, after);
        assert!(
            is_whole || (result.is_err() && script.is(&found, before)),
            "{}: lost",
            case()
        );
        counts.ends += 1;
        counts.in_time += usize::from(is_whole);
    }
    // The process lives on. With a full disk it reads before there is room again.
    let Some(mut storage) = storage else {
        return counts;
    };
    let now = if result.is_ok() { after } else { before };
    if fault != Fault::Full {
        disk.heal();
    }
    if !matches!(fault, Fault::Torn(_)) {
        let found = script
            .held(storage.as_mut())
            .unwrap_or_else(|error| panic!("{}: {error}", case()));
        // A folding says the same as what it replaces, so it may stay; here it says something else.
        let may_stay = script.batches[at].makes_room() && script.is(&found, after);
        assert!(
            may_stay || script.is(&found, now),
            "{}: what is shown",
            case()
        );
        disk.heal();
        if result.is_err() {
            storage
                .commit(script.batches[at].clone())
                .unwrap_or_else(|error| panic!("{}: {error}", case()));
        }
        drop(storage);
        let found = script
            .opened(&kind(disk))
            .unwrap_or_else(|error| panic!("{}: {error}", case()));
        assert!(script.is(&found, after), "{}: afterwards", case());
    }
    counts
}

/// Flips bits all over the files of a disk, one at a time.
fn flips(kind: Kind, script: &Script, from: &Disk, at: usize) -> Counts {
    let mut counts = Counts::default();
    let mut rng = Rng(script.seed ^ at as u64);
    for file in 0..3 {
        let length = from.file(file).bytes().len();
        // Headers densely, the rest by samples.
        let dense = (0..length.min(1_600)).step_by(if cfg!(debug_assertions) { 23 } else { 3 });
        let sparse = (1_600..length).step_by(FLIP_STRIDE);
        for place in dense.chain(sparse) {
            let place = (place + rng.below(3)).min(length - 1);
            let disk = from.after_kill();
            disk.file(file).flip_bit(place, rng.below(8) as u32);
            counts.flips += 1;
            match script.opened(&kind(disk)) {
                Err(VfsError::Damaged { .. } | VfsError::UnsupportedFormat { .. }) => {
                    counts.reported += 1
                }
                Err(error) => panic!("file {file}, byte {place}: {error}"),
                Ok(found) => {
                    assert!(
                        found == script.states[at],
                        "seed {}, batch {at}: byte {place} of file {file} lies, untold",
                        script.seed
                    );
                    counts.unharmed += 1;
                }
            }
        }
    }
    counts
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment says how much to test"
)]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.faults += other.faults;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.full += other.full;
        self.ends += other.ends;
        self.in_time += other.in_time;
        self.flips += other.flips;
        self.unharmed += other.unharmed;
        self.reported += other.reported;
    }
}

/// Plays every script on every kind of storage.
fn on_every_script(play: impl Fn(Kind, &Script, &[Disk]) -> Counts) -> Counts {
    let mut sum = Counts::default();
    let from = number("SELVAGE_SEED").unwrap_or(0);
    for seed in from..from + number("SELVAGE_SEEDS").unwrap_or(SEEDS) {
        let script = Script::new(seed);
        for kind in DURABLE {
            sum.add(&play(kind, &script, &disks(kind, &script)));
        }
    }
    println!("{sum:?}");
    sum
}

#[test]
fn d1_d2_d3_whatever_call_fails_or_is_torn_what_was_acknowledged_is_there_and_nothing_is_there_by_half()
 {
    let counts = on_every_script(|kind, script, disks| {
        let mut counts = Counts::default();
        for (at, from) in disks.iter().take(BATCHES).enumerate() {
            let disk = from.after_kill();
            take(kind, &disk, &script.batches[at])
                .1
                .expect("nothing fails");
            let calls = disk.calls();
            counts.calls += calls as usize;
            for call in 1..=calls {
                for fault in (call as usize % FAULT_STRIDE..FAULTS.len()).step_by(FAULT_STRIDE) {
                    counts.add(&fault_at(kind, script, from, at, call, FAULTS[fault]));
                }
            }
        }
        counts
    });
    assert!(counts.calls > 250 && counts.refused > 500, "{counts:?}");
    assert!(counts.full > 10 && counts.acknowledged > 100, "{counts:?}");
    assert!(counts.in_time > 100 && counts.in_time < counts.ends);
}

#[test]
fn d8_d9_whatever_bit_is_flipped_it_is_told_or_does_no_harm() {
    let counts = on_every_script(|kind, script, disks| {
        let mut counts = Counts::default();
        for at in (0..disks.len()).skip(1).step_by(4) {
            counts.add(&flips(kind, script, &disks[at], at));
        }
        counts
    });
    assert!(counts.flips > 1_000, "{counts:?}");
    assert!(counts.reported > 100 && counts.unharmed > 100, "{counts:?}");
}

#[test]
fn a_database_that_takes_nothing_lets_the_journal_grow_to_its_bound_and_no_further() {
    let (database, journal) = (Disk::new(), Disk::new());
    let open = || {
        JournaledStorage::open(database.file(0), database.file(1), journal.file(2))
            .map(|storage| storage.with_batches_max(3))
    };
    let mut rng = Rng(1);
    let mut model = MemoryStorage::new();
    let mut storage = open().expect("opens");
    database.fail_at(database.calls() + 1, Fault::Full);
    let mut taken = 0;
    let error = loop {
        let batch = Batch {
            ledger: Some(bytes(&mut rng, 90_000)),
            ..Batch::default()
        };
        match storage.commit(batch.clone()) {
            Ok(()) => model.commit(batch).expect("memory"),
            Err(error) => break error,
        }
        taken += 1;
    };
    assert!(matches!(error, VfsError::StorageFull { .. }), "{error}");
    let bound = 3 * BOUNDS_PASSED_MAX;
    assert!((bound..2 * bound).contains(&taken), "{taken}");
    assert_eq!(storage.load(), model.load(), "it reads on");
    database.heal();
    drop(storage);
    let mut storage = open().expect("opens");
    assert_eq!(storage.load(), model.load());
    storage.commit(Batch::default()).expect("it goes on");
}
