//! How automerge-repo calls a document.

use std::fmt;

/// The ledger's name for automerge-repo: 16 bytes, written in base58 with a checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentId(pub [u8; 16]);

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = bs58::encode(self.0).with_check().into_string();
        f.write_str(&text)
    }
}

impl DocumentId {
    /// What `repo.find` takes.
    #[must_use]
    pub fn url(&self) -> String {
        format!("automerge:{self}")
    }
}
