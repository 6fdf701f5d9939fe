//! A script of random batches, and what is held before each and after the last.

use super::BATCHES;
use crate::world::{Place, Rng};
use selvage_vfs::storage::{Arrival, Batch, Loaded, MemoryStorage, Storage, TextWrite};
use selvage_vfs::{Hash, NodeId, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

const NODES: usize = 4;

/// All that a storage holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub loaded: Loaded,
    pub texts: BTreeMap<NodeId, Vec<Vec<u8>>>,
    pub blobs: BTreeMap<Hash, Option<Vec<u8>>>,
    pub thinned: BTreeMap<Hash, Option<u64>>,
}

/// One script: the batches, and what is held before each and after the last.
pub struct Script {
    pub seed: u64,
    pub batches: Vec<Batch>,
    pub states: Vec<Held>,
    pub hashes: Vec<Hash>,
}

impl Script {
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng(seed);
        let mut batches: Vec<Batch> = Vec::new();
        for number in 0..BATCHES {
            let content = batches.iter().flat_map(|batch| &batch.blobs).next_back();
            let thin = content.filter(|_| number % 4 == 3).map(|(hash, _)| Batch {
                arrivals: vec![Arrival::Thinned {
                    hash: *hash,
                    at_ms: number as u64,
                }],
                ..Batch::default()
            });
            batches.push(thin.unwrap_or_else(|| batch(&mut rng)));
        }
        let blobs = batches.iter().flat_map(|batch| &batch.blobs);
        let mut script = Self {
            seed,
            hashes: blobs.map(|(hash, _)| *hash).collect(),
            states: Vec::new(),
            batches,
        };
        let mut model = MemoryStorage::new();
        script.states.push(script.held(&mut model).expect("memory"));
        for batch in script.batches.clone() {
            model.commit(batch).expect("memory");
            script.states.push(script.held(&mut model).expect("memory"));
        }
        script
    }

    /// Reads all that there is, and asks for all that there will be.
    pub fn held(&self, storage: &mut dyn Storage) -> Result<Held> {
        let loaded = storage.load()?;
        let nodes = loaded.texts.iter().map(|state| state.node);
        let texts = nodes.map(|node| Ok((node, storage.text(&node)?)));
        let hashes = self.hashes.iter();
        Ok(Held {
            texts: texts.collect::<Result<_>>()?,
            blobs: hashes
                .map(|hash| Ok((*hash, storage.blob(hash)?)))
                .collect::<Result<_>>()?,
            thinned: (self.hashes.iter())
                .map(|hash| Ok((*hash, storage.thinned(hash)?)))
                .collect::<Result<_>>()?,
            loaded,
        })
    }

    pub fn opened(&self, place: &Place) -> Result<Held> {
        self.held(place.open()?.as_mut())
    }

    /// The state without blobs that no acknowledged batch brought: a failed one may leave them, and nothing names them.
    pub fn is(&self, found: &Held, state: &Held) -> bool {
        let blobs = found.blobs.iter().zip(&state.blobs);
        found.loaded == state.loaded
            && found.texts == state.texts
            && found.thinned == state.thinned
            && blobs.into_iter().all(|((hash, found), (_, state))| {
                found == state
                    || (state.is_none() && found.as_ref().is_some_and(|b| Hash::of(b) == *hash))
            })
    }
}

pub fn bytes(rng: &mut Rng, bytes_max: usize) -> Vec<u8> {
    let length = 1 + rng.below(bytes_max);
    (0..length).map(|_| rng.next() as u8).collect()
}

/// A change, typing, or a folding of either. Every fourth batch thins out the content that came last.
pub fn batch(rng: &mut Rng) -> Batch {
    let node = NodeId::from_random(1 + rng.below(NODES) as u128).expect("no fixed place");
    let text = |replace, updates, draft| TextWrite {
        node,
        replace,
        updates,
        draft,
    };
    match rng.below(8) {
        0 => Batch {
            ledger: Some(bytes(rng, 2_000)),
            replace_ledger: true,
            ..Batch::default()
        },
        1 => Batch {
            texts: vec![text(true, vec![bytes(rng, 500)], false)],
            ..Batch::default()
        },
        2 | 3 => Batch {
            texts: vec![text(false, vec![bytes(rng, 60), bytes(rng, 60)], true)],
            ..Batch::default()
        },
        kind => {
            let size = if kind == 4 { 300_000 } else { 9_000 };
            let content = bytes(rng, size);
            Batch {
                ledger: Some(bytes(rng, 400)),
                texts: vec![text(false, vec![bytes(rng, 80)], false)],
                blobs: vec![(Hash::of(&content), Arc::from(content))],
                cells: vec![(format!("tree.{}", rng.below(3)), bytes(rng, 300))],
                ..Batch::default()
            }
        }
    }
}
