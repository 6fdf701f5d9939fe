//! What is known of flows without running them: the guest's own parser has the first word, then come the rules.

mod answer;
mod folders;
mod hearing;
mod names;
mod offers;
mod python;
mod reports;
mod shelf;

use crate::engine::Workbench;
use crate::policy::Sight;
use crate::record::flow_name;
use crate::scopes::View;
use selvage_lint::{Context, Report, lint};
use selvage_tool::catalogue::NAMES;
use selvage_tool::{ErrorCode, Language, ToolError, ToolResult};
use selvage_vfs::Hash;
use std::cell::RefCell;
use std::collections::BTreeMap;

pub(crate) use hearing::{Hearing, LISTED_MAX, Wanted};
pub(crate) use offers::{describe, meant};
pub(crate) use reports::Reports;
use reports::Seen;
pub(crate) use shelf::Subject;

/// How the names of files end that flows import; those of flows do, too.
const MODULE_ENDINGS: [&str; 3] = [".py", ".js", ".mjs"];

/// The rule that asks where a run begins.
const ENTRY_RULE: &str = "no-entry";

/// The text of a flow.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) hash: String,
}

impl Workbench {
    /// Reads a flow's text, and says what to do when there is none.
    pub(crate) fn source(&self, path: &str, view: &View) -> ToolResult<Source> {
        self.source_if(path, view, |path| flow_name(path).is_some())
    }

    /// Reads the text of a flow, or of a module that flows import.
    pub(crate) fn source_or_module(&self, path: &str, view: &View) -> ToolResult<Source> {
        self.source_if(path, view, |path| {
            MODULE_ENDINGS.iter().any(|ending| path.ends_with(ending))
        })
    }

    fn source_if(&self, path: &str, view: &View, fits: fn(&str) -> bool) -> ToolResult<Source> {
        let path = path.trim_start_matches('/');
        let entry = view.stat(path).map_err(crate::failure::failure)?;
        let Some(hash) = entry.hash else {
            return Err(
                ToolError::new(ErrorCode::NotAFile, format!("`{path}` is a folder."))
                    .path(path)
                    .hint("Name a flow in it."),
            );
        };
        if !fits(path) {
            return Err(
                ToolError::new(ErrorCode::NotAFlow, format!("`{path}` is no flow."))
                    .path(path)
                    .hint(
                        "Flows end in `.flow.js`, `.flow.mjs` or `.py`, and no Python is run in `modules/`, `forms/`, `agents/`, `apps/` and `configs/`: rename or move the file, or name another.",
                    ),
            );
        }
        if entry.size > selvage_lint::SOURCE_BYTES_MAX as u64 {
            return Err(ToolError::new(
                ErrorCode::TooLarge,
                format!("`{path}` has {} bytes.", entry.size),
            )
            .path(path)
            .hint(format!(
                "A flow has {} bytes at the most. Keep data in files of its own.",
                selvage_lint::SOURCE_BYTES_MAX
            )));
        }
        let bytes = self
            .workspace
            .read_hash(&hash)
            .map_err(crate::failure::failure)?;
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'))
            .ok_or_else(|| {
                ToolError::new(
                    ErrorCode::NotText,
                    format!("`{path}` is not text in UTF-8."),
                )
                .path(path)
                .hint("Save the flow as UTF-8, or name another file.")
            })?;
        Ok(Source {
            path: path.to_owned(),
            text,
            hash: hash.to_string(),
        })
    }

    /// Looks at a text without running it, or gives what is known of it.
    pub(crate) fn report(
        &mut self,
        path: &str,
        text: &str,
        net: &[String],
        view: &View,
        sight: &Sight,
    ) -> Report {
        if Language::of(path) == Language::Python {
            return self.python_report(path, text, view, sight);
        }
        let now = |path: &str| seen(path, view, sight);
        let subject = Subject {
            path: path.to_owned(),
            text: Hash::of(text.as_bytes()),
            net: net.to_vec(),
        };
        // What somebody types is another text each time; only what the file holds is asked for again.
        let file = view.stat(path).ok();
        let keeps = file.is_some_and(|file| file.hash == Some(subject.text));
        let known = keeps.then(|| self.reports.get(&subject, &now)).flatten();
        if let Some(report) = known {
            return report;
        }
        let (report, seen) = self.look(path, text, net, view, sight);
        if keeps {
            self.reports.keep(subject, seen, report.clone());
        }
        report
    }

    /// Looks at a text, and notes what was asked about other files.
    fn look(
        &self,
        path: &str,
        text: &str,
        net: &[String],
        view: &View,
        sight: &Sight,
    ) -> (Report, BTreeMap<String, Seen>) {
        let asked = RefCell::new(BTreeMap::new());
        let see = |path: &str| {
            let found = seen(path, view, sight);
            asked.borrow_mut().insert(path.to_owned(), found);
            found?;
            view.stat(path).ok()?.hash
        };
        let read = |path: &str| String::from_utf8(self.workspace.read_hash(&see(path)?).ok()?).ok();
        let exists = |path: &str| see(path).is_some();
        let astray = |from: &str, to: &str| {
            // Which scope has each matters, and what all of them hold.
            for path in ["", from, to] {
                see(path);
            }
            view.astray(from, to)
        };
        let mut report = lint(
            path,
            text,
            &Context {
                exists: &exists,
                read: &read,
                astray: &astray,
                net,
                tools: NAMES,
            },
        );
        if flow_name(path).is_none() {
            // No run begins with a module.
            report.diagnostics.retain(|one| one.code != ENTRY_RULE);
        }
        (report, asked.into_inner())
    }
}

/// What a look is told about a path. The empty one is that of no file, and stands for all that is mounted.
fn seen(path: &str, view: &View, sight: &Sight) -> Seen {
    let is_seen = path.is_empty() || sight.sees(path);
    is_seen.then(|| view.seen(path)).flatten()
}
