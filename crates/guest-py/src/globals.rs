//! Names of a script that loops, read as globals.
//!
//! **Problem.** At the top of a file the interpreter looks every name up in a mapping that could be of any class, and finds
//! `print` or `len` by the `KeyError` that the mapping raises first. In a function it remembers where a global lies. So the
//! same loop takes several times as long at the top as in a function, and scripts have theirs at the top.
//!
//! **Shape.** A script's own names are its globals. So a statement `global …` that names them says nothing new, and has the
//! interpreter go the short way. It stands in the parsed program alone, where no line, column or traceback shows it.
//!
//! *Invariants.* Names that mean something else in a part of the file stay as they are: those that a comprehension or `:=` binds,
//! those of type parameters, and all that begin with two underscores. A file without a loop at its top is compiled as it was.

use crate::shape::is_of_future;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    AtomicNodeIndex, Comprehension, Expr, ExprContext, Identifier, Mod, ModModule, Stmt,
    StmtGlobal, TypeParam,
};
use ruff_source_file::SourceFileBuilder;
use ruff_text_size::TextRange;
use rustpython_vm::VirtualMachine;
use rustpython_vm::bytecode::CodeObject;
use rustpython_vm::compiler::{Mode, codegen};
use std::collections::BTreeSet;

/// The program with its names read as globals; `None` when that is not worth its while, or can't be compiled.
pub fn compile(
    vm: &VirtualMachine,
    path: &str,
    source: &str,
    mut module: ModModule,
    mode: Mode,
) -> Option<CodeObject> {
    if !module.body.iter().any(has_loop) {
        return None;
    }
    let statement = Stmt::Global(StmtGlobal {
        node_index: AtomicNodeIndex::default(),
        range: TextRange::default(),
        names: names(&module.body),
    });
    let head = module
        .body
        .iter()
        .take_while(|statement| is_head(statement));
    let head = head.count();
    module.body.insert(head, statement);
    let file = SourceFileBuilder::new(path, source).finish();
    codegen::compile::compile_top(Mod::Module(module), file, mode, vm.compile_opts()).ok()
}

/// Whether a statement of the top loops, or holds one that does, functions and classes left out.
fn has_loop(statement: &Stmt) -> bool {
    let any = |body: &[Stmt]| body.iter().any(has_loop);
    match statement {
        Stmt::For(_) | Stmt::While(_) => true,
        Stmt::If(branch) => {
            any(&branch.body) || branch.elif_else_clauses.iter().any(|one| any(&one.body))
        }
        Stmt::With(with) => any(&with.body),
        Stmt::Try(tried) => any(&tried.body) || any(&tried.orelse) || any(&tried.finalbody),
        _ => false,
    }
}

/// Whether a statement has to stay before all others: documentation, or an import from the future.
fn is_head(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(documentation) => documentation.value.is_string_literal_expr(),
        other => is_of_future(other),
    }
}

/// Every name that is used, less those that mean something else somewhere.
fn names(body: &[Stmt]) -> Vec<Identifier> {
    let mut found = Names::default();
    body.iter()
        .for_each(|statement| found.visit_stmt(statement));
    let names = found.used.difference(&found.bound);
    let names = names.filter(|name| !name.starts_with("__"));
    names
        .map(|&name| Identifier::new(name, TextRange::default()))
        .collect()
}

#[derive(Default)]
struct Names<'a> {
    used: BTreeSet<&'a str>,
    bound: BTreeSet<&'a str>,
    /// How many targets of comprehensions this is in.
    targets: usize,
}

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if self.targets > 0 && name.ctx == ExprContext::Store => {
                self.bound.insert(&name.id);
            }
            Expr::Name(name) => {
                self.used.insert(&name.id);
            }
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target {
                    self.bound.insert(&name.id);
                }
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.targets += 1;
        self.visit_expr(&comprehension.target);
        self.targets -= 1;
        self.visit_expr(&comprehension.iter);
        comprehension
            .ifs
            .iter()
            .for_each(|one| self.visit_expr(one));
    }

    fn visit_type_param(&mut self, parameter: &'a TypeParam) {
        self.bound.insert(parameter.name());
        visitor::walk_type_param(self, parameter);
    }
}
