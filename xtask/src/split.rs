//! The split pass: makes two modules of a guest, so that a browser has its first result before it has all of the guest.
//!
//! **Problem.** A browser reads, checks and keeps every byte of a module before the first function runs, and a first run needs
//! a fifth of the functions.
//!
//! **Shape.** The *core* is the guest with only the functions that were asked for. What the core may call of the others has a *stub*
//! there: it calls the import `selvage.miss` unless the rest is linked, and then the function, through a slot of the table. The
//! *rest* has the other functions. It takes all else from the core: functions, globals and the table, by import. To link it
//! is to instantiate it, with the core's exports as the module `core`: its segments put the functions into their slots, and its start
//! function sets the global `linked`.
//!
//! ```wat
//! (func $stub (param ...) (result ...)
//!   global.get $linked  i32.eqz  if  call $miss  end
//!   local.get 0 ...  i32.const SLOT  call_indirect (param ...) (result ...))
//! ```
//!
//! **For the host.** `miss` must link the rest before it comes back, or not come back. It may suspend the guest until the rest is there:
//! a stub calls it from WebAssembly, so no frame of the host's is in between.
//!
//! *Invariants.*
//! - Both halves together compute what the whole does, with the same fuel: no loop is added, and none is left out.
//! - A function has the same slot of the table before and after, so that its address in memory stays true.
//! - The rest remembers nothing: memory, globals and table are the core's. Whether it is linked is no part of an instance's state
//!   ([`crate::state`]), since that computes the same with and without.
//! - The same input gives the same output, byte for byte.

mod core;
mod plan;
mod rest;
#[cfg(test)]
mod tests;
mod whole;

use plan::Plan;
use std::collections::BTreeSet;
use wasm_encoder::reencode;
use wasmparser::{BinaryReaderError, Validator, WasmFeatures};
use whole::Whole;

/// The module and the name of the import that a stub calls.
pub const MISS_IMPORT: (&str, &str) = ("selvage", "miss");

/// The module that the rest imports from: the core's exports.
pub const CORE: &str = "core";

/// The name under which the core exports its table.
const TABLE_EXPORT: &str = "table";

/// The name under which the core exports whether the rest is linked.
const LINKED_EXPORT: &str = "linked";

/// Why a guest could not be split.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// It can't be read.
    #[error("the guest is broken: {0}")]
    Broken(#[from] BinaryReaderError),
    /// A function is named where it is not.
    #[error("the guest can't be written again: {0}")]
    Unwritable(#[from] reencode::Error<Unplaced>),
    /// The halves could not share it.
    #[error("the guest has {0}, which two modules can't share")]
    Unshared(&'static str),
}

/// A half names a function that it neither has nor imports: an error of the plan.
#[derive(Debug, thiserror::Error)]
#[error("function {0} is in neither place")]
pub struct Unplaced(u32);

/// A guest in two.
#[derive(Debug)]
pub struct Halves {
    /// What a first run needs.
    pub core: Vec<u8>,
    /// All other functions.
    pub rest: Vec<u8>,
    /// How many functions the core has, stubs left out.
    pub kept: usize,
    /// How many stubs it has.
    pub stubs: usize,
}

/// Splits a guest. The core gets the functions with these indices, and those that are exported.
///
/// # Errors
/// See [`SplitError`].
pub fn split(guest: &[u8], wanted: &BTreeSet<u32>) -> Result<Halves, SplitError> {
    let whole = Whole::read(guest)?;
    let plan = Plan::of(&whole, wanted)?;
    let halves = Halves {
        core: core::core(&whole, &plan)?,
        rest: rest::rest(&whole, &plan)?,
        kept: plan.kept.len(),
        stubs: plan.stubs.len(),
    };
    for half in [&halves.core, &halves.rest] {
        Validator::new_with_features(WasmFeatures::WASM2).validate_all(half)?;
    }
    Ok(halves)
}
