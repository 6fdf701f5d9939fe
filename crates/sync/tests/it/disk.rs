//! Memory that outlives the workspace that is open on it, and that can fail and be damaged.
//!
//! Damage is told when the damaged record is read: that every flipped or lost bit is seen there is
//! held where the bytes are, by the tests of `selvage-vfs` on disks. Here it is what comes after.

use crate::world::Rng;
use selvage_vfs::storage::{Arrival, Arriving, Batch, Loaded, MemoryStorage, Storage};
use selvage_vfs::{Hash, NodeId, Result, VfsError};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Record {
    Ledger,
    Text(NodeId),
    Blob(Hash),
}

#[derive(Default)]
struct State {
    memory: MemoryStorage,
    /// Contents that were ever added.
    blobs: BTreeSet<Hash>,
    damaged: BTreeSet<Record>,
    is_failing: bool,
}

/// A disk. Clones are the same one.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<State>>);

impl Disk {
    fn with<T>(&self, call: impl FnOnce(&mut State) -> T) -> T {
        call(&mut self.0.lock().expect("one thread"))
    }

    /// Whether it takes nothing more, as one that is full.
    pub fn fail(&self, is_failing: bool) {
        self.with(|state| state.is_failing = is_failing);
    }

    /// Makes one record unreadable: the ledger, a live text, or a content.
    pub fn damage(&self, rng: &mut Rng) {
        self.with(|state| {
            let mut records = vec![Record::Ledger];
            let loaded = state.memory.load().expect("memory");
            records.extend(loaded.texts.iter().map(|text| Record::Text(text.node)));
            records.extend(state.blobs.iter().copied().map(Record::Blob));
            state.damaged.insert(rng.pick(&records).clone());
        });
    }

    /// Makes one content unreadable.
    pub fn damage_content(&self, hash: Hash) {
        self.with(|state| state.damaged.insert(Record::Blob(hash)));
    }

    /// The content that is unreadable, if it is one.
    pub fn damaged_content(&self) -> Option<Hash> {
        let content = |record: &Record| match record {
            Record::Blob(hash) => Some(*hash),
            Record::Ledger | Record::Text(_) => None,
        };
        self.with(|state| state.damaged.iter().find_map(content))
    }
}

impl State {
    fn check(&self, record: &Record) -> Result<()> {
        match self.damaged.contains(record) {
            true => Err(VfsError::Damaged {
                why: format!("{record:?}"),
            }),
            false => Ok(()),
        }
    }
}

impl Storage for Disk {
    fn load(&mut self) -> Result<Loaded> {
        self.with(|state| {
            state.check(&Record::Ledger)?;
            state.memory.load()
        })
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        self.with(|state| {
            state.check(&Record::Blob(*hash))?;
            state.memory.blob(hash)
        })
    }

    fn has_blob(&self, hash: &Hash) -> Result<bool> {
        self.with(|state| state.memory.has_blob(hash))
    }

    fn blob_size(&self, hash: &Hash) -> Result<Option<u64>> {
        self.with(|state| state.memory.blob_size(hash))
    }

    fn piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        self.with(|state| {
            state.check(&Record::Blob(*hash))?;
            state.memory.piece(hash, number)
        })
    }

    fn arriving(&self) -> Result<Vec<Arriving>> {
        self.with(|state| state.memory.arriving())
    }

    fn arriving_piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        self.with(|state| state.memory.arriving_piece(hash, number))
    }

    fn thinned(&self, hash: &Hash) -> Result<Option<u64>> {
        self.with(|state| state.memory.thinned(hash))
    }

    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>> {
        self.with(|state| {
            state.check(&Record::Text(*node))?;
            state.memory.text(node)
        })
    }

    fn commit(&mut self, batch: Batch) -> Result<()> {
        self.with(|state| {
            if state.is_failing {
                let why = "no room".into();
                return Err(VfsError::StorageFull { why });
            }
            state
                .blobs
                .extend(batch.blobs.iter().map(|(hash, _)| *hash));
            for arrival in &batch.arrivals {
                if let Arrival::Thinned { hash, .. } = arrival {
                    // What is damaged can't be taken out.
                    state.check(&Record::Blob(*hash))?;
                    state.blobs.remove(hash);
                }
                if let Arrival::Whole { hash } = arrival {
                    state.blobs.insert(*hash);
                    state.damaged.remove(&Record::Blob(*hash));
                }
            }
            state.memory.commit(batch)
        })
    }

    fn size_bytes(&self) -> Result<u64> {
        self.with(|state| state.memory.size_bytes())
    }
}
