//! How far a signer's envelopes have been admitted, and what follows for the next one.

use crate::Result;
use crate::envelope::Envelope;
use crate::limits::RECENT_ENVELOPES_MAX;
use crate::op::{OpId, Point, read_heads, write_heads};
use crate::wire::{Reader, put_uint};
use std::collections::VecDeque;

/// What one signer's envelopes came to so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The last one that was admitted.
    pub last: Point,
    /// The membership heads that it named.
    pub heads: Vec<OpId>,
    /// The hashes of the last ones, the newest at the end.
    recent: VecDeque<[u8; 32]>,
    /// The last one without its payload; empty where it is not known.
    pub stub: Vec<u8>,
}

/// How an envelope stands to what was admitted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// It is the next one.
    Next,
    /// It was admitted before.
    Again,
    /// It was passed long ago; whether this very one, is no longer remembered.
    Old,
    /// Others are missing before it.
    Gap,
    /// Another envelope has its number, or its predecessor's: the hash of that one.
    Fork([u8; 32]),
}

impl Progress {
    /// How an envelope stands to those before it.
    pub fn order(&self, envelope: &Envelope) -> Order {
        let Point { seq, hash } = envelope.point();
        if seq > self.last.seq + 1 {
            Order::Gap
        } else if seq == self.last.seq + 1 {
            match envelope.header.previous == self.last.hash {
                true => Order::Next,
                false => Order::Fork(self.last.hash),
            }
        } else {
            match self.hash_at(seq) {
                Some(known) if known == hash => Order::Again,
                Some(known) => Order::Fork(known),
                None => Order::Old,
            }
        }
    }

    /// The hash of the envelope with this number, where it is remembered.
    pub fn hash_at(&self, seq: u64) -> Option<[u8; 32]> {
        if seq == self.last.seq {
            return Some(self.last.hash);
        }
        let back = usize::try_from(self.last.seq.checked_sub(seq)?).ok()?;
        let at = self.recent.len().checked_sub(back + 1)?;
        self.recent.get(at).copied()
    }

    /// Notes an envelope that is the next one, or one that comes after others which are not needed.
    pub fn advance(&mut self, point: Point, heads: &[OpId], stub: &[u8]) {
        if point.seq != self.last.seq + 1 {
            self.recent.clear();
        }
        self.last = point;
        self.stub = stub.to_vec();
        self.heads = heads.to_vec();
        self.recent.push_back(point.hash);
        if self.recent.len() > RECENT_ENVELOPES_MAX {
            self.recent.pop_front();
        }
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        self.last.write(out);
        write_heads(out, &self.heads);
        put_uint(out, self.recent.len() as u64);
        for hash in &self.recent {
            out.extend(hash);
        }
    }

    pub fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let last = Point::read(reader)?;
        let heads = read_heads(reader)?;
        let count = reader.count(32, "recent_envelopes_max", RECENT_ENVELOPES_MAX)?;
        let mut recent = VecDeque::with_capacity(count);
        for _ in 0..count {
            recent.push_back(reader.array()?);
        }
        Ok(Self {
            last,
            heads,
            recent,
            stub: Vec::new(),
        })
    }
}
