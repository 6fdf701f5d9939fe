//! What the protocol promises, one promise a test.

use crate::world::{World, access, letter, profile};
use selvage_relay::client::{Client, Event, Output};
use selvage_relay::limits::{
    FORWARD_WINDOW_BYTES, HANDED_BYTES_MAX, IDLE_MS_MAX, PAYLOAD_BYTES_MAX, PING_MS, STALL_MS_MAX,
};
use selvage_relay::message::Ask;
use selvage_relay::store::Read;
use selvage_relay::{Life, Limits, Reason, RelayError};

fn world() -> World {
    World::new(Limits::default(), true)
}

fn append(world: &mut World, client: usize, number: u64, bytes: &[u8]) {
    let appended = world.clients[client].append(letter(number), bytes.to_vec());
    appended.expect("fits");
    world.run();
}

#[test]
fn two_devices_see_each_other_and_talk_in_order() {
    let mut world = world();
    let (a, b) = (world.client(1, 9), world.client(2, 9));
    let (link_a, link_b) = (world.link_of(a), world.link_of(b));
    let now = world.now_ms;
    for part in 0..20u8 {
        world.clients[a]
            .send(now, link_b, vec![part])
            .expect("there");
    }
    world.run();
    let frames = world.events[b].iter().filter_map(|event| match event {
        Event::Frame { link, bytes } => Some((*link, bytes[0])),
        _ => None,
    });
    assert_eq!(
        frames.collect::<Vec<_>>(),
        (0..20).map(|it| (link_a, it)).collect::<Vec<_>>()
    );
    world.cut(a);
    world.run();
    assert!(world.events[b].contains(&Event::Left(link_a)));
    assert_eq!(
        world.clients[b].send(now, link_a, vec![1]),
        Err(RelayError::NoPeer)
    );
}

#[test]
fn a_wrong_key_opens_nothing_and_is_told_so() {
    let mut world = world();
    let _a = world.client(1, 9);
    let b = world.client(2, 8);
    assert_eq!(world.reasons(b), [Reason::Denied]);
    assert_eq!(world.clients[b].wake_ms(), None, "and does not try again");
    // A signature for another relay is none for this one.
    let mut elsewhere = profile(3, 9);
    elsewhere.audience = "other.example".to_owned();
    let c = world.join(Client::new(elsewhere, None).expect("short"));
    assert_eq!(world.reasons(c), [Reason::Denied]);
}

#[test]
fn a_new_key_puts_out_all_who_entered_with_the_old_one() {
    for keeps in [true, false] {
        let mut world = World::new(Limits::default(), keeps);
        let (a, b) = (world.client(1, 9), world.client(2, 9));
        let new = access(10).public();
        world.clients[a].rotate(0, new).expect("open");
        world.run();
        assert!(world.events[a].contains(&Event::Rotated));
        assert_eq!(world.reasons(a), [Reason::Rotated]);
        assert_eq!(world.reasons(b), [Reason::Rotated]);
        if keeps {
            let old = world.client(3, 9);
            assert_eq!(world.reasons(old), [Reason::Denied]);
            world.restart(Limits::default(), keeps);
            let old = world.client(3, 9);
            assert_eq!(world.reasons(old), [Reason::Denied]);
        }
        let new = world.client(4, 10);
        assert!(world.clients[new].is_open());
    }
}

#[test]
fn a_device_that_comes_again_replaces_itself() {
    let mut world = world();
    let (a, b) = (world.client(1, 9), world.client(2, 9));
    let again = world.client(1, 9);
    assert_eq!(world.reasons(a), [Reason::Replaced]);
    assert!(world.clients[again].is_open());
    assert_eq!(world.clients[b].peers().count(), 1);
    assert_eq!(world.clients[again].peers().count(), 1);
}

#[test]
fn a_relay_that_keeps_nothing_forwards_and_says_so() {
    let mut world = World::new(Limits::default(), false);
    let (a, b) = (world.client(1, 9), world.client(2, 9));
    append(&mut world, a, 1, b"waits");
    assert!(world.events[a].contains(&Event::Opened { keeps: false }));
    assert_eq!(world.clients[a].pending(), 1);
    let to = world.link_of(b);
    world.clients[a]
        .send(0, to, b"offer".to_vec())
        .expect("there");
    let link = world.link_of(a);
    let (id, bytes) = (letter(2), vec![1]);
    world
        .relay
        .received(0, &world.store, link, &Ask::Append { id, bytes }.to_bytes());
    world.run();
    assert_eq!(world.letters(b), []);
    assert!(
        world.events[b]
            .iter()
            .any(|event| matches!(event, Event::Frame { .. }))
    );
    assert_eq!(world.store.rooms(), Ok(0));
}

#[test]
fn a_receiver_that_takes_nothing_is_dropped_and_the_others_go_on() {
    let mut world = world();
    let (a, slow, c) = (world.client(1, 9), world.client(2, 9), world.client(3, 9));
    world.stuck[slow] = true;
    let (to_slow, to_c) = (world.link_of(slow), world.link_of(c));
    let mut sent = 0;
    while world.clients[a]
        .send(world.now_ms, to_slow, vec![0; 10_000])
        .is_ok()
    {
        sent += 10_000;
        world.run();
        assert!(world.relay.waiting_bytes() <= FORWARD_WINDOW_BYTES);
    }
    assert!(sent <= FORWARD_WINDOW_BYTES + HANDED_BYTES_MAX, "{sent}");
    for _ in 0..3 {
        world.clients[a]
            .send(world.now_ms, to_c, vec![0; 50_000])
            .expect("c takes it");
        world.run();
    }
    for _ in 0..=STALL_MS_MAX / 1000 {
        world.pass(1000);
    }
    assert_eq!(world.reasons(slow), [Reason::TooSlow]);
    assert!(world.events[a].contains(&Event::Left(to_slow)));
    assert!(world.clients[c].is_open() && world.clients[a].is_open());
}

#[test]
fn a_queue_that_is_full_ends_its_link() {
    let queue_bytes_max = FORWARD_WINDOW_BYTES;
    let mut world = World::new(
        Limits {
            queue_bytes_max,
            ..Limits::default()
        },
        true,
    );
    let slow = world.client(1, 9);
    world.stuck[slow] = true;
    let to = world.link_of(slow);
    for device in 2..8 {
        let client = world.client(device, 9);
        while world.clients[client]
            .send(world.now_ms, to, vec![0; 100_000])
            .is_ok()
        {
            world.run();
        }
        assert!(world.relay.waiting_bytes() <= queue_bytes_max);
    }
    assert_eq!(world.reasons(slow), [Reason::TooSlow]);
}

#[test]
fn who_says_more_than_it_may_is_out() {
    let mut world = world();
    let (a, b) = (world.client(1, 9), world.client(2, 9));
    let (link_a, to) = (world.link_of(a), world.link_of(b));
    world.stuck[b] = true;
    let frame = Ask::Send {
        link: to,
        bytes: vec![0; PAYLOAD_BYTES_MAX],
    }
    .to_bytes();
    // Past the client, which would wait: two fit the window, without what they cost besides.
    for _ in 0..2 {
        assert_eq!(world.reasons(a), []);
        world.relay.received(0, &world.store, link_a, &frame);
    }
    world.run();
    assert_eq!(
        world.reasons(a),
        [Reason::TooFast],
        "it went past the window"
    );

    let rate_bytes_s_max = 10_000;
    let mut world = World::new(
        Limits {
            rate_bytes_s_max,
            ..Limits::default()
        },
        true,
    );
    let a = world.client(1, 9);
    let link = world.link_of(a);
    world.relay.received(
        0,
        &world.store,
        link,
        &Ask::Part(vec![0; 30_000]).to_bytes(),
    );
    world.run();
    assert_eq!(world.reasons(a), [Reason::TooFast]);
    world.pass(10_000);
    let mut pauses = 0;
    for number in 0..100 {
        append(&mut world, a, number, &[0; 1000]);
        pauses += u64::from(world.now_ms > 10_000);
    }
    assert!(
        pauses > 0 && world.now_ms >= 20_000,
        "a second for each 10,000 bytes"
    );
    assert!(world.clients[a].is_open(), "who pauses may stay");
}

#[test]
fn what_is_too_long_or_out_of_turn_ends_the_link() {
    let refused = |bytes: &[u8]| {
        let mut world = world();
        let a = world.client(1, 9);
        let link = world.link_of(a);
        world.relay.received(0, &world.store, link, bytes);
        world.run();
        world.reasons(a)
    };
    let too_long = vec![0; selvage_relay::limits::MESSAGE_BYTES_MAX + 1];
    assert_eq!(refused(&too_long), [Reason::TooLong]);
    assert_eq!(refused(&[99]), [Reason::Protocol]);
    assert_eq!(refused(&Ask::Part(vec![1]).to_bytes()), [Reason::Protocol]);
    assert_eq!(
        refused(&Ask::Fetch { since: 0 }.to_bytes()),
        [Reason::Protocol]
    );

    let mut world = world();
    let a = world.client(1, 9);
    let long = vec![0; PAYLOAD_BYTES_MAX + 1];
    assert_eq!(
        world.clients[a].append(letter(1), long),
        Err(RelayError::TooLong)
    );
    assert_eq!(
        world.clients[a].summarize(letter(1), 1, vec![]),
        Err(RelayError::TooLong)
    );
}

#[test]
fn another_version_is_refused() {
    let mut world = world();
    let a = world.client(1, 9);
    let hello = Ask::Hello {
        version: 2,
        room: crate::world::ROOM,
        device: selvage_relay::DeviceId([1; 32]),
    };
    let link = selvage_relay::LinkId(99);
    let (nonce, life) = (selvage_relay::Nonce([0; 32]), Life([0; 16]));
    world.relay.opened(0, link, "x", nonce, life);
    world
        .relay
        .received(0, &world.store, link, &hello.to_bytes());
    let out = world.relay.take(0, &world.store, link);
    assert_eq!(
        out,
        Some(selvage_relay::relay::Outgoing::Close(Reason::Version))
    );
    assert!(world.clients[a].is_open());
}

#[test]
fn silence_is_ended_from_both_sides_and_pings_prevent_it() {
    let mut world = world();
    let a = world.client(1, 9);
    for _ in 0..20 {
        world.pass(PING_MS);
    }
    assert_eq!(world.reasons(a), []);
    // A relay that says nothing: the client hangs up by itself.
    let link = world.link_of(a);
    world.relay.tick(world.now_ms + IDLE_MS_MAX + 1);
    assert!(matches!(
        world.relay.take(0, &world.store, link),
        Some(selvage_relay::relay::Outgoing::Close(Reason::Idle))
    ));
    assert!(world.clients[a].is_open(), "it has not heard of it");
    world.pass(PING_MS);
    world.pass(PING_MS);
    assert!(
        world.events[a]
            .iter()
            .any(|event| matches!(event, Event::Closed { .. }))
    );
}

#[test]
fn rooms_and_links_are_counted() {
    let limits = Limits {
        rooms_max: 1,
        room_links_max: 2,
        ..Limits::default()
    };
    let mut world = World::new(limits, true);
    let _others = (world.client(1, 9), world.client(2, 9));
    let third = world.client(3, 9);
    assert_eq!(world.reasons(third), [Reason::Full]);
    let mut other = profile(4, 9);
    other.room.0[0] = 0;
    let other = world.join(Client::new(other, None).expect("short"));
    assert_eq!(world.reasons(other), [Reason::Full]);
}

#[test]
fn a_room_is_kept_when_there_is_something_in_it() {
    let limits = Limits {
        rooms_max: 1,
        ..Limits::default()
    };
    let mut world = World::new(limits, true);
    let a = world.client(1, 9);
    world.cut(a);
    assert_eq!(world.store.rooms(), Ok(0), "nothing is left of it");
    world.pass(1000);
    append(&mut world, a, 1, b"one");
    assert_eq!(world.store.rooms(), Ok(1));
    world.cut(a);
    // Nobody is in the kept one, and it has the only place.
    let mut other = profile(4, 9);
    other.room.0[0] = 0;
    let other = world.join(Client::new(other, None).expect("short"));
    assert!(world.clients[other].is_open());
    append(&mut world, other, 2, b"two");
    assert_eq!(world.reasons(other), [Reason::Full]);
    assert_eq!(world.clients[other].pending(), 1);
    assert_eq!(world.store.rooms(), Ok(1));
}

#[test]
fn a_stop_is_said() {
    let mut world = world();
    let a = world.client(1, 9);
    world.relay.stop();
    world.run();
    assert_eq!(world.reasons(a), [Reason::Stopping]);
    world.pass(1000);
    assert!(world.clients[a].is_open(), "and dials again");
}

/// The clock of a device is set by people and by its network.
#[test]
fn a_clock_that_is_set_back_does_not_keep_a_client_from_dialling() {
    let mut client = Client::new(profile(1, 9), None).expect("short");
    let dials = |client: &mut Client, now_ms: u64| {
        client.tick(now_ms);
        let outputs = std::iter::from_fn(|| client.poll(now_ms));
        outputs
            .filter(|output| matches!(output, Output::Dial))
            .count()
    };
    let now_ms = 7_200_000;
    assert_eq!(dials(&mut client, now_ms), 1);
    client.closed(now_ms, None, 0);
    assert_eq!(dials(&mut client, now_ms), 0, "it waits a little");
    assert_eq!(dials(&mut client, now_ms - 3_600_000), 1);
}
