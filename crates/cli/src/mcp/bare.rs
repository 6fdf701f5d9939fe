//! The bare contract, for programs that speak no MCP: a tool's input goes in, and its answer comes out.

use super::client::{Client, Way};
use super::http::answer;
use super::keyring::Caller;
use super::question::Question;
use super::{Heard, Server, closing, revoked};
use crate::home::now_ms;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_workbench::Notice;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

/// How many seconds who meets a full queue is told to wait. Nobody knows how long runs take; what waits is at most a hundred.
const RETRY_SECONDS: u32 = 1;

/// Calls a tool. A client that goes away cancels the run that it waits for, and so does the end of its key. It has no way to ask
/// its person, so that what the policy asks about waits for one at the local door, also of a run that it does not wait for.
pub async fn call(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    let input = match body.is_empty() {
        true => Ok(Value::Null),
        false => serde_json::from_slice(&body),
    };
    let input = match input {
        Ok(input) => input,
        Err(why) => {
            let why = format!("The body is no JSON: {why}.");
            return told(Err(ToolError::new(ErrorCode::InvalidInput, why)));
        }
    };
    let _going_on = server.going_on.read().await;
    let client = Client::of_key(&caller.who, Way::None);
    let (called, mut heard) = server.call(client.origin(), &name, input);
    let mut gone = Gone(Some(called));
    let answered = async {
        loop {
            match heard.recv().await {
                Some(Heard::Notice(notice)) => leave(&server, &client, &notice),
                Some(Heard::Answer(result)) => break result,
                None => break Err(closing()),
            }
        }
    };
    let result = tokio::select! {
        result = answered => {
            gone.0 = None;
            result
        }
        () = caller.revoked() => return told(Err(revoked())),
    };
    if result.is_ok() {
        tokio::spawn(watch(server.clone(), client, heard));
    }
    told(result)
}

/// Leaves what a run asks about that goes on behind the answer, until it is over.
async fn watch(server: Server, client: Client, mut heard: UnboundedReceiver<Heard>) {
    while let Some(heard) = heard.recv().await {
        if let Heard::Notice(notice) = heard {
            leave(&server, &client, &notice);
        }
    }
}

fn leave(server: &Server, client: &Client, notice: &Notice) {
    if let Some(question) = Question::of(notice, now_ms()) {
        server.leave(client, question);
    }
}

/// Cancels a call whose answer nobody waits for any more.
struct Gone(Option<selvage_host::Called>);

impl Drop for Gone {
    fn drop(&mut self) {
        if let Some(called) = self.0.take() {
            called.cancel();
        }
    }
}

fn told(result: ToolResult) -> Response {
    match result {
        Ok(value) => answer(StatusCode::OK, &json!({ "ok": true, "value": value })),
        Err(error) => {
            let status = match error.code {
                ErrorCode::NotFound | ErrorCode::UnknownTool => StatusCode::NOT_FOUND,
                ErrorCode::InvalidInput | ErrorCode::InvalidPath => StatusCode::BAD_REQUEST,
                ErrorCode::PolicyDenied | ErrorCode::ReadOnly => StatusCode::FORBIDDEN,
                ErrorCode::AlreadyExists | ErrorCode::Stale => StatusCode::CONFLICT,
                ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                ErrorCode::Busy | ErrorCode::ExecutorUnavailable => StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::Internal
                | ErrorCode::Damaged
                | ErrorCode::StorageFailed
                | ErrorCode::StorageFull => StatusCode::INTERNAL_SERVER_ERROR,
                // The call was carried out, and this is what came of it.
                _ => StatusCode::OK,
            };
            let answer = answer(status, &json!({ "ok": false, "error": error }));
            if status == StatusCode::SERVICE_UNAVAILABLE {
                return ([(header::RETRY_AFTER, RETRY_SECONDS.to_string())], answer)
                    .into_response();
            }
            answer
        }
    }
}
