//! The fuel pass: makes every loop of a guest count, so that its host can stop it.
//!
//! **Problem.** An interpreter's own step counter sees bytecode. A regular expression, a sort or a big integer spins inside
//! the interpreter's native code, where nothing counts, and a Worker that spins can only be killed.
//!
//! **Shape.** In WebAssembly only two things repeat: calls, which the stack bounds, and loops. So each `loop` header takes
//! one from a counter, the exported global `fuel`, and calls the import `selvage.quota` when the counter falls below zero:
//!
//! ```wat
//! loop ...
//!   global.get $fuel  i64.const -1  i64.add  local.tee $turn  global.set $fuel
//!   local.get $turn   i64.const 0   i64.lt_s
//!   if  call $quota  end
//! ```
//!
//! The code leaves the operand stack as it was, so loops with parameters need nothing special. The global and the local come
//! last in their index spaces, so nothing else is renumbered.
//!
//! **For the host.** `fuel` begins at 0, so the first turn of the first loop calls the hook. A hook that *adds* to `fuel`
//! and remembers how much it added knows the turns exactly, at any time: `turns = added - fuel`. A hook that throws ends
//! the run; the instance is then spoiled. The pass also takes the maximum off the imported memory, since a host that sets a
//! maximum of its own could otherwise not link it.
//!
//! *Invariants.*
//! - The pass is the last step of a build. Whatever runs after it could move or merge the counters.
//! - Nothing in the guest can read or write `fuel`: no code names it but the inserted one.
//! - A guest has no loop that the pass can't see, and no way to outlive a throwing hook: tail calls, exceptions, threads,
//!   and everything newer than WebAssembly 2.0 are refused.
//! - The same input gives the same output, byte for byte.
//! - Not covered: `memory.copy`, `memory.fill`, `table.*` and a host's own work are one step, however many bytes they move.
//!   The memory's maximum bounds each of them.

use wasm_encoder::{
    BlockType, ConstExpr, Encode, EntityType, ExportKind, GlobalType, InstructionSink, MemoryType,
    Module, RawSection, SectionId, ValType,
};
use wasmparser::{
    BinaryReaderError, FunctionBody, ImportSectionReader, Operator, Parser, Payload, TypeRef,
    Validator, WasmFeatures,
};

const IMPORT: u8 = SectionId::Import as u8;
const GLOBAL: u8 = SectionId::Global as u8;
const EXPORT: u8 = SectionId::Export as u8;
const CODE: u8 = SectionId::Code as u8;
const DATA_COUNT: u8 = SectionId::DataCount as u8;

/// The name under which the counter is exported.
pub const FUEL_EXPORT: &str = "fuel";

/// The module and the name of the hook.
pub const QUOTA_IMPORT: (&str, &str) = ("selvage", "quota");

/// Why a guest could not be given a counter.
#[derive(Debug, thiserror::Error)]
pub enum FuelError {
    /// It is no WebAssembly 2.0 module, or uses what the counter can't bound.
    #[error("the guest uses what fuel cannot bound, or is broken: {0}")]
    Unsupported(#[from] BinaryReaderError),
    /// Nothing would be called when the fuel is used up.
    #[error("the guest does not import the function selvage.quota: () -> ()")]
    NoQuotaImport,
    /// The hook is imported with parameters or results.
    #[error("the guest imports selvage.quota with another type than () -> ()")]
    QuotaType,
    /// The host could not set the memory's maximum.
    #[error(
        "the guest has a memory of its own: it must import it, so that the host sets the maximum"
    )]
    OwnMemory,
    /// Two things can't have one name; a guest that went through the pass before ends here too.
    #[error("the guest already exports {FUEL_EXPORT}")]
    FuelTaken,
    /// Code that isn't there.
    #[error("the guest has no loop at all: was it linked as a library that nothing calls?")]
    NoLoop,
}

/// What the pass did.
#[derive(Debug, PartialEq, Eq)]
pub struct Fueled {
    /// The module.
    pub wasm: Vec<u8>,
    /// How many loop headers count.
    pub loops: usize,
}

/// Gives a guest its counter.
///
/// # Errors
/// See [`FuelError`].
pub fn fuel(guest: &[u8]) -> Result<Fueled, FuelError> {
    let types = Validator::new_with_features(WasmFeatures::WASM2).validate_all(guest)?;
    let types = types.as_ref();
    let plan = Plan {
        quota: find_quota(guest, &types)?,
        fuel: types.global_count(),
    };
    let mut out = Writer {
        module: Module::new(),
        plan,
        global: false,
        export: false,
    };
    let (mut bodies, mut loops) = (Vec::new(), 0);
    let mut function = imported_functions(guest)?;

    for payload in Parser::new(0).parse_all(guest) {
        let payload = payload?;
        match &payload {
            Payload::MemorySection(memories) if memories.count() > 0 => {
                return Err(FuelError::OwnMemory);
            }
            Payload::ImportSection(imports) => out.section(IMPORT, &open_memory(guest, imports)?),
            Payload::GlobalSection(globals) => {
                out.globals(
                    globals.count(),
                    &guest[globals.original_position()..globals.range().end],
                );
            }
            Payload::ExportSection(exports) => {
                for export in exports.clone() {
                    if export?.name == FUEL_EXPORT {
                        return Err(FuelError::FuelTaken);
                    }
                }
                out.exports(
                    exports.count(),
                    &guest[exports.original_position()..exports.range().end],
                );
            }
            Payload::CodeSectionStart { count, .. } => count.encode(&mut bodies),
            Payload::CodeSectionEntry(body) => {
                let parameters = types[types.core_function_at(function)]
                    .unwrap_func()
                    .params()
                    .len();
                let body = count_loops(guest, body, parameters as u32, plan, &mut loops)?;
                body.as_slice().encode(&mut bodies);
                function += 1;
                if function == types.function_count() {
                    out.section(CODE, &bodies);
                }
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    out.section(id, &guest[range]);
                }
            }
        }
    }
    if loops == 0 {
        return Err(FuelError::NoLoop);
    }
    let wasm = out.module.finish();
    // What was inserted is valid wherever a loop is; a guest is not trusted to a belief, though, and this takes a moment.
    Validator::new_with_features(WasmFeatures::WASM2).validate_all(&wasm)?;
    Ok(Fueled { wasm, loops })
}

/// The indices that the inserted code names.
#[derive(Clone, Copy)]
struct Plan {
    quota: u32,
    fuel: u32,
}

fn imports(guest: &[u8]) -> Result<Vec<wasmparser::Import<'_>>, BinaryReaderError> {
    for payload in Parser::new(0).parse_all(guest) {
        if let Payload::ImportSection(imports) = payload? {
            return imports.into_imports().collect();
        }
    }
    Ok(Vec::new())
}

fn imported_functions(guest: &[u8]) -> Result<u32, BinaryReaderError> {
    let functions = imports(guest)?
        .iter()
        .filter(|import| matches!(import.ty, TypeRef::Func(_)))
        .count();
    Ok(functions as u32)
}

fn find_quota(guest: &[u8], types: &wasmparser::types::TypesRef<'_>) -> Result<u32, FuelError> {
    let imports = imports(guest)?;
    let functions = imports
        .iter()
        .filter(|import| matches!(import.ty, TypeRef::Func(_)));
    let index = functions
        .zip(0..)
        .find_map(|(import, index)| ((import.module, import.name) == QUOTA_IMPORT).then_some(index))
        .ok_or(FuelError::NoQuotaImport)?;
    let hook = types[types.core_function_at(index)].unwrap_func();
    if hook.params().is_empty() && hook.results().is_empty() {
        Ok(index)
    } else {
        Err(FuelError::QuotaType)
    }
}

/// Copies the imports, the memory without its maximum.
fn open_memory(guest: &[u8], imports: &ImportSectionReader<'_>) -> Result<Vec<u8>, FuelError> {
    let mut section = Vec::new();
    imports.count().encode(&mut section);
    let items: Vec<_> = imports
        .clone()
        .into_imports_with_offsets()
        .collect::<Result<_, _>>()?;
    let ends = items
        .iter()
        .skip(1)
        .map(|(start, _)| *start)
        .chain([imports.range().end]);
    for ((start, import), end) in items.iter().zip(ends) {
        if let TypeRef::Memory(memory) = import.ty {
            import.module.encode(&mut section);
            import.name.encode(&mut section);
            let open = MemoryType {
                minimum: memory.initial,
                maximum: None,
                memory64: false,
                shared: false,
                page_size_log2: None,
            };
            EntityType::Memory(open).encode(&mut section);
        } else {
            section.extend_from_slice(&guest[*start..end]);
        }
    }
    Ok(section)
}

/// Gives the bytes of a function whose loops count. A function without loops comes back as it was.
fn count_loops(
    guest: &[u8],
    body: &FunctionBody<'_>,
    parameters: u32,
    plan: Plan,
    loops: &mut usize,
) -> Result<Vec<u8>, FuelError> {
    let mut headers = Vec::new();
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        if let Operator::Loop { .. } = operators.read()? {
            headers.push(operators.original_position());
        }
    }
    if headers.is_empty() {
        return Ok(body.as_bytes().to_vec());
    }
    *loops += headers.len();

    let mut locals = body.get_locals_reader()?;
    let groups = locals.get_count();
    let first_group = locals.original_position();
    let mut turn = parameters;
    for _ in 0..groups {
        turn += locals.read()?.0;
    }
    let code = locals.original_position();

    let counter = counter(plan, turn);
    let mut bytes = Vec::with_capacity(body.as_bytes().len() + 8 + headers.len() * counter.len());
    (groups + 1).encode(&mut bytes);
    bytes.extend_from_slice(&guest[first_group..code]);
    1u32.encode(&mut bytes);
    ValType::I64.encode(&mut bytes);
    let mut copied = code;
    for header in headers {
        bytes.extend_from_slice(&guest[copied..header]);
        bytes.extend_from_slice(&counter);
        copied = header;
    }
    bytes.extend_from_slice(&guest[copied..body.range().end]);
    Ok(bytes)
}

/// The inserted code. `turn` is a local of its own: reading it back is cheaper than reading the global back.
fn counter(plan: Plan, turn: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    InstructionSink::new(&mut bytes)
        .global_get(plan.fuel)
        .i64_const(-1)
        .i64_add()
        .local_tee(turn)
        .global_set(plan.fuel)
        .local_get(turn)
        .i64_const(0)
        .i64_lt_s()
        .if_(BlockType::Empty)
        .call(plan.quota)
        .end();
    bytes
}

/// Writes sections in their order, and the global and the export section even where the guest has none.
struct Writer {
    module: Module,
    plan: Plan,
    global: bool,
    export: bool,
}

impl Writer {
    /// Writes a section, after those that should have come before it.
    fn section(&mut self, id: u8, data: &[u8]) {
        let after_globals = (EXPORT..=DATA_COUNT).contains(&id);
        if after_globals && !self.global {
            self.globals(0, &[]);
        }
        if after_globals && id != EXPORT && !self.export {
            self.exports(0, &[]);
        }
        self.module.section(&RawSection { id, data });
    }

    /// Writes the guest's globals and, as the last one, the counter: a mutable `i64`, 0.
    fn globals(&mut self, count: u32, items: &[u8]) {
        self.global = true;
        let mut counter = Vec::new();
        GlobalType {
            val_type: ValType::I64,
            mutable: true,
            shared: false,
        }
        .encode(&mut counter);
        ConstExpr::i64_const(0).encode(&mut counter);
        self.section(GLOBAL, &with_one_more(count, items, &counter));
    }

    /// Writes the guest's exports and the counter's.
    fn exports(&mut self, count: u32, items: &[u8]) {
        self.export = true;
        let mut export = Vec::new();
        FUEL_EXPORT.encode(&mut export);
        ExportKind::Global.encode(&mut export);
        self.plan.fuel.encode(&mut export);
        self.section(EXPORT, &with_one_more(count, items, &export));
    }
}

/// The data of a section that is a vector, with one more item.
fn with_one_more(count: u32, items: &[u8], item: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    (count + 1).encode(&mut data);
    data.extend_from_slice(items);
    data.extend_from_slice(item);
    data
}

#[cfg(test)]
mod tests;
