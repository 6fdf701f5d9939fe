//! What the mailbox promises, one promise a test.

use crate::world::{World, letter};
use selvage_relay::client::{Event, Place};
use selvage_relay::limits::{LETTER_COST_BYTES, PART_BYTES};
use selvage_relay::message::Ask;
use selvage_relay::{Limits, Reason, Refusal, RelayError};

fn world() -> World {
    World::new(Limits::default(), true)
}

fn append(world: &mut World, client: usize, number: u64, bytes: &[u8]) {
    let appended = world.clients[client].append(letter(number), bytes.to_vec());
    appended.expect("fits");
    world.run();
}

#[test]
fn letters_reach_who_is_there_and_who_comes_later_once_and_in_order() {
    let mut world = world();
    let (a, b) = (world.client(1, 9), world.client(2, 9));
    append(&mut world, a, 1, b"one");
    append(&mut world, b, 2, b"two");
    world.cut(b);
    append(&mut world, a, 3, b"three");
    world.pass(1000);
    append(&mut world, a, 4, b"four");
    let of_others = |numbers: &[(u64, &[u8])]| -> Vec<(u64, Vec<u8>)> {
        numbers
            .iter()
            .map(|(number, bytes)| (*number, bytes.to_vec()))
            .collect()
    };
    assert_eq!(
        world.letters(b),
        of_others(&[(1, b"one"), (3, b"three"), (4, b"four")])
    );
    assert_eq!(world.letters(a), of_others(&[(2, b"two")]));
    let c = world.client(3, 9);
    let all: [(u64, &[u8]); 4] = [(1, b"one"), (2, b"two"), (3, b"three"), (4, b"four")];
    assert_eq!(world.letters(c), of_others(&all));
    // The same again after the relay's program was another one.
    world.restart(Limits::default(), true);
    let d = world.client(4, 9);
    assert_eq!(world.letters(d), of_others(&all));
}

#[test]
fn a_client_that_was_away_reads_before_it_mails() {
    let mut world = world();
    let (a, b) = (world.client(1, 9), world.client(2, 9));
    world.cut(b);
    for number in 1..=40 {
        append(&mut world, a, number, &[7; 60 * 1024]);
    }
    append(&mut world, b, 41, b"on the train");
    world.pass(1000);
    let at = |wanted: fn(&Event) -> bool| world.events[b].iter().rposition(wanted);
    let (read, mailed) = (
        at(|event| matches!(event, Event::Letter { number: 40, .. })),
        at(|event| matches!(event, Event::Appended { number: 41, .. })),
    );
    assert!(read.is_some() && read < mailed, "{read:?} {mailed:?}");
    // What is one's own is passed, after one was told that it is.
    assert_eq!(
        world.events[b].last(),
        Some(&Event::Passed { number: 41 }),
        "in the mailbox's order"
    );
}

#[test]
fn a_letter_that_comes_again_is_kept_once() {
    let mut world = world();
    let (a, b) = (world.client(1, 9), world.client(2, 9));
    append(&mut world, a, 1, b"x");
    append(&mut world, a, 1, b"x");
    let link = world.link_of(b);
    let (id, bytes) = (letter(1), b"x".to_vec());
    world
        .relay
        .received(0, &world.store, link, &Ask::Append { id, bytes }.to_bytes());
    append(&mut world, a, 2, b"y");
    let numbers: Vec<_> = world.events[a]
        .iter()
        .filter_map(|event| match event {
            Event::Appended { number, .. } => Some(*number),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [1, 1, 2]);
    assert_eq!(world.letters(b).len(), 2);
}

#[test]
fn a_summary_takes_the_place_of_what_it_covers() {
    let mut world = world();
    let a = world.client(1, 9);
    for number in 1..=5 {
        append(&mut world, a, number, &[number as u8; 1000]);
    }
    let summary: Vec<u8> = (0..PART_BYTES * 2 + 10).map(|at| at as u8).collect();
    world.clients[a]
        .summarize(letter(100), 4, summary.clone())
        .expect("first");
    assert_eq!(
        world.clients[a].summarize(letter(101), 4, vec![1]),
        Err(RelayError::OutboxFull)
    );
    world.run();
    append(&mut world, a, 6, b"six");
    assert_eq!(world.store.bytes(), summary.len() + 1000 + 3);

    let b = world.client(2, 9);
    assert_eq!(world.summaries(b), summary);
    assert_eq!(world.letters(b), [(5, vec![5; 1000]), (7, b"six".to_vec())]);
    let (life, number) = (world.clients[a].place().expect("entered").life, 7);
    assert_eq!(world.clients[b].place(), Some(Place { life, number }));

    // Another one takes its place; one that covers nothing new is refused.
    world.clients[b]
        .summarize(letter(102), 7, b"all".to_vec())
        .expect("first");
    world.run();
    assert_eq!(world.store.bytes(), 3);
    world.clients[b]
        .summarize(letter(103), 7, b"all".to_vec())
        .expect("first");
    world.run();
    let (id, refusal) = (letter(103), Refusal::Stale);
    assert!(world.events[b].contains(&Event::Refused { id, refusal }));
    // A covered letter that is sent again is known all the same.
    append(&mut world, a, 2, b"");
    let (id, number) = (letter(2), 2);
    assert_eq!(
        world.events[a].last(),
        Some(&Event::Appended { id, number })
    );
    assert!(world.letters(a).is_empty(), "a has all of it already");
}

#[test]
fn half_a_summary_leaves_nothing() {
    let mut world = world();
    let a = world.client(1, 9);
    append(&mut world, a, 1, b"one");
    let link = world.link_of(a);
    let say = |world: &mut World, ask: Ask| {
        world
            .relay
            .received(world.now_ms, &world.store, link, &ask.to_bytes());
    };
    let (id, covers, len) = (letter(9), 1, PART_BYTES as u64 + 1);
    say(&mut world, Ask::Summarize { id, covers, len });
    say(&mut world, Ask::Part(vec![0; PART_BYTES]));
    let batch = world.relay.batch().expect("a part");
    world.store.commit(&batch);
    world.relay.committed(true);
    assert_eq!(world.store.bytes(), 3 + PART_BYTES);
    // The program ends here, or the link does.
    let crashed = world.store.clone();
    world.cut(a);
    world.pass(1000);
    assert_eq!(world.store.bytes(), 3);
    world.store = crashed;
    world.restart(Limits::default(), true);
    world.pass(5000);
    assert_eq!(world.store.bytes(), 3);
    let b = world.client(2, 9);
    assert_eq!(world.letters(b), [(1, b"one".to_vec())]);
}

#[test]
fn a_full_room_takes_a_summary_and_then_letters_again() {
    let room_bytes_max = 10 * (LETTER_COST_BYTES + 100);
    let mut world = World::new(
        Limits {
            room_bytes_max,
            ..Limits::default()
        },
        true,
    );
    let a = world.client(1, 9);
    for number in 1..=11 {
        append(&mut world, a, number, &[0; 100]);
    }
    let (id, refusal) = (letter(11), Refusal::RoomFull);
    assert_eq!(
        world.events[a].last(),
        Some(&Event::Refused { id, refusal })
    );
    world.clients[a]
        .summarize(letter(50), 10, vec![1; 5000])
        .expect("first");
    world.run();
    append(&mut world, a, 12, &[0; 100]);
    let (id, number) = (letter(12), 12);
    assert!(world.events[a].contains(&Event::Appended { id, number }));
}

#[test]
fn a_room_that_was_lost_or_rolled_back_is_noticed() {
    let mut world = world();
    let a = world.client(1, 9);
    append(&mut world, a, 1, b"one");
    let old = world.store.clone();
    append(&mut world, a, 2, b"two");
    world.store = old;
    world.restart(Limits::default(), true);
    world.pass(1000);
    assert!(world.events[a].contains(&Event::Restarted), "rolled back");
    assert_eq!(world.letters(a), [(1, b"one".to_vec())], "all comes again");
    world.events[a].clear();
    world.store = selvage_relay::MemoryStore::default();
    world.restart(Limits::default(), true);
    world.pass(5000);
    assert!(world.events[a].contains(&Event::Restarted), "lost");
    append(&mut world, a, 3, b"three");
    assert_eq!(world.clients[a].place().map(|place| place.number), Some(1));
}

#[test]
fn a_storage_that_fails_loses_nothing_that_was_acknowledged() {
    let mut world = world();
    let a = world.client(1, 9);
    append(&mut world, a, 1, b"one");
    let link = world.link_of(a);
    let (id, bytes) = (letter(2), b"two".to_vec());
    world.clients[a].append(id, bytes).expect("fits");
    while let Some(selvage_relay::client::Output::Write(bytes)) = world.clients[a].poll(0) {
        world.relay.received(0, &world.store, link, &bytes);
    }
    world.relay.batch().expect("the letter");
    world.relay.committed(false);
    world.run();
    assert_eq!(world.reasons(a), [Reason::Storage]);
    assert_eq!(world.clients[a].pending(), 1);
    world.pass(1000);
    assert_eq!(world.clients[a].pending(), 0);
    let b = world.client(2, 9);
    assert_eq!(
        world.letters(b),
        [(1, b"one".to_vec()), (2, b"two".to_vec())]
    );
}

#[test]
fn a_summary_covers_what_its_sender_can_have_seen() {
    let mut world = world();
    let a = world.client(1, 9);
    append(&mut world, a, 1, b"one");
    let summary = world.clients[a].summarize(letter(2), 2, vec![1]);
    summary.expect("first");
    world.run();
    let (id, refusal) = (letter(2), Refusal::Stale);
    assert!(world.events[a].contains(&Event::Refused { id, refusal }));
}

#[test]
fn who_breaks_off_a_summary_keeps_nobody_from_sending_one() {
    let mut world = world();
    let (a, b) = (world.client(1, 9), world.client(2, 9));
    append(&mut world, a, 1, b"one");
    let link = world.link_of(a);
    let begin = |id| Ask::Summarize {
        id: letter(id),
        covers: 1,
        len: 5,
    };
    world
        .relay
        .received(0, &world.store, link, &begin(10).to_bytes());
    let send = |world: &mut World, id| {
        let summary = world.clients[b].summarize(letter(id), 1, b"whole".to_vec());
        summary.expect("one at a time");
        world.run();
    };
    send(&mut world, 11);
    let (id, refusal) = (letter(11), Refusal::Busy);
    assert!(world.events[b].contains(&Event::Refused { id, refusal }));
    world.relay.closed(link);
    send(&mut world, 12);
    let (id, number) = (letter(12), 2);
    assert!(world.events[b].contains(&Event::Appended { id, number }));
}

#[test]
fn a_room_that_was_made_anew_is_noticed_although_it_has_as_many_letters() {
    let mut world = world();
    let a = world.client(1, 9);
    append(&mut world, a, 1, b"one");
    world.store = selvage_relay::MemoryStore::default();
    world.restart(Limits::default(), true);
    let b = world.client(2, 9);
    append(&mut world, b, 2, b"two");
    append(&mut world, b, 3, b"three");
    world.pass(1000);
    assert!(world.events[a].contains(&Event::Restarted));
    let all = [(1, b"two".to_vec()), (2, b"three".to_vec())];
    assert_eq!(world.letters(a), all);
}
