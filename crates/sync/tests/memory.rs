//! A content of 500 MB is written, exchanged and read, and memory knows nothing of its size.

#![expect(
    clippy::disallowed_methods,
    reason = "the test is a host: it has files and a clock"
)]

use selvage_sync::{limits::FRAME_BYTES_MAX, meet};
use selvage_vfs::storage::{JournaledStorage, StorageBackend, backends::FileBackend};
use selvage_vfs::{Hash, Meta, Naming, Op, Origin, OriginKind, Workspace};
use std::alloc::{GlobalAlloc, Layout, System};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

const CONTENT_BYTES: u64 = 500_000_000;
const PART_BYTES: usize = 1_000_000;
const MORE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The system's allocator, which counts.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[expect(unsafe_code, reason = "an allocator is told no other way")]
// SAFETY: every call is passed on as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(held, Ordering::Relaxed);
        // SAFETY: as it came.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as it came.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("selvage-memory-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn file(folder: &Path, name: &str) -> impl StorageBackend + use<> {
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let file = options.open(folder.join(name)).expect("a file");
    FileBackend::new(file).expect("a backend")
}

fn workspace(folder: &Path, number: u8) -> Workspace {
    let [database, sums, journal] =
        ["database", "sums", "journal"].map(|kind| file(folder, &format!("{kind}-{number}")));
    let storage = JournaledStorage::open(database, sums, journal).expect("opens");
    Workspace::open(Box::new(storage), [number; 16]).expect("opens")
}

/// One part of the content; no two are alike.
fn part(number: u64) -> Vec<u8> {
    let mut part = vec![number as u8; PART_BYTES];
    part[..8].copy_from_slice(&number.to_le_bytes());
    part
}

fn parts() -> impl Iterator<Item = (u64, Vec<u8>)> {
    (0..CONTENT_BYTES / PART_BYTES as u64).map(|n| (n * PART_BYTES as u64, part(n)))
}

/// What a step takes on top of what was held before it.
fn measured<T>(what: &str, step: impl FnOnce() -> T) -> T {
    let before = HELD.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let began = std::time::Instant::now();
    let value = step();
    let more = PEAK.load(Ordering::Relaxed) - before;
    println!(
        "{what}: {more} bytes more at the peak, {:?}",
        began.elapsed()
    );
    assert!(more < MORE_BYTES_MAX, "{what}: {more} bytes");
    value
}

#[test]
fn a_content_of_500_mb_does_not_pass_through_memory_at_once() {
    let folder = Folder::new();
    let mut a = workspace(&folder.0, 1);
    let hash = measured("named", || {
        let mut naming = Naming::default();
        parts().for_each(|(_, part)| naming.add(&part));
        naming.hash()
    });
    measured("written", || {
        assert_eq!(a.begin_content(&hash, CONTENT_BYTES), Ok(0));
        for (from, part) in parts() {
            a.add_content(&hash, from, &part).expect("fits");
        }
        let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Name it");
        let (path, create_only) = ("large.bin".to_owned(), true);
        let put = Op::Put {
            path,
            hash,
            create_only,
        };
        a.apply(&mut || 7, &meta, &[put]).expect("names it");
    });
    let mut b = workspace(&folder.0, 2);
    measured("exchanged", || {
        assert_eq!(meet(&mut b, &mut a).expect("both work").stopped, None);
    });
    drop(b);
    let b = measured("opened", || workspace(&folder.0, 2));
    let entry = b.stat("large.bin").expect("there");
    assert_eq!((entry.size, entry.hash), (CONTENT_BYTES, Some(hash)));
    measured("read", || {
        let mut naming = Naming::default();
        for from in (0..CONTENT_BYTES).step_by(FRAME_BYTES_MAX) {
            naming.add(&b.read_range(&hash, from, FRAME_BYTES_MAX).expect("reads"));
        }
        assert_eq!(naming.hash(), hash as Hash);
    });
}
