//! A pass that dies at each of its steps, and somebody who saves while it goes on.

use crate::faults::{Fuse, Raced};
use crate::world::World;
use selvage_mirror::{FolderDisk, Mirror};
use selvage_vfs::Op;
use std::cell::Cell;
use std::rc::Rc;

#[test]
fn a_pass_dies_at_each_of_its_steps() {
    let count = |text: &str, line: &str| text.lines().filter(|it| *it == line).count();
    let mut steps = 0;
    for (is_after, edits) in [(false, false), (true, false), (false, true), (true, true)] {
        for left in 1.. {
            let mut world = World::with(&[
                ("join.txt", "1\n2\n3\n4\n"),
                ("take.txt", "1\n2\n3\n4\n"),
                ("gone.txt", "gone\n"),
                ("move.txt", "moved\n"),
                ("both.bin", "\0"),
            ]);
            world.options.allow_removals = true;
            world.write("join.txt", "1\n2\n3\n4\nfive\n");
            world.op_write("join.txt", "one\n2\n3\n4\n");
            world.op_write("take.txt", "1\nzwei\n2\n3\n4\n");
            world.remove("gone.txt");
            let (from, to) = ("move.txt".into(), "new/move.txt".into());
            world.op(Op::Move { from, to });
            world.write("both.bin", "\0folder");
            world.op_write("both.bin", "\0workspace");
            let fuse = Fuse {
                left: Rc::new(Cell::new(left)),
                is_after,
            };
            world.mortal(fuse.clone());
            if edits {
                for path in ["join.txt", "take.txt"] {
                    let text = world.file(path).replace("2\n", "later\n2\n");
                    world.write(path, text);
                }
            }
            let report = world.quiet();
            let story = format!("{left} {is_after} {edits}: {report:?}");
            let told = |path: &str| {
                let mut told = report.conflicts.iter().filter(|it| it.path == path);
                told.next().map(|it| world.file(&it.copy))
            };
            for (path, lines) in [
                ("join.txt", vec!["one", "five", "2", "3", "4"]),
                ("take.txt", vec!["zwei", "1", "2", "3", "4"]),
            ] {
                let text = world.file(path);
                for line in &lines {
                    assert_eq!(count(&text, line), 1, "{path} {line}: {text} {story}");
                }
                let all = text + &told(path).unwrap_or_default();
                assert_eq!(all.contains("later"), edits, "{path}: {all} {story}");
            }
            assert_eq!(world.file("new/move.txt"), "moved\n", "{story}");
            assert_eq!(world.file("both.bin"), "\0workspace", "{story}");
            assert!(
                world.files().values().flatten().any(|it| it == b"\0folder"),
                "{story}"
            );
            assert!(!world.at("gone.txt").exists() && !world.at("move.txt").exists());
            if fuse.left.get() > 0 {
                steps = steps.max(left);
                break;
            }
        }
    }
    assert!(steps > 12, "it dies at too few steps: {steps}");
}

#[test]
fn whoever_saves_while_a_pass_goes_on_is_joined_by_the_next_one() {
    for (path, here, there, saved, expected) in [
        (
            "a.txt",
            "1\n2\nfive\n",
            "one\n2\n",
            "1\n2\nfive\nsix\n",
            "one\n2\nfive\nsix\n",
        ),
        (
            "a.txt",
            "1\n2\n",
            "one\n2\n",
            "1\n2\nsix\n",
            "one\n2\nsix\n",
        ),
    ] {
        let mut world = World::with(&[(path, "1\n2\n")]);
        world.write(path, here);
        world.op_write(path, there);
        let raced = Raced {
            disk: FolderDisk::open(world.root(), "test").expect("opens"),
            at: world.at(path),
            text: Some(saved),
        };
        let options = world.options.clone();
        let mut mirror = Mirror::open(raced, world.kept.clone(), options).expect("opens");
        let now_ms = world.now_ms();
        let report = mirror.pass(&mut world.held, now_ms, &mut |_| {});
        assert!(report.expect("a pass").unsettled);
        assert_eq!(world.file(path), saved);
        let report = world.quiet();
        assert_eq!(world.file(path), expected, "{report:?}");
        assert!(report.conflicts.is_empty(), "{report:?}");
    }
}
