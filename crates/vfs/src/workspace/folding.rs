//! Housekeeping: what storage holds in many pieces becomes one.

use super::Workspace;
use crate::index::Index;
use crate::limits::{LEDGER_LOG_BYTES_MAX, LEDGER_PARTS_MAX};
use crate::storage::Batch;
use crate::tree::Tree;
use std::sync::Arc;

impl Workspace {
    /// Shows a tree that another replica's changes led to, after all of it is durable.
    pub(crate) fn shown(&mut self, tree: Arc<Tree>, index: Index, part_bytes: u64) {
        self.index = index;
        if part_bytes > 0 {
            self.ledger_parts += 1;
            self.ledger_log_bytes += part_bytes;
        }
        self.tree = tree;
        self.fold();
    }

    /// Folds what storage holds in many pieces. It is housekeeping: when it fails, nothing is
    /// lost, and the next change tries again.
    pub(super) fn fold(&mut self) {
        let log_max = self.ledger_base_bytes.max(LEDGER_LOG_BYTES_MAX);
        if self.ledger_parts > LEDGER_PARTS_MAX || self.ledger_log_bytes > log_max {
            let Ok(part) = self.ledger.save() else { return };
            let size = part.len() as u64;
            let known = (&self.ledger.heads(), self.ledger.changes_len());
            let (index, cell) = Index::of(&part, known, &self.tree);
            let batch = Batch {
                ledger: Some(part),
                replace_ledger: true,
                cells: vec![cell],
                ..Batch::default()
            };
            if self.storage.commit(batch).is_ok() {
                self.index = index;
                (
                    self.ledger_parts,
                    self.ledger_base_bytes,
                    self.ledger_log_bytes,
                ) = (1, size, 0);
            }
        }
        let texts = self.texts.foldings();
        if !texts.is_empty()
            && self
                .storage
                .commit(Batch {
                    texts: texts.clone(),
                    ..Batch::default()
                })
                .is_ok()
        {
            self.texts.landed(&texts);
        }
    }
}
