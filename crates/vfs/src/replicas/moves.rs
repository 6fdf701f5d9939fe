//! Moves held against the replay of a log of them: Kleppmann, Mulligan, Gomes and Beresford, "A
//! highly-available move operation for replicated trees" (2021).
//!
//! There every replica keeps all moves, replays them in one total order, and skips those that would
//! close a cycle. Here every node keeps how recent each of its parents was, and a cycle is opened
//! when the tree is derived. Both give every node one parent and no cycle. They agree on the parent
//! itself when no move is skipped and both orders name the same move of every node as its latest:
//! a log orders moves of different nodes too, of which an edge map knows nothing, and a node that
//! was moved more often beats one that was moved later.

use super::*;
use std::collections::BTreeMap;

const FOLDERS: usize = 7;

/// A move, by Lamport's clock and the replica.
type Log = BTreeMap<(u64, usize, NodeId), Move>;

#[derive(Debug, Clone, Copy)]
struct Move {
    parent: NodeId,
    /// How recent the edge map holds it to be.
    count: u64,
}

struct Device {
    replica: Replica,
    log: Log,
}

impl Device {
    fn edges(&self) -> BTreeMap<NodeId, BTreeMap<NodeId, u64>> {
        let nodes = self.replica.workspace.tree.nodes.values();
        nodes.map(|node| (node.id, node.edges.clone())).collect()
    }

    /// Applies an operation, and logs every edge that it writes, those included that hold on to
    /// where a folder is shown.
    fn apply(&mut self, number: usize, op: Op) -> bool {
        let before = self.edges();
        if self.replica.try_apply(&[op]).is_err() {
            return false;
        }
        let time = self.log.keys().next_back().map_or(0, |last| last.0) + 1;
        for (child, edges) in self.edges() {
            for (parent, count) in edges {
                let old = before.get(&child).and_then(|edges| edges.get(&parent));
                if old != Some(&count) {
                    let key = (time, number, child);
                    self.log.insert(key, Move { parent, count });
                }
            }
        }
        true
    }

    fn meet(&mut self, other: &mut Self) {
        self.replica.meet(&mut other.replica);
        self.log.extend(other.log.iter());
    }
}

/// Every node's parent after a replay, and how many moves were skipped.
fn replay(log: &Log) -> (BTreeMap<NodeId, NodeId>, usize) {
    let mut parents: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    let mut skipped = 0;
    for ((_, _, child), Move { parent, .. }) in log {
        match is_below(&parents, *parent, *child) {
            true => skipped += 1,
            false => drop(parents.insert(*child, *parent)),
        }
    }
    (parents, skipped)
}

/// Whether a node is another one, or below it; what is on a cycle is below nothing else.
fn is_below(parents: &BTreeMap<NodeId, NodeId>, node: NodeId, above: NodeId) -> bool {
    let next = |at: &NodeId| parents.get(at).copied();
    let mut chain = std::iter::successors(Some(node), next).take(parents.len() + 1);
    chain.any(|at| at == above)
}

/// Every node's latest move, by the order of a rank.
fn latest<R: Ord>(
    log: &Log,
    rank: impl Fn(&(u64, usize, NodeId), &Move) -> R,
) -> BTreeMap<NodeId, NodeId> {
    let mut latest: BTreeMap<NodeId, (R, NodeId)> = BTreeMap::new();
    for (key, found) in log {
        let rank = rank(key, found);
        let is_later = latest.get(&key.2).is_none_or(|(other, _)| *other < rank);
        if is_later {
            latest.insert(key.2, (rank, found.parent));
        }
    }
    latest
        .into_iter()
        .map(|(child, (_, parent))| (child, parent))
        .collect()
}

#[derive(Debug, Default)]
struct Counts {
    moves: usize,
    skipped: usize,
    /// Histories in which both have to agree on every parent.
    equal: usize,
    /// Histories in which edges closed a cycle.
    cyclic: usize,
}

fn history(seed: u64, devices_len: usize, meets: usize, counts: &mut Counts) {
    let mut rng = Rng(seed);
    let device = |number: usize| Device {
        replica: Replica::new(number as u8 + 1),
        log: Log::new(),
    };
    let mut devices: Vec<Device> = (0..devices_len).map(device).collect();
    for name in 0..FOLDERS {
        assert!(devices[0].apply(0, mkdir(&format!("f{name}"))));
    }
    let ids: Vec<NodeId> = devices[0].log.keys().map(|key| key.2).collect();
    for place in 1..devices_len {
        let [first, other] = devices.get_disjoint_mut([0, place]).expect("two");
        other.meet(first);
    }
    for _ in 0..20 {
        let who = rng.below(devices_len);
        let (child, parent) = (ids[rng.below(FOLDERS)], rng.below(FOLDERS + 1));
        let tree = &devices[who].replica.workspace.tree;
        let parent = ids.get(parent).copied().unwrap_or(NodeId::ROOT);
        let name = tree.node(child).expect("there").name.clone();
        let from = tree.path_of(child).expect("shown");
        let to = tree.path_of(parent).expect("shown") + "/" + &name;
        counts.moves += usize::from(devices[who].apply(who, mv(&from, &to)));
        if rng.below(meets) == 0 {
            let (from, to) = (rng.below(devices_len), rng.below(devices_len));
            if from != to {
                let [from, to] = devices.get_disjoint_mut([from, to]).expect("two");
                to.meet(from);
            }
        }
    }
    for place in 1..devices_len {
        let [first, other] = devices.get_disjoint_mut([0, place]).expect("two");
        first.meet(other);
    }
    let log = &devices[0].log;
    let (replayed, skipped) = replay(log);
    let shown: BTreeMap<NodeId, NodeId> = {
        let nodes = devices[0].replica.workspace.tree.nodes.values();
        nodes.map(|node| (node.id, node.parent)).collect()
    };
    // One parent each, which it was moved to once, and no cycle, both ways.
    assert!(shown.keys().eq(replayed.keys()));
    for (child, parent) in &shown {
        assert!(
            log.iter()
                .any(|(key, found)| key.2 == *child && found.parent == *parent)
        );
        assert!(
            is_below(&shown, *child, NodeId::ROOT),
            "{child} hangs on nothing"
        );
        assert!(is_below(&replayed, *child, NodeId::ROOT));
    }
    let by_log = latest(log, |key, _| *key);
    let by_count = latest(log, |_, found| (found.count, found.parent));
    if skipped == 0 && by_log == by_count {
        assert_eq!(shown, replayed);
        counts.equal += 1;
    }
    let hangs = |child: &NodeId| !is_below(&by_count, *child, NodeId::ROOT);
    let is_cyclic = by_count.keys().any(hangs);
    match is_cyclic {
        true => counts.cyclic += 1,
        // Whatever a log skips: without a cycle the latest edge of every node holds.
        false => assert_eq!(shown, by_count),
    }
    counts.skipped += skipped;
}

#[test]
fn v2_moves_agree_with_the_replay_of_a_log_wherever_both_know_the_latest() {
    let mut counts = Counts::default();
    for seed in 0..150 {
        println!("seed {seed}");
        history(seed, 3, 2, &mut counts);
    }
    println!("{counts:?}");
    assert!(
        counts.equal > 15 && counts.cyclic > 15 && counts.skipped > 50,
        "{counts:?}"
    );
}

#[test]
fn v2_moves_one_after_the_other_are_the_replay_of_their_log() {
    let mut counts = Counts::default();
    for seed in 0..40 {
        println!("seed {seed}");
        history(seed, 1, 1, &mut counts);
    }
    assert_eq!(
        (counts.equal, counts.skipped, counts.cyclic),
        (40, 0, 0),
        "{counts:?}"
    );
}
