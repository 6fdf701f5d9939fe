//! A second reckoning of a membership log: who came before whom by what each operation cites, and what
//! must hold of the operations that have effect.

use crate::world::Device;
use selvage_trust::{Action, DeviceId, Op, OpId, Role};
use std::collections::{BTreeMap, BTreeSet};

/// The log once more, by what each operation cites.
pub struct Laws {
    pub ops: BTreeMap<OpId, Op>,
    pub before: BTreeMap<OpId, BTreeSet<OpId>>,
    void: BTreeSet<OpId>,
}

impl Laws {
    pub fn of(device: &Device) -> Self {
        let mut laws = Self {
            ops: BTreeMap::new(),
            before: BTreeMap::new(),
            void: device
                .members()
                .disputes()
                .iter()
                .map(|one| one.void)
                .collect(),
        };
        for op in device.members().since(&[]) {
            let mut before: BTreeSet<OpId> = op.parents().iter().copied().collect();
            for parent in op.parents() {
                before.extend(&laws.before[parent]);
            }
            laws.before.insert(op.id(), before);
            laws.ops.insert(op.id(), op.clone());
        }
        laws
    }

    pub fn effective(&self) -> impl Iterator<Item = (&OpId, &Op)> {
        self.ops.iter().filter(|(id, _)| !self.void.contains(id))
    }

    pub fn is_before(&self, a: OpId, b: OpId) -> bool {
        self.before[&b].contains(&a)
    }

    pub fn removals_of(&self, device: DeviceId) -> Vec<OpId> {
        let removes = |op: &Op| matches!(op.action(), Action::Revoke { device: target, .. } if *target == device);
        self.effective()
            .filter(|(_, op)| removes(op))
            .map(|(id, _)| *id)
            .collect()
    }

    pub fn check(&self, seed: u64) {
        for (&id, op) in self.effective() {
            let author = op.author();
            let own = |action: &Action| match action {
                Action::Revoke { device, .. } | Action::Rename { device, .. } => *device == author,
                _ => false,
            };
            let removal = matches!(op.action(), Action::Revoke { .. } | Action::SetRole { .. });
            // A removed device does nothing afterwards, and at the same time at most removes.
            for by in self.removals_of(author) {
                assert!(
                    !self.is_before(by, id),
                    "seed {seed}: {author} acts after its removal"
                );
                assert!(
                    by == id || self.is_before(id, by) || removal,
                    "seed {seed}: {author} acts at the time of its removal"
                );
            }
            if matches!(op.action(), Action::Found { .. }) || own(op.action()) {
                continue;
            }
            // Whoever does what takes a role was given it, by something that has effect, before.
            let needed = match op.action() {
                Action::Keep { .. } => Role::Editor,
                _ => Role::Owner,
            };
            let given = self.effective().any(|(other, gift)| {
                gives(gift, author).is_some_and(|role| role >= needed) && self.is_before(*other, id)
            });
            assert!(given, "seed {seed}: {author} was never given what it used");
        }
    }
}

fn gives(op: &Op, to: DeviceId) -> Option<Role> {
    match op.action() {
        Action::Found { card, .. } if card.device() == to => Some(Role::Owner),
        Action::Add { card, role } if card.device() == to => Some(*role),
        Action::SetRole { device, role, .. } if *device == to => Some(*role),
        _ => None,
    }
}

pub fn is_epoch(op: &Op) -> bool {
    matches!(op.action(), Action::Epoch { .. })
}
