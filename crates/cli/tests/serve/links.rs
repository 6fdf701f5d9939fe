//! Devices on real sockets.

use crate::device::{Device, access, dial, ends_at_once, last_words, letter};
use crate::program::{Program, server};
use futures_util::{SinkExt, StreamExt};
use selvage_relay::client::Event;
use selvage_relay::limits::{MESSAGE_BYTES_MAX, PART_BYTES};
use selvage_relay::message::Tell;
use selvage_relay::{Limits, Reason};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn two_devices_talk() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path());
    let mut a = Device::open(program.address, 1, 9).await;
    let mut b = Device::open(program.address, 2, 9).await;
    let (to_b, to_a) = (a.peer().await, b.peer().await);
    for part in 0..50u8 {
        a.send(to_b, &[part; 1000]).await;
    }
    for part in 0..50u8 {
        assert_eq!(b.next_frame().await, [part; 1000]);
    }
    b.send(to_a, b"answer").await;
    assert_eq!(a.next_frame().await, b"answer");
    a.append(1, b"hello");
    assert_eq!(a.acknowledged(1).await, 1);
    assert_eq!(b.next_letter().await, (1, b"hello".to_vec()));
}

#[tokio::test]
async fn a_device_that_was_away_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path());
    let mut a = Device::open(program.address, 1, 9).await;
    let mut b = Device::open(program.address, 2, 9).await;
    a.append(1, b"one");
    assert_eq!(b_next(&mut a, &mut b).await, (1, b"one".to_vec()));
    b.cut();
    a.append(2, b"two");
    a.acknowledged(2).await;
    // The same program dials again by itself.
    assert_eq!(b.next_letter().await, (2, b"two".to_vec()));
    // Another one goes on from the place that was kept.
    let place = b.client.place();
    drop(b);
    a.append(3, b"three");
    a.acknowledged(3).await;
    let mut b = Device::new(program.address, 2, 9, place);
    assert_eq!(b.next_letter().await, (3, b"three".to_vec()));
    // A summary of two parts takes the place of all that.
    a.until(|event| matches!(event, Event::Joined(..))).await;
    let summary = vec![7; PART_BYTES + 1];
    let covers = a.client.place().map_or(0, |place| place.number);
    a.client
        .summarize(letter(4), covers, summary)
        .expect("first");
    a.acknowledged(4).await;
    let mut c = Device::new(program.address, 3, 9, None);
    c.until(|event| *event == Event::SummaryEnded).await;
}

async fn b_next(a: &mut Device, b: &mut Device) -> (u64, Vec<u8>) {
    a.acknowledged(1).await;
    b.next_letter().await
}

#[tokio::test]
async fn keys_open_what_they_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path());
    let mut a = Device::open(program.address, 1, 9).await;
    let mut wrong = Device::new(program.address, 2, 8, None);
    assert_eq!(wrong.next_reason().await, Some(Reason::Denied));
    let mut b = Device::open(program.address, 3, 9).await;
    a.client
        .rotate(a.now_ms(), access(10).public())
        .expect("open");
    a.until(|event| *event == Event::Rotated).await;
    assert_eq!(a.next_reason().await, Some(Reason::Rotated));
    assert_eq!(b.next_reason().await, Some(Reason::Rotated));
    program.kill();
    let program = Program::start(folder.path());
    let mut old = Device::new(program.address, 1, 9, None);
    assert_eq!(old.next_reason().await, Some(Reason::Denied));
    Device::open(program.address, 1, 10).await;
}

#[tokio::test]
async fn what_was_acknowledged_outlives_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut number = 0;
    for _ in 0..4 {
        let program = Program::start(folder.path());
        let mut a = Device::open(program.address, 1, 9).await;
        for _ in 0..20 {
            number += 1;
            a.append(number, &number.to_le_bytes());
        }
        // All are under way; the program is killed while the later ones are.
        for acknowledged in number - 19..number - 10 {
            a.acknowledged(acknowledged).await;
        }
        program.kill();
        let program = Program::start(folder.path());
        let mut b = Device::open(program.address, 2, 9).await;
        let mut last = 0;
        while last < number - 11 {
            let (at, bytes) = b.next_letter().await;
            assert_eq!((at, bytes), (last + 1, (last + 1).to_le_bytes().to_vec()));
            last = at;
        }
        // What was not acknowledged is sent again, and is there once.
        let mut a = Device::open(program.address, 1, 9).await;
        for again in number - 19..=number {
            a.append(again, &again.to_le_bytes());
        }
        assert_eq!(a.acknowledged(number).await, number);
        drop((a, b));
        assert!(program.stop().success());
    }
}

#[tokio::test]
async fn a_stop_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path());
    let mut a = Device::open(program.address, 1, 9).await;
    let mut idle = dial(program.address).await;
    a.append(1, b"one");
    a.acknowledged(1).await;
    let stop = tokio::task::spawn_blocking(move || program.stop());
    assert_eq!(last_words(&mut idle).await, Some(Reason::Stopping));
    assert_eq!(a.next_reason().await, Some(Reason::Stopping));
    assert!(stop.await.expect("no panic").success());
}

#[tokio::test]
async fn what_is_too_long_is_ended_with_a_reason() {
    let address = server(Limits::default(), None).await;
    for (message, reason) in [
        (
            Message::Binary(vec![0; MESSAGE_BYTES_MAX + 1].into()),
            Reason::TooLong,
        ),
        (
            Message::Binary(vec![0; 4 * MESSAGE_BYTES_MAX].into()),
            Reason::TooLong,
        ),
        (Message::Binary(vec![99].into()), Reason::Protocol),
        (Message::Text("hello".into()), Reason::Protocol),
    ] {
        let mut socket = dial(address).await;
        socket.send(message).await.expect("open");
        assert_eq!(last_words(&mut socket).await, Some(reason));
        ends_at_once(&mut socket).await;
    }
}

#[tokio::test]
async fn a_receiver_that_does_not_read_is_dropped_and_others_go_on() {
    let stall_ms_max = 1500;
    let limits = Limits {
        stall_ms_max,
        ..Limits::default()
    };
    let address = server(limits, None).await;
    let mut a = Device::open(address, 1, 9).await;
    let mut slow = Device::open(address, 2, 9).await;
    let to_slow = a.peer().await;
    slow.peer().await;
    let mut c = Device::open(address, 3, 9).await;
    let to_c = a.until(|event| matches!(event, Event::Joined(..))).await;
    let Event::Joined(to_c, _) = to_c else {
        unreachable!()
    };
    // The system's own buffers take some megabytes before the relay notices anything.
    let sent = async {
        let mut sent = 0usize;
        loop {
            let bytes = vec![0; 64 * 1024];
            let now_ms = a.now_ms();
            match a.client.send(now_ms, to_slow, bytes) {
                Ok(()) => sent += 1,
                Err(_) => {
                    let event = a
                        .until(|event| matches!(event, Event::Writable(_) | Event::Left(_)))
                        .await;
                    if event == Event::Left(to_slow) {
                        return sent;
                    }
                }
            }
        }
    };
    let sent = tokio::time::timeout(Duration::from_secs(25), sent).await;
    assert!(sent.expect("the slow one is dropped") > 4);
    a.send(to_c, b"still here").await;
    assert_eq!(c.next_frame().await, b"still here");
}

#[tokio::test]
async fn a_relay_without_storage_forwards() {
    let program = Program::with(&["serve", "--listen", "127.0.0.1:0", "--no-storage"]);
    let mut a = Device::new(program.address, 1, 9, None);
    let opened = a.until(|event| matches!(event, Event::Opened { .. })).await;
    assert_eq!(opened, Event::Opened { keeps: false });
    let mut b = Device::open(program.address, 2, 9).await;
    let to_b = a.peer().await;
    a.send(to_b, b"offer").await;
    assert_eq!(b.next_frame().await, b"offer");
    assert!(program.stop().success());
}

#[tokio::test]
async fn a_stranger_is_told_nothing_but_a_challenge() {
    let address = server(Limits::default(), None).await;
    let mut socket = dial(address).await;
    let hello = selvage_relay::message::Ask::Hello {
        version: selvage_relay::message::VERSION,
        room: selvage_relay::RoomId([9; 32]),
        device: selvage_relay::DeviceId([9; 32]),
    };
    socket
        .send(Message::Binary(hello.to_bytes().into()))
        .await
        .expect("open");
    let Some(Ok(Message::Binary(bytes))) = socket.next().await else {
        panic!("no challenge");
    };
    assert!(matches!(Tell::from_bytes(&bytes), Some(Tell::Challenge(_))));
}
