//! Replicas, the links between them, and what is done to both.

use selvage_sync::{Role, Session};
use selvage_vfs::storage::{Batch, Loaded, MemoryStorage, Storage};
use selvage_vfs::{Change, Hash, Meta, NodeId, Op, Origin, OriginKind, Result, Workspace};
use std::collections::VecDeque;
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
}

/// Memory that outlives the workspace that is open on it.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<MemoryStorage>>);

impl Shared {
    fn with<T>(&self, call: impl FnOnce(&mut MemoryStorage) -> T) -> T {
        call(&mut self.0.lock().expect("one thread"))
    }
}

impl Storage for Shared {
    fn load(&mut self) -> Result<Loaded> {
        self.with(|storage| storage.load())
    }
    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        self.with(|storage| storage.blob(hash))
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

/// A workspace, its storage, and where its ids come from.
pub struct Replica {
    pub workspace: Workspace,
    storage: Shared,
    actor: [u8; 16],
    ids: Rng,
}

impl Replica {
    pub fn new(number: u8) -> Self {
        let storage = Shared::default();
        let actor = [number; 16];
        Self {
            workspace: Workspace::open(Box::new(storage.clone()), actor).expect("opens"),
            storage,
            actor,
            ids: Rng(u64::from(number) << 32),
        }
    }

    /// What a crash leaves: storage alone.
    pub fn reopen(&mut self) {
        let storage = Box::new(self.storage.clone());
        self.workspace = Workspace::open(storage, self.actor).expect("opens");
    }

    pub fn apply(&mut self, kind: OriginKind, message: &str, ops: &[Op]) -> Result<Change> {
        let meta = Meta::new(1, Origin::new(kind, "Ada"), message);
        let Self { workspace, ids, .. } = self;
        let mut ids = || (u128::from(ids.next()) << 64) | u128::from(ids.next());
        workspace.apply(&mut ids, &meta, ops)
    }

    pub fn write(&mut self, ops: &[Op]) {
        self.apply(OriginKind::Person, "Step", ops).expect("fits");
    }

    pub fn step(&mut self, is_undo: bool) -> Result<Change> {
        let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
        let Self { workspace, ids, .. } = self;
        let mut ids = || (u128::from(ids.next()) << 64) | u128::from(ids.next());
        match is_undo {
            true => workspace.undo(&mut ids, &meta),
            false => workspace.redo(&mut ids, &meta),
        }
    }

    /// Seals what was typed, so that it is nobody's to undo.
    pub fn seal(&mut self) {
        let meta = Meta::new(1, Origin::new(OriginKind::System, "Ada"), "Seal");
        self.workspace.seal(&meta).expect("seals");
    }

    pub fn text(&self, path: &str) -> String {
        String::from_utf8(self.workspace.read(path).expect("there")).expect("text")
    }
}

pub fn draft(path: &str, text: &str) -> Op {
    Op::Draft {
        path: path.into(),
        text: text.into(),
    }
}

/// Two sessions and the frames between them. The first side is the initiator.
pub struct Link {
    pub ends: [usize; 2],
    pub sessions: [Session; 2],
    /// What travels to each side.
    pub queues: [VecDeque<Vec<u8>>; 2],
    /// Bytes that arrived at each side.
    pub bytes: [usize; 2],
    pub frames: usize,
}

impl Link {
    pub fn new(ends: [usize; 2]) -> Self {
        Self {
            ends,
            sessions: [Session::new(Role::Initiator), Session::new(Role::Responder)],
            queues: Default::default(),
            bytes: [0; 2],
            frames: 0,
        }
    }

    /// Tells a side's session that its workspace changed.
    pub fn changed(&mut self, side: usize, replica: &mut Replica) {
        let reply = self.sessions[side].changed(&mut replica.workspace);
        self.queues[1 - side].extend(reply.expect("storage works").frames);
    }

    /// Delivers one frame to a side; true when its workspace changed.
    pub fn deliver(&mut self, side: usize, replica: &mut Replica) -> bool {
        let Some(frame) = self.queues[side].pop_front() else {
            return false;
        };
        self.bytes[side] += frame.len();
        self.frames += 1;
        let reply = self.sessions[side].handle(&mut replica.workspace, &frame);
        let reply = reply.expect("storage works");
        self.queues[1 - side].extend(reply.frames);
        assert_eq!(self.sessions[side].closed(), None, "nothing is refused");
        reply.changed
    }

    pub fn is_quiet(&self) -> bool {
        self.queues.iter().all(VecDeque::is_empty)
    }
}

/// Lets two replicas talk until both are silent; gives the bytes that arrived at each.
pub fn talk(a: &mut Replica, b: &mut Replica) -> [usize; 2] {
    let mut link = Link::new([0, 1]);
    talk_on(&mut link, a, b);
    link.bytes
}

pub fn talk_on(link: &mut Link, a: &mut Replica, b: &mut Replica) {
    link.changed(0, a);
    link.changed(1, b);
    while !link.is_quiet() {
        link.deliver(1, b);
        link.deliver(0, a);
    }
}
