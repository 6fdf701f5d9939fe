//! Inputs and outputs of the tools that check and run flows.

use crate::diagnostic::Diagnostic;
use crate::grant::Grant;
use crate::guest::Shape;
use crate::policy::Foreseen;
use crate::quota::{Limits, LimitsPatch, Usage};
use crate::reading::Entry;
use crate::run::{LogEntry, RunStatus};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Input of `lint_flow`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LintInput {
    /// The flow or the module: a path, `path::function` for one function of a Python file, `workflow::name::function`, or a name.
    pub path: String,
    /// A text to check in place of the file's, for an editor.
    #[serde(default)]
    pub content: Option<String>,
    /// Whether to apply every safe fix, as one change.
    #[serde(default)]
    pub fix: bool,
    /// Whether to lay the file out, too, after the fixes and in the same change. Python only.
    #[serde(default)]
    pub format: bool,
    /// Domains that the caller would grant.
    #[serde(default)]
    pub allow_net: Vec<String>,
}

/// What kind of value an input takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum InputKind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A workspace path.
    File,
    /// A workspace path of an image.
    Image,
    /// Any JSON value.
    Json,
    /// One of `options`.
    Select,
}

/// An input that a flow declares, or that was inferred from how it uses `flow.args`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct InputSpec {
    /// Its key in `args`.
    pub id: String,
    /// What a person sees.
    pub label: String,
    /// What it takes.
    pub kind: InputKind,
    /// Whether it may be left out.
    pub optional: bool,
    /// What it is when left out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub default: Option<serde_json::Value>,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// The choices of a `select`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub options: Vec<String>,
}

/// Output of `lint_flow`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LintOutput {
    /// Whether it can run: no diagnostic is an error.
    pub ok: bool,
    /// What was found, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// How many fixes were applied.
    pub fixed: u32,
    /// Whether its layout was changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub formatted: bool,
    /// How it is written; absent when it does not parse.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shape: Option<Shape>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// What it takes: of a file with functions that can be run by themselves, what the one that was named takes, or the only one.
    pub inputs: Vec<InputSpec>,
    /// The functions of a Python file that can be run by themselves.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub entries: Vec<Entry>,
    /// The outputs it declares.
    pub outputs: Vec<String>,
    /// The least grant it needs.
    pub grant: Grant,
    /// What of that the policy asks a person about, or denies, when whoever calls runs it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub policy: Vec<Foreseen>,
}

/// Whether a run's changes land.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RunMode {
    /// They land.
    #[default]
    Run,
    /// They are reported and dropped.
    DryRun,
}

/// Input of `run_flow`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RunInput {
    /// The flow's path, or `path::function` for one function of a Python file; or `name`.
    pub path: Option<String>,
    /// A past run to make again, in place of a flow: with its flow and arguments, where none are given here; arguments of both are joined. Of what it might touch, it may touch no more than a run without a grant; domains and tools that change something are granted anew.
    pub again: Option<String>,
    /// The flow's name: that in `flows/flow.config.json`, its file name without `.flow.js` or `.py`, `workflow::name::function`, or what a Python file calls one of its functions.
    pub name: Option<String>,
    /// What the flow sees as `flow.args`.
    pub args: serde_json::Value,
    /// What the flow sees as `flow.env`.
    pub env: BTreeMap<String, String>,
    /// Secrets of this device that its fetches may carry, by the name in `flow.env` of what stands for each.
    pub secrets: BTreeMap<String, String>,
    /// Domains it may fetch from; none unless told.
    pub allow_net: Vec<String>,
    /// Tools it may call besides those of `grant`; without a `grant`, those that only read.
    pub allow_tools: Vec<String>,
    /// What it may touch; the whole workspace unless told. The flow's inferred needs bound it.
    pub grant: Option<Grant>,
    /// Limits to set; the others keep their defaults.
    pub limits: LimitsPatch,
    /// Whether its changes land.
    pub mode: RunMode,
    /// The seed of its randomness; with `startMs`, the run is reproducible.
    pub seed: Option<u64>,
    /// The start of its clock, in milliseconds since 1970.
    pub start_ms: Option<u64>,
    /// Whether the answer comes when the run is over; otherwise it comes at once, with a run that is queued.
    pub wait: bool,
    /// Whether the run waits for `flow_answer` when its fuel, its computing time or its time on the clock is used up. Other limits end it at once.
    pub ask: bool,
}

impl Default for RunInput {
    fn default() -> Self {
        Self {
            path: None,
            again: None,
            name: None,
            args: serde_json::Value::Null,
            env: BTreeMap::new(),
            secrets: BTreeMap::new(),
            allow_net: Vec::new(),
            allow_tools: Vec::new(),
            grant: None,
            limits: LimitsPatch::default(),
            mode: RunMode::Run,
            seed: None,
            start_ms: None,
            wait: true,
            ask: false,
        }
    }
}

/// Input of tools about one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunRef {
    /// The run.
    pub run: String,
}

/// Input of `run_verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyInput {
    /// The run.
    pub run: String,
    /// The environment that the run had, where it had one: a record keeps its names, and no values.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

/// Where a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunState {
    /// The run.
    pub run: String,
    /// Where it is.
    pub status: RunStatus,
}

/// Input of `flow_answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnswerInput {
    /// The run.
    pub run: String,
    /// New limits; those left out keep their value.
    #[serde(default)]
    pub limits: LimitsPatch,
    /// Whether to end the run with the quota's error.
    #[serde(default)]
    pub deny: bool,
}

/// Input of `flow_logs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogsInput {
    /// The run.
    pub run: String,
    /// Only entries after this number.
    #[serde(default)]
    pub after: Option<u64>,
}

/// Output of `flow_logs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LogsOutput {
    /// The entries.
    pub entries: Vec<LogEntry>,
    /// Whether the run is over.
    pub ended: bool,
}

/// A flow of the workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowSummary {
    /// Its path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The parent that has it, a parent's parent as `global/base`; absent for a flow of the workspace's own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scope: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// How it is written; absent when it does not parse.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shape: Option<Shape>,
    /// What it takes: of a file with one function that can be run by itself, what that takes.
    pub inputs: Vec<InputSpec>,
    /// The functions of a Python file that can be run by themselves, as `path::function`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub entries: Vec<Entry>,
    /// Whether `flows/flow.config.json` names it; `name` is what it is called there.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub named: bool,
    /// Whether the file is still to be read: what it offers is not known yet. `changed` tells when it is.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub unread: bool,
}

/// Output of `flow_list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowListOutput {
    /// By path.
    pub flows: Vec<FlowSummary>,
}

/// Input of `flow_runs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RunsInput {
    /// Only runs of this flow: its path, a reference or its name, as `run_flow` takes them.
    pub path: Option<String>,
    /// The most runs to give; 50 unless told.
    pub limit: Option<u32>,
}

/// A run, in a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunSummary {
    /// The run.
    pub run: String,
    /// The flow's path.
    pub path: String,
    /// The function of that file that was called, where one was named.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub function: Option<String>,
    /// Where it is.
    pub status: RunStatus,
    /// When it was asked for, in milliseconds since 1970.
    pub started_ms: u64,
    /// Milliseconds from then to its end.
    pub duration_ms: f64,
    /// The error's code, where it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<crate::error::ErrorCode>,
    /// The workspace path of its record.
    pub record: String,
    /// Whether it was a dry run, of which nothing was kept.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub dry_run: bool,
}

/// Output of `flow_runs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunsOutput {
    /// Newest first.
    pub runs: Vec<RunSummary>,
}

/// Output of `run_verify`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VerifyOutput {
    /// Whether the result, the logs, the changes and the fuel were the same.
    pub reproduced: bool,
    /// What was not, in a sentence each.
    pub differences: Vec<String>,
    /// The receipt of the second run.
    pub usage: Usage,
}

/// How the workspace is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum StorageMode {
    /// An acknowledged write survives the tab.
    Durable,
    /// Everything is gone with the tab.
    Memory,
}

/// Output of `workspace_status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StatusOutput {
    /// How the workspace is kept.
    pub storage: StorageMode,
    /// The point in time, as heads.
    pub heads: Vec<String>,
    /// Files.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Selvage's version.
    pub version: String,
    /// Runs that wait.
    pub queued: u32,
    /// Runs that run.
    pub running: u32,
    /// The limits of a run that sets none.
    pub limits: Limits,
    /// The workspaces that are mounted as parents.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub scopes: Vec<crate::run::Parent>,
}
