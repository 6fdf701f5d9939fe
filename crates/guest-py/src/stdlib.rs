//! The part of the standard library that is written in Python: compiled when the guest is built, and a part of its data.

use rustpython_vm::frozen::{FrozenLib, FrozenModule};

static PACK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stdlib.pack"));

/// Every module of the pack, by its full name.
pub fn modules() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    FrozenLib::from_ref(PACK).decode()
}
