//! Checks an update of a live text before the engine sees it.
//!
//! The engine takes counts and clocks at their word: a few bytes can name four billion blocks. So
//! an update is read once by this linear scan, which takes only what a plain text is made of:
//! strings, removed stretches and gaps, in the one text of the document.

use crate::node::{take, take_varint};
use crate::text::{CLIENT_MAX, FIELD};
use std::collections::BTreeSet;

/// Clocks stay below this, so that no sum of two passes 32 bits.
const CLOCK_MAX: u64 = 1 << 31;

const GC: u8 = 0;
const DELETED: u8 = 1;
const STRING: u8 = 4;
const SKIP: u8 = 10;
const HAS_ORIGIN: u8 = 0x80;
const HAS_RIGHT_ORIGIN: u8 = 0x40;

/// Whether bytes are an update of a plain text, in Yjs's encoding, version 1.
pub(super) fn is_update(mut bytes: &[u8]) -> bool {
    let bytes = &mut bytes;
    read_blocks(bytes).is_some() && read_removals(bytes).is_some() && bytes.is_empty()
}

fn read_blocks(bytes: &mut &[u8]) -> Option<()> {
    let mut seen = BTreeSet::new();
    for _ in 0..count(bytes)? {
        let blocks = count(bytes)?;
        let client = client(bytes)?;
        if !seen.insert(client) {
            return None;
        }
        let mut clock = clock(bytes)?;
        for _ in 0..blocks {
            clock += block_len(bytes)?;
            if clock >= CLOCK_MAX {
                return None;
            }
        }
    }
    Some(())
}

fn block_len(bytes: &mut &[u8]) -> Option<u64> {
    let info = take(bytes, 1)?[0];
    if matches!(info, GC | SKIP) {
        return clock(bytes).filter(|len| *len > 0);
    }
    for flag in [HAS_ORIGIN, HAS_RIGHT_ORIGIN] {
        if info & flag != 0 {
            client(bytes)?;
            clock(bytes)?;
        }
    }
    if info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN) == 0
        && (take_varint(bytes)? != 1 || string(bytes)? != FIELD)
    {
        return None;
    }
    // Any other flag is a key, which a text has none of.
    match info & !(HAS_ORIGIN | HAS_RIGHT_ORIGIN) {
        DELETED => clock(bytes).filter(|len| *len > 0),
        STRING => {
            let units = string(bytes)?.encode_utf16().count();
            Some(units as u64).filter(|len| *len > 0)
        }
        _ => None,
    }
}

fn read_removals(bytes: &mut &[u8]) -> Option<()> {
    let mut seen = BTreeSet::new();
    for _ in 0..count(bytes)? {
        if !seen.insert(client(bytes)?) {
            return None;
        }
        for _ in 0..count(bytes)? {
            let (start, len) = (clock(bytes)?, clock(bytes)?);
            if len == 0 || start + len >= CLOCK_MAX {
                return None;
            }
        }
    }
    Some(())
}

/// A count of things that take a byte each, at least.
fn count(bytes: &mut &[u8]) -> Option<u64> {
    let count = take_varint(bytes)?;
    (count <= bytes.len() as u64).then_some(count)
}

fn client(bytes: &mut &[u8]) -> Option<u64> {
    take_varint(bytes).filter(|client| *client <= CLIENT_MAX)
}

fn clock(bytes: &mut &[u8]) -> Option<u64> {
    take_varint(bytes).filter(|clock| *clock < CLOCK_MAX)
}

fn string<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let len = usize::try_from(take_varint(bytes)?).ok()?;
    std::str::from_utf8(take(bytes, len)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;
    use crate::text::{LiveText, seed};

    fn good() -> Vec<u8> {
        let node = NodeId::from_random(77).expect("random");
        let live = LiveText::open(node, 5, &[seed(node, "one 😀 two three")]).expect("opens");
        for (old, new) in [
            ("one 😀 two three", "one two 😀 four\n"),
            ("one two 😀 four\n", "zero one 😀\n"),
        ] {
            live.change(old, new).expect("edits");
        }
        live.save()
    }

    #[test]
    fn what_our_own_texts_make_is_an_update() {
        assert!(is_update(&good()));
        assert!(is_update(&[0, 0]), "nothing at all");
    }

    #[test]
    fn a_few_bytes_that_name_billions_of_blocks_are_refused() {
        for bytes in [
            &[0xff, 0xff, 0xff, 0xff, 0x0f][..],
            &[1, 0xff, 0xff, 0xff, 0xff, 0x0f, 5, 0],
            // A removed stretch near the end of all clocks.
            &[
                0, 1, 5, 1, 0xff, 0xff, 0xff, 0xff, 0x07, 0xff, 0xff, 0xff, 0xff, 0x07,
            ],
            // Content of a kind that a text has none of: an embedded document.
            &[1, 1, 5, 0, 9, 1, 4, b't', b'e', b'x', b't', 1, b'a', 0, 0],
            // A text of another name.
            &[1, 1, 5, 0, 4, 1, 1, b'x', 1, b'a', 0],
        ] {
            assert!(!is_update(bytes), "{bytes:?}");
        }
    }

    #[test]
    fn whatever_passes_is_taken_without_a_panic() {
        let good = good();
        let node = NodeId::from_random(77).expect("random");
        let mut taken = 0;
        for place in 0..good.len() {
            for flip in 1..=255u8 {
                let mut bad = good.clone();
                bad[place] ^= flip;
                if is_update(&bad) {
                    let live = LiveText::open(node, 5, &[]).expect("opens");
                    let _ = live.apply(&bad);
                    let (_, _) = (live.get(), live.digest());
                    taken += 1;
                }
            }
        }
        assert!(taken > 100, "{taken} changed updates were still updates");
    }
}
