//! Which moves count, by a table of those that are made up.
#![allow(clippy::unwrap_used)]

use crate::desk::{Desk, Meeting};
use crate::letter::Move;
use selvage_relay::LetterId;
use selvage_trust::{History, Identity, Inviter, Joiner, OpId, Purpose, Role, Seat};
use zeroize::Zeroizing;

const SECRET: &str = "relay meeting";

fn random(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed;
    move |out| {
        for byte in out {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (state >> 56) as u8;
        }
    }
}

/// A device comes in; gives its desk, and what the others are told.
fn pair(seat: &mut Seat, role: Role, history: History, seed: u64) -> (Desk, Vec<Vec<u8>>) {
    let mut entropy = random(seed);
    let relay = "wss://relay.example";
    let inviter = Inviter::new(seat, role, history, relay, (0, 1_000), &mut entropy);
    let mut inviter = inviter.unwrap();
    let identity = Identity::new(&mut entropy);
    let kept = Zeroizing::new(identity.to_bytes().to_vec());
    let invitation = inviter.invitation().clone();
    let joiner = Joiner::new(identity, "Phone", invitation, 0, &mut entropy);
    let (mut joiner, request) = joiner.unwrap();
    let (_, offer) = inviter.request(seat, &request, 0, &mut entropy).unwrap();
    let (_, reveal) = joiner.offer(&offer, &mut entropy).unwrap();
    inviter.reveal(seat, &reveal).unwrap();
    let (ops, welcome) = inviter.accept(seat, &[], 0, &mut entropy).unwrap();
    let (seat, _) = joiner.welcome(&welcome).unwrap();
    (Desk::new(seat, kept), ops)
}

fn epoch(seat: &Seat) -> OpId {
    seat.members().private_epoch().unwrap()
}

/// A move out of the first room, as this device would seal it.
fn sealed(seat: &Seat, to: OpId, secret: [u8; 32]) -> Vec<u8> {
    let it = Move {
        from: Meeting::default().room(seat).0,
        to: to.0,
        secret: Zeroizing::new(secret),
        first: None,
    };
    let plain = it.to_bytes();
    seat.encrypt(Purpose::Stored, &plain, &mut random(9))
        .unwrap()
}

/// Whether a device that reads this goes elsewhere, and whether it tells its person.
fn follows(desk: &mut Desk, letter: &[u8]) -> (bool, bool) {
    desk.took(7, LetterId([7; 16]), letter, &mut random(8));
    let shown = desk.findings().iter().any(|found| found.code == "MOVE");
    desk.dismiss("MOVE", None);
    (desk.turn.take().is_some(), shown)
}

fn learn(desk: &mut Desk, ops: &[Vec<u8>]) {
    desk.seat.receive(ops.iter().map(Vec::as_slice));
}

#[test]
fn a_move_counts_that_leads_to_where_a_removed_device_can_not_go() {
    let mut entropy = random(1);
    let mut ada = Seat::found(Identity::new(&mut entropy), "Ada", &mut entropy).unwrap();
    let (thief, _) = pair(&mut ada, Role::Editor, History::Readable, 2);
    let (mut ben, _) = pair(&mut ada, Role::Editor, History::Readable, 3);
    let before = epoch(&ada);
    let old_secret = *ada.derive_of(before, SECRET).unwrap();
    // Before anybody was taken out, there is nowhere to go.
    let early = sealed(&ada, before, old_secret);
    assert_eq!(follows(&mut ben, &early), (false, true));
    let ops = ada.revoke(thief.seat.device(), &mut entropy).unwrap();
    learn(&mut ben, &ops);
    let after = epoch(&ada);
    let secret = *ada.derive_of(after, SECRET).unwrap();
    let true_move = sealed(&ada, after, secret);
    for (letter, counts, shown) in [
        (sealed(&ada, after, [1; 32]), false, true),
        (sealed(&ada, before, old_secret), false, true),
        (sealed(&ada, OpId([2; 32]), secret), false, true),
        // The removed device seals as it can, and knows the epoch by the log.
        (sealed(&thief.seat, after, [1; 32]), false, true),
        (sealed(&thief.seat, before, old_secret), false, true),
        (true_move.clone(), true, false),
    ] {
        assert_eq!(follows(&mut ben, &letter), (counts, shown));
    }
    // In another room it counts for nothing, and is no reason to worry: it may be an old one.
    desk_goes(&mut ben, &true_move);
    assert_eq!(follows(&mut ben, &true_move), (false, false));
    let back = Move {
        from: ben.meeting.room(&ben.seat).0,
        to: before.0,
        secret: Zeroizing::new(old_secret),
        first: None,
    };
    let back = ada.encrypt(Purpose::Stored, &back.to_bytes(), &mut entropy);
    assert_eq!(follows(&mut ben, &back.unwrap()), (false, true), "not back");
}

fn desk_goes(desk: &mut Desk, letter: &[u8]) {
    desk.took(8, LetterId([8; 16]), letter, &mut random(8));
    let turn = desk.turn.take().unwrap();
    let place = selvage_relay::client::Place {
        life: selvage_relay::Life([1; 16]),
        number: 8,
    };
    desk.move_on(turn, place, &mut random(8)).unwrap();
}

#[test]
fn a_removed_device_does_not_lead_astray_who_came_in_without_the_past_meanwhile() {
    let mut entropy = random(1);
    let mut ada = Seat::found(Identity::new(&mut entropy), "Ada", &mut entropy).unwrap();
    let (mut cleo, _) = pair(&mut ada, Role::Owner, History::Readable, 2);
    let (mut thief, _) = pair(&mut ada, Role::Editor, History::Readable, 3);
    let log: Vec<_> = ada
        .members()
        .since(&[])
        .map(|op| op.bytes().to_vec())
        .collect();
    learn(&mut cleo, &log);
    // Cleo has not heard of the removal when she lets the guest in, so the thief reads that epoch, too.
    let removal = ada.revoke(thief.seat.device(), &mut entropy).unwrap();
    let after = epoch(&ada);
    let (mut guest, added) = pair(&mut cleo.seat, Role::Editor, History::Hidden, 4);
    for desk in [&mut thief, &mut guest] {
        learn(desk, &added);
    }
    let made_up = sealed(&thief.seat, after, [1; 32]);
    for desk in [&mut thief, &mut guest] {
        learn(desk, &removal);
    }
    assert!(!guest.seat.has_key(after), "it can't tell by the secret");
    assert_eq!(follows(&mut guest, &made_up), (false, true));
    // Under the epoch that follows on both, it believes a member.
    learn(&mut cleo, &removal);
    let next = cleo.seat.follow_up(&mut entropy).unwrap();
    learn(&mut guest, &next);
    let secret = *ada.derive_of(after, SECRET).unwrap();
    let again = sealed(&cleo.seat, after, secret);
    assert_eq!(follows(&mut guest, &again), (true, false));
}

#[test]
fn so_many_rooms_that_were_left_are_remembered() {
    use crate::limits::ROOMS_LEFT_MAX;
    let mut entropy = random(1);
    let mut ada = Seat::found(Identity::new(&mut entropy), "Ada", &mut entropy).unwrap();
    let (mut ben, _) = pair(&mut ada, Role::Editor, History::Readable, 2);
    for seed in 0..=ROOMS_LEFT_MAX {
        let (guest, ops) = pair(&mut ada, Role::Viewer, History::Readable, 10 + seed as u64);
        learn(&mut ben, &ops);
        let ops = ada.revoke(guest.seat.device(), &mut entropy).unwrap();
        learn(&mut ben, &ops);
        let to = epoch(&ada);
        let it = Move {
            from: ben.meeting.room(&ben.seat).0,
            to: to.0,
            secret: ada.derive_of(to, SECRET).unwrap(),
            first: None,
        };
        let letter = ada.encrypt(Purpose::Stored, &it.to_bytes(), &mut entropy);
        desk_goes(&mut ben, &letter.unwrap());
    }
    assert_eq!(ben.left.len(), ROOMS_LEFT_MAX);
    assert!(
        ben.left.iter().all(|left| left.meeting.epoch().is_some()),
        "the oldest is gone"
    );
}
