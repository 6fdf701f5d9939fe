//! # no-eval
//!
//! **What it does.** Finds `eval`, `new Function` and timers that are given text to run.
//!
//! **Why.** Text can't be run as code: the run-time refuses it. Lint could not look at such code either.
//!
//! **Example.** `eval("1 + 1")`
//!
//! **Fix.** None.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_semantic::AstNode;
use oxc_span::Span;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "no-eval",
    severity: Severity::Error,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let (callee, first, span): (&Expression<'_>, Option<&Expression<'_>>, Span) = match node.kind()
    {
        AstKind::CallExpression(call) => (
            &call.callee,
            call.arguments.first().and_then(|a| a.as_expression()),
            call.span,
        ),
        AstKind::NewExpression(new) => (
            &new.callee,
            new.arguments.first().and_then(|a| a.as_expression()),
            new.span,
        ),
        _ => return,
    };
    let Some(host) = scene.flow.host(callee) else {
        return;
    };
    let timer = host.is_global(&["setTimeout"]) || host.is_global(&["setInterval"]);
    if timer
        && first.is_some_and(|first| {
            first.is_string_literal() || matches!(first, Expression::TemplateLiteral(_))
        })
    {
        findings.add(
            span,
            "A timer is given text to run.",
            "Give it a function: `setTimeout(() => { … }, 100)`.",
        );
    }
    if host.is_global(&["eval"]) || host.is_global(&["Function"]) {
        findings.add(
            span,
            "Text can't be run as code: the run-time refuses it.",
            "Write the code into a file and import it; `JSON.parse` reads data.",
        );
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "setTimeout(() => {}, 1)",
            "const x = { eval: (a) => a }; x.eval('1')",
            "Function.prototype.call",
        ];
        let fail = [
            "eval('1')",
            "globalThis.eval('1')",
            "new Function('return 1')",
            "Function('return 1')",
            "setTimeout('x()', 1)",
            "const e = eval; e('1')",
        ];
        crate::rules::cases::check("no-eval", &pass, &fail);
    }
}
