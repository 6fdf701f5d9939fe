//! One pass over the past of a workspace.

use super::{DAY_MS, Mark, Thinned};
use crate::error::{Result, VfsError};
use crate::exchange::Foreign;
use crate::id::{Hash, Heads};
use crate::ledger::Object;
use crate::limits::{LINEAGE_SEALS_MAX, THINNED_BYTES_MAX, THINNED_CONTENTS_MAX};
use crate::storage::Arrival;
use crate::texts::lineage::is_plain;
use crate::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};

/// Changes that one step reads, and contents that one looks for.
const AT_ONCE: usize = 1_000;

/// A version of a file.
struct Version {
    /// The file, by its number in this pass.
    file: usize,
    hash: Hash,
    size: u64,
    is_plain: bool,
    /// The change that wrote it, by its place.
    at: usize,
    /// The changes that wrote over it.
    over: Vec<usize>,
}

/// A pass over the past of a workspace.
pub struct Thinning {
    now_ms: u64,
    /// What was made since then is young.
    keep_ms: u64,
    /// What the replica knew a day ago.
    known: Heads,
    /// What the next pass goes by.
    mark: Mark,
    /// The ledger that this pass has looked at.
    heads: Heads,
    /// Changes that are still to be read.
    rest: std::vec::IntoIter<automerge::Change>,
    places: BTreeMap<[u8; 32], usize>,
    /// For each change: what it follows, and when it was made at the earliest.
    deps: Vec<Vec<usize>>,
    times: Vec<u64>,
    /// Versions by the operations that sealed them, and numbers of files by those that made them.
    ops: BTreeMap<[u8; 32], usize>,
    files: usize,
    versions: Vec<Version>,
    /// Contents that stay.
    kept: BTreeSet<Hash>,
    /// Contents of young versions, with their sizes, whose states are of the last days.
    young: Vec<(Hash, u64)>,
    /// The old changes that young ones follow last: what they showed was shown since.
    fronts: Vec<Vec<usize>>,
    is_read: bool,
    is_pinned: bool,
    /// Contents that one step takes: one alone after some could not be removed together.
    at_once: usize,
    done: Thinned,
}

/// An operation, by one hash.
fn name_of(op: &Object) -> [u8; 32] {
    Hash::of(&[&op.0.to_le_bytes(), &op.1[..]].concat()).0
}

impl Thinning {
    pub(super) fn new(
        workspace: &Workspace,
        now_ms: u64,
        days: u32,
        known: &Mark,
        next: Mark,
    ) -> Self {
        Self {
            now_ms,
            keep_ms: now_ms.saturating_sub(u64::from(days) * DAY_MS),
            known: known.heads.clone(),
            heads: next.heads.clone(),
            mark: next,
            rest: workspace
                .ledger
                .changes_after(&Heads::default())
                .into_iter(),
            places: BTreeMap::new(),
            deps: Vec::new(),
            times: Vec::new(),
            ops: BTreeMap::new(),
            files: 0,
            versions: Vec::new(),
            kept: BTreeSet::new(),
            young: Vec::new(),
            fronts: Vec::new(),
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
        } else if !self.young.is_empty() {
            // One may be gone although it is kept here: a peer that keeps less had let go of it before.
            let rest = self.young.len().saturating_sub(AT_ONCE);
            for (hash, size) in self.young.drain(rest..) {
                workspace.want(hash, size);
            }
        } else if let Some(front) = self.fronts.pop() {
            self.pin(workspace, front);
        } else if !self.is_pinned {
            match pinned(workspace) {
                Some(pins) => {
                    for heads in pins {
                        let places = self.places_of(&heads);
                        self.pin(workspace, places);
                    }
                }
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
        for _ in 0..AT_ONCE {
            let Some(change) = self.rest.next() else {
                self.sift(workspace);
                self.is_read = true;
                return;
            };
            let at = self.deps.len();
            let deps = change.deps().iter();
            let deps: Vec<usize> = deps
                .filter_map(|d| self.places.get(&d.0).copied())
                .collect();
            let made_ms = u64::try_from(change.timestamp()).unwrap_or(0) * 1000;
            // A clock that runs ahead of this one is not believed.
            let believed = if made_ms > self.now_ms + DAY_MS {
                0
            } else {
                made_ms
            };
            let after = deps.iter().map(|dep| self.times[*dep]).max();
            self.times.push(believed.max(after.unwrap_or(0)));
            self.deps.push(deps);
            self.places.insert(change.hash().0, at);
            // The first change has no seals.
            let Ok(foreign) = Foreign::of(change, &nodes) else {
                continue;
            };
            for op in &foreign.overwritten {
                if let Some(version) = self.ops.get(&name_of(op)) {
                    self.versions[*version].over.push(at);
                }
            }
            for sealed in foreign.seals {
                let file = *self
                    .ops
                    .entry(name_of(&sealed.object))
                    .or_insert(self.files);
                self.files += usize::from(file == self.files);
                self.ops.insert(name_of(&sealed.op), self.versions.len());
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

    /// Keeps what the workspace itself needs.
    fn sift(&mut self, workspace: &Workspace) {
        let known = self.reach(self.places_of(&self.known));
        let is_young = |at: &usize| !known[*at] || self.times[*at] >= self.keep_ms;
        let mut is_step = vec![false; self.deps.len()];
        for at in workspace
            .steps
            .hashes()
            .filter_map(|hash| self.places.get(hash))
        {
            is_step[*at] = true;
        }
        let seals = workspace.tree.nodes.values().flat_map(|node| &node.seals);
        self.kept.extend(seals.map(|seal| seal.hash));
        // For each file: the day that was looked at last, and the plain contents so far.
        let mut files = vec![(u64::MAX, 0); self.files];
        for version in self.versions.iter().rev() {
            let (last_day, plain) = &mut files[version.file];
            let day = self.times[version.at] / DAY_MS;
            let is_last = std::mem::replace(last_day, day) != day;
            // What a live text of the file begins with, or would begin with, is the same everywhere.
            *plain += usize::from(version.is_plain);
            let is_lineage = version.is_plain && *plain <= 2 * LINEAGE_SEALS_MAX;
            let mut undoable = version.over.iter().chain([&version.at]);
            if is_young(&version.at) {
                self.young.push((version.hash, version.size));
            } else if !is_last && !is_lineage && !undoable.any(|at| is_step[*at]) {
                continue;
            }
            self.kept.insert(version.hash);
        }
        // The fronts of young changes, each once.
        let mut of = vec![usize::MAX; self.deps.len()];
        let mut fronts: Vec<Vec<usize>> = Vec::new();
        for at in (0..self.deps.len()).filter(is_young) {
            let deps = &self.deps[at];
            if let [dep] = deps[..]
                && of[dep] != usize::MAX
            {
                of[at] = of[dep];
                continue;
            }
            let mut front: Vec<usize> = Vec::new();
            for dep in deps {
                let before = fronts.get(of[*dep]);
                for old in before.map_or(std::slice::from_ref(dep), Vec::as_slice) {
                    if !front.contains(old) {
                        front.push(*old);
                    }
                }
            }
            let place = fronts.iter().position(|one| *one == front);
            of[at] = place.unwrap_or(fronts.len());
            if of[at] == fronts.len() {
                fronts.push(front);
            }
        }
        self.fronts = fronts;
        self.ops = BTreeMap::new();
    }

    /// The places of heads. Unknown ones have none.
    fn places_of(&self, heads: &Heads) -> Vec<usize> {
        let hashes = heads.hashes().iter();
        hashes
            .filter_map(|hash| self.places.get(hash).copied())
            .collect()
    }

    /// These changes, and all that they follow.
    fn reach(&self, mut next: Vec<usize>) -> Vec<bool> {
        let mut seen = vec![false; self.deps.len()];
        while let Some(at) = next.pop() {
            if !std::mem::replace(&mut seen[at], true) {
                next.extend(&self.deps[at]);
            }
        }
        seen
    }

    /// Keeps what is shown after these changes, and has what is gone of it asked for.
    fn pin(&mut self, workspace: &mut Workspace, places: Vec<usize>) {
        let seen = self.reach(places);
        for version in &self.versions {
            let hash = version.hash;
            if seen[version.at] && !version.over.iter().any(|at| seen[*at]) {
                self.kept.insert(hash);
                // It may be gone: what refers to it may have come since.
                workspace.want(hash, version.size);
            }
        }
    }

    /// Thins out some contents; after the last of them, sets the mark that the next pass goes by.
    fn thin(&mut self, workspace: &mut Workspace) -> Result<()> {
        if workspace.heads() != self.heads {
            // What was written since may name what was to go.
            let nodes = workspace.ledger.nodes_map();
            for change in workspace.ledger.changes_after(&self.heads) {
                let foreign = Foreign::of(change, &nodes);
                let named = foreign.iter().flat_map(Foreign::blobs);
                self.kept.extend(named.map(|blob| blob.0));
            }
            self.heads = workspace.heads();
        }
        let (mut gone, mut bytes) = (Vec::new(), 0);
        while gone.len() < self.at_once && bytes < THINNED_BYTES_MAX {
            let Some(version) = self.versions.pop() else {
                break;
            };
            if !self.kept.contains(&version.hash) && workspace.storage.has_blob(&version.hash)? {
                gone.push(version);
                bytes += gone.last().map_or(0, |version| version.size);
            }
        }
        if gone.is_empty() {
            self.done.is_done = true;
            return workspace.set_mark(self.mark.clone());
        }
        let at_ms = self.now_ms;
        let thinned = gone.iter().map(|version| Arrival::Thinned {
            hash: version.hash,
            at_ms,
        });
        let done = workspace.arrive(thinned.collect());
        workspace.contents.thinnings += 1;
        match done {
            Ok(()) => {
                for version in gone {
                    let is_gone = !workspace.storage.has_blob(&version.hash)?;
                    workspace.contents.wanted.get_mut().remove(&version.hash);
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
