//! What a script's text says about how it is to be run.

use ruff_python_ast::Stmt;

/// Whether a text's last statement is an expression, whose value is the script's.
pub fn ends_in_expression(source: &str) -> bool {
    ruff_python_parser::parse_module(source)
        .is_ok_and(|parsed| matches!(parsed.syntax().body.last(), Some(Stmt::Expr(_))))
}

/// Whether a text begins with `from __future__ import annotations`.
pub fn postpones_annotations(source: &str) -> bool {
    ruff_python_parser::parse_module(source).is_ok_and(|parsed| {
        parsed.syntax().body.iter().any(|statement| {
            matches!(statement, Stmt::ImportFrom(import)
                if import.module.as_ref().is_some_and(|module| module == "__future__")
                    && import.names.iter().any(|alias| &alias.name == "annotations"))
        })
    })
}
