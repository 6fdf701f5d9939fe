//! # no-entry
//!
//! **What it does.** Finds a module that a run could not begin: it exports neither a default function
//! nor `setup` or `init` with `run`. Also a script with only one of the two, which nothing calls.
//!
//! **Why.** A module's result is what its default export gives; without one nothing is run.
//!
//! **Example.** `import { sum } from "./sum.js"; sum(1, 2);`
//!
//! **Fix.** `export` before `setup`, `init` and `run` where they are there but not exported. Safe:
//! nothing else can see the exports of a flow.

use super::{Check, Findings, Rule, Scene};
use crate::entry::{self, Callable};
use oxc_ast::ast::Statement;
use oxc_span::{GetSpan, Span};
use selvage_tool::{Fix, Severity, TextEdit};

pub const RULE: Rule = Rule {
    code: "no-entry",
    severity: Severity::Error,
    check: Check::Whole(check),
};

fn check<'s, 'a>(scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let flow = scene.flow;
    if !flow.module {
        half_an_entry(scene, findings);
        return;
    }
    if flow.entry.shape.is_some() {
        return;
    }
    let program = flow.semantic.nodes().program();
    let local = |name: &str| entry::local_function(program, name);
    let first = local("setup")
        .map(|f| ("setup", f))
        .or_else(|| local("init").map(|f| ("init", f)));
    if let (Some((name, first)), Some(run)) = (first, local("run")) {
        let message = format!("`{name}` and `run` are not exported, so a run can't find them.");
        let fix = exporting(scene, [first, run]);
        findings.add_with_fix(
            first.span(),
            message,
            "Write `export` before both functions.",
            fix,
        );
        return;
    }
    let place = program
        .body
        .last()
        .map_or(Span::empty(0), |last| Span::empty(last.span().start));
    findings.add(
        place,
        "This module has no default export, so a run has nowhere to begin.",
        "Put the work into `export default async (flow) => { … }`; what it returns is the result.",
    );
}

/// A script that has one of the two functions, and does not call it itself.
fn half_an_entry(scene: &Scene<'_, '_>, findings: &mut Findings<'_, '_>) {
    let flow = scene.flow;
    if flow.entry.run.is_some() {
        return;
    }
    for name in ["setup", "init", "run"] {
        let Some(symbol) = flow.scoping().get_root_binding(name.into()) else {
            continue;
        };
        let called = flow
            .scoping()
            .get_resolved_references(symbol)
            .next()
            .is_some();
        if called || entry::local_function(flow.semantic.nodes().program(), name).is_none() {
            continue;
        }
        let other = if name == "run" {
            "`setup` or `init`"
        } else {
            "`run`"
        };
        findings.add(
            flow.scoping().symbol_span(symbol),
            format!("`{name}` is never called: a run calls it only where there is {other} too."),
            if name == "run" {
                "Add `function setup(flow) { … }` that declares the inputs, or write \
                 `export default async (flow) => { … }`."
            } else {
                "Add `async function run(services) { … }` that does the work."
            },
        );
    }
}

/// `export` before the top-level statements that declare these functions and have none yet.
fn exporting(scene: &Scene<'_, '_>, functions: [Callable<'_>; 2]) -> Option<Fix> {
    let text = scene.flow.text;
    let mut edits = Vec::new();
    for statement in &scene.flow.semantic.nodes().program().body {
        let inside = functions
            .iter()
            .any(|function| statement.span().contains_inclusive(function.span()));
        let declares = matches!(
            statement,
            Statement::FunctionDeclaration(_) | Statement::VariableDeclaration(_)
        );
        if inside && declares {
            let span = text.span(Span::empty(statement.span().start));
            edits.push(TextEdit {
                span,
                text: "export ".into(),
            });
        }
    }
    (!edits.is_empty()).then(|| Fix {
        title: "Export them".into(),
        safe: true,
        edits,
        rename: None,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "1 + 1",
            "export default () => 1",
            "const f = () => 1; export { f as default }",
            "import { sum } from './there.js'; export default sum",
            "export function setup() {} export async function run() {}",
            "export const init = () => {}; export const run = () => {};",
            "function setup() {} function run() {}",
            "const run = () => 1; run()",
        ];
        let fail = [
            "export const a = 1",
            "function setup(flow) { flow.title('T') }",
            "async function run(services) {}",
            "await 1",
            "await (1)",
            "import { sum } from './there.js'; function setup() {} function run() { sum() }",
        ];
        crate::rules::cases::check("no-entry", &pass, &fail);
    }
}
