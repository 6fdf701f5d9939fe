//! Python files in folders whose files are not run.

use super::python::BEGIN;
use crate::engine::Workbench;
use crate::record::{MODULES_FOLDER, flow_name, unrun_folder};
use crate::scopes::View;
use selvage_lint::Report;
use selvage_tool::{Diagnostic, Fix, Language, Position, Severity, Span};

/// The folder whose files are run.
const WORKFLOWS_FOLDER: &str = "workflows/";

impl Workbench {
    /// That what a file offers is not run where it lies. In `modules/` only what has something to run is misplaced.
    pub(super) fn unrun(&self, path: &str, report: &Report, view: &View) -> Option<Diagnostic> {
        let folder = unrun_folder(path).filter(|_| Language::of(path) == Language::Python)?;
        let first = report.entries.first();
        let to = format!("{WORKFLOWS_FOLDER}{}", &path[folder.len()..]);
        let would_run = flow_name(&to).is_some();
        if first.is_none() && (folder == MODULES_FOLDER || !would_run) {
            return None;
        }
        let span = first.map_or(BEGIN, |entry| {
            let start = Position {
                line: entry.line,
                column: 1,
                offset: 0,
            };
            Span { start, end: start }
        });
        let is_free = would_run && view.stat(&to).is_err();
        let to = Some(to).filter(|to| is_free && self.may_see(to));
        Some(Diagnostic {
            code: "misplaced-flow".into(),
            severity: match first {
                Some(_) => Severity::Warning,
                None => Severity::Info,
            },
            path: path.to_owned(),
            span,
            message: match first {
                Some(entry) => format!(
                    "Functions in `{folder}` are imported, not run: no list has `{}`.",
                    entry.function
                ),
                None => format!("Python files in `{folder}` are imported, not run."),
            },
            hint: Some(format!("Move it to `{WORKFLOWS_FOLDER}`.")),
            fix: to.map(|to| Fix {
                title: format!("Move the file to `{to}`"),
                safe: false,
                edits: Vec::new(),
                rename: Some(to),
            }),
        })
    }
}
