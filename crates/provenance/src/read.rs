//! What a statement says, as its readers have it.

use crate::{Asker, Link};
use selvage_tool::run::RunStatus;
use selvage_tool::{Grant, Limits, Usage};
use serde::Deserialize;
use serde_json::Value;

/// An in-toto statement about one run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// The type of the statement.
    #[serde(rename = "_type")]
    pub kind: String,
    /// The record first, then the files that the run left in the workspace.
    pub subject: Vec<Subject>,
    /// The type of the predicate.
    pub predicate_type: String,
    /// What is said of them.
    pub predicate: Predicate,
}

/// A file that a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Subject {
    /// Its workspace path.
    pub name: String,
    /// What it holds.
    pub digest: Digest,
}

/// The hash of a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Digest {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// What is said of a run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Predicate {
    /// The run.
    pub run: String,
    /// Who vouches for it.
    pub signer: Signer,
    /// What the same signer said before.
    pub chain: Link,
    /// Who asked for it.
    pub asked_by: Asker,
    /// The tool that was called.
    pub tool: String,
    /// The flow's path.
    pub path: String,
    /// The function of it that was called, where one was named.
    pub function: Option<String>,
    /// SHA-256 of the flow's text.
    pub flow_hash: String,
    /// SHA-256 of the interpreter; empty where none began.
    pub guest_hash: String,
    /// SHA-256 of the arguments as canonical JSON.
    pub args_hash: String,
    /// SHA-256 of `{"env":…,"run":…}` as canonical JSON: the environment's names and values, and the run's name, so that equal environments do
    /// not look alike.
    pub env_hash: String,
    /// The seed of its randomness.
    pub seed: u64,
    /// The start of its clock, where it was fixed.
    pub start_ms: Option<u64>,
    /// Whether its changes were kept out of the workspace.
    pub dry_run: bool,
    /// When it was asked for, in milliseconds since 1970.
    pub started_ms: u64,
    /// When it was over, by the same clock.
    pub ended_ms: u64,
    /// The workspace's heads that it read.
    pub heads_in: Vec<String>,
    /// The heads after its change; empty where nothing landed.
    pub heads_out: Vec<String>,
    /// What was decided about it, by a rule or by a person, in order.
    #[serde(default)]
    pub decisions: Vec<Value>,
    /// What it asked of its host, in the order in which it was answered: the first [`CALLS_MAX`](crate::CALLS_MAX).
    pub calls: Vec<HostCall>,
    /// How many calls there were in all.
    #[serde(default)]
    pub calls_count: u64,
    /// A hash over all of them, see [`and_then`](crate::and_then).
    #[serde(default)]
    pub calls_hash: String,
    /// The file with what they were answered, where it was kept.
    #[serde(default)]
    pub answers: Option<Subject>,
    /// How it ended.
    pub ended: Ended,
    /// What it used.
    pub usage: Usage,
    /// What it was allowed to use.
    pub limits: Limits,
    /// What it was allowed to touch.
    pub grant: Grant,
}

/// The key that vouches for a statement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// Its name, see [`key_id`](crate::key_id).
    pub keyid: String,
    /// The key itself (Ed25519): its 32 bytes in base64.
    pub public_key: String,
}

/// Something that a run asked of its host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostCall {
    /// `fetch` or `tool`.
    pub op: String,
    /// The address, or the tool's name.
    pub target: String,
    /// SHA-256 of what was asked.
    pub request_hash: String,
    /// SHA-256 of what came back.
    pub result_hash: String,
    /// The code of the failure, where it failed.
    pub error: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// Where it came to.
    pub status: RunStatus,
    /// SHA-256 of the result as canonical JSON, where there is one.
    pub value_hash: Option<String>,
    /// The code of the failure, where it failed.
    pub error: Option<String>,
}

impl Statement {
    /// The record's path.
    #[must_use]
    pub fn record(&self) -> &str {
        self.subject.first().map_or("", |record| &record.name)
    }
}
