//! Forged: what somebody signs who does not hold the key, or holds another one.

use crate::forge::{self, Forged};
use crate::world::{Device, Dice, ada, pair, team};
use selvage_trust::{Denial, Received, Refusal, Role, TrustError};

fn told_to(team: &crate::world::Team) -> Forged {
    let heads = team.cleo.members().heads();
    let epoch = team
        .cleo
        .members()
        .since(&[])
        .filter(|op| matches!(op.action(), selvage_trust::Action::Epoch { .. }))
        .last()
        .unwrap()
        .id();
    Forged {
        format: 1,
        kind: 1,
        workspace: team.cleo.workspace().0,
        signer: team.cleo.device().0,
        seq: 1,
        previous: [0; 32],
        heads: heads.iter().map(|head| head.0).collect(),
        epoch: epoch.0,
        payload: b"hello".to_vec(),
    }
}

#[test]
fn an_envelope_is_what_the_format_says() {
    let mut team = team(1);
    let (bytes, hash) = told_to(&team).sign(&team.cleo.keys);
    assert_eq!(team.cleo.write("hello"), bytes);
    assert_eq!(team.cleo.admitted(team.cleo.device()).hash, hash);
    team.ada.admits(&bytes, "hello");
}

#[test]
fn mallory_signs_in_cleos_name() {
    let mut team = team(2);
    let mut dice = Dice(99);
    let mallory = ada(&mut dice);
    let (bytes, _) = told_to(&team).sign(&mallory.keys);
    let refusal = team.ada.refuses(&bytes);
    assert_eq!(
        refusal,
        Refusal::Unreadable(TrustError::BadSignature { what: "envelope" })
    );
    assert_eq!(
        refusal.to_string(),
        "the signature of this envelope is forged"
    );
}

#[test]
fn mallory_signs_in_his_own_name() {
    let mut team = team(3);
    let mallory = ada(&mut Dice(98));
    let device = mallory.device();
    let mut forged = told_to(&team);
    forged.signer = device.0;
    let (bytes, _) = forged.sign(&mallory.keys);
    let refusal = team.ada.refuses(&bytes);
    assert_eq!(refusal, Refusal::Denied(Denial::NotAMember { device }));
}

#[test]
fn an_envelope_is_moved_to_another_workspace() {
    let mut dice = Dice(4);
    let mut one = ada(&mut dice);
    let mut other = ada(&mut dice);
    let mut cleo = pair(&mut one, "Cleo", Role::Editor, &mut dice);
    let envelope = cleo.write("for one");
    let what = "envelope";
    let forged = Refusal::Unreadable(TrustError::BadSignature { what });
    assert_eq!(other.refuses(&envelope), forged);
    one.admits(&envelope, "for one");
}

#[test]
fn the_log_of_another_workspace_never_mixes_in() {
    let mut dice = Dice(5);
    let mut one = ada(&mut dice);
    let other = ada(&mut dice);
    let before = one.members().heads();
    for received in one.receive(other.log().iter().map(Vec::as_slice)) {
        let refused = matches!(received, Received::Refused(_) | Received::Waiting(_));
        assert!(refused, "{received:?}");
    }
    assert_eq!(one.members().heads(), before);
    assert_eq!(one.members().iter().count(), 1);
}

#[test]
fn mallory_makes_himself_an_owner() {
    let mut team = team(6);
    let mallory = ada(&mut Dice(97));
    let heads: Vec<_> = team
        .ada
        .members()
        .heads()
        .iter()
        .map(|head| head.0)
        .collect();
    let card = &mallory.log()[0];
    // The card stands after format, author, no parents and kind.
    let card_end = card.len() - 64 - 16;
    let add = [&[1], &card[35..card_end], &[3]].concat();

    // With his own signature he is nobody here; with Ada's name it does not fit.
    let own = forge::operation(&mallory.keys, &heads, &add);
    let device = mallory.device();
    let denied = Received::Refused(Denial::NotAMember { device }.into());
    assert_eq!(team.ada.receive([own.as_slice()]), [denied]);
    let mut stolen = own.clone();
    stolen[1..33].copy_from_slice(&team.ada.device().0);
    let forged = Received::Refused(TrustError::BadSignature { what: "operation" });
    assert_eq!(team.ada.receive([stolen.as_slice()]), [forged]);

    // Editors and viewers can't add anybody either; an owner can.
    for keys in [&team.cleo.keys, &team.dan.keys] {
        let op = forge::operation(keys, &heads, &add);
        let received = team.ada.receive([op.as_slice()]);
        let needed = Role::Owner;
        assert!(
            matches!(
                received[0],
                Received::Refused(TrustError::NotAllowed(Denial::Role { needed: n, .. })) if n == needed
            ),
            "{received:?}"
        );
    }
    let op = forge::operation(&team.ben.keys, &heads, &add);
    assert!(matches!(
        team.ada.receive([op.as_slice()])[0],
        Received::Added(_)
    ));
}

#[test]
fn nobody_puts_another_key_beside_a_devices_name() {
    let team = team(7);
    let mallory = ada(&mut Dice(96));
    // Ben adds Mallory's signing key with a key for encryption that is Ben's own.
    let (ben, hers) = (&team.ada.log()[0], &mallory.log()[0]);
    let mut card = hers[35..hers.len() - 80].to_vec();
    card[32..64].copy_from_slice(&ben[67..99]);
    let heads: Vec<_> = team
        .ada
        .members()
        .heads()
        .iter()
        .map(|head| head.0)
        .collect();
    let op = forge::operation(&team.ben.keys, &heads, &[&[1], &card[..], &[1]].concat());
    let mut ada = team.ada;
    let forged = Received::Refused(TrustError::BadSignature { what: "card" });
    assert_eq!(ada.receive([op.as_slice()]), [forged]);
}

/// The card of a device that founded a workspace, out of its founding operation.
fn card_of(device: &Device) -> Vec<u8> {
    let founding = &device.log()[0];
    founding[35..founding.len() - 80].to_vec()
}

#[test]
fn an_owner_adds_nobody_twice_nor_whoever_was_taken_out() {
    let mut team = team(8);
    let eve = ada(&mut Dice(95));
    let device = eve.device();
    let add = |ada: &Device| {
        let heads = [ada.members().heads()[0].0];
        forge::operation(
            &ada.keys,
            &heads,
            &[&[1], &card_of(&eve)[..], &[2]].concat(),
        )
    };
    team.ada.learn(&[add(&team.ada)]);
    let op = add(&team.ada);
    let again = team.ada.receive([op.as_slice()]);
    assert_eq!(
        again,
        [Received::Refused(Denial::MemberAlready { device }.into())]
    );
    team.ada.revoke(device, &mut team.dice.bytes()).unwrap();
    let op = add(&team.ada);
    let again = team.ada.receive([op.as_slice()]);
    assert_eq!(
        again,
        [Received::Refused(Denial::Revoked { device }.into())]
    );
}

#[test]
fn an_owner_shuts_no_member_out_of_an_epoch_and_lets_nobody_else_in() {
    let mut team = team(9);
    let good = team.ben.rotate(&mut team.dice.bytes()).unwrap();
    let heads = [team.ada.members().heads()[0].0];
    // After format, author, one parent, kind and commitment: how many keys, and the keys.
    let (start, end) = (1 + 32 + 1 + 32 + 1 + 32, good.len() - 64);
    let keys: Vec<&[u8]> = good[start + 1..end].chunks(32 + 80).collect();
    assert_eq!(usize::from(good[start]), keys.len());
    let refused = [Received::Refused(Denial::NotEveryMember.into())];
    let mut epoch = |keys: &[&[u8]]| {
        let head = &good[66..start];
        let action = [head, &[keys.len() as u8], &keys.concat()].concat();
        let op = forge::operation(&team.ben.keys, &heads, &action);
        team.ada.receive([op.as_slice()])
    };
    for shut_out in 0..keys.len() {
        let mut fewer = keys.clone();
        fewer.remove(shut_out);
        assert_eq!(epoch(&fewer), refused);
    }
    let last = [0xff; 112];
    let mut more = keys.clone();
    more.push(&last);
    assert_eq!(epoch(&more), refused);
    assert!(matches!(epoch(&keys)[..], [Received::Added(_)]));
}
