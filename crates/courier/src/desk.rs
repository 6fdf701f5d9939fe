//! The seat with the letters that wait on either side of it.

use crate::letter::{self, Entry, Pile};
use crate::limits::{FINDINGS_MAX, OUTBOX_BYTES_MAX, PARCEL_BYTES_MAX, WAITING_BYTES_MAX};
use crate::saved::{Reader, put, put_list};
use crate::state::Finding as Shown;
use crate::{CourierError, Result};
use selvage_relay::LetterId;
use selvage_relay::client::Place;
use selvage_trust::{
    Admission, DeviceId, Entropy, Envelope, EpochTag, Finding, Identity, Kind, Purpose, Received,
    Refusal, Role, Seat, TrustError, Wait,
};
use std::collections::{BTreeMap, VecDeque};
use zeroize::Zeroizing;

const FORMAT: u8 = 1;

/// A letter that is not acknowledged.
pub(crate) struct Outgoing {
    pub id: [u8; 16],
    pub bytes: Vec<u8>,
    /// The relay's client has it.
    pub handed: bool,
}

/// See the module.
pub(crate) struct Desk {
    pub seat: Seat,
    identity: Zeroizing<Vec<u8>>,
    pub cursor: Vec<u8>,
    pub place: Option<Place>,
    pub outbox: VecDeque<Outgoing>,
    /// Admitted, and not durable in the workspace yet.
    pub inbox: VecDeque<Vec<u8>>,
    /// Those of the inbox that came since [`Desk::fresh`] was asked.
    fresh: usize,
    piles: BTreeMap<[u8; 16], Pile>,
    /// Letters of epochs whose key is still to come.
    locked: Vec<Vec<u8>>,
    /// Envelopes that can't be judged yet.
    waiting: Vec<Vec<u8>>,
    /// How far each signer was known when this device came in, or the room began anew: to be shown
    /// that again is no replay.
    base: BTreeMap<DeviceId, u64>,
    findings: Vec<(Shown, Option<(DeviceId, u64)>)>,
    /// Something is to be kept.
    pub dirty: bool,
    /// There is something to say in a checkpoint.
    pub moved: bool,
}

impl Desk {
    pub fn new(seat: Seat, identity: Zeroizing<Vec<u8>>) -> Self {
        let mut desk = Self {
            seat,
            identity,
            cursor: Vec::new(),
            place: None,
            outbox: VecDeque::new(),
            inbox: VecDeque::new(),
            fresh: 0,
            piles: BTreeMap::new(),
            locked: Vec::new(),
            waiting: Vec::new(),
            base: BTreeMap::new(),
            findings: Vec::new(),
            dirty: true,
            moved: false,
        };
        desk.rebase();
        desk
    }

    /// What was shown up to here may be shown again.
    pub fn rebase(&mut self) {
        let members = self.seat.members();
        // Removed devices, too: their additions are in the log.
        let added = members.since(&[]).map(selvage_trust::Op::author);
        let devices: Vec<_> = added
            .chain(members.iter().map(|member| member.device))
            .collect();
        self.base = devices
            .iter()
            .map(|&one| (one, self.seat.admitted(one).seq))
            .collect();
    }

    pub fn role(&self) -> Option<Role> {
        self.seat.members().role(self.seat.device())
    }

    pub fn can_send(&self) -> bool {
        let bytes: usize = self.outbox.iter().map(|letter| letter.bytes.len()).sum();
        self.role().is_some_and(|role| role >= Role::Editor) && bytes <= OUTBOX_BYTES_MAX
    }

    pub fn send(
        &mut self,
        parcel: &[u8],
        cursor: Option<&[u8]>,
        entropy: &mut Entropy<'_>,
    ) -> Result<()> {
        if parcel.len() > PARCEL_BYTES_MAX {
            return Err(CourierError::TooLarge {
                size: parcel.len(),
                max: PARCEL_BYTES_MAX,
            });
        }
        if self.role().is_none_or(|role| role < Role::Editor) {
            return Err(CourierError::NotNow("this device may not write"));
        }
        let envelope = self.seat.sign(Kind::Change, parcel)?;
        self.dirty = true;
        for part in letter::parts(random(entropy), &envelope) {
            self.post(Purpose::Stored, &part, entropy)?;
        }
        if let Some(cursor) = cursor {
            self.cursor = cursor.to_vec();
        }
        self.moved = true;
        Ok(())
    }

    fn post(&mut self, purpose: Purpose, plain: &[u8], entropy: &mut Entropy<'_>) -> Result<()> {
        let bytes = self.seat.encrypt(purpose, plain, entropy)?;
        let id = random(entropy);
        self.outbox.push_back(Outgoing {
            id,
            bytes,
            handed: false,
        });
        self.dirty = true;
        Ok(())
    }

    /// Operations are small, so each has its own letter.
    pub fn post_ops(&mut self, ops: &[Vec<u8>], entropy: &mut Entropy<'_>) -> Result<()> {
        ops.iter()
            .try_for_each(|op| self.post(Purpose::Roster, op, entropy))
    }

    /// The relay lost the room: whoever comes later needs the whole log.
    pub fn post_log(&mut self, entropy: &mut Entropy<'_>) -> Result<()> {
        let ops: Vec<_> = self
            .seat
            .members()
            .since(&[])
            .map(|op| op.bytes().to_vec())
            .collect();
        self.post_ops(&ops, entropy)
    }

    pub fn post_checkpoint(&mut self, entropy: &mut Entropy<'_>) -> Result<()> {
        self.moved = false;
        let bytes = self.seat.checkpoint([0; 32])?;
        self.dirty = true;
        let plain = letter::checkpoint(&bytes);
        if plain.len() > crate::limits::PART_BYTES {
            return Ok(());
        }
        self.post(Purpose::Stored, &plain, entropy)
    }

    /// A letter is kept by the relay.
    pub fn acknowledged(&mut self, id: LetterId) {
        self.outbox.retain(|letter| letter.id != id.0);
        self.dirty |= self.outbox.is_empty();
    }

    pub fn received(&mut self, bytes: &[u8], entropy: &mut Entropy<'_>) {
        if let Ok(op) = self.seat.decrypt(Purpose::Roster, bytes) {
            return self.hear_op(&op, entropy);
        }
        match self.seat.decrypt(Purpose::Stored, bytes) {
            Ok(plain) => self.open(&plain),
            // An epoch of the log that has no key for this device never gets one.
            Err(TrustError::NoKey { epoch }) if !self.knows(epoch) => {
                self.locked.push(bytes.to_vec());
                self.bound();
            }
            Err(TrustError::NoKey { .. }) => {}
            Err(_) => self.find(
                "ALTERED",
                "A letter was changed, or made up, on its way.".into(),
                ASK,
                None,
                None,
            ),
        }
    }

    fn knows(&self, epoch: EpochTag) -> bool {
        self.seat
            .members()
            .since(&[])
            .any(|op| EpochTag::of(op.id()) == epoch)
    }

    fn hear_op(&mut self, op: &[u8], entropy: &mut Entropy<'_>) {
        let answers = self.seat.receive([op]);
        for answer in answers {
            match answer {
                Received::Added(_) => {
                    self.dirty = true;
                    self.moved = true;
                    for letter in std::mem::take(&mut self.locked) {
                        self.received(&letter, entropy);
                    }
                    self.admit(None);
                    self.follow_up(entropy);
                }
                Received::Known(_) | Received::Waiting(_) => {}
                Received::Refused(error) => {
                    self.find(
                        "MEMBERSHIP",
                        format!("A change of the devices was refused: {error}."),
                        ASK,
                        None,
                        None,
                    );
                }
            }
        }
    }

    pub fn follow_up(&mut self, entropy: &mut Entropy<'_>) {
        let posted = self.seat.follow_up(entropy).map_err(CourierError::from);
        let posted = posted.and_then(|ops| self.post_ops(&ops, entropy));
        if let Err(error) = posted {
            self.find(
                "MEMBERSHIP",
                format!("The devices can't be brought in order: {error}."),
                ASK,
                None,
                None,
            );
        }
    }

    fn open(&mut self, plain: &[u8]) {
        match Entry::read(plain) {
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
                    self.admit(Some(envelope));
                }
                self.bound();
            }
            Some(Entry::Checkpoint(bytes)) => self.compare(bytes),
            None => self.find(
                "UNKNOWN",
                "A device sent something that this version can't read.".into(),
                UPDATE,
                None,
                None,
            ),
        }
    }

    /// Judges an envelope together with those that wait.
    fn admit(&mut self, new: Option<Vec<u8>>) {
        let mut batch = std::mem::take(&mut self.waiting);
        batch.extend(new);
        let slices: Vec<&[u8]> = batch.iter().map(Vec::as_slice).collect();
        let answers = self.seat.admit(&slices);
        for (bytes, answer) in batch.into_iter().zip(answers) {
            match answer {
                Admission::Admitted(envelope) => {
                    self.inbox.push_back(envelope.into_payload());
                    self.fresh += 1;
                    self.moved = true;
                }
                Admission::Waiting(wait) => {
                    if let Wait::Gap { signer, from, .. } = wait {
                        self.find(
                            "MISSING",
                            "Letters of a device are missing.".into(),
                            WITHHELD,
                            Some(signer),
                            Some((signer, from)),
                        );
                    }
                    self.waiting.push(bytes);
                }
                Admission::Refused(refusal) => self.refused(&bytes, &refusal),
            }
        }
        let seat = &self.seat;
        self.findings
            .retain(|(_, until)| until.is_none_or(|(signer, seq)| seat.admitted(signer).seq < seq));
        self.bound();
    }

    fn refused(&mut self, bytes: &[u8], refusal: &Refusal) {
        let signer = Envelope::read(self.seat.workspace(), bytes)
            .ok()
            .map(|envelope| envelope.signer());
        match refusal {
            Refusal::Replayed { signer, seq } => {
                let known = self.base.get(signer).copied().unwrap_or_default();
                if *signer != self.seat.device() && *seq > known {
                    self.find(
                        "REPEATED",
                        "A change came a second time, and was left out.".into(),
                        ASK,
                        Some(*signer),
                        None,
                    );
                }
            }
            Refusal::Equivocation { .. } => {
                self.find("FORKED", format!("{refusal}."), TAKE_OUT, signer, None)
            }
            _ => self.find(
                "REFUSED",
                format!("A change was refused: {refusal}."),
                ALLOW,
                signer,
                None,
            ),
        }
    }

    fn compare(&mut self, bytes: &[u8]) {
        let Ok(report) = self.seat.compare(bytes) else {
            return self.find(
                "ALTERED",
                "What a device says of itself can't be believed.".into(),
                ASK,
                None,
                None,
            );
        };
        let teller = report.checkpoint.signer;
        for finding in report.findings {
            match finding {
                Finding::MembershipLacking(_) => self.find(
                    "WITHHELD",
                    "Changes of the devices did not come here.".into(),
                    WITHHELD,
                    Some(teller),
                    None,
                ),
                Finding::Lacking { signer, told, .. } if signer != self.seat.device() => {
                    self.find(
                        "WITHHELD",
                        "Another device has changes that did not come here.".into(),
                        WITHHELD,
                        Some(signer),
                        Some((signer, told.seq)),
                    );
                }
                Finding::Lacking { .. } => self.find(
                    "SET_BACK",
                    "This device was set back to an older state.".into(),
                    ASK,
                    None,
                    None,
                ),
                Finding::Forked { signer, .. } => self.find(
                    "FORKED",
                    "Two devices were shown different changes under one number.".into(),
                    TAKE_OUT,
                    Some(signer),
                    None,
                ),
                Finding::SetBack { .. } => self.find(
                    "SET_BACK",
                    "A device was set back to an older state.".into(),
                    ASK,
                    Some(teller),
                    None,
                ),
                // It comes again with the letters of a room that began anew.
                Finding::Replayed { .. } => {}
            }
        }
    }

    pub fn find(
        &mut self,
        code: &'static str,
        message: String,
        hint: &'static str,
        device: Option<DeviceId>,
        until: Option<(DeviceId, u64)>,
    ) {
        let device = device.map(hex);
        let is_known = |(known, _): &(Shown, _)| known.code == code && known.device == device;
        if !self.findings.iter().any(is_known) && self.findings.len() < FINDINGS_MAX {
            self.findings.push((
                Shown {
                    code,
                    message,
                    hint,
                    device,
                },
                until,
            ));
        }
    }

    pub fn findings(&self) -> Vec<Shown> {
        let found = self.findings.iter().map(|(finding, _)| finding.clone());
        let overhangs = self.seat.overhangs().into_iter().map(|overhang| Shown {
            code: "OVERHANG",
            message: "Changes of a removed device are here that other devices refuse.".into(),
            hint: "Keep them if they are wanted.",
            device: Some(hex(overhang.device)),
        });
        found.chain(overhangs).collect()
    }

    /// Forgets what waited longest, and says so, when too much waits.
    fn bound(&mut self) {
        let size = |list: &[Vec<u8>]| list.iter().map(Vec::len).sum::<usize>();
        let piled: usize = self.piles.values().map(Pile::size).sum();
        if piled + size(&self.locked) + size(&self.waiting) > WAITING_BYTES_MAX {
            self.piles.clear();
            self.locked.clear();
            self.waiting.clear();
            self.find(
                "MISSING",
                "Too much waited for what did not come, and was let go.".into(),
                WITHHELD,
                None,
                None,
            );
        }
    }

    /// How many parcels of the inbox's end are new.
    pub fn fresh(&mut self) -> usize {
        std::mem::take(&mut self.fresh)
    }

    pub fn to_bytes(&self, relay: &str) -> Vec<u8> {
        let mut out = vec![FORMAT];
        put(&mut out, relay.as_bytes());
        put(&mut out, &self.identity);
        put(&mut out, &self.seat.to_bytes());
        put(&mut out, &self.cursor);
        let place = self
            .place
            .map(|place| [&place.life.0[..], &place.number.to_le_bytes()].concat());
        put(&mut out, &place.unwrap_or_default());
        put_list(&mut out, self.outbox.iter().map(|letter| &letter.id[..]));
        put_list(&mut out, self.outbox.iter().map(|letter| &letter.bytes[..]));
        put_list(&mut out, self.inbox.iter().map(Vec::as_slice));
        put_list(&mut out, self.locked.iter().map(Vec::as_slice));
        put_list(&mut out, self.waiting.iter().map(Vec::as_slice));
        let parts: Vec<_> = self
            .piles
            .iter()
            .flat_map(|(id, pile)| {
                pile.0
                    .iter()
                    .map(move |(index, bytes)| [&id[..], &index.to_le_bytes(), bytes].concat())
            })
            .collect();
        put_list(&mut out, parts.iter().map(Vec::as_slice));
        let base: Vec<_> = self
            .base
            .iter()
            .map(|(id, seq)| [&id.0[..], &seq.to_le_bytes()].concat())
            .collect();
        put_list(&mut out, base.iter().map(Vec::as_slice));
        out
    }

    /// Gives the relay's address, too.
    pub fn from_bytes(bytes: &[u8]) -> Result<(String, Self)> {
        let mut reader = Reader(bytes);
        if reader.array()? != [FORMAT] {
            return Err(CourierError::Unreadable);
        }
        let relay =
            String::from_utf8(reader.bytes()?.to_vec()).map_err(|_| CourierError::Unreadable)?;
        let identity = Zeroizing::new(reader.bytes()?.to_vec());
        let seat = Seat::from_bytes(Identity::from_bytes(&identity)?, reader.bytes()?)?;
        let mut desk = Self::new(seat, identity);
        desk.cursor = reader.bytes()?.to_vec();
        let mut place = Reader(reader.bytes()?);
        if place.end().is_err() {
            let life = selvage_relay::Life(place.array()?);
            desk.place = Some(Place {
                life,
                number: place.uint()?,
            });
        }
        let ids = reader.list()?;
        for (id, bytes) in ids.iter().zip(reader.list()?) {
            let id = Reader(id).array()?;
            desk.outbox.push_back(Outgoing {
                id,
                bytes,
                handed: false,
            });
        }
        desk.inbox = reader.list()?.into();
        desk.fresh = desk.inbox.len();
        desk.locked = reader.list()?;
        desk.waiting = reader.list()?;
        for part in reader.list()? {
            let mut part = Reader(&part);
            let (id, index) = (part.array()?, u32::from_le_bytes(part.array()?));
            desk.piles
                .entry(id)
                .or_default()
                .0
                .insert(index, part.0.to_vec());
        }
        desk.base.clear();
        for base in reader.list()? {
            let mut base = Reader(&base);
            desk.base.insert(DeviceId(base.array()?), base.uint()?);
        }
        reader.end()?;
        desk.dirty = false;
        Ok((relay, desk))
    }
}

const ASK: &str = "Ask the persons of the other devices. If it happens again, use another relay.";
const WITHHELD: &str = "Wait a little. If it stays, the relay keeps letters back: use another one.";
const TAKE_OUT: &str = "Take that device out, unless you know why.";
const ALLOW: &str = "An owner can give that device the right to edit, or add it anew.";
const UPDATE: &str = "Reload the page to have the newest version.";

pub(crate) fn random<const N: usize>(entropy: &mut Entropy<'_>) -> [u8; N] {
    let mut bytes = [0; N];
    entropy(&mut bytes);
    bytes
}

pub(crate) fn hex(device: DeviceId) -> String {
    device.0.iter().map(|byte| format!("{byte:02x}")).collect()
}
