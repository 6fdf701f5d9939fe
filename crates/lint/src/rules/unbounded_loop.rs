//! # unbounded-loop
//!
//! **What it does.** Finds a loop without a condition that nothing ends: no `break`, `return` or
//! `throw` out of it, and no `await` or `yield` in it.
//!
//! **Why.** The run would use up its whole quota and fail.
//!
//! **Example.** `while (true) { count += 1 }`
//!
//! **Fix.** None.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_semantic::{AstNode, NodeId};
use oxc_span::{GetSpan, Span};
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "unbounded-loop",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let endless = match node.kind() {
        AstKind::WhileStatement(statement) => always(&statement.test),
        AstKind::DoWhileStatement(statement) => always(&statement.test),
        AstKind::ForStatement(statement) => statement.test.as_ref().is_none_or(always),
        _ => false,
    };
    if endless && !ends(scene, node.id(), node.kind().span()) {
        let head = Span::sized(
            node.kind().span().start,
            if matches!(node.kind(), AstKind::ForStatement(_)) {
                3
            } else {
                5
            },
        );
        let head = if matches!(node.kind(), AstKind::DoWhileStatement(_)) {
            Span::sized(head.start, 2)
        } else {
            head
        };
        findings.add(
            head,
            "Nothing ends this loop, so the run would use up its quota.",
            "Give it a condition, or a `break` for when it is done.",
        );
    }
}

/// Whether a condition always holds.
fn always(test: &Expression<'_>) -> bool {
    match test.without_parentheses() {
        Expression::BooleanLiteral(literal) => literal.value,
        Expression::NumericLiteral(literal) => literal.value != 0.0,
        Expression::StringLiteral(literal) => !literal.value.is_empty(),
        Expression::ArrayExpression(_) | Expression::ObjectExpression(_) => true,
        _ => false,
    }
}

/// Whether something inside a loop can end it, or lets others run.
fn ends(scene: &Scene<'_, '_>, this: NodeId, span: Span) -> bool {
    let nodes = scene.flow.nodes();
    let label = match nodes.parent_kind(this) {
        AstKind::LabeledStatement(labeled) => Some(labeled.label.name.as_str()),
        _ => None,
    };
    let inside = nodes
        .iter()
        .skip(this.index() + 1)
        .take_while(|node| span.contains_inclusive(node.kind().span()));
    inside.into_iter().any(|node| {
        let between = || nodes.ancestors(node.id()).take_while(|around| around.id() != this);
        let same_function = || !between().any(|around| around.kind().is_function_like());
        match node.kind() {
            AstKind::ReturnStatement(_) | AstKind::ThrowStatement(_) | AstKind::AwaitExpression(_) | AstKind::YieldExpression(_) => {
                same_function()
            }
            AstKind::ForOfStatement(statement) => statement.r#await && same_function(),
            AstKind::BreakStatement(statement) => match &statement.label {
                Some(target) => label == Some(target.name.as_str()) || !between().any(|around| {
                    matches!(around.kind(), AstKind::LabeledStatement(inner) if inner.label.name == target.name)
                }),
                None => !between().any(|around| {
                    around.kind().is_iteration_statement() || matches!(around.kind(), AstKind::SwitchStatement(_))
                }),
            },
            AstKind::ContinueStatement(statement) => statement.label.as_ref().is_some_and(|target| {
                label != Some(target.name.as_str())
                    && !between().any(|around| {
                        matches!(around.kind(), AstKind::LabeledStatement(inner) if inner.label.name == target.name)
                    })
            }),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "while (true) { break }",
            "const f = () => { for (;;) { return 1 } }",
            "for (let i = 0; i < 3; i++) {}",
            "async function f() { while (true) { await 1 } }",
            "function* f() { while (true) yield 1 }",
            "a: while (true) { for (;;) { break a } }",
            "a: for (const x of [1]) { while (true) { continue a } }",
            "do { break } while (true)",
        ];
        let fail = [
            "while (true) {}",
            "for (;;) { for (const a of [1]) { break } }",
            "let i = 0; do { i++ } while (1)",
            "while (true) { [1].map(() => { return 1 }) }",
            "while (true) { switch (1) { case 1: break } }",
            "while (true) { const f = async () => { await 1 } }",
        ];
        crate::rules::cases::check("unbounded-loop", &pass, &fail);
    }
}
