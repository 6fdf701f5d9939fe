//! A viewer who writes.

use crate::forge::{self, Forged};
use crate::world::team;
use selvage_trust::{Action, Denial, Kind, Received, Refusal, Role, TrustError};

const TOO_LOW: Denial = Denial::Role {
    has: Role::Viewer,
    needed: Role::Editor,
};

#[test]
fn an_honest_viewer_is_told_at_once() {
    let mut team = team(1);
    let refused = team.dan.sign(Kind::Text, b"typed");
    assert_eq!(refused, Err(TrustError::NotAllowed(TOO_LOW)));
    assert_eq!(team.dan.admitted(team.dan.device()).seq, 0);
}

#[test]
fn a_viewer_who_signs_all_the_same_is_refused_by_everybody() {
    let mut team = team(2);
    let is_epoch = |op: &&selvage_trust::Op| matches!(op.action(), Action::Epoch { .. });
    let forged = Forged {
        format: 1,
        kind: 2,
        workspace: team.dan.workspace().0,
        signer: team.dan.device().0,
        seq: 1,
        previous: [0; 32],
        heads: team
            .dan
            .members()
            .heads()
            .iter()
            .map(|head| head.0)
            .collect(),
        epoch: team
            .dan
            .members()
            .since(&[])
            .filter(is_epoch)
            .last()
            .unwrap()
            .id()
            .0,
        payload: b"typed".to_vec(),
    };
    let (bytes, _) = forged.sign(&team.dan.keys);
    for peer in [&mut team.ada, &mut team.ben, &mut team.cleo] {
        assert_eq!(peer.refuses(&bytes), Refusal::Denied(TOO_LOW));
    }
    let shown = team.ada.refuses(&bytes).to_string();
    assert_eq!(
        shown,
        "this takes the role Editor, and the device is Viewer"
    );
}

#[test]
fn a_viewer_may_change_its_own_name_and_nothing_else() {
    let mut team = team(3);
    let device = team.dan.device();
    let op = team.dan.rename(device, "Dan's kitchen tablet").unwrap();
    team.ada.learn(&[op]);
    assert_eq!(
        team.ada.members().get(device).unwrap().name,
        "Dan's kitchen tablet"
    );

    let (ada, mut entropy) = (team.ada.device(), team.dice.bytes());
    let needed = |result: selvage_trust::Result<()>| match result {
        Err(TrustError::NotAllowed(Denial::Role { has, needed })) => (has, needed),
        other => panic!("{other:?}"),
    };
    let expected = (Role::Viewer, Role::Owner);
    assert_eq!(
        needed(team.dan.set_role(device, Role::Owner).map(drop)),
        expected
    );
    assert_eq!(needed(team.dan.rename(ada, "Eve").map(drop)), expected);
    assert_eq!(needed(team.dan.rotate(&mut entropy).map(drop)), expected);

    // Nor can it vouch for what a removed device wrote.
    let heads: Vec<_> = team
        .dan
        .members()
        .heads()
        .iter()
        .map(|head| head.0)
        .collect();
    let keep = [&[4][..], &team.cleo.device().0, &[9], &[0; 32]].concat();
    let op = forge::operation(&team.dan.keys, &heads, &keep);
    let received = team.ada.receive([op.as_slice()]);
    assert_eq!(received, [Received::Refused(TOO_LOW.into())]);
}

#[test]
fn an_editor_who_becomes_a_viewer_stops_writing() {
    let mut team = team(4);
    let signer = team.cleo.device();
    let before = team.cleo.write("before");
    team.ada.admits(&before, "before");
    let mut stubborn = team.cleo.copy();
    let op = team.ada.set_role(signer, Role::Viewer).unwrap();
    let ops = [op];
    team.cleo.learn(&ops);
    team.ben.learn(&ops);
    let refused = team.cleo.sign(Kind::Change, b"after");
    assert_eq!(refused, Err(TrustError::NotAllowed(TOO_LOW)));
    // A device that acts as if it had not heard.
    let after = stubborn.write("after");
    let beyond = Refusal::BeyondRemoval {
        signer,
        seq: 2,
        limit: 1,
    };
    assert_eq!(team.ada.refuses(&after), beyond);
    // What stands comes in late, too.
    team.ben.admits(&before, "before");
    assert_eq!(team.ben.refuses(&after), beyond);
}

#[test]
fn a_viewer_who_becomes_an_editor_again_goes_on() {
    let mut team = team(5);
    let signer = team.cleo.device();
    let first = team.cleo.write("first");
    team.ada.admits(&first, "first");
    let down = team.ada.set_role(signer, Role::Viewer).unwrap();
    let up = team.ada.set_role(signer, Role::Editor).unwrap();
    team.cleo.learn(&[down.clone(), up.clone()]);
    let second = team.cleo.write("second");
    team.ada.admits(&second, "second");
    team.ben.learn(&[down, up]);
    team.ben.admits(&first, "first");
    team.ben.admits(&second, "second");
    assert_eq!(team.ben.overhangs(), []);
    assert_eq!(team.ada.overhangs(), []);
}
