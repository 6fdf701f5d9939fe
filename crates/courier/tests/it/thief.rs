//! A member that means harm: it has a seat and keys, and leaves in the room what it likes.

use crate::world::{World, random};
use selvage_relay::client::{Client, Output, Profile};
use selvage_relay::relay::Outgoing;
use selvage_relay::{AccessKey, DeviceId, LetterId, Life, LinkId, Nonce, RoomId};
use selvage_trust::{Identity, Purpose, Seat};

/// The keys and the seat of a device, as a thief of its disk has them.
pub fn steal(kept: &[u8]) -> Seat {
    fn field<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
        let (head, after) = rest.split_first_chunk::<8>().unwrap();
        let (field, after) = after.split_at(u64::from_le_bytes(*head) as usize);
        *rest = after;
        field
    }
    let mut rest = &kept[1..];
    field(&mut rest);
    let identity = Identity::from_bytes(field(&mut rest)).unwrap();
    Seat::from_bytes(identity, field(&mut rest)).unwrap()
}

/// A letter with one envelope, sealed as it should be.
pub fn sealed(seat: &Seat, name: u8, envelope: &[u8]) -> Vec<u8> {
    let head = [
        &[1][..],
        &[name; 16],
        &0_u32.to_le_bytes(),
        &1_u32.to_le_bytes(),
    ]
    .concat();
    let plain = [&head[..], envelope].concat();
    seat.encrypt(Purpose::Stored, &plain, &mut random(u64::from(name)))
        .unwrap()
}

/// A member leaves letters in the room.
pub fn leave(world: &mut World, seat: &Seat, letters: &[Vec<u8>]) {
    let profile = Profile {
        audience: "relay.example".into(),
        room: RoomId(*seat.derive("relay room")),
        device: DeviceId([0xee; 32]),
        access: AccessKey::from_secret(&seat.derive("relay access")),
    };
    let mut client = Client::new(profile, None).unwrap();
    world.links += 1;
    let (link, now_ms) = (LinkId(world.links), world.now_ms);
    for (number, letter) in letters.iter().enumerate() {
        let mut id = [number as u8; 16];
        id[0] = world.links as u8;
        client.append(LetterId(id), letter.clone()).unwrap();
    }
    client.tick(now_ms);
    while client.pending() > 0 {
        while let Some(output) = client.poll(now_ms) {
            match output {
                Output::Dial => {
                    let (nonce, life) = (Nonce([7; 32]), Life([7; 16]));
                    world
                        .relay
                        .opened(now_ms, link, "relay.example", nonce, life);
                    client.opened(now_ms);
                }
                Output::Write(bytes) => world.relay.received(now_ms, &world.store, link, &bytes),
                Output::HangUp(reason) => panic!("{reason}"),
                Output::Event(_) => {}
            }
        }
        while let Some(batch) = world.relay.batch() {
            world.store.commit(&batch);
            world.relay.committed(true);
        }
        while let Some(outgoing) = world.relay.take(now_ms, &world.store, link) {
            match outgoing {
                Outgoing::Message(bytes) => {
                    world.relay.written(now_ms, link, bytes.len());
                    client.received(now_ms, &bytes);
                }
                Outgoing::Close(reason) => panic!("{reason}"),
            }
        }
    }
    world.relay.closed(link);
    world.run();
}
