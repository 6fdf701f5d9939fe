//! Devices, a relay, and what is between them.

use selvage_courier::{Act, Courier, Output, RoleName, State};
use selvage_relay::relay::Outgoing;
use selvage_relay::{Life, Limits, LinkId, MemoryStore, Nonce, Relay};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

type Bend = Box<dyn FnMut(usize, &mut Vec<u8>) -> bool>;

pub struct Device {
    pub courier: Courier,
    pub kept: Vec<u8>,
    pub landed: Vec<Vec<u8>>,
    pub sends_all: usize,
    /// What the workspace holds: all that was sent here or landed.
    pub contents: BTreeSet<Vec<u8>>,
    owes_all: bool,
    /// What was written here, and how far that was mailed, as the courier was told last.
    pub own: Vec<Vec<u8>>,
    pub cursor: Vec<u8>,
    /// Whether what comes becomes part of the workspace: not while it rests on what did not come.
    pub lands: bool,
    /// It left, and whether the others know.
    pub left: Option<bool>,
    pub sockets: BTreeMap<u32, LinkId>,
    pub is_online: bool,
    /// Who said what.
    pub said: Vec<(String, String)>,
}

pub struct World {
    pub relay: Relay,
    pub store: MemoryStore,
    pub devices: Vec<Device>,
    pub links: u64,
    starts: u64,
    pub now_ms: u64,
    /// Who invites, and whether those who come in read what was sealed before.
    pub inviter: usize,
    pub history: bool,
    /// Whether devices mail all that they have when they are asked to, as workspaces do.
    pub mails_all: bool,
    /// What the relay does to a message for a device; `false` drops it.
    pub bend: Bend,
    /// Messages that are on their way between two devices, without the relay; `None` while there is
    /// no direct link.
    pub direct: Option<VecDeque<(usize, Vec<u8>)>>,
    /// How many messages went over direct links.
    pub directly: usize,
}

pub fn random(seed: u64) -> selvage_courier::Random {
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
    pub fn new() -> Self {
        Self::with_relay(true)
    }

    /// The relay keeps letters, or nothing.
    pub fn with_relay(keeps: bool) -> Self {
        let mut world = Self {
            relay: Relay::new(Limits::default(), keeps),
            store: MemoryStore::default(),
            devices: Vec::new(),
            links: 0,
            starts: 0,
            now_ms: 1_700_000_000_000,
            inviter: 0,
            history: true,
            mails_all: !keeps,
            bend: Box::new(|_, _| true),
            direct: None,
            directly: 0,
        };
        world.add(Courier::found("wss://relay.example", "Laptop", random(1)).unwrap());
        world.run();
        world
    }

    pub fn add(&mut self, courier: Courier) -> usize {
        self.devices.push(Device {
            courier,
            kept: Vec::new(),
            landed: Vec::new(),
            sends_all: 0,
            contents: BTreeSet::new(),
            owes_all: false,
            own: Vec::new(),
            cursor: Vec::new(),
            lands: true,
            left: None,
            sockets: BTreeMap::new(),
            is_online: true,
            said: Vec::new(),
        });
        self.devices.len() - 1
    }

    /// Two devices link without the relay.
    pub fn link(&mut self, one: usize, other: usize) {
        self.direct = Some(VecDeque::new());
        for (at, to) in [(one, other), (other, one)] {
            let (to, now_ms) = (self.id(to), self.now_ms);
            self.devices[at].courier.direct_opened(&to, now_ms).unwrap();
        }
    }

    /// What is on its way between them is lost.
    pub fn unlink(&mut self, one: usize, other: usize) {
        self.direct = None;
        for (at, to) in [(one, other), (other, one)] {
            let (to, now_ms) = (self.id(to), self.now_ms);
            self.devices[at].courier.direct_closed(&to, now_ms).unwrap();
        }
    }

    /// Of two devices that are linked, each message is from the other one.
    fn deliver(&mut self) {
        while let Some((to, bytes)) = self.direct.as_mut().and_then(VecDeque::pop_front) {
            self.directly += 1;
            let from = self.id(usize::from(to == 0));
            let courier = &mut self.devices[to].courier;
            courier.direct_received(&from, &bytes, self.now_ms).unwrap();
        }
    }

    pub fn run(&mut self) {
        for _ in 0..200 {
            self.run_once();
        }
    }

    pub fn run_once(&mut self) {
        self.now_ms += 10;
        self.deliver();
        for at in 0..self.devices.len() {
            if self.devices[at].is_online {
                self.devices[at].courier.tick(self.now_ms);
            }
            self.perform(at);
            self.mail(at);
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

    pub fn close(&mut self, at: usize, socket: u32, code: Option<u16>) {
        if let Some(link) = self.devices[at].sockets.remove(&socket) {
            self.relay.closed(link);
            self.devices[at].courier.closed(socket, self.now_ms, code);
        }
    }

    pub fn perform(&mut self, at: usize) {
        while self.step(at) {}
        let device = &mut self.devices[at];
        if std::mem::take(&mut device.owes_all) {
            // Two parcels, and the second one says that it was the last.
            let items: Vec<_> = device.contents.iter().cloned().collect();
            let (some, others) = items.split_at(items.len() / 2);
            device.cursor = (device.own.len() as u64).to_le_bytes().to_vec();
            for (items, cursor) in [(some, None), (others, Some(&device.cursor[..]))] {
                // A device that may not write any more has nothing to mail.
                let _ = device.courier.send(&items.join(&b'\n'), cursor);
            }
        }
    }

    /// Performs one thing; gives whether there was one.
    pub fn step(&mut self, at: usize) -> bool {
        let Some(output) = self.devices[at].courier.poll(self.now_ms) else {
            return false;
        };
        let device = &mut self.devices[at];
        match output {
            Output::Keep(bytes) => device.kept = bytes,
            Output::Dial { socket, address } => {
                assert_eq!(address, "wss://relay.example/relay");
                self.links += 1;
                let link = LinkId(self.links);
                device.sockets.insert(socket, link);
                let life = [self.links.to_le_bytes(); 2].concat().try_into().unwrap();
                let (nonce, life) = (Nonce([self.links as u8; 32]), Life(life));
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
                let items = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec);
                device
                    .contents
                    .extend(items.filter(|item| !item.is_empty()));
                device.landed.push(bytes);
                if device.lands {
                    device.courier.landed(&device.cursor);
                }
            }
            Output::SendAll => {
                device.sends_all += 1;
                device.owes_all = self.mails_all;
            }
            Output::Left { told } => device.left = Some(told),
            Output::Said { device, text } => self.devices[at].said.push((device, text)),
            Output::Direct { device, bytes } => {
                let to = (0..self.devices.len()).find(|&to| self.id(to) == device);
                if let Some(direct) = &mut self.direct {
                    direct.push_back((to.unwrap(), bytes));
                }
            }
            Output::Changed => {}
        }
        true
    }

    /// The network of a device goes: it does not dial until it is back.
    pub fn offline(&mut self, at: usize) {
        for socket in self.devices[at].sockets.clone().into_keys() {
            self.close(at, socket, None);
        }
        self.devices[at].is_online = false;
    }

    pub fn online(&mut self, at: usize) {
        self.devices[at].is_online = true;
        self.act(at, Act::Retry);
        self.run();
    }

    pub fn restart(&mut self, at: usize) {
        for socket in self.devices[at].sockets.clone().into_keys() {
            self.close(at, socket, None);
        }
        // No two programs have the same randomness.
        self.starts += 1;
        let device = &mut self.devices[at];
        device.courier = Courier::from_bytes(&device.kept, random(1_000 + self.starts)).unwrap();
        device.cursor = device.courier.cursor().to_vec();
        device.owes_all = self.mails_all && device.cursor.is_empty();
    }

    /// The workspace of a device keeps an item, which is mailed as soon as that can be.
    pub fn write(&mut self, at: usize, item: Vec<u8>) {
        let device = &mut self.devices[at];
        device.contents.insert(item.clone());
        device.own.push(item);
    }

    /// Mails what was written and not mailed yet.
    pub fn mail(&mut self, at: usize) {
        let device = &mut self.devices[at];
        if device.own.is_empty() {
            return;
        }
        let mailed = device.cursor.first_chunk().copied().map(u64::from_le_bytes);
        let new = &device.own[mailed.unwrap_or(0) as usize..];
        if !new.is_empty() && !device.owes_all && device.courier.can_send() {
            device.cursor = (device.own.len() as u64).to_le_bytes().to_vec();
            let parcel = new.join(&b'\n');
            device.courier.send(&parcel, Some(&device.cursor)).unwrap();
        }
    }

    pub fn act(&mut self, at: usize, act: Act) {
        self.devices[at].courier.act(act, self.now_ms).unwrap();
    }

    pub fn state(&self, at: usize) -> State {
        self.devices[at].courier.state()
    }

    pub fn send(&mut self, at: usize, parcel: &[u8]) {
        let device = &mut self.devices[at];
        device.contents.insert(parcel.to_vec());
        device.cursor = parcel.to_vec();
        device.courier.send(parcel, Some(parcel)).unwrap();
    }

    pub fn invite(&mut self, role: RoleName, seed: u64) -> usize {
        let base = "https://selvage.example/".to_owned();
        let (inviter, history) = (self.inviter, self.history);
        self.act(
            inviter,
            Act::Invite {
                role,
                history,
                base,
            },
        );
        self.run();
        let link = self.state(inviter).invitation.unwrap().link;
        let joiner = Courier::join(&link, "Phone", self.now_ms, random(seed)).unwrap();
        let at = self.add(joiner);
        self.run();
        at
    }

    pub fn pair(&mut self, role: RoleName, seed: u64) -> usize {
        let at = self.invite(role, seed);
        let (invitation, joining) = (
            self.state(self.inviter).invitation.unwrap(),
            self.state(at).joining.unwrap(),
        );
        assert!(invitation.code.is_some());
        assert_eq!(invitation.code, joining.code);
        assert_eq!(invitation.name.as_deref(), Some("Phone"));
        self.act(self.inviter, Act::Accept);
        self.run();
        assert_eq!(self.state(self.inviter).invitation, None);
        assert_eq!(self.state(at).joining, None);
        at
    }

    pub fn id(&self, at: usize) -> String {
        self.state(at)
            .members
            .into_iter()
            .find(|member| member.is_self)
            .unwrap()
            .id
    }

    pub fn codes(&self, at: usize) -> Vec<&'static str> {
        self.state(at)
            .findings
            .iter()
            .map(|finding| finding.code)
            .collect()
    }
}
