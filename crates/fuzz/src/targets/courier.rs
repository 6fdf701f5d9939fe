//! Letters, frames and what is kept of a courier.
//!
//! The hostile one is a member: it has the keys, so its letters are sealed as they should be.

use super::must;
use super::trust::dice;
use crate::{Door, Input};
use selvage_courier::{Act, Courier, Output, RoleName};
use selvage_relay::message::Tell;
use selvage_relay::{DeviceId, LetterId, Life, LinkId, Nonce};
use selvage_trust::{Identity, Kind, Purpose, Seat};

const NOW: u64 = 1_700_000_000_000;

/// Polls all there is; gives what is to be kept and the sockets that are dialled.
fn poll(courier: &mut Courier) -> (Option<Vec<u8>>, Vec<u32>) {
    let (mut kept, mut sockets) = (None, Vec::new());
    while let Some(output) = courier.poll(NOW) {
        match output {
            Output::Keep(bytes) => kept = Some(bytes),
            Output::Dial { socket, .. } => sockets.push(socket),
            _ => {}
        }
    }
    (kept, sockets)
}

/// A field of what is kept: its length, and itself.
fn field<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let (head, after) = must(rest.split_first_chunk::<8>().ok_or("a field"));
    let (field, after) = after.split_at(u64::from_le_bytes(*head) as usize);
    *rest = after;
    field
}

/// The keys and the seat of the device, as a thief of its disk has them.
fn steal(kept: &[u8]) -> Seat {
    let mut rest = &kept[1..];
    field(&mut rest);
    let identity = must(Identity::from_bytes(field(&mut rest)));
    must(Seat::from_bytes(identity, field(&mut rest)))
}

fn enter(courier: &mut Courier, link: u64) -> Vec<u32> {
    courier.tick(NOW);
    let (_, sockets) = poll(courier);
    let welcome = Tell::Welcome {
        life: Life([1; 16]),
        keeps: true,
        last: 1000,
        link: LinkId(link),
        peers: vec![(LinkId(99), DeviceId([9; 32]))],
    };
    for &socket in &sockets {
        courier.opened(socket, NOW);
        for tell in [Tell::Challenge(Nonce([1; 32])), welcome.clone()] {
            courier.received(socket, NOW, &tell.to_bytes());
        }
    }
    sockets
}

/// The first byte of a message says what it is: bytes of the relay, a sealed letter, a frame of a
/// pairing, a summary, or what is kept.
pub fn open() -> (Vec<Input>, Door) {
    let mut courier = must(Courier::found("wss://r.example", "Ada", Box::new(dice(1))));
    let kept = must(poll(&mut courier).0.ok_or("nothing is kept"));
    let invite = Act::Invite {
        role: RoleName::Editor,
        history: true,
        base: "https://s.example/".into(),
    };
    must(courier.act(invite, NOW));
    let inviting = must(poll(&mut courier).0.ok_or("nothing is kept"));
    let link = must(courier.state().invitation.ok_or("no invitation")).link;
    let mut joining = must(Courier::join(&link, "Ben", NOW, Box::new(dice(2))));
    let joining = must(poll(&mut joining).0.ok_or("nothing is kept"));

    let mut seat = steal(&kept);
    let with = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
    // A part: its kind, the parcel's name, its place, how many there are, and its bytes.
    let part = |name: u8, place: u32, count: u32, bytes: &[u8]| {
        let head = [
            &[1_u8][..],
            &[name; 16],
            &place.to_le_bytes(),
            &count.to_le_bytes(),
        ];
        with(1, &[&head.concat()[..], bytes].concat())
    };
    let mut letters = Vec::new();
    for name in 0..3 {
        let envelope = must(seat.sign(Kind::Change, &[name; 200]));
        let (one, two) = envelope.split_at(100);
        letters.push(part(name, 0, 2, one));
        letters.push(part(name, 1, 2, two));
    }
    letters.push(with(
        1,
        &[&[2], &must(seat.checkpoint([0; 32]))[..]].concat(),
    ));
    letters.push(with(1, &[&[3][..], &7_u64.to_le_bytes()].concat()));
    letters.extend(seat.members().since(&[]).map(|op| with(2, op.bytes())));
    let frames = (1..=6)
        .map(|kind| with(3, &[&[kind][..], &[0; 40]].concat()))
        .collect();
    let summary = vec![with(4, &[&5_u32.to_le_bytes()[..], b"wrong"].concat())];
    let saved = vec![with(5, &kept), with(5, &inviting), with(5, &joining)];
    let told = [
        Tell::Pong,
        Tell::Passed { number: 1 },
        Tell::Part(vec![1; 10]),
    ];
    let told = told.iter().map(|tell| with(0, &tell.to_bytes())).collect();

    let door = move |input: &[Vec<u8>]| {
        let thief = steal(&kept);
        let random = &mut dice(3);
        let mut courier = must(Courier::from_bytes(&inviting, Box::new(dice(4))));
        let sockets = enter(&mut courier, 1);
        let mut number = 0;
        let mut letter = |courier: &mut Courier, bytes: Vec<u8>| {
            number += 1;
            let id = LetterId([number as u8; 16]);
            let tell = Tell::Letter { number, id, bytes };
            courier.received(sockets[0], NOW, &tell.to_bytes());
        };
        for message in input {
            let Some((kind, bytes)) = message.split_first() else {
                continue;
            };
            match kind % 6 {
                0 => courier.received(sockets[0], NOW, bytes),
                1 => letter(
                    &mut courier,
                    must(thief.encrypt(Purpose::Stored, bytes, random)),
                ),
                2 => letter(
                    &mut courier,
                    must(thief.encrypt(Purpose::Roster, bytes, random)),
                ),
                3 => {
                    let (link, bytes) = (LinkId(99), bytes.to_vec());
                    let tell = Tell::Frame { link, bytes };
                    courier.received(
                        *must(sockets.last().ok_or("a socket")),
                        NOW,
                        &tell.to_bytes(),
                    );
                }
                4 => {
                    let len = bytes.len() as u64;
                    let tells = [
                        Tell::Summary { covers: 900, len },
                        Tell::Part(bytes.to_vec()),
                    ];
                    for tell in tells {
                        courier.received(sockets[0], NOW, &tell.to_bytes());
                    }
                }
                _ => {
                    drop(Courier::from_bytes(bytes, Box::new(dice(5))));
                    // Behind the check against damage, too.
                    let body = &bytes[..bytes.len().saturating_sub(8)];
                    let whole = [body, &selvage_trust::checksum(body)].concat();
                    drop(Courier::from_bytes(&whole, Box::new(dice(5))));
                }
            }
            courier.state();
            // What is kept after anything can be taken up.
            if let (Some(kept), _) = poll(&mut courier) {
                must(Courier::from_bytes(&kept, Box::new(dice(6))));
            }
        }
        courier.tick(NOW + 100_000);
    };
    (vec![letters, frames, summary, saved, told], Box::new(door))
}
