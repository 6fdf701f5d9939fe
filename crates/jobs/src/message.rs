//! What crosses, as JSON. A job is a [`Job`](selvage_tool::run::Job) as it is; blobs are bytes as they are.

use selvage_tool::LimitsPatch;
use selvage_tool::guest::Answer;
use selvage_tool::run::{Outcome, RunReport};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The most bytes of a job's name.
pub const ID_BYTES_MAX: usize = 64;
/// The most bytes of a job, and of a list of hashes.
pub const JOB_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most bytes of a blob.
pub const BLOB_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most bytes of the answer to a call.
pub const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The most bytes of everything that a job tells; it is cancelled beyond.
pub const TOLD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Hashes of blobs: those that a job needs, or those of them that the server lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hashes {
    /// SHA-256 in hexadecimal.
    pub hashes: Vec<String>,
}

/// One line of what a job tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "news",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum News {
    /// It runs.
    Started,
    /// It told something while it goes on.
    Reported {
        /// What.
        report: RunReport,
        /// The body of a call, in base64.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        body: String,
    },
    /// It is over. This is the last line.
    Finished {
        /// How it ended.
        outcome: Box<Outcome>,
        /// The hashes of the blobs that it wrote.
        written: Vec<String>,
    },
}

/// The answer to a call of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The guest's number for the call.
    pub id: u32,
    /// What it says.
    pub answer: Answer,
    /// Its body, in base64.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
}

/// The answer to a job that asks for more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct More {
    /// 1 for the first answer that a job gets, 2 for the next: so that to send one twice is to send it once.
    pub number: u32,
    /// The new limits; none ends it.
    pub limits: Option<LimitsPatch>,
}

/// The clock of a job is to stand still, because a person decides what it asked for, or to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Whether it is to stand still.
    pub held: bool,
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It waits for a place.
    Queued,
    /// It runs.
    Running,
    /// It is over.
    Ended,
}

/// How a job stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Where it is.
    pub state: State,
    /// How many lines it has told.
    pub lines: usize,
    /// How it ended, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Box<Outcome>>,
}

/// The hash of bytes, as the protocol writes it.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether a text is a hash as the protocol writes it.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a text can be the name of a job.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(plain)
}
