//! Where members meet at the relay, and how they go elsewhere when a device was taken out.
//!
//! The first room comes from the key of the membership log, which a removed device has, too. So the
//! members *move*: the room of an epoch comes from the epoch's key. The first letter of the old room
//! that says so ends it for all, since all see one order.

use super::*;
use crate::letter::Move;
use crate::limits::ROOMS_LEFT_MAX;
use selvage_relay::client::Profile;
use selvage_relay::{AccessKey, Life, RoomId};
use selvage_trust::OpId;

/// What an epoch's key gives for its room.
const SECRET: &str = "relay meeting";

/// A room at the relay: the first one, or that of an epoch with its secret. A device whose history is
/// hidden may have the secret and not the epoch's key.
#[derive(Clone, Default)]
pub(crate) struct Meeting(pub(super) Option<(OpId, Zeroizing<[u8; 32]>)>);

impl Meeting {
    pub fn epoch(&self) -> Option<OpId> {
        self.0.as_ref().map(|(epoch, _)| *epoch)
    }

    fn derive(&self, seat: &Seat, label: &str) -> Zeroizing<[u8; 32]> {
        match &self.0 {
            Some((_, secret)) => seat.derive_from(secret, label),
            None => seat.derive(label),
        }
    }

    pub fn room(&self, seat: &Seat) -> RoomId {
        RoomId(*self.derive(seat, "relay room"))
    }

    /// How a device is called there: members know it, the relay does not know who that is.
    pub fn name(&self, seat: &Seat, device: DeviceId) -> selvage_relay::DeviceId {
        selvage_relay::DeviceId(*self.derive(seat, &format!("relay device {}", hex(device))))
    }

    pub fn profile(&self, seat: &Seat, audience: &str) -> Profile {
        Profile {
            audience: audience.to_owned(),
            room: self.room(seat),
            device: self.name(seat, seat.device()),
            access: AccessKey::from_secret(&self.derive(seat, "relay access")),
        }
    }

    /// Nothing for the first room.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let parts = self.0.as_ref();
        Zeroizing::new(parts.map_or(Vec::new(), |(epoch, secret)| {
            [&epoch.0[..], &secret[..]].concat()
        }))
    }

    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        if reader.end().is_ok() {
            return Ok(Self::default());
        }
        let of = (OpId(reader.array()?), Zeroizing::new(reader.array()?));
        reader.end()?;
        Ok(Self(Some(of)))
    }
}

/// A move that was read.
pub(crate) struct Turn {
    pub(super) to: Meeting,
    /// The epoch that it was sealed under.
    pub(super) sealed: OpId,
    /// Where the first move of the room stood, if this one is not the first.
    pub(super) first: Option<Place>,
    /// Its number; of one whose key came late, that of the letter that brought the key.
    pub number: u64,
    /// This device mailed it.
    is_own: bool,
    /// It leads out of a room that was left already: this device took another one there.
    pub is_back: bool,
}

impl Turn {
    /// The same, when it was found in a room that was left.
    pub(super) fn back(self) -> Self {
        let is_back = true;
        Self { is_back, ..self }
    }
}

pub(super) fn place_bytes(place: Place) -> Vec<u8> {
    [&place.life.0[..], &place.number.to_le_bytes()].concat()
}

pub(super) fn read_place(reader: &mut Reader<'_>) -> Result<Place> {
    Ok(Place {
        life: Life(reader.array()?),
        number: reader.uint()?,
    })
}

impl Desk {
    /// Whether a removed device can enter the room in use, and where members go then. An owner begins
    /// the epoch, so there may be no place to go yet.
    pub fn move_due(&self) -> Option<OpId> {
        let (members, from) = (self.seat.members(), self.meeting.epoch());
        if members.is_private(from) {
            return None;
        }
        let to = members.private_epoch()?;
        (self.seat.has_key(to) && members.shuts_out(from, to)).then_some(to)
    }

    /// Whether this device took one out since the room in use was made.
    pub fn has_removed(&self) -> bool {
        let from: Vec<_> = self.meeting.epoch().into_iter().collect();
        let own = self.seat.device();
        let removes = |op: &selvage_trust::Op| matches!(op.action(), Action::Revoke { .. });
        let mut since = self.seat.members().since(&from);
        since.any(|op| op.author() == own && removes(op))
    }

    /// Whether a move of this device is on its way.
    pub fn has_move(&self) -> bool {
        self.outbox.iter().any(|letter| letter.what == What::Move)
    }

    /// Tells all where they meet from now on, after what they need to read that.
    pub fn post_move(&mut self, to: OpId, entropy: &mut Entropy<'_>) -> Result<()> {
        let Some(secret) = self.seat.derive_of(to, SECRET) else {
            return Ok(());
        };
        let from: Vec<_> = self.meeting.epoch().into_iter().collect();
        let ops = self.seat.members().since(&from);
        let ops: Vec<_> = ops.map(|op| op.bytes().to_vec()).collect();
        self.post_ops(&ops, entropy)?;
        let first = None;
        let from = self.meeting.room(&self.seat).0;
        let it = Move {
            from,
            to: to.0,
            secret,
            first,
        };
        self.post(Purpose::Stored, &it.to_bytes(), entropy)
    }

    /// A move leads to an epoch that a device was taken out before, and is sealed under one that this
    /// device has no key of. It can't be made by such a device, nor lead back.
    pub(super) fn judge_move(&self, meeting: &Meeting, it: &Move, letter: &[u8]) -> Option<Turn> {
        let members = self.seat.members();
        let (to, sealed) = (OpId(it.to), self.seat.epoch_of(letter)?);
        let leads_on = members.shuts_out(meeting.epoch(), to);
        let is_sealed = !members.shuts_out(Some(sealed), to);
        // One that came in without the past has the key of the seal, and not that of the room.
        let own = self.seat.derive_of(to, SECRET);
        let is_true = own.is_none_or(|own| own == it.secret);
        (leads_on && is_sealed && is_true).then(|| Turn {
            to: Meeting(Some((to, it.secret.clone()))),
            sealed,
            first: it.first,
            number: 0,
            is_own: false,
            is_back: false,
        })
    }

    /// A move came with the mail. One that is out of another room counts for nothing.
    pub(super) fn hear_move(&mut self, it: &Move, letter: &[u8]) {
        if self.is_live || it.from != self.meeting.room(&self.seat).0 || self.turn.is_some() {
            return;
        }
        match self.judge_move(&self.meeting, it, letter) {
            Some(turn) => {
                self.turn = Some(Turn {
                    number: self.number,
                    ..turn
                })
            }
            None => self.find(
                "MOVE",
                "A device tried to lead the others to another room of the relay.".into(),
                None,
                None,
            ),
        }
    }

    /// The mailbox was read up to here, and no move was before: what this device mailed up to here
    /// counts. An envelope goes out again as a whole, so its parts are done together.
    pub fn read_up_to(&mut self, number: u64, entropy: &mut Entropy<'_>) {
        let mut own_move = None;
        let counts = |letter: &&mut Outgoing| {
            !letter.counts && letter.number.is_some_and(|own| own <= number)
        };
        for letter in self.outbox.iter_mut().filter(counts) {
            letter.counts = true;
            if letter.what == What::Move {
                own_move = Some((letter.number, letter.bytes.clone()));
            }
        }
        let mut envelope = Vec::new();
        for letter in std::mem::take(&mut self.outbox) {
            let is_last = letter.what != What::Part { more: true };
            envelope.push(letter);
            if is_last {
                let is_done = envelope.iter().all(|letter| letter.counts);
                self.outbox.extend(envelope.drain(..).filter(|_| !is_done));
            }
        }
        self.outbox.extend(envelope);
        self.dirty |= self.outbox.is_empty();
        if let Some((Some(number), letter)) = own_move {
            self.number = number;
            self.received(&letter, entropy);
            if let Some(turn) = &mut self.turn {
                turn.is_own = true;
            }
        }
    }

    /// Goes where a move leads that was read while the room in use was read up to `here`. What this
    /// device said after it is said again there.
    pub fn move_on(&mut self, turn: Turn, here: Place, entropy: &mut Entropy<'_>) -> Result<()> {
        let number = if turn.is_back {
            here.number
        } else {
            turn.number
        };
        let at = Place { number, ..here };
        let meeting = std::mem::replace(&mut self.meeting, turn.to);
        self.left.push(Left {
            meeting,
            at,
            first: turn.first.filter(|_| !turn.is_back).unwrap_or(at),
            sealed: turn.sealed,
            // Others may be there who took the other move as well.
            is_due: turn.is_back,
        });
        if self.left.len() > ROOMS_LEFT_MAX {
            self.left.remove(0);
        }
        let ends = |letter: &&Outgoing| letter.what == What::Part { more: false };
        let waits = self.outbox.iter().filter(ends).count() as u64;
        let known = self.seat.admitted_all();
        self.unvouched = known.map(|(device, point)| (device, point.seq)).collect();
        if let Some(own) = self.unvouched.get_mut(&self.seat.device()) {
            *own = own.saturating_sub(waits);
        }
        self.met.clear();
        self.place = None;
        self.piles.clear();
        self.coming.clear();
        self.rebase();
        self.moved = true;
        self.dirty = true;
        self.outbox
            .retain(|letter| !matches!(letter.what, What::Move | What::Tidied));
        for letter in &mut self.outbox {
            (letter.number, letter.counts, letter.is_refused) = (None, false, false);
            // Those who came in since read this epoch alone, and the removed device reads it never.
            let plain = self.seat.decrypt(Purpose::Stored, &letter.bytes);
            let again = plain.map(|plain| self.seat.encrypt(Purpose::Stored, &plain, entropy));
            if let Ok(Ok(again)) = again {
                letter.bytes = again;
            }
        }
        let owes = turn.is_own || turn.is_back;
        self.mailbox = Mailbox {
            is_owed: owes && self.role().is_some_and(|role| role >= Role::Editor),
            is_new: true,
            ..Mailbox::default()
        };
        match owes {
            true => self.post_log(entropy),
            false => Ok(()),
        }
    }

    /// A whole came into a new room. What the removed device took away of the old one before whoever
    /// mailed the whole had it, is mailed once more: at once by the device that made it, and after a
    /// while by others that have it.
    pub(super) fn look_for_more(&mut self, whole: &Envelope) {
        let is_other = whole.signer() != self.seat.device();
        let told = (is_other && !self.unvouched.is_empty()).then(|| self.seat.vouched_in(whole));
        let Some(Ok(vouched)) = told else {
            return;
        };
        let lacks =
            |device: &DeviceId, seq: &mut u64| vouched.admitted.get(device).unwrap_or(&0) < seq;
        self.unvouched.retain(lacks);
        let may = self.role().is_some_and(|role| role >= Role::Editor);
        self.mailbox.is_owed |= may && self.unvouched.contains_key(&self.seat.device());
        self.unheard = vouched.lacking;
        self.dirty = true;
    }
}
