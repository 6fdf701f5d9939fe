//! What was decided, by which rule or by whom, and what waits for a decision.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How something was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// A rule allows it.
    Allowed,
    /// No rule allows it, or one denies it.
    Denied,
    /// A person is asked.
    Asked,
    /// A person allowed it.
    Approved,
    /// A person did not allow it.
    Refused,
    /// Nobody answered, in time or before what asked was over.
    Expired,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who wanted it: `person`, `agent NAME` or `run NAME`.
    pub who: String,
    /// What was wanted: `write out/a.md`, `fetch from a.org`, `call delete`.
    pub what: String,
    /// How it was decided.
    pub verdict: Verdict,
    /// Why: the rule, or what a person gave as reason.
    pub reason: String,
    /// The person that decided, where one did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// The digest of what was approved, where a person was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<String>,
}

/// One file that would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Proposed {
    /// What would happen: `write`, `mkdir`, `move` or `remove`.
    pub op: String,
    /// The path.
    pub path: String,
    /// Where it would go, of a move.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<String>,
    /// SHA-256 of what is there now; absent where nothing is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<String>,
    /// SHA-256 of what would be there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<String>,
    /// Its bytes then; of what is removed, those that it has.
    pub size: u64,
    /// The difference as a unified diff, of texts. `approval_read` gives the whole content.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub diff: Option<String>,
}

/// What waits for a person: an approval request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its name.
    pub approval: String,
    /// Who wants it: `agent NAME` or `run NAME`.
    pub who: String,
    /// The run that waits, where one does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run: Option<String>,
    /// The tool that was called.
    pub tool: String,
    /// What would happen, in a sentence.
    pub what: String,
    /// Which rules have it asked.
    pub reason: String,
    /// What speaks for looking twice, in a few words each.
    pub risks: Vec<String>,
    /// What would change, all of it.
    pub changes: Vec<Proposed>,
    /// SHA-256 over all that would happen and what it would happen to: an approval is of this and nothing else.
    pub digest: String,
    /// When it was asked, in milliseconds since 1970.
    pub asked_ms: u64,
    /// When it is decided without an answer, in milliseconds since 1970.
    pub expires_ms: u64,
    /// What it is decided to then.
    pub on_expiry: crate::policy::OnExpiry,
}
