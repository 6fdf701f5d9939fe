//! A member that means harm: it has a seat and keys, and leaves in the room what it likes.

use crate::world::{World, random};
use selvage_relay::client::{Client, Event, Output, Profile};
use selvage_relay::relay::Outgoing;
use selvage_relay::{AccessKey, DeviceId, LetterId, Life, LinkId, Nonce, RoomId};
use selvage_trust::{Identity, OpId, Purpose, Seat};

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

/// A link of somebody who has the first room's key.
pub struct Intruder {
    pub client: Client,
    link: LinkId,
    pub events: Vec<Event>,
}

impl Intruder {
    /// Enters the first room.
    pub fn enter(world: &mut World, seat: &Seat) -> Self {
        Self::enter_by(world, |label| *seat.derive(label))
    }

    /// Enters the room of an epoch, if it has its key.
    pub fn follow(world: &mut World, seat: &Seat, epoch: OpId) -> Option<Self> {
        let secret = seat.derive_of(epoch, "relay meeting")?;
        let derive = |label: &str| *seat.derive_from(&secret, label);
        Some(Self::enter_by(world, derive))
    }

    fn enter_by(world: &mut World, derive: impl Fn(&str) -> [u8; 32]) -> Self {
        world.links += 1;
        let mut device = [0xee; 32];
        device[..8].copy_from_slice(&world.links.to_le_bytes());
        let profile = Profile {
            audience: "relay.example".into(),
            room: RoomId(derive("relay room")),
            device: DeviceId(device),
            access: AccessKey::from_secret(&derive("relay access")),
        };
        let mut intruder = Self {
            client: Client::new(profile, None).unwrap(),
            link: LinkId(world.links),
            events: Vec::new(),
        };
        intruder.client.tick(world.now_ms);
        intruder.go(world);
        intruder
    }

    /// Until there is nothing to say or to hear.
    pub fn go(&mut self, world: &mut World) {
        let (link, now_ms) = (self.link, world.now_ms);
        let mut is_moved = true;
        while std::mem::take(&mut is_moved) {
            while let Some(output) = self.client.poll(now_ms) {
                is_moved = true;
                match output {
                    Output::Dial => {
                        let (nonce, life) = (Nonce([7; 32]), Life([7; 16]));
                        world
                            .relay
                            .opened(now_ms, link, "relay.example", nonce, life);
                        self.client.opened(now_ms);
                    }
                    Output::Write(bytes) => {
                        world.relay.received(now_ms, &world.store, link, &bytes)
                    }
                    Output::HangUp(reason) => panic!("{reason}"),
                    Output::Event(event) => self.events.push(event),
                }
            }
            while let Some(batch) = world.relay.batch() {
                world.store.commit(&batch);
                world.relay.committed(true);
            }
            while let Some(outgoing) = world.relay.take(now_ms, &world.store, link) {
                is_moved = true;
                match outgoing {
                    Outgoing::Message(bytes) => {
                        world.relay.written(now_ms, link, bytes.len());
                        self.client.received(now_ms, &bytes);
                    }
                    Outgoing::Close(reason) => panic!("{reason}"),
                }
            }
        }
    }

    fn name(&self, number: usize) -> LetterId {
        let mut id = [number as u8; 16];
        id[..8].copy_from_slice(&self.link.0.to_le_bytes());
        LetterId(id)
    }

    /// Leaves letters; the room may have no place for them.
    pub fn append(&mut self, world: &mut World, letters: &[Vec<u8>]) {
        for (number, letter) in letters.iter().enumerate() {
            let id = self.name(self.events.len() + number);
            self.client.append(id, letter.clone()).unwrap();
        }
        self.go(world);
    }

    /// Puts bytes in the place of all that is there; gives whether it could.
    pub fn overwrite(&mut self, world: &mut World, bytes: &[u8]) -> bool {
        let id = self.name(200 + self.events.len() % 50);
        let covers = self.client.place().unwrap().number;
        self.client.summarize(id, covers, bytes.to_vec()).unwrap();
        self.go(world);
        let is_it = |event: &Event| matches!(event, Event::Appended { id: it, .. } if *it == id);
        self.events.iter().any(is_it)
    }

    /// The letters that it was shown.
    pub fn letters(&self) -> Vec<Vec<u8>> {
        let letter = |event: &Event| match event {
            Event::Letter { bytes, .. } => Some(bytes.clone()),
            _ => None,
        };
        self.events.iter().filter_map(letter).collect()
    }

    pub fn go_away(self, world: &mut World) {
        world.relay.closed(self.link);
    }
}

/// A member leaves letters in the room.
pub fn leave(world: &mut World, seat: &Seat, letters: &[Vec<u8>]) {
    let mut intruder = Intruder::enter(world, seat);
    intruder.append(world, letters);
    intruder.go_away(world);
    world.run();
}
