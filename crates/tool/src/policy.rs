//! The policy file: who may do what here, and what a person is asked about first.
//!
//! Deny by default: where the file is, an agent may do what some rule allows it, and no more, unless a person approves the rest; a
//! flow that an agent runs needs a rule of its own. A workspace without the file trusts whoever it let in, and a run still has no
//! more than its caller's grant.

use crate::decision::{Approval, Decision};
use crate::quota::LimitsPatch;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The policy file, in YAML. Only persons write it.
pub const POLICY_FILE: &str = "selvage.policy.yaml";

/// The format that is read.
pub const POLICY_VERSION: u32 = 1;

/// The most rules of each kind.
pub const RULES_MAX: usize = 500;

/// How long an approval is waited for unless the policy says, in minutes.
pub const EXPIRY_MINUTES: u32 = 60;

/// The longest that an approval can be waited for, in minutes: a week.
pub const EXPIRY_MINUTES_MAX: u32 = 7 * 24 * 60;

/// What the policy says of something before it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Forecast {
    /// A person is asked first.
    Asked,
    /// It is denied.
    Denied,
    /// It hangs on which of the files it is.
    Depends,
}

/// Something that a run would touch, and that the policy does not just let happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Foreseen {
    /// What: `write reports/**`.
    pub what: String,
    /// What becomes of it.
    pub forecast: Forecast,
    /// Which words of the policy say so.
    pub reason: String,
}

/// What the policy file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// The format: 1.
    pub version: u32,
    /// What agents may do by themselves, by name. What several rules say of one agent adds up.
    #[serde(default)]
    pub agents: Vec<AgentRule>,
    /// What flows may do when they run, by path. What several rules say of one flow adds up.
    #[serde(default)]
    pub flows: Vec<FlowRule>,
    /// What becomes of what no rule names.
    #[serde(default)]
    pub ungranted: Ungranted,
    /// How persons are asked.
    #[serde(default)]
    pub approvals: Approvals,
}

/// What becomes of what no rule allows, asks about or denies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Ungranted {
    /// It is denied.
    #[default]
    Deny,
    /// A person is asked.
    Ask,
}

/// A rule about the tools that agents call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentRule {
    /// Which agents: a glob over their names; `*` for all.
    pub name: String,
    /// Where: globs over the names of environments; everywhere unless told.
    #[serde(default)]
    pub environments: Vec<String>,
    /// What they may.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "AgentPowers"))]
    pub allow: Powers,
    /// What they may when a person approves it; it goes before `allow`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "AgentPowers"))]
    pub ask: Powers,
    /// What they may not; it goes before both.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "AgentPowers"))]
    pub deny: Powers,
}

/// A rule about the runs of flows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FlowRule {
    /// Which flows: a glob over their paths.
    pub path: String,
    /// Who runs them: globs over names of agents, and `person`; anybody unless told.
    #[serde(default)]
    pub callers: Vec<String>,
    /// Where: globs over the names of environments; everywhere unless told.
    #[serde(default)]
    pub environments: Vec<String>,
    /// What they may.
    #[serde(default)]
    pub allow: Powers,
    /// What they may when a person approves it; it goes before `allow`.
    #[serde(default)]
    pub ask: Powers,
    /// What they may not; it goes before both.
    #[serde(default)]
    pub deny: Powers,
    /// Limits that no run of them gets more than.
    #[serde(default)]
    pub limits: LimitsPatch,
}

/// Things that can be allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Powers {
    /// Reading: globs over paths.
    pub read: Vec<String>,
    /// Writing, moving and removing: globs over paths.
    pub write: Vec<String>,
    /// Fetching: domains, `*.example.com` for all below one, `*` for all.
    pub net: Vec<String>,
    /// Calling tools: globs over their names.
    pub tools: Vec<String>,
    /// Having fetches carry secrets of the device: globs over their names. It is about flows; agents have none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Running on executors: globs over `browser`, `native` and `remote:HOST`. Unless rules allow some, the device's own is allowed.
    pub executors: Vec<String>,
}

/// What a rule for agents can hold of [`Powers`], as the schema says it: an agent has no secrets.
#[cfg(feature = "schema")]
struct AgentPowers;

#[cfg(feature = "schema")]
impl JsonSchema for AgentPowers {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AgentPowers".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Powers::json_schema(generator);
        if let Some(powers) = schema
            .get_mut("properties")
            .and_then(serde_json::Value::as_object_mut)
        {
            powers.remove("secrets");
        }
        schema
    }
}

/// How persons are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Approvals {
    /// How long an answer is waited for, in minutes.
    pub expires_minutes: u32,
    /// What is done when none comes.
    pub on_expiry: OnExpiry,
}

impl Default for Approvals {
    fn default() -> Self {
        Self {
            expires_minutes: EXPIRY_MINUTES,
            on_expiry: OnExpiry::Deny,
        }
    }
}

/// What an approval that nobody gave comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnExpiry {
    /// A refusal.
    #[default]
    Deny,
    /// An approval.
    Allow,
}

/// Output of `approval_list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApprovalsOutput {
    /// What waits for a person, the oldest first.
    pub approvals: Vec<Approval>,
    /// What was decided lately, the newest first.
    pub decided: Vec<Decision>,
}

/// Input of `approval_read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalReadInput {
    /// Which approval.
    pub approval: String,
    /// The path of a file that it would write; `input` for all of a long input.
    pub path: String,
}

/// Input of `approval_decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecideInput {
    /// Which approval.
    pub approval: String,
    /// Its digest, as it was seen. One that is not that any more is refused as `STALE`.
    pub digest: String,
    /// Whether it may happen.
    pub allow: bool,
    /// Why, for the record.
    #[serde(default)]
    pub reason: Option<String>,
}
