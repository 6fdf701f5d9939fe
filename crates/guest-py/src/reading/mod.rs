//! What a text shows without being run: the functions that can be run by themselves, and what they take.
//!
//! **Problem.** A form, a list of workflows and a call by name need to know what a file offers before anybody runs it, and the file
//! is somebody else's code. So its tree is read, and nothing is ever imported or evaluated.
//!
//! **Shape.** `names` tells which names of the module stand for what of `bifrost`; `entries` finds the decorated functions, and
//! `parameters` reads their signatures. [`places`] turns bytes into lines and columns as editors count.
//!
//! *Invariants.*
//! - Equal texts give equal readings.
//! - Every pass is near linear in the text, and what it gives is bounded.

mod entries;
mod names;
mod parameters;
pub mod places;
mod values;

use places::Places;
use ruff_python_ast::Stmt;
use selvage_tool::reading::{Entry, Reading};

/// What a text shows; nothing for one that does not parse.
#[must_use]
pub fn read(source: &str) -> Reading {
    let Ok(parsed) = ruff_python_parser::parse_module(source) else {
        return Reading::default();
    };
    let body: &[Stmt] = &parsed.syntax().body;
    let places = Places::new(source);
    Reading {
        entries: entries::of(body, &names::Names::of(body), &places),
    }
}

/// The functions of a text that can be run by themselves, in order of place.
#[must_use]
pub fn entries(source: &str) -> Vec<Entry> {
    read(source).entries
}
