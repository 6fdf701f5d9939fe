//! # undefined-name
//!
//! **What it does.** Finds a name that nothing declares and the run-time does not have.
//!
//! **Why.** The flow throws a `ReferenceError` when it gets there. Names of Node and of pages are told
//! apart, with what takes their place. In a script, setting an undeclared name makes a global; that
//! is a warning.
//!
//! **Example.** `const fs = require("fs")`, `cosnole.log(x)`
//!
//! **Fix.** The name that was probably meant; made unasked only for a slip of one letter.

use super::{Check, Findings, Rule, Scene};
use crate::flow::Flow;
use crate::runtime::{BUILTINS, GLOBALS};
use crate::suggest::{self, CANDIDATES_MAX};
use oxc_ast::AstKind;
use oxc_semantic::ReferenceId;
use oxc_span::GetSpan;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "undefined-name",
    severity: Severity::Error,
    check: Check::Whole(check),
};

/// Names of other run-times, and what takes their place here.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "require",
        "Write `import x from \"./x.js\"`; only workspace files can be imported, there are no packages.",
    ),
    ("module", "Write `export`."),
    ("exports", "Write `export`."),
    ("process", "Use `flow.args` and `flow.env`."),
    (
        "Buffer",
        "Use `Uint8Array`, `TextEncoder` and `TextDecoder`.",
    ),
    ("__dirname", "Paths count from the workspace's root."),
    ("__filename", "Paths count from the workspace's root."),
    ("global", "Write `globalThis`."),
    (
        "window",
        "A flow has no page; write `globalThis` for globals.",
    ),
    ("self", "Write `globalThis`."),
    (
        "document",
        "A flow has no page; return text, JSON or files.",
    ),
    ("navigator", "A flow has no page."),
    (
        "location",
        "A flow has no page; take addresses from `flow.args`.",
    ),
    (
        "localStorage",
        "Keep state in workspace files with `flow.fs`.",
    ),
    (
        "sessionStorage",
        "Keep state in workspace files with `flow.fs`.",
    ),
    ("indexedDB", "Keep state in workspace files with `flow.fs`."),
    ("XMLHttpRequest", "Use `fetch`."),
    (
        "WebSocket",
        "Use `fetch`; a run has no lasting connections.",
    ),
    ("Request", "Pass the address and the options to `fetch`."),
    ("FormData", "Send `new URLSearchParams(…)` or JSON text."),
    ("Blob", "Use `Uint8Array`."),
    ("File", "Use `flow.fs`."),
    ("FileReader", "Use `flow.fs`."),
    ("alert", "Use `flow.log`."),
    ("confirm", "Take the answer from `flow.args`."),
    ("prompt", "Take the answer from `flow.args`."),
    (
        "setImmediate",
        "Use `setTimeout(…, 0)` or `queueMicrotask`.",
    ),
    ("Worker", "A run is one thread."),
    ("WebAssembly", "It is not there in a run."),
    ("Deno", "Use `flow.fs`, `flow.args` and `flow.env`."),
    ("Bun", "Use `flow.fs`, `flow.args` and `flow.env`."),
    (
        "Intl",
        "There are no locales in a run; write numbers with `toFixed` and dates with `toISOString`.",
    ),
    ("Temporal", "Use `Date`."),
    ("escape", "Use `encodeURIComponent`."),
    ("unescape", "Use `decodeURIComponent`."),
    ("fs", "Write `flow.fs`."),
    ("args", "Write `flow.args`."),
    ("env", "Write `flow.env`."),
    ("log", "Write `flow.log`."),
    (
        "inputs",
        "Write `services.inputs`, or `flow.args` in a module.",
    ),
    ("services", "It is the parameter of `run(services)`."),
];

/// What it takes to compare two names.
const SUGGEST_UNITS: usize = 8;

fn check<'s, 'a>(scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let flow = scene.flow;
    let mut names: Vec<(&str, &[ReferenceId])> = flow
        .scoping()
        .root_unresolved_references()
        .iter()
        .map(|(name, references)| (name.as_str(), references.as_slice()))
        .filter(|(name, _)| !GLOBALS.contains(name) && !BUILTINS.contains(name))
        .collect();
    names.sort_unstable_by_key(|(name, _)| *name);
    for (name, references) in names {
        if findings.full() {
            return;
        }
        let nodes: Vec<_> = references
            .iter()
            .map(|id| flow.scoping().get_reference(*id))
            .collect();
        let asked = |node| matches!(flow.nodes().parent_kind(node), AstKind::UnaryExpression(unary) if unary.operator.is_typeof());
        if nodes.iter().any(|reference| asked(reference.node_id())) {
            continue;
        }
        let made = !flow.module && nodes.iter().any(|reference| reference.is_write());
        let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name);
        let meant = match elsewhere.is_some() || made {
            true => None,
            false => meant(flow, name),
        };
        for reference in nodes {
            if findings.full() {
                return;
            }
            let span = flow.nodes().kind(reference.node_id()).span();
            if made {
                let message = format!("`{name}` is not declared, so setting it makes a global.");
                findings.add_all(
                    span,
                    message,
                    format!("Write `let {name}` before it."),
                    None,
                    Severity::Warning,
                );
                break;
            }
            let message = format!("`{name}` is not declared.");
            match (elsewhere, meant) {
                (Some((_, hint)), _) => {
                    findings.add(span, format!("There is no `{name}` in a run."), *hint)
                }
                (None, Some(meant)) => {
                    let shorthand = matches!(flow.nodes().parent_kind(reference.node_id()), AstKind::ObjectProperty(p) if p.shorthand);
                    let safe = suggest::same_but_for_a_slip(name, meant) && name.len() >= 4;
                    let fix = (!shorthand)
                        .then(|| flow.text.fix(format!("Write `{meant}`"), safe, span, meant));
                    findings.add_with_fix(span, message, format!("Did you mean `{meant}`?"), fix);
                }
                (None, None) => findings.add(
                    span,
                    message,
                    "Declare it with `const` or `let`, or import it.",
                ),
            }
        }
    }
}

/// The name that was probably meant, among the flow's own and those of the run-time.
fn meant<'a>(flow: &Flow<'a>, name: &str) -> Option<&'a str> {
    let local = flow.scoping().symbol_names().take(CANDIDATES_MAX);
    let known = GLOBALS.iter().chain(BUILTINS).copied();
    let candidates = local
        .chain(known)
        .take_while(|_| flow.work.spend(SUGGEST_UNITS));
    suggest::nearest(name, candidates)
}

#[cfg(test)]
mod tests {
    use super::CANDIDATES_MAX;

    #[test]
    fn cases() {
        let pass = [
            "flow.args; console.log(Math.PI, undefined, NaN)",
            "typeof window === 'undefined'",
            "function f() { return arguments.length }",
            "const a = 1; { a }",
            "import { sum } from './there.js'; export default () => sum(1, 2)",
        ];
        let fail = [
            "cosnole.log(1)",
            "require('fs')",
            "process.env.X",
            "a = 1",
            "export default () => x",
            "const o = { zzz }",
        ];
        crate::rules::cases::check("undefined-name", &pass, &fail);
    }

    #[test]
    fn a_name_is_looked_for_among_so_many_and_no_more() {
        let hint = |others: usize| {
            let others: String = (0..others).map(|n| format!("let v{n};\n")).collect();
            let source = format!("{others}let counter = 1;\nconsole.log(countre + counter)");
            let report = crate::rules::cases::look("a.flow.js", &source);
            let found = report
                .diagnostics
                .iter()
                .find(|d| d.code == "undefined-name");
            found.and_then(|found| found.hint.clone()).expect("a hint")
        };
        assert_eq!(hint(CANDIDATES_MAX - 1), "Did you mean `counter`?");
        assert!(hint(CANDIDATES_MAX).starts_with("Declare it"));
    }
}
