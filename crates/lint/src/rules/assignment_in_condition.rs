//! # assignment-in-condition
//!
//! **What it does.** Finds `=` where a condition is tested.
//!
//! **Why.** It is nearly always `===` with two signs missing, and the condition then never changes.
//!
//! **Example.** `if (status = "paid") …`. An assignment that is meant goes in its own parentheses:
//! `while ((match = pattern.exec(text))) …`.
//!
//! **Fix.** `===`; offered, never made unasked.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::AssignmentOperator;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "assignment-in-condition",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let test = match node.kind() {
        AstKind::IfStatement(statement) => Some(&statement.test),
        AstKind::WhileStatement(statement) => Some(&statement.test),
        AstKind::DoWhileStatement(statement) => Some(&statement.test),
        AstKind::ForStatement(statement) => statement.test.as_ref(),
        AstKind::ConditionalExpression(choice) => Some(&choice.test),
        _ => None,
    };
    let Some(Expression::AssignmentExpression(assignment)) = test else {
        return;
    };
    if assignment.operator != AssignmentOperator::Assign {
        return;
    }
    let between = Span::new(assignment.left.span().end, assignment.right.span().start);
    let sign = scene
        .flow
        .text
        .slice(between)
        .find('=')
        .and_then(|at| u32::try_from(at).ok());
    let fix = sign.map(|at| {
        let span = Span::sized(between.start + at, 1);
        scene
            .flow
            .text
            .fix("Compare with `===`", false, span, "===")
    });
    findings.add_with_fix(
        assignment.span,
        "This condition sets a value instead of comparing.",
        "Write `===` to compare, or put the assignment in parentheses of its own.",
        fix,
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "let a; if (a === 1) {}",
            "let m; while ((m = /a/.exec('a'))) { break }",
            "let a; a = 1",
            "let a; if (a += 1) {}",
        ];
        let fail = [
            "let a; if (a = 1) {}",
            "let a; while (a = 1) { break }",
            "let a; const b = (a = 1) ? 2 : 3; let c = a = 2 ? 1 : 0; if (c = b) {}",
        ];
        crate::rules::cases::check("assignment-in-condition", &pass, &fail);
    }
}
