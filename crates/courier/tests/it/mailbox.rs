//! A mailbox that never fills: what was mailed before gives way to all that a device has.

use crate::world::World;
use selvage_courier::{Act, RoleName};
use selvage_relay::Limits;

/// A parcel of a megabyte that is like no other one.
fn large(number: u32) -> Vec<u8> {
    let mut bytes = format!("parcel {number}").into_bytes();
    bytes.resize(1024 * 1024, b'.');
    bytes
}

/// Two devices of whom the first one mailed almost as much as a mailbox may have before it begins anew;
/// its workspace holds one megabyte.
fn heavy(world: &mut World) -> usize {
    world.mails_all = true;
    let phone = world.pair(RoleName::Editor, 2);
    for number in 0..15 {
        edit(world, number, &[0, phone]);
    }
    phone
}

/// The first device's megabyte becomes another one.
fn edit(world: &mut World, number: u32, devices: &[usize]) {
    devices
        .iter()
        .for_each(|at| world.devices[*at].contents.clear());
    world.send(0, &large(number));
    world.run();
}

/// The first minute goes by step by step, so that devices that wait for each other can.
fn wait_ms(world: &mut World, ms: u64) {
    let end_ms = world.now_ms + ms;
    let steps_end_ms = end_ms.min(world.now_ms + 60_000);
    while world.now_ms < steps_end_ms {
        world.run();
    }
    world.now_ms = world.now_ms.max(end_ms);
    world.run();
}

#[test]
fn a_heavy_mailbox_begins_anew_and_nobody_notices() {
    let mut world = World::new();
    let phone = heavy(&mut world);
    let before = world.store.bytes();
    assert!(before > 15 * 1024 * 1024);
    edit(&mut world, 15, &[0, phone]);
    edit(&mut world, 16, &[0, phone]);
    wait_ms(&mut world, 40_000);
    let after = world.store.bytes();
    assert!(after < 3 * 1024 * 1024, "{after}");
    // One of them did it, once.
    let asked = |world: &World| world.devices[0].sends_all + world.devices[phone].sends_all;
    assert_eq!(asked(&world), 2, "one for the pairing, one for the mailbox");
    wait_ms(&mut world, 40 * 60_000);
    assert_eq!(asked(&world), 2);
    world.send(phone, b"bread");
    world.send(0, b"milk");
    world.run();
    for at in [0, phone] {
        assert!(world.devices[at].contents.contains(&large(16)));
        assert!(world.devices[at].contents.contains(&b"bread"[..]));
        assert!(world.devices[at].contents.contains(&b"milk"[..]));
        assert_eq!(world.codes(at), Vec::<&str>::new());
        assert_eq!(world.state(at).problem, None);
        assert_eq!(world.state(at).pending, 0);
    }
}

#[test]
fn a_device_that_was_away_and_a_new_one_begin_from_there() {
    let mut world = World::new();
    world.mails_all = true;
    let late = world.pair(RoleName::Editor, 3);
    world.send(late, b"before");
    world.run();
    world.offline(late);
    world.send(late, b"on the train");
    world.perform(late);
    let phone = heavy(&mut world);
    edit(&mut world, 15, &[0, phone]);
    edit(&mut world, 16, &[0, phone]);
    let id = world.id(phone);
    // A change of the devices that is nowhere any more but in the summary.
    let role = RoleName::Viewer;
    world.act(0, Act::SetRole { device: id, role });
    wait_ms(&mut world, 40_000);
    assert!(world.store.bytes() < 3 * 1024 * 1024);
    world.restart(late);
    world.online(late);
    world.send(late, b"home");
    world.run();
    let new = world.pair(RoleName::Editor, 4);
    for at in [0, late, new] {
        assert!(world.devices[at].contents.contains(&large(16)), "{at}");
        for item in [&b"on the train"[..], b"home"] {
            assert!(world.devices[at].contents.contains(item), "{at}");
        }
        assert_eq!(world.codes(at), Vec::<&str>::new(), "{at}");
    }
    let members = world.state(late).members;
    assert_eq!(members.len(), 4);
    let phone = members.iter().find(|one| one.id == world.id(phone));
    assert_eq!(phone.unwrap().role, RoleName::Viewer);
}

#[test]
fn a_restart_in_the_middle_begins_once_more() {
    let mut world = World::new();
    let phone = heavy(&mut world);
    edit(&mut world, 15, &[0, phone]);
    world.offline(phone);
    edit(&mut world, 16, &[0]);
    // The first letter of the whole is out, and the device dies.
    world.now_ms += 40_000;
    let now_ms = world.now_ms;
    world.devices[0].courier.tick(now_ms);
    world.perform(0);
    assert!(world.state(0).pending > 0);
    world.restart(0);
    wait_ms(&mut world, 40_000);
    wait_ms(&mut world, 40_000);
    assert!(world.store.bytes() < 4 * 1024 * 1024);
    world.online(phone);
    assert!(world.devices[phone].contents.contains(&large(16)));
    assert_eq!(world.codes(phone), Vec::<&str>::new());
}

#[test]
fn a_full_room_is_emptied_and_what_it_did_not_take_is_sent_again() {
    let mut world = World::new();
    let room_bytes_max = 3 * 1024 * 1024;
    world.relay = selvage_relay::Relay::new(
        Limits {
            room_bytes_max,
            ..Limits::default()
        },
        true,
    );
    world.store = selvage_relay::MemoryStore::default();
    world.offline(0);
    world.online(0);
    let code = "RELAY_SET_BACK".to_owned();
    world.act(0, Act::Dismiss { code, device: None });
    world.mails_all = true;
    let phone = world.pair(RoleName::Editor, 2);
    for number in 0..5 {
        edit(&mut world, number, &[0, phone]);
    }
    wait_ms(&mut world, 40_000);
    world.send(0, b"bread");
    wait_ms(&mut world, 40_000);
    assert!(world.store.bytes() as u64 <= room_bytes_max + 64 * 1024);
    for at in [0, phone] {
        assert!(world.devices[at].contents.contains(&large(4)), "{at}");
        assert!(world.devices[at].contents.contains(&b"bread"[..]), "{at}");
        assert_eq!(world.state(at).problem, None);
        assert_eq!(world.state(at).pending, 0);
        assert_eq!(world.codes(at), Vec::<&str>::new(), "{at}");
    }
}
