//! What is said of a run.
//!
//! Source: `in-toto/attestation`, `spec/v1/statement.md`.

use crate::{
    CALLS_MAX, DECISIONS_MAX, PublicKey, Result, SUBJECTS_MAX, canonical, key_id, sha256, within,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_tool::run::{FileOp, RunRecord, RunStatus};
use selvage_tool::{Grant, Limits, Usage};
#[cfg(feature = "verify")]
use serde::Deserialize;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The type of every in-toto statement of version 1.
pub(crate) const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of what is said here.
pub(crate) const PREDICATE_TYPE: &str = "urn:selvage:run:v1";

/// An in-toto statement about one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
pub struct Subject {
    /// Its workspace path.
    pub name: String,
    /// What it holds.
    pub digest: Digest,
}

/// The hash of a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
pub struct Digest {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// What is said of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
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
    #[serde(skip_serializing_if = "Option::is_none", default)]
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
    pub decisions: Vec<Value>,
    /// What it asked of its host, in order.
    pub calls: Vec<HostCall>,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Signer {
    /// Its name, see [`key_id`].
    pub keyid: String,
    /// The key itself (Ed25519), its 32 bytes in base64.
    pub public_key: String,
}

/// A statement's place among those of its signer. An engine begins a chain when it starts, so that two engines with one key
/// never claim one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
pub struct Link {
    /// The chain: a name that the engine made when it started.
    pub id: String,
    /// The number in it, from 0.
    pub number: u64,
    /// SHA-256 of the envelope before. Of the first one in a chain, it is the newest envelope of the signer that the workspace had.
    pub previous: Option<String>,
}

impl Link {
    /// The beginning of a chain with nothing before it.
    #[must_use]
    pub fn first(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            number: 0,
            previous: None,
        }
    }

    /// What comes after this one's envelope.
    #[must_use]
    pub fn next(&self, envelope: &[u8]) -> Self {
        Self {
            id: self.id.clone(),
            number: self.number + 1,
            previous: Some(sha256(envelope)),
        }
    }
}

/// Who asked for a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
pub struct Asker {
    /// `person`, `agent`, `run` or `system`.
    pub kind: String,
    /// The name.
    pub name: String,
}

/// Something that a run asked of its host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct HostCall {
    /// `fetch`, `tool` or `sleep`.
    pub op: String,
    /// The address, or the tool's name.
    pub target: String,
    /// SHA-256 of what was asked, in the form that the engine says.
    pub request_hash: String,
    /// SHA-256 of what came back, in the form that the engine says.
    pub result_hash: String,
    /// The code of the failure, where it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "verify", derive(Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// Where it came to.
    pub status: RunStatus,
    /// SHA-256 of the result as canonical JSON, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value_hash: Option<String>,
    /// The code of the failure, where it failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
}

/// What a record does not hold, or not for everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The key that is going to sign.
    pub signer: PublicKey,
    /// The statement's place.
    pub chain: Link,
    /// SHA-256 of the record's bytes as they are kept.
    pub record_hash: String,
    /// Who asked.
    pub asked_by: Asker,
    /// The tool that was called.
    pub tool: String,
    /// The environment that the run had. It is hashed, and not told.
    pub env: BTreeMap<String, String>,
    /// What was decided about the run, in order: plain JSON that says what, by whom and why.
    pub decisions: Vec<Value>,
    /// What the run asked of its host, in order.
    pub calls: Vec<HostCall>,
}

impl Evidence {
    /// Of a run that nothing more is known of than its record.
    #[must_use]
    pub fn new(signer: PublicKey, chain: Link, record: &[u8]) -> Self {
        Self {
            signer,
            chain,
            record_hash: sha256(record),
            asked_by: Asker::default(),
            tool: "run_flow".into(),
            env: BTreeMap::new(),
            decisions: Vec::new(),
            calls: Vec::new(),
        }
    }
}

impl Statement {
    /// What there is to say of a run that is over.
    ///
    /// # Errors
    /// The run wrote more files, met more decisions or made more calls than a statement may tell.
    pub fn of(record: &RunRecord, evidence: &Evidence) -> Result<Self> {
        let subject = subjects(record, &evidence.record_hash);
        within("subjects_max", subject.len(), SUBJECTS_MAX)?;
        within("decisions_max", evidence.decisions.len(), DECISIONS_MAX)?;
        within("calls_max", evidence.calls.len(), CALLS_MAX)?;
        let hash = |value: &Value| sha256(canonical(value).as_bytes());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a run's milliseconds are far below 2^53 and never negative"
        )]
        let duration_ms = record.duration_ms as u64;
        let predicate = Predicate {
            run: record.run.clone(),
            signer: Signer {
                keyid: key_id(&evidence.signer),
                public_key: STANDARD.encode(evidence.signer),
            },
            chain: evidence.chain.clone(),
            asked_by: evidence.asked_by.clone(),
            tool: evidence.tool.clone(),
            path: record.path.clone(),
            function: record.function.clone(),
            flow_hash: record.flow_hash.clone(),
            guest_hash: record.guest_hash.clone(),
            args_hash: hash(&record.args),
            env_hash: hash(&json!({ "env": evidence.env, "run": record.run })),
            seed: record.seed,
            start_ms: record.start_ms,
            dry_run: record.dry_run,
            started_ms: record.started_ms,
            ended_ms: record.started_ms.saturating_add(duration_ms),
            heads_in: record.heads_in.clone(),
            heads_out: record.heads_out.clone(),
            decisions: evidence.decisions.clone(),
            calls: evidence.calls.clone(),
            ended: Ended {
                status: record.status,
                value_hash: record.value.as_ref().map(hash),
                error: record
                    .error
                    .as_ref()
                    .map(|error| error.code.as_str().to_owned()),
            },
            usage: record.usage.clone(),
            limits: record.limits.clone(),
            grant: record.grant.clone(),
        };
        Ok(Self {
            kind: STATEMENT_TYPE.into(),
            subject,
            predicate_type: PREDICATE_TYPE.into(),
            predicate,
        })
    }

    /// The bytes that are signed: canonical JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical(&json!(self)).into_bytes()
    }

    /// The record's path.
    #[must_use]
    pub fn record(&self) -> &str {
        self.subject.first().map_or("", |record| &record.name)
    }
}

/// The record, and the files as the run left them where its change landed.
fn subjects(record: &RunRecord, record_hash: &str) -> Vec<Subject> {
    let mut left: BTreeMap<String, String> = BTreeMap::new();
    let landed = if record.heads_out.is_empty() {
        &[]
    } else {
        &record.changes[..]
    };
    for change in landed {
        match change {
            FileOp::Write { path, hash, .. } => {
                left.insert(path.clone(), hash.clone());
            }
            FileOp::Mkdir { .. } => {}
            FileOp::Move { from, to } => {
                for (end, hash) in take(&mut left, from) {
                    left.insert(format!("{to}{end}"), hash);
                }
            }
            FileOp::Remove { path } => {
                take(&mut left, path);
            }
        }
    }
    let files = left.into_iter();
    [(record.record.clone(), record_hash.to_owned())]
        .into_iter()
        .chain(files)
        .map(|(name, sha256)| Subject {
            name,
            digest: Digest { sha256 },
        })
        .collect()
}

/// Takes out a file, or all below a folder, and gives what was there by the ends of paths.
fn take(left: &mut BTreeMap<String, String>, path: &str) -> Vec<(String, String)> {
    let below = format!("{path}/");
    let gone = left.extract_if(.., |at, _| at == path || at.starts_with(&below));
    gone.map(|(at, hash)| (at[path.len()..].to_owned(), hash))
        .collect()
}
