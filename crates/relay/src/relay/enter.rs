//! Who comes in: challenge, proof, the room's key and its change.

use super::link::Stage;
use super::{Relay, Room};
use crate::access::{Purpose, Signed, is_same};
use crate::id::{DeviceId, Life, LinkId, PublicKey, RoomId, Signature};
use crate::message::{Tell, VERSION};
use crate::reason::Reason;
use crate::store::{Read, RoomRecord, Write};
use std::collections::BTreeMap;

impl Relay {
    pub(super) fn challenge(
        &mut self,
        link: LinkId,
        version: u64,
        room: RoomId,
        device: DeviceId,
    ) -> Result<(), Reason> {
        if version != VERSION {
            return Err(Reason::Version);
        }
        if let Some(state) = self.links.get_mut(&link) {
            state.stage = Stage::Challenged(room, device);
            let nonce = state.nonce;
            self.push(link, Tell::Challenge(nonce));
        }
        Ok(())
    }

    pub(super) fn enter(
        &mut self,
        store: &dyn Read,
        link: LinkId,
        id: RoomId,
        device: DeviceId,
        key: PublicKey,
        signature: Signature,
    ) -> Result<(), Reason> {
        let life = self.check(link, id, Purpose::Enter(device), &key, &signature)?;
        self.load(store, id, key, life)?;
        let Some(room) = self.rooms.get(&id) else {
            return Err(Reason::Storage);
        };
        let before = room.links.iter().find(|(_, it)| **it == device);
        let before = before.map(|(link, _)| *link);
        let denied = !is_same(&room.record.key, &key);
        let full = before.is_none() && room.links.len() >= self.limits.room_links_max;
        if denied || full {
            if room.links.is_empty() {
                self.rooms.remove(&id);
            }
            return Err(if denied { Reason::Denied } else { Reason::Full });
        }
        let peers: Vec<_> = room
            .links
            .iter()
            .filter(|(link, _)| Some(**link) != before)
            .map(|(link, device)| (*link, *device))
            .collect();
        let welcome = Tell::Welcome {
            life: room.record.life,
            keeps: self.keeps,
            last: room.shown.last,
            link,
            peers,
        };
        if let Some(room) = self.rooms.get_mut(&id) {
            room.links.insert(link, device);
        }
        if let Some(state) = self.links.get_mut(&link) {
            state.stage = Stage::In(id);
            state.key = Some(key);
        }
        self.push(link, welcome);
        if let Some(before) = before {
            self.end(before, Reason::Replaced);
        }
        for other in self.others(id, link) {
            self.push(other, Tell::Joined(link, device));
        }
        Ok(())
    }

    /// Whether a link holds a key; gives the life that the link may give to a new room.
    fn check(
        &self,
        link: LinkId,
        room: RoomId,
        purpose: Purpose,
        key: &PublicKey,
        signature: &Signature,
    ) -> Result<Life, Reason> {
        let state = self.links.get(&link).ok_or(Reason::Protocol)?;
        let signed = Signed {
            audience: &state.audience,
            nonce: &state.nonce,
            room: &room,
            purpose,
        };
        let is_signed = signed.is_signed(key, signature);
        is_signed.then_some(state.life).ok_or(Reason::Denied)
    }

    /// Brings a room into memory. One that nobody has made is made there, and kept when there is
    /// something in it: where two devices meet once, nothing is left.
    fn load(
        &mut self,
        store: &dyn Read,
        id: RoomId,
        key: PublicKey,
        life: Life,
    ) -> Result<(), Reason> {
        if self.rooms.contains_key(&id) {
            return Ok(());
        }
        let kept = if self.keeps { store.room(&id)? } else { None };
        let flight = self.flight.as_ref();
        let flight = flight.and_then(|flight| flight.rooms.get(&id));
        let staged = self.staged.rooms.get(&id).or(flight).cloned();
        let is_kept = staged.is_some() || kept.is_some();
        if !is_kept && self.rooms.len() as u64 >= self.limits.rooms_max {
            return Err(Reason::Full);
        }
        let shown = kept.unwrap_or_else(|| RoomRecord::new(key, life));
        let left = if staged.is_none() { shown.uploading } else { 0 };
        let room = Room {
            record: staged.unwrap_or_else(|| shown.clone()),
            shown,
            links: BTreeMap::new(),
            is_kept,
            uploader: None,
        };
        self.rooms.insert(id, room);
        if left != 0 {
            self.drop_upload(id);
        }
        Ok(())
    }

    /// From now on a room is kept, if there is a place for it.
    pub(super) fn keep(&mut self, store: &dyn Read, id: RoomId) -> Result<(), Reason> {
        let Some(room) = self.rooms.get_mut(&id) else {
            return Ok(());
        };
        if room.is_kept || !self.keeps {
            return Ok(());
        }
        let flight = self.flight.as_ref().map_or(0, |flight| flight.made);
        if store.rooms()? + flight + self.staged.made >= self.limits.rooms_max {
            return Err(Reason::Full);
        }
        room.is_kept = true;
        self.staged.made += 1;
        Ok(())
    }

    /// Stages writes together with the room's record.
    pub(super) fn stage(&mut self, id: RoomId, writes: Vec<Write>) {
        let Some(room) = self.rooms.get(&id) else {
            return;
        };
        if !self.keeps {
            return;
        }
        self.staged.rooms.insert(id, room.record.clone());
        for write in writes {
            let bytes = match &write {
                Write::Letter { bytes, .. } => bytes.as_ref().map_or(0, Vec::len),
                Write::Part { bytes, .. } => bytes.len(),
                _ => 0,
            };
            self.staged.bytes += bytes + size_of::<Write>();
            self.staged.writes.push(write);
        }
    }

    pub(super) fn rotate(
        &mut self,
        store: &dyn Read,
        link: LinkId,
        id: RoomId,
        key: PublicKey,
        signature: Signature,
    ) -> Result<(), Reason> {
        let old = self.links.get(&link).and_then(|state| state.key);
        let old = old.ok_or(Reason::Protocol)?;
        self.check(link, id, Purpose::Rotate(key), &old, &signature)?;
        self.keep(store, id)?;
        let Some(room) = self.rooms.get_mut(&id) else {
            return Ok(());
        };
        if !is_same(&room.record.key, &old) {
            return Err(Reason::Rotated);
        }
        room.record.key = key;
        if self.keeps {
            self.stage(id, Vec::new());
            self.staged.rotated.push((id, link));
        } else {
            self.finish_rotation(id, link);
        }
        Ok(())
    }

    /// The new key is kept: all that entered with another one are out.
    pub(super) fn finish_rotation(&mut self, id: RoomId, by: LinkId) {
        self.push(by, Tell::Rotated);
        let Some(room) = self.rooms.get(&id) else {
            return;
        };
        let key = room.record.key;
        let out: Vec<_> = room.links.keys().copied().collect();
        for link in out {
            let entered = self.links.get(&link).and_then(|state| state.key);
            if !entered.is_some_and(|entered| is_same(&entered, &key)) {
                self.end(link, Reason::Rotated);
            }
        }
    }
}
