//! # duplicate-function
//!
//! **Severity.** warning
//!
//! **What it does.** Finds functions of a module that take the name of one before them.
//!
//! **Why.** Only the last one can be called or run; the first is often a copy whose name was not changed.
//! Functions with decorators of other modules, such as `overload`, and names that begin with `_` are left alone.
//!
//! **Example.** Two `def sync():`, both with `@workflow`.
//!
//! **Fix.** None: which one is meant is yours to say.

use super::{Rule, Scene};
use crate::reading::entries::mark;
use ruff_python_ast::{Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;
use selvage_guest::findings::{Finding, Findings};
use selvage_tool::Severity;
use std::collections::BTreeMap;

pub const RULE: Rule = Rule {
    code: "duplicate-function",
    severity: Severity::Warning,
};

pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) {
    let counts = |function: &StmtFunctionDef| {
        let own = |decorator| mark(decorator, scene.names).is_some();
        !function.name.starts_with('_') && function.decorator_list.iter().all(own)
    };
    let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
    for statement in scene.body {
        let Stmt::FunctionDef(function) = statement else {
            continue;
        };
        if !counts(function) {
            continue;
        }
        let name = function.name.as_str();
        let line = scene.places.line(function.name.start().to_usize());
        if let Some(before) = lines.insert(name, line) {
            let finding = Finding {
                range: function.name.range().into(),
                severity: RULE.severity,
                message: format!("`{name}` takes the place of the function in line {before}."),
                hint: "Give one of them another name.".into(),
                fix: None,
            };
            findings.add(RULE.code, finding);
        }
    }
}
