//! What a workspace does with files and folders, on every storage.

use crate::world::{mkdir, mv, on_every_storage, rm};
use selvage_vfs::{Hash, Op, OriginKind, VfsError};

#[test]
fn c1_a_change_sees_its_own_steps_and_lands_as_one() {
    on_every_storage(|world| {
        let before = world.workspace.heads();
        let change = world.apply(
            "Lay out",
            &[
                Op::write("drafts/a.md", "one"),
                mkdir("done"),
                mv("drafts/a.md", "done/b.md"),
                Op::write("done/b.md", "two"),
                rm("drafts"),
            ],
        );
        assert_eq!(world.paths(), ["done/", "done/b.md"]);
        assert_eq!(world.read("done/b.md"), "two");
        assert_eq!(change.paths, ["done", "done/b.md", "drafts", "drafts/a.md"]);
        assert_eq!(change.heads.hashes().len(), 1, "one change follows another");
        assert_ne!(change.heads, before);
        assert_eq!(world.workspace.history(None, 10).expect("history").len(), 1);
        let contents = world.contents();
        world.reopen();
        assert_eq!(world.contents(), contents);
        assert_eq!(world.workspace.heads(), change.heads);
    });
}

#[test]
fn c1_when_one_step_does_not_fit_nothing_is_kept() {
    on_every_storage(|world| {
        world.write("a.md", "one");
        let before = (world.contents(), world.workspace.heads());
        let ops = [Op::write("a.md", "two"), mkdir("b"), rm("missing")];
        let error = world.try_apply("Half", &ops).expect_err("does not fit");
        assert_eq!(
            error,
            VfsError::NotFound {
                path: "missing".into()
            }
        );
        assert_eq!((world.contents(), world.workspace.heads()), before);
        world.reopen();
        assert_eq!((world.contents(), world.workspace.heads()), before);
    });
}

#[test]
fn c3_what_changes_nothing_leaves_no_change() {
    on_every_storage(|world| {
        let first = world.write("a.md", "one");
        for ops in [
            vec![Op::write("a.md", "one")],
            vec![Op::write("b.md", "two"), rm("b.md")],
            vec![mv("a.md", "c.md"), mv("c.md", "a.md")],
            vec![mkdir("")],
            vec![],
        ] {
            let change = world.apply("Nothing", &ops);
            if ops.len() == 2 && matches!(ops[0], Op::Move { .. }) {
                // Moving there and back renames twice within one folder: the register is as it was.
                assert_eq!(change.hash, None);
            }
            assert_eq!(
                (change.hash, change.heads, change.paths),
                (None, first.heads.clone(), vec![]),
                "{ops:?}"
            );
        }
    });
}

#[test]
fn c4_folders_are_made_on_the_way() {
    on_every_storage(|world| {
        world.write("a/b/c.md", "x");
        world.apply("Move", &[mv("a/b/c.md", "d/e/f.md")]);
        assert_eq!(world.paths(), ["a/", "a/b/", "d/", "d/e/", "d/e/f.md"]);
        let change = world.apply("Again", &[mkdir("d/e")]);
        assert_eq!(change.hash, None);
    });
}

#[test]
fn c5_moves_never_replace_and_never_swallow_themselves() {
    on_every_storage(|world| {
        world.apply(
            "Lay out",
            &[
                Op::write("a/x.md", "x"),
                Op::write("b.md", "b"),
                mkdir("a/inner"),
            ],
        );
        let refused = |world: &mut crate::world::World, from: &str, to: &str| {
            world
                .try_apply("Move", &[mv(from, to)])
                .expect_err("is refused")
        };
        let taken = VfsError::AlreadyExists {
            path: "b.md".into(),
            existing: "b.md".into(),
        };
        assert_eq!(refused(world, "a/x.md", "b.md"), taken);
        let swallowed = VfsError::MoveIntoSelf {
            from: "a".into(),
            to: "a/inner/a".into(),
        };
        assert_eq!(refused(world, "a", "a/inner/a"), swallowed);
        assert_eq!(
            refused(world, "none", "c"),
            VfsError::NotFound {
                path: "none".into()
            }
        );
        assert_eq!(
            refused(world, "b.md", "b.md/c"),
            VfsError::NotAFolder {
                path: "b.md".into()
            }
        );
        assert!(matches!(
            refused(world, "", "c"),
            VfsError::InvalidPath { .. }
        ));
        assert_eq!(world.apply("Stay", &[mv("a", "a")]).hash, None);
    });
}

#[test]
fn c6_a_node_keeps_its_id_and_history_when_it_moves() {
    on_every_storage(|world| {
        world.write("a/note.md", "one");
        let id = world.workspace.stat("a/note.md").expect("is there").id;
        world.apply(
            "Move",
            &[
                mv("a", "deep/er/b"),
                mv("deep/er/b/note.md", "deep/letter.md"),
            ],
        );
        world.write("deep/letter.md", "two");
        assert_eq!(
            world.workspace.stat("deep/letter.md").expect("is there").id,
            id
        );
        assert_eq!(
            world.workspace.path_of(id).as_deref(),
            Some("deep/letter.md")
        );
        let history = world
            .workspace
            .history(Some("deep/letter.md"), 10)
            .expect("history");
        let messages: Vec<&str> = history.iter().map(|entry| entry.message.as_str()).collect();
        assert_eq!(
            messages,
            ["Write deep/letter.md", "Move", "Write a/note.md"]
        );
        let hashes: Vec<_> = history.iter().map(|entry| entry.hash).collect();
        assert_eq!(
            hashes,
            [
                Some(Hash::of(b"two")),
                Some(Hash::of(b"one")),
                Some(Hash::of(b"one"))
            ]
        );
    });
}

#[test]
fn c7_a_change_says_when_who_and_why() {
    on_every_storage(|world| {
        let change = world.write("a.md", "one");
        world.reopen();
        let entry = world.workspace.history(None, 1).expect("history").remove(0);
        assert_eq!(
            (entry.message.as_str(), entry.at_ms),
            ("Write a.md", world.now_ms)
        );
        assert_eq!(
            (entry.origin.kind, entry.origin.name.as_str()),
            (OriginKind::Person, "Ada")
        );
        assert_eq!(Some(entry.change), change.hash);
        assert_eq!((entry.heads, entry.touched), (change.heads, 1));
        let file = world.workspace.stat("a.md").expect("is there");
        assert_eq!(
            (file.modified_ms, file.created_ms),
            (world.now_ms, world.now_ms)
        );
        assert_eq!(file.origin.expect("a maker").name, "Ada");
    });
}

#[test]
fn c8_a_folder_goes_with_everything_in_it_and_its_name_is_free_again() {
    on_every_storage(|world| {
        world.apply(
            "Lay out",
            &[Op::write("a/b/c.md", "old"), Op::write("d.md", "d")],
        );
        world.apply("Remove", &[rm("a")]);
        assert_eq!(world.paths(), ["d.md"]);
        let error = world.try_apply("Again", &[rm("a")]).expect_err("is gone");
        assert_eq!(error, VfsError::NotFound { path: "a".into() });
        world.write("a/b/c.md", "new");
        assert_eq!(world.read("a/b/c.md"), "new");
        assert_eq!(world.workspace.stats().expect("stats").deleted, 3);
        assert!(
            world.try_apply("Root", &[rm("")]).is_err(),
            "the root stays"
        );
    });
}

#[test]
fn every_kind_of_mistake_has_its_error() {
    on_every_storage(|world| {
        world.apply(
            "Lay out",
            &[
                Op::write("file.md", "x"),
                mkdir("folder"),
                Op::write("blob", [0, 1, 2]),
            ],
        );
        let not_a_folder = VfsError::NotAFolder {
            path: "file.md".into(),
        };
        let not_a_file = VfsError::NotAFile {
            path: "folder".into(),
        };
        let workspace = &world.workspace;
        assert_eq!(
            workspace.read("none"),
            Err(VfsError::NotFound {
                path: "none".into()
            })
        );
        assert_eq!(workspace.read("folder"), Err(not_a_file.clone()));
        assert_eq!(workspace.read("file.md/x"), Err(not_a_folder.clone()));
        assert_eq!(workspace.list("file.md", false), Err(not_a_folder.clone()));
        assert_eq!(
            workspace.list("none", false),
            Err(VfsError::NotFound {
                path: "none".into()
            })
        );
        assert!(matches!(
            workspace.read("a/../b"),
            Err(VfsError::InvalidPath { .. })
        ));
        assert_eq!(
            workspace.diff("blob", None, None),
            Err(VfsError::NotText {
                path: "blob".into()
            })
        );
        let tries = [
            (Op::write("folder", "x"), not_a_file),
            (Op::write("file.md/x", "x"), not_a_folder.clone()),
            (
                mkdir("file.md"),
                VfsError::NotAFolder {
                    path: "file.md".into(),
                },
            ),
            (
                Op::Write {
                    path: "file.md".into(),
                    bytes: vec![],
                    create_only: true,
                    base: None,
                },
                VfsError::AlreadyExists {
                    path: "file.md".into(),
                    existing: "file.md".into(),
                },
            ),
            (
                Op::Draft {
                    path: "blob".into(),
                    text: "x".into(),
                },
                VfsError::NotText {
                    path: "blob".into(),
                },
            ),
        ];
        for (op, expected) in tries {
            assert_eq!(
                world.try_apply("Try", std::slice::from_ref(&op)),
                Err(expected),
                "{op:?}"
            );
        }
        let nowhere = selvage_vfs::Heads::new(vec![[9; 32]]);
        let unknown = VfsError::UnknownHeads {
            heads: nowhere.clone(),
        };
        assert_eq!(world.workspace.at(&nowhere).map(|_| ()), Err(unknown));
    });
}

#[test]
fn s4_a_snapshot_never_changes_and_the_past_stays_readable() {
    on_every_storage(|world| {
        let first = world.apply(
            "First",
            &[Op::write("a.md", "one"), Op::write("b/c.bin", [0u8, 255])],
        );
        let snapshot = world.workspace.snapshot();
        let entries = snapshot.entries();
        world.apply(
            "Second",
            &[Op::write("a.md", "two"), rm("b"), Op::write("d.md", "d")],
        );
        assert_eq!(snapshot.entries(), entries);
        assert_eq!(snapshot.heads(), &first.heads);
        world.reopen();
        let past = world.workspace.at(&first.heads).expect("known");
        assert_eq!(past.entries(), entries);
        let hash = past
            .stat("b/c.bin")
            .expect("was there")
            .hash
            .expect("a file");
        assert_eq!(world.workspace.read_hash(&hash).expect("kept"), [0, 255]);
        assert_eq!(past.get("d.md"), Ok(None));
    });
}

#[test]
fn d5_equal_contents_are_held_once() {
    on_every_storage(|world| {
        let content: Vec<u8> = (0..700_000u32).flat_map(|n| n.to_le_bytes()).collect();
        world.write("big.bin", &content);
        let size = world.workspace.stats().expect("stats").storage_bytes;
        world.write("copy.bin", &content);
        let grown = world.workspace.stats().expect("stats").storage_bytes - size;
        assert!(grown < 100_000, "{grown} bytes more");
        world.reopen();
        assert_eq!(world.workspace.read("copy.bin").expect("reads"), content);
    });
}

#[test]
fn d5_folding_the_ledger_changes_nothing_that_can_be_seen() {
    on_every_storage(|world| {
        let mut heads = Vec::new();
        for round in 0..600 {
            heads.push(
                world
                    .write(&format!("f{}.md", round % 7), format!("{round}"))
                    .heads,
            );
        }
        let contents = world.contents();
        world.reopen();
        assert_eq!(world.contents(), contents);
        assert_eq!(
            world.workspace.history(None, 1000).expect("history").len(),
            600
        );
        let past = world.workspace.at(&heads[10]).expect("known");
        let hash = past.stat("f3.md").expect("was there").hash;
        assert_eq!(hash, Some(Hash::of(b"10")));
    });
}
