//! A device's secrets: sealed under a passphrase, put into requests, and taken out of answers.
//!
//! **Problem.** Flows need keys of other people's services. What a flow has, it can give away: in a log, a file's name, an error, a request to
//! somebody else. So a run never has a secret. It has a placeholder, and the host that performs its requests puts the value in.
//!
//! **Shape.** A [`Vault`] is the list of secrets, open; [`Vault::seal`] makes the file that a device keeps, and [`Vault::open`] reads it.
//! Each secret says which domains it may go to, which nothing in a workspace can widen. [`Vault::dress`] gives a request with values in place of
//! placeholders, and [`Vault::redact`] takes whatever a server sent back of them out of its answer.
//!
//! **Control loop.** `selvage` natively and the kernel Worker in a browser hold a vault while it is unlocked, and pass each request of a run
//! that has secrets through both. The engine decides whether a run may have a secret at all; this crate, where it may go.
//!
//! ```
//! use selvage_secrets::{Derivation, Place, Reference, Request, Vault};
//!
//! let mut vault = Vault::new("correct horse battery", Derivation::fast([7; 16]))?;
//! vault.put("billing", "sk_live_7f3a9c", &["api.example.com".into()], &[Place::Header])?;
//! let reference = Reference { placeholder: "secret-0123".into(), name: "billing".into() };
//! let request = Request {
//!     url: "https://api.example.com/invoices".into(),
//!     headers: vec![("authorization".into(), "Bearer secret-0123".into())],
//!     body: Vec::new(),
//! };
//! let dressed = vault.dress(&request, &[reference])?;
//! assert_eq!(dressed.request.headers[0].1, "Bearer sk_live_7f3a9c");
//! # Ok::<(), selvage_secrets::SecretsError>(())
//! ```
//!
//! *Invariants.* No clock, no randomness and no disk: salts and nonces are arguments. No `Debug`, error or message holds a value. A value goes to a
//! domain of its own list, over TLS or to this machine, into the parts of a request that it may stand in, and never into a host's name.

mod dress;
mod redact;
mod vault;

pub use dress::{Dressed, Reference, Request};
pub use vault::{Derivation, Listed, Place, Vault};

use selvage_tool::{ErrorCode, ToolError};

/// The most secrets of a device.
pub const SECRETS_MAX: usize = 200;

/// The most bytes of a secret's name.
pub const NAME_BYTES_MAX: usize = 64;

/// The fewest bytes of a secret: a shorter one stands in answers by chance.
pub const SECRET_BYTES_MIN: usize = 8;

/// The most bytes of a secret.
pub const SECRET_BYTES_MAX: usize = 4_096;

/// How often one secret may stand in each part of a request.
pub const PLACEMENTS_MAX: usize = 64;

/// The most domains of one secret.
pub const DOMAINS_MAX: usize = 20;

/// The fewest characters of a passphrase (NIST SP 800-63B, 5.1.1).
pub const PASSPHRASE_CHARS_MIN: usize = 8;

/// The most bytes of a passphrase.
pub const PASSPHRASE_BYTES_MAX: usize = 1_024;

/// The most bytes of a sealed file.
pub const FILE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Why something can't be done with secrets. None of them tells a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
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
    /// A secret's name, value or domain that can't be one.
    #[error("{0}")]
    Unfit(String),
    /// The passphrase is too short.
    #[error("a passphrase has at least {PASSPHRASE_CHARS_MIN} characters")]
    ShortPassphrase,
    /// The passphrase is another one, or the file was changed: which of them, nobody can tell.
    #[error("the passphrase is another one, or the file of secrets was changed")]
    WrongPassphrase,
    /// The file is none of this crate's, or of a later version.
    #[error("this is no file of secrets that can be read here: {0}")]
    NoVault(String),
    /// There is no secret of that name.
    #[error("this device has no secret `{0}`")]
    Unknown(String),
    /// The secret may not go there.
    #[error("the secret `{name}` may not go to `{domain}`")]
    OtherDomain {
        /// The secret.
        name: String,
        /// Where the request goes.
        domain: String,
    },
    /// The secret would cross a network that others can read.
    #[error("the secret `{0}` goes over https alone")]
    Unprotected(String),
    /// The secret stands where a server's name, a method or a header's name is, or in a part of the request that it may not stand in.
    #[error("the secret `{0}` may not stand there in a request")]
    Misplaced(String),
}

impl SecretsError {
    /// As the fetch of a run fails with it.
    #[must_use]
    pub fn as_tool_error(&self) -> ToolError {
        let (code, hint) = match self {
            Self::OtherDomain { .. } | Self::Unprotected(_) | Self::Misplaced(_) => (
                ErrorCode::PolicyDenied,
                "A person says on the device itself where each secret may go, and in which part of a request.",
            ),
            _ => (
                ErrorCode::FetchFailed,
                "A person keeps secrets on the device: under Secrets in the page, or by `selvage secrets set`.",
            ),
        };
        let mut message = format!("{self}.");
        message[..1].make_ascii_uppercase();
        ToolError::new(code, message).hint(hint)
    }
}

/// What a call of this crate gives.
pub type Result<T, E = SecretsError> = std::result::Result<T, E>;

fn within(limit: &'static str, size: usize, max: usize) -> Result<()> {
    match size > max {
        true => Err(SecretsError::TooLarge { limit, size, max }),
        false => Ok(()),
    }
}
