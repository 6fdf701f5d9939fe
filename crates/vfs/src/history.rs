//! What every change touched.
//!
//! It is read from the changes themselves, once, when somebody asks; after that every new change
//! is added. So changes of other programs have a history too, and nothing is stored twice.

use crate::error::{Result, VfsError};
use crate::id::{Hash, Heads, NodeId};
use crate::ledger::Ledger;
use crate::message::Message;
use crate::node::Origin;
use automerge::{Change, ExpandedChange, ObjId, legacy};
use std::collections::{BTreeMap, BTreeSet};

/// One change, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The hash of the change, in hexadecimal.
    pub change: String,
    /// The workspace right after the change: heads to read, compare or restore.
    pub heads: Heads,
    /// When it was made, by its maker's clock; milliseconds since 1970.
    pub at_ms: u64,
    /// Who made it.
    pub origin: Origin,
    /// What it does.
    pub message: String,
    /// Nodes that it touched.
    pub touched: usize,
    /// For the history of a file: the hash of its content after the change, `None` when it was
    /// not there.
    pub hash: Option<Hash>,
    /// For the history of a file: bytes of its content after the change.
    pub size: Option<u64>,
    /// For the history of a file: when its content after the change was thinned out, in milliseconds
    /// since 1970; `None` when it is here.
    pub thinned_ms: Option<u64>,
}

/// A change and the nodes it touched.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub hash: [u8; 32],
    pub message: Message,
    pub touched: BTreeSet<NodeId>,
}

/// Every change in an order in which causes come first, and where each node occurs.
#[derive(Default)]
pub(crate) struct History {
    entries: Vec<Entry>,
    by_node: BTreeMap<NodeId, Vec<usize>>,
    objects: Objects,
    upto: Heads,
}

/// Which node an automerge object belongs to.
#[derive(Default)]
struct Objects(BTreeMap<(u64, Vec<u8>), NodeId>);

impl History {
    /// Takes in the changes that are new since the last call.
    pub fn catch_up(&mut self, ledger: &Ledger) {
        let heads = ledger.heads();
        if heads == self.upto {
            return;
        }
        for change in ledger.changes_after(&self.upto) {
            let Some(nodes) = ledger.nodes_object() else {
                return;
            };
            let entry = self.objects.read(nodes, &change);
            let place = self.entries.len();
            for node in &entry.touched {
                self.by_node.entry(*node).or_default().push(place);
            }
            self.entries.push(entry);
        }
        self.upto = heads;
    }

    /// Changes newest first: all of them, or those that touched a node.
    pub fn newest<'a>(&'a self, node: Option<NodeId>) -> Box<dyn Iterator<Item = &'a Entry> + 'a> {
        match node {
            // The first change of every workspace touches nothing and says nothing.
            None => Box::new(
                self.entries
                    .iter()
                    .rev()
                    .filter(|entry| !entry.touched.is_empty()),
            ),
            Some(node) => {
                let places = self
                    .by_node
                    .get(&node)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                Box::new(places.iter().rev().map(|&place| &self.entries[place]))
            }
        }
    }

    /// What one change touched.
    pub fn touched(&self, hash: [u8; 32]) -> Option<&BTreeSet<NodeId>> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.hash == hash)
            .map(|entry| &entry.touched)
    }
}

impl Objects {
    fn read(&mut self, nodes: &ObjId, change: &Change) -> Entry {
        let expanded: ExpandedChange = change.decode();
        let actor = expanded.actor_id.to_bytes().to_vec();
        let mut touched = BTreeSet::new();
        for (place, op) in expanded.operations.iter().enumerate() {
            let legacy::ObjectId::Id(object) = &op.obj else {
                continue;
            };
            let node = if is_same(nodes, object) {
                let legacy::Key::Map(key) = &op.key else {
                    continue;
                };
                key.parse().ok()
            } else {
                self.0
                    .get(&(object.0, object.1.to_bytes().to_vec()))
                    .copied()
            };
            let Some(node) = node else { continue };
            touched.insert(node);
            if matches!(op.action, legacy::OpType::Make(_)) {
                self.0.insert(
                    (expanded.start_op.get() + place as u64, actor.clone()),
                    node,
                );
            }
        }
        Entry {
            hash: change.hash().0,
            message: Message::decode(change.message(), change.timestamp()),
            touched,
        }
    }
}

fn is_same(id: &ObjId, op: &legacy::OpId) -> bool {
    matches!(id, ObjId::Id(counter, actor, _) if *counter == op.0 && *actor == op.1)
}

/// The state right before a change: the heads it was made on.
pub(crate) fn heads_before(ledger: &Ledger, hash: [u8; 32]) -> Result<Heads> {
    let change = ledger.change(hash).ok_or_else(|| VfsError::UnknownHeads {
        heads: Heads::new(vec![hash]),
    })?;
    Ok(Heads::new(change.deps().iter().map(|dep| dep.0).collect()))
}
