//! Random histories of three replicas.

use super::*;

#[test]
fn v1_v2_random_histories_converge_whatever_the_order() {
    let mut marks = 0;
    let mut moved = 0;
    for seed in 0..60u64 {
        println!("seed {seed}");
        let mut rng = Rng(seed);
        let mut replicas: Vec<Replica> = (1..=3).map(Replica::new).collect();
        for _ in 0..36 {
            let who = rng.below(3);
            let known = replicas[who].paths();
            let name = |rng: &mut Rng| ["a", "b", "c", "D", "d"][rng.below(5)].to_owned();
            let any = |rng: &mut Rng| match known.is_empty() {
                true => name(rng),
                false => known[rng.below(known.len())].clone(),
            };
            let op = match rng.below(9) {
                0 | 1 => Op::write(
                    format!("{}/{}.md", any(&mut rng), name(&mut rng)),
                    name(&mut rng),
                ),
                2 => mkdir(&format!("{}/{}", any(&mut rng), name(&mut rng))),
                3..=5 => mv(
                    &any(&mut rng),
                    &format!("{}/{}", any(&mut rng), name(&mut rng)),
                ),
                6 => rm(&any(&mut rng)),
                7 => Op::Keep {
                    path: any(&mut rng),
                },
                _ => Op::write(name(&mut rng), name(&mut rng)),
            };
            if replicas[who].try_apply(std::slice::from_ref(&op)).is_ok() {
                moved += usize::from(matches!(op, Op::Move { .. }));
                let anew = derive(&replicas[who].workspace.ledger, None).expect("derives");
                assert_same(&replicas[who].workspace.tree, &anew);
            }
            if rng.below(6) == 0 {
                let (from, to) = (rng.below(3), rng.below(3));
                if from != to {
                    let [to, from] = replicas.get_disjoint_mut([to, from]).expect("two of them");
                    to.meet(from);
                }
            }
        }
        // All meet, each in an order of its own.
        for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
            for other in &order[1..] {
                let [to, from] = replicas
                    .get_disjoint_mut([order[0], *other])
                    .expect("two of them");
                to.meet(from);
            }
        }
        for order in [[1, 0], [2, 0], [0, 1]] {
            let [to, from] = replicas.get_disjoint_mut(order).expect("two of them");
            to.meet(from);
        }
        let tree = &replicas[0].workspace.tree;
        for replica in &replicas[1..] {
            assert_eq!(replica.workspace.heads(), replicas[0].workspace.heads());
            assert_same(tree, &replica.workspace.tree);
        }
        check_tree(tree);
        // The same from a saved ledger, and as the past of a later state.
        let saved = Ledger::load(
            &[replicas[0].workspace.ledger.save().expect("saves")],
            [9; 16],
        )
        .expect("loads");
        assert_same(tree, &derive(&saved, None).expect("derives"));
        let heads = replicas[0].workspace.heads();
        let then = paths(tree);
        replicas[0]
            .try_apply(&[Op::write("later.md", "x")])
            .expect("fits");
        assert_eq!(
            paths(&replicas[0].workspace.at(&heads).expect("known").tree),
            then
        );
        marks += replicas[0]
            .workspace
            .tree
            .nodes
            .values()
            .filter(|node| node.mark.is_some())
            .count();
    }
    assert!(moved > 100 && marks > 60, "{moved} moves, {marks} marks");
}

/// No node is lost, none has two places, no name is shown twice.
fn check_tree(tree: &Tree) {
    let mut shown = std::collections::BTreeSet::new();
    tree.walk(NodeId::ROOT, "", &mut |path, entry, node| {
        for id in [entry.id].iter().chain(&entry.also) {
            assert!(shown.insert(*id), "{path} is shown twice");
        }
        assert_eq!(tree.path_of(entry.id).as_deref(), Some(path.as_str()));
        assert_eq!(node.shown(), entry.name);
    });
    for id in tree.nodes.keys() {
        assert_eq!(tree.is_alive(*id), shown.contains(id), "{id}");
    }
}
