//! The membership log: who may do what, the same on every replica, whatever the order.
//!
//! **Problem.** Devices change the membership apart from each other, without a server that could
//! say what came first. Every replica must come to the same members, and nobody may gain anything
//! by citing an old state of the log.
//!
//! **Shape.** A graph of signed operations, each citing the heads that its author saw. An operation
//! enters the log only when its author was allowed to it **in the state that its own past
//! describes**: a question that has the same answer everywhere and for ever. What an operation
//! then does depends on what was done at the same time: see `settle.rs`.
//!
//! **Invariants.** The log only grows, and holds no operation without its past. The state is a
//! function of the set of operations. All of it descends from one founding operation, whose hash
//! names the workspace, so that logs of two workspaces never mix.

use crate::identity::DeviceId;
use crate::limits::{DEVICE_OPS_MAX, HEADS_MAX, LOG_OPS_MAX, MEMBERS_MAX, WAITING_OPS_MAX};
use crate::op::{Action, Op, OpId, Role};
use crate::{Denial, Result, TrustError, WorkspaceId};
use settle::Settled;
use std::collections::{BTreeMap, BTreeSet};

mod set;
mod settle;
mod stand;

pub(crate) use set::Set;
pub use settle::{Dispute, Member};
pub(crate) use stand::Stand;

/// What became of an operation that was handed to a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is in the log now.
    Added(OpId),
    /// It was in the log before.
    Known(OpId),
    /// It waits for operations that are not here yet; those are to be asked for.
    Waiting(Vec<OpId>),
    /// It is not in the log, and won't be.
    Refused(TrustError),
}

/// An operation in the log.
#[derive(Debug, Clone)]
struct Entry {
    op: Op,
    /// The longest way to the founding operation: with the id, an order in which causes come first.
    depth: u32,
    /// All operations before it.
    past: Set,
}

/// A membership log with the state that follows from it.
#[derive(Debug, Clone)]
pub struct Members {
    entries: Vec<Entry>,
    index: BTreeMap<OpId, usize>,
    heads: BTreeSet<OpId>,
    /// Entries that are about a device.
    about: BTreeMap<DeviceId, Vec<usize>>,
    by_author: BTreeMap<DeviceId, Vec<usize>>,
    waiting: BTreeMap<OpId, Op>,
    settled: Settled,
}

impl Members {
    /// A log that begins with `founding`.
    pub(crate) fn new(founding: Op) -> Result<Self> {
        if !matches!(founding.action(), Action::Found { .. }) {
            return Err(TrustError::Malformed {
                what: "membership log",
                why: "it does not begin with the founding of a workspace",
            });
        }
        let mut members = Self {
            entries: Vec::new(),
            index: BTreeMap::new(),
            heads: BTreeSet::new(),
            about: BTreeMap::new(),
            by_author: BTreeMap::new(),
            waiting: BTreeMap::new(),
            settled: Settled::default(),
        };
        members.push(founding, Set::default());
        members.settle_last();
        Ok(members)
    }

    /// The workspace: the hash of its founding operation.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        WorkspaceId(self.entries[0].op.id().0)
    }

    /// The last operations, which name the state of the log.
    #[must_use]
    pub fn heads(&self) -> Vec<OpId> {
        self.heads.iter().copied().collect()
    }

    /// The members, by device.
    pub fn iter(&self) -> impl Iterator<Item = &Member> {
        self.settled.members.values()
    }

    /// A member, if the device is one.
    #[must_use]
    pub fn get(&self, device: DeviceId) -> Option<&Member> {
        self.settled.members.get(&device)
    }

    /// A device's role, if it is a member.
    #[must_use]
    pub fn role(&self, device: DeviceId) -> Option<Role> {
        self.get(device).map(|member| member.role)
    }

    /// Operations without effect, since what was done at the same time took them away.
    #[must_use]
    pub fn disputes(&self) -> &[Dispute] {
        &self.settled.disputes
    }

    /// The operations that whoever has `heads` lacks, causes first. Heads that are not known here
    /// count as nothing.
    pub fn since(&self, heads: &[OpId]) -> impl Iterator<Item = &Op> {
        let known = self.closure_of_known(heads);
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|&at| self.key(at));
        order.retain(|&at| !known.has(at));
        order.into_iter().map(|at| &self.entries[at].op)
    }

    /// The operations that came in after the first so many, in the order in which they came.
    pub(crate) fn after(&self, count: usize) -> impl Iterator<Item = &Op> {
        self.entries.iter().skip(count).map(|entry| &entry.op)
    }

    /// An operation of the log.
    #[must_use]
    pub fn op(&self, id: OpId) -> Option<&Op> {
        self.index.get(&id).map(|&at| &self.entries[at].op)
    }

    /// Takes in operations, in any order, also twice or before their parents. One answer each; an
    /// operation that waited and is taken in now has no answer of its own.
    pub fn receive<'a>(&mut self, ops: impl IntoIterator<Item = &'a [u8]>) -> Vec<Received> {
        ops.into_iter()
            .map(|bytes| match Op::read(bytes) {
                Ok(op) => self.take(op),
                Err(error) => Received::Refused(error),
            })
            .collect()
    }

    /// Takes in one operation, and those that waited for it.
    pub(crate) fn take(&mut self, op: Op) -> Received {
        let id = op.id();
        let received = self.take_one(op);
        if matches!(received, Received::Added(_)) {
            // Each round takes in at least one, or ends.
            while let Some(next) = self.ready() {
                self.take_one(next);
            }
        } else if let Received::Waiting(_) = received {
            debug_assert!(self.waiting.contains_key(&id));
        }
        received
    }

    fn ready(&mut self) -> Option<Op> {
        let id = self
            .waiting
            .values()
            .find(|op| self.missing(op.parents()).is_empty())?
            .id();
        self.waiting.remove(&id)
    }

    fn take_one(&mut self, op: Op) -> Received {
        let id = op.id();
        if self.index.contains_key(&id) {
            return Received::Known(id);
        }
        let missing = self.missing(op.parents());
        if !missing.is_empty() {
            if !self.waiting.contains_key(&id) && self.waiting.len() >= WAITING_OPS_MAX {
                return Received::Refused(TrustError::TooLarge {
                    limit: "waiting_ops_max",
                    size: self.waiting.len() as u64 + 1,
                    max: WAITING_OPS_MAX as u64,
                });
            }
            self.waiting.insert(id, op);
            return Received::Waiting(missing);
        }
        let past = self.closure_of_known(op.parents());
        let last = past.len() == self.entries.len();
        if let Err(error) = self.check(&op, &past, last) {
            return Received::Refused(error);
        }
        self.push(op, past);
        if last {
            self.settle_last();
        } else {
            self.settled = self.settle(&self.everything());
        }
        Received::Added(id)
    }

    /// Which of these operations are not here.
    pub(crate) fn missing(&self, ids: &[OpId]) -> Vec<OpId> {
        let unknown = |id: &&OpId| !self.index.contains_key(*id);
        ids.iter().filter(unknown).copied().collect()
    }

    /// Whether an operation may enter the log: decided by its past alone. `last` says that this is
    /// the whole log.
    fn check(&self, op: &Op, past: &Set, last: bool) -> Result<()> {
        crate::within("log_ops_max", self.entries.len() + 1, LOG_OPS_MAX)?;
        let own = self.by_author.get(&op.author()).map_or(0, Vec::len);
        crate::within("device_ops_max", own + 1, DEVICE_OPS_MAX)?;
        match last {
            true => Self::allowed(&self.settled, op.author(), op.action()),
            false => Self::allowed(&self.settle(past), op.author(), op.action()),
        }
    }

    /// Whether `author` may do `action` in a state.
    fn allowed(state: &Settled, author: DeviceId, action: &Action) -> Result<()> {
        let Some(member) = state.members.get(&author) else {
            return Err(match state.gone.contains(&author) {
                true => Denial::Revoked { device: author }.into(),
                false => Denial::NotAMember { device: author }.into(),
            });
        };
        let needed = action.needs(author);
        if member.role < needed {
            let has = member.role;
            return Err(Denial::Role { has, needed }.into());
        }
        match action {
            Action::Found { .. } => Err(Denial::FoundedAlready.into()),
            Action::Add { card, .. } => {
                let device = card.device();
                if state.gone.contains(&device) {
                    return Err(Denial::Revoked { device }.into());
                }
                if state.members.contains_key(&device) {
                    return Err(Denial::MemberAlready { device }.into());
                }
                crate::within("members_max", state.members.len() + 1, MEMBERS_MAX)
            }
            Action::SetRole { device, .. }
            | Action::Revoke { device, .. }
            | Action::Rename { device, .. } => match state.members.contains_key(device) {
                true => Ok(()),
                false => Err(Denial::NotAMember { device: *device }.into()),
            },
            Action::Keep { device, .. } => {
                match state.members.contains_key(device) || state.gone.contains(device) {
                    true => Ok(()),
                    false => Err(Denial::NotAMember { device: *device }.into()),
                }
            }
            Action::Epoch { keys, .. } => {
                match keys
                    .iter()
                    .map(|(device, _)| device)
                    .eq(state.members.keys())
                {
                    true => Ok(()),
                    false => Err(Denial::NotEveryMember.into()),
                }
            }
        }
    }

    /// Adds an operation that [`Self::check`] let pass.
    fn push(&mut self, op: Op, past: Set) {
        let at = self.entries.len();
        let depth = op
            .parents()
            .iter()
            .map(|id| self.entries[self.index[id]].depth + 1);
        let depth = depth.max().unwrap_or(0);
        for parent in op.parents() {
            self.heads.remove(parent);
        }
        self.heads.insert(op.id());
        self.index.insert(op.id(), at);
        self.by_author.entry(op.author()).or_default().push(at);
        if let Some(device) = op.action().about() {
            self.about.entry(device).or_default().push(at);
        }
        self.entries.push(Entry { op, depth, past });
    }

    /// Parents for a new operation: the heads; where there are too many, the first of them in
    /// order, so that the rest is joined by the next operation.
    pub(crate) fn parents(&self) -> Vec<OpId> {
        self.heads.iter().take(HEADS_MAX).copied().collect()
    }

    /// The whole log.
    pub(crate) fn everything(&self) -> Set {
        Set::up_to(self.entries.len())
    }

    /// These operations, as far as they are known, and all before them.
    pub(crate) fn closure_of_known(&self, ids: &[OpId]) -> Set {
        let mut set = Set::default();
        for &at in ids.iter().filter_map(|id| self.index.get(id)) {
            set.join(&self.entries[at].past);
            set.add(at);
        }
        set
    }

    /// An order of the log in which causes come first, the same everywhere.
    fn key(&self, at: usize) -> (u32, OpId) {
        (self.entries[at].depth, self.entries[at].op.id())
    }
}
