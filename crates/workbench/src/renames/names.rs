//! What names lead to before some steps and after them.

use super::tree::Tree;
use crate::record::flow_name;
use crate::reference::{PORTABLE, split};
use crate::scopes::View;
use selvage_tool::Language;
use selvage_tool::flows::FLOWS_FILE;
use selvage_vfs::{Kind, Op};
use std::collections::BTreeMap;

/// What leads where.
pub(super) struct Names {
    pub(super) before: Tree,
    pub(super) after: Tree,
    /// The Python files that move, by where they lie.
    pub(super) moves: BTreeMap<String, String>,
    /// The flows of this workspace, before and afterwards.
    flows: [Vec<String>; 2],
}

impl Names {
    /// `sees` tells what whoever moves may read: to it, no name leads to anything else.
    pub(super) fn of(view: &View, ops: &[Op], sees: &dyn Fn(&str) -> bool) -> Self {
        let mut names = Self {
            before: Tree::default(),
            after: Tree::default(),
            moves: BTreeMap::new(),
            flows: Default::default(),
        };
        let is_flow = |path: &str| is_python(path) && flow_name(path).is_some();
        for entry in view.entries() {
            let path = entry.path;
            if entry.kind == Kind::Folder || !is_python(&path) || !sees(&path) {
                continue;
            }
            names.before.0.insert(path.clone(), path.clone());
            if view.scope_of(&path) != 0 {
                names.after.0.insert(path.clone(), path);
                continue;
            }
            if is_flow(&path) {
                names.flows[0].push(path.clone());
            }
            let new = moved(ops, &path);
            if !is_removed(ops, &path) {
                if is_flow(&new) {
                    names.flows[1].push(new.clone());
                }
                names.after.0.insert(new.clone(), path.clone());
            }
            if new != path {
                names.moves.insert(path, new);
            }
        }
        for op in ops {
            if let Op::Write { path, .. } = op
                && is_python(path)
                && !names.after.has(path)
            {
                names.after.0.insert(path.clone(), path.clone());
                if is_flow(path) {
                    names.flows[1].push(path.clone());
                }
            }
        }
        names
    }

    pub(super) fn moved<'a>(&'a self, path: &'a str) -> &'a str {
        self.moves.get(path).map_or(path, String::as_str)
    }

    /// Whether a text may name what moves, or what comes to hide something. What has the name of one file nowhere does not.
    pub(super) fn may_stand_in(&self, text: &str) -> bool {
        let mut moves = self.moves.iter();
        match (moves.next(), moves.next()) {
            (Some((old, new)), None) => [old, new].iter().any(|path| text.contains(stem(path))),
            _ => true,
        }
    }

    /// A reference under its new name; nothing where it stays.
    ///
    /// # Errors
    /// Why it stays though what it names moves.
    pub(super) fn reference(
        &self,
        found: &str,
        holder: &str,
        offers: &dyn Fn(&str, &str) -> Option<bool>,
    ) -> Result<Option<String>, String> {
        let portable = found
            .strip_prefix(PORTABLE)
            .and_then(|rest| rest.rsplit_once("::"));
        let (path, function) = match portable {
            Some((name, function)) => {
                let mut called = self.flows[0].clone();
                called.retain(|path| flow_name(path) == Some(name));
                if !called.iter().any(|path| self.moves.contains_key(path)) {
                    return Ok(None);
                }
                if called.len() > 1 {
                    let is_unknown = called.iter().any(|path| offers(path, function).is_none());
                    called.retain(|path| offers(path, function) == Some(true));
                    if is_unknown || called.len() != 1 {
                        return Err(format!("several files are called `{name}`"));
                    }
                }
                (called.swap_remove(0), Some(function))
            }
            None => {
                let (path, function) = split(found);
                (path.to_owned(), function)
            }
        };
        let Some(new) = self.moves.get(&path).filter(|new| self.after.has(new)) else {
            return Ok(None);
        };
        let is_run = function.is_some() || holder == FLOWS_FILE;
        let Some(name) = flow_name(new).filter(|_| is_run) else {
            return match flow_name(&path).filter(|_| is_run) {
                Some(_) => Err(format!("it runs `{path}`, and `{new}` can't be run")),
                None => Ok(Some(with(new, function))),
            };
        };
        let mut called = self.flows[1].iter();
        let is_its_own = called.all(|path| path == new || flow_name(path) != Some(name));
        let renamed = match (portable, function) {
            (Some(_), Some(function)) if is_its_own => format!("{PORTABLE}{name}::{function}"),
            _ => with(new, function),
        };
        Ok(Some(renamed).filter(|renamed| renamed != found))
    }
}

/// A path, or `path::function`.
fn with(path: &str, function: Option<&str>) -> String {
    match function {
        Some(function) => format!("{path}::{function}"),
        None => path.to_owned(),
    }
}

/// What imports and references call a file.
fn stem(path: &str) -> &str {
    let name = path.trim_end_matches(".py").trim_end_matches("/__init__");
    name.rsplit('/').next().unwrap_or(name)
}

pub(super) fn is_python(path: &str) -> bool {
    Language::of(path) == Language::Python
}

/// What is left of a path below another one.
fn below<'a>(path: &'a str, top: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(top)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// Where something comes to lie by some steps.
pub(super) fn moved(ops: &[Op], path: &str) -> String {
    let mut path = path.to_owned();
    for op in ops {
        if let Op::Move { from, to } = op
            && let Some(rest) = below(&path, from)
        {
            path = format!("{to}{rest}");
        }
    }
    path
}

/// Whether some steps remove something, wherever they moved it before.
pub(super) fn is_removed(ops: &[Op], path: &str) -> bool {
    let steps = ops.iter().enumerate();
    steps.into_iter().any(|(at, op)| match op {
        Op::Remove { path: gone } => below(&moved(&ops[..at], path), gone).is_some(),
        _ => false,
    })
}
