//! Members and relays that mean harm: what each tries is refused, and shown.
//!
//! A hostile member has a real seat and real keys, since it took them from a device; it seals and
//! signs what it likes, and leaves it in the room as any member may. The seat's own rules have their
//! stories in `crates/trust/tests/it`; what a relay withholds, alters or repeats is in `main.rs`,
//! and what a removed device does in the room that the others left in `moving_hostile.rs`.

use crate::thief::{leave, sealed, steal};
use crate::world::{World, random};
use selvage_courier::limits::LANDING_MS_MAX;
use selvage_courier::{Act, Courier, RoleName};
use selvage_trust::{Kind, Purpose, Seat};

/// A workspace with two editors, and the stolen seat of the first of them.
fn stolen() -> (World, Seat, usize, usize) {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Editor, 3);
    world.perform(phone);
    world.offline(phone);
    let seat = steal(&world.devices[phone].kept);
    (world, seat, phone, tablet)
}

/// What is tried, and how it is shown to the others.
#[test]
fn what_a_member_makes_up_is_refused_and_shown() {
    type Forge = fn(&mut Seat) -> Vec<u8>;
    let stories: [(&str, Forge, &str); 7] = [
        (
            "a signature that is forged",
            |seat| {
                let mut envelope = seat.sign(Kind::Change, b"forged").unwrap();
                *envelope.last_mut().unwrap() ^= 1;
                sealed(seat, 1, &envelope)
            },
            "REFUSED",
        ),
        (
            "contents that were changed after they were signed",
            |seat| {
                let mut envelope = seat.sign(Kind::Change, b"pay 10").unwrap();
                let at = envelope.windows(6).position(|it| it == b"pay 10").unwrap();
                envelope[at + 4] = b'9';
                sealed(seat, 1, &envelope)
            },
            "REFUSED",
        ),
        (
            "the name of another author",
            |seat| {
                let other = seat
                    .members()
                    .iter()
                    .find(|one| one.device != seat.device());
                let other = other.unwrap().device;
                let mut envelope = seat.sign(Kind::Change, b"not mine").unwrap();
                envelope[2..34].copy_from_slice(&other.0);
                sealed(seat, 1, &envelope)
            },
            "REFUSED",
        ),
        (
            "an older version of an envelope",
            |seat| {
                let mut envelope = seat.sign(Kind::Change, b"old").unwrap();
                envelope[0] = 0;
                sealed(seat, 1, &envelope)
            },
            "REFUSED",
        ),
        (
            "an older version of a seal",
            |seat| {
                let envelope = seat.sign(Kind::Change, b"old").unwrap();
                let mut letter = sealed(seat, 1, &envelope);
                letter[0] = 0;
                letter
            },
            "ALTERED",
        ),
        (
            "a seal for another purpose",
            |seat| {
                let envelope = seat.sign(Kind::Change, b"a frame").unwrap();
                let mut letter = seat
                    .encrypt(Purpose::Frame, &envelope, &mut random(9))
                    .unwrap();
                letter[1] = Purpose::Stored as u8;
                letter
            },
            "ALTERED",
        ),
        (
            "something that no version says",
            |seat| {
                let plain = [9, 9, 9];
                seat.encrypt(Purpose::Stored, &plain, &mut random(9))
                    .unwrap()
            },
            "UNKNOWN",
        ),
    ];
    for (story, forge, code) in stories {
        let (mut world, mut seat, _, tablet) = stolen();
        let letter = forge(&mut seat);
        leave(&mut world, &seat, &[letter]);
        for at in [0, tablet] {
            assert_eq!(world.devices[at].landed, Vec::<Vec<u8>>::new(), "{story}");
            assert_eq!(world.codes(at), [code], "{story}");
        }
        // The others go on.
        world.send(tablet, b"bread");
        world.run();
        assert_eq!(world.devices[0].landed, [b"bread".to_vec()], "{story}");
    }
}

#[test]
fn what_was_said_once_does_not_count_twice_nor_elsewhere() {
    let (mut world, mut seat, _, tablet) = stolen();
    let envelope = seat.sign(Kind::Change, b"pay 10").unwrap();
    let letter = sealed(&seat, 1, &envelope);
    leave(&mut world, &seat, std::slice::from_ref(&letter));
    assert_eq!(world.devices[tablet].landed, [b"pay 10".to_vec()]);
    // The same letter, and the same envelope under another seal.
    let again = sealed(&seat, 2, &envelope);
    leave(&mut world, &seat, &[letter.clone(), again]);
    assert_eq!(world.devices[tablet].landed, [b"pay 10".to_vec()]);
    assert_eq!(world.codes(tablet), ["REPEATED"]);
    // In another workspace neither the letter nor the envelope means anything.
    let (mut other, other_seat, _, there) = stolen_of(40);
    let carried = sealed(&other_seat, 3, &envelope);
    leave(&mut other, &other_seat, &[letter, carried]);
    assert_eq!(other.devices[there].landed, Vec::<Vec<u8>>::new());
    let mut codes = other.codes(there);
    codes.sort_unstable();
    assert_eq!(codes, ["LOCKED", "REFUSED"]);
}

/// The same with other keys.
fn stolen_of(seed: u64) -> (World, Seat, usize, usize) {
    let mut world = World::new();
    let founder = Courier::found("wss://relay.example", "Other", random(seed)).unwrap();
    world.devices.clear();
    world.add(founder);
    world.run();
    let phone = world.pair(RoleName::Editor, seed + 1);
    let tablet = world.pair(RoleName::Editor, seed + 2);
    world.perform(phone);
    world.offline(phone);
    let seat = steal(&world.devices[phone].kept);
    (world, seat, phone, tablet)
}

#[test]
fn letters_in_another_order_land_in_theirs_and_what_is_missing_is_shown() {
    let (mut world, mut seat, _, tablet) = stolen();
    let envelopes =
        ["one", "two", "three"].map(|text| seat.sign(Kind::Change, text.as_bytes()).unwrap());
    let letters: Vec<_> = (1..)
        .zip(&envelopes)
        .map(|(name, it)| sealed(&seat, name, it))
        .collect();
    leave(&mut world, &seat, &[letters[2].clone(), letters[1].clone()]);
    assert_eq!(world.devices[tablet].landed, Vec::<Vec<u8>>::new());
    assert_eq!(world.codes(tablet), ["MISSING"]);
    leave(&mut world, &seat, &[letters[0].clone()]);
    let landed = ["one", "two", "three"].map(|text| text.as_bytes().to_vec());
    assert_eq!(world.devices[tablet].landed, landed);
    assert_eq!(world.codes(tablet), Vec::<&str>::new(), "it came");
}

#[test]
fn two_histories_of_one_device_are_shown() {
    let (mut world, mut seat, phone, tablet) = stolen();
    let mut twin = steal(&world.devices[phone].kept);
    let yes = seat.sign(Kind::Change, b"yes").unwrap();
    let no = twin.sign(Kind::Change, b"no").unwrap();
    let letters = [sealed(&seat, 1, &yes), sealed(&seat, 2, &no)];
    leave(&mut world, &seat, &letters);
    for at in [0, tablet] {
        assert_eq!(world.devices[at].landed, [b"yes".to_vec()]);
        assert_eq!(world.codes(at), ["FORKED"]);
    }
}

#[test]
fn an_older_membership_gives_no_rights_back() {
    // An editor that became a viewer, and one that was taken out, write as if they had not heard.
    let demote: fn(String) -> Act = |device| Act::SetRole {
        device,
        role: RoleName::Viewer,
    };
    let revoke: fn(String) -> Act = |device| Act::Revoke { device };
    for (act, code) in [(demote, &["REFUSED"][..]), (revoke, &[])] {
        let (mut world, mut seat, phone, tablet) = stolen();
        let id = world.id(phone);
        let before = seat.sign(Kind::Change, b"before").unwrap();
        let letter = sealed(&seat, 1, &before);
        leave(&mut world, &seat, &[letter]);
        world.act(0, act(id));
        world.run();
        let late = seat.sign(Kind::Change, b"late").unwrap();
        let letter = sealed(&seat, 2, &late);
        leave(&mut world, &seat, &[letter]);
        for at in [0, tablet] {
            assert_eq!(world.devices[at].landed, [b"before".to_vec()]);
            // Nobody hears one that was taken out.
            assert_eq!(world.codes(at), code);
        }
    }
}

#[test]
fn what_one_device_had_of_a_removed_one_before_it_heard_of_that_is_kept_for_all() {
    let (mut world, mut seat, phone, tablet) = stolen();
    let id = world.id(phone);
    world.offline(0);
    world.act(0, Act::Revoke { device: id });
    // The tablet has not heard; the owner has.
    let late = seat.sign(Kind::Change, b"between").unwrap();
    let letter = sealed(&seat, 1, &late);
    leave(&mut world, &seat, &[letter]);
    assert_eq!(world.devices[tablet].landed, [b"between".to_vec()]);
    world.online(0);
    assert_eq!(
        world.devices[0].landed,
        [b"between".to_vec()],
        "all come to the same"
    );
    for at in [0, tablet] {
        assert_eq!(world.codes(at), Vec::<&str>::new());
        assert_eq!(world.state(at).members.len(), 2);
    }
}

#[test]
fn an_editor_neither_invites_nor_changes_who_takes_part() {
    let (mut world, mut seat, phone, tablet) = stolen();
    let (id, other) = (world.id(phone), world.id(0));
    let base = "https://selvage.example/".to_owned();
    for act in [
        Act::Invite {
            role: RoleName::Viewer,
            history: true,
            base,
        },
        Act::SetRole {
            device: id.clone(),
            role: RoleName::Owner,
        },
        Act::Revoke { device: other },
    ] {
        let now_ms = world.now_ms;
        assert!(world.devices[tablet].courier.act(act, now_ms).is_err());
    }
    // It takes an owner's operation and puts its own name, or another role, into it.
    let op = seat.members().since(&[]).last().unwrap().bytes().to_vec();
    let author = seat.device();
    assert!(seat.set_role(author, selvage_trust::Role::Owner).is_err());
    for (at, bytes) in [(34, author.0.to_vec()), (op.len() - 70, vec![1])] {
        let mut forged = op.clone();
        forged[at..at + bytes.len()].copy_from_slice(&bytes);
        let letter = seat
            .encrypt(Purpose::Roster, &forged, &mut random(at as u64))
            .unwrap();
        leave(&mut world, &seat, &[letter]);
    }
    for at in [0, tablet] {
        assert_eq!(world.codes(at), ["MEMBERSHIP"]);
        let members = world.state(at).members;
        let owners = members.iter().filter(|one| one.role == RoleName::Owner);
        assert_eq!((owners.count(), members.len()), (1, 3));
    }
}

#[test]
fn a_relay_that_is_set_back_is_shown_and_gets_everything_again() {
    let mut world = World::new();
    world.mails_all = true;
    let phone = world.pair(RoleName::Editor, 2);
    let older = world.store.clone();
    world.send(0, b"bread");
    world.send(phone, b"milk");
    world.run();
    for at in [0, phone] {
        world.offline(at);
    }
    world.relay = selvage_relay::Relay::new(selvage_relay::Limits::default(), true);
    world.store = older;
    for at in [0, phone] {
        world.online(at);
    }
    assert_eq!(world.codes(0), ["RELAY_SET_BACK"]);
    // The phone came when the numbers had caught up, and can't tell by them: whatever it was not shown
    // is missing before what it is shown next.
    world.send(0, b"butter");
    world.run();
    let is_there = world.devices[phone].contents.contains(&b"butter"[..]);
    assert!(is_there || world.codes(phone) == ["MISSING"]);
    for at in [0, phone] {
        for item in [&b"bread"[..], b"milk"] {
            assert!(world.devices[at].contents.contains(item));
        }
    }
    let tablet = world.pair(RoleName::Editor, 3);
    assert!(world.devices[tablet].contents.contains(&b"milk"[..]));
}

#[test]
fn a_relay_that_leaves_a_letter_out_is_not_listened_to() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let mut is_first = true;
    world.bend = Box::new(move |at, bytes| {
        let drops = at == phone && bytes[0] == 41 && std::mem::take(&mut is_first);
        !drops
    });
    world.send(0, b"one");
    world.send(0, b"two");
    for _ in 0..10 {
        world.run();
    }
    // The number that was left out is asked for again, and nothing came before it.
    assert_eq!(
        world.devices[phone].landed,
        [b"one".to_vec(), b"two".to_vec()]
    );
}

#[test]
fn an_owner_that_was_one_changes_nothing_as_if_it_had_not_heard() {
    let (mut world, _, phone, tablet) = stolen();
    let device = world.id(phone);
    let role = |role| Act::SetRole {
        device: device.clone(),
        role,
    };
    world.act(0, role(RoleName::Owner));
    world.online(phone);
    world.perform(phone);
    world.offline(phone);
    let mut seat = steal(&world.devices[phone].kept);
    world.act(0, role(RoleName::Editor));
    world.run();
    let members = seat.members().iter().map(|one| one.device);
    let victim = members
        .into_iter()
        .find(|one| *one != seat.device())
        .unwrap();
    let op = seat.set_role(victim, selvage_trust::Role::Viewer).unwrap();
    let letter = seat.encrypt(Purpose::Roster, &op, &mut random(5)).unwrap();
    let before = world.state(0).members;
    leave(&mut world, &seat, &[letter]);
    for at in [0, tablet] {
        assert_eq!(world.codes(at), ["DISPUTED"]);
    }
    assert_eq!(world.state(0).members, before);
}

#[test]
fn what_rests_on_changes_that_a_whole_left_out_is_shown_with_who_signed_the_whole() {
    let (mut world, mut seat, phone, tablet) = stolen();
    let liar = world.id(phone);
    world.send(0, b"left out");
    world.run();
    let whole = seat.sign_whole().unwrap().unwrap();
    let letter = sealed(&seat, 1, &whole);
    leave(&mut world, &seat, &[letter]);
    assert_eq!(world.codes(tablet), Vec::<&str>::new());
    // Only the workspace can tell that something is not there: what rests on it does not land.
    world.devices[tablet].lands = false;
    world.send(0, b"rests on it");
    world.run();
    world.now_ms += LANDING_MS_MAX / 2;
    world.run();
    assert_eq!(world.codes(tablet), Vec::<&str>::new(), "it may still come");
    world.now_ms += LANDING_MS_MAX;
    world.run();
    assert_eq!(world.codes(tablet), ["INCOMPLETE"]);
    let findings = world.state(tablet).findings;
    assert_eq!(findings[0].device.as_ref(), Some(&liar));
    assert_eq!(world.codes(0), Vec::<&str>::new(), "nothing waits there");
    // It comes in another way, and all of it lands.
    world.devices[tablet].lands = true;
    world.send(0, b"what was left out");
    world.run();
    assert_eq!(world.codes(tablet), Vec::<&str>::new());
}
