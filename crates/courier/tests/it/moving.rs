//! A device is taken out, and the others go where it can't follow.

use crate::thief::{Intruder, steal};
use crate::world::{Device, World};
use selvage_courier::limits::TIDY_WAIT_MS;
use selvage_courier::{Act, LinkState, RoleName};
use selvage_trust::{Purpose, Seat};

pub const NONE: [&str; 0] = [];

/// A workspace with two editors beside the owner; what the first of them keeps was stolen.
pub fn stolen() -> (World, Seat, usize, usize) {
    let mut world = World::new();
    world.mails_all = true;
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Editor, 3);
    world.offline(phone);
    let seat = steal(&world.devices[phone].kept);
    (world, seat, phone, tablet)
}

pub fn revoke(world: &mut World, at: usize, who: usize) {
    let device = world.id(who);
    world.act(at, Act::Revoke { device });
}

/// So long that every device did what it waited for.
pub fn wait(world: &mut World) {
    let end_ms = world.now_ms + 3 * TIDY_WAIT_MS;
    while world.now_ms < end_ms {
        world.now_ms += 4_000;
        for _ in 0..10 {
            world.run_once();
        }
    }
}

/// These devices hold the same, nothing waits, and all of them see each other.
pub fn are_together(world: &World, devices: &[usize]) {
    let contents = |device: &Device| device.contents.clone();
    for &at in devices {
        let state = world.state(at);
        assert_eq!((state.pending, state.link), (0, LinkState::Open), "{at}");
        assert_eq!(state.problem, None, "{at}");
        let here = contents(&world.devices[at]);
        assert!(here == contents(&world.devices[devices[0]]), "{at}");
        for &other in devices {
            let id = world.id(other);
            let other = state.members.iter().find(|member| member.id == id);
            assert!(other.is_some_and(|member| member.online), "{at} {other:?}");
        }
    }
}

#[test]
fn a_device_that_was_away_mails_anew_what_came_after_the_move() {
    let (mut world, _, phone, tablet) = stolen();
    world.offline(tablet);
    let large = vec![7; 400 * 1024];
    world.send(tablet, b"on the train");
    world.send(tablet, &large);
    world.perform(tablet);
    revoke(&mut world, 0, phone);
    world.send(0, b"at home");
    wait(&mut world);
    world.restart(tablet);
    world.online(tablet);
    wait(&mut world);
    are_together(&world, &[0, tablet]);
    assert!(world.devices[0].contents.contains(&large));
    let landed: Vec<_> = world.devices[0].landed.iter().map(Vec::len).collect();
    assert_eq!(landed, [12, large.len()], "once, in order");
    for at in [0, tablet] {
        assert_eq!(world.codes(at), NONE);
    }
}

#[test]
fn a_parcel_through_which_the_move_goes_arrives_whole() {
    for steps in 0..12 {
        let (mut world, _, phone, tablet) = stolen();
        let large = vec![7; 400 * 1024];
        world.send(tablet, &large);
        for _ in 0..steps {
            world.step(tablet);
        }
        revoke(&mut world, 0, phone);
        world.perform(0);
        wait(&mut world);
        are_together(&world, &[0, tablet]);
        assert!(world.devices[0].landed == [large], "{steps}");
        for at in [0, tablet] {
            assert_eq!(world.codes(at), NONE, "{steps}");
        }
    }
}

#[test]
fn two_removals_at_once_come_to_a_room_that_neither_device_can_enter() {
    let (mut world, thief, phone, tablet) = stolen();
    let laptop = world.pair(RoleName::Owner, 4);
    let desktop = world.pair(RoleName::Owner, 5);
    world.perform(tablet);
    let other = steal(&world.devices[tablet].kept);
    world.offline(tablet);
    world.offline(laptop);
    world.offline(desktop);
    revoke(&mut world, laptop, phone);
    world.perform(laptop);
    revoke(&mut world, desktop, tablet);
    world.perform(desktop);
    world.send(0, b"meanwhile");
    world.online(laptop);
    world.online(desktop);
    wait(&mut world);
    wait(&mut world);
    world.send(desktop, b"bread");
    world.run();
    are_together(&world, &[0, laptop, desktop]);
    assert_eq!(world.state(0).members.len(), 3);
    for at in [0, laptop, desktop] {
        assert!(world.devices[at].contents.contains(&b"bread"[..]));
        assert_eq!(world.codes(at), NONE, "{at}");
    }
    for mut seat in [thief, other] {
        for op in steal(&world.devices[0].kept).members().since(&[]) {
            seat.receive([op.bytes()]);
        }
        let epoch = seat.members().private_epoch().unwrap();
        assert_eq!(seat.derive_of(epoch, "relay meeting"), None);
    }
}

#[test]
fn a_crash_at_any_step_of_a_move_loses_nothing() {
    for steps in 0..60 {
        for at_mover in [true, false] {
            let (mut world, _, phone, tablet) = stolen();
            world.send(tablet, b"before");
            revoke(&mut world, 0, phone);
            world.send(0, b"milk");
            let crashes = if at_mover { 0 } else { tablet };
            // So many things are performed, of all that both do by turns; then one of them dies.
            for step in 0..steps {
                let at = if step % 2 == 0 {
                    crashes
                } else {
                    tablet - crashes
                };
                world.step(at);
                if step % 8 == 7 {
                    world.run_once();
                }
            }
            world.restart(crashes);
            // The workspace mails again what was not kept to be mailed.
            world.send(crashes, if at_mover { b"milk" } else { b"before" });
            world.run();
            wait(&mut world);
            world.send(tablet, b"bread");
            wait(&mut world);
            are_together(&world, &[0, tablet]);
            for item in [&b"before"[..], b"milk", b"bread"] {
                assert!(world.devices[0].contents.contains(item), "{steps}");
            }
            for at in [0, tablet] {
                assert_eq!(world.codes(at), NONE, "{steps} {at_mover} {at}");
            }
        }
    }
}

#[test]
fn when_the_owner_dies_after_the_removal_another_one_leads_the_way() {
    let (mut world, thief, phone, tablet) = stolen();
    revoke(&mut world, 0, phone);
    // The operations are out, and the move is not.
    world.bend = Box::new(|at, _| at != 0);
    let mut intruder = Intruder::enter(&mut world, &thief);
    for _ in 0..40 {
        world.step(0);
        intruder.go(&mut world);
        let mut seat = steal(&world.devices[phone].kept);
        let letters = intruder.letters();
        let ops = letters
            .iter()
            .filter_map(|letter| seat.decrypt(Purpose::Roster, letter).ok());
        let ops: Vec<_> = ops.collect();
        seat.receive(ops.iter().map(Vec::as_slice));
        if seat.members().role(seat.device()).is_none() && seat.members().private_epoch().is_some()
        {
            break;
        }
    }
    world.offline(0);
    world.bend = Box::new(|_, _| true);
    wait(&mut world);
    world.send(tablet, b"bread");
    wait(&mut world);
    intruder.go(&mut world);
    assert_eq!(intruder.client.peers().count(), 0, "the tablet went");
    world.online(0);
    wait(&mut world);
    are_together(&world, &[0, tablet]);
    assert!(world.devices[0].contents.contains(&b"bread"[..]));
}

#[test]
fn a_device_without_the_past_is_told_the_room_in_use() {
    let (mut world, _, phone, tablet) = stolen();
    world.history = false;
    revoke(&mut world, 0, phone);
    wait(&mut world);
    world.send(0, b"before");
    world.run();
    let guest = world.pair(RoleName::Viewer, 4);
    wait(&mut world);
    are_together(&world, &[0, tablet, guest]);
    // And once more, with one that came after the room was made.
    revoke(&mut world, 0, tablet);
    world.send(0, b"bread");
    wait(&mut world);
    are_together(&world, &[0, guest]);
    assert!(world.devices[guest].contents.contains(&b"bread"[..]));
    for at in [0, guest] {
        assert_eq!(world.codes(at), NONE);
    }
}

#[test]
fn a_device_that_comes_in_while_the_others_move_is_told_where_they_are() {
    let (mut world, _, phone, tablet) = stolen();
    world.history = false;
    let laptop = world.pair(RoleName::Owner, 4);
    // The laptop has not heard of the removal when it lets the guest in.
    world.offline(laptop);
    world.offline(tablet);
    let guest = {
        world.bend = Box::new(move |at, bytes| at != laptop || bytes[0] != 41);
        world.online(laptop);
        world.inviter = laptop;
        revoke(&mut world, 0, phone);
        world.pair(RoleName::Viewer, 5)
    };
    world.bend = Box::new(|_, _| true);
    world.restart(laptop);
    world.run();
    world.online(tablet);
    wait(&mut world);
    wait(&mut world);
    world.send(0, b"bread");
    wait(&mut world);
    are_together(&world, &[0, tablet, laptop, guest]);
    assert!(world.devices[guest].contents.contains(&b"bread"[..]));
}
