//! A disk that fails on command.
//!
//! It keeps what a program sees (`live`) apart from what survives the loss of power (`durable`),
//! and counts every write, resize and sync. At the n-th of them it can refuse once, refuse from
//! then on, or stop dead. It has three files, which fail together.

use selvage_vfs::storage::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex};

/// A write that no sync has followed yet.
#[derive(Debug, Clone)]
enum Pending {
    Write(u64, Vec<u8>),
    Resize(u64),
}

/// What happens at the n-th call that changes the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails, and the next ones work.
    Once,
    /// It takes effect and reports a failure, and the next ones work.
    Lies,
    /// It and all that follow fail, until [`Disk::heal`].
    Forever,
    /// The disk is full from then on: it can't grow, all else works.
    Full,
    /// Of a write, a part takes effect; it and all that follow fail.
    Torn(Tear),
}

/// Which part of a torn write takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tear {
    /// The first half.
    Prefix,
    /// The second half.
    Suffix,
    /// Every other sector.
    Sectors,
}

/// Sectors of 512 bytes land whole.
const SECTOR_BYTES: usize = 512;

#[derive(Debug, Default)]
struct File {
    live: Pages,
    durable: Pages,
    pending: Vec<Pending>,
}

const PAGE_BYTES: usize = 4096;

/// The bytes of a file, in pages that copies share: a disk is copied for every fault, and little of it changes then.
#[derive(Debug, Clone, Default)]
struct Pages {
    /// The last page is full of zeros from the end of the file on.
    pages: Vec<Arc<[u8; PAGE_BYTES]>>,
    length: usize,
}

impl Pages {
    fn new(bytes: &[u8]) -> Self {
        let mut pages = Self::default();
        pages.put(0, bytes);
        pages
    }

    fn resize(&mut self, length: usize) {
        let cut = self.pages.get_mut(length / PAGE_BYTES);
        if let Some(page) = cut.filter(|_| length < self.length) {
            Arc::make_mut(page)[length % PAGE_BYTES..].fill(0);
        }
        let pages = length.div_ceil(PAGE_BYTES);
        self.pages.resize_with(pages, || Arc::new([0; PAGE_BYTES]));
        self.length = length;
    }

    fn put(&mut self, start: usize, data: &[u8]) {
        self.resize(self.length.max(start + data.len()));
        let mut done = 0;
        while done < data.len() {
            let (page, at) = ((start + done) / PAGE_BYTES, (start + done) % PAGE_BYTES);
            let length = (PAGE_BYTES - at).min(data.len() - done);
            Arc::make_mut(&mut self.pages[page])[at..at + length]
                .copy_from_slice(&data[done..done + length]);
            done += length;
        }
    }

    /// Fills `out` from a place on, or says that the file ends before.
    fn get(&self, start: usize, out: &mut [u8]) -> Option<()> {
        if start + out.len() > self.length {
            return None;
        }
        let mut done = 0;
        while done < out.len() {
            let (page, at) = ((start + done) / PAGE_BYTES, (start + done) % PAGE_BYTES);
            let length = (PAGE_BYTES - at).min(out.len() - done);
            out[done..done + length].copy_from_slice(&self.pages[page][at..at + length]);
            done += length;
        }
        Some(())
    }
}

#[derive(Debug, Default)]
struct State {
    files: [File; 3],
    calls: u64,
    written: u64,
    fault: Option<(u64, Fault)>,
}

/// A file of the disk, the first one at the beginning. Clones are the same file.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    state: Arc<Mutex<State>>,
    file: usize,
}

impl Disk {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::from_files([bytes.to_vec(), Vec::new(), Vec::new()])
    }

    pub fn from_files(files: [Vec<u8>; 3]) -> Self {
        Self::from_pages(files.map(|bytes| Pages::new(&bytes)))
    }

    fn from_pages(files: [Pages; 3]) -> Self {
        let disk = Self::new();
        disk.with(|state| {
            state.files = files.map(|pages| File {
                live: pages.clone(),
                durable: pages,
                pending: Vec::new(),
            });
        });
        disk
    }

    /// A file of the same disk: 0 is the database, 1 its checksums, 2 the journal.
    pub fn file(&self, file: usize) -> Self {
        Self {
            state: self.state.clone(),
            file,
        }
    }

    fn with<T>(&self, call: impl FnOnce(&mut State) -> T) -> T {
        call(&mut self.state.lock().expect("one thread"))
    }

    fn with_file<T>(&self, call: impl FnOnce(&mut File) -> T) -> T {
        self.with(|state| call(&mut state.files[self.file]))
    }

    /// Calls so far that change the disk.
    pub fn calls(&self) -> u64 {
        self.with(|state| state.calls)
    }

    /// Bytes that were written so far.
    pub fn written(&self) -> u64 {
        self.with(|state| state.written)
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.with_file(|file| {
            let mut bytes = vec![0; file.live.length];
            file.live.get(0, &mut bytes).expect("it is as long");
            bytes
        })
    }

    /// One bit of what is stored becomes another.
    pub fn flip_bit(&self, at: usize, bit: u32) {
        self.with_file(|file| {
            let mut byte = [0];
            file.live.get(at, &mut byte).expect("a byte of the file");
            file.live.put(at, &[byte[0] ^ 1 << bit]);
            file.durable.clone_from(&file.live);
        });
    }

    pub fn fail_at(&self, call: u64, fault: Fault) {
        self.with(|state| state.fault = Some((call, fault)));
    }

    pub fn heal(&self) {
        self.with(|state| state.fault = None);
    }

    /// The disk after the process was killed: everything written is there.
    pub fn after_kill(&self) -> Self {
        Self::from_pages(self.with(|state| [0, 1, 2].map(|file| state.files[file].live.clone())))
    }

    /// The disk after the loss of power: what was synced, and of the rest whatever `keep` says:
    /// writes as a whole, by single sectors, or not at all.
    pub fn after_power_loss(&self, mut keep: impl FnMut() -> u64) -> Self {
        let mut left = |file: &File| {
            let mut bytes = file.durable.clone();
            for pending in &file.pending {
                let choice = keep() % 4;
                match pending {
                    _ if choice == 0 => {}
                    Pending::Resize(len) => bytes.resize(*len as usize),
                    Pending::Write(offset, data) => {
                        for (at, sector) in sectors(*offset as usize, data) {
                            if choice > 1 || keep().is_multiple_of(2) {
                                bytes.put(at, sector);
                            }
                        }
                    }
                }
            }
            bytes
        };
        Self::from_pages(self.with(|state| [0, 1, 2].map(|file| left(&state.files[file]))))
    }

    fn change(&self, grows_to: Option<u64>, effect: impl FnOnce(&mut File)) -> io::Result<()> {
        self.with(|state| {
            let file = &mut state.files[self.file];
            state.calls += 1;
            let refused = || io::Error::other("the disk refuses");
            match state.fault {
                Some((at, Fault::Once)) if state.calls == at => Err(refused()),
                Some((at, Fault::Forever)) if state.calls >= at => Err(refused()),
                Some((at, Fault::Lies)) if state.calls == at => {
                    effect(file);
                    Err(refused())
                }
                Some((at, Fault::Torn(_))) if state.calls >= at => Err(refused()),
                Some((at, Fault::Full))
                    if state.calls >= at
                        && grows_to.is_some_and(|len| len > file.live.length as u64) =>
                {
                    Err(io::ErrorKind::QuotaExceeded.into())
                }
                _ => {
                    effect(file);
                    Ok(())
                }
            }
        })
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.with_file(|file| file.live.length as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.with_file(|file| {
            let bytes = file.live.get(offset as usize, out);
            bytes.ok_or(io::ErrorKind::UnexpectedEof.into())
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Some(len), |file| {
            file.live.resize(len as usize);
            file.pending.push(Pending::Resize(len));
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(None, |file| {
            file.durable.clone_from(&file.live);
            file.pending.clear();
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let start = offset as usize;
        let torn = self.with(|state| match state.fault {
            Some((at, Fault::Torn(tear))) if state.calls + 1 == at => Some(tear),
            _ => None,
        });
        if let Some(tear) = torn {
            let middle = data.len() / 2;
            self.with_file(|file| match tear {
                Tear::Prefix => file.write(start, &data[..middle]),
                Tear::Suffix => file.write(start + middle, &data[middle..]),
                Tear::Sectors => sectors(start, data)
                    .step_by(2)
                    .for_each(|(at, sector)| file.write(at, sector)),
            });
        }
        self.with(|state| state.written += data.len() as u64);
        self.change(Some(offset + data.len() as u64), |file| {
            file.write(start, data);
        })
    }
}

impl File {
    fn write(&mut self, start: usize, data: &[u8]) {
        self.live.put(start, data);
        self.pending
            .push(Pending::Write(start as u64, data.to_vec()));
    }
}

/// The pieces of a write that land in different sectors, and where.
fn sectors(start: usize, data: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let first = (SECTOR_BYTES - start % SECTOR_BYTES).min(data.len());
    let (first, rest) = data.split_at(first);
    let rest_start = start + first.len();
    let rest = rest.chunks(SECTOR_BYTES).enumerate();
    std::iter::once((start, first))
        .chain(rest.map(move |(n, sector)| (rest_start + n * SECTOR_BYTES, sector)))
}
