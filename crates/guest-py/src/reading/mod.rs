//! What a text shows without being run: the functions that can be run by themselves, what they take, what the text imports, and
//! what is wrong with it.
//!
//! **Problem.** A form, a list of workflows and a call by name need to know what a file offers before anybody runs it, and the file
//! is somebody else's code, often wrong. So its tree is read, and nothing is ever imported or evaluated.
//!
//! **Shape.** `names` tells which names of the module stand for what of `bifrost`; `entries` finds the decorated functions, and
//! `parameters` reads their signatures. `walk` lists statements with what is known of their place,
//! and `origins` tells what expressions come from. [`rules`] find what is wrong,
//! one rule a file; those about imports also tell which files of the workspace an import may mean, and whoever has the workspace
//! decides.
//!
//! *Invariants.*
//! - Equal texts give equal readings, wherever the other files are.
//! - Every pass is near linear in the text, and what it gives is bounded.
//! - A fix that is marked safe changes nothing that a working program does.

mod entries;
mod names;
mod origins;
mod parameters;
pub mod rules;
mod scopes;
mod values;
mod walk;

use ruff_python_ast::Stmt;
use selvage_guest::findings::Findings;
use selvage_guest::places::Places;
use selvage_tool::reading::{Entry, Reading};

/// What is asked of the world about a text.
pub struct World<'a> {
    /// The text's workspace path.
    pub path: &'a str,
    /// Whether the interpreter has a module of its own with that full name.
    pub has: &'a dyn Fn(&str) -> bool,
}

/// What a text shows; nothing for one that does not parse.
#[must_use]
pub fn read(source: &str, world: &World<'_>) -> Reading {
    let Ok(parsed) = ruff_python_parser::parse_module(source) else {
        return Reading::default();
    };
    let body: &[Stmt] = &parsed.syntax().body;
    let places = Places::new(source);
    let names = names::Names::of(body);
    let entries = entries::of(body, &names, &places);
    let scene = rules::Scene {
        world,
        body,
        statements: &walk::statements(body),
        names: &names,
        entries: &entries,
        places: &places,
    };
    let mut findings = Findings::new(world.path, &places);
    let imports = rules::check(&scene, &mut findings);
    Reading {
        diagnostics: findings.into_diagnostics(),
        imports,
        entries,
    }
}

/// The functions of a text that can be run by themselves, in order of place.
#[must_use]
pub fn entries(source: &str) -> Vec<Entry> {
    let Ok(parsed) = ruff_python_parser::parse_module(source) else {
        return Vec::new();
    };
    let body: &[Stmt] = &parsed.syntax().body;
    entries::of(body, &names::Names::of(body), &Places::new(source))
}
