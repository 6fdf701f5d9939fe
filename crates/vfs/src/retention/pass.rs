//! One pass over the past of a workspace.

use super::{DAY_MS, Mark, Thinned};
use crate::error::{Result, VfsError};
use crate::exchange::Foreign;
use crate::id::{Hash, Heads};
use crate::ledger::Object;
use crate::limits::{LINEAGE_SEALS_MAX, THINNED_BYTES_MAX, THINNED_CONTENTS_MAX};
use crate::storage::Batch;
use crate::texts::lineage::is_plain;
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};

/// Changes that one step reads.
const CHANGES_AT_ONCE: usize = 1_000;

/// A version of a file.
struct Version {
    /// The file, by its number in this pass.
    file: u32,
    hash: Hash,
    size: u64,
    is_plain: bool,
    /// The change that wrote it, by its place.
    at: u32,
    /// The changes that wrote over it.
    over: Vec<u32>,
}

/// A pass over the past of a workspace.
pub struct Thinning {
    now_ms: u64,
    /// What was made since then is young.
    keep_ms: u64,
    /// What the next pass goes by.
    mark: Mark,
    /// The ledger that this pass has looked at.
    heads: Heads,
    /// Changes that are still to be read.
    rest: std::vec::IntoIter<automerge::Change>,
    /// Changes that the replica has not known for long enough.
    late: BTreeSet<[u8; 32]>,
    places: BTreeMap<[u8; 32], u32>,
    /// For each change: what it follows, and when it was made at the earliest.
    deps: Vec<Vec<u32>>,
    times: Vec<u64>,
    /// For each young change, the old ones that it follows last: what they showed was shown since.
    fronts: Vec<Vec<u32>>,
    files: BTreeMap<Object, u32>,
    ops: BTreeMap<Object, usize>,
    versions: Vec<Version>,
    is_read: bool,
    is_pinned: bool,
    /// Contents that one step takes: one alone after some could not be removed together.
    at_once: usize,
    done: Thinned,
}

impl Thinning {
    pub(super) fn new(
        workspace: &Workspace,
        now_ms: u64,
        days: u32,
        known: &Mark,
        next: Mark,
    ) -> Self {
        let late = workspace.ledger.changes_after(&known.heads);
        let all = workspace.ledger.changes_after(&Heads::default());
        Self {
            now_ms,
            keep_ms: now_ms.saturating_sub(u64::from(days) * DAY_MS),
            heads: next.heads.clone(),
            mark: next,
            rest: all.into_iter(),
            late: late.iter().map(|change| change.hash().0).collect(),
            places: BTreeMap::new(),
            deps: Vec::new(),
            times: Vec::new(),
            fronts: Vec::new(),
            files: BTreeMap::new(),
            ops: BTreeMap::new(),
            versions: Vec::new(),
            is_read: false,
            is_pinned: false,
            at_once: THINNED_CONTENTS_MAX,
            done: Thinned::default(),
        }
    }

    /// Does a part of the pass, and says what all of it did so far.
    ///
    /// `pinned` gives heads that are referred to from elsewhere, some at a time, and `None` when there
    /// are no more: whatever they name stays. What they name and is gone is asked for from peers.
    ///
    /// # Errors
    /// Storage failed; the pass can go on.
    pub fn step(
        &mut self,
        workspace: &mut Workspace,
        pinned: &mut dyn FnMut(&Workspace) -> Option<Vec<Heads>>,
    ) -> Result<Thinned> {
        if !self.is_read {
            self.read(workspace);
        } else if let Some(front) = self.fronts.pop() {
            self.pin_at(workspace, front);
        } else if !self.is_pinned {
            match pinned(workspace) {
                Some(pins) => pins.iter().for_each(|heads| self.pin(workspace, heads)),
                None => self.is_pinned = true,
            }
        } else {
            self.thin(workspace)?;
        }
        Ok(self.done)
    }

    /// Reads some changes; after the last of them, finds the versions that may go.
    fn read(&mut self, workspace: &Workspace) {
        let nodes = workspace.ledger.nodes_map();
        for _ in 0..CHANGES_AT_ONCE {
            let Some(change) = self.rest.next() else {
                self.sift(workspace);
                self.is_read = true;
                return;
            };
            let at = self.deps.len() as u32;
            let deps = change.deps().iter();
            let deps: Vec<u32> = deps
                .filter_map(|d| self.places.get(&d.0).copied())
                .collect();
            let made_ms = u64::try_from(change.timestamp()).unwrap_or(0) * 1000;
            // A clock that runs ahead of this one is not believed.
            let made_ms = if made_ms > self.now_ms + DAY_MS {
                0
            } else {
                made_ms
            };
            let after = deps.iter().map(|dep| self.times[*dep as usize]).max();
            self.times.push(made_ms.max(after.unwrap_or(0)));
            let hash = change.hash().0;
            let mut front = Vec::new();
            if self.late.contains(&hash) || self.times[at as usize] >= self.keep_ms {
                for dep in &deps {
                    match &self.fronts[*dep as usize][..] {
                        [] => front.push(*dep),
                        before => front.extend(before),
                    }
                }
                front.sort_unstable();
                front.dedup();
            }
            self.fronts.push(front);
            self.deps.push(deps);
            self.places.insert(hash, at);
            // The first change has no seals.
            let Ok(foreign) = Foreign::of(change, &nodes) else {
                continue;
            };
            for op in &foreign.overwritten {
                if let Some(version) = self.ops.get(op) {
                    self.versions[*version].over.push(at);
                }
            }
            for sealed in foreign.seals {
                let count = self.files.len() as u32;
                let file = *self.files.entry(sealed.object).or_insert(count);
                self.ops.insert(sealed.op, self.versions.len());
                self.versions.push(Version {
                    file,
                    hash: sealed.seal.hash,
                    size: sealed.seal.size,
                    is_plain: is_plain(&sealed.seal),
                    at,
                    over: Vec::new(),
                });
            }
        }
    }

    /// Leaves the versions of which nothing in the workspace itself needs the content.
    fn sift(&mut self, workspace: &Workspace) {
        let place = |hash| self.places.get(hash).copied();
        let steps: BTreeSet<u32> = workspace.steps.hashes().filter_map(place).collect();
        let is_undoable = |at: &u32| steps.contains(at);
        let is_young = |at: u32| !self.fronts[at as usize].is_empty();
        let seals = workspace.tree.nodes.values().flat_map(|node| &node.seals);
        let mut kept: BTreeSet<Hash> = seals.map(|seal| seal.hash).collect();
        let mut days = BTreeSet::new();
        let mut plain = BTreeMap::<u32, usize>::new();
        for version in self.versions.iter().rev() {
            let day = self.times[version.at as usize] / DAY_MS;
            let is_last = days.insert((version.file, day));
            // What a live text of the file begins with, or would begin with, is the same everywhere.
            let nth = plain.entry(version.file).or_default();
            *nth += usize::from(version.is_plain);
            let is_lineage = version.is_plain && *nth <= 2 * LINEAGE_SEALS_MAX;
            if is_last
                || is_lineage
                || is_young(version.at)
                || is_undoable(&version.at)
                || version.over.iter().any(is_undoable)
            {
                kept.insert(version.hash);
            }
        }
        self.keep(&kept);
        (self.files, self.ops) = Default::default();
        self.fronts.sort_unstable();
        self.fronts.dedup();
    }

    fn keep(&mut self, hashes: &BTreeSet<Hash>) {
        self.versions.retain(|one| !hashes.contains(&one.hash));
    }

    /// Keeps what these heads name. Unknown heads name nothing.
    fn pin(&mut self, workspace: &mut Workspace, heads: &Heads) {
        let hashes = heads.hashes().iter();
        let places: Vec<u32> = hashes.filter_map(|h| self.places.get(h).copied()).collect();
        self.pin_at(workspace, places);
    }

    /// Keeps what is shown after these changes, and has what is gone of it asked for.
    fn pin_at(&mut self, workspace: &mut Workspace, mut next: Vec<u32>) {
        let mut seen = vec![false; self.deps.len()];
        while let Some(at) = next.pop() {
            if !std::mem::replace(&mut seen[at as usize], true) {
                next.extend(&self.deps[at as usize]);
            }
        }
        let is_seen = |at: &u32| seen[*at as usize];
        let named = |one: &&Version| is_seen(&one.at) && !one.over.iter().any(is_seen);
        let mut kept = BTreeSet::new();
        for Version { hash, size, .. } in self.versions.iter().filter(named) {
            kept.insert(*hash);
            if matches!(workspace.storage.has_blob(hash), Ok(false)) {
                workspace.contents.damaged.get_mut().insert(*hash, *size);
            }
        }
        self.keep(&kept);
    }

    /// Thins out some contents; after the last of them, sets the mark that the next pass goes by.
    fn thin(&mut self, workspace: &mut Workspace) -> Result<()> {
        if workspace.heads() != self.heads {
            // What was written since may name what was to go.
            let nodes = workspace.ledger.nodes_map();
            let mut named = BTreeSet::new();
            for change in workspace.ledger.changes_after(&self.heads) {
                let foreign = Foreign::of(change, &nodes);
                named.extend(foreign.iter().flat_map(Foreign::blobs).map(|blob| blob.0));
            }
            self.keep(&named);
            self.heads = workspace.heads();
        }
        let (mut gone, mut bytes) = (Vec::new(), 0);
        while gone.len() < self.at_once && bytes < THINNED_BYTES_MAX {
            let Some(version) = self.versions.pop() else {
                break;
            };
            if workspace.storage.has_blob(&version.hash)? {
                gone.push(version);
                bytes += gone.last().map_or(0, |version| version.size);
            }
        }
        if gone.is_empty() {
            self.done.is_done = true;
            return workspace.set_mark(self.mark.clone());
        }
        let thinned = gone.iter().map(|version| (version.hash, self.now_ms));
        let batch = Batch {
            thinned: thinned.collect(),
            ..Batch::default()
        };
        let done = workspace.storage.commit(batch);
        workspace.contents.thinnings += 1;
        match done {
            Ok(()) => {
                for version in gone {
                    let is_gone = !workspace.storage.has_blob(&version.hash)?;
                    workspace.contents.damaged.get_mut().remove(&version.hash);
                    self.done.contents += u64::from(is_gone);
                    self.done.bytes += if is_gone { version.size } else { 0 };
                }
                Ok(())
            }
            // What is damaged stays where it is; the others go one by one.
            Err(VfsError::Damaged { .. }) => {
                if self.at_once > 1 {
                    self.at_once = 1;
                    self.versions.extend(gone);
                }
                Ok(())
            }
            Err(error) => {
                self.versions.extend(gone);
                Err(error)
            }
        }
    }
}
