//! # use-isnan
//!
//! **What it does.** Finds comparisons with `NaN`.
//!
//! **Why.** Nothing equals `NaN`, so the comparison always gives the same answer.
//!
//! **Example.** `if (price === NaN) …`
//!
//! **Fix.** `Number.isNaN(price)`. Safe: the comparison as written has no meaning to keep.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_ast::ast::Expression;
use oxc_semantic::AstNode;
use oxc_span::GetSpan;
use oxc_syntax::operator::BinaryOperator;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "use-isnan",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let AstKind::BinaryExpression(binary) = node.kind() else {
        return;
    };
    if !binary.operator.is_equality() {
        return;
    }
    let is_nan = |side: &'a Expression<'a>| {
        scene
            .flow
            .host(side)
            .is_some_and(|host| host.is_global(&["NaN"]) || host.is_global(&["Number", "NaN"]))
    };
    let other = match (is_nan(&binary.left), is_nan(&binary.right)) {
        (true, false) => &binary.right,
        (false, true) => &binary.left,
        _ => return,
    };
    let not = matches!(
        binary.operator,
        BinaryOperator::Inequality | BinaryOperator::StrictInequality
    );
    let value = scene.flow.text.slice(other.span());
    let test = format!("{}Number.isNaN({value})", if not { "!" } else { "" });
    let fix = scene
        .flow
        .text
        .fix("Use `Number.isNaN`", true, binary.span, test);
    findings.add_with_fix(
        binary.span,
        format!("Nothing equals `NaN`, so this is always {not}."),
        "Ask `Number.isNaN(value)`.",
        Some(fix),
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "Number.isNaN(flow.args.x)",
            "const NaN2 = 1; NaN2 === 1",
            "NaN < 1",
        ];
        let fail = [
            "flow.args.x === NaN",
            "NaN != flow.args.x",
            "flow.args.x == Number.NaN",
        ];
        crate::rules::cases::check("use-isnan", &pass, &fail);
    }
}
