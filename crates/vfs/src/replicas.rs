//! Replicas that change apart and meet: the view is the same on all of them (rules V1 to V5).
//!
//! Only ledgers meet here, without contents and texts: those are the business of `exchange`.

use crate::id::NodeId;
use crate::ledger::Ledger;
use crate::message::Meta;
use crate::node::{Mark, Origin, OriginKind};
use crate::op::Op;
use crate::storage::MemoryStorage;
use crate::tree::Tree;
use crate::workspace::{Workspace, derive};
use std::sync::Arc;

struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

struct Replica {
    workspace: Workspace,
    rng: Rng,
}

impl Replica {
    fn new(number: u8) -> Self {
        let storage = Box::new(MemoryStorage::new());
        let workspace = Workspace::open(storage, [number; 16]).expect("opens");
        Self {
            workspace,
            rng: Rng(u64::from(number)),
        }
    }

    fn try_apply(&mut self, ops: &[Op]) -> crate::Result<crate::Change> {
        let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
        let Self { workspace, rng } = self;
        let mut ids = || (u128::from(rng.next()) << 64) | u128::from(rng.next());
        workspace.apply(&mut ids, &meta, ops)
    }

    #[track_caller]
    fn apply(&mut self, ops: &[Op]) {
        self.try_apply(ops).expect("fits");
        // V7: the tree kept in step equals the tree derived anew.
        let anew = derive(&self.workspace.ledger, None).expect("derives");
        assert_same(&self.workspace.tree, &anew);
    }

    /// Takes in what another replica has.
    fn meet(&mut self, other: &mut Replica) {
        self.workspace
            .ledger
            .merge(&mut other.workspace.ledger)
            .expect("merges");
        self.workspace.tree = Arc::new(derive(&self.workspace.ledger, None).expect("derives"));
    }

    fn paths(&self) -> Vec<String> {
        paths(&self.workspace.tree)
    }

    fn mark(&self, path: &str) -> Option<Mark> {
        self.workspace.stat(path).expect("is there").mark
    }
}

fn paths(tree: &Tree) -> Vec<String> {
    let mut paths = Vec::new();
    tree.walk(NodeId::ROOT, "", &mut |path, _, _| paths.push(path));
    paths.sort();
    paths
}

#[track_caller]
pub(crate) fn assert_same(a: &Tree, b: &Tree) {
    assert_eq!(paths(a), paths(b));
    for (id, node) in a.nodes.iter() {
        // Registers of deleted nodes agree as well; how they would be shown need not.
        let other = b.node(*id).expect("both know it");
        assert_eq!(
            (&node.edges, &node.name, &node.seals),
            (&other.edges, &other.name, &other.seals)
        );
        assert_eq!(node.birth, other.birth);
        assert_eq!(node.parent, other.parent);
        if a.is_alive(*id) {
            assert_eq!((node.shown(), node.mark), (other.shown(), other.mark));
        }
    }
    assert_eq!(a.nodes.len(), b.nodes.len());
}

/// Two replicas that start from the same files, change apart, and meet in both directions.
fn apart(start: &[Op], ours: &[Op], theirs: &[Op]) -> Replica {
    let (mut a, mut b) = (Replica::new(1), Replica::new(2));
    a.apply(start);
    b.meet(&mut a);
    a.apply(ours);
    b.apply(theirs);
    let heads = a.workspace.heads();
    a.meet(&mut b);
    b.meet(&mut a);
    assert_same(&a.workspace.tree, &b.workspace.tree);
    assert_ne!(a.workspace.heads(), heads);
    assert_eq!(a.workspace.heads(), b.workspace.heads());
    a
}

fn mv(from: &str, to: &str) -> Op {
    Op::Move {
        from: from.into(),
        to: to.into(),
    }
}

fn rm(path: &str) -> Op {
    Op::Remove { path: path.into() }
}

fn mkdir(path: &str) -> Op {
    Op::Mkdir { path: path.into() }
}

#[test]
fn v1_every_replica_starts_with_the_same_change() {
    let (a, b) = (Replica::new(1), Replica::new(2));
    assert_eq!(a.workspace.heads(), b.workspace.heads());
    // The hash is part of the format: a replica of any version must arrive at it.
    assert_eq!(
        a.workspace.heads().to_string(),
        "b57cfbfbd188b213c6a2dc6306f52b12d44b9f26c0ac81035c7ff93d5ebaf26f"
    );
}

#[test]
fn v2_moves_into_each_other_close_no_cycle_and_lose_nothing() {
    let start = [Op::write("a/x.md", "x"), Op::write("b/y.md", "y")];
    let met = apart(&start, &[mv("a", "b/a")], &[mv("b", "a/b")]);
    let paths = met.paths();
    assert_eq!(paths.len(), 4, "{paths:?}");
    assert!(
        paths == ["a", "a/b", "a/b/y.md", "a/x.md"] || paths == ["b", "b/a", "b/a/x.md", "b/y.md"],
        "{paths:?}"
    );
}

#[test]
fn v2_what_hangs_on_a_cycle_stays_where_it_hangs() {
    let start = [
        Op::write("a/deep/x.md", "x"),
        mkdir("b"),
        Op::write("old/y.md", "y"),
        mv("old/y.md", "a/y.md"),
    ];
    let met = apart(&start, &[mv("a", "b/a")], &[mv("b", "a/b")]);
    let paths = met.paths();
    assert!(
        paths.iter().any(|path| path.ends_with("a/deep/x.md")),
        "{paths:?}"
    );
    assert!(
        paths.iter().any(|path| path.ends_with("a/y.md")),
        "{paths:?}"
    );
}

#[test]
fn v2_a_move_and_a_rename_both_hold() {
    let met = apart(
        &[Op::write("a.md", "x"), mkdir("d")],
        &[mv("a.md", "d/a.md")],
        &[mv("a.md", "b.md")],
    );
    assert_eq!(met.paths(), ["d", "d/b.md"]);
}

#[test]
fn v2_a_move_beats_a_deletion_made_apart() {
    let met = apart(
        &[Op::write("a.md", "x"), mkdir("d")],
        &[mv("a.md", "d/a.md")],
        &[rm("a.md")],
    );
    assert_eq!(met.paths(), ["d", "d/a.md"]);
}

#[test]
fn v3_folders_of_one_name_are_one_and_act_as_one() {
    let mut met = apart(
        &[],
        &[Op::write("docs/a.md", "a")],
        &[Op::write("Docs/b.md", "b"), mkdir("Docs/sub")],
    );
    assert_eq!(met.paths().len(), 4);
    let name = met.paths()[0].clone();
    assert_eq!(met.mark(&name), Some(Mark::United));
    met.apply(&[Op::write(format!("{name}/c.md"), "c"), mv(&name, "papers")]);
    assert_eq!(
        met.paths(),
        [
            "papers",
            "papers/a.md",
            "papers/b.md",
            "papers/c.md",
            "papers/sub"
        ]
    );
    met.apply(&[rm("papers")]);
    assert!(met.paths().is_empty());
}

#[test]
fn v3_a_folder_beats_a_file() {
    let met = apart(
        &[],
        &[Op::write("x", "file")],
        &[Op::write("x/inner.md", "in a folder")],
    );
    let paths = met.paths();
    assert_eq!(paths.len(), 3);
    assert!(paths.contains(&"x/inner.md".to_owned()), "{paths:?}");
    let file = paths
        .iter()
        .find(|path| path.starts_with("x~"))
        .expect("the file has a suffix");
    assert_eq!(met.mark(file), Some(Mark::Renamed));
}

#[test]
fn v4_equal_files_are_one_and_others_get_a_suffix() {
    let mut met = apart(
        &[],
        &[Op::write("same.md", "equal"), Op::write("n.tar.gz", "ours")],
        &[
            Op::write("Same.md", "equal"),
            Op::write("n.tar.gz", "theirs"),
        ],
    );
    let paths = met.paths();
    assert_eq!(paths.len(), 3, "{paths:?}");
    assert!(paths.contains(&"n.tar.gz".to_owned()));
    let other = paths
        .iter()
        .find(|path| path.starts_with("n.tar~") && path.ends_with(".gz"))
        .expect("a suffix");
    let id = met.workspace.stat(other).expect("is there").id.to_string();
    assert_eq!(other, &format!("n.tar~{}.gz", &id[..3]));
    // A local change to one of the equal files decides for both.
    let same = paths
        .iter()
        .find(|path| path.to_lowercase() == "same.md")
        .expect("one of them")
        .clone();
    assert_eq!(met.mark(&same), Some(Mark::United));
    met.apply(&[Op::write(same.as_str(), "changed")]);
    assert_eq!(met.paths().len(), 3);
    met.apply(&[rm(&same)]);
    assert_eq!(met.paths().len(), 2);
    // The suffix goes with its cause.
    met.apply(&[rm("n.tar.gz")]);
    assert_eq!(met.paths(), ["n.tar.gz"]);
}

#[test]
fn v5_an_edit_that_a_deletion_had_not_seen_brings_the_file_back() {
    let start = [Op::write("d/a.md", "one"), Op::write("d/b.md", "two")];
    let edited = apart(&start, &[rm("d/a.md")], &[Op::write("d/a.md", "edited")]);
    assert_eq!(edited.paths(), ["d", "d/a.md", "d/b.md"]);
    assert_eq!(edited.mark("d/a.md"), Some(Mark::Restored));

    let mut folder = apart(&start, &[rm("d")], &[Op::write("d/a.md", "edited")]);
    assert_eq!(folder.paths(), ["Recovered", "Recovered/a.md"]);
    // What is done to it then, holds: it is a file like any other.
    folder.apply(&[
        Op::write("Recovered/a.md", "again"),
        mv("Recovered/a.md", "a.md"),
    ]);
    assert_eq!(folder.paths(), ["a.md"]);
    folder.apply(&[rm("a.md")]);
    assert!(folder.paths().is_empty());

    let untouched = apart(&start, &[rm("d")], &[mkdir("elsewhere")]);
    assert_eq!(untouched.paths(), ["elsewhere"]);
}

#[test]
fn v5_removing_what_was_recovered_deletes_it_for_good() {
    let start = [Op::write("d/a.md", "one")];
    let mut met = apart(&start, &[rm("d")], &[Op::write("d/a.md", "edited")]);
    met.apply(&[rm("Recovered")]);
    assert!(met.paths().is_empty());
}

#[test]
fn v5_removing_the_folder_of_a_file_that_came_back_deletes_both_for_good() {
    let start = [Op::write("d/a.md", "one")];
    let mut met = apart(&start, &[rm("d/a.md")], &[Op::write("d/a.md", "edited")]);
    assert_eq!(met.mark("d/a.md"), Some(Mark::Restored));
    met.apply(&[rm("d")]);
    assert!(met.paths().is_empty());
    assert_same(
        &met.workspace.tree,
        &derive(&met.workspace.ledger, None).expect("derives"),
    );
}

#[test]
fn u3_undo_does_not_bring_back_what_was_deleted_since() {
    let mut met = Replica::new(1);
    met.apply(&[Op::write("a.md", "one")]);
    met.apply(&[Op::write("a.md", "two")]);
    let meta = |kind| Meta::new(1, Origin::new(kind, "Ada"), "Step");
    let by_another = meta(OriginKind::System);
    let gone = met
        .workspace
        .apply(&mut || 0, &by_another, &[rm("a.md")])
        .expect("fits");
    assert_eq!(gone.paths, ["a.md"]);
    met.workspace
        .undo(&mut || 0, &meta(OriginKind::Person))
        .expect("undoes");
    assert!(met.paths().is_empty());
    // A history that is no line any more is asked what each deletion saw.
    let mut other = Replica::new(2);
    other.apply(&[mkdir("elsewhere")]);
    met.meet(&mut other);
    assert_eq!(met.paths(), ["elsewhere"]);
}

#[test]
fn v7_undo_shows_the_place_for_recovered_files_again() {
    let start = [Op::write("d/a.md", "one")];
    let mut met = apart(&start, &[rm("d")], &[Op::write("d/a.md", "edited")]);
    met.apply(&[mv("Recovered/a.md", "Recovered/b.md")]);
    met.apply(&[rm("Recovered")]);
    let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
    met.workspace.undo(&mut || 0, &meta).expect("undoes");
    assert_same(
        &met.workspace.tree,
        &derive(&met.workspace.ledger, None).expect("derives"),
    );
    assert_eq!(met.paths(), ["Recovered", "Recovered/b.md"]);
}

#[test]
fn v7_a_folder_that_comes_back_takes_what_was_recovered_from_it_along() {
    let start = [Op::write("d/a.md", "one"), Op::write("d/b.md", "two")];
    let mut met = apart(&start, &[rm("d")], &[Op::write("d/a.md", "edited")]);
    assert_eq!(met.paths(), ["Recovered", "Recovered/a.md"]);
    let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
    met.workspace.undo(&mut || 0, &meta).expect("undoes");
    let anew = derive(&met.workspace.ledger, None).expect("derives");
    assert_same(&met.workspace.tree, &anew);
    assert_eq!(met.paths(), ["d", "d/a.md", "d/b.md"]);
}

#[test]
fn s2_seals_made_apart_are_both_kept_and_marked() {
    let mut met = apart(
        &[Op::write("a.bin", [0u8, 1])],
        &[Op::write("a.bin", [0u8, 2])],
        &[Op::write("a.bin", [0u8, 3])],
    );
    assert_eq!(met.mark("a.bin"), Some(Mark::Apart));
    let id = met.workspace.stat("a.bin").expect("is there").id;
    assert_eq!(met.workspace.tree.node(id).expect("a node").seals.len(), 2);
    met.apply(&[Op::write("a.bin", [0u8, 4])]);
    assert_eq!(met.mark("a.bin"), None);
}

mod conflicts;
mod moves;
mod places;
mod random;
