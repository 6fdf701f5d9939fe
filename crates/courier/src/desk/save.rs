//! The bytes that are kept.

use super::rooms::{place_bytes, read_place};
use super::*;

/// How far each signer was known.
fn put_places(out: &mut Vec<u8>, places: &BTreeMap<DeviceId, u64>) {
    let places = places.iter();
    let places = places.map(|(id, seq)| [&id.0[..], &seq.to_le_bytes()].concat());
    let places: Vec<_> = places.collect();
    put_list(out, places.iter().map(Vec::as_slice));
}

fn read_places(reader: &mut Reader<'_>) -> Result<BTreeMap<DeviceId, u64>> {
    let mut places = BTreeMap::new();
    for place in reader.list()? {
        let mut place = Reader(&place);
        places.insert(DeviceId(place.array()?), place.uint()?);
    }
    Ok(places)
}

impl Desk {
    pub fn write(&self, out: &mut Vec<u8>) {
        put(out, &self.identity);
        put(out, &self.seat.to_bytes());
        put(out, &self.cursor);
        put(out, &self.place.map(place_bytes).unwrap_or_default());
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
        put_places(out, &self.base);
        let findings: Vec<_> = self.findings.iter().map(Found::to_bytes).collect();
        put_list(out, findings.iter().map(Vec::as_slice));
        put_list(out, self.aside.iter().map(Vec::as_slice));
        let Mailbox {
            bytes,
            whole,
            is_owed,
            is_new,
        } = self.mailbox;
        let flags = [is_owed, is_new, self.is_passing].map(u64::from);
        for count in [bytes, whole].into_iter().chain(flags) {
            out.extend(count.to_le_bytes());
        }
        put_places(out, &self.unvouched);
        put(out, &self.meeting.to_bytes());
        let left: Vec<_> = self.left.iter().map(Left::to_bytes).collect();
        put_list(out, left.iter().map(Vec::as_slice));
        put_list(out, self.met.iter().map(|device| &device.0[..]));
    }

    /// Bytes of format 1 end before the findings, and those of format 2 before the rooms.
    pub fn read(reader: &mut Reader<'_>, format: u8) -> Result<Self> {
        let identity = Zeroizing::new(reader.bytes()?.to_vec());
        let seat = Seat::from_bytes(Identity::from_bytes(&identity)?, reader.bytes()?)?;
        let mut desk = Self::new(seat, identity);
        desk.cursor = reader.bytes()?.to_vec();
        let mut place = Reader(reader.bytes()?);
        if place.end().is_err() {
            desk.place = Some(read_place(&mut place)?);
        }
        let ids = reader.list()?;
        for (id, bytes) in ids.iter().zip(reader.list()?) {
            let plain = desk.seat.decrypt(Purpose::Stored, &bytes);
            let what = plain.map_or(What::Other, |plain| What::of(Purpose::Stored, &plain));
            let letter = Outgoing::new(Reader(id).array()?, bytes, what);
            desk.outbox.push_back(letter);
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
        desk.base = read_places(reader)?;
        if format > 1 {
            for finding in reader.list()? {
                desk.findings.extend(Found::read(&finding)?);
            }
            desk.aside = reader.list()?.into();
            desk.mailbox = Mailbox {
                bytes: reader.uint()?,
                whole: reader.uint()?,
                is_owed: reader.uint()? != 0,
                is_new: format > 2 && reader.uint()? != 0,
            };
        }
        if format > 2 {
            desk.is_passing = reader.uint()? != 0;
            desk.unvouched = read_places(reader)?;
            desk.meeting = Meeting::read(reader.bytes()?)?;
            for left in reader.list()? {
                desk.left.push(Left::read(&left)?);
            }
            for device in reader.list()? {
                desk.met.insert(DeviceId(Reader(&device).array()?));
            }
        } else if !desk.seat.members().is_private(None) {
            // A move that came before this version knew of moves was passed over.
            desk.place = None;
            desk.rebase();
        }
        desk.dirty = false;
        Ok(desk)
    }
}
