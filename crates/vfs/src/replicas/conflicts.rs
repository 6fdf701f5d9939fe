//! What was made apart is listed, and an ordinary change decides it (rule V8).

use super::*;
use crate::limits::CONFLICT_VERSIONS_MAX;
use crate::{Conflict, ConflictKind, Hash};

fn all(replica: &Replica) -> Vec<Conflict> {
    replica.workspace.conflicts(1_000).expect("reads").first
}

fn kinds(replica: &Replica) -> Vec<(String, ConflictKind)> {
    let conflicts = all(replica).into_iter();
    conflicts.map(|found| (found.path, found.kind)).collect()
}

/// Decides on one replica; another one that saw the same conflict learns of it.
fn decide(mut here: Replica, ops: &[Op]) -> Replica {
    let mut there = Replica::new(9);
    there.meet(&mut here);
    assert_eq!(all(&there), all(&here));
    assert!(!all(&here).is_empty());
    here.apply(ops);
    there.meet(&mut here);
    assert_eq!(kinds(&here), []);
    assert_eq!(kinds(&there), []);
    assert_same(&here.workspace.tree, &there.workspace.tree);
    there
}

#[test]
fn v8_contents_sealed_apart_are_listed_until_one_is_written() {
    let build = || {
        apart(
            &[Op::write("d/a.bin", [0u8, 1])],
            &[Op::write("d/a.bin", [0u8, 2])],
            &[Op::write("d/a.bin", [0u8, 3])],
        )
    };
    let met = build();
    let found = all(&met);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, ConflictKind::Contents);
    let shown = met.workspace.stat("d/a.bin").expect("is there");
    assert_eq!(found[0].versions[0], shown);
    let mut hashes: Vec<_> = found[0].versions.iter().filter_map(|v| v.hash).collect();
    hashes.sort();
    let mut both = vec![Hash::of(&[0, 2]), Hash::of(&[0, 3])];
    both.sort();
    assert_eq!(hashes, both);
    // The side that is shown, the other one, or something new.
    for last in [2u8, 3, 4] {
        let after = decide(build(), &[Op::write("d/a.bin", [0u8, last])]);
        let hash = after.workspace.stat("d/a.bin").expect("is there").hash;
        assert_eq!(hash, Some(Hash::of(&[0, last])));
    }
}

#[test]
fn v8_equal_contents_sealed_apart_are_no_conflict() {
    let same = [Op::write("a.bin", [0u8, 2])];
    let met = apart(&[Op::write("a.bin", [0u8, 1])], &same, &same);
    assert_eq!(kinds(&met), []);
    assert_eq!(met.mark("a.bin"), None, "nothing is to be decided");
}

#[test]
fn v8_conflicts_past_the_limit_are_counted_and_the_first_by_path_are_given() {
    let write = |byte: u8| -> Vec<Op> {
        let names = ["c.bin", "a/z.bin", "b.bin", "a.bin"];
        names.map(|name| Op::write(name, [0u8, byte])).to_vec()
    };
    let met = apart(&write(1), &write(2), &write(3));
    let found = met.workspace.conflicts(3).expect("reads");
    let paths: Vec<_> = found.first.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["a.bin", "a/z.bin", "b.bin"]);
    assert_eq!(found.total, 4);
    assert_eq!(met.workspace.conflicts(0).expect("reads").total, 4);
}

#[test]
fn v8_sides_past_the_limit_are_said_to_be_more() {
    let most = u8::try_from(CONFLICT_VERSIONS_MAX).expect("small");
    let mut first = Replica::new(200);
    first.apply(&[Op::write("a.bin", [0u8, 0])]);
    let mut others: Vec<Replica> = (1..=most + 1).map(Replica::new).collect();
    for other in &mut others {
        other.meet(&mut first);
    }
    for (other, byte) in others.iter_mut().zip(1u8..) {
        assert_eq!(all(&first).iter().filter(|one| one.more).count(), 0);
        other.apply(&[Op::write("a.bin", [0u8, byte])]);
        first.meet(other);
    }
    let [found] = &all(&first)[..] else {
        panic!("one conflict")
    };
    assert!(found.more);
    assert_eq!(found.versions.len(), CONFLICT_VERSIONS_MAX);
}

#[test]
fn v8_keeping_a_file_holds_against_its_deletion_made_apart() {
    let met = apart(
        &[mkdir("d")],
        &[Op::write("d/a.md", "ours")],
        &[Op::write("d/A.md", "theirs")],
    );
    let [keeper, other] = [0, 1].map(|at| all(&met)[0].versions[at].path.clone());
    let (mut here, mut there) = (met, Replica::new(9));
    there.meet(&mut here);
    let keep = |path: &str| Op::Keep { path: path.into() };
    // Each keeps what the other one deletes: nothing may be lost.
    here.apply(&[rm(&other), keep(&keeper)]);
    there.apply(&[keep(&other), rm(&keeper), mv(&other, &keeper)]);
    here.meet(&mut there);
    there.meet(&mut here);
    assert_same(&here.workspace.tree, &there.workspace.tree);
    assert_eq!(here.paths().len(), 3, "{:?}", here.paths());
    assert_eq!(kinds(&here).len(), 1, "and it is to be decided again");
}

#[test]
fn v8_nodes_that_want_one_name_are_listed_until_one_moves_or_goes() {
    let build = || {
        apart(
            &[mkdir("d")],
            &[Op::write("d/a.md", "ours")],
            &[Op::write("d/A.md", "theirs")],
        )
    };
    let met = build();
    let found = all(&met);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind, ConflictKind::Name);
    let [keeper, other] = &found[0].versions[..] else {
        panic!("two sides")
    };
    assert_eq!(other.path, found[0].path);
    assert_eq!(other.mark, Some(Mark::Renamed));
    for side in [keeper, other] {
        let stat = met
            .workspace
            .stat(&side.path)
            .expect("its path leads to it");
        assert_eq!(&stat, side);
    }
    let (keeper, other) = (keeper.path.clone(), other.path.clone());
    decide(build(), &[rm(&keeper)]);
    decide(build(), &[rm(&other)]);
    let both = decide(build(), &[mv(&other, "d/second.md")]);
    assert_eq!(both.paths(), ["d", keeper.as_str(), "d/second.md"]);
    let path = other.clone();
    let both = decide(build(), &[Op::Keep { path }]);
    assert_eq!(both.paths(), build().paths(), "by the name that is shown");
}

#[test]
fn v8_an_edit_that_a_deletion_had_not_seen_is_listed_until_it_is_kept_or_removed() {
    let build = || {
        apart(
            &[Op::write("a.md", "old"), Op::write("b.md", "b")],
            &[rm("a.md")],
            &[Op::write("a.md", "new")],
        )
    };
    assert_eq!(
        kinds(&build()),
        [("a.md".to_owned(), ConflictKind::Deletion)]
    );
    let removed = decide(build(), &[rm("a.md")]);
    assert_eq!(removed.paths(), ["b.md"]);
    let kept = decide(build(), &[mv("a.md", "kept.md")]);
    assert_eq!(kept.paths(), ["b.md", "kept.md"]);
    let path = "a.md".to_owned();
    let kept = decide(build(), &[Op::Keep { path }]);
    assert_eq!(kept.paths(), ["a.md", "b.md"]);
    let written = decide(build(), &[Op::write("a.md", "newer")]);
    assert_eq!(written.paths(), ["a.md", "b.md"]);
}

#[test]
fn v8_what_is_made_by_one_alone_is_no_conflict() {
    let mut alone = Replica::new(1);
    alone.apply(&[Op::write("a.md", "1"), Op::write("d/b.md", "2")]);
    alone.apply(&[Op::write("a.md", "3"), mv("d", "e"), rm("e/b.md")]);
    assert_eq!(kinds(&alone), []);
}
