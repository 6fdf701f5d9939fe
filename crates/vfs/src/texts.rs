//! The live texts of a workspace: which files have one, which are open, which hold drafts.

use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use crate::limits::{TEXT_LOG_BYTES_MAX, TEXT_UPDATES_HARD_MAX, TEXT_UPDATES_MAX, TEXTS_OPEN_MAX};
use crate::message::Meta;
use crate::node::Seal;
use crate::stage::{Body, is_text};
use crate::storage::{Storage, TextState, TextWrite};
use crate::text::{LiveText, Splice, actor_client};
use crate::tree::Tree;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) mod lineage;
mod recent;

use recent::Recent;

/// What storage holds of one live text.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    updates: u64,
    bytes: u64,
    /// Bytes right after the last folding, so that a text that does not fold well is left alone.
    folded: u64,
    draft: bool,
}

/// All live texts. Opening one is a cache: it changes nothing that can be seen.
pub(crate) struct Texts {
    client: u64,
    held: BTreeMap<NodeId, Held>,
    open: RefCell<Vec<(NodeId, LiveText)>>,
    /// Digests of texts that were asked for and have not changed since.
    digests: RefCell<BTreeMap<NodeId, Hash>>,
    recent: Recent,
}

/// What a change does to contents, ready for storage.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub blobs: Vec<(Hash, Arc<[u8]>)>,
    pub writes: Vec<TextWrite>,
}

impl Texts {
    pub fn new(actor: [u8; 16], states: &[TextState]) -> Self {
        let held = states.iter().map(|state| {
            let TextState {
                node,
                updates,
                bytes,
                draft,
            } = *state;
            (
                node,
                Held {
                    updates,
                    bytes,
                    folded: 0,
                    draft,
                },
            )
        });
        Self {
            client: actor_client(&actor),
            held: held.collect(),
            open: RefCell::default(),
            digests: RefCell::default(),
            recent: Recent::default(),
        }
    }

    /// Files with typed text that is not sealed.
    pub fn drafts(&self) -> impl Iterator<Item = NodeId> {
        self.held
            .iter()
            .filter(|(_, held)| held.draft)
            .map(|(id, _)| *id)
    }

    pub fn is_draft(&self, id: NodeId) -> bool {
        self.held.get(&id).is_some_and(|held| held.draft)
    }

    /// A live text as it is now.
    pub fn read(&self, storage: &dyn Storage, id: NodeId) -> Result<String> {
        self.with(storage, id, LiveText::get)
    }

    /// Closes texts that a failed change may have altered; storage still holds them as they were.
    pub fn forget(&mut self, ids: &[NodeId]) {
        self.open.get_mut().retain(|(id, _)| !ids.contains(id));
    }

    fn with<T>(
        &self,
        storage: &dyn Storage,
        id: NodeId,
        call: impl FnOnce(&LiveText) -> T,
    ) -> Result<T> {
        let mut open = self.open.borrow_mut();
        let live = match open.iter().position(|(other, _)| *other == id) {
            Some(place) => open.remove(place).1,
            None => LiveText::open(id, self.client, &storage.text(&id)?)?,
        };
        let value = call(&live);
        open.push((id, live));
        if open.len() > TEXTS_OPEN_MAX {
            open.remove(0);
        }
        Ok(value)
    }

    /// Brings contents to what a change wants: edits live texts, makes seals, collects blobs.
    /// The tree's seals are set; nothing is stored yet.
    pub fn write(
        &mut self,
        storage: &dyn Storage,
        before: &Tree,
        after: &mut Tree,
        bodies: BTreeMap<NodeId, Body>,
        lineages: &BTreeMap<NodeId, Vec<Hash>>,
        meta: &Meta,
    ) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        for (id, body) in bodies {
            let old = before.node(id).and_then(|node| node.seal()).cloned();
            let lineage = lineages.get(&id).map_or(&[][..], Vec::as_slice);
            let old = old.as_ref();
            self.write_one(storage, after, id, &body, old, lineage, meta, &mut outcome)?;
        }
        Ok(outcome)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one step of the loop above, split off to be read"
    )]
    fn write_one(
        &mut self,
        storage: &dyn Storage,
        after: &mut Tree,
        id: NodeId,
        body: &Body,
        old: Option<&Seal>,
        lineage: &[Hash],
        meta: &Meta,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let old_bytes = || -> Result<Vec<u8>> {
            match old {
                Some(seal) => blob(storage, &seal.hash),
                None => Ok(Vec::new()),
            }
        };
        let mut updates = Vec::new();
        let mut has_live = self.held.contains_key(&id);
        let was_draft = self.is_draft(id);

        // A file's first draft gives it a live text, seeded from what is sealed by then.
        let base_text = match (&body.draft, &body.sealed) {
            (Some(_), None) if !has_live => Some(old_bytes()?),
            (Some(_), Some((bytes, _))) if !has_live => Some(bytes.to_vec()),
            _ => None,
        };

        let sealed: Option<Arc<[u8]>> = match &body.sealed {
            Some((bytes, base)) => {
                let wanted = match base {
                    Some(base) if is_text(bytes) => {
                        let current = if has_live && old.is_none_or(|seal| seal.text) {
                            self.read(storage, id)?.into_bytes()
                        } else {
                            old_bytes()?
                        };
                        joined(storage, base, bytes, current)?
                    }
                    _ => bytes.clone(),
                };
                if has_live {
                    // A content that is not text leaves the live text empty, to be used again.
                    let text = if is_text(&wanted) {
                        std::str::from_utf8(&wanted).unwrap_or_default()
                    } else {
                        ""
                    };
                    updates.extend(self.edit(storage, id, text)?);
                }
                Some(wanted)
            }
            // To seal is to take the typed text as it is.
            None if body.draft.is_none() && body.held.is_none() && was_draft => {
                Some(self.read(storage, id)?.into_bytes().into())
            }
            None => None,
        };
        if body.held.is_some() && has_live {
            updates.extend(self.edit(storage, id, "")?);
        }

        if let Some(bytes) = base_text {
            let mut contents = Vec::new();
            for hash in lineage {
                let text = String::from_utf8(blob(storage, hash)?).unwrap_or_default();
                contents.push((*hash, text));
            }
            let hash = Hash::of(&bytes);
            if contents.last().is_none_or(|(last, _)| *last != hash) {
                let text = String::from_utf8(bytes).unwrap_or_default();
                contents.push((hash, text));
            }
            let first = lineage::updates(id, &contents)?;
            let live = LiveText::open(id, self.client, &first)?;
            self.open.get_mut().retain(|(other, _)| *other != id);
            self.open.get_mut().push((id, live));
            updates.extend(first);
            has_live = true;
        }

        let named = match &sealed {
            Some(bytes) => Some((Hash::of(bytes), bytes.len() as u64)),
            None => body.held,
        };
        if let Some((hash, size)) = named {
            let is_same = old.is_some_and(|seal| seal.hash == hash)
                && after.node(id).is_some_and(|node| node.seals.len() == 1);
            if !is_same {
                let state = if has_live {
                    self.with(storage, id, LiveText::state)?
                } else {
                    Vec::new()
                };
                let seal = Seal {
                    hash,
                    size,
                    text: sealed.as_ref().is_some_and(|bytes| is_text(bytes)),
                    at_ms: meta.at_ms,
                    origin: meta.origin.clone(),
                    state,
                };
                after.seal(id, seal);
                outcome.blobs.extend(sealed.map(|bytes| (hash, bytes)));
            }
        }

        let mut draft = false;
        if let Some(text) = &body.draft {
            let update = self.edit(storage, id, text)?;
            let sealed = after
                .node(id)
                .and_then(|node| node.seal())
                .map(|seal| seal.hash);
            draft = sealed != Some(Hash::of(text.as_bytes()));
            updates.extend(update);
            // A first draft that says what is sealed needs no live text yet.
            if !draft && !was_draft && !self.held.contains_key(&id) {
                self.forget(&[id]);
                return Ok(());
            }
        }
        if !updates.is_empty() || draft != was_draft {
            outcome.writes.push(TextWrite {
                node: id,
                replace: false,
                updates,
                draft,
            });
        }
        Ok(())
    }

    /// UTF-16 code units of a live text.
    pub fn len(&self, storage: &dyn Storage, id: NodeId) -> Result<u32> {
        self.with(storage, id, LiveText::len)
    }

    /// Makes edits in a live text; gives the updates. Nothing is stored yet.
    pub fn splice(
        &self,
        storage: &dyn Storage,
        id: NodeId,
        splices: &[Splice],
    ) -> Result<Vec<Vec<u8>>> {
        self.with(storage, id, |live| live.edit(splices))?
    }

    /// Whether a live text says something else than a seal. Its letters are looked at only when
    /// its length could be that of the seal: a code unit is one to three bytes.
    pub fn differs(&self, storage: &dyn Storage, id: NodeId, seal: Option<&Seal>) -> Result<bool> {
        let Some(seal) = seal else { return Ok(true) };
        let units = u64::from(self.len(storage, id)?);
        Ok(!(units..=3 * units).contains(&seal.size)
            || Hash::of(self.read(storage, id)?.as_bytes()) != seal.hash)
    }

    /// Brings an open live text to another state, by small edits.
    fn edit(&self, storage: &dyn Storage, id: NodeId, text: &str) -> Result<Vec<Vec<u8>>> {
        self.with(storage, id, |live| live.change(&live.get(), text))?
    }

    /// Notes what storage now holds.
    pub fn landed(&mut self, writes: &[TextWrite]) {
        for write in writes {
            let held = self.held.entry(write.node).or_default();
            let bytes: u64 = write.updates.iter().map(|update| update.len() as u64).sum();
            if write.replace {
                *held = Held {
                    updates: 1,
                    bytes,
                    folded: bytes,
                    draft: write.draft,
                };
            } else {
                if !write.updates.is_empty() {
                    self.digests.get_mut().remove(&write.node);
                    self.recent.add(write.node, &write.updates);
                }
                held.updates += write.updates.len() as u64;
                held.bytes += bytes;
                held.draft = write.draft;
            }
        }
    }

    /// Open texts whose updates are many enough to be folded into one.
    pub fn foldings(&self) -> Vec<TextWrite> {
        let open = self.open.borrow();
        let due = open.iter().filter_map(|(id, live)| {
            let held = self.held.get(id)?;
            let log = held.bytes - held.folded.min(held.bytes);
            // A fold costs what the text is long, so it waits for as much to have been typed.
            let is_due = (held.updates > TEXT_UPDATES_MAX && log > 2 * held.folded)
                || held.updates > TEXT_UPDATES_HARD_MAX
                || log > TEXT_LOG_BYTES_MAX + 2 * held.folded;
            (is_due && held.updates > 1).then(|| TextWrite {
                node: *id,
                replace: true,
                updates: vec![live.save()],
                draft: held.draft,
            })
        });
        due.collect()
    }
}

/// What a writer changed since `base`, in a text that somebody else changed meanwhile.
fn joined(
    storage: &dyn Storage,
    base: &Hash,
    bytes: &Arc<[u8]>,
    current: Vec<u8>,
) -> Result<Arc<[u8]>> {
    if Hash::of(&current) == *base || !is_text(&current) {
        return Ok(bytes.clone());
    }
    let Some(base) = storage.blob(base)?.filter(|base| is_text(base)) else {
        return Ok(bytes.clone());
    };
    let texts = [&base[..], &bytes[..], &current[..]].map(std::str::from_utf8);
    let [Ok(base), Ok(new), Ok(current)] = texts else {
        return Ok(bytes.clone());
    };
    let joined = crate::diff::join(base, new, current);
    // Together they may pass the limit for text; then the writer's content stands.
    Ok(if is_text(joined.as_bytes()) {
        joined.into_bytes().into()
    } else {
        bytes.clone()
    })
}

fn blob(storage: &dyn Storage, hash: &Hash) -> Result<Vec<u8>> {
    storage.blob(hash)?.ok_or_else(|| VfsError::Damaged {
        why: format!("the content {hash} is not there"),
    })
}
