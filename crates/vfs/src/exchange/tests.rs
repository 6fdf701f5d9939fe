//! Tests of the module above.

use super::*;
use crate::storage::MemoryStorage;
use crate::{Mark, Meta, Op, Origin, OriginKind};

fn replica(number: u8) -> Workspace {
    Workspace::open(Box::new(MemoryStorage::new()), [number; 16]).expect("opens")
}

fn meta() -> Meta {
    Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step")
}

fn apply(workspace: &mut Workspace, ops: &[Op]) {
    let mut count = u128::from(Hash::of(format!("{:?}", workspace.heads()).as_bytes()).0[0]) << 64;
    count += workspace.tree.nodes.len() as u128;
    let mut ids = || {
        count += 1;
        count
    };
    workspace.apply(&mut ids, &meta(), ops).expect("fits");
}

fn draft(path: &str, text: &str) -> Op {
    Op::Draft {
        path: path.into(),
        text: text.into(),
    }
}

/// All that one workspace has and another lacks.
fn lacks(from: &Workspace, to: &Workspace) -> Incoming {
    let delta = from.ledger_since(to.heads().hashes());
    let texts = from.text_digests().expect("reads").into_iter();
    let texts = texts.map(|(node, _)| TextUpdate {
        node,
        after: from.heads(),
        update: from
            .text_since(node, &to.text_state(node).expect("reads"))
            .expect("reads")
            .expect("has one"),
    });
    let blobs = delta.blobs.iter();
    Incoming {
        documents: delta.document.into_iter().collect(),
        changes: delta.changes,
        texts: texts.collect(),
        blobs: blobs
            .map(|(hash, _)| from.read_hash(hash).expect("there"))
            .collect(),
        ..Incoming::default()
    }
}

#[track_caller]
fn send(from: &Workspace, to: &mut Workspace) -> Accepted {
    let mut inbox = Inbox::new();
    let accepted = to.accept(&mut inbox, lacks(from, to)).expect("accepts");
    assert_eq!(
        (&accepted.refused, &accepted.incomplete),
        (&vec![], &vec![])
    );
    assert!(inbox.is_empty());
    accepted
}

#[track_caller]
fn meet(a: &mut Workspace, b: &mut Workspace) {
    send(a, b);
    send(b, a);
    send(a, b);
    assert_eq!(a.digest(), b.digest());
    assert_eq!(a.list("", true), b.list("", true));
}

fn text(workspace: &Workspace, path: &str) -> String {
    String::from_utf8(workspace.read(path).expect("there")).expect("text")
}

#[test]
fn x5_x9_a_clone_has_the_same_digest_files_drafts_and_history() {
    let (mut a, mut b) = (replica(1), replica(2));
    assert_eq!(a.digest(), b.digest(), "empty workspaces are equal");
    apply(
        &mut a,
        &[Op::write("d/a.md", "one"), Op::write("b.bin", [0u8, 1])],
    );
    apply(&mut a, &[draft("d/a.md", "one two")]);
    assert_ne!(a.digest(), b.digest());
    let accepted = send(&a, &mut b);
    assert_eq!(accepted.changes, 1);
    assert_eq!(accepted.paths, ["b.bin", "d", "d/a.md"]);
    assert_eq!(a.digest(), b.digest());
    assert_eq!(text(&b, "d/a.md"), "one two");
    assert!(b.stat("d/a.md").expect("there").draft, "a draft there, too");
    assert_eq!(b.history(None, 9).expect("reads").len(), 1);
    assert_eq!(
        b.steps(),
        (0, 0),
        "another replica's change is not ours to undo"
    );
    // Once more does nothing.
    assert_eq!(send(&a, &mut b).changes, 0);
    b.seal(&meta()).expect("seals");
    meet(&mut a, &mut b);
    assert!(!a.stat("d/a.md").expect("there").draft, "sealed elsewhere");
}

#[test]
fn x1_x2_a_change_waits_for_each_of_its_parts_in_any_order() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one"), Op::write("b.md", "1")]);
    send(&a, &mut b);
    let before = (b.heads(), b.list("", true).expect("lists"));
    apply(&mut a, &[draft("a.md", "one two")]);
    apply(
        &mut a,
        &[
            Op::write("a.md", "one two three"),
            Op::write("b.md", "2"),
            Op::write("c.bin", [0u8; 9]),
        ],
    );
    let all = lacks(&a, &b);
    let mut parts: Vec<Incoming> = Vec::new();
    for change in all.changes {
        parts.push(Incoming {
            changes: vec![change],
            ..Incoming::default()
        });
    }
    for text in all.texts {
        parts.push(Incoming {
            texts: vec![text],
            ..Incoming::default()
        });
    }
    for blob in all.blobs {
        parts.push(Incoming {
            blobs: vec![blob],
            ..Incoming::default()
        });
    }
    assert_eq!(parts.len(), 5);
    // A content that nobody named yet is not kept, so the change goes first among those.
    for turn in 0..2 {
        let mut order: Vec<&Incoming> = parts.iter().collect();
        order.swap(0, turn);
        let mut inbox = Inbox::new();
        let mut to = replica(3);
        send(&b, &mut to);
        for (place, part) in order.iter().enumerate() {
            assert_eq!(
                (to.heads(), to.list("", true).expect("lists")),
                before,
                "{place}"
            );
            let accepted = to.accept(&mut inbox, (*part).clone()).expect("accepts");
            assert_eq!(accepted.refused, []);
            assert_eq!(accepted.changes, usize::from(place == 4));
        }
        assert_eq!(to.digest(), a.digest());
        assert!(inbox.is_empty());
    }
}

#[test]
fn x1_a_change_waits_for_the_typing_that_it_cites_when_all_else_is_here() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one"), Op::write("b.md", "1")]);
    send(&a, &mut b);
    apply(&mut a, &[draft("a.md", "one two")]);
    apply(
        &mut a,
        &[Op::write("a.md", "one two three"), Op::write("b.md", "2")],
    );
    let all = lacks(&a, &b);
    let texts = Incoming {
        texts: all.texts.clone(),
        ..Incoming::default()
    };
    let (heads, mut inbox) = (b.heads(), Inbox::new());
    let rest = Incoming {
        texts: Vec::new(),
        ..all
    };
    assert_eq!(b.accept(&mut inbox, rest).expect("accepts").changes, 0);
    assert_eq!((b.heads(), text(&b, "b.md")), (heads, "1".into()));
    assert_eq!(b.accept(&mut inbox, texts).expect("accepts").changes, 1);
    assert_eq!(b.digest(), a.digest());
}

#[test]
fn x4_changes_from_the_future_wait_for_their_causes() {
    let (mut a, mut b) = (replica(1), replica(2));
    for name in ["a", "b", "c"] {
        apply(&mut a, &[Op::Mkdir { path: name.into() }]);
    }
    let delta = a.ledger_since(b.heads().hashes());
    assert!(delta.document.is_some());
    let first = a
        .history(None, 9)
        .expect("reads")
        .pop()
        .expect("three")
        .heads;
    let later = a.ledger_since(first.hashes()).changes;
    assert_eq!(later.len(), 2);
    let mut inbox = Inbox::new();
    let heads = b.heads();
    for change in later.iter().rev() {
        let changes = vec![change.clone()];
        let incoming = Incoming {
            changes,
            ..Incoming::default()
        };
        assert_eq!(b.accept(&mut inbox, incoming).expect("accepts").changes, 0);
        assert_eq!(b.heads(), heads, "the document holds no orphan");
    }
    let documents = delta.document.into_iter().collect();
    let incoming = Incoming {
        documents,
        ..Incoming::default()
    };
    assert_eq!(b.accept(&mut inbox, incoming).expect("accepts").changes, 3);
    assert_eq!(b.digest(), a.digest());
}

#[test]
fn x3_x6_typing_apart_merges_and_the_next_seal_joins() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one\ntwo\n")]);
    send(&a, &mut b);
    apply(&mut a, &[draft("a.md", "zero\none\ntwo\n")]);
    a.seal(&meta()).expect("seals");
    apply(&mut b, &[draft("a.md", "one\ntwo\nthree\n")]);
    b.seal(&meta()).expect("seals");
    meet(&mut a, &mut b);
    assert_eq!(text(&a, "a.md"), "zero\none\ntwo\nthree\n");
    assert_eq!(a.stat("a.md").expect("there").mark, Some(Mark::Apart));
    assert_eq!(
        a.conflicts(9).expect("reads").total,
        0,
        "V8: nothing is left to decide"
    );
    a.seal(&meta()).expect("joins");
    meet(&mut a, &mut b);
    assert_eq!(b.stat("a.md").expect("there").mark, None);
    assert_eq!(text(&b, "a.md"), "zero\none\ntwo\nthree\n");
}

#[test]
fn x7_typing_and_plain_writes_made_apart_hide_nothing() {
    let (mut a, mut b, mut c) = (replica(1), replica(2), replica(3));
    apply(&mut a, &[Op::write("a.md", "one\ntwo\n")]);
    send(&a, &mut b);
    send(&a, &mut c);
    apply(&mut a, &[draft("a.md", "zero\none\ntwo\n")]);
    for plain in ["one\ntwo\nthree\n", "one\ntwo\nthree\nfour\n"] {
        apply(&mut b, &[Op::write("a.md", plain)]);
    }
    meet(&mut c, &mut a);
    meet(&mut c, &mut b);
    meet(&mut a, &mut b);
    meet(&mut a, &mut c);
    for replica in [&a, &b, &c] {
        assert_eq!(text(replica, "a.md"), "zero\none\ntwo\nthree\nfour\n");
    }
}

#[test]
fn x7_typing_that_began_at_different_contents_merges_and_doubles_nothing() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one\ntwo\n")]);
    send(&a, &mut b);
    apply(&mut a, &[Op::write("a.md", "zero\none\ntwo\n")]);
    apply(&mut a, &[draft("a.md", "zero\none!\ntwo\n")]);
    for plain in ["one\ntwo\nthree\n", "one\ntwo\nthree\nfour\n"] {
        apply(&mut b, &[Op::write("a.md", plain)]);
    }
    apply(&mut b, &[draft("a.md", "one\ntwo?\nthree\nfour\n")]);
    meet(&mut a, &mut b);
    meet(&mut a, &mut b);
    assert_eq!(text(&a, "a.md"), "zero\none!\ntwo?\nthree\nfour\n");
    assert_eq!(text(&b, "a.md"), text(&a, "a.md"));
}

#[test]
fn x5_removals_alone_change_the_digest() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one two")]);
    apply(&mut a, &[draft("a.md", "one two three")]);
    send(&a, &mut b);
    apply(&mut a, &[draft("a.md", "one three")]);
    assert_ne!(a.digest(), b.digest());
    meet(&mut a, &mut b);
    assert_eq!(text(&b, "a.md"), "one three");
}

#[test]
fn x4_an_update_that_rests_on_a_missing_one_is_asked_for_and_leaves_nothing() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one")]);
    send(&a, &mut b);
    let number = a.texts_number();
    apply(&mut a, &[draft("a.md", "one two")]);
    apply(&mut a, &[draft("a.md", "one two three")]);
    let updates = a.texts_since(number).expect("remembered");
    let (node, last) = updates.last().expect("some").clone();
    let before = b.digest();
    let text = TextUpdate {
        node,
        after: a.heads(),
        update: last.to_vec(),
    };
    let incoming = Incoming {
        texts: vec![text],
        ..Incoming::default()
    };
    let mut inbox = Inbox::new();
    let accepted = b.accept(&mut inbox, incoming).expect("accepts");
    assert_eq!((accepted.incomplete, accepted.texts), (vec![node], vec![]));
    assert_eq!(b.digest(), before);
    meet(&mut a, &mut b);
}

#[test]
fn x4_typing_with_a_gap_before_it_is_not_shown_even_where_its_neighbours_are() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one\n\nthree\n")]);
    send(&a, &mut b);
    let number = a.texts_number();
    apply(&mut a, &[draft("a.md", "one\ntwo\nthree\n")]);
    // It stands beside what both have, and not beside the step before it.
    apply(&mut a, &[draft("a.md", "one\ntwo\nthree\nfour\n")]);
    // Typing elsewhere in between fills no gap.
    let mut c = replica(3);
    send(&b, &mut c);
    let other = c.texts_number();
    apply(&mut c, &[draft("a.md", "zero\none\n\nthree\n")]);
    let mine = a.texts_since(number).expect("remembered");
    let theirs = c.texts_since(other).expect("remembered");
    let (first, second) = (&mine[mine.len() - 2], &mine[mine.len() - 1]);
    let incoming = |updates: &[&(NodeId, std::sync::Arc<[u8]>)]| Incoming {
        texts: updates
            .iter()
            .map(|(node, update)| TextUpdate {
                node: *node,
                after: b.heads(),
                update: update.to_vec(),
            })
            .collect(),
        ..Incoming::default()
    };
    let seeds: Vec<_> = mine[..mine.len() - 2].iter().collect();
    let (seed, gap) = (incoming(&seeds), incoming(&[second]));
    let theirs: Vec<_> = theirs.iter().collect();
    let around = incoming(&[&[second], &theirs[..]].concat());
    let both = incoming(&[second, first]);
    let mut inbox = Inbox::new();
    b.accept(&mut inbox, seed).expect("accepts");
    let before = b.digest();
    for incoming in [gap, around] {
        let accepted = b.accept(&mut inbox, incoming).expect("accepts");
        assert_eq!((accepted.incomplete.len(), accepted.texts), (1, vec![]));
        assert_eq!(text(&b, "a.md"), "one\n\nthree\n");
        assert_eq!(b.digest(), before);
    }
    let accepted = b.accept(&mut inbox, both).expect("accepts");
    assert_eq!((accepted.incomplete.len(), accepted.texts.len()), (0, 1));
    assert_eq!(b.digest(), a.digest());
    assert_eq!(text(&b, "a.md"), text(&a, "a.md"));
    // What is shown is what storage holds.
    let node = first.0;
    let kept = b.storage.text(&node).expect("reads");
    let kept = crate::text::LiveText::open(node, 9, &kept).expect("opens");
    assert_eq!(kept.get(), text(&b, "a.md"));
}

mod in_step;
mod orphans;
mod refusals;
mod told;
