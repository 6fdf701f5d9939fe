//! What goes wrong: a program that dies at some step, and somebody who is faster.

use crate::world::{Held, Kept, World};
use selvage_mirror::store::{Expected, Landed, Store};
use selvage_mirror::{Disk, Failure, FolderDisk, Item, Log, Mirror, Options, Put, Stamp};
use selvage_vfs::{Entry, Hash, Op};
use std::cell::Cell;
use std::io::{self, Read};
use std::path::PathBuf;
use std::rc::Rc;

/// How many steps are done before everything fails, as when the program or the machine dies.
#[derive(Clone)]
pub struct Fuse {
    pub left: Rc<Cell<usize>>,
    /// Whether the step at which it happens is done, and nobody hears of it.
    pub is_after: bool,
}

impl Fuse {
    fn step<T, E>(&self, dead: impl Fn() -> E, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        match self.left.get() {
            0 => Err(dead()),
            1 => {
                self.left.set(0);
                if self.is_after {
                    act()?;
                }
                Err(dead())
            }
            left => {
                self.left.set(left - 1);
                act()
            }
        }
    }

    fn io<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.step(|| io::Error::other("dead"), act)
    }

    fn store<T>(&self, act: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        self.step(|| "dead".into(), act)
    }
}

struct Mortal<T>(T, Fuse);

/// A folder in which somebody saves a file at the moment before it is replaced for the first time.
pub struct Raced {
    pub disk: FolderDisk,
    pub at: PathBuf,
    pub text: Option<&'static str>,
}

impl<D: Disk> Disk for Mortal<D> {
    fn list(&mut self, folder: &str) -> io::Result<Vec<Item>> {
        self.0.list(folder)
    }

    fn stat(&mut self, path: &str) -> io::Result<Option<Item>> {
        self.0.stat(path)
    }

    fn open(&mut self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        self.0.open(path)
    }

    fn put(&mut self, path: &str, seen: Option<&Stamp>, content: &mut dyn Read) -> io::Result<Put> {
        self.1.io(|| self.0.put(path, seen, content))
    }

    fn rename(&mut self, from: &str, to: &str, seen: &Stamp) -> io::Result<Put> {
        self.1.io(|| self.0.rename(from, to, seen))
    }

    fn remove(&mut self, path: &str, seen: &Stamp) -> io::Result<bool> {
        self.1.io(|| self.0.remove(path, seen))
    }

    fn make_folder(&mut self, path: &str) -> io::Result<()> {
        self.1.io(|| self.0.make_folder(path))
    }

    fn remove_folder(&mut self, path: &str) -> io::Result<bool> {
        self.1.io(|| self.0.remove_folder(path))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.io(|| self.0.flush())
    }

    fn is_own(&self, name: &str) -> Option<bool> {
        self.0.is_own(name)
    }
}

impl Disk for Raced {
    fn list(&mut self, folder: &str) -> io::Result<Vec<Item>> {
        self.disk.list(folder)
    }

    fn stat(&mut self, path: &str) -> io::Result<Option<Item>> {
        self.disk.stat(path)
    }

    fn open(&mut self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        self.disk.open(path)
    }

    fn put(&mut self, path: &str, seen: Option<&Stamp>, content: &mut dyn Read) -> io::Result<Put> {
        if self.at.ends_with(path)
            && let Some(text) = self.text.take()
        {
            std::fs::write(&self.at, text)?;
        }
        self.disk.put(path, seen, content)
    }

    fn rename(&mut self, from: &str, to: &str, seen: &Stamp) -> io::Result<Put> {
        self.disk.rename(from, to, seen)
    }

    fn remove(&mut self, path: &str, seen: &Stamp) -> io::Result<bool> {
        self.disk.remove(path, seen)
    }

    fn make_folder(&mut self, path: &str) -> io::Result<()> {
        self.disk.make_folder(path)
    }

    fn remove_folder(&mut self, path: &str) -> io::Result<bool> {
        self.disk.remove_folder(path)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.disk.flush()
    }

    fn is_own(&self, name: &str) -> Option<bool> {
        self.disk.is_own(name)
    }
}

impl Log for Mortal<Kept> {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.0.read()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (log, fuse) = (&mut self.0, &self.1);
        fuse.io(|| log.append(bytes))
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (log, fuse) = (&mut self.0, &self.1);
        fuse.io(|| log.replace(bytes))
    }
}

impl Store for Mortal<&mut Held> {
    fn files(&mut self) -> Result<Vec<Entry>, Failure> {
        self.0.files()
    }

    fn read(&mut self, hash: &Hash, from: u64, len: usize) -> Result<Vec<u8>, Failure> {
        self.0.read(hash, from, len)
    }

    fn has(&mut self, hash: &Hash) -> Result<bool, Failure> {
        self.0.has(hash)
    }

    fn begin_content(&mut self, hash: &Hash, size: u64) -> Result<u64, Failure> {
        self.1.store(|| self.0.begin_content(hash, size))
    }

    fn add_content(&mut self, hash: &Hash, from: u64, bytes: &[u8]) -> Result<bool, Failure> {
        self.1.store(|| self.0.add_content(hash, from, bytes))
    }

    fn change(
        &mut self,
        at_ms: u64,
        message: &str,
        ops: &[Op],
        expected: &[Expected],
    ) -> Result<Landed, Failure> {
        self.1
            .store(|| self.0.change(at_ms, message, ops, expected))
    }

    fn has_change(&mut self, at_ms: u64, message: &str) -> Result<bool, Failure> {
        self.0.has_change(at_ms, message)
    }
}

impl World {
    /// Does a pass that dies when the fuse is burnt down.
    pub fn mortal(&mut self, fuse: Fuse) {
        let disk = FolderDisk::open(self.root(), "test").expect("opens");
        let (disk, log) = (
            Mortal(disk, fuse.clone()),
            Mortal(self.kept.clone(), fuse.clone()),
        );
        let options = Options {
            from: Some(selvage_mirror::From::Both),
            ..self.options.clone()
        };
        let Ok(mut mirror) = Mirror::open(disk, log, options) else {
            return;
        };
        let now_ms = self.now_ms();
        // Whatever it says: whoever goes on must cope with what is there.
        let _ = mirror.pass(&mut Mortal(&mut self.held, fuse), now_ms, &mut |_| {});
    }
}
