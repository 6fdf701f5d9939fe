//! Tests of the module above.

use super::*;

fn node() -> NodeId {
    NodeId::from_random(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10).expect("random")
}

fn samples() -> Vec<Message> {
    let heads = Heads::new(vec![[1; 32]]);
    let text = |byte| TextUpdate {
        node: node(),
        after: heads.clone(),
        update: vec![byte],
    };
    let (from, to) = ([0; 16], Some([9; 16]));
    let list = Of::List(vec![(node(), [4; 8])]);
    vec![
        Message::Hello {
            version: VERSION,
            digest: Hash([7; 32]),
        },
        Message::Same,
        Message::Have {
            heads: heads.clone(),
            samples: vec![[2; 32], [3; 32]],
            texts: Hash([8; 32]),
        },
        Message::Document {
            heads: heads.clone(),
            bytes: vec![1, 2, 3],
        },
        Message::Changes {
            heads: heads.clone(),
            changes: vec![vec![1], vec![2, 3]],
        },
        Message::Blobs(vec![vec![], vec![5; 300]]),
        Message::Texts(vec![text(1), text(2)]),
        Message::Ranges(vec![
            Range {
                from,
                to,
                of: Of::Hash([3; 16]),
            },
            Range {
                from,
                to: None,
                of: list,
            },
        ]),
        Message::TextWant {
            node: node(),
            state: vec![1, 5, 6],
            back: true,
        },
        Message::BlobWant {
            hash: Hash([7; 32]),
            from: 70_000,
        },
        Message::Part(BlobPart {
            hash: Hash([7; 32]),
            from: 3,
            bytes: vec![9, 9],
        }),
        Message::Got(262_144),
        Message::Restart,
        Message::Close(2),
        Message::Thinned(vec![(Hash([6; 32]), 1_700_000_000_000)]),
    ]
}

#[test]
fn every_message_survives_its_bytes_and_every_cut_waits_for_more() {
    for message in samples() {
        let mut bytes = Vec::new();
        message.write(&mut bytes);
        assert_eq!(
            Message::read(&bytes),
            Ok(Some((message.clone(), bytes.len())))
        );
        for cut in 0..bytes.len() {
            assert_eq!(Message::read(&bytes[..cut]), Ok(None), "{message:?} {cut}");
        }
        let body_len = bytes.len() - 1;
        if body_len < 127
            && !matches!(
                message,
                Message::Document { .. } | Message::Part(_) | Message::TextWant { .. }
            )
        {
            bytes[0] += 1;
            bytes.push(0);
            assert_eq!(
                Message::read(&bytes),
                Err(()),
                "{message:?} and a byte more"
            );
        }
    }
}

/// The bytes are part of the protocol: a peer of any version sends and reads them.
#[test]
fn the_bytes_of_version_1() {
    let mut bytes = Vec::new();
    for message in samples() {
        message.write(&mut bytes);
    }
    let rest = bytes.len() - 41;
    assert_eq!(rest, 829);
    assert_eq!(
        Hash::of(&bytes[..rest]).to_string(),
        "bd24d2de838dd582107364d23f0c79730105eb8c20397a7423a1df79d841a865"
    );
    let hello = [&[34, 0, 1][..], &[7; 32]].concat();
    assert!(bytes.starts_with(&hello));
    assert_eq!(bytes[hello.len()..][..2], [1, 1], "same");
    assert_eq!(bytes[rest - 3..rest], [2, 13, 2], "close");
    assert_eq!(bytes[rest..][..4], [40, 14, 1, 6], "thinned");
}

#[test]
fn lengths_past_message_bytes_max_and_counts_without_bytes_are_refused() {
    let mut long = Vec::new();
    put(&mut long, MESSAGE_BYTES_MAX as u64 + 1);
    assert_eq!(Message::read(&long), Err(()));
    assert_eq!(
        Message::read(&[0xff; 10]),
        Err(()),
        "a length without an end"
    );
    for kind in [4, 5, 6, 7, 14] {
        // Four billion things in six bytes.
        let bytes = [6, kind, 0xff, 0xff, 0xff, 0xff, 0x0f];
        assert_eq!(Message::read(&bytes), Err(()), "{kind}");
    }
}
