//! The bytes that are kept.

use super::*;

impl Desk {
    pub fn write(&self, out: &mut Vec<u8>) {
        put(out, &self.identity);
        put(out, &self.seat.to_bytes());
        put(out, &self.cursor);
        let place = self
            .place
            .map(|place| [&place.life.0[..], &place.number.to_le_bytes()].concat());
        put(out, &place.unwrap_or_default());
        put_list(out, self.outbox.iter().map(|letter| &letter.id[..]));
        put_list(out, self.outbox.iter().map(|letter| &letter.bytes[..]));
        put_list(out, self.inbox.iter().map(Vec::as_slice));
        put_list(out, self.locked.iter().map(Vec::as_slice));
        put_list(out, self.waiting.iter().map(Vec::as_slice));
        let parts: Vec<_> = self
            .piles
            .iter()
            .flat_map(|(id, pile)| {
                pile.0
                    .iter()
                    .map(move |(index, bytes)| [&id[..], &index.to_le_bytes(), bytes].concat())
            })
            .collect();
        put_list(out, parts.iter().map(Vec::as_slice));
        let base: Vec<_> = self
            .base
            .iter()
            .map(|(id, seq)| [&id.0[..], &seq.to_le_bytes()].concat())
            .collect();
        put_list(out, base.iter().map(Vec::as_slice));
        let findings: Vec<_> = self.findings.iter().map(Found::to_bytes).collect();
        put_list(out, findings.iter().map(Vec::as_slice));
        put_list(out, self.aside.iter().map(Vec::as_slice));
        let Mailbox {
            bytes,
            whole,
            is_owed,
        } = self.mailbox;
        for count in [bytes, whole, u64::from(is_owed)] {
            out.extend(count.to_le_bytes());
        }
    }

    pub fn read(reader: &mut Reader<'_>, has_mailbox: bool) -> Result<Self> {
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
                is_refused: false,
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
        let findings = has_mailbox.then(|| reader.list()).transpose()?;
        for finding in findings.into_iter().flatten() {
            desk.findings.extend(Found::read(&finding)?);
        }
        if has_mailbox {
            desk.aside = reader.list()?.into();
            desk.mailbox = Mailbox {
                bytes: reader.uint()?,
                whole: reader.uint()?,
                is_owed: reader.uint()? != 0,
            };
        }
        desk.dirty = false;
        Ok(desk)
    }
}
