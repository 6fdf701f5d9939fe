//! What persons ask for.

use crate::world::{World, random};
use selvage_courier::{Act, Courier, CourierError, LinkState, RoleName, Step};
use serde_json::json;

#[test]
fn a_device_that_leaves_is_out_when_the_relay_kept_it() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    world.send(phone, b"last words");
    world.act(phone, Act::Leave);
    assert_eq!(world.devices[phone].left, None, "nothing went out yet");
    let again = world.devices[phone].courier.act(Act::Leave, world.now_ms);
    assert!(matches!(again, Err(CourierError::NotNow(_))));
    world.run();
    assert_eq!(world.devices[phone].left, Some(true));
    assert_eq!(world.devices[0].landed, [b"last words".to_vec()]);
    assert_eq!(world.state(0).members.len(), 1);
    assert_eq!(world.codes(0), Vec::<&str>::new());
}

#[test]
fn a_device_that_leaves_without_a_relay_says_that_nobody_was_told() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    world.offline(phone);
    world.act(phone, Act::Leave);
    world.perform(phone);
    assert_eq!(world.devices[phone].left, None);
    let due = world.devices[phone].courier.wake_ms();
    assert!(due.is_some_and(|at| at <= world.now_ms + 10_000));
    world.now_ms += 10_000;
    let now_ms = world.now_ms;
    world.devices[phone].courier.tick(now_ms);
    world.perform(phone);
    assert_eq!(world.devices[phone].left, Some(false));
    // Dead in between, it says so when it is back.
    world.restart(phone);
    world.online(phone);
    assert_eq!(world.state(0).members.len(), 1);
    assert_eq!(world.state(phone).problem.unwrap().code, "REVOKED");
    assert_eq!(world.state(phone).link, LinkState::Off);
}

#[test]
fn the_only_owner_leaves_when_another_one_is_there_or_nobody_is() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let refused = world.devices[0].courier.act(Act::Leave, world.now_ms);
    assert!(matches!(refused, Err(CourierError::NotNow(why)) if why.contains("only owner")));
    let (device, role) = (world.id(phone), RoleName::Owner);
    world.act(0, Act::SetRole { device, role });
    world.run();
    world.act(0, Act::Leave);
    world.run();
    assert_eq!(world.devices[0].left, Some(true));
    assert_eq!(world.state(phone).members.len(), 1);
    // An owner begins an epoch that the other one can't read.
    world.act(phone, Act::Leave);
    world.run();
    assert_eq!(world.devices[phone].left, Some(true));
}

#[test]
fn an_invitation_is_open_still_after_a_restart_of_both_at_every_step() {
    let mut world = World::new();
    let base = "https://selvage.example/".to_owned();
    let (role, history) = (RoleName::Editor, true);
    world.act(
        0,
        Act::Invite {
            role,
            history,
            base,
        },
    );
    world.run();
    let link = world.state(0).invitation.unwrap().link;
    world.restart(0);
    world.run();
    let kept = world.state(0).invitation.unwrap();
    assert_eq!((&kept.link, kept.role), (&link, role));
    // The joiner's first words are kept, and it dies before it is answered.
    let joiner = Courier::join(&link, "Phone", world.now_ms, random(2)).unwrap();
    let phone = world.add(joiner);
    world.perform(phone);
    world.restart(phone);
    world.run();
    let code = world.state(phone).joining.unwrap().code;
    assert!(code.is_some());
    for at in [phone, 0, phone] {
        world.restart(at);
        world.run();
        assert_eq!(world.state(phone).joining.unwrap().code, code);
        let invitation = world.state(0).invitation.unwrap();
        assert_eq!(
            (invitation.code, invitation.step),
            (code.clone(), Step::Compare)
        );
    }
    // The inviter's person said yes, and the device died before it said so.
    world.act(0, Act::Accept);
    while let Some(output) = world.devices[0].courier.poll(world.now_ms) {
        if let selvage_courier::Output::Keep(bytes) = output {
            world.devices[0].kept = bytes;
            break;
        }
    }
    world.restart(0);
    world.run();
    world.act(0, Act::Retry);
    world.run();
    assert!(world.state(phone).shared);
    assert_eq!(
        (world.state(0).invitation, world.state(phone).joining),
        (None, None)
    );
    world.send(phone, b"in");
    world.run();
    assert_eq!(world.devices[0].landed, [b"in".to_vec()]);
    // Nothing of it is left to go on with.
    world.restart(0);
    world.restart(phone);
    assert_eq!(
        (world.state(0).invitation, world.state(phone).joining),
        (None, None)
    );
}

#[test]
fn an_invitation_ends_with_its_time_and_by_a_word() {
    let mut world = World::new();
    let invite = || Act::Invite {
        role: RoleName::Viewer,
        history: false,
        base: "https://selvage.example/".to_owned(),
    };
    world.act(0, invite());
    world.act(0, Act::CancelInvitation);
    assert_eq!(world.state(0).invitation, None);
    world.act(0, invite());
    world.run();
    let link = world.state(0).invitation.unwrap().link;
    let joiner = Courier::join(&link, "Phone", world.now_ms, random(2)).unwrap();
    let phone = world.add(joiner);
    world.perform(phone);
    assert!(!world.devices[phone].kept.is_empty());
    world.devices[phone].is_online = false;
    world.now_ms += 60 * 60_000;
    world.restart(0);
    world.run();
    assert_eq!(world.state(0).invitation, None);
    let now_ms = world.now_ms;
    world.devices[phone].courier.tick(now_ms);
    world.perform(phone);
    assert_eq!(world.state(phone).joining, None);
    assert_eq!(world.state(phone).problem.unwrap().code, "PAIRING");
    assert!(
        world.devices[phone].kept.is_empty(),
        "nothing to go on with"
    );
}

#[test]
fn a_finding_that_was_seen_is_gone_for_good_and_shown_again_when_it_happens_again() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let device = world.id(phone);
    let role = RoleName::Viewer;
    world.offline(phone);
    world.send(phone, b"one");
    world.send(phone, b"two");
    world.act(
        0,
        Act::SetRole {
            device: device.clone(),
            role,
        },
    );
    world.run();
    world.online(phone);
    assert_eq!(world.codes(0), ["REFUSED"]);
    world.restart(0);
    assert_eq!(world.codes(0), ["REFUSED"], "nobody has seen it yet");
    let (code, other) = ("REFUSED".to_owned(), Some(world.id(0)));
    world.act(
        0,
        Act::Dismiss {
            code: code.clone(),
            device: other,
        },
    );
    assert_eq!(world.codes(0), ["REFUSED"], "that is another one");
    world.act(
        0,
        Act::Dismiss {
            code,
            device: Some(device),
        },
    );
    assert_eq!(world.codes(0), Vec::<&str>::new());
    world.perform(0);
    world.restart(0);
    world.run();
    assert_eq!(world.codes(0), Vec::<&str>::new());
}

#[test]
fn a_device_has_another_name_everywhere() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Viewer, 2);
    let name = "Ben's phone".to_owned();
    world.act(phone, Act::Rename { name: name.clone() });
    world.run();
    let id = world.id(phone);
    let member = |member: &selvage_courier::MemberState| member.id == id;
    let known = world.state(0).members.into_iter().find(member);
    assert_eq!(known.unwrap().name, name);
    let name = "n".repeat(65);
    let refused = world.devices[phone]
        .courier
        .act(Act::Rename { name }, world.now_ms);
    assert!(matches!(refused, Err(CourierError::Trust(_))));
}

#[test]
fn what_only_this_device_has_of_a_removed_one_is_kept_by_a_word() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Owner, 3);
    // The tablet takes the phone out before it hears what the laptop has heard.
    world.offline(tablet);
    world.send(phone, b"heard by one");
    world.run();
    world.offline(phone);
    let device = world.id(phone);
    world.act(
        tablet,
        Act::Revoke {
            device: device.clone(),
        },
    );
    world.online(tablet);
    // A device keeps what it had by itself; a word for it finds nothing more to do.
    world.act(0, Act::Keep { device });
    world.run();
    for at in [0, tablet] {
        assert!(
            world.devices[at].contents.contains(&b"heard by one"[..]),
            "{at}"
        );
        assert!(
            !world.codes(at).contains(&"OVERHANG"),
            "{at}: {:?}",
            world.codes(at)
        );
    }
}

#[test]
fn what_a_viewer_alone_has_of_a_removed_device_waits_until_it_may_write() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Viewer, 3);
    world.offline(0);
    world.send(phone, b"heard by a viewer");
    world.run();
    world.offline(phone);
    let device = world.id(phone);
    world.act(
        0,
        Act::Revoke {
            device: device.clone(),
        },
    );
    world.online(0);
    assert_eq!(world.devices[0].landed, Vec::<Vec<u8>>::new());
    assert_eq!(world.codes(tablet), ["OVERHANG"]);
    // A viewer's word counts for nothing, and it is told so.
    let keep = || Act::Keep {
        device: device.clone(),
    };
    let now_ms = world.now_ms;
    let refused = world.devices[tablet].courier.act(keep(), now_ms);
    assert!(matches!(refused, Err(CourierError::NotNow(why)) if why.contains("may not write")));
    world.run();
    assert_eq!(world.codes(tablet), ["OVERHANG"]);
    // With the right to write it keeps them.
    let (editor, role) = (world.id(tablet), RoleName::Editor);
    world.act(
        0,
        Act::SetRole {
            device: editor,
            role,
        },
    );
    world.run();
    assert_eq!(world.devices[0].landed, [b"heard by a viewer".to_vec()]);
    for at in [0, tablet] {
        assert_eq!(world.codes(at), Vec::<&str>::new());
    }
    // A second word for it finds nothing more to do.
    world.act(tablet, keep());
}

#[test]
fn the_page_reads_the_state_and_says_the_acts_in_these_words() {
    let mut world = World::new();
    let state = serde_json::to_value(world.state(0)).unwrap();
    let id = world.id(0);
    let workspace = state["workspace"].clone();
    assert_eq!(
        state,
        json!({
            "elsewhere": false,
            "shared": true,
            "relay": "wss://relay.example",
            "link": "open",
            "passing": false,
            "retryAtMs": null,
            "pending": 0,
            "workspace": workspace,
            "members": [{ "id": id, "name": "Laptop", "role": "owner", "self": true, "online": true, "linked": "mail" }],
            "invitation": null,
            "joining": null,
            "findings": [],
            "problem": null,
        })
    );
    for act in [
        json!({ "do": "leave" }),
        json!({ "do": "cancelJoin" }),
        json!({ "do": "invite", "role": "editor", "history": true, "base": "https://a.example/" }),
        json!({ "do": "cancelInvitation" }),
        json!({ "do": "accept" }),
        json!({ "do": "refuse" }),
        json!({ "do": "setRole", "device": id, "role": "viewer" }),
        json!({ "do": "revoke", "device": id }),
        json!({ "do": "rename", "name": "n" }),
        json!({ "do": "keep", "device": id }),
        json!({ "do": "dismiss", "code": "REFUSED", "device": null }),
        json!({ "do": "retry" }),
    ] {
        let read: Result<Act, _> = serde_json::from_value(act.clone());
        assert!(read.is_ok(), "{act}");
    }
    let invite: Act = serde_json::from_value(
        json!({ "do": "invite", "role": "viewer", "history": false, "base": "https://a.example/" }),
    )
    .unwrap();
    world.act(0, invite);
    world.run();
    let invitation = serde_json::to_value(world.state(0).invitation).unwrap();
    assert_eq!(invitation["step"], "waiting");
    assert_eq!(invitation["role"], "viewer");
    assert_eq!(invitation["code"], json!(null));
    assert_eq!(invitation["name"], json!(null));
    assert!(invitation["untilMs"].as_u64().unwrap() > world.now_ms);
    assert!(
        invitation["link"]
            .as_str()
            .unwrap()
            .starts_with("https://a.example/#pair=")
    );
}
