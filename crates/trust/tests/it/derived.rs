//! Secrets for uses outside: where members meet at a relay, and what opens it.

use crate::world::{Dice, NOW, PAGE, RELAY, SOON, ada, pair_with};
use selvage_trust::{History, Invitation, Inviter, Purpose, Role};

#[test]
fn all_members_come_to_the_same_secrets_whatever_changes() {
    let mut dice = Dice(41);
    let mut founder = ada(&mut dice);
    let room = founder.derive("room");
    assert_ne!(founder.derive("access"), room);
    // Neither an epoch, nor coming late without the past, nor a removal makes another one.
    founder.rotate(&mut dice.bytes()).unwrap();
    let (cleo, _) = pair_with(
        &mut founder,
        "Cleo",
        Role::Viewer,
        History::Hidden,
        &mut dice,
    );
    assert_eq!(cleo.derive("room"), room);
    founder.revoke(cleo.device(), &mut dice.bytes()).unwrap();
    assert_eq!(founder.derive("room"), room);
    assert_eq!(founder.copy().derive("room"), room, "kept and read again");
    // Another workspace has others.
    assert_ne!(ada(&mut dice).derive("room"), room);
}

#[test]
fn an_epoch_has_secrets_that_a_device_taken_out_before_it_never_comes_to() {
    let mut dice = Dice(43);
    let mut founder = ada(&mut dice);
    let (mut cleo, _) = pair_with(
        &mut founder,
        "Cleo",
        Role::Viewer,
        History::Readable,
        &mut dice,
    );
    let before = founder.members().private_epoch().unwrap();
    assert!(founder.members().is_private(None) && founder.members().is_private(Some(before)));
    let room = founder.derive_of(before, "room").unwrap();
    assert_eq!(cleo.derive_of(before, "room"), Some(room.clone()));
    assert_ne!(room, founder.derive("room"));
    assert_ne!(founder.derive_of(before, "access"), Some(room.clone()));
    let ops = founder.revoke(cleo.device(), &mut dice.bytes()).unwrap();
    cleo.receive(ops.iter().map(Vec::as_slice));
    let after = founder.members().private_epoch().unwrap();
    for seat in [&founder, &cleo] {
        // Both know that what the removed device has is good for nothing any more.
        let members = seat.members();
        assert!(!members.is_private(None) && !members.is_private(Some(before)));
        assert!(members.is_private(Some(after)));
        assert!(members.shuts_out(Some(before), after) && members.shuts_out(None, after));
        assert!(!members.shuts_out(Some(after), before) && !members.shuts_out(None, before));
        assert!(!members.shuts_out(Some(after), after));
    }
    assert!(founder.derive_of(after, "room").is_some());
    assert_eq!(cleo.derive_of(after, "room"), None);
    // One that comes in without the past can be given a secret of it, and comes to the same from there.
    let secret = founder.derive_of(after, "room").unwrap();
    let (dan, _) = pair_with(
        &mut founder,
        "Dan",
        Role::Viewer,
        History::Hidden,
        &mut dice,
    );
    assert_eq!(dan.derive_of(after, "room"), None);
    assert_eq!(
        dan.derive_from(&secret, "link"),
        founder.derive_from(&secret, "link")
    );
    let sealed = founder.encrypt(Purpose::Stored, b"x", &mut dice.bytes());
    let epoch = founder.members().private_epoch();
    assert_eq!(dan.epoch_of(&sealed.unwrap()), epoch);
}

#[test]
fn a_device_that_came_in_while_an_epoch_began_is_apart_from_it() {
    let mut dice = Dice(44);
    let mut founder = ada(&mut dice);
    let (mut cleo, _) = pair_with(
        &mut founder,
        "Cleo",
        Role::Owner,
        History::Readable,
        &mut dice,
    );
    let ops = founder.rotate(&mut dice.bytes()).unwrap();
    let epoch = founder.members().private_epoch().unwrap();
    let (dan, added) = pair_with(&mut cleo, "Dan", Role::Viewer, History::Hidden, &mut dice);
    founder.receive(added.iter().map(Vec::as_slice));
    let apart: Vec<_> = founder.members().apart(epoch).collect();
    assert_eq!(apart, [dan.device()]);
    cleo.receive([&ops[..]]);
    let (late, _) = pair_with(&mut cleo, "Eve", Role::Viewer, History::Hidden, &mut dice);
    assert!(!cleo.members().apart(epoch).any(|one| one == late.device()));
}

#[test]
fn both_sides_of_an_invitation_open_the_meeting_place() {
    let mut dice = Dice(42);
    let founder = ada(&mut dice);
    let times = (NOW, SOON);
    let mut invite = || {
        let (role, past) = (Role::Editor, History::Readable);
        Inviter::new(&founder, role, past, RELAY, times, &mut dice.bytes()).unwrap()
    };
    let (inviter, other) = (invite(), invite());
    let invitation = inviter.invitation();
    let read = Invitation::parse(&invitation.link(PAGE).unwrap()).unwrap();
    assert_eq!(read.derive("access"), invitation.derive("access"));
    assert_ne!(read.derive("access"), other.invitation().derive("access"));
    // The relay knows the topic; it opens nothing.
    assert_ne!(*read.derive("access"), read.topic());
    assert_ne!(read.derive("access"), founder.derive("access"));
}
