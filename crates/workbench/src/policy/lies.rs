//! What lies where while the steps of a change are gone through: a later step may move or remove what an earlier one made.

use selvage_vfs::{Hash, Op, Workspace};
use std::collections::{BTreeMap, BTreeSet};

/// What lies at paths by now.
pub(super) struct Lies<'a> {
    workspace: &'a Workspace,
    /// What steps made or moved, by its path.
    came: BTreeMap<String, Held<'a>>,
    /// What the workspace holds, and steps took away.
    gone: BTreeSet<String>,
}

/// What lies at a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Held<'a> {
    /// A folder, or nothing that is known.
    Folder,
    /// A file that the workspace holds, with its size.
    Kept(Hash, u64),
    /// A file that a step wrote.
    Made(&'a [u8]),
}

impl Held<'_> {
    /// A file's content and its size.
    pub(super) fn content(&self) -> Option<(Hash, u64)> {
        match self {
            Self::Folder => None,
            Self::Kept(hash, size) => Some((*hash, *size)),
            Self::Made(bytes) => Some((Hash::of(bytes), bytes.len() as u64)),
        }
    }
}

impl<'a> Lies<'a> {
    /// Before the first step.
    pub(super) fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            came: BTreeMap::new(),
            gone: BTreeSet::new(),
        }
    }

    /// Goes a step further, and gives what it moves or removes: the path that it names first, then what is below.
    pub(super) fn step(&mut self, op: &'a Op) -> Vec<(String, Held<'a>)> {
        let (path, held) = match op {
            Op::Write { path, bytes, .. } => (path, Held::Made(bytes)),
            Op::Draft { path, text } => (path, Held::Made(text.as_bytes())),
            Op::Put { path, hash, .. } => (path, Held::Kept(*hash, 0)),
            Op::Mkdir { path } => (path, Held::Folder),
            Op::Keep { .. } => return Vec::new(),
            Op::Remove { path } => return self.take(path),
            Op::Move { from, to } => {
                let moved = self.take(from);
                for (path, held) in &moved {
                    self.came.insert(moved_to(path, from, to), *held);
                }
                return moved;
            }
        };
        self.came.insert(path.clone(), held);
        Vec::new()
    }

    fn take(&mut self, path: &str) -> Vec<(String, Held<'a>)> {
        let taken = self.at(path);
        for (path, _) in &taken {
            self.came.remove(path);
            self.gone.insert(path.clone());
        }
        taken
    }

    fn at(&self, path: &str) -> Vec<(String, Held<'a>)> {
        let own = self.workspace.stat(path).into_iter();
        let below = self.workspace.list(path, true).unwrap_or_default();
        let kept = own.chain(below).map(|entry| {
            let file = entry.hash.map(|hash| Held::Kept(hash, entry.size));
            (entry.path, file.unwrap_or(Held::Folder))
        });
        let mut all: BTreeMap<_, _> = kept.filter(|(at, _)| !self.gone.contains(at)).collect();
        let folder = format!("{path}/");
        let came = self.came.range(path.to_owned()..);
        let came = came.take_while(|(at, _)| at.starts_with(path));
        let came = came.filter(|(at, _)| *at == path || at.starts_with(&folder));
        all.extend(came.map(|(at, held)| (at.clone(), *held)));
        let first = all.remove(path).unwrap_or(Held::Folder);
        std::iter::once((path.to_owned(), first))
            .chain(all)
            .collect()
    }
}

/// Where something at or below a path comes to lie when that path moves.
pub(super) fn moved_to(path: &str, from: &str, to: &str) -> String {
    format!("{to}{}", path.strip_prefix(from).unwrap_or_default())
}
