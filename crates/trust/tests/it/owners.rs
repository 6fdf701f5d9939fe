//! Owners against each other.

use crate::world::{Team, pair, team};
use selvage_trust::{Denial, Role, TrustError};

#[test]
fn of_two_owners_who_take_out_each_other_the_senior_stays() {
    let mut team = team(1);
    let (ada, ben) = (team.ada.device(), team.ben.device());
    let adas = Team::revoke(&mut team.ada, ben, &mut team.dice);
    let bens = Team::revoke(&mut team.ben, ada, &mut team.dice);
    team.ada.learn(&bens);
    team.ben.learn(&adas);
    team.cleo.learn(&[bens.clone(), adas.clone()].concat());
    team.dan.learn(&[adas, bens].concat());
    for peer in [&team.ada, &team.ben, &team.cleo, &team.dan] {
        assert_eq!(peer.members().role(ada), Some(Role::Owner));
        assert_eq!(peer.members().role(ben), None);
        assert_eq!(peer.members().disputes(), team.ada.members().disputes());
        assert_eq!(
            peer.members().disputes().len(),
            2,
            "the revocation and its epoch"
        );
    }
    // Ada goes on.
    let next = team.ada.rename(team.dan.device(), "Dan").unwrap();
    team.cleo.learn(&[next]);
}

#[test]
fn a_junior_owner_takes_out_a_senior_who_does_not_answer() {
    let mut team = team(2);
    let ada = team.ada.device();
    let bens = Team::revoke(&mut team.ben, ada, &mut team.dice);
    team.cleo.learn(&bens);
    assert_eq!(team.cleo.members().role(ada), None);
    // A stolen laptop that had not heard, and does something else than to answer.
    let raised = team.ada.set_role(team.dan.device(), Role::Owner).unwrap();
    team.cleo.learn(&[raised]);
    assert_eq!(
        team.cleo.members().role(team.dan.device()),
        Some(Role::Viewer)
    );
}

#[test]
fn three_owners_in_a_ring_come_to_one_answer() {
    let mut team = team(3);
    let mut eve = pair(&mut team.ada, "Eve", Role::Owner, &mut team.dice);
    let log = team.ada.log();
    team.ben.learn(&log);
    let (ada, ben, eve_id) = (team.ada.device(), team.ben.device(), eve.device());
    let one = Team::revoke(&mut team.ada, ben, &mut team.dice);
    let two = Team::revoke(&mut team.ben, eve_id, &mut team.dice);
    let three = Team::revoke(&mut eve, ada, &mut team.dice);
    let orders = [
        [&one, &two, &three],
        [&three, &two, &one],
        [&two, &one, &three],
    ];
    for order in orders {
        let mut peer = team.cleo.copy();
        peer.learn(&log);
        for ops in order {
            peer.learn(ops);
        }
        let members: Vec<_> = peer.members().iter().map(|member| member.device).collect();
        // Ada's stands first and voids Ben's; Eve's was voided by nobody.
        assert!(!members.contains(&ada) && !members.contains(&ben));
        assert!(members.contains(&eve_id));
    }
}

#[test]
fn a_demoted_owner_did_nothing_as_owner_at_the_same_time() {
    let mut team = team(4);
    let (ben, dan) = (team.ben.device(), team.dan.device());
    let down = team.ada.set_role(ben, Role::Editor).unwrap();
    let raise = team.ben.set_role(dan, Role::Owner).unwrap();
    let rename = team.ben.rename(ben, "Ben's box").unwrap();
    team.cleo.learn(&[raise, rename, down]);
    let members = team.cleo.members();
    assert_eq!(members.role(dan), Some(Role::Viewer));
    assert_eq!(members.role(ben), Some(Role::Editor));
    // What rests on a void operation is void, even its own name.
    assert_eq!(members.disputes().len(), 1);
    assert_eq!(members.get(ben).unwrap().name, "Ben's box");
}

#[test]
fn of_two_roles_given_at_once_the_lower_counts_and_of_two_names_one() {
    let mut team = team(5);
    let dan = team.dan.device();
    let ops = [
        team.ada.set_role(dan, Role::Editor).unwrap(),
        team.ben.set_role(dan, Role::Owner).unwrap(),
    ];
    let names = [
        team.ada.rename(dan, "Daniel").unwrap(),
        team.ben.rename(dan, "Danny").unwrap(),
    ];
    team.ada.learn(&[ops[1].clone(), names[1].clone()]);
    team.ben.learn(&[ops[0].clone(), names[0].clone()]);
    assert_eq!(team.ada.members().get(dan), team.ben.members().get(dan));
    assert_eq!(team.ada.members().role(dan), Some(Role::Editor));
}

#[test]
fn the_last_owner_can_not_go() {
    let mut team = team(6);
    let ada = team.ada.device();
    Team::revoke(&mut team.ada, team.ben.device(), &mut team.dice);
    let last = Err(TrustError::NotAllowed(Denial::LastOwner));
    assert_eq!(team.ada.set_role(ada, Role::Editor), last);
    assert!(team.ada.revoke(ada, &mut team.dice.bytes()).is_err());
    team.ada.set_role(team.cleo.device(), Role::Owner).unwrap();
    assert!(team.ada.revoke(ada, &mut team.dice.bytes()).is_ok());
}
