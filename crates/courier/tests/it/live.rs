//! Devices that are there speak with each other: over a relay that keeps nothing, or without one.

use crate::world::World;
use selvage_courier::{Act, Linked, RoleName, limits};

fn linked(world: &World, at: usize) -> Vec<Linked> {
    let members = world.state(at).members.into_iter();
    let others = members.filter(|member| !member.is_self);
    others.map(|member| member.linked).collect()
}

fn assert_equal(world: &World, devices: &[usize]) {
    for &at in devices {
        let state = world.state(at);
        assert_eq!((state.pending, state.problem), (0, None), "device {at}");
        assert_eq!(state.findings, [], "device {at}");
        let [here, there] = [at, devices[0]].map(|at| &world.devices[at].contents);
        assert!(here == there, "device {at} holds another workspace");
    }
}

#[test]
fn what_a_page_says_comes_to_those_who_are_there_with_the_name_of_their_device() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Viewer, 2);
    assert_eq!(linked(&world, 0), [Linked::Relay]);
    let (now_ms, me) = (world.now_ms, world.id(phone));
    let courier = &mut world.devices[phone].courier;
    courier.say(None, "I am in notes.md", now_ms).unwrap();
    world.run();
    let expected = (me.clone(), "I am in notes.md".to_owned());
    assert_eq!(world.devices[0].said, [expected]);
    assert_eq!(world.devices[phone].said, []);

    world.act(0, Act::Revoke { device: me });
    let now_ms = world.now_ms;
    let courier = &mut world.devices[phone].courier;
    courier.say(None, "and now I am out", now_ms).unwrap();
    world.run();
    assert_eq!(world.devices[0].said.len(), 1, "it has no say any more");
}

#[test]
fn who_says_too_much_is_heard_no_more_than_the_limit() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    for _ in 0..limits::SAYINGS_MAX {
        let now_ms = world.now_ms;
        let courier = &mut world.devices[phone].courier;
        courier.say(None, "me", now_ms).unwrap();
    }
    world.run();
    // The clock went on by two seconds, and all came in the first ones.
    let heard = world.devices[0].said.len();
    assert!((20..=40).contains(&heard), "{heard}");
}

#[test]
fn two_devices_pair_and_edit_over_a_relay_that_keeps_nothing() {
    let mut world = World::with_relay(false);
    world.send(0, b"before");
    let phone = world.pair(RoleName::Editor, 2);
    world.send(0, b"bread");
    world.send(phone, &[b'x'; 400 * 1024]);
    world.run();
    assert!(world.state(0).passing, "the person is told");
    assert_eq!(world.devices[phone].contents.len(), 3);
    assert_equal(&world, &[0, phone]);
}

#[test]
fn what_was_written_alone_comes_when_both_are_there_again() {
    let mut world = World::with_relay(false);
    let phone = world.pair(RoleName::Editor, 2);
    world.offline(phone);
    world.send(phone, b"on the train");
    world.perform(phone);
    world.restart(phone);
    world.send(0, b"at home");
    world.run();
    assert_ne!(world.state(0).pending, 0, "nobody is there to take it");
    world.restart(0);
    world.online(phone);
    assert!(
        world.devices[phone]
            .contents
            .contains(b"at home".as_slice())
    );
    assert_equal(&world, &[0, phone]);
}

#[test]
fn one_that_comes_later_gets_all_that_others_handed_to_each_other() {
    let mut world = World::with_relay(false);
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Viewer, 3);
    let other = world.pair(RoleName::Viewer, 4);
    let device = world.id(other);
    world.act(0, Act::Revoke { device });
    world.run();
    assert_equal(&world, &[0, phone, tablet]);
    world.offline(tablet);
    world.send(0, b"one");
    world.send(phone, b"two");
    world.run();
    assert_eq!(world.state(0).pending, 0, "those who are there have it");
    world.online(tablet);
    assert_eq!(world.devices[tablet].contents.len(), 2);
    assert_equal(&world, &[0, phone, tablet]);

    // Nothing is sent again when nothing is lacking.
    let sent = [world.devices[0].sends_all, world.devices[phone].sends_all];
    world.offline(tablet);
    world.online(tablet);
    let now = [world.devices[0].sends_all, world.devices[phone].sends_all];
    assert_eq!(sent, now);
}

#[test]
fn one_that_was_away_while_the_keys_changed_catches_up() {
    let mut world = World::with_relay(false);
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Editor, 3);
    world.offline(tablet);
    let device = world.id(phone);
    world.act(0, Act::Revoke { device });
    world.run();
    let told = world.state(phone).problem.unwrap();
    assert_eq!(told.code, "REVOKED");
    world.offline(phone);
    world.send(0, b"under the new key");
    world.run();
    world.online(tablet);
    world.send(tablet, b"answer");
    world.run();
    assert_eq!(world.state(tablet).members.len(), 2);
    assert_eq!(world.devices[0].contents.len(), 2);
    assert_equal(&world, &[0, tablet]);
}

#[test]
fn devices_with_a_direct_link_need_the_relay_no_more() {
    let mut world = World::with_relay(false);
    let phone = world.pair(RoleName::Editor, 2);
    world.link(0, phone);
    world.run();
    assert_eq!(linked(&world, 0), [Linked::Direct]);
    for at in [0, phone] {
        world.offline(at);
    }
    let before = world.directly;
    world.send(0, b"bread");
    world.send(phone, &[b'x'; 400 * 1024]);
    world.run();
    assert_eq!(world.devices[phone].contents.len(), 2);
    assert!(
        world.directly > before + 7,
        "the letter's pieces went there"
    );
    assert_equal(&world, &[0, phone]);
}

#[test]
fn a_direct_link_that_breaks_loses_nothing_and_shows_nothing_twice() {
    let mut world = World::with_relay(false);
    let phone = world.pair(RoleName::Editor, 2);
    world.link(0, phone);
    world.run();
    world.send(phone, &[b'x'; 400 * 1024]);
    world.perform(phone);
    // Some of it is on its way, and all that was not acknowledged is said again.
    world.unlink(0, phone);
    world.run();
    assert_eq!(linked(&world, phone), [Linked::Relay]);
    world.link(0, phone);
    world.send(0, b"bread");
    world.run();
    assert_eq!(world.devices[0].contents.len(), 2);
    assert_equal(&world, &[0, phone]);
}

#[test]
fn a_direct_link_is_trusted_with_nothing() {
    let mut world = World::with_relay(false);
    let phone = world.pair(RoleName::Editor, 2);
    let id = world.id(phone);
    let now_ms = world.now_ms;
    let courier = &mut world.devices[0].courier;
    courier.direct_opened(&id, now_ms).unwrap();
    for bytes in [&b""[..], b"\x01\x01 made up", &[0; 200 * 1024]] {
        courier.direct_received(&id, bytes, now_ms).unwrap();
    }
    assert!(courier.direct_received("no device", b"", now_ms).is_err());
    assert_eq!(world.devices[0].said, []);
    assert_eq!(world.codes(0), Vec::<&str>::new());
}

#[test]
fn what_came_live_comes_by_mail_when_the_relay_has_a_storage_and_is_no_replay() {
    for is_restarted in [false, true] {
        let mut world = World::with_relay(false);
        let phone = world.pair(RoleName::Editor, 2);
        let tablet = world.pair(RoleName::Editor, 3);
        // The tablet is there and hears nothing, so the letter waits for it after the phone took it.
        world.bend = Box::new(move |at, bytes| at != tablet || bytes[0] != 36);
        world.send(0, b"bread");
        world.run();
        assert!(world.devices[phone].contents.contains(&b"bread"[..]));
        assert_eq!(world.state(0).pending, 1);
        for at in [0, phone, tablet] {
            world.offline(at);
        }
        world.bend = Box::new(|_, _| true);
        world.relay = selvage_relay::Relay::new(selvage_relay::Limits::default(), true);
        if is_restarted {
            world.restart(phone);
        }
        for at in [0, phone, tablet] {
            world.online(at);
        }
        world.send(phone, b"milk");
        world.run();
        assert_equal(&world, &[0, phone, tablet]);
    }
}

#[test]
fn a_relay_that_has_a_storage_later_has_what_was_said_before_for_those_who_were_away() {
    let mut world = World::with_relay(false);
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Editor, 3);
    world.offline(tablet);
    world.send(0, b"bread");
    let name = "Kitchen".to_owned();
    world.act(phone, Act::Rename { name: name.clone() });
    world.run();
    for at in [0, phone] {
        world.offline(at);
    }
    world.relay = selvage_relay::Relay::new(selvage_relay::Limits::default(), true);
    for at in [0, phone] {
        world.online(at);
    }
    crate::moving::wait(&mut world);
    // They are gone when it comes.
    world.offline(0);
    world.offline(phone);
    world.online(tablet);
    assert!(world.devices[tablet].contents.contains(&b"bread"[..]));
    let members = world.state(tablet).members;
    assert!(members.iter().any(|member| member.name == name));
    world.online(0);
    world.online(phone);
    crate::moving::wait(&mut world);
    assert_equal(&world, &[0, phone, tablet]);
}
