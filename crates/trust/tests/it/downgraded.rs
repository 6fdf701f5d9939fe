//! Downgraded: an older format, an older membership, an older epoch than was seen before.

use crate::forge::Forged;
use crate::world::team;
use selvage_trust::{Action, Identity, Purpose, Refusal, Seat, TrustError};

#[test]
fn another_format_is_not_read_even_when_it_is_signed() {
    let mut team = team(1);
    let mut forged = next_of(&team.cleo, b"old");
    for format in [0, 2, 255] {
        forged.format = format;
        let (bytes, _) = forged.sign(&team.cleo.keys);
        let refused = Refusal::Unreadable(TrustError::UnsupportedFormat {
            what: "envelope",
            found: format,
            supported: 1,
        });
        assert_eq!(team.ada.refuses(&bytes), refused);
    }
}

fn next_of(device: &crate::world::Device, payload: &[u8]) -> Forged {
    let last = device.admitted(device.device());
    let is_epoch = |op: &&selvage_trust::Op| matches!(op.action(), Action::Epoch { .. });
    let epoch = device.members().since(&[]).filter(is_epoch).last().unwrap();
    Forged {
        format: 1,
        kind: 1,
        workspace: device.workspace().0,
        signer: device.device().0,
        seq: last.seq + 1,
        previous: last.hash,
        heads: device.members().heads().iter().map(|head| head.0).collect(),
        epoch: epoch.id().0,
        payload: payload.to_vec(),
    }
}

#[test]
fn a_signer_does_not_go_back_to_an_older_membership() {
    let mut team = team(2);
    let old = next_of(&team.cleo, b"");
    let ops = vec![team.ada.rename(team.ben.device(), "Ben's box").unwrap()];
    team.cleo.learn(&ops);
    let first = team.cleo.write("under the new one");
    team.ada.admits(&first, "under the new one");
    let last = team.cleo.admitted(team.cleo.device());
    let (bytes, _) = Forged {
        seq: 2,
        previous: last.hash,
        ..old
    }
    .sign(&team.cleo.keys);
    let downgraded = Refusal::Downgraded {
        signer: team.cleo.device(),
        seq: 2,
        what: "membership",
    };
    assert_eq!(team.ada.refuses(&bytes), downgraded);
}

#[test]
fn nobody_uses_an_epoch_that_ended_where_he_knew_better() {
    let mut team = team(3);
    let old = next_of(&team.cleo, b"").epoch;
    let ops = vec![team.ada.rotate(&mut team.dice.bytes()).unwrap()];
    team.cleo.learn(&ops);
    let mut forged = next_of(&team.cleo, b"readable by whoever has the old key");
    forged.epoch = old;
    let (bytes, _) = forged.sign(&team.cleo.keys);
    let downgraded = Refusal::Downgraded {
        signer: team.cleo.device(),
        seq: 1,
        what: "epoch",
    };
    assert_eq!(team.ada.refuses(&bytes), downgraded);
    // An epoch that there never was is no way around it.
    forged.epoch = [7; 32];
    let (bytes, _) = forged.sign(&team.cleo.keys);
    assert!(matches!(team.ada.refuses(&bytes), Refusal::Denied(_)));
}

#[test]
fn whatever_is_encrypted_says_its_format_and_its_purpose() {
    let mut team = team(4);
    let mut entropy = team.dice.bytes();
    let frame = team
        .cleo
        .encrypt(Purpose::Frame, b"text", &mut entropy)
        .unwrap();
    assert_eq!(team.ada.decrypt(Purpose::Frame, &frame).unwrap(), b"text");
    assert!(team.ada.decrypt(Purpose::Stored, &frame).is_err());
    for at in 0..frame.len() {
        let mut changed = frame.clone();
        changed[at] ^= 1;
        assert!(
            team.ada.decrypt(Purpose::Frame, &changed).is_err(),
            "byte {at}"
        );
    }
}

#[test]
fn a_seat_of_another_format_is_not_opened() {
    let team = team(5);
    let mut bytes = team.ada.to_bytes().to_vec();
    bytes[0] = 2;
    let keys = Identity::from_bytes(&team.ada.keys).unwrap();
    assert!(matches!(
        Seat::from_bytes(keys, &bytes),
        Err(TrustError::UnsupportedFormat { found: 2, .. })
    ));
}
