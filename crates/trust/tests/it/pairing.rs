//! Coming in over a link: what can go wrong between two devices.

use crate::world::{Device, Dice, NOW, PAGE, RELAY, SOON, ada, pair, pair_with};
use selvage_trust::{
    Denial, History, Identity, Invitation, InvitationFault, Inviter, Joiner, Purpose, Role,
    TrustError, limits::LINK_CHARS_MAX,
};

fn invite(owner: &Device, dice: &mut Dice) -> Inviter {
    let times = (NOW, SOON);
    Inviter::new(
        owner,
        Role::Editor,
        History::Readable,
        RELAY,
        times,
        &mut dice.bytes(),
    )
    .unwrap()
}

fn join(inviter: &Inviter, dice: &mut Dice) -> (Joiner, Vec<u8>) {
    let link = inviter.invitation().link(PAGE).unwrap();
    let identity = Identity::new(&mut dice.bytes());
    let invitation = Invitation::parse(&link).unwrap();
    Joiner::new(identity, "Tablet", invitation, NOW, &mut dice.bytes()).unwrap()
}

fn fault<T>(result: Result<T, TrustError>) -> InvitationFault {
    match result.err() {
        Some(TrustError::Invitation(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_fits_a_qr_code_and_reads_back() {
    let mut dice = Dice(1);
    let ada = ada(&mut dice);
    let inviter = invite(&ada, &mut dice);
    let link = inviter.invitation().link(PAGE).unwrap();
    assert!(link.len() < 180, "{} characters", link.len());
    let read = Invitation::parse(&link).unwrap();
    assert_eq!(&read, inviter.invitation());
    assert_eq!(
        (read.relay(), read.workspace(), read.expires_ms()),
        (RELAY, ada.workspace(), SOON)
    );
    assert_eq!(read.topic(), inviter.invitation().topic());
    // The secret stands in the fragment alone.
    assert_eq!(link.split_once('#').unwrap().0, PAGE);
    assert!(!format!("{read:?}").contains("secret:"));
    // The longest that is allowed.
    let long = "r".repeat(64);
    let times = (NOW, SOON);
    let mut noise = dice.bytes();
    let inviter = Inviter::new(
        &ada,
        Role::Viewer,
        History::Hidden,
        &long,
        times,
        &mut noise,
    )
    .unwrap();
    let base = format!("https://{}.example/", "p".repeat(80));
    assert!(inviter.invitation().link(&base).unwrap().len() <= LINK_CHARS_MAX);
    let base = "p".repeat(LINK_CHARS_MAX);
    assert!(inviter.invitation().link(&base).is_err());
    assert!(inviter.invitation().link("https://a/#b").is_err());
}

#[test]
fn a_mistyped_link_is_not_taken() {
    let mut dice = Dice(2);
    let ada = ada(&mut dice);
    let link = invite(&ada, &mut dice).invitation().link(PAGE).unwrap();
    for at in PAGE.len()..link.len() {
        let mut changed = link.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(Invitation::parse(&changed).is_err(), "{changed}");
        assert!(Invitation::parse(&link[..at]).is_err());
    }
    assert!(Invitation::parse(&"x".repeat(301)).is_err());
}

#[test]
fn an_invitation_ends() {
    let mut dice = Dice(3);
    let mut ada = ada(&mut dice);
    let mut inviter = invite(&ada, &mut dice);
    let (mut joiner, request) = join(&inviter, &mut dice);
    let late = inviter.request(&ada, &request, SOON, &mut dice.bytes());
    assert_eq!(fault(late), InvitationFault::Expired);
    let (_, offer) = inviter
        .request(&ada, &request, SOON - 1, &mut dice.bytes())
        .unwrap();
    let (_, reveal) = joiner.offer(&offer, &mut dice.bytes()).unwrap();
    inviter.reveal(&ada, &reveal).unwrap();
    let late = inviter.accept(&mut ada, &[], SOON, &mut dice.bytes());
    assert_eq!(fault(late), InvitationFault::Expired);
    let identity = Identity::new(&mut dice.bytes());
    let invitation = inviter.invitation().clone();
    let late = Joiner::new(identity, "Tablet", invitation, SOON, &mut dice.bytes());
    assert_eq!(fault(late), InvitationFault::Expired);
    let week = 7 * 24 * 3_600_000;
    let times = (NOW, NOW + week + 1);
    let mut noise = dice.bytes();
    let long = Inviter::new(
        &ada,
        Role::Viewer,
        History::Hidden,
        RELAY,
        times,
        &mut noise,
    );
    assert!(matches!(
        long.err(),
        Some(TrustError::TooLarge {
            limit: "invitation_ms_max",
            ..
        })
    ));
}

#[test]
fn an_invitation_serves_one_device() {
    let mut dice = Dice(4);
    let mut ada = ada(&mut dice);
    let mut inviter = invite(&ada, &mut dice);
    let (mut joiner, request) = join(&inviter, &mut dice);
    let (_, thief) = join(&inviter, &mut dice);
    let (_, offer) = inviter
        .request(&ada, &request, NOW, &mut dice.bytes())
        .unwrap();
    let second = inviter.request(&ada, &thief, NOW, &mut dice.bytes());
    assert_eq!(fault(second), InvitationFault::Used);
    // A reload in between changes nothing, and a message that is sent twice is no second device.
    let mut inviter = Inviter::from_bytes(&inviter.to_bytes()).unwrap();
    let second = inviter.request(&ada, &thief, NOW, &mut dice.bytes());
    assert_eq!(fault(second), InvitationFault::Used);
    inviter
        .request(&ada, &request, NOW, &mut dice.bytes())
        .unwrap();
    let (code, reveal) = joiner.offer(&offer, &mut dice.bytes()).unwrap();
    assert_eq!(inviter.reveal(&ada, &reveal).unwrap(), code);
    let mut inviter = Inviter::from_bytes(&inviter.to_bytes()).unwrap();
    inviter
        .accept(&mut ada, &[], NOW, &mut dice.bytes())
        .unwrap();
    for again in [&request, &thief] {
        let late = inviter.request(&ada, again, NOW, &mut dice.bytes());
        assert_eq!(fault(late), InvitationFault::Used);
    }
    let twice = inviter.accept(&mut ada, &[], NOW, &mut dice.bytes());
    assert_eq!(fault(twice), InvitationFault::Order);
    assert_eq!(ada.members().iter().count(), 2);
}

#[test]
fn whoever_does_not_know_the_link_does_not_get_in() {
    let mut dice = Dice(5);
    let ada = ada(&mut dice);
    let mut inviter = invite(&ada, &mut dice);
    let (_, guess) = join(&invite(&ada, &mut dice), &mut dice);
    let refused = inviter.request(&ada, &guess, NOW, &mut dice.bytes());
    assert_eq!(refused.map(drop), Err(TrustError::NotDecrypted));
    // And the invitation is not used up by the attempt.
    let (_, request) = join(&inviter, &mut dice);
    inviter
        .request(&ada, &request, NOW, &mut dice.bytes())
        .unwrap();
}

#[test]
fn somebody_in_between_who_knows_the_link_shows_in_the_code() {
    let mut dice = Dice(6);
    let mut ada = ada(&mut dice);
    let mut inviter = invite(&ada, &mut dice);
    let (mut joiner, request) = join(&inviter, &mut dice);
    // Mallory has read the link: he answers the joiner as an inviter, and asks Ada as a joiner.
    let mut mallory = Inviter::from_bytes(&inviter.to_bytes()).unwrap();
    let (mut as_joiner, his_request) = join(&inviter, &mut dice);
    let (_, his_offer) = mallory
        .request(&ada, &request, NOW, &mut dice.bytes())
        .unwrap();
    let (_, offer) = inviter
        .request(&ada, &his_request, NOW, &mut dice.bytes())
        .unwrap();
    let (seen_by_joiner, reveal) = joiner.offer(&his_offer, &mut dice.bytes()).unwrap();
    let (_, his_reveal) = as_joiner.offer(&offer, &mut dice.bytes()).unwrap();
    let seen_by_ada = inviter.reveal(&ada, &his_reveal).unwrap();
    assert_ne!(seen_by_joiner, seen_by_ada);
    // He can't pass the joiner's number on as his own, nor change his mind.
    assert_eq!(
        fault(inviter.reveal(&ada, &reveal)),
        InvitationFault::Interposed
    );
    let second = joiner.offer(&offer, &mut dice.bytes());
    assert_eq!(fault(second), InvitationFault::Interposed);
    // The people see it; nothing was added.
    inviter.cancel();
    assert_eq!(
        fault(inviter.accept(&mut ada, &[], NOW, &mut dice.bytes())),
        InvitationFault::Order
    );
    assert_eq!(ada.members().iter().count(), 1);
}

#[test]
fn a_welcome_is_for_one_device_in_one_conversation() {
    let mut dice = Dice(7);
    let mut ada = ada(&mut dice);
    let mut welcomes = Vec::new();
    for _ in 0..2 {
        let mut inviter = invite(&ada, &mut dice);
        let (mut joiner, request) = join(&inviter, &mut dice);
        let (_, offer) = inviter
            .request(&ada, &request, NOW, &mut dice.bytes())
            .unwrap();
        let (_, reveal) = joiner.offer(&offer, &mut dice.bytes()).unwrap();
        inviter.reveal(&ada, &reveal).unwrap();
        let (_, welcome) = inviter
            .accept(&mut ada, &[], NOW, &mut dice.bytes())
            .unwrap();
        welcomes.push((joiner, welcome));
    }
    let (joiner, _) = welcomes.remove(0);
    let (_, foreign) = welcomes.remove(0);
    let what = "welcome";
    assert_eq!(
        joiner.welcome(&foreign).err(),
        Some(TrustError::BadSignature { what })
    );
}

#[test]
fn a_late_joiner_reads_the_past_only_where_the_owner_wants() {
    let mut dice = Dice(8);
    let mut ada = ada(&mut dice);
    let first = ada
        .encrypt(Purpose::Stored, b"one", &mut dice.bytes())
        .unwrap();
    ada.rotate(&mut dice.bytes()).unwrap();
    let second = ada
        .encrypt(Purpose::Stored, b"two", &mut dice.bytes())
        .unwrap();
    let ben = pair(&mut ada, "Ben", Role::Viewer, &mut dice);
    assert_eq!(ben.decrypt(Purpose::Stored, &first).unwrap(), b"one");
    assert_eq!(ben.decrypt(Purpose::Stored, &second).unwrap(), b"two");
    let (cleo, ops) = pair_with(&mut ada, "Cleo", Role::Viewer, History::Hidden, &mut dice);
    assert_eq!(ops.len(), 2, "an epoch begins with her");
    assert!(cleo.decrypt(Purpose::Stored, &first).is_err());
    assert!(cleo.decrypt(Purpose::Stored, &second).is_err());
    let third = ada
        .encrypt(Purpose::Stored, b"three", &mut dice.bytes())
        .unwrap();
    assert_eq!(cleo.decrypt(Purpose::Stored, &third).unwrap(), b"three");
    // The roster is readable with the log itself.
    let roster = ada
        .encrypt(Purpose::Roster, b"op", &mut dice.bytes())
        .unwrap();
    assert_eq!(cleo.decrypt(Purpose::Roster, &roster).unwrap(), b"op");
}

#[test]
fn a_joiner_begins_where_the_inviter_stood() {
    let mut dice = Dice(9);
    let mut ada = ada(&mut dice);
    let mut ben = pair(&mut ada, "Ben", Role::Editor, &mut dice);
    let old = ben.write("before Cleo came");
    ada.admits(&old, "before Cleo came");
    let mut cleo = pair(&mut ada, "Cleo", Role::Viewer, &mut dice);
    assert_eq!(cleo.admitted(ben.device()), ada.admitted(ben.device()));
    let next = ben.write("after");
    cleo.admits(&next, "after");
    cleo.refuses(&old);
}

#[test]
fn only_owners_invite() {
    let mut dice = Dice(10);
    let mut ada = ada(&mut dice);
    let ben = pair(&mut ada, "Ben", Role::Editor, &mut dice);
    let mut noise = dice.bytes();
    let times = (NOW, SOON);
    let refused = Inviter::new(
        &ben,
        Role::Viewer,
        History::Hidden,
        RELAY,
        times,
        &mut noise,
    );
    let (has, needed) = (Role::Editor, Role::Owner);
    assert_eq!(refused.err(), Some(Denial::Role { has, needed }.into()));
}

#[test]
fn nobody_chooses_his_number_after_he_saw_the_other_one() {
    let mut dice = Dice(11);
    let ada = ada(&mut dice);
    let mut inviter = invite(&ada, &mut dice);
    let link = inviter.invitation().link(PAGE).unwrap();
    let (mut joiner, request) = join(&inviter, &mut dice);
    let (_, offer) = inviter
        .request(&ada, &request, NOW, &mut dice.bytes())
        .unwrap();
    let hash = crate::forge::hash("pairing request", &[&request]);
    let reveal = |number: [u8; 32], hash: [u8; 32]| {
        let plain = [number, hash].concat();
        crate::forge::pairing_message(&link, "pairing reveal", &plain)
    };
    let chosen = inviter.reveal(&ada, &reveal([1; 32], hash));
    assert_eq!(fault(chosen), InvitationFault::Interposed);
    let (code, honest) = joiner.offer(&offer, &mut dice.bytes()).unwrap();
    assert_eq!(inviter.reveal(&ada, &honest).unwrap(), code);
    // The inviter can't either: a second offer is not taken.
    let plain = [ada.device().0, [2; 32], hash].concat();
    let second = crate::forge::pairing_message(&link, "pairing offer", &plain);
    let refused = joiner.offer(&second, &mut dice.bytes());
    assert_eq!(fault(refused), InvitationFault::Interposed);
}

#[test]
fn a_welcome_leads_where_the_invitation_did() {
    let mut dice = Dice(12);
    let (ada, mut other) = (ada(&mut dice), ada(&mut dice));
    let mut inviter = invite(&ada, &mut dice);
    let (mut joiner, request) = join(&inviter, &mut dice);
    // An owner of another workspace, who has the link, answers in its name.
    let (_, offer) = inviter
        .request(&other, &request, NOW, &mut dice.bytes())
        .unwrap();
    let (_, reveal) = joiner.offer(&offer, &mut dice.bytes()).unwrap();
    inviter.reveal(&other, &reveal).unwrap();
    let (_, welcome) = inviter
        .accept(&mut other, &[], NOW, &mut dice.bytes())
        .unwrap();
    let refused = joiner.welcome(&welcome).map(drop);
    assert_eq!(fault(refused), InvitationFault::OtherWorkspace);
}
