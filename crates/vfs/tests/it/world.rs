//! One workspace and its storage, with verbs short enough for stories.

use crate::disk::Disk;
use selvage_vfs::storage::{Batch, JournaledStorage, Loaded, MemoryStorage, RedbStorage, Storage};
use selvage_vfs::{Change, Hash, Meta, NodeId, Op, Origin, OriginKind, Result, Workspace};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Numbers that look random and come again for the same seed.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    pub fn id(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }
}

/// Memory that outlives the workspace that is open on it.
#[derive(Clone, Default)]
pub struct SharedMemory(pub Arc<Mutex<MemoryStorage>>);

impl SharedMemory {
    fn with<T>(&self, call: impl FnOnce(&mut MemoryStorage) -> T) -> T {
        call(&mut self.0.lock().expect("one thread"))
    }
}

impl Storage for SharedMemory {
    fn load(&mut self) -> Result<Loaded> {
        self.with(|storage| storage.load())
    }
    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        self.with(|storage| storage.blob(hash))
    }
    fn thinned(&self, hash: &Hash) -> Result<Option<u64>> {
        self.with(|storage| storage.thinned(hash))
    }
    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>> {
        self.with(|storage| storage.text(node))
    }
    fn commit(&mut self, batch: Batch) -> Result<()> {
        self.with(|storage| storage.commit(batch))
    }
    fn size_bytes(&self) -> Result<u64> {
        self.with(|storage| storage.size_bytes())
    }
}

/// Where a story's workspace is kept.
#[derive(Clone)]
pub enum Place {
    Memory(SharedMemory),
    Disk(Disk),
    /// With a journal that is soon full.
    Journal(Disk),
    /// With a journal that has room for a whole story.
    LongJournal(Disk),
}

/// The kinds that outlive a process.
pub const DURABLE: [fn(Disk) -> Place; 2] = [Place::Disk, Place::Journal];

impl Place {
    pub fn open(&self) -> Result<Box<dyn Storage>> {
        Ok(match self {
            Self::Memory(memory) => Box::new(memory.clone()),
            Self::Disk(disk) => Box::new(RedbStorage::open(disk.file(0), disk.file(1))?),
            Self::Journal(disk) => Box::new(journaled(disk)?.with_batches_max(3)),
            Self::LongJournal(disk) => Box::new(journaled(disk)?),
        })
    }
}

pub fn journaled(disk: &Disk) -> Result<JournaledStorage> {
    JournaledStorage::open(disk.file(0), disk.file(1), disk.file(2))
}

/// A workspace in use.
pub struct World {
    pub place: Place,
    pub workspace: Workspace,
    pub rng: Rng,
    pub now_ms: u64,
}

impl World {
    pub fn on(place: Place) -> Self {
        let workspace =
            Workspace::open(place.open().expect("storage opens"), [1; 16]).expect("opens");
        Self {
            place,
            workspace,
            rng: Rng(42),
            now_ms: 1_700_000_000_000,
        }
    }

    pub fn memory() -> Self {
        Self::on(Place::Memory(SharedMemory::default()))
    }

    /// Closes the workspace without saying good-bye, and opens it again.
    pub fn reopen(&mut self) {
        // A disk has one user at a time, so the old one goes first.
        let nowhere = Workspace::open(Box::new(MemoryStorage::new()), [0; 16]).expect("opens");
        drop(std::mem::replace(&mut self.workspace, nowhere));
        let storage = self.place.open().expect("storage opens");
        self.workspace = Workspace::open(storage, [1; 16]).expect("opens");
    }

    pub fn meta(&mut self, message: &str) -> Meta {
        self.now_ms += 1000;
        Meta::new(self.now_ms, Origin::new(OriginKind::Person, "Ada"), message)
    }

    pub fn try_apply(&mut self, message: &str, ops: &[Op]) -> Result<Change> {
        let meta = self.meta(message);
        let Self { workspace, rng, .. } = self;
        workspace.apply(&mut || rng.id(), &meta, ops)
    }

    #[track_caller]
    pub fn apply(&mut self, message: &str, ops: &[Op]) -> Change {
        self.try_apply(message, ops).expect("the change fits")
    }

    #[track_caller]
    pub fn write(&mut self, path: &str, content: impl AsRef<[u8]>) -> Change {
        self.apply(
            &format!("Write {path}"),
            &[Op::write(path, content.as_ref())],
        )
    }

    #[track_caller]
    pub fn draft(&mut self, path: &str, text: &str) -> Change {
        self.apply(
            "",
            &[Op::Draft {
                path: path.into(),
                text: text.into(),
            }],
        )
    }

    #[track_caller]
    pub fn seal(&mut self) -> selvage_vfs::Heads {
        let meta = self.meta("Edit");
        self.workspace.seal(&meta).expect("seals")
    }

    pub fn undo(&mut self) -> Result<Change> {
        let meta = self.meta("Undo");
        let Self { workspace, rng, .. } = self;
        workspace.undo(&mut || rng.id(), &meta)
    }

    pub fn redo(&mut self) -> Result<Change> {
        let meta = self.meta("Redo");
        let Self { workspace, rng, .. } = self;
        workspace.redo(&mut || rng.id(), &meta)
    }

    pub fn restore(&mut self, path: &str, heads: &selvage_vfs::Heads) -> Result<Change> {
        self.restore_but(None, path, heads)
    }

    pub fn restore_but(
        &mut self,
        but: Option<&str>,
        path: &str,
        heads: &selvage_vfs::Heads,
    ) -> Result<Change> {
        let meta = self.meta("Restore");
        let Self { workspace, rng, .. } = self;
        workspace.restore(&mut || rng.id(), &meta, (path, but), heads)
    }

    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        String::from_utf8(self.workspace.read(path).expect("is there")).expect("is text")
    }

    /// Every path, folders with a slash at the end.
    pub fn paths(&self) -> Vec<String> {
        self.contents().into_keys().collect()
    }

    /// Every file with its content, and every folder.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        contents(&self.workspace)
    }
}

pub fn contents(workspace: &Workspace) -> BTreeMap<String, Vec<u8>> {
    let entries = workspace.list("", true).expect("lists");
    let content = |entry: selvage_vfs::Entry| match entry.is_folder() {
        true => (format!("{}/", entry.path), Vec::new()),
        false => {
            let bytes = workspace.read(&entry.path).expect("reads");
            assert_eq!(entry.size, bytes.len() as u64, "{}", entry.path);
            assert_eq!(entry.hash, Some(Hash::of(&bytes)), "{}", entry.path);
            (entry.path, bytes)
        }
    };
    entries.into_iter().map(content).collect()
}

/// Tells a story once on every kind of storage.
pub fn on_every_storage(story: impl Fn(&mut World)) {
    story(&mut World::memory());
    for durable in DURABLE {
        story(&mut World::on(durable(Disk::new())));
    }
}

pub fn mkdir(path: &str) -> Op {
    Op::Mkdir { path: path.into() }
}

pub fn mv(from: &str, to: &str) -> Op {
    Op::Move {
        from: from.into(),
        to: to.into(),
    }
}

pub fn rm(path: &str) -> Op {
    Op::Remove { path: path.into() }
}
