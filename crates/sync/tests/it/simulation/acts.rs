//! What the persons and runs of a simulated world do.

use super::{Counts, Run, World};
use crate::world::{Replica, Rng, draft};
use selvage_vfs::{Change, Op, OriginKind, Result, VfsError};

/// Milliseconds between two steps, on a clock that is right.
const STEP_MS: u64 = 1_000;

/// Runs whose heads are opened again at the end.
const RUNS_MAX: usize = 4;

/// The bytes of a change's hash.
fn hash_bytes(hex: &str) -> [u8; 32] {
    std::array::from_fn(|place| u8::from_str_radix(&hex[2 * place..][..2], 16).expect("hex"))
}

/// Whether a call did what it was to do, as far as there was room.
fn fits(done: &Result<Change>) -> bool {
    matches!(done, Ok(_) | Err(VfsError::StorageFull { .. }))
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = Rng(seed);
        let count = 2 + rng.below(3);
        let mut replicas: Vec<Replica> = (1..=count as u8).map(Replica::new).collect();
        let first = &mut replicas[0];
        let start = [
            Op::write("typed/0.md", "start\n"),
            Op::write("typed/1.md", "start\n"),
            Op::write("unit/text.md", "start\n"),
            Op::write("unit/a.bin", [0u8, 0]),
            Op::write("unit/b.bin", [0u8, 0]),
        ];
        let system = OriginKind::System;
        first.apply(system, "Start", &start).expect("fits");
        let typing = [draft("unit/text.md", "start\nlive\n")];
        first.apply(system, "Type", &typing).expect("fits");
        first.seal();
        let mut world = Self {
            rng,
            next_actor: count as u8 + 1,
            post: super::Post::new(count),
            replicas,
            links: Vec::new(),
            broken: Vec::new(),
            parted: Default::default(),
            acknowledged: Vec::new(),
            typed: Vec::new(),
            gone: Vec::new(),
            fleeting: Vec::new(),
            units: Default::default(),
            runs: Vec::new(),
            time_ms: 0,
            mends: 0,
            counts: Counts::default(),
        };
        for who in 0..count {
            world.set_clock(who);
        }
        world
    }

    pub(super) fn step(&mut self, number: usize) {
        self.pass_time(STEP_MS);
        let who = self.rng.below(self.replicas.len());
        match self.rng.below(1000) {
            0..=119 => self.act(who, number),
            120..=149 => self.fleet(who, number),
            150..=199 => self.type_at(who, number),
            200..=249 => self.unit(who, number),
            250..=269 => drop(self.try_seal(who)),
            270..=279 => self.refer(who),
            280..=319 => return self.connect(),
            320..=339 => return self.disconnect(),
            340..=347 => return self.crash(who),
            348..=349 => return self.damage(who),
            350..=353 => return self.take_over(who),
            354..=359 => return self.part(),
            360..=365 => return self.set_clock(who),
            366..=385 => return self.leave_mail(who),
            386..=420 => return self.open_mail(who),
            421..=430 => return self.pass_days(),
            431..=480 => {
                let is_full = self.rng.below(8) == 0;
                self.thin(who, is_full);
            }
            481..=520 => self.overwrite(who, number),
            _ => return self.deliver(),
        }
        self.tell(who, None);
        self.bring_back(who);
        self.check(who);
    }

    fn act(&mut self, who: usize, number: usize) {
        let entries = self.replicas[who].workspace.list("", true).expect("lists");
        let paths = entries.into_iter().map(|entry| entry.path);
        let known: Vec<String> = paths
            .filter(|path| {
                !["unit", "typed", "fleeting"]
                    .iter()
                    .any(|own| path.starts_with(own))
            })
            .collect();
        let rng = &mut self.rng;
        let name = |rng: &mut Rng| ["a", "b", "c", "D", "d"][rng.below(5)].to_owned();
        let any = |rng: &mut Rng| match known.is_empty() {
            true => name(rng),
            false => rng.pick(&known).clone(),
        };
        let below = |rng: &mut Rng| format!("{}/{}", any(rng), name(rng));
        let content = format!("{}\nline {number}\n", "x\n".repeat(rng.below(4)));
        let op = match rng.below(12) {
            0..=2 => Op::write(below(rng) + ".md", content),
            3 => Op::write(any(rng), content),
            4 => Op::Mkdir { path: below(rng) },
            5 | 6 => Op::Move {
                from: any(rng),
                to: below(rng),
            },
            7 => Op::Remove { path: any(rng) },
            8 | 9 => draft(&any(rng), &content),
            10 => Op::write(name(rng), vec![0u8; 70_000 + rng.below(90_000)]),
            _ => {
                let is_undo = rng.below(2) == 0;
                // What does not fit is not done.
                let _ = self.on_disk(who, |replica| replica.step(is_undo));
                return;
            }
        };
        // What can be undone is not thinned out.
        let kind = [OriginKind::Person, OriginKind::System][self.rng.below(2)];
        let _ = self.on_disk(who, |replica| replica.apply(kind, "Step", &[op]));
    }

    /// Makes a change, on a disk that may be full. What it acknowledges may never be lost; what it
    /// refuses has left nothing.
    pub(super) fn on_disk(
        &mut self,
        who: usize,
        call: impl FnOnce(&mut Replica) -> Result<Change>,
    ) -> Result<Change> {
        let is_full = self.rng.below(12) == 0;
        let replica = &mut self.replicas[who];
        let before = is_full.then(|| replica.workspace.digest());
        replica.disk.fail(is_full);
        let done = call(replica);
        replica.disk.fail(false);
        match &done {
            Ok(change) => {
                if let Some(hash) = &change.hash {
                    self.acknowledged.push(hash_bytes(hash));
                    self.counts.changes += 1;
                }
            }
            Err(VfsError::StorageFull { .. }) => {
                self.counts.refused += 1;
                assert_eq!(before, Some(replica.workspace.digest()), "nothing is left");
            }
            Err(_) => {}
        }
        done
    }

    /// Writes over a file that is written over often.
    fn overwrite(&mut self, who: usize, number: usize) {
        let content = [&[0], format!("{who} {number}").as_bytes()].concat();
        let op = Op::write("often.bin", content);
        // A folder may stand there, or a file above.
        let _ = self.on_disk(who, |replica| {
            replica.apply(OriginKind::System, "Overwrite", &[op])
        });
    }

    /// Types into a file that nobody does anything else with: nothing of it may ever be lost.
    fn type_at(&mut self, who: usize, number: usize) {
        let path = ["typed/0.md", "typed/1.md"][self.rng.below(2)];
        let Ok(bytes) = self.replicas[who].workspace.read(path) else {
            return;
        };
        let mut text = String::from_utf8(bytes).expect("text");
        let word = format!("word {who} {number}\n");
        let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        text.insert_str(*self.rng.pick(&starts), &word);
        let typing = [draft(path, &text)];
        let done = self.on_disk(who, |replica| {
            replica.apply(OriginKind::Person, "Step", &typing)
        });
        assert!(fits(&done), "{done:?}");
        if done.is_ok() {
            self.typed.push((path.into(), word));
            self.counts.drafts += 1;
        }
    }

    /// One change over two binary files and a live text, of which nobody may see a part.
    fn unit(&mut self, who: usize, number: usize) {
        let workspace = &self.replicas[who].workspace;
        if !workspace.exists("unit/text.md").expect("a path") {
            return;
        }
        let token = format!("unit {who} {number}\n");
        let text = self.replicas[who].text("unit/text.md") + &token;
        let bytes = [&[0], token.as_bytes()].concat();
        let ops = [
            Op::write("unit/a.bin", bytes.clone()),
            Op::write("unit/b.bin", bytes),
            Op::write("unit/text.md", text),
        ];
        let system = OriginKind::System;
        let change = self.on_disk(who, |replica| replica.apply(system, &token, &ops));
        assert!(fits(&change), "{change:?}");
        if let Ok(Some(hash)) = change.map(|change| change.hash) {
            self.units.insert(token, hash_bytes(&hash));
            self.counts.units += 1;
        }
    }

    /// A run notes down what it reads.
    fn refer(&mut self, who: usize) {
        if self.runs.len() < RUNS_MAX {
            while !self.try_seal(who) {}
            let workspace = &self.replicas[who].workspace;
            let snapshot = workspace.snapshot();
            let files = super::checks::files(&snapshot);
            let heads = snapshot.heads().clone();
            self.runs.push(Run { heads, files });
        }
    }
}
