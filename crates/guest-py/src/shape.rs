//! What a script's text says about how it is to be run.

use ruff_python_ast::Stmt;

/// Whether the last statement is an expression, whose value is the script's.
pub fn ends_in_expression(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Expr(_)))
}

/// Whether annotations are postponed by `from __future__ import annotations`.
pub fn postpones_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|statement| {
        is_of_future(statement)
            && matches!(statement, Stmt::ImportFrom(import)
                if import.names.iter().any(|alias| &alias.name == "annotations"))
    })
}

/// Whether a statement is an import from `__future__`, before which nothing but documentation may stand.
pub fn is_of_future(statement: &Stmt) -> bool {
    matches!(statement, Stmt::ImportFrom(import)
        if import.module.as_ref().is_some_and(|module| module == "__future__"))
}
