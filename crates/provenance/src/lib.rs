//! What a run was, signed, so that other people's tools can check it.
//!
//! **Problem.** The record of a run is a file like any other: whoever may write the workspace can write one about a run that never was,
//! change one, or take one away. A reader who was not there must see who vouches for a record, and whether one is missing.
//!
//! **Shape.** A *statement* is an in-toto Statement v1 with a predicate of our own (`docs/provenance.md`): its subjects are the record and the files that
//! the run wrote, each with its SHA-256. Its bytes are canonical JSON ([`canonical`], RFC 8785), so that two hosts make the same bytes of the same
//! run. An [`Envelope`] puts them under signature as DSSE v1 does; it is kept beside the record ([`envelope_path`]). Each statement names the hash of
//! the signer's envelope before it ([`Link`]), so that what is taken away leaves a gap.
//!
//! **Control loop.** The engine makes a statement of a record and of what it noted meanwhile ([`Evidence`]), hands [`Envelope::pae`] to its host, which has
//! the key, and attaches what comes back. Checking is the feature `verify`: `verify` for one envelope, `chain` for all of them.
//!
//! ```
//! # #[cfg(feature = "verify")] {
//! use ed25519_dalek::{Signer as _, SigningKey};
//! use selvage_provenance::{Envelope, Evidence, Link, verify};
//! # let record = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/record.json"));
//! # let record: selvage_tool::run::RunRecord = serde_json::from_str(record).expect("a record");
//!
//! // A host has the key; here it is made of fixed bytes.
//! let key = SigningKey::from_bytes(&[7; 32]);
//! let signer = key.verifying_key().to_bytes();
//!
//! let recorded = serde_json::to_value(&record).expect("JSON");
//! let evidence = Evidence::new(signer, Link::first("a-session"), b"the record's bytes", recorded);
//! let mut envelope = Envelope::unsigned(&record, &evidence)?;
//! let signature = key.sign(&envelope.pae()).to_bytes();
//! envelope.attach(&signer, &signature);
//!
//! let read = Envelope::parse(&envelope.to_bytes())?;
//! assert_eq!(verify(&read, &[signer])?.predicate.run, record.run);
//! # }
//! # Ok::<(), selvage_provenance::ProvenanceError>(())
//! ```
//!
//! *Invariants.* No clock, no randomness, no disk and no secret key in here. Equal runs make equal bytes. Nothing of an envelope is believed before its
//! signature is checked, save for the key that it says it is of, which then has to fit. What an environment held is in no statement but as a hash over it and
//! the run's name.

mod canonical;
#[cfg(feature = "verify")]
mod chain;
mod envelope;
#[cfg(feature = "verify")]
mod read;
mod statement;
#[cfg(feature = "verify")]
mod verify;

pub use canonical::canonical;
#[cfg(feature = "verify")]
pub use chain::{Chain, Finding, chain};
pub use envelope::{Envelope, PAYLOAD_TYPE};
#[cfg(feature = "verify")]
pub use read::{Digest, Ended, HostCall, Predicate, Signer, Statement, Subject};
pub use statement::{Asker, Evidence, Link, and_then, call};
#[cfg(feature = "verify")]
pub use verify::verify;

use sha2::{Digest as _, Sha256};

/// A public key for signatures: Ed25519 (RFC 8032).
pub type PublicKey = [u8; 32];

/// The most bytes of an envelope, and of what it holds.
pub const ENVELOPE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The most signatures of an envelope.
pub const SIGNATURES_MAX: usize = 8;

/// The most subjects of a statement: the record, and files that the run wrote.
pub const SUBJECTS_MAX: usize = 10_000;

/// The most decisions that a statement tells.
pub const DECISIONS_MAX: usize = 10_000;

/// The most calls of the host that a statement tells one by one.
pub const CALLS_MAX: usize = 1_000;

/// The most envelopes that are looked at together.
pub const ENVELOPES_MAX: usize = 100_000;

/// Why a statement could not be made, or an envelope can't be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProvenanceError {
    /// A limit of this crate was passed.
    #[error("{limit} is {max}, and this is {size}")]
    TooLarge {
        /// The limit's name, in lower case.
        limit: &'static str,
        /// What there is, in the limit's unit.
        size: usize,
        /// The limit.
        max: usize,
    },
    /// The bytes are no envelope.
    #[error("this is no DSSE envelope: {0}")]
    NoEnvelope(String),
    /// The envelope holds something else than a statement.
    #[error("what is signed is of the type `{0}`, and an in-toto statement is expected")]
    OtherPayload(String),
    /// What is signed is no statement about a run.
    #[error("what is signed is no statement about a run: {0}")]
    NoStatement(String),
    /// None of the keys that are known signed it.
    #[error("none of the known keys signed it; it names the key {0}")]
    UnknownSigner(String),
    /// The signature does not fit.
    #[error("the signature does not fit what is signed")]
    BadSignature,
    /// The statement names another key than the one that signed it.
    #[error("the statement names another signer than the one whose signature it has")]
    OtherSigner,
}

/// What a call of this crate gives.
pub type Result<T, E = ProvenanceError> = std::result::Result<T, E>;

/// SHA-256 in hexadecimal, as `sha256sum` tells it.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]));
    digits.collect()
}

/// The name of a key: SHA-256 of its `SubjectPublicKeyInfo` (RFC 8410), what
/// `openssl pkey -pubin -outform DER | sha256sum` tells.
#[must_use]
pub fn key_id(key: &PublicKey) -> String {
    sha256(&public_key_info(key))
}

/// A public key in the form that other programs read: `SubjectPublicKeyInfo` in DER (RFC 8410, section 4).
#[must_use]
pub fn public_key_info(key: &PublicKey) -> Vec<u8> {
    const BEFORE: [u8; 12] = [
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    [&BEFORE[..], key].concat()
}

/// Where the envelope of a record is kept: `runs/a/1-x.json` has it in `runs/a/1-x.dsse.json`.
#[must_use]
pub fn envelope_path(record: &str) -> String {
    let stem = record.strip_suffix(".json").unwrap_or(record);
    format!("{stem}{ENVELOPE_SUFFIX}")
}

/// Where what a run was answered is kept: `runs/a/1-x.json` has it in `runs/a/1-x.answers.jsonl`.
#[must_use]
pub fn answers_path(record: &str) -> String {
    let stem = record.strip_suffix(".json").unwrap_or(record);
    format!("{stem}.answers.jsonl")
}

/// What the names of envelopes end with.
pub const ENVELOPE_SUFFIX: &str = ".dsse.json";

/// Checks a size against a limit.
fn within(limit: &'static str, size: usize, max: usize) -> Result<()> {
    if size <= max {
        return Ok(());
    }
    Err(ProvenanceError::TooLarge { limit, size, max })
}
