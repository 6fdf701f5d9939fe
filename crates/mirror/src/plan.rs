//! What is to be done so that both sides hold the same: a function of what they held when they were equal last, and of what each
//! holds now. Nothing is read or written here.

mod room;

use crate::memory::Known;
use crate::scan::{Found, Scan};
use selvage_vfs::{Hash, NodeId, with_suffix};
use std::collections::{BTreeMap, BTreeSet};

/// Which side is right where both hold something and were never equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The folder: the workspace becomes what it is.
    Disk,
    /// The workspace: the folder becomes what it is.
    Workspace,
    /// Neither: each gets what the other has, and where they differ, both are kept.
    Both,
}

/// A file or a folder of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// The node.
    pub id: NodeId,
    /// The content; nothing for a folder.
    pub hash: Option<Hash>,
    /// Bytes of it.
    pub size: u64,
}

/// See the module. Paths are the workspace's.
#[derive(Debug, Default)]
pub struct Plan {
    /// What both sides held, with the moves of either done to it.
    pub base: BTreeMap<String, Known>,
    /// What the folder holds, with the moves done to it.
    pub here: BTreeMap<String, Found>,
    /// What the workspace holds of the mirror, with the moves done to it.
    pub there: BTreeMap<String, There>,
    /// To do in the workspace, in this order.
    pub workspace: Todo,
    /// To do in the folder, in this order.
    pub disk: Todo,
    /// Files that both sides changed.
    pub joins: Vec<String>,
    /// Files of the folder that are to be in the history before they go.
    pub past: Vec<String>,
    /// Paths that are the same on both sides.
    pub agreed: Vec<String>,
    /// Paths that are on neither side, or no part of the mirror any more.
    pub forgotten: Vec<String>,
    /// What was changed on one side and deleted on the other, and stays.
    pub kept: Vec<String>,
    /// Files that had to make room for a folder, by their new paths.
    pub aside: Vec<(String, String)>,
    /// What can't be mirrored, and why.
    pub left: Vec<(String, String)>,
}

/// What is to be done on one side.
#[derive(Debug, Default)]
pub struct Todo {
    /// Files that get another path.
    pub moves: Vec<(String, String)>,
    /// Files that go.
    pub removes: Vec<String>,
    /// Folders that go, the inner ones first.
    pub folders_gone: Vec<String>,
    /// Folders that come, the outer ones first.
    pub folders: Vec<String>,
    /// Files that get the other side's content.
    pub writes: Vec<String>,
}

impl Todo {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
            && self.removes.is_empty()
            && self.folders_gone.is_empty()
            && self.folders.is_empty()
            && self.writes.is_empty()
    }
}

/// Makes a plan.
pub fn plan(
    known: &BTreeMap<String, Known>,
    scan: &Scan,
    all: &BTreeMap<String, There>,
    from: Option<From>,
) -> Plan {
    let mut planning = Planning {
        plan: Plan {
            here: scan.found.clone(),
            ..Plan::default()
        },
        scan,
        all,
        from,
    };
    planning.choose(known);
    planning.moved_there();
    planning.moved_here();
    planning.compare();
    planning.folders();
    planning.names();
    planning.plan
}

struct Planning<'a> {
    plan: Plan,
    scan: &'a Scan,
    /// All of the workspace, with what is no part of the mirror.
    all: &'a BTreeMap<String, There>,
    from: Option<From>,
}

impl Planning<'_> {
    /// Takes what is part of the mirror, and can be spoken of now.
    fn choose(&mut self, known: &BTreeMap<String, Known>) {
        let mut left_out: BTreeSet<&str> = BTreeSet::new();
        for (path, there) in self.all {
            let above = path.rsplit_once('/').map_or("", |(above, _)| above);
            let is_folder = there.hash.is_none();
            if left_out.contains(above) || self.scan.rules.leaves_out(path, is_folder) {
                left_out.insert(path);
            } else if !self.scan.is_unseen(path) {
                self.plan.there.insert(path.clone(), there.clone());
            }
        }
        for (path, known) in known {
            let is_folder = known.hash.is_none();
            if self.scan.rules.leaves_out_all_of(path, is_folder) {
                self.plan.forgotten.push(path.clone());
            } else if !self.scan.is_unseen(path) {
                self.plan.base.insert(path.clone(), known.clone());
            }
        }
    }

    /// Files that have another path in the workspace: their nodes tell.
    fn moved_there(&mut self) {
        let plan = &mut self.plan;
        let files = plan.there.iter().filter(|(_, there)| there.hash.is_some());
        let by_id: BTreeMap<NodeId, String> = files
            .map(|(path, there)| (there.id, path.clone()))
            .collect();
        let moved = plan.base.iter().filter_map(|(from, known)| {
            let to = by_id.get(&known.node)?;
            let is_free = to != from && !plan.there.contains_key(from);
            let is_one = is_free && known.hash.is_some() && !plan.base.contains_key(to);
            is_one.then(|| (from.clone(), to.clone()))
        });
        for (from, to) in moved.collect::<Vec<_>>() {
            let is_file = plan.here.get(&from).map(|found| found.hash.is_some());
            match (is_file, plan.here.contains_key(&to)) {
                (Some(true), false) => {
                    if let Some(found) = plan.here.remove(&from) {
                        plan.here.insert(to.clone(), found);
                    }
                    plan.disk.moves.push((from.clone(), to.clone()));
                }
                // Both moved it alike.
                (None, true) => {}
                _ => continue,
            }
            if let Some(known) = plan.base.remove(&from) {
                plan.base.insert(to, known);
                plan.forgotten.push(from);
            }
        }
    }

    /// Files that have another path in the folder: their contents tell, where only one can be meant.
    fn moved_here(&mut self) {
        let plan = &mut self.plan;
        let mut gone: BTreeMap<Hash, Vec<String>> = BTreeMap::new();
        for (path, known) in &plan.base {
            let is_there = plan.there.get(path).is_some_and(|it| it.hash.is_some());
            if let Some(hash) = known.hash
                && is_there
                && !plan.here.contains_key(path)
            {
                gone.entry(hash).or_default().push(path.clone());
            }
        }
        let mut come: BTreeMap<Hash, Vec<String>> = BTreeMap::new();
        for (path, found) in &plan.here {
            if let Some(hash) = found.hash
                && found.stamp.size > 0
                && gone.contains_key(&hash)
                && !plan.base.contains_key(path)
                && !plan.there.contains_key(path)
            {
                come.entry(hash).or_default().push(path.clone());
            }
        }
        for (hash, mut come) in come {
            let mut gone = gone.remove(&hash).unwrap_or_default();
            let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
            // Those that kept their name first; then what is left, if it is one and one.
            let mut pairs = Vec::new();
            for from in gone.clone() {
                let same: Vec<_> = come.iter().filter(|to| name(to) == name(&from)).collect();
                if let [to] = same[..] {
                    pairs.push((from, to.clone()));
                    come.retain(|other| pairs.iter().all(|(_, to)| to != other));
                }
            }
            gone.retain(|other| pairs.iter().all(|(from, _)| from != other));
            if let ([from], [to]) = (&gone[..], &come[..]) {
                pairs.push((from.clone(), to.clone()));
            }
            for (from, to) in pairs {
                let (Some(known), Some(there)) =
                    (plan.base.remove(&from), plan.there.remove(&from))
                else {
                    continue;
                };
                plan.base.insert(to.clone(), known);
                plan.there.insert(to.clone(), there);
                plan.forgotten.push(from.clone());
                plan.workspace.moves.push((from, to));
            }
        }
    }

    fn compare(&mut self) {
        let plan = &self.plan;
        let paths = plan.base.keys().chain(plan.here.keys());
        let paths: BTreeSet<String> = paths.chain(plan.there.keys()).cloned().collect();
        for path in paths {
            self.path(path);
        }
    }

    fn path(&mut self, path: String) {
        let base = self.plan.base.get(&path).map(|known| known.hash);
        let here = self.plan.here.get(&path).map(|found| found.hash);
        let there = self.plan.there.get(&path).map(|there| there.hash);
        let was_file = base.filter(|base| base.is_some());
        let plan = &mut self.plan;
        match (here, there) {
            (None, None) => plan.forgotten.push(path),
            (Some(None), Some(None)) => plan.agreed.push(path),
            (Some(None), None) if base == Some(None) || self.from == Some(From::Workspace) => {
                plan.disk.folders_gone.push(path);
            }
            (Some(None), None) => plan.workspace.folders.push(path),
            (None, Some(None)) if base == Some(None) || self.from == Some(From::Disk) => {
                plan.workspace.folders_gone.push(path);
            }
            (None, Some(None)) => plan.disk.folders.push(path),
            (Some(here @ Some(_)), None) => {
                if was_file == Some(here) {
                    plan.disk.removes.push(path);
                } else if was_file.is_none() && self.from == Some(From::Workspace) {
                    plan.past.push(path.clone());
                    plan.disk.removes.push(path);
                } else {
                    plan.kept.extend(was_file.map(|_| path.clone()));
                    plan.workspace.writes.push(path);
                }
            }
            (None, Some(there @ Some(_))) => {
                let is_old = was_file == Some(there);
                if is_old || (was_file.is_none() && self.from == Some(From::Disk)) {
                    plan.workspace.removes.push(path);
                } else {
                    plan.kept.extend(was_file.map(|_| path.clone()));
                    plan.disk.writes.push(path);
                }
            }
            (Some(here @ Some(_)), Some(there @ Some(_))) => {
                if here == there {
                    plan.agreed.push(path);
                } else if was_file == Some(here) {
                    plan.disk.writes.push(path);
                } else if was_file == Some(there) {
                    plan.workspace.writes.push(path);
                } else {
                    self.both(path, was_file.is_some());
                }
            }
            (Some(None), Some(Some(_))) | (Some(Some(_)), Some(None)) => {
                self.kinds(path, base, here == Some(None));
            }
        }
    }

    /// A file that differs, and that both sides have written.
    fn both(&mut self, path: String, has_base: bool) {
        match self.from.filter(|_| !has_base) {
            Some(From::Disk) => self.plan.workspace.writes.push(path),
            Some(From::Workspace) => {
                self.plan.past.push(path.clone());
                self.plan.disk.writes.push(path);
            }
            _ => self.plan.joins.push(path),
        }
    }
}

/// The path of a copy beside a path, told apart by its content: the shortest that nobody has.
pub(crate) fn copy_path(path: &str, hash: &Hash, is_taken: impl Fn(&str) -> bool) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let hash = hash.to_string();
    let named = |len: usize| crate::scan::joined(folder, &with_suffix(name, &hash[..len]));
    (6..hash.len())
        .step_by(6)
        .map(named)
        .find(|path| !is_taken(path))
        .unwrap_or_else(|| named(hash.len()))
}
