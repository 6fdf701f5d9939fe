//! The manifest of named flows: what runs by a name, with what, and when by itself.

use crate::catalogue::InputSpec;
use crate::grant::Grant;
use crate::quota::LimitsPatch;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The manifest, in JSON.
pub const FLOWS_FILE: &str = "flows/flow.config.json";

/// The format that is read.
pub const FLOWS_VERSION: u32 = 1;

/// The most flows that a manifest names.
pub const FLOWS_MAX: usize = 500;

/// The most runs of one flow that go on at once.
pub const CONCURRENCY_MAX: u32 = 8;

/// The most times that a failed run is made, the first one included.
pub const ATTEMPTS_MAX: u32 = 10;

/// The longest pause before a run is made again, in milliseconds.
pub const DELAY_MS_MAX: u64 = 3_600_000;

/// What the manifest says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Flows {
    /// The format: 1.
    pub version: u32,
    /// The flows, by name. A name stands before that of a file.
    pub flows: BTreeMap<String, NamedFlow>,
}

/// One flow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamedFlow {
    /// What runs: a path, or `path::function` of a Python file.
    pub entry: String,
    /// What it does.
    #[serde(default)]
    pub description: Option<String>,
    /// What it takes; what its text shows unless told.
    #[serde(default)]
    pub inputs: Vec<InputSpec>,
    /// Arguments, where a caller gives none of that name.
    #[serde(default)]
    pub args: Map<String, Value>,
    /// Environment, where a caller gives none of that name.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Secrets of the device that its fetches may carry, by the name in its environment of what stands for each.
    #[serde(default)]
    pub secrets: BTreeMap<String, String>,
    /// What it needs to be allowed. A caller that gives a grant of its own takes its place.
    #[serde(default)]
    pub grant: Option<Grant>,
    /// Limits, where a caller sets none.
    #[serde(default)]
    pub limits: LimitsPatch,
    /// How many runs of it go on at once; 1 unless told.
    #[serde(default)]
    pub concurrency: Option<u32>,
    /// How often, and after which pauses, it is made again when it fails.
    #[serde(default)]
    pub retry: Option<Retry>,
    /// When it runs by itself.
    #[serde(default)]
    pub triggers: Vec<Trigger>,
}

/// How a failed run is made again. What a policy, a person or a quota ended is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retry {
    /// How many times in all.
    pub attempts: u32,
    /// The pause before the second one, in milliseconds; each later one is twice as long.
    #[serde(default = "delay_ms")]
    pub delay_ms: u64,
}

fn delay_ms() -> u64 {
    1_000
}

/// When a flow runs by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(tag = "on", rename_all = "camelCase", deny_unknown_fields)]
pub enum Trigger {
    /// When somebody runs it, and not by itself: what a flow without triggers does, in words.
    Manual,
    /// When the workspace is opened.
    Start,
    /// When files change here. The run gets their paths as the argument `changed`.
    Change {
        /// Globs over their paths.
        paths: Vec<String>,
    },
}
