//! Which envelopes are admitted.
//!
//! An envelope of signer *d* with number *n*, made under heads *H*, is admitted when
//!
//! 1. its signature fits, for this workspace and this format;
//! 2. all of *H* is here, and by the operations before *H* that are not void *d* may write;
//! 3. for each removal of *d* that is not before *H* (made at the same time, or later), *n* is not
//!    beyond what the removal, or a `Keep` after it, says to be known of *d*, **and** the envelope is
//!    shown to be an ancestor of that very envelope. So what a removed device signs after its
//!    removal is refused everywhere, whatever heads it cites and whoever hands it on;
//! 4. it is the signer's next one, by number and by the hash before it; a [`Kind::Whole`] may leave
//!    out others, and takes the signers that it names along (`seat/whole.rs`);
//! 5. *H* is not behind what the signer named before, and no other epoch before *H* followed the one
//!    that it names.

use super::Seat;
use crate::envelope::{Envelope, Kind};
use crate::identity::DeviceId;
use crate::members::Stand;
use crate::op::{OpId, Point};
use crate::progress::{Order, Progress};
use crate::{Denial, TrustError};
use std::collections::{BTreeMap, BTreeSet};

/// What became of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// Its payload may land.
    Admitted(Envelope),
    /// It can't be judged yet: it is to be kept, or asked for again, and handed in once more.
    Waiting(Wait),
    /// Its payload must not land.
    Refused(Refusal),
}

/// What an envelope waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// Operations of the membership log.
    Membership(Vec<OpId>),
    /// Envelopes of the same signer with these numbers.
    Gap {
        /// The signer.
        signer: DeviceId,
        /// The first one that is missing.
        from: u64,
        /// The last one that is missing.
        to: u64,
    },
    /// The signer was removed: its envelopes up to `limit` are to be handed in together, since only
    /// the last one tells whether the others are those that stand.
    Proof {
        /// The signer.
        signer: DeviceId,
        /// The last envelope that stands.
        limit: Point,
    },
}

/// Why an envelope is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It can't be read, is of another format or too large, or its signature is forged.
    #[error("{0}")]
    Unreadable(#[from] TrustError),
    /// By the membership that it names, its signer may not write.
    #[error("{0}")]
    Denied(#[from] Denial),
    /// Its signer was removed, and nobody in good standing had it before.
    #[error("{signer} was removed; of its envelopes those up to {limit} stand, and this is {seq}")]
    BeyondRemoval {
        /// The signer.
        signer: DeviceId,
        /// The envelope's number.
        seq: u64,
        /// The last number that stands.
        limit: u64,
    },
    /// It was admitted before, or another one with its number was, longer ago than is remembered.
    #[error("{signer} sent its envelope {seq} before")]
    Replayed {
        /// The signer.
        signer: DeviceId,
        /// The envelope's number.
        seq: u64,
    },
    /// Its signer signed two envelopes with one number.
    #[error("{signer} signed two envelopes with the number {seq}")]
    Equivocation {
        /// The signer.
        signer: DeviceId,
        /// The number.
        seq: u64,
        /// The hash of the one that stands here.
        known: [u8; 32],
        /// The hash of the other one.
        other: [u8; 32],
    },
    /// It names an older membership or an older epoch than its signer knew.
    #[error("{signer} went back to an older {what} with its envelope {seq}")]
    Downgraded {
        /// The signer.
        signer: DeviceId,
        /// The envelope's number.
        seq: u64,
        /// What is older.
        what: &'static str,
    },
}

impl Seat {
    /// Judges envelopes, in any order; one answer each. What is admitted counts at once: its payload
    /// has to land, or to be kept, before the seat is.
    pub fn admit(&mut self, envelopes: &[&[u8]]) -> Vec<Admission> {
        let workspace = self.workspace();
        let read: Vec<_> = envelopes
            .iter()
            .map(|bytes| Envelope::read(workspace, bytes))
            .collect();
        let links = read.iter().flatten().map(|envelope| {
            let at = (envelope.signer(), envelope.point());
            (at, envelope.header.previous)
        });
        let mut chains = Chains {
            previous: links.collect(),
            ..Chains::default()
        };
        let mut order: Vec<usize> = (0..read.len()).collect();
        order.sort_by_key(|&at| {
            read[at].as_ref().map_or((None, 0), |envelope| {
                (Some(envelope.signer()), envelope.header.seq)
            })
        });
        let mut answers: Vec<Option<Admission>> = vec![None; read.len()];
        let mut read: Vec<_> = read.into_iter().map(Some).collect();
        for at in order {
            answers[at] = read[at].take().map(|envelope| match envelope {
                Ok(envelope) => self.admit_one(envelope, &mut chains),
                Err(error) => Admission::Refused(error.into()),
            });
        }
        answers.into_iter().flatten().collect()
    }

    fn admit_one(&mut self, envelope: Envelope, chains: &mut Chains) -> Admission {
        let (signer, point) = (envelope.signer(), envelope.point());
        if signer == self.device() {
            self.signed = self.signed.max(point.seq);
        }
        match self.judge(&envelope, chains) {
            Ok(None) => {
                if envelope.kind() == Kind::Whole
                    && let Err(error) = self.skip(envelope.payload())
                {
                    return Admission::Refused(error.into());
                }
                let progress = self.progress.entry(signer).or_default();
                progress.advance(point, &envelope.header.heads, envelope.stub());
                Admission::Admitted(envelope)
            }
            Ok(Some(wait)) => Admission::Waiting(wait),
            Err(refusal) => Admission::Refused(refusal),
        }
    }

    pub(super) fn judge(
        &self,
        envelope: &Envelope,
        chains: &mut Chains,
    ) -> Result<Option<Wait>, Refusal> {
        let header = &envelope.header;
        let (signer, Point { seq, hash }) = (envelope.signer(), envelope.point());
        let missing = self.members.missing(&header.heads);
        if !missing.is_empty() {
            return Ok(Some(Wait::Membership(missing)));
        }
        let past = self.members.closure_of_known(&header.heads);
        let stands = self.members.may_write(signer, &past)?;
        let fresh = Progress::default();
        let progress = self.progress.get(&signer).unwrap_or(&fresh);
        match progress.order(envelope) {
            Order::Again | Order::Old => return Err(Refusal::Replayed { signer, seq }),
            Order::Fork(known) => {
                let next = seq == progress.last.seq + 1;
                return Err(Refusal::Equivocation {
                    signer,
                    seq: if next { seq - 1 } else { seq },
                    known,
                    other: if next { header.previous } else { hash },
                });
            }
            Order::Next | Order::Gap => {}
        }
        for stand in &stands {
            let last = stand.iter().max().copied().unwrap_or_default();
            if seq > last.seq {
                let limit = last.seq;
                return Err(Refusal::BeyondRemoval { signer, seq, limit });
            }
            if !chains.prove(signer, envelope.point(), stand) {
                return Ok(Some(Wait::Proof {
                    signer,
                    limit: last,
                }));
            }
        }
        let skips = chains.skips || envelope.kind() == Kind::Whole;
        if progress.order(envelope) == Order::Gap && !skips {
            return Ok(Some(Wait::Gap {
                signer,
                from: progress.last.seq + 1,
                to: seq - 1,
            }));
        }
        let downgraded = |what| Refusal::Downgraded { signer, seq, what };
        let known = self.members.closure_of_known(&progress.heads);
        let mut both = past.clone();
        both.join(&known);
        if both.len() > past.len() {
            return Err(downgraded("membership"));
        }
        let before = self.members.closure_of_known(&[header.epoch]);
        both = past.clone();
        both.join(&before);
        let named = self.members.epoch_of(header.epoch);
        if named.is_none() || both.len() > past.len() {
            let error = Denial::NoEpoch;
            return Err(error.into());
        }
        match self.members.is_followed(header.epoch, &past) {
            true => Err(downgraded("epoch")),
            false => Ok(None),
        }
    }
}

/// The envelopes at hand, to show which of a removed signer's are those that stand.
#[derive(Default)]
pub(super) struct Chains {
    /// Those before an envelope are not needed.
    pub skips: bool,
    previous: BTreeMap<(DeviceId, Point), [u8; 32]>,
    proven: BTreeMap<(DeviceId, Point), BTreeSet<Point>>,
}

impl Chains {
    /// Whether an envelope stands: is one of the last ones that do, or an ancestor of one by the
    /// envelopes at hand.
    fn prove(&mut self, signer: DeviceId, point: Point, stand: &Stand) -> bool {
        stand
            .iter()
            .any(|&limit| self.leads_to(signer, point, limit))
    }

    fn leads_to(&mut self, signer: DeviceId, point: Point, limit: Point) -> bool {
        let proven = self.proven.entry((signer, limit)).or_insert_with(|| {
            let mut proven = BTreeSet::from([limit]);
            let mut at = limit;
            while let Some(hash) = self.previous.get(&(signer, at)) {
                at = Point {
                    seq: at.seq - 1,
                    hash: *hash,
                };
                proven.insert(at);
            }
            proven
        });
        proven.contains(&point)
    }
}
