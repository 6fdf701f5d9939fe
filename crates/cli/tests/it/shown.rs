//! What a client's person is shown is all that the answer is about; what can't be shown there is approved at this machine.

use crate::approvals::{decide, waiting};
use crate::rounds::{POLICY, Session, error, message_of, params, value};
use rmcp::model::CallToolResponse;
use serde_json::{Value, json};
use tokio::task::block_in_place;

/// Makes a call that its client can't show whole, and decides about it at this machine; gives what was shown there, and the answer.
async fn at_this_machine(
    session: &Session,
    tool: &str,
    input: &Value,
    verb: &str,
) -> (String, CallToolResponse) {
    let folder = &session.folder;
    let person = async {
        block_in_place(|| {
            let one = waiting(folder);
            let name = one["approval"].as_str().expect("a name");
            let shown = folder.selvage(&["approvals", "show", name]).out;
            decide(folder, verb, &one, &["--yes"]);
            shown
        })
    };
    let (answer, shown) = tokio::join!(session.send(params(tool, input)), person);
    (shown, answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_difference_to_be_shown_waits_for_who_can_look_at_all_of_it() {
    let session = Session::start(POLICY, true).await;
    let picture =
        json!({ "path": "published/a.png", "content": "iVBORw0KGgo=", "encoding": "base64" });
    let (shown, answer) = at_this_machine(&session, "write", &picture, "approve").await;
    let dump = "all of published/a.png:\n00000000  89 50 4e 47";
    assert!(shown.contains(dump), "{shown}");
    assert_eq!(value(answer)["path"], "published/a.png");

    let long = "a line of many\n".repeat(20_000) + "the end\n";
    let long = json!({ "path": "published/long.txt", "content": long });
    let (shown, answer) = at_this_machine(&session, "write", &long, "deny").await;
    assert!(shown.contains("a line of many\nthe end\n"), "it is cut");
    assert_eq!(error(answer)["code"], "POLICY_DENIED");
    let stat = session.call("stat", json!({ "path": long["path"] })).await;
    assert_eq!(stat.is_error, Some(true), "nothing was written");
    session.end().await;
}

#[tokio::test(flavor = "multi_thread")]
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
    block_in_place(|| decide(&session.folder, "deny", &waiting(&session.folder), &[]));
    let query = json!({ "query": "x".repeat(65 * 1024) });
    let (shown, answer) = at_this_machine(&session, "search", &query, "deny").await;
    assert!(shown.contains(&"x".repeat(65 * 1024)), "it is cut");
    assert_eq!(error(answer)["code"], "POLICY_DENIED");
    session.end().await;
}
