//! The guest ABI: what crosses between an interpreter and the sandbox that holds it.
//!
//! A guest is a WebAssembly program for `wasm32-wasip1` (a reactor) that imports its memory as
//! `env.memory`, so that the host sets the maximum.
//!
//! It imports, besides a subset of `wasi_snapshot_preview1`:
//!
//! | import | meaning |
//! | --- | --- |
//! | `selvage.call(ptr, len) -> i32` | makes a [`HostCall`], a frame; gives the length of the answer's frame |
//! | `selvage.take(ptr)` | copies the answer of the last call to where the guest made room for it |
//! | `selvage.sleep(ms: f64)` | gives the time back to others for so long, or until the run must end; it counts on the clock and is no computing |
//! | `selvage.wait(ptr, len) -> i32` | makes a [`PendingCall`], a frame whose body is the call's, and waits where it stands; gives the length of the answer's frame, which `selvage.take` copies |
//! | `selvage.quota()` | never called by the guest's own code: the fuel pass calls it when `fuel` runs out |
//!
//! It exports, besides `_initialize`:
//!
//! | export | meaning |
//! | --- | --- |
//! | `selvage_alloc(len) -> ptr` | makes room for a frame; the guest frees it when it has read it |
//! | `selvage_warm()` | builds whatever every run needs, before there is a job |
//! | `selvage_start(ptr, len) -> i64` | takes a [`GuestJob`], gives a [`Progress`] |
//! | `selvage_resume(ptr, len) -> i64` | takes a [`Resume`], gives a [`Progress`] |
//! | `selvage_check(ptr, len) -> i64` | takes a [`Check`] with the source as body, gives a [`Checked`]; runs nothing |
//! | `selvage_fault() -> i32` | after a trap: 1 when memory could not grow, 2 when the program panicked, otherwise 0 |
//! | `fuel` (a mutable `i64` global) | made by the fuel pass: the turns left before the next `selvage.quota()` |
//!
//! A result is `pointer << 32 | length` of a frame in the guest's memory, valid until the next call.
//!
//! A *frame* is `header length (u32, little endian) | header (JSON) | body (bytes)`: see [`frame`] and [`unframe`].

use crate::error::{ErrorCode, ToolError};
use crate::reading::Reading;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version of this ABI. A guest refuses a job of another version.
pub const ABI: u32 = 1;

/// The most bytes that one frame may have, in either direction.
pub const FRAME_BYTES_MAX: usize = 256 * 1024 * 1024;

/// The most bytes that the variables of a run may have as JSON.
pub const VARIABLES_BYTES_MAX: usize = 256 * 1024;

/// How a flow is written, found by parsing and never by running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Shape {
    /// A plain script; the value of its last expression statement is the result.
    Script,
    /// An ES module with a default export, `async (flow) => result`.
    Module,
    /// A script or module with `setup(flow)` and `run(services)`.
    Setup,
    /// A script or module with `init(setup)` and `run(services)`.
    Init,
}

/// What a guest is to run. The files come through [`HostCall::Read`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuestJob {
    /// [`ABI`].
    pub abi: u32,
    /// The workspace path of the file to run.
    pub entry: String,
    /// The function of that file to call with the arguments, in a language whose files have several to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// How that file is written.
    pub shape: Shape,
    /// Whether the file is an ES module (`import`, `export`, top-level `await`).
    pub module: bool,
    /// What the caller passed, in the form of [values](self#values).
    pub args: serde_json::Value,
    /// Names and values that the caller passed.
    pub env: std::collections::BTreeMap<String, String>,
    /// The most nested calls.
    pub stack_calls_max: u64,
    /// The name of the run, which the flow sees as `flow.run`.
    pub run: String,
    /// When the run began, in milliseconds since 1970, for whoever need not look at the clock.
    pub began_ms: u64,
}

/// A call that the host answers at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum HostCall {
    /// Reads a file; the answer's body is its bytes.
    Read {
        /// The workspace path.
        path: String,
    },
    /// Writes a file, folders included; the call's body is its bytes.
    Write {
        /// The workspace path.
        path: String,
    },
    /// Lists a folder; the answer is an array of [`FileStat`].
    List {
        /// The workspace path.
        path: String,
    },
    /// Tells what is there; the answer is a [`FileStat`], or `null` where there is nothing.
    Stat {
        /// The workspace path.
        path: String,
    },
    /// Makes a folder and those above it.
    Mkdir {
        /// The workspace path.
        path: String,
    },
    /// Moves or renames.
    Move {
        /// The path now.
        from: String,
        /// The path afterwards.
        to: String,
    },
    /// Removes a file, or a folder with everything in it.
    Remove {
        /// The workspace path.
        path: String,
    },
    /// Writes a log entry; the call's body is its text.
    Log {
        /// How loud.
        level: LogLevel,
        /// Where it comes from: `console`, `flow` or `selvage`.
        source: String,
    },
    /// Tells how far the run is.
    Progress {
        /// Done so far.
        done: f64,
        /// Of how much, where that is known.
        total: Option<f64>,
        /// What is being done.
        label: Option<String>,
    },
    /// Names a workspace file as a product of the run.
    Artifact {
        /// The workspace path.
        path: String,
    },
    /// Tells, at its end, what the function that was called took and had: at most [`VARIABLES_BYTES_MAX`].
    Variables {
        /// By name.
        variables: serde_json::Map<String, serde_json::Value>,
    },
}

/// A call that the host answers later. The guest yields it and is resumed with the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PendingOp {
    /// A timer; the answer is `null`.
    Sleep {
        /// Milliseconds from now.
        ms: f64,
    },
    /// A fetch; the answer is a [`Fetched`] and its body.
    Fetch {
        /// The address.
        url: String,
        /// The HTTP method.
        method: String,
        /// Names and values.
        headers: Vec<(String, String)>,
    },
    /// A tool call; the answer is the tool's value.
    Tool {
        /// The tool's name.
        name: String,
        /// The tool's input.
        input: serde_json::Value,
    },
}

/// One yielded call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingCall {
    /// The guest's number for it, never used twice in a run.
    pub id: u32,
    /// What is asked.
    pub request: PendingOp,
    /// Where its body lies in the frame's body: start and length.
    pub body: Option<(usize, usize)>,
}

/// What a fetch gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fetched {
    /// The address after redirects.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// Its text.
    pub status_text: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Whether any redirect was followed.
    pub redirected: bool,
}

/// The answer to one yielded call; the frame's body is the answer's body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resume {
    /// The call's number.
    pub id: u32,
    /// Its answer.
    pub answer: Answer,
}

/// What the host answers to any call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// The call was done.
    Ok(serde_json::Value),
    /// It was not.
    Error(ToolError),
}

/// Where the guest is after `start` or `resume`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Progress {
    /// It waits. Only calls that were not yielded before are listed; `waiting` counts them all.
    Yielded {
        /// The new calls.
        calls: Vec<PendingCall>,
        /// How many calls are open, these included.
        waiting: u32,
    },
    /// It is done.
    Finished {
        /// How it ended.
        outcome: GuestOutcome,
    },
}

/// How the program ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GuestOutcome {
    /// With a result, in the form of values; `outputs` are what the seed's services set.
    Value(serde_json::Value),
    /// With a failure.
    Error(ToolError),
}

/// A source text to parse with the engine that would run it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// The workspace path, for messages.
    pub path: String,
    /// Whether to read it as an ES module.
    pub module: bool,
    /// Whether to lay it out, by a guest that can.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub format: bool,
}

/// What the engine's parser said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// The first error; `None` when the text parses.
    pub error: Option<ToolError>,
    /// What the text shows, where this guest reads that off.
    #[serde(default)]
    pub reading: Reading,
    /// The text laid out, where that was asked for; as it is, where it can't be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
}

impl Checked {
    /// The word of a parser alone.
    #[must_use]
    pub fn of(error: Option<ToolError>) -> Self {
        Self {
            error,
            ..Self::default()
        }
    }
}

/// What is known of a file or a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileStat {
    /// The workspace path.
    pub path: String,
    /// Its last part.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// Bytes; 0 for a folder.
    pub size: u64,
}

/// How loud a log entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum LogLevel {
    /// For whoever debugs the flow.
    Debug,
    /// What the flow tells.
    Info,
    /// Something is off.
    Warn,
    /// Something failed.
    Error,
}

/// Packs a header and a body.
///
/// # Panics
/// Never: the headers of this module always have a JSON form.
#[must_use]
pub fn frame<H: Serialize>(header: &H, body: &[u8]) -> Vec<u8> {
    let header = serde_json::to_vec(header).unwrap_or_default();
    let mut bytes = Vec::with_capacity(4 + header.len() + body.len());
    bytes.extend_from_slice(
        &u32::try_from(header.len())
            .unwrap_or(u32::MAX)
            .to_le_bytes(),
    );
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(body);
    bytes
}

/// Unpacks a frame.
///
/// # Errors
/// [`ErrorCode::GuestCrashed`] when the bytes are no frame with such a header: a guest that was
/// broken into can send anything.
pub fn unframe<H: DeserializeOwned>(bytes: &[u8]) -> Result<(H, &[u8]), ToolError> {
    let broken =
        |why: &str| ToolError::new(ErrorCode::GuestCrashed, format!("a frame is broken: {why}"));
    let (length, rest) = bytes
        .split_first_chunk::<4>()
        .ok_or_else(|| broken("no header length"))?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > rest.len() {
        return Err(broken("the header is longer than the frame"));
    }
    let (header, body) = rest.split_at(length);
    // As a text, which all JSON is read from here: one reader is less code than two.
    let header = std::str::from_utf8(header).map_err(|e| broken(&e.to_string()))?;
    let header = serde_json::from_str(header).map_err(|e| broken(&e.to_string()))?;
    Ok((header, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_as_it_went() {
        let call = HostCall::Move {
            from: "a".into(),
            to: "b".into(),
        };
        let bytes = frame(&call, b"body");
        let (back, body) = unframe::<HostCall>(&bytes).expect("a frame");
        assert_eq!((back, body), (call, &b"body"[..]));
    }

    #[test]
    fn a_broken_frame_is_an_error_and_never_a_panic() {
        for bytes in [
            &b""[..],
            b"\x01",
            b"\xff\xff\xff\xff{}",
            b"\x02\0\0\0{]",
            b"\x02\0\0\0{}",
        ] {
            let error = unframe::<HostCall>(bytes).expect_err("broken");
            assert_eq!(error.code, ErrorCode::GuestCrashed);
        }
    }
}
