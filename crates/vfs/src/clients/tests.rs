//! Clients of the two protocols, played by the engines that they use.

use super::*;
use crate::exchange::Refusal;
use crate::id::NodeId;
use crate::limits::CLIENT_MESSAGE_BYTES_MAX;
use crate::storage::MemoryStorage;
use crate::{Meta, Op, Origin, OriginKind, Workspace};
use automerge::sync::{Have, Message, State, SyncDoc};
use automerge::transaction::Transactable;
use automerge::{Automerge, ObjType, ROOT, ReadDoc};

fn workspace() -> Workspace {
    let storage = Box::new(MemoryStorage::new());
    Workspace::open(storage, [1; 16]).expect("opens")
}

fn apply(workspace: &mut Workspace, ops: &[Op]) {
    let mut id = 7_000 + u128::from(workspace.stats().expect("counts").changes) * 100;
    let mut ids = || {
        id += 1;
        id
    };
    let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
    workspace.apply(&mut ids, &meta, ops).expect("fits");
}

/// Another program with automerge in it.
struct Program {
    doc: Automerge,
    state: State,
}

impl Program {
    fn new() -> Self {
        Self {
            doc: Automerge::new(),
            state: State::new(),
        }
    }

    /// Talks until nobody has anything to say; gives the first refusal.
    fn talk(&mut self, client: &mut LedgerClient, with: &mut Workspace) -> Option<Refusal> {
        for _ in 0..20 {
            let said = self.doc.generate_sync_message(&mut self.state);
            let mut is_silent = said.is_none();
            if let Some(message) = said {
                let accepted = client.receive(with, &message.encode()).expect("stores");
                if let Some(refusal) = accepted.refused.first() {
                    return Some(*refusal);
                }
            }
            while let Some(answer) = client.next(with).expect("reads") {
                is_silent = false;
                let answer = Message::decode(&answer).expect("a message");
                let state = &mut self.state;
                self.doc.receive_sync_message(state, answer).expect("fits");
            }
            if is_silent {
                return None;
            }
        }
        panic!("they never stop to talk");
    }

    fn edit(&mut self, edit: impl FnOnce(&mut automerge::transaction::Transaction<'_>)) {
        let mut tx = self.doc.transaction();
        edit(&mut tx);
        tx.commit();
    }

    /// Puts a register of a node.
    fn put(&mut self, node: NodeId, key: &str, value: impl Into<automerge::ScalarValue>) {
        let nodes = self
            .doc
            .get(ROOT, "nodes")
            .expect("reads")
            .expect("there")
            .1;
        let object = self.doc.get(nodes, node.to_string());
        let object = object.expect("reads").expect("there").1;
        let value = value.into();
        self.edit(|tx| tx.put(object, key, value).expect("puts"));
    }

    /// Makes a node under the root.
    fn make(&mut self, id: &str, kind: &str, name: &str) {
        let nodes = self
            .doc
            .get(ROOT, "nodes")
            .expect("reads")
            .expect("there")
            .1;
        self.edit(|tx| {
            let node = tx.put_object(nodes, id, ObjType::Map).expect("makes");
            tx.put(&node, "kind", kind).expect("puts");
            tx.put(&node, "made", 5).expect("puts");
            tx.put(&node, "name", name).expect("puts");
            let up = tx.put_object(&node, "up", ObjType::Map).expect("makes");
            tx.put(up, "root", 1).expect("puts");
        });
    }
}

fn rename(from: &str, to: &str) -> Op {
    let (from, to) = (from.to_owned(), to.to_owned());
    Op::Move { from, to }
}

#[test]
fn k1_k4_a_program_with_automerge_reads_and_edits_the_tree() {
    let mut workspace = workspace();
    apply(&mut workspace, &[Op::write("a/one.md", "one")]);
    let node = workspace.stat("a/one.md").expect("there").id;
    let mut client = LedgerClient::open(&workspace).expect("opens");
    assert_eq!(
        client.next(&workspace),
        Ok(None),
        "silent until it has heard"
    );
    let mut program = Program::new();
    assert_eq!(program.talk(&mut client, &mut workspace), None);
    assert_eq!(
        program.doc.get_heads().len(),
        workspace.heads().hashes().len()
    );

    program.put(node, "name", "two.md");
    let id = valid_id();
    program.make(&id, "folder", "b");
    assert_eq!(program.talk(&mut client, &mut workspace), None);
    assert_eq!(workspace.read("a/two.md").expect("there"), b"one");
    assert_eq!(workspace.stat("b").expect("there").id.to_string(), id);

    // And what is changed here arrives there.
    apply(&mut workspace, &[rename("a/two.md", "b/three.md")]);
    assert_eq!(program.talk(&mut client, &mut workspace), None);
    assert_eq!(program.doc.get_heads().len(), 1);
    assert_eq!(program.doc.get_heads()[0].0, workspace.heads().hashes()[0]);
}

/// An id of the right letters.
fn valid_id() -> String {
    let id = NodeId::from_random(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
    id.expect("random").to_string()
}

#[test]
fn k1_k2_k3_what_no_replica_takes_is_refused_and_leaves_nothing() {
    let mut workspace = workspace();
    apply(&mut workspace, &[Op::write("a.md", "one")]);
    let node = workspace.stat("a.md").expect("there").id;
    let before = workspace.digest();
    let seal = {
        let mut other = self::workspace();
        apply(&mut other, &[Op::write("b.md", "never sent")]);
        let id = other.stat("b.md").expect("there").id;
        other
            .tree
            .node(id)
            .expect("there")
            .seal()
            .expect("sealed")
            .encode()
    };
    type Edit = Box<dyn Fn(&mut Program)>;
    let cases: Vec<(Edit, Refusal)> = vec![
        (Box::new(move |p| p.put(node, "name", "a/b")), Refusal::Name),
        (Box::new(move |p| p.put(node, "name", 5)), Refusal::Name),
        (
            Box::new(move |p| p.put(node, "seal", vec![1, 2, 3])),
            Refusal::Seal,
        ),
        (
            Box::new(move |p| p.put(node, "seal", seal.clone())),
            Refusal::Unknown,
        ),
        (
            Box::new(|p| p.edit(|tx| tx.put(ROOT, "mine", 1).expect("puts"))),
            Refusal::OutsideTheTree,
        ),
        (
            Box::new(|p| {
                p.doc = Automerge::new();
                p.edit(|tx| tx.put(ROOT, "mine", 1).expect("puts"));
            }),
            Refusal::AnotherWorkspace,
        ),
    ];
    for (edit, refusal) in cases {
        let mut client = LedgerClient::open(&workspace).expect("opens");
        let mut program = Program::new();
        assert_eq!(program.talk(&mut client, &mut workspace), None);
        edit(&mut program);
        let said = program.talk(&mut client, &mut workspace);
        assert_eq!(said, Some(refusal));
        assert_eq!(workspace.digest(), before);
    }
}

#[test]
fn messages_that_would_break_the_engine_never_reach_it() {
    let mut workspace = workspace();
    apply(&mut workspace, &[Op::write("a.md", "one")]);
    let mut client = LedgerClient::open(&workspace).expect("opens");
    let mut receive = |bytes: &[u8]| client.receive(&mut workspace, bytes).expect("stores");
    let filter = |entries: u8, bits: u8, probes: &[u8]| {
        let mut bytes = vec![0x42, 0, 0, 1, 0];
        let bloom = [
            &[entries, bits][..],
            probes,
            &vec![0; usize::from(bits > 0)],
        ]
        .concat();
        bytes.push(bloom.len() as u8);
        bytes.extend(bloom);
        bytes.push(0);
        bytes
    };
    assert!(receive(&filter(1, 8, &[7])).refused.is_empty(), "a filter");
    for bytes in [
        vec![],
        vec![7; 40],
        // A division by zero, and four billion probes.
        filter(1, 0, &[7]),
        filter(1, 8, &[0xff, 0xff, 0xff, 0xff, 0x0f]),
        filter(1, 8, &[0]),
        // Billions of heads.
        vec![0x42, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ] {
        assert_eq!(receive(&bytes).refused, [Refusal::NotAMessage], "{bytes:?}");
    }
    let haves = Message {
        heads: Vec::new(),
        need: Vec::new(),
        have: vec![Have::default(); 17],
        changes: automerge::sync::ChunkList::empty(),
        flags: None,
        version: automerge::sync::MessageVersion::V1,
    };
    assert_eq!(receive(&haves.encode()).refused, [Refusal::NotAMessage]);
    let long = vec![0x42; CLIENT_MESSAGE_BYTES_MAX + 1];
    assert_eq!(receive(&long).refused, [Refusal::TooLarge]);
}

#[test]
fn changed_messages_are_refused_or_taken_and_never_panic() {
    let mut workspace = workspace();
    apply(&mut workspace, &[Op::write("a.md", "one")]);
    let mut program = Program::new();
    let mut client = LedgerClient::open(&workspace).expect("opens");
    assert_eq!(program.talk(&mut client, &mut workspace), None);
    program.make(&valid_id(), "file", "b.md");
    let message = program.doc.generate_sync_message(&mut program.state);
    let good = message.expect("news").encode();
    let (mut taken, mut refused) = (0, 0);
    for place in 0..good.len() {
        for flip in [1, 0x40, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[place] ^= flip;
            let mut client = LedgerClient::open(&workspace).expect("opens");
            let accepted = client.receive(&mut workspace, &bad).expect("stores");
            match accepted.refused.is_empty() {
                true => taken += 1,
                false => refused += 1,
            }
            let _ = client.next(&workspace).expect("reads");
        }
    }
    assert!(
        taken > 10 && refused > 10,
        "{taken} taken, {refused} refused"
    );
}

#[test]
fn what_waits_for_its_causes_is_bounded() {
    let mut workspace = workspace();
    apply(&mut workspace, &[Op::write("a.md", "one")]);
    let node = workspace.stat("a.md").expect("there").id;
    let mut program = Program::new();
    let mut client = LedgerClient::open(&workspace).expect("opens");
    assert_eq!(program.talk(&mut client, &mut workspace), None);
    let mut client = client.with_bytes_max(2_000);
    let mut refusals = Vec::new();
    // The first change never comes, so none of the others can land.
    program.put(node, "name", "0.md");
    for number in 1..60 {
        let last = program.doc.get_heads();
        program.put(node, "name", format!("{number}.md"));
        let changes = program.doc.get_changes(&last);
        let message = Message {
            heads: Vec::new(),
            need: Vec::new(),
            have: Vec::new(),
            changes: vec![changes[0].raw_bytes().to_vec()].into(),
            flags: None,
            version: automerge::sync::MessageVersion::V1,
        };
        let accepted = client
            .receive(&mut workspace, &message.encode())
            .expect("stores");
        assert_eq!(accepted.changes, 0);
        refusals.extend(accepted.refused);
    }
    assert_eq!(refusals.first(), Some(&Refusal::InboxFull));
    assert!(workspace.exists("a.md").expect("reads"));
}

mod texts;
