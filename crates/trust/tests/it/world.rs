//! People with devices, for the stories.

use selvage_trust::{
    Admission, Card, DeviceId, Entropy, History, Identity, Invitation, Inviter, Joiner, Kind,
    Received, Refusal, Role, Seat,
};
use std::ops::{Deref, DerefMut};

/// Random bytes that are the same in every run (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn bytes(&mut self) -> impl FnMut(&mut [u8]) + '_ {
        |out| out.iter_mut().for_each(|byte| *byte = self.next() as u8)
    }
}

/// A device: its seat, and its secret keys beside it so that it can be set back or stolen.
pub struct Device {
    pub keys: Vec<u8>,
    pub seat: Seat,
}

impl Deref for Device {
    type Target = Seat;

    fn deref(&self) -> &Seat {
        &self.seat
    }
}

impl DerefMut for Device {
    fn deref_mut(&mut self) -> &mut Seat {
        &mut self.seat
    }
}

pub fn identity(keys: &[u8]) -> Identity {
    Identity::from_bytes(keys).unwrap()
}

impl Device {
    /// The device as it is now, a second time: what a backup, or a thief, has of it.
    pub fn copy(&self) -> Self {
        let seat = Seat::from_bytes(identity(&self.keys), &self.seat.to_bytes()).unwrap();
        assert_eq!(seat.to_bytes(), self.seat.to_bytes());
        Self {
            keys: self.keys.clone(),
            seat,
        }
    }

    /// All that the device knows of the membership.
    pub fn log(&self) -> Vec<Vec<u8>> {
        let ops = self.members().since(&[]);
        ops.map(|op| op.bytes().to_vec()).collect()
    }

    /// Takes in operations that must all be welcome.
    pub fn learn(&mut self, ops: &[Vec<u8>]) {
        for received in self.receive(ops.iter().map(Vec::as_slice)) {
            assert!(
                matches!(received, Received::Added(_) | Received::Known(_)),
                "{received:?}"
            );
        }
    }

    pub fn write(&mut self, text: &str) -> Vec<u8> {
        self.sign(Kind::Change, text.as_bytes()).unwrap()
    }

    pub fn judge(&mut self, envelope: &[u8]) -> Admission {
        self.admit(&[envelope]).remove(0)
    }

    pub fn admits(&mut self, envelope: &[u8], text: &str) {
        match self.judge(envelope) {
            Admission::Admitted(envelope) => assert_eq!(envelope.payload(), text.as_bytes()),
            other => panic!("{other:?}"),
        }
    }

    pub fn refuses(&mut self, envelope: &[u8]) -> Refusal {
        match self.judge(envelope) {
            Admission::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }
}

/// A workspace founded by Ada.
pub fn ada(dice: &mut Dice) -> Device {
    let identity = Identity::new(&mut dice.bytes());
    let keys = identity.to_bytes().to_vec();
    let seat = Seat::found(identity, "Ada's laptop", &mut dice.bytes()).unwrap();
    Device { keys, seat }
}

pub const NOW: u64 = 1_700_000_000_000;
pub const SOON: u64 = NOW + 600_000;
pub const PAGE: &str = "https://selvage.example/";
pub const RELAY: &str = "wss://relay.example";

/// A device comes in over a link.
pub fn pair(owner: &mut Device, name: &str, role: Role, dice: &mut Dice) -> Device {
    pair_with(owner, name, role, History::Readable, dice).0
}

/// A device comes in over a link; gives the operations for the peers as well.
pub fn pair_with(
    owner: &mut Device,
    name: &str,
    role: Role,
    history: History,
    dice: &mut Dice,
) -> (Device, Vec<Vec<u8>>) {
    let times = (NOW, SOON);
    let mut inviter = Inviter::new(owner, role, history, RELAY, times, &mut dice.bytes()).unwrap();
    let link = inviter.invitation().link(PAGE).unwrap();

    let identity = Identity::new(&mut dice.bytes());
    let keys = identity.to_bytes().to_vec();
    let invitation = Invitation::parse(&link).unwrap();
    let (mut joiner, request) =
        Joiner::new(identity, name, invitation, NOW, &mut dice.bytes()).unwrap();
    let (card, offer): (Card, _) = inviter
        .request(owner, &request, NOW, &mut dice.bytes())
        .unwrap();
    assert_eq!(card.name(), name);
    let (code, reveal) = joiner.offer(&offer, &mut dice.bytes()).unwrap();
    assert_eq!(inviter.reveal(owner, &reveal).unwrap(), code);
    let (ops, welcome) = inviter.accept(owner, &[], NOW, &mut dice.bytes()).unwrap();
    let (seat, _) = joiner.welcome(&welcome).unwrap();
    (Device { keys, seat }, ops)
}

/// Ada (owner), Ben (owner), Cleo (editor) and Dan (viewer), who all know each other.
pub struct Team {
    pub dice: Dice,
    pub ada: Device,
    pub ben: Device,
    pub cleo: Device,
    pub dan: Device,
}

pub fn team(seed: u64) -> Team {
    let mut dice = Dice(seed);
    let mut ada = ada(&mut dice);
    let mut ben = pair(&mut ada, "Ben's laptop", Role::Owner, &mut dice);
    let mut cleo = pair(&mut ada, "Cleo's phone", Role::Editor, &mut dice);
    let dan = pair(&mut ada, "Dan's tablet", Role::Viewer, &mut dice);
    let log = ada.log();
    ben.learn(&log);
    cleo.learn(&log);
    Team {
        dice,
        ada,
        ben,
        cleo,
        dan,
    }
}

impl Team {
    pub fn revoke(by: &mut Device, device: DeviceId, dice: &mut Dice) -> Vec<Vec<u8>> {
        by.revoke(device, &mut dice.bytes()).unwrap()
    }
}

/// Random bytes for a call, where no dice is at hand.
pub fn noise(seed: u64) -> Box<Entropy<'static>> {
    let mut dice = Dice(seed);
    Box::new(move |out: &mut [u8]| out.iter_mut().for_each(|byte| *byte = dice.next() as u8))
}
