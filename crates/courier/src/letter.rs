//! What stands in a letter under its seal, and parts that become whole again.

use crate::limits::{PARCEL_BYTES_MAX, PART_BYTES};
use crate::saved::Reader;
use selvage_relay::Life;
use selvage_relay::client::Place;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// What one decrypted entry is.
pub(crate) enum Entry<'a> {
    Part {
        parcel: [u8; 16],
        index: u32,
        count: u32,
        bytes: &'a [u8],
    },
    Checkpoint(&'a [u8]),
    /// A device threw away what was before its whole, which has so many bytes.
    Tidied(u64),
    /// From here on the members meet elsewhere.
    Move(Move),
}

/// Where the members meet from now on.
pub(crate) struct Move {
    /// The room that it leads out of.
    pub from: [u8; 32],
    /// The epoch whose room it leads to, and that room's secret.
    pub to: [u8; 32],
    pub secret: Zeroizing<[u8; 32]>,
    /// Where the first move stood, when it is mailed again.
    pub first: Option<Place>,
}

impl Move {
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = [&[4], &self.from[..], &self.to, &self.secret[..]].concat();
        if let Some(first) = self.first {
            out.extend(first.life.0);
            out.extend(first.number.to_le_bytes());
        }
        Zeroizing::new(out)
    }

    fn read(reader: &mut Reader<'_>) -> crate::Result<Self> {
        Ok(Self {
            from: reader.array()?,
            to: reader.array()?,
            secret: Zeroizing::new(reader.array()?),
            first: match reader.end() {
                Ok(()) => None,
                Err(_) => Some(Place {
                    life: Life(reader.array()?),
                    number: reader.uint()?,
                }),
            },
        })
    }
}

/// An envelope is a little longer than its parcel.
const PARTS_MAX: u32 = (PARCEL_BYTES_MAX / PART_BYTES) as u32 + 2;

impl<'a> Entry<'a> {
    pub fn read(plain: &'a [u8]) -> Option<Self> {
        let (kind, rest) = plain.split_first()?;
        if *kind == 2 {
            return Some(Self::Checkpoint(rest));
        }
        let mut reader = Reader(rest);
        if *kind == 3 {
            let bytes = reader.uint().ok()?;
            return reader.end().is_ok().then_some(Self::Tidied(bytes));
        }
        if *kind == 4 {
            let it = Move::read(&mut reader).ok()?;
            return reader.end().is_ok().then_some(Self::Move(it));
        }
        let parcel = reader.array().ok()?;
        let index = u32::from_le_bytes(reader.array().ok()?);
        let count = u32::from_le_bytes(reader.array().ok()?);
        let fits = *kind == 1 && index < count && count <= PARTS_MAX;
        fits.then_some(Self::Part {
            parcel,
            index,
            count,
            bytes: reader.0,
        })
    }
}

/// The plain text of each letter of an envelope.
pub(crate) fn parts(parcel: [u8; 16], envelope: &[u8]) -> Vec<Vec<u8>> {
    let count = (envelope.len().div_ceil(PART_BYTES) as u32).to_le_bytes();
    let cut = envelope.chunks(PART_BYTES).zip(0_u32..);
    cut.map(|(bytes, index)| [&[1], &parcel[..], &index.to_le_bytes(), &count, bytes].concat())
        .collect()
}

pub(crate) fn checkpoint(bytes: &[u8]) -> Vec<u8> {
    [&[2], bytes].concat()
}

pub(crate) fn tidied(bytes: u64) -> Vec<u8> {
    [&[3], &bytes.to_le_bytes()[..]].concat()
}

/// The parts of one envelope that are here.
#[derive(Default)]
pub(crate) struct Pile(pub BTreeMap<u32, Vec<u8>>);

impl Pile {
    /// Gives the envelope when it is whole.
    pub fn add(&mut self, index: u32, count: u32, bytes: &[u8]) -> Option<Vec<u8>> {
        self.0.entry(index).or_insert_with(|| bytes.to_vec());
        let is_whole = self.0.len() == count as usize;
        is_whole.then(|| {
            let parts: Vec<&[u8]> = self.0.values().map(Vec::as_slice).collect();
            parts.concat()
        })
    }

    pub fn size(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}
