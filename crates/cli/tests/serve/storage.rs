//! The database does what the storage in memory does, and keeps it.

use selvage_relay::store::{Mark, Read, RoomRecord, Write};
use selvage_relay::{LetterId, Life, MemoryStore, PublicKey, RoomId};
use selvage_serve::{RedbStore, ServeError};

pub fn next(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1);
    *state >> 33
}

pub fn write(random: &mut u64) -> Write {
    let room = RoomId([(next(random) % 2) as u8; 32]);
    let number = next(random) % 20;
    let id = LetterId([(next(random) % 256) as u8; 16]);
    let bytes = vec![next(random) as u8; next(random) as usize % 300];
    match next(random) % 8 {
        0 => {
            let mut record = RoomRecord::new(PublicKey([1; 32]), Life([2; 16]));
            record.last = number;
            Write::Room(room, record)
        }
        1..=3 => Write::Letter {
            room,
            number,
            mark: Mark {
                id,
                total: number * 7,
                is_summary: number.is_multiple_of(5),
            },
            bytes: (!number.is_multiple_of(5)).then_some(bytes),
        },
        4 => Write::Part {
            room,
            upload: number % 3,
            index: number,
            bytes,
        },
        5 => Write::DropLetters(room, number / 2),
        6 => Write::DropMarks(room, number / 4),
        _ => Write::DropParts(room, number % 3),
    }
}

/// All that a relay could ask of the rooms that [`write`] writes to, as far as there is something.
pub fn all(store: &dyn Read) -> Vec<String> {
    let mut all = vec![format!("{:?} rooms", store.rooms())];
    let mut add = |what: &str, key: u64, row: String| {
        if row != "Ok(None)" {
            all.push(format!("{what} {key}: {row}"));
        }
    };
    for room in [RoomId([0; 32]), RoomId([1; 32])] {
        add("room", room.0[0].into(), format!("{:?}", store.room(&room)));
        for number in 0..20 {
            add("mark", number, format!("{:?}", store.mark(&room, number)));
            add(
                "letter",
                number,
                format!("{:?}", store.letter(&room, number)),
            );
            for upload in 0..3 {
                let part = store.part(&room, upload, number);
                add("part", upload * 100 + number, format!("{part:?}"));
            }
        }
        for id in 0..=255 {
            let number = store.number(&room, &LetterId([id; 16]));
            add("id", id.into(), format!("{number:?}"));
        }
    }
    all
}

#[test]
fn a_batch_means_the_same_on_disk_and_in_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut memory = MemoryStore::default();
    let mut random = 7;
    for _ in 0..5 {
        let disk = RedbStore::open(folder.path()).expect("opens");
        assert_eq!(all(&memory), all(&disk));
        for _ in 0..8 {
            let batch: Vec<_> = (0..next(&mut random) % 12)
                .map(|_| write(&mut random))
                .collect();
            memory.commit(&batch);
            disk.commit(&batch).expect("kept");
            assert_eq!(all(&memory), all(&disk));
        }
    }
    assert!(memory.bytes() > 0);
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("relay.redb");
    std::fs::write(&file, b"something else").expect("writes");
    let error = RedbStore::open(folder.path()).expect_err("no database");
    assert!(matches!(error, ServeError::Database { .. }), "{error}");
    assert_eq!(std::fs::read(&file).expect("there"), b"something else");
}
