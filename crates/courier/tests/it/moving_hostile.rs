//! What a removed device does in the room that it knows still, and a member to lead others astray.

use crate::moving::{NONE, are_together, revoke, stolen, wait};
use crate::thief::{Intruder, sealed};
use crate::world::{World, random};
use selvage_courier::limits::LOOK_BYTES_MAX;
use selvage_courier::{Act, RoleName};
use selvage_relay::client::Event;
use selvage_trust::{Kind, Purpose};
use std::cell::Cell;
use std::rc::Rc;

#[test]
fn a_removed_device_is_alone_in_the_room_that_it_knows() {
    let (mut world, thief, phone, tablet) = stolen();
    world.send(tablet, b"before");
    revoke(&mut world, 0, phone);
    world.run();
    let mut intruder = Intruder::enter(&mut world, &thief);
    assert_eq!(intruder.client.peers().count(), 0);
    let shown = intruder.letters().len();
    world.send(tablet, b"bread");
    world.send(0, b"milk");
    wait(&mut world);
    intruder.go(&mut world);
    assert_eq!(
        intruder.letters().len(),
        shown,
        "nothing more is mailed there"
    );
    are_together(&world, &[0, tablet]);
    for item in [&b"before"[..], b"bread", b"milk"] {
        assert!(world.devices[0].contents.contains(item));
    }
    // It can read that it was taken out, and neither where the others are nor a word since.
    let mut seat = thief;
    for letter in intruder.letters() {
        if let Ok(op) = seat.decrypt(Purpose::Roster, &letter) {
            seat.receive([&op[..]]);
        }
    }
    assert_eq!(seat.members().role(seat.device()), None);
    let epoch = seat.members().private_epoch().unwrap();
    assert_eq!(seat.derive_of(epoch, "relay meeting"), None);
    for at in [0, tablet] {
        assert_eq!(world.codes(at), NONE);
    }
    // All of it is so after a restart.
    for at in [0, tablet] {
        world.restart(at);
    }
    world.run();
    world.send(0, b"butter");
    world.run();
    are_together(&world, &[0, tablet]);
}

#[test]
fn a_removed_device_that_overwrites_the_old_room_keeps_nobody_away_for_ever() {
    let (mut world, thief, phone, tablet) = stolen();
    world.offline(tablet);
    revoke(&mut world, 0, phone);
    world.send(0, b"secret");
    wait(&mut world);
    let mut intruder = Intruder::enter(&mut world, &thief);
    assert!(intruder.overwrite(&mut world, &[0; 40]));
    intruder.go_away(&mut world);
    // The device that was away finds nothing of the removal, and writes for nobody.
    world.online(tablet);
    world.send(tablet, b"in the dark");
    wait(&mut world);
    assert!(!world.devices[tablet].contents.contains(&b"secret"[..]));
    assert_eq!(world.codes(tablet), ["ALTERED"]);
    // Whoever starts looks into the room, and mails the log and the move again.
    world.restart(0);
    world.run();
    wait(&mut world);
    are_together(&world, &[0, tablet]);
    assert!(world.devices[0].contents.contains(&b"in the dark"[..]));
    assert_eq!(world.codes(0), NONE);
    // Nobody is looked for any more.
    let mut intruder = Intruder::enter(&mut world, &thief);
    assert!(intruder.overwrite(&mut world, &[0; 40]));
    let last = intruder.client.place().unwrap().number;
    world.restart(0);
    wait(&mut world);
    intruder.go(&mut world);
    assert_eq!(intruder.client.place().unwrap().number, last);
}

#[test]
fn a_removed_device_that_fills_the_old_room_keeps_nobody_away_either() {
    let (mut world, thief, phone, tablet) = stolen();
    world.offline(tablet);
    revoke(&mut world, 0, phone);
    world.send(0, b"secret");
    wait(&mut world);
    world.offline(0);
    let limits = selvage_relay::Limits {
        room_bytes_max: 256 * 1024,
        ..selvage_relay::Limits::default()
    };
    world.relay = selvage_relay::Relay::new(limits, true);
    let mut intruder = Intruder::enter(&mut world, &thief);
    assert!(intruder.overwrite(&mut world, &[0; 40]));
    intruder.append(&mut world, &vec![vec![9; 40 * 1024]; 10]);
    let is_refused = |event: &Event| matches!(event, Event::Refused { .. });
    assert!(intruder.events.iter().any(is_refused), "the room is full");
    intruder.go_away(&mut world);
    world.restart(0);
    world.online(0);
    world.online(tablet);
    wait(&mut world);
    are_together(&world, &[0, tablet]);
    assert!(world.devices[tablet].contents.contains(&b"secret"[..]));
    assert_eq!(world.codes(0), NONE);
}

#[test]
fn nobody_follows_a_move_that_is_made_up() {
    let (mut world, thief, phone, tablet) = stolen();
    // A genuine one of another workspace's life: taken from a twin of this one, it names the room, and
    // leads to an epoch that nobody here knows.
    let (mut twin, _, _, _) = stolen();
    revoke(&mut twin, 0, phone);
    twin.run();
    let spy = Intruder::enter(&mut twin, &thief);
    let genuine = spy.letters().pop().unwrap();
    spy.go_away(&mut twin);
    // And some that a member makes, who knows no better epoch than the one in use.
    let room = thief.derive("relay room");
    let epoch = thief.members().private_epoch().unwrap();
    let made_up = |to: [u8; 32], secret: [u8; 32]| {
        let plain = [&[4][..], &room[..], &to, &secret].concat();
        let letter = thief.encrypt(Purpose::Stored, &plain, &mut random(9));
        letter.unwrap()
    };
    let own = thief.derive_of(epoch, "relay meeting").unwrap();
    let letters = [
        made_up(epoch.0, *own),
        made_up(epoch.0, [1; 32]),
        made_up([2; 32], [1; 32]),
    ];
    let mut intruder = Intruder::enter(&mut world, &thief);
    intruder.append(&mut world, &letters);
    world.run();
    for at in [0, tablet] {
        assert_eq!(world.codes(at), ["MOVE"]);
    }
    world.send(tablet, b"bread");
    world.run();
    assert!(world.devices[0].contents.contains(&b"bread"[..]));
    assert_eq!(
        intruder.client.peers().count(),
        2,
        "they are where they were"
    );
    // Taken out, it can't lead them anywhere either, whatever it repeats.
    revoke(&mut world, 0, phone);
    intruder.append(&mut world, &letters);
    intruder.append(&mut world, &[genuine]);
    world.run();
    intruder.go(&mut world);
    let moves = intruder.letters();
    intruder.append(&mut world, &moves);
    wait(&mut world);
    are_together(&world, &[0, tablet]);
    intruder.go(&mut world);
    assert_eq!(intruder.client.peers().count(), 0);
}

#[test]
fn what_is_signed_in_the_old_room_after_the_move_is_heard_by_nobody() {
    let (mut world, mut thief, phone, tablet) = stolen();
    let late = thief.sign(Kind::Change, b"by the thief").unwrap();
    let letter = sealed(&thief, 1, &late);
    revoke(&mut world, 0, phone);
    world.run();
    let mut intruder = Intruder::enter(&mut world, &thief);
    intruder.append(&mut world, &[letter]);
    wait(&mut world);
    for at in [0, tablet] {
        assert!(world.devices[at].contents.is_empty());
        assert_eq!(world.codes(at), NONE);
    }
}

#[test]
fn what_a_device_took_away_before_it_was_taken_out_is_mailed_once_more() {
    let (mut world, thief, phone, tablet) = stolen();
    world.offline(0);
    world.send(tablet, b"bread");
    let name = "Kitchen".to_owned();
    world.act(tablet, Act::Rename { name: name.clone() });
    world.run();
    let mut intruder = Intruder::enter(&mut world, &thief);
    assert!(intruder.overwrite(&mut world, &[0; 40]));
    intruder.go_away(&mut world);
    world.online(0);
    assert!(!world.devices[0].contents.contains(&b"bread"[..]));
    revoke(&mut world, 0, phone);
    wait(&mut world);
    are_together(&world, &[0, tablet]);
    assert!(world.devices[0].contents.contains(&b"bread"[..]));
    let members = world.state(0).members;
    assert!(members.iter().any(|member| member.name == name));
    assert_eq!(world.codes(0), ["ALTERED"]);
    assert_eq!(world.codes(tablet), NONE);
}

#[test]
fn those_who_took_the_later_of_two_moves_come_back_to_the_earlier_one() {
    let (mut world, thief, phone, tablet) = stolen();
    let laptop = world.pair(RoleName::Owner, 4);
    world.offline(laptop);
    revoke(&mut world, 0, phone);
    world.send(0, b"bread");
    world.run();
    // The laptop never sees that move, and takes another device out.
    let mut intruder = Intruder::enter(&mut world, &thief);
    assert!(intruder.overwrite(&mut world, &[0; 40]));
    intruder.go_away(&mut world);
    world.offline(tablet);
    world.online(laptop);
    revoke(&mut world, laptop, tablet);
    world.send(laptop, b"milk");
    wait(&mut world);
    let online = |world: &World, at: usize| {
        let members = world.state(at).members;
        members.iter().filter(|member| member.online).count()
    };
    assert_eq!((online(&world, 0), online(&world, laptop)), (1, 1));
    for _ in 0..2 {
        for at in [0, laptop] {
            world.restart(at);
        }
        wait(&mut world);
    }
    wait(&mut world);
    are_together(&world, &[0, laptop]);
    assert_eq!(world.state(0).members.len(), 2);
    for item in [&b"bread"[..], b"milk"] {
        assert!(world.devices[0].contents.contains(item));
    }
}

#[test]
fn of_what_a_removed_device_left_no_more_is_read_than_the_limit() {
    let (mut world, thief, phone, tablet) = stolen();
    world.offline(tablet);
    revoke(&mut world, 0, phone);
    world.send(0, b"bread");
    wait(&mut world);
    let mut intruder = Intruder::enter(&mut world, &thief);
    assert!(intruder.overwrite(&mut world, &[0; 40]));
    let letter = vec![9; 100 * 1024];
    for _ in 0..12 {
        world.now_ms += 2_000;
        intruder.append(&mut world, &vec![letter.clone(); 40]);
    }
    intruder.go_away(&mut world);
    let read = Rc::new(Cell::new(0));
    let counted = Rc::clone(&read);
    world.bend = Box::new(move |at, bytes| {
        counted.set(counted.get() + bytes.len() * usize::from(at == 0 && bytes.len() > 90_000));
        true
    });
    world.restart(0);
    wait(&mut world);
    // What was on its way when that was enough came still, and the rest did not.
    let (read, left) = (read.get(), 12 * 40 * letter.len());
    assert!(
        read > LOOK_BYTES_MAX && read < left * 2 / 3,
        "{read} of {left}"
    );
    // The move is there again all the same.
    world.online(tablet);
    wait(&mut world);
    are_together(&world, &[0, tablet]);
}
