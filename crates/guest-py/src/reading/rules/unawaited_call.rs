//! # unawaited-call
//!
//! **Severity.** warning
//!
//! **What it does.** Finds calls of coroutines whose value is dropped, or used as if it were the answer.
//!
//! **Why.** Without `await` nothing happens: `tables.insert(…)` writes nothing, and `config.get("url").strip()` fails.
//! The functions of `bifrost.config`, `bifrost.tables` and their like are coroutines, and so is each `async def` of the file.
//!
//! **Example.** `files.write("out.txt", text)` as a statement.
//!
//! **Fix.** Puts `await` before the call where that may stand. Safe where the value is dropped; otherwise it is offered.

use super::{Rule, Scene};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::{Ranged, TextRange};
use selvage_guest::findings::{Finding, Findings, Mend};
use selvage_tool::Severity;
use std::collections::BTreeSet;

pub const RULE: Rule = Rule {
    code: "unawaited-call",
    severity: Severity::Warning,
};

/// The modules of `bifrost` whose functions are all coroutines.
const COROUTINES: [&str; 14] = [
    "agents",
    "ai",
    "config",
    "events",
    "executions",
    "files",
    "forms",
    "integrations",
    "knowledge",
    "organizations",
    "roles",
    "tables",
    "users",
    "workflows",
];

pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) {
    let own: BTreeSet<&str> = functions(scene, true)
        .difference(&functions(scene, false))
        .copied()
        .collect();
    for (statement, place) in scene.statements {
        let (used, dropped) = match statement {
            Stmt::Expr(expression) => (&*expression.value, true),
            Stmt::Assign(assign) => (&*assign.value, false),
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => (&**value, false),
                None => continue,
            },
            Stmt::Return(returned) => match &returned.value {
                Some(value) => (&**value, false),
                None => continue,
            },
            Stmt::For(each) if !each.is_async => (&*each.iter, false),
            Stmt::If(branch) => (&*branch.test, false),
            Stmt::While(again) => (&*again.test, false),
            _ => continue,
        };
        // A coroutine may be kept or given back, and awaited later.
        let keeps = matches!(
            statement,
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Return(_)
        );
        let Some(call) = begin(used) else {
            continue;
        };
        let inner = used.range() != call.range();
        if keeps && !inner {
            continue;
        }
        let named = match &*call.func {
            // What is iterated may be an asynchronous generator, which nobody awaits.
            Expr::Name(name) => own.contains(name.id.as_str()) && !statement.is_for_stmt(),
            Expr::Attribute(attribute) => scene
                .names
                .member(&attribute.value)
                .is_some_and(|module| COROUTINES.contains(&module)),
            _ => false,
        };
        if !named {
            continue;
        }
        let called = scene
            .places
            .source()
            .get(call.func.start().to_usize()..call.func.end().to_usize())
            .unwrap_or_default();
        let finding = Finding {
            range: call.range().into(),
            severity: RULE.severity,
            message: format!("`{called}` is a coroutine: without `await` it does nothing."),
            hint: if place.in_async {
                "Put `await` before it.".into()
            } else {
                "Make the function around it `async def`, and put `await` before it.".into()
            },
            fix: place.in_async.then(|| {
                let (range, text) = if inner {
                    let text = scene.places.source();
                    let text = text.get(call.start().to_usize()..call.end().to_usize());
                    (
                        call.range(),
                        format!("(await {})", text.unwrap_or_default()),
                    )
                } else {
                    (TextRange::empty(call.start()), "await ".into())
                };
                Mend::one("Add `await`".into(), dropped && !inner, range, text)
            }),
        };
        findings.add(RULE.code, finding);
    }
}

/// The call that an expression begins with: `f()` of `f()`, `f().x` and `f()[0].y()`.
fn begin(expression: &Expr) -> Option<&ExprCall> {
    let (mut inner, mut found) = (expression, None);
    loop {
        inner = match inner {
            Expr::Call(call) => {
                found = Some(call);
                &call.func
            }
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Subscript(subscript) => &subscript.value,
            _ => return found,
        };
    }
}

/// The names of the functions of the file that are plain coroutines, or of those that are not.
fn functions<'a>(scene: &Scene<'_, 'a>, coroutines: bool) -> BTreeSet<&'a str> {
    let named = scene
        .statements
        .iter()
        .filter_map(|(statement, place)| match statement {
            // A decorator of somebody else's may make anything of it.
            Stmt::FunctionDef(function)
                if !place.in_class
                    && !place.in_function
                    && coroutines == (function.is_async && function.decorator_list.is_empty()) =>
            {
                Some(function.name.as_str())
            }
            _ => None,
        });
    named.collect()
}
