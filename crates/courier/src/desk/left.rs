//! Rooms that the members left: where devices that were away look for them.

use super::rooms::{Meeting, place_bytes, read_place};
use super::*;
use crate::letter::{Entry, Move};
use selvage_trust::OpId;

/// A room that the members left. Devices that were away know no other one.
pub(crate) struct Left {
    pub meeting: Meeting,
    /// Where its move is, as far as this device knows.
    pub at: Place,
    /// Where its first move was.
    pub first: Place,
    /// The epoch that the move is sealed under.
    pub sealed: OpId,
    /// It is to be looked into.
    pub is_due: bool,
}

impl Left {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, &self.meeting.to_bytes());
        out.extend(place_bytes(self.at));
        out.extend(place_bytes(self.first));
        out.extend(self.sealed.0);
        out
    }

    /// It is looked into whenever a device starts.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader(bytes);
        let left = Self {
            meeting: Meeting::read(reader.bytes()?)?,
            at: read_place(&mut reader)?,
            first: read_place(&mut reader)?,
            sealed: OpId(reader.array()?),
            is_due: true,
        };
        reader.end()?;
        Ok(left)
    }
}

impl Desk {
    /// The move out of a room that was left, to the room in use: after the log, as letters for those
    /// who lack it.
    pub fn letters_for_left(
        &self,
        at: usize,
        entropy: &mut Entropy<'_>,
    ) -> Result<(OpId, Vec<Vec<u8>>)> {
        let left = &self.left[at];
        let mut letters = self.log_letters(entropy)?;
        let Some((to, secret)) = self.meeting.0.clone() else {
            return Err(CourierError::NotNow("nobody left the first room"));
        };
        let it = Move {
            from: left.meeting.room(&self.seat).0,
            to: to.0,
            secret,
            first: Some(left.first),
        };
        let letter = self
            .seat
            .encrypt(Purpose::Stored, &it.to_bytes(), entropy)?;
        let sealed = self.seat.epoch_of(&letter).unwrap_or(to);
        letters.push(letter);
        Ok((sealed, letters))
    }

    /// A letter of a room that was left: the epoch that it is sealed under, if it is a move that counts
    /// there. One that stood before the move that this device took is the one to take: the removed device
    /// threw it away before it was read here.
    pub fn heard_in_left(
        &mut self,
        at: usize,
        letter: &[u8],
        place: Place,
        entropy: &mut Entropy<'_>,
    ) -> Option<OpId> {
        if let Ok(op) = self.seat.decrypt(Purpose::Roster, letter) {
            self.hear_op(&op, entropy);
            return None;
        }
        let meeting = &self.left[at].meeting;
        let plain = self.seat.decrypt(Purpose::Stored, letter).ok()?;
        let turn = match Entry::read(&plain)? {
            Entry::Move(it) if it.from == meeting.room(&self.seat).0 => {
                self.judge_move(meeting, &it, letter)?
            }
            _ => return None,
        };
        let sealed = turn.sealed;
        let (first, known) = (turn.first.unwrap_or(place), self.left[at].first);
        let to = turn.to.epoch();
        let is_new =
            to != self.meeting.epoch() && self.left.iter().all(|it| it.meeting.epoch() != to);
        if is_new && (first.life.0, first.number) < (known.life.0, known.number) {
            self.left[at].first = first;
            self.turn = Some(turn.back());
        }
        // One that stood later leads astray, and is no reason not to mail the first one again.
        (first == self.left[at].first).then_some(sealed)
    }

    /// A device was in the room in use. When all were, nobody looks for them elsewhere.
    pub(super) fn has_met(&mut self, device: DeviceId) {
        if self.left.is_empty() || self.is_live {
            return;
        }
        self.met.insert(device);
        let own = self.seat.device();
        let members = self.seat.members();
        let is_there = |device| device == own || self.met.contains(&device);
        if members.iter().all(|member| is_there(member.device)) {
            self.left.clear();
        }
        self.dirty = true;
    }

    /// Whether a device may be in a room that was left without the key that the move there is sealed
    /// under: one that was added while the others moved.
    pub fn is_apart(&self, at: usize) -> bool {
        let (members, sealed) = (self.seat.members(), self.left[at].sealed);
        let mut apart = members.apart(sealed);
        let is_away = |device| !self.met.contains(&device) && device != self.seat.device();
        members.private_epoch().is_some_and(|epoch| epoch != sealed) && apart.any(is_away)
    }

    /// Such rooms are looked into at once.
    pub fn look_for_those_apart(&mut self) {
        for at in 0..self.left.len() {
            self.left[at].is_due |= self.is_apart(at);
        }
    }
}
