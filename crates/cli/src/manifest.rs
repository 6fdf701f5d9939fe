//! The files that Selvage itself goes by, and what is wrong with them.

use crate::commands::{call, typed};
use crate::error::Result;
use crate::home::Machine;
use selvage_host::Desk;
use selvage_tool::catalogue::LintOutput;
use selvage_tool::diagnostic::{Diagnostic, Severity};
use selvage_tool::flows::FLOWS_FILE;
use selvage_tool::policy::POLICY_FILE;
use serde_json::json;

/// Their paths. By a broken one of the first, nothing runs; by a broken one of the second, nothing has a name.
pub const MANIFESTS: [&str; 2] = [POLICY_FILE, FLOWS_FILE];

/// What keeps a text from being one of them.
pub fn flaw(desk: &mut Desk<Machine>, path: &str, text: &str) -> Result<Option<Diagnostic>> {
    let input = json!({ "path": path, "content": text });
    let linted: LintOutput = typed(&call(desk, "lint_flow", input)?)?;
    let mut found = linted.diagnostics.into_iter();
    Ok(found.find(|found| found.severity == Severity::Error))
}
