//! What is kept of all of it: the seat with its letters, and a pairing that goes on.

use crate::desk::Desk;
use crate::pairing::Pairing;
use crate::saved::{Reader, put};
use crate::{CourierError, Result};

/// Bytes of older formats are read: see [`Desk::read`].
const FORMAT: u8 = 3;
/// What is kept begins with this and the format while the device is still coming in.
const JOINING: u8 = 0x80;

/// See the module.
pub(crate) struct Kept {
    pub relay: String,
    pub desk: Option<Desk>,
    pub pairing: Option<Pairing>,
}

/// Nothing is to be kept of a device that did not come in.
pub(crate) fn write(relay: &str, desk: Option<&Desk>, pairing: Option<&Pairing>) -> Vec<u8> {
    let pairing = pairing.filter(|one| one.invitation().is_some());
    let mut out = Vec::new();
    match (desk, pairing) {
        (None, None) => return out,
        (Some(_), _) => out.push(FORMAT),
        (None, Some(_)) => out.push(JOINING | FORMAT),
    }
    put(&mut out, relay.as_bytes());
    desk.into_iter().for_each(|desk| desk.write(&mut out));
    pairing
        .into_iter()
        .for_each(|it| put(&mut out, &it.to_bytes()));
    out.extend(selvage_trust::checksum(&out));
    out
}

impl Kept {
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let [format] = Reader(bytes).array()?;
        let mut reader = Reader(match format & !JOINING {
            FORMAT => undamaged(bytes)?,
            _ => bytes,
        });
        reader.take(1)?;
        let relay = reader.bytes()?.to_vec();
        let relay = String::from_utf8(relay).map_err(|_| CourierError::Unreadable)?;
        let desk = match format {
            1..=FORMAT => Some(Desk::read(&mut reader, format)?),
            _ if (2..=FORMAT).contains(&(format ^ JOINING)) => None,
            _ => return Err(CourierError::Unreadable),
        };
        let pairing = match (reader.end(), &desk) {
            (Ok(()), _) => None,
            (Err(_), Some(_)) => Some(Pairing::inviter_from(reader.bytes()?)?),
            (Err(_), None) => Some(Pairing::joiner_from(reader.bytes()?)?),
        };
        reader.end()?;
        Ok(Self {
            relay,
            desk,
            pairing,
        })
    }
}

/// What is kept without its check. A bit that fell over in a number or a letter would be taken for the
/// relay's or another device's doing.
fn undamaged(bytes: &[u8]) -> Result<&[u8]> {
    let (body, check) = bytes.split_last_chunk().ok_or(CourierError::Unreadable)?;
    match selvage_trust::checksum(body) == *check {
        true => Ok(body),
        false => Err(CourierError::Unreadable),
    }
}
