//! # undeclared-output
//!
//! **What it does.** Finds an output that `run` sets and `setup` or `init` does not declare.
//!
//! **Why.** The run fails there: there is no such output.
//!
//! **Example.** `setup` has `flow.outText("summary", "Summary")` and `run` calls `services.outputs("sumary", text)`.
//!
//! **Fix.** The name that was probably meant; offered, and made unasked only for a slip of one letter.

use super::undeclared_input::{Missing, missing, quotes};
use super::{Check, Findings, Rule, Scene};
use crate::flow::{Root, argument};
use crate::values;
use oxc_ast::AstKind;
use oxc_semantic::AstNode;
use oxc_span::GetSpan;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "undeclared-output",
    severity: Severity::Error,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let flow = scene.flow;
    let AstKind::CallExpression(call) = node.kind() else {
        return;
    };
    let host = flow
        .host(&call.callee)
        .filter(|host| host.root == Root::Services);
    if !host.is_some_and(|host| host.is_flow(&["output"]) || host.is_flow(&["outputs"]))
        || scene.face.open
    {
        return;
    }
    let Some(first) = argument(call, 0) else {
        return;
    };
    let Some(id) = values::text(flow, first) else {
        return;
    };
    let declared: Vec<&str> = scene.face.outputs.iter().map(String::as_str).collect();
    let name = Missing {
        what: "output",
        id: &id,
        span: first.span(),
        quotes: quotes(first),
        declared: &declared,
    };
    missing(scene, findings, &name);
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let with = |run: &str| {
            format!(
                "function init(setup) {{ setup.outText('out') }} async function run(services) {{ {run} }}"
            )
        };
        let pass = [
            "services.output('out', 1)",
            "services.outputs('out', 1)",
            "const { output } = services; output('out', 1)",
        ]
        .map(with);
        let fail = [
            "services.output('uot', 1)",
            "services.outputs('x', 1)",
            "const { output } = services; output('x', 1)",
        ]
        .map(with);
        let pass: Vec<&str> = pass.iter().map(String::as_str).collect();
        let fail: Vec<&str> = fail.iter().map(String::as_str).collect();
        crate::rules::cases::check("undeclared-output", &pass, &fail);
    }
}
