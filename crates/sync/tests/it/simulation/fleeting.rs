//! Typing in files that others delete, move and write over: none of it may be lost. In the end it
//! is in a file, or the history has it.

use super::World;
use crate::words::{FOLDER, Word, files, note_sealed};
use crate::world::draft;
use selvage_vfs::{Entry, Op, OriginKind};

impl World {
    pub(super) fn fleet(&mut self, who: usize, number: usize) {
        let workspace = &self.replicas[who].workspace;
        let known: Vec<Entry> = files(workspace.list("", true).expect("lists")).collect();
        let fresh = format!("{FOLDER}/{}.md", self.rng.below(2));
        let word = format!("fleeting {who} {number}\n");
        let what = self.rng.below(8);
        let path = match known.is_empty() || what == 0 {
            true => fresh.clone(),
            false => self.rng.pick(&known).path.clone(),
        };
        let is_typing = !known.is_empty() && what >= 4;
        // As the engine does before typing is written over or deleted.
        if known.iter().any(|known| known.draft) && !is_typing && !self.try_seal(who) {
            return;
        }
        let op = match what {
            _ if known.is_empty() => Op::write(path, format!("start {who} {number}\n")),
            1 => Op::Remove { path },
            0 | 2 => Op::write(path, format!("over {who} {number}\n")),
            3 => Op::Move {
                from: path,
                to: fresh,
            },
            _ => draft(&path, &(self.replicas[who].text(&path) + &word)),
        };
        if self.by_system(who, op) && is_typing {
            self.fleeting.push(Word::new(word));
            self.counts.drafts += 1;
        }
    }

    /// Nobody may undo it, since that would take back what others rely on.
    fn by_system(&mut self, who: usize, op: Op) -> bool {
        let done = self.on_disk(who, |replica| {
            replica.apply(OriginKind::System, "Fleet", &[op])
        });
        done.is_ok()
    }

    /// Seals on a disk that may be full; the drafts stay drafts then. Whether it was done.
    pub(super) fn try_seal(&mut self, who: usize) -> bool {
        let is_full = self.rng.below(12) == 0;
        let replica = &mut self.replicas[who];
        replica.disk.fail(is_full);
        let sealed = replica.try_seal();
        replica.disk.fail(false);
        assert!(is_full || sealed.is_ok());
        let Ok(heads) = sealed else { return false };
        note_sealed(&mut self.fleeting, replica, &heads);
        true
    }

    /// What a replica owes to typing whose file others deleted, unless it dies before it does it.
    pub(super) fn bring_back(&mut self, who: usize) {
        if !self.replicas[who].workspace.has_orphans() {
            return;
        }
        self.counts.orphans += 1;
        if self.rng.below(3) == 0 {
            return self.crash(who);
        }
        if self.try_seal(who) {
            self.tell(who, None);
        }
    }

    /// As above, with nobody dying any more; whether there was anything to do.
    pub(super) fn bring_all_back(&mut self) -> bool {
        let has = |world: &Self, who: &usize| world.replicas[*who].workspace.has_orphans();
        let all: Vec<usize> = (0..self.replicas.len()).filter(|w| has(self, w)).collect();
        for who in &all {
            while !self.try_seal(*who) {}
            self.tell(*who, None);
        }
        !all.is_empty()
    }

    /// Forgets the words that nobody has, after a disk was damaged.
    pub(super) fn forget_fleeting(&mut self) {
        let mut fleeting = std::mem::take(&mut self.fleeting);
        fleeting.retain(|word| self.replicas.iter().any(|replica| word.is_in(replica)));
        self.fleeting = fleeting;
    }

    pub(super) fn check_fleeting(&self) {
        for word in &self.fleeting {
            assert!(word.is_in(&self.replicas[0]), "{word:?} is lost");
        }
    }
}
