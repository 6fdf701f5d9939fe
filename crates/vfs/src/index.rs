//! The nodes of the tree that is shown, kept beside the ledger, so that a workspace can be used
//! before its ledger is read.
//!
//! **Problem.** To read a ledger takes longer the more changes it holds; what most of them said is
//! overwritten by now. Who opens a workspace wants the tree.
//!
//! **Shape.** Cells of storage: `tree` holds every node, and `tree.<n>` the nodes that the ledger's
//! part `n` changed. A node's entry holds its registers, where it was made, and what can't be told
//! without the ledger: its parent free of cycles, and whether it is shown although it was deleted.
//!
//! *Invariants.* A cell is written in the batch of the part that it belongs to, and says which
//! parts it follows: by a hash over the length of each and its first bytes, which hold automerge's
//! own checksum. An index that does not lead to the very last part is not used; then the ledger is
//! read, and the next change writes the index anew. Nothing in here is a truth of its own: without
//! it, the same tree is derived.

use crate::id::{Hash, Heads, NodeId};
use crate::node::{Birth, Kind, Node, Seal, put_varint, take, take_varint};
use crate::shards::Shards;
use crate::tree::Tree;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

const VERSION: u8 = 1;
/// The cell that holds every node.
const WHOLE: &str = "tree";
/// Bytes of a part's changed nodes, from which on all nodes are written instead.
const PART_BYTES_MIN: usize = 64 * 1024;
/// Bytes of a part's beginning that are hashed: what kind it is, and its checksum.
const HEAD_BYTES: usize = 16;

const FOLDER: u8 = 1;
const RESTORED: u8 = 2;
/// The parent is the one that the most recent edge names.
const OWN_PARENT: u8 = 4;

/// What the stored index follows, so that the next part can be added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Index {
    parts: u64,
    chain: Hash,
    /// Bytes of the cell with all nodes; 0 when there is none that can be used.
    whole_bytes: usize,
}

/// What the index says of the ledger: the same that reading it would.
#[derive(Debug)]
pub(crate) struct Opened {
    pub heads: Heads,
    pub changes: u64,
    pub nodes: Shards<Arc<Node>>,
}

/// A cell of storage, by name.
type Cell = (String, Vec<u8>);

impl Index {
    fn none(parts: &[Vec<u8>]) -> Self {
        let none = Self {
            parts: 0,
            chain: Hash([0; 32]),
            whole_bytes: 0,
        };
        parts.iter().fold(none, |index, part| index.after(part))
    }

    fn after(&self, part: &[u8]) -> Self {
        let mut sum = Sha256::new();
        sum.update(self.chain.0);
        sum.update((part.len() as u64).to_le_bytes());
        sum.update(&part[..part.len().min(HEAD_BYTES)]);
        Self {
            parts: self.parts + 1,
            chain: Hash(sum.finalize().into()),
            whole_bytes: self.whole_bytes,
        }
    }

    /// The index of a ledger with these parts, and what it says, if it can be used.
    pub fn open(cells: &[Cell], parts: &[Vec<u8>]) -> (Self, Option<Opened>) {
        let none = Self::none(parts);
        match Self::read(cells, parts) {
            Some((whole_bytes, opened)) => {
                let index = Self {
                    whole_bytes,
                    ..none
                };
                (index, Some(opened))
            }
            None => (none, None),
        }
    }

    fn read(cells: &[Cell], parts: &[Vec<u8>]) -> Option<(usize, Opened)> {
        let by_name: HashMap<&str, &[u8]> = cells
            .iter()
            .filter(|(name, _)| name.starts_with(WHOLE))
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let whole = *by_name.get(WHOLE)?;
        let mut reader = Reader::new(whole)?;
        let mut index = Self::none(&[]);
        let mut rest = parts.iter();
        while index.chain != reader.chain {
            index = index.after(rest.next()?);
        }
        let nodes: Option<Shards<Arc<Node>>> = reader.nodes().collect();
        let mut opened = Opened {
            nodes: nodes?,
            heads: reader.heads,
            changes: reader.changes,
        };
        for part in rest {
            index = index.after(part);
            let mut reader = Reader::new(by_name.get(index.name().as_str())?)?;
            if reader.chain != index.chain {
                return None;
            }
            for node in reader.nodes() {
                let (id, node) = node?;
                opened.nodes.insert(id, node);
            }
            (opened.heads, opened.changes) = (reader.heads, reader.changes);
        }
        Some((whole.len(), opened))
    }

    fn name(&self) -> String {
        format!("{WHOLE}.{}", self.parts)
    }

    /// The index after a part that led from one tree to another, with the cell to be stored with
    /// that part. `changed` are the nodes that may differ; all are looked at without.
    pub fn next(
        &self,
        part: &[u8],
        (heads, changes): (&Heads, u64),
        (old, new): (&Tree, &Tree),
        changed: Option<&mut dyn Iterator<Item = NodeId>>,
    ) -> (Self, Cell) {
        let next = self.after(part);
        if self.whole_bytes > 0 {
            let differs = |node: &&Node| old.node(node.id).is_none_or(|old| !is_same(old, node));
            let nodes: Vec<&Node> = match changed {
                Some(ids) => ids.filter_map(|id| new.node(id)).filter(differs).collect(),
                None => new
                    .nodes
                    .values()
                    .map(Arc::as_ref)
                    .filter(differs)
                    .collect(),
            };
            let bytes = next.encode(heads, changes, nodes.into_iter());
            if bytes.len() <= PART_BYTES_MIN.max(self.whole_bytes / 4) {
                return (next, (next.name(), bytes));
            }
        }
        next.whole(heads, changes, new)
    }

    /// The index of a ledger that is one part now.
    pub fn of(part: &[u8], (heads, changes): (&Heads, u64), tree: &Tree) -> (Self, Cell) {
        Self::none(&[]).after(part).whole(heads, changes, tree)
    }

    fn whole(self, heads: &Heads, changes: u64, tree: &Tree) -> (Self, Cell) {
        let bytes = self.encode(heads, changes, tree.nodes.values().map(Arc::as_ref));
        let whole_bytes = bytes.len();
        (
            Self {
                whole_bytes,
                ..self
            },
            (WHOLE.into(), bytes),
        )
    }

    fn encode<'a>(
        &self,
        heads: &Heads,
        changes: u64,
        nodes: impl Iterator<Item = &'a Node>,
    ) -> Vec<u8> {
        let mut actors: HashMap<&[u8], u64> = HashMap::new();
        let mut order: Vec<&[u8]> = Vec::new();
        let mut entries = Vec::new();
        let mut count = 0;
        // The place for recovered files is no node of the ledger.
        for node in nodes.filter(|node| !node.id.is_fixed()) {
            let actor = node.birth.1.as_slice();
            let place = *actors.entry(actor).or_insert_with(|| {
                order.push(actor);
                order.len() as u64 - 1
            });
            put_node(&mut entries, node, place);
            count += 1;
        }
        let mut out = Vec::with_capacity(entries.len() + 128);
        out.push(VERSION);
        out.extend_from_slice(&self.chain.0);
        put_varint(&mut out, changes);
        put_varint(&mut out, heads.hashes().len() as u64);
        out.extend_from_slice(&heads.hashes().concat());
        put_varint(&mut out, order.len() as u64);
        for actor in order {
            put_bytes(&mut out, actor);
        }
        put_varint(&mut out, count);
        out.extend_from_slice(&entries);
        out
    }
}

/// Whether two states of a node have the same entry.
fn is_same(old: &Node, new: &Node) -> bool {
    std::ptr::eq(old, new)
        || (old.parent, old.restored, &old.name) == (new.parent, new.restored, &new.name)
            && (&old.edges, &old.seals, &old.seen) == (&new.edges, &new.seals, &new.seen)
            && old.birth == new.birth
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_node(out: &mut Vec<u8>, node: &Node, actor: u64) {
    let is_own = node.best_edge() == Some(node.parent);
    let flags = [
        (node.kind == Kind::Folder, FOLDER),
        (node.restored, RESTORED),
        (is_own, OWN_PARENT),
    ];
    let flags = flags.iter().filter(|flag| flag.0).map(|flag| flag.1);
    out.extend_from_slice(&node.id.0);
    out.push(flags.sum());
    if !is_own {
        out.extend_from_slice(&node.parent.0);
    }
    put_bytes(out, node.name.as_bytes());
    put_varint(out, node.made_ms);
    put_varint(out, node.birth.0);
    put_varint(out, actor);
    put_varint(out, node.edges.len() as u64);
    for (parent, count) in &node.edges {
        out.extend_from_slice(&parent.0);
        put_varint(out, *count);
    }
    put_varint(out, node.seals.len() as u64);
    for seal in &node.seals {
        put_bytes(out, &seal.encode());
    }
    put_varint(out, node.seen.len() as u64);
    for seen in &node.seen {
        put_bytes(out, seen);
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    chain: Hash,
    changes: u64,
    heads: Heads,
    actors: Vec<&'a [u8]>,
    count: u64,
}

fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = usize::try_from(take_varint(bytes)?).ok()?;
    take(bytes, len)
}

fn take_id(bytes: &mut &[u8]) -> Option<NodeId> {
    Some(NodeId(take(bytes, 16)?.try_into().ok()?))
}

impl<'a> Reader<'a> {
    fn new(mut bytes: &'a [u8]) -> Option<Self> {
        let from = &mut bytes;
        if take(from, 1)? != [VERSION] {
            return None;
        }
        let chain = Hash(take(from, 32)?.try_into().ok()?);
        let changes = take_varint(from)?;
        let heads = usize::try_from(take_varint(from)?).ok()?;
        let heads = take(from, heads.checked_mul(32)?)?.as_chunks::<32>().0;
        let mut actors = Vec::new();
        for _ in 0..take_varint(from)? {
            actors.push(take_bytes(from)?);
        }
        let count = take_varint(from)?;
        Some(Self {
            bytes,
            chain,
            changes,
            heads: Heads::new(heads.to_vec()),
            actors,
            count,
        })
    }

    /// The nodes that follow; nothing in the place of one that can't be read.
    fn nodes(&mut self) -> impl Iterator<Item = Option<(NodeId, Arc<Node>)>> {
        (0..self.count).map(|_| self.node().map(|node| (node.id, Arc::new(node))))
    }

    fn node(&mut self) -> Option<Node> {
        let bytes = &mut self.bytes;
        let id = take_id(bytes)?;
        let flags = take(bytes, 1)?[0];
        let parent = match flags & OWN_PARENT {
            0 => Some(take_id(bytes)?),
            _ => None,
        };
        let name = std::str::from_utf8(take_bytes(bytes)?).ok()?.to_owned();
        let made_ms = take_varint(bytes)?;
        let birth = take_varint(bytes)?;
        let actor = usize::try_from(take_varint(bytes)?).ok()?;
        let birth: Birth = (birth, self.actors.get(actor)?.to_vec());
        let kind = match flags & FOLDER {
            0 => Kind::File,
            _ => Kind::Folder,
        };
        let mut node = Node::new(id, kind, name, made_ms);
        node.birth = birth;
        node.restored = flags & RESTORED != 0;
        for _ in 0..take_varint(bytes)? {
            let parent = take_id(bytes)?;
            node.edges.insert(parent, take_varint(bytes)?);
        }
        for _ in 0..take_varint(bytes)? {
            node.seals.push(Seal::decode(take_bytes(bytes)?).ok()?);
        }
        for _ in 0..take_varint(bytes)? {
            node.seen.push(take_bytes(bytes)?.to_vec());
        }
        node.parent = parent.or_else(|| node.best_edge())?;
        Some(node)
    }
}

#[cfg(test)]
mod tests;
