//! The end of who comes to the door.

use super::{Answer, Request, own_user, place};
use crate::error::{CliError, Result};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use serde_json::Value;
use std::io::ErrorKind::{ConnectionRefused, InvalidInput, NotFound};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// The most bytes of an answer: more than all differences of all approvals that can wait, or a file in base64.
const ANSWER_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// How long an answer may take: a desk does one thing after the other, and some are long.
const WAIT_MAX: Duration = Duration::from_secs(120);

/// Calls one of the tools behind the door of a folder; nothing where nobody is behind it.
///
/// # Errors
/// The tool refused, or somebody else than this user is behind the door, or nobody answered.
pub fn call(folder: &Path, tool: &str, input: &Value) -> Result<Option<Value>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stream = match UnixStream::connect(place(folder)).await {
            Ok(stream) => stream,
            // A path that is too long for a door has none.
            Err(why) if matches!(why.kind(), NotFound | ConnectionRefused | InvalidInput) => {
                return Ok(None);
            }
            Err(why) => return Err(CliError::Door(why.to_string())),
        };
        if stream.peer_cred()?.uid() != own_user()? {
            return Err(CliError::Door("another user is behind it".into()));
        }
        let asked = timeout(WAIT_MAX, ask(stream, tool, input)).await;
        let late = |_| CliError::Door("nobody answered in time".into());
        Ok(Some(asked.map_err(late)???))
    })
}

async fn ask(mut stream: UnixStream, tool: &str, input: &Value) -> Result<ToolResult> {
    let (read, mut write) = stream.split();
    let request = Request {
        tool: tool.to_owned(),
        input: input.clone(),
    };
    let wrong = |why: serde_json::Error| ToolError::new(ErrorCode::Internal, why.to_string());
    let request = serde_json::to_string(&request).map_err(wrong)? + "\n";
    // Who is turned away has an answer, too.
    let _ = write.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let mut read = BufReader::new(read.take(ANSWER_BYTES_MAX));
    let told = read.read_until(b'\n', &mut answer).await;
    told.map_err(|why| CliError::Door(why.to_string()))?;
    let answer: Answer = serde_json::from_slice(&answer)
        .map_err(|_| CliError::Door("the program ended without an answer".into()))?;
    Ok(answer.into())
}
