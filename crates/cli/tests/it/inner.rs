//! What a client of 2026-07-28 is asked while a run goes on: about what the run calls, and what runs within it call.

use crate::rounds::{Session, error, message_of, params, state_of, value, yes};
use rmcp::model::{CallToolResponse, InputRequiredResult};
use serde_json::{Value, json};
use std::time::Duration;

const POLICY: &str = "\
version: 1
agents:
  - name: agent
    allow: { tools: ['*'], read: ['**'], write: ['drafts/**'] }
    ask: { write: ['published/**'] }
flows:
  - path: flows/**
    callers: [agent]
    allow: { read: ['**'], tools: [write, run_flow] }
    ask: { write: ['published/**'] }
";

/// It says all the time how far it is, and makes two calls at once that a person is asked about.
const TWO: &str = "\
export default async (flow) => {
  let done = 0;
  const tells = setInterval(() => flow.progress(done += 1, 1000, 'meanwhile'), 10);
  const write = (name) => flow.call('write', { path: `published/${name}.md`, content: 'by a call\\n' })
    .then(() => 'written', (why) => why.message);
  const both = await Promise.all(['a', 'b'].map(write));
  clearInterval(tells);
  return both;
};
";

/// It has another run make the calls.
const OUTER: &str = "\
export default async (flow) => {
  const inner = { path: 'flows/two.flow.js', allowTools: ['write'] };
  const tells = setInterval(() => flow.progress(1, 2, 'meanwhile'), 10);
  const record = await flow.call('run_flow', inner);
  clearInterval(tells);
  return record.value;
};
";

/// How long a person takes to answer, while the run goes on.
const THINKING: Duration = Duration::from_millis(200);

async fn session() -> Session {
    let flows = [("flows/two.flow.js", TWO), ("flows/outer.flow.js", OUTER)];
    Session::with(POLICY, true, &flows).await
}

fn no(reason: &str) -> Value {
    json!({ "action": "accept", "content": { "approve": false, "reason": reason } })
}

/// Answers a question after a while. Gives the next one.
async fn next(
    session: &Session,
    (tool, input): (&str, &Value),
    asked: &InputRequiredResult,
    answer: Value,
) -> InputRequiredResult {
    tokio::time::sleep(THINKING).await;
    match session.again(tool, input, &state_of(asked), answer).await {
        CallToolResponse::InputRequired(asked) => asked,
        other => panic!("nobody was asked: {other:?}"),
    }
}

/// Each of two calls got its own answer: the first one was refused, and the second was approved.
async fn both_were_heard(session: Session, record: &Value) {
    let said = &record["value"];
    assert!(said[0].to_string().contains("not this one"), "{record}");
    assert_eq!(said[1], "written", "{record}");
    for (path, is_missing) in [("published/a.md", true), ("published/b.md", false)] {
        let stat = session.call("stat", json!({ "path": path })).await;
        assert_eq!(stat.is_error.unwrap_or_default(), is_missing, "{path}");
    }
    session.end().await;
}

#[tokio::test]
async fn two_calls_of_a_run_that_goes_on_meanwhile_both_get_their_answers() {
    let session = session().await;
    let run = json!({ "path": "flows/two.flow.js", "allowTools": ["write"] });
    let first = session.asked("run_flow", &run).await;
    assert!(message_of(&first).contains("published/a.md"));
    let call = ("run_flow", &run);
    let second = next(&session, call, &first, no("not this one")).await;
    assert!(message_of(&second).contains("published/b.md"));
    tokio::time::sleep(THINKING).await;
    let state = state_of(&second);
    let record = value(session.again("run_flow", &run, &state, yes()).await);
    both_were_heard(session, &record).await;
}

/// The question in place of a run's status, or its record when it is over.
async fn status(session: &Session, input: &Value) -> CallToolResponse {
    loop {
        match session.send(params("flow_status", input)).await {
            CallToolResponse::Complete(result) => {
                let record = result.structured_content.clone().expect("a value");
                let goes_on = ["queued", "running", "waiting"].map(Value::from);
                if !goes_on.contains(&record["status"]) {
                    return CallToolResponse::Complete(result);
                }
            }
            asked => return asked,
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_runs_within_a_run_is_asked_about_by_the_call_that_waits() {
    let session = session().await;
    let run = json!({ "path": "flows/outer.flow.js", "allowTools": ["run_flow"] });
    let first = session.asked("run_flow", &run).await;
    let call = ("run_flow", &run);
    let second = next(&session, call, &first, no("not this one")).await;
    tokio::time::sleep(THINKING).await;
    let state = state_of(&second);
    let record = value(session.again("run_flow", &run, &state, yes()).await);
    both_were_heard(session, &record).await;
}

#[tokio::test]
async fn what_runs_within_a_run_that_nobody_waits_for_is_asked_about_by_the_status_of_that() {
    let session = session().await;
    let input = json!({ "path": "flows/outer.flow.js", "allowTools": ["run_flow"], "wait": false });
    let started = session.call("run_flow", input).await;
    let run = json!({ "run": started.structured_content.expect("a value")["run"] });
    for (path, answer) in [("a.md", no("not this one")), ("b.md", yes())] {
        let CallToolResponse::InputRequired(asked) = status(&session, &run).await else {
            panic!("nobody was asked about {path}");
        };
        assert!(message_of(&asked).contains(path));
        tokio::time::sleep(THINKING).await;
        let state = state_of(&asked);
        session.again("flow_status", &run, &state, answer).await;
    }
    let record = value(status(&session, &run).await);
    both_were_heard(session, &record).await;
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_and_that_is_over_asks_nothing_more() {
    let session = session().await;
    let input = json!({ "path": "flows/outer.flow.js", "allowTools": ["run_flow"], "wait": false });
    let started = session.call("run_flow", input).await;
    let run = json!({ "run": started.structured_content.expect("a value")["run"] });
    let CallToolResponse::InputRequired(asked) = status(&session, &run).await else {
        panic!("nobody was asked");
    };
    session.call("flow_cancel", run.clone()).await;
    let record = loop {
        if let CallToolResponse::Complete(result) = status(&session, &run).await {
            break result.structured_content.expect("a value");
        }
    };
    assert_eq!(record["status"], "cancelled", "{record}");
    let state = state_of(&asked);
    let late = session.again("flow_status", &run, &state, yes()).await;
    assert_eq!(error(late)["code"], "STALE");
    session.end().await;
}
