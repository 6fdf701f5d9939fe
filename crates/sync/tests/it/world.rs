//! Replicas, the links between them, and what is done to both.

use crate::disk::Disk;
use selvage_sync::{Role, Session};
use selvage_vfs::{Change, Heads, Meta, Op, Origin, OriginKind, Result, Workspace};
use std::collections::VecDeque;
use std::ops::RangeInclusive;

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

    pub fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// A workspace, its disk, and where its ids and times come from.
pub struct Replica {
    pub workspace: Workspace,
    pub disk: Disk,
    actor: [u8; 16],
    ids: Rng,
    /// What its clock says, in milliseconds.
    pub clock_ms: u64,
}

impl Replica {
    pub fn new(number: u8) -> Self {
        let disk = Disk::default();
        let actor = [number; 16];
        Self {
            workspace: Workspace::open(Box::new(disk.clone()), actor).expect("opens"),
            disk,
            actor,
            ids: Rng(u64::from(number) << 32),
            clock_ms: 1,
        }
    }

    /// What a crash leaves: the disk alone.
    pub fn try_reopen(&mut self) -> Result<()> {
        self.workspace = Workspace::open(Box::new(self.disk.clone()), self.actor)?;
        Ok(())
    }

    /// What another tab makes of a disk that one left.
    pub fn open_as(&mut self, number: u8) {
        self.actor = [number; 16];
        self.ids = Rng(u64::from(number) << 32);
        self.reopen();
    }

    pub fn reopen(&mut self) {
        self.try_reopen().expect("opens");
    }

    fn meta(&self, kind: OriginKind, message: &str) -> Meta {
        Meta::new(self.clock_ms, Origin::new(kind, "Ada"), message)
    }

    pub fn apply(&mut self, kind: OriginKind, message: &str, ops: &[Op]) -> Result<Change> {
        let meta = self.meta(kind, message);
        let Self { workspace, ids, .. } = self;
        let mut ids = || (u128::from(ids.next()) << 64) | u128::from(ids.next());
        workspace.apply(&mut ids, &meta, ops)
    }

    pub fn write(&mut self, ops: &[Op]) {
        self.apply(OriginKind::Person, "Step", ops).expect("fits");
    }

    pub fn step(&mut self, is_undo: bool) -> Result<Change> {
        let meta = self.meta(OriginKind::Person, "Step");
        let Self { workspace, ids, .. } = self;
        let mut ids = || (u128::from(ids.next()) << 64) | u128::from(ids.next());
        match is_undo {
            true => workspace.undo(&mut ids, &meta),
            false => workspace.redo(&mut ids, &meta),
        }
    }

    /// Seals what was typed, so that it is nobody's to undo.
    pub fn try_seal(&mut self) -> Result<Heads> {
        let meta = self.meta(OriginKind::System, "Seal");
        self.workspace.seal(&meta)
    }

    pub fn seal(&mut self) {
        self.try_seal().expect("seals");
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
    /// Bytes that travel to each side.
    pub queued: [usize; 2],
    /// Bytes that arrived at each side.
    pub bytes: [usize; 2],
    pub frames: usize,
}

impl Link {
    pub fn new(ends: [usize; 2]) -> Self {
        let sessions = [Session::new(Role::Initiator), Session::new(Role::Responder)];
        Self::with(ends, sessions)
    }

    pub fn with(ends: [usize; 2], sessions: [Session; 2]) -> Self {
        Self {
            ends,
            sessions,
            queues: Default::default(),
            queued: [0; 2],
            bytes: [0; 2],
            frames: 0,
        }
    }

    fn send(&mut self, side: usize, frames: Vec<Vec<u8>>) {
        self.queued[side] += frames.iter().map(Vec::len).sum::<usize>();
        self.queues[side].extend(frames);
    }

    /// Tells a side's session that its workspace changed.
    pub fn changed(&mut self, side: usize, replica: &mut Replica) {
        let reply = self.sessions[side].changed(&mut replica.workspace);
        self.send(1 - side, reply.expect("reading works").frames);
    }

    /// Delivers one frame to a side; true when its workspace changed.
    pub fn deliver(&mut self, side: usize, replica: &mut Replica) -> bool {
        self.try_deliver(side, replica).expect("storage works")
    }

    /// As above; with an error the session is over.
    pub fn try_deliver(
        &mut self,
        side: usize,
        replica: &mut Replica,
    ) -> selvage_sync::Result<bool> {
        let Some(frame) = self.queues[side].pop_front() else {
            return Ok(false);
        };
        self.queued[side] -= frame.len();
        self.bytes[side] += frame.len();
        self.frames += 1;
        let reply = self.sessions[side].handle(&mut replica.workspace, &frame)?;
        self.send(1 - side, reply.frames);
        assert_eq!(self.sessions[side].closed(), None, "nothing is refused");
        Ok(reply.changed)
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
