//! What waits is bounded, whoever sends it.

use crate::thief::{leave, sealed, steal};
use crate::world::{World, random};
use selvage_courier::limits::{
    ASIDE_BYTES_MAX, OUTBOX_BYTES_MAX, PARCEL_BYTES_MAX, PART_BYTES, WAITING_BYTES_MAX,
};
use selvage_courier::{Act, RoleName};
use selvage_trust::{Kind, Purpose, Seat};

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

#[test]
fn what_a_removed_device_goes_on_to_write_is_kept_up_to_a_bound_for_whoever_keeps_it() {
    const WRITTEN_BYTES: usize = 120 * 1024;
    let fit = ASIDE_BYTES_MAX / (WRITTEN_BYTES + 1024);
    for (count, all_land) in [(fit, true), (fit + 2, false)] {
        let mut world = World::new();
        let phone = world.pair(RoleName::Editor, 2);
        let tablet = world.pair(RoleName::Editor, 3);
        world.perform(phone);
        world.offline(phone);
        let mut seat = steal(&world.devices[phone].kept);
        // The owner takes it out; the tablet has not heard, and takes what it writes.
        world.offline(0);
        let device = world.id(phone);
        world.act(0, Act::Revoke { device });
        let mut write = |number: usize| {
            let payload = vec![number as u8; WRITTEN_BYTES];
            let envelope = seat.sign(Kind::Change, &payload).unwrap();
            sealed(&seat, number as u8, &envelope)
        };
        let letters: Vec<_> = (0..count).map(&mut write).collect();
        leave(&mut world, &seat, &letters);
        assert_eq!(world.devices[tablet].landed.len(), count);
        // The tablet keeps it for all; the owner has of it what it did not let go.
        world.online(0);
        world.perform(0);
        let landed = world.devices[0].landed.len();
        match all_land {
            true => assert_eq!((landed, world.codes(0)), (count, vec![])),
            false => assert_eq!((landed, world.codes(0)), (0, vec!["REFUSED", "MISSING"])),
        }
        let kept = world.devices[0].kept.len();
        assert!(kept < ASIDE_BYTES_MAX + 256 * 1024, "{kept}");
    }
}
