//! # unused-binding
//!
//! **What it does.** Finds imports, variables and functions that nothing reads.
//!
//! **Why.** Often the wrong name is used somewhere else; an import that nothing reads still costs time.
//! Names that begin with `_`, parameters, and what a script declares at its top are left alone.
//!
//! **Example.** `import { parse, format } from "./csv.js"` where `format` is never read.
//!
//! **Fix.** Removes an unused import's name. Safe: what the imported file does when loaded stays.

use super::{Check, Findings, Rule, Scene};
use oxc_ast::AstKind;
use oxc_ast::ast::ImportDeclaration;
use oxc_semantic::{NodeId, SymbolFlags, SymbolId};
use oxc_span::{GetSpan, Span};
use selvage_tool::{Fix, Severity};

pub const RULE: Rule = Rule {
    code: "unused-binding",
    severity: Severity::Info,
    check: Check::Whole(check),
};

fn check<'s, 'a>(scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let (scoping, nodes) = (scene.flow.scoping(), scene.flow.nodes());
    let entry = [
        scene.flow.entry.declare,
        scene.flow.entry.run,
        scene.flow.entry.default,
    ];
    for symbol in scoping.symbol_ids() {
        if findings.full() {
            return;
        }
        let name = scoping.symbol_name(symbol);
        let read = scoping
            .get_resolved_references(symbol)
            .any(|reference| reference.is_read());
        if read || name.starts_with('_') {
            continue;
        }
        let declaration = scoping.symbol_declaration(symbol);
        let flags = scoping.symbol_flags(symbol);
        if flags.contains(SymbolFlags::Import) {
            let fix = removal(scene, declaration);
            let message = format!("`{name}` is imported and never used.");
            findings.add_with_fix(scoping.symbol_span(symbol), message, "Remove it.", fix);
            continue;
        }
        let counts = match nodes.kind(declaration) {
            AstKind::VariableDeclarator(_) => {
                !exported(scene, declaration) && !has_rest(scene, symbol)
            }
            AstKind::Function(function) => {
                function.is_declaration() && !exported(scene, declaration)
            }
            AstKind::Class(class) => class.is_declaration() && !exported(scene, declaration),
            _ => false,
        };
        let top_of_script =
            !scene.flow.module && scoping.symbol_scope_id(symbol) == scoping.root_scope_id();
        // Missing exports are another rule's to report.
        let meant_as_entry =
            scene.flow.entry.shape.is_none() && matches!(name, "setup" | "init" | "run");
        let is_entry = meant_as_entry
            || entry.iter().flatten().any(|callable| {
                nodes
                    .kind(declaration)
                    .span()
                    .contains_inclusive(callable.span())
            });
        if counts
            && !is_entry
            && !(top_of_script && matches!(nodes.kind(declaration), AstKind::Function(_)))
        {
            let message = format!("`{name}` is never read.");
            findings.add(
                scoping.symbol_span(symbol),
                message,
                "Remove it, or begin its name with `_` if it is meant.",
            );
        }
    }
}

/// Whether a declaration is exported where it stands.
fn exported(scene: &Scene<'_, '_>, declaration: NodeId) -> bool {
    scene
        .flow
        .nodes()
        .ancestor_kinds(declaration)
        .take(2)
        .any(|kind| {
            matches!(
                kind,
                AstKind::ExportDeclaration(_) | AstKind::ExportDefaultDeclaration(_)
            )
        })
}

/// Whether a name is taken out of an object so that the rest is without it.
fn has_rest(scene: &Scene<'_, '_>, symbol: SymbolId) -> bool {
    match scene
        .flow
        .nodes()
        .kind(scene.flow.scoping().symbol_declaration(symbol))
    {
        AstKind::VariableDeclarator(declarator) => match &declarator.id {
            oxc_ast::ast::BindingPattern::ObjectPattern(object) => object.rest.is_some(),
            _ => false,
        },
        AstKind::CatchParameter(_) => true,
        _ => false,
    }
}

/// Takes one name out of an import; the last one leaves the import for its effect.
fn removal(scene: &Scene<'_, '_>, specifier: NodeId) -> Option<Fix> {
    let (nodes, text) = (scene.flow.nodes(), scene.flow.text);
    let AstKind::ImportDeclaration(import) = nodes.parent_kind(specifier) else {
        return None;
    };
    let ImportDeclaration {
        specifiers: Some(specifiers),
        source,
        ..
    } = import
    else {
        return None;
    };
    let title = "Remove the unused import";
    let unused = |symbol: SymbolId| {
        !scene
            .flow
            .scoping()
            .get_resolved_references(symbol)
            .any(|r| r.is_read())
    };
    let all_unused = specifiers
        .iter()
        .all(|specifier| specifier.local().symbol_id.get().is_some_and(unused));
    if all_unused {
        let names = Span::new(import.span.start, source.span.start);
        return Some(text.fix(title, true, names, "import "));
    }
    let span = nodes.kind(specifier).span();
    let index = specifiers.iter().position(|s| s.span() == span)?;
    let named = |i: usize| {
        matches!(
            specifiers.get(i),
            Some(oxc_ast::ast::ImportDeclarationSpecifier::ImportSpecifier(_))
        )
    };
    if !named(index) {
        return None;
    }
    let next = specifiers.get(index + 1);
    let removed = match (next, index.checked_sub(1).filter(|before| named(*before))) {
        (Some(next), _) => Span::new(span.start, next.span().start),
        (None, Some(before)) => Span::new(specifiers[before].span().end, span.end),
        (None, None) => span,
    };
    let clean = !text.slice(removed).contains("//") && !text.slice(removed).contains("/*");
    clean.then(|| text.fix(title, true, removed, ""))
}

#[cfg(test)]
mod tests {
    use crate::rules::cases;

    #[test]
    fn cases() {
        let pass = [
            "import { sum } from './there.js'; export default () => sum(1, 2)",
            "export const title = 'T'; export default () => 1",
            "const _a = 1; export default () => 1",
            "const { a, ...rest } = flow.args; rest",
            "function setup() {} function run() {}",
            "export default (a, b) => 1",
        ];
        let fail = [
            "import { sum } from './there.js'; export default () => 1",
            "const f = () => { const a = 1; return 2 }; f()",
            "export default () => { let a; a = 1 }",
            "function f() { function g() {} } f()",
        ];
        cases::check("unused-binding", &pass, &fail);
    }

    #[test]
    fn an_import_loses_only_its_unused_names() {
        for (before, after) in [
            (
                "import { a, b, c } from './there.js'; export default () => [a, c]",
                "import { a, c } from './there.js'; export default () => [a, c]",
            ),
            (
                "import { a, b } from './there.js'; export default a",
                "import { a } from './there.js'; export default a",
            ),
            (
                "import a, { b } from './there.js'; export default a",
                "import a, {  } from './there.js'; export default a",
            ),
            (
                "import { a } from './there.js'; export default 1",
                "import './there.js'; export default 1",
            ),
            (
                "import * as a from './there.js'; export default 1",
                "import './there.js'; export default 1",
            ),
        ] {
            let report = cases::look("a.flow.js", before);
            let (fixed, applied) = crate::apply_fixes(before, &report.diagnostics);
            assert_eq!((fixed.as_str(), applied), (after, 1));
        }
    }
}
