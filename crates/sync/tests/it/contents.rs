//! Large contents between replicas: in pieces, resumed, mended.

use crate::world::{Link, Replica, talk, talk_on};
use selvage_sync::{Role, Session};
use selvage_vfs::{Hash, Inbox, Op, limits};

const MIB: usize = 1024 * 1024;

fn large(seed: u32, bytes: usize) -> Vec<u8> {
    let numbers = 0..bytes as u32 / 4;
    numbers
        .flat_map(|n| (n.wrapping_mul(2_654_435_761) ^ seed).to_le_bytes())
        .collect()
}

/// Delivers until a side has got so many bytes.
fn talk_until(link: &mut Link, side: usize, bytes: usize, ends: [&mut Replica; 2]) {
    let [a, b] = ends;
    link.changed(0, a);
    while link.bytes[side] < bytes {
        link.deliver(1, b);
        link.deliver(0, a);
    }
}

#[test]
fn a_content_goes_on_in_another_session_after_a_restart() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    let bytes = large(1, 12 * MIB);
    a.write(&[Op::write("big.bin", bytes.clone())]);
    talk_until(&mut Link::new([0, 1]), 1, 8 * MIB, [&mut a, &mut b]);
    b.reopen();
    let sent = talk(&mut a, &mut b);
    assert_eq!(b.workspace.read("big.bin").expect("there"), bytes);
    assert!(sent[1] < 6 * MIB, "{sent:?}");
}

#[test]
fn a_session_holds_little_of_a_large_content() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    a.write(&[Op::write("big.bin", large(2, 24 * MIB))]);
    let mut link = Link::new([0, 1]);
    for mib in 1..24 {
        talk_until(&mut link, 1, mib * MIB, [&mut a, &mut b]);
        let held = link.sessions[1].held_bytes();
        assert!(held < 2 * MIB, "{held} bytes");
    }
}

#[test]
fn two_peers_bring_one_content_and_one_of_them_goes() {
    let (mut a, mut b, mut c) = (Replica::new(1), Replica::new(2), Replica::new(3));
    let bytes = large(3, 8 * MIB);
    a.write(&[Op::write("big.bin", bytes.clone())]);
    talk(&mut a, &mut b);
    let (mut with_a, mut with_b) = (Link::new([0, 2]), Link::new([1, 2]));
    with_a.changed(0, &mut a);
    with_b.changed(0, &mut b);
    while with_a.bytes[1] < 5 * MIB {
        with_a.deliver(1, &mut c);
        with_a.deliver(0, &mut a);
        // The other link is slower.
        if with_a.frames.is_multiple_of(3) {
            with_b.deliver(1, &mut c);
            with_b.deliver(0, &mut b);
        }
    }
    drop(with_a);
    talk_on(&mut with_b, &mut b, &mut c);
    assert_eq!(c.workspace.read("big.bin").expect("there"), bytes);
    assert_eq!(a.workspace.digest(), c.workspace.digest());
}

#[test]
fn a_damaged_content_is_got_from_a_peer_that_has_it() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    let contents = [("small.bin", large(4, 900)), ("big.bin", large(5, 3 * MIB))];
    for (path, bytes) in &contents {
        a.write(&[Op::write(*path, bytes.clone())]);
    }
    talk(&mut a, &mut b);
    for (path, bytes) in &contents {
        b.disk.damage_content(Hash::of(bytes));
        b.workspace.read(path).expect_err("damaged");
    }
    talk(&mut a, &mut b);
    for (path, bytes) in &contents {
        assert_eq!(b.workspace.read(path).as_ref(), Ok(bytes));
    }
    assert!(b.workspace.wanted_contents().is_empty());
}

#[test]
fn a_peer_that_cannot_give_a_content_says_so_and_stays() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    let bytes = large(6, 70_000);
    a.write(&[Op::write("some.bin", bytes.clone())]);
    talk(&mut a, &mut b);
    for replica in [&mut a, &mut b] {
        replica.disk.damage_content(Hash::of(&bytes));
        replica.workspace.read("some.bin").expect_err("damaged");
    }
    let mut link = Link::new([0, 1]);
    talk_on(&mut link, &mut a, &mut b);
    assert!(link.bytes.iter().sum::<usize>() < 300, "{:?}", link.bytes);
    a.write(&[Op::write("later.md", "x")]);
    talk_on(&mut link, &mut a, &mut b);
    assert_eq!(b.text("later.md"), "x");
}

#[test]
fn what_is_not_here_is_answered_with_nothing() {
    let mut b = Replica::new(2);
    let mut session = Session::new(Role::Responder);
    let hello = [&[34, 0, 1][..], &[7; 32]].concat();
    let want = [&[34, 9][..], &[7; 32], &[0]].concat();
    for (frame, last) in [(hello, None), (want, Some(&[7, 0][..]))] {
        let reply = session.handle(&mut b.workspace, &frame);
        let said = reply.expect("works").frames.concat();
        assert!(last.is_none_or(|last| said.ends_with(last)), "{said:?}");
        assert_eq!(session.closed(), None);
    }
}

#[test]
fn what_a_peer_that_is_gone_was_bringing_keeps_nobody_elses_out() {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    let peers = limits::ARRIVING_BYTES_MAX / limits::FILE_BYTES_MAX as u64;
    for number in 0..=peers {
        // It says that it has the largest of contents, and goes.
        let hash = Hash([number as u8; 32]);
        let gone = Inbox::new();
        let size = limits::FILE_BYTES_MAX as u64;
        assert_eq!(b.workspace.prepare(&gone, &hash, size), Ok(0));
    }
    a.write(&[Op::write("big.bin", large(7, 3 * MIB))]);
    talk(&mut a, &mut b);
    assert_eq!(a.workspace.digest(), b.workspace.digest());
}
