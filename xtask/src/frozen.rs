//! The order of frozen modules: by name, in every build.
//!
//! **Problem.** RustPython freezes a folder of modules by a macro that lists them out of a hash map with a random seed. So the
//! modules lie in another order after every build; the interpreter fills its own map in that order, finds a name there after more
//! looks or fewer, and equal runs of equal sources would use unequal fuel.
//!
//! **Shape.** The libraries are found in the data of the module that cargo made, by their form, and their modules are put in order
//! where they lie. Nothing else moves, for an order changes no length.
//!
//! The form, as `rustpython-compiler-core` 0.6.0 writes it in `frozen.rs`, all numbers little-endian: `modules (u32)`, and for
//! each `length (u32) | name | length (u32) | code | package (u8, 0 or 1)`. The code begins with its size before compression.
//!
//! *Invariants.* A recipe says how many libraries there are; another number is an error, so that no build goes unordered
//! unseen when the form changes.

use std::ops::Range;
use wasmparser::{DataKind, Parser, Payload};

/// The most modules that a library is taken to have.
const MODULES_MAX: usize = 4096;

/// The most bytes that a module's name is taken to have.
const NAME_BYTES_MAX: usize = 200;

/// Why the modules could not be put in order.
#[derive(Debug, thiserror::Error)]
pub enum FrozenError {
    /// The module can't be read.
    #[error(transparent)]
    Module(#[from] wasmparser::BinaryReaderError),
    /// The recipe is out of date, or the form of libraries is.
    #[error("{found} libraries of frozen modules are there, and the recipe says {expected}")]
    Count {
        /// How many were found.
        found: usize,
        /// How many the recipe names.
        expected: usize,
    },
}

/// Puts the modules of every frozen library in the order of their names.
///
/// # Errors
/// See [`FrozenError`].
pub fn ordered(mut guest: Vec<u8>, expected: usize) -> Result<Vec<u8>, FrozenError> {
    let mut found = 0;
    for data in segments(&guest)? {
        let mut at = data.start;
        while at < data.end {
            let Some(mut modules) = library(&guest, at..data.end) else {
                at += 1;
                continue;
            };
            found += 1;
            let (first, end) = (at + 4, modules.last().map_or(at + 4, |last| last.1.end));
            modules.sort_by(|one, other| guest[one.0.clone()].cmp(&guest[other.0.clone()]));
            let whole = modules.iter().map(|(_, module)| &guest[module.clone()]);
            let bytes = whole.collect::<Vec<_>>().concat();
            guest[first..end].copy_from_slice(&bytes);
            at = end;
        }
    }
    if found != expected {
        return Err(FrozenError::Count { found, expected });
    }
    Ok(guest)
}

/// Where the data that is laid into memory stands in the file.
fn segments(guest: &[u8]) -> Result<Vec<Range<usize>>, FrozenError> {
    let mut segments = Vec::new();
    for payload in Parser::new(0).parse_all(guest) {
        if let Payload::DataSection(section) = payload? {
            for data in section {
                let data = data?;
                if matches!(data.kind, DataKind::Active { .. }) {
                    segments.push(data.range.end - data.data.len()..data.range.end);
                }
            }
        }
    }
    Ok(segments)
}

/// The modules of a library that begins here, if one does: where each has its name, and where it lies.
fn library(bytes: &[u8], within: Range<usize>) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let mut reader = Reader {
        bytes: &bytes[..within.end],
        at: within.start,
    };
    let count = reader
        .number()
        .filter(|&count| (2..=MODULES_MAX).contains(&count))?;
    let mut modules = Vec::new();
    for _ in 0..count {
        let start = reader.at;
        let length = reader
            .number()
            .filter(|&length| (1..=NAME_BYTES_MAX).contains(&length))?;
        let name = reader.take(length)?;
        if !bytes[name.clone()].iter().all(|&byte| is_of_a_name(byte)) {
            return None;
        }
        let length = reader.number().filter(|&length| length > 4)?;
        reader.take(length)?;
        let package = reader.take(1)?;
        if bytes[package.start] > 1 {
            return None;
        }
        modules.push((name, start..reader.at));
    }
    Some(modules)
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, length: usize) -> Option<Range<usize>> {
        let end = self
            .at
            .checked_add(length)
            .filter(|&end| end <= self.bytes.len())?;
        let range = self.at..end;
        self.at = end;
        Some(range)
    }

    fn number(&mut self) -> Option<usize> {
        let range = self.take(4)?;
        let bytes = self.bytes[range].try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{ConstExpr, DataSection, MemorySection, MemoryType, Module};

    fn frozen(modules: &[(&str, &str)]) -> Vec<u8> {
        let number = |length: usize| u32::try_from(length).expect("small").to_le_bytes();
        let mut bytes = number(modules.len()).to_vec();
        for (name, code) in modules {
            bytes.extend(number(name.len()));
            bytes.extend(name.as_bytes());
            bytes.extend(number(code.len()));
            bytes.extend(code.as_bytes());
            bytes.push(0);
        }
        bytes
    }

    fn guest(data: &[u8]) -> Vec<u8> {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut segments = DataSection::new();
        segments.active(0, &ConstExpr::i32_const(1024), data.iter().copied());
        let mut module = Module::new();
        module.section(&memories).section(&segments);
        module.finish()
    }

    #[test]
    fn two_orders_of_the_same_modules_become_one() {
        let (a, b) = (("_thread", "code one"), ("codecs", "the other code"));
        let between =
            |library: Vec<u8>| [b"before\x02\0".to_vec(), library, b"after".to_vec()].concat();
        let one = ordered(guest(&between(frozen(&[a, b]))), 1).expect("in order");
        let other = ordered(guest(&between(frozen(&[b, a]))), 1).expect("in order");
        assert_eq!(one, other);
        assert_eq!(
            one,
            guest(&between(frozen(&[a, b]))),
            "and nothing else moves"
        );
    }

    #[test]
    fn a_recipe_that_is_not_true_any_more_is_an_error() {
        let library = frozen(&[("a", "code one"), ("b", "code two")]);
        let found = |data: &[u8], expected| {
            ordered(guest(data), expected)
                .expect_err("not as many")
                .to_string()
        };
        assert!(found(&library, 2).starts_with("1 libraries"));
        assert!(found(&library[..library.len() - 1], 1).starts_with("0 libraries"));
        assert!(
            found(&frozen(&[("a b", "code one"), ("b", "code two")]), 1).starts_with("0 libraries")
        );
    }
}
