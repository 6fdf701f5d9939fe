//! # const-reassign
//!
//! **What it does.** Finds a `const`, or an imported name, that is set again.
//!
//! **Why.** It throws a `TypeError` when the flow gets there.
//!
//! **Example.** `const total = 0; for (const row of rows) total += row.price;`
//!
//! **Fix.** `let` in place of `const`, where one name is declared; offered, never made unasked.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_semantic::SymbolFlags;
use oxc_span::{GetSpan, Span};
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "const-reassign",
    severity: Severity::Error,
    check: Check::Whole(check),
};

fn check<'s, 'a>(scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let (scoping, nodes) = (scene.flow.scoping(), scene.flow.nodes());
    for symbol in scoping.symbol_ids() {
        let flags = scoping.symbol_flags(symbol);
        let import = flags.contains(SymbolFlags::Import);
        if !import && !flags.contains(SymbolFlags::ConstVariable) {
            continue;
        }
        for reference in scoping
            .get_resolved_references(symbol)
            .filter(|reference| reference.is_write())
        {
            if findings.full() {
                return;
            }
            let name = scoping.symbol_name(symbol);
            let span = nodes.kind(reference.node_id()).span();
            if import {
                findings.add(
                    span,
                    format!("`{name}` is imported and can't be set."),
                    "Copy it into a `let` first.",
                );
                continue;
            }
            let declaration = nodes.parent_kind(scoping.symbol_declaration(symbol));
            let fix = match declaration {
                AstKind::VariableDeclaration(declaration)
                    if declaration.declarations.len() == 1 =>
                {
                    let word = Span::sized(declaration.span.start, 5);
                    (scene.flow.text.slice(word) == "const").then(|| {
                        scene
                            .flow
                            .text
                            .fix("Declare it with `let`", false, word, "let")
                    })
                }
                _ => None,
            };
            let message = format!("`{name}` is a `const` and can't be set again.");
            findings.add_with_fix(
                span,
                message,
                "Declare it with `let`, or use another name.",
                fix,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "let a = 1; a = 2",
            "const a = { b: 1 }; a.b = 2",
            "for (const a of [1]) { console.log(a) }",
        ];
        let fail = [
            "const a = 1; a = 2",
            "const a = 1; a++",
            "const { a } = { a: 1 }; [a] = [2]",
            "import a from './there.js'; a = 1; export default a",
        ];
        crate::rules::cases::check("const-reassign", &pass, &fail);
    }
}
