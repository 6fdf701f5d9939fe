//! # unreachable-code
//!
//! **What it does.** Finds statements after a `return`, `throw`, `break` or `continue` of the same block.
//!
//! **Why.** They never run.
//!
//! **Example.** `return total; flow.log("done");`
//!
//! **Fix.** None.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_ast::ast::Statement;
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "unreachable-code",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, _: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let statements = match node.kind() {
        AstKind::FunctionBody(body) => &body.statements,
        AstKind::BlockStatement(block) => &block.body,
        AstKind::SwitchCase(case) => &case.consequent,
        _ => return,
    };
    let Some(end) = statements.iter().position(leaves) else {
        return;
    };
    let dead: Vec<&Statement<'_>> = statements[end + 1..]
        .iter()
        .filter(|statement| !stands_anywhere(statement))
        .collect();
    if let (Some(first), Some(last)) = (dead.first(), dead.last()) {
        findings.add(
            Span::new(first.span().start, last.span().end),
            "This never runs: the statement before it leaves the block.",
            "Remove it, or move it before the statement that leaves.",
        );
    }
}

fn leaves(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ReturnStatement(_)
        | Statement::ThrowStatement(_)
        | Statement::BreakStatement(_)
        | Statement::ContinueStatement(_) => true,
        Statement::BlockStatement(block) => block.body.iter().any(leaves),
        Statement::IfStatement(choice) => {
            leaves(&choice.consequent) && choice.alternate.as_ref().is_some_and(leaves)
        }
        _ => false,
    }
}

/// Whether a statement has its effect wherever it stands.
fn stands_anywhere(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::FunctionDeclaration(_) | Statement::EmptyStatement(_) => true,
        Statement::VariableDeclaration(declaration) => {
            declaration.kind.is_var() && declaration.declarations.iter().all(|d| d.init.is_none())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "function f() { if (1) return 1; return 2 }",
            "function f() { return g(); function g() { return 1 } }",
            "for (const a of [1]) { if (a) continue; console.log(a) }",
            "switch (1) { case 1: console.log(1); break; case 2: console.log(2) }",
        ];
        let fail = [
            "function f() { return 1; console.log(1) }",
            "for (;;) { break; console.log(1) }",
            "function f(a) { if (a) { return 1 } else { throw a } console.log(1) }",
            "const f = () => { throw 1; return 2 }",
        ];
        crate::rules::cases::check("unreachable-code", &pass, &fail);
    }
}
