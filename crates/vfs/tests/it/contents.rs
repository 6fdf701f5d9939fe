//! Contents that come piece by piece.

use crate::disk::{Disk, Fault};
use crate::world::{DURABLE, Place, SharedMemory, World};
use selvage_vfs::limits::{
    ARRIVING_BYTES_MAX, ARRIVING_CONTENTS_MAX, ARRIVING_HELD_BYTES_MAX, FILE_BYTES_MAX,
};
use selvage_vfs::storage::PIECE_BYTES;
use selvage_vfs::{Hash, Op, Result, VfsError, Workspace};

/// Three MiB and a bit, no two pieces alike.
fn large(seed: u32) -> Vec<u8> {
    let numbers = 0..3 * 262_144 + 11u32;
    numbers
        .flat_map(|n| (n.wrapping_mul(2_654_435_761) ^ seed).to_le_bytes())
        .collect()
}

/// Brings the rest of a content; gives how much of it was here.
fn bring(workspace: &mut Workspace, bytes: &[u8]) -> Result<u64> {
    let hash = Hash::of(bytes);
    let held = workspace.begin_content(&hash, bytes.len() as u64)?;
    let mut from = held as usize;
    for part in bytes[from..].chunks(100_003) {
        let is_whole = workspace.add_content(&hash, from as u64, part)?;
        from += part.len();
        assert_eq!(is_whole, from == bytes.len());
    }
    Ok(held)
}

fn put(path: &str, bytes: &[u8]) -> Op {
    Op::Put {
        path: path.into(),
        hash: Hash::of(bytes),
        create_only: true,
    }
}

#[test]
fn d10_a_content_comes_in_pieces_is_seen_when_it_is_whole_and_is_read_by_ranges() {
    let places: [fn(Disk) -> Place; 3] = [
        |_| Place::Memory(SharedMemory::default()),
        DURABLE[0],
        DURABLE[1],
    ];
    for place in places {
        let bytes = large(1);
        let hash = Hash::of(&bytes);
        let mut world = World::on(place(Disk::new()));
        let workspace = &mut world.workspace;
        workspace
            .begin_content(&hash, bytes.len() as u64)
            .expect("there is room");
        for (number, part) in bytes[..3_000_000].chunks(500_000).enumerate() {
            let from = number as u64 * 500_000;
            assert!(!workspace.add_content(&hash, from, part).expect("fits"));
        }
        assert_eq!(workspace.content_size(&hash).expect("reads"), None);
        assert!(!workspace.has_content(&hash).expect("reads"));
        let unread = VfsError::NotFound {
            path: hash.to_string(),
        };
        assert_eq!(workspace.read_hash(&hash), Err(unread.clone()));
        assert_eq!(workspace.read_range(&hash, 0, 10), Err(unread));
        // Sent once more from further back: what is known is passed over.
        assert!(
            workspace
                .add_content(&hash, 2_900_000, &bytes[2_900_000..])
                .expect("fits")
        );
        world.apply("Name it", &[put("d/large.bin", &bytes)]);
        world.reopen();
        let workspace = &mut world.workspace;
        assert_eq!(workspace.read("d/large.bin").expect("there"), bytes);
        assert_eq!(
            workspace.begin_content(&hash, 5).expect("is here"),
            bytes.len() as u64,
            "nothing has to come again"
        );
        for (from, len) in [
            (0, 10),
            (PIECE_BYTES - 3, 7),
            (PIECE_BYTES, 2 * PIECE_BYTES + 1),
            (bytes.len() - 4, 100),
            (bytes.len(), 1),
        ] {
            let end = bytes.len().min(from + len);
            assert_eq!(
                workspace
                    .read_range(&hash, from as u64, len)
                    .expect("reads"),
                bytes[from..end]
            );
        }
    }
}

#[test]
fn d10_what_was_interrupted_goes_on_where_it_stopped() {
    for place in DURABLE {
        let bytes = large(2);
        let hash = Hash::of(&bytes);
        let mut world = World::on(place(Disk::new()));
        world
            .workspace
            .begin_content(&hash, bytes.len() as u64)
            .expect("there is room");
        world
            .workspace
            .add_content(&hash, 0, &bytes[..2_000_000])
            .expect("fits");
        world.reopen();
        let held = bring(&mut world.workspace, &bytes).expect("goes on");
        assert_eq!(held as usize, 2_000_000 / PIECE_BYTES * PIECE_BYTES);
        assert_eq!(world.workspace.read_hash(&hash).expect("there"), bytes);
    }
}

#[test]
fn d10_a_content_that_is_not_what_it_was_to_be_leaves_nothing() {
    for place in DURABLE {
        let bytes = large(3);
        let (hash, size) = (Hash::of(&bytes), bytes.len() as u64);
        let mut world = World::on(place(Disk::new()));
        let workspace = &mut world.workspace;
        let wrong = Err(VfsError::NotTheContent { hash });
        assert_eq!(workspace.add_content(&hash, 0, b"x"), wrong, "not begun");

        workspace.begin_content(&hash, size).expect("there is room");
        assert_eq!(workspace.add_content(&hash, 1, b"x"), wrong, "a gap");
        let mut bent = bytes.clone();
        bent[77] ^= 1;
        assert_eq!(workspace.add_content(&hash, 0, &bent), wrong, "one bit");
        assert_eq!(workspace.begin_content(&hash, size), Ok(0));
        let long = [&bytes[..], b"x"].concat();
        assert_eq!(workspace.add_content(&hash, 0, &long), wrong, "too much");
        assert!(!workspace.has_content(&hash).expect("reads"));
        assert_eq!(bring(workspace, &bytes), Ok(0));

        let unknown = Op::Put {
            path: "a".into(),
            hash: Hash([9; 32]),
            create_only: true,
        };
        assert!(matches!(
            world.try_apply("Name it", &[unknown]),
            Err(VfsError::NotFound { .. })
        ));
    }
}

#[test]
fn d10_contents_that_nobody_goes_on_with_make_room_and_no_more_come_than_there_is_room_for() {
    let mut world = World::on(DURABLE[1](Disk::new()));
    let size = FILE_BYTES_MAX as u64;
    let names: Vec<Hash> = (0..=ARRIVING_BYTES_MAX / size)
        .map(|n| Hash([n as u8; 32]))
        .collect();
    let begin = |world: &mut World, hash: &Hash| -> Result<u64> {
        let held = world.workspace.begin_content(hash, size)?;
        if held == 0 {
            let some = vec![1; ARRIVING_HELD_BYTES_MAX];
            world.workspace.add_content(hash, 0, &some)?;
        }
        Ok(held)
    };
    for hash in &names[1..] {
        assert_eq!(begin(&mut world, hash), Ok(0));
    }
    let refused = begin(&mut world, &names[0]);
    assert!(matches!(
        refused,
        Err(VfsError::TooLarge {
            limit: "arriving_bytes_max",
            ..
        })
    ));
    world.workspace.drop_content(&names[1]).expect("given up");
    assert_eq!(begin(&mut world, &names[0]), Ok(0));

    world.reopen();
    assert_eq!(
        begin(&mut world, &names[1]),
        Ok(0),
        "one of the others went"
    );
    let left = ARRIVING_HELD_BYTES_MAX as u64;
    assert_eq!(begin(&mut world, &names[0]), Ok(left));
    let long = world.workspace.begin_content(&Hash([99; 32]), size + 1);
    assert!(matches!(
        long,
        Err(VfsError::TooLarge {
            limit: "file_bytes_max",
            ..
        })
    ));
}

#[test]
fn d10_so_many_contents_come_at_the_same_time_and_no_more() {
    let mut workspace = World::memory().workspace;
    for n in 0..ARRIVING_CONTENTS_MAX {
        assert_eq!(workspace.begin_content(&Hash([n as u8; 32]), 9), Ok(0));
    }
    let name = Hash([255; 32]);
    let refused = workspace.begin_content(&name, 9);
    assert!(matches!(
        refused,
        Err(VfsError::TooLarge {
            limit: "arriving_contents_max",
            ..
        })
    ));
    workspace.drop_content(&Hash([3; 32])).expect("given up");
    assert_eq!(workspace.begin_content(&name, 9), Ok(0));
}

#[test]
fn d1_d2_a_content_that_a_disk_interrupts_anywhere_is_whole_or_goes_on() {
    let bytes = large(4);
    for place in DURABLE {
        for fault in [Fault::Once, Fault::Lies, Fault::Forever] {
            for n in (0..).step_by(5) {
                let disk = Disk::new();
                let mut world = World::on(place(disk.clone()));
                let call = disk.calls() + n;
                disk.fail_at(call, fault);
                let was_whole = bring(&mut world.workspace, &bytes).is_ok();
                if disk.calls() <= call {
                    assert!(was_whole && n > 20, "{n} calls");
                    break;
                }
                disk.heal();
                let mut world = World::on(place(disk.after_power_loss(|| 0)));
                let held = bring(&mut world.workspace, &bytes)
                    .unwrap_or_else(|error| panic!("{fault:?} at {n}: {error}"));
                assert!(!was_whole || held == bytes.len() as u64, "{fault:?} at {n}");
                let found = world.workspace.read_hash(&Hash::of(&bytes));
                assert!(found.expect("there") == bytes, "{fault:?} at {n}");
            }
        }
    }
}

#[test]
fn d11_a_healthy_copy_takes_the_place_of_a_damaged_content() {
    for place in DURABLE {
        let (small, bytes) = (large(6)[..70_000].to_vec(), large(5));
        let disk = Disk::new();
        let mut world = World::on(place(disk.clone()));
        world.write("small.bin", small.clone());
        world.write("large.bin", bytes.clone());
        drop(world);
        for content in [&small, &bytes] {
            let stored = disk.file(0).bytes();
            let place = stored
                .windows(64)
                .position(|at| *at == content[5_000..5_064]);
            disk.file(0).flip_bit(place.expect("is stored"), 3);
        }
        let mut world = World::on(place(disk));
        for (path, content) in [("small.bin", &small), ("large.bin", &bytes)] {
            let hash = Hash::of(content);
            let damaged = world.workspace.read(path);
            assert!(matches!(damaged, Err(VfsError::Damaged { .. })), "{path}");
            let wanted = vec![(hash, content.len() as u64)];
            assert_eq!(world.workspace.wanted_contents(), wanted);
            assert_eq!(bring(&mut world.workspace, content), Ok(0), "{path}");
            assert_eq!(world.workspace.wanted_contents(), []);
            assert_eq!(world.workspace.read(path).as_ref(), Ok(content));
        }
        world.reopen();
        assert_eq!(world.workspace.read("small.bin"), Ok(small));
        assert_eq!(world.workspace.read("large.bin"), Ok(bytes));
    }
}
