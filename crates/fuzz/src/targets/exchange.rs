//! Sessions with peers, and parcels.

use super::must;
use crate::{Door, Input};
use selvage_sync::{Mail, Role, Session};
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace};

pub(super) fn empty(actor: u8) -> Workspace {
    must(Workspace::open(Box::new(MemoryStorage::new()), [actor; 16]))
}

pub(super) fn write(workspace: &mut Workspace, seed: u128, ops: &[Op]) {
    let mut id = seed << 64;
    let mut ids = || {
        id += 1;
        id
    };
    let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
    must(workspace.apply(&mut ids, &meta, ops));
}

/// Files of every kind: text that is edited, bytes, a folder, a move, a removal.
pub(super) fn source(actor: u8) -> Workspace {
    let mut workspace = empty(actor);
    let draft = |text: &str| Op::Draft {
        path: "d/a.md".into(),
        text: text.into(),
    };
    let steps: [Vec<Op>; 4] = [
        vec![
            Op::write("d/a.md", "one\ntwo\n"),
            Op::write("b.bin", vec![7_u8; 3000]),
        ],
        vec![draft("one\ntwo\nthree\n")],
        vec![
            draft("one\nthree\n"),
            Op::Move {
                from: "b.bin".into(),
                to: "d/c.bin".into(),
            },
        ],
        vec![
            Op::write("x", "x"),
            Op::Remove {
                path: "d/c.bin".into(),
            },
        ],
    ];
    for (ops, seed) in steps.iter().zip(u128::from(actor) * 100..) {
        write(&mut workspace, seed, ops);
    }
    workspace
}

/// The frames of a peer.
pub fn session() -> (Vec<Input>, Door) {
    let mut corpus = Vec::new();
    for mut there in [empty(2), source(3)] {
        let mut here = source(1);
        let mut ends = [Session::new(Role::Initiator), Session::new(Role::Responder)];
        let mut said = must(ends[0].changed(&mut here)).frames;
        let mut all = Vec::new();
        for _ in 0..40 {
            let mut back = must(ends[1].changed(&mut there)).frames;
            for frame in said.drain(..) {
                back.extend(must(ends[1].handle(&mut there, &frame)).frames);
                all.push(frame);
            }
            for frame in back {
                said.extend(must(ends[0].handle(&mut here, &frame)).frames);
            }
        }
        assert!(all.len() > 1, "a conversation");
        corpus.push(all);
    }
    let door = |input: &[Vec<u8>]| {
        let (mut workspace, mut session) = (empty(9), Session::new(Role::Responder));
        write(&mut workspace, 9, &[Op::write("own.md", "mine")]);
        for frame in input {
            must(session.handle(&mut workspace, frame));
        }
        let own = must(workspace.read("own.md"));
        assert_eq!(own, b"mine", "a peer took away what was here");
    };
    (corpus, Box::new(door))
}

/// Parcels of the mail.
pub fn mail() -> (Vec<Input>, Door) {
    let mut corpus = Vec::new();
    for actor in [1, 3] {
        let (workspace, mut mail) = (source(actor), Mail::default());
        let mut parcels = Vec::new();
        while let Some(parcel) = must(mail.next(&workspace)) {
            parcels.extend([parcel.bytes].into_iter().chain(parcel.cursor));
        }
        corpus.push(parcels);
    }
    let door = |input: &[Vec<u8>]| {
        let (mut workspace, mut mail) = (empty(9), Mail::default());
        write(&mut workspace, 9, &[Op::write("own.md", "mine")]);
        for parcel in input {
            // What was kept may be anything, too.
            let _ = Mail::open(parcel);
            must(mail.take(&mut workspace, parcel));
        }
        let own = must(workspace.read("own.md"));
        assert_eq!(own, b"mine", "a parcel took away what was here");
    };
    (corpus, Box::new(door))
}
