//! What a client's person is shown is all that the answer is about; what can't be shown there is not approved there.

use crate::rounds::{POLICY, Session, error, message_of, params};
use serde_json::{Value, json};

async fn refused(session: &Session, write: &Value) {
    let refused = error(session.send(params("write", write)).await);
    assert_eq!(refused["code"], "POLICY_DENIED", "{refused}");
    let why = refused["message"].to_string();
    assert!(
        why.contains("can not show its person all of it") && why.contains("at a terminal"),
        "{why}"
    );
    let stat = session.call("stat", json!({ "path": write["path"] })).await;
    assert_eq!(stat.is_error, Some(true), "nothing was written");
}

#[tokio::test]
async fn what_has_no_difference_to_be_shown_is_refused_and_says_where_it_can_be_approved() {
    let session = Session::start(POLICY, true).await;
    let picture =
        json!({ "path": "published/a.png", "content": "iVBORw0KGgo=", "encoding": "base64" });
    refused(&session, &picture).await;
    let long = "a line of many\n".repeat(20_000);
    refused(
        &session,
        &json!({ "path": "published/long.txt", "content": long }),
    )
    .await;
    let waits = session.call("approval_list", json!({})).await;
    let waits = waits.structured_content.expect("a value");
    assert_eq!(waits["approvals"], json!([]), "nothing waits for an answer");
    session.end().await;
}

#[tokio::test]
async fn a_long_input_is_shown_to_its_end() {
    let policy = POLICY.replace("ask: { write", "ask: { tools: [search], write");
    let session = Session::start(&policy, true).await;
    let query = format!("{}\u{202e}the end", "x".repeat(3_000));
    let text = message_of(&session.asked("search", &json!({ "query": query })).await);
    assert!(text.contains("U+202Ethe end"), "{text}");
    assert!(
        text.contains("to be decided within ") && text.contains(" UTC: it is refused then"),
        "{text}"
    );
    let query = "x".repeat(65 * 1024);
    let refused = error(
        session
            .send(params("search", &json!({ "query": query })))
            .await,
    );
    assert_eq!(refused["code"], "POLICY_DENIED", "{refused}");
    session.end().await;
}
