//! The part of a pass that changes the folder, one file after the other, and says what is to be remembered.

use crate::disk::{Disk, Put, Stamp};
use crate::error::{MirrorError, Result};
use crate::memory::Known;
use crate::pass::{aside, moved, step};
use crate::plan::{Plan, There};
use crate::prepare::Join;
use crate::report::{Report, Verb};
use crate::scan::joined;
use crate::store::Store;
use selvage_vfs::Hash;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

/// See the module.
pub(crate) struct Doing<'a, D, S> {
    pub disk: &'a mut D,
    pub store: &'a mut S,
    pub plan: &'a Plan,
    pub all: &'a BTreeMap<String, There>,
    pub report: Report,
    /// Paths for which something could not be done.
    pub failed: BTreeSet<String>,
    /// What the folder holds by now where it was changed: the content, and its stamp.
    pub held: BTreeMap<String, Stamp>,
    pub step: &'a mut dyn FnMut(&str),
}

impl<D: Disk, S: Store> Doing<'_, D, S> {
    /// Brings the folder up to what the workspace holds.
    pub fn disk(&mut self, joins: &[Join]) {
        let plan = self.plan;
        for path in &plan.disk.removes {
            let seen = self.plan.here[path].stamp;
            let spelled = self.spelled(path);
            let removed = self.disk.remove(&spelled, &seen);
            self.settle(path, removed, |report| {
                report.to_disk.push(step(Verb::Remove, path))
            });
        }
        for (path, copy) in &plan.aside {
            self.make_room(path, copy);
        }
        for path in &plan.disk.folders {
            let spelled = self.spelled(path);
            let made = self.disk.make_folder(&spelled).map(|()| true);
            let is_new = !self.plan.here.contains_key(path);
            self.settle(path, made, |report| {
                report
                    .to_disk
                    .extend(is_new.then(|| step(Verb::Mkdir, path)));
            });
        }
        for (from, to) in &plan.disk.moves {
            let found = &self.plan.here[to];
            let (spelled, seen) = (self.spelled(to), found.stamp);
            let put = self.disk.rename(&found.spelled, &spelled, &seen);
            let done = self.put(to, put);
            self.settle(to, done, |report| report.to_disk.push(moved(from, to)));
            if self.failed.contains(to) {
                self.failed.insert(from.clone());
            }
        }
        for path in &plan.disk.folders_gone {
            let spelled = self.spelled(path);
            match self.disk.remove_folder(&spelled) {
                Ok(true) => self.report.to_disk.push(step(Verb::Remove, path)),
                // Something is in it that is no part of the mirror.
                Ok(false) => {}
                Err(why) => self.settle(path, Err(why), |_| {}),
            }
        }
        for path in &plan.disk.writes {
            if let Some(hash) = plan.there.get(path).and_then(|there| there.hash) {
                self.write(path, &hash);
            }
        }
        for join in joins {
            self.write(&join.path, &join.to);
            if let Some(copy) = &join.copy {
                self.write(copy, &join.here);
            }
        }
    }

    /// A file that is in the way of a folder gets another name.
    fn make_room(&mut self, path: &str, copy: &str) {
        self.report.unsettled = true;
        // That of the workspace was moved with all that landed.
        if let Some(found) = self.plan.here.get(path)
            && found.hash.is_some()
        {
            let (folder, _) = found.spelled.rsplit_once('/').unwrap_or_default();
            let to = joined(folder, copy.rsplit('/').next().unwrap_or(copy));
            let put = self.disk.rename(&found.spelled, &to, &found.stamp);
            let done = put.map(|put| put != Put::Changed);
            self.settle(path, done, |_| {});
        }
        if !self.failed.contains(path) {
            self.report.conflicts.push(aside(path, copy));
        }
        // What is there now is for the next pass to see.
        self.failed.insert(path.to_owned());
    }

    fn write(&mut self, path: &str, hash: &Hash) {
        (self.step)(path);
        if self.failed.contains(path) {
            return;
        }
        let now = self.held.get(path).copied();
        let found = self.plan.here.get(path).filter(|it| it.hash.is_some());
        let seen = now.or_else(|| found.map(|found| found.stamp));
        let spelled = self.spelled(path);
        let mut content = Content {
            store: &mut *self.store,
            hash: *hash,
            at: 0,
        };
        // What is not there any more is not begun with.
        let begun = content.peek();
        let put = begun.and_then(|mut first| {
            let mut whole = (&mut first).chain(&mut content);
            self.disk.put(&spelled, seen.as_ref(), &mut whole)
        });
        let done = self.put(path, put);
        self.settle(path, done, |report| {
            report.to_disk.push(step(Verb::Write, path))
        });
    }

    fn put(&mut self, path: &str, put: io::Result<Put>) -> io::Result<bool> {
        Ok(match put? {
            Put::Done(stamp) => {
                self.held.insert(path.to_owned(), stamp);
                true
            }
            Put::Changed => false,
        })
    }

    /// Notes what became of a step: where somebody was there in between, the next pass looks again.
    fn settle(&mut self, path: &str, done: io::Result<bool>, tell: impl FnOnce(&mut Report)) {
        match done {
            Ok(true) => return tell(&mut self.report),
            Ok(false) => self.report.unsettled = true,
            Err(why) => self.report.leave(path, why),
        }
        self.failed.insert(path.to_owned());
    }

    /// Where a path is on the disk: what is there keeps the spelling that it has.
    fn spelled(&self, path: &str) -> String {
        let mut moved = self.plan.disk.moves.iter();
        let is_moved = moved.any(|(_, to)| to == path);
        if let Some(found) = self.plan.here.get(path).filter(|_| !is_moved) {
            return found.spelled.clone();
        }
        match path.rsplit_once('/') {
            None => path.to_owned(),
            Some((folder, name)) => joined(&self.spelled(folder), name),
        }
    }

    /// What is to be remembered: what both sides hold now, and what is on neither.
    pub fn remembered(&mut self, joins: &[Join]) -> Result<(BTreeMap<String, Known>, Vec<String>)> {
        let plan = self.plan;
        let was_quiet = plan.workspace.is_empty() && joins.is_empty();
        let mut ids: BTreeMap<String, _> = BTreeMap::new();
        if !was_quiet {
            let entries = self.store.files().map_err(MirrorError::Workspace)?;
            ids.extend(entries.into_iter().map(|entry| (entry.path, entry.id)));
        }
        let id_of = |path: &str| match was_quiet {
            true => self.all.get(path).map(|there| there.id),
            false => ids.get(path).copied(),
        };
        let mut set = BTreeMap::new();
        let mut note = |path: &str, hash: Option<Hash>, stamp: Option<Stamp>| {
            if let Some(node) = id_of(path) {
                set.insert(path.to_owned(), Known { node, hash, stamp });
            }
        };
        let ok = |path: &&String| !self.failed.contains(*path);
        // What the folder held and holds.
        let here = |path: &str| {
            let found = plan.here.get(path)?;
            Some((found.hash, found.is_old.then_some(found.stamp)))
        };
        for path in plan.agreed.iter().chain(&plan.workspace.writes).filter(ok) {
            if let Some((hash, stamp)) = here(path) {
                // A file that was moved has other times now.
                let stamp = stamp.filter(|_| !self.held.contains_key(path));
                note(path, hash, stamp);
            }
        }
        let folders = plan.workspace.folders.iter().chain(&plan.disk.folders);
        for path in folders.filter(ok) {
            note(path, None, None);
        }
        for path in plan.disk.writes.iter().filter(ok) {
            note(path, plan.there.get(path).and_then(|it| it.hash), None);
        }
        for join in joins {
            let is_done = ok(&&join.path);
            match (is_done, join.is_joined) {
                (true, _) => note(&join.path, Some(join.to), None),
                // The workspace holds it already, and what the folder gets from now on is compared with that.
                (false, true) => note(&join.path, Some(join.here), None),
                (false, false) => {}
            }
            if let Some(copy) = join.copy.as_ref().filter(ok) {
                note(copy, Some(join.here), None);
            }
        }
        let gone = plan.forgotten.iter().chain(&plan.workspace.removes);
        let gone = gone.chain(&plan.workspace.folders_gone);
        let gone = gone
            .chain(&plan.disk.removes)
            .chain(&plan.disk.folders_gone);
        let gone = gone.filter(|path| ok(path) && !set.contains_key(*path));
        let drop = gone.cloned().collect();
        let known = |path: &String, known: &Known| self.plan.base.get(path) == Some(known);
        let moved = plan.workspace.moves.iter().chain(&plan.disk.moves);
        let moved: BTreeSet<&String> = moved.map(|(_, to)| to).collect();
        set.retain(|path, it| moved.contains(path) || !known(path, it));
        Ok((set, drop))
    }
}

/// A content of the workspace, read as it is needed.
struct Content<'a, S> {
    store: &'a mut S,
    hash: Hash,
    at: u64,
}

/// How much of a content is read at a time.
const PART_BYTES: usize = 256 * 1024;

impl<S: Store> Content<'_, S> {
    /// The first part of it.
    fn peek(&mut self) -> io::Result<io::Cursor<Vec<u8>>> {
        let first = self.part(PART_BYTES)?;
        Ok(io::Cursor::new(first))
    }

    fn part(&mut self, len: usize) -> io::Result<Vec<u8>> {
        let part = self.store.read(&self.hash, self.at, len);
        let part = part.map_err(io::Error::other)?;
        self.at += part.len() as u64;
        Ok(part)
    }
}

impl<S: Store> Read for Content<'_, S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let part = self.part(into.len())?;
        into[..part.len()].copy_from_slice(&part);
        Ok(part.len())
    }
}
