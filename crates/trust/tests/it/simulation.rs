//! Many devices that change the membership and write at random, honest ones, stolen ones and liars,
//! with deliveries in any order, twice and from the future.
//!
//! What must hold is checked on the operations alone, with a second reckoning of who came before
//! whom, apart from the crate's own.

use crate::forge;
use crate::laws::{Laws, is_epoch};
use crate::world::{Device, Dice, ada, pair_with};
use selvage_trust::{Action, Admission, DeviceId, History, Kind, OpId, Received, Refusal, Role};
use std::collections::BTreeSet;

/// Histories of one run. A longer one: `SELVAGE_TRUST_SEEDS=0..10000 cargo test -p selvage-trust`, which
/// compiles the range in.
const SEEDS: &str = match option_env!("SELVAGE_TRUST_SEEDS") {
    Some(seeds) => seeds,
    None => "0..120",
};
const STEPS: usize = 60;
const DEVICES_MAX: usize = 8;

#[derive(Debug, Default)]
struct Work {
    ops: usize,
    disputes: usize,
    refused: usize,
    waited: usize,
    forged: usize,
    stolen: usize,
    admitted: usize,
    beyond: usize,
    kept: usize,
    closed_epochs: usize,
}

#[test]
fn all_replicas_come_to_one_membership_and_nobody_gains() {
    let mut work = Work::default();
    let (first, end) = SEEDS.split_once("..").unwrap();
    let (first, end): (u64, u64) = (first.parse().unwrap(), end.parse().unwrap());
    for seed in first..end {
        simulate(seed, &mut work);
    }
    println!("histories {SEEDS}: {work:?}");
    let done = [
        work.disputes,
        work.refused,
        work.waited,
        work.forged,
        work.stolen,
        work.beyond,
        work.kept,
        work.closed_epochs,
    ];
    // Each kind of trouble in every twentieth history at least, and something to lose in each.
    let histories = (end - first) as usize;
    assert!(done.iter().all(|count| count * 20 > histories), "{work:?}");
    assert!(work.ops.min(work.admitted) > histories * 10, "{work:?}");
}

struct World {
    seed: u64,
    dice: Dice,
    devices: Vec<Device>,
    /// What a thief has of a device, from some time ago.
    stolen: Vec<Device>,
    ops: Vec<Vec<u8>>,
    forged: Vec<Vec<u8>>,
    envelopes: Vec<Vec<u8>>,
}

fn simulate(seed: u64, work: &mut Work) {
    let mut dice = Dice(seed);
    let founder = ada(&mut dice);
    let mut world = World {
        seed,
        ops: founder.log(),
        devices: vec![founder],
        stolen: Vec::new(),
        forged: Vec::new(),
        envelopes: Vec::new(),
        dice,
    };
    for _ in 0..STEPS {
        world.step(work);
    }
    world.come_together(work);
    world.check(work);
}

impl World {
    fn step(&mut self, work: &mut Work) {
        let at = self.dice.below(self.devices.len());
        let target = self.dice.below(self.devices.len());
        let target = self.devices[target].device();
        match self.dice.below(20) {
            0..=2 => self.invite(at),
            3..=6 => {
                let Self {
                    devices,
                    stolen,
                    dice,
                    ..
                } = self;
                // A thief acts on what he has, or the device does itself.
                let by_thief = dice.below(3) == 0 && !stolen.is_empty();
                let device = match by_thief {
                    true => {
                        let at = dice.below(stolen.len());
                        &mut stolen[at]
                    }
                    false => &mut devices[at],
                };
                let ops = act(device, target, dice);
                work.stolen += if by_thief { ops.len() } else { 0 };
                self.ops.extend(ops);
            }
            7 => {
                let copy = self.devices[at].copy();
                self.stolen.push(copy);
            }
            8 => {
                let op = self.forge(at, target);
                self.forged.push(op);
                work.forged += 1;
            }
            9..=13 => {
                if let Ok(bytes) = self.devices[at].sign(Kind::Text, b"typed") {
                    self.envelopes.push(bytes);
                }
            }
            14..=16 => self.deliver_envelopes(at, work),
            _ => self.deliver_ops(at, work),
        }
    }

    fn invite(&mut self, at: usize) {
        let device = &mut self.devices[at];
        let owner = device.members().role(device.device()) == Some(Role::Owner);
        if !owner || self.devices.len() >= DEVICES_MAX {
            return;
        }
        let role = [Role::Viewer, Role::Editor, Role::Owner, Role::Owner][self.dice.below(4)];
        let history = [History::Readable, History::Hidden][self.dice.below(2)];
        let name = format!("device {}", self.devices.len());
        let device = &mut self.devices[at];
        let (joined, ops) = pair_with(device, &name, role, history, &mut self.dice);
        self.devices.push(joined);
        self.ops.extend(ops);
    }

    /// An operation that its signer must not make: of a device that nobody made an owner, or with
    /// parents that don't give it the right.
    fn forge(&mut self, at: usize, target: DeviceId) -> Vec<u8> {
        let outsider = ada(&mut self.dice);
        let device = &self.devices[at];
        let never_owner = !given_owner(&self.ops, device.device());
        let keys = if never_owner {
            &device.keys
        } else {
            &outsider.keys
        };
        let op = self.dice.below(self.ops.len());
        let parent = forge::hash("operation id", &[&self.ops[op]]);
        let action = match self.dice.below(3) {
            0 => [&[2][..], &device.device().0, &[3, 0], &[0; 32]].concat(),
            1 => [&[3][..], &target.0, &[0], &[0; 32]].concat(),
            _ => [&[6][..], &[7; 32], &[0]].concat(),
        };
        let own = device.device() == target && never_owner;
        match own {
            // It may leave; so it says something else.
            true => forge::operation(keys, &[parent], &[&[6][..], &[7; 32], &[0]].concat()),
            false => forge::operation(keys, &[parent], &action),
        }
    }

    fn deliver_ops(&mut self, at: usize, work: &mut Work) {
        for _ in 0..self.dice.below(12) {
            let from = [&self.ops, &self.forged][usize::from(self.dice.below(8) == 0)];
            if from.is_empty() {
                continue;
            }
            let op = self.dice.below(from.len());
            let received = self.devices[at].receive([from[op].as_slice()]);
            match &received[0] {
                Received::Waiting(_) => work.waited += 1,
                Received::Refused(_) => work.refused += 1,
                _ => {}
            }
        }
        if self.dice.below(3) == 0 {
            let ops = self.devices[at].follow_up(&mut self.dice.bytes()).unwrap();
            self.ops.extend(ops);
        }
    }

    fn deliver_envelopes(&mut self, at: usize, work: &mut Work) {
        let mut some: Vec<&[u8]> = self.envelopes.iter().map(Vec::as_slice).collect();
        some.retain(|_| self.dice.below(3) > 0);
        shuffle(&mut some, &mut self.dice);
        for answer in self.devices[at].admit(&some) {
            match answer {
                Admission::Admitted(_) => work.admitted += 1,
                Admission::Refused(Refusal::BeyondRemoval { .. }) => work.beyond += 1,
                Admission::Refused(Refusal::Equivocation { .. } | Refusal::Downgraded { .. }) => {
                    panic!("seed {}: an honest device was accused", self.seed)
                }
                _ => {}
            }
        }
    }

    /// Everybody gets everything, in an order of its own, until nobody has anything to add.
    fn come_together(&mut self, work: &mut Work) {
        for round in 0.. {
            assert!(round < 8, "seed {}: it does not come to rest", self.seed);
            let (ops, forged) = (self.ops.clone(), self.forged.clone());
            let mut more = Vec::new();
            for device in &mut self.devices {
                let mut all: Vec<&[u8]> = ops.iter().chain(&forged).map(Vec::as_slice).collect();
                let twice = all[self.dice.below(all.len())];
                all.push(twice);
                shuffle(&mut all, &mut self.dice);
                device.receive(all);
                let mut all: Vec<&[u8]> = self.envelopes.iter().map(Vec::as_slice).collect();
                shuffle(&mut all, &mut self.dice);
                for answer in device.admit(&all) {
                    work.admitted += usize::from(matches!(answer, Admission::Admitted(_)));
                }
                more.extend(device.follow_up(&mut self.dice.bytes()).unwrap());
            }
            if more.is_empty() {
                return;
            }
            self.ops.extend(more);
        }
    }

    fn check(&self, work: &mut Work) {
        let seed = self.seed;
        let first = &self.devices[0];
        let members: Vec<_> = first.members().iter().cloned().collect();
        for device in &self.devices {
            assert_eq!(
                device.members().heads(),
                first.members().heads(),
                "seed {seed}"
            );
            assert!(device.members().iter().eq(&members), "seed {seed}");
            let disputes = |device: &Device| -> BTreeSet<_> {
                device
                    .members()
                    .disputes()
                    .iter()
                    .map(|one| one.void)
                    .collect()
            };
            assert_eq!(disputes(device), disputes(first), "seed {seed}");
        }
        work.ops += first.log().len();
        work.disputes += first.members().disputes().len();

        let laws = Laws::of(first);
        laws.check(seed);
        for forged in &self.forged {
            let id = OpId(forge::hash("operation id", &[forged]));
            assert!(
                !laws.before.contains_key(&id),
                "seed {seed}: a forged one is in the log"
            );
        }
        self.check_keys(&laws, work);
        self.check_admitted();
        for op in laws.ops.values() {
            work.kept += usize::from(matches!(op.action(), Action::Keep { .. }));
        }
    }

    /// No removed device, and no copy of one, has the key of an epoch that began after its removal;
    /// nobody but members has that of the last one, and all of those do.
    fn check_keys(&self, laws: &Laws, work: &mut Work) {
        let seed = self.seed;
        let mut copies: Vec<Device> = self.stolen.iter().map(Device::copy).collect();
        for copy in &mut copies {
            copy.receive(self.ops.iter().map(Vec::as_slice));
        }
        for device in self.devices.iter().chain(&copies) {
            for (epoch, _) in laws.effective().filter(|(_, op)| is_epoch(op)) {
                let removed = laws.removals_of(device.device());
                if removed
                    .iter()
                    .any(|removal| laws.is_before(*removal, *epoch))
                {
                    assert!(
                        !device.has_key(*epoch),
                        "seed {seed}: an epoch is open to it"
                    );
                    work.closed_epochs += 1;
                }
            }
        }
        let owners = self.devices[0]
            .members()
            .iter()
            .filter(|one| one.role == Role::Owner);
        if owners.count() == 0 {
            return;
        }
        let frame = self.devices.iter().find_map(|device| {
            device.members().get(device.device())?;
            let mut noise = crate::world::noise(seed);
            device
                .encrypt(selvage_trust::Purpose::Frame, b"now", &mut *noise)
                .ok()
        });
        let frame = frame.unwrap();
        for device in self.devices.iter().chain(&copies) {
            let member = device.members().get(device.device()).is_some();
            let opens = device
                .decrypt(selvage_trust::Purpose::Frame, &frame)
                .is_ok();
            assert_eq!(opens, member, "seed {seed}: {:?}", device.device());
        }
    }

    /// All who may write admitted the same; a viewer that did not says so.
    fn check_admitted(&self) {
        let role = |device: &&Device| device.members().role(device.device());
        let mut writers = self
            .devices
            .iter()
            .filter(|one| role(one) >= Some(Role::Editor));
        let Some(one) = writers.next() else {
            return;
        };
        for other in writers {
            for signer in &self.devices {
                let signer = signer.device();
                let same = one.admitted(signer) == other.admitted(signer);
                assert!(same, "seed {}: {:?} differs", self.seed, signer);
            }
        }
        for viewer in self
            .devices
            .iter()
            .filter(|one| role(one) == Some(Role::Viewer))
        {
            for signer in &self.devices {
                let signer = signer.device();
                let told = viewer.overhangs().iter().any(|one| one.device == signer);
                let same = one.admitted(signer) == viewer.admitted(signer);
                assert!(same || told, "seed {}: {:?} differs", self.seed, signer);
            }
        }
    }
}

/// Whether any operation at all makes a device an owner, of effect or not.
fn given_owner(ops: &[Vec<u8>], device: DeviceId) -> bool {
    let needle = |op: &Vec<u8>| op.windows(32).any(|window| window == device.0);
    ops.iter().filter(|op| needle(op)).any(|op| {
        // Founding, adding and giving a role name the device after the kind; the role comes last
        // (before the signature), or after the device.
        let parents = usize::from(op[33]);
        let kind = op[34 + 32 * parents];
        let body = &op[35 + 32 * parents..op.len() - 64];
        match kind {
            0 => true,
            1 => body.starts_with(&device.0) && body.last() == Some(&3),
            2 => body.starts_with(&device.0) && body[32] == 3,
            _ => false,
        }
    })
}

fn act(device: &mut Device, target: DeviceId, dice: &mut Dice) -> Vec<Vec<u8>> {
    let role = [Role::Viewer, Role::Editor, Role::Owner][dice.below(3)];
    let one = match dice.below(6) {
        0 | 1 => return device.revoke(target, &mut dice.bytes()).unwrap_or_default(),
        2 | 3 => device.set_role(target, role),
        4 => device.rename(target, &format!("name {}", dice.below(100))),
        _ => device.rotate(&mut dice.bytes()),
    };
    one.into_iter().collect()
}

fn shuffle<T>(things: &mut [T], dice: &mut Dice) {
    for at in (1..things.len()).rev() {
        things.swap(at, dice.below(at + 1));
    }
}
