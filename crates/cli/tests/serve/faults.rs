//! A disk that fails at any write, flush or change of length, and a machine that stops there: what
//! was committed is there, and the batch that failed is there as a whole or not at all.

use crate::storage::{all, next, write};
use redb::{Builder, StorageBackend};
use selvage_relay::MemoryStore;
use selvage_relay::store::Batch;
use selvage_serve::RedbStore;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

const BATCHES: usize = 5;

/// What has not been flushed yet.
#[derive(Debug)]
enum Pending {
    Length(usize),
    Bytes(usize, Vec<u8>),
}

#[derive(Debug, Default)]
struct State {
    flushed: Vec<u8>,
    pending: Vec<Pending>,
    /// All of it.
    bytes: Vec<u8>,
    calls: u64,
    /// The call that fails.
    fails_at: u64,
}

impl State {
    fn perform(bytes: &mut Vec<u8>, pending: &Pending) {
        match pending {
            Pending::Length(len) => bytes.resize(*len, 0),
            Pending::Bytes(offset, some) => {
                let end = offset + some.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                bytes[*offset..end].copy_from_slice(some);
            }
        }
    }

    fn call(&mut self) -> io::Result<()> {
        self.calls += 1;
        if self.calls == self.fails_at {
            return Err(io::Error::other("the disk fails"));
        }
        Ok(())
    }

    /// The machine stops: of what was not flushed, some is there, the last of it perhaps torn.
    fn crash(&mut self, random: &mut u64) {
        let mut bytes = std::mem::take(&mut self.flushed);
        for mut pending in std::mem::take(&mut self.pending) {
            if let Pending::Bytes(_, some) = &mut pending
                && next(random).is_multiple_of(8)
            {
                some.truncate(next(random) as usize % (some.len() + 1));
            }
            if matches!(pending, Pending::Length(_)) || next(random).is_multiple_of(2) {
                Self::perform(&mut bytes, &pending);
            }
        }
        self.flushed.clone_from(&bytes);
        self.bytes = bytes;
    }
}

#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<State>>);

impl Disk {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("no panic")
    }

    fn change(&self, pending: Pending) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        State::perform(&mut state.bytes, &pending);
        state.pending.push(pending);
        Ok(())
    }

    fn store(&self) -> RedbStore {
        let disk = self.clone();
        let opener = move || Builder::new().create_with_backend(disk.clone());
        RedbStore::open_with(Path::new("a disk"), opener).expect("opens")
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.state().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.state();
        let from = offset as usize;
        let bytes = state.bytes.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Pending::Length(len as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.state();
        state.call()?;
        state.pending.clear();
        let bytes = state.bytes.clone();
        state.flushed = bytes;
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Pending::Bytes(offset as usize, data.to_vec()))
    }
}

/// Commits batches on a disk whose `fails_at`th call fails; the machine stops then, or goes on.
/// Gives whether there was such a call.
fn run(fails_at: u64, stops: bool, random: &mut u64) -> bool {
    let disk = Disk::default();
    let mut store = disk.store();
    {
        let mut state = disk.state();
        state.fails_at = state.calls + fails_at;
    }
    let mut expected = MemoryStore::default();
    let mut failed = false;
    for _ in 0..BATCHES {
        let batch: Batch = (0..1 + next(random) % 8).map(|_| write(random)).collect();
        if store.commit(&batch).is_ok() {
            expected.commit(&batch);
        } else {
            failed = true;
            if stops {
                drop(store);
                disk.state().crash(random);
                store = disk.store();
            }
            let found = all(&store);
            if found != all(&expected) {
                expected.commit(&batch);
            }
        }
        assert_eq!(
            all(&store),
            all(&expected),
            "call {fails_at}, stops {stops}"
        );
    }
    // Without a last flush.
    let mut state = disk.state();
    let failed = failed || state.calls >= state.fails_at;
    state.fails_at = u64::MAX;
    state.crash(random);
    drop(state);
    std::mem::forget(store);
    assert_eq!(
        all(&disk.store()),
        all(&expected),
        "call {fails_at}, stops {stops}"
    );
    failed
}

#[test]
fn a_disk_that_fails_anywhere_loses_no_committed_batch() {
    let mut calls = 0;
    for stops in [false, true] {
        let mut random = 11;
        let mut fails_at = 1;
        while run(fails_at, stops, &mut random) {
            fails_at += 1;
            calls += 1;
        }
    }
    println!("{calls} calls failed");
    assert!(calls > 50);
}
