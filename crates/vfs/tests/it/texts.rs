//! Live texts: drafts, seals, and writes that merge with typing.

use crate::world::{World, mv, on_every_storage, rm};
use selvage_vfs::limits::SPLICES_MAX;
use selvage_vfs::{Hash, Op, Splice, VfsError};

#[test]
fn t6_a_draft_is_read_and_kept_but_not_in_the_ledger() {
    on_every_storage(|world| {
        let written = world.write("a.md", "hello");
        let change = world.draft("a.md", "hello world");
        assert_eq!((change.hash, change.heads), (None, written.heads.clone()));
        assert_eq!(change.paths, ["a.md"]);
        for _ in 0..2 {
            let entry = world.workspace.stat("a.md").expect("is there");
            assert_eq!((entry.draft, entry.size), (true, 11));
            assert_eq!(world.read("a.md"), "hello world");
            let sealed = world.workspace.snapshot().stat("a.md").expect("is there");
            assert_eq!(
                (sealed.draft, sealed.hash),
                (false, Some(Hash::of(b"hello")))
            );
            assert_eq!(world.workspace.history(None, 10).expect("history").len(), 1);
            world.reopen();
        }
    });
}

#[test]
fn s1_sealing_makes_every_draft_one_change() {
    on_every_storage(|world| {
        world.apply(
            "Lay out",
            &[
                Op::write("a.md", "a"),
                Op::write("b.md", "b"),
                Op::write("c.md", "c"),
            ],
        );
        world.draft("a.md", "a1");
        world.draft("b.md", "b1");
        world.draft("b.md", "b");
        let heads = world.seal();
        let past = world.workspace.at(&heads).expect("known");
        assert_eq!(
            past.stat("a.md").expect("is there").hash,
            Some(Hash::of(b"a1"))
        );
        let history = world.workspace.history(None, 10).expect("history");
        assert_eq!(
            (history[0].message.as_str(), history[0].touched),
            ("Edit", 1)
        );
        assert_eq!(world.seal(), heads, "nothing more to seal");
        assert!(!world.workspace.stat("b.md").expect("is there").draft);
        world.reopen();
        assert_eq!(world.seal(), heads);
    });
}

#[test]
fn t2_a_draft_of_a_missing_file_makes_it_and_one_that_says_nothing_new_makes_nothing() {
    on_every_storage(|world| {
        let made = world.draft("new/a.md", "x");
        assert!(made.hash.is_some());
        assert_eq!(world.workspace.stats().expect("stats").drafts, 0);
        let same = world.draft("new/a.md", "x");
        assert_eq!((same.hash, same.paths.len()), (None, 0));
    });
}

#[test]
fn t4_a_write_without_a_base_takes_the_place_of_what_was_typed() {
    on_every_storage(|world| {
        world.write("a.md", "one");
        world.draft("a.md", "one typed");
        let change = world.write("a.md", "rewritten");
        assert!(change.hash.is_some());
        assert_eq!(world.read("a.md"), "rewritten");
        assert!(!world.workspace.stat("a.md").expect("is there").draft);
        world.reopen();
        assert_eq!(world.read("a.md"), "rewritten");
    });
}

#[test]
fn t5_a_write_with_a_base_is_joined_with_what_was_typed_meanwhile() {
    on_every_storage(|world| {
        let base = "# Title\nred\ngreen\nblue\n";
        world.write("a.md", base);
        world.draft("a.md", "# Title\nred\ngreen\nblue\nwhite, typed\n");
        let op = Op::Write {
            path: "a.md".into(),
            bytes: b"# Title\nred\nGREEN\nblue\n".to_vec(),
            create_only: false,
            base: Some(Hash::of(base.as_bytes())),
        };
        world.apply("Patch", std::slice::from_ref(&op));
        let joined = "# Title\nred\nGREEN\nblue\nwhite, typed\n";
        assert_eq!(world.read("a.md"), joined);
        world.reopen();
        assert_eq!(world.read("a.md"), joined);
        // Without a live text it works alike: somebody else wrote in between.
        world.write("b.md", "1\n2\n3\n");
        world.write("b.md", "0\n1\n2\n3\n");
        let (bytes, base) = (b"1\n2\n3\n4\n".to_vec(), Some(Hash::of(b"1\n2\n3\n")));
        world.apply(
            "Patch",
            &[Op::Write {
                path: "b.md".into(),
                bytes,
                create_only: false,
                base,
            }],
        );
        assert_eq!(world.read("b.md"), "0\n1\n2\n3\n4\n");
    });
}

#[test]
fn t1_a_file_turns_from_text_to_bytes_and_back() {
    on_every_storage(|world| {
        world.write("a", "text");
        world.draft("a", "text typed");
        world.write("a", [0u8, 159, 146]);
        assert!(!world.workspace.stat("a").expect("is there").text);
        assert_eq!(world.workspace.read("a").expect("reads"), [0, 159, 146]);
        world.write("a", "text again");
        world.draft("a", "text again, typed");
        world.seal();
        world.reopen();
        assert_eq!(world.read("a"), "text again, typed");
    });
}

#[test]
fn c6_typed_text_moves_and_comes_back_with_its_file() {
    on_every_storage(|world| {
        world.write("a/n.md", "one");
        world.draft("a/n.md", "one, typed");
        world.apply("Move", &[mv("a", "b")]);
        assert_eq!(world.read("b/n.md"), "one, typed");
        world.apply("Remove", &[rm("b")]);
        world.seal();
        world.undo().expect("undoes");
        assert_eq!(
            world.read("b/n.md"),
            "one, typed",
            "what was typed last is not lost"
        );
    });
}

#[test]
fn d5_folding_a_live_text_changes_nothing_that_can_be_seen() {
    on_every_storage(|world| {
        world.write("a.md", "");
        let mut text = String::new();
        for n in 0..600 {
            text.push_str(if n % 9 == 0 { "é\n" } else { "x" });
            world.draft("a.md", &text);
        }
        assert_eq!(world.read("a.md"), text);
        world.reopen();
        assert_eq!(world.read("a.md"), text);
        text.insert_str(7, "inserted");
        world.draft("a.md", &text);
        world.seal();
        world.reopen();
        assert_eq!(world.read("a.md"), text);
    });
}

#[test]
fn more_texts_than_may_be_open_are_read_again_when_needed() {
    let mut world = World::memory();
    let count = selvage_vfs::limits::TEXTS_OPEN_MAX + 20;
    for n in 0..count {
        world.write(&format!("{n}.md"), "x");
        world.draft(&format!("{n}.md"), &format!("typed {n}"));
    }
    for n in 0..count {
        assert_eq!(world.read(&format!("{n}.md")), format!("typed {n}"));
    }
    world.seal();
    assert_eq!(world.workspace.stats().expect("stats").drafts, 0);
}

fn splice(at: u32, remove: u32, insert: &str) -> Splice {
    let insert = insert.to_owned();
    Splice { at, remove, insert }
}

#[test]
fn t9_typing_by_places_leaves_what_a_draft_would() {
    on_every_storage(|world| {
        world.write("a.md", "hello 😀");
        let meta = world.meta("Type");
        let type_into = |world: &mut crate::world::World, splices: &[Splice]| {
            world.workspace.type_into("a.md", splices, &meta)
        };
        type_into(world, &[splice(0, 1, "H"), splice(8, 0, "!")]).expect("fits");
        assert_eq!(world.read("a.md"), "Hello 😀!");
        let mut text = "Hello 😀!".to_owned();
        for n in 0..300u32 {
            let (at, remove) = (n % 5, n % 3);
            type_into(world, &[splice(at, remove, "ab"), splice(0, 0, "")]).expect("fits");
            text.replace_range(at as usize..(at + remove) as usize, "ab");
            if n % 100 == 99 {
                world.reopen();
            }
            assert_eq!(world.read("a.md"), text);
        }
        assert!(world.workspace.stat("a.md").expect("is there").draft);
        let heads = world.seal();
        let sealed = world.workspace.at(&heads).expect("known");
        let entry = sealed.stat("a.md").expect("is there");
        assert_eq!(entry.hash, Some(Hash::of(text.as_bytes())));

        // There and back again is no draft.
        type_into(world, &[splice(0, 0, "x")]).expect("fits");
        assert!(world.workspace.stat("a.md").expect("is there").draft);
        type_into(world, &[splice(0, 1, "")]).expect("fits");
        assert!(!world.workspace.stat("a.md").expect("is there").draft);
    });
}

#[test]
fn t9_what_does_not_fit_is_refused_as_a_whole() {
    on_every_storage(|world| {
        world.write("a.md", "hello");
        world.write("b.bin", "\0");
        let meta = world.meta("Type");
        for _ in 0..2 {
            let before = world.read("a.md");
            let end = before.len() as u32;
            for bad in [
                vec![splice(0, 0, "x"), splice(end + 2, 0, "y")],
                vec![splice(end, 1, "")],
                vec![splice(u32::MAX, u32::MAX, "")],
            ] {
                let error = world.workspace.type_into("a.md", &bad, &meta);
                assert!(
                    matches!(error, Err(VfsError::OutOfRange { .. })),
                    "{error:?}"
                );
            }
            let nul = world
                .workspace
                .type_into("a.md", &[splice(0, 0, "\0")], &meta);
            assert!(matches!(nul, Err(VfsError::NotText { .. })));
            let many = vec![splice(0, 0, ""); SPLICES_MAX + 1];
            let many = world.workspace.type_into("a.md", &many, &meta);
            assert!(matches!(many, Err(VfsError::TooLarge { .. })));
            let long = "x".repeat(selvage_vfs::limits::TEXT_BYTES_MAX);
            let long = world
                .workspace
                .type_into("a.md", &[splice(0, 0, &long)], &meta);
            assert!(matches!(long, Err(VfsError::TooLarge { .. })));
            assert_eq!(world.read("a.md"), before);
            world.draft("a.md", "hello there");
        }
        for path in ["b.bin", "", "missing.md"] {
            let error = world.workspace.type_into(path, &[splice(0, 0, "x")], &meta);
            assert!(error.is_err(), "{path}");
        }
    });
}
