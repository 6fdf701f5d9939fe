//! Whether an envelope can be believed.

use crate::envelope::PAYLOAD_TYPE;
use crate::statement::{PREDICATE_TYPE, STATEMENT_TYPE};
use crate::{
    CALLS_MAX, DECISIONS_MAX, ENVELOPE_BYTES_MAX, Envelope, ProvenanceError, PublicKey, Result,
    SIGNATURES_MAX, SUBJECTS_MAX, Statement, key_id, within,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<FileSignature>,
}

#[derive(Deserialize)]
struct FileSignature {
    #[serde(default)]
    keyid: String,
    sig: String,
}

impl Envelope {
    /// Reads the bytes of an envelope. Nothing of it is checked but its form.
    ///
    /// # Errors
    /// The bytes are no envelope, or too many, or it holds something else than a statement.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        within("envelope_bytes_max", bytes.len(), ENVELOPE_BYTES_MAX)?;
        let broken = |why: &dyn std::fmt::Display| ProvenanceError::NoEnvelope(why.to_string());
        let text = std::str::from_utf8(bytes).map_err(|why| broken(&why))?;
        let file: File = serde_json::from_str(text).map_err(|why| broken(&why))?;
        if file.payload_type != PAYLOAD_TYPE {
            return Err(ProvenanceError::OtherPayload(file.payload_type));
        }
        within("signatures_max", file.signatures.len(), SIGNATURES_MAX)?;
        let payload = STANDARD.decode(&file.payload).map_err(|why| broken(&why))?;
        let signatures = file.signatures.into_iter().map(|signature| {
            let bytes = STANDARD
                .decode(&signature.sig)
                .map_err(|why| broken(&why))?;
            Ok((signature.keyid, bytes))
        });
        Ok(Self {
            payload,
            signatures: signatures.collect::<Result<_>>()?,
        })
    }

    /// The key that it says it is signed with. To believe that, check it with [`verify`]; whose key that is, it can't tell.
    ///
    /// # Errors
    /// What is signed is no statement about a run, or names no key.
    pub fn claimed_key(&self) -> Result<PublicKey> {
        let key = statement(&self.payload)?.predicate.signer.public_key;
        let key = STANDARD.decode(key).ok();
        key.and_then(|key| key.try_into().ok())
            .ok_or_else(|| ProvenanceError::NoStatement("its signer is no key".into()))
    }
}

/// Checks that one of these keys signed an envelope, and reads what it says.
///
/// Signatures are checked strictly: no key of small order, and one form only of each signature.
///
/// # Errors
/// It can't be believed, and why.
pub fn verify(envelope: &Envelope, keys: &[PublicKey]) -> Result<Statement> {
    let named = envelope.signatures.iter().find_map(|(name, signature)| {
        let key = keys.iter().find(|key| key_id(key) == *name)?;
        Some((key, signature))
    });
    let Some((key, signature)) = named else {
        let names = envelope.signatures.first();
        let name = names.map(|(name, _)| name.chars().take(64).collect());
        return Err(ProvenanceError::UnknownSigner(name.unwrap_or_default()));
    };
    Signature::from_slice(signature)
        .and_then(|signature| {
            VerifyingKey::from_bytes(key)?.verify_strict(&envelope.pae(), &signature)
        })
        .map_err(|_| ProvenanceError::BadSignature)?;
    let statement = statement(&envelope.payload)?;
    let signer = &statement.predicate.signer;
    if signer.keyid != key_id(key) || envelope.claimed_key()? != *key {
        return Err(ProvenanceError::OtherSigner);
    }
    Ok(statement)
}

/// Reads what is signed. A member that is there twice is refused, since readers differ in which one they take.
fn statement(payload: &[u8]) -> Result<Statement> {
    let broken = |why: &dyn std::fmt::Display| ProvenanceError::NoStatement(why.to_string());
    let text = std::str::from_utf8(payload).map_err(|why| broken(&why))?;
    let read: Statement = serde_json::from_str(text).map_err(|why| broken(&why))?;
    if read.kind != STATEMENT_TYPE || read.predicate_type != PREDICATE_TYPE {
        return Err(broken(&"its types are others"));
    }
    if read.subject.is_empty() {
        return Err(broken(&"it is about nothing"));
    }
    within("subjects_max", read.subject.len(), SUBJECTS_MAX)?;
    within(
        "decisions_max",
        read.predicate.decisions.len(),
        DECISIONS_MAX,
    )?;
    within("calls_max", read.predicate.calls.len(), CALLS_MAX)?;
    Ok(read)
}
