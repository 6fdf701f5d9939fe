//! Letters and summaries that come in: numbered, named, counted, staged.

use super::Relay;
use super::link::Upload;
use crate::id::{LetterId, LinkId, RoomId};
use crate::limits::{IDS_KEPT_MAX, LETTER_COST_BYTES, PART_BYTES, SUMMARY_BYTES_MAX};
use crate::message::Tell;
use crate::reason::{Reason, Refusal};
use crate::store::{Mark, Read, Write};

impl Relay {
    pub(super) fn append(
        &mut self,
        store: &dyn Read,
        link: LinkId,
        room: RoomId,
        id: LetterId,
        bytes: Vec<u8>,
    ) -> Result<(), Reason> {
        if !self.keeps {
            return self.refuse_letter(link, id, Refusal::NotKept);
        }
        if self.is_known(store, link, room, id)? {
            return Ok(());
        }
        self.keep(store, room)?;
        let cost = bytes.len() as u64 + LETTER_COST_BYTES;
        let bytes_max = self.limits.room_bytes_max;
        let Some(state) = self.rooms.get(&room) else {
            return Ok(());
        };
        if state.record.letters_bytes() + cost > bytes_max {
            return self.refuse_letter(link, id, Refusal::RoomFull);
        }
        self.number(link, room, id, cost, Some(bytes), Vec::new());
        Ok(())
    }

    fn refuse_letter(
        &mut self,
        link: LinkId,
        id: LetterId,
        refusal: Refusal,
    ) -> Result<(), Reason> {
        self.push(link, Tell::Refused { id, refusal });
        Ok(())
    }

    /// Whether a letter came before. If so, it is acknowledged, or will be when it is durable.
    fn is_known(
        &mut self,
        store: &dyn Read,
        link: LinkId,
        room: RoomId,
        id: LetterId,
    ) -> Result<bool, Reason> {
        for staged in self.flight.iter_mut().chain([&mut self.staged]) {
            if let Some(number) = staged.ids.get(&(room, id)) {
                staged.acknowledged.push((link, id, *number));
                return Ok(true);
            }
        }
        let Some(number) = store.number(&room, &id)? else {
            return Ok(false);
        };
        self.push(link, Tell::Appended { id, number });
        Ok(true)
    }

    /// Gives the next number to a letter or a summary, and stages it.
    fn number(
        &mut self,
        link: LinkId,
        id: RoomId,
        letter: LetterId,
        cost: u64,
        bytes: Option<Vec<u8>>,
        more: Vec<Write>,
    ) {
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        room.record.last += 1;
        room.record.total += cost;
        let number = room.record.last;
        let mark = Mark {
            id: letter,
            total: room.record.total,
            is_summary: bytes.is_none(),
        };
        let mut writes = vec![Write::Letter {
            room: id,
            number,
            mark,
            bytes,
        }];
        writes.extend(more);
        self.stage(id, writes);
        self.staged.ids.insert((id, letter), number);
        self.staged.acknowledged.push((link, letter, number));
        if let Some(state) = self.links.get_mut(&link) {
            state.wrote(number);
        }
    }

    pub(super) fn summarize(
        &mut self,
        store: &dyn Read,
        link: LinkId,
        id: RoomId,
        letter: LetterId,
        covers: u64,
        len: u64,
    ) -> Result<(), Reason> {
        let uploads = self.links.get(&link).is_some_and(|it| it.upload.is_some());
        if uploads {
            return Err(Reason::Protocol);
        }
        if !self.keeps {
            return self.refuse_letter(link, letter, Refusal::NotKept);
        }
        if self.is_known(store, link, id, letter)? {
            return Ok(());
        }
        let Some(room) = self.rooms.get_mut(&id) else {
            return Ok(());
        };
        let refusal = if len == 0 || len > SUMMARY_BYTES_MAX {
            Some(Refusal::Length)
        } else if covers <= room.record.covers || covers > room.shown.last {
            Some(Refusal::Stale)
        } else if room.uploader.is_some() {
            Some(Refusal::Busy)
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return self.refuse_letter(link, letter, refusal);
        }
        room.record.uploads += 1;
        room.record.uploading = room.record.uploads;
        room.uploader = Some(link);
        let upload = room.record.uploads;
        self.stage(id, Vec::new());
        if let Some(state) = self.links.get_mut(&link) {
            state.upload = Some(Upload {
                id: letter,
                upload,
                covers,
                len,
                arrived: 0,
                index: 0,
            });
        }
        self.push(link, Tell::Go { id: letter });
        Ok(())
    }

    pub(super) fn part(
        &mut self,
        store: &dyn Read,
        link: LinkId,
        room: RoomId,
        bytes: Vec<u8>,
    ) -> Result<(), Reason> {
        let state = self.links.get_mut(&link);
        let upload = state.and_then(|state| state.upload.as_mut());
        let upload = upload.ok_or(Reason::Protocol)?;
        // All parts but the last have one length, so that their number is bounded.
        if bytes.len() as u64 != (upload.len - upload.arrived).min(PART_BYTES as u64) {
            return Err(Reason::Protocol);
        }
        upload.arrived += bytes.len() as u64;
        let index = upload.index;
        upload.index += 1;
        let upload = *upload;
        let part = Write::Part {
            room,
            upload: upload.upload,
            index,
            bytes,
        };
        self.stage(room, vec![part]);
        if upload.arrived < upload.len {
            return Ok(());
        }
        self.land(store, link, room, &upload)
    }

    /// A summary is whole: it takes the place of what it covers, in one batch.
    fn land(
        &mut self,
        store: &dyn Read,
        link: LinkId,
        id: RoomId,
        upload: &Upload,
    ) -> Result<(), Reason> {
        let covered = store.mark(&id, upload.covers)?.ok_or(Reason::Storage)?;
        if let Some(state) = self.links.get_mut(&link) {
            state.upload = None;
        }
        let Some(room) = self.rooms.get_mut(&id) else {
            return Ok(());
        };
        room.uploader = None;
        let record = &mut room.record;
        let mut drops = vec![Write::DropLetters(id, upload.covers)];
        if record.summary != 0 {
            drops.push(Write::DropParts(id, record.summary));
        }
        let forgotten = upload.covers.saturating_sub(IDS_KEPT_MAX);
        if forgotten > record.forgotten {
            record.forgotten = forgotten;
            drops.push(Write::DropMarks(id, forgotten));
        }
        record.covers = upload.covers;
        record.total_covered = covered.total;
        record.summary = upload.upload;
        record.summary_len = upload.len;
        record.uploading = 0;
        self.number(link, id, upload.id, LETTER_COST_BYTES, None, drops);
        Ok(())
    }

    /// A summary does not become whole any more.
    pub(super) fn drop_upload(&mut self, id: RoomId) {
        let Some(room) = self.rooms.get_mut(&id) else {
            return;
        };
        room.uploader = None;
        let upload = std::mem::take(&mut room.record.uploading);
        self.stage(id, vec![Write::DropParts(id, upload)]);
    }

    pub(super) fn fetch(&mut self, link: LinkId, room: RoomId, since: u64) -> Result<(), Reason> {
        let last = self.rooms.get(&room).map_or(0, |room| room.shown.last);
        let Some(state) = self.links.get_mut(&link) else {
            return Ok(());
        };
        if state.cursor.is_some() || since > last {
            return Err(Reason::Protocol);
        }
        state.cursor = Some(since);
        self.ready.insert(link);
        Ok(())
    }
}
