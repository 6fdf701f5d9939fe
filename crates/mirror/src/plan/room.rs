//! Room for what comes: a folder where a file is, a folder that goes although something in it stays, a name that is taken in another
//! case.

use super::{From, Planning, copy_path};
use crate::rules::above;
use selvage_vfs::{Hash, fold};
use std::collections::{BTreeMap, BTreeSet};

impl Planning<'_> {
    /// A file on one side and a folder on the other. The folder keeps the name; the file goes when it is what it was, and else makes
    /// room.
    pub(super) fn kinds(&mut self, path: String, base: Option<Option<Hash>>, folder_is_here: bool) {
        let below = format!("{path}/");
        let inside = |path: &String| path.starts_with(&below);
        let plan = &mut self.plan;
        let (file, folder_wins) = match folder_is_here {
            true => (plan.there.get(&path).and_then(|it| it.hash), From::Disk),
            false => (plan.here.get(&path).and_then(|it| it.hash), From::Workspace),
        };
        // The file is new, and the folder and all in it is what it was: then the file stays and the folder goes.
        let is_old_folder = base == Some(None)
            && match folder_is_here {
                true => {
                    let mut within = plan.here.range(below.clone()..);
                    let is_old = within.by_ref().take_while(|(path, _)| inside(path)).all(
                        |(path, found)| {
                            let known = plan.base.get(path);
                            known.is_some_and(|known| known.hash == found.hash)
                                && !plan.there.contains_key(path)
                        },
                    );
                    let holding = self.scan.holding.iter();
                    let mut holding = holding.filter(|it| **it == path || inside(it));
                    let mut unseen = self.scan.unseen.iter();
                    is_old && holding.next().is_none() && !unseen.any(inside)
                }
                false => self
                    .all
                    .range(below.clone()..)
                    .take_while(|(path, _)| inside(path))
                    .all(|(path, there)| {
                        let known = plan.base.get(path);
                        known.is_some_and(|known| known.hash == there.hash)
                            && plan.there.contains_key(path)
                            && !plan.here.contains_key(path)
                    }),
            };
        let side = match folder_is_here {
            true => &mut plan.disk,
            false => &mut plan.workspace,
        };
        if is_old_folder {
            side.folders_gone.push(path.clone());
            side.writes.push(path);
            return;
        }
        let side = match folder_is_here {
            true => &mut plan.workspace,
            false => &mut plan.disk,
        };
        if (base.flatten().is_some() && base == Some(file)) || self.from == Some(folder_wins) {
            if !folder_is_here && base != Some(file) {
                plan.past.push(path.clone());
            }
            side.removes.push(path.clone());
            side.folders.push(path);
        } else if let Some(hash) = file {
            let to = self.free(&path, &hash);
            self.plan.aside.push((path, to));
        }
    }

    /// A path beside another one that nobody has, told apart by a content.
    fn free(&self, path: &str, hash: &Hash) -> String {
        let plan = &self.plan;
        copy_path(path, hash, |to| {
            let is_taken = self.all.contains_key(to) || plan.here.contains_key(to);
            is_taken || self.scan.is_unseen(to)
        })
    }

    /// Folders that go, unless something in them stays.
    pub(super) fn folders(&mut self) {
        let plan = &mut self.plan;
        let mut gone: BTreeSet<&String> = plan.workspace.removes.iter().collect();
        gone.extend(plan.workspace.moves.iter().map(|(from, _)| from));
        let targets = plan.workspace.moves.iter().map(|(_, to)| to);
        let targets = targets.chain(&plan.workspace.writes);
        let targets: BTreeSet<&String> = targets.chain(&plan.workspace.folders).collect();
        let mut staying = Vec::new();
        let mut going: BTreeSet<String> = BTreeSet::new();
        let mut folders = plan.workspace.folders_gone.clone();
        folders.sort();
        for folder in folders.into_iter().rev() {
            let below = format!("{folder}/");
            let inside = |path: &String| path.starts_with(&below);
            let here = self.all.range(below.clone()..).map(|(path, _)| path);
            let stays = here
                .take_while(|path| inside(path))
                .any(|path| !gone.contains(path) && !going.contains(path));
            let comes = targets.range(below.clone()..).next();
            if stays || comes.is_some_and(|path| inside(path)) {
                staying.push(folder);
            } else {
                going.insert(folder);
            }
        }
        // What stays and is mirrored needs its folder on the other side, too.
        for folder in staying {
            let below = format!("{folder}/");
            let there = plan.there.range(below.clone()..).map(|(path, _)| path);
            let is_shown = there
                .take_while(|path| path.starts_with(&below))
                .any(|path| !gone.contains(path) && !going.contains(path));
            if is_shown {
                plan.disk.folders.push(folder);
            }
        }
        plan.disk.folders.sort();
        plan.workspace.folders_gone = going.into_iter().rev().collect();
        plan.disk.folders_gone.sort();
        plan.disk.folders_gone.reverse();
    }

    /// Leaves out what would clash in the workspace with a name that differs only in case.
    pub(super) fn names(&mut self) {
        let plan = &mut self.plan;
        let mut gone: BTreeSet<&String> = plan.workspace.removes.iter().collect();
        gone.extend(&plan.workspace.folders_gone);
        gone.extend(plan.workspace.moves.iter().map(|(from, _)| from));
        let stay = self.all.keys().filter(|path| !gone.contains(path));
        let stay = stay.chain(plan.workspace.moves.iter().map(|(_, to)| to));
        let mut taken: BTreeMap<String, String> =
            stay.map(|path| (fold(path), path.clone())).collect();
        let mut clashes: BTreeMap<String, String> = BTreeMap::new();
        let coming = plan.workspace.folders.iter().chain(&plan.workspace.writes);
        for path in coming.collect::<BTreeSet<_>>() {
            let prefixes = above(path).skip(1).chain([path.as_str()]);
            let clash = prefixes.into_iter().find_map(|prefix| {
                let other = taken.get(&fold(prefix))?;
                (other != prefix).then(|| other.clone())
            });
            match clash {
                Some(other) => drop(clashes.insert(path.clone(), other)),
                None => drop(taken.insert(fold(path), path.clone())),
            }
        }
        let fits = |path: &String| !clashes.contains_key(path);
        plan.workspace.folders.retain(fits);
        plan.workspace.writes.retain(fits);
        plan.kept.retain(fits);
        for (path, other) in clashes {
            let why = format!("its name differs from that of {other} only in case");
            plan.left.push((path, why));
        }
    }
}
