//! What goes wrong in a simulated world, beside its network.

use super::World;
use crate::world::Replica;
use selvage_vfs::{Result, Workspace};

/// How far a clock can be off, in milliseconds: twelve hours.
const SKEW_MS_MAX: u64 = 12 * 3_600_000;

impl World {
    /// Sets a clock to some wrong time, backwards as well.
    pub(super) fn set_clock(&mut self, who: usize) {
        let skew = self.rng.next() % (2 * SKEW_MS_MAX);
        self.replicas[who].clock_ms = self.now_ms() - SKEW_MS_MAX + skew;
        self.counts.jumps += 1;
    }

    pub(super) fn crash(&mut self, who: usize) {
        self.cut_off(who);
        self.replicas[who].reopen();
        self.post.reopen(who);
        self.counts.crashes += 1;
        self.check(who);
    }

    /// A replica's disk is damaged: that is told, and the replica starts anew, as another one.
    pub(super) fn damage(&mut self, who: usize) {
        let mut others = self
            .replicas
            .iter()
            .enumerate()
            .filter(|other| other.0 != who);
        if !others.any(|(_, replica)| replica.workspace.exists("typed/0.md") == Ok(true)) {
            // Nobody else has anything yet.
            return;
        }
        self.cut_off(who);
        let replica = &mut self.replicas[who];
        replica.disk.damage(&mut self.rng);
        let told = replica
            .try_reopen()
            .and_then(|()| read_all(&replica.workspace));
        if told.is_ok() {
            // Nothing that is shown or sent needs a content of the past. Who asks for it is told.
            let content = replica.disk.damaged_content().expect("all else was read");
            assert!(replica.workspace.read_hash(&content).is_err());
        }
        self.start_anew(who);
        self.counts.anew += 1;
        let hold = |world: &Self, hash: &[u8; 32]| {
            let mut replicas = world.replicas.iter();
            replicas.any(|r| !r.workspace.known(&[*hash]).hashes().is_empty())
        };
        // What nobody else had is gone with the disk.
        let mut acknowledged = std::mem::take(&mut self.acknowledged);
        acknowledged.retain(|hash| hold(self, hash));
        self.acknowledged = acknowledged;
        let mut runs = std::mem::take(&mut self.runs);
        runs.retain(|run| run.heads.hashes().iter().all(|hash| hold(self, hash)));
        self.runs = runs;
        self.forget_what_nobody_has();
        let is_held = |(path, word): &(String, String)| {
            let mut replicas = self.replicas.iter();
            replicas.any(|r| r.workspace.exists(path) == Ok(true) && r.text(path).contains(word))
        };
        let typed = std::mem::take(&mut self.typed);
        let (typed, gone): (Vec<_>, Vec<_>) = typed.into_iter().partition(is_held);
        self.typed = typed;
        self.gone.extend(gone);
        self.forget_fleeting();
    }

    /// A tab dies, and another one takes in what it left before it comes back as a new one.
    pub(super) fn take_over(&mut self, dead: usize) {
        let heir = (dead + 1) % self.replicas.len();
        self.cut_off(dead);
        self.replicas[dead].reopen();
        let [left, heir_replica] = self.replicas.get_disjoint_mut([dead, heir]).expect("two");
        let met = selvage_sync::meet(&mut heir_replica.workspace, &mut left.workspace);
        assert_eq!(met.expect("storage works").stopped, None);
        let digests = [&left.workspace, &heir_replica.workspace].map(Workspace::digest);
        assert_eq!(digests[0], digests[1], "nothing stays behind");
        self.start_anew(dead);
        self.forget_what_nobody_has();
        self.counts.taken += 1;
        self.tell(heir, None);
        self.check(heir);
    }

    fn start_anew(&mut self, who: usize) {
        let clock_ms = self.replicas[who].clock_ms;
        self.replicas[who] = Replica::new(self.next_actor);
        self.replicas[who].clock_ms = clock_ms;
        self.next_actor += 1;
        self.post.forget(who);
    }
}

/// Reads the ledger, every live text and every file.
fn read_all(workspace: &Workspace) -> Result<()> {
    workspace.read_history()?;
    workspace.digest()?;
    for entry in workspace.list("", true)? {
        if entry.hash.is_some() {
            workspace.read(&entry.path)?;
        }
    }
    Ok(())
}
