//! What is said in passing: heard once, in order, from members only, and only while they are there.

use crate::world::{Device, Dice, ada, pair, team};
use selvage_trust::limits::LIVE_BYTES_MAX;
use selvage_trust::{Denial, DeviceId, Heard, Live, Purpose, Role, TrustError};

/// A device that speaks.
struct Voice<'a> {
    device: &'a Device,
    live: Live,
    dice: Dice,
}

impl<'a> Voice<'a> {
    fn new(device: &'a Device, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let live = Live::new(&mut dice.bytes());
        Self { device, live, dice }
    }

    fn say(&mut self, to: Option<&Voice<'_>>, body: &str) -> Vec<u8> {
        let to = to.map(|voice| voice.device.device());
        let entropy = &mut self.dice.bytes();
        self.live
            .say(self.device, to, body.as_bytes(), entropy)
            .unwrap()
    }

    fn hear(&mut self, bytes: &[u8]) -> Result<Heard, TrustError> {
        self.live.hear(self.device, bytes, &mut self.dice.bytes())
    }

    #[track_caller]
    fn hears(&mut self, bytes: &[u8], speaker: DeviceId, text: &str) {
        let body = text.as_bytes().to_vec();
        assert_eq!(self.hear(bytes), Ok(Heard::Said { speaker, body }));
    }
}

/// Two greet each other until both believe.
fn meet(a: &mut Voice<'_>, b: &mut Voice<'_>) {
    let first = a.say(None, "");
    assert_eq!(b.hear(&first), Ok(Heard::Greeting(a.device.device())));
    let second = b.say(Some(a), "");
    assert_eq!(a.hear(&second), Ok(Heard::Greeting(b.device.device())));
    let third = a.say(Some(b), "");
    b.hears(&third, a.device.device(), "");
    let fourth = b.say(Some(a), "");
    a.hears(&fourth, b.device.device(), "");
}

#[test]
fn two_who_met_hear_each_other_also_a_viewer() {
    let team = team(1);
    let (mut ada, mut dan) = (Voice::new(&team.ada, 1), Voice::new(&team.dan, 2));
    meet(&mut ada, &mut dan);
    for text in ["here", "", "there"] {
        let said = dan.say(Some(&ada), text);
        ada.hears(&said, team.dan.device(), text);
        let said = ada.say(None, text);
        dan.hears(&said, team.ada.device(), text);
    }
}

#[test]
fn what_is_repeated_or_comes_late_is_not_heard() {
    let team = team(2);
    let (mut ada, mut cleo) = (Voice::new(&team.ada, 1), Voice::new(&team.cleo, 2));
    meet(&mut ada, &mut cleo);
    let [one, two] = ["one", "two"].map(|text| cleo.say(Some(&ada), text));
    ada.hears(&two, team.cleo.device(), "two");
    assert_eq!(ada.hear(&two), Ok(Heard::Old));
    assert_eq!(ada.hear(&one), Ok(Heard::Old));
}

#[test]
fn a_relay_that_plays_a_whole_session_again_starts_nothing() {
    let team = team(3);
    let (mut ada, mut cleo) = (Voice::new(&team.ada, 1), Voice::new(&team.cleo, 2));
    let greeting = ada.say(None, "");
    cleo.hear(&greeting).unwrap();
    let offer = cleo.say(Some(&ada), "");
    ada.hear(&offer).unwrap();
    let answer = ada.say(Some(&cleo), "");
    cleo.hear(&answer).unwrap();
    let tape: Vec<_> = ["a", "b"].map(|text| cleo.say(Some(&ada), text)).into();
    ada.hears(&tape[0], team.cleo.device(), "a");

    // Cleo starts anew, and the relay plays what she said before to Ada, who was there all the time.
    let mut again = Voice::new(&team.cleo, 3);
    meet(&mut again, &mut ada);
    for old in [&offer].into_iter().chain(&tape) {
        assert_eq!(ada.hear(old), Ok(Heard::Greeting(team.cleo.device())));
    }
    let said = again.say(Some(&ada), "now");
    ada.hears(&said, team.cleo.device(), "now");
    // And to an Ada who started anew herself.
    let mut later = Voice::new(&team.ada, 4);
    for old in [&offer].into_iter().chain(&tape) {
        assert_eq!(later.hear(old), Ok(Heard::Greeting(team.cleo.device())));
    }
    meet(&mut later, &mut again);
}

#[test]
fn nobody_is_heard_but_fellow_members_of_this_workspace() {
    let mut team = team(4);
    let mut removed = Voice::new(&team.cleo, 2);
    let said = removed.say(None, "still here");
    let log = team
        .ada
        .revoke(team.cleo.device(), &mut team.dice.bytes())
        .unwrap();
    team.dan.learn(&log);
    let mut dan = Voice::new(&team.dan, 3);
    let device = team.cleo.device();
    let stranger = TrustError::NotAllowed(Denial::NotAMember { device });
    assert_eq!(dan.hear(&said), Err(stranger));

    let own = dan.say(None, "echo");
    assert!(matches!(dan.hear(&own), Err(TrustError::Malformed { .. })));
    let mut dice = Dice(9);
    let mut other = ada(&mut dice);
    let eve = pair(&mut other, "Eve", Role::Owner, &mut dice);
    let said = Voice::new(&eve, 5).say(None, "hello");
    assert!(matches!(dan.hear(&said), Err(TrustError::NoKey { .. })));
}

#[test]
fn a_changed_byte_a_forged_speaker_or_another_purpose_is_noticed() {
    let team = team(5);
    let (mut ada, mut cleo) = (Voice::new(&team.ada, 1), Voice::new(&team.cleo, 2));
    let said = cleo.say(None, "here");
    for at in 0..said.len() {
        let mut changed = said.clone();
        changed[at] ^= 1;
        assert!(ada.hear(&changed).is_err(), "byte {at}");
        assert!(ada.hear(&said[..at]).is_err(), "{at} bytes");
    }
    // Dan has the keys, and puts Cleo's name over his own words.
    let mut plain = team.ada.decrypt(Purpose::Frame, &said).unwrap();
    let body = plain.len() - 65;
    plain[body] ^= 1;
    let mut dice = Dice(7);
    let forged = team
        .dan
        .encrypt(Purpose::Frame, &plain, &mut dice.bytes())
        .unwrap();
    let forgery = Err(TrustError::BadSignature {
        what: "live message",
    });
    assert_eq!(ada.hear(&forged), forgery);
    plain[body] ^= 1;
    let stored = team
        .dan
        .encrypt(Purpose::Stored, &plain, &mut dice.bytes())
        .unwrap();
    assert!(matches!(
        ada.hear(&stored),
        Err(TrustError::Malformed { what: "frame", .. })
    ));
}

#[test]
fn a_message_has_a_bound_on_both_sides() {
    let team = team(6);
    let (mut ada, mut cleo) = (Voice::new(&team.ada, 1), Voice::new(&team.cleo, 2));
    meet(&mut ada, &mut cleo);
    let most = "x".repeat(LIVE_BYTES_MAX);
    let said = cleo.say(Some(&ada), &most);
    ada.hears(&said, team.cleo.device(), &most);
    let more = vec![0; LIVE_BYTES_MAX + 1];
    let entropy = &mut cleo.dice.bytes();
    let refused = cleo.live.say(&team.cleo, None, &more, entropy);
    assert!(matches!(
        refused,
        Err(TrustError::TooLarge {
            limit: "live_bytes_max",
            ..
        })
    ));
    let huge = ada.hear(&vec![1; 2 * LIVE_BYTES_MAX]);
    assert!(matches!(
        huge,
        Err(TrustError::TooLarge {
            limit: "live_bytes_max",
            ..
        })
    ));
}
