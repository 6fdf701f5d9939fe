//! What a membership log says about envelopes and epochs.

use super::settle::{Member, Status};
use super::{Members, Set};
use crate::crypto::HPKE_BYTES;
use crate::identity::DeviceId;
use crate::op::{Action, Op, OpId, Point, Role};
use crate::{Denial, Result};
use std::collections::BTreeSet;

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

    /// The epoch that is to be used by the operations in `within`: of those that no removed device can
    /// read the last one in the log's order; where there is none such, the last one.
    pub(crate) fn epoch(&self, within: &Set) -> Option<Epoch<'_>> {
        let mut epochs = self.epochs(within);
        epochs.sort_by_key(|&at| std::cmp::Reverse(self.key(at)));
        let closed = epochs.iter().find(|&&at| self.is_closed(at, within));
        self.epoch_of(self.id(*closed.or(epochs.first())?))
    }

    /// The epochs in `within` that are not void.
    fn epochs(&self, within: &Set) -> Vec<usize> {
        let epoch = |&at: &usize| {
            within.has(at)
                && self.settled.effective.has(at)
                && matches!(self.action(at), Action::Epoch { .. })
        };
        (0..self.entries.len()).filter(epoch).collect()
    }

    /// Whether nobody can read an epoch who by the operations in `within` is no member.
    fn is_closed(&self, epoch: usize, within: &Set) -> bool {
        let status = |device: DeviceId, of: &Set| {
            self.status(device, |at| of.has(at) && self.settled.effective.has(at))
        };
        let past = &self.entries[epoch].past;
        let has_key = match self.action(epoch) {
            Action::Epoch { keys, .. } => &keys[..],
            _ => &[],
        };
        let mut readers = has_key.iter().map(|(device, _)| *device);
        // A device that was added after the epoch began got its key from whoever added it, so it
        // must have been taken out before.
        let gone = |device: &DeviceId| status(*device, within) == Status::Gone;
        let mut removed = self.settled.gone.iter().copied().filter(gone);
        readers.all(|device| matches!(status(device, within), Status::Has(_)))
            && removed.all(|device| status(device, past) == Status::Gone)
    }

    /// Whether no removed device has what was derived from an epoch; `None` stands for what never
    /// changes, and is private for as long as nobody was taken out.
    #[must_use]
    pub fn is_private(&self, epoch: Option<OpId>) -> bool {
        match epoch {
            Some(id) => {
                (self.index.get(&id)).is_none_or(|&at| self.is_closed(at, &self.everything()))
            }
            None => self.settled.gone.is_empty(),
        }
    }

    /// The epoch in use, if no removed device can read it.
    #[must_use]
    pub fn private_epoch(&self) -> Option<OpId> {
        let everything = self.everything();
        let (op, ..) = self.epoch(&everything)?;
        self.is_private(Some(op.id())).then(|| op.id())
    }

    /// Whether an epoch's author knew of a removal that the author of `from` did not, or `None` where
    /// that is the founding. It depends on the operations before both alone, so all devices that have
    /// them answer alike, whatever else they know.
    #[must_use]
    pub fn shuts_out(&self, from: Option<OpId>, to: OpId) -> bool {
        let removed = |epoch: OpId| {
            let past = self.closure_of_known(&[epoch]);
            let at = (0..self.entries.len()).filter(move |&at| past.has(at));
            at.filter_map(|at| match self.action(at) {
                Action::Revoke { device, .. } => Some(*device),
                _ => None,
            })
        };
        let before: BTreeSet<_> = from.into_iter().flat_map(removed).collect();
        self.epoch_of(to).is_some() && removed(to).any(|device| !before.contains(&device))
    }

    /// Members that were added at the same time as an epoch began, so that it may have no key for them.
    pub fn apart(&self, epoch: OpId) -> impl Iterator<Item = DeviceId> + '_ {
        let at = self.index.get(&epoch).copied();
        let is_apart = move |member: &&Member| {
            at.is_some_and(|at| !self.ordered(at, self.index[&member.added]))
        };
        self.iter().filter(is_apart).map(|member| member.device)
    }

    /// An epoch of the log by its operation, void or not.
    pub(crate) fn epoch_of(&self, id: OpId) -> Option<Epoch<'_>> {
        let op = self.op(id)?;
        match op.action() {
            Action::Epoch { commitment, keys } => Some((op, commitment, keys)),
            _ => None,
        }
    }

    /// Whether an epoch was followed by another one among the operations in `within`.
    pub(crate) fn is_followed(&self, epoch: OpId, within: &Set) -> bool {
        let follows = |&at: &usize| {
            let place = self.index.get(&epoch);
            place.is_some_and(|&place| self.entries[at].past.has(place))
        };
        self.epochs(within).iter().any(follows)
    }

    /// Whether an owner should begin an epoch: a device was taken out that can read the one in use,
    /// or one was added at the same time as that began, and can't.
    #[must_use]
    pub fn rotation_due(&self) -> bool {
        let everything = self.everything();
        let Some((op, ..)) = self.epoch(&everything) else {
            return true;
        };
        let at = self.index[&op.id()];
        !self.is_closed(at, &everything) || self.apart(op.id()).next().is_some()
    }
}
