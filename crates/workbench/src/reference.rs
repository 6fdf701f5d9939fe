//! What names something to run: a path, `path::function`, `workflow::name::function`, or a name alone.

use crate::engine::{Outcome, Workbench};
use crate::lint::Wanted;
use crate::record::flow_name;
use crate::scopes::View;
use selvage_tool::{ErrorCode, Language, ToolError};

/// What portable references begin with: `workflow::sync::customers` is the function `customers` of the file `sync.py`, wherever
/// that lies.
pub(crate) const PORTABLE: &str = "workflow::";

/// How many candidates an ambiguous name is told with.
const CANDIDATES_MAX: usize = 20;

/// A file to run, and the function of it where one was named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) path: String,
    pub(crate) function: Option<String>,
}

impl Target {
    fn file(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            function: None,
        }
    }

    fn function(path: &str, function: &str) -> Self {
        Self {
            path: path.to_owned(),
            function: Some(function.to_owned()),
        }
    }

    /// As `path::function` or a path, which name it for certain.
    pub(crate) fn reference(&self) -> String {
        named(&self.path, self.function.as_deref())
    }
}

/// What names a file, and the function of it where one is named.
pub(crate) fn named(path: &str, function: Option<&str>) -> String {
    match function {
        Some(function) => format!("{path}::{function}"),
        None => path.to_owned(),
    }
}

/// The file of a reference, and the function where it is `path::function`: only a Python file has several to run. The last
/// `::` counts, since a path may hold some of its own.
#[must_use]
pub(crate) fn split(reference: &str) -> (&str, Option<&str>) {
    match reference.rsplit_once("::") {
        Some((path, function)) if Language::of(path) == Language::Python => (path, Some(function)),
        _ => (reference, None),
    }
}

impl Workbench {
    /// What a path or a reference stands for.
    ///
    /// # Errors
    /// That nothing or several things are called so, or what must be read before that is known.
    pub(crate) fn target(
        &mut self,
        reference: &str,
        alone: bool,
        view: &View,
    ) -> Result<Target, Outcome> {
        let reference = reference.trim_start_matches('/');
        let (path, function) = split(reference);
        if let Some(path) = view.inside(path)? {
            let function = function.map(str::to_owned);
            return Ok(Target { path, function });
        }
        let bare = !reference.contains('/') && flow_name(reference).is_none();
        if view.stat(reference).is_ok() {
            return Ok(Target::file(reference));
        }
        match split(reference) {
            (path, Some(function)) => Ok(Target::function(path, function)),
            _ if bare => self.named(reference, alone, view),
            _ => Ok(Target::file(reference)),
        }
    }

    /// What a name stands for: the file of that name, or else what a file offers by it. The nearest scope that knows the name
    /// says.
    ///
    /// # Errors
    /// As [`Self::target`].
    pub(crate) fn named(
        &mut self,
        name: &str,
        alone: bool,
        view: &View,
    ) -> Result<Target, Outcome> {
        let portable = name
            .strip_prefix(PORTABLE)
            .map(|rest| rest.rsplit_once("::").unwrap_or((rest, "")));
        let (stem, function) = match portable {
            Some((stem, function)) => (stem, Some(function).filter(|name| !name.is_empty())),
            None => (name, None),
        };
        let mut found = Vec::new();
        for scope in 0..view.scopes() {
            let mut flows = self.flows_seen(view, scope);
            if portable.is_some() {
                flows.retain(|path| Language::of(path) == Language::Python);
            }
            found = self.called_so(flows, stem, function, portable.is_some(), alone, view)?;
            if !found.is_empty() {
                break;
            }
        }
        one_of(name, found).map_err(Outcome::from)
    }

    /// The paths of a scope's flows, of those that whoever calls may read: to it, no name stands for another one.
    pub(crate) fn flows_seen(&self, view: &View, scope: usize) -> Vec<String> {
        let mut flows = flows(view, scope);
        flows.retain(|path| self.may_see(path));
        flows
    }

    /// Which of some files, or what of them, is called so.
    fn called_so(
        &mut self,
        flows: Vec<String>,
        stem: &str,
        function: Option<&str>,
        is_portable: bool,
        alone: bool,
        view: &View,
    ) -> Result<Vec<Target>, Outcome> {
        let mut called = flows.clone();
        called.retain(|path| flow_name(path) == Some(stem));
        let mut found = Vec::new();
        match (called.as_slice(), function) {
            ([path], Some(function)) => found.push(Target::function(path, function)),
            // Several files have the name, or none, which then is that of something in a file.
            (files, Some(function)) => {
                for (_, target) in self.offers(files, alone, view)? {
                    if target.function.as_deref() == Some(function) {
                        found.push(target);
                    }
                }
            }
            ([], None) if !is_portable => {
                for (name, target) in self.offers(&flows, alone, view)? {
                    if name == stem || target.function.as_deref() == Some(stem) {
                        found.push(target);
                    }
                }
            }
            (files, None) => found.extend(files.iter().map(|path| Target::file(path))),
        }
        Ok(found)
    }

    /// What Python files offer, by name.
    fn offers(
        &mut self,
        paths: &[String],
        alone: bool,
        view: &View,
    ) -> Result<Vec<(String, Target)>, Outcome> {
        let (mut offers, mut lacks) = (Vec::new(), Vec::new());
        for path in paths {
            if Language::of(path) != Language::Python {
                continue;
            }
            let Some(hash) = view.stat(path).ok().and_then(|entry| entry.hash) else {
                continue;
            };
            let wanted = Wanted::file(path, hash);
            match self.hearing.said(&wanted.subject) {
                Some(checked) => {
                    for entry in &checked.reading.entries {
                        let target = Target::function(path, &entry.function);
                        offers.push((entry.name.clone(), target));
                    }
                }
                None => lacks.push(wanted),
            }
        }
        if lacks.is_empty() || alone {
            Ok(offers)
        } else {
            Err(Outcome::Lacks(lacks))
        }
    }
}

/// The paths of a scope's flows, of those that are seen.
fn flows(view: &View, scope: usize) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in view.entries() {
        let is_flow = !entry.is_folder() && flow_name(&entry.path).is_some();
        if is_flow && view.scope_of(&entry.path) == scope {
            paths.push(entry.path);
        }
    }
    paths
}

/// The only one of what is called so.
fn one_of(name: &str, mut found: Vec<Target>) -> Result<Target, ToolError> {
    if found.len() == 1 {
        return Ok(found.swap_remove(0));
    }
    let shown: String = name.chars().take(80).collect();
    if found.is_empty() {
        let message = format!("There is no flow called `{shown}`.");
        return Err(
            ToolError::new(ErrorCode::NotFound, message).hint("`flow_list` lists the flows.")
        );
    }
    found.truncate(CANDIDATES_MAX);
    let candidates: Vec<String> = found.iter().map(Target::reference).collect();
    let message = format!("Several flows are called `{shown}`.");
    Err(
        ToolError::new(ErrorCode::InvalidInput, message).hint(format!(
            "Name one by its `path`: {}.",
            candidates.join(", ")
        )),
    )
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_last_colons_of_a_python_file_lead_to_a_function() {
        for (reference, path, function) in [
            ("workflows/a.py::sync", "workflows/a.py", Some("sync")),
            ("x::y.py::sync", "x::y.py", Some("sync")),
            ("workflows/a.py", "workflows/a.py", None),
            ("a.py::", "a.py", Some("")),
            ("x::y.flow.js", "x::y.flow.js", None),
            ("a.flow.js::b", "a.flow.js::b", None),
        ] {
            assert_eq!(split(reference), (path, function));
        }
    }
}
