//! One node in the ledger: from its object to registers, and back as the writes that differ.

use crate::error::Result;
use crate::id::NodeId;
use crate::ledger::Ledger;
use crate::node::{Kind, Node, Seal};
use automerge::transaction::Transactable;
use automerge::{ChangeHash, ObjId, ObjType, ReadDoc, ScalarValue, ScalarValueRef, ValueRef};

impl Ledger {
    pub(crate) fn read_object(
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
}

/// Writes what differs, and tells whether the node is new.
pub(crate) fn write_node(
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
