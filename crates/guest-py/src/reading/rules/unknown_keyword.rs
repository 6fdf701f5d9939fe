//! # unknown-keyword
//!
//! **Severity.** warning
//!
//! **What it does.** Finds keywords of `@workflow`, `@tool` and `@data_provider` that mean nothing here.
//!
//! **Why.** They are taken and have no effect: a workflow with `schedule=` does not start by itself, and `descripton=` describes nothing.
//!
//! **Example.** `@workflow(name="Sync", schedule="0 3 * * *")`.
//!
//! **Fix.** None: the keyword may mean something where the file came from.

use super::{Rule, Scene};
use crate::reading::entries::mark;
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;
use selvage_guest::findings::{Finding, Findings};
use selvage_tool::Severity;
use selvage_tool::reading::EntryKind;

pub const RULE: Rule = Rule {
    code: "unknown-keyword",
    severity: Severity::Warning,
};

/// What every decorator takes.
const KEYWORDS: [&str; 4] = ["name", "description", "category", "tags"];

/// What `@workflow` takes besides.
const OF_WORKFLOW: &str = "is_tool";

pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) {
    for (statement, _) in scene.statements {
        let Stmt::FunctionDef(function) = statement else {
            continue;
        };
        for mark in function
            .decorator_list
            .iter()
            .filter_map(|d| mark(d, scene.names))
        {
            for keyword in mark.keywords {
                let Some(name) = keyword.arg.as_ref() else {
                    continue;
                };
                let known = KEYWORDS.contains(&name.as_str())
                    || (name.as_str() == OF_WORKFLOW && mark.kind == EntryKind::Workflow);
                if known {
                    continue;
                }
                let finding = Finding {
                    range: name.range().into(),
                    severity: RULE.severity,
                    message: format!("`{name}` has no effect here."),
                    hint: format!(
                        "Known are {} and, for workflows, {OF_WORKFLOW}.",
                        KEYWORDS.join(", ")
                    ),
                    fix: None,
                };
                findings.add(RULE.code, finding);
            }
        }
    }
}
