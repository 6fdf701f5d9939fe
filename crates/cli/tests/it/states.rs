//! The `requestState` of a question: whatever is not as it came, or not for this call, is refused, and what waits goes on waiting.

use crate::rounds::{POLICY, Session, error, params, state_of, value, yes};
use rmcp::model::{CallToolResponse, InputResponses};
use serde_json::{Value, json};

/// A call that waits, and the state that it gave.
async fn waiting() -> (Session, Value, String) {
    let session = Session::start(POLICY, true).await;
    let write = json!({ "path": "published/a.md", "content": "one\n" });
    let state = state_of(&session.asked("write", &write).await);
    (session, write, state)
}

/// It is refused with a code, nothing was written by that, and who has the state as it came can still answer.
async fn refused(
    session: Session,
    write: &Value,
    state: &str,
    response: CallToolResponse,
) -> Value {
    let error = error(response);
    let stat = session
        .call("stat", json!({ "path": "published/a.md" }))
        .await;
    assert_eq!(stat.is_error, Some(true), "nothing was written");
    value(session.again("write", write, state, yes()).await);
    session.end().await;
    error["code"].clone()
}

#[tokio::test]
async fn a_state_that_somebody_made_up_is_refused() {
    let (session, write, state) = waiting().await;
    let forged = "rs1.AAAAAAAAAAB7fQ.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let response = session.again("write", &write, forged, yes()).await;
    assert_eq!(
        refused(session, &write, &state, response).await,
        "INVALID_INPUT"
    );
}

#[tokio::test]
async fn a_state_that_was_altered_is_refused() {
    let (session, write, state) = waiting().await;
    let at = state.len() / 2;
    let other = if &state[at..=at] == "A" { "B" } else { "A" };
    let altered = format!("{}{other}{}", &state[..at], &state[at + 1..]);
    let response = session.again("write", &write, &altered, yes()).await;
    assert_eq!(
        refused(session, &write, &state, response).await,
        "INVALID_INPUT"
    );
}

#[tokio::test]
async fn a_state_with_other_arguments_is_refused() {
    let (session, write, state) = waiting().await;
    let other = json!({ "path": "published/a.md", "content": "evil\n" });
    let response = session.again("write", &other, &state, yes()).await;
    assert_eq!(
        refused(session, &write, &state, response).await,
        "INVALID_INPUT"
    );
}

#[tokio::test]
async fn a_state_for_another_tool_is_refused() {
    let (session, write, state) = waiting().await;
    let response = session.again("apply_patch", &write, &state, yes()).await;
    assert_eq!(
        refused(session, &write, &state, response).await,
        "INVALID_INPUT"
    );
}

#[tokio::test]
async fn an_answer_without_a_state_is_refused() {
    let (session, write, state) = waiting().await;
    let mut bare = params("write", &write);
    bare.input_responses = Some(InputResponses::from([("person".into(), yes())]));
    let response = session.send(bare).await;
    assert_eq!(
        refused(session, &write, &state, response).await,
        "INVALID_INPUT"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_form_is_refused_and_one_that_is_missing_is_asked_again() {
    let (session, write, state) = waiting().await;
    let mut missing = params("write", &write);
    missing.request_state = Some(state.clone());
    let CallToolResponse::InputRequired(again) = session.send(missing).await else {
        panic!("it is asked again");
    };
    assert!(again.input_requests.is_some());
    let response = session
        .again("write", &write, &state, json!({ "action": "perhaps" }))
        .await;
    assert_eq!(
        refused(session, &write, &state, response).await,
        "INVALID_INPUT"
    );
}

#[tokio::test]
async fn a_state_serves_once() {
    let (session, write, state) = waiting().await;
    value(session.again("write", &write, &state, yes()).await);
    let replayed = error(session.again("write", &write, &state, yes()).await);
    assert_eq!(replayed["code"], "STALE");
    assert!(replayed["hint"].is_string(), "{replayed}");
    session.end().await;
}

#[tokio::test]
async fn a_state_of_a_program_that_ended_is_refused() {
    let (session, write, state) = waiting().await;
    session.end().await;
    let (session, write_again, own) = waiting().await;
    assert_eq!(write, write_again);
    let response = session.again("write", &write, &state, yes()).await;
    assert_eq!(
        refused(session, &write, &own, response).await,
        "INVALID_INPUT"
    );
}
