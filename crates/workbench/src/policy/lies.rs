//! What lies where while the steps of a change are gone through: a later step may move or remove what an earlier one made.

use selvage_vfs::{Hash, Op, Workspace};
use std::collections::BTreeMap;

/// What lies at paths by now.
pub(super) struct Lies<'a> {
    workspace: &'a Workspace,
    /// Where steps made, moved or took away something, and which of `held` lies there since.
    became: BTreeMap<String, usize>,
    held: Vec<Held<'a>>,
}

/// What lies at a path.
#[derive(Debug, Clone, Copy)]
pub(super) enum Held<'a> {
    /// Nothing any more.
    Gone,
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
            Self::Gone | Self::Folder => None,
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
            became: BTreeMap::new(),
            held: Vec::new(),
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
                    self.put(moved_to(path, from, to), *held);
                }
                return moved;
            }
        };
        self.put(path.clone(), held);
        Vec::new()
    }

    fn put(&mut self, path: String, held: Held<'a>) {
        self.became.insert(path, self.held.len());
        self.held.push(held);
    }

    fn take(&mut self, path: &str) -> Vec<(String, Held<'a>)> {
        let taken = self.at(path);
        for (path, _) in &taken {
            self.put(path.clone(), Held::Gone);
        }
        taken
    }

    fn at(&self, path: &str) -> Vec<(String, Held<'a>)> {
        let mut all = vec![(path.to_owned(), Held::Folder)];
        let mut add = |at: &str, held: Held<'a>| match at == path {
            true => all[0].1 = held,
            false => all.push((at.to_owned(), held)),
        };
        let own = self.workspace.stat(path);
        let mut below = self.workspace.list(path, true).unwrap_or_default();
        below.extend(own);
        for entry in below {
            if !self.became.contains_key(&entry.path) {
                let file = entry.hash.map(|hash| Held::Kept(hash, entry.size));
                add(&entry.path, file.unwrap_or(Held::Folder));
            }
        }
        for (at, index) in self.became.range(path.to_owned()..) {
            let Some(rest) = at.strip_prefix(path) else {
                break;
            };
            if rest.is_empty() || rest.starts_with('/') {
                add(at, self.held[*index]);
            }
        }
        // What is named stands for itself, also where nothing lies there any more.
        let mut is_named = true;
        all.retain(|(_, held)| std::mem::take(&mut is_named) || !matches!(held, Held::Gone));
        all
    }
}

/// Where something at or below a path comes to lie when that path moves.
pub(super) fn moved_to(path: &str, from: &str, to: &str) -> String {
    format!("{to}{}", path.strip_prefix(from).unwrap_or_default())
}
