//! # nondeterminism
//!
//! **What it does.** Points out where a flow reads the clock or chance.
//!
//! **Why.** Such a run gives the same result again only with the same `seed` and `startMs`. Nothing is
//! wrong with that; it is worth knowing before comparing two runs.
//!
//! **Example.** `Date.now()`, `new Date()`, `Math.random()`, `crypto.randomUUID()`
//!
//! **Fix.** None.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_semantic::AstNode;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "nondeterminism",
    severity: Severity::Info,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let (host, span, arguments) = match node.kind() {
        AstKind::CallExpression(call) => (
            scene.flow.host(&call.callee),
            call.span,
            call.arguments.len(),
        ),
        AstKind::NewExpression(new) => {
            (scene.flow.host(&new.callee), new.span, new.arguments.len())
        }
        _ => return,
    };
    let Some(host) = host else { return };
    let is = |names: &[&str]| host.is_global(names);
    let new = matches!(node.kind(), AstKind::NewExpression(_));
    let clock = is(&["Date", "now"])
        || is(&["performance", "now"])
        || (is(&["Date"]) && (!new || arguments == 0));
    let chance = is(&["Math", "random"])
        || is(&["crypto", "randomUUID"])
        || is(&["crypto", "getRandomValues"]);
    let (what, hint) = if clock {
        (
            "the clock",
            "Run it with `startMs` to fix the clock, or take the time from `flow.args`.",
        )
    } else if chance {
        (
            "chance",
            "Run it with a `seed` to get the same numbers again.",
        )
    } else {
        return;
    };
    findings.add(
        span,
        format!("This reads {what}, so two runs can differ."),
        hint,
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "new Date('2024-01-01')",
            "Date.parse('2024-01-01')",
            "Math.max(1, 2)",
            "const Math2 = { random: () => 1 }; Math2.random()",
        ];
        let fail = [
            "Date.now()",
            "new Date()",
            "Math.random()",
            "const { random } = Math; random()",
            "crypto.randomUUID()",
            "performance.now()",
            "Date()",
        ];
        crate::rules::cases::check("nondeterminism", &pass, &fail);
    }
}
