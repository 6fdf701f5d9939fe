//! Speaks with the devices that are there.
//!
//! Where the relay keeps letters, they go by mail. Where it keeps nothing, each letter is said to all
//! who are there, and leaves the outbox when all of them took it; one that comes later says how far
//! it is, and those who have more mail all that they have.

use super::*;
use crate::live::{LetterName, Peer, Saying, Way, pieces};
use selvage_relay::LinkId;
use selvage_trust::{Heard, Purpose, Role};

impl Courier {
    /// A page says something to the pages of a device, or of all that are there. Nobody keeps it, and
    /// it may be lost.
    ///
    /// # Errors
    /// When there is no such device.
    pub fn say(&mut self, to: Option<&str>, text: &str, now_ms: u64) -> Result<()> {
        let to = to.map(named).transpose()?;
        let peers = self.live.peers.iter_mut();
        let those = peers.filter(|(device, it)| it.is_heard && to.is_none_or(|to| to == **device));
        those.for_each(|(_, peer)| peer.say(Saying::Text(text.to_owned())));
        self.pump(now_ms);
        Ok(())
    }

    /// A direct link to a device is open. It is trusted with nothing: what comes over it counts by
    /// its signature.
    ///
    /// # Errors
    /// When there is no such device.
    pub fn direct_opened(&mut self, device: &str, now_ms: u64) -> Result<()> {
        let device = named(device)?;
        if let Some(peer) = self.live.met(device, Way::Direct(device)) {
            peer.say_again();
            peer.say(Saying::Hello);
        }
        self.outputs.push_back(Output::Changed);
        self.pump(now_ms);
        Ok(())
    }

    /// A message came over the direct link to a device.
    ///
    /// # Errors
    /// When there is no such device.
    pub fn direct_received(&mut self, device: &str, bytes: &[u8], now_ms: u64) -> Result<()> {
        self.hear_live(Way::Direct(named(device)?), bytes, now_ms);
        self.pump(now_ms);
        Ok(())
    }

    /// The direct link to a device is gone.
    ///
    /// # Errors
    /// When there is no such device.
    pub fn direct_closed(&mut self, device: &str, now_ms: u64) -> Result<()> {
        self.live.direct_is_gone(named(device)?);
        self.outputs.push_back(Output::Changed);
        self.pump(now_ms);
        Ok(())
    }

    /// Somebody came into the room.
    pub(super) fn greet(&mut self, link: LinkId, name: selvage_relay::DeviceId) {
        let Some(desk) = &self.desk else { return };
        let seat = &desk.seat;
        let mut others = seat.members().iter().map(|member| member.device);
        // One that is not known here yet knows this device, and greets it.
        let is_it = |it| it != seat.device() && desk.meeting.name(seat, it) == name;
        let device = others.find(|&it| is_it(it));
        let peer = device.and_then(|device| self.live.met(device, Way::Relay(link)));
        if let Some(peer) = peer {
            peer.link = Some(link);
            peer.say(Saying::Hello);
        }
    }

    pub(super) fn hear_live(&mut self, way: Way, bytes: &[u8], now_ms: u64) {
        let Some(desk) = &mut self.desk else { return };
        if let Ok(op) = desk.seat.decrypt(Purpose::Roster, bytes) {
            // The newest key may be in it, without which nothing else can be read.
            desk.hear_op(&op, &mut self.random);
            if desk.dirty {
                self.live
                    .peers
                    .values_mut()
                    .for_each(|peer| peer.say(Saying::Hello));
            }
            return self.look_at_role();
        }
        let heard = self.live.live.hear(&desk.seat, bytes, &mut self.random);
        let (device, body) = match heard {
            Ok(Heard::Greeting(device)) => (device, None),
            Ok(Heard::Said { speaker, body }) => (speaker, Some(body)),
            Ok(Heard::Old) | Err(_) => return,
        };
        if matches!(way, Way::Direct(of) if of != device) {
            return;
        }
        let is_behind = !desk.seat.is_current(bytes);
        let Some(peer) = self.live.met(device, way) else {
            return;
        };
        if is_behind {
            // It reads nothing that is said now, before it has the key.
            peer.is_heard = false;
            peer.lacks_log = true;
            return;
        }
        let Some(body) = body else {
            // It began anew, so a direct link that it had is none any more; one that is, brings more.
            peer.is_direct = matches!(way, Way::Direct(_));
            peer.is_heard = false;
            return peer.say(Saying::Hello);
        };
        if !std::mem::replace(&mut peer.is_heard, true) {
            peer.say_again();
            peer.say(Saying::Hello);
            self.outputs.push_back(Output::Changed);
            if let (Some(false), Ok(checkpoint)) = (self.keeps, desk.checkpoint()) {
                peer.say(Saying::Have(checkpoint));
            }
        }
        match Saying::read(&body) {
            Some(Saying::Have(checkpoint)) if self.keeps == Some(false) => {
                let lacks = desk.met(&checkpoint, &mut self.random) == Ok(true);
                self.live.owes_whole |= lacks;
            }
            Some(Saying::Piece {
                letter,
                index,
                count,
                bytes,
            }) => {
                let whole = peer.piece(letter, index, count, bytes);
                whole
                    .into_iter()
                    .for_each(|whole| self.take(device, letter, &whole));
            }
            Some(Saying::Took(letter)) => {
                peer.letters.insert(letter, true);
            }
            Some(Saying::Text(text)) if peer.may_text(now_ms) => {
                let device = hex(device);
                self.outputs.push_back(Output::Said { device, text });
            }
            Some(Saying::Hello | Saying::Have(_) | Saying::Text(_)) | None => {}
        }
    }

    /// A letter is whole. That it was taken is said after what it brought is kept.
    fn take(&mut self, device: DeviceId, letter: LetterName, bytes: &[u8]) {
        let Some(desk) = &mut self.desk else { return };
        if !self.live.took(device, letter) {
            desk.heard(bytes, &mut self.random);
        }
        if let Some(peer) = self.live.peers.get_mut(&device) {
            peer.say(Saying::Took(letter));
        }
        self.look_at_role();
    }

    /// Says what waits, as far as the ways take it.
    pub(super) fn hand_live(&mut self, now_ms: u64) {
        self.look_at_latecomers();
        let peers = std::mem::take(&mut self.live.peers);
        for (device, mut peer) in peers {
            let is_member = self.is_member(device);
            if peer.lacks_log || !is_member {
                // One that was taken out hears that, and nothing else.
                peer.lacks_log = !self.bring_log(device, &peer, now_ms);
            }
            if is_member {
                self.hand_peer(device, &mut peer, now_ms);
                self.live.peers.insert(device, peer);
            }
        }
        let Some(desk) = &mut self.desk else { return };
        if self.keeps == Some(false) && desk.handed_over(|letter| self.live.is_taken(letter)) {
            for peer in self.live.peers.values_mut() {
                let waits = |id: &LetterName| desk.outbox.iter().any(|letter| letter.id == *id);
                peer.letters.retain(|id, _| waits(id));
            }
            self.outputs.push_back(Output::Changed);
            self.look_at_role();
        }
    }

    /// The log, readable without the key of the epoch in use. Gives whether all of it is on its way.
    fn bring_log(&mut self, device: DeviceId, peer: &Peer, now_ms: u64) -> bool {
        let desk = self.desk.as_ref();
        let letters = desk.map(|desk| desk.log_letters(&mut self.random));
        let Some(Ok(mut letters)) = letters.map(|it| it.map(Vec::into_iter)) else {
            return true;
        };
        letters.all(|letter| self.write_live(device, peer, letter, now_ms))
    }

    fn is_member(&self, device: DeviceId) -> bool {
        let desk = self.desk.as_ref();
        desk.is_some_and(|desk| desk.seat.members().role(device).is_some())
    }

    fn hand_peer(&mut self, device: DeviceId, peer: &mut Peer, now_ms: u64) {
        while let Some(saying) = peer.sayings.pop_front() {
            if !self.tell(device, peer, &saying, now_ms) {
                peer.sayings.push_front(saying);
                return;
            }
        }
        if !peer.is_heard || self.keeps != Some(false) {
            return;
        }
        while let Some((id, bytes)) = self.next_letter(peer) {
            let seat = self.desk.as_ref().map(|desk| &desk.seat);
            // An operation may hold the key that the message is encrypted under.
            let is_op = seat.is_some_and(|seat| seat.decrypt(Purpose::Roster, &bytes).is_ok());
            let pieces = pieces(id, &bytes);
            if is_op && !self.write_live(device, peer, bytes, now_ms)
                || !(pieces.iter()).all(|piece| self.tell(device, peer, piece, now_ms))
            {
                return;
            }
            peer.letters.insert(id, false);
        }
    }

    fn next_letter(&self, peer: &Peer) -> Option<(LetterName, Vec<u8>)> {
        let mut letters = self.desk.as_ref()?.outbox.iter();
        let next = letters.find(|letter| !peer.letters.contains_key(&letter.id))?;
        let may = peer.may_say_more();
        may.then(|| (next.id, next.bytes.clone()))
    }

    /// Gives whether it is on its way, or can never be.
    fn tell(&mut self, device: DeviceId, peer: &Peer, saying: &Saying, now_ms: u64) -> bool {
        let Some(desk) = &self.desk else { return true };
        let body = saying.to_bytes();
        let live = &mut self.live.live;
        let Ok(bytes) = live.say(&desk.seat, Some(device), &body, &mut self.random) else {
            return true;
        };
        self.write_live(device, peer, bytes, now_ms)
    }

    /// Gives whether the way took it.
    fn write_live(&mut self, device: DeviceId, peer: &Peer, bytes: Vec<u8>, now_ms: u64) -> bool {
        if peer.is_direct {
            let device = hex(device);
            self.outputs.push_back(Output::Direct { device, bytes });
            return true;
        }
        match (&mut self.room, peer.link) {
            (Some(line), Some(link)) => {
                line.client.send(now_ms, link, bytes) != Err(RelayError::WindowFull)
            }
            _ => false,
        }
    }

    /// Somebody who is there lacks changes.
    fn look_at_latecomers(&mut self) {
        let Some(desk) = &mut self.desk else { return };
        let may = desk.role().is_some_and(|role| role >= Role::Editor);
        // What was admitted and is not in the workspace yet would not be in what is mailed.
        if !self.live.owes_whole || !desk.inbox.is_empty() {
            return;
        }
        self.live.owes_whole = false;
        if may && desk.post_whole(&mut self.random) == Ok(true) {
            self.outputs.push_back(Output::SendAll);
        }
    }
}
