//! Bytes of format 1, which are read for ever, and written the same as long as it is the format.
//!
//! A new format gets a file of its own; the old ones stay, with the part of this test that reads.

use crate::world::{PAGE, identity, noise, team};
use expect_test::expect_file;
use selvage_trust::{Admission, History, Invitation, Inviter, Purpose, Received, Role, Seat};
use std::collections::BTreeMap;

const FORMAT_1: &str = include_str!("../fixtures/format-1.txt");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

#[test]
fn format_1_is_written_as_before() {
    let mut team = team(1);
    let mut lines = vec![
        ("identity".to_owned(), hex(&team.ada.keys)),
        ("seat".to_owned(), hex(&team.ada.to_bytes())),
    ];
    team.ada.set_role(team.dan.device(), Role::Editor).unwrap();
    team.ada.rename(team.dan.device(), "Dan").unwrap();
    team.ada
        .revoke(team.dan.device(), &mut team.dice.bytes())
        .unwrap();
    team.cleo.learn(&team.ada.log());
    let (role, times) = (Role::Editor, (0, 1_000));
    let (history, mut entropy) = (History::Hidden, noise(3));
    let inviter = Inviter::new(
        &team.ada,
        role,
        history,
        "wss://r.example",
        times,
        &mut *entropy,
    )
    .unwrap();
    lines.push(("link".to_owned(), inviter.invitation().link(PAGE).unwrap()));
    let envelope = team.cleo.write("bread");
    lines.push(("envelope".to_owned(), hex(&envelope)));
    for (name, purpose) in [
        ("frame", Purpose::Frame),
        ("stored", Purpose::Stored),
        ("roster", Purpose::Roster),
    ] {
        let frame = team
            .cleo
            .encrypt(purpose, &envelope, &mut *entropy)
            .unwrap();
        lines.push((name.to_owned(), hex(&frame)));
    }
    let checkpoint = team.cleo.checkpoint([9; 32]).unwrap();
    lines.push(("checkpoint".to_owned(), hex(&checkpoint)));
    for (at, op) in team.ada.log().iter().enumerate() {
        lines.push((format!("op{at:02}"), hex(op)));
    }
    let text: String = lines
        .iter()
        .map(|(name, hex)| format!("{name} {hex}\n"))
        .collect();
    expect_file!["../fixtures/format-1.txt"].assert_eq(&text);
}

#[test]
fn format_1_is_read() {
    let lines = FORMAT_1.lines().map(|line| line.split_once(' ').unwrap());
    let lines: BTreeMap<&str, &str> = lines.collect();
    let bytes = |name: &str| unhex(lines[name]);
    let keys = identity(&bytes("identity"));
    let mut ada = Seat::from_bytes(keys, &bytes("seat")).unwrap();
    assert_eq!(ada.members().iter().count(), 4);
    let ops: Vec<_> = lines
        .keys()
        .filter(|name| name.starts_with("op"))
        .map(|name| bytes(name))
        .collect();
    assert_eq!(ops.len(), 9);
    for received in ada.receive(ops.iter().map(Vec::as_slice)) {
        assert!(!matches!(
            received,
            Received::Refused(_) | Received::Waiting(_)
        ));
    }
    let names: Vec<_> = ada
        .members()
        .iter()
        .map(|one| (one.name.as_str(), one.role))
        .collect();
    assert_eq!(names.len(), 3);
    assert!(names.contains(&("Cleo's phone", Role::Editor)));
    let envelope = bytes("envelope");
    for (name, purpose) in [
        ("frame", Purpose::Frame),
        ("stored", Purpose::Stored),
        ("roster", Purpose::Roster),
    ] {
        assert_eq!(ada.decrypt(purpose, &bytes(name)).unwrap(), envelope);
    }
    let [Admission::Admitted(envelope)] = &ada.admit(&[&envelope])[..] else {
        panic!("refused");
    };
    assert_eq!(envelope.payload(), b"bread");
    let report = ada.compare(&bytes("checkpoint")).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.checkpoint.digest, [9; 32]);
    let invitation = Invitation::parse(lines["link"]).unwrap();
    assert_eq!(invitation.workspace(), ada.workspace());
    assert_eq!(
        (invitation.relay(), invitation.expires_ms()),
        ("wss://r.example", 1_000)
    );
}
