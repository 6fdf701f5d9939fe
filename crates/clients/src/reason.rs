//! Why a session ends.

use selvage_vfs::{Refusal, VfsError};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The bytes are no message of the protocol, or it does not fit now.
    #[error("this is not a message of the protocol: {0}")]
    Protocol(&'static str),
    /// The workspace refuses what the client made.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The request does not hold the token.
    #[error("the token is not the one of this workspace")]
    Token,
    /// The workspace is shared, and this host is none of its owners.
    #[error("only an owner's device opens a workspace to clients")]
    NotOwner,
    /// There is no text file of that name.
    #[error("there is no text file of this name")]
    NoFile,
    /// All places are taken.
    #[error("too many clients")]
    Full,
    /// The client does not take what it is sent.
    #[error("the client is too slow")]
    Slow,
    /// The workspace could not be read or written.
    #[error("the workspace could not be read or written")]
    Storage,
    /// The host stops.
    #[error("the host stops")]
    Stopping,
}

impl Reason {
    /// The WebSocket close code. `y-websocket` comes again after any but 4400 to 4499, where that
    /// can't help.
    #[must_use]
    pub fn close_code(&self) -> u16 {
        match self {
            Self::Protocol(_) | Self::Refused(_) => 4400,
            Self::Token | Self::NotOwner => 4403,
            Self::NoFile => 4404,
            Self::Full | Self::Slow => 4503,
            Self::Storage => 4500,
            Self::Stopping => 1001,
        }
    }
}

impl From<Refusal> for Reason {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<VfsError> for Reason {
    fn from(error: VfsError) -> Self {
        match error {
            VfsError::NotFound { .. }
            | VfsError::NotAFile { .. }
            | VfsError::NotAFolder { .. }
            | VfsError::NotText { .. }
            | VfsError::InvalidPath { .. } => Self::NoFile,
            _ => Self::Storage,
        }
    }
}
