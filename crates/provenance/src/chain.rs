//! Whether any of a workspace's envelopes is missing, or was put in.

use crate::{
    ENVELOPES_MAX, Envelope, ProvenanceError, Result, Statement, envelope_path, sha256, verify,
    within,
};
use std::collections::BTreeMap;

/// Something about an envelope that is not as a signer leaves it. Each names the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// It can't be believed.
    #[error("{file} can't be believed: {why}")]
    Forged {
        /// The file.
        file: String,
        /// Why.
        why: ProvenanceError,
    },
    /// The one before it is not there.
    #[error("{file} follows an envelope that is not there: {previous}")]
    Missing {
        /// The file.
        file: String,
        /// SHA-256 of the one that lacks.
        previous: String,
    },
    /// It follows one that it can't follow by its number, or one of a later time.
    #[error("{file} does not come after {previous}, which it follows")]
    Reordered {
        /// The file.
        file: String,
        /// The one that it follows.
        previous: String,
    },
    /// The signer put two in one place.
    #[error("{file} has the same place as {other}")]
    Forked {
        /// The file.
        file: String,
        /// The other one.
        other: String,
    },
    /// It is the same as another.
    #[error("{file} is a copy of {original}")]
    Copied {
        /// The file.
        file: String,
        /// The one of which it is a copy.
        original: String,
    },
    /// It is not where the envelope of its record belongs.
    #[error("{file} is about {record}, and is not beside it")]
    Misplaced {
        /// The file.
        file: String,
        /// The record that it is about.
        record: String,
    },
    /// Another key goes on with a chain.
    #[error("{file} goes on with what another key signed: {previous}")]
    SignerChanged {
        /// The file.
        file: String,
        /// The one of the other key.
        previous: String,
    },
}

/// What a look at all envelopes found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chain {
    /// What they say, by their files: those whose signatures hold.
    pub statements: BTreeMap<String, Statement>,
    /// What is not as a signer leaves it.
    pub findings: Vec<Finding>,
}

/// Looks at all envelopes of a workspace, by their files' paths and bytes, in any order.
///
/// Each is checked against the key that it names. Whose keys those are, the caller has to say: see
/// [`Predicate::signer`](crate::Predicate::signer). The last envelopes of a signer can be taken away unseen, until another follows.
///
/// # Errors
/// There are more than [`ENVELOPES_MAX`].
pub fn chain(files: &BTreeMap<String, Vec<u8>>) -> Result<Chain> {
    within("envelopes_max", files.len(), ENVELOPES_MAX)?;
    let mut found = Chain::default();
    let mut by_hash: BTreeMap<String, &String> = BTreeMap::new();
    for (file, bytes) in files {
        let read = Envelope::parse(bytes).and_then(|it| verify(&it, &[it.claimed_key()?]));
        match read {
            Err(why) => found.findings.push(Finding::Forged {
                file: file.clone(),
                why,
            }),
            Ok(statement) => {
                if let Some(original) = by_hash.insert(sha256(bytes), file) {
                    by_hash.insert(sha256(bytes), original);
                    found.findings.push(Finding::Copied {
                        file: file.clone(),
                        original: original.clone(),
                    });
                    continue;
                }
                if envelope_path(statement.record()) != *file {
                    found.findings.push(Finding::Misplaced {
                        file: file.clone(),
                        record: statement.record().to_owned(),
                    });
                }
                found.statements.insert(file.clone(), statement);
            }
        }
    }
    let links = links(&found.statements, &by_hash);
    found.findings.extend(links);
    Ok(found)
}

/// Looks at the places of statements, and at what each follows.
fn links(
    statements: &BTreeMap<String, Statement>,
    by_hash: &BTreeMap<String, &String>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut places: BTreeMap<(&str, &str, u64), &String> = BTreeMap::new();
    for (file, statement) in statements {
        let own = &statement.predicate;
        let place = (&*own.signer.keyid, &*own.chain.id, own.chain.number);
        if let Some(other) = places.insert(place, file) {
            findings.push(Finding::Forked {
                file: file.clone(),
                other: other.clone(),
            });
        }
        let Some(hash) = &own.chain.previous else {
            // Only the first of a chain follows nothing.
            if own.chain.number > 0 {
                findings.push(Finding::Missing {
                    file: file.clone(),
                    previous: String::new(),
                });
            }
            continue;
        };
        let known = by_hash.get(hash);
        let known =
            known.and_then(|previous| Some((*previous, &statements.get(*previous)?.predicate)));
        let Some((previous, before)) = known else {
            findings.push(Finding::Missing {
                file: file.clone(),
                previous: hash.clone(),
            });
            continue;
        };
        let (file, previous) = (file.clone(), previous.clone());
        let follows = if own.chain.number == 0 {
            own.chain.id != before.chain.id
        } else {
            own.chain.id == before.chain.id
                && before.chain.number.checked_add(1) == Some(own.chain.number)
        };
        if own.signer != before.signer {
            findings.push(Finding::SignerChanged { file, previous });
        } else if !follows || own.ended_ms < before.ended_ms {
            findings.push(Finding::Reordered { file, previous });
        }
    }
    findings
}
