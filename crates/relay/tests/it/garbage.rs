//! Bytes that nobody should send: nothing panics, nothing grows past its bound. `SELVAGE_SEEDS`
//! and `SELVAGE_SEED` as in the simulation.

use crate::world::{AUDIENCE, ROOM, Rng, World, letter, profile, seeds};
use selvage_relay::client::Client;
use selvage_relay::limits::{FORWARD_WINDOW_BYTES, PART_BYTES, QUEUE_BYTES_MAX, STAGED_BYTES_MAX};
use selvage_relay::message::{Ask, Tell};
use selvage_relay::relay::Outgoing;
use selvage_relay::{DeviceId, Life, Limits, LinkId, Nonce, PublicKey, Refusal, Signature};

/// A message of any kind with likely and unlikely numbers, or a text without meaning.
fn any_ask(rng: &mut Rng) -> Vec<u8> {
    let number = |rng: &mut Rng| match rng.below(3) {
        0 => rng.below(4) as u64,
        1 => rng.next(),
        _ => rng.below(200_000) as u64,
    };
    let some = |rng: &mut Rng| vec![0; [0, 1, PART_BYTES][rng.below(3)]];
    let id = letter(rng.below(20) as u64);
    let ask = match rng.below(9) {
        0 => Ask::Hello {
            version: 1,
            room: ROOM,
            device: DeviceId([9; 32]),
        },
        1 => Ask::Prove {
            key: PublicKey([1; 32]),
            signature: Signature([2; 64]),
        },
        2 => Ask::Rotate {
            key: PublicKey([1; 32]),
            signature: Signature([2; 64]),
        },
        3 => Ask::Send {
            link: LinkId(number(rng)),
            bytes: some(rng),
        },
        4 => Ask::Append {
            id,
            bytes: some(rng),
        },
        5 => Ask::Summarize {
            id,
            covers: number(rng),
            len: number(rng),
        },
        6 => Ask::Part(some(rng)),
        7 => Ask::Fetch { since: number(rng) },
        _ => Ask::Ping,
    };
    spoiled(rng, ask.to_bytes())
}

fn any_tell(rng: &mut Rng) -> Vec<u8> {
    let number = |rng: &mut Rng| {
        if rng.chance(70) {
            rng.below(5) as u64
        } else {
            rng.next()
        }
    };
    let id = letter(rng.below(5) as u64);
    let link = LinkId(number(rng));
    let bytes = vec![0; [0, 1, PART_BYTES][rng.below(3)]];
    let (life, keeps, last) = (Life([1; 16]), rng.chance(80), number(rng));
    let tell = match rng.below(15) {
        0 => Tell::Challenge(Nonce([1; 32])),
        1 => Tell::Welcome {
            life,
            keeps,
            last,
            link,
            peers: vec![(link, DeviceId([2; 32]))],
        },
        2 => Tell::Joined(link, DeviceId([3; 32])),
        3 => Tell::Left(link),
        4 => Tell::Frame { link, bytes },
        5 => Tell::Credit {
            link,
            bytes: number(rng),
        },
        6 => Tell::Appended {
            id,
            number: number(rng),
        },
        7 => Tell::Refused {
            id,
            refusal: Refusal::Busy,
        },
        8 => Tell::Go { id },
        9 => Tell::Letter {
            number: number(rng),
            id,
            bytes,
        },
        10 => Tell::Passed {
            number: number(rng),
        },
        11 => Tell::Summary {
            covers: number(rng),
            len: number(rng),
        },
        12 => Tell::Part(bytes),
        13 => Tell::Rotated,
        _ => Tell::Pong,
    };
    spoiled(rng, tell.to_bytes())
}

fn welcome() -> Tell {
    Tell::Welcome {
        life: Life([1; 16]),
        keeps: true,
        last: 3,
        link: LinkId(1),
        peers: vec![(LinkId(2), DeviceId([2; 32]))],
    }
}

fn spoiled(rng: &mut Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    if rng.chance(10) {
        let at = rng.below(bytes.len());
        bytes[at] ^= 1 << rng.below(8);
    }
    if rng.chance(5) {
        bytes.truncate(rng.below(bytes.len()));
    }
    bytes
}

#[test]
fn a_relay_outlives_what_members_and_strangers_send() {
    let (mut ended, mut messages) = (0, 0);
    for seed in seeds(300) {
        let mut rng = Rng(seed);
        let mut world = World::new(Limits::default(), seed % 4 != 0);
        let mut members = [world.client(1, 9), world.client(2, 9)];
        let stranger = LinkId(1000);
        let (nonce, life) = (Nonce([0; 32]), Life([9; 16]));
        world.relay.opened(0, stranger, AUDIENCE, nonce, life);
        for _ in 0..100 {
            let at = rng.below(2);
            if !world.clients[members[at]].is_open() {
                ended += 1;
                members[at] = world.client(at as u8 + 1, 9);
                continue;
            }
            let member = members[at];
            let link = if rng.chance(80) {
                world.link_of(member)
            } else {
                stranger
            };
            let bytes = any_ask(&mut rng);
            messages += 1;
            world
                .relay
                .received(world.now_ms, &world.store, link, &bytes);
            let links_max = 3;
            let bound = links_max * QUEUE_BYTES_MAX + STAGED_BYTES_MAX;
            assert!(world.relay.waiting_bytes() <= bound, "seed {seed}");
            if rng.chance(50) {
                world.run();
            }
        }
    }
    println!("{messages} messages, {ended} links ended");
    assert!(ended > 100 || messages < 10_000);
}

#[test]
fn a_client_outlives_what_a_relay_sends() {
    let (mut hung_up, mut opened) = (0, 0);
    for seed in seeds(500) {
        let mut rng = Rng(seed);
        let mut client = Client::new(profile(1, 9), None).expect("short");
        for number in 0..5 {
            client.append(letter(number), vec![1; 10]).expect("fits");
        }
        client
            .summarize(letter(4), 1, vec![1; PART_BYTES + 5])
            .expect("first");
        let mut now_ms = 0;
        for _ in 0..60 {
            now_ms += 1000;
            client.tick(now_ms);
            while let Some(output) = client.poll(now_ms) {
                match output {
                    selvage_relay::client::Output::Dial => client.opened(now_ms),
                    selvage_relay::client::Output::HangUp(_) => {
                        hung_up += 1;
                        client.closed(now_ms, None, rng.next());
                    }
                    _ => {}
                }
            }
            opened += usize::from(client.is_open());
            for peer in client.peers().collect::<Vec<_>>() {
                let mut sent = 0;
                while client.send(now_ms, peer.0, vec![0; 60_000]).is_ok() {
                    sent += 60_000;
                }
                assert!(sent <= FORWARD_WINDOW_BYTES);
            }
            if !client.is_open() && rng.chance(80) {
                // Let in, so that there is more to break.
                client.received(now_ms, &Tell::Challenge(Nonce([1; 32])).to_bytes());
                client.received(now_ms, &welcome().to_bytes());
            }
            client.received(now_ms, &any_tell(&mut rng));
        }
    }
    println!("{hung_up} times hung up, {opened} times open");
    assert!(hung_up > 500 && opened > 500 || opened + hung_up < 1000);
}

#[test]
fn who_is_not_in_gets_nothing_but_a_challenge() {
    for seed in seeds(500) {
        let mut rng = Rng(seed);
        let mut world = World::new(Limits::default(), true);
        let member = world.client(1, 9);
        world.clients[member]
            .append(letter(1), b"secret".to_vec())
            .expect("fits");
        world.run();
        let stranger = LinkId(1000);
        let (nonce, life) = (Nonce([0; 32]), Life([9; 16]));
        world.relay.opened(0, stranger, AUDIENCE, nonce, life);
        for _ in 0..20 {
            let bytes = any_ask(&mut rng);
            world.relay.received(0, &world.store, stranger, &bytes);
            while let Some(out) = world.relay.take(0, &world.store, stranger) {
                match out {
                    Outgoing::Message(bytes) => {
                        assert_eq!(bytes, Tell::Challenge(nonce).to_bytes());
                    }
                    Outgoing::Close(_) => {}
                }
            }
        }
        world.run();
        assert_eq!(world.clients[member].peers().count(), 0);
    }
}
