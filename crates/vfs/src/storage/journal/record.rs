//! A batch as bytes that tell whether they are whole.
//!
//! A record is `length u32 · number u64 · checksum 16 bytes · payload`, integers in little endian. The checksum is the first
//! half of SHA-256 over length, number and payload. The payload is the batch, each part behind its length as `u32`.

use crate::id::{Hash, NodeId};
use crate::storage::{Batch, TextWrite};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What comes before a record's payload.
pub(super) const HEAD_BYTES: usize = 4 + 8 + CHECKSUM_BYTES;
const CHECKSUM_BYTES: usize = 16;
pub(super) const MARK_BYTES: usize = CHECKSUM_BYTES;
/// How far a record's number may be ahead and still be looked for: more than a journal holds.
const LATER_RECORDS_MAX: u64 = 1 << 16;

const HAS_LEDGER: u8 = 1;
const REPLACES: u8 = 2;
const IS_DRAFT: u8 = 4;

/// A record of a batch. Nothing when the batch is larger than a record can say.
pub(super) fn encode(number: u64, batch: &Batch) -> Option<Vec<u8>> {
    let mut out = Writer(vec![0; HEAD_BYTES]);
    out.flags(&[
        (HAS_LEDGER, batch.ledger.is_some()),
        (REPLACES, batch.replace_ledger),
    ]);
    out.bytes(batch.ledger.as_deref().unwrap_or_default())?;
    out.count(batch.texts.len())?;
    for text in &batch.texts {
        out.0.extend(text.node.0);
        out.flags(&[(REPLACES, text.replace), (IS_DRAFT, text.draft)]);
        out.count(text.updates.len())?;
        for update in &text.updates {
            out.bytes(update)?;
        }
    }
    out.count(batch.blobs.len())?;
    for (hash, bytes) in &batch.blobs {
        out.0.extend(hash.0);
        out.bytes(bytes)?;
    }
    out.count(batch.cells.len())?;
    for (name, value) in &batch.cells {
        out.bytes(name.as_bytes())?;
        out.bytes(value)?;
    }
    let mut record = out.0;
    let length = u32::try_from(record.len() - HEAD_BYTES).ok()?;
    record[..4].copy_from_slice(&length.to_le_bytes());
    record[4..12].copy_from_slice(&number.to_le_bytes());
    let checksum = checksum(&record[..12], &record[HEAD_BYTES..]);
    record[12..HEAD_BYTES].copy_from_slice(&checksum);
    Some(record)
}

/// The first record of these bytes, and how many it takes. Nothing when it is not whole.
pub(super) fn decode(bytes: &[u8]) -> Option<(u64, Batch, usize)> {
    let head = bytes.get(..HEAD_BYTES)?;
    let length = u32::from_le_bytes(head[..4].try_into().ok()?) as usize;
    let number = u64::from_le_bytes(head[4..12].try_into().ok()?);
    let end = HEAD_BYTES.checked_add(length)?;
    let payload = bytes.get(HEAD_BYTES..end)?;
    if head[12..] != checksum(&head[..12], payload) {
        return None;
    }
    let mut from = Reader(payload);
    let flags = from.flags()?;
    let ledger = from.bytes()?.to_vec();
    let mut batch = Batch {
        ledger: (flags & HAS_LEDGER != 0).then_some(ledger),
        replace_ledger: flags & REPLACES != 0,
        ..Batch::default()
    };
    for _ in 0..from.count()? {
        let node = NodeId(from.array()?);
        let flags = from.flags()?;
        let updates = (0..from.count()?).map(|_| Some(from.bytes()?.to_vec()));
        batch.texts.push(TextWrite {
            node,
            updates: updates.collect::<Option<_>>()?,
            replace: flags & REPLACES != 0,
            draft: flags & IS_DRAFT != 0,
        });
    }
    for _ in 0..from.count()? {
        let hash = Hash(from.array()?);
        batch.blobs.push((hash, Arc::from(from.bytes()?)));
    }
    for _ in 0..from.count()? {
        let name = String::from_utf8(from.bytes()?.to_vec()).ok()?;
        batch.cells.push((name, from.bytes()?.to_vec()));
    }
    from.0.is_empty().then_some((number, batch, end))
}

/// What is written behind the record of this number when that is durable: it was acknowledged, whatever becomes of it.
pub(super) fn mark(number: u64) -> [u8; MARK_BYTES] {
    checksum(b"kept", &number.to_le_bytes())
}

/// The number of the record that begins here, when it is whole and later than `number`. Most places have no such number, and
/// are told apart without a checksum.
pub(super) fn later(bytes: &[u8], number: u64) -> Option<u64> {
    let found = u64::from_le_bytes(bytes.get(4..12)?.try_into().ok()?);
    let is_near = found > number && found - number <= LATER_RECORDS_MAX;
    is_near.then(|| decode(bytes))?.map(|(found, ..)| found)
}

fn checksum(head: &[u8], payload: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let whole: [u8; 32] = Sha256::new()
        .chain_update(head)
        .chain_update(payload)
        .finalize()
        .into();
    std::array::from_fn(|index| whole[index])
}

struct Writer(Vec<u8>);

impl Writer {
    fn count(&mut self, count: usize) -> Option<()> {
        self.0.extend(u32::try_from(count).ok()?.to_le_bytes());
        Some(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Option<()> {
        self.count(bytes.len())?;
        self.0.extend_from_slice(bytes);
        Some(())
    }

    fn flags(&mut self, flags: &[(u8, bool)]) {
        let set = flags.iter().filter(|(_, is_set)| *is_set);
        self.0.push(set.fold(0, |all, (flag, _)| all | flag));
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn flags(&mut self) -> Option<u8> {
        self.array::<1>().map(|[flags]| flags)
    }

    fn count(&mut self) -> Option<usize> {
        self.array().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.count()?;
        self.take(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn batches() -> impl Strategy<Value = Batch> {
        let bytes = || vec(any::<u8>(), 0..40);
        let text = (
            any::<[u8; 16]>(),
            any::<bool>(),
            any::<bool>(),
            vec(bytes(), 0..3),
        );
        let text = text.prop_map(|(node, replace, draft, updates)| TextWrite {
            node: NodeId(node),
            replace,
            updates,
            draft,
        });
        let blob = (any::<[u8; 32]>(), bytes());
        let blob = blob.prop_map(|(hash, bytes)| (Hash(hash), Arc::from(bytes)));
        (
            proptest::option::of(bytes()),
            any::<bool>(),
            vec(text, 0..3),
            vec(blob, 0..3),
            vec((".{0,8}", bytes()), 0..3),
        )
            .prop_map(|(ledger, replace_ledger, texts, blobs, cells)| Batch {
                ledger,
                replace_ledger,
                texts,
                blobs,
                cells,
                ..Batch::default()
            })
    }

    #[test]
    fn a_later_record_is_looked_for_as_far_as_a_journal_can_go_on() {
        let record = |number| encode(number, &Batch::default()).expect("a small batch");
        for (ahead, found) in [
            (0, false),
            (1, true),
            (LATER_RECORDS_MAX, true),
            (LATER_RECORDS_MAX + 1, false),
        ] {
            let number = 7 + ahead;
            assert_eq!(
                later(&record(number), 7),
                found.then_some(number),
                "{ahead}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_record_is_read_as_it_was_written_and_not_when_a_bit_is_another(
            batch in batches(), number: u64, rest in vec(any::<u8>(), 0..9), hit: prop::sample::Index, bit in 0u8..8,
        ) {
            let mut record = encode(number, &batch).expect("a small batch");
            let length = record.len();
            record.extend(&rest);
            prop_assert_eq!(decode(&record), Some((number, batch, length)));
            prop_assert_eq!(decode(&record[..length - 1]), None);
            record[hit.index(length)] ^= 1 << bit;
            prop_assert_eq!(decode(&record), None);
        }
    }
}
