//! Reading a message's bytes. Nothing is copied before it is known to fit.

use super::{DeviceId, LinkId, Refusal};
use crate::limits::PAYLOAD_BYTES_MAX;

/// Adds an integer as LEB128.
pub(super) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// What is left of a message.
pub(super) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// An integer in its shortest form, so that a message has one spelling only.
    pub fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return (shift == 0 || byte != 0).then_some(value);
            }
        }
        None
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*array)
    }

    /// All that is left.
    pub fn payload(&mut self) -> Option<Vec<u8>> {
        let bytes = std::mem::take(&mut self.0);
        (bytes.len() <= PAYLOAD_BYTES_MAX).then(|| bytes.to_vec())
    }

    pub fn refusal(&mut self) -> Option<Refusal> {
        let code = self.byte()?;
        Refusal::ALL.into_iter().find(|it| *it as u8 == code)
    }

    /// Links with their devices, to the end.
    pub fn peers(&mut self, count_max: usize) -> Option<Vec<(LinkId, DeviceId)>> {
        let mut peers = Vec::new();
        while !self.is_empty() {
            if peers.len() == count_max {
                return None;
            }
            peers.push((LinkId(self.varint()?), DeviceId(self.array()?)));
        }
        Some(peers)
    }
}
