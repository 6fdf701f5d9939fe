//! What is larger than a limit is refused, and named.

use crate::forge;
use crate::world::{Dice, NOW, RELAY, SOON, ada, identity, pair, team};
use selvage_trust::limits::*;
use selvage_trust::{
    Admission, Envelope, History, Identity, Invitation, Inviter, Joiner, Kind, Purpose, Received,
    Refusal, Role, Seat, TrustError,
};

#[track_caller]
fn limit<T>(result: Result<T, TrustError>) -> &'static str {
    match result.err() {
        Some(TrustError::TooLarge { limit, size, max }) => {
            assert!(size > max, "{limit}");
            limit
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(received: &Received) -> &'static str {
    match received {
        Received::Refused(error) => limit::<()>(Err(error.clone())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn names() {
    let mut dice = Dice(1);
    let identity = Identity::new(&mut dice.bytes());
    assert!(identity.card(&"n".repeat(NAME_BYTES_MAX)).is_ok());
    assert_eq!(
        limit(identity.card(&"n".repeat(NAME_BYTES_MAX + 1))),
        "name_bytes_max"
    );
    for bad in ["", "  ", "a\nb", "a\u{202e}b", "\u{0}"] {
        assert!(
            matches!(identity.card(bad), Err(TrustError::Malformed { .. })),
            "{bad:?}"
        );
    }
}

#[test]
fn payloads_envelopes_and_what_is_encrypted() {
    let mut team = team(2);
    let mut noise = crate::world::noise(2);
    let mut payload = vec![7; PAYLOAD_BYTES_MAX];
    let largest = team.cleo.sign(Kind::Content, &payload).unwrap();
    assert!(largest.len() <= ENVELOPE_BYTES_MAX);
    assert!(matches!(team.ada.judge(&largest), Admission::Admitted(_)));
    payload.push(7);
    assert_eq!(
        limit(team.cleo.sign(Kind::Content, &payload)),
        "payload_bytes_max"
    );
    let envelope = vec![1; ENVELOPE_BYTES_MAX + 1];
    let workspace = team.ada.workspace();
    assert_eq!(
        limit(Envelope::read(workspace, &envelope)),
        "envelope_bytes_max"
    );
    assert!(matches!(
        team.ada.refuses(&envelope),
        Refusal::Unreadable(TrustError::TooLarge { .. })
    ));
    let plain = vec![0; PLAIN_BYTES_MAX + 1];
    let encrypted = team.ada.encrypt(Purpose::Stored, &plain, &mut *noise);
    assert_eq!(limit(encrypted), "plain_bytes_max");
    let frame = vec![1; PLAIN_BYTES_MAX + 100];
    assert_eq!(
        limit(team.ada.decrypt(Purpose::Stored, &frame)),
        "plain_bytes_max"
    );
}

#[test]
fn operations_and_heads() {
    let mut team = team(3);
    let large = vec![1; OP_BYTES_MAX + 1];
    assert_eq!(
        refused(&team.ada.receive([large.as_slice()])[0]),
        "op_bytes_max"
    );
    let heads: Vec<_> = (0..=HEADS_MAX as u8).map(|at| [at; 32]).collect();
    let rename = [&[5][..], &team.ada.device().0, &[1], b"x"].concat();
    let op = forge::operation(&team.ada.keys, &heads, &rename);
    assert_eq!(refused(&team.ben.receive([op.as_slice()])[0]), "heads_max");
    let mut keys = [&[6][..], &[0; 32]].concat();
    keys.extend(forge::uint(MEMBERS_MAX as u64 + 1));
    let op = forge::operation(&team.ada.keys, &heads[1..], &keys);
    assert_eq!(
        refused(&team.ben.receive([op.as_slice()])[0]),
        "members_max"
    );
}

#[test]
fn operations_that_wait() {
    let mut team = team(4);
    let rename = [&[5][..], &team.ada.device().0, &[1], b"x"].concat();
    for at in 0..=WAITING_OPS_MAX {
        let parent = forge::hash("nowhere", &[&at.to_be_bytes()]);
        let op = forge::operation(&team.ada.keys, &[parent], &rename);
        let received = team.ben.receive([op.as_slice()]).remove(0);
        match at < WAITING_OPS_MAX {
            true => assert!(matches!(received, Received::Waiting(_))),
            false => assert_eq!(refused(&received), "waiting_ops_max"),
        }
    }
    // What fits the log comes in all the same.
    let device = team.ada.device();
    let op = team.ada.rename(device, "Ada").unwrap();
    team.ben.learn(&[op]);
}

#[test]
fn one_device_fills_its_own_share_of_a_log_and_all_together_the_log() {
    let mut dice = Dice(5);
    let mut ada = ada(&mut dice);
    let mut owners: Vec<_> = (0..4)
        .map(|at| pair(&mut ada, &format!("{at}"), Role::Owner, &mut dice))
        .collect();
    let log = ada.log();
    owners.iter_mut().for_each(|owner| owner.learn(&log));
    let mut last = Vec::new();
    let mut count = log.len();
    for owner in &mut owners {
        owner.learn(&last);
        let mut own = 0;
        loop {
            let device = owner.device();
            match owner.rename(device, &format!("{own}")) {
                Ok(op) => last.push(op),
                Err(error) if count == LOG_OPS_MAX => {
                    assert_eq!(limit::<()>(Err(error)), "log_ops_max");
                    assert!(own > 0);
                    break;
                }
                Err(error) => {
                    assert_eq!(limit::<()>(Err(error)), "device_ops_max");
                    assert_eq!(own, DEVICE_OPS_MAX);
                    break;
                }
            }
            (own, count) = (own + 1, count + 1);
        }
    }
    assert_eq!(count, LOG_OPS_MAX);
    let full = owners.last().unwrap();
    assert_eq!(full.copy().members().heads(), full.members().heads());
}

#[test]
fn members() {
    let mut dice = Dice(6);
    let mut ada = ada(&mut dice);
    let heads = |ada: &crate::world::Device| ada.members().heads()[0].0;
    for at in 1..=MEMBERS_MAX {
        let other = crate::world::ada(&mut dice);
        let founding = &other.log()[0];
        let card = &founding[35..founding.len() - 80];
        let add = [&[1], card, &[1]].concat();
        let op = forge::operation(&ada.keys, &[heads(&ada)], &add);
        let received = ada.receive([op.as_slice()]).remove(0);
        match at < MEMBERS_MAX {
            true => assert!(matches!(received, Received::Added(_))),
            false => assert_eq!(refused(&received), "members_max"),
        }
    }
    // An epoch for so many fits one operation.
    let epoch = ada.rotate(&mut dice.bytes()).unwrap();
    assert!(epoch.len() < OP_BYTES_MAX, "{}", epoch.len());
}

#[test]
fn checkpoints_and_seats() {
    let mut team = team(7);
    let checkpoint = vec![1; CHECKPOINT_BYTES_MAX + 1];
    assert_eq!(limit(team.ada.compare(&checkpoint)), "checkpoint_bytes_max");
    let mut bytes = [&[1][..], &team.ben.device().0, &[1, 0]].concat();
    bytes.extend(forge::uint(CHECKPOINT_SIGNERS_MAX as u64 + 1));
    let signed = [&team.ben.workspace().0[..], &bytes].concat();
    bytes.extend(forge::sign(&team.ben.keys, "checkpoint", &signed));
    assert_eq!(limit(team.ada.compare(&bytes)), "checkpoint_signers_max");
    let seat = vec![1; SEAT_BYTES_MAX + 1];
    assert_eq!(
        limit(Seat::from_bytes(identity(&team.ada.keys), &seat)),
        "seat_bytes_max"
    );
}

#[test]
fn stubs_of_a_whole() {
    let mut team = team(9);
    let ada = team.ada.copy();
    for (bytes, is_too_large) in [(STUB_BYTES_MAX, false), (STUB_BYTES_MAX + 1, true)] {
        let stub = vec![1; bytes];
        let whole = [forge::uint(1), forge::uint(bytes as u64), stub].concat();
        let whole = ada.copy().sign(Kind::Whole, &whole).unwrap();
        match team.ben.refuses(&whole) {
            Refusal::Unreadable(error) if is_too_large => {
                assert_eq!(limit::<()>(Err(error)), "stub_bytes_max");
            }
            // One that is short enough is looked into.
            Refusal::Unreadable(error) => {
                assert!(!matches!(error, TrustError::TooLarge { .. }), "{error}");
            }
            refusal => panic!("{refusal}"),
        }
    }
}

#[test]
fn invitations_and_pairings() {
    let mut dice = Dice(8);
    let ada = ada(&mut dice);
    let (role, history, times) = (Role::Viewer, History::Hidden, (NOW, SOON));
    let relay = "r".repeat(RELAY_BYTES_MAX + 1);
    let long = Inviter::new(&ada, role, history, &relay, times, &mut dice.bytes());
    assert_eq!(limit(long), "relay_bytes_max");
    let times = (NOW, NOW + INVITATION_MS_MAX + 1);
    let long = Inviter::new(&ada, role, history, RELAY, times, &mut dice.bytes());
    assert_eq!(limit(long), "invitation_ms_max");
    assert_eq!(
        limit(Invitation::parse(&"l".repeat(LINK_CHARS_MAX + 1))),
        "link_chars_max"
    );

    let times = (NOW, SOON);
    let mut inviter = Inviter::new(&ada, role, history, RELAY, times, &mut dice.bytes()).unwrap();
    let large = vec![1; 5000];
    let request = inviter.request(&ada, &large, NOW, &mut dice.bytes());
    assert_eq!(limit(request), "pairing_bytes_max");
    let (identity, invitation) = (
        Identity::new(&mut dice.bytes()),
        inviter.invitation().clone(),
    );
    let (joiner, _) = Joiner::new(identity, "Tablet", invitation, NOW, &mut dice.bytes()).unwrap();
    let large = vec![1; PAIRING_BYTES_MAX + 1];
    assert_eq!(limit(joiner.welcome(&large)), "pairing_bytes_max");
}
