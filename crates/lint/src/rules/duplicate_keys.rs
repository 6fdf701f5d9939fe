//! # duplicate-keys
//!
//! **What it does.** Finds a key that an object literal has twice.
//!
//! **Why.** The first value is lost.
//!
//! **Example.** `{ name: a, name: b }`
//!
//! **Fix.** None: which of the two is meant can't be told.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_ast::ast::{ObjectPropertyKind, PropertyKind};
use oxc_semantic::AstNode;
use oxc_span::GetSpan;
use selvage_tool::Severity;
use std::collections::BTreeMap;

pub const RULE: Rule = Rule {
    code: "duplicate-keys",
    severity: Severity::Warning,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, _: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let AstKind::ObjectExpression(object) = node.kind() else {
        return;
    };
    let mut seen: BTreeMap<String, PropertyKind> = BTreeMap::new();
    for property in &object.properties {
        let ObjectPropertyKind::ObjectProperty(property) = property else {
            continue;
        };
        let Some(name) = property.key.static_name() else {
            continue;
        };
        let Some(name) = name.as_str().filter(|name| *name != "__proto__") else {
            continue;
        };
        let pair = |a, b| {
            matches!(
                (a, b),
                (PropertyKind::Get, PropertyKind::Set) | (PropertyKind::Set, PropertyKind::Get)
            )
        };
        if let Some(before) = seen.insert(name.to_owned(), property.kind)
            && !pair(before, property.kind)
        {
            let message =
                format!("This object has the key `{name}` twice; the first value is lost.");
            findings.add(
                property.key.span(),
                message,
                "Drop one of the two, or rename it.",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "({ a: 1, b: 2 })",
            "({ get a() { return 1 }, set a(b) { this.c = b } })",
            "const a = 'x'; ({ [a]: 1, a: 2 })",
        ];
        let fail = [
            "({ a: 1, a: 2 })",
            "({ a: 1, 'a': 2 })",
            "({ 1: 1, '1': 2 })",
            "({ a() { return 1 }, a: 2 })",
        ];
        crate::rules::cases::check("duplicate-keys", &pass, &fail);
    }
}
