//! Every message there and back, its golden bytes, and what is no message.

use super::*;
use crate::limits::{MESSAGE_BYTES_MAX, PART_BYTES, PAYLOAD_BYTES_MAX};
use proptest::prelude::*;

fn asks() -> Vec<Ask> {
    vec![
        Ask::Hello {
            version: 1,
            room: RoomId([1; 32]),
            device: DeviceId([2; 32]),
        },
        Ask::Prove {
            key: PublicKey([3; 32]),
            signature: Signature([4; 64]),
        },
        Ask::Rotate {
            key: PublicKey([5; 32]),
            signature: Signature([6; 64]),
        },
        Ask::Send {
            link: LinkId(300),
            bytes: b"abc".to_vec(),
        },
        Ask::Append {
            id: LetterId([7; 16]),
            bytes: b"de".to_vec(),
        },
        Ask::Summarize {
            id: LetterId([8; 16]),
            covers: 127,
            len: 128,
        },
        Ask::Part(vec![9; 3]),
        Ask::Fetch { since: u64::MAX },
        Ask::Ping,
    ]
}

fn tells() -> Vec<Tell> {
    vec![
        Tell::Challenge(Nonce([1; 32])),
        Tell::Welcome {
            life: Life([2; 16]),
            keeps: true,
            last: 5,
            link: LinkId(6),
            peers: vec![(LinkId(7), DeviceId([8; 32]))],
        },
        Tell::Joined(LinkId(1), DeviceId([2; 32])),
        Tell::Left(LinkId(1)),
        Tell::Frame {
            link: LinkId(1),
            bytes: b"abc".to_vec(),
        },
        Tell::Credit {
            link: LinkId(1),
            bytes: 65_536,
        },
        Tell::Appended {
            id: LetterId([3; 16]),
            number: 4,
        },
        Tell::Refused {
            id: LetterId([3; 16]),
            refusal: Refusal::Busy,
        },
        Tell::Go {
            id: LetterId([3; 16]),
        },
        Tell::Letter {
            number: 9,
            id: LetterId([3; 16]),
            bytes: b"xyz".to_vec(),
        },
        Tell::Passed { number: 10 },
        Tell::Summary {
            covers: 11,
            len: 12,
        },
        Tell::Part(vec![1, 2]),
        Tell::Rotated,
        Tell::Pong,
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Repeats of one byte, as the golden texts below spell them.
fn fold(text: &str) -> String {
    let mut out = String::new();
    let pairs: Vec<_> = (0..text.len())
        .step_by(2)
        .map(|at| &text[at..at + 2])
        .collect();
    for run in pairs.chunk_by(|a, b| a == b) {
        let of = run[0];
        out += &if run.len() > 4 {
            format!("({of})x{} ", run.len())
        } else {
            run.concat() + " "
        };
    }
    out.trim_end().to_owned()
}

#[test]
fn every_message_comes_back() {
    for ask in asks() {
        assert_eq!(Ask::from_bytes(&ask.to_bytes()), Some(ask));
    }
    for tell in tells() {
        assert_eq!(Tell::from_bytes(&tell.to_bytes()), Some(tell));
    }
}

#[test]
fn the_bytes_are_those_of_version_1() {
    let asks: Vec<_> = asks().iter().map(|it| fold(&hex(&it.to_bytes()))).collect();
    let tells: Vec<_> = tells()
        .iter()
        .map(|it| fold(&hex(&it.to_bytes())))
        .collect();
    let golden = include_str!("golden.txt");
    assert_eq!(asks.join("\n") + "\n\n" + &tells.join("\n") + "\n", golden);
}

#[test]
fn a_message_cut_or_prolonged_is_another_one_or_none() {
    for ask in asks() {
        let bytes = ask.to_bytes();
        for len in 0..bytes.len() {
            assert_ne!(Ask::from_bytes(&bytes[..len]), Some(ask.clone()));
        }
        assert_ne!(Ask::from_bytes(&[bytes, vec![0]].concat()), Some(ask));
    }
}

#[test]
fn what_is_too_long_is_none() {
    let fits = |len| Ask::from_bytes(&Ask::Part(vec![0; len]).to_bytes()).is_some();
    assert!(fits(PART_BYTES) && fits(PAYLOAD_BYTES_MAX) && !fits(PAYLOAD_BYTES_MAX + 1));
    assert_eq!(Ask::from_bytes(&vec![6; MESSAGE_BYTES_MAX + 1]), None);
    let crowd = |count| {
        let peers = vec![(LinkId(1), DeviceId([0; 32])); count];
        let (life, last, link) = (Life([0; 16]), 0, LinkId(0));
        let keeps = false;
        let welcome = Tell::Welcome {
            life,
            keeps,
            last,
            link,
            peers,
        };
        Tell::from_bytes(&welcome.to_bytes()).is_some()
    };
    assert!(crowd(ROOM_LINKS_MAX) && !crowd(ROOM_LINKS_MAX + 1));
}

#[test]
fn an_integer_has_one_spelling() {
    assert_eq!(Ask::from_bytes(&[7, 1]), Some(Ask::Fetch { since: 1 }));
    assert_eq!(Ask::from_bytes(&[7, 0x81, 0]), None);
    let most = [[7].as_slice(), &[0xff; 9], &[1]].concat();
    assert_eq!(Ask::from_bytes(&most), Some(Ask::Fetch { since: u64::MAX }));
    let more = [[7].as_slice(), &[0xff; 9], &[2]].concat();
    assert_eq!(Ask::from_bytes(&more), None);
    assert_eq!(
        Ask::from_bytes(&[[7].as_slice(), &[0x80; 12]].concat()),
        None
    );
}

proptest! {
    #[test]
    fn garbage_is_none_or_means_what_it_says(kind in 0u8..50, rest in proptest::collection::vec(any::<u8>(), 0..200)) {
        let bytes = [vec![kind], rest].concat();
        if let Some(ask) = Ask::from_bytes(&bytes) {
            prop_assert_eq!(ask.to_bytes(), bytes.clone());
        }
        if let Some(tell) = Tell::from_bytes(&bytes) {
            prop_assert_eq!(tell.to_bytes(), bytes);
        }
    }
}
