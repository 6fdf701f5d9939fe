//! Time in a simulated world, and what it lets go.

use super::World;
use super::checks::files;
use crate::world::Replica;
use selvage_vfs::{Hash, VfsError, Workspace};
use std::collections::BTreeSet;

/// What the right clock says when a world begins, in milliseconds.
const START_MS: u64 = 1_700_000_000_000;
const DAY_MS: u64 = 24 * 3_600_000;
/// How long the replicas keep everything, in days; 0 is for ever. They don't agree.
const DAYS: [u32; 3] = [40, 30, 0];
/// What they all keep, in days. Clocks are half a day off, both the maker's and the keeper's.
const KEPT_DAYS: u64 = 30 - 1;
/// The longest time in which nobody does anything, in days.
const PAUSE_DAYS_MAX: usize = 40;

/// Whether a replica ever looks at its past. One that keeps everything does not, and so never asks for
/// what others had let go of before it heard of it.
pub(super) fn looks(who: usize) -> bool {
    DAYS[who % DAYS.len()] > 0
}

impl World {
    pub(super) fn now_ms(&self) -> u64 {
        START_MS + self.time_ms
    }

    /// Every clock goes on.
    pub(super) fn pass_time(&mut self, ms: u64) {
        self.time_ms += ms;
        for replica in &mut self.replicas {
            replica.clock_ms += ms;
        }
    }

    /// Nobody does anything for days.
    pub(super) fn pass_days(&mut self) {
        let days = 1 + self.rng.below(PAUSE_DAYS_MAX) as u64;
        self.pass_time(days * DAY_MS);
    }

    /// A replica thins its past out, and its disk may be full on the way.
    pub(super) fn thin(&mut self, who: usize, is_full: bool) {
        let replica = &mut self.replicas[who];
        replica.disk.fail(is_full);
        let begun = (replica.workspace).thinning(replica.clock_ms, DAYS[who % DAYS.len()]);
        if let Ok(Some(mut pass)) = begun {
            let mut pins = self.runs.iter().map(|run| vec![run.heads.clone()]);
            loop {
                match pass.step(&mut replica.workspace, &mut |_| pins.next()) {
                    Ok(done) if done.is_done => {
                        self.counts.thinned += done.contents as usize;
                        break;
                    }
                    Ok(_) => {}
                    // What was not done is done by the next pass.
                    Err(VfsError::StorageFull { .. }) if is_full => break,
                    Err(error) => panic!("{error}"),
                }
            }
        } else {
            assert!(is_full || begun.is_ok());
        }
        self.replicas[who].disk.fail(false);
    }

    /// When all is quiet, replicas look once more at what branches that came late show, and what runs refer
    /// to, and ask for what they let go of it. True while anything is on its way.
    pub(super) fn mend(&mut self) -> bool {
        let runs = self.runs.iter().flat_map(|run| &run.files);
        let named: BTreeSet<Hash> = runs.filter_map(|file| file.1).collect();
        let is_held = |hash: &Hash| {
            let mut replicas = self.replicas.iter();
            replicas.any(|one| one.workspace.has_content(hash) == Ok(true))
        };
        let lacks = |workspace: &Workspace| {
            let mut named = named.iter();
            named.any(|hash| workspace.has_content(hash) == Ok(false))
        };
        // Who asked a neighbour before that one had it asks again another day.
        let wants = |replica: &Replica| {
            let mut wanted = replica.workspace.wanted_contents().into_iter();
            wanted.any(|(hash, _)| is_held(&hash))
        };
        let replicas = self.replicas.iter().enumerate();
        let looking = replicas.filter(|(who, _)| looks(*who));
        let lacking = looking.filter(|(_, one)| lacks(&one.workspace)).count();
        let is_far = self.mends < self.replicas.len() && self.replicas.iter().any(wants);
        if self.mends > 0 && lacking == 0 && !is_far {
            return false;
        }
        self.mends += 1;
        self.counts.refetched += lacking;
        // Where a clock went back, the first look is not due yet; the next one may only note what is here.
        for _ in 0..3 {
            self.pass_time(DAY_MS);
            for who in 0..self.replicas.len() {
                self.thin(who, false);
            }
        }
        for who in 0..self.replicas.len() {
            self.tell(who, None);
        }
        true
    }

    /// What the last replica that had it lost with its disk is asked for in vain.
    pub(super) fn forget_what_nobody_has(&mut self) {
        let replicas = &self.replicas;
        let is_held = |hash: &Hash| {
            let mut replicas = replicas.iter();
            replicas.any(|replica| replica.workspace.read_hash(hash).is_ok())
        };
        self.runs.retain(|run| {
            run.files
                .iter()
                .filter_map(|file| file.1.as_ref())
                .all(is_held)
        });
    }

    /// Opens past states, the latest and some others, and notes what is to be there of them: all of the
    /// last days. Of older ones a content may be gone, which is told as such. Gives how many were opened, and
    /// how many of those are not whole.
    pub(super) fn check_pasts(
        &mut self,
        count: usize,
        named: &mut BTreeSet<Hash>,
    ) -> (usize, usize) {
        let first = &self.replicas[0].workspace;
        let history = first.history(None, usize::MAX).expect("reads");
        let others = (0..count).map(|_| self.rng.below(history.len().max(1)));
        let chosen: BTreeSet<usize> = others.chain(0..count).collect();
        let from_ms = self.now_ms() - KEPT_DAYS * DAY_MS;
        let (mut pasts, mut thin_pasts) = (0, 0);
        for entry in chosen.into_iter().filter_map(|place| history.get(place)) {
            let past = first.at(&entry.heads).expect("known");
            let contents = files(&past).into_iter().filter_map(|(_, hash)| hash);
            if entry.at_ms > from_ms {
                named.extend(contents);
            } else {
                let told = contents.map(|hash| first.read_hash(&hash).map(drop));
                let told: Vec<_> = told.filter(Result::is_err).collect();
                let is_told = |one: &Result<_, _>| matches!(one, Err(VfsError::Thinned { .. }));
                assert!(told.iter().all(is_told), "{told:?}");
                thin_pasts += usize::from(!told.is_empty());
            }
            pasts += 1;
        }
        (pasts, thin_pasts)
    }
}
