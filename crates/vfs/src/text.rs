//! Live text: the yrs document of one file.

use crate::diff::{Edit, minimal_edits};
use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use crate::node::{put_varint, take_varint};
use sha2::{Digest, Sha256};
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::{
    Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update,
};

/// The name of the text within its document, for every Yjs client.
pub(crate) const FIELD: &str = "text";

/// Client ids have 53 bits, so that JavaScript can count with them.
pub(crate) const CLIENT_MAX: u64 = (1 << 53) - 1;

/// One file's live text.
pub(crate) struct LiveText {
    doc: Doc,
    text: TextRef,
}

impl LiveText {
    fn empty(node: NodeId, client: u64) -> Self {
        let mut options =
            Options::with_guid_and_client_id(node.to_string().into(), ClientID::new(client));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text(FIELD);
        Self { doc, text }
    }

    /// The live text from the updates that storage holds. Each goes into its own transaction:
    /// together they would be far slower.
    pub fn open(node: NodeId, client: u64, updates: &[Vec<u8>]) -> Result<Self> {
        let live = Self::empty(node, client);
        for update in updates {
            let update = Update::decode_v1(update).map_err(damaged)?;
            live.doc
                .transact_mut()
                .apply_update(update)
                .map_err(damaged)?;
        }
        Ok(live)
    }

    pub fn get(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    /// Changes the text from `old`, which it holds, to `new` by the smallest edits found. Gives
    /// the update, or nothing when both are equal.
    pub fn change(&self, old: &str, new: &str) -> Option<Vec<u8>> {
        let edits = minimal_edits(old, new);
        if edits.is_empty() {
            return None;
        }
        let mut tx = self.doc.transact_mut();
        // From the end, so that positions before an edit stay what they are.
        let mut units = utf16_len(old);
        let mut end = old.len();
        for Edit { start, len, insert } in edits.iter().rev() {
            units -= utf16_len(&old[*start..end]);
            end = *start;
            let removed = utf16_len(&old[*start..start + len]);
            if removed > 0 {
                self.text.remove_range(&mut tx, units, removed);
            }
            if !insert.is_empty() {
                self.text.insert(&mut tx, units, insert);
            }
        }
        tx.commit();
        Some(tx.encode_update_v1())
    }

    /// What this text has seen: the standard state vector, its entries in order.
    pub fn state(&self) -> Vec<u8> {
        let state = self.doc.transact().state_vector();
        let mut entries: Vec<(u64, u32)> = state
            .iter()
            .map(|(client, clock)| (client.get(), *clock))
            .collect();
        entries.sort_unstable();
        let mut out = Vec::new();
        put_varint(&mut out, entries.len() as u64);
        for (client, clock) in entries {
            put_varint(&mut out, client);
            put_varint(&mut out, u64::from(clock));
        }
        out
    }

    /// A name for everything this text has seen, removals included: a state vector alone does not
    /// tell of them.
    pub fn digest(&self) -> Hash {
        let snapshot = self.doc.transact().snapshot();
        let mut clients: Vec<_> = snapshot.state_map.iter().collect();
        clients.sort_unstable();
        let mut out = b"selvage text 1".to_vec();
        put_varint(&mut out, clients.len() as u64);
        for (client, clock) in clients {
            put_varint(&mut out, client.get());
            put_varint(&mut out, u64::from(*clock));
        }
        for (client, ranges) in snapshot.delete_set.iter() {
            for range in ranges {
                put_varint(&mut out, client.get());
                put_varint(&mut out, u64::from(range.start));
                put_varint(&mut out, u64::from(range.end));
            }
        }
        Hash::of(&out)
    }

    /// What a text with another state lacks, all removals included.
    pub fn update_since(&self, state: &[u8]) -> Option<Vec<u8>> {
        let entries = read_state(state)?;
        let state = StateVector::from_iter(
            entries
                .into_iter()
                .map(|(client, clock)| (ClientID::new(client), clock)),
        );
        Some(self.doc.transact().encode_diff_v1(&state))
    }

    /// Whether a client made an edit of this text.
    pub fn has_client(&self, client: u64) -> bool {
        let state = self.doc.transact().state_vector();
        state.contains_client(&ClientID::new(client))
    }

    /// Changes the text from `old`, which it holds, to `new`, by replacing all between the common
    /// start and the common end. Gives the update, or nothing when both are equal.
    pub fn replace_middle(&self, old: &str, new: &str) -> Option<Vec<u8>> {
        if old == new {
            return None;
        }
        let common = |pairs: &mut dyn Iterator<Item = (char, char)>| {
            let equal = pairs.take_while(|(a, b)| a == b);
            equal.map(|(c, _)| c.len_utf8()).sum::<usize>()
        };
        let start = common(&mut old.chars().zip(new.chars()));
        let (old, new) = (&old[start..], &new[start..]);
        let end = common(&mut old.chars().rev().zip(new.chars().rev()));
        let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
        let mut tx = self.doc.transact_mut();
        let at = utf16_len(&self.text.get_string(&tx)[..start]);
        if !old.is_empty() {
            self.text.remove_range(&mut tx, at, utf16_len(old));
        }
        if !new.is_empty() {
            self.text.insert(&mut tx, at, new);
        }
        tx.commit();
        Some(tx.encode_update_v1())
    }

    /// Whether this text has seen all that a state vector names.
    pub fn covers(&self, state: &[u8]) -> bool {
        let own = self.doc.transact().state_vector();
        read_state(state).is_some_and(|entries| {
            entries
                .iter()
                .all(|(client, clock)| own.get(&ClientID::new(*client)) >= *clock)
        })
    }

    /// Takes in another replica's update. False when it rests on edits that are not here: then
    /// this text is not to be used any further.
    pub fn apply(&self, update: &[u8]) -> Result<bool> {
        let update = Update::decode_v1(update).map_err(damaged)?;
        let mut tx = self.doc.transact_mut();
        tx.apply_update(update).map_err(damaged)?;
        tx.commit();
        Ok(!tx.has_missing_updates())
    }

    /// The whole text as one update.
    pub fn save(&self) -> Vec<u8> {
        self.doc
            .transact()
            .encode_state_as_update_v1(&StateVector::default())
    }
}

/// The first update of a live text: the same bytes wherever it is made from the same seal.
///
/// Its client id is drawn from the node and the text, so that seeds of different texts, made
/// apart for one node, are different operations and never two meanings of one.
pub(crate) fn seed(node: NodeId, text: &str) -> Vec<u8> {
    let client = seed_client(node, &Hash::of(text.as_bytes()));
    let live = LiveText::empty(node, client);
    if !text.is_empty() {
        live.text.insert(&mut live.doc.transact_mut(), 0, text);
    }
    live.save()
}

/// The client id of a seed.
pub(crate) fn seed_client(node: NodeId, text: &Hash) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(b"selvage seed 1");
    hasher.update(node.0);
    hasher.update(text.0);
    client_id(&hasher.finalize())
}

/// The client id of the step from a plain seal, with all that led to it, to the next one.
pub(crate) fn step_client(node: NodeId, from: Hash, to: Hash) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(b"selvage step 1");
    hasher.update(node.0);
    hasher.update(from.0);
    hasher.update(to.0);
    client_id(&hasher.finalize())
}

/// A state vector's entries; `None` when it is not one.
pub(crate) fn read_state(mut bytes: &[u8]) -> Option<Vec<(u64, u32)>> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let bytes = &mut bytes;
    let count = take_varint(bytes)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let client = take_varint(bytes)?;
        let clock = u32::try_from(take_varint(bytes)?).ok()?;
        if client > CLIENT_MAX {
            return None;
        }
        entries.push((client, clock));
    }
    bytes.is_empty().then_some(entries)
}

/// The client id under which an actor edits.
pub(crate) fn actor_client(actor: &[u8; 16]) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(b"selvage client 1");
    hasher.update(actor);
    client_id(&hasher.finalize())
}

/// 53 bits, as Yjs needs them, and never 0.
fn client_id(digest: &[u8]) -> u64 {
    let bits = digest
        .iter()
        .take(8)
        .fold(0u64, |bits, &byte| (bits << 8) | u64::from(byte));
    (bits >> 11).max(1)
}

fn utf16_len(text: &str) -> u32 {
    if text.is_ascii() {
        return text.len() as u32;
    }
    text.chars().map(|c| c.len_utf16() as u32).sum()
}

fn damaged(error: impl std::fmt::Display) -> VfsError {
    VfsError::Damaged {
        why: format!("a live text: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> NodeId {
        NodeId::from_random(77).expect("random")
    }

    #[test]
    fn two_devices_seed_the_same_bytes_and_their_edits_merge() {
        let first = seed(node(), "one two three");
        assert_eq!(first, seed(node(), "one two three"));
        let a = LiveText::open(node(), 1, std::slice::from_ref(&first)).expect("opens");
        let b = LiveText::open(node(), 2, std::slice::from_ref(&first)).expect("opens");
        let from_a = a.change("one two three", "one 2 three").expect("an edit");
        let from_b = b
            .change("one two three", "one two three four")
            .expect("an edit");
        let both = LiveText::open(node(), 3, &[first.clone(), from_a.clone(), from_b.clone()])
            .expect("opens");
        let other_way = LiveText::open(node(), 4, &[first, from_b, from_a]).expect("opens");
        assert_eq!(both.get(), "one 2 three four");
        assert_eq!(other_way.get(), both.get());
        assert_eq!(other_way.state(), both.state());
    }

    #[test]
    fn positions_are_counted_in_utf16() {
        let old = "a😀b😀c";
        let live = LiveText::open(node(), 1, &[seed(node(), old)]).expect("opens");
        live.change(old, "a😀X😀Yc").expect("an edit");
        assert_eq!(live.get(), "a😀X😀Yc");
    }

    #[test]
    fn seeds_of_different_texts_are_different_operations() {
        let two =
            LiveText::open(node(), 1, &[seed(node(), "a"), seed(node(), "b")]).expect("opens");
        assert_eq!(two.get().len(), 2, "neither is lost");
    }
}
