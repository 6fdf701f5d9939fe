//! What was made apart and is still to be decided: a list, with all versions.
//!
//! The view shows something for every conflict, so nobody has to decide. Whoever wants to does it
//! by an ordinary change, which merges like any other: deciding has no register of its own that
//! replicas could set apart.

use crate::id::NodeId;
use crate::node::Kind;
use crate::path::fold;
use crate::snapshot::Entry;
use crate::tree::Tree;
use crate::workspace::Workspace;

/// What was made apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictKind {
    /// Two nodes of one folder want one name. Moving or removing either decides.
    Name,
    /// A file got several contents. Writing a content decides.
    Contents,
    /// A file was deleted and edited. Removing it, writing into it or moving it decides.
    Deletion,
}

/// One thing that replicas made apart and that the view can't join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where it is shown.
    pub path: String,
    /// What was made apart.
    pub kind: ConflictKind,
    /// The sides, the one that the view prefers first. A deletion has one side: what it would
    /// have taken. Contents are read by hash.
    pub versions: Vec<Entry>,
}

impl Workspace {
    /// All that was made apart and is still to be decided, by path. Files with typed text that is
    /// not sealed are left out of contents: the next seal joins them.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut conflicts = of(&self.tree);
        conflicts.retain(|conflict| {
            conflict.kind != ConflictKind::Contents || !self.texts.is_draft(conflict.versions[0].id)
        });
        conflicts
    }
}

fn of(tree: &Tree) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    tree.walk(NodeId::ROOT, "", &mut |path, shown, node| {
        let here = Entry::of(path.clone(), &shown.name, node);
        let mut add = |kind, versions| {
            let path = path.clone();
            conflicts.push(Conflict {
                path,
                kind,
                versions,
            });
        };
        let folder = tree.folder(tree.primary(node.parent));
        let first = folder.and_then(|folder| folder.names.get(&fold(&node.name)));
        if let Some(first) = first.filter(|first| first.id != node.id)
            && let Some(keeper) = tree.node(first.id)
        {
            let above = path.strip_suffix(&shown.name).unwrap_or_default();
            let other = Entry::of(format!("{above}{}", first.name), &first.name, keeper);
            add(ConflictKind::Name, vec![other, here.clone()]);
        }
        if node.kind != Kind::File {
            return;
        }
        let mut sides: Vec<Entry> = Vec::new();
        for seal in node.seals.iter().rev() {
            if sides.iter().all(|side| side.hash != Some(seal.hash)) {
                sides.push(Entry::of_seal(path.clone(), &shown.name, node, Some(seal)));
            }
        }
        if sides.len() > 1 {
            add(ConflictKind::Contents, sides);
        }
        if node.restored {
            add(ConflictKind::Deletion, vec![here]);
        }
    });
    conflicts.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    conflicts
}
