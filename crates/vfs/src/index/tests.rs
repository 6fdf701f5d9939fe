//! The index says what the ledger would.

use super::*;
use crate::storage::{MemoryStorage, Storage};
use crate::workspace::derive;
use crate::{Inbox, Incoming, Meta, Op, Origin, OriginKind, VfsError, Workspace, view};

struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: u64) -> u64 {
        (self.next() >> 8) % count
    }

    fn path(&mut self) -> String {
        let folders = ["", "a/", "b/", "a/c/", "b/a/"];
        let names = ["x.md", "X.md", "y.md", "a", "c"];
        let (folder, name) = (self.below(5) as usize, self.below(5) as usize);
        format!("{}{}", folders[folder], names[name])
    }

    fn op(&mut self) -> Op {
        let path = self.path();
        match self.below(8) {
            0..=3 => Op::write(path, format!("text {}", self.below(4))),
            4 | 5 => Op::Move {
                from: path,
                to: self.path(),
            },
            6 => Op::Remove { path },
            _ => Op::Draft {
                path,
                text: format!("typed {}", self.below(9)),
            },
        }
    }
}

fn meta() -> Meta {
    Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step")
}

fn all_of(from: &Workspace, has: &Workspace) -> Incoming {
    let delta = from.ledger_since(has.heads().hashes());
    let blobs = delta.blobs.iter();
    Incoming {
        documents: delta.document.into_iter().collect(),
        changes: delta.changes,
        blobs: blobs
            .map(|(hash, _)| from.read_hash(hash).expect("there"))
            .collect(),
        ..Incoming::default()
    }
}

/// All that is shown of a tree.
fn shown(tree: &Tree) -> Vec<(String, crate::tree::Shown, Option<crate::Mark>)> {
    let mut all = Vec::new();
    tree.walk(NodeId::ROOT, "", &mut |path, shown, node| {
        all.push((path, shown.clone(), node.mark));
    });
    all
}

/// Opens what storage holds in both ways, and compares; tells whether the index was of use.
fn check(workspace: &mut Workspace) -> bool {
    let anew = derive(&workspace.ledger, None).expect("derives");
    assert_eq!(shown(&workspace.tree), shown(&anew), "kept in step (V7)");
    let loaded = workspace.storage.load().expect("loads");
    let (index, opened) = Index::open(&loaded.cells, &loaded.ledger);
    assert_eq!(index.parts, loaded.ledger.len() as u64);
    let Some(opened) = opened else { return false };
    assert_eq!(index, workspace.index);
    assert_eq!(opened.heads, workspace.heads());
    assert_eq!(opened.changes, workspace.ledger.changes_len());
    assert_eq!(view::arrange(opened.nodes), anew);
    true
}

#[test]
fn d7_the_index_says_what_the_ledger_says() {
    let (mut used, mut apart) = (0, 0);
    for seed in 0..30 {
        let mut rng = Rng(seed);
        let open = |number| {
            let storage = Box::new(MemoryStorage::new());
            Workspace::open(storage, [number; 16]).expect("opens")
        };
        let mut replicas = [open(1), open(2)];
        for round in 0..60 {
            let who = rng.below(2) as usize;
            let ops: Vec<Op> = (0..=rng.below(3)).map(|_| rng.op()).collect();
            let workspace = &mut replicas[who];
            let mut ids = || u128::from(rng.next()) << 64 | u128::from(rng.next());
            match round % 10 {
                8 => drop(workspace.undo(&mut ids, &meta())),
                _ => drop(workspace.apply(&mut ids, &meta(), &ops)),
            }
            if rng.below(5) == 0 {
                let [a, b] = &mut replicas;
                let (from, to) = if who == 0 { (a, b) } else { (b, a) };
                let incoming = all_of(from, to);
                to.accept(&mut Inbox::new(), incoming).expect("accepts");
                apart += u32::from(!to.ledger.is_linear());
            }
            used += u32::from(replicas.iter_mut().all(check));
        }
    }
    assert_eq!(used, 30 * 60, "every time");
    assert!(apart > 100, "{apart}");
}

/// Storage that can be looked into.
fn grown() -> (MemoryStorage, Workspace) {
    let mut storage = MemoryStorage::new();
    let mut workspace = Workspace::open(Box::new(storage.clone()), [1; 16]).expect("opens");
    for n in 0..5u128 {
        let op = Op::write(format!("{n}.md"), format!("{n}"));
        workspace
            .apply(&mut || n + 1, &meta(), &[op])
            .expect("fits");
    }
    let loaded = workspace.storage.load().expect("loads");
    for part in loaded.ledger {
        let batch = crate::storage::Batch {
            ledger: Some(part),
            ..Default::default()
        };
        storage.commit(batch).expect("commits");
    }
    let cells = crate::storage::Batch {
        cells: loaded.cells,
        ..Default::default()
    };
    storage.commit(cells).expect("commits");
    (storage, workspace)
}

#[test]
fn d7_the_tree_is_there_before_the_ledger_and_a_damaged_one_is_told() {
    let (storage, workspace) = grown();
    let mut bad = MemoryStorage::new();
    let mut loaded = storage.clone().load().expect("loads");
    let last = loaded.ledger.last_mut().expect("parts");
    *last.last_mut().expect("bytes") ^= 1;
    for part in loaded.ledger {
        let batch = crate::storage::Batch {
            ledger: Some(part),
            cells: loaded.cells.clone(),
            ..Default::default()
        };
        bad.commit(batch).expect("commits");
    }
    let mut opened = Workspace::open(Box::new(bad), [2; 16]).expect("opens");
    assert_eq!(opened.heads(), workspace.heads());
    assert_eq!(opened.list("", true), workspace.list("", true));
    let is_damaged = |error| matches!(error, Err(VfsError::Damaged { .. }));
    assert!(is_damaged(opened.read_history()));
    assert!(is_damaged(opened.history(None, 9).map(drop)));
    assert!(is_damaged(opened.digest().map(drop)));
    assert!(is_damaged(opened.undo(&mut || 0, &meta()).map(drop)) || opened.steps() == (0, 0));
    let op = Op::write("new.md", "x");
    assert!(is_damaged(
        opened.apply(&mut || 99, &meta(), &[op]).map(drop)
    ));
    assert_eq!(opened.list("", true), workspace.list("", true));
}

#[test]
fn d7_an_index_that_does_not_fit_is_not_used_and_written_anew() {
    let (storage, workspace) = grown();
    let cells = storage.clone().load().expect("loads").cells;
    let places: Vec<usize> = (0..cells.len())
        .filter(|place| cells[*place].0.starts_with(WHOLE))
        .collect();
    assert!(places.len() > 3);
    for place in places {
        for cut in [0, 1, 40, cells[place].1.len() - 1] {
            let mut storage = storage.clone();
            let mut batch = crate::storage::Batch {
                cells: vec![cells[place].clone()],
                ..Default::default()
            };
            batch.cells[0].1.truncate(cut);
            storage.commit(batch).expect("commits");
            let mut opened = Workspace::open(Box::new(storage), [2; 16]).expect("opens");
            assert_eq!(opened.list("", true), workspace.list("", true));
            assert_eq!(opened.index.whole_bytes, 0);
            let op = Op::write("new.md", "x");
            opened.apply(&mut || 99, &meta(), &[op]).expect("fits");
            assert!(check(&mut opened));
        }
    }
}

#[test]
fn d7_a_cell_that_follows_other_parts_is_not_used() {
    let (storage, workspace) = grown();
    let cells = storage.clone().load().expect("loads").cells;
    for (name, mut value) in cells.into_iter().filter(|cell| cell.0.starts_with(WHOLE)) {
        // Behind the version stands what the cell follows.
        value[1] ^= 1;
        let mut storage = storage.clone();
        let batch = crate::storage::Batch {
            cells: vec![(name, value)],
            ..Default::default()
        };
        storage.commit(batch).expect("commits");
        let opened = Workspace::open(Box::new(storage), [2; 16]).expect("opens");
        assert_eq!(opened.list("", true), workspace.list("", true));
        assert_eq!(opened.index.whole_bytes, 0);
    }
}
