//! From registers to the tree that is shown: the same on every replica, whatever order the
//! changes arrived in, and for every past state.
//!
//! Placement follows the most recent edge of every node. Moves that were made apart can close a
//! cycle; the nodes of it hang on nothing, so they are attached again by their best edge that
//! leads to a node with a place, the most recent edge first. Every node's first edge led to a
//! folder that had a place then, so by induction every node finds one.

use crate::id::NodeId;
use crate::node::{Kind, Node, edge_rank};
use crate::shards::Shards;
use crate::tree::Tree;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

/// The name under which recovered files appear.
pub(crate) const RECOVERED_NAME: &str = "Recovered";

/// Derives the tree. `unseen` tells whether a file holds an edit that no deletion knew of: its own
/// or one of the folders above it, all of which are given, the file first.
pub(crate) fn derive(nodes: Vec<Node>, unseen: &dyn Fn(&Node, &[NodeId]) -> bool) -> Tree {
    let mut nodes: BTreeMap<NodeId, Node> = nodes.into_iter().map(|node| (node.id, node)).collect();
    let parents = place(&nodes);
    for (id, node) in &mut nodes {
        node.parent = parents.get(id).copied().unwrap_or(NodeId::RECOVERED);
    }
    restore(&mut nodes, unseen);
    let nodes = nodes.into_iter().map(|(id, node)| (id, Arc::new(node)));
    arrange(nodes.collect())
}

/// The tree of nodes whose places are known.
pub(crate) fn arrange(mut nodes: Shards<Arc<Node>>) -> Tree {
    let mut tree = Tree::default();
    tree.folders.insert(NodeId::ROOT, Arc::default());
    if nodes.values().any(|node| node.parent == NodeId::RECOVERED) {
        let mut recovered = Node::new(NodeId::RECOVERED, Kind::Folder, RECOVERED_NAME.into(), 0);
        recovered.parent = NodeId::ROOT;
        nodes.insert(NodeId::RECOVERED, Arc::new(recovered));
    }
    for node in nodes.values() {
        if node.kind == Kind::Folder {
            Arc::make_mut(tree.folders.or_default(node.id));
        }
    }
    let mut tops = vec![NodeId::ROOT];
    for node in nodes.values() {
        if node.parent == NodeId::TRASH {
            if node.kind == Kind::Folder {
                tops.push(node.id);
            }
        } else if let Some(folder) = tree.folders.get_mut(&node.parent) {
            Arc::make_mut(folder).kids.insert(node.id);
        }
    }
    tree.nodes = nodes;
    // Parents before children: a folder's union must be known before it is listed.
    while let Some(id) = tops.pop() {
        if tree.united.contains_key(&id) {
            continue;
        }
        tree.list(id);
        let below: Vec<NodeId> = tree
            .folder(id)
            .into_iter()
            .flat_map(|folder| folder.names.values())
            .filter(|shown| tree.is_folder(shown.id))
            .map(|shown| shown.id)
            .collect();
        tops.extend(below);
    }
    tree
}

/// Every node's parent, free of cycles.
fn place(nodes: &BTreeMap<NodeId, Node>) -> BTreeMap<NodeId, NodeId> {
    let is_place =
        |id: NodeId| id.is_fixed() || nodes.get(&id).is_some_and(|n| n.kind == Kind::Folder);
    let mut parents: BTreeMap<NodeId, NodeId> = nodes
        .values()
        .map(|node| {
            let best = node.best_edge().filter(|&parent| is_place(parent));
            (node.id, best.unwrap_or(NodeId::RECOVERED))
        })
        .collect();
    let (rooted, mut cyclic) = follow(&parents);
    if cyclic.is_empty() {
        return parents;
    }

    // What hangs on a cycle keeps its parent and gets a place together with it.
    let mut hanging: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
    for (&child, &parent) in &parents {
        if !rooted.contains(&child) && !cyclic.contains(&child) {
            hanging.entry(parent).or_default().push(child);
        }
    }
    let mut offers: BTreeMap<NodeId, Vec<(u64, NodeId)>> = BTreeMap::new();
    let mut heap = BinaryHeap::new();
    for child in &cyclic {
        for (&parent, &count) in &nodes[child].edges {
            if parent.is_fixed() || rooted.contains(&parent) {
                heap.push((edge_rank(parent, count), *child));
            } else if is_place(parent) {
                offers.entry(parent).or_default().push((count, *child));
            }
        }
    }
    while let Some(((_, _, parent), child)) = heap.pop() {
        if !cyclic.remove(&child) {
            continue;
        }
        parents.insert(child, parent);
        let mut placed = vec![child];
        while let Some(at) = placed.pop() {
            placed.extend(hanging.remove(&at).unwrap_or_default());
            for (count, below) in offers.remove(&at).unwrap_or_default() {
                heap.push((edge_rank(at, count), below));
            }
        }
    }
    // What is left names only parents that are not there.
    parents.extend(cyclic.into_iter().map(|id| (id, NodeId::RECOVERED)));
    parents
}

/// The nodes whose chain of parents ends at a fixed place, and the nodes that are on a cycle.
fn follow(parents: &BTreeMap<NodeId, NodeId>) -> (BTreeSet<NodeId>, BTreeSet<NodeId>) {
    let mut rooted = BTreeSet::new();
    let mut loose = BTreeSet::new();
    let mut cyclic = BTreeSet::new();
    for &start in parents.keys() {
        let mut chain: Vec<NodeId> = Vec::new();
        let mut on_chain: BTreeSet<NodeId> = BTreeSet::new();
        let mut at = start;
        let fine = loop {
            if at.is_fixed() || rooted.contains(&at) {
                break true;
            }
            if loose.contains(&at) {
                break false;
            }
            if !on_chain.insert(at) {
                let first = chain.iter().position(|&id| id == at).unwrap_or(0);
                cyclic.extend(&chain[first..]);
                break false;
            }
            chain.push(at);
            at = parents[&at];
        };
        if fine {
            rooted.extend(chain)
        } else {
            loose.extend(chain)
        }
    }
    (rooted, cyclic)
}

/// Brings back files that were edited while they, or a folder above them, were deleted elsewhere.
fn restore(nodes: &mut BTreeMap<NodeId, Node>, unseen: &dyn Fn(&Node, &[NodeId]) -> bool) {
    // A deleted node and the folders above it; `None` for a node that is not deleted.
    let chain = |id: NodeId| -> Option<Vec<NodeId>> {
        let mut chain = vec![id];
        loop {
            match nodes.get(chain.last()?)?.parent {
                NodeId::TRASH => return Some(chain),
                parent if parent.is_fixed() => return None,
                parent => chain.push(parent),
            }
        }
    };
    let mut back = Vec::new();
    for node in nodes.values() {
        if node.kind != Kind::File {
            continue;
        }
        let Some(deleted) = chain(node.id) else {
            continue;
        };
        if !unseen(node, &deleted) {
            continue;
        }
        let home = node
            .edges
            .iter()
            .filter(|&(&parent, _)| parent != NodeId::TRASH)
            .filter(|&(&parent, _)| {
                parent == NodeId::ROOT
                    || nodes
                        .get(&parent)
                        .is_some_and(|n| n.kind == Kind::Folder && chain(n.id).is_none())
            })
            .map(|(&parent, &count)| edge_rank(parent, count))
            .max()
            .map_or(NodeId::RECOVERED, |rank| rank.2);
        back.push((node.id, home));
    }
    for (id, home) in back {
        if let Some(node) = nodes.get_mut(&id) {
            node.parent = home;
            node.restored = true;
        }
    }
}
