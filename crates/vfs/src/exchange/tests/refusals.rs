//! What is refused, and what fails: nothing of it stays.

use super::*;

#[test]
fn x8_what_is_no_change_no_text_or_another_content_is_refused_with_a_reason() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one")]);
    apply(&mut a, &[Op::write("big.bin", vec![0; 100])]);
    let good = a.ledger_since(&[]).document.expect("whole");
    let before = (b.digest(), b.heads());
    let mut refusals = Vec::new();
    let heads = a.heads();
    let node = a.stat("a.md").expect("there").id;
    let text = |update: Vec<u8>, after: Heads| TextUpdate {
        node,
        after,
        update,
    };
    let first = a.history(None, 9).expect("reads")[1].heads.clone();
    let mut flipped = a.ledger_since(first.hashes()).changes[0].clone();
    // The sum is all that differs: the engine does not look at it.
    flipped[4] ^= 1;
    for (incoming, refusal) in [
        (
            Incoming {
                changes: vec![flipped],
                ..Incoming::default()
            },
            Refusal::NotAChange,
        ),
        (
            Incoming {
                changes: vec![vec![1, 2, 3]],
                ..Incoming::default()
            },
            Refusal::NotAChange,
        ),
        (
            Incoming {
                documents: vec![vec![7; 40]],
                ..Incoming::default()
            },
            Refusal::NotALedger,
        ),
        (
            Incoming {
                texts: vec![text(vec![9, 9], heads)],
                ..Incoming::default()
            },
            Refusal::NotAnUpdate,
        ),
        (
            Incoming {
                texts: vec![text(vec![0, 0], b.heads())],
                ..Incoming::default()
            },
            Refusal::NoSuchFile,
        ),
    ] {
        let accepted = b.accept(&mut Inbox::new(), incoming).expect("accepts");
        assert_eq!(accepted.refused, [refusal]);
        refusals.extend(accepted.refused);
        assert_eq!((b.digest(), b.heads()), before);
    }
    assert_eq!(refusals.len(), 5);

    // Parts: out of place, too long, and of another content.
    let mut inbox = Inbox::new();
    let documents = vec![good];
    b.accept(
        &mut inbox,
        Incoming {
            documents,
            ..Incoming::default()
        },
    )
    .expect("accepts");
    let missing: Vec<_> = inbox.missing().collect();
    assert_eq!(missing.len(), 2);
    let hash = missing
        .iter()
        .find(|m| m.1 == 100)
        .expect("the large one")
        .0;
    for (from, bytes, refusal) in [
        (5, vec![0; 5], Refusal::Part),
        (0, vec![0; 101], Refusal::Part),
        (0, vec![1; 100], Refusal::WrongHash),
    ] {
        let parts = vec![BlobPart { hash, from, bytes }];
        let accepted = b.accept(
            &mut inbox,
            Incoming {
                parts,
                ..Incoming::default()
            },
        );
        assert_eq!(accepted.expect("accepts").refused, [refusal]);
        assert_eq!((b.digest(), b.heads()), before);
    }
    for from in [0, 60] {
        let parts = vec![BlobPart {
            hash,
            from,
            bytes: vec![0; if from == 0 { 60 } else { 40 }],
        }];
        b.accept(
            &mut inbox,
            Incoming {
                parts,
                ..Incoming::default()
            },
        )
        .expect("accepts");
    }
    let blobs = vec![b"one".to_vec(), b"nobody asked".to_vec()];
    let accepted = b.accept(
        &mut inbox,
        Incoming {
            blobs,
            ..Incoming::default()
        },
    );
    assert_eq!(accepted.expect("accepts").refused, []);
    assert_eq!(a.digest(), b.digest());
}

#[test]
fn x8_a_full_storage_leaves_nothing_and_another_call_tries_again() {
    let mut a = replica(1);
    apply(&mut a, &[Op::write("a.md", "x".repeat(5000))]);
    let storage = MemoryStorage::with_bytes_max(1000);
    let mut b = Workspace::open(Box::new(storage), [2; 16]).expect("opens");
    let before = (b.digest(), b.list("", true));
    let mut inbox = Inbox::new();
    let incoming = lacks(&a, &b);
    assert!(b.accept(&mut inbox, incoming).is_err());
    assert_eq!((b.digest(), b.list("", true)), before);
    b.storage = Box::new(MemoryStorage::new());
    let ledger = Some(b.ledger.save().expect("saves"));
    b.storage
        .commit(crate::storage::Batch {
            ledger,
            ..Default::default()
        })
        .expect("commits");
    assert_eq!(
        b.accept(&mut inbox, Incoming::default())
            .expect("accepts")
            .changes,
        1
    );
    assert_eq!(a.digest(), b.digest());
}

#[test]
fn more_than_inbox_bytes_max_is_refused_and_so_are_texts_past_their_limit() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(&mut a, &[Op::write("a.md", "one")]);
    send(&a, &mut b);
    let node = a.stat("a.md").expect("there").id;
    // Typing that rests on a ledger which never comes waits, up to the limit.
    let text = |size: usize| TextUpdate {
        node,
        after: Heads::new(vec![[9; 32]]),
        update: crate::text::seed(node, &"x".repeat(size)),
    };
    let mut inbox = Inbox::new();
    inbox.bytes_max = 3000;
    let mut refused = Vec::new();
    for _ in 0..3 {
        let texts = vec![text(1000)];
        let incoming = Incoming {
            texts,
            ..Incoming::default()
        };
        refused.push(b.accept(&mut inbox, incoming).expect("accepts").refused);
    }
    assert_eq!(refused, [vec![], vec![], vec![Refusal::InboxFull]]);
    let update = vec![0; crate::limits::TEXT_STATE_BYTES_MAX + 1];
    let texts = vec![TextUpdate {
        node,
        after: b.heads(),
        update,
    }];
    let incoming = Incoming {
        texts,
        ..Incoming::default()
    };
    let accepted = b.accept(&mut Inbox::new(), incoming).expect("accepts");
    assert_eq!(accepted.refused, [Refusal::TooLarge]);
    let changes = vec![vec![0; crate::limits::CHANGE_BYTES_MAX + 1]];
    let incoming = Incoming {
        changes,
        ..Incoming::default()
    };
    let accepted = b.accept(&mut Inbox::new(), incoming).expect("accepts");
    assert_eq!(accepted.refused, [Refusal::TooLarge]);
    let documents = vec![vec![0; crate::limits::DOCUMENT_BYTES_MAX + 1]];
    let incoming = Incoming {
        documents,
        ..Incoming::default()
    };
    let accepted = b.accept(&mut Inbox::new(), incoming).expect("accepts");
    assert_eq!(accepted.refused, [Refusal::TooLarge]);
}

/// Changes that only another program would make.
#[test]
fn x8_changes_that_would_break_the_tree_are_refused_by_their_bytes_alone() {
    use automerge::transaction::Transactable;
    use automerge::{ActorId, Automerge, ObjType, ROOT, ReadDoc, ScalarValue};
    let (a, mut b) = (replica(1), replica(2));
    let saved = a.ledger.save().expect("saves");
    let make = |what: &str| {
        let mut doc = Automerge::load(&saved).expect("loads");
        doc.set_actor(ActorId::from([7; 16]));
        let (_, nodes) = doc.get(ROOT, "nodes").expect("reads").expect("there");
        let id = NodeId::from_random(77).expect("random").to_string();
        let done = doc.transact::<_, _, automerge::AutomergeError>(|tx| {
            if what == "root" {
                return tx.put_object(ROOT, "nodes", ObjType::Map).map(|_| ());
            }
            let node = tx.put_object(&nodes, &id, ObjType::Map)?;
            tx.put(&node, "kind", "file")?;
            match what {
                "no name" => {}
                "bad name" => tx.put(&node, "name", "../x")?,
                "number" => tx.put(&node, "name", 7)?,
                _ => tx.put(&node, "name", "fine")?,
            }
            if what == "seal" {
                tx.put(&node, "seal", ScalarValue::Bytes(vec![1, 2]))?;
            }
            Ok(())
        });
        let hash = done.expect("writes").hash.expect("a change");
        let mut change = doc.get_change_by_hash(&hash).expect("there");
        change.bytes().into_owned()
    };
    for (what, refusal) in [
        ("root", Refusal::OutsideTheTree),
        ("no name", Refusal::Name),
        ("bad name", Refusal::Name),
        ("number", Refusal::Name),
        ("seal", Refusal::Seal),
    ] {
        let changes = vec![make(what)];
        let incoming = Incoming {
            changes,
            ..Incoming::default()
        };
        let accepted = b.accept(&mut Inbox::new(), incoming).expect("accepts");
        assert_eq!(
            (accepted.refused, accepted.changes),
            (vec![refusal], 0),
            "{what}"
        );
    }
    // A node without an edge is another program's, and is shown among the recovered.
    let changes = vec![make("fine")];
    let incoming = Incoming {
        changes,
        ..Incoming::default()
    };
    let accepted = b.accept(&mut Inbox::new(), incoming).expect("accepts");
    assert_eq!((accepted.refused, accepted.changes), (vec![], 1));

    // Two changes of one maker with one number: the second can't follow, and an honest change
    // that came with it lands all the same.
    let mut c = replica(3);
    apply(&mut c, &[Op::write("honest.md", "x")]);
    let mut incoming = Incoming {
        changes: vec![make("fine"), make("fine, too")],
        ..lacks(&c, &a)
    };
    incoming
        .changes
        .extend(c.ledger_since(a.heads().hashes()).changes);
    let mut d = replica(4);
    let accepted = d.accept(&mut Inbox::new(), incoming).expect("accepts");
    assert!(d.exists("honest.md").expect("a path"), "{accepted:?}");
}
