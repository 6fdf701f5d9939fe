//! The half that comes later.

use super::core::{self, LINKED};
use super::plan::Numbers;
use super::{CORE, LINKED_EXPORT, Plan, SplitError, TABLE_EXPORT, Whole};
use std::collections::BTreeSet;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, Function, FunctionSection,
    ImportSection, Module, StartSection, TypeSection,
};
use wasmparser::{ExternalKind, TypeRef};

/// Writes it.
///
/// # Errors
/// When the guest has what can't be shared.
pub fn rest(whole: &Whole<'_>, plan: &Plan) -> Result<Vec<u8>, SplitError> {
    let mut numbers = Numbers::default();
    let mut types = TypeSection::new();
    for of in &whole.types {
        types.ty().func_type(&numbers.func_type(of.clone())?);
    }
    let imports = imports(whole, plan, &mut numbers)?;

    let mut functions = FunctionSection::new();
    for function in &plan.others {
        numbers.add(*function);
        functions.function(whole.signature(*function).0);
    }
    functions.function(whole.plain()?);
    let start = StartSection {
        function_index: numbers.reserve(),
    };

    let mut code = CodeSection::new();
    for function in &plan.others {
        numbers.parse_function_body(&mut code, whole.body(*function).clone())?;
    }
    let mut link = Function::new([]);
    link.instructions()
        .i32_const(1)
        .global_set(whole.globals.len() as u32)
        .end();
    code.function(&link);

    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&start)
        .section(&slots(whole, plan, &mut numbers)?)
        .section(&code);
    Ok(module.finish())
}

/// All that it takes from the core and the host. Globals keep their numbers.
fn imports(
    whole: &Whole<'_>,
    plan: &Plan,
    numbers: &mut Numbers,
) -> Result<ImportSection, SplitError> {
    let mut imports = ImportSection::new();
    let mut function = 0;
    for import in &whole.imports {
        if matches!(import.ty, TypeRef::Memory(_)) {
            imports.import(import.module, import.name, numbers.entity_type(import.ty)?);
            continue;
        }
        if plan.imported.contains(&function) {
            numbers.add(function);
            imports.import(import.module, import.name, numbers.entity_type(import.ty)?);
        }
        function += 1;
    }
    for (place, function) in plan.shared.iter().enumerate() {
        numbers.add(*function);
        let (index, _) = whole.signature(*function);
        imports.import(CORE, &core::shared_name(place), EntityType::Function(index));
    }
    imports.import(CORE, TABLE_EXPORT, core::table(whole, plan)?);
    for (index, global) in (0u32..).zip(&whole.globals) {
        let mut exports = whole.exports.iter();
        let export = exports
            .find(|export| export.kind == ExternalKind::Global && export.index == index)
            .ok_or(SplitError::Unshared("a global that is not exported"))?;
        imports.import(CORE, export.name, numbers.global_type(*global)?);
    }
    imports.import(CORE, LINKED_EXPORT, LINKED);
    Ok(imports)
}

/// What puts its functions into the slots of the table, one segment for slots that follow each other.
fn slots(
    whole: &Whole<'_>,
    plan: &Plan,
    numbers: &mut Numbers,
) -> Result<ElementSection, SplitError> {
    let others: BTreeSet<&u32> = plan.others.iter().collect();
    let mut all = plan.stubs.clone();
    // One function may lie in several slots.
    all.extend(
        whole
            .slots
            .iter()
            .filter(|(_, function)| others.contains(function)),
    );
    let mut segments: Vec<(u32, Vec<u32>)> = Vec::new();
    for (slot, function) in all {
        let number = numbers.function_index(function)?;
        match segments.last_mut() {
            Some((first, functions)) if *first + functions.len() as u32 == slot => {
                functions.push(number);
            }
            _ => segments.push((slot, vec![number])),
        }
    }
    let mut section = ElementSection::new();
    for (first, functions) in segments {
        let first = ConstExpr::i32_const(first.cast_signed());
        section.active(None, &first, Elements::Functions(functions.into()));
    }
    Ok(section)
}
