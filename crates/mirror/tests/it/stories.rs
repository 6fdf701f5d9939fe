//! What a person does on one side or the other, and what comes of it.

use crate::world::World;
use selvage_mirror::{From, MirrorError, Side};
use selvage_vfs::Op;

#[test]
fn what_is_written_on_one_side_is_on_the_other() {
    let mut world = World::new();
    world.write("a.txt", "one\n");
    world.write("deep/er/b.bin", b"\0\x01");
    world.quiet();
    assert_eq!(world.text("a.txt"), "one\n");
    world.op_write("notes/c.md", "two\n");
    world.op(Op::Mkdir {
        path: "empty".into(),
    });
    world.op(Op::Remove {
        path: "a.txt".into(),
    });
    let report = world.quiet();
    assert_eq!(world.file("notes/c.md"), "two\n");
    assert!(world.at("empty").is_dir() && !world.at("a.txt").exists());
    assert!(report.to_workspace.is_empty(), "{report:?}");
    world.remove("deep/er/b.bin");
    std::fs::remove_dir(world.at("deep/er")).expect("removed");
    world.write("a.txt", "three\n");
    world.quiet();
    assert!(world.held.workspace.stat("deep/er").is_err());
    assert!(world.held.workspace.stat("deep").is_ok());
}

#[test]
fn edits_of_both_sides_are_joined() {
    let mut world = World::with(&[("a.txt", "1\n2\n3\n4\n")]);
    world.write("a.txt", "1\n2\n3\n4\nfive\n");
    world.op_write("a.txt", "one\n2\n3\n4\n");
    let report = world.quiet();
    assert_eq!(world.file("a.txt"), "one\n2\n3\n4\nfive\n");
    assert_eq!(report.joined, ["a.txt"]);
    assert!(report.conflicts.is_empty(), "{report:?}");
}

#[test]
fn edits_of_the_same_line_are_joined_and_shown() {
    let mut world = World::with(&[("a.py", "x = 1\ny = 1\n")]);
    world.write("a.py", "x = 2\ny = 1\n");
    world.op_write("a.py", "x = 3\ny = 1\n");
    let report = world.quiet();
    let [conflict] = &report.conflicts[..] else {
        panic!("{report:?}");
    };
    assert_eq!(world.file(&conflict.copy), "x = 2\ny = 1\n");
    assert_eq!(world.text(&conflict.copy), "x = 2\ny = 1\n");
    let text = world.text("a.py");
    assert!(text.contains('2') && text.contains('3'), "{text}");
}

#[test]
fn of_what_is_no_text_both_versions_are_kept() {
    let mut world = World::with(&[("a.bin", "\0one")]);
    world.write("a.bin", "\0two");
    world.op_write("a.bin", "\0three");
    let report = world.quiet();
    let [conflict] = &report.conflicts[..] else {
        panic!("{report:?}");
    };
    assert_eq!(world.file("a.bin"), "\0three");
    assert_eq!(world.file(&conflict.copy), "\0two");
}

#[test]
fn an_edit_wins_over_a_deletion() {
    let mut world = World::with(&[("a.txt", "a\n"), ("b.txt", "b\n"), ("c.txt", "c\n")]);
    world.remove("a.txt");
    world.op_write("a.txt", "a changed\n");
    world.op(Op::Remove {
        path: "b.txt".into(),
    });
    world.write("b.txt", "b changed\n");
    let report = world.quiet();
    assert_eq!(world.file("a.txt"), "a changed\n");
    assert_eq!(world.text("b.txt"), "b changed\n");
    assert_eq!(report.kept, ["a.txt", "b.txt"]);
}

#[test]
fn a_file_that_is_moved_stays_the_same_file() {
    let mut world = World::with(&[("a.txt", "text\n"), ("b.txt", "other\n")]);
    let id = world.held.workspace.stat("a.txt").expect("there").id;
    std::fs::create_dir(world.at("sub")).expect("made");
    std::fs::rename(world.at("a.txt"), world.at("sub/z.txt")).expect("moved");
    // Somebody writes into it meanwhile, where it was.
    world.op_write("a.txt", "text\nmore\n");
    world.quiet();
    assert_eq!(
        world.held.workspace.stat("sub/z.txt").expect("there").id,
        id
    );
    assert_eq!(world.file("sub/z.txt"), "text\nmore\n");
    let (from, to) = ("sub".to_owned(), "up/sub".to_owned());
    world.op(Op::Move { from, to });
    world.write("sub/z.txt", "first\ntext\nmore\n");
    world.quiet();
    assert_eq!(world.text("up/sub/z.txt"), "first\ntext\nmore\n");
    assert!(!world.at("sub").exists());
    std::fs::rename(world.at("b.txt"), world.at("B.txt")).expect("moved");
    world.quiet();
    assert!(world.held.workspace.stat("B.txt").is_ok());
}

#[test]
fn a_file_takes_the_place_of_a_folder_and_a_folder_that_of_a_file() {
    let mut world = World::with(&[("a/x.txt", "x\n"), ("b", "file\n"), ("c.txt", "c\n")]);
    std::fs::remove_dir_all(world.at("a")).expect("removed");
    world.write("a", "a file\n");
    world.remove("b");
    world.write("b/y.txt", "y\n");
    world.quiet();
    assert_eq!(world.text("a"), "a file\n");
    assert_eq!(world.text("b/y.txt"), "y\n");
    // And from the other side.
    world.op(Op::Remove { path: "a".into() });
    world.op_write("a/z.txt", "z\n");
    world.op(Op::Remove { path: "b".into() });
    world.op_write("b", "b file\n");
    world.quiet();
    assert_eq!(world.file("a/z.txt"), "z\n");
    assert_eq!(world.file("b"), "b file\n");
    // Where both sides did something new, nothing is lost.
    world.remove("b");
    world.write("b/new.txt", "n\n");
    world.op_write("b", "b changed\n");
    let report = world.quiet();
    assert_eq!(report.conflicts.len(), 1, "{report:?}");
    assert_eq!(world.text("b/new.txt"), "n\n");
    assert_eq!(world.file(&report.conflicts[0].copy), "b changed\n");
}

#[test]
fn two_that_were_never_mirrored_are_not_joined_before_somebody_says_how() {
    let files = |world: &mut World| {
        world.write("same.txt", "s\n");
        world.write("a.txt", "disk\n");
        world.write("here.txt", "h\n");
        world.op_write("same.txt", "s\n");
        world.op_write("a.txt", "workspace\n");
        world.op_write("there.txt", "t\n");
    };
    let mut world = World::new();
    files(&mut world);
    let refused = world.try_pass().expect_err("nobody said how");
    assert!(
        matches!(refused, MirrorError::Unchosen { differing: 3 }),
        "{refused}"
    );
    assert_eq!(
        (&*world.file("a.txt"), &*world.text("a.txt")),
        ("disk\n", "workspace\n")
    );
    world.options.from = Some(From::Both);
    let report = world.quiet();
    assert_eq!(world.file("a.txt"), "workspace\n");
    assert_eq!(world.file(&report.conflicts[0].copy), "disk\n");
    assert_eq!(
        (&*world.file("there.txt"), &*world.text("here.txt")),
        ("t\n", "h\n")
    );

    let mut world = World::new();
    files(&mut world);
    world.options.from = Some(From::Disk);
    world.quiet();
    assert_eq!(world.text("a.txt"), "disk\n");
    assert!(world.held.workspace.stat("there.txt").is_err());

    let mut world = World::new();
    files(&mut world);
    world.options.from = Some(From::Workspace);
    world.quiet();
    assert_eq!(world.file("a.txt"), "workspace\n");
    assert!(!world.at("here.txt").exists());
    // What the folder held is in the history.
    for text in ["disk\n", "h\n"] {
        let hash = selvage_vfs::Hash::of(text.as_bytes());
        assert_eq!(
            world.held.workspace.read_hash(&hash).expect("kept"),
            text.as_bytes()
        );
    }
}

#[test]
fn a_folder_that_is_suddenly_empty_empties_nothing() {
    let names: Vec<String> = (0..12).map(|number| format!("{number}.txt")).collect();
    let mut world = World::new();
    for name in &names {
        world.write(name, name);
    }
    world.quiet();
    let before = world.texts();
    for name in &names[..7] {
        world.remove(name);
    }
    let refused = world.try_pass().expect_err("too many are gone");
    assert!(
        matches!(
            refused,
            MirrorError::Removals {
                side: Side::Disk,
                gone: 7,
                of: 12
            }
        ),
        "{refused}"
    );
    assert_eq!(world.texts(), before);
    world.write(&names[0], &names[0]);
    world.quiet();
    assert_eq!(world.texts().len(), 6);
    // The other way round, too; and the last of a few.
    for name in &names[7..] {
        world.op(Op::Remove { path: name.clone() });
    }
    world.op(Op::Remove {
        path: names[0].clone(),
    });
    let refused = world.try_pass().expect_err("all are gone");
    assert!(
        matches!(
            refused,
            MirrorError::Removals {
                side: Side::Workspace,
                gone: 6,
                of: 6
            }
        ),
        "{refused}"
    );
    world.options.allow_removals = true;
    world.quiet();
    assert!(world.files().is_empty());
}
