//! Reordered: gaps are told, nothing is taken out of its order, and the order of arrival changes
//! nothing.

use crate::world::{Team, team};
use selvage_trust::{Admission, Received, Wait};

#[test]
fn a_gap_is_told_with_its_numbers() {
    let mut team = team(1);
    let signer = team.cleo.device();
    let envelopes: Vec<_> = (0..5).map(|at| team.cleo.write(&format!("{at}"))).collect();
    team.ada.admits(&envelopes[0], "0");
    let gap = Wait::Gap {
        signer,
        from: 2,
        to: 3,
    };
    assert_eq!(team.ada.judge(&envelopes[3]), Admission::Waiting(gap));
    team.ada.admits(&envelopes[1], "1");
    let gap = Wait::Gap {
        signer,
        from: 3,
        to: 4,
    };
    assert_eq!(team.ada.judge(&envelopes[4]), Admission::Waiting(gap));
    // All at once, backwards: the answers stand where the envelopes stood.
    let all: Vec<&[u8]> = envelopes[2..].iter().rev().map(Vec::as_slice).collect();
    let answers = team.ada.admit(&all).into_iter().map(|answer| match answer {
        Admission::Admitted(envelope) => envelope.into_payload(),
        other => panic!("{other:?}"),
    });
    let texts: Vec<_> = answers.collect();
    assert_eq!(texts, [b"4", b"3", b"2"]);
}

#[test]
fn an_envelope_from_the_future_waits_for_the_membership_that_it_names() {
    let mut team = team(2);
    let ops = vec![
        team.ada
            .set_role(team.dan.device(), selvage_trust::Role::Editor)
            .unwrap(),
    ];
    team.dan.learn(&ops);
    let envelope = team.dan.write("I may");
    let missing = team.dan.members().heads();
    let answer = team.ben.judge(&envelope);
    assert_eq!(answer, Admission::Waiting(Wait::Membership(missing)));
    team.ben.learn(&ops);
    team.ben.admits(&envelope, "I may");
}

#[test]
fn operations_backwards_and_twice_come_to_the_same() {
    let mut team = team(3);
    let known = team.ben.members().heads();
    let (cleo, dan) = (team.cleo.device(), team.dan.device());
    team.ada.rename(dan, "Dan's new tablet").unwrap();
    team.ada.set_role(dan, selvage_trust::Role::Editor).unwrap();
    Team::revoke(&mut team.ada, cleo, &mut team.dice);
    let ops: Vec<_> = team
        .ada
        .members()
        .since(&known)
        .map(|op| op.bytes().to_vec())
        .collect();
    assert_eq!(ops.len(), 4);
    for op in ops.iter().rev().chain(&ops) {
        let received = team.ben.receive([op.as_slice()]);
        assert!(!matches!(received[0], Received::Refused(_)), "{received:?}");
    }
    let members =
        |device: &crate::world::Device| -> Vec<_> { device.members().iter().cloned().collect() };
    assert_eq!(members(&team.ben), members(&team.ada));
    assert_eq!(team.ben.members().heads(), team.ada.members().heads());
}
