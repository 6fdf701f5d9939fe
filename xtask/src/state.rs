//! The state pass: makes all that a guest's instance remembers something that its host can copy and put back.
//!
//! **Problem.** An instance that was warmed up is copied to begin a run, and is put back to begin the next. A copy that lacks
//! something is a run that begins in another's middle.
//!
//! **Shape.** In WebAssembly an instance remembers in its memory, in globals that can change, in tables, and in which of its
//! segments it dropped. The memory is the host's. The pass exports each global that can change as `state:` and its number, and
//! refuses a guest that changes a table or drops a segment, which no compiler of ours emits.
//!
//! *Invariants.*
//! - Memory and exported globals are the whole state of an instance between two entries.
//! - Only the exports change: no index does, and no code.

use wasm_encoder::{Encode, ExportKind, Module, RawSection};
use wasmparser::{BinaryReaderError, Operator, Parser, Payload, TypeRef};

/// How the exports of globals begin.
pub const STATE_PREFIX: &str = "state:";

/// Why a guest's state can't be copied.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It can't be read.
    #[error("the guest is broken: {0}")]
    Broken(#[from] BinaryReaderError),
    /// What it keeps there is out of the host's sight.
    #[error("the guest changes a table or drops a segment, which its host can't put back")]
    OutOfSight,
    /// Somebody else could change it.
    #[error("the guest imports a table or a global")]
    Shared,
    /// Nobody could call it.
    #[error("the guest exports nothing")]
    NoExports,
}

/// Exports every global that can change.
///
/// # Errors
/// See [`StateError`].
pub fn state(guest: &[u8]) -> Result<Vec<u8>, StateError> {
    let mut module = Module::new();
    let mut changing = Vec::new();
    let mut exported = false;
    for payload in Parser::new(0).parse_all(guest) {
        let payload = payload?;
        match &payload {
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    if matches!(import?.ty, TypeRef::Global(_) | TypeRef::Table(_)) {
                        return Err(StateError::Shared);
                    }
                }
            }
            Payload::GlobalSection(globals) => {
                for (global, index) in globals.clone().into_iter().zip(0u32..) {
                    if global?.ty.mutable {
                        changing.push(index);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let mut operators = body.get_operators_reader()?;
                while !operators.eof() {
                    if is_out_of_sight(&operators.read()?) {
                        return Err(StateError::OutOfSight);
                    }
                }
            }
            _ => {}
        }
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        if let Payload::ExportSection(exports) = &payload {
            exported = true;
            let mut data = Vec::new();
            (exports.count() + changing.len() as u32).encode(&mut data);
            data.extend_from_slice(&guest[exports.original_position()..exports.range().end]);
            for index in &changing {
                format!("{STATE_PREFIX}{index}").as_str().encode(&mut data);
                ExportKind::Global.encode(&mut data);
                index.encode(&mut data);
            }
            module.section(&RawSection { id, data: &data });
        } else {
            module.section(&RawSection {
                id,
                data: &guest[range],
            });
        }
    }
    if exported {
        Ok(module.finish())
    } else {
        Err(StateError::NoExports)
    }
}

/// Whether this changes what neither the memory nor a global holds, or takes from what could be dropped.
fn is_out_of_sight(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::TableSet { .. }
            | Operator::TableGrow { .. }
            | Operator::TableFill { .. }
            | Operator::TableCopy { .. }
            | Operator::TableInit { .. }
            | Operator::ElemDrop { .. }
            | Operator::DataDrop { .. }
            | Operator::MemoryInit { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmi::{Engine, Linker, Store, Val};

    fn passed(body: &str) -> Result<Vec<u8>, StateError> {
        state(&wat::parse_str(format!("(module {body})")).expect("a module"))
    }

    #[test]
    fn a_host_can_put_back_every_global_that_changes() {
        let guest = passed(
            r#"(global $a (mut i32) (i32.const 7)) (global $fixed i64 (i64.const 1)) (global $b (mut f64) (f64.const 0.5))
            (func (export "spoil") (global.set $a (i32.const 8)) (global.set $b (f64.const 9)))
            (func (export "sum") (result f64) (f64.add (f64.convert_i32_s (global.get $a)) (global.get $b)))"#,
        )
        .expect("a guest");
        let engine = Engine::default();
        let module = wasmi::Module::new(&engine, &guest).expect("a valid module");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .expect("an instance");
        let state: Vec<_> = instance
            .exports(&store)
            .filter_map(|export| Some((export.name().to_owned(), export.into_global()?)))
            .map(|(name, global)| (name, global, global.get(&store)))
            .collect();
        let names: Vec<_> = state.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["state:0", "state:2"]);
        let sum = instance
            .get_typed_func::<(), f64>(&store, "sum")
            .expect("a function");
        instance
            .get_typed_func::<(), ()>(&store, "spoil")
            .expect("a function")
            .call(&mut store, ())
            .expect("spoiled");
        assert_eq!(sum.call(&mut store, ()).expect("a sum"), 17.0);
        for (_, global, value) in &state {
            global.set(&mut store, value.clone()).expect("put back");
        }
        assert!(matches!(state[0].2, Val::I32(7)));
        assert_eq!(sum.call(&mut store, ()).expect("a sum"), 7.5);
    }

    #[test]
    fn a_guest_that_keeps_something_elsewhere_is_refused() {
        for body in [
            "(table 1 2 funcref) (func (export \"f\") (table.set (i32.const 0) (ref.null func)))",
            "(table 1 2 funcref) (func (export \"f\") (drop (table.grow (ref.null func) (i32.const 1))))",
            "(memory 1) (data $d \"x\") (func (export \"f\") (data.drop $d))",
            "(memory 1) (data $d \"x\") (func (export \"f\") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))",
        ] {
            assert!(
                matches!(passed(body), Err(StateError::OutOfSight)),
                "{body}"
            );
        }
        let shared = r#"(import "a" "b" (global (mut i32))) (func (export "f"))"#;
        assert!(matches!(passed(shared), Err(StateError::Shared)));
        assert!(matches!(passed("(func)"), Err(StateError::NoExports)));
    }
}
