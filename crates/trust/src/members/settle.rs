//! What operations that were done at the same time come to.
//!
//! 1. A device that was taken out stays out: it comes back only with new keys.
//! 2. **A removal wins over all that the removed device did at the same time** and would have
//!    needed the lost role for; that is void, and so is all that rests on it.
//! 3. **Between removals, seniority decides.** They are tried in the order in which their authors
//!    were added (by depth in the log, then by the bytes of the id; the founder is first). A removal
//!    that stands is not voided by the removal of its author that comes later in this order. So of two
//!    owners who take out each other, the one who was there first stays; nobody can gain by searching
//!    for a small hash, and a workspace never loses both.
//! 4. Of roles that were given to one device at the same time, the lowest counts; of names, the one
//!    whose operation has the highest id.
//!
//! The other ways to settle rule 3 are weighed in `docs/design-trust.md`.

use super::{Members, Set};
use crate::identity::DeviceId;
use crate::op::{Action, OpId, Role};
use std::collections::{BTreeMap, BTreeSet};

/// A member of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The device.
    pub device: DeviceId,
    /// How people call it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The operation that added it.
    pub added: OpId,
    agree: [u8; 32],
}

impl Member {
    pub(crate) fn agree(&self) -> &[u8; 32] {
        &self.agree
    }
}

/// An operation of the log that has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispute {
    /// The operation.
    pub void: OpId,
    /// The removal of its author that was done at the same time; `None` where it rests on another
    /// void operation.
    pub by: Option<OpId>,
}

/// The state of a set of operations.
#[derive(Debug, Clone, Default)]
pub(super) struct Settled {
    pub members: BTreeMap<DeviceId, Member>,
    /// Devices that were taken out.
    pub gone: BTreeSet<DeviceId>,
    pub disputes: Vec<Dispute>,
    pub effective: Set,
}

/// What a device is at a point of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Unknown,
    Gone,
    Has(Role),
}

impl Members {
    /// The state of the operations in `within`, which holds the past of each.
    pub(super) fn settle(&self, within: &Set) -> Settled {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.retain(|&at| within.has(at));
        order.sort_by_key(|&at| self.key(at));

        let mut removals: Vec<usize> = order.clone();
        removals.retain(|&at| self.action(at).removes().is_some());
        removals.sort_by_key(|&at| (self.seniority(self.author(at), within), self.key(at)));

        let (mut standing, mut void) = (Set::default(), Set::default());
        let mut disputes = Vec::new();
        let mut effective = within.clone();
        for removal in removals {
            if !effective.has(removal) {
                continue;
            }
            standing.add(removal);
            let found = disputes.len();
            for at in self.undone_by(removal) {
                if within.has(at) && !standing.has(at) && !void.has(at) {
                    void.add(at);
                    disputes.push(Dispute {
                        void: self.id(at),
                        by: Some(self.id(removal)),
                    });
                }
            }
            if disputes.len() > found {
                effective = self.effective(&order, &standing, &void);
            }
        }
        let resting = order
            .iter()
            .filter(|&&at| !effective.has(at) && !void.has(at));
        disputes.extend(resting.map(|&at| Dispute {
            void: self.id(at),
            by: None,
        }));

        let mut settled = Settled {
            disputes,
            effective,
            ..Settled::default()
        };
        for &device in self.about.keys() {
            self.settle_device(device, &mut settled);
        }
        settled
    }

    /// Brings the state up to the last operation, which has all others in its past: nothing was done
    /// at the same time, so it changes what it is about and nothing else.
    pub(super) fn settle_last(&mut self) {
        let Some(last) = self.entries.len().checked_sub(1) else {
            return;
        };
        let mut settled = std::mem::take(&mut self.settled);
        settled.effective.add(last);
        if let Some(device) = self.action(last).about() {
            self.settle_device(device, &mut settled);
        }
        self.settled = settled;
    }

    fn settle_device(&self, device: DeviceId, settled: &mut Settled) {
        settled.members.remove(&device);
        match self.status(device, |at| settled.effective.has(at)) {
            Status::Unknown => {}
            Status::Gone => {
                settled.gone.insert(device);
            }
            Status::Has(role) => {
                let member = self.member(device, role, &settled.effective);
                settled
                    .members
                    .extend(member.map(|member| (device, member)));
            }
        }
    }

    /// What the target of a removal did at the same time and needed the lost role for.
    fn undone_by(&self, removal: usize) -> impl Iterator<Item = usize> + '_ {
        let (target, left) = match self.action(removal).removes() {
            Some((target, left)) => (Some(target), left),
            None => (None, None),
        };
        let acts = target.and_then(|target| self.by_author.get(&target));
        acts.into_iter().flatten().copied().filter(move |&at| {
            let needed = self.action(at).needs(self.author(at));
            at != removal && !self.ordered(at, removal) && left.is_none_or(|left| left < needed)
        })
    }

    /// The operations that are not void and do not rest on a void one.
    fn effective(&self, order: &[usize], standing: &Set, void: &Set) -> Set {
        let mut effective = Set::default();
        for &at in order {
            let founds = matches!(self.action(at), Action::Found { .. });
            let allowed = founds || standing.has(at) || {
                let past = &self.entries[at].past;
                let author = self.author(at);
                let status = self.status(author, |other| effective.has(other) && past.has(other));
                matches!(status, Status::Has(role) if role >= self.action(at).needs(author))
            };
            if allowed && !void.has(at) {
                effective.add(at);
            }
        }
        effective
    }

    /// When a device was added first; founders come before all others.
    fn seniority(&self, device: DeviceId, within: &Set) -> Option<(u32, OpId)> {
        let about = self.about.get(&device)?.iter();
        let adds = |at: &&usize| {
            within.has(**at)
                && matches!(self.action(**at), Action::Found { .. } | Action::Add { .. })
        };
        about.filter(adds).map(|&at| self.key(at)).min()
    }

    /// What a device is by the operations that `counts` lets through.
    pub(super) fn status(&self, device: DeviceId, counts: impl Fn(usize) -> bool) -> Status {
        let mut given: Vec<(usize, Role)> = Vec::new();
        let mut added = false;
        let about = self.about.get(&device).into_iter().flatten();
        for &at in about.filter(|&&at| counts(at)) {
            match self.action(at) {
                Action::Revoke { .. } => return Status::Gone,
                Action::Found { .. } => (added, _) = (true, given.push((at, Role::Owner))),
                Action::Add { role, .. } => (added, _) = (true, given.push((at, *role))),
                Action::SetRole { role, .. } => given.push((at, *role)),
                _ => {}
            }
        }
        let last = self.last(given.iter().map(|&(at, _)| at).collect());
        let last = given.iter().filter(|(at, _)| last.contains(at));
        match last.map(|&(_, role)| role).min() {
            Some(role) if added => Status::Has(role),
            _ => Status::Unknown,
        }
    }

    /// Those of some operations that are before no other of them.
    fn last(&self, mut some: Vec<usize>) -> Vec<usize> {
        some.sort_by_key(|&at| std::cmp::Reverse(self.key(at)));
        let mut before = Set::default();
        some.retain(|&at| {
            let last = !before.has(at);
            if last {
                before.join(&self.entries[at].past);
            }
            last
        });
        some
    }

    fn member(&self, device: DeviceId, role: Role, effective: &Set) -> Option<Member> {
        let about = || {
            let about = self.about.get(&device).into_iter().flatten().copied();
            about.filter(|&at| effective.has(at))
        };
        let card = |at: usize| match self.action(at) {
            Action::Found { card, .. } | Action::Add { card, .. } => Some((at, card)),
            _ => None,
        };
        let (added, card) = about()
            .filter_map(card)
            .min_by_key(|&(at, _)| self.key(at))?;
        let named = |at: usize| match self.action(at) {
            Action::Rename { name, .. } => Some(name),
            _ => None,
        };
        let last = self.last(about().filter(|&at| named(at).is_some()).collect());
        let name = last
            .into_iter()
            .max_by_key(|&at| self.id(at))
            .and_then(named);
        Some(Member {
            device,
            name: name.map_or(card.name(), String::as_str).to_owned(),
            role,
            added: self.id(added),
            agree: *card.agree(),
        })
    }

    /// Whether one of two operations is in the past of the other.
    pub(super) fn ordered(&self, a: usize, b: usize) -> bool {
        self.entries[a].past.has(b) || self.entries[b].past.has(a)
    }

    pub(super) fn action(&self, at: usize) -> &Action {
        self.entries[at].op.action()
    }

    fn author(&self, at: usize) -> DeviceId {
        self.entries[at].op.author()
    }

    pub(super) fn id(&self, at: usize) -> OpId {
        self.entries[at].op.id()
    }
}
