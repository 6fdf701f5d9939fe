//! What devices say to be believed, and what they keep.

use super::must;
use crate::{Door, Input};
use selvage_trust::{
    Envelope, History, Identity, Invitation, Inviter, Joiner, Kind, Purpose, Role, Seat,
};

/// Random bytes that are the same in every run.
pub fn dice(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut dice = crate::mutate::Dice(seed);
    move |out: &mut [u8]| out.iter_mut().for_each(|byte| *byte = dice.next() as u8)
}

const NOW: u64 = 1_700_000_000_000;

/// What a device keeps.
struct Device {
    identity: Vec<u8>,
    seat: Vec<u8>,
}

impl Device {
    fn sit(&self) -> Seat {
        must(Seat::from_bytes(
            must(Identity::from_bytes(&self.identity)),
            &self.seat,
        ))
    }
}

fn with(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind], bytes].concat()
}

/// The first byte of a message says which door it goes to.
pub fn open() -> (Vec<Input>, Door) {
    let random = &mut dice(1);
    let identity = Identity::new(random);
    let keys = identity.to_bytes().to_vec();
    let mut ada = must(Seat::found(identity, "Ada", random));
    let (role, history) = (Role::Editor, History::Readable);
    let times = (NOW, NOW + 600_000);
    let mut inviter = must(Inviter::new(
        &ada,
        role,
        history,
        "wss://r.example",
        times,
        random,
    ));
    let fresh = inviter.to_bytes().to_vec();
    let link = must(inviter.invitation().link("https://s.example/"));
    let invitation = must(Invitation::parse(&link));
    let identity = Identity::new(random);
    let joiner_keys = identity.to_bytes().to_vec();
    let (mut joiner, request) = must(Joiner::new(identity, "Ben", invitation, NOW, random));
    let (_, offer) = must(inviter.request(&ada, &request, NOW, random));
    let asked = inviter.to_bytes().to_vec();
    let before = Device {
        identity: keys.clone(),
        seat: ada.to_bytes().to_vec(),
    };
    let (_, reveal) = must(joiner.offer(&offer, random));
    let talked = joiner.to_bytes().to_vec();
    must(inviter.reveal(&ada, &reveal));
    let (_, welcome) = must(inviter.accept(&mut ada, &[], NOW, random));
    let (mut ben, _) = must(joiner.welcome(&welcome));
    let mut said = Vec::new();
    for text in ["one", "two", "three"] {
        let envelope = must(ben.sign(Kind::Change, text.as_bytes()));
        said.push(with(1, &envelope));
        said.push(with(
            2,
            &must(ben.encrypt(Purpose::Stored, &envelope, random)),
        ));
    }
    said.push(with(
        1,
        &must(must(ben.sign_whole().map(|it| it.ok_or("no stubs")))),
    ));
    said.push(with(3, &must(ben.checkpoint([1; 32]))));
    let ops = ada.members().since(&[]).map(|op| with(0, op.bytes()));
    let mut log: Input = ops.collect();
    let seat = Device {
        identity: keys,
        seat: ada.to_bytes().to_vec(),
    };
    for bytes in must(ada.revoke(ben.device(), random)) {
        log.push(with(0, &bytes));
    }
    let kept = vec![
        with(4, &seat.seat),
        with(5, &fresh),
        with(5, &asked),
        with(6, &talked),
    ];
    let pairing = vec![
        with(7, link.as_bytes()),
        with(8, &request),
        with(9, &reveal),
        with(10, &offer),
        with(11, &welcome),
    ];
    let mixed = [&log[..], &said].concat();
    let door = move |input: &[Vec<u8>]| {
        let random = &mut dice(2);
        let (mut here, asked_seat) = (seat.sit(), before.sit());
        let mut inviter = must(Inviter::from_bytes(&asked));
        let keys = || must(Identity::from_bytes(&joiner_keys));
        let mut joiner = must(Joiner::from_bytes(keys(), &request, &talked));
        let mut waiting: Vec<Vec<u8>> = Vec::new();
        for message in input {
            let Some((kind, bytes)) = message.split_first() else {
                continue;
            };
            match kind % 12 {
                0 => {
                    here.receive([bytes]);
                    let _ = here.follow_up(random);
                }
                1 => {
                    waiting.push(bytes.to_vec());
                    let batch: Vec<_> = waiting.iter().map(Vec::as_slice).collect();
                    here.admit(&batch);
                    let _ = Envelope::read(here.workspace(), bytes);
                }
                2 => {
                    for purpose in [Purpose::Frame, Purpose::Stored, Purpose::Roster] {
                        let _ = here.decrypt(purpose, bytes);
                    }
                }
                3 => drop(here.compare(bytes)),
                4 => drop(Seat::from_bytes(
                    must(Identity::from_bytes(&seat.identity)),
                    bytes,
                )),
                5 => drop(Inviter::from_bytes(bytes)),
                6 => drop(Joiner::from_bytes(keys(), &request, bytes)),
                7 => drop(Invitation::parse(&String::from_utf8_lossy(bytes))),
                8 => drop(inviter.request(&asked_seat, bytes, NOW, random)),
                9 => drop(inviter.reveal(&asked_seat, bytes)),
                10 => drop(joiner.offer(bytes, random)),
                _ => {
                    let again = Joiner::from_bytes(keys(), &request, &talked);
                    drop(must(again).welcome(bytes));
                }
            }
        }
        let _ = here.overhangs();
        let _ = here.withheld();
        // What came of it can be kept and read.
        let kept = here.to_bytes();
        must(Seat::from_bytes(
            must(Identity::from_bytes(&seat.identity)),
            &kept,
        ));
    };
    (vec![log, said, kept, pairing, mixed], Box::new(door))
}
