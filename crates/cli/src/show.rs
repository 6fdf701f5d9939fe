//! What the program writes: JSON for scripts, lines for people.

use crate::commands::typed;
use crate::error::{CliError, Result};
use crate::{hints, openly, out};
use selvage_tool::catalogue::{EntryKind, FlowListOutput, LintOutput, LsOutput, StatusOutput};
use selvage_tool::decision::Proposed;
use selvage_tool::diagnostic::{Diagnostic, Severity};
use selvage_tool::guest::LogLevel;
use selvage_tool::policy::{Forecast, Foreseen};
use selvage_tool::run::{FileOp, LogEntry, RunRecord};
use serde::de::DeserializeOwned;
use serde_json::{Value, json as object};
use std::io::Write;

/// Writes a tool's value: as JSON, or as lines.
pub fn value<T: DeserializeOwned>(
    as_json: bool,
    value: &Value,
    lines: impl Fn(&T) -> String,
) -> Result<()> {
    if as_json {
        return json(value);
    }
    let text = lines(&typed(value)?);
    if !text.is_empty() {
        out::line(&text)?;
    }
    Ok(())
}

/// Writes a tool's value as the contract's answer.
pub fn json(value: &Value) -> Result<()> {
    out::line(&object!({ "ok": true, "value": value }).to_string())
}

/// Writes why the program ends. Nothing can be done where it can't be written.
pub fn error(error: &CliError, as_json: bool) {
    if error.is_closed() {
        return;
    }
    let told = error.as_tool_error();
    if as_json {
        let answer = object!({ "ok": false, "error": told });
        // Standard error is left where the answer can't be written.
        if out::line(&answer.to_string()).is_ok() {
            return;
        }
    }
    let mut err = std::io::stderr().lock();
    let _ = match error {
        CliError::Tool(error) | CliError::Run(error) => {
            let place = match (&error.path, error.line, error.column) {
                (Some(path), Some(line), Some(column)) => format!("{path}:{line}:{column}: "),
                (Some(path), ..) => format!("{path}: "),
                _ => String::new(),
            };
            writeln!(
                err,
                "selvage: {place}{}: {}",
                error.code.as_str(),
                error.message
            )
        }
        error => writeln!(err, "selvage: {error}"),
    };
    if let (Some(hint), false) = (&told.hint, error.exit_code() == 2) {
        let _ = writeln!(err, "  {}", hints::told(hint));
    }
    if let Some(stack) = &told.stack {
        let _ = stack
            .lines()
            .try_for_each(|frame| writeln!(err, "    {frame}"));
    }
}

/// A text without its quotes; other JSON as it is.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

pub fn entries(listed: &LsOutput) -> String {
    let lines = listed.entries.iter().map(|entry| match entry.kind {
        EntryKind::Folder => format!("{:>12}  {}/", "", entry.path),
        EntryKind::File => format!("{:>12}  {}", entry.size, entry.path),
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub fn findings(linted: &LintOutput) -> String {
    let mut lines: Vec<String> = linted.diagnostics.iter().map(finding).collect();
    lines.extend(linted.policy.iter().map(foreseen));
    if linted.fixed > 0 {
        lines.push(format!("{} fixed", linted.fixed));
    }
    if linted.formatted {
        lines.push("formatted".into());
    }
    lines.join("\n")
}

/// What becomes of something that a run would touch.
fn foreseen(one: &Foreseen) -> String {
    let Foreseen { what, reason, .. } = one;
    let becomes = match one.forecast {
        Forecast::Asked => "a person is asked before it may",
        Forecast::Denied => "it may not",
        Forecast::Depends => "it depends on the file whether it may",
    };
    format!("policy: {becomes} {what} ({reason})")
}

/// One finding, with its place and what to do about it.
pub fn finding(found: &Diagnostic) -> String {
    let severity = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let start = found.span.start;
    let hint = found.hint.iter();
    let hint: String = hint
        .map(|hint| format!("\n  {}", hints::told(hint)))
        .collect();
    format!(
        "{}:{}:{}: {severity}: {} [{}]{hint}",
        found.path, start.line, start.column, found.message, found.code
    )
}

/// The flows, each behind what `selvage run` takes: its name in the manifest, or its path.
pub fn flows(listed: &FlowListOutput) -> String {
    let mut lines = Vec::new();
    for flow in &listed.flows {
        let inputs: Vec<&str> = flow.inputs.iter().map(|input| &*input.id).collect();
        let inputs = inputs.join(", ");
        if flow.named {
            let title = flow.title.as_deref().or(flow.description.as_deref());
            let title = title.map(|title| format!("  {title}")).unwrap_or_default();
            lines.push(format!("{}{title} ({inputs}): {}", flow.name, flow.path));
            continue;
        }
        let title = flow.title.as_deref().unwrap_or(&flow.name);
        lines.push(format!("{}  {title} ({inputs})", flow.path));
        for entry in &flow.entries {
            lines.push(format!("{}::{}", flow.path, entry.name));
        }
    }
    lines.join("\n")
}

pub fn status(status: &StatusOutput) -> String {
    format!(
        "{} files, {} bytes\n{} queued, {} running\nversion {}\nheads {}",
        status.files,
        status.bytes,
        status.queued,
        status.running,
        status.version,
        status.heads.join(" ")
    )
}

pub fn log(entries: &[LogEntry]) -> String {
    let lines = entries.iter().map(|entry| {
        let level = match entry.level {
            LogLevel::Debug => "debug: ",
            LogLevel::Warn => "warn: ",
            LogLevel::Error => "error: ",
            _ => "",
        };
        format!("{level}{}", entry.text)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a run that succeeded did to the workspace; what a dry run would have done with every difference.
pub fn changes(record: &RunRecord) -> Result<String> {
    if !record.proposed.is_empty() {
        let proposed: Vec<Proposed> = typed(&object!(record.proposed))?;
        let shown = proposed
            .iter()
            .map(|change| format!("would {}", self::change(change)));
        return Ok(shown.collect());
    }
    let would = if record.dry_run { "would " } else { "" };
    let lines = record.changes.iter().map(|op| match op {
        FileOp::Write { path, .. } => format!("{would}write {path}\n"),
        FileOp::Mkdir { path } => format!("{would}make {path}/\n"),
        FileOp::Move { from, to } => format!("{would}move {from} to {to}\n"),
        FileOp::Remove { path } => format!("{would}delete {path}\n"),
    });
    Ok(lines.collect())
}

/// What would happen to a file, with the difference where there is one, and the size and the hash of what has none.
pub fn change(change: &Proposed) -> String {
    let to = change.to.iter().map(|to| format!(" to {to}"));
    let to: String = to.collect();
    let mut shown = openly::lines(&format!("{} {}{to}", change.op, change.path));
    let hash = match &*change.op {
        "write" => &change.after,
        "remove" => &change.before,
        _ => &None,
    };
    match (&change.diff, hash) {
        (Some(diff), _) if diff.is_empty() => shown += "  as it is\n",
        (Some(diff), _) => shown += &openly::lines(diff),
        (None, Some(hash)) => {
            shown += &format!("  {} bytes, SHA-256 {hash}\n", change.size);
        }
        _ => {}
    }
    shown
}
