//! One change of another replica: what it must be to be taken, and what it needs to be shown.
//!
//! What is refused here is decided by the change's bytes alone, so that all replicas refuse alike.

use super::Refusal;
use crate::id::{Hash, NodeId};
use crate::ledger::Object;
use crate::limits::{CHANGE_BYTES_MAX, FILE_BYTES_MAX};
use crate::node::Seal;
use crate::path::check_name;
use crate::text::read_state;
use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Change, ExpandedChange, ScalarValue};
use std::collections::BTreeSet;

/// A change whose bytes are what they claim to be.
#[derive(Debug, Clone)]
pub(crate) struct Foreign {
    pub change: Change,
    pub hash: [u8; 32],
    pub deps: Vec<[u8; 32]>,
    /// The nodes that it makes.
    pub made: Vec<(Object, NodeId)>,
    /// Every object that it writes to.
    pub touched: BTreeSet<Object>,
    /// The contents that it seals.
    pub seals: Vec<Sealed>,
    /// The operations on seals that it takes the place of.
    pub overwritten: Vec<Object>,
}

/// A content that a change seals.
#[derive(Debug, Clone)]
pub(crate) struct Sealed {
    /// The node's object.
    pub object: Object,
    /// The operation that seals.
    pub op: Object,
    pub seal: Seal,
}

impl Foreign {
    /// Reads a change from its bytes.
    pub fn read(bytes: Vec<u8>, nodes: &Object) -> Result<Self, Refusal> {
        if bytes.len() > CHANGE_BYTES_MAX {
            return Err(Refusal::TooLarge);
        }
        let sum: [u8; 4] = bytes
            .get(4..8)
            .and_then(|sum| sum.try_into().ok())
            .ok_or(Refusal::NotAChange)?;
        let change = Change::from_bytes(bytes).map_err(|_| Refusal::NotAChange)?;
        // The engine computes the hash and does not compare it.
        if !change.hash().0.starts_with(&sum) {
            return Err(Refusal::NotAChange);
        }
        Self::of(change, nodes)
    }

    /// Looks at what a change does.
    pub fn of(change: Change, nodes: &Object) -> Result<Self, Refusal> {
        let expanded: ExpandedChange = change.decode();
        if change.deps().is_empty() {
            return Err(Refusal::AnotherWorkspace);
        }
        let actor = expanded.actor_id.to_bytes().to_vec();
        let mut foreign = Self {
            hash: change.hash().0,
            deps: change.deps().iter().map(|dep| dep.0).collect(),
            made: Vec::new(),
            touched: BTreeSet::new(),
            seals: Vec::new(),
            overwritten: Vec::new(),
            change,
        };
        let mut named = BTreeSet::new();
        let op_at = |place| (expanded.start_op.get() + place as u64, actor.clone());
        for (place, op) in expanded.operations.iter().enumerate() {
            let ObjectId::Id(object) = &op.obj else {
                return Err(Refusal::OutsideTheTree);
            };
            let object = (object.0, object.1.to_bytes().to_vec());
            let Key::Map(key) = &op.key else { continue };
            if object == *nodes {
                if matches!(op.action, OpType::Make(_))
                    && let Ok(id) = key.parse::<NodeId>()
                {
                    foreign.made.push((op_at(place), id));
                }
                continue;
            }
            foreign.touched.insert(object.clone());
            match key.as_str() {
                "name" => {
                    if !is_name(op) {
                        return Err(Refusal::Name);
                    }
                    named.insert(object);
                }
                "seal" => {
                    let before = op.pred.iter().map(|op| (op.0, op.1.to_bytes().to_vec()));
                    foreign.overwritten.extend(before);
                    if let OpType::Put(ScalarValue::Bytes(bytes)) = &op.action {
                        let (op, seal) = (op_at(place), read_seal(bytes).ok_or(Refusal::Seal)?);
                        foreign.seals.push(Sealed { object, op, seal });
                    }
                }
                _ => {}
            }
        }
        if !foreign.made.iter().all(|(made, _)| named.contains(made)) {
            return Err(Refusal::Name);
        }
        Ok(foreign)
    }

    /// The contents that the change names, with their sizes.
    pub fn blobs(&self) -> impl Iterator<Item = (Hash, u64)> {
        let seals = self.seals.iter().map(|sealed| &sealed.seal);
        seals.map(|seal| (seal.hash, seal.size))
    }

    /// Bytes that it takes up while it waits.
    pub fn held_bytes(&self) -> usize {
        self.change.raw_bytes().len() + self.seals.len() * size_of::<Sealed>()
    }
}

/// No name enters unchecked, whoever made it.
fn is_name(op: &Op) -> bool {
    match &op.action {
        OpType::Put(ScalarValue::Str(name)) => {
            check_name(name).is_ok_and(|checked| checked == name.as_str())
        }
        _ => false,
    }
}

fn read_seal(bytes: &[u8]) -> Option<Seal> {
    let seal = Seal::decode(bytes).ok()?;
    (seal.size <= FILE_BYTES_MAX as u64 && read_state(&seal.state).is_some()).then_some(seal)
}
