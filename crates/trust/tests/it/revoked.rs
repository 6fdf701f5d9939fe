//! A revoked member: what it signed before stands, what it signs afterwards does not, and it reads
//! no later epoch.

use crate::world::{Device, Team, pair_with, team};
use selvage_trust::{
    Admission, Denial, History, Kind, Overhang, Purpose, Received, Refusal, Role, TrustError, Wait,
};

#[test]
fn the_revoked_device_is_told_and_signs_no_more() {
    let mut team = team(1);
    let device = team.cleo.device();
    let ops = Team::revoke(&mut team.ada, device, &mut team.dice);
    team.cleo.learn(&ops);
    let refused = team.cleo.sign(Kind::Change, b"still here");
    assert_eq!(
        refused,
        Err(TrustError::NotAllowed(Denial::Revoked { device }))
    );
    assert_eq!(team.ada.members().get(device), None);
}

#[test]
fn what_it_signs_afterwards_is_refused_whatever_heads_it_cites() {
    let mut team = team(2);
    let signer = team.cleo.device();
    let before = team.cleo.write("before");
    team.ada.admits(&before, "before");
    let ops = Team::revoke(&mut team.ada, signer, &mut team.dice);
    team.ben.learn(&ops);
    // Cleo's keys go on under the old heads.
    let after = team.cleo.write("after");
    let beyond = Refusal::BeyondRemoval {
        signer,
        seq: 2,
        limit: 1,
    };
    assert_eq!(team.ada.refuses(&after), beyond);
    assert_eq!(team.ben.refuses(&after), beyond);
    let shown = beyond.to_string();
    assert!(
        shown.ends_with("of its envelopes those up to 1 stand, and this is 2"),
        "{shown}"
    );
    // Ben gets what stands, in any order and also after the revocation.
    team.ben.admits(&before, "before");
}

#[test]
fn a_replacement_of_what_stands_is_no_way_in() {
    let mut team = team(3);
    let signer = team.cleo.device();
    let mut twin = team.cleo.copy();
    let stand: Vec<_> = (1..=3)
        .map(|at| team.cleo.write(&format!("{at}")))
        .collect();
    for (at, envelope) in stand.iter().enumerate() {
        team.ada.admits(envelope, &format!("{}", at + 1));
    }
    let limit = team.ada.admitted(signer);
    let ops = Team::revoke(&mut team.ada, signer, &mut team.dice);
    team.ben.learn(&ops);
    // Ben has none of the three. Cleo's keys sign others with their numbers.
    let false_ones: Vec<_> = (1..=3)
        .map(|at| twin.write(&format!("false {at}")))
        .collect();
    let proof = Admission::Waiting(Wait::Proof { signer, limit });
    assert_eq!(team.ben.judge(&false_ones[0]), proof);
    let all: Vec<&[u8]> = false_ones.iter().map(Vec::as_slice).collect();
    for answer in team.ben.admit(&all) {
        assert_eq!(answer, proof);
    }
    // One right one alone does not show that it is right; all of them do.
    assert_eq!(team.ben.judge(&stand[0]), proof);
    let all: Vec<&[u8]> = stand.iter().chain(&false_ones).map(Vec::as_slice).collect();
    let answers = team.ben.admit(&all);
    for answer in &answers[..3] {
        assert!(matches!(answer, Admission::Admitted(_)), "{answer:?}");
    }
    for answer in &answers[3..] {
        let shown = matches!(answer, Admission::Refused(Refusal::Equivocation { .. }));
        assert!(shown, "{answer:?}");
    }
}

#[test]
fn what_somebody_had_before_he_heard_of_it_is_kept() {
    let mut team = team(4);
    let signer = team.cleo.device();
    let envelope = team.cleo.write("sent to Ben only");
    team.ben.admits(&envelope, "sent to Ben only");
    let ops = Team::revoke(&mut team.ada, signer, &mut team.dice);
    assert!(matches!(
        team.ada.refuses(&envelope),
        Refusal::BeyondRemoval { limit: 0, .. }
    ));
    team.ben.learn(&ops);
    let [
        Overhang {
            device,
            admitted,
            limit,
            keepable: true,
        },
    ] = team.ben.overhangs()[..]
    else {
        panic!("{:?}", team.ben.overhangs());
    };
    assert_eq!((device, admitted.seq, limit.seq), (signer, 1, 0));
    let keep = team.ben.follow_up(&mut team.dice.bytes()).unwrap();
    assert_eq!(keep.len(), 1);
    assert_eq!(team.ben.overhangs(), []);
    team.ada.learn(&keep);
    team.ada.admits(&envelope, "sent to Ben only");
    // Later ones are refused as before.
    let after = team.cleo.write("after");
    assert!(matches!(
        team.ada.refuses(&after),
        Refusal::BeyondRemoval { limit: 1, .. }
    ));
    assert_eq!(
        team.ben.follow_up(&mut team.dice.bytes()).unwrap(),
        Vec::<Vec<u8>>::new()
    );
}

#[test]
fn it_reads_what_was_but_no_later_epoch() {
    let mut team = team(5);
    let mut entropy = crate::world::noise(5);
    let old = team
        .ada
        .encrypt(Purpose::Frame, b"before", &mut *entropy)
        .unwrap();
    assert_eq!(team.cleo.decrypt(Purpose::Frame, &old).unwrap(), b"before");
    let ops = Team::revoke(&mut team.ada, team.cleo.device(), &mut team.dice);
    for member in [&mut team.ben, &mut team.dan, &mut team.cleo] {
        member.learn(&ops);
    }
    for purpose in [Purpose::Frame, Purpose::Stored] {
        let new = team.ada.encrypt(purpose, b"after", &mut *entropy).unwrap();
        assert_eq!(team.ben.decrypt(purpose, &new).unwrap(), b"after");
        assert_eq!(team.dan.decrypt(purpose, &new).unwrap(), b"after");
        let closed = team.cleo.decrypt(purpose, &new);
        assert!(
            matches!(closed, Err(TrustError::NoKey { .. })),
            "{closed:?}"
        );
    }
    assert!(!team.ada.members().rotation_due());
}

#[test]
fn a_revoked_device_does_not_come_back_under_its_keys() {
    let mut team = team(6);
    let cleo = team.cleo.device();
    let mut ben_before = team.ben.copy();
    let ops = Team::revoke(&mut team.ada, cleo, &mut team.dice);
    // Ben, who has not heard of it, gives Cleo more.
    let more = ben_before.set_role(cleo, Role::Owner).unwrap();
    ben_before.learn(&ops);
    team.ada.learn(&[more]);
    assert_eq!(team.ada.members().role(cleo), None);
    assert_eq!(ben_before.members().role(cleo), None);
    let denied = team.ada.set_role(cleo, Role::Viewer);
    let device = cleo;
    assert_eq!(denied, Err(Denial::NotAMember { device }.into()));
}

#[test]
fn what_a_revoked_owner_did_at_the_same_time_is_void() {
    let mut team = team(7);
    let ben = team.ben.device();
    // Ben is taken out, and meanwhile brings in a helper and raises Dan.
    let mut entropy = team.dice.bytes();
    let mut ops = team.ada.revoke(ben, &mut entropy).unwrap();
    drop(entropy);
    let (mut helper, mut bens) = pair_with(
        &mut team.ben,
        "Helper",
        Role::Owner,
        History::Readable,
        &mut team.dice,
    );
    bens.push(team.ben.set_role(team.dan.device(), Role::Owner).unwrap());
    // The helper takes out Ada, as soon as it is in.
    bens.extend(
        helper
            .revoke(team.ada.device(), &mut team.dice.bytes())
            .unwrap(),
    );

    ops.extend(bens.clone());
    team.cleo.learn(&ops);
    team.ada.learn(&bens);
    for peer in [&team.ada, &team.cleo] {
        let members = peer.members();
        assert_eq!(members.role(team.ada.device()), Some(Role::Owner));
        assert_eq!(members.role(team.dan.device()), Some(Role::Viewer));
        assert_eq!(members.role(helper.device()), None);
        assert_eq!(members.role(ben), None);
        assert!(members.disputes().len() >= 3, "{:?}", members.disputes());
    }
    // Nobody encrypts under an epoch that they began.
    let frame = team
        .ada
        .encrypt(Purpose::Frame, b"x", &mut *crate::world::noise(1))
        .unwrap();
    assert!(team.ben.decrypt(Purpose::Frame, &frame).is_err());
    assert!(helper.decrypt(Purpose::Frame, &frame).is_err());
}

#[test]
fn a_device_that_leaves_makes_an_owner_begin_an_epoch() {
    let mut team = team(8);
    let cleo = team.cleo.device();
    let ops = Team::revoke(&mut team.cleo, cleo, &mut team.dice);
    assert_eq!(ops.len(), 1);
    team.dan.learn(&ops);
    team.ada.learn(&ops);
    assert!(team.ada.members().rotation_due());
    assert_eq!(team.dan.follow_up(&mut team.dice.bytes()).unwrap().len(), 0);
    let epoch = team.ada.follow_up(&mut team.dice.bytes()).unwrap();
    assert_eq!(epoch.len(), 1);
    assert!(!team.ada.members().rotation_due());
    let frame = team
        .ada
        .encrypt(Purpose::Frame, b"x", &mut *crate::world::noise(2))
        .unwrap();
    team.dan.learn(&epoch);
    assert!(team.dan.decrypt(Purpose::Frame, &frame).is_ok());
    let mut left: Device = team.cleo;
    left.learn(&epoch);
    assert!(left.decrypt(Purpose::Frame, &frame).is_err());
}

#[test]
fn a_revocation_by_an_editor_is_none() {
    let mut team = team(9);
    let refused = team.cleo.revoke(team.dan.device(), &mut team.dice.bytes());
    let (has, needed) = (Role::Editor, Role::Owner);
    assert_eq!(refused, Err(Denial::Role { has, needed }.into()));
    let heads: Vec<_> = team
        .cleo
        .members()
        .heads()
        .iter()
        .map(|head| head.0)
        .collect();
    let action = [&[3][..], &team.dan.device().0, &[0], &[0; 32]].concat();
    let op = crate::forge::operation(&team.cleo.keys, &heads, &action);
    let received = team.ada.receive([op.as_slice()]);
    assert_eq!(
        received,
        [Received::Refused(Denial::Role { has, needed }.into())]
    );
    assert!(team.ada.members().get(team.dan.device()).is_some());
}

#[test]
fn a_false_word_about_what_stands_blocks_nobody() {
    let mut team = team(10);
    let signer = team.cleo.device();
    let liar = pair_with(
        &mut team.ada,
        "Liar",
        Role::Editor,
        History::Readable,
        &mut team.dice,
    )
    .0;
    for peer in [&mut team.ben, &mut team.dan] {
        peer.learn(&team.ada.log());
    }
    let texts = ["1", "2", "3"];
    let sent: Vec<_> = texts.iter().map(|text| team.cleo.write(text)).collect();
    for at in 0..2 {
        team.ada.admits(&sent[at], texts[at]);
    }
    for at in 0..3 {
        team.ben.admits(&sent[at], texts[at]);
    }
    let mut ops = Team::revoke(&mut team.ada, signer, &mut team.dice);
    // The liar keeps what never was.
    let heads = [team.ada.members().heads()[0].0];
    let mut keep = [&[4][..], &signer.0].concat();
    keep.extend(crate::forge::uint(u64::MAX));
    keep.extend([9; 32]);
    ops.push(crate::forge::operation(&liar.keys, &heads, &keep));
    for peer in [&mut team.ada, &mut team.ben, &mut team.dan] {
        peer.learn(&ops);
    }
    // Dan gets what stands; the third one is not shown to.
    let all: Vec<&[u8]> = sent.iter().map(Vec::as_slice).collect();
    let answers = team.dan.admit(&all);
    assert!(matches!(answers[1], Admission::Admitted(_)), "{answers:?}");
    assert!(
        matches!(answers[2], Admission::Waiting(Wait::Proof { .. })),
        "{answers:?}"
    );
    // Ben keeps what he had, and all get it.
    let keep = team.ben.follow_up(&mut team.dice.bytes()).unwrap();
    assert_eq!(keep.len(), 1);
    for peer in [&mut team.ada, &mut team.dan] {
        peer.learn(&keep);
        peer.admits(&sent[2], "3");
    }
    let after = team.cleo.write("4");
    assert!(!matches!(team.dan.judge(&after), Admission::Admitted(_)));
}

#[test]
fn what_nobody_can_keep_is_shown() {
    let mut team = team(11);
    let ben = team.ben.device();
    let removal = Team::revoke(&mut team.ada, ben, &mut team.dice);
    let (mut helper, added) = pair_with(
        &mut team.ben,
        "Helper",
        Role::Editor,
        History::Readable,
        &mut team.dice,
    );
    let envelope = helper.write("from a helper");
    team.cleo.learn(&added);
    team.cleo.admits(&envelope, "from a helper");
    team.cleo.learn(&removal);
    team.ada.learn(&added);
    let device = helper.device();
    assert_eq!(
        team.ada.refuses(&envelope),
        Refusal::Denied(Denial::NotAMember { device })
    );
    let [
        Overhang {
            device: of,
            keepable: false,
            ..
        },
    ] = team.cleo.overhangs()[..]
    else {
        panic!("{:?}", team.cleo.overhangs());
    };
    assert_eq!(of, device);
    assert!(
        team.cleo
            .follow_up(&mut team.dice.bytes())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn an_epoch_that_a_removed_device_can_read_is_not_used() {
    let mut team = team(12);
    let dan = team.dan.device();
    // Ben, who has not heard, does much and begins an epoch that Dan can read.
    let ops = Team::revoke(&mut team.ada, dan, &mut team.dice);
    let ben = team.ben.device();
    let mut bens: Vec<_> = (0..5)
        .map(|at| team.ben.rename(ben, &at.to_string()).unwrap())
        .collect();
    bens.push(team.ben.rotate(&mut team.dice.bytes()).unwrap());
    team.dan.learn(&bens);
    team.cleo.learn(&[ops, bens].concat());
    let frame = team
        .cleo
        .encrypt(Purpose::Frame, b"x", &mut team.dice.bytes())
        .unwrap();
    assert!(team.dan.decrypt(Purpose::Frame, &frame).is_err());
    assert_eq!(team.ada.decrypt(Purpose::Frame, &frame).unwrap(), b"x");
    let envelope = team.cleo.write("y");
    team.ada.learn(&team.cleo.log());
    team.ada.admits(&envelope, "y");
}
