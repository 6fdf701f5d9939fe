//! Devices share a workspace over a real relay, in memory.

#![allow(clippy::unwrap_used)]

use selvage_courier::{Act, Courier, LinkState, Output, RoleName, State};
use selvage_relay::relay::Outgoing;
use selvage_relay::{Life, Limits, LinkId, MemoryStore, Nonce, Relay};
use std::collections::BTreeMap;

type Bend = Box<dyn FnMut(usize, &mut Vec<u8>) -> bool>;

struct Device {
    courier: Courier,
    kept: Vec<u8>,
    landed: Vec<Vec<u8>>,
    sends_all: usize,
    sockets: BTreeMap<u32, LinkId>,
    is_online: bool,
}

struct World {
    relay: Relay,
    store: MemoryStore,
    devices: Vec<Device>,
    links: u64,
    now_ms: u64,
    /// What the relay does to a message for a device; `false` drops it.
    bend: Bend,
}

fn random(seed: u64) -> selvage_courier::Random {
    let mut state = seed;
    Box::new(move |out| {
        for byte in out {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (state >> 56) as u8;
        }
    })
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            relay: Relay::new(Limits::default(), true),
            store: MemoryStore::default(),
            devices: Vec::new(),
            links: 0,
            now_ms: 1_700_000_000_000,
            bend: Box::new(|_, _| true),
        };
        world.add(Courier::found("wss://relay.example", "Laptop", random(1)).unwrap());
        world.run();
        world
    }

    fn add(&mut self, courier: Courier) -> usize {
        self.devices.push(Device {
            courier,
            kept: Vec::new(),
            landed: Vec::new(),
            sends_all: 0,
            sockets: BTreeMap::new(),
            is_online: true,
        });
        self.devices.len() - 1
    }

    fn run(&mut self) {
        for _ in 0..200 {
            self.now_ms += 10;
            for at in 0..self.devices.len() {
                if self.devices[at].is_online {
                    self.devices[at].courier.tick(self.now_ms);
                }
                self.perform(at);
            }
            while let Some(batch) = self.relay.batch() {
                self.store.commit(&batch);
                self.relay.committed(true);
            }
            for at in 0..self.devices.len() {
                let sockets: Vec<_> = self.devices[at].sockets.clone().into_iter().collect();
                for (socket, link) in sockets {
                    while let Some(outgoing) = self.relay.take(self.now_ms, &self.store, link) {
                        match outgoing {
                            Outgoing::Message(mut bytes) => {
                                self.relay.written(self.now_ms, link, bytes.len());
                                if (self.bend)(at, &mut bytes) {
                                    self.devices[at]
                                        .courier
                                        .received(socket, self.now_ms, &bytes);
                                }
                            }
                            Outgoing::Close(reason) => {
                                self.close(at, socket, Some(reason.close_code()))
                            }
                        }
                    }
                }
            }
        }
    }

    fn close(&mut self, at: usize, socket: u32, code: Option<u16>) {
        if let Some(link) = self.devices[at].sockets.remove(&socket) {
            self.relay.closed(link);
            self.devices[at].courier.closed(socket, self.now_ms, code);
        }
    }

    fn perform(&mut self, at: usize) {
        while let Some(output) = self.devices[at].courier.poll(self.now_ms) {
            let device = &mut self.devices[at];
            match output {
                Output::Keep(bytes) => device.kept = bytes,
                Output::Dial { socket, address } => {
                    assert_eq!(address, "wss://relay.example/relay");
                    self.links += 1;
                    let link = LinkId(self.links);
                    device.sockets.insert(socket, link);
                    let (nonce, life) =
                        (Nonce([self.links as u8; 32]), Life([self.links as u8; 16]));
                    self.relay
                        .opened(self.now_ms, link, "relay.example", nonce, life);
                    device.courier.opened(socket, self.now_ms);
                }
                Output::Write { socket, bytes } => {
                    if let Some(&link) = device.sockets.get(&socket) {
                        self.relay.received(self.now_ms, &self.store, link, &bytes);
                    }
                }
                Output::HangUp { socket, code } => self.close(at, socket, Some(code)),
                Output::Parcel(bytes) => {
                    device.landed.push(bytes);
                    let cursor = [device.landed.len() as u8];
                    device.courier.landed(&cursor);
                }
                Output::SendAll => device.sends_all += 1,
                Output::Changed => {}
            }
        }
    }

    /// The network of a device goes: it does not dial until it is back.
    fn offline(&mut self, at: usize) {
        for socket in self.devices[at].sockets.clone().into_keys() {
            self.close(at, socket, None);
        }
        self.devices[at].is_online = false;
    }

    fn online(&mut self, at: usize) {
        self.devices[at].is_online = true;
        self.act(at, Act::Retry);
        self.run();
    }

    fn restart(&mut self, at: usize) {
        for socket in self.devices[at].sockets.clone().into_keys() {
            self.close(at, socket, None);
        }
        let kept = self.devices[at].kept.clone();
        self.devices[at].courier = Courier::from_bytes(&kept, random(99 + self.now_ms)).unwrap();
    }

    fn act(&mut self, at: usize, act: Act) {
        self.devices[at].courier.act(act, self.now_ms).unwrap();
    }

    fn state(&self, at: usize) -> State {
        self.devices[at].courier.state(self.now_ms)
    }

    fn send(&mut self, at: usize, parcel: &[u8]) {
        self.devices[at].courier.send(parcel, Some(parcel)).unwrap();
    }

    fn invite(&mut self, role: RoleName, seed: u64) -> usize {
        let base = "https://selvage.example/".to_owned();
        self.act(
            0,
            Act::Invite {
                role,
                history: true,
                base,
            },
        );
        self.run();
        let link = self.state(0).invitation.unwrap().link;
        let joiner = Courier::join(&link, "Phone", self.now_ms, random(seed)).unwrap();
        let at = self.add(joiner);
        self.run();
        at
    }

    fn pair(&mut self, role: RoleName, seed: u64) -> usize {
        let at = self.invite(role, seed);
        let (invitation, joining) = (
            self.state(0).invitation.unwrap(),
            self.state(at).joining.unwrap(),
        );
        assert!(invitation.code.is_some());
        assert_eq!(invitation.code, joining.code);
        assert_eq!(invitation.name.as_deref(), Some("Phone"));
        self.act(0, Act::Accept);
        self.run();
        assert_eq!(self.state(0).invitation, None);
        assert_eq!(self.state(at).joining, None);
        at
    }

    fn id(&self, at: usize) -> String {
        self.state(at)
            .members
            .into_iter()
            .find(|member| member.is_self)
            .unwrap()
            .id
    }

    fn codes(&self, at: usize) -> Vec<&'static str> {
        self.state(at)
            .findings
            .iter()
            .map(|finding| finding.code)
            .collect()
    }
}

#[test]
fn two_devices_pair_and_edit_both_ways() {
    let mut world = World::new();
    world.send(0, b"before");
    let phone = world.pair(RoleName::Editor, 2);
    assert_eq!(world.devices[0].sends_all, 1, "the new device needs all");
    world.send(0, b"bread");
    let large = vec![7; 400 * 1024];
    world.send(phone, &large);
    world.run();
    assert_eq!(world.devices[0].landed, [large]);
    assert_eq!(world.devices[phone].landed, [b"bread".to_vec()]);
    for at in [0, phone] {
        let state = world.state(at);
        assert_eq!(
            (state.pending, state.link, state.problem),
            (0, LinkState::Open, None)
        );
        assert!(state.members.iter().all(|member| member.online));
        assert_eq!(state.findings, []);
    }
}

#[test]
fn a_restart_in_the_middle_loses_nothing() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    world.offline(phone);
    world.send(phone, b"on the train");
    world.perform(phone);
    world.restart(phone);
    assert_eq!(world.devices[phone].courier.cursor(), b"on the train");
    world.send(0, b"at home");
    world.run();
    world.restart(0);
    world.online(phone);
    assert_eq!(world.devices[0].landed, [b"on the train".to_vec()]);
    assert_eq!(world.devices[phone].landed, [b"at home".to_vec()]);
    world.send(phone, b"again");
    world.run();
    assert_eq!(world.devices[0].landed.last().unwrap(), b"again");
    assert_eq!(world.codes(0), Vec::<&str>::new());
}

#[test]
fn what_a_viewer_sends_is_refused_and_shown() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let id = world.id(phone);
    world.offline(phone);
    world.send(phone, b"too late");
    world.act(
        0,
        Act::SetRole {
            device: id,
            role: RoleName::Viewer,
        },
    );
    world.run();
    world.online(phone);
    assert_eq!(world.devices[0].landed, Vec::<Vec<u8>>::new());
    assert_eq!(world.codes(0), ["REFUSED"]);
    assert!(!world.devices[phone].courier.can_send());
    assert!(world.devices[phone].courier.send(b"no", None).is_err());
}

#[test]
fn what_a_revoked_device_sends_is_refused_and_it_is_told() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Editor, 3);
    let id = world.id(phone);
    world.offline(phone);
    world.send(phone, b"by the thief");
    world.act(0, Act::Revoke { device: id });
    world.send(0, b"secret");
    world.run();
    world.online(phone);
    assert_eq!(world.devices[tablet].landed, [b"secret".to_vec()]);
    assert_eq!(world.devices[phone].landed, Vec::<Vec<u8>>::new());
    assert_eq!(world.state(phone).problem.unwrap().code, "REVOKED");
    assert_eq!(world.state(phone).link, LinkState::Off);
    assert_eq!(world.state(0).members.len(), 2);
    assert_eq!(world.codes(0), ["REFUSED"]);
}

#[test]
fn a_device_whose_code_differs_is_kept_out() {
    let mut world = World::new();
    let phone = world.invite(RoleName::Editor, 2);
    world.act(0, Act::Refuse);
    world.run();
    assert_eq!(world.state(0).members.len(), 1);
    assert!(!world.state(phone).shared);
    assert_eq!(world.state(phone).problem.unwrap().code, "PAIRING");
}

#[test]
fn a_relay_that_alters_a_letter_is_shown() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    world.bend = Box::new(move |at, bytes| {
        if at == phone && bytes[0] == 41 {
            *bytes.last_mut().unwrap() ^= 1;
        }
        true
    });
    world.send(0, b"bread");
    world.run();
    assert_eq!(world.devices[phone].landed, Vec::<Vec<u8>>::new());
    assert!(world.codes(phone).contains(&"ALTERED"));
}

#[test]
fn a_relay_that_repeats_a_letter_lands_nothing_twice() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let mut first: Option<Vec<u8>> = None;
    // The second letter's contents become those of the first: what follows number and id.
    world.bend = Box::new(move |at, bytes| {
        if at == phone && bytes[0] == 41 {
            let head = bytes
                .iter()
                .skip(1)
                .position(|byte| byte & 128 == 0)
                .unwrap()
                + 2
                + 16;
            match &first {
                None => first = Some(bytes[head..].to_vec()),
                Some(first) => {
                    bytes.truncate(head);
                    bytes.extend(first);
                }
            }
        }
        true
    });
    world.send(0, b"one");
    world.send(0, b"two");
    world.run();
    assert_eq!(world.devices[phone].landed, [b"one".to_vec()]);
    assert_eq!(world.codes(phone), ["REPEATED"]);
}

#[test]
fn a_relay_that_withholds_is_shown_by_another_device() {
    let mut world = World::new();
    let phone = world.pair(RoleName::Editor, 2);
    let tablet = world.pair(RoleName::Editor, 3);
    // The tablet's parcel never reaches the phone: the relay puts something else in its place.
    let mut count = 0;
    world.bend = Box::new(move |at, bytes| {
        if at == phone && bytes[0] == 41 {
            count += 1;
            if count == 1 {
                let len = bytes.len();
                bytes[len - 20..].fill(0);
            }
        }
        true
    });
    world.send(tablet, b"withheld");
    world.run();
    world.now_ms += 61_000;
    world.devices[0].courier.tick(world.now_ms);
    world.run();
    assert_eq!(world.devices[phone].landed, Vec::<Vec<u8>>::new());
    assert!(
        world.codes(phone).contains(&"WITHHELD"),
        "{:?}",
        world.codes(phone)
    );
}

#[test]
fn a_parcel_past_the_limit_is_refused() {
    let mut world = World::new();
    let large = vec![0; selvage_courier::limits::PARCEL_BYTES_MAX + 1];
    assert!(world.devices[0].courier.send(&large, None).is_err());
}
