//! A relay that lies, withholds, or rolls back; and devices that were set back.

use crate::world::{Dice, ada, pair, team};
use selvage_trust::{Admission, Denial, Finding, Kind, Purpose, Refusal, Role, TrustError, Wait};

#[test]
fn a_relay_that_lies_changes_no_byte() {
    let mut team = team(1);
    let envelope = team.cleo.write("as it was said");
    let mut entropy = team.dice.bytes();
    let frame = team
        .cleo
        .encrypt(Purpose::Frame, &envelope, &mut entropy)
        .unwrap();
    for at in 0..frame.len() {
        let mut changed = frame.clone();
        changed[at] = changed[at].wrapping_add(1);
        assert!(team.ada.decrypt(Purpose::Frame, &changed).is_err());
    }
    let cut = &frame[..frame.len() - 1];
    assert_eq!(
        team.ada.decrypt(Purpose::Frame, cut),
        Err(TrustError::NotDecrypted)
    );
    // What it makes up has no key.
    assert!(team.ada.decrypt(Purpose::Stored, &frame).is_err());
    let plain = team.ada.decrypt(Purpose::Frame, &frame).unwrap();
    team.ada.admits(&plain, "as it was said");
}

#[test]
fn a_relay_that_withholds_the_middle_shows_a_gap_and_the_end_a_checkpoint() {
    let mut team = team(2);
    let signer = team.cleo.device();
    let sent: Vec<_> = (1..=4)
        .map(|at| team.cleo.write(&format!("{at}")))
        .collect();
    team.ada.admits(&sent[0], "1");
    let gap = Wait::Gap {
        signer,
        from: 2,
        to: 2,
    };
    assert_eq!(team.ada.judge(&sent[2]), Admission::Waiting(gap));

    // It keeps back all that follows; Ben has it, and says so over any other way.
    for (at, envelope) in sent.iter().enumerate() {
        team.ben.admits(envelope, &format!("{}", at + 1));
    }
    let checkpoint = team.ben.checkpoint([5; 32]).unwrap();
    let report = team.ada.compare(&checkpoint).unwrap();
    let (own, told) = (team.ada.admitted(signer), team.ben.admitted(signer));
    let lacking = Finding::Lacking { signer, own, told };
    assert_eq!(report.findings[..], [lacking.clone()][..]);
    assert_eq!(report.checkpoint.digest, [5; 32]);
    assert_eq!(team.ada.withheld(), [(team.ben.device(), lacking)]);
    // It is gone when the rest came.
    for (at, envelope) in sent.iter().enumerate().skip(1) {
        team.ada.admits(envelope, &format!("{}", at + 1));
    }
    assert_eq!(team.ada.withheld(), []);
}

#[test]
fn a_relay_that_withholds_a_revocation_is_noticed() {
    let mut team = team(3);
    let ops = team
        .ada
        .revoke(team.dan.device(), &mut team.dice.bytes())
        .unwrap();
    let checkpoint = team.ada.checkpoint([0; 32]).unwrap();
    let report = team.ben.compare(&checkpoint).unwrap();
    let missing = team.ada.members().heads();
    assert_eq!(report.findings, [Finding::MembershipLacking(missing)]);
    team.ben.learn(&ops);
    assert_eq!(team.ben.compare(&checkpoint).unwrap().findings, []);
}

#[test]
fn a_relay_that_rolls_back_shows_less_than_was_told() {
    let mut team = team(4);
    let signer = team.cleo.device();
    let first = team.cleo.write("1");
    team.ben.admits(&first, "1");
    let old = team.ben.checkpoint([0; 32]).unwrap();
    let mut set_back = team.ben.copy();
    let second = team.cleo.write("2");
    team.ben.admits(&second, "2");
    team.ada.admits(&first, "1");
    team.ada.admits(&second, "2");
    let new = team.ben.checkpoint([0; 32]).unwrap();
    assert_eq!(team.ada.compare(&new).unwrap().findings, []);

    // The relay shows Ben's old word again.
    let report = team.ada.compare(&old).unwrap();
    assert_eq!(report.findings, [Finding::Replayed { last: 2 }]);
    // Or it shows Ben an old workspace: his next word tells less than his last one.
    let now = set_back.admitted(signer);
    let _same_number = set_back.checkpoint([0; 32]).unwrap();
    let third = set_back.checkpoint([0; 32]).unwrap();
    let before = team.ada.admitted(signer);
    let report = team.ada.compare(&third).unwrap();
    assert_eq!(
        report.findings,
        [Finding::SetBack {
            signer,
            before,
            now
        }]
    );
}

#[test]
fn a_relay_that_shows_two_worlds_is_noticed_when_they_meet() {
    let mut team = team(5);
    let signer = team.cleo.device();
    let mut twin = team.cleo.copy();
    let (to_ada, to_ben) = (team.cleo.write("left"), twin.write("right"));
    team.ada.admits(&to_ada, "left");
    team.ben.admits(&to_ben, "right");
    let checkpoint = team.ben.checkpoint([0; 32]).unwrap();
    let (own, told) = (team.ada.admitted(signer), team.ben.admitted(signer));
    let report = team.ada.compare(&checkpoint).unwrap();
    assert_eq!(report.findings, [Finding::Forked { signer, own, told }]);
}

#[test]
fn a_checkpoint_counts_only_when_a_member_signed_it() {
    let mut team = team(6);
    let mut dice = Dice(77);
    let mut stranger = ada(&mut dice);
    let foreign = stranger.checkpoint([0; 32]).unwrap();
    let what = "checkpoint";
    let forged = Err(TrustError::BadSignature { what });
    assert_eq!(team.ada.compare(&foreign).map(drop), forged);
    let good = team.ben.checkpoint([0; 32]).unwrap();
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1;
        assert!(team.ada.compare(&changed).is_err(), "byte {at}");
    }
    let device = team.ben.device();
    team.ada.revoke(device, &mut team.dice.bytes()).unwrap();
    let refused = Err(TrustError::NotAllowed(Denial::NotAMember { device }));
    assert_eq!(team.ada.compare(&good).map(drop), refused);
}

#[test]
fn a_device_that_was_set_back_does_not_sign_its_numbers_again() {
    let mut dice = Dice(8);
    let mut ada = ada(&mut dice);
    let mut cleo = pair(&mut ada, "Cleo", Role::Editor, &mut dice);
    let first = cleo.write("1");
    let backup = cleo.copy();
    let rest = [cleo.write("2"), cleo.write("3")];
    for (at, envelope) in [&first, &rest[0], &rest[1]].into_iter().enumerate() {
        ada.admits(envelope, &format!("{}", at + 1));
    }
    // The disk is set back. A peer's checkpoint tells, but is only that peer's word; the own
    // envelopes show it.
    let mut cleo = backup;
    let report = cleo.compare(&ada.checkpoint([0; 32]).unwrap()).unwrap();
    let (signer, own) = (cleo.device(), cleo.admitted(cleo.device()));
    let told = ada.admitted(signer);
    assert_eq!(report.findings, [Finding::Lacking { signer, own, told }]);
    let gap = Wait::Gap {
        signer,
        from: 2,
        to: 2,
    };
    assert_eq!(cleo.judge(&rest[1]), Admission::Waiting(gap));
    let refused = cleo.sign(Kind::Change, b"again");
    assert_eq!(refused, Err(TrustError::SetBack { own: 1, others: 3 }));
    for (at, envelope) in rest.iter().enumerate() {
        cleo.admits(envelope, &format!("{}", at + 2));
    }
    let next = cleo.write("4");
    ada.admits(&next, "4");
}

#[test]
fn a_member_can_not_stop_another_one_with_a_false_word() {
    let mut team = team(9);
    // Ben's device says to have seen what Cleo never signed.
    let mut bytes = vec![1];
    bytes.extend(team.ben.device().0);
    bytes.extend([1, 0, 1]);
    bytes.extend(team.cleo.device().0);
    bytes.extend(crate::forge::uint(1 << 40));
    bytes.extend([9; 32]);
    bytes.extend([0; 32]);
    let signed = [&team.ben.workspace().0[..], &bytes].concat();
    bytes.extend(crate::forge::sign(&team.ben.keys, "checkpoint", &signed));
    let report = team.cleo.compare(&bytes).unwrap();
    assert!(matches!(report.findings[..], [Finding::Lacking { .. }]));
    let envelope = team.cleo.write("I go on");
    team.ada.admits(&envelope, "I go on");
    assert!(matches!(
        team.ada.refuses(&envelope),
        Refusal::Replayed { .. }
    ));
}
