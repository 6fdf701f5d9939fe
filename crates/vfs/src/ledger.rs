//! The ledger: the automerge document that holds the tree's registers.
//!
//! ```text
//! ROOT.nodes : map, made by one change that every replica makes byte for byte alike
//!   <node id> : map, made by the one replica that drew the id
//!     kind : "file" | "folder"        made : milliseconds
//!     name : text                     seal : bytes (see `Seal`), a register
//!     up   : map parent -> counter    seen : bytes, the heads that a deletion saw
//! ```

use crate::error::{Result, VfsError};
use crate::id::{Heads, NodeId};
use crate::message::Message;
use crate::node::{Kind, Node, Seal};
use crate::tree::Tree;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{
    ActorId, Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, ScalarValueRef,
    ValueRef,
};
use std::collections::BTreeSet;

/// The actor of the first change. It makes nothing else, ever.
const FIRST_ACTOR: &[u8] = b"selvage workspace 1";

/// The document, and the one object that is read everywhere.
pub(crate) struct Ledger {
    doc: Automerge,
    nodes: ObjId,
    actor: ActorId,
}

/// A change that the document holds and storage does not yet.
pub(crate) struct Written {
    pub hash: [u8; 32],
    pub bytes: Vec<u8>,
    /// Where the nodes that the change made were born.
    pub births: Vec<(NodeId, crate::node::Birth)>,
}

impl Ledger {
    /// The ledger before any change of a user: every replica starts with the same bytes.
    pub fn first(actor: [u8; 16]) -> Result<Self> {
        let mut doc = Automerge::new().with_actor(ActorId::from(FIRST_ACTOR));
        doc.transact_with::<_, _, automerge::AutomergeError, _>(
            |_| CommitOptions::default().with_time(0),
            |tx| tx.put_object(ROOT, "nodes", ObjType::Map),
        )
        .map_err(|failure| internal(failure.error))?;
        Self::with(doc, actor)
    }

    /// The ledger from the parts that storage holds, in order.
    pub fn load(parts: &[Vec<u8>], actor: [u8; 16]) -> Result<Self> {
        let doc = Automerge::load(&parts.concat()).map_err(damaged)?;
        Self::with(doc, actor)
    }

    fn with(mut doc: Automerge, actor: [u8; 16]) -> Result<Self> {
        let actor = ActorId::from(actor);
        doc.set_actor(actor.clone());
        let nodes = match doc.get(ROOT, "nodes").map_err(damaged)? {
            Some((value, id)) if value.is_object() => id,
            _ => {
                return Err(VfsError::Damaged {
                    why: "the ledger has no nodes".into(),
                });
            }
        };
        Ok(Self { doc, nodes, actor })
    }

    /// The whole ledger as one part.
    pub fn save(&self) -> Vec<u8> {
        self.doc.save()
    }

    pub fn heads(&self) -> Heads {
        Heads::new(self.doc.get_heads().iter().map(|hash| hash.0).collect())
    }

    pub fn changes_len(&self) -> u64 {
        self.doc.stats().num_changes
    }

    /// Whether every change of these heads is known.
    pub fn knows(&self, heads: &Heads) -> bool {
        heads.0.iter().all(|hash| {
            self.doc
                .get_change_meta_by_hash(&ChangeHash(*hash))
                .is_some()
        })
    }

    /// Takes every change after `heads` out again. Storage refused it, and nobody has seen it.
    pub fn roll_back(&mut self, heads: &Heads) -> Result<()> {
        let mut doc = self.doc.fork_at(&hashes(heads)).map_err(internal)?;
        doc.set_actor(self.actor.clone());
        self.doc = doc;
        Ok(())
    }

    /// Every node's registers, now or at past heads.
    pub fn read_all(&self, at: Option<&Heads>) -> Result<Vec<Node>> {
        let at = at.map(hashes);
        let mut nodes = Vec::new();
        let items = match &at {
            Some(heads) => self.doc.map_range_at(&self.nodes, .., heads),
            None => self.doc.map_range(&self.nodes, ..),
        };
        for item in items {
            // A node that does not fit is another program's mistake; the others are still good.
            if let Ok(id) = item.key.parse::<NodeId>() {
                nodes.extend(self.read_object(id, &item.id(), at.as_deref())?);
            }
        }
        Ok(nodes)
    }

    /// One node's registers at past heads.
    pub fn read_one(&self, id: NodeId, at: &Heads) -> Result<Option<Node>> {
        let at = hashes(at);
        match self
            .doc
            .get_at(&self.nodes, id.to_string(), &at)
            .map_err(damaged)?
        {
            Some((value, object)) if value.is_object() => self.read_object(id, &object, Some(&at)),
            _ => Ok(None),
        }
    }

    fn read_object(
        &self,
        id: NodeId,
        object: &ObjId,
        at: Option<&[ChangeHash]>,
    ) -> Result<Option<Node>> {
        let mut kind = None;
        let mut node = Node::new(id, Kind::File, String::new(), 0);
        if let ObjId::Id(counter, actor, _) = object {
            node.birth = (*counter, actor.to_bytes().to_vec());
        }
        for item in self.range(object, at) {
            match (&*item.key, &item.value) {
                ("kind", ValueRef::Scalar(ScalarValueRef::Str(word))) => {
                    kind = match &**word {
                        "file" => Some(Kind::File),
                        "folder" => Some(Kind::Folder),
                        _ => None,
                    };
                }
                ("name", ValueRef::Scalar(ScalarValueRef::Str(name))) => {
                    node.name = name.to_string()
                }
                ("made", ValueRef::Scalar(value)) => node.made_ms = unsigned(value),
                ("up", ValueRef::Object(_)) => {
                    for edge in self.range(&item.id(), at) {
                        if let (Ok(parent), ValueRef::Scalar(value)) =
                            (edge.key.parse(), &edge.value)
                        {
                            let count = if edge.conflict {
                                self.largest(&item.id(), &edge.key, at)?
                            } else {
                                unsigned(value)
                            };
                            node.edges.insert(parent, count);
                        }
                    }
                }
                ("seal", ValueRef::Scalar(ScalarValueRef::Bytes(bytes))) => {
                    if item.conflict {
                        for bytes in self.all_bytes(object, "seal", at)? {
                            node.seals.push(Seal::decode(&bytes)?);
                        }
                    } else {
                        node.seals.push(Seal::decode(bytes)?);
                    }
                }
                ("seen", ValueRef::Scalar(ScalarValueRef::Bytes(bytes))) => {
                    if item.conflict {
                        node.seen = self.all_bytes(object, "seen", at)?;
                    } else {
                        node.seen.push(bytes.to_vec());
                    }
                }
                _ => {}
            }
        }
        let Some(kind) = kind else { return Ok(None) };
        node.kind = kind;
        node.shown.clone_from(&node.name);
        Ok(Some(node))
    }

    fn range<'a>(
        &'a self,
        object: &ObjId,
        at: Option<&[ChangeHash]>,
    ) -> automerge::iter::MapRange<'a> {
        match at {
            Some(heads) => self.doc.map_range_at(object, .., heads),
            None => self.doc.map_range(object, ..),
        }
    }

    fn all(
        &self,
        object: &ObjId,
        key: &str,
        at: Option<&[ChangeHash]>,
    ) -> Result<Vec<automerge::Value<'_>>> {
        let values = match at {
            Some(heads) => self.doc.get_all_at(object, key, heads),
            None => self.doc.get_all(object, key),
        };
        Ok(values
            .map_err(damaged)?
            .into_iter()
            .map(|(value, _)| value)
            .collect())
    }

    fn all_bytes(
        &self,
        object: &ObjId,
        key: &str,
        at: Option<&[ChangeHash]>,
    ) -> Result<Vec<Vec<u8>>> {
        Ok(self
            .all(object, key, at)?
            .iter()
            .filter_map(|value| Some(value.as_bytes()?.to_vec()))
            .collect())
    }

    fn largest(&self, object: &ObjId, key: &str, at: Option<&[ChangeHash]>) -> Result<u64> {
        Ok(self
            .all(object, key, at)?
            .iter()
            .filter_map(automerge::Value::as_u64)
            .max()
            .unwrap_or(0))
    }

    /// Whether a file holds a seal that none of the deletions of `deleted` saw.
    pub fn is_unseen(&self, file: &Node, deleted: &Node) -> bool {
        let object = match self.doc.get(&self.nodes, file.id.to_string()) {
            Ok(Some((_, object))) => object,
            _ => return false,
        };
        let seen_by = |heads: &[u8]| -> Vec<Vec<u8>> {
            let heads: Vec<ChangeHash> = heads
                .chunks_exact(32)
                .filter_map(|hash| ChangeHash::try_from(hash).ok())
                .collect();
            self.all_bytes(&object, "seal", Some(&heads))
                .unwrap_or_default()
        };
        let mut left: Vec<Vec<u8>> = file.seals.iter().map(Seal::encode).collect();
        if deleted.seen.is_empty() {
            return false;
        }
        for heads in &deleted.seen {
            let seen = seen_by(heads);
            left.retain(|seal| !seen.contains(seal));
        }
        // A seal that a deletion saw and a later seal replaced is not left over; one that the
        // deletion could not know is.
        !left.is_empty()
    }

    /// Writes the registers that differ as one change. `None` when nothing differs.
    pub fn write(
        &mut self,
        before: &Tree,
        after: &Tree,
        touched: &BTreeSet<NodeId>,
        message: &Message,
    ) -> Result<Option<Written>> {
        let nodes = self.nodes.clone();
        let options = CommitOptions::default()
            .with_message(message.encode())
            .with_time(i64::try_from(message.at_ms / 1000).unwrap_or(i64::MAX));
        let mut made = Vec::new();
        let done = self
            .doc
            .transact_with::<_, _, automerge::AutomergeError, _>(
                |()| options,
                |tx| {
                    for id in touched {
                        let (old, Some(new)) = (before.node(*id), after.node(*id)) else {
                            continue;
                        };
                        if write_node(tx, &nodes, old, new)? {
                            made.push(*id);
                        }
                    }
                    Ok(())
                },
            )
            .map_err(|failure| internal(failure.error))?;
        let Some(hash) = done.hash else {
            return Ok(None);
        };
        let mut change = self
            .doc
            .get_change_by_hash(&hash)
            .ok_or_else(|| VfsError::Internal {
                why: "a change is gone after its commit".into(),
            })?;
        let bytes = change.bytes().into_owned();
        let mut births = Vec::with_capacity(made.len());
        for id in made {
            if let Some((_, ObjId::Id(counter, actor, _))) = self
                .doc
                .get(&self.nodes, id.to_string())
                .map_err(internal)?
            {
                births.push((id, (counter, actor.to_bytes().to_vec())));
            }
        }
        Ok(Some(Written {
            hash: hash.0,
            bytes,
            births,
        }))
    }

    /// The changes that heads do not hold, oldest first.
    pub fn changes_after(&self, heads: &Heads) -> Vec<automerge::Change> {
        self.doc.get_changes(&hashes(heads))
    }

    /// One change.
    pub fn change(&self, hash: [u8; 32]) -> Option<automerge::Change> {
        self.doc.get_change_by_hash(&ChangeHash(hash))
    }

    /// The operation that made the map of nodes.
    pub fn nodes_object(&self) -> &ObjId {
        &self.nodes
    }

    // Two replicas meet only in tests so far: sync is a layer above.
    /// Takes in another replica's changes.
    #[cfg(test)]
    pub fn merge(&mut self, other: &mut Ledger) -> Result<()> {
        self.doc.merge(&mut other.doc).map_err(internal).map(|_| ())
    }
}

/// Writes what differs, and tells whether the node is new. A node that came and went within one
/// change leaves no trace.
fn write_node(
    tx: &mut automerge::transaction::Transaction<'_>,
    nodes: &ObjId,
    old: Option<&Node>,
    new: &Node,
) -> Result<bool, automerge::AutomergeError> {
    let (object, up) = match old {
        Some(_) => {
            let Some((_, object)) = tx.get(nodes, new.id.to_string())? else {
                return Ok(false);
            };
            let Some((_, up)) = tx.get(&object, "up")? else {
                return Ok(false);
            };
            (object, up)
        }
        None if new.parent == NodeId::TRASH => return Ok(false),
        None => {
            let object = tx.put_object(nodes, new.id.to_string(), ObjType::Map)?;
            let kind = match new.kind {
                Kind::File => "file",
                Kind::Folder => "folder",
            };
            tx.put(&object, "kind", kind)?;
            tx.put(&object, "made", new.made_ms)?;
            let up = tx.put_object(&object, "up", ObjType::Map)?;
            (object, up)
        }
    };
    if old.is_none_or(|old| old.name != new.name) {
        tx.put(&object, "name", new.name.as_str())?;
    }
    for (parent, count) in &new.edges {
        if old.is_none_or(|old| old.edges.get(parent) != Some(count)) {
            tx.put(&up, parent.to_string(), *count)?;
        }
    }
    if old.is_none_or(|old| old.seals != new.seals)
        && let Some(seal) = new.seal()
    {
        tx.put(&object, "seal", ScalarValue::Bytes(seal.encode()))?;
    }
    if old.is_none_or(|old| old.seen != new.seen)
        && let Some(seen) = new.seen.last()
    {
        tx.put(&object, "seen", ScalarValue::Bytes(seen.clone()))?;
    }
    Ok(old.is_none())
}

fn unsigned(value: &ScalarValueRef<'_>) -> u64 {
    match value {
        ScalarValueRef::Uint(value) => *value,
        ScalarValueRef::Int(value) => u64::try_from(*value).unwrap_or(0),
        _ => 0,
    }
}

fn hashes(heads: &Heads) -> Vec<ChangeHash> {
    heads.0.iter().map(|hash| ChangeHash(*hash)).collect()
}

fn damaged(error: automerge::AutomergeError) -> VfsError {
    VfsError::Damaged {
        why: error.to_string(),
    }
}

fn internal(error: automerge::AutomergeError) -> VfsError {
    VfsError::Internal {
        why: error.to_string(),
    }
}
