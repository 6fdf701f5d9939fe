//! Prints what the workspace costs: `cargo run --release -p selvage-vfs --example figures`.
//!
//! Every figure is the best of several rounds, since other programs can only make it longer, on the
//! storage that a browser tab has (database, checksums and journal), and in memory, so that no disk is in the way; syncs and bytes written are counted instead.
#![allow(
    clippy::disallowed_methods,
    reason = "an example is a host: it may read the clock"
)]

use selvage_vfs::storage::{JournaledStorage, StorageBackend};
use selvage_vfs::{Meta, Op, Origin, OriginKind, Query, Workspace};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// The bytes of database, checksums and journal, and the calls that changed them.
#[derive(Debug, Default)]
struct State {
    files: [Vec<u8>; 3],
    syncs: u64,
    writes: u64,
    written: u64,
}

/// One of the files, the database at first.
#[derive(Debug, Clone, Default)]
struct Memory(Arc<Mutex<State>>, usize);

impl Memory {
    fn file(&self, file: usize) -> Self {
        Self(self.0.clone(), file)
    }

    fn bytes(&self) -> usize {
        self.with(|state| state.files.iter().map(Vec::len).sum())
    }

    fn with<T>(&self, call: impl FnOnce(&mut State) -> T) -> T {
        call(
            &mut self
                .0
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner()),
        )
    }
}

impl StorageBackend for Memory {
    fn len(&self) -> std::io::Result<u64> {
        Ok(self.with(|state| state.files[self.1].len() as u64))
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        let start = offset as usize;
        self.with(|state| out.copy_from_slice(&state.files[self.1][start..start + out.len()]));
        Ok(())
    }
    fn set_len(&self, len: u64) -> std::io::Result<()> {
        self.with(|state| state.files[self.1].resize(len as usize, 0));
        Ok(())
    }
    fn sync_data(&self) -> std::io::Result<()> {
        self.with(|state| state.syncs += 1);
        Ok(())
    }
    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        let start = offset as usize;
        self.with(|state| {
            let bytes = &mut state.files[self.1];
            bytes.resize(bytes.len().max(start + data.len()), 0);
            bytes[start..start + data.len()].copy_from_slice(data);
            state.writes += 1;
            state.written += data.len() as u64;
        });
        Ok(())
    }
}

fn best(rounds: usize, mut round: impl FnMut(usize)) -> f64 {
    let mut times: Vec<f64> = (0..rounds)
        .map(|n| {
            let start = Instant::now();
            round(n);
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[0]
}

fn open(memory: &Memory) -> Workspace {
    let storage = JournaledStorage::open(memory.file(0), memory.file(1), memory.file(2))
        .expect("storage opens");
    Workspace::open(Box::new(storage), [1; 16]).expect("opens")
}

/// What thinning out gives back: half a year of files that change every hour, by what no text is.
fn retention() {
    const DAY_MS: u64 = 24 * 3_600_000;
    println!("\n10 files of 20 kB, a version an hour for 180 days");
    let memory = Memory::default();
    let mut workspace = open(&memory);
    let mut now_ms = 1_700_000_000_000;
    let mut count = 0u128;
    for hour in 0..180 * 24u32 {
        now_ms += DAY_MS / 24;
        let meta = Meta::new(now_ms, Origin::new(OriginKind::System, "hourly"), "Write");
        let noise = |n: u32| (n ^ hour).wrapping_mul(2_654_435_761).to_le_bytes();
        let bytes: Vec<u8> = (0..5_000u32).flat_map(noise).collect();
        let path = format!("data/{}.bin", hour % 10);
        let mut ids = || {
            count += 1;
            count << 64 | 1
        };
        let op = Op::write(path, bytes);
        workspace.apply(&mut ids, &meta, &[op]).expect("applies");
    }
    let before = memory.bytes();
    workspace.thinning(now_ms, 90).expect("notes what is here");
    now_ms += DAY_MS;
    let (mut steps, mut longest) = (0, 0.0f64);
    let start = Instant::now();
    let begun = workspace.thinning(now_ms, 90).expect("begins");
    let mut pass = begun.expect("is due");
    println!("  begin a pass            {:9.2} ms", ms(start));
    let done = loop {
        let start = Instant::now();
        let done = pass.step(&mut workspace, &mut |_| None).expect("works");
        longest = longest.max(ms(start));
        steps += 1;
        if done.is_done {
            break done;
        }
    };
    println!("  longest of {steps:4} steps   {longest:9.2} ms");
    println!(
        "  thinned out             {:9} contents, {:.1} MB",
        done.contents,
        done.bytes as f64 / 1e6
    );
    drop(workspace);
    drop(open(&memory));
    println!(
        "  size on storage         {:9.2} MB before, {:.2} MB after",
        before as f64 / 1e6,
        memory.bytes() as f64 / 1e6
    );
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

fn main() {
    retention();
    let mut count = 0u128;
    let mut ids = move || {
        // Multiplied by an odd number, so that ids are spread like random ones.
        count += 1;
        count.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    };
    let meta = Meta::new(
        1_700_000_000_000,
        Origin::new(OriginKind::Person, "Ada"),
        "Work",
    );
    for files in [1_000usize, 10_000] {
        println!("\n{files} files of 2 kB");
        let memory = Memory::default();
        let mut workspace = open(&memory);
        let ops: Vec<Op> = (0..files)
            .map(|n| {
                let text = format!("file {n}\n{}", "some words in a line\n".repeat(95));
                Op::write(format!("folder{}/sub{}/file{n}.md", n % 20, n % 7), text)
            })
            .collect();
        println!(
            "  write all as one change {:9.2} ms",
            best(1, |_| {
                workspace.apply(&mut ids, &meta, &ops).expect("applies");
            })
        );
        println!(
            "  size on storage         {:9.2} MB",
            memory.bytes() as f64 / 1e6
        );
        drop(workspace);
        println!(
            "  open                    {:9.2} ms",
            best(5, |_| drop(open(&memory)))
        );
        let mut workspace = open(&memory);
        println!(
            "  snapshot                {:9.4} ms",
            best(101, |_| drop(workspace.snapshot()))
        );
        let snapshot = workspace.snapshot();
        println!(
            "  every entry             {:9.2} ms",
            best(11, |_| {
                assert!(snapshot.entries().len() >= files);
            })
        );
        let (syncs, writes, written) =
            memory.with(|state| (state.syncs, state.writes, state.written));
        let rounds = 101;
        let held = workspace.snapshot();
        println!(
            "  write one file          {:9.2} ms",
            best(rounds, |n| {
                let op = Op::write(format!("folder1/sub1/new{n}.md"), format!("text {n}"));
                workspace.apply(&mut ids, &meta, &[op]).expect("applies");
            })
        );
        drop(held);
        memory.with(|state| {
            let each = |now: u64, then: u64| (now - then) as f64 / rounds as f64;
            println!(
                "    on storage            {:9.1} syncs, {:.1} writes, {:.1} kB",
                each(state.syncs, syncs),
                each(state.writes, writes),
                each(state.written, written) / 1000.0
            );
        });
        let mut text = "some words in a line\n".repeat(95);
        println!(
            "  draft of one key        {:9.2} ms",
            best(rounds, |n| {
                text.insert(n * 3, 'x');
                let op = Op::Draft {
                    path: "folder0/sub0/file0.md".into(),
                    text: text.clone(),
                };
                workspace.apply(&mut ids, &meta, &[op]).expect("applies");
            })
        );
        println!(
            "  seal one draft          {:9.2} ms",
            best(1, |_| {
                workspace.seal(&meta).expect("seals");
            })
        );
        println!(
            "  undo                    {:9.2} ms (history read first)",
            best(1, |_| {
                workspace.undo(&mut ids, &meta).expect("undoes");
            })
        );
        println!(
            "  undo                    {:9.2} ms",
            best(11, |_| {
                workspace.undo(&mut ids, &meta).expect("undoes");
            })
        );
        println!(
            "  history of a file       {:9.2} ms",
            best(11, |_| {
                workspace
                    .history(Some("folder0/sub0/file0.md"), 50)
                    .expect("history");
            })
        );
        let heads = workspace.history(None, 60).expect("history")[50]
            .heads
            .clone();
        println!(
            "  the tree at past heads  {:9.2} ms",
            best(1, |_| {
                workspace.at(&heads).expect("known");
            })
        );
        println!(
            "  search all contents     {:9.2} ms",
            best(3, |_| {
                workspace
                    .search(&Query::new("not in there"))
                    .expect("searches");
            })
        );
        println!(
            "  remove and forget all   {:9.2} ms",
            best(1, |_| {
                let ops: Vec<Op> = (0..20)
                    .map(|n| Op::Remove {
                        path: format!("folder{n}"),
                    })
                    .collect();
                workspace.apply(&mut ids, &meta, &ops).expect("applies");
            })
        );
        drop(workspace);
        println!(
            "  open with all deleted   {:9.2} ms",
            best(3, |_| drop(open(&memory)))
        );
    }
}
