//! The mark pass: makes a guest note which of its functions ran, so that [`crate::split`] knows what a first run needs.
//!
//! **Shape.** The first thing that a function does is to set a bit of its own. The bits lie in globals that are exported as `ran:`
//! and a number: bit `b` of `ran:n` belongs to the function with the index `32 n + b`. A marked guest is run to be looked
//! at, and never shipped.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, ExportKind, ExportSection, GlobalSection, GlobalType, Instruction,
    Module, ValType,
};
use wasmparser::{
    BinaryReaderError, CodeSectionReader, ExportSectionReader, FunctionBody, GlobalSectionReader,
    Parser, Payload, TypeRef,
};

/// How the exports of the bits begin.
pub const RAN_PREFIX: &str = "ran:";

/// How many functions have their bits in one global.
const BITS: u32 = i32::BITS;

/// Gives a guest its bits.
///
/// # Errors
/// When it is no module.
pub fn mark(guest: &[u8]) -> Result<Vec<u8>, Error> {
    let (imported, all) = functions(guest)?;
    let mut pass = Mark {
        index: imported,
        globals: all.div_ceil(BITS),
        first_global: 0,
    };
    let mut marked = Module::new();
    pass.parse_core_module(&mut marked, Parser::new(0), guest)?;
    Ok(marked.finish())
}

/// How many functions a module imports, and how many it has with these.
fn functions(module: &[u8]) -> Result<(u32, u32), BinaryReaderError> {
    let (mut imported, mut own) = (0, 0);
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(functions) => own = functions.count(),
            _ => {}
        }
    }
    Ok((imported, imported + own))
}

struct Mark {
    /// The function whose body comes next.
    index: u32,
    globals: u32,
    first_global: u32,
}

impl Reencode for Mark {
    type Error = std::convert::Infallible;

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: GlobalSectionReader<'_>,
    ) -> Result<(), Error> {
        self.first_global = section.count();
        utils::parse_global_section(self, globals, section)?;
        let bits = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        for _ in 0..self.globals {
            globals.global(bits, &ConstExpr::i32_const(0));
        }
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error> {
        utils::parse_export_section(self, exports, section)?;
        for index in 0..self.globals {
            let name = format!("{RAN_PREFIX}{index}");
            exports.export(&name, ExportKind::Global, self.first_global + index);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error> {
        for body in section {
            self.parse_function_body(code, body?)?;
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let bits = self.first_global + self.index / BITS;
        let bit = 1i32.rotate_left(self.index % BITS);
        function
            .instruction(&Instruction::GlobalGet(bits))
            .instruction(&Instruction::I32Const(bit))
            .instruction(&Instruction::I32Or)
            .instruction(&Instruction::GlobalSet(bits));
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            function.instruction(&self.parse_instruction(&mut operators)?);
        }
        code.function(&function);
        self.index += 1;
        Ok(())
    }
}
