//! # unknown-tool
//!
//! **What it does.** Finds a call of a tool that does not exist, through `flow.call` or as a service.
//!
//! **Why.** The run fails there.
//!
//! **Example.** `await flow.call("serach", { query: "total" })`
//!
//! **Fix.** The name that was probably meant; made unasked only for a slip of one letter.

use super::undeclared_input::quotes;
use super::{Check, Findings, Rule, Scene};
use crate::flow::{Root, argument};
use crate::grant::is_service;
use crate::suggest;
use crate::values;
use oxc_ast::AstKind;
use oxc_semantic::AstNode;
use oxc_span::GetSpan;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "unknown-tool",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let AstKind::CallExpression(call) = node.kind() else {
        return;
    };
    let tools = scene.context.tools;
    let Some(host) = scene.flow.host(&call.callee).filter(|_| !tools.is_empty()) else {
        return;
    };
    let (name, span, quotes) = match (host.root, host.steps.as_slice()) {
        (Root::Services, [step]) if is_service(step.name) => {
            (step.name.to_owned(), step.span, Some(""))
        }
        _ if host.is_flow(&["call"]) => {
            let Some(first) = argument(call, 0) else {
                return;
            };
            let Some(name) = values::text(scene.flow, first) else {
                return;
            };
            (name, first.span(), quotes(first))
        }
        _ => return,
    };
    if tools.contains(&name.as_str()) {
        return;
    }
    let meant = suggest::nearest(&name, tools.iter().copied());
    let hint = match meant {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => "See the list of tools for what there is.".to_owned(),
    };
    // The name of a service may stand where it was taken out of `services`, as a variable too.
    let here = span.start >= call.span.start && span.end <= call.span.end;
    let fix = meant.zip(quotes).filter(|_| here).map(|(meant, quote)| {
        let safe = suggest::same_but_for_a_slip(&name, meant);
        scene.flow.text.fix(
            format!("Write `{meant}`"),
            safe,
            span,
            format!("{quote}{meant}{quote}"),
        )
    });
    findings.add_with_fix(span, format!("There is no tool `{name}`."), hint, fix);
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "flow.call('read', {})",
            "flow.call(flow.args.tool)",
            "function setup() {} async function run(s) { await s.image('x') }",
        ];
        let fail = [
            "flow.call('raed', {})",
            "const { call } = flow; call('nothing')",
            "function setup() {} async function run(s) { await s.imag('x') }",
        ];
        crate::rules::cases::check("unknown-tool", &pass, &fail);
    }
}
