//! What waits is bounded, whoever sends it.

use crate::thief::{leave, steal};
use crate::world::{World, random};
use selvage_courier::RoleName;
use selvage_courier::limits::{OUTBOX_BYTES_MAX, PARCEL_BYTES_MAX, PART_BYTES, WAITING_BYTES_MAX};
use selvage_trust::{Purpose, Seat};

/// A part of a parcel: its number among so many.
fn part(seat: &Seat, name: u32, place: u32, count: u32, bytes: usize) -> Vec<u8> {
    let mut parcel = [0; 16];
    parcel[..4].copy_from_slice(&name.to_le_bytes());
    let head = [
        &[1][..],
        &parcel,
        &place.to_le_bytes(),
        &count.to_le_bytes(),
    ]
    .concat();
    let plain = [head, vec![0; bytes]].concat();
    let mut entropy = random(u64::from(name));
    seat.encrypt(Purpose::Stored, &plain, &mut entropy).unwrap()
}

#[test]
fn parts_that_never_become_whole_are_let_go_and_that_is_shown() {
    let mut world = World::new();
    world.perform(0);
    let seat = steal(&world.devices[0].kept);
    let letters = (WAITING_BYTES_MAX / PART_BYTES) as u32 + 1;
    let names: Vec<u32> = (0..letters).collect();
    for names in names.chunks(40) {
        assert_eq!(world.codes(0), Vec::<&str>::new(), "not yet");
        let part = |name: &u32| part(&seat, *name, 0, 2, PART_BYTES);
        let letters: Vec<_> = names.iter().map(part).collect();
        leave(&mut world, &seat, &letters);
    }
    assert_eq!(world.codes(0), ["MISSING"]);
    world.devices[0].courier.landed(b"to be kept");
    world.perform(0);
    let kept = world.devices[0].kept.len();
    assert!(kept < WAITING_BYTES_MAX / 4, "{kept}");
}

#[test]
fn a_part_beyond_the_largest_parcel_is_not_kept() {
    let mut world = World::new();
    world.perform(0);
    let seat = steal(&world.devices[0].kept);
    let most = (PARCEL_BYTES_MAX / PART_BYTES) as u32 + 2;
    for (place, count) in [(0, most + 1), (2, 2), (0, 0), (u32::MAX, u32::MAX)] {
        let mut world = World::new();
        let letter = part(&seat, 1, place, count, 10);
        leave(&mut world, &seat, &[letter]);
        assert_eq!(world.codes(0), ["UNKNOWN"], "{place} of {count}");
    }
    let letter = part(&seat, 1, most - 1, most, 10);
    leave(&mut world, &seat, &[letter]);
    assert_eq!(world.codes(0), Vec::<&str>::new());
}

#[test]
fn parcels_wait_in_the_workspace_when_much_waits_for_the_relay() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    world.offline(0);
    assert!(world.devices[0].courier.can_send());
    world.send(0, &vec![1; OUTBOX_BYTES_MAX]);
    assert!(!world.devices[0].courier.can_send());
    world.online(0);
    assert!(world.devices[0].courier.can_send());
    assert_eq!(world.devices[phone].landed.len(), 1);
}
