//! What older versions kept, which is read for ever.

use crate::thief::{Intruder, steal};
use crate::world::{World, random};
use selvage_courier::{Courier, CourierError, LinkState};

fn unhex(text: &str) -> Vec<u8> {
    let text = text.trim();
    let pairs = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

/// A device with an unsent parcel, that took another one out before anybody knew of moves.
#[test]
fn a_seat_that_an_older_version_kept_goes_on_and_its_devices_move() {
    for kept in [
        include_str!("../fixtures/format-1.txt"),
        include_str!("../fixtures/format-2.txt"),
    ] {
        let kept = unhex(kept);
        let courier = Courier::from_bytes(&kept, random(7)).unwrap();
        let state = courier.state();
        assert_eq!((state.members.len(), state.pending), (2, 1));
        let mut world = World::new();
        world.devices.clear();
        let at = world.add(courier);
        world.run();
        let state = world.state(at);
        assert_eq!((state.pending, state.link), (0, LinkState::Open));
        // It is kept as this version does, and mailed a move into the room of an epoch.
        let again = Courier::from_bytes(&world.devices[at].kept, random(8)).unwrap();
        assert_eq!(again.state().members, courier_members(&kept));
        assert_eq!(world.devices[at].kept[0], 3);
        assert_eq!(world.relay.counts().1, 1, "nobody is in the first room");
        let asked = world.devices[at].sends_all;
        assert!(asked > 0, "the new room begins with a whole");
    }
}

fn courier_members(kept: &[u8]) -> Vec<selvage_courier::MemberState> {
    Courier::from_bytes(kept, random(9))
        .unwrap()
        .state()
        .members
}

#[test]
fn pairings_that_an_older_version_kept_go_on() {
    let inviting = unhex(include_str!("../fixtures/format-2-inviting.txt"));
    let joining = unhex(include_str!("../fixtures/format-2-joining.txt"));
    let mut world = World::new();
    world.devices.clear();
    for (seed, kept) in [(7, inviting), (8, joining)] {
        world.add(Courier::from_bytes(&kept, random(seed)).unwrap());
    }
    world.run();
    let (invitation, joining) = (world.state(0).invitation, world.state(1).joining);
    assert!(invitation.as_ref().unwrap().code.is_some());
    assert_eq!(invitation.unwrap().code, joining.unwrap().code);
    world.act(0, selvage_courier::Act::Accept);
    world.run();
    assert!(world.state(1).shared);
}

/// A device with an unsent parcel that moved, and waits for one that was away.
#[test]
fn a_seat_of_format_3_goes_on_in_the_room_in_use_and_looks_into_the_other_one() {
    let kept = unhex(include_str!("../fixtures/format-3.txt"));
    let mut world = World::new();
    world.devices.clear();
    world.relay = selvage_relay::Relay::new(selvage_relay::Limits::default(), true);
    world.store = selvage_relay::MemoryStore::default();
    let at = world.add(Courier::from_bytes(&kept, random(7)).unwrap());
    assert_eq!(world.state(at).pending, 1);
    world.run();
    assert_eq!(world.state(at).pending, 0);
    // The relay is another one, so the move is mailed again into the first room, after the log.
    let seat = steal(&kept);
    let intruder = Intruder::enter(&mut world, &seat);
    assert_eq!(intruder.client.peers().count(), 0);
    let log = seat.members().since(&[]).count();
    assert_eq!(intruder.letters().len(), log + 1);
}

#[test]
fn a_byte_that_changed_in_what_was_kept_is_noticed() {
    let kept = unhex(include_str!("../fixtures/format-3.txt"));
    for at in 0..kept.len() {
        let mut damaged = kept.clone();
        damaged[at] ^= 1 << (at % 8);
        let read = Courier::from_bytes(&damaged, random(7));
        assert!(
            matches!(read, Err(CourierError::Unreadable)) || at == 0,
            "{at}"
        );
        assert!(read.is_err(), "{at}");
    }
    for end in [0, 1, 8, kept.len() - 1] {
        assert!(
            Courier::from_bytes(&kept[..end], random(7)).is_err(),
            "{end}"
        );
    }
}
