//! What is known of a Python file: what its guest read off it and off the files that it imports.

use super::answer::add_word;
use super::hearing::{Wanted, subject};
use crate::engine::Workbench;
use crate::policy::Sight;
use crate::record::flow_name;
use crate::scopes::View;
use selvage_lint::order::arranged;
use selvage_lint::{Context, Refused, Report, SOURCE_BYTES_MAX, lint};
use selvage_tool::reading::{Import, Reading};
use selvage_tool::{Diagnostic, Fix, Language, Position, Severity, Span};
use selvage_vfs::{Entry, Hash};
use std::collections::BTreeSet;

/// Where a text begins.
const BEGIN: Position = Position {
    line: 1,
    column: 1,
    offset: 0,
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

impl Workbench {
    /// That other files with something to run have the same name, so that a name alone can't tell them apart.
    pub(super) fn namesakes(
        &mut self,
        path: &str,
        report: &Report,
        view: &View,
    ) -> Option<Diagnostic> {
        let name = flow_name(path).filter(|_| !report.entries.is_empty())?;
        let mut others: Vec<String> = Vec::new();
        let flows = self.flows_seen(view, view.scope_of(path));
        for other in flows.iter().cloned() {
            if other == path || flow_name(&other) != Some(name) {
                continue;
            }
            let hash = view.stat(&other).ok().and_then(|entry| entry.hash);
            let said = hash.and_then(|hash| self.hearing.said(&subject(&other, hash)));
            if said.is_some_and(|checked| !checked.reading.entries.is_empty()) {
                others.push(other);
            }
        }
        let first = others.first()?;
        let more = match others.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let free = free_name(path, name, &flows);
        Some(Diagnostic {
            code: "name-clash".into(),
            severity: Severity::Warning,
            path: path.to_owned(),
            span: Span {
                start: BEGIN,
                end: BEGIN,
            },
            message: format!("`{first}`{more} has the name `{name}`, too."),
            hint: Some(
                "Both run by `path::function`. `workflow::name::function` needs a name of its own: rename one.".into(),
            ),
            fix: free.map(|to| Fix {
                title: format!("Rename the file to `{}`", to.rsplit('/').next().unwrap_or(&to)),
                safe: false,
                edits: Vec::new(),
                rename: Some(to),
            }),
        })
    }
}

/// A path beside a file under which nothing is called alike: the folder's name goes before its own.
fn free_name(path: &str, name: &str, flows: &[String]) -> Option<String> {
    let (folder, file) = path.rsplit_once('/')?;
    let prefix = folder.rsplit('/').next().unwrap_or(folder);
    let wanted = format!("{prefix}_{name}");
    let taken = flows
        .iter()
        .any(|other| flow_name(other) == Some(wanted.as_str()));
    (!taken).then(|| format!("{folder}/{prefix}_{file}"))
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
    let begin = Span {
        start: BEGIN,
        end: BEGIN,
    };
    Diagnostic {
        code: "unresolved-import".into(),
        severity: Severity::Error,
        path: path.to_owned(),
        span: import
            .missing
            .as_ref()
            .map_or(begin, |missing| missing.span),
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
