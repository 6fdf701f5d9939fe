//! Moves on what the clients and the seat have to say.

use super::*;
use crate::limits::LANDING_MS_MAX;
use crate::live::Way;

impl Courier {
    /// Moves everything on until it rests. What is kept is queued before what goes out.
    pub(super) fn pump(&mut self, now_ms: u64) {
        self.look_at_landing(now_ms);
        loop {
            self.keep();
            self.hand(now_ms);
            let mut is_moved = false;
            for which in Which::ALL {
                is_moved |= self.drain(which, now_ms);
            }
            self.take_turn(now_ms);
            let is_dirty = self.is_pairing_new || self.desk.as_ref().is_some_and(|desk| desk.dirty);
            if !is_moved && !is_dirty {
                break;
            }
        }
        self.look_at_rooms(now_ms);
        self.look_at_mailbox(now_ms);
        if self.is_pairing_over {
            self.end_pairing();
            self.keep();
        }
        self.look_at_leaving(now_ms);
        if self.checkpoint_at_ms.is_none() && self.desk.as_ref().is_some_and(|desk| desk.moved) {
            self.checkpoint_at_ms = Some(now_ms + CHECKPOINT_MS);
        }
    }

    /// The workspace lands all that came, or nothing of it: what rests on changes that did not come
    /// waits there. They come soon from an honest device. One that mailed all that it has may have left
    /// them out.
    fn look_at_landing(&mut self, now_ms: u64) {
        let is_open = self.room.as_ref().is_some_and(|it| it.client.is_open());
        let waits = |desk: &&mut Desk| !desk.inbox.is_empty();
        let Some(desk) = self.desk.as_mut().filter(waits) else {
            self.landing_by_ms = None;
            return;
        };
        let by_ms = self.landing_by_ms.get_or_insert(now_ms + LANDING_MS_MAX);
        if now_ms >= *by_ms {
            *by_ms = now_ms + LANDING_MS_MAX;
            // While something is not mailed, the workspace says nothing of what came.
            if is_open && desk.outbox.is_empty() {
                desk.stays_incomplete();
            }
        }
    }

    pub(super) fn keep(&mut self) {
        let is_dirty = self
            .desk
            .as_mut()
            .is_some_and(|desk| std::mem::take(&mut desk.dirty));
        // One that waits takes along what changed since.
        if std::mem::take(&mut self.is_pairing_new) || is_dirty {
            if !std::mem::replace(&mut self.is_keep_queued, true) {
                self.outputs.push_back(Output::Keep(Vec::new()));
            }
            self.outputs.push_back(Output::Changed);
        }
        let Some(desk) = &mut self.desk else { return };
        let fresh = desk.fresh();
        let parcels = desk.inbox.iter().skip(desk.inbox.len() - fresh);
        self.outputs.extend(parcels.cloned().map(Output::Parcel));
    }

    /// Hands kept letters and frames to the clients.
    pub(super) fn hand(&mut self, now_ms: u64) {
        // A relay that keeps nothing takes no letters: they go to those who are there.
        let keeps = self.keeps != Some(false);
        if let (true, Some(desk), Some(line)) = (keeps, &mut self.desk, &mut self.room) {
            for letter in desk.outbox.iter_mut().filter(|letter| !letter.handed) {
                match line
                    .client
                    .append(LetterId(letter.id), letter.bytes.clone())
                {
                    Ok(()) => letter.handed = true,
                    Err(RelayError::OutboxFull) => break,
                    Err(_) => letter.handed = true,
                }
            }
        }
        self.hand_live(now_ms);
        if let Some((pairing, line)) = &mut self.pairing {
            pairing.flush(&mut line.client, now_ms);
        }
    }

    pub(super) fn drain(&mut self, which: Which, now_ms: u64) -> bool {
        let mut is_moved = false;
        while let Some(output) = self.line(which).and_then(|line| line.client.poll(now_ms)) {
            is_moved = true;
            let socket = self.line(which).and_then(|line| line.socket);
            match (output, socket) {
                (client::Output::Dial, _) => {
                    self.sockets += 1;
                    let socket = self.sockets;
                    let address = self.relay.dialled();
                    if let Some(line) = self.line(which) {
                        line.socket = Some(socket);
                        line.retry_at_ms = None;
                    }
                    self.outputs.push_back(Output::Dial { socket, address });
                    self.outputs.push_back(Output::Changed);
                }
                (client::Output::Write(bytes), Some(socket)) => {
                    self.outputs.push_back(Output::Write { socket, bytes })
                }
                (client::Output::HangUp(reason), Some(socket)) => {
                    let code = reason.close_code();
                    self.outputs.push_back(Output::HangUp { socket, code });
                }
                (client::Output::Event(event), _) => match which {
                    Which::Room => self.hear_room(event, now_ms),
                    Which::Left => self.hear_left(event),
                    Which::Pairing => self.hear_pairing(event, now_ms),
                },
                (client::Output::Write(_) | client::Output::HangUp(_), None) => {}
            }
        }
        is_moved
    }

    pub(super) fn hear_room(&mut self, event: Event, now_ms: u64) {
        if let Event::Closed { reason, retry_ms } = event {
            if let Some(line) = &mut self.room {
                line.retry_at_ms = retry_ms.map(|wait| now_ms + wait);
                line.is_stopped |= retry_ms.is_none();
            }
            if let (Some(reason), None) = (reason, retry_ms) {
                self.problem = Some(problem(
                    "RELAY",
                    format!("The relay ended the link: {reason}."),
                    "Try again, or ask whoever runs the relay.",
                ));
            }
            self.live.relay_is_gone();
            self.outputs.push_back(Output::Changed);
            return;
        }
        let place = self.room.as_ref().and_then(|line| line.client.place());
        let read = place.map_or(0, |place| place.number);
        let Some(desk) = &mut self.desk else {
            return;
        };
        match event {
            Event::Opened { keeps } => {
                self.keeps = Some(keeps);
                if desk.entered(keeps) {
                    self.tidy_at_ms = None;
                }
            }
            Event::Joined(link, name) => self.greet(link, name),
            Event::Left(link) => self.live.left(link),
            Event::Frame { link, bytes } => {
                return self.hear_live(Way::Relay(link), &bytes, now_ms);
            }
            // What waits is handed when all that happened is worked off.
            Event::Writable(_) => return,
            Event::Restarted => {
                desk.room_is_new();
                self.tidy = tidy::Tidy::No;
                let all = desk.post_log(&mut self.random);
                if all.is_ok()
                    && desk
                        .role()
                        .is_some_and(|role| role >= selvage_trust::Role::Editor)
                {
                    desk.cursor.clear();
                    self.outputs.push_back(Output::SendAll);
                }
            }
            Event::Appended { id, number } => {
                desk.acknowledged(id, number);
                desk.read_up_to(read, &mut self.random);
                self.kept_there(id);
                self.look_at_role();
            }
            Event::Passed { number } => {
                desk.read_up_to(number, &mut self.random);
                self.look_at_role();
            }
            Event::Refused { id, refusal } => self.not_taken(id, refusal),
            Event::Letter { number, id, bytes } => {
                desk.took(number, id, &bytes, &mut self.random);
                if desk.turn.is_none() {
                    desk.read_up_to(number, &mut self.random);
                }
                self.look_at_role();
            }
            Event::SummaryBegan { covers, .. } => desk.summary_began(covers),
            Event::SummaryPart(bytes) => {
                desk.summary_part(&bytes, &mut self.random);
                self.look_at_role();
            }
            Event::SummaryEnded => {
                desk.summary_ended();
                desk.read_up_to(read, &mut self.random);
            }
            _ => {}
        }
        // What comes after a move does not count.
        self.take_turn(now_ms);
        self.outputs.push_back(Output::Changed);
    }

    pub(super) fn hear_pairing(&mut self, event: Event, now_ms: u64) {
        let Some((pairing, line)) = &mut self.pairing else {
            return;
        };
        let seat = self.desk.as_ref().map(|desk| &desk.seat);
        let met = match event {
            Event::Joined(link, _) => {
                pairing.joined(link);
                Met::Nothing
            }
            Event::Left(link) => {
                pairing.left(link);
                Met::Nothing
            }
            Event::Frame { link, bytes } => {
                pairing.heard(link, &bytes, seat, now_ms, &mut self.random)
            }
            Event::Closed { retry_ms, .. } => {
                line.is_stopped |= retry_ms.is_none();
                Met::Changed
            }
            Event::Opened { .. } => Met::Changed,
            _ => Met::Nothing,
        };
        match met {
            Met::Nothing => return,
            Met::Changed => self.is_pairing_new = true,
            Met::In(seat, meeting) => {
                if let Side::Joiner { identity, .. } = &pairing.side {
                    let mut desk = Desk::new(*seat, identity.clone());
                    desk.meeting = meeting;
                    if let Err(error) = self.sit(desk) {
                        self.problem =
                            Some(problem("PAIRING", error.to_string(), "Ask for a new link."));
                    }
                }
                self.is_pairing_over = true;
                if let Some(line) = &mut self.room {
                    line.client.tick(now_ms);
                }
            }
            Met::Over(error) => {
                self.problem = Some(problem(
                    "PAIRING",
                    format!("The devices did not come together: {error}."),
                    "Ask for a new link.",
                ));
                self.is_pairing_over = true;
            }
            Met::Done => self.is_pairing_over = true,
        }
        self.outputs.push_back(Output::Changed);
    }

    /// A device that was taken out has nothing to look for at the relay.
    pub(super) fn look_at_role(&mut self) {
        let is_out = self.desk.as_ref().is_some_and(|desk| desk.role().is_none());
        if !is_out || self.leave_by_ms.is_some() {
            return;
        }
        self.problem = Some(problem(
            "REVOKED",
            "This device was taken out. Its workspace stays here.".into(),
            "Leave, and join again with a new link.",
        ));
        // What it wrote goes out first: it may be that it left by itself.
        let is_done = self
            .desk
            .as_ref()
            .is_some_and(|desk| desk.outbox.is_empty());
        if let Some(line) = self.room.as_mut().filter(|_| is_done) {
            line.is_stopped = true;
            if let Some(socket) = line.socket.take() {
                self.outputs
                    .push_back(Output::HangUp { socket, code: 1000 });
            }
        }
    }
}
