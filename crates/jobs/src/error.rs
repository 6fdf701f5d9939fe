//! Why the server refuses, and why there is none.

use crate::message::ID_BYTES_MAX;
use selvage_tool::{ErrorCode, ToolError};

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// Nobody who may run jobs here has that key.
    #[error("this key is not known here")]
    Key,
    /// The key is known, and not for jobs.
    #[error("this key is not for running jobs")]
    Forbidden,
    /// The key asks for too many jobs; it may go on after so many seconds.
    #[error("this key asks for too many jobs")]
    TooOften(u64),
    /// The job waited for too long.
    #[error("no place became free for the job in time")]
    Late,
    /// The client of the job is gone.
    #[error("nobody has listened to the job for a while")]
    Alone,
    /// There is no such job of this key, or none any more.
    #[error("there is no such job")]
    NoJob,
    /// There is no such blob of this key, or none any more.
    #[error("there is no such blob")]
    NoBlob,
    /// The name of a job can't be used.
    #[error("a job's name has 1 to {ID_BYTES_MAX} letters, digits, `-` or `_`")]
    Name,
    /// The same name was given to another job.
    #[error("this name belongs to another job")]
    Taken,
    /// What came is not what the protocol says.
    #[error("the message is broken: {0}")]
    Message(String),
    /// The bytes are not those of the hash, or that is no hash.
    #[error("the bytes do not have this hash")]
    Hash,
    /// The body is too large, or all the files of a job are.
    #[error("there are more than {0} bytes, which is the most")]
    TooLarge(usize),
    /// The job names a blob that was not sent.
    #[error("the job needs the blob {0}, which is not here")]
    Missing(String),
    /// There is no room: the queue is full, or the key has as many jobs or bytes here as it may.
    #[error("there is no room: {0}")]
    Full(&'static str),
    /// The server stops.
    #[error("the server stops")]
    Stopping,
    /// The address of a server can't be used.
    #[error("{address:?} is no address of a server: {why}")]
    Address {
        /// The address.
        address: String,
        /// Why.
        why: &'static str,
    },
    /// The body did not come in time.
    #[error("the body did not come in time")]
    Slow,
    /// The system gave no thread.
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
}

impl JobsError {
    /// The failure as callers of tools know it.
    #[must_use]
    pub fn failure(&self) -> ToolError {
        let code = match self {
            Self::Key | Self::Forbidden => ErrorCode::PolicyDenied,
            Self::NoJob | Self::NoBlob | Self::Missing(_) => ErrorCode::NotFound,
            Self::Taken => ErrorCode::AlreadyExists,
            Self::TooLarge(_) => ErrorCode::TooLarge,
            Self::Full(_)
            | Self::Stopping
            | Self::TooOften(_)
            | Self::Late
            | Self::Alone
            | Self::Slow => ErrorCode::ExecutorUnavailable,
            Self::Name | Self::Message(_) | Self::Hash | Self::Address { .. } => {
                ErrorCode::InvalidInput
            }
            Self::System(_) => ErrorCode::Internal,
        };
        let hint = match self {
            Self::Full(_) | Self::Stopping | Self::TooOften(_) | Self::Late => "Ask again later.",
            Self::Key | Self::Forbidden => {
                "Ask whoever runs the server for a key that may run jobs."
            }
            Self::NoJob => {
                "A server that was started anew knows no job of before. Nothing of the run landed: run the flow again."
            }
            Self::Missing(_) => "Send the blob, then the job.",
            _ => "",
        };
        let error = ToolError::new(code, format!("{self}."));
        if hint.is_empty() {
            error
        } else {
            error.hint(hint)
        }
    }

    /// The status of an HTTP answer that says so.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Key => 401,
            Self::Forbidden => 403,
            Self::Slow => 408,
            Self::NoJob | Self::NoBlob => 404,
            Self::Taken => 409,
            Self::Missing(_) => 412,
            Self::TooLarge(_) => 413,
            Self::Full(_) | Self::TooOften(_) => 429,
            Self::Stopping | Self::Late | Self::Alone => 503,
            Self::Name | Self::Message(_) | Self::Hash | Self::Address { .. } => 400,
            Self::System(_) => 500,
        }
    }
}
