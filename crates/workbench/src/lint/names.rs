//! Files of one name, so that a name alone can't tell them apart.
//!
//! Flows are named by `workflow::name::function`, and modules by `from bifrost.modules import name` wherever they lie below
//! `modules/`. So two flows of a scope clash where both have something to run; and two modules where none of them lies at the top of
//! `modules/`, which would be the one that is meant.

use super::hearing::{LISTED_MAX, Wanted};
use super::python::BEGIN;
use crate::engine::Workbench;
use crate::record::{MODULES_FOLDER, flow_name};
use crate::scopes::View;
use selvage_lint::Report;
use selvage_tool::{Diagnostic, Fix, Severity};

impl Workbench {
    /// The files that would have to be read before it is known whether another one has a file's name.
    pub(super) fn unread_namesakes(&mut self, path: &str, view: &View) -> Vec<Wanted> {
        if module_name(path).is_some() {
            return Vec::new();
        }
        let mut wanted = Vec::new();
        for other in self.called_alike(path, view).into_iter().take(LISTED_MAX) {
            let hash = view.stat(&other).ok().and_then(|entry| entry.hash);
            wanted.extend(hash.map(|hash| Wanted::file(&other, hash)));
        }
        wanted.retain(|wanted| self.hearing.said(&wanted.subject).is_none());
        wanted
    }

    /// That other files have the same name.
    pub(super) fn namesakes(
        &mut self,
        path: &str,
        report: &Report,
        view: &View,
    ) -> Option<Diagnostic> {
        let is_module = module_name(path).is_some();
        let name =
            module_name(path).or_else(|| flow_name(path).filter(|_| !report.entries.is_empty()))?;
        let mut others = self.called_alike(path, view);
        others.retain(|other| is_module || self.has_entries(other, view));
        let first = view.place(others.first()?);
        let more = match others.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let hint = match is_module {
            true => format!(
                "Each can be imported by its place. `from bifrost.modules import {name}` needs a name of its own: rename one."
            ),
            false => "Both run by `path::function`. `workflow::name::function` needs a name of its own: rename one.".into(),
        };
        Some(Diagnostic {
            code: "name-clash".into(),
            severity: Severity::Warning,
            path: path.to_owned(),
            span: BEGIN,
            message: format!("`{first}`{more} has the name `{name}`, too."),
            hint: Some(hint),
            fix: self.free_name(path, view).map(|to| Fix {
                title: format!(
                    "Rename the file to `{}`",
                    to.rsplit('/').next().unwrap_or(&to)
                ),
                safe: false,
                edits: Vec::new(),
                rename: Some(to),
            }),
        })
    }

    /// The files that one name could mean beside this one, if they are of its kind and may be read.
    fn called_alike(&self, path: &str, view: &View) -> Vec<String> {
        let mut alike = match (module_name(path), flow_name(path)) {
            (Some(name), _) => self.modules_called(name, view),
            (None, Some(name)) => {
                let mut flows = self.flows_seen(view, view.scope_of(path));
                flows.retain(|other| flow_name(other) == Some(name));
                flows
            }
            (None, None) => Vec::new(),
        };
        alike.retain(|other| other != path);
        alike
    }

    /// The modules that a name alone could mean; none where one lies at the top, and is meant.
    fn modules_called(&self, name: &str, view: &View) -> Vec<String> {
        let top = format!("{MODULES_FOLDER}{name}");
        if [top.clone(), format!("{top}.py")]
            .iter()
            .any(|top| view.stat(top).is_ok() && self.may_see(top))
        {
            return Vec::new();
        }
        let folder = MODULES_FOLDER.trim_end_matches('/');
        let below = view.list(folder, true).unwrap_or_default().into_iter();
        let files = below
            .filter(|entry| !entry.is_folder())
            .map(|entry| entry.path);
        let called = |path: &String| module_name(path) == Some(name) && self.may_see(path);
        files.filter(called).collect()
    }

    fn has_entries(&mut self, path: &str, view: &View) -> bool {
        let hash = view.stat(path).ok().and_then(|entry| entry.hash);
        let said = hash.and_then(|hash| self.hearing.said(&Wanted::file(path, hash).subject));
        said.is_some_and(|checked| !checked.reading.entries.is_empty())
    }

    /// A path beside a file under which nothing is called alike: the folder's name goes before its own.
    fn free_name(&self, path: &str, view: &View) -> Option<String> {
        let (folder, file) = path.rsplit_once('/')?;
        let prefix = folder.rsplit('/').next().unwrap_or(folder);
        let free = format!("{folder}/{prefix}_{file}");
        // Where something lies that may not be seen, the move itself says so.
        let is_taken = (view.stat(&free).is_ok() && self.may_see(&free))
            || !self.called_alike(&free, view).is_empty();
        (!is_taken).then_some(free)
    }
}

/// The name of a Python file in `modules/`; `None` for others, and for those whose name keeps them to themselves.
fn module_name(path: &str) -> Option<&str> {
    let file = path.strip_prefix(MODULES_FOLDER)?.rsplit('/').next()?;
    file.strip_suffix(".py")
        .filter(|name| !name.starts_with('_'))
}
