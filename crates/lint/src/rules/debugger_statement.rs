//! # debugger-statement
//!
//! **What it does.** Finds `debugger`.
//!
//! **Why.** No debugger is attached to a run, so it does nothing.
//!
//! **Example.** `debugger;`
//!
//! **Fix.** Removes the statement. Safe: it has no effect.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_semantic::AstNode;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "debugger-statement",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let AstKind::DebuggerStatement(statement) = node.kind() else {
        return;
    };
    // Where a statement must stand, an empty one takes its place.
    let in_list = matches!(
        scene.flow.nodes().parent_kind(node.id()),
        AstKind::Program(_)
            | AstKind::FunctionBody(_)
            | AstKind::BlockStatement(_)
            | AstKind::StaticBlock(_)
    );
    let fix = scene.flow.text.fix(
        "Remove `debugger`",
        true,
        statement.span,
        if in_list { "" } else { ";" },
    );
    findings.add_with_fix(
        statement.span,
        "`debugger` does nothing in a run.",
        "Remove it; `flow.log` shows values while a flow runs.",
        Some(fix),
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        crate::rules::cases::check(
            "debugger-statement",
            &["const o = { debugger: 1 }; o.debugger"],
            &["debugger", "if (1) debugger"],
        );
    }
}
