//! The functions of a module by their names, and other bodies for some of them.
//!
//! Nothing is added or renumbered: exports, tables, start functions and names stay as they are.

use std::collections::BTreeMap;
use wasm_encoder::{Encode, Module, RawSection, SectionId};
use wasmparser::{BinaryReaderError, FuncType, KnownCustom, Name, Parser, Payload, TypeRef};

/// Why a module's functions could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BodiesError {
    /// It is no WebAssembly module.
    #[error("the guest is broken: {0}")]
    Broken(#[from] BinaryReaderError),
    /// Without names nothing can be found.
    #[error("the guest has no names: build it with `strip = \"debuginfo\"`, not `strip = true`")]
    NoNames,
}

/// What is known of a module's functions.
#[derive(Debug)]
pub struct Functions {
    names: BTreeMap<u32, String>,
    types: Vec<FuncType>,
    type_of: Vec<u32>,
}

impl Functions {
    /// Reads them.
    ///
    /// # Errors
    /// See [`BodiesError`].
    pub fn of(module: &[u8]) -> Result<Self, BodiesError> {
        let (mut names, mut types, mut type_of) = (BTreeMap::new(), Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    for one in section.into_iter_err_on_gc_types() {
                        types.push(one?);
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if let TypeRef::Func(index) = import?.ty {
                            type_of.push(index);
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for index in section {
                        type_of.push(index?);
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
                            let name = format!("{:#}", rustc_demangle::demangle(function.name));
                            names.insert(function.index, name);
                        }
                    }
                }
                _ => {}
            }
        }
        if names.is_empty() {
            return Err(BodiesError::NoNames);
        }
        Ok(Self {
            names,
            types,
            type_of,
        })
    }

    /// A function's name as `rustc-demangle` writes it, hashes left out.
    pub fn name(&self, index: u32) -> Option<&str> {
        self.names.get(&index).map(String::as_str)
    }

    /// The functions of this name.
    pub fn named(&self, name: &str) -> Vec<u32> {
        let found = self.names.iter().filter(|(_, one)| *one == name);
        found.map(|(index, _)| *index).collect()
    }

    /// What a function takes and gives.
    pub fn signature(&self, index: u32) -> Option<&FuncType> {
        let index = self.type_of.get(usize::try_from(index).ok()?)?;
        self.types.get(usize::try_from(*index).ok()?)
    }
}

/// The module with other bodies: `other` gets a function's index and body, and gives another body or none.
///
/// # Errors
/// See [`BodiesError`].
pub fn replace(
    module: &[u8],
    mut other: impl FnMut(u32, &[u8]) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, BodiesError> {
    let (mut changed, mut code) = (Module::new(), Vec::new());
    let (mut index, mut last) = (0, 0);
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::ImportSection(section) = &payload {
            for import in section.clone().into_imports() {
                index += u32::from(matches!(import?.ty, TypeRef::Func(_)));
            }
        }
        match &payload {
            Payload::CodeSectionStart { count, .. } => {
                count.encode(&mut code);
                last = index + count;
            }
            Payload::CodeSectionEntry(body) => {
                let own = body.as_bytes();
                match other(index, own) {
                    Some(body) => body.encode(&mut code),
                    None => own.encode(&mut code),
                }
                index += 1;
                if index == last {
                    changed.section(&RawSection {
                        id: SectionId::Code as u8,
                        data: &code,
                    });
                }
            }
            payload => {
                if let Some((id, range)) = payload.as_section() {
                    changed.section(&RawSection {
                        id,
                        data: &module[range],
                    });
                }
            }
        }
    }
    Ok(changed.finish())
}

#[cfg(test)]
pub mod tests {
    //! What the tests of both passes need.

    /// What an export of a module gives, when it takes one number and gives one; nothing when it traps. The module imports `a.b`.
    pub fn call(wasm: &[u8], name: &str, argument: i32) -> Option<i32> {
        let engine = wasmi::Engine::default();
        let module = wasmi::Module::new(&engine, wasm).expect("a valid module");
        let mut store = wasmi::Store::new(&engine, ());
        let mut linker = wasmi::Linker::new(&engine);
        linker.func_wrap("a", "b", || {}).expect("a name");
        let instance = linker
            .instantiate_and_start(&mut store, &module)
            .expect("an instance");
        instance
            .get_typed_func::<i32, i32>(&store, name)
            .expect("there")
            .call(&mut store, argument)
            .ok()
    }
}
