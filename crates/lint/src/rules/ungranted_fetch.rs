//! # ungranted-fetch
//!
//! **What it does.** Finds a `fetch` from a domain that the run would not be granted.
//!
//! **Why.** A run reaches no domain unless whoever starts it says so.
//!
//! **Example.** `await fetch("https://api.example.com/rates")` without `allowNet: ["api.example.com"]`.
//!
//! **Fix.** None: the grant is not in the file.

use super::{Check, Findings, Rule, Scene};
use crate::domains::domains;
use oxc_ast::AstKind;
use oxc_semantic::AstNode;
use selvage_tool::{Grant, Severity};

pub const RULE: Rule = Rule {
    code: "ungranted-fetch",
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
    let grant = Grant {
        net: scene.context.net.to_vec(),
        ..Grant::default()
    };
    let granted = |domain: &String| grant.net.contains(domain) || grant.covers_domain(domain);
    let missing: Vec<String> = domains(scene.flow, call)
        .into_iter()
        .filter(|domain| domain != "*" && !granted(domain))
        .collect();
    if !missing.is_empty() {
        let domains = missing.join("`, `");
        let list = missing.join("\", \"");
        findings.add(
            call.span,
            format!("This fetches from `{domains}`, which is not granted."),
            format!("Run the flow with `allowNet: [\"{list}\"]`."),
        );
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "fetch('https://granted.org/a')",
            "fetch('https://a.wild.org')",
            "fetch(flow.args.url)",
            "const fetch = () => 1; fetch('https://other.org')",
        ];
        let fail = [
            "fetch('https://other.org')",
            "const base = 'https://other.org'; fetch(base + '/a')",
            "fetch(new URL('/a', 'https://other.org'))",
            "const u = new URL('https://other.org/a'); u.search = '?b'; fetch(u.href)",
            "fetch(flow.args.x ? 'https://granted.org' : 'https://other.org')",
        ];
        crate::rules::cases::check("ungranted-fetch", &pass, &fail);
    }
}
