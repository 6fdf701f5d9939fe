//! What a disk gives back of a journal.

use super::must;
use crate::{Door, Input};
use selvage_vfs::storage::{JournaledStorage, StorageBackend};
use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file in memory.
#[derive(Debug, Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl File {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(bytes)))
    }
}

impl StorageBackend for File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = offset as usize;
        let bytes = self.bytes();
        let read = bytes.get(start..start + out.len());
        out.copy_from_slice(read.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.bytes().resize(len as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let (start, mut bytes) = (offset as usize, self.bytes());
        let end = start + data.len();
        if end > bytes.len() {
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(data);
        Ok(())
    }
}

fn open_all(database: &File, sums: &File, journal: &File) -> selvage_vfs::Result<Workspace> {
    let storage = JournaledStorage::open(database.clone(), sums.clone(), journal.clone())?;
    Workspace::open(Box::new(storage), [1; 16])
}

/// The journal of a few changes, whose database has none of them yet.
pub fn open() -> (Vec<Input>, Door) {
    let (database, sums, journal) = (File::default(), File::default(), File::default());
    drop(must(open_all(&database, &sums, &journal)));
    let before = (database.bytes().clone(), sums.bytes().clone());
    let mut workspace = must(open_all(&database, &sums, &journal));
    for number in 0..4_u8 {
        let mut id = u128::from(number) << 64;
        let mut ids = || {
            id += 1;
            id
        };
        let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
        let op = Op::write(format!("{number}.md"), vec![number; 2000]);
        must(workspace.apply(&mut ids, &meta, &[op]));
    }
    let written = journal.bytes().clone();
    assert!(written.len() > 1000, "a journal");
    let door = move |input: &[Vec<u8>]| {
        let (database, sums) = (File::of(before.0.clone()), File::of(before.1.clone()));
        let journal = File::of(input.concat());
        // Damage is an error, or the changes up to it; what opens can be read and opened again.
        if let Ok(workspace) = open_all(&database, &sums, &journal) {
            for entry in must(workspace.list("", true)) {
                if entry.hash.is_some() {
                    must(workspace.read(&entry.path));
                }
            }
            let digest = must(workspace.digest());
            drop(workspace);
            let again = must(open_all(&database, &sums, &journal));
            assert_eq!(must(again.digest()), digest, "it reads the same again");
        }
    };
    (vec![vec![written]], Box::new(door))
}
