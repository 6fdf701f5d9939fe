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
use crate::ledger_node::{self, NodeReader};
use crate::message::Message;
use crate::node::{Node, Seal};
use crate::tree::Tree;
use automerge::iter::{DocItem, DocObjItem, MapRangeItem};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

mod foreign;
mod room;

pub(crate) use foreign::{Object, read_document};

/// The actor of the first change. It makes nothing else, ever.
const FIRST_ACTOR: &[u8] = b"selvage workspace 1";
/// A change of fewer bytes is stored as it is, until the parts are folded.
const COMPRESSED_BYTES_MIN: usize = 4096;

/// The document, read when it is first needed: what is shown needs it not, see [`crate::index`].
pub(crate) struct Ledger {
    loaded: OnceCell<Result<Document>>,
    /// What the document is read from, until then.
    parts: RefCell<Vec<Vec<u8>>>,
    /// Heads and number of changes, until then.
    known: (Heads, u64),
    actor: ActorId,
}

/// The document, and the one object that is read everywhere.
struct Document {
    doc: Automerge,
    nodes: ObjId,
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
        Ok(Self::with(Document::of(doc, &actor.into())?, actor))
    }

    /// The ledger from the parts that storage holds, in order.
    pub fn load(parts: &[Vec<u8>], actor: [u8; 16]) -> Result<Self> {
        Ok(Self::with(Document::read(parts, &actor.into())?, actor))
    }

    /// The ledger from the same, to be read later. Until then it answers what is known of it: its
    /// heads and how many changes it holds.
    pub fn later(parts: Vec<Vec<u8>>, known: (Heads, u64), actor: [u8; 16]) -> Self {
        Self {
            loaded: OnceCell::new(),
            parts: RefCell::new(parts),
            known,
            actor: ActorId::from(actor),
        }
    }

    fn with(document: Document, actor: [u8; 16]) -> Self {
        Self {
            loaded: OnceCell::from(Ok(document)),
            parts: RefCell::default(),
            known: Default::default(),
            actor: ActorId::from(actor),
        }
    }

    fn document(&self) -> Result<&Document> {
        let read = || Document::read(&self.parts.take(), &self.actor);
        self.loaded.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Reads the document, if that did not happen yet. Calls that can't fail say nothing of a
    /// document that can't be read, so this comes before them.
    pub fn ensure(&self) -> Result<()> {
        self.document().map(drop)
    }

    fn doc(&self) -> Result<&Automerge> {
        self.document().map(|document| &document.doc)
    }

    fn nodes(&self) -> Result<&ObjId> {
        self.document().map(|document| &document.nodes)
    }

    fn doc_mut(&mut self) -> Result<&mut Automerge> {
        self.ensure()?;
        match self.loaded.get_mut() {
            Some(Ok(document)) => Ok(&mut document.doc),
            _ => Err(VfsError::Internal {
                why: "the ledger is gone after it was read".into(),
            }),
        }
    }

    /// The whole ledger as one part.
    pub fn save(&self) -> Result<Vec<u8>> {
        Ok(self.doc()?.save())
    }

    pub fn heads(&self) -> Heads {
        match self.loaded.get() {
            Some(Ok(Document { doc, .. })) => {
                Heads::new(doc.get_heads().iter().map(|hash| hash.0).collect())
            }
            _ => self.known.0.clone(),
        }
    }

    pub fn changes_len(&self) -> u64 {
        match self.loaded.get() {
            Some(Ok(document)) => document.doc.stats().num_changes,
            _ => self.known.1,
        }
    }

    /// Whether every change of these heads is known.
    pub fn knows(&self, heads: &Heads) -> bool {
        heads.0.iter().all(|hash| self.has(hash))
    }

    /// Takes every change after `heads` out again. Storage refused it, and nobody has seen it.
    pub fn roll_back(&mut self, heads: &Heads) -> Result<()> {
        let mut doc = self.doc()?.fork_at(&hashes(heads)).map_err(internal)?;
        doc.set_actor(self.actor.clone());
        *self.doc_mut()? = doc;
        Ok(())
    }

    /// Every node's registers, now or at past heads, in one pass over the document.
    pub fn read_all(&self, at: Option<&Heads>) -> Result<Vec<Node>> {
        let at = at.map(hashes);
        let mut reader = NodeReader::new(self, at.as_deref());
        for DocObjItem { obj, item } in self.doc()?.iter_at(ROOT, at.as_deref()) {
            if let DocItem::Map(item) = item {
                reader.take(&obj, &item)?;
            }
        }
        Ok(reader.finish())
    }

    /// One node's registers at past heads.
    pub fn read_one(&self, id: NodeId, at: &Heads) -> Result<Option<Node>> {
        let at = hashes(at);
        let doc = self.doc()?;
        let found = doc.get_at(self.nodes()?, id.to_string(), &at);
        let Some((_, object)) = found.map_err(damaged)?.filter(|found| found.0.is_object()) else {
            return Ok(None);
        };
        let items = |object: &ObjId| doc.map_range_at(object, .., &at);
        self.read_node(id, &object, Some(&at), items)
    }

    /// One node's registers now.
    pub fn read_now(&self, id: NodeId) -> Result<Option<Node>> {
        let doc = self.doc()?;
        let found = doc.get(self.nodes()?, id.to_string());
        let Some((_, object)) = found.map_err(damaged)?.filter(|found| found.0.is_object()) else {
            return Ok(None);
        };
        self.read_node(id, &object, None, |object| doc.map_range(object, ..))
    }

    fn read_node<'a, I: Iterator<Item = MapRangeItem<'a>>>(
        &self,
        id: NodeId,
        object: &ObjId,
        at: Option<&[ChangeHash]>,
        items: impl Fn(&ObjId) -> I,
    ) -> Result<Option<Node>> {
        let mut reader = NodeReader::new(self, at);
        reader.enter(id, object);
        for item in items(object) {
            reader.take(object, &item)?;
            if item.key == "up" {
                let up = item.id();
                for edge in items(&up) {
                    reader.take(&up, &edge)?;
                }
            }
        }
        Ok(reader.finish().pop())
    }

    pub(crate) fn all(
        &self,
        object: &ObjId,
        key: &str,
        at: Option<&[ChangeHash]>,
    ) -> Result<Vec<(automerge::Value<'_>, ObjId)>> {
        match at {
            Some(heads) => self.doc()?.get_all_at(object, key, heads),
            None => self.doc()?.get_all(object, key),
        }
        .map_err(damaged)
    }

    pub(crate) fn all_bytes(
        &self,
        object: &ObjId,
        key: &str,
        at: Option<&[ChangeHash]>,
    ) -> Result<Vec<Vec<u8>>> {
        let values = self.all(object, key, at)?;
        Ok(values
            .iter()
            .filter_map(|(value, _)| Some(value.as_bytes()?.to_vec()))
            .collect())
    }

    pub(crate) fn largest(
        &self,
        object: &ObjId,
        key: &str,
        at: Option<&[ChangeHash]>,
    ) -> Result<u64> {
        let values = self.all(object, key, at)?;
        Ok(values
            .iter()
            .filter_map(|(value, _)| value.as_u64())
            .max()
            .unwrap_or(0))
    }

    /// Whether every change followed all changes before it: then no deletion missed anything.
    pub fn is_linear(&self) -> bool {
        let Ok(doc) = self.doc() else { return false };
        let changes = doc.get_changes_meta(&[]);
        changes
            .windows(2)
            .all(|pair| pair[1].deps == [pair[0].hash])
    }

    /// Whether a file holds a seal that none of the deletions of these nodes knew of.
    ///
    /// What a deletion knew is what its change follows, and what that change wrote itself.
    pub fn is_unseen(&self, file: &Node, deleted: &[NodeId], at: Option<&Heads>) -> Result<bool> {
        let at = at.map(hashes);
        let Document { doc, nodes } = self.document()?;
        let object = |id: NodeId| -> Result<Option<ObjId>> {
            let found = doc.get(nodes, id.to_string()).map_err(damaged)?;
            Ok(found.map(|(_, object)| object))
        };
        let mut left: Vec<Vec<u8>> = file.seals.iter().map(Seal::encode).collect();
        let mut is_told = false;
        for id in deleted {
            let Some(node) = object(*id)? else { continue };
            for (_, op) in self.all(&node, "seen", at.as_deref())? {
                let (Some(change), Some(file)) = (doc.hash_for_opid(&op), object(file.id)?) else {
                    continue;
                };
                is_told = true;
                let known = self.all_bytes(&file, "seal", Some(&[change]))?;
                left.retain(|seal| !known.contains(seal));
            }
        }
        // A deletion by another program may say nothing of what it saw; it is taken at its word.
        Ok(is_told && !left.is_empty())
    }

    /// Writes the registers that differ as one change. `None` when nothing differs.
    pub fn write(
        &mut self,
        before: &Tree,
        after: &Tree,
        touched: &BTreeSet<NodeId>,
        message: &Message,
    ) -> Result<Option<Written>> {
        let nodes = self.nodes()?.clone();
        let doc = self.doc_mut()?;
        let options = CommitOptions::default()
            .with_message(message.encode())
            .with_time(i64::try_from(message.at_ms / 1000).unwrap_or(i64::MAX));
        let mut births = Vec::new();
        let done = doc
            .transact_with::<_, _, automerge::AutomergeError, _>(
                |()| options,
                |tx| {
                    for id in touched {
                        let (old, Some(new)) = (before.node(*id), after.node(*id)) else {
                            continue;
                        };
                        let made = ledger_node::write_node(tx, &nodes, old, new)?;
                        if let Some(ObjId::Id(counter, actor, _)) = made {
                            births.push((*id, (counter, actor.to_bytes().to_vec())));
                        }
                    }
                    Ok(())
                },
            )
            .map_err(|failure| internal(failure.error))?;
        let Some(hash) = done.hash else {
            return Ok(None);
        };
        let mut change = doc
            .get_change_by_hash(&hash)
            .ok_or_else(|| VfsError::Internal {
                why: "a change is gone after its commit".into(),
            })?;
        // To compress a few hundred bytes takes as long as all that the journal does with them.
        let bytes = match change.raw_bytes().len() < COMPRESSED_BYTES_MIN {
            true => change.raw_bytes().to_vec(),
            false => change.bytes().into_owned(),
        };
        Ok(Some(Written {
            hash: hash.0,
            bytes,
            births,
        }))
    }

    /// The changes that heads do not hold, oldest first.
    pub fn changes_after(&self, heads: &Heads) -> Vec<automerge::Change> {
        self.doc()
            .map(|doc| doc.get_changes(&hashes(heads)))
            .unwrap_or_default()
    }

    /// One change.
    pub fn change(&self, hash: [u8; 32]) -> Option<automerge::Change> {
        self.doc().ok()?.get_change_by_hash(&ChangeHash(hash))
    }

    /// The operation that made the map of nodes.
    pub fn nodes_object(&self) -> Option<&ObjId> {
        self.nodes().ok()
    }

    /// Takes in another replica's changes, contents or not: for tests of the view alone.
    #[cfg(test)]
    pub fn merge(&mut self, other: &mut Ledger) -> Result<()> {
        let other = other.doc_mut()?;
        self.doc_mut()?.merge(other).map_err(internal).map(|_| ())
    }
}

impl Document {
    fn read(parts: &[Vec<u8>], actor: &ActorId) -> Result<Self> {
        let bytes = parts.concat();
        room::make(bytes.len());
        Self::of(Automerge::load(&bytes).map_err(damaged)?, actor)
    }

    fn of(mut doc: Automerge, actor: &ActorId) -> Result<Self> {
        doc.set_actor(actor.clone());
        let nodes = match doc.get(ROOT, "nodes").map_err(damaged)? {
            Some((value, id)) if value.is_object() => id,
            _ => {
                return Err(VfsError::Damaged {
                    why: "the ledger has no nodes".into(),
                });
            }
        };
        Ok(Self { doc, nodes })
    }
}

fn hashes(heads: &Heads) -> Vec<ChangeHash> {
    heads.0.iter().map(|hash| ChangeHash(*hash)).collect()
}

pub(crate) fn damaged(error: automerge::AutomergeError) -> VfsError {
    VfsError::Damaged {
        why: error.to_string(),
    }
}

fn internal(error: automerge::AutomergeError) -> VfsError {
    VfsError::Internal {
        why: error.to_string(),
    }
}
