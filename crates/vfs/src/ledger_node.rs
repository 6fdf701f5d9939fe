//! One node in the ledger: from its object to registers, and back as the writes that differ.

use crate::error::Result;
use crate::id::NodeId;
use crate::ledger::Ledger;
use crate::node::{Kind, Node, Seal};
use automerge::iter::MapRangeItem;
use automerge::transaction::{Transactable, Transaction};
use automerge::{
    AutomergeError, ChangeHash, ObjId, ReadDoc, ScalarValue, ScalarValueRef, ValueRef, hydrate,
};
use std::collections::HashMap;

/// Collects nodes from the items of their objects, which come in the order of the objects.
pub(crate) struct NodeReader<'a> {
    ledger: &'a Ledger,
    at: Option<&'a [ChangeHash]>,
    nodes: Vec<(Node, bool)>,
    /// Which node an object belongs to, and whether it is the map of its edges.
    objects: HashMap<(u64, usize), (usize, bool)>,
}

impl<'a> NodeReader<'a> {
    pub fn new(ledger: &'a Ledger, at: Option<&'a [ChangeHash]>) -> Self {
        Self {
            ledger,
            at,
            nodes: Vec::new(),
            objects: HashMap::new(),
        }
    }

    /// The nodes that are whole.
    pub fn finish(self) -> Vec<Node> {
        self.nodes
            .into_iter()
            .filter_map(|(node, has_kind)| has_kind.then_some(node))
            .collect()
    }

    /// Begins a node.
    pub fn enter(&mut self, id: NodeId, object: &ObjId) {
        let ObjId::Id(counter, actor, place) = object else {
            return;
        };
        let mut node = Node::new(id, Kind::File, String::new(), 0);
        node.birth = (*counter, actor.to_bytes().to_vec());
        self.objects
            .insert((*counter, *place), (self.nodes.len(), false));
        self.nodes.push((node, false));
    }

    /// Takes one item of one object.
    pub fn take(&mut self, object: &ObjId, item: &MapRangeItem<'_>) -> Result<()> {
        let ObjId::Id(counter, _, place) = object else {
            return Ok(());
        };
        if Some(object) == self.ledger.nodes_object() {
            // A key that is no id is another program's mistake; the nodes are still good.
            if let Ok(id) = item.key.parse::<NodeId>() {
                self.enter(id, &item.id());
            }
            return Ok(());
        }
        match self.objects.get(&(*counter, *place)) {
            Some(&(node, false)) => self.take_register(node, object, item),
            Some(&(node, true)) => self.take_edge(node, object, item),
            None => Ok(()),
        }
    }

    fn take_register(
        &mut self,
        place: usize,
        object: &ObjId,
        item: &MapRangeItem<'_>,
    ) -> Result<()> {
        let (node, has_kind) = &mut self.nodes[place];
        match (&*item.key, &item.value) {
            ("kind", ValueRef::Scalar(ScalarValueRef::Str(word))) => {
                *has_kind = matches!(&**word, "file" | "folder");
                node.kind = if word == "folder" {
                    Kind::Folder
                } else {
                    Kind::File
                };
            }
            ("name", ValueRef::Scalar(ScalarValueRef::Str(name))) => {
                node.name = name.to_string();
            }
            ("made", ValueRef::Scalar(value)) => node.made_ms = unsigned(value),
            ("seal", ValueRef::Scalar(ScalarValueRef::Bytes(_))) if item.conflict => {
                for bytes in self.ledger.all_bytes(object, "seal", self.at)? {
                    node.seals.push(Seal::decode(&bytes)?);
                }
            }
            ("seal", ValueRef::Scalar(ScalarValueRef::Bytes(bytes))) => {
                node.seals.push(Seal::decode(bytes)?);
            }
            ("seen", ValueRef::Scalar(ScalarValueRef::Bytes(_))) if item.conflict => {
                node.seen = self.ledger.all_bytes(object, "seen", self.at)?;
            }
            ("seen", ValueRef::Scalar(ScalarValueRef::Bytes(bytes))) => {
                node.seen.push(bytes.to_vec());
            }
            ("up", ValueRef::Object(_)) => {
                if let ObjId::Id(counter, _, actor) = item.id() {
                    self.objects.insert((counter, actor), (place, true));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_edge(&mut self, place: usize, object: &ObjId, item: &MapRangeItem<'_>) -> Result<()> {
        let (Ok(parent), ValueRef::Scalar(value)) = (item.key.parse(), &item.value) else {
            return Ok(());
        };
        let count = match item.conflict {
            true => self.ledger.largest(object, &item.key, self.at)?,
            false => unsigned(value),
        };
        self.nodes[place].0.edges.insert(parent, count);
        Ok(())
    }
}

/// Writes what differs. Gives the object of a node that is new.
pub(crate) fn write_node(
    tx: &mut Transaction<'_>,
    nodes: &ObjId,
    old: Option<&Node>,
    new: &Node,
) -> Result<Option<ObjId>, AutomergeError> {
    let Some(old) = old else {
        // One batch a node: written one by one, the registers would take ten times as long.
        let made = tx.batch_create_object(nodes, new.id.to_string(), &whole(new), false)?;
        return Ok(Some(made));
    };
    let Some((_, object)) = tx.get(nodes, new.id.to_string())? else {
        return Ok(None);
    };
    if old.name != new.name {
        tx.put(&object, "name", new.name.as_str())?;
    }
    if old.edges != new.edges
        && let Some((_, up)) = tx.get(&object, "up")?
    {
        for (parent, count) in &new.edges {
            if old.edges.get(parent) != Some(count) {
                tx.put(&up, parent.to_string(), *count)?;
            }
        }
    }
    if old.seals != new.seals
        && let Some(seal) = new.seal()
    {
        tx.put(&object, "seal", ScalarValue::Bytes(seal.encode()))?;
    }
    if old.seen != new.seen
        && let Some(seen) = new.seen.last()
    {
        tx.put(&object, "seen", ScalarValue::Bytes(seen.clone()))?;
    }
    Ok(None)
}

/// Every register of a new node.
fn whole(node: &Node) -> hydrate::Value {
    let kind = match node.kind {
        Kind::File => "file",
        Kind::Folder => "folder",
    };
    let up: HashMap<String, hydrate::Value> = node
        .edges
        .iter()
        .map(|(parent, count)| (parent.to_string(), scalar(*count)))
        .collect();
    let mut map = HashMap::from([
        ("kind".to_owned(), scalar(kind)),
        ("made".to_owned(), scalar(node.made_ms)),
        ("name".to_owned(), scalar(node.name.as_str())),
        ("up".to_owned(), hydrate::Value::Map(up.into())),
    ]);
    if let Some(seal) = node.seal() {
        map.insert("seal".into(), scalar(ScalarValue::Bytes(seal.encode())));
    }
    if let Some(seen) = node.seen.last() {
        map.insert("seen".into(), scalar(ScalarValue::Bytes(seen.clone())));
    }
    hydrate::Value::Map(map.into())
}

fn scalar(value: impl Into<ScalarValue>) -> hydrate::Value {
    hydrate::Value::Scalar(value.into())
}

fn unsigned(value: &ScalarValueRef<'_>) -> u64 {
    match value {
        ScalarValueRef::Uint(value) => *value,
        ScalarValueRef::Int(value) => u64::try_from(*value).unwrap_or(0),
        _ => 0,
    }
}
