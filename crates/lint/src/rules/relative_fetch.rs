//! # relative-fetch
//!
//! **What it does.** Finds a `fetch` of a path.
//!
//! **Why.** A flow has no page of its own, so an address has no place to be relative to. Usually a
//! workspace file is meant.
//!
//! **Example.** `await fetch("data/invoices.csv")`
//!
//! **Fix.** None: what is done with the answer has to change too.

use super::{Check, Findings, Rule, Scene};
use crate::domains::{addresses, begins};
use crate::flow::argument;
use crate::values::Piece;
use oxc_ast::AstKind;
use oxc_semantic::AstNode;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "relative-fetch",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let AstKind::CallExpression(call) = node.kind() else {
        return;
    };
    if !scene
        .flow
        .host(&call.callee)
        .is_some_and(|host| host.is_global(&["fetch"]))
    {
        return;
    }
    let Some(address) = argument(call, 0) else {
        return;
    };
    let texts = addresses(scene.flow, address, 0);
    let relative = |pieces: &Vec<Piece>| {
        matches!(pieces.first(), Some(Piece::Known(_)))
            && !begins(pieces, &["http://", "https://", "h"])
    };
    if !texts.is_empty() && texts.iter().all(relative) {
        findings.add(
            call.span,
            "This fetches a path, and `fetch` needs a whole address.",
            "Read a workspace file with `await flow.fs.readText(path)`, or write the address from `https://` on.",
        );
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "fetch('https://granted.org/a')",
            "fetch(flow.args.url)",
            "const b = 'https://granted.org'; fetch(`${b}/x`)",
        ];
        let fail = [
            "fetch('data/a.csv')",
            "fetch('/a')",
            "const p = './a.json'; fetch(p)",
        ];
        crate::rules::cases::check("relative-fetch", &pass, &fail);
    }
}
