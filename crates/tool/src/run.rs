//! Runs: what the engine hands to an executor, and what comes back.

use crate::error::ToolError;
use crate::grant::Grant;
use crate::guest::{LogLevel, PendingOp, Shape};
use crate::quota::{Limits, Usage};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use crate::record::{Parent, RunRecord};

/// Paths that no run may change itself: the records of runs, the policy, the list of pages that may embed this
/// workspace, how long its past is kept, and what it takes from other workspaces.
pub const PROTECTED: [&str; 6] = [
    RUNS_FOLDER,
    crate::policy::POLICY_FILE,
    "embed.json",
    RETENTION_FILE,
    SCOPES_FOLDER,
    SCOPES_FILE,
];

/// The file that says how long everything of the past is kept: `{ "days": 90 }`, 0 for ever.
pub const RETENTION_FILE: &str = "retention.json";

/// The folder that holds the records of runs.
pub const RUNS_FOLDER: &str = "runs";

/// The folder that holds the workspaces that are mounted as parents, each in a folder of its name.
pub const SCOPES_FOLDER: &str = "scopes";

/// The file that says in which order parents are looked through: `{ "parents": ["global", "base"] }`.
pub const SCOPES_FILE: &str = "scopes.json";

/// The file of a mounted parent that says what it is a copy of.
pub const SCOPE_FILE: &str = "scope.json";

/// How often a run may look at the host's clock so that what it was told is remembered.
pub const READINGS_MAX: usize = 10_000;

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum RunStatus {
    /// It waits for an executor.
    Queued,
    /// It runs.
    Running,
    /// It waits for a person or an agent to grant more.
    Asking,
    /// It waits for a person to approve what it is about to do, before it starts or before its changes land.
    Waiting,
    /// It ended with a result.
    Succeeded,
    /// It ended with a result that says itself that not all went well: `success` in it is `false`.
    CompletedWithErrors,
    /// It ended with an error.
    Failed,
    /// It was cancelled.
    Cancelled,
}

impl RunStatus {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn ended(self) -> bool {
        !matches!(
            self,
            Self::Queued | Self::Running | Self::Asking | Self::Waiting
        )
    }
}

/// A file of the snapshot that a run may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JobFile {
    /// The workspace path.
    pub path: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the bytes in hexadecimal; empty for a folder.
    pub hash: String,
    /// Whether the run may read the bytes; otherwise it may only see that the file is there, to
    /// replace, move or remove it.
    pub readable: bool,
    /// Whether it is a parent's: the run may put a file of the workspace's own in its place, and neither move nor remove it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mounted: bool,
}

/// What an executor is to run. It says nothing about where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The run.
    pub run: String,
    /// The file to run.
    pub entry: String,
    /// The function of that file to call, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// How it is written.
    pub shape: Shape,
    /// Whether it is an ES module.
    pub module: bool,
    /// What the caller passed.
    pub args: serde_json::Value,
    /// Names and values that the caller passed.
    pub env: BTreeMap<String, String>,
    /// What the caller lets it touch.
    pub grant: Grant,
    /// What lint found that it needs; it may touch only what both cover.
    pub ceiling: Grant,
    /// What it may use.
    pub limits: Limits,
    /// What it sees: the files and folders that the grant lets it read.
    pub files: Vec<JobFile>,
    /// The seed of its randomness.
    pub seed: u64,
    /// The time at which its clock starts, in milliseconds since 1970; `None` follows the host's clock.
    pub start_ms: Option<u64>,
    /// When it was asked for, in milliseconds since 1970.
    #[serde(default)]
    pub began_ms: u64,
    /// What its clock says look by look, in microseconds, where it is a run that is made again and follows no fixed clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<u64>,
    /// Whether the executor may ask for more when fuel, computing time or time on the clock is used up.
    pub ask: bool,
}

impl Job {
    /// The job under which every instance is warmed up before its real job comes: it may touch
    /// nothing, and its seed and clock are fixed, so that all warm instances are the same bytes.
    #[must_use]
    pub fn warm_up() -> Self {
        Self {
            run: String::new(),
            entry: String::new(),
            function: None,
            shape: Shape::Script,
            module: false,
            args: serde_json::Value::Null,
            env: BTreeMap::new(),
            grant: Grant::default(),
            ceiling: Grant::default(),
            limits: Limits::default(),
            files: Vec::new(),
            seed: 0,
            start_ms: Some(0),
            began_ms: 0,
            readings: Vec::new(),
            ask: false,
        }
    }

    /// Whether the run could hold a file of so many bytes in its memory. The bytes of one that it could not are not sent
    /// to its executor.
    #[must_use]
    pub fn can_hold(&self, bytes: u64) -> bool {
        bytes <= self.limits.memory_bytes_max
    }
}

/// One step of what a run did to the files, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FileOp {
    /// A file was written.
    Write {
        /// The file.
        path: String,
        /// SHA-256 of its bytes in hexadecimal.
        hash: String,
        /// Bytes.
        size: u64,
    },
    /// A folder was made.
    Mkdir {
        /// The folder.
        path: String,
    },
    /// A file or folder was moved.
    Move {
        /// From where.
        from: String,
        /// To where.
        to: String,
    },
    /// A file or folder was removed.
    Remove {
        /// What.
        path: String,
    },
}

/// A log entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Its number in the run, from 0.
    pub seq: u64,
    /// Milliseconds since the run started.
    pub at_ms: f64,
    /// How loud.
    pub level: LogLevel,
    /// Where it comes from: `console`, `flow` or `selvage`.
    pub source: String,
    /// The text.
    pub text: String,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunProgress {
    /// Done so far.
    pub done: f64,
    /// Of how much, where that is known.
    pub total: Option<f64>,
    /// What is being done.
    pub label: Option<String>,
}

/// What an executor tells the engine while a run goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum RunReport {
    /// The run wrote log entries.
    Logged {
        /// The entries.
        entries: Vec<LogEntry>,
    },
    /// The run told how far it is.
    Progressed {
        /// How far.
        progress: RunProgress,
    },
    /// The run asks for something that only the engine can decide or do.
    Called {
        /// The guest's number for it.
        id: u32,
        /// What it asks.
        #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
        request: PendingOp,
    },
    /// Fuel, computing time or time on the clock is used up, and the run waits for an answer.
    Asked {
        /// The error that ends the run if nobody grants more.
        error: ToolError,
        /// The name of the limit.
        limit: String,
        /// What was used of it.
        used: u64,
    },
    /// The run is over.
    Finished {
        /// How.
        outcome: Box<Outcome>,
    },
}

/// How a run ended, as the executor tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The result, in the form of values.
    pub value: Option<serde_json::Value>,
    /// The failure.
    pub error: Option<ToolError>,
    /// The receipt.
    pub usage: Usage,
    /// What it did to the files; nothing of it lands unless the run succeeded.
    pub ops: Vec<FileOp>,
    /// The workspace paths that it named as products.
    pub artifacts: Vec<String>,
    /// What the function that was called took and had, where one was called.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub variables: Option<serde_json::Map<String, serde_json::Value>>,
    /// What the host's clock told it, in microseconds and in order; nothing where its clock was fixed, or asked more than
    /// [`READINGS_MAX`] times.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub readings: Vec<u64>,
    /// SHA-256 of the guest's bytes.
    pub guest: String,
}

impl Outcome {
    /// The end of a run that no guest began.
    #[must_use]
    pub fn failed(error: ToolError) -> Self {
        Self {
            value: None,
            error: Some(error),
            usage: Usage::default(),
            ops: Vec::new(),
            artifacts: Vec::new(),
            variables: None,
            readings: Vec::new(),
            guest: String::new(),
        }
    }
}
