//! A guest, read.

use super::SplitError;
use std::collections::BTreeMap;
use wasmparser::{
    ConstExpr, ElementItems, ElementKind, Export, FuncType, FunctionBody, GlobalType, Import,
    Operator, Parser, Payload, TableType, TypeRef,
};

/// What both halves are made of.
pub struct Whole<'a> {
    pub bytes: &'a [u8],
    pub types: Vec<FuncType>,
    pub imports: Vec<Import<'a>>,
    /// How many of the functions are imported: the first ones.
    pub imported: u32,
    /// The type of each function.
    pub type_of: Vec<u32>,
    pub table: TableType,
    pub globals: Vec<GlobalType>,
    pub exports: Vec<Export<'a>>,
    /// The function that runs when it is instantiated.
    pub start: Option<u32>,
    /// Which function lies in which slot of the table.
    pub slots: BTreeMap<u32, u32>,
    /// The bodies of the functions that are not imported.
    pub bodies: Vec<FunctionBody<'a>>,
}

impl<'a> Whole<'a> {
    /// Reads a guest.
    ///
    /// # Errors
    /// When it is broken, or has something that its halves could not share.
    pub fn read(bytes: &'a [u8]) -> Result<Self, SplitError> {
        let (mut types, mut imports, mut type_of) = (Vec::new(), Vec::new(), Vec::new());
        let (mut tables, mut globals, mut exports) = (Vec::new(), Vec::new(), Vec::new());
        let (mut slots, mut bodies, mut start) = (BTreeMap::new(), Vec::new(), None);
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(section) => {
                    types = section
                        .into_iter_err_on_gc_types()
                        .collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        match import.ty {
                            TypeRef::Func(index) => type_of.push(index),
                            TypeRef::Memory(_) => {}
                            _ => return Err(SplitError::Unshared("an import of another kind")),
                        }
                        imports.push(import);
                    }
                }
                Payload::FunctionSection(section) => {
                    for index in section {
                        type_of.push(index?);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        tables.push(table?.ty);
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        globals.push(global?.ty);
                    }
                }
                Payload::ExportSection(section) => {
                    exports = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::StartSection { func, .. } => start = Some(func),
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        let (
                            ElementKind::Active { offset_expr, .. },
                            ElementItems::Functions(functions),
                        ) = (&element.kind, element.items)
                        else {
                            return Err(SplitError::Unshared(
                                "a segment that is not put into a table",
                            ));
                        };
                        for (slot, function) in (constant(offset_expr)?..).zip(functions) {
                            slots.insert(slot, function?);
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        let [table] = tables[..] else {
            return Err(SplitError::Unshared("no table, or several"));
        };
        if slots.is_empty() {
            return Err(SplitError::Unshared("an empty table"));
        }
        let imported = type_of.len() - bodies.len();
        Ok(Self {
            bytes,
            types,
            imports,
            imported: imported as u32,
            type_of,
            table,
            globals,
            exports,
            start,
            slots,
            bodies,
        })
    }

    /// The body of a function that is not imported.
    pub fn body(&self, function: u32) -> &FunctionBody<'a> {
        &self.bodies[(function - self.imported) as usize]
    }

    /// What a function takes and gives, by its number and itself.
    pub fn signature(&self, function: u32) -> (u32, &FuncType) {
        let index = self.type_of[function as usize];
        (index, &self.types[index as usize])
    }

    /// The type of a function that takes and gives nothing.
    pub fn plain(&self) -> Result<u32, SplitError> {
        let is_plain = |of: &FuncType| of.params().is_empty() && of.results().is_empty();
        match self.types.iter().position(is_plain) {
            Some(index) => Ok(index as u32),
            None => Err(SplitError::Unshared(
                "no function that takes and gives nothing",
            )),
        }
    }
}

/// The number that an expression is.
fn constant(expression: &ConstExpr<'_>) -> Result<u32, SplitError> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned()),
        _ => Err(SplitError::Unshared("a segment whose place is computed")),
    }
}
