//! The local door of a program that has a workspace open: how the same user of this machine answers what waits for a person there.
//!
//! **Problem.** What waits for a person lives in the engine that asks, and one program has a workspace open at a time. Where an
//! agent's client can't ask anybody, that program has nobody to ask either.
//!
//! **Shape.** A Unix socket in the workspace's own folder. A connection has one request, a line of JSON, and one answer, another
//! one. [`LocalDoor`] is the program's end of it, [`call`] the end of `selvage approvals`.
//!
//! *Invariants.* Only the user that the program runs as comes in, and is let through to [`TOOLS`] and nothing else. The door is open
//! while the workspace's lock is held, so that two programs never share one.

#[cfg(unix)]
mod reach;
#[cfg(unix)]
mod watch;

#[cfg(unix)]
pub use reach::call;
#[cfg(unix)]
pub use watch::LocalDoor;

use crate::out;
use selvage_host::Line;
use selvage_tool::{ToolError, ToolResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The tools behind the door.
const TOOLS: [&str; 3] = ["approval_list", "approval_read", "approval_decide"];

/// The socket's name in the workspace's folder.
const NAME: &str = "door.sock";

#[cfg(unix)]
/// The most bytes of a request: a reason is the longest part of one.
const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// What is asked at the door.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    tool: String,
    input: Value,
}

/// What is answered there, in the contract's form.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Answer {
    Value { ok: bool, value: Value },
    Error { ok: bool, error: ToolError },
}

impl From<ToolResult> for Answer {
    fn from(result: ToolResult) -> Self {
        match result {
            Ok(value) => Self::Value { ok: true, value },
            Err(error) => Self::Error { ok: false, error },
        }
    }
}

impl From<Answer> for ToolResult {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Value { value, .. } => Ok(value),
            Answer::Error { error, .. } => Err(error),
        }
    }
}

/// Opens the door of a folder to a desk that holds its lock. Where there can be none, the person is told why, and the program goes on
/// without.
pub fn open(folder: &Path, line: Line) -> Option<LocalDoor> {
    LocalDoor::open(folder, line)
        .inspect_err(|why| {
            out::say(&format!(
                "selvage: `selvage approvals` can't reach this program: {why}"
            ));
        })
        .ok()
}

/// Where the door of a workspace's folder is.
#[cfg(unix)]
fn place(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// The user that this program runs as: who is at one end of a socket is at the other end of a pair.
#[cfg(unix)]
fn own_user() -> std::io::Result<u32> {
    let (one, _other) = tokio::net::UnixStream::pair()?;
    Ok(one.peer_cred()?.uid())
}

/// Systems without sockets that have a place in a folder and know who is at the other end.
#[cfg(not(unix))]
mod none {
    use crate::error::Result;
    use selvage_host::Line;
    use serde_json::Value;
    use std::path::Path;

    /// There is none here.
    pub enum LocalDoor {}

    impl LocalDoor {
        /// Says that there is none.
        ///
        /// # Errors
        /// Always.
        pub fn open(_folder: &Path, _line: Line) -> std::io::Result<Self> {
            Err(std::io::ErrorKind::Unsupported.into())
        }
    }

    /// Nobody is reached.
    pub fn call(_folder: &Path, _tool: &str, _input: &Value) -> Result<Option<Value>> {
        Ok(None)
    }
}

#[cfg(not(unix))]
pub use none::{LocalDoor, call};

#[cfg(all(test, unix))]
mod tests;
