//! Both sides of the link to a relay.

use super::must;
use crate::{Door, Input};
use selvage_relay::client::{Client, Output, Profile};
use selvage_relay::message::{Ask, Tell};
use selvage_relay::relay::Outgoing;
use selvage_relay::{
    AccessKey, DeviceId, LetterId, Life, Limits, LinkId, MemoryStore, Nonce, Refusal, Relay, RoomId,
};

fn client_of(device: u8) -> Client {
    must(Client::new(
        Profile {
            audience: "relay".into(),
            room: RoomId([1; 32]),
            device: DeviceId([device; 32]),
            access: AccessKey::from_secret(&[2; 32]),
        },
        None,
    ))
}

/// A relay, and what it keeps.
struct Host {
    relay: Relay,
    store: MemoryStore,
}

impl Host {
    fn new() -> Self {
        Self {
            relay: Relay::new(Limits::default(), true),
            store: MemoryStore::default(),
        }
    }

    fn open(&mut self, link: u64) {
        let (nonce, life) = (Nonce([3; 32]), Life([4; 16]));
        self.relay.opened(0, LinkId(link), "relay", nonce, life);
    }

    fn hear(&mut self, link: u64, bytes: &[u8]) {
        self.relay.received(0, &self.store, LinkId(link), bytes);
        while let Some(batch) = self.relay.batch() {
            self.store.commit(&batch);
            self.relay.committed(true);
        }
    }

    /// What a link is told.
    fn say(&mut self, link: u64) -> Vec<Vec<u8>> {
        let mut said = Vec::new();
        while let Some(outgoing) = self.relay.take(0, &self.store, LinkId(link)) {
            match outgoing {
                Outgoing::Message(bytes) => {
                    self.relay.written(0, LinkId(link), bytes.len());
                    said.push(bytes);
                }
                Outgoing::Close(_) => {
                    self.relay.closed(LinkId(link));
                    break;
                }
            }
        }
        said
    }

    /// Lets a device in; gives what it said and was told.
    fn enter(&mut self, link: u64, device: u8) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let mut client = client_of(device);
        let (mut asked, mut told) = (Vec::new(), Vec::new());
        client.tick(0);
        for _ in 0..4 {
            while let Some(output) = client.poll(0) {
                match output {
                    Output::Dial => {
                        self.open(link);
                        client.opened(0);
                    }
                    Output::Write(bytes) => {
                        self.hear(link, &bytes);
                        asked.push(bytes);
                    }
                    Output::HangUp(_) | Output::Event(_) => {}
                }
            }
            for bytes in self.say(link) {
                client.received(0, &bytes);
                told.push(bytes);
            }
        }
        assert!(client.is_open(), "it is in");
        (asked, told)
    }
}

/// What links say: one that comes in, and one that is in.
pub fn server() -> (Vec<Input>, Door) {
    let id = |number| LetterId([number; 16]);
    let bytes = vec![5; 300];
    let signed = Host::new().enter(1, 1).0;
    let asks = [
        Ask::Append {
            id: id(1),
            bytes: bytes.clone(),
        },
        Ask::Append {
            id: id(2),
            bytes: bytes.clone(),
        },
        Ask::Send {
            link: LinkId(2),
            bytes: bytes.clone(),
        },
        Ask::Summarize {
            id: id(3),
            covers: 1,
            len: 300,
        },
        Ask::Part(bytes),
        Ask::Ping,
    ];
    let said = asks.iter().map(Ask::to_bytes).collect();
    let door = |input: &[Vec<u8>]| {
        let mut host = Host::new();
        host.enter(2, 2);
        host.enter(1, 1);
        host.open(7);
        for message in input {
            host.hear(1, message);
            host.hear(7, message);
            host.say(1);
            host.say(2);
        }
        host.relay.tick(200_000);
        assert!(host.relay.waiting_bytes() <= Limits::default().queue_bytes_max * 3);
    };
    (vec![signed, said], Box::new(door))
}

/// What a relay says: to a client that comes in, and to one that is in.
pub fn client() -> (Vec<Input>, Door) {
    let mut host = Host::new();
    let entered = host.enter(1, 1).1;
    let (id, bytes) = (LetterId([1; 16]), vec![5; 300]);
    let (link, life) = (LinkId(9), Life([4; 16]));
    let tells = [
        Tell::Joined(link, DeviceId([9; 32])),
        Tell::Frame {
            link,
            bytes: bytes.clone(),
        },
        Tell::Letter {
            number: 1,
            id,
            bytes: bytes.clone(),
        },
        Tell::Summary {
            covers: 3,
            len: 300,
        },
        Tell::Part(bytes),
        Tell::Appended { id, number: 4 },
        Tell::Refused {
            id,
            refusal: Refusal::RoomFull,
        },
        Tell::Credit { link, bytes: 10 },
        Tell::Passed { number: 4 },
        Tell::Left(link),
        Tell::Pong,
    ];
    let told: Input = tells.iter().map(Tell::to_bytes).collect();
    let welcome = Tell::Welcome {
        life,
        keeps: true,
        last: 9,
        link,
        peers: vec![(LinkId(3), DeviceId([3; 32]))],
    };
    let greeting = [Tell::Challenge(Nonce([3; 32])), welcome];
    let greeting: Vec<_> = greeting.iter().map(Tell::to_bytes).collect();
    let whole = [&greeting[..], &told].concat();
    let door = move |input: &[Vec<u8>]| {
        for greeting in [&greeting[..], &[]] {
            let mut client = client_of(1);
            client.tick(0);
            while client.poll(0).is_some() {}
            client.opened(0);
            must(client.append(LetterId([1; 16]), vec![1; 10]));
            for message in greeting.iter().chain(input) {
                client.received(0, message);
                while client.poll(0).is_some() {}
            }
            client.closed(1, None, 0);
            assert!(client.pending() <= 1);
        }
    };
    (vec![entered, told, whole], Box::new(door))
}
