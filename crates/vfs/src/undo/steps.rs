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

/// Changes that are stored behind the cell `undo`, in one of their own, before that is written anew.
const LATEST_MAX: usize = 16;

/// This device's changes that can be undone, and those that can be redone; the latest is last.
///
/// Most steps add one change to many. So they write a second cell, `undo.latest`: the change that `undo` ends with, and
/// those since. When it begins with another one, it is of an older `undo` and counts for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(super) undo: Vec<[u8; 32]>,
    pub(super) redo: Vec<[u8; 32]>,
    /// How many of `undo` are stored behind it.
    latest: usize,
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
        let mut steps = Self {
            undo: cell("undo"),
            redo: cell("redo"),
            latest: 0,
        };
        if let [end, latest @ ..] = cell("undo.latest").as_slice()
            && steps.undo.last() == Some(end)
            && latest.len() <= LATEST_MAX
        {
            steps.undo.extend(latest);
            steps.latest = latest.len();
            shorten(&mut steps.undo);
        }
        steps
    }

    /// The changes that can be undone or redone.
    pub fn hashes(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.undo.iter().chain(&self.redo)
    }

    /// What to store after a step.
    pub fn cells(&self) -> Vec<(String, Vec<u8>)> {
        let cell = |name: &str, hashes: &[[u8; 32]]| (name.into(), hashes.as_flattened().to_vec());
        let redo = cell("redo", &self.redo);
        let before = self.undo.len() - self.latest;
        match self.latest {
            0 => vec![cell("undo", &self.undo), cell("undo.latest", &[]), redo],
            _ => vec![cell("undo.latest", &self.undo[before - 1..]), redo],
        }
    }

    /// Notes a change that was made.
    pub fn record(&mut self, step: Step, hash: [u8; 32]) {
        match step {
            Step::New => {
                self.redo.clear();
                self.undo.push(hash);
                shorten(&mut self.undo);
                self.latest += 1;
                // There is nothing before the first that the latest could follow.
                if self.latest > LATEST_MAX || self.latest == self.undo.len() {
                    self.latest = 0;
                }
            }
            Step::Undo | Step::Redo => {
                self.skip(step);
                let list = match step {
                    Step::Undo => &mut self.redo,
                    _ => &mut self.undo,
                };
                list.push(hash);
                shorten(list);
            }
        }
    }

    /// Drops the change that was to be undone or redone next.
    pub fn skip(&mut self, step: Step) {
        match step {
            Step::Undo => self.undo.pop(),
            _ => self.redo.pop(),
        };
        self.latest = 0;
    }
}

fn shorten(list: &mut Vec<[u8; 32]>) {
    let excess = list.len().saturating_sub(UNDO_CHANGES_MAX);
    list.drain(..excess);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn loaded(stored: &BTreeMap<String, Vec<u8>>) -> Steps {
        let cells: Vec<_> = stored.clone().into_iter().collect();
        Steps::load(&cells)
    }

    #[test]
    fn what_is_stored_is_what_was_recorded_whatever_the_steps() {
        let (mut steps, mut stored) = (Steps::default(), BTreeMap::new());
        let mut short = 0;
        for n in 0u32..2000 {
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&n.to_le_bytes());
            // Stretches of changes, with some back and forth between them.
            match (n.wrapping_mul(2_654_435_761) >> 24, n % 300 > 250) {
                (0..90, true) if !steps.undo.is_empty() => steps.record(Step::Undo, hash),
                (90..120, true) if !steps.redo.is_empty() => steps.record(Step::Redo, hash),
                (120..140, true) => steps.skip(Step::Undo),
                _ => steps.record(Step::New, hash),
            }
            let cells = steps.cells();
            let bytes: usize = cells.iter().map(|cell| cell.1.len()).sum();
            short += u32::from(bytes <= 32 * (LATEST_MAX + 1));
            stored.extend(cells);
            assert_eq!(loaded(&stored), steps, "after step {n}");
        }
        assert!(short > 1500, "{short} steps wrote little");
        assert!(steps.undo.len() <= UNDO_CHANGES_MAX);
    }

    #[test]
    fn changes_behind_another_list_are_not_taken_for_its_latest() {
        let (mut steps, mut stored) = (Steps::default(), BTreeMap::new());
        for n in 1..4 {
            steps.record(Step::New, [n; 32]);
            stored.extend(steps.cells());
        }
        assert_eq!(loaded(&stored).undo, [[1; 32], [2; 32], [3; 32]]);
        // A program that knows nothing of them wrote the list alone.
        stored.insert("undo".into(), [[1; 32], [9; 32]].concat());
        assert_eq!(loaded(&stored).undo, [[1; 32], [9; 32]]);
    }
}
