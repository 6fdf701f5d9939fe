//! The seat with the letters that wait on either side of it.

use crate::letter::{self, Entry, Pile};
use crate::limits::{OUTBOX_BYTES_MAX, PARCEL_BYTES_MAX, WAITING_BYTES_MAX};
use crate::saved::{Reader, put, put_list};
use crate::state::Finding as Shown;
use crate::{CourierError, Result};
use found::Found;
use selvage_relay::LetterId;
use selvage_relay::client::Place;
use selvage_trust::{
    Action, Admission, DeviceId, Entropy, Envelope, EpochTag, Finding, Identity, Kind, Purpose,
    Received, Refusal, Role, Seat, TrustError, Wait,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use zeroize::Zeroizing;

mod found;
mod judge;
mod left;
mod rooms;
mod save;
mod summary;

pub(crate) use left::Left;
pub(crate) use rooms::{Meeting, Turn};
pub(crate) use summary::summary_of;

/// A letter of which it is not known yet that it counts.
pub(crate) struct Outgoing {
    pub id: [u8; 16],
    pub bytes: Vec<u8>,
    pub what: What,
    /// The relay's client has it.
    pub handed: bool,
    /// The relay kept it, under this number.
    pub number: Option<u64>,
    /// The room was read up to it, and no move was before.
    pub counts: bool,
    /// The room had no place for it.
    pub is_refused: bool,
}

/// What a letter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A part of an envelope.
    Part {
        /// Another one follows.
        more: bool,
    },
    Move,
    Tidied,
    Other,
}

impl What {
    fn of(purpose: Purpose, plain: &[u8]) -> Self {
        match (purpose, Entry::read(plain)) {
            (Purpose::Roster, _) => Self::Other,
            (_, Some(Entry::Part { index, count, .. })) => Self::Part {
                more: index + 1 < count,
            },
            (_, Some(Entry::Move(_))) => Self::Move,
            (_, Some(Entry::Tidied(_))) => Self::Tidied,
            _ => Self::Other,
        }
    }
}

impl Outgoing {
    fn new(id: [u8; 16], bytes: Vec<u8>, what: What) -> Self {
        Self {
            id,
            bytes,
            what,
            handed: false,
            number: None,
            counts: false,
            is_refused: false,
        }
    }
}

/// What the room's mailbox holds, as far as this device counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub bytes: u64,
    /// The size of the last whole.
    pub whole: u64,
    /// A whole is to be mailed by this device: it threw away what was before, or led the others here.
    pub is_owed: bool,
    /// Nobody mailed a whole yet.
    pub is_new: bool,
}

/// See the module.
pub(crate) struct Desk {
    pub seat: Seat,
    identity: Zeroizing<Vec<u8>>,
    pub cursor: Vec<u8>,
    /// The room in use.
    pub meeting: Meeting,
    /// How far in it this device is.
    pub place: Option<Place>,
    /// How far each signer was known here when a room was left, until a whole in the room in use has
    /// as much.
    pub unvouched: BTreeMap<DeviceId, u64>,
    /// Operations of this device that one lacks who made the room in use.
    pub unheard: Vec<Vec<u8>>,
    /// Rooms that the members left.
    pub left: Vec<Left>,
    /// Who was in the room in use.
    met: BTreeSet<DeviceId>,
    /// A move that was read.
    pub turn: Option<Turn>,
    /// The letter that is judged.
    number: u64,
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
    /// Envelopes of removed devices, of the last ones: a member who had them before may keep them.
    aside: VecDeque<Vec<u8>>,
    /// How far each signer was known when this device came in, or the room began anew: to be shown
    /// that again is no replay.
    base: BTreeMap<DeviceId, u64>,
    findings: Vec<Found>,
    pub mailbox: Mailbox,
    /// Who said last to mail everything.
    voucher: Option<DeviceId>,
    /// Another device began to mail all that it has.
    pub saw_whole: bool,
    /// Of a summary that is coming, what is no whole letter yet.
    coming: Vec<u8>,
    /// Something is to be kept.
    pub dirty: bool,
    /// The relay kept nothing the last time, so letters came live.
    is_passing: bool,
    /// There is something to say in a checkpoint.
    pub moved: bool,
    /// What is judged came live: a device may say a letter again when a link broke before it was
    /// acknowledged.
    pub(super) is_live: bool,
}

impl Desk {
    pub fn new(seat: Seat, identity: Zeroizing<Vec<u8>>) -> Self {
        let mut desk = Self {
            seat,
            identity,
            cursor: Vec::new(),
            meeting: Meeting::default(),
            place: None,
            unvouched: BTreeMap::new(),
            unheard: Vec::new(),
            left: Vec::new(),
            met: BTreeSet::new(),
            turn: None,
            number: 0,
            outbox: VecDeque::new(),
            inbox: VecDeque::new(),
            fresh: 0,
            piles: BTreeMap::new(),
            locked: Vec::new(),
            waiting: Vec::new(),
            aside: VecDeque::new(),
            base: BTreeMap::new(),
            findings: Vec::new(),
            mailbox: Mailbox::default(),
            voucher: None,
            saw_whole: false,
            coming: Vec::new(),
            dirty: true,
            is_passing: false,
            moved: false,
            is_live: false,
        };
        desk.rebase();
        desk
    }

    /// What was shown up to here may be shown again.
    pub fn rebase(&mut self) {
        let members = self.seat.members();
        // Removed devices, too: what added them is in the log.
        let named = members.since(&[]).flat_map(|op| match op.action() {
            Action::Add { card, .. } => vec![op.author(), card.device()],
            _ => vec![op.author()],
        });
        let devices: Vec<_> = named.collect();
        self.base = devices
            .iter()
            .map(|&one| (one, self.seat.admitted(one).seq))
            .collect();
    }

    pub fn role(&self) -> Option<Role> {
        self.seat.members().role(self.seat.device())
    }

    /// Whether the others could never change the membership again without this device.
    pub fn is_only_owner(&self) -> bool {
        let members = self.seat.members();
        let is_other = |device| device != self.seat.device();
        let mut others = members.iter().filter(|one| is_other(one.device)).peekable();
        let is_owner = self.role() == Some(Role::Owner);
        is_owner && others.peek().is_some() && others.all(|one| one.role != Role::Owner)
    }

    /// Keeps for all what was admitted here of a removed device. A device that may write does so by
    /// itself as soon as it can; the operations are for all peers.
    pub fn keep(&mut self, device: DeviceId, entropy: &mut Entropy<'_>) -> Result<Vec<Vec<u8>>> {
        let overhangs = self.seat.overhangs();
        let over = overhangs.iter().find(|over| over.device == device);
        match over {
            Some(over) if !over.keepable => Err(CourierError::NotNow(
                "the other devices have other changes of that device under these numbers",
            )),
            Some(_) if self.role().is_none_or(|role| role < Role::Editor) => Err(
                CourierError::NotNow("this device may not write, so it can't keep changes for all"),
            ),
            _ => Ok(self.seat.follow_up(entropy)?),
        }
    }

    pub fn can_send(&self) -> bool {
        let waits = self.outbox.iter().filter(|letter| letter.number.is_none());
        let bytes: usize = waits.map(|letter| letter.bytes.len()).sum();
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
        self.post_envelope(&envelope, entropy)?;
        if let Some(cursor) = cursor {
            self.cursor = cursor.to_vec();
        }
        self.moved = true;
        Ok(())
    }

    pub(super) fn post_envelope(
        &mut self,
        envelope: &[u8],
        entropy: &mut Entropy<'_>,
    ) -> Result<()> {
        letter::parts(random(entropy), envelope)
            .iter()
            .try_for_each(|part| self.post(Purpose::Stored, part, entropy))
    }

    fn post(&mut self, purpose: Purpose, plain: &[u8], entropy: &mut Entropy<'_>) -> Result<()> {
        let bytes = self.seat.encrypt(purpose, plain, entropy)?;
        let what = What::of(purpose, plain);
        let letter = Outgoing::new(random(entropy), bytes, what);
        self.outbox.push_back(letter);
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
        let ops = self.log();
        self.post_ops(&ops, entropy)
    }

    pub(super) fn log(&self) -> Vec<Vec<u8>> {
        let ops = self.seat.members().since(&[]);
        ops.map(|op| op.bytes().to_vec()).collect()
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

    /// A letter is kept by the relay. It counts when the room was read up to it.
    pub fn acknowledged(&mut self, id: LetterId, number: u64) {
        let mut letters = self.outbox.iter_mut();
        let letter = letters.find(|letter| letter.id == id.0);
        if let Some(letter) = letter.filter(|letter| letter.number.is_none()) {
            letter.number = Some(number);
            self.mailbox.bytes += summary::cost(&letter.bytes);
        }
    }

    /// The relay was entered. What came live while it kept nothing is in no mailbox: those who were not
    /// there need it, and those who were see it again. Gives whether that is so.
    pub fn entered(&mut self, keeps: bool) -> bool {
        let begins = keeps && self.is_passing;
        if begins {
            self.mailbox.is_new = true;
            self.rebase();
        }
        self.dirty |= self.is_passing == keeps;
        self.is_passing = !keeps;
        begins
    }

    /// The relay lost the room, and what it had kept of this device.
    pub fn room_is_new(&mut self) {
        self.mailbox = Mailbox::default();
        for letter in self.outbox.iter_mut().filter(|it| it.number.is_some()) {
            (letter.number, letter.counts, letter.handed) = (None, false, false);
        }
        self.relay_was_set_back();
        self.rebase();
    }

    /// Everybody who is there has a letter, and the relay keeps none.
    pub fn handed_over(&mut self, is_taken: impl Fn(&[u8; 16]) -> bool) -> bool {
        let before = self.outbox.len();
        self.outbox.retain(|letter| !is_taken(&letter.id));
        let is_less = self.outbox.len() < before;
        self.dirty |= is_less && self.outbox.is_empty();
        is_less
    }

    /// How many parcels of the inbox's end are new.
    pub fn fresh(&mut self) -> usize {
        std::mem::take(&mut self.fresh)
    }
}

pub(crate) fn random<const N: usize>(entropy: &mut Entropy<'_>) -> [u8; N] {
    let mut bytes = [0; N];
    entropy(&mut bytes);
    bytes
}

pub(crate) fn hex(device: DeviceId) -> String {
    device.0.iter().map(|byte| format!("{byte:02x}")).collect()
}
