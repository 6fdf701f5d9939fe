//! Every message with one byte changed, cut, or made of noise: never a panic, never accepted.

use crate::forge;
use crate::world::{Device, Dice, NOW, PAGE, RELAY, SOON, ada, identity, team};
use selvage_trust::{
    Admission, History, Identity, Invitation, Inviter, Joiner, Purpose, Received, Role, Seat,
};

/// A message with each of its bytes changed in two ways, and cut there.
fn changed(message: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..message.len()).flat_map(|at| {
        let with = |mask: u8| {
            let mut changed = message.to_vec();
            changed[at] ^= mask;
            changed
        };
        [with(1), with(0x80), message[..at].to_vec()]
    })
}

fn longer(message: &[u8]) -> Vec<u8> {
    [message, &[0]].concat()
}

#[test]
fn operations() {
    let mut team = team(1);
    let known = team.ada.members().heads();
    team.ada
        .revoke(team.dan.device(), &mut team.dice.bytes())
        .unwrap();
    team.ada.set_role(team.cleo.device(), Role::Viewer).unwrap();
    team.ada.rename(team.cleo.device(), "Cleo").unwrap();
    let new: Vec<_> = team
        .ada
        .members()
        .since(&known)
        .map(|op| op.bytes().to_vec())
        .collect();
    for op in team.ada.log().iter().chain(&new) {
        for bad in changed(op).chain([longer(op)]) {
            let received = team.ben.receive([bad.as_slice()]).remove(0);
            assert!(matches!(received, Received::Refused(_)), "{received:?}");
        }
    }
    assert_eq!(team.ben.members().heads(), known);
}

#[test]
fn envelopes_frames_and_checkpoints() {
    let mut team = team(2);
    let envelope = team.cleo.write("text");
    for bad in changed(&envelope).chain([longer(&envelope)]) {
        let answer = team.ada.judge(&bad);
        assert!(matches!(answer, Admission::Refused(_)), "{answer:?}");
    }
    team.ada.admits(&envelope, "text");
    for purpose in [Purpose::Frame, Purpose::Stored, Purpose::Roster] {
        let frame = team
            .cleo
            .encrypt(purpose, &envelope, &mut team.dice.bytes())
            .unwrap();
        for bad in changed(&frame).chain([longer(&frame)]) {
            assert!(team.ada.decrypt(purpose, &bad).is_err());
        }
    }
    let checkpoint = team.cleo.checkpoint([1; 32]).unwrap();
    for bad in changed(&checkpoint).chain([longer(&checkpoint)]) {
        assert!(team.ada.compare(&bad).is_err());
    }
}

#[test]
fn the_messages_of_a_pairing() {
    let mut dice = Dice(3);
    let mut ada = ada(&mut dice);
    let times = (NOW, SOON);
    let (role, history) = (Role::Editor, History::Readable);
    let mut inviter = Inviter::new(&ada, role, history, RELAY, times, &mut dice.bytes()).unwrap();
    let keys = Identity::new(&mut dice.bytes()).to_bytes();
    let invitation = Invitation::parse(&inviter.invitation().link(PAGE).unwrap()).unwrap();
    let ask = |dice: &mut Dice| {
        let (identity, mut noise) = (identity(&keys), dice.bytes());
        Joiner::new(identity, "Tablet", invitation.clone(), NOW, &mut noise).unwrap()
    };
    let (mut joiner, request) = ask(&mut dice);
    for bad in changed(&request).chain([longer(&request)]) {
        assert!(inviter.request(&ada, &bad, NOW, &mut dice.bytes()).is_err());
    }
    let (_, offer) = inviter
        .request(&ada, &request, NOW, &mut dice.bytes())
        .unwrap();
    for bad in changed(&offer).chain([longer(&offer), request.clone()]) {
        assert!(joiner.offer(&bad, &mut dice.bytes()).is_err());
    }
    let (_, reveal) = joiner.offer(&offer, &mut dice.bytes()).unwrap();
    for bad in changed(&reveal).chain([longer(&reveal), offer.clone()]) {
        assert!(inviter.reveal(&ada, &bad).is_err());
    }
    inviter.reveal(&ada, &reveal).unwrap();
    let (_, welcome) = inviter
        .accept(&mut ada, &[], NOW, &mut dice.bytes())
        .unwrap();
    let (stranger, _) = ask(&mut dice);
    assert!(stranger.welcome(&welcome).is_err());
    let mut bad = welcome.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    assert!(joiner.welcome(&bad).is_err());
}

/// The bytes of another invitation.
fn inviter_before(ada: &Device, dice: &mut Dice) -> Vec<u8> {
    let times = (NOW, SOON);
    let (role, history) = (Role::Editor, History::Readable);
    let inviter = Inviter::new(ada, role, history, RELAY, times, &mut dice.bytes()).unwrap();
    inviter.to_bytes().to_vec()
}

#[test]
fn what_a_device_keeps() {
    let mut team = team(4);
    team.cleo.write("text");
    for bad in changed(&team.cleo.keys) {
        assert!(Identity::from_bytes(&bad).is_err());
    }
    let saved = team.cleo.to_bytes();
    for at in (0..saved.len()).step_by(7) {
        let mut bad = saved.to_vec();
        bad[at] ^= 1;
        assert!(
            Seat::from_bytes(identity(&team.cleo.keys), &bad).is_err(),
            "byte {at}"
        );
        assert!(Seat::from_bytes(identity(&team.cleo.keys), &saved[..at]).is_err());
    }
    let inviter = inviter_before(&team.ada, &mut team.dice);
    for bad in changed(&inviter) {
        // No secret of the device hangs on it; it must only not panic.
        drop(Inviter::from_bytes(&bad));
    }
}

/// Somebody who holds a key signs whatever he likes: what is behind the signatures is read with as
/// much care.
#[test]
fn signed_nonsense() {
    let mut team = team(5);
    let known = team.ada.members().heads();
    let ops = team.ada.log();
    let envelope = team.cleo.write("text");
    let checkpoint = team.cleo.checkpoint([1; 32]).unwrap();
    let workspace = team.ada.workspace().0;
    let mut dice = Dice(55);
    let mut accepted = 0;
    for round in 0..1_500 {
        let sources = [&ops[dice.below(ops.len())], &envelope, &checkpoint];
        let source = sources[round % 3];
        let mut body = source[..source.len() - 64].to_vec();
        for _ in 0..=dice.below(3) {
            let at = dice.below(body.len());
            match dice.below(4) {
                0 => body[at] = dice.next() as u8,
                1 => body[at] ^= 1 << dice.below(8),
                2 => body.truncate(at.max(40)),
                _ => body.insert(at, dice.next() as u8),
            }
        }
        match round % 3 {
            0 => {
                // In the name of a viewer, who may do nothing here but name himself.
                body.splice(1..33, team.dan.device().0);
                let signature = forge::sign(&team.dan.keys, "operation", &body);
                body.extend(signature);
                let received = team.ben.receive([body.as_slice()]).remove(0);
                assert!(!matches!(received, Received::Added(_)), "{received:?}");
            }
            1 => {
                // An envelope's signature covers the payload's hash instead of the payload.
                let end = body.len().saturating_sub(5).max(2);
                let payload = forge::hash("payload", &[&body[body.len().min(end + 1)..]]);
                let signed = [&workspace[..], &body[..end], &payload].concat();
                let signature = forge::sign(&team.cleo.keys, "envelope", &signed);
                body.extend(signature);
                accepted += usize::from(matches!(team.ada.judge(&body), Admission::Admitted(_)));
            }
            _ => {
                let signed = [&workspace[..], &body].concat();
                let signature = forge::sign(&team.cleo.keys, "checkpoint", &signed);
                body.extend(signature);
                drop(team.ada.compare(&body));
            }
        }
    }
    assert!(accepted <= 1, "one number, one envelope");
    assert_eq!(team.ben.members().heads(), known);
}

#[test]
fn noise() {
    let mut team = team(6);
    let mut dice = Dice(66);
    for length in 0..600 {
        let mut noise = vec![0; length];
        dice.bytes()(&mut noise);
        if length > 0 {
            // The right format, so that it is read on.
            noise[0] = 1;
        }
        let received = team.ada.receive([noise.as_slice()]).remove(0);
        assert!(matches!(received, Received::Refused(_)));
        assert!(matches!(team.ada.judge(&noise), Admission::Refused(_)));
        assert!(team.ada.decrypt(Purpose::Frame, &noise).is_err());
        assert!(team.ada.compare(&noise).is_err());
        assert!(Seat::from_bytes(identity(&team.ada.keys), &noise).is_err());
        assert!(Inviter::from_bytes(&noise).is_err());
        drop(Invitation::parse(&String::from_utf8_lossy(&noise)));
    }
}
