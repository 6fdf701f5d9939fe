//! DSSE v1: bytes of a told type, under signature.
//!
//! Source: `secure-systems-lab/dsse`, `protocol.md` and `envelope.md`.

use crate::{
    ENVELOPE_BYTES_MAX, Evidence, PublicKey, Result, canonical, key_id, statement, within,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_tool::run::RunRecord;
use serde_json::json;

/// The type of what is signed: an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A statement's bytes with what was signed over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub(crate) payload: Vec<u8>,
    /// The names of keys, and their signatures.
    pub(crate) signatures: Vec<(String, Vec<u8>)>,
}

impl Envelope {
    /// The statement about a run that is over, which nobody signed yet.
    ///
    /// # Errors
    /// The run wrote more files, met more decisions or made more calls than a statement may tell, or the statement has too many bytes.
    pub fn unsigned(record: &RunRecord, evidence: &Evidence) -> Result<Self> {
        let payload = statement::of(record, evidence)?.into_bytes();
        // As base64 it takes a third more.
        within(
            "envelope_bytes_max",
            payload.len() / 3 * 4,
            ENVELOPE_BYTES_MAX - 4096,
        )?;
        Ok(Self {
            payload,
            signatures: Vec::new(),
        })
    }

    /// What is to be signed: the *pre-authentication encoding*.
    #[must_use]
    pub fn pae(&self) -> Vec<u8> {
        let before = format!(
            "DSSEv1 {} {PAYLOAD_TYPE} {} ",
            PAYLOAD_TYPE.len(),
            self.payload.len()
        );
        [before.as_bytes(), &self.payload].concat()
    }

    /// Adds what a key signed over [`Envelope::pae`].
    pub fn attach(&mut self, key: &PublicKey, signature: &[u8; 64]) {
        self.signatures.push((key_id(key), signature.to_vec()));
    }

    /// The bytes of the file that it is kept as. Their hash is what the signer's next statement names.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let signatures = self.signatures.iter();
        let signatures = signatures
            .map(|(key, signature)| json!({ "keyid": key, "sig": STANDARD.encode(signature) }));
        let envelope = json!({
            "payload": STANDARD.encode(&self.payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": signatures.collect::<Vec<_>>(),
        });
        canonical(&envelope).into_bytes()
    }
}
