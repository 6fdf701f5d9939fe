//! The graft pass: puts functions of our own in the place of a dependency's.
//!
//! **Problem.** An interpreter's own function can be right and slow, where no seam lets its host give another: the text that
//! `+` makes is one; or right, and there already in another form, as the reader of decimal numbers is. To carry a changed copy
//! of the dependency along would cost far more than the function.
//!
//! **Shape.** A recipe maps a function's name to that of its replacement, both as `rustc-demangle` writes them, hashes left out.
//! The first gets a body that calls the second. Both come out of one compilation and take the same Rust types, so they
//! agree on how values are passed; that they take and give the same wasm types is checked.
//!
//! *Invariants.* Each name is that of exactly one function, so that the list stays true when a dependency changes. A
//! replacement never calls what it replaces.

use crate::bodies::{self, BodiesError, Functions};
use std::collections::BTreeMap;
use wasm_encoder::{Encode, InstructionSink};

/// Why a function could not be replaced.
#[derive(Debug, thiserror::Error)]
pub enum GraftError {
    /// See there.
    #[error(transparent)]
    Bodies(#[from] BodiesError),
    /// The list is out of date.
    #[error("{count} functions have the name {name:?}, and one must")]
    NotOne {
        /// The name.
        name: String,
        /// How many there are.
        count: usize,
    },
    /// One was not made for the other.
    #[error("{replacement:?} takes or gives other types than {name:?}")]
    OtherTypes {
        /// What was to be replaced.
        name: String,
        /// By what.
        replacement: String,
    },
}

/// Makes each function of a name call the function of the other name instead.
///
/// # Errors
/// See [`GraftError`].
pub fn graft(guest: &[u8], grafts: &BTreeMap<String, String>) -> Result<Vec<u8>, GraftError> {
    let functions = Functions::of(guest)?;
    let mut calls = BTreeMap::new();
    for (name, replacement) in grafts {
        let (from, to) = (one(&functions, name)?, one(&functions, replacement)?);
        let signature = functions
            .signature(from)
            .filter(|signature| functions.signature(to) == Some(signature))
            .ok_or_else(|| GraftError::OtherTypes {
                name: name.clone(),
                replacement: replacement.clone(),
            })?;
        let mut body = Vec::new();
        0u32.encode(&mut body);
        let mut sink = InstructionSink::new(&mut body);
        for (parameter, _) in (0u32..).zip(signature.params()) {
            sink.local_get(parameter);
        }
        sink.call(to).end();
        calls.insert(from, body);
    }
    Ok(bodies::replace(guest, |index, _| {
        calls.get(&index).cloned()
    })?)
}

fn one(functions: &Functions, name: &str) -> Result<u32, GraftError> {
    match functions.named(name)[..] {
        [index] => Ok(index),
        ref several => Err(GraftError::NotOne {
            name: name.to_owned(),
            count: several.len(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUEST: &str = r#"(module
        (import "a" "b" (func $host))
        (func $slow (param i32 i64) (result i32) (local i32) i32.const 0)
        (func $fast (param i32 i64) (result i32) local.get 0 local.get 1 i32.wrap_i64 i32.add)
        (func $other (param i32) (result i32) local.get 0)
        (func (export "run") (param i32) (result i32) local.get 0 i64.const 2 call $slow))"#;

    fn grafted(name: &str, replacement: &str) -> Result<Vec<u8>, GraftError> {
        let guest = wat::parse_str(GUEST).expect("a module");
        graft(
            &guest,
            &BTreeMap::from([(name.to_owned(), replacement.to_owned())]),
        )
    }

    #[test]
    fn whoever_called_the_one_gets_the_other() {
        let wasm = grafted("slow", "fast").expect("grafted");
        assert_eq!(bodies::tests::call(&wasm, "run", 40), Some(42));
    }

    #[test]
    fn a_list_that_is_not_true_any_more_is_an_error() {
        assert!(
            matches!(grafted("gone", "fast"), Err(GraftError::NotOne { name, count: 0 }) if name == "gone")
        );
        assert!(
            matches!(grafted("slow", "gone"), Err(GraftError::NotOne { name, count: 0 }) if name == "gone")
        );
        assert!(matches!(
            grafted("slow", "other"),
            Err(GraftError::OtherTypes { .. })
        ));
    }
}
