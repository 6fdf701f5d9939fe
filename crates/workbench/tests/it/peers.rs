//! Several engines with one workspace, as the tabs of a browser have them.

use crate::common::Host;
use crate::common::pair::{PEER, Pair};
use selvage_tool::ErrorCode;
use selvage_vfs::Workspace;
use selvage_vfs::storage::MemoryStorage;
use selvage_workbench::{Cx, Effect, Event, Notice, Workbench};
use serde_json::json;

#[test]
fn a_new_tab_gets_everything_before_it_is_said_to_have_caught_up() {
    let mut pair = Pair::new();

    assert_eq!(pair.caught_up, [true, true]);
    let files = |pair: &mut Pair, at| pair.call(at, "ls", json!({ "recursive": true }));
    assert_eq!(files(&mut pair, 0), files(&mut pair, 1));
}

#[test]
fn what_one_tab_does_the_other_shows_without_being_asked() {
    let mut pair = Pair::new();
    pair.hosts[1].notices.clear();

    pair.call(
        0,
        "write",
        json!({ "path": "notes.md", "content": "bread" }),
    );

    let told = pair.hosts[1].notices.iter().any(
        |notice| matches!(notice, Notice::Changed { paths, .. } if paths.contains(&"notes.md".to_owned())),
    );
    assert!(told, "{:?}", pair.hosts[1].notices);
    let read = pair.call(1, "read", json!({ "path": "notes.md" }));
    assert_eq!(read["content"], "bread");
}

#[test]
fn what_one_tab_moves_or_removes_the_other_hears_is_gone_from_there() {
    let mut pair = Pair::new();
    for path in ["a/notes.md", "old.md"] {
        pair.call(0, "write", json!({ "path": path, "content": "bread" }));
    }
    pair.hosts[1].notices.clear();

    pair.call(0, "move", json!({ "from": "a", "to": "b" }));
    pair.call(0, "delete", json!({ "path": "old.md" }));

    let notices = pair.hosts[1].notices.iter();
    let told = notices.filter_map(|notice| match notice {
        Notice::Changed { paths, .. } => Some(paths.iter().map(String::as_str)),
        _ => None,
    });
    let told: Vec<&str> = told.flatten().collect();
    assert!(
        ["a", "b", "old.md"].iter().all(|path| told.contains(path)),
        "{told:?}"
    );
}

#[test]
fn typing_is_seen_before_it_is_part_of_the_history() {
    let mut pair = Pair::new();
    pair.call(
        0,
        "write",
        json!({ "path": "notes.md", "content": "bread" }),
    );

    pair.call(
        0,
        "write",
        json!({ "path": "notes.md", "content": "bread and butter", "draft": true }),
    );

    let read = pair.call(1, "read", json!({ "path": "notes.md" }));
    assert_eq!(read["content"], "bread and butter");
}

#[test]
fn a_person_with_a_name_signs_what_they_typed_with_it() {
    let mut pair = Pair::new();
    pair.call(0, "write", json!({ "path": "notes.md", "content": "a" }));
    let name = Some("Ada’s phone".to_owned());
    pair.hosts[0].tell(Event::Named { name });
    pair.hosts[0].types("notes.md", "ab");

    pair.hosts[0].pass(5_000);
    pair.settle();

    let history = pair.call(1, "history", json!({ "path": "notes.md" }));
    let origin = &history["changes"][0]["origin"];
    assert_eq!(*origin, json!({ "kind": "person", "name": "Ada’s phone" }));
}

#[test]
fn a_writer_who_started_from_an_older_text_is_told_and_overwrites_nothing() {
    let mut pair = Pair::new();
    let written = pair.call(0, "write", json!({ "path": "notes.md", "content": "a" }));
    let base = &written["hash"];
    pair.call(
        0,
        "write",
        json!({ "path": "notes.md", "content": "ab", "draft": true, "base": base }),
    );

    let late = pair.hosts[1].call(
        "write",
        json!({ "path": "notes.md", "content": "ac", "draft": true, "base": base }),
    );

    assert_eq!(late.expect_err("stale").code, ErrorCode::Stale);
    let read = pair.call(1, "read", json!({ "path": "notes.md" }));
    assert_eq!(read["content"], "ab");
}

#[test]
fn two_tabs_that_worked_apart_come_together() {
    let mut pair = Pair::new();
    pair.part();
    for (at, host) in pair.hosts.iter_mut().enumerate() {
        let path = format!("apart-{at}.md");
        let written = host.call("write", json!({ "path": path, "content": "x" }));
        written.expect("it works");
    }

    let mut pair = pair.again();

    for at in 0..2 {
        for path in ["apart-0.md", "apart-1.md"] {
            pair.call(at, "read", json!({ "path": path }));
        }
    }
}

/// As the package `bifrost` keeps a table: a document a file.
#[test]
fn documents_that_were_changed_apart_come_together_and_of_one_both_versions_are_kept() {
    let document = |city: &str| format!("{{\n  \"city\": \"{city}\"\n}}\n");
    let mut pair = Pair::new();
    let write = |pair: &mut Pair, at, id: &str, content: String| {
        let path = format!("tables/customers/{id}.json");
        pair.call(at, "write", json!({ "path": path, "content": content }))
    };
    write(&mut pair, 0, "acme", document("Bern"));
    write(&mut pair, 0, "brot", document("Bern"));
    pair.part();
    write(&mut pair, 0, "acme", document("Basel"));
    write(&mut pair, 1, "brot", document("Chur"));
    write(&mut pair, 1, "cord", document("Davos"));
    let mut pair = pair.again();
    for at in 0..2 {
        for (id, city) in [("acme", "Basel"), ("brot", "Chur"), ("cord", "Davos")] {
            let path = format!("tables/customers/{id}.json");
            let read = pair.call(at, "read", json!({ "path": path }));
            assert_eq!(read["content"], document(city));
        }
        let conflicts = pair.call(at, "conflicts", json!({}));
        assert_eq!(conflicts["conflicts"], json!([]));
    }
    pair.part();
    write(&mut pair, 0, "acme", document("Thun"));
    write(&mut pair, 1, "acme", document("Visp"));
    let mut pair = pair.again();
    for at in 0..2 {
        let conflicts = pair.call(at, "conflicts", json!({}));
        let told = conflicts["conflicts"].to_string();
        assert_eq!(
            conflicts["conflicts"].as_array().map(Vec::len),
            Some(1),
            "{told}"
        );
        assert!(told.contains("tables/customers/acme.json"), "{told}");
    }
}

#[test]
fn what_a_dead_tab_left_is_taken_in_and_passed_on() {
    let mut pair = Pair::new();
    let mut left = Workspace::open(Box::new(MemoryStorage::new()), [3; 16]).expect("a workspace");
    let meta = selvage_vfs::Meta::new(
        5,
        selvage_vfs::Origin::new(selvage_vfs::OriginKind::Person, "you"),
        "Write",
    );
    left.apply(
        &mut || 99,
        &meta,
        &[selvage_vfs::Op::write("left.md", "mine")],
    )
    .expect("a change");

    let mut cx = Cx {
        now_ms: 6,
        random: &mut || 7,
    };
    let absorbed = pair.hosts[0].bench.absorb(&mut cx, &mut left);
    let effects = absorbed.expect("it works");
    pair.hosts[0].others.extend(
        effects
            .into_iter()
            .filter(|effect| matches!(effect, Effect::Send { .. })),
    );
    pair.settle();

    for at in 0..2 {
        let read = pair.call(at, "read", json!({ "path": "left.md" }));
        assert_eq!(read["content"], "mine");
    }
    assert!(left.stat("README.md").is_ok(), "and it got everything, too");
}

#[test]
fn a_peer_that_sends_garbage_is_dropped_with_a_reason_and_nothing_else_happens() {
    let mut pair = Pair::new();
    let before = pair.hosts[0].call("ls", json!({ "recursive": true }));
    let garbage = vec![0xff; 200];

    pair.hosts[0].tell(Event::PeerSent {
        peer: PEER,
        frame: garbage,
    });
    pair.settle();

    assert_eq!(pair.hung_up, [true, true], "the other one is told");
    assert!(matches!(
        pair.hosts[0].notices.last(),
        Some(Notice::PeerLost { .. })
    ));
    assert_eq!(
        pair.hosts[0].call("ls", json!({ "recursive": true })),
        before
    );
}

#[test]
fn more_peers_than_the_limit_are_turned_away() {
    let mut host = Host::new();
    let most = u32::try_from(selvage_workbench::PEERS_MAX).expect("a small number");
    for peer in 0..=most {
        host.tell(Event::PeerJoined {
            peer,
            initiator: false,
        });
    }
    assert!(matches!(&host.others[..], [Effect::Hangup { peer }] if *peer == most));
}

#[test]
fn a_workspace_that_has_something_gets_no_starter_files() {
    let mut pair = Pair::new();
    let mut random = 0;
    let mut cx = Cx {
        now_ms: 1,
        random: &mut || {
            random += 1;
            random
        },
    };
    let bench: &mut Workbench = &mut pair.hosts[1].bench;
    let effects = bench.begin(&mut cx).expect("nothing to do");
    assert!(effects.is_empty());
}

#[test]
fn what_was_typed_while_another_tab_deleted_the_file_comes_back_in_both() {
    let mut pair = Pair::new();
    pair.call(0, "write", json!({ "path": "a.md", "content": "one" }));
    pair.part();
    let typed = json!({ "path": "a.md", "content": "one and two", "draft": true });
    pair.hosts[0].call("write", typed).expect("it works");
    let deleted = pair.hosts[1].call("delete", json!({ "path": "a.md" }));
    deleted.expect("it works");

    let mut pair = pair.again();

    for at in 0..2 {
        let read = pair.call(at, "read", json!({ "path": "a.md" }));
        assert_eq!(read["content"], "one and two");
    }
}
