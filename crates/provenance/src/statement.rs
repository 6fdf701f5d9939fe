//! What is said of a run.
//!
//! Source: `in-toto/attestation`, `spec/v1/statement.md`.

use crate::{
    CALLS_MAX, DECISIONS_MAX, PublicKey, Result, SUBJECTS_MAX, canonical, key_id, sha256, within,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_tool::run::RunRecord;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The type of every in-toto statement of version 1.
pub(crate) const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// The type of what is said here.
pub(crate) const PREDICATE_TYPE: &str = "urn:selvage:run:v1";

/// A statement's place among those of its signer. An engine begins a chain when it starts, so that two engines with one key
/// never claim one place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "verify", derive(serde::Deserialize))]
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "verify", derive(serde::Deserialize))]
pub struct Asker {
    /// `person`, `agent`, `run`, `peer` or `system`.
    pub kind: String,
    /// The name.
    pub name: String,
}

/// What a record does not hold, or not for everybody.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The key that is going to sign.
    pub signer: PublicKey,
    /// The statement's place.
    pub chain: Link,
    /// The record as JSON. It is handed in, since whoever keeps it has it.
    pub recorded: Value,
    /// SHA-256 of the record's bytes as they are kept.
    pub record_hash: String,
    /// The files that the run left in the workspace, with the SHA-256 of what it wrote.
    pub left: Vec<(String, String)>,
    /// Who asked.
    pub asked_by: Asker,
    /// The tool that was called.
    pub tool: String,
    /// The environment that the run had. It is hashed, and not told.
    pub env: BTreeMap<String, String>,
    /// What the run asked of its host, in the order in which it was answered: what [`call`] gives. No more than [`CALLS_MAX`].
    pub calls: Vec<Value>,
    /// How many calls there were in all.
    pub calls_count: u64,
    /// A hash over all of them, see [`and_then`].
    pub calls_hash: String,
    /// The file that holds what the calls were answered, where there is one: its path and its SHA-256.
    pub answers: Option<(String, String)>,
}

impl Evidence {
    /// Of a run that nothing more is known of than its record.
    #[must_use]
    pub fn new(signer: PublicKey, chain: Link, record: &[u8], recorded: Value) -> Self {
        Self {
            signer,
            chain,
            recorded,
            record_hash: sha256(record),
            left: Vec::new(),
            asked_by: Asker::default(),
            tool: "run_flow".into(),
            env: BTreeMap::new(),
            calls: Vec::new(),
            calls_count: 0,
            calls_hash: String::new(),
            answers: None,
        }
    }
}

/// Something that a run asked of its host, and what came of it, as a statement has it: `op` is `fetch` or `tool`, `target` the address or the
/// tool's name, the hashes are SHA-256 over what was asked and what came back, `error` is the code of a failure.
#[must_use]
pub fn call(op: &str, target: &str, request: &str, result: &str, error: Option<&str>) -> Value {
    json!({ "error": error, "op": op, "requestHash": request, "resultHash": result, "target": target })
}

/// The hash over calls and one more: SHA-256 of the hash over those before, in hexadecimal and empty where there are none, and the call as
/// canonical JSON. So a statement vouches for every call, also where it tells only the first ones.
#[must_use]
pub fn and_then(hash: &str, call: &Value) -> String {
    sha256([hash, &canonical(call)].concat().as_bytes())
}

/// Members that a statement has as the record has them.
const AS_RECORDED: [&str; 15] = [
    "decisions",
    "dryRun",
    "flowHash",
    "function",
    "grant",
    "guestHash",
    "headsIn",
    "headsOut",
    "limits",
    "path",
    "run",
    "seed",
    "startMs",
    "startedMs",
    "usage",
];

/// The statement about a run that is over, as canonical JSON.
pub(crate) fn of(record: &RunRecord, evidence: &Evidence) -> Result<String> {
    within("subjects_max", evidence.left.len() + 1, SUBJECTS_MAX)?;
    let subject = |name: &str, hash: &str| json!({ "digest": { "sha256": hash }, "name": name });
    let mut subjects = vec![subject(&record.record, &evidence.record_hash)];
    for (path, hash) in &evidence.left {
        subjects.push(subject(path, hash));
    }
    within("decisions_max", record.decisions.len(), DECISIONS_MAX)?;
    within("calls_max", evidence.calls.len(), CALLS_MAX)?;
    let answers = evidence.answers.as_ref();
    let hash = |value: &Value| sha256(canonical(value).as_bytes());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a run's milliseconds are far below 2^53 and never negative"
    )]
    let ended_ms = record.started_ms.saturating_add(record.duration_ms as u64);
    let Link {
        id,
        number,
        previous,
    } = &evidence.chain;
    let Asker { kind, name } = &evidence.asked_by;
    let error = record.error.as_ref().map(|error| error.code.as_str());
    let mut predicate = json!({
        "argsHash": hash(&record.args),
        "askedBy": { "kind": kind, "name": name },
        "answers": answers.map(|(path, hash)| subject(path, hash)),
        "calls": evidence.calls,
        "callsCount": evidence.calls_count,
        "callsHash": evidence.calls_hash,
        "chain": { "id": id, "number": number, "previous": previous },
        "ended": {
            "error": error,
            "status": record.status,
            "valueHash": record.value.as_ref().map(hash),
        },
        "endedMs": ended_ms,
        "envHash": hash(&json!({ "env": evidence.env, "run": record.run })),
        "signer": { "keyid": key_id(&evidence.signer), "publicKey": STANDARD.encode(evidence.signer) },
        "tool": evidence.tool,
    });
    let mut recorded = evidence.recorded.clone();
    for name in AS_RECORDED {
        // What has nothing to say is not written in a record either.
        if let Some(member) = recorded.get_mut(name) {
            predicate[name] = member.take();
        }
    }
    Ok(canonical(&json!({
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    })))
}
