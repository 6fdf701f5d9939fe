//! Every limit, and what happens past it.

use crate::world::{World, mkdir, mv};
use selvage_vfs::limits::{
    DEPTH_MAX, FILE_BYTES_MAX, MESSAGE_BYTES_MAX, OPS_MAX, TEXT_BYTES_MAX, UNDO_CHANGES_MAX,
};
use selvage_vfs::{Op, VfsError};

fn too_large(world: &mut World, ops: &[Op]) -> (&'static str, u64, u64) {
    let before = world.workspace.heads();
    let error = world.try_apply("Too much", ops).expect_err("is refused");
    assert_eq!(world.workspace.heads(), before);
    match error {
        VfsError::TooLarge {
            limit, size, max, ..
        } => (limit, size, max),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_over_file_bytes_max_is_refused() {
    let mut world = World::memory();
    // Zeroed memory that is never touched costs nothing.
    let refused = too_large(
        &mut world,
        &[Op::write("a.bin", vec![0; FILE_BYTES_MAX + 1])],
    );
    assert_eq!(
        refused,
        (
            "file_bytes_max",
            FILE_BYTES_MAX as u64 + 1,
            FILE_BYTES_MAX as u64
        )
    );
}

#[test]
fn t1_text_over_text_bytes_max_is_kept_as_a_blob_and_can_not_be_typed_into() {
    let mut world = World::memory();
    let text = "x".repeat(TEXT_BYTES_MAX + 1);
    world.write("fits.txt", &text[1..]);
    assert!(world.workspace.stat("fits.txt").expect("is there").text);
    world.write("big.txt", &text);
    assert!(!world.workspace.stat("big.txt").expect("is there").text);
    assert_eq!(
        world.workspace.read("big.txt").expect("reads").len(),
        text.len()
    );
    let refused = too_large(
        &mut world,
        &[Op::Draft {
            path: "fits.txt".into(),
            text,
        }],
    );
    assert_eq!(refused.0, "text_bytes_max");
}

#[test]
fn n4_a_folder_can_not_move_so_deep_that_its_content_passes_a_limit() {
    let mut world = World::memory();
    let deep = |count: usize| vec!["d"; count].join("/");
    world.apply("Lay out", &[mkdir(&deep(40)), mkdir("x/y")]);
    let target = format!("x/y/{}", deep(30));
    world.apply("Room", &[mkdir(&target)]);
    let refused = too_large(&mut world, &[mv("d", &format!("{target}/d"))]);
    assert_eq!(refused, ("depth_max", 72, DEPTH_MAX as u64));
    let long = "n".repeat(255);
    world.apply("Long", &[mkdir(&format!("l/{long}/{long}/{long}"))]);
    world.apply("Longer", &[mkdir(&format!("m/{long}"))]);
    let refused = too_large(&mut world, &[mv("l", &format!("m/{long}/l"))]);
    assert_eq!(
        refused,
        ("path_bytes_max", 1 + 1 + 255 + 1 + 1 + 3 * 256, 1024)
    );
}

#[test]
fn a_change_of_too_many_operations_is_refused() {
    let mut world = World::memory();
    let ops = vec![mkdir("a"); OPS_MAX + 1];
    assert_eq!(too_large(&mut world, &ops).0, "ops_max");
    world.apply("All", &ops[..OPS_MAX]);
}

#[test]
fn a_long_message_is_cut() {
    let mut world = World::memory();
    world.apply(&"m".repeat(MESSAGE_BYTES_MAX + 100), &[mkdir("a")]);
    let history = world.workspace.history(None, 1).expect("history");
    assert_eq!(history[0].message.len(), MESSAGE_BYTES_MAX);
}

#[test]
fn the_oldest_changes_can_no_longer_be_undone() {
    let mut world = World::memory();
    for n in 0..UNDO_CHANGES_MAX + 5 {
        world.write("a.md", format!("{n}"));
    }
    for _ in 0..UNDO_CHANGES_MAX {
        world.undo().expect("undoes");
    }
    assert_eq!(world.undo(), Err(VfsError::NothingToUndo));
    assert_eq!(world.read("a.md"), "4");
}

#[test]
fn a_source_of_ids_that_repeats_itself_is_an_error_and_no_endless_loop() {
    let mut world = World::memory();
    let meta = world.meta("Make");
    let result = world
        .workspace
        .apply(&mut || 5, &meta, &[mkdir("a"), mkdir("b")]);
    assert!(
        matches!(result, Err(VfsError::Internal { .. })),
        "{result:?}"
    );
    assert!(world.paths().is_empty());
}
