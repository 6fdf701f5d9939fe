//! What storage writes for what it is given.

use crate::disk::Disk;
use selvage_vfs::Hash;
use selvage_vfs::storage::{Batch, JournaledStorage, Storage};

const BATCHES: usize = 256;
const LARGE_BYTES: usize = 1_200_000;

#[test]
fn a_small_cell_beside_a_large_one_does_not_cost_what_the_large_one_does() {
    let disk = Disk::new();
    let storage = JournaledStorage::open(disk.file(0), disk.file(1), disk.file(2));
    let mut storage = storage.expect("opens").with_batches_max(BATCHES);
    let mut number = 0u64;
    let mut write = |cells: &[(&str, usize)]| {
        number += 1;
        let blob = [&number.to_le_bytes()[..], &[7; 1_000]].concat();
        let cells = cells.iter();
        let batch = Batch {
            cells: cells
                .map(|(name, bytes)| ((*name).to_owned(), vec![1; *bytes]))
                .collect(),
            blobs: vec![(Hash::of(&blob), blob.into())],
            ..Batch::default()
        };
        storage.commit(batch).expect("commits");
    };
    // As a workspace comes to lie there: a few nodes and then many at once, and after that a small cell for each change.
    write(&[("tree", 50)]);
    write(&[("undo.latest", 32), ("redo", 0), ("tree", LARGE_BYTES)]);
    let before = disk.written();
    for number in 0..BATCHES {
        let name = format!("tree.{number}");
        write(&[(&name, 150), ("undo.latest", 32 * number), ("redo", 0)]);
    }
    let written = (disk.written() - before) / BATCHES as u64;
    // A fold writes the large one anew where it lies on one page with a small one; each change by itself does not.
    assert!(
        written < LARGE_BYTES as u64 / 10,
        "{written} bytes a change"
    );
}
