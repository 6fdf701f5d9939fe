//! # unawaited-host-call
//!
//! **What it does.** Finds a call that answers with a promise (`flow.fs.*`, `flow.call`, `fetch`,
//! services) whose promise is used as if it were the answer, or is dropped.
//!
//! **Why.** `flow.fs.readText("a")` is a promise, not a text: it is always true, and prints as
//! `[object Promise]`. A dropped promise loses its error's place.
//!
//! **Example.** `const text = flow.fs.readText("a.txt"); return text.length;`
//!
//! **Fix.** `await`. Safe where `await` may stand: in an `async` function or at the top of a module.

use super::{Check, Findings, Rule, Scene};
use crate::flow::{Flow, Host, Root};
use crate::grant::is_service;
use crate::runtime::{Answer, FLOW, FS};
use oxc_ast::AstKind;
use oxc_ast::ast::BindingPattern;
use oxc_semantic::{AstNode, NodeId};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::BinaryOperator;
use selvage_tool::{Fix, Severity, TextEdit};

pub const RULE: Rule = Rule {
    code: "unawaited-host-call",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let AstKind::CallExpression(call) = node.kind() else {
        return;
    };
    let flow = scene.flow;
    if !flow.host(&call.callee).is_some_and(|host| promises(&host)) {
        return;
    }
    let Use::Wrong(needs_parentheses) = usage(flow, node.id(), 0) else {
        return;
    };
    let name = flow.text.slice(call.callee.span());
    let name = if name.len() > 40 { "This" } else { name };
    let may_await = flow.may_await(node.id());
    let hint = match may_await {
        true => "Add `await` before it.",
        false if flow.function_around(node.id()).is_some() => {
            "Make the function around it `async`, and add `await` before the call."
        }
        false => {
            "Put the work into `export default async (flow) => { … }`, and add `await` before the call."
        }
    };
    // A parenthesis at the start of a line would call what stands on the line before.
    let begins_statement = flow.nodes().ancestor_kinds(node.id()).any(|around| {
        matches!(around, AstKind::ExpressionStatement(statement) if statement.span.start == call.span.start)
    });
    let may_write = may_await && !(needs_parentheses && begins_statement);
    let fix = may_write.then(|| awaiting(flow, call.span, needs_parentheses));
    let name = if name == "This" {
        "This call".to_owned()
    } else {
        format!("`{name}`")
    };
    findings.add_with_fix(
        call.span,
        format!("{name} gives a promise that nothing waits for."),
        hint,
        fix,
    );
}

/// Whether calling this gives a promise.
fn promises(host: &Host<'_>) -> bool {
    let promise = |list: &[crate::runtime::Member], name: &str| {
        list.iter()
            .any(|member| member.name == name && member.answer == Answer::Promise)
    };
    match (host.root, host.names().collect::<Vec<_>>().as_slice()) {
        (Root::Global, names) => *names == ["fetch"],
        (_, ["fs", name]) => promise(FS, name),
        (Root::Services, [name]) if is_service(name) => true,
        (_, [name]) => promise(FLOW, name),
        _ => false,
    }
}

/// What becomes of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Something waits for it, or may.
    Fine,
    /// It is taken for its answer or dropped; whether an `await` there needs parentheses.
    Wrong(bool),
}

/// How often a promise is followed through names.
const STEPS_MAX: u32 = 3;

fn usage(flow: &Flow<'_>, call: NodeId, steps: u32) -> Use {
    let nodes = flow.nodes();
    let mut node = call;
    let mut direct = true;
    loop {
        let span = nodes.kind(node).span();
        let parent = nodes.parent_node(node);
        match parent.kind() {
            AstKind::ParenthesizedExpression(_) | AstKind::ChainExpression(_) => {}
            AstKind::ConditionalExpression(choice) if choice.test.span() != span => {}
            AstKind::LogicalExpression(logical) if logical.right.span() == span => {}
            AstKind::SequenceExpression(sequence)
                if sequence
                    .expressions
                    .last()
                    .is_some_and(|l| l.span() == span) => {}
            AstKind::StaticMemberExpression(member) => {
                let waits = matches!(member.property.name.as_str(), "then" | "catch" | "finally");
                return if waits { Use::Fine } else { Use::Wrong(direct) };
            }
            AstKind::ComputedMemberExpression(member) if member.object.span() == span => {
                return Use::Wrong(direct);
            }
            AstKind::CallExpression(call) => {
                let takes_answers = call.callee.span() != span
                    && flow
                        .host(&call.callee)
                        .is_some_and(|host| wants_answers(&host));
                return if takes_answers || call.callee.span() == span {
                    Use::Wrong(call.callee.span() == span)
                } else {
                    Use::Fine
                };
            }
            AstKind::NewExpression(new) => {
                let wants = flow
                    .host(&new.callee)
                    .is_some_and(|host| host.root == Root::Global && !host.is_global(&["Promise"]));
                return if wants { Use::Wrong(false) } else { Use::Fine };
            }
            AstKind::VariableDeclarator(declarator) => {
                return match &declarator.id {
                    BindingPattern::BindingIdentifier(name) => {
                        let symbol = name.symbol_id.get();
                        let references =
                            symbol.map(|symbol| flow.scoping().get_resolved_references(symbol));
                        // Many calls can be one name's value, and each asks for all its uses.
                        let waited = references.into_iter().flatten().any(|reference| {
                            !flow.work.spend(1)
                                || steps < STEPS_MAX
                                    && usage(flow, reference.node_id(), steps + 1) == Use::Fine
                        });
                        let exported = matches!(
                            nodes.parent_kind(nodes.parent_id(parent.id())),
                            AstKind::ExportDeclaration(_)
                        );
                        if waited || exported {
                            Use::Fine
                        } else {
                            Use::Wrong(false)
                        }
                    }
                    _ => Use::Wrong(false),
                };
            }
            AstKind::ExpressionStatement(_) => {
                // The last statement of a script is its result, which is waited for.
                let last = !flow.module
                    && nodes
                        .program()
                        .body
                        .last()
                        .is_some_and(|last| last.span() == parent.kind().span());
                let is_name = matches!(nodes.kind(call), AstKind::IdentifierReference(_));
                return if last || is_name {
                    Use::Fine
                } else {
                    Use::Wrong(false)
                };
            }
            AstKind::IfStatement(_)
            | AstKind::WhileStatement(_)
            | AstKind::DoWhileStatement(_)
            | AstKind::ForStatement(_)
            | AstKind::SwitchStatement(_)
            | AstKind::ConditionalExpression(_)
            | AstKind::LogicalExpression(_)
            | AstKind::TemplateLiteral(_)
            | AstKind::SpreadElement(_)
            | AstKind::ForInStatement(_)
            | AstKind::SequenceExpression(_) => return Use::Wrong(false),
            // `await a ** b` is no expression.
            AstKind::BinaryExpression(binary) => {
                return Use::Wrong(direct && binary.operator == BinaryOperator::Exponential);
            }
            AstKind::ForOfStatement(statement) => {
                return if statement.r#await {
                    Use::Fine
                } else {
                    Use::Wrong(false)
                };
            }
            AstKind::UnaryExpression(unary) => {
                return if unary.operator.is_void() {
                    Use::Fine
                } else {
                    Use::Wrong(false)
                };
            }
            _ => return Use::Fine,
        }
        direct &= !matches!(parent.kind(), AstKind::ParenthesizedExpression(_));
        node = parent.id();
    }
}

/// Whether a function takes values and does nothing sensible with a promise.
fn wants_answers(host: &Host<'_>) -> bool {
    let names: Vec<&str> = host.names().collect();
    match (host.root, names.as_slice()) {
        (Root::Global, [name, ..]) => {
            matches!(
                *name,
                "JSON"
                    | "Math"
                    | "String"
                    | "Number"
                    | "Boolean"
                    | "console"
                    | "parseInt"
                    | "parseFloat"
                    | "structuredClone"
                    | "atob"
                    | "btoa"
                    | "fetch"
            ) || matches!(
                names.as_slice(),
                ["Object", "keys" | "values" | "entries" | "fromEntries"] | ["Array", "isArray"]
            )
        }
        (_, ["fs", ..] | ["log", ..] | ["progress"] | ["output" | "outputs"]) => true,
        _ => false,
    }
}

/// Writes `await` before a call, in parentheses where its answer's member is read.
fn awaiting(flow: &Flow<'_>, span: Span, parentheses: bool) -> Fix {
    let at = |byte: u32, text: &str| TextEdit {
        span: flow.text.span(Span::empty(byte)),
        text: text.into(),
    };
    let edits = match parentheses {
        true => vec![at(span.start, "(await "), at(span.end, ")")],
        false => vec![at(span.start, "await ")],
    };
    Fix {
        title: "Add `await`".into(),
        safe: true,
        edits,
        rename: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::cases;

    #[test]
    fn cases() {
        let with = |body: &str| format!("export default async (flow) => {{ {body} }}");
        let pass = [
            "const a = await flow.fs.readText('a'); return a",
            "return flow.fs.readText('a')",
            "await Promise.all([flow.fs.readText('a'), fetch('https://granted.org')])",
            "const p = flow.fs.readText('a'); return (await p).length",
            "const a = flow.fs.readText('a'), b = flow.fs.readText('b'); return await Promise.all([a, b])",
            "return flow.fs.readText('a').then(JSON.parse)",
            "const all = []; all.push(flow.fs.readText('a')); await Promise.all(all)",
            "void flow.fs.write('a', 'b')",
            "const o = { a: flow.fs.readText('a') }; return o",
            "return (flow.args.x ? flow.fs.readText('a') : null)",
            "flow.log('x'); flow.progress(1, 2)",
            "await (flow.args.x && flow.fs.mkdir('a'))",
            "return [1].map((n) => flow.fs.readText(`${n}`))",
        ];
        let fail = [
            "const text = flow.fs.readText('a'); return text.length",
            "flow.fs.write('a', 'b')",
            "if (flow.fs.exists('a')) return 1",
            "if (!flow.fs.exists('a')) return 1",
            "return JSON.parse(flow.fs.readText('a'))",
            "const { length } = flow.fs.list('a'); return length",
            "return flow.fs.readText('a').trim()",
            "return `x${flow.fs.readText('a')}`",
            "for (const e of flow.fs.list('a')) console.log(e)",
            "const r = fetch('https://granted.org'); return r.json()",
            "const { fs } = flow; fs.write('a', 'b'); return 1",
            "flow.call('read', {}); return 1",
            "await flow.fs.write('b', flow.fs.readText('a'))",
        ];
        let (pass, fail) = (pass.map(with), fail.map(with));
        let pass: Vec<&str> = pass
            .iter()
            .map(String::as_str)
            .chain(["flow.fs.readText('a')"])
            .collect();
        let fail: Vec<&str> = fail
            .iter()
            .map(String::as_str)
            .chain(["const t = flow.fs.readText('a'); t.length"])
            .collect();
        cases::check("unawaited-host-call", &pass, &fail);
    }

    #[test]
    fn await_is_written_where_it_may_stand() {
        for (before, after) in [
            (
                "export default async () => { return flow.fs.readText('a').length }",
                Some("export default async () => { return (await flow.fs.readText('a')).length }"),
            ),
            (
                "export default async () => { if (!flow.fs.exists('a')) return 1 }",
                Some("export default async () => { if (!await flow.fs.exists('a')) return 1 }"),
            ),
            ("export default () => { flow.fs.write('a', 'b') }", None),
            ("flow.fs.write('a', 'b'); 1", None),
        ] {
            let report = cases::look("a.flow.js", before);
            let (fixed, _) = crate::apply_fixes(before, &report.diagnostics);
            assert_eq!(fixed, after.unwrap_or(before));
        }
    }
}
