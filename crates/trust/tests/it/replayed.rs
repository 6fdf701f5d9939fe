//! Replayed: what was right once, said again; and two things said as one.

use crate::world::team;
use selvage_trust::{Refusal, limits::RECENT_ENVELOPES_MAX};

#[test]
fn an_envelope_counts_once() {
    let mut team = team(1);
    let signer = team.cleo.device();
    let envelope = team.cleo.write("pay 10");
    team.ada.admits(&envelope, "pay 10");
    let replayed = Refusal::Replayed { signer, seq: 1 };
    assert_eq!(team.ada.refuses(&envelope), replayed);
    let second = team.cleo.write("pay 20");
    team.ada.admits(&second, "pay 20");
    for old in [&envelope, &second] {
        assert!(matches!(team.ada.refuses(old), Refusal::Replayed { .. }));
    }
    // Twice in one batch, too.
    let third = team.cleo.write("pay 30");
    let answers = team.ada.admit(&[&third, &third]);
    assert_eq!(
        answers[1],
        selvage_trust::Admission::Refused(Refusal::Replayed { signer, seq: 3 })
    );
}

#[test]
fn two_envelopes_with_one_number_are_shown_with_both_hashes() {
    let mut team = team(2);
    let signer = team.cleo.device();
    let mut twin = team.cleo.copy();
    let to_ada = team.cleo.write("yes");
    let to_ben = twin.write("no");
    team.ada.admits(&to_ada, "yes");
    team.ben.admits(&to_ben, "no");
    let known = team.cleo.admitted(signer).hash;
    let other = twin.admitted(signer).hash;
    let seq = 1;
    assert_eq!(
        team.ada.refuses(&to_ben),
        Refusal::Equivocation {
            signer,
            seq,
            known,
            other
        }
    );
    let (known, other) = (other, known);
    assert_eq!(
        team.ben.refuses(&to_ada),
        Refusal::Equivocation {
            signer,
            seq,
            known,
            other
        }
    );
    // What builds on the other one does not come in either, and says so.
    let next = twin.write("never");
    let (known, other) = (other, known);
    assert_eq!(
        team.ada.refuses(&next),
        Refusal::Equivocation {
            signer,
            seq,
            known,
            other
        }
    );
}

#[test]
fn what_is_older_than_is_remembered_is_a_replay_as_well() {
    let mut team = team(3);
    let first = team.cleo.write("first");
    team.ada.admits(&first, "first");
    for _ in 0..=RECENT_ENVELOPES_MAX {
        let next = team.cleo.write("next");
        team.ada.admits(&next, "next");
    }
    let signer = team.cleo.device();
    let replayed = Refusal::Replayed { signer, seq: 1 };
    assert_eq!(team.ada.refuses(&first), replayed);
}

#[test]
fn a_seat_that_was_saved_still_knows() {
    let mut team = team(4);
    let envelope = team.cleo.write("once");
    team.ada.admits(&envelope, "once");
    let mut again = team.ada.copy();
    assert!(matches!(again.refuses(&envelope), Refusal::Replayed { .. }));
}
