//! # missing-description
//!
//! **Severity.** warning
//!
//! **What it does.** Finds workflows, tools and data providers that don't say what they do.
//!
//! **Why.** People choose by the description in a list, and agents choose a tool by nothing else.
//!
//! **Example.** `@tool` over a function that has neither a documentation string nor `description=`.
//!
//! **Fix.** None: write a sentence as the first line of the function.

use super::{Rule, Scene};
use crate::reading::entries::mark;
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;
use selvage_guest::findings::{Finding, Findings};
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "missing-description",
    severity: Severity::Warning,
};

pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) {
    for (statement, _) in scene.statements {
        let Stmt::FunctionDef(function) = statement else {
            continue;
        };
        let line = scene.places.line(function.name.start().to_usize());
        // A description that is computed is one, too.
        let said = |decorator| {
            mark(decorator, scene.names).is_some_and(|mark| {
                let keyword = |keyword: &ruff_python_ast::Keyword| {
                    keyword
                        .arg
                        .as_deref()
                        .is_none_or(|name| name == "description")
                };
                mark.keywords.iter().any(keyword)
            })
        };
        let silent = scene
            .entries
            .iter()
            .any(|entry| entry.line == line && entry.description.is_none());
        if silent && !function.decorator_list.iter().any(said) {
            let finding = Finding {
                range: function.name.range().into(),
                severity: RULE.severity,
                message: format!("`{}` does not say what it does.", function.name),
                hint: "Begin the function with a sentence in quotes, or give the decorator a `description`.".into(),
                fix: None,
            };
            findings.add(RULE.code, finding);
        }
    }
}
