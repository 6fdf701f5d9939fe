//! Limits that no honest device comes near, and no message of a test passes by itself.
#![allow(clippy::unwrap_used)]

use crate::desk::Desk;
use crate::limits::{FINDINGS_MAX, WELCOME_BYTES_MAX};
use crate::pairing::{Met, Pairing, Side};
use selvage_relay::LinkId;
use selvage_trust::{DeviceId, History, Identity, Inviter, Joiner, Role, Seat};
use std::collections::BTreeSet;
use zeroize::Zeroizing;

fn random(seed: u8) -> impl FnMut(&mut [u8]) {
    let mut next = seed;
    move |out| {
        for byte in out {
            next = next.wrapping_mul(141).wrapping_add(3);
            *byte = next;
        }
    }
}

fn founded() -> (Seat, Zeroizing<Vec<u8>>) {
    let mut entropy = random(1);
    let identity = Identity::new(&mut entropy);
    let bytes = identity.to_bytes();
    let seat = Seat::found(identity, "Laptop", &mut entropy).unwrap();
    (seat, Zeroizing::new(bytes.to_vec()))
}

#[test]
fn so_many_findings_are_remembered_and_there_is_room_again_when_one_was_seen() {
    let (seat, identity) = founded();
    let mut desk = Desk::new(seat, identity);
    let device = |number: usize| DeviceId([number as u8; 32]);
    let find = |desk: &mut Desk, number| {
        let message = "Letters of a device are missing.".to_owned();
        desk.find("MISSING", message, Some(device(number)), None);
    };
    for number in 0..=FINDINGS_MAX {
        find(&mut desk, number);
    }
    assert_eq!(desk.findings().len(), FINDINGS_MAX);
    desk.dismiss("MISSING", Some(device(0)));
    find(&mut desk, FINDINGS_MAX);
    let shown: BTreeSet<_> = desk.findings().into_iter().map(|it| it.device).collect();
    assert_eq!(shown.len(), FINDINGS_MAX);
    assert!(shown.contains(&Some(crate::desk::hex(device(FINDINGS_MAX)))));
}

/// A joiner that waits for its welcome.
fn joiner() -> Pairing {
    let (seat, _) = founded();
    let (now_ms, until_ms) = (1_000, 2_000);
    let (role, relay) = (Role::Editor, "wss://relay.example");
    let (history, times) = (History::Readable, (now_ms, until_ms));
    let inviter = Inviter::new(&seat, role, history, relay, times, &mut random(2)).unwrap();
    let identity = Identity::new(&mut random(3));
    let kept = Zeroizing::new(identity.to_bytes().to_vec());
    let invitation = inviter.invitation().clone();
    let joined = Joiner::new(identity, "Phone", invitation, now_ms, &mut random(4));
    let (joiner, request) = joined.unwrap();
    let side = Side::Joiner {
        joiner: Some(Box::new(joiner)),
        request,
        identity: kept,
        welcome: Vec::new(),
        inviter: None,
    };
    Pairing::new(side, [5; 32])
}

#[test]
fn a_welcome_that_says_to_be_longer_than_the_limit_takes_no_memory() {
    for (total, kept) in [(WELCOME_BYTES_MAX, 1000), (WELCOME_BYTES_MAX + 1, 0)] {
        let mut pairing = joiner();
        let piece = [
            &[4][..],
            &0_u32.to_le_bytes(),
            &(total as u32).to_le_bytes(),
            &[7; 1000],
        ]
        .concat();
        let met = pairing.heard(LinkId(1), &piece, None, 1_000, &mut random(6));
        assert!(matches!(met, Met::Nothing));
        let Side::Joiner { welcome, .. } = &pairing.side else {
            unreachable!("it was made as one");
        };
        assert_eq!(welcome.len(), kept);
    }
}
