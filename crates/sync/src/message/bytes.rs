//! The bytes that messages are made of.

use selvage_vfs::{Hash, NodeId};

pub(super) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

pub(super) fn put_list(out: &mut Vec<u8>, list: &[Vec<u8>]) {
    put(out, list.len() as u64);
    for bytes in list {
        put_bytes(out, bytes);
    }
}

pub(super) fn put_hashes(out: &mut Vec<u8>, hashes: &[[u8; 32]]) {
    put(out, hashes.len() as u64);
    for hash in hashes {
        out.extend_from_slice(hash);
    }
}

/// Bytes that are read from the front.
pub(super) struct Input<'a>(pub &'a [u8]);

impl<'a> Input<'a> {
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    pub fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// A count of things that have at least `least` bytes each.
    pub fn count(&mut self, least: usize) -> Option<u64> {
        let count = self.varint()?;
        (count <= (self.0.len() / least) as u64).then_some(count)
    }

    pub fn bytes(&mut self) -> Option<Vec<u8>> {
        let len = usize::try_from(self.varint()?).ok()?;
        Some(self.take(len)?.to_vec())
    }

    pub fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0).to_vec()
    }

    pub fn list(&mut self) -> Option<Vec<Vec<u8>>> {
        let count = self.count(1)?;
        (0..count).map(|_| self.bytes()).collect()
    }

    pub fn hash(&mut self) -> Option<Hash> {
        self.array().map(Hash)
    }

    pub fn hashes(&mut self) -> Option<Vec<[u8; 32]>> {
        let count = self.count(32)?;
        (0..count).map(|_| self.array()).collect()
    }

    pub fn node(&mut self) -> Option<NodeId> {
        NodeId::from_random(u128::from_be_bytes(self.array()?))
    }
}
