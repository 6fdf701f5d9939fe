//! Peers that are broken or mean harm: the session ends with a reason, and nothing is lost.

use crate::world::{Link, Replica, Rng, draft, talk, talk_on};
use selvage_sync::{Reason, Role, Session, limits};
use selvage_vfs::{Op, Refusal};

/// Everything that an initiator says to an empty responder, frame by frame.
fn said(a: &mut Replica, b: &mut Replica) -> Vec<Vec<u8>> {
    let mut link = Link::new([0, 1]);
    link.changed(0, a);
    let mut said = Vec::new();
    while !link.is_quiet() {
        said.extend(link.queues[1].front().cloned());
        link.deliver(1, b);
        link.deliver(0, a);
    }
    said
}

fn source() -> Replica {
    let mut a = Replica::new(1);
    a.write(&[
        Op::write("d/a.md", "one\ntwo\n"),
        Op::write("b.bin", [0u8; 50]),
    ]);
    a.write(&[draft("d/a.md", "one\ntwo\nthree\n")]);
    a.seal();
    a.write(&[
        draft("d/a.md", "one\nthree\n"),
        Op::Mkdir { path: "e".into() },
    ]);
    a
}

/// A responder with a file of its own.
fn target() -> Replica {
    let mut b = Replica::new(2);
    b.write(&[Op::write("own.md", "mine")]);
    b
}

fn check(b: &Replica, session: &Session) {
    assert_eq!(b.text("own.md"), "mine");
    for entry in b.workspace.list("", true).expect("lists") {
        if entry.hash.is_some() {
            b.workspace.read(&entry.path).expect("whole");
        }
    }
    b.workspace.digest().expect("reads");
    assert!(session.held_bytes() <= 200_000, "{}", session.held_bytes());
}

#[test]
fn frames_that_are_changed_cut_repeated_or_swapped_do_no_harm() {
    let frames = said(&mut source(), &mut target());
    assert!(frames.len() >= 2);
    let (mut closed, mut landed) = (0, 0);
    for seed in 0..3000u64 {
        let mut rng = Rng(seed);
        let mut frames = frames.clone();
        for _ in 0..=rng.below(2) {
            let place = rng.below(frames.len());
            let at = rng.below(frames[place].len());
            match rng.below(6) {
                0..=2 => frames[place][at] ^= 1 << rng.below(8),
                3 => frames[place].truncate(at.max(1)),
                4 => {
                    let again = frames[place].clone();
                    frames.insert(rng.below(frames.len()), again);
                }
                _ => frames.swap(place, 0),
            }
        }
        let done = std::panic::catch_unwind(|| {
            let (mut b, mut session) = (target(), Session::new(Role::Responder));
            for frame in &frames {
                session
                    .handle(&mut b.workspace, frame)
                    .expect("storage works");
                check(&b, &session);
            }
            b.reopen();
            check(&b, &session);
            // Whatever came of it, the next session with an honest peer succeeds or says why.
            (
                session.closed().is_some(),
                b.workspace.heads().hashes().len() > 1,
            )
        });
        let (is_closed, has_landed) = done.unwrap_or_else(|_| panic!("seed {seed} fails"));
        closed += usize::from(is_closed);
        landed += usize::from(has_landed);
    }
    println!("3000 conversations: {closed} closed, {landed} landed something");
    assert!(closed > 500 && landed > 100, "{closed} {landed}");
}

/// A link that loses a frame is broken, and typing comes through all the same.
#[test]
fn typing_that_rests_on_a_lost_frame_is_asked_for_again() {
    let (mut a, mut b) = (source(), Replica::new(3));
    let mut link = Link::new([0, 1]);
    talk_on(&mut link, &mut a, &mut b);
    a.write(&[draft("d/a.md", "one\nthree\nfour\n")]);
    link.changed(0, &mut a);
    link.queues[1].clear();
    a.write(&[draft("d/a.md", "one\nthree\nfour\nfive\n")]);
    talk_on(&mut link, &mut a, &mut b);
    assert_eq!(b.text("d/a.md"), "one\nthree\nfour\nfive\n");
    assert_eq!(a.workspace.digest(), b.workspace.digest());
}

#[test]
fn random_bytes_do_no_harm() {
    for seed in 0..2000u64 {
        let mut rng = Rng(seed);
        let (mut b, mut session) = (target(), Session::new(Role::Responder));
        let hello = Session::new(Role::Initiator).changed(&mut source().workspace);
        if seed % 2 == 0 {
            let hello = &hello.expect("storage works").frames[0];
            session
                .handle(&mut b.workspace, hello)
                .expect("storage works");
        }
        for _ in 0..4 {
            let mut frame: Vec<u8> = (0..rng.below(200)).map(|_| rng.next() as u8).collect();
            if let [len, kind, ..] = frame.as_mut_slice() {
                // A length that fits and a kind that is one lead deeper.
                (*len, *kind) = (*len % 100, *kind % 15);
            }
            session
                .handle(&mut b.workspace, &frame)
                .expect("storage works");
        }
        check(&b, &session);
    }
}

#[test]
fn what_has_no_place_or_no_bounds_ends_the_session_with_its_reason() {
    let mut b = target();
    let hello = [&[34, 0, 1][..], &[7; 32]].concat();
    let later = [&[34, 0, 2][..], &[7; 32]].concat();
    let change = [&[7, 4, 0, 1, 3, 9, 9, 9][..]].concat();
    for (frames, reason) in [
        (vec![vec![0; limits::FRAME_BYTES_MAX + 1]], Reason::Garbage),
        (vec![vec![1, 1]], Reason::Garbage),
        (vec![later], Reason::Version),
        (vec![hello.clone(), vec![1, 1]], Reason::Garbage),
        (vec![hello.clone(), vec![2, 13, 9]], Reason::Peer(9)),
        (
            vec![hello.clone(), change],
            Reason::Refused(Refusal::NotAChange),
        ),
    ] {
        let mut session = Session::new(Role::Responder);
        let mut last = Vec::new();
        for frame in &frames {
            last = session
                .handle(&mut b.workspace, frame)
                .expect("storage works")
                .frames;
        }
        assert_eq!(session.closed(), Some(reason));
        assert!(last.len() <= 1, "it says so in one frame");
        let after = session
            .handle(&mut b.workspace, &hello)
            .expect("storage works");
        assert_eq!(after.frames.len(), 0, "a closed session is silent");
    }
    // An initiator is never greeted.
    let mut session = Session::new(Role::Initiator);
    session.changed(&mut b.workspace).expect("storage works");
    session
        .handle(&mut b.workspace, &hello)
        .expect("storage works");
    assert_eq!(session.closed(), Some(Reason::Garbage));
    let bytes = talk(&mut target(), &mut b);
    assert!(bytes[0] > 0, "and the next session works");
}

#[test]
fn a_peer_that_never_ends_its_message_holds_no_more_than_it_sent_and_no_more_than_the_limit() {
    let (mut b, mut session) = (target(), Session::new(Role::Responder));
    let hello = [&[34, 0, 1][..], &[7; 32]].concat();
    session
        .handle(&mut b.workspace, &hello)
        .expect("storage works");
    // A message of 32 MiB is said to come.
    let mut sent = 0;
    let begin = vec![0x80, 0x80, 0x80, 0x10, 3];
    session
        .handle(&mut b.workspace, &begin)
        .expect("storage works");
    for _ in 0..32 {
        let frame = vec![0; limits::FRAME_BYTES_MAX];
        session
            .handle(&mut b.workspace, &frame)
            .expect("storage works");
        sent += frame.len();
        assert!(session.held_bytes() <= sent + begin.len());
    }
    // More than message_bytes_max ends it at once.
    let mut session = Session::new(Role::Responder);
    session
        .handle(&mut b.workspace, &hello)
        .expect("storage works");
    let long = vec![0xff, 0xff, 0xff, 0xff, 0x7f];
    session
        .handle(&mut b.workspace, &long)
        .expect("storage works");
    assert_eq!(session.closed(), Some(Reason::Garbage));
    assert_eq!(session.held_bytes(), 0);
}
