//! What is known of a Python file: what its guest read off it and off the files that it imports.

use super::answer::add_word;
use super::hearing::{Wanted, subject};
use crate::engine::Workbench;
use crate::policy::Sight;
use crate::scopes::View;
use selvage_lint::order::arranged;
use selvage_lint::{Context, Refused, Report, SOURCE_BYTES_MAX, lint};
use selvage_tool::reading::{Import, Reading};
use selvage_tool::{Diagnostic, Language, Position, Severity, Span};
use selvage_vfs::{Entry, Hash};
use std::collections::BTreeSet;

/// Where a text begins.
pub(super) const BEGIN: Span = {
    let start = Position {
        line: 1,
        column: 1,
        offset: 0,
    };
    Span { start, end: start }
};

/// The most files of a program.
const FILES_MAX: usize = 1_000;

/// The most findings about imports that lead from a parent to its children.
const ASTRAY_MAX: usize = 100;

/// The files that a file imports, directly or not, as far as they have been read.
#[derive(Debug, Default)]
pub(crate) struct Program {
    /// Their paths.
    pub(super) imports: BTreeSet<String>,
    /// Those that have not been read, the file itself among them.
    pub(crate) unread: Vec<Wanted>,
    /// The imports of parents' files that mean something else in their own workspace.
    astray: Vec<Diagnostic>,
}

impl Workbench {
    /// The program that begins with a text. That of a flow in JavaScript is followed by its own lint.
    pub(crate) fn program(
        &mut self,
        path: &str,
        text: &str,
        view: &View,
        sight: &Sight,
    ) -> Program {
        let mut program = Program::default();
        if Language::of(path) != Language::Python {
            return program;
        }
        let begin = (path.to_owned(), Hash::of(text.as_bytes()));
        let mut next = vec![begin];
        program.imports.insert(path.to_owned());
        while let Some((path, hash)) = next.pop() {
            let Some(checked) = self.hearing.said(&subject(&path, hash)) else {
                program.unread.push(Wanted::file(&path, hash));
                continue;
            };
            for import in &checked.reading.imports {
                for entry in meant_by(import, view, sight) {
                    if let Some(astray) = view.astray(&path, &entry.path)
                        && program.astray.len() < ASTRAY_MAX
                    {
                        program.astray.push(about(import, &path, astray));
                    }
                    let fits = entry.size <= SOURCE_BYTES_MAX as u64;
                    if let Some(hash) = entry.hash.filter(|_| fits)
                        && program.imports.len() < FILES_MAX
                        && program.imports.insert(entry.path.clone())
                    {
                        next.push((entry.path, hash));
                    }
                }
            }
        }
        program.imports.remove(path);
        program
    }

    pub(super) fn python_report(
        &mut self,
        path: &str,
        text: &str,
        view: &View,
        sight: &Sight,
    ) -> Report {
        let mut report = lint(path, text, &Context::closed());
        let mut program = self.program(path, text, view, sight);
        let about = subject(path, Hash::of(text.as_bytes()));
        if let Some(checked) = self.hearing.said(&about) {
            add_word(&mut report, path, checked);
            report.entries.clone_from(&checked.reading.entries);
            let astray = &mut program.astray;
            report
                .diagnostics
                .extend(found(&checked.reading, path, (view, sight), astray));
        }
        report.diagnostics.extend(program.astray);
        report.imports = program.imports.into_iter().collect();
        report
    }
}

/// The files and folders that an import means, of those that are there to be seen.
fn meant_by(import: &Import, view: &View, sight: &Sight) -> Vec<Entry> {
    let mut meant = Vec::new();
    for path in &import.any {
        match path.split_once("/**") {
            Some((folder, name)) => {
                let mut below = view.list(folder, true).unwrap_or_default();
                below.retain(|entry| entry.path.ends_with(name) && sight.sees_listed(&entry.path));
                meant.append(&mut below);
            }
            None if sight.sees(path) => meant.extend(view.stat(path)),
            None => {}
        }
    }
    meant
}

/// That an import of a parent's file leads to another scope, at the place where it says what it lacks.
fn about(import: &Import, path: &str, (message, hint): Refused) -> Diagnostic {
    Diagnostic {
        code: "unresolved-import".into(),
        severity: Severity::Error,
        path: path.to_owned(),
        span: import
            .missing
            .as_ref()
            .map_or(BEGIN, |missing| missing.span),
        message,
        hint: Some(hint),
        fix: None,
    }
}

/// What is wrong with a file in this workspace, in order of place. What went astray in it is taken out of the list.
fn found(
    reading: &Reading,
    path: &str,
    (view, sight): (&View, &Sight),
    astray: &mut Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let mut found = reading.diagnostics.clone();
    astray.retain(|one| {
        if one.path == path {
            found.push(one.clone());
        }
        one.path != path
    });
    for import in &reading.imports {
        if let Some(missing) = &import.missing
            && meant_by(import, view, sight).is_empty()
        {
            found.push(missing.clone());
        }
    }
    for one in &mut found {
        path.clone_into(&mut one.path);
    }
    arranged(found, |one| (one.span.start.offset.into(), String::new()))
}
