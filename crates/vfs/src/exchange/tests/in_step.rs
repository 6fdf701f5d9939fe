//! The tree that is kept in step with what comes from others, in random histories.

use super::*;
use crate::replicas::assert_same;
use crate::workspace::derive;

/// Numbers that look random and come again for the same seed.
struct Rng(u64);

impl Rng {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % count as u64) as usize
    }
}

/// Some operation on what is there. What does not fit is not done.
fn act(workspace: &mut Workspace, rng: &mut Rng, number: u128) {
    let known = workspace.list("", true).expect("lists");
    let name = |rng: &mut Rng| ["a", "b", "c", "D", "d"][rng.below(5)].to_owned();
    let any = |rng: &mut Rng| match known.is_empty() {
        true => name(rng),
        false => known[rng.below(known.len())].path.clone(),
    };
    let below = |rng: &mut Rng| format!("{}/{}", any(rng), name(rng));
    let op = match rng.below(9) {
        0 | 1 => Op::write(below(rng) + ".md", name(rng)),
        2 => Op::Mkdir { path: below(rng) },
        3..=5 => Op::Move {
            from: any(rng),
            to: below(rng),
        },
        6 => Op::Remove { path: any(rng) },
        7 => draft(&any(rng), &name(rng)),
        _ => Op::write(any(rng), name(rng)),
    };
    let mut count = number << 32;
    let mut ids = || {
        count += 1;
        count
    };
    let _ = workspace.apply(&mut ids, &meta(), &[op]);
}

#[test]
fn v7_a_tree_that_others_change_equals_the_tree_derived_anew() {
    let mut changes = 0;
    for seed in 0..40 {
        println!("seed {seed}");
        let mut rng = Rng(seed);
        let mut replicas: Vec<Workspace> = (1..=3).map(replica).collect();
        for number in 1..60 {
            let (from, to) = (rng.below(3), rng.below(3));
            act(&mut replicas[from], &mut rng, number);
            if from != to && rng.below(3) == 0 {
                let [from, to] = replicas.get_disjoint_mut([from, to]).expect("two");
                changes += send(from, to).changes;
                assert_same(&to.tree, &derive(&to.ledger, None).expect("derives"));
            }
        }
    }
    assert!(changes > 500, "{changes} changes came");
}

#[test]
fn v7_moves_into_each_other_that_come_from_others_are_put_in_place_anew() {
    let (mut a, mut b) = (replica(1), replica(2));
    apply(
        &mut a,
        &[Op::write("x/x.md", "x"), Op::write("y/y.md", "y")],
    );
    send(&a, &mut b);
    let mv = |from: &str, to: &str| Op::Move {
        from: from.into(),
        to: to.into(),
    };
    apply(&mut a, &[mv("x", "y/x")]);
    apply(&mut b, &[mv("y", "x/y")]);
    send(&a, &mut b);
    send(&b, &mut a);
    for workspace in [&a, &b] {
        let anew = derive(&workspace.ledger, None).expect("derives");
        assert_same(&workspace.tree, &anew);
        assert_eq!(workspace.list("", true).expect("lists").len(), 4);
    }
}
