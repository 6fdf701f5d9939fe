//! What a device notices: a relay that shows less than others were told, peers that were set back,
//! and its own envelopes and others' that the membership does not cover.

use super::Seat;
use crate::checkpoint::Checkpoint;
use crate::identity::DeviceId;
use crate::limits::HEADS_MAX;
use crate::op::{OpId, Point};
use crate::progress::Progress;
use crate::{Denial, Result};

/// What a peer's checkpoint tells, as data: a peer that is a little behind is no liar, so the host
/// decides after what time a finding that stays is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// What it tells.
    pub findings: Vec<Finding>,
}

/// One thing that a checkpoint tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The peer has operations of the membership log that were not shown here.
    MembershipLacking(Vec<OpId>),
    /// The peer was shown more of a signer than this device. About this device itself, it says that
    /// it was set back.
    Lacking {
        /// The signer.
        signer: DeviceId,
        /// How far it is known here.
        own: Point,
        /// How far the peer knows it.
        told: Point,
    },
    /// The peer admitted another envelope with the same number: the signer signed two, or somebody
    /// shows the two of us different workspaces.
    Forked {
        /// The signer.
        signer: DeviceId,
        /// What stands here.
        own: Point,
        /// What stands there.
        told: Point,
    },
    /// The peer knows less than it said to know before: it was set back, or somebody showed it an
    /// older workspace.
    SetBack {
        /// The signer of whom it knows less.
        signer: DeviceId,
        /// What it said before.
        before: Point,
        /// What it says now.
        now: Point,
    },
    /// The checkpoint is older than one that was shown before: somebody replays.
    Replayed {
        /// The number of the last one.
        last: u64,
    },
}

/// Envelopes of a removed device that were admitted here and that the membership log does not let
/// stand: other replicas refuse them, until a member who may write keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overhang {
    /// The removed device.
    pub device: DeviceId,
    /// How far its envelopes were admitted here.
    pub admitted: Point,
    /// How far they stand by the log.
    pub limit: Point,
    /// Whether it can be kept. Not, where others were admitted here than those that stand, with the
    /// same numbers, or where even what added the device is void: this replica went another way then.
    pub keepable: bool,
}

/// What is here and was not there when a device signed its checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// Operations of the membership log.
    pub ops: Vec<Vec<u8>>,
    /// Whether there are envelopes, too.
    pub has_changes: bool,
}

impl Seat {
    /// What that device lacks.
    #[must_use]
    pub fn ahead_of(&self, checkpoint: &Checkpoint) -> Ahead {
        let there = |device| checkpoint.seen.get(device).map_or(0, |point| point.seq);
        let ops = self.members.since(&checkpoint.heads);
        Ahead {
            ops: ops.map(|op| op.bytes().to_vec()).collect(),
            has_changes: (self.progress.iter())
                .any(|(device, progress)| progress.last.seq > there(device)),
        }
    }

    /// Signs what this device has seen, with a digest of its workspace, for all peers.
    ///
    /// # Errors
    /// When this device is no member.
    pub fn checkpoint(&mut self, digest: [u8; 32]) -> Result<Vec<u8>> {
        let signer = self.device();
        if self.members.role(signer).is_none() {
            return Err(Denial::NotAMember { device: signer }.into());
        }
        let seen = self
            .progress
            .iter()
            .map(|(device, progress)| (*device, progress.last));
        let number = self.checkpoints.get(&signer).map_or(0, |last| last.number) + 1;
        let mut heads = self.members.heads();
        heads.truncate(HEADS_MAX);
        let checkpoint = Checkpoint {
            signer,
            number,
            heads,
            seen: seen.collect(),
            digest,
        };
        let bytes = checkpoint.sign(&self.identity, self.workspace());
        self.checkpoints.insert(signer, checkpoint);
        Ok(bytes)
    }

    /// Compares a device's checkpoint with what was shown here, and with what that device said
    /// before.
    ///
    /// # Errors
    /// When it can't be read, is forged, or its signer is no member.
    pub fn compare(&mut self, checkpoint: &[u8]) -> Result<Report> {
        let checkpoint = Checkpoint::open(self.workspace(), checkpoint)?;
        let signer = checkpoint.signer;
        if self.members.role(signer).is_none() {
            return Err(Denial::NotAMember { device: signer }.into());
        }
        if signer == self.device() {
            let told = checkpoint.seen.get(&signer).map_or(0, |point| point.seq);
            self.signed = self.signed.max(told);
        }
        let mut findings = self.lacking(&checkpoint);
        match self.checkpoints.get(&signer) {
            Some(last) if checkpoint.number < last.number => {
                findings.push(Finding::Replayed { last: last.number });
                return Ok(Report {
                    checkpoint,
                    findings,
                });
            }
            Some(last) => {
                for (&signer, &before) in &last.seen {
                    let now = checkpoint.seen.get(&signer).copied().unwrap_or_default();
                    let same_number = checkpoint.number == last.number && now != before;
                    if now.seq < before.seq || same_number {
                        findings.push(Finding::SetBack {
                            signer,
                            before,
                            now,
                        });
                    }
                }
            }
            None => {}
        }
        self.checkpoints.insert(signer, checkpoint.clone());
        Ok(Report {
            checkpoint,
            findings,
        })
    }

    /// What is still lacking here of all that others said to have seen: to ask for, and to show when
    /// it stays.
    #[must_use]
    pub fn withheld(&self) -> Vec<(DeviceId, Finding)> {
        let told = self.checkpoints.values().flat_map(|checkpoint| {
            let findings = self.lacking(checkpoint).into_iter();
            findings.map(|finding| (checkpoint.signer, finding))
        });
        told.collect()
    }

    fn lacking(&self, checkpoint: &Checkpoint) -> Vec<Finding> {
        let mut findings = Vec::new();
        let missing = self.members.missing(&checkpoint.heads);
        if !missing.is_empty() {
            findings.push(Finding::MembershipLacking(missing));
        }
        for (&signer, &told) in &checkpoint.seen {
            let progress = self.progress.get(&signer);
            let own = progress.map_or(Point::default(), |progress| progress.last);
            if told.seq > own.seq {
                findings.push(Finding::Lacking { signer, own, told });
                continue;
            }
            let here = progress.and_then(|progress| progress.hash_at(told.seq));
            if let Some(hash) = here.filter(|hash| *hash != told.hash) {
                let own = Point {
                    seq: told.seq,
                    hash,
                };
                findings.push(Finding::Forked { signer, own, told });
            }
        }
        findings
    }

    /// What was admitted here of removed devices and does not stand by the log.
    #[must_use]
    pub fn overhangs(&self) -> Vec<Overhang> {
        let overhang = |(&device, progress): (&DeviceId, &Progress)| {
            let admitted = progress.last;
            if !self.members.was_added(device) {
                return Some(Overhang {
                    device,
                    admitted,
                    limit: Point::default(),
                    keepable: false,
                });
            }
            let past = self.members.closure_of_known(&progress.heads);
            let stands = self.members.stands(device, |at| !past.has(at));
            let mut over = stands.iter().filter_map(|stand| {
                let limit = *stand.first()?;
                let here = progress.hash_at(limit.seq);
                let keepable = here.is_none_or(|hash| hash == limit.hash);
                let beyond = admitted.seq > limit.seq && !stand.contains(&admitted);
                (beyond || !keepable).then_some(Overhang {
                    device,
                    admitted,
                    limit,
                    keepable,
                })
            });
            over.next()
        };
        self.progress.iter().filter_map(overhang).collect()
    }
}
