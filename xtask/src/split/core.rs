//! The half that a first run needs.

use super::plan::Numbers;
use super::{LINKED_EXPORT, MISS_IMPORT, Plan, SplitError, TABLE_EXPORT, Unplaced, Whole};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Module,
    TableSection, TableType, ValType,
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ElementSectionReader, ExportSectionReader,
    FunctionSectionReader, GlobalSectionReader, ImportSectionReader, Parser, TableSectionReader,
};

/// The type of the global that says whether the rest is linked.
pub const LINKED: GlobalType = GlobalType {
    val_type: ValType::I32,
    mutable: true,
    shared: false,
};

/// Writes it.
///
/// # Errors
/// When the guest has what can't be shared.
pub fn core(whole: &Whole<'_>, plan: &Plan) -> Result<Vec<u8>, SplitError> {
    let mut numbers = Numbers::default();
    (0..whole.imported).for_each(|function| numbers.add(function));
    numbers.reserve();
    plan.core().for_each(|function| numbers.add(function));
    let mut core = Core {
        whole,
        plan,
        numbers,
        plain: whole.plain()?,
    };
    let mut module = Module::new();
    core.parse_core_module(&mut module, Parser::new(0), whole.bytes)?;
    Ok(module.finish())
}

/// The name under which the core exports the function that is so many-th of those that it shares.
pub fn shared_name(mut place: usize) -> String {
    const DIGITS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.push(char::from(DIGITS[place % DIGITS.len()]));
        place /= DIGITS.len();
        if place == 0 {
            return name;
        }
    }
}

/// The type of the table with the slots that stubs need.
pub fn table(whole: &Whole<'_>, plan: &Plan) -> Result<TableType, Error<Unplaced>> {
    let mut table = Numbers::default().table_type(whole.table)?;
    let more = plan.more(whole).count() as u64;
    table.minimum += more;
    table.maximum = table.maximum.map(|maximum| maximum + more);
    Ok(table)
}

struct Core<'a> {
    whole: &'a Whole<'a>,
    plan: &'a Plan,
    numbers: Numbers,
    /// The type of a function that takes and gives nothing.
    plain: u32,
}

impl Core<'_> {
    /// The number of the import that stubs call.
    fn miss(&self) -> u32 {
        self.whole.imported
    }

    /// The number of the global that says whether the rest is linked.
    fn linked(&self) -> u32 {
        self.whole.globals.len() as u32
    }

    fn stub(&self, function: u32, slot: u32) -> Function {
        let (index, signature) = self.whole.signature(function);
        let mut stub = Function::new([]);
        let mut code = stub.instructions();
        code.global_get(self.linked())
            .i32_eqz()
            .if_(BlockType::Empty)
            .call(self.miss())
            .end();
        for (parameter, _) in (0u32..).zip(signature.params()) {
            code.local_get(parameter);
        }
        code.i32_const(slot.cast_signed())
            .call_indirect(0, index)
            .end();
        stub
    }
}

impl Reencode for Core<'_> {
    type Error = Unplaced;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Unplaced>> {
        self.numbers.function_index(function)
    }

    /// Names and notes are of the whole.
    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: CustomSectionReader<'_>,
    ) -> Result<(), Error<Unplaced>> {
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Unplaced>> {
        utils::parse_import_section(self, imports, section)?;
        let (module, name) = MISS_IMPORT;
        imports.import(module, name, EntityType::Function(self.plain));
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Unplaced>> {
        for function in self.plan.core() {
            functions.function(self.whole.signature(function).0);
        }
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        tables: &mut TableSection,
        _: TableSectionReader<'_>,
    ) -> Result<(), Error<Unplaced>> {
        tables.table(table(self.whole, self.plan)?);
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Result<(), Error<Unplaced>> {
        utils::parse_global_section(self, globals, section)?;
        globals.global(LINKED, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error<Unplaced>> {
        utils::parse_export_section(self, exports, section)?;
        exports.export(TABLE_EXPORT, ExportKind::Table, 0);
        exports.export(LINKED_EXPORT, ExportKind::Global, self.linked());
        for (place, function) in self.plan.shared.iter().enumerate() {
            let number = self.function_index(*function)?;
            exports.export(&shared_name(place), ExportKind::Func, number);
        }
        Ok(())
    }

    fn parse_element_section(
        &mut self,
        elements: &mut ElementSection,
        section: ElementSectionReader<'_>,
    ) -> Result<(), Error<Unplaced>> {
        utils::parse_element_section(self, elements, section)?;
        // Slots that only stubs use hold the stubs themselves until the rest is linked, so that no slot is empty.
        let first = self.whole.table.initial as u32;
        let more = self.plan.more(self.whole);
        let functions: Vec<u32> = more
            .map(|function| self.numbers.function_index(function))
            .collect::<Result<_, _>>()?;
        if !functions.is_empty() {
            elements.active(
                None,
                &ConstExpr::i32_const(first.cast_signed()),
                Elements::Functions(functions.into()),
            );
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        _: CodeSectionReader<'_>,
    ) -> Result<(), Error<Unplaced>> {
        for function in &self.plan.kept {
            self.numbers
                .parse_function_body(code, self.whole.body(*function).clone())?;
        }
        for (slot, function) in &self.plan.stubs {
            code.function(&self.stub(*function, *slot));
        }
        Ok(())
    }
}
