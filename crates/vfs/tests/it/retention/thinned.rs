//! What a thinned version looks like, to a reader, to a disk that fails, and to a peer.

use super::{DAY_MS, DAYS};
use crate::disk::{Disk, Fault};
use crate::world::{DURABLE, Place, World, on_every_storage};
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Hash, Inbox, Incoming, Op, VfsError, Workspace};

#[test]
fn r5_a_thinned_version_says_so_is_marked_and_is_not_brought_back() {
    on_every_storage(|world| {
        let first = world.note("a.md", b"first");
        let binary = world.note("a.bin", &[0, 9]);
        world.note("a.bin", &[0, 10]);
        for number in 0..100 {
            world.note("a.md", format!("{number}").as_bytes());
        }
        world.wait(u64::from(DAYS) + 10);
        world.thin_all(&[]);
        let now = world.now_ms;
        let hash = Hash::of(b"first");
        let thinned = VfsError::Thinned { hash, at_ms: now };
        assert_eq!(world.workspace.read_hash(&hash), Err(thinned.clone()));
        assert_eq!(
            world.workspace.read_range(&hash, 0, 1),
            Err(thinned.clone())
        );
        let diff = world.workspace.diff("a.md", Some(&first), None);
        assert_eq!(diff, Err(thinned.clone()));
        let history = world.workspace.history(Some("a.md"), 400).expect("reads");
        assert_eq!(history.len(), 101);
        assert_eq!(history[100].thinned_ms, Some(now));
        assert_eq!(history[0].thinned_ms, None);
        let before = (world.contents(), world.workspace.digest());
        assert_eq!(world.restore("a.md", &first).map(drop), Err(thinned));
        let binary_hash = Hash::of(&[0, 9]);
        let thinned = VfsError::Thinned {
            hash: binary_hash,
            at_ms: now,
        };
        assert_eq!(
            world.restore("a.bin", &binary).map(drop),
            Err(thinned.clone())
        );
        let restored = world.restore("", &binary).map(drop);
        assert!(
            matches!(restored, Err(VfsError::Thinned { .. })),
            "{restored:?}"
        );
        assert_eq!(
            (world.contents(), world.workspace.digest()),
            before,
            "nothing is left"
        );
        assert_eq!(world.workspace.wanted_contents(), []);
        // The same bytes written again are here again.
        world.write("b.md", "first");
        assert!(world.is_here(b"first"));
        world.reopen();
        assert!(world.is_here(b"first"));
        assert_eq!(world.workspace.thinned_at(&hash), Ok(None));
    });
}

#[test]
fn r7_a_fault_at_any_call_of_the_disk_loses_nothing_else() {
    let begin = |disk: &Disk, kind: fn(Disk) -> Place| {
        let mut world = World::on(kind(disk.clone()));
        world.now_ms += 200 * DAY_MS;
        world
    };
    for kind in DURABLE {
        let disk = Disk::new();
        let mut world = World::on(kind(disk.clone()));
        world.versions("a.bin", 100, 0);
        let contents = world.contents();
        drop(world);
        let mut world = begin(&disk, kind);
        world.thin(DAYS, &[]);
        world.wait(1);
        let now = world.now_ms;
        drop(world);
        let mut faults = 0;
        for call in 0.. {
            for fault in [Fault::Once, Fault::Lies, Fault::Full] {
                let disk = disk.after_kill();
                let mut world = begin(&disk, kind);
                world.now_ms = now;
                disk.fail_at(call, fault);
                let calls = disk.calls();
                if let Ok(Some(mut pass)) = world.workspace.thinning(now, DAYS) {
                    for _ in 0..40 {
                        match pass.step(&mut world.workspace, &mut |_| None) {
                            Ok(done) if done.is_done => break,
                            Ok(_) => {}
                            Err(_) => disk.heal(),
                        }
                    }
                }
                disk.heal();
                faults += u64::from(disk.calls() > calls + call);
                assert_eq!(world.contents(), contents);
                world.reopen();
                assert_eq!(world.contents(), contents);
                let here = (0..100).filter(|number| world.is_here(&[0, *number]));
                assert!(here.count() >= 1);
                world.write("more.md", "it goes on");
            }
            if faults < 3 * call {
                break;
            }
        }
        assert!(faults > 10, "{faults}");
    }
}

#[test]
fn r7_a_damaged_content_stays_and_the_others_go() {
    let disk = Disk::new();
    let mut world = World::on(Place::Disk(disk.clone()));
    let large = |number: u8| vec![number; 300_000];
    for number in 0..10 {
        world.note("a.bin", &[&[0], &large(number)[..]].concat());
    }
    world.wait(u64::from(DAYS) + 10);
    world.thin(DAYS, &[]);
    let before = disk.file(0).bytes();
    let place = before
        .windows(5_000)
        .position(|bytes| bytes == &large(4)[..5_000]);
    disk.file(0).flip_bit(place.expect("is there") + 100, 0);
    world.reopen();
    world.wait(1);
    assert!(world.thin(DAYS, &[]).contents >= 8);
    let content = |number: u8| [&[0], &large(number)[..]].concat();
    for number in (0..9).filter(|number| *number != 4) {
        assert!(!world.is_here(&content(number)), "{number}");
    }
    assert!(world.is_here(&content(9)));
    let damaged = world.workspace.read_hash(&Hash::of(&content(4)));
    assert!(
        matches!(damaged, Err(VfsError::Damaged { .. })),
        "{damaged:?}"
    );
}

#[test]
fn r8_a_replica_does_without_what_its_peer_has_thinned_out_but_never_without_what_is_shown() {
    let mut world = World::memory();
    world.versions("a.bin", 6, 0);
    world.wait(u64::from(DAYS) + 10);
    world.note("b.bin", &[8, 0]);
    world.thin_all(&[]);
    let from = &world.workspace;
    let delta = from.ledger_since(&[]);
    let is_here = |hash: &Hash| from.thinned_at(hash) == Ok(None);
    let (here, gone): (Vec<_>, Vec<_>) = delta.blobs.iter().partition(|(hash, _)| is_here(hash));
    assert_eq!((here.len(), gone.len()), (2, 5));
    let told = |at_ms: u64| gone.iter().map(|(hash, _)| (*hash, at_ms)).collect();
    let incoming = |thinned, blobs: &[&(Hash, u64)]| Incoming {
        documents: delta.document.clone().into_iter().collect(),
        blobs: (blobs.iter())
            .map(|(hash, _)| from.read_hash(hash).expect("there"))
            .collect(),
        thinned,
        ..Incoming::default()
    };
    let clone = || Workspace::open(Box::new(MemoryStorage::new()), [2; 16]).expect("opens");
    // Without a word of it, the changes wait.
    let (mut to, mut inbox) = (clone(), Inbox::new());
    let here: Vec<&(Hash, u64)> = here.iter().collect();
    let accepted = to.accept(&mut inbox, incoming(Vec::new(), &here));
    assert_eq!(accepted.expect("accepts").changes, 0);
    assert_eq!(to.lacking(&inbox).len(), 5);
    // Told, they land, and nothing is asked for.
    let only_told = Incoming {
        thinned: told(5),
        ..Incoming::default()
    };
    let accepted = to.accept(&mut inbox, only_told).expect("accepts");
    assert_eq!((accepted.changes, accepted.refused), (7, vec![]));
    assert_eq!((to.lacking(&inbox).len(), inbox.is_empty()), (0, true));
    assert_eq!(to.digest(), from.digest());
    assert_eq!(to.read("a.bin").expect("there"), [0, 5]);
    let thinned = VfsError::Thinned {
        hash: gone[0].0,
        at_ms: 5,
    };
    assert_eq!(to.read_hash(&gone[0].0), Err(thinned));
    // A peer that says it of what is shown gets nothing landed that would show it.
    let mut all: Vec<(Hash, u64)> = told(5);
    all.push((Hash::of(&[0, 5]), 5));
    let (mut to, mut inbox) = (clone(), Inbox::new());
    let b = (Hash::of(&[8, 0]), 2);
    let accepted = to
        .accept(&mut inbox, incoming(all, &[&b]))
        .expect("accepts");
    assert_eq!((accepted.changes, to.exists("a.bin")), (0, Ok(false)));
    assert!(!inbox.is_empty());
}

#[test]
fn r8_a_change_that_waits_misses_what_is_thinned_out_before_it_lands() {
    let (mut a, mut b) = (World::memory(), World::memory());
    b.workspace = Workspace::open(b.place.open().expect("opens"), [2; 16]).expect("opens");
    a.versions("a.bin", 6, 0);
    let send = |from: &World, to: &mut World, inbox: &mut Inbox, with: &[&[u8]]| {
        let delta = from.workspace.ledger_since(to.workspace.heads().hashes());
        let incoming = Incoming {
            documents: delta.document.into_iter().collect(),
            changes: delta.changes,
            blobs: with.iter().map(|bytes| bytes.to_vec()).collect(),
            ..Incoming::default()
        };
        to.workspace
            .accept(inbox, incoming)
            .expect("accepts")
            .changes
    };
    let all: [&[u8]; 6] = [&[0, 0], &[0, 1], &[0, 2], &[0, 3], &[0, 4], &[0, 5]];
    assert_eq!(send(&a, &mut b, &mut Inbox::new(), &all), 6);
    // One change names a content of the past that is here, and another one that is not.
    let write = |path: &str, bytes: [u8; 2]| Op::write(path, bytes);
    a.apply("", &[write("c.bin", [0, 1]), write("d.bin", [9, 9])]);
    let mut inbox = Inbox::new();
    assert_eq!(send(&a, &mut b, &mut inbox, &[]), 0);
    b.wait(u64::from(DAYS) + 10);
    assert_eq!(b.thin_all(&[]).contents, 5);
    assert_eq!(
        send(&a, &mut b, &mut inbox, &[&[9, 9]]),
        0,
        "it would show what is gone"
    );
    assert_eq!(b.workspace.lacking(&inbox).len(), 1);
    let blobs = vec![vec![0, 1]];
    let rest = Incoming {
        blobs,
        ..Incoming::default()
    };
    assert_eq!(
        b.workspace
            .accept(&mut inbox, rest)
            .expect("accepts")
            .changes,
        1
    );
    assert_eq!(b.read("c.bin"), "\0\u{1}");
}
