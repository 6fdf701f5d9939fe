//! Stored bytes of which one bit is another, and what a workspace on them says.

use crate::disk::Disk;
use crate::world::{Place, Rng, World, mv};
use selvage_vfs::{Result, Workspace};
use std::collections::BTreeMap;

type Contents = BTreeMap<String, Vec<u8>>;

/// What came of the flips.
#[derive(Debug, Default)]
struct Counts {
    /// The bit meant nothing, or what it hit was stored twice.
    unharmed: usize,
    reported: usize,
    /// Something is missing or something else is shown, and nothing said.
    untold: Vec<u64>,
}

/// A workspace with texts, blobs of one and of several pieces, and moves.
fn story(place: Place) -> Contents {
    let mut world = World::on(place);
    world.write("text.md", "one\n".repeat(20));
    world.write("small.bin", [5u8; 3_000]);
    world.write("big.bin", vec![7u8; 300_000]);
    world.apply("Move", &[mv("small.bin", "moved.bin")]);
    world.write("text.md", "two\n".repeat(20));
    world.write("last.bin", [9u8; 500]);
    world.contents()
}

/// Opens the workspace and reads all that it names.
fn read(place: &Place) -> Result<Contents> {
    let workspace = Workspace::open(place.open()?, [1; 16])?;
    let mut found = Contents::new();
    for entry in workspace.list("", true)? {
        let content = match entry.is_folder() {
            true => Vec::new(),
            false => workspace.read(&entry.path)?,
        };
        found.insert(entry.path, content);
    }
    Ok(found)
}

fn count(counts: &mut Counts, at: u64, found: Result<Contents>, state: &Contents) {
    match found {
        Err(_) => counts.reported += 1,
        Ok(found) if found == *state => counts.unharmed += 1,
        Ok(_) => counts.untold.push(at),
    }
}

/// Flips one bit of every `stride`-th byte of one file of a disk.
fn flip(kind: fn(Disk) -> Place, file: usize, stride: usize) -> Counts {
    let disk = Disk::new();
    let state = story(kind(disk.clone()));
    let whole = disk.after_kill();
    let target = |disk: &Disk| disk.file(file);
    let mut counts = Counts::default();
    let mut rng = Rng(7);
    let length = target(&whole).bytes().len();
    for from in (0..length).step_by(stride) {
        let at = (from + rng.below(stride)).min(length - 1);
        let disk = whole.after_kill();
        target(&disk).flip_bit(at, rng.below(8) as u32);
        count(&mut counts, at as u64, read(&kind(disk)), &state);
    }
    println!("{length} bytes: {counts:?}");
    counts
}

#[test]
fn d8_a_flipped_bit_of_the_database_is_told_or_does_no_harm() {
    let counts = flip(Place::Disk, 0, 1_499);
    assert_eq!(counts.untold, [0; 0], "bytes that lie, untold");
    assert!(counts.reported > 40, "{counts:?}");
}

#[test]
fn d8_a_flipped_bit_of_the_journal_is_told() {
    let long = |disk: Disk| Place::LongJournal(disk);
    let counts = flip(long, 2, 1_499);
    assert_eq!(counts.untold, [0; 0], "bytes that lie, untold");
    assert!(counts.reported > 40, "{counts:?}");
}
