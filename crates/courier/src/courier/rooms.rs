//! Goes to another room of the relay when a device was taken out, and looks into the rooms that were
//! left, for those who were away.

use super::*;
use crate::desk::{Left, summary_of};
use crate::limits::{LOOK_BYTES_MAX, TIDY_WAIT_MS};
use selvage_relay::RoomId;
use selvage_relay::client::Place;
use selvage_trust::{OpId, Role};

/// A look into a room that was left.
pub(super) struct Look {
    pub line: Line,
    /// Which of the rooms.
    room: RoomId,
    /// A move that is there, with the epoch that it is sealed under.
    found: Option<(u64, OpId)>,
    read_bytes: usize,
    /// What is mailed there: the move is there again when the relay kept it.
    mailed: Option<Mailed>,
}

struct Mailed {
    /// The last letter, or the summary.
    id: LetterId,
    sealed: OpId,
    letters: Vec<Vec<u8>>,
    /// The room has no place for them.
    is_refused: bool,
}

impl Courier {
    /// Tells the others to go elsewhere, when a removed device can enter the room in use. Whoever
    /// took it out does so at once, and the others when that device did not.
    pub(super) fn look_at_rooms(&mut self, now_ms: u64) {
        self.move_wake_ms = None;
        self.look_into_left(now_ms);
        let Some(desk) = self.desk.as_mut().filter(|_| self.keeps == Some(true)) else {
            return;
        };
        let unheard = std::mem::take(&mut desk.unheard);
        if let Err(error) = desk.post_ops(&unheard, &mut self.random) {
            return self.cannot_move(&error);
        }
        let may = desk.role().is_some_and(|role| role >= Role::Editor);
        let Some(to) = desk.move_due().filter(|_| may && !desk.has_move()) else {
            self.move_at_ms = None;
            return;
        };
        let wait_ms = match desk.has_removed() {
            true => 0,
            false => TIDY_WAIT_MS + u64::from_le_bytes(random(&mut self.random)) % TIDY_WAIT_MS,
        };
        let at_ms = *self.move_at_ms.get_or_insert(now_ms + wait_ms);
        if now_ms < at_ms {
            self.move_wake_ms = Some(at_ms);
            return;
        }
        if let Err(error) = desk.post_move(to, &mut self.random) {
            self.cannot_move(&error);
        }
    }

    fn cannot_move(&mut self, error: &CourierError) {
        self.problem = Some(problem(
            "MOVE",
            format!("The devices can't go to another room of the relay: {error}."),
            "Reload the page, or use another relay.",
        ));
    }

    /// Goes where a move leads that was read.
    pub(super) fn take_turn(&mut self, now_ms: u64) {
        let (Some(desk), Some(line)) = (&mut self.desk, &mut self.room) else {
            return;
        };
        let Some((turn, place)) = desk.turn.take().zip(line.client.place()) else {
            return;
        };
        if let Some(socket) = line.socket.take() {
            let code = 1000;
            self.outputs.push_back(Output::HangUp { socket, code });
        }
        (self.tidy, self.tidy_at_ms, self.is_full) = (tidy::Tidy::No, None, false);
        let moved = desk.move_on(turn, place, &mut self.random);
        if let Err(error) = moved.and_then(|()| self.enter()) {
            self.cannot_move(&error);
        }
        if let Some(line) = self.room.as_mut().filter(|line| !line.is_stopped) {
            line.client.tick(now_ms);
        }
        self.outputs.push_back(Output::Changed);
    }

    /// One room at a time, while the room in use can be entered.
    fn look_into_left(&mut self, now_ms: u64) {
        if self.look.as_ref().is_some_and(|look| look.line.is_stopped) {
            self.end_look();
        }
        let is_open = self.room.as_ref().is_some_and(|it| it.client.is_open());
        let Some(desk) = self
            .desk
            .as_mut()
            .filter(|_| is_open && self.keeps == Some(true))
        else {
            return;
        };
        desk.look_for_those_apart();
        let may = desk.role().is_some_and(|role| role >= Role::Editor);
        let left = desk.left.iter().find(|left| left.is_due);
        let Some(left) = left.filter(|_| may && self.look.is_none()) else {
            return;
        };
        // The letter before the move is known, so the move comes first, if it is there.
        let before = Place {
            number: left.at.number.saturating_sub(1),
            ..left.at
        };
        let profile = left.meeting.profile(&desk.seat, &self.relay.audience);
        let room = profile.room;
        if let Ok(mut client) = Client::new(profile, Some(before)) {
            client.tick(now_ms);
            self.look = Some(Look {
                line: Line::new(client),
                room,
                found: None,
                read_bytes: 0,
                mailed: None,
            });
        }
    }

    /// What comes out of a room that was left: the move, or that it is not there any more.
    pub(super) fn hear_left(&mut self, event: Event) {
        let (Some(desk), Some(look)) = (&mut self.desk, &mut self.look) else {
            return;
        };
        let mut rooms = desk.left.iter().map(|left| left.meeting.room(&desk.seat));
        let at = rooms.position(|room| room == look.room);
        let (Some(at), Some(place)) = (at, look.line.client.place()) else {
            look.line.is_stopped = true;
            return;
        };
        match event {
            Event::Closed { retry_ms, .. } => look.line.is_stopped |= retry_ms.is_none(),
            Event::Opened { keeps } => {
                look.line.is_stopped |= !keeps;
                if keeps && look.mailed.is_none() && desk.is_apart(at) {
                    // Nor could that device read what the others said since.
                    desk.mailbox.is_new = true;
                    self.mail_again(at);
                }
            }
            // A summary of this device, which has the move in it.
            Event::Passed { number } if number == desk.left[at].at.number => {
                look.found = Some((number, desk.left[at].sealed));
            }
            Event::Letter { number, bytes, .. } => {
                look.read_bytes += bytes.len();
                let sealed = desk.heard_in_left(at, &bytes, place, &mut self.random);
                look.found = sealed.map(|sealed| (number, sealed)).or(look.found);
                if look.mailed.as_ref().is_some_and(|it| it.is_refused) {
                    self.put_first(number);
                }
            }
            Event::Appended { id, number } => {
                let mailed = look.mailed.as_ref().filter(|mailed| mailed.id == id);
                if let Some(sealed) = mailed.map(|mailed| mailed.sealed) {
                    self.is_there(at, place, number, sealed);
                }
            }
            Event::Refused { id, .. } => {
                let mailed = look.mailed.as_mut().filter(|mailed| mailed.id == id);
                let was_refused = mailed.map(|it| std::mem::replace(&mut it.is_refused, true));
                if was_refused == Some(false) {
                    self.put_first(place.number);
                }
            }
            _ => {}
        }
        self.look_is_over(at, place);
    }

    /// All was read that was there, or more than is worth while.
    fn look_is_over(&mut self, at: usize, place: Place) {
        let Some(look) = self.look.as_mut().filter(|look| look.mailed.is_none()) else {
            return;
        };
        let client = &mut look.line.client;
        if look.read_bytes > LOOK_BYTES_MAX {
            client.mail_unread();
        }
        let is_read = client.has_read();
        match look.found {
            _ if !client.is_open() || !is_read => {}
            Some((number, sealed)) => self.is_there(at, place, number, sealed),
            None => self.mail_again(at),
        }
    }

    /// The move is where devices that were away find it.
    fn is_there(&mut self, at: usize, place: Place, number: u64, sealed: OpId) {
        if let Some(desk) = &mut self.desk {
            desk.left[at].at = Place { number, ..place };
            desk.left[at].sealed = sealed;
            desk.dirty = true;
        }
        self.end_look();
    }

    fn mail_again(&mut self, at: usize) {
        let (Some(desk), Some(look)) = (&self.desk, &mut self.look) else {
            return;
        };
        let Ok((sealed, letters)) = desk.letters_for_left(at, &mut self.random) else {
            return self.end_look();
        };
        let mut id = LetterId(random(&mut self.random));
        for letter in &letters {
            id = LetterId(random(&mut self.random));
            if look.line.client.append(id, letter.clone()).is_err() {
                return self.end_look();
            }
        }
        look.mailed = Some(Mailed {
            id,
            sealed,
            letters,
            is_refused: false,
        });
    }

    /// The removed device filled the room, which takes nothing but a summary then.
    fn put_first(&mut self, covers: u64) {
        let Some(look) = &mut self.look else { return };
        let Some(mailed) = &mut look.mailed else {
            return;
        };
        let id = LetterId(random(&mut self.random));
        let summary = summary_of(&mailed.letters);
        if covers > 0 && look.line.client.summarize(id, covers, summary).is_ok() {
            mailed.id = id;
        }
    }

    fn end_look(&mut self) {
        let (Some(desk), Some(look)) = (&mut self.desk, self.look.take()) else {
            return;
        };
        let seat = &desk.seat;
        let is_it = |left: &&mut Left| left.meeting.room(seat) == look.room;
        desk.left
            .iter_mut()
            .filter(is_it)
            .for_each(|left| left.is_due = false);
        if let Some(socket) = look.line.socket {
            let code = 1000;
            self.outputs.push_back(Output::HangUp { socket, code });
        }
    }
}
