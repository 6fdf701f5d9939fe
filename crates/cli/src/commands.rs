//! The commands that call a tool and write what came of it.

use crate::error::{CliError, LINT, Result};
use crate::home::{self, Machine};
use crate::options::Act;
use crate::{manifest, out, show};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_host::Desk;
use selvage_serve::Vault;
use selvage_tool::catalogue::{
    Changed, Encoding, FlowListOutput, LintOutput, LogsOutput, LsOutput, ReadOutput, RunsOutput,
    StatusOutput,
};
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Op, Origin, OriginKind};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::io::Read;
use std::path::Path;

/// Who writes `selvage ls`: the person at this machine, who works alone and has no name here.
pub fn person() -> Origin {
    Origin::new(OriginKind::Person, "you")
}

/// Does what was asked and gives the exit code.
pub fn perform(folder: &Path, act: &Act, json: bool) -> Result<u8> {
    if *act == Act::Init {
        let was_there = Vault::is_in(folder);
        let mut desk = home::make(folder)?;
        let status = call(&mut desk, "workspace_status", json!({}))?;
        let place = std::path::absolute(folder)?;
        show::value(json, &status, |_: &Value| match was_there {
            true => format!(
                "A workspace was in {} already, and is as it was.",
                place.display()
            ),
            false => format!("The workspace is in {}.", place.display()),
        })?;
        return Ok(0);
    }
    let mut desk = home::open(folder)?;
    let desk = &mut desk;
    match act {
        Act::Ls { path, recursive } => {
            let listed = call(desk, "ls", json!({ "path": path, "recursive": recursive }))?;
            show::value(json, &listed, |listed: &LsOutput| show::entries(listed))?;
        }
        Act::Cat(path) if json => {
            show::json(&call(desk, "read", json!({ "path": path }))?)?;
        }
        Act::Cat(path) => out::give(&content(desk, path)?)?,
        Act::Write { path, from } => {
            let bytes = input(from.as_deref())?;
            let (content, encoding) = match std::str::from_utf8(&bytes) {
                Ok(text) => (text.to_owned(), "text"),
                Err(_) => (STANDARD.encode(&bytes), "base64"),
            };
            let written = call(
                desk,
                "write",
                json!({ "path": path, "content": content, "encoding": encoding }),
            )?;
            show::value(json, &written, |written: &Value| {
                format!(
                    "{}: {} bytes",
                    show::text(&written["path"]),
                    written["size"]
                )
            })?;
        }
        Act::Rm(paths) => told(json, &remove(desk, paths)?)?,
        Act::Mv { from, to } => {
            told(
                json,
                &call(desk, "move", json!({ "from": from, "to": to }))?,
            )?;
        }
        Act::Undo => told(json, &call(desk, "undo", json!({}))?)?,
        Act::Lint(input) => {
            let linted = call(desk, "lint_flow", input.clone())?;
            let found: LintOutput = typed(&linted)?;
            show::value(json, &linted, show::findings)?;
            return Ok(if found.ok { 0 } else { LINT });
        }
        Act::Flows => {
            let mut listed = call(desk, "flow_list", json!({}))?;
            // What only a guest can read of a file is read after the first list.
            if typed::<FlowListOutput>(&listed)?
                .flows
                .iter()
                .any(|flow| flow.unread)
            {
                desk.settle();
                listed = call(desk, "flow_list", json!({}))?;
            }
            flawed(desk, &mut listed)?;
            show::value(json, &listed, show::flows)?;
        }
        Act::Status => {
            let mut status = call(desk, "workspace_status", json!({}))?;
            flawed(desk, &mut status)?;
            show::value(json, &status, |status: &StatusOutput| show::status(status))?;
        }
        Act::Logs(run) => {
            let run = match run {
                Some(run) => run.clone(),
                None => last(desk)?,
            };
            let logs = call(desk, "flow_logs", json!({ "run": run }))?;
            show::value(json, &logs, |logs: &LogsOutput| show::log(&logs.entries))?;
        }
        // These have files of their own.
        Act::Init
        | Act::Run(..)
        | Act::Verify(_)
        | Act::Export { .. }
        | Act::Import(_)
        | Act::Mirror(_)
        | Act::Mcp(_)
        | Act::Approvals(_)
        | Act::Keys(..)
        | Act::Secrets(_) => {}
    }
    Ok(0)
}

/// Tells what is wrong with the files that Selvage goes by: in words, and beside a tool's value.
fn flawed(desk: &mut Desk<Machine>, value: &mut Value) -> Result<()> {
    let flaws = manifest::warn(desk)?;
    if !flaws.is_empty() {
        value["diagnostics"] = json!(flaws);
    }
    Ok(())
}

/// Tells of a change.
fn told(json: bool, changed: &Value) -> Result<()> {
    show::value(json, changed, |changed: &Changed| {
        format!("{}: {}", changed.message, changed.paths.join(", "))
    })
}

/// Deletes all of them as one change, so that one `undo` brings all back, or none.
fn remove(desk: &mut Desk<Machine>, paths: &[String]) -> Result<Value> {
    if let [path] = paths {
        return call(desk, "delete", json!({ "path": path }));
    }
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.trim_matches('/').to_owned())
        .collect();
    let message = format!("Delete {} files and folders", paths.len());
    let ops: Vec<Op> = paths
        .iter()
        .cloned()
        .map(|path| Op::Remove { path })
        .collect();
    let change = desk.bring(person(), message.clone(), ops)?;
    Ok(json!({ "change": change, "message": message, "paths": paths }))
}

pub fn call(desk: &mut Desk<Machine>, name: &str, input: Value) -> Result<Value> {
    Ok(desk.call(person(), name, input)?)
}

/// A tool's value, as its type.
pub fn typed<T: DeserializeOwned>(value: &Value) -> Result<T> {
    T::deserialize(value).map_err(|why| {
        let error = ToolError::new(
            ErrorCode::Internal,
            format!("A tool's answer is not of its form: {why}."),
        );
        CliError::from(error)
    })
}

/// The last run of the workspace.
pub fn last(desk: &mut Desk<Machine>) -> Result<String> {
    let runs: RunsOutput = typed(&call(desk, "flow_runs", json!({ "limit": 1 }))?)?;
    let last = runs.runs.into_iter().next().ok_or_else(|| {
        let error = ToolError::new(ErrorCode::NotFound, "Nothing has been run here yet.");
        error.hint("`selvage run` runs a flow.")
    })?;
    Ok(last.run)
}

/// A file's bytes, part by part where it comes in parts.
pub fn content(desk: &mut Desk<Machine>, path: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut offset = 0;
    loop {
        let part: ReadOutput = typed(&call(
            desk,
            "read",
            json!({ "path": path, "offset": offset }),
        )?)?;
        match part.encoding {
            Encoding::Base64 => {
                let decoded = STANDARD.decode(&part.content);
                bytes.extend(
                    decoded.map_err(|why| ToolError::new(ErrorCode::Internal, why.to_string()))?,
                );
            }
            _ => bytes.extend(part.content.as_bytes()),
        }
        match part.next_offset.filter(|_| part.truncated) {
            Some(next) => offset = next,
            None => return Ok(bytes),
        }
    }
}

/// What is to be written: a file's bytes, or standard input's.
fn input(from: Option<&Path>) -> Result<Vec<u8>> {
    let (read, name) = match from {
        Some(file) => (std::fs::read(file), file.display().to_string()),
        None => {
            let mut bytes = Vec::new();
            let read = std::io::stdin().read_to_end(&mut bytes);
            (read.map(|_| bytes), "standard input".to_owned())
        }
    };
    read.map_err(|source| CliError::Read { name, source })
}
