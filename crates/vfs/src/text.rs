//! Live text: the yrs document of one file.

use crate::diff::{Edit, minimal_edits};
use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use crate::node::{put_varint, take_varint};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::{
    Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, TextRef, Transact, Update,
};

mod order;
mod pen;
#[cfg(test)]
mod tests;

use pen::Pen;

/// The name of the text within its document, for every Yjs client.
pub(crate) const FIELD: &str = "text";

/// Client ids have 53 bits, so that JavaScript can count with them.
pub(crate) const CLIENT_MAX: u64 = (1 << 53) - 1;

/// Edits in a row, without any from elsewhere, after which a text gets a [`Pen`]: to make one
/// costs as much as a few edits without it.
const PEN_EDITS_MIN: u32 = 8;
/// Edits that the engine gets in one transaction; it joins what they leave only at its end.
const TRANSACTION_EDITS_MAX: usize = 64;

/// One step of typing: at a place, some letters go and others come. Places and lengths are UTF-16
/// code units, as editors in browsers and Yjs count (rule T7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// Where, after the steps before this one.
    pub at: u32,
    /// How much behind that place is removed.
    pub remove: u32,
    /// What is put there.
    pub insert: String,
}

/// Whether a text has a pen.
enum Writing {
    /// Not yet, after so many edits in a row.
    Without(u32),
    With(Pen),
    /// It holds letters that a pen can't place.
    Never,
}

/// One file's live text.
pub(crate) struct LiveText {
    doc: Doc,
    text: TextRef,
    writing: RefCell<Writing>,
    /// How far clients' edits go that came with others of theirs missing before them. The engine
    /// shows such an edit when it stands beside letters that are here, and tells nobody of the gap.
    gaps: RefCell<BTreeMap<ClientID, u32>>,
}

impl LiveText {
    fn empty(node: NodeId, client: u64) -> Self {
        let mut options =
            Options::with_guid_and_client_id(node.to_string().into(), ClientID::new(client));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text(FIELD);
        Self {
            doc,
            text,
            writing: RefCell::new(Writing::Without(0)),
            gaps: RefCell::default(),
        }
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

    /// UTF-16 code units of the text.
    pub fn len(&self) -> u32 {
        self.text.len(&self.doc.transact())
    }

    /// Changes the text from `old`, which it holds, to `new` by the smallest edits found. Gives
    /// the updates.
    pub fn change(&self, old: &str, new: &str) -> Result<Vec<Vec<u8>>> {
        // From the end, so that positions before an edit stay what they are.
        let mut units = utf16_len(old);
        let mut end = old.len();
        let edits = minimal_edits(old, new);
        let splices = edits.iter().rev().map(|Edit { start, len, insert }| {
            units -= utf16_len(&old[*start..end]);
            end = *start;
            Splice {
                at: units,
                remove: utf16_len(&old[*start..start + len]),
                insert: (*insert).to_owned(),
            }
        });
        let splices: Vec<Splice> = splices.collect();
        self.edit(&splices)
    }

    /// Makes edits, one after the other, all of which fit. Gives the updates; when it fails, the
    /// text is not to be used any further.
    pub fn edit(&self, splices: &[Splice]) -> Result<Vec<Vec<u8>>> {
        let mut writing = self.writing.borrow_mut();
        if let Writing::Without(edits) = &mut *writing {
            *edits = edits.saturating_add(u32::try_from(splices.len()).unwrap_or(u32::MAX));
            if *edits >= PEN_EDITS_MIN {
                *writing = self.pen().map_or(Writing::Never, Writing::With);
            }
        }
        let is_flat = |splice: &Splice| !has_pairs(&splice.insert);
        let pen = match &mut *writing {
            Writing::With(pen) if splices.iter().all(is_flat) => pen,
            Writing::With(_) => {
                *writing = Writing::Never;
                return Ok(self.edit_by_walking(splices));
            }
            Writing::Without(_) | Writing::Never => return Ok(self.edit_by_walking(splices)),
        };
        for Splice { at, remove, insert } in splices {
            pen.remove(*at, *remove);
            pen.insert(*at, insert);
        }
        let Some(update) = pen.lift() else {
            return Ok(Vec::new());
        };
        let mut tx = self.doc.transact_mut();
        let minted = Update::decode_v1(&update).map_err(damaged)?;
        tx.apply_update(minted).map_err(damaged)?;
        if tx.has_missing_updates() || self.text.len(&tx) != pen.len() {
            return Err(VfsError::Internal {
                why: "a live text took an edit at another place".into(),
            });
        }
        Ok(vec![update])
    }

    /// The engine's own way, which walks from the start of the text to the place of each edit.
    fn edit_by_walking(&self, splices: &[Splice]) -> Vec<Vec<u8>> {
        let mut updates = Vec::new();
        for splices in splices.chunks(TRANSACTION_EDITS_MAX) {
            let mut tx = self.doc.transact_mut();
            for Splice { at, remove, insert } in splices {
                if *remove > 0 {
                    self.text.remove_range(&mut tx, *at, *remove);
                }
                if !insert.is_empty() {
                    self.text.insert(&mut tx, *at, insert);
                }
            }
            tx.commit();
            updates.push(tx.encode_update_v1());
        }
        updates
    }

    /// A pen, unless the text holds what a pen can't place.
    fn pen(&self) -> Option<Pen> {
        let client = self.doc.client_id();
        let clock = self.doc.transact().state_vector().get(&client);
        let pen = Pen::new(&self.save(), client.get(), clock)?;
        (!has_pairs(&self.get()) && pen.len() == self.len()).then_some(pen)
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
        self.writing.replace(Writing::Without(0));
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
        self.writing.replace(Writing::Without(0));
        let mut gaps = self.gaps.borrow_mut();
        for (client, edits) in update.insertions(true).iter() {
            let end = edits.iter().map(|range| range.end).max();
            let known = gaps.entry(*client).or_default();
            *known = (*known).max(end.unwrap_or(0));
        }
        let mut tx = self.doc.transact_mut();
        tx.apply_update(update).map_err(damaged)?;
        tx.commit();
        let state = tx.state_vector();
        gaps.retain(|client, end| state.get(client) < *end);
        Ok(gaps.is_empty() && !tx.has_missing_updates())
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

/// UTF-16 code units of a text.
pub(crate) fn utf16_len(text: &str) -> u32 {
    if text.is_ascii() {
        return text.len() as u32;
    }
    text.chars().map(|c| c.len_utf16() as u32).sum()
}

/// Whether a text has letters of two UTF-16 code units, which a position can cut in two.
fn has_pairs(text: &str) -> bool {
    text.bytes().any(|byte| byte >= 0xf0)
}

fn damaged(error: impl std::fmt::Display) -> VfsError {
    VfsError::Damaged {
        why: format!("a live text: {error}"),
    }
}
