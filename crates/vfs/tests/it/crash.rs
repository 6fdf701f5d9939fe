//! Storage that fails at every point, and what is left.

use crate::disk::{Disk, Fault};
use crate::world::{DURABLE, Place, Rng, World, contents, mkdir, mv, rm};
use selvage_vfs::{Op, VfsError, Workspace};
use std::collections::BTreeMap;

/// Makes the place on a disk.
type Kind = fn(Disk) -> Place;
type Contents = BTreeMap<String, Vec<u8>>;

/// What the story does, step by step. A step that fails must leave the workspace as it was.
type Step = fn(&mut World) -> Result<(), VfsError>;

fn apply(world: &mut World, ops: &[Op]) -> Result<(), VfsError> {
    world.try_apply("Step", ops).map(|_| ())
}

const STORY: &[Step] = &[
    |world| {
        apply(
            world,
            &[
                Op::write("a/one.md", "one\n"),
                Op::write("b.bin", [0u8; 300]),
            ],
        )
    },
    |world| {
        apply(
            world,
            &[Op::Draft {
                path: "a/one.md".into(),
                text: "one\ntyped\n".into(),
            }],
        )
    },
    |world| {
        apply(
            world,
            &[mkdir("c"), mv("a/one.md", "c/two.md"), rm("b.bin")],
        )
    },
    |world| {
        apply(
            world,
            &[Op::Draft {
                path: "c/two.md".into(),
                text: "one\ntyped\nmore\n".into(),
            }],
        )
    },
    |world| {
        let meta = world.meta("Seal");
        world.workspace.seal(&meta).map(|_| ())
    },
    |world| {
        apply(
            world,
            &[
                Op::write("big.bin", vec![7u8; 300_000]),
                Op::write("c/two.md", "rewritten\n"),
            ],
        )
    },
    |world| world.undo().map(|_| ()),
    |world| apply(world, &[Op::write("last.md", "last\n"), rm("a")]),
];

/// The workspace after each step, and the calls to the disk up to there.
fn expected(kind: Kind) -> (Vec<Contents>, u64, u64) {
    let disk = Disk::new();
    let mut world = World::on(kind(disk.clone()));
    let opened = disk.calls();
    let mut states = vec![world.contents()];
    for step in STORY {
        step(&mut world).expect("nothing fails");
        states.push(world.contents());
    }
    (states, opened, disk.calls())
}

fn reopened(kind: Kind, disk: &Disk) -> Contents {
    let storage = kind(disk.clone()).open().expect("storage opens");
    contents(&Workspace::open(storage, [1; 16]).expect("the workspace opens"))
}

/// Plays the story on a disk that fails at one call. Gives the steps that were acknowledged and
/// the world, if opening worked.
fn play(kind: Kind, disk: &Disk, call: u64, fault: Fault) -> (usize, Option<World>) {
    disk.fail_at(call, fault);
    let Ok(storage) = kind(disk.clone()).open() else {
        return (0, None);
    };
    let Ok(workspace) = Workspace::open(storage, [1; 16]) else {
        return (0, None);
    };
    let mut world = World {
        place: kind(disk.clone()),
        workspace,
        rng: Rng(42),
        now_ms: 0,
    };
    for (done, step) in STORY.iter().enumerate() {
        if step(&mut world).is_err() {
            return (done, Some(world));
        }
    }
    (STORY.len(), Some(world))
}

#[test]
fn d1_d2_whatever_dies_every_acknowledged_step_is_there_and_none_is_half_there() {
    DURABLE
        .into_iter()
        .for_each(whatever_dies_every_acknowledged_step_is_there_and_none_is_half_there);
}

fn whatever_dies_every_acknowledged_step_is_there_and_none_is_half_there(kind: Kind) {
    let (states, _, calls) = expected(kind);
    let mut cut_inside = 0;
    for call in 1..=calls + 1 {
        let disk = Disk::new();
        let (done, world) = play(kind, &disk, call, Fault::Forever);
        // The process is killed, or the machine loses power with writes in any order.
        let mut rng = Rng(call);
        let mut ends = vec![("killed", disk.after_kill())];
        ends.extend((0..2).map(|_| ("without power", disk.after_power_loss(|| rng.next()))));
        drop(world);
        for (how, end) in ends {
            let found = reopened(kind, &end);
            let next = states.get(done + 1);
            assert!(
                found == states[done] || Some(&found) == next,
                "{how} at call {call}, after {done} steps: {:?}",
                found.keys()
            );
            cut_inside += usize::from(done < STORY.len());
        }
    }
    assert!(cut_inside > 150, "{cut_inside} ends within the story");
}

#[test]
fn c2_d3_d4_a_failed_step_leaves_nothing_and_the_next_try_works() {
    let failed = DURABLE.map(a_failed_step_leaves_nothing_and_the_next_try_works);
    assert!(failed.iter().sum::<u32>() > 80, "{failed:?} steps failed");
}

fn a_failed_step_leaves_nothing_and_the_next_try_works(kind: Kind) -> u32 {
    let (states, opened, calls) = expected(kind);
    let mut failed = 0;
    for fault in [Fault::Once, Fault::Lies] {
        for call in opened + 1..=calls {
            let disk = Disk::new();
            let (done, world) = play(kind, &disk, call, fault);
            let mut world = world.expect("opening came before the fault");
            disk.heal();
            if done == STORY.len() {
                // The fault hit housekeeping, or a commit that could be shown to have arrived.
                assert_eq!(world.contents(), states[done], "{fault:?} at call {call}");
                continue;
            }
            failed += 1;
            assert_eq!(
                world.contents(),
                states[done],
                "{fault:?} at call {call}: in memory"
            );
            for (step, state) in STORY.iter().zip(&states[1..]).skip(done) {
                step(&mut world)
                    .unwrap_or_else(|error| panic!("{fault:?} at call {call}: {error}"));
                assert_eq!(
                    &world.contents(),
                    state,
                    "{fault:?} at call {call}: afterwards"
                );
            }
            world.reopen();
            assert_eq!(
                &world.contents(),
                states.last().expect("an end"),
                "{fault:?} at call {call}"
            );
        }
    }
    failed
}

#[test]
fn d3_what_failed_for_good_is_not_there_when_storage_works_again() {
    DURABLE
        .into_iter()
        .for_each(what_failed_for_good_is_not_there_when_storage_works_again);
}

fn what_failed_for_good_is_not_there_when_storage_works_again(kind: Kind) {
    let (states, opened, calls) = expected(kind);
    for call in opened + 1..=calls {
        let disk = Disk::new();
        let (done, world) = play(kind, &disk, call, Fault::Forever);
        let mut world = world.expect("opening came before the fault");
        disk.heal();
        if done < STORY.len() {
            // Something asks storage, so it opens itself again; then the process ends.
            let nothing = world.workspace.read_hash(&selvage_vfs::Hash([0; 32]));
            assert!(
                matches!(nothing, Err(VfsError::NotFound { .. })),
                "{nothing:?}"
            );
            assert_eq!(world.contents(), states[done], "call {call}");
            world.reopen();
            assert_eq!(
                world.contents(),
                states[done],
                "call {call}: after opening again"
            );
        }
    }
}

#[test]
fn a_full_disk_is_told_apart_and_reading_goes_on() {
    DURABLE.into_iter().for_each(full);
}

fn full(kind: Kind) {
    let disk = Disk::new();
    let mut world = World::on(kind(disk.clone()));
    world.write("kept.md", "kept");
    disk.fail_at(disk.calls() + 1, Fault::Full);
    let big: Vec<u8> = (0..3_000_000u32).flat_map(|n| n.to_le_bytes()).collect();
    let error = world
        .try_apply("Big", &[Op::write("big.bin", big.clone())])
        .expect_err("no room");
    assert!(matches!(error, VfsError::StorageFull { .. }), "{error}");
    assert_eq!(world.paths(), ["kept.md"]);
    assert_eq!(world.read("kept.md"), "kept");
    disk.heal();
    world.write("big.bin", big);
    world.reopen();
    assert_eq!(world.paths(), ["big.bin", "kept.md"]);
}

#[test]
fn memory_with_a_bound_is_full_in_the_same_words() {
    let storage = selvage_vfs::storage::MemoryStorage::with_bytes_max(10_000);
    let mut workspace = Workspace::open(Box::new(storage), [1; 16]).expect("opens");
    let mut rng = Rng(1);
    let meta = World::memory().meta("Write");
    let write = |size: usize| [Op::write("a.bin", vec![1u8; size])];
    let error = workspace
        .apply(&mut || rng.id(), &meta, &write(20_000))
        .expect_err("no room");
    assert!(matches!(error, VfsError::StorageFull { .. }));
    assert!(contents(&workspace).is_empty());
    workspace
        .apply(&mut || rng.id(), &meta, &write(1_000))
        .expect("fits");
}
