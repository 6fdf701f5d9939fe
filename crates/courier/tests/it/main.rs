//! Devices share a workspace over a real relay, in memory.

#![allow(clippy::unwrap_used)]

mod acts;
mod authorisation;
mod golden;
mod limits;
mod live;
mod mailbox;
mod moving;
mod moving_hostile;
mod moving_simulation;
mod thief;
mod world;

use selvage_courier::{Act, LinkState, RoleName};
use world::World;

#[test]
fn two_devices_pair_and_edit_both_ways() {
    let mut world = World::new();
    world.send(0, b"before");
    let phone = world.pair(RoleName::Editor, 2);
    assert_eq!(world.devices[0].sends_all, 1, "the new device needs all");
    world.send(0, b"bread");
    let large = vec![7; 400 * 1024];
    world.send(phone, &large);
    world.run();
    assert_eq!(world.devices[0].landed, [large]);
    assert_eq!(world.devices[phone].landed, [b"bread".to_vec()]);
    for at in [0, phone] {
        let state = world.state(at);
        assert_eq!(
            (state.pending, state.link, state.problem),
            (0, LinkState::Open, None)
        );
        assert!(state.members.iter().all(|member| member.online));
        assert_eq!(state.findings, []);
    }
}

#[test]
fn a_restart_in_the_middle_loses_nothing() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    world.offline(phone);
    world.send(phone, b"on the train");
    world.perform(phone);
    world.restart(phone);
    assert_eq!(world.devices[phone].courier.cursor(), b"on the train");
    world.send(0, b"at home");
    world.run();
    world.restart(0);
    world.online(phone);
    assert_eq!(world.devices[0].landed, [b"on the train".to_vec()]);
    assert_eq!(world.devices[phone].landed, [b"at home".to_vec()]);
    world.send(phone, b"again");
    world.run();
    assert_eq!(world.devices[0].landed.last().unwrap(), b"again");
    assert_eq!(world.codes(0), Vec::<&str>::new());
}

#[test]
fn what_a_viewer_sends_is_refused_and_shown() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let id = world.id(phone);
    world.offline(phone);
    world.send(phone, b"too late");
    world.act(
        0,
        Act::SetRole {
            device: id,
            role: RoleName::Viewer,
        },
    );
    world.run();
    world.online(phone);
    assert_eq!(world.devices[0].landed, Vec::<Vec<u8>>::new());
    assert_eq!(world.codes(0), ["REFUSED"]);
    assert!(!world.devices[phone].courier.can_send());
    assert!(world.devices[phone].courier.send(b"no", None).is_err());
}

#[test]
fn what_a_revoked_device_sends_is_heard_by_nobody_and_it_is_told() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Editor, 3);
    let id = world.id(phone);
    world.offline(phone);
    world.send(phone, b"by the thief");
    world.act(0, Act::Revoke { device: id });
    world.send(0, b"secret");
    world.run();
    world.online(phone);
    assert_eq!(world.devices[tablet].landed, [b"secret".to_vec()]);
    assert_eq!(world.devices[phone].landed, Vec::<Vec<u8>>::new());
    assert_eq!(world.state(phone).problem.unwrap().code, "REVOKED");
    assert_eq!(world.state(phone).link, LinkState::Off);
    assert_eq!(world.state(0).members.len(), 2);
    assert_eq!(world.codes(0), Vec::<&str>::new());
}

#[test]
fn a_device_whose_code_differs_is_kept_out() {
    let mut world = World::new();
    let phone = world.invite(RoleName::Editor, 2);
    world.act(0, Act::Refuse);
    world.run();
    assert_eq!(world.state(0).members.len(), 1);
    assert!(!world.state(phone).shared);
    assert_eq!(world.state(phone).problem.unwrap().code, "PAIRING");
}

#[test]
fn a_relay_that_alters_a_letter_is_shown() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    world.bend = Box::new(move |at, bytes| {
        if at == phone && bytes[0] == 41 {
            *bytes.last_mut().unwrap() ^= 1;
        }
        true
    });
    world.send(0, b"bread");
    world.run();
    assert_eq!(world.devices[phone].landed, Vec::<Vec<u8>>::new());
    assert!(world.codes(phone).contains(&"ALTERED"));
}

#[test]
fn a_relay_that_repeats_a_letter_lands_nothing_twice() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let mut first: Option<Vec<u8>> = None;
    // The second letter's contents become those of the first: what follows number and id.
    world.bend = Box::new(move |at, bytes| {
        if at == phone && bytes[0] == 41 {
            let head = bytes
                .iter()
                .skip(1)
                .position(|byte| byte & 128 == 0)
                .unwrap()
                + 2
                + 16;
            match &first {
                None => first = Some(bytes[head..].to_vec()),
                Some(first) => {
                    bytes.truncate(head);
                    bytes.extend(first);
                }
            }
        }
        true
    });
    world.send(0, b"one");
    world.send(0, b"two");
    world.run();
    assert_eq!(world.devices[phone].landed, [b"one".to_vec()]);
    assert_eq!(world.codes(phone), ["REPEATED"]);
}

#[test]
fn a_relay_that_withholds_is_shown_by_another_device() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Editor, 3);
    // The tablet's parcel never reaches the phone: the relay puts something else in its place.
    let mut count = 0;
    world.bend = Box::new(move |at, bytes| {
        if at == phone && bytes[0] == 41 {
            count += 1;
            if count == 1 {
                let len = bytes.len();
                bytes[len - 20..].fill(0);
            }
        }
        true
    });
    world.send(tablet, b"withheld");
    world.run();
    world.now_ms += 61_000;
    world.devices[0].courier.tick(world.now_ms);
    world.run();
    assert_eq!(world.devices[phone].landed, Vec::<Vec<u8>>::new());
    assert!(
        world.codes(phone).contains(&"WITHHELD"),
        "{:?}",
        world.codes(phone)
    );
}

#[test]
fn a_parcel_past_the_limit_is_refused() {
    let mut world = World::new();
    let large = vec![0; selvage_courier::limits::PARCEL_BYTES_MAX + 1];
    assert!(world.devices[0].courier.send(&large, None).is_err());
}

#[test]
fn a_restart_between_two_parts_of_a_parcel_loses_nothing() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let mut count = 0;
    // The second part does not come before the phone was started anew.
    world.bend = Box::new(move |at, bytes| {
        count += usize::from(at == phone && bytes[0] == 41);
        at != phone || count < 2
    });
    let large = vec![7; 300 * 1024];
    world.send(0, &large);
    world.run();
    assert!(world.devices[phone].landed.is_empty());
    world.devices[phone].courier.landed(b"one part is here");
    world.perform(phone);
    world.bend = Box::new(|_, _| true);
    world.restart(phone);
    world.run();
    assert_eq!(world.devices[phone].landed, [large]);
}

#[test]
fn a_relay_that_lost_the_room_gets_everything_again() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    world.send(0, b"bread");
    world.run();
    world.offline(0);
    world.offline(phone);
    world.relay = selvage_relay::Relay::new(selvage_relay::Limits::default(), true);
    world.store = selvage_relay::MemoryStore::default();
    let before = world.devices[0].sends_all;
    world.online(0);
    world.online(phone);
    assert_eq!(world.devices[0].sends_all, before + 1);
    world.send(0, b"bread, again");
    world.run();
    assert_eq!(world.devices[phone].landed.last().unwrap(), b"bread, again");
    assert_eq!(world.codes(phone), ["RELAY_SET_BACK"]);
}
