//! Wholes: what was mailed before is thrown away, and whoever was away goes on all the same.

use crate::world::team;
use selvage_trust::{Admission, Kind, Refusal, Role, Wait};

#[test]
fn a_device_that_was_away_goes_on_where_the_whole_stands() {
    let mut team = team(1);
    for text in ["one", "two", "three"] {
        let lost = team.cleo.write(text);
        team.ada.admits(&lost, text);
    }
    let lost = team.ada.write("mine");
    let whole = team.ada.sign_whole().unwrap().unwrap();
    let next = team.cleo.write("four");
    // Without the whole the next one has a gap before it, for ever.
    let signer = team.cleo.device();
    assert_eq!(
        team.ben.judge(&next),
        Admission::Waiting(Wait::Gap {
            signer,
            from: 1,
            to: 3
        })
    );
    assert!(matches!(team.ben.judge(&whole), Admission::Admitted(_)));
    team.ben.admits(&next, "four");
    let after = team.ada.write("after");
    team.ben.admits(&after, "after");
    // What was skipped does not come in later.
    assert!(matches!(team.ben.refuses(&lost), Refusal::Replayed { .. }));
}

#[test]
fn whoever_has_all_of_it_takes_a_whole_for_nothing_but_an_envelope() {
    let mut team = team(2);
    let one = team.cleo.write("one");
    team.ada.admits(&one, "one");
    team.ben.admits(&one, "one");
    let two = team.cleo.write("two");
    team.ben.admits(&two, "two");
    let whole = team.ada.sign_whole().unwrap().unwrap();
    assert!(matches!(team.ben.judge(&whole), Admission::Admitted(_)));
    assert_eq!(team.ben.admitted(team.cleo.device()).seq, 2);
    let three = team.cleo.write("three");
    team.ben.admits(&three, "three");
}

#[test]
fn a_whole_tells_what_its_signer_had() {
    let mut team = team(5);
    let one = team.cleo.write("one");
    team.ada.admits(&one, "one");
    team.cleo.write("two");
    let (device, name) = (team.cleo.device(), "Cleo's");
    let renamed = team.cleo.rename(device, name).unwrap();
    let bytes = team.ada.sign_whole().unwrap().unwrap();
    let [Admission::Admitted(whole)] = &team.cleo.admit(&[&bytes])[..] else {
        panic!("refused");
    };
    let vouched = team.cleo.vouched_in(whole).unwrap();
    assert_eq!(vouched.admitted[&device], 1);
    assert_eq!(vouched.admitted[&team.ada.device()], whole.point().seq);
    assert_eq!(vouched.lacking, [renamed]);
    // To another one its own operations matter.
    let vouched = team.ben.vouched_in(whole).unwrap();
    assert_eq!(vouched.lacking, Vec::<Vec<u8>>::new());
}

#[test]
fn nobody_says_for_another_one_how_far_it_is() {
    let mut team = team(3);
    let mut other = crate::world::team(4);
    let one = other.cleo.write("of another workspace");
    other.ada.admits(&one, "of another workspace");
    let foreign = other.ada.sign_whole().unwrap().unwrap();
    assert!(matches!(team.ben.refuses(&foreign), Refusal::Unreadable(_)));
    // An editor makes up a whole: the stub in it is not Cleo's.
    let real = team.cleo.write("real");
    team.ada.admits(&real, "real");
    let whole = team.ada.sign_whole().unwrap().unwrap();
    let at = whole.len() - 64 - 100;
    let mut forged = whole.clone();
    forged[at] ^= 1;
    assert!(matches!(team.ben.refuses(&forged), Refusal::Unreadable(_)));
    let mut thief = team.ada.copy();
    let garbage = thief.sign(Kind::Whole, b"\x01\x05wrong").unwrap();
    assert!(matches!(team.ben.refuses(&garbage), Refusal::Unreadable(_)));
    assert_eq!(team.ben.admitted(team.cleo.device()).seq, 0);
    assert_eq!(team.ben.admitted(team.ada.device()).seq, 0);
}

#[test]
fn a_whole_of_a_viewer_or_of_a_removed_device_moves_nothing() {
    let mut team = team(5);
    let cleo = team.cleo.device();
    let one = team.ada.write("one");
    team.cleo.admits(&one, "one");
    let whole = team.cleo.sign_whole().unwrap().unwrap();
    let ops = team.ada.set_role(cleo, Role::Viewer).unwrap();
    team.ben.learn(&[ops]);
    assert!(matches!(
        team.ben.refuses(&whole),
        Refusal::BeyondRemoval { .. }
    ));
    assert_eq!(team.ben.admitted(team.ada.device()).seq, 0);
}

#[test]
fn a_restart_and_a_pairing_keep_what_shows_how_far_each_signer_is() {
    let mut team = team(6);
    let one = team.cleo.write("one");
    team.ada.admits(&one, "one");
    let mut ada = team.ada.copy();
    let whole = ada.sign_whole().unwrap().unwrap();
    assert!(matches!(team.ben.judge(&whole), Admission::Admitted(_)));
    assert_eq!(team.ben.admitted(team.cleo.device()).seq, 1);
    let mut dice = crate::world::Dice(7);
    let mut eve = crate::world::pair(&mut team.ada, "Eve", Role::Editor, &mut dice);
    assert!(eve.sign_whole().unwrap().is_some());
}
