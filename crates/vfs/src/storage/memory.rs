//! A workspace that lives as long as its process: for tests, and where nothing durable is to be
//! had.

use super::{Arrival, Arriving, Batch, Loaded, PIECE_BYTES, Storage, TextState};
use crate::error::{Result, VfsError};
use crate::id::{Hash, NodeId};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Clone, Default)]
struct Log {
    updates: Vec<Vec<u8>>,
    draft: bool,
}

/// Storage in memory, with an optional bound.
#[derive(Debug, Clone, Default)]
pub struct MemoryStorage {
    ledger: Vec<Vec<u8>>,
    texts: BTreeMap<NodeId, Log>,
    blobs: BTreeMap<Hash, Arc<[u8]>>,
    /// Contents that are not whole, with the sizes that they shall have.
    arriving: BTreeMap<Hash, (u64, Vec<u8>)>,
    thinned: BTreeMap<Hash, u64>,
    cells: BTreeMap<String, Vec<u8>>,
    bytes_max: Option<u64>,
}

impl MemoryStorage {
    /// Storage without a bound.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Storage that is full when its contents pass `bytes_max`.
    #[must_use]
    pub fn with_bytes_max(bytes_max: u64) -> Self {
        Self {
            bytes_max: Some(bytes_max),
            ..Self::default()
        }
    }

    fn held_bytes(&self) -> u64 {
        let ledger: usize = self.ledger.iter().map(Vec::len).sum();
        let texts: usize = self
            .texts
            .values()
            .flat_map(|log| &log.updates)
            .map(Vec::len)
            .sum();
        let blobs: usize = self.blobs.values().map(|bytes| bytes.len()).sum();
        let cells: usize = self
            .cells
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let arriving: usize = self.arriving.values().map(|(_, bytes)| bytes.len()).sum();
        (ledger + texts + blobs + arriving + cells) as u64
    }

    fn added_bytes(&self, batch: &Batch) -> u64 {
        let ledger = batch.ledger.as_ref().map_or(0, Vec::len);
        let texts: usize = batch
            .texts
            .iter()
            .flat_map(|text| &text.updates)
            .map(Vec::len)
            .sum();
        let blobs: usize = batch
            .blobs
            .iter()
            .filter(|(hash, _)| self.held(hash).is_none())
            .map(|(_, bytes)| bytes.len())
            .sum();
        let arrivals = batch.arrivals.iter().map(|arrival| match arrival {
            Arrival::Pieces { bytes, .. } => bytes.len(),
            _ => 0,
        });
        (ledger + texts + blobs + arrivals.sum::<usize>()) as u64
    }

    /// A content that is here: one that was thinned out is empty.
    fn held(&self, hash: &Hash) -> Option<&Arc<[u8]>> {
        let held = self.blobs.get(hash);
        held.filter(|bytes| !bytes.is_empty() || !self.thinned.contains_key(hash))
    }

    fn arrive(&mut self, arrival: Arrival) -> Result<()> {
        let hash = arrival.hash();
        match arrival {
            Arrival::Pieces {
                size, first, bytes, ..
            } => {
                let held = self.arriving.entry(hash).or_default();
                held.0 = size;
                held.1.truncate(first as usize * PIECE_BYTES);
                if held.1.len() != first as usize * PIECE_BYTES {
                    return Err(VfsError::Damaged {
                        why: format!("content {hash} has no such piece"),
                    });
                }
                held.1.extend_from_slice(&bytes);
            }
            Arrival::Whole { .. } => {
                if let Some((_, bytes)) = self.arriving.remove(&hash) {
                    self.blobs.insert(hash, bytes.into());
                }
            }
            Arrival::Dropped { .. } => drop(self.arriving.remove(&hash)),
            Arrival::Thinned { at_ms, .. } => {
                if let Some(bytes) = self.blobs.get_mut(&hash) {
                    *bytes = Arc::default();
                }
                self.thinned.insert(hash, at_ms);
            }
        }
        Ok(())
    }
}

impl Storage for MemoryStorage {
    fn load(&mut self) -> Result<Loaded> {
        let texts = self.texts.iter().map(|(node, log)| TextState {
            node: *node,
            updates: log.updates.len() as u64,
            bytes: log.updates.iter().map(|update| update.len() as u64).sum(),
            draft: log.draft,
        });
        Ok(Loaded {
            ledger: self.ledger.clone(),
            texts: texts.collect(),
            cells: self.cells.clone().into_iter().collect(),
        })
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>> {
        Ok(self.held(hash).map(|bytes| bytes.to_vec()))
    }

    fn has_blob(&self, hash: &Hash) -> Result<bool> {
        Ok(self.held(hash).is_some())
    }

    fn blob_size(&self, hash: &Hash) -> Result<Option<u64>> {
        Ok(self.held(hash).map(|bytes| bytes.len() as u64))
    }

    fn piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        let blob = self.held(hash);
        let piece = blob.and_then(|bytes| bytes.chunks(PIECE_BYTES).nth(number as usize));
        Ok(piece.map(<[u8]>::to_vec))
    }

    fn arriving(&self) -> Result<Vec<Arriving>> {
        let rows = self.arriving.iter().map(|(hash, (size, bytes))| Arriving {
            hash: *hash,
            size: *size,
            pieces: u32::try_from(bytes.len().div_ceil(PIECE_BYTES)).unwrap_or(u32::MAX),
        });
        Ok(rows.collect())
    }

    fn arriving_piece(&self, hash: &Hash, number: u32) -> Result<Option<Vec<u8>>> {
        let held = self.arriving.get(hash);
        let piece = held.and_then(|(_, bytes)| bytes.chunks(PIECE_BYTES).nth(number as usize));
        Ok(piece.map(<[u8]>::to_vec))
    }

    fn thinned(&self, hash: &Hash) -> Result<Option<u64>> {
        Ok(self.thinned.get(hash).copied())
    }

    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>> {
        Ok(self
            .texts
            .get(node)
            .map(|log| log.updates.clone())
            .unwrap_or_default())
    }

    fn commit(&mut self, batch: Batch) -> Result<()> {
        if let Some(max) = self.bytes_max {
            let wanted = self.held_bytes() + self.added_bytes(&batch);
            if wanted > max {
                return Err(VfsError::StorageFull {
                    why: format!("{wanted} bytes of {max}"),
                });
            }
        }
        for arrival in batch.arrivals {
            self.arrive(arrival)?;
        }
        if batch.replace_ledger {
            self.ledger.clear();
        }
        self.ledger.extend(batch.ledger);
        for text in batch.texts {
            let log = self.texts.entry(text.node).or_default();
            if text.replace {
                log.updates.clear();
            }
            log.updates.extend(text.updates);
            log.draft = text.draft;
        }
        for (hash, bytes) in batch.blobs {
            if self.held(&hash).is_none() {
                self.blobs.insert(hash, bytes);
            }
        }
        self.cells.extend(batch.cells);
        Ok(())
    }

    fn size_bytes(&self) -> Result<u64> {
        Ok(self.held_bytes())
    }
}
