//! The snip pass: takes the bodies of functions that can never run out of a guest.
//!
//! **Problem.** A linker keeps what is named from somewhere. An interpreter names all it could do from its tables of built-ins,
//! also what its host switched off, and that is a good part of its size.
//!
//! **Shape.** A recipe lists prefixes of function names as `rustc-demangle` writes them, hashes left out. A function that has
//! such a name gets the body `unreachable`; `wasm-opt`, which comes next, then drops all that only it called. If such
//! a function is called after all, the guest traps: that is an error of the recipe, and never a hole in the sandbox.
//!
//! A list names roots: functions by which a part is entered, and not the part itself. The compiler merges functions with the same
//! code, and then others call them under that one name; two instances of a generic parser are such functions.
//!
//! *Invariants.* A prefix that no function has is an error, so that the list stays true when a dependency changes. Exports, start
//! functions and indices stay as they are.

use crate::bodies::{self, BodiesError, Functions};
use wasm_encoder::InstructionSink;

/// Why functions could not be taken out.
#[derive(Debug, thiserror::Error)]
pub enum SnipError {
    /// See there.
    #[error(transparent)]
    Bodies(#[from] BodiesError),
    /// The list is out of date.
    #[error("no function's name begins with {0:?}")]
    Unmatched(String),
}

/// What the pass did.
#[derive(Debug)]
pub struct Snipped {
    /// The module.
    pub wasm: Vec<u8>,
    /// How many functions were taken out.
    pub functions: usize,
    /// How many bytes they had.
    pub bytes: usize,
}

/// Takes out every function whose name begins with one of these.
///
/// # Errors
/// See [`SnipError`].
pub fn snip(guest: &[u8], prefixes: &[String]) -> Result<Snipped, SnipError> {
    let functions = Functions::of(guest)?;
    let mut unmatched: Vec<&String> = prefixes.iter().collect();
    let mut empty = vec![0];
    InstructionSink::new(&mut empty).unreachable().end();
    let (mut snipped, mut bytes) = (0, 0);
    let wasm = bodies::replace(guest, |index, body| {
        let name = functions.name(index)?;
        let prefix = prefixes.iter().find(|prefix| begins_with(name, prefix))?;
        unmatched.retain(|one| *one != prefix);
        snipped += 1;
        bytes += body.len();
        Some(empty.clone())
    })?;
    match unmatched.first() {
        Some(prefix) => Err(SnipError::Unmatched((*prefix).clone())),
        None => Ok(Snipped {
            wasm,
            functions: snipped,
            bytes,
        }),
    }
}

/// Whether a name begins with a path. `<a::B as c::D>::e` begins with `a::B` and with `<a::B as c::D>`.
fn begins_with(name: &str, prefix: &str) -> bool {
    name.starts_with(prefix) || name.trim_start_matches(['<', '&']).starts_with(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUEST: &str = r#"(module
        (import "a" "b" (func $intl::imported))
        (func $keep (export "keep") (param i32) (result i32) i32.const 1)
        (func $intl::format::run (param i32) (result i32) (local i64) local.get 0)
        (func $<intl::Date\20as\20core::fmt::Debug>::fmt (result i32) i32.const 3)
        (func $international (export "late") (param i32) (result i32) i32.const 4))"#;

    fn snipped(prefixes: &[&str]) -> Result<Snipped, SnipError> {
        let guest = wat::parse_str(GUEST.replace("\\20", "_")).expect("a module");
        snip(
            &guest,
            &prefixes
                .iter()
                .map(|&prefix| prefix.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    fn call(wasm: &[u8], name: &str) -> Option<i32> {
        bodies::tests::call(wasm, name, 0)
    }

    #[test]
    fn what_has_the_name_is_taken_out_and_everything_else_runs() {
        let guest = snipped(&["intl::"]).expect("snipped");
        assert_eq!(guest.functions, 2);
        assert_eq!(
            (call(&guest.wasm, "keep"), call(&guest.wasm, "late")),
            (Some(1), Some(4))
        );

        let guest = snipped(&["international", "intl::format"]).expect("snipped");
        assert_eq!(guest.functions, 2);
        assert_eq!(
            (call(&guest.wasm, "keep"), call(&guest.wasm, "late")),
            (Some(1), None)
        );
    }

    #[test]
    fn a_list_that_is_not_true_any_more_is_an_error() {
        assert!(
            matches!(snipped(&["intl::", "icu::"]), Err(SnipError::Unmatched(prefix)) if prefix == "icu::")
        );
        let nameless = wat::parse_str("(module (func))").expect("a module");
        assert!(matches!(
            snip(&nameless, &["a".to_owned()]),
            Err(SnipError::Bodies(BodiesError::NoNames))
        ));
    }

    #[test]
    fn a_path_is_found_inside_angle_brackets() {
        assert!(begins_with(
            "<&intl::Date as core::fmt::Debug>::fmt",
            "intl::"
        ));
        assert!(begins_with(
            "<intl::Date as core::fmt::Debug>::fmt",
            "<intl::Date as core::fmt"
        ));
        assert!(!begins_with("alloc::vec::Vec<intl::Date>::push", "intl::"));
    }
}
