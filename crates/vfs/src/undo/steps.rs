//! What this device can undo and redo.

use crate::limits::UNDO_CHANGES_MAX;

/// Which way a change leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A change of its own: what was undone before can't be redone any more.
    New,
    Undo,
    Redo,
}

/// This device's changes that can be undone, and those that can be redone; the latest is last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(super) undo: Vec<[u8; 32]>,
    pub(super) redo: Vec<[u8; 32]>,
}

impl Steps {
    pub fn load(cells: &[(String, Vec<u8>)]) -> Self {
        let cell = |name: &str| {
            let bytes = cells
                .iter()
                .find(|cell| cell.0 == name)
                .map(|cell| cell.1.as_slice())
                .unwrap_or_default();
            bytes.as_chunks::<32>().0.to_vec()
        };
        Self {
            undo: cell("undo"),
            redo: cell("redo"),
        }
    }

    /// The changes that can be undone or redone.
    pub fn hashes(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.undo.iter().chain(&self.redo)
    }

    pub fn cells(&self) -> Vec<(String, Vec<u8>)> {
        vec![
            ("undo".into(), self.undo.concat()),
            ("redo".into(), self.redo.concat()),
        ]
    }

    pub fn record(&mut self, step: Step, hash: [u8; 32]) {
        let list = match step {
            Step::New => {
                self.redo.clear();
                &mut self.undo
            }
            Step::Undo => {
                self.undo.pop();
                &mut self.redo
            }
            Step::Redo => {
                self.redo.pop();
                &mut self.undo
            }
        };
        list.push(hash);
        let excess = list.len().saturating_sub(UNDO_CHANGES_MAX);
        list.drain(..excess);
    }
}
