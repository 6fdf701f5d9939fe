//! What is kept of a run.

use crate::diagnostic::Diagnostic;
use crate::error::ToolError;
use crate::grant::Grant;
use crate::quota::{Limits, Usage};
use crate::run::{FileOp, LogEntry, RunStatus};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A workspace that is mounted as a parent, and where in its history it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Parent {
    /// What it is called here; a parent's parent has both names, as `global/base`.
    pub name: String,
    /// Which workspace it is.
    pub workspace: String,
    /// The heads of that workspace.
    pub heads: Vec<String>,
    /// What keeps flows from running with its files.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<String>,
}

/// What is kept of a run, as a file under `runs/`, and what `run_flow` returns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    /// The run.
    pub run: String,
    /// The flow's path.
    pub path: String,
    /// The function of that file that was called, where one was named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub function: Option<String>,
    /// What the manifest calls the flow, where it was run by that name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Who asked for it: `person`, `agent NAME`, or `system trigger` for a flow that runs by itself.
    #[serde(default)]
    pub asked_by: String,
    /// Which attempt it is, where one before it failed and the manifest has it made again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attempt: Option<u32>,
    /// Where it is.
    pub status: RunStatus,
    /// When it was asked for, in milliseconds since 1970.
    pub started_ms: u64,
    /// Milliseconds from then to its end.
    pub duration_ms: f64,
    /// What the caller passed.
    pub args: serde_json::Value,
    /// The names of the environment that the caller passed; values are not kept.
    pub env: Vec<String>,
    /// The secrets that its fetches could carry, by what stood for each in its environment. No value of them is anywhere in a run.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub secrets: BTreeMap<String, String>,
    /// What its placeholders followed from; kept when it is over, since nobody may know it before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub salt: Option<String>,
    /// The result; `null` of a flow that gives nothing.
    #[serde(
        skip_serializing_if = "Option::is_none",
        default,
        deserialize_with = "crate::json::some"
    )]
    pub value: Option<serde_json::Value>,
    /// The failure.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<ToolError>,
    /// The receipt.
    pub usage: Usage,
    /// What it was allowed to use.
    pub limits: Limits,
    /// What it was allowed to touch.
    pub grant: Grant,
    /// What it did, or with `dry-run` would have done, to the files.
    pub changes: Vec<FileOp>,
    /// The products it named.
    pub artifacts: Vec<String>,
    /// What the function that was called took and had when it was over: its parameters and its variables.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub variables: Option<serde_json::Map<String, serde_json::Value>>,
    /// The log.
    pub logs: Vec<LogEntry>,
    /// What lint said before the run.
    pub diagnostics: Vec<Diagnostic>,
    /// The workspace's heads that it read.
    pub heads_in: Vec<String>,
    /// The parents whose files it could read, and the heads at which they are mounted. Each is a [`Parent`], which only callers take
    /// apart.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Parent>"))]
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub scopes: Vec<serde_json::Value>,
    /// The workspace's heads after its change landed; empty where nothing landed.
    pub heads_out: Vec<String>,
    /// SHA-256 of the flow's text.
    pub flow_hash: String,
    /// SHA-256 of the guest.
    pub guest_hash: String,
    /// The seed of its randomness.
    pub seed: u64,
    /// The start of its clock, where it was fixed.
    pub start_ms: Option<u64>,
    /// What the policy and persons decided about it, in order. Each is a [`Decision`](crate::decision::Decision), which only callers
    /// take apart.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::decision::Decision>"))]
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub decisions: Vec<serde_json::Value>,
    /// What a `dry-run` would have changed, with differences. Each is a [`Proposed`](crate::decision::Proposed), which only callers
    /// take apart.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::decision::Proposed>"))]
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub proposed: Vec<serde_json::Value>,
    /// Whether its changes were kept out of the workspace.
    pub dry_run: bool,
    /// The workspace path of this record.
    pub record: String,
}
