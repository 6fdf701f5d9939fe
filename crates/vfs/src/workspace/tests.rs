//! Tests of the module above.

use super::*;
use crate::node::{Origin, OriginKind};
use crate::storage::MemoryStorage;
use crate::{Query, SearchIn};

fn workspace() -> Workspace {
    Workspace::open(Box::new(MemoryStorage::new()), [1; 16]).expect("opens")
}

fn apply(workspace: &mut Workspace, ops: &[Op]) -> Result<Change> {
    let meta = Meta::new(1, Origin::new(OriginKind::Person, "Ada"), "Step");
    let mut count = workspace.tree.nodes.len() as u128;
    let mut ids = || {
        count += 1;
        count
    };
    workspace.apply(&mut ids, &meta, ops)
}

#[test]
fn a_workspace_can_be_handed_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Workspace>();
    is_send::<Snapshot>();
}

#[test]
fn more_nodes_than_nodes_max_are_refused_and_deleted_ones_count() {
    let mut workspace = workspace();
    workspace.nodes_max = 3;
    let three = [Op::write("a/b.md", "x"), Op::write("c.md", "x")];
    apply(&mut workspace, &three).expect("three fit");
    apply(&mut workspace, &[Op::Remove { path: "a".into() }]).expect("removes");
    let error = apply(&mut workspace, &[Op::write("d.md", "x")]).expect_err("a fourth");
    let (size, max) = (4, 3);
    let expected = VfsError::TooLarge {
        path: "d.md".into(),
        limit: "nodes_max",
        size,
        max,
    };
    assert_eq!(error, expected);
}

#[test]
fn a_search_stops_at_search_bytes_max_and_says_so() {
    let mut workspace = workspace();
    let files = [Op::write("a.md", "word"), Op::write("b.md", "word")];
    apply(&mut workspace, &files).expect("writes");
    let query = Query {
        within: SearchIn::Content,
        ..Query::new("word")
    };
    for (max, matches, truncated) in [(8, 2, false), (7, 1, true), (3, 0, true)] {
        workspace.search_bytes_max = max;
        let found = workspace.search(&query).expect("searches");
        assert_eq!(
            (found.matches.len(), found.truncated),
            (matches, truncated),
            "{max}"
        );
    }
}
