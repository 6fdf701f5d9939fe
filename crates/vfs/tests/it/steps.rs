//! Undo, redo, restore, history and diff.

use crate::world::{mkdir, mv, on_every_storage, rm};
use selvage_vfs::{Mark, Op, VfsError};

#[test]
fn u2_undo_and_redo_walk_back_and_forth_and_survive_closing() {
    on_every_storage(|world| {
        world.write("a.md", "one");
        world.write("a.md", "two");
        world.apply("Move", &[mv("a.md", "b/c.md")]);
        world.apply("Remove", &[rm("b")]);
        let undone = world.undo().expect("undoes");
        assert_eq!(undone.message, "Undo");
        assert_eq!(undone.paths, ["b"]);
        assert_eq!(world.read("b/c.md"), "two");
        world.reopen();
        world.undo().expect("undoes");
        world.undo().expect("undoes");
        assert_eq!(
            (world.paths(), world.read("a.md")),
            (vec!["a.md".to_owned()], "one".to_owned())
        );
        world.reopen();
        world.redo().expect("redoes");
        world.redo().expect("redoes");
        assert_eq!(world.read("b/c.md"), "two");
        assert_eq!(world.workspace.steps(), (3, 1));
        world.write("new.md", "x");
        assert_eq!(world.redo(), Err(VfsError::NothingToRedo));
        for _ in 0..4 {
            world.undo().expect("undoes");
        }
        assert_eq!(world.undo(), Err(VfsError::NothingToUndo));
        assert!(world.paths().is_empty());
    });
}

#[test]
fn u1_steps_back_are_changes_of_their_own() {
    on_every_storage(|world| {
        let first = world.write("a.md", "one");
        world.write("a.md", "two");
        world.undo().expect("undoes");
        world.restore("a.md", &first.heads).expect("restores");
        let messages: Vec<String> = world
            .workspace
            .history(None, 10)
            .expect("history")
            .into_iter()
            .map(|entry| entry.message)
            .collect();
        assert_eq!(
            messages,
            ["Undo", "Write a.md", "Write a.md"],
            "restoring what is there changes nothing"
        );
    });
}

#[test]
fn u3_a_text_is_joined_so_that_later_typing_is_kept() {
    on_every_storage(|world| {
        world.write("a.md", "one\ntwo\nthree\n");
        world.write("a.md", "one\n2\nthree\n");
        world.draft("a.md", "one\n2\nthree\nfour\n");
        world.undo().expect("undoes");
        assert_eq!(world.read("a.md"), "one\ntwo\nthree\nfour\n");
    });
}

#[test]
fn v6_a_name_that_was_taken_since_is_shown_with_a_suffix() {
    on_every_storage(|world| {
        let then = world.write("a.md", "old");
        let old = world.workspace.stat("a.md").expect("is there").id;
        world.apply(
            "Replace",
            &[rm("a.md"), Op::write("b.md", "new"), mv("b.md", "A.md")],
        );
        // Restoring the file by its old name finds no such name now, so it comes back beside.
        world.restore("a.md", &then.heads).expect("restores");
        let suffix = &old.to_string()[..3];
        assert_eq!(
            world.paths(),
            [format!("A~{}.md", &newer(world)[..3]), "a.md".to_owned()]
        );
        assert_eq!(world.workspace.stat("a.md").expect("is there").mark, None);
        world.reopen();
        assert_eq!(world.read("a.md"), "old");
        assert_eq!(
            world.read(&format!("A~{}.md", &newer(world)[..3])),
            "new",
            "{suffix}"
        );
        // The mark goes when its cause goes.
        world.apply("Make room", &[mv("a.md", "c.md")]);
        assert_eq!(world.paths(), ["A.md", "c.md"]);
    });
}

/// The id of the file that holds `new`.
fn newer(world: &crate::world::World) -> String {
    let hash = Some(selvage_vfs::Hash::of(b"new"));
    let entries = world.workspace.list("", true).expect("lists");
    entries
        .iter()
        .find(|entry| entry.hash == hash)
        .expect("is there")
        .id
        .to_string()
}

#[test]
fn u4_a_deleted_file_comes_back_with_the_folders_above_it() {
    on_every_storage(|world| {
        let there = world.apply(
            "Lay out",
            &[Op::write("a/b/c.md", "x"), Op::write("a/d.md", "d")],
        );
        world.apply("Remove", &[rm("a")]);
        let restored = world.restore("a/b/c.md", &there.heads).expect("restores");
        assert!(
            restored.paths.contains(&"a/b/c.md".to_owned()),
            "{:?}",
            restored.paths
        );
        assert_eq!(world.read("a/b/c.md"), "x");
        assert_eq!(
            world
                .workspace
                .history(Some("a/b/c.md"), 10)
                .expect("history")
                .len(),
            1
        );
    });
}

#[test]
fn u4_a_file_that_moved_is_restored_where_it_is() {
    on_every_storage(|world| {
        let there = world.write("a.md", "one");
        world.apply("Move", &[mv("a.md", "b/c.md"), Op::write("b/c.md", "two")]);
        world.restore("b/c.md", &there.heads).expect("restores");
        assert_eq!(world.read("b/c.md"), "one");
        assert_eq!(world.paths(), ["b/", "b/c.md"]);
        let missing = VfsError::NotFound {
            path: "z.md".into(),
        };
        assert_eq!(world.restore("z.md", &there.heads), Err(missing));
    });
}

#[test]
fn u5_restoring_the_root_makes_everything_as_it_was() {
    on_every_storage(|world| {
        world.apply(
            "Lay out",
            &[
                Op::write("a/x.md", "x"),
                Op::write("b.bin", [0u8, 1]),
                mkdir("empty"),
            ],
        );
        let then = (world.workspace.heads(), world.contents());
        world.apply(
            "Turn over",
            &[
                mv("a/x.md", "x.md"),
                rm("empty"),
                Op::write("b.bin", "now text"),
                Op::write("a/new.md", "n"),
            ],
        );
        world.draft("x.md", "x and more");
        let change = world.restore("", &then.0).expect("restores");
        assert_eq!(world.contents(), then.1);
        assert!(change.paths.contains(&"a/new.md".to_owned()));
        world.reopen();
        assert_eq!(world.contents(), then.1);
    });
}

#[test]
fn u5_restoring_a_folder_leaves_what_moved_out_where_it_is() {
    on_every_storage(|world| {
        let then = world.apply(
            "Lay out",
            &[Op::write("a/x.md", "x"), Op::write("b/y.md", "y")],
        );
        world.apply(
            "Move",
            &[mv("b/y.md", "a/y.md"), Op::write("a/x.md", "changed")],
        );
        world.restore("a", &then.heads).expect("restores");
        assert_eq!(world.paths(), ["a/", "a/x.md", "a/y.md", "b/"]);
        assert_eq!(world.read("a/x.md"), "x");
    });
}

#[test]
fn a_diff_compares_any_two_points_and_follows_a_move() {
    on_every_storage(|world| {
        let first = world.write("a.md", "one\ntwo\n");
        let second = world.apply("Edit", &[mv("a.md", "b.md"), Op::write("b.md", "one\n2\n")]);
        world.draft("b.md", "one\n2\nthree\n");
        let workspace = &world.workspace;
        let between = workspace
            .diff("b.md", Some(&first.heads), Some(&second.heads))
            .expect("compares");
        assert_eq!(
            between,
            "--- a/b.md\n+++ b/b.md\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
        );
        let until_now = workspace
            .diff("b.md", Some(&second.heads), None)
            .expect("compares");
        assert!(until_now.ends_with("+three\n"), "{until_now}");
        assert_eq!(workspace.diff("b.md", None, None).expect("compares"), "");
        world.apply("Remove", &[rm("b.md")]);
        let gone = world
            .workspace
            .diff("b.md", Some(&second.heads), None)
            .expect("compares");
        assert_eq!(
            gone,
            "--- a/b.md\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-2\n"
        );
    });
}

#[test]
fn a_deleted_file_still_has_its_history() {
    on_every_storage(|world| {
        world.write("a/b.md", "one");
        world.write("a/b.md", "two");
        world.apply("Remove file", &[rm("a/b.md")]);
        world.apply("Remove folder", &[rm("a")]);
        let history = world
            .workspace
            .history(Some("a/b.md"), 10)
            .expect("history");
        let sizes: Vec<_> = history
            .iter()
            .map(|entry| (entry.message.as_str(), entry.size))
            .collect();
        assert_eq!(
            sizes,
            [
                ("Remove file", None),
                ("Write a/b.md", Some(3)),
                ("Write a/b.md", Some(3))
            ]
        );
        assert_eq!(
            world
                .workspace
                .history(Some("a/b.md"), 1)
                .expect("history")
                .len(),
            1
        );
        let missing = VfsError::NotFound {
            path: "never".into(),
        };
        assert_eq!(world.workspace.history(Some("never"), 1), Err(missing));
        assert!(
            world
                .workspace
                .list("", true)
                .expect("lists")
                .iter()
                .all(|entry| entry.mark != Some(Mark::Renamed))
        );
    });
}

#[test]
fn it_is_told_where_a_file_was_that_came_along_with_its_folder() {
    on_every_storage(|world| {
        world.write("a/b/c.md", "one");
        let first = world.workspace.heads();
        world.apply("Move the folder", &[mv("a", "deep/er")]);
        let moved = world.workspace.heads();
        world.apply("Move the file", &[mv("deep/er/b/c.md", "d.md")]);
        world.apply("Remove the folder", &[rm("deep")]);
        let last = world.workspace.heads();
        let was = |path: &str, then| world.workspace.was_at(path, then);
        let some = |path: &str| Ok(Some(path.to_owned()));
        assert_eq!(was("d.md", &first), some("a/b/c.md"));
        assert_eq!(was("d.md", &moved), some("deep/er/b/c.md"));
        assert_eq!(was("d.md", &last), some("d.md"));
        assert_eq!(was("deep", &moved), some("deep"));
        assert_eq!(was("deep", &last), Ok(None), "it is gone");
        assert_eq!(was("deep", &first), Ok(None), "it was not there yet");
        let path = "never".to_owned();
        assert_eq!(was("never", &last), Err(VfsError::NotFound { path }));
    });
}

#[test]
fn u5_restoring_everything_but_a_folder_leaves_that_as_it_is() {
    on_every_storage(|world| {
        let before = world.apply("Lay out", &[Op::write("a.md", "a"), mkdir("kept")]);
        let made = &[
            Op::write("a.md", "changed"),
            Op::write("kept/1.json", "1"),
            Op::write("other/2.json", "2"),
        ];
        let then = world.apply("Work", made);
        world
            .restore_but(Some("kept"), "", &before.heads)
            .expect("restores");
        assert_eq!(world.paths(), ["a.md", "kept/", "kept/1.json"]);
        assert_eq!(world.read("a.md"), "a");

        // What is gone from it does not come back, and what was edited in it stays.
        let later = &[rm("kept/1.json"), Op::write("kept/3.json", "3")];
        world.apply("Go on", later);
        world
            .restore_but(Some("kept"), "", &then.heads)
            .expect("restores");
        assert_eq!(
            world.paths(),
            ["a.md", "kept/", "kept/3.json", "other/", "other/2.json"]
        );

        // Nor does the folder itself, where it was deleted, or go, where it was made since.
        world.apply("Clear", &[rm("kept")]);
        world
            .restore_but(Some("kept"), "", &then.heads)
            .expect("restores");
        assert_eq!(world.paths(), ["a.md", "other/", "other/2.json"]);
        world.apply("Again", &[Op::write("kept/4.json", "4")]);
        world
            .restore_but(Some("kept"), "", &before.heads)
            .expect("restores");
        assert_eq!(world.paths(), ["a.md", "kept/", "kept/4.json"]);
    });
}
