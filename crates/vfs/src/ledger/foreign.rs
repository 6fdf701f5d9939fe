//! The ledger as other replicas meet it: what they know of it, what they lack, and taking theirs in.

use super::{Document, FIRST_ACTOR, Ledger, damaged};
use crate::error::Result;
use crate::id::{Heads, NodeId};
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjId, Prop, ReadDoc};

/// An object by the operation that made it: the counter and the actor.
pub(crate) type Object = (u64, Vec<u8>);

impl Ledger {
    /// A copy of the document, for a client's changes to be put together in.
    pub fn copy(&self) -> Result<Automerge> {
        Ok(self.doc()?.clone())
    }

    /// The first change, which made the map of nodes: every replica starts with the same bytes.
    pub fn first_hash(&self) -> Option<[u8; 32]> {
        Some(self.doc().ok()?.hash_for_opid(self.nodes().ok()?)?.0)
    }

    /// Whether a change is in the ledger.
    pub fn has(&self, hash: &[u8; 32]) -> bool {
        self.doc()
            .is_ok_and(|doc| doc.get_change_meta_by_hash(&ChangeHash(*hash)).is_some())
    }

    /// Hashes that get sparser the older they are, newest first: somebody with another history
    /// finds among them a late point that both know.
    pub fn samples(&self) -> Vec<[u8; 32]> {
        let mut samples = Vec::new();
        let Ok(doc) = self.doc() else { return samples };
        let changes = doc.get_changes_meta(&[]);
        let mut back = 1;
        while back < changes.len() {
            samples.push(changes[changes.len() - 1 - back].hash.0);
            back *= 2;
        }
        samples
    }

    /// The map of all nodes, as changes name it.
    pub fn nodes_map(&self) -> Object {
        match self.nodes() {
            Ok(ObjId::Id(counter, actor, _)) => (*counter, actor.to_bytes().to_vec()),
            Ok(ObjId::Root) | Err(_) => (1, FIRST_ACTOR.to_vec()),
        }
    }

    /// The node that an object of the ledger belongs to: the one that holds its registers, or the
    /// map of its edges.
    pub fn node_of(&self, object: &Object) -> Option<NodeId> {
        // A place that no actor has makes automerge look the actor up by its name.
        let id = ObjId::Id(object.0, ActorId::from(object.1.as_slice()), usize::MAX);
        let Document { doc, nodes } = self.document().ok()?;
        let mut above = doc.parents(&id).ok()?;
        match above.find(|parent| parent.obj == *nodes)?.prop {
            Prop::Map(key) => key.parse().ok(),
            Prop::Seq(_) => None,
        }
    }

    /// Whether a file holds no other seal than the one that it was made with.
    pub fn is_sealed_once(&self, id: NodeId) -> Result<bool> {
        let Document { doc, nodes } = self.document()?;
        let Some((_, node)) = doc.get(nodes, id.to_string()).map_err(damaged)? else {
            return Ok(true);
        };
        let made = doc.hash_for_opid(&node);
        let seals = self.all(&node, "seal", None)?;
        Ok(seals.iter().all(|(_, op)| doc.hash_for_opid(op) == made))
    }

    /// Takes in changes whose causes are all here, or come before them. When it fails, some of
    /// them may be in: the caller rolls back.
    pub fn take_in(&mut self, changes: Vec<Change>) -> bool {
        let wanted: Vec<ChangeHash> = changes.iter().map(Change::hash).collect();
        self.doc_mut()
            .is_ok_and(|doc| doc.apply_changes(changes).is_ok())
            && wanted.iter().all(|hash| self.has(&hash.0))
    }

    /// Those of some hashes that are in the ledger.
    pub fn known(&self, hashes: &[[u8; 32]]) -> Heads {
        Heads::new(
            hashes
                .iter()
                .copied()
                .filter(|hash| self.has(hash))
                .collect(),
        )
    }
}

/// The changes of a saved ledger; `None` when it is not one.
pub(crate) fn read_document(bytes: &[u8]) -> Option<Vec<Change>> {
    Some(Automerge::load(bytes).ok()?.get_changes(&[]))
}
