//! Secrets for uses outside: where members meet at a relay, and what opens it.

use crate::world::{Dice, NOW, PAGE, RELAY, SOON, ada, pair_with};
use selvage_trust::{History, Invitation, Inviter, Role};

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
