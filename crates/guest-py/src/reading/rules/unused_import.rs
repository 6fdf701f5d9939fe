//! # unused-import
//!
//! **Severity.** info
//!
//! **What it does.** Finds imports that nothing in the file reads.
//!
//! **Why.** Often the wrong name is used somewhere else; and every import takes time at the start of each run.
//! Packages (`__init__.py`), imports in a `try`, and names that occur anywhere in the text, be it in a comment, are left alone.
//!
//! **Example.** `import json` in a file that says `json` nowhere else.
//!
//! **Fix.** Removes the import. Safe for modules of the interpreter in files that can be run; otherwise it is offered, since
//! another file may import the name from this one, and a module of the workspace may do something when it is imported.

use super::{Rule, Scene};
use ruff_python_ast::{Alias, Stmt};
use ruff_text_size::{Ranged, TextRange};
use selvage_guest::findings::{Finding, Findings, Mend};
use selvage_tool::Severity;
use std::collections::BTreeSet;
use std::ops::Range;

pub const RULE: Rule = Rule {
    code: "unused-import",
    severity: Severity::Info,
};

pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) {
    if scene.world.path.ends_with("__init__.py") {
        return;
    }
    let mut imports: Vec<(&Stmt, &[Alias])> = Vec::new();
    for (statement, place) in scene.statements {
        let names: &[Alias] = match statement {
            Stmt::Import(import) => &import.names,
            Stmt::ImportFrom(import) if import.module.as_deref() != Some("__future__") => {
                &import.names
            }
            _ => continue,
        };
        if !place.guarded {
            imports.push((statement, names));
        }
    }
    let said = words(scene.places.source(), &imports);
    for (statement, names) in imports {
        let unused: Vec<&Alias> = names
            .iter()
            .filter(|alias| alias.name.as_str() != "*" && !said.contains(bound(alias)))
            // `import x as x` says that others take it from here.
            .filter(|alias| alias.asname.as_ref() != Some(&alias.name))
            .collect();
        let whole = unused.len() == names.len();
        for (nth, alias) in unused.into_iter().enumerate() {
            let name = bound(alias);
            let mend = match (whole, nth) {
                (true, 0) => without(scene, statement),
                (true, _) => None,
                (false, _) => Some(without_name(names, alias)),
            };
            let finding = Finding {
                range: alias.range().into(),
                severity: RULE.severity,
                message: format!("`{name}` is imported and never used."),
                hint: "Remove it.".into(),
                fix: mend.map(|range| {
                    let title = if whole {
                        "Remove the import".into()
                    } else {
                        format!("Remove `{name}`")
                    };
                    let safe = !scene.entries.is_empty() && is_of_library(scene, statement);
                    Mend::one(title, safe, range, String::new())
                }),
            };
            findings.add(RULE.code, finding);
        }
    }
}

/// The name that an import binds.
fn bound(alias: &Alias) -> &str {
    match &alias.asname {
        Some(name) => name.as_str(),
        None => alias.name.split('.').next().unwrap_or_default(),
    }
}

/// Every word of a text but those of these imports.
fn words<'t>(source: &'t str, imports: &[(&Stmt, &[Alias])]) -> BTreeSet<&'t str> {
    let mut words = BTreeSet::new();
    let mut from = 0;
    let ends = imports.iter().map(|(statement, _)| {
        let range = statement.range();
        (range.start().to_usize(), range.end().to_usize())
    });
    for (start, end) in ends.chain([(source.len(), source.len())]) {
        let between = source.get(from..start).unwrap_or_default();
        words.extend(between.split(|c: char| !(c.is_alphanumeric() || c == '_')));
        from = end;
    }
    words
}

/// Whether a statement imports nothing but what the interpreter has by itself.
fn is_of_library(scene: &Scene<'_, '_>, statement: &Stmt) -> bool {
    match statement {
        Stmt::Import(import) => import
            .names
            .iter()
            .all(|alias| (scene.world.has)(alias.name.as_str())),
        Stmt::ImportFrom(import) => {
            let module = import.module.as_deref();
            import.level == 0 && module.is_some_and(|module| (scene.world.has)(module))
        }
        _ => false,
    }
}

/// The lines of a statement that stands alone at the module's top; `None` where removing it would leave an empty body or break a
/// line that holds more.
fn without(scene: &Scene<'_, '_>, statement: &Stmt) -> Option<Range<usize>> {
    let at_top = scene
        .body
        .iter()
        .any(|other| std::ptr::eq(other, statement));
    let source = scene.places.source();
    let (start, end) = (statement.start().to_usize(), statement.end().to_usize());
    let begins = source[..start].is_empty() || source[..start].ends_with(['\n', '\r']);
    let rest = &source[end..];
    let line = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let after = &rest[line..];
    let newline = match after.as_bytes() {
        [] => 0,
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => return None,
    };
    (at_top && begins).then(|| start..end + line + newline)
}

/// A name among others with the comma after it, or before it where it is the last.
fn without_name(names: &[Alias], alias: &Alias) -> Range<usize> {
    let nth = names.iter().position(|other| std::ptr::eq(other, alias));
    let nth = nth.unwrap_or_default();
    match (
        names.get(nth + 1),
        nth.checked_sub(1).and_then(|before| names.get(before)),
    ) {
        (Some(next), _) => TextRange::new(alias.start(), next.start()),
        (None, Some(before)) => TextRange::new(before.end(), alias.end()),
        (None, None) => alias.range(),
    }
    .into()
}
