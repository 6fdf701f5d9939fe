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

use std::collections::BTreeMap;
use wasm_encoder::{Encode, InstructionSink, Module, RawSection, SectionId};
use wasmparser::{BinaryReaderError, KnownCustom, Name, Parser, Payload, TypeRef};

/// Why functions could not be taken out.
#[derive(Debug, thiserror::Error)]
pub enum SnipError {
    /// It is no WebAssembly module.
    #[error("the guest is broken: {0}")]
    Broken(#[from] BinaryReaderError),
    /// Without names nothing can be found.
    #[error("the guest has no names: build it with `strip = \"debuginfo\"`, not `strip = true`")]
    NoNames,
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
    let (imported, names) = names(guest)?;
    let mut unmatched: Vec<&String> = prefixes.iter().collect();
    let mut is_snipped = |index: u32| {
        let found = names
            .get(&index)
            .and_then(|name| prefixes.iter().find(|prefix| begins_with(name, prefix)));
        unmatched.retain(|prefix| Some(*prefix) != found);
        found.is_some()
    };
    let mut empty = vec![0];
    InstructionSink::new(&mut empty).unreachable().end();

    let mut module = Module::new();
    let (mut code, mut last) = (Vec::new(), imported);
    let mut index = imported;
    let (mut functions, mut bytes) = (0, 0);
    for payload in Parser::new(0).parse_all(guest) {
        let payload = payload?;
        match &payload {
            Payload::CodeSectionStart { count, .. } => {
                count.encode(&mut code);
                last += count;
            }
            Payload::CodeSectionEntry(body) => {
                let mut kept = body.as_bytes();
                if is_snipped(index) {
                    functions += 1;
                    bytes += kept.len();
                    kept = &empty;
                }
                kept.encode(&mut code);
                index += 1;
                if index == last {
                    module.section(&RawSection {
                        id: SectionId::Code as u8,
                        data: &code,
                    });
                }
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    module.section(&RawSection {
                        id,
                        data: &guest[range],
                    });
                }
            }
        }
    }
    match unmatched.first() {
        Some(prefix) => Err(SnipError::Unmatched((*prefix).clone())),
        None => Ok(Snipped {
            wasm: module.finish(),
            functions,
            bytes,
        }),
    }
}

/// Whether a name begins with a path. `<a::B as c::D>::e` begins with `a::B` and with `<a::B as c::D>`.
fn begins_with(name: &str, prefix: &str) -> bool {
    name.starts_with(prefix) || name.trim_start_matches(['<', '&']).starts_with(prefix)
}

/// How many functions are imported, and the names of those that have one.
fn names(guest: &[u8]) -> Result<(u32, BTreeMap<u32, String>), SnipError> {
    let (mut imported, mut names) = (0, BTreeMap::new());
    for payload in Parser::new(0).parse_all(guest) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CustomSection(custom) => {
                let KnownCustom::Name(sections) = custom.as_known() else {
                    continue;
                };
                for section in sections {
                    let Name::Function(functions) = section? else {
                        continue;
                    };
                    for function in functions {
                        let function = function?;
                        names.insert(
                            function.index,
                            format!("{:#}", rustc_demangle::demangle(function.name)),
                        );
                    }
                }
            }
            _ => {}
        }
    }
    if names.is_empty() {
        Err(SnipError::NoNames)
    } else {
        Ok((imported, names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUEST: &str = r#"(module
        (import "a" "b" (func $intl::imported))
        (func $keep (export "keep") (result i32) i32.const 1)
        (func $intl::format::run (param i32) (result i32) (local i64) local.get 0)
        (func $<intl::Date\20as\20core::fmt::Debug>::fmt (result i32) i32.const 3)
        (func $international (export "late") (result i32) i32.const 4))"#;

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
        let engine = wasmi::Engine::default();
        let module = wasmi::Module::new(&engine, wasm).expect("a valid module");
        let mut store = wasmi::Store::new(&engine, ());
        let mut linker = wasmi::Linker::new(&engine);
        linker.func_wrap("a", "b", || {}).expect("a name");
        let instance = linker
            .instantiate_and_start(&mut store, &module)
            .expect("an instance");
        instance
            .get_typed_func::<(), i32>(&store, name)
            .expect("there")
            .call(&mut store, ())
            .ok()
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
            Err(SnipError::NoNames)
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
