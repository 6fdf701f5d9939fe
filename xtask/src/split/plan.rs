//! Which function goes where.

use super::{SplitError, Unplaced, Whole};
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{ExternalKind, Operator};

/// The functions of both halves, by their numbers in the whole.
pub struct Plan {
    /// Those that the core has, in order.
    pub kept: Vec<u32>,
    /// Those that the rest has, in order.
    pub others: Vec<u32>,
    /// Those of the rest that the core can call, by the slot of the table by which it does. In this order the numbers of slots
    /// and stubs both grow, and compress better.
    pub stubs: BTreeMap<u32, u32>,
    /// Those of the core that the rest names, in order.
    pub shared: Vec<u32>,
    /// Imports of the whole that the rest names, in order.
    pub imported: Vec<u32>,
}

impl Plan {
    /// Makes a plan by which the core has the functions that are wanted.
    ///
    /// # Errors
    /// When a body is broken.
    pub fn of(whole: &Whole<'_>, wanted: &BTreeSet<u32>) -> Result<Self, SplitError> {
        let exported: BTreeSet<u32> = whole
            .exports
            .iter()
            .filter(|export| export.kind == ExternalKind::Func)
            .map(|export| export.index)
            .chain(whole.start)
            .collect();
        let (kept, others): (Vec<u32>, Vec<u32>) = (whole.imported..whole.type_of.len() as u32)
            .partition(|function| wanted.contains(function) || exported.contains(function));
        let is_other: BTreeSet<u32> = others.iter().copied().collect();

        let mut stubs = BTreeMap::new();
        let mut reached = BTreeSet::new();
        for (slot, function) in &whole.slots {
            if is_other.contains(function) && reached.insert(*function) {
                stubs.insert(*slot, *function);
            }
        }
        let own_slots = whole.table.initial as u32..;
        let called = &named(whole, &kept)? & &is_other;
        stubs.extend(own_slots.zip(&called - &reached));
        let foreign = &named(whole, &others)? - &is_other;
        let (imported, shared) = foreign
            .into_iter()
            .partition(|function| *function < whole.imported);
        Ok(Self {
            kept,
            others,
            stubs,
            shared,
            imported,
        })
    }

    /// The functions of the core in the order of their numbers: its own, then those that have a stub.
    pub fn core(&self) -> impl Iterator<Item = u32> {
        self.kept.iter().chain(self.stubs.values()).copied()
    }

    /// The stubs whose slots the table of the whole does not have.
    pub fn more(&self, whole: &Whole<'_>) -> impl Iterator<Item = u32> {
        self.stubs
            .range(whole.table.initial as u32..)
            .map(|(_, function)| *function)
    }
}

/// Every function that one of these names.
fn named(whole: &Whole<'_>, functions: &[u32]) -> Result<BTreeSet<u32>, SplitError> {
    let mut named = BTreeSet::new();
    for function in functions {
        let mut operators = whole.body(*function).get_operators_reader()?;
        while !operators.eof() {
            if let Operator::Call { function_index } | Operator::RefFunc { function_index } =
                operators.read()?
            {
                named.insert(function_index);
            }
        }
    }
    Ok(named)
}

/// The numbers that functions have in a half.
#[derive(Default)]
pub struct Numbers {
    of: BTreeMap<u32, u32>,
    next: u32,
}

impl Numbers {
    /// Gives a function of the whole the next number.
    pub fn add(&mut self, function: u32) {
        let number = self.reserve();
        self.of.insert(function, number);
    }

    /// Gives the next number to a function that the whole does not have.
    pub fn reserve(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}

impl Reencode for Numbers {
    type Error = Unplaced;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<Unplaced>> {
        let number = self.of.get(&function).copied();
        number.ok_or(reencode::Error::UserError(Unplaced(function)))
    }
}
