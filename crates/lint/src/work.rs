//! How much a look at a text may cost beyond the passes over its tree.
//!
//! Some questions about a place lead elsewhere: to what a name was set to, to every call of a
//! function, to every use of a promise. A text can be written so that each of its places leads to
//! every other one, and nothing interrupts lint. So what leads elsewhere is paid for, and where the
//! account of a look is empty, the answer is the one that fits anything: an unknown text, a grant
//! of everything, no finding.

use std::cell::Cell;

/// The most units that one look at a flow and what it imports spends: some tenths of a second.
pub const WORK_UNITS_MAX: u64 = 4_000_000;

/// The account of one look.
#[derive(Debug, Default)]
pub struct Work(Cell<u64>);

impl Work {
    /// Spends some units; `false` when there are none left.
    pub fn spend(&self, units: usize) -> bool {
        let spent = self.0.get().saturating_add(units as u64);
        if spent > WORK_UNITS_MAX {
            self.0.set(WORK_UNITS_MAX);
            return false;
        }
        self.0.set(spent);
        true
    }

    /// What was spent.
    #[cfg(test)]
    pub fn spent(&self) -> u64 {
        self.0.get()
    }
}

#[cfg(test)]
mod tests;
