//! What came: opened, judged, and told to the person where it is odd.

use super::*;
use crate::limits::ASIDE_BYTES_MAX;

impl Desk {
    /// A letter of the mailbox. One of this device's comes when its link is another one.
    pub fn took(&mut self, number: u64, id: LetterId, bytes: &[u8], entropy: &mut Entropy<'_>) {
        let mut letters = self.outbox.iter_mut();
        if let Some(own) = letters.find(|letter| letter.id == id.0) {
            own.number = Some(number);
        }
        self.number = number;
        self.mailbox.bytes += summary::cost(bytes);
        self.received(bytes, entropy);
    }

    /// A letter that its device said itself.
    pub fn heard(&mut self, bytes: &[u8], entropy: &mut Entropy<'_>) {
        self.is_live = true;
        self.received(bytes, entropy);
        self.is_live = false;
    }

    pub(super) fn received(&mut self, bytes: &[u8], entropy: &mut Entropy<'_>) {
        if let Ok(op) = self.seat.decrypt(Purpose::Roster, bytes) {
            return self.hear_op(&op, entropy);
        }
        match self.seat.decrypt(Purpose::Stored, bytes) {
            Ok(plain) => match Entry::read(&plain) {
                Some(Entry::Move(it)) => self.hear_move(&it, bytes),
                entry => self.open(entry),
            },
            // An epoch of the log that has no key for this device never gets one.
            Err(TrustError::NoKey { epoch }) if !self.knows(epoch) => {
                self.locked.push(bytes.to_vec());
                let message = "A letter is here whose key did not come.".into();
                self.find("LOCKED", message, None, None);
                self.bound();
            }
            Err(TrustError::NoKey { .. }) => {}
            Err(_) => self.altered(),
        }
    }

    pub(super) fn altered(&mut self) {
        let message = "A letter was changed, or made up, on its way.".into();
        self.find("ALTERED", message, None, None);
    }

    pub(super) fn knows(&self, epoch: EpochTag) -> bool {
        self.seat
            .members()
            .since(&[])
            .any(|op| EpochTag::of(op.id()) == epoch)
    }

    pub fn hear_op(&mut self, op: &[u8], entropy: &mut Entropy<'_>) {
        let before = self.seat.members().disputes().len();
        let answers = self.seat.receive([op]);
        for answer in answers {
            match answer {
                Received::Added(_) => {
                    self.dispute(before);
                    self.dirty = true;
                    self.moved = true;
                    for letter in std::mem::take(&mut self.locked) {
                        self.received(&letter, entropy);
                    }
                    let aside = std::mem::take(&mut self.aside);
                    self.admit(None, aside.into());
                    self.follow_up(entropy);
                }
                Received::Known(_) | Received::Waiting(_) => {}
                Received::Refused(error) => {
                    self.find(
                        "MEMBERSHIP",
                        format!("A change of the devices was refused: {error}."),
                        None,
                        None,
                    );
                }
            }
        }
    }

    /// Tells of what has no effect any more since so many disputes were known.
    fn dispute(&mut self, before: usize) {
        let members = self.seat.members();
        let newest = members.disputes().get(before..).and_then(<[_]>::last);
        let Some(op) = newest.and_then(|dispute| members.op(dispute.void)) else {
            return;
        };
        let message = "A change of the devices has no effect: its author had lost the right to it.";
        self.find("DISPUTED", message.into(), Some(op.author()), None);
    }

    pub fn follow_up(&mut self, entropy: &mut Entropy<'_>) {
        let posted = self.seat.follow_up(entropy).map_err(CourierError::from);
        let posted = posted.and_then(|ops| self.post_ops(&ops, entropy));
        if let Err(error) = posted {
            self.find(
                "MEMBERSHIP",
                format!("The devices can't be brought in order: {error}."),
                None,
                None,
            );
        }
    }

    fn open(&mut self, entry: Option<Entry<'_>>) {
        match entry {
            Some(Entry::Part {
                parcel,
                index,
                count,
                bytes,
            }) => {
                let whole = self
                    .piles
                    .entry(parcel)
                    .or_default()
                    .add(index, count, bytes);
                if let Some(envelope) = whole {
                    self.piles.remove(&parcel);
                    self.admit(Some(envelope), Vec::new());
                }
                self.bound();
            }
            Some(Entry::Checkpoint(bytes)) => self.compare(bytes),
            Some(Entry::Tidied(whole)) => {
                self.mailbox.tidied(whole);
                self.dirty = true;
            }
            Some(Entry::Move(_)) | None => self.find(
                "UNKNOWN",
                "A device sent something that this version can't read.".into(),
                None,
                None,
            ),
        }
    }

    /// Judges an envelope together with those that wait, and with those that were refused before.
    pub(super) fn admit(&mut self, new: Option<Vec<u8>>, aside: Vec<Vec<u8>>) {
        let mut is_whole = false;
        let mut admitted = Vec::new();
        let told = aside.len();
        let mut batch = aside;
        batch.append(&mut self.waiting);
        batch.extend(new);
        let slices: Vec<&[u8]> = batch.iter().map(Vec::as_slice).collect();
        let answers = self.seat.admit(&slices);
        for (at, (bytes, answer)) in batch.into_iter().zip(answers).enumerate() {
            match answer {
                Admission::Admitted(envelope) if envelope.kind() == Kind::Whole => {
                    self.moved = true;
                    is_whole = true;
                    self.look_for_more(&envelope);
                    self.voucher = Some(envelope.signer());
                }
                Admission::Admitted(envelope) => {
                    let place = (envelope.signer(), envelope.point().seq);
                    admitted.push((place, envelope.into_payload()));
                }
                Admission::Waiting(wait) => {
                    if let Wait::Gap { signer, from, .. } = wait {
                        self.find(
                            "MISSING",
                            "Letters of a device are missing.".into(),
                            Some(signer),
                            Some((signer, from)),
                        );
                    }
                    self.waiting.push(bytes);
                }
                Admission::Refused(refusal) => {
                    if at >= told {
                        self.refused(&bytes, &refusal);
                    }
                    if let Refusal::BeyondRemoval { .. } = refusal {
                        self.set_aside(bytes);
                    }
                }
            }
        }
        // What waited came in any order, and lands in its signer's.
        admitted.sort_by_key(|(place, _)| *place);
        self.fresh += admitted.len();
        self.moved |= !admitted.is_empty();
        self.inbox
            .extend(admitted.into_iter().map(|(_, payload)| payload));
        self.settle();
        self.bound();
        if is_whole {
            // What it skipped may come, and what waited for that may go on.
            self.saw_whole = true;
            self.rebase();
            self.admit(None, Vec::new());
        }
    }

    fn set_aside(&mut self, envelope: Vec<u8>) {
        self.aside.push_back(envelope);
        while self.aside.iter().map(Vec::len).sum::<usize>() > ASIDE_BYTES_MAX {
            self.aside.pop_front();
        }
    }

    pub(super) fn refused(&mut self, bytes: &[u8], refusal: &Refusal) {
        let envelope = Envelope::read(self.seat.workspace(), bytes);
        let signer = envelope.ok().map(|envelope| envelope.signer());
        // Somebody may keep what a removed device wrote.
        let until = match refusal {
            Refusal::BeyondRemoval { signer, seq, .. } => Some((*signer, *seq)),
            _ => None,
        };
        match refusal {
            Refusal::Replayed { signer, seq } => {
                let known = self.base.get(signer).copied().unwrap_or_default();
                if *signer != self.seat.device() && *seq > known && !self.is_live {
                    self.find(
                        "REPEATED",
                        "A change came a second time, and was left out.".into(),
                        Some(*signer),
                        None,
                    );
                }
            }
            Refusal::Equivocation { .. } => {
                self.find("FORKED", format!("{refusal}."), signer, None)
            }
            _ => self.find(
                "REFUSED",
                format!("A change was refused: {refusal}."),
                signer,
                until,
            ),
        }
    }

    pub(super) fn compare(&mut self, bytes: &[u8]) {
        let Ok(report) = self.seat.compare(bytes) else {
            return self.find(
                "ALTERED",
                "What a device says of itself can't be believed.".into(),
                None,
                None,
            );
        };
        let teller = report.checkpoint.signer;
        self.has_met(teller);
        for finding in report.findings {
            match finding {
                Finding::MembershipLacking(_) => self.find(
                    "WITHHELD",
                    "Changes of the devices did not come here.".into(),
                    Some(teller),
                    None,
                ),
                Finding::Lacking { signer, told, .. } if signer != self.seat.device() => {
                    self.find(
                        "WITHHELD",
                        "Another device has changes that did not come here.".into(),
                        Some(signer),
                        Some((signer, told.seq)),
                    );
                }
                Finding::Lacking { .. } => self.find(
                    "SET_BACK",
                    "This device was set back to an older state.".into(),
                    None,
                    None,
                ),
                Finding::Forked { signer, .. } => self.forked(signer),
                Finding::SetBack { .. } => self.set_back(Some(teller)),
                // It comes again with the letters of a room that began anew.
                Finding::Replayed { .. } => {}
            }
        }
    }

    /// The log for one that may be behind, as letters that it can read without the newest key.
    pub fn log_letters(&self, entropy: &mut Entropy<'_>) -> Result<Vec<Vec<u8>>> {
        let ops = self.log();
        let letters = ops
            .iter()
            .map(|op| Ok(self.seat.encrypt(Purpose::Roster, op, entropy)?));
        letters.collect()
    }

    /// Says how far this device is.
    pub fn checkpoint(&mut self) -> Result<Vec<u8>> {
        self.dirty = true;
        Ok(self.seat.checkpoint([0; 32])?)
    }

    /// Hears how far a device is that is there. What is lacking here will come; where that one lacks
    /// something, the operations of the log that it lacks are posted, and it is told whether it lacks
    /// changes, too.
    pub fn met(&mut self, checkpoint: &[u8], entropy: &mut Entropy<'_>) -> Result<bool> {
        let report = self.seat.compare(checkpoint)?;
        self.dirty = true;
        let teller = Some(report.checkpoint.signer);
        for finding in report.findings {
            match finding {
                Finding::Forked { signer, .. } => self.forked(signer),
                Finding::SetBack { .. } => self.set_back(teller),
                Finding::MembershipLacking(_)
                | Finding::Lacking { .. }
                | Finding::Replayed { .. } => {}
            }
        }
        let ahead = self.seat.ahead_of(&report.checkpoint);
        self.post_ops(&ahead.ops, entropy)?;
        Ok(ahead.has_changes)
    }

    fn forked(&mut self, signer: DeviceId) {
        let message = "Two devices were shown different changes under one number.";
        self.find("FORKED", message.into(), Some(signer), None);
    }

    fn set_back(&mut self, teller: Option<DeviceId>) {
        let message = "A device was set back to an older state.";
        self.find("SET_BACK", message.into(), teller, None);
    }

    /// Forgets what waited longest, and says so, when too much waits.
    pub(super) fn bound(&mut self) {
        let size = |list: &[Vec<u8>]| list.iter().map(Vec::len).sum::<usize>();
        let piled: usize = self.piles.values().map(Pile::size).sum();
        if piled + size(&self.locked) + size(&self.waiting) > WAITING_BYTES_MAX {
            self.piles.clear();
            self.locked.clear();
            self.waiting.clear();
            self.find(
                "MISSING",
                "Too much waited for what did not come, and was let go.".into(),
                None,
                None,
            );
        }
    }
}
