//! Other people's clients: of the ledger and of a text.

use super::exchange::{empty, source, write};
use super::must;
use crate::{Door, Input};
use selvage_clients::{Clients, DocumentId, SessionId};
use selvage_vfs::{LedgerClient, Op, Workspace};

const DOCUMENT: DocumentId = DocumentId([7; 16]);
/// A message of automerge's sync protocol that says nothing: no heads, needs, haves or changes.
const NOTHING: [u8; 5] = [0x42, 0, 0, 0, 0];

/// A CBOR map of texts and bytes.
fn cbor(fields: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let head = |kind: u8, len: usize| [&[kind << 5 | 26][..], &(len as u32).to_be_bytes()].concat();
    let mut out = head(5, fields.len());
    for (key, value, is_text) in fields {
        out.extend([head(3, key.len()), key.as_bytes().to_vec()].concat());
        out.extend(head(if *is_text { 3 } else { 2 }, value.len()));
        out.extend_from_slice(value);
    }
    out
}

fn join() -> Vec<u8> {
    let mut out = cbor(&[("type", b"join", true), ("senderId", b"bob", true)]);
    // A third field, whose value is a list of one text.
    out[4] = 3;
    out.extend(b"\x78\x19supportedProtocolVersions\x81\x611");
    out
}

fn sync(data: &[u8]) -> Vec<u8> {
    let document = DOCUMENT.to_string();
    cbor(&[
        ("type", b"sync", true),
        ("senderId", b"bob", true),
        ("documentId", document.as_bytes(), true),
        ("data", data, false),
    ])
}

/// What a program says that has another ledger of this kind.
fn ledger() -> Input {
    let (mut here, mut there) = (host(), source(3));
    let (mut ours, mut theirs) = (
        must(LedgerClient::open(&here)),
        must(LedgerClient::open(&there)),
    );
    must(theirs.receive(&mut there, &NOTHING));
    let mut said = vec![join()];
    for _ in 0..10 {
        while let Some(message) = must(theirs.next(&there)) {
            must(ours.receive(&mut here, &message));
            said.push(sync(&message));
        }
        while let Some(message) = must(ours.next(&here)) {
            must(theirs.receive(&mut there, &message));
        }
    }
    assert!(said.len() > 2, "a conversation");
    said
}

/// What an editor says at a text.
fn text() -> Input {
    let there = source(3);
    let node = must(there.stat("d/a.md")).id;
    let framed = |head: &[u8], body: &[u8]| {
        let len = [body.len() as u8 | 0x80, (body.len() >> 7) as u8];
        [head, &len, body].concat()
    };
    let state = must(there.text_state(node));
    let update = must(there.text_since(node, &[])).unwrap_or_default();
    assert!(!update.is_empty() && update.len() < 1 << 14, "it was typed");
    let cursor = [&[1, 5, 0, 13][..], br#"{"cursor":12}"#].concat();
    vec![
        framed(&[0, 0], &state),
        framed(&[0, 2], &update),
        framed(&[1], &cursor),
        vec![3],
    ]
}

fn host() -> Workspace {
    let mut workspace = empty(9);
    write(&mut workspace, 9, &[Op::write("own.md", "mine")]);
    workspace
}

/// What both say.
pub fn open() -> (Vec<Input>, Door) {
    let door = |input: &[Vec<u8>]| {
        let mut workspace = host();
        let mut clients = Clients::new(DOCUMENT);
        let open_both = |clients: &mut Clients, workspace: &Workspace| -> Vec<SessionId> {
            let ledger = clients.open_ledger(workspace);
            // A client may have moved the file away.
            let text = clients.open_text(workspace, "own.md");
            [ledger, text].into_iter().flatten().collect()
        };
        let mut sessions = open_both(&mut clients, &workspace);
        for message in input {
            for id in &sessions {
                clients.received(&mut workspace, *id, message);
            }
            while clients.poll().is_some() {}
            if clients.len() < sessions.len() {
                sessions.iter().for_each(|id| clients.closed(*id));
                sessions = open_both(&mut clients, &workspace);
            }
        }
        must(workspace.digest());
    };
    (vec![ledger(), text()], Box::new(door))
}
