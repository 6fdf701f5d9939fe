//! The files that Selvage itself goes by, and what is wrong with them.

use crate::commands::{person, typed};
use crate::error::Result;
use crate::home::Machine;
use crate::{out, show};
use selvage_host::{Desk, Line};
use selvage_tool::catalogue::LintOutput;
use selvage_tool::diagnostic::{Diagnostic, Severity};
use selvage_tool::flows::FLOWS_FILE;
use selvage_tool::policy::POLICY_FILE;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use serde_json::{Value, json};
use std::sync::mpsc::channel;

/// Their paths. By a broken one of the first, nothing runs; by a broken one of the second, nothing has a name.
pub const MANIFESTS: [&str; 2] = [POLICY_FILE, FLOWS_FILE];

/// Whoever checks a file.
pub trait Lints {
    /// What `lint_flow` says.
    fn lint(&mut self, input: Value) -> ToolResult;
}

impl Lints for Desk<Machine> {
    fn lint(&mut self, input: Value) -> ToolResult {
        self.call(person(), "lint_flow", input)
    }
}

impl Lints for Line {
    fn lint(&mut self, input: Value) -> ToolResult {
        let (answer, answered) = channel();
        let reply = move |result| drop(answer.send(result));
        self.call(person(), "lint_flow", input, |_| {}, reply);
        let closed = |_| ToolError::new(ErrorCode::Cancelled, "The workspace is closed.");
        answered.recv().map_err(closed)?
    }
}

/// What keeps a text from being one of them.
pub fn flaw(lints: &mut impl Lints, path: &str, text: &str) -> Result<Option<Diagnostic>> {
    let linted = lints.lint(json!({ "path": path, "content": text }))?;
    error_of(&linted)
}

/// What is wrong with those of the workspace.
fn flaws(lints: &mut impl Lints) -> Result<Vec<Diagnostic>> {
    let mut flaws = Vec::new();
    for path in MANIFESTS {
        match lints.lint(json!({ "path": path })) {
            // A workspace needs none of them.
            Err(error) if error.code == ErrorCode::NotFound => {}
            Ok(linted) => flaws.extend(error_of(&linted)?),
            Err(error) => out::say(&format!("selvage: {path}: {}", error.message)),
        }
    }
    Ok(flaws)
}

/// Says what is wrong with them on standard error, and gives it.
pub fn warn(lints: &mut impl Lints) -> Result<Vec<Diagnostic>> {
    let flaws = flaws(lints)?;
    tell(&flaws);
    Ok(flaws)
}

fn tell(flaws: &[Diagnostic]) {
    for found in flaws {
        out::say(&format!("selvage: {}", show::finding(found)));
    }
}

fn error_of(linted: &Value) -> Result<Option<Diagnostic>> {
    let linted: LintOutput = typed(linted)?;
    let mut found = linted.diagnostics.into_iter();
    Ok(found.find(|found| found.severity == Severity::Error))
}

/// What was said already, for a program that stays.
#[derive(Default)]
pub struct Told(Vec<Diagnostic>);

impl Told {
    /// Says what is wrong by now, where that is something else than before.
    pub fn anew(&mut self, lints: &mut impl Lints) -> Result<()> {
        let flaws = flaws(lints)?;
        if flaws != self.0 {
            tell(&flaws);
            self.0 = flaws;
        }
        Ok(())
    }
}
