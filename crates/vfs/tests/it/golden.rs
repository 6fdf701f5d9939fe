//! Files of every format version open forever. `examples/golden.rs` makes a new one.

use crate::disk::Disk;
use crate::world::{DURABLE, Place, World, journaled};
use selvage_vfs::storage::PIECE_BYTES;
use selvage_vfs::{Hash, VfsError, Workspace};

const VERSION_1: &[u8] = include_bytes!("../fixtures/format-1.redb");
const JOURNAL_1: &[u8] = include_bytes!("../fixtures/format-1.journal");
const VERSION_2: &[u8] = include_bytes!("../fixtures/format-2.redb");
const SUMS_2: &[u8] = include_bytes!("../fixtures/format-2.sums");
const CONTENTS_2: &[u8] = include_bytes!("../fixtures/format-2-contents.redb");
const CONTENTS_SUMS_2: &[u8] = include_bytes!("../fixtures/format-2-contents.sums");

#[test]
fn d6_a_file_of_version_1_opens_with_all_it_holds_and_is_of_version_2_then() {
    for kind in DURABLE {
        let disk = Disk::from_bytes(VERSION_1);
        holds_it_all(kind(disk.clone()));
        assert_eq!(disk.file(1).bytes()[..8], SUMS_2[..8]);
        // It opens by its checksums from now on: one that is another is seen.
        for at in (4096..disk.file(1).bytes().len()).step_by(8) {
            disk.file(1).flip_bit(at, 0);
        }
        let error = kind(disk.clone()).open().map(drop);
        assert!(matches!(error, Err(VfsError::Damaged { .. })), "{error:?}");
    }
}

#[test]
fn d6_a_file_of_version_2_opens_with_all_it_holds() {
    let disk = || Disk::from_files([VERSION_2.to_vec(), SUMS_2.to_vec(), Vec::new()]);
    for kind in DURABLE {
        holds_it_all(kind(disk()));
    }
}

/// A content as `examples/golden.rs` makes it.
fn noise(seed: u32, bytes: u32) -> Vec<u8> {
    let number = |n: u32| (n ^ seed).wrapping_mul(2_654_435_761) >> 24;
    (0..bytes).map(|n| number(n) as u8).collect()
}

#[test]
fn d6_the_contents_of_version_2_are_there_mended_coming_and_thinned_out() {
    for kind in DURABLE {
        let disk = Disk::from_files([CONTENTS_2.to_vec(), CONTENTS_SUMS_2.to_vec(), Vec::new()]);
        let mut world = World::on(kind(disk.clone()));
        let workspace = &mut world.workspace;
        assert_eq!(workspace.read("again.bin"), Ok(noise(1, 20_000)));
        assert_eq!(workspace.read("old.bin"), Ok(noise(3, 500)));
        let hash = Hash::of(&noise(2, 500));
        let at_ms = 1_710_000_000_000;
        let thinned = VfsError::Thinned { hash, at_ms };
        assert_eq!(workspace.read_hash(&hash), Err(thinned));
        let history = workspace.history(Some("old.bin"), 9).expect("reads");
        let marks: Vec<_> = history.iter().map(|entry| entry.thinned_ms).collect();
        assert_eq!(marks, [None, Some(at_ms)]);
        // What was coming goes on where it stopped.
        let coming = noise(4, PIECE_BYTES as u32 + 1_000);
        let (name, size) = (Hash::of(&coming), coming.len() as u64);
        let held = workspace.begin_content(&name, size).expect("goes on");
        assert_eq!(held, PIECE_BYTES as u64);
        let is_whole = workspace.add_content(&name, held, &coming[PIECE_BYTES..]);
        assert_eq!(is_whole, Ok(true));
        // The same bytes come back, and what is damaged is still passed over.
        world.write("back.bin", noise(2, 500));
        world.reopen();
        assert_eq!(world.workspace.read_hash(&name), Ok(coming));
        assert_eq!(world.workspace.read("back.bin"), Ok(noise(2, 500)));
        assert_eq!(world.workspace.read("again.bin"), Ok(noise(1, 20_000)));
        assert_eq!(world.workspace.wanted_contents(), []);
    }
}

#[test]
fn d6_a_journal_of_version_1_opens_with_all_it_holds() {
    holds_it_all(Place::Journal(journal(JOURNAL_1)));
}

/// A disk with nothing but a journal.
fn journal(bytes: &[u8]) -> Disk {
    Disk::from_files([Vec::new(), Vec::new(), bytes.to_vec()])
}

#[track_caller]
fn holds_it_all(place: Place) {
    let mut world = World::on(place);
    assert_eq!(
        world.paths(),
        ["blob.bin", "flows/", "flows/hello.flow.js", "notes.md"]
    );
    assert_eq!(world.read("notes.md"), "bread\nmilk\neggs, typed\n");
    assert!(world.workspace.stat("notes.md").expect("is there").draft);
    assert_eq!(world.read("flows/hello.flow.js"), "flow.log('hello')\n");
    assert_eq!(
        Hash::of(&world.workspace.read("blob.bin").expect("reads")),
        Hash::of(&vec![7; 300_000])
    );
    let history = world.workspace.history(None, 10).expect("history");
    let messages: Vec<&str> = history.iter().map(|entry| entry.message.as_str()).collect();
    assert_eq!(messages, ["Move the flow", "Seal", "Add milk", "Start"]);
    // Hashes of changes name them for good, so they are part of the format.
    assert_eq!(
        history[3].change,
        "4d76d09a345b9cdb1090d8dd5095dbfe80b48ea34773270defb8a75bd6435622"
    );
    let first = world.workspace.at(&history[3].heads).expect("known");
    assert_eq!(
        first.stat("notes.md").expect("was there").hash,
        Some(Hash::of(b"bread\n"))
    );
    world.undo().expect("undoes");
    assert_eq!(world.read("hello.flow.js"), "flow.log('hello')\n");
    world.seal();
    let contents = world.contents();
    world.reopen();
    assert_eq!(world.contents(), contents);
}

#[test]
fn d6_a_later_version_is_refused_and_not_touched() {
    let mut sums = SUMS_2.to_vec();
    sums[7] = 3;
    let disk = Disk::from_files([VERSION_2.to_vec(), sums, Vec::new()]);
    let files = || [0, 1].map(|file| disk.file(file).bytes());
    let before = files();
    refused(&disk);
    assert!(files() == before, "it is touched");
    // A database that says so itself, and has lost its checksums.
    let disk = Disk::from_bytes(VERSION_2);
    {
        use redb::{Builder, TableDefinition};
        const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
        let database = Builder::new()
            .create_with_backend(disk.clone())
            .expect("opens");
        let tx = database.begin_write().expect("begins");
        tx.open_table(META)
            .expect("is there")
            .insert("format", 3)
            .expect("writes");
        tx.commit().expect("commits");
    }
    refused(&disk);
}

#[test]
fn d8_an_update_of_a_live_text_that_is_gone_is_told_and_the_text_is_not_served_without_it() {
    use redb::{Builder, ReadableTable, TableDefinition};
    const UPDATES: TableDefinition<(&[u8; 16], u64), &[u8]> = TableDefinition::new("updates");
    let disk = Disk::from_bytes(VERSION_1);
    {
        let database = Builder::new()
            .create_with_backend(disk.clone())
            .expect("opens");
        let tx = database.begin_write().expect("begins");
        {
            let mut updates = tx.open_table(UPDATES).expect("is there");
            let (key, _) = updates.last().expect("reads").expect("has one");
            let (node, number) = key.value();
            let (node, number) = (*node, number);
            drop(key);
            updates.remove((&node, number)).expect("removes");
        }
        tx.commit().expect("commits");
    }
    let world = World::on(Place::Disk(disk));
    let read = world.workspace.read("notes.md");
    assert!(matches!(read, Err(VfsError::Damaged { .. })), "{read:?}");
    assert_eq!(world.read("flows/hello.flow.js"), "flow.log('hello')\n");
}

#[track_caller]
fn refused(disk: &Disk) {
    let error = Place::Disk(disk.clone()).open().map(drop);
    let too_new = VfsError::UnsupportedFormat {
        found: 3,
        supported: 2,
    };
    assert_eq!(error, Err(too_new));
}

#[test]
fn what_is_no_workspace_is_refused() {
    let error = Place::Disk(Disk::from_bytes(&[0x5a; 8192]))
        .open()
        .map(drop);
    assert!(matches!(error, Err(VfsError::Damaged { .. })), "{error:?}");
}

#[test]
fn a_ledger_that_is_damaged_is_told_as_such() {
    use crate::world::SharedMemory;
    use selvage_vfs::storage::{Batch, Storage};
    let mut memory = SharedMemory::default();
    let batch = Batch {
        ledger: Some(b"no ledger".to_vec()),
        ..Batch::default()
    };
    memory.commit(batch).expect("commits");
    let error = Workspace::open(Box::new(memory), [1; 16])
        .map(|_| ())
        .expect_err("damaged");
    assert!(matches!(error, VfsError::Damaged { .. }), "{error:?}");
}

#[test]
fn d6_a_journal_of_a_later_version_is_refused_and_one_that_goes_on_elsewhere_is_damaged() {
    let error = |bytes: &[u8]| {
        let disk = journal(bytes);
        let error = journaled(&disk).map(|_| ());
        assert_eq!(disk.file(2).bytes(), bytes, "it is not touched");
        error.expect_err("is refused")
    };
    let later = [&JOURNAL_1[..7], &[2], &JOURNAL_1[8..]].concat();
    assert_eq!(
        error(&later),
        VfsError::UnsupportedFormat {
            found: 2,
            supported: 1
        }
    );
    // Without its first record, it is no continuation of an empty database.
    let length = u32::from_le_bytes(JOURNAL_1[8..12].try_into().expect("four bytes")) as usize;
    let gap = [&JOURNAL_1[..8], &JOURNAL_1[8 + 28 + length..]].concat();
    assert!(matches!(error(&gap), VfsError::Damaged { .. }));
}

#[test]
fn d1_a_journal_holds_up_to_where_it_is_whole() {
    let all = Place::Journal(journal(JOURNAL_1));
    let most = World::on(all).contents();
    for cut in (0..JOURNAL_1.len()).step_by(977) {
        let mut world = World::on(Place::Journal(journal(&JOURNAL_1[..cut])));
        let contents = world.contents();
        assert!(
            contents
                .keys()
                .all(|path| most.contains_key(path) || path == "hello.flow.js")
        );
        // It goes on from there.
        world.write("more.md", "more");
        world.reopen();
        assert_eq!(world.read("more.md"), "more");
        assert_eq!(world.contents().len(), contents.len() + 1, "cut at {cut}");
    }
}
