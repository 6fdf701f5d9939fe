//! What a membership log says about envelopes and epochs.

use super::settle::{Member, Status};
use super::{Members, Set};
use crate::crypto::HPKE_BYTES;
use crate::identity::DeviceId;
use crate::op::{Action, Op, OpId, Point, Role};
use crate::{Denial, Result};

/// An epoch of the log: its operation, what its key fits, and the key for each member.
pub(crate) type Epoch<'a> = (
    &'a Op,
    &'a [u8; 32],
    &'a [(DeviceId, [u8; 32 + HPKE_BYTES])],
);

/// What stands of a removed signer by one removal: the envelopes up to any of these points. The first
/// is what the removal itself knew, the others are what was kept since.
pub(crate) type Stand = Vec<Point>;

impl Members {
    /// Whether a device may write by the operations in `past`; and what stands of it by each removal
    /// that is not among them.
    pub(crate) fn may_write(&self, device: DeviceId, past: &Set) -> Result<Vec<Stand>, Denial> {
        let effective = &self.settled.effective;
        match self.status(device, |at| effective.has(at) && past.has(at)) {
            Status::Has(role) if role >= Role::Editor => {}
            Status::Has(has) => {
                let needed = Role::Editor;
                return Err(Denial::Role { has, needed });
            }
            Status::Gone => return Err(Denial::Revoked { device }),
            Status::Unknown => return Err(Denial::NotAMember { device }),
        }
        Ok(self.stands(device, |at| !past.has(at)))
    }

    /// What stands of a device by each removal that `counts` lets through.
    pub(crate) fn stands(&self, device: DeviceId, counts: impl Fn(usize) -> bool) -> Vec<Stand> {
        let about = || {
            let about = self.about.get(&device).into_iter().flatten().copied();
            about.filter(|&at| self.settled.effective.has(at))
        };
        let known = |at: usize| match self.action(at) {
            Action::Revoke { known, .. }
            | Action::SetRole { known, .. }
            | Action::Keep { known, .. } => Some(*known),
            _ => None,
        };
        let stops = |&at: &usize| match self.action(at) {
            Action::Revoke { .. } => counts(at),
            Action::SetRole { role, .. } => *role < Role::Editor && counts(at),
            _ => false,
        };
        let stand = |removal: usize| {
            let later = about().filter(|&at| self.entries[at].past.has(removal));
            std::iter::once(removal)
                .chain(later)
                .filter_map(known)
                .collect()
        };
        about().filter(stops).map(stand).collect()
    }

    /// Whether something that has effect added the device, be it a member still or not.
    pub(crate) fn was_added(&self, device: DeviceId) -> bool {
        self.settled.members.contains_key(&device) || self.settled.gone.contains(&device)
    }

    /// The epoch that is to be used: of all that are not void the last one in the log's order.
    pub(crate) fn epoch(&self, within: Option<&Set>) -> Option<Epoch<'_>> {
        let epochs = (0..self.entries.len()).filter(|&at| {
            self.settled.effective.has(at)
                && within.is_none_or(|within| within.has(at))
                && matches!(self.action(at), Action::Epoch { .. })
        });
        let last = epochs.max_by_key(|&at| self.key(at))?;
        self.epoch_of(self.id(last))
    }

    /// An epoch of the log by its operation, void or not.
    pub(crate) fn epoch_of(&self, id: OpId) -> Option<Epoch<'_>> {
        let op = self.op(id)?;
        match op.action() {
            Action::Epoch { commitment, keys } => Some((op, commitment, keys)),
            _ => None,
        }
    }

    /// Whether epoch `a` is before epoch `b` in the log's order.
    pub(crate) fn is_before(&self, a: OpId, b: OpId) -> bool {
        match (self.index.get(&a), self.index.get(&b)) {
            (Some(&a), Some(&b)) => self.key(a) < self.key(b),
            _ => false,
        }
    }

    /// Whether an owner should begin an epoch: a device was taken out that can read the one in use,
    /// or one was added at the same time as that began, and can't.
    #[must_use]
    pub fn rotation_due(&self) -> bool {
        let Some((op, _, keys)) = self.epoch(None) else {
            return true;
        };
        let at = self.index[&op.id()];
        let gone = keys
            .iter()
            .any(|(device, _)| !self.settled.members.contains_key(device));
        let past = &self.entries[at].past;
        // A device that was added after the epoch began got its key from whoever added it.
        let later = |device: &DeviceId| {
            let before = |at| past.has(at) && self.settled.effective.has(at);
            self.status(*device, before) != Status::Gone
        };
        let apart = |member: &Member| !self.ordered(at, self.index[&member.added]);
        gone || self.settled.gone.iter().any(later) || self.settled.members.values().any(apart)
    }
}
