//! The rules, one a file, each named as its code reads.
//!
//! A rule says what it does, why, by example, and what its fix may change, in its file's doc comment:
//! that comment is its page in `docs/lint.md`.

mod duplicate_function;
mod known_limit;
mod missing_description;
mod relative_import;
mod unavailable_module;
mod unawaited_call;
mod unknown_keyword;
mod unresolved_import;
mod unused_import;

pub use known_limit::{LIMITS, Limit};

use super::World;
use super::names::Names;
use super::walk::Place;
use ruff_python_ast::Stmt;
use selvage_guest::findings::Findings;
use selvage_guest::places::Places;
use selvage_tool::Severity;
use selvage_tool::reading::{Entry, Import};

/// A rule.
pub struct Rule {
    /// Its name in diagnostics.
    pub code: &'static str,
    /// How bad what it finds is, at the worst.
    pub severity: Severity,
}

/// Every rule, by name.
pub const ALL: [&Rule; 9] = [
    &duplicate_function::RULE,
    &known_limit::RULE,
    &missing_description::RULE,
    &relative_import::RULE,
    &unavailable_module::RULE,
    &unawaited_call::RULE,
    &unknown_keyword::RULE,
    &unresolved_import::RULE,
    &unused_import::RULE,
];

/// What a rule sees.
pub struct Scene<'s, 'a> {
    /// What is asked of the world.
    pub world: &'s World<'s>,
    /// The module's own statements.
    pub body: &'a [Stmt],
    /// All statements.
    pub statements: &'s [(&'a Stmt, Place)],
    /// What names stand for.
    pub names: &'s Names<'a>,
    /// What can be run by itself.
    pub entries: &'s [Entry],
    /// Where things are.
    pub places: &'s Places<'s>,
}

/// Looks with every rule. Gives the imports that only the workspace can satisfy.
pub fn check(scene: &Scene<'_, '_>, findings: &mut Findings<'_>) -> Vec<Import> {
    duplicate_function::check(scene, findings);
    known_limit::check(scene, findings);
    missing_description::check(scene, findings);
    relative_import::check(scene, findings);
    unawaited_call::check(scene, findings);
    unknown_keyword::check(scene, findings);
    unused_import::check(scene, findings);
    unresolved_import::check(scene, findings)
}
