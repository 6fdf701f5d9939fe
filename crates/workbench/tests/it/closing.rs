//! The host ends: nothing begins any more, and whatever had not ended leaves its record.

use crate::common::named::{WRITES, failed, named, named_of};
use crate::common::{Host, person};
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Origin, OriginKind};
use selvage_workbench::{Effect, Event};
use serde_json::{Value, json};

const POLICY: &str = "
version: 1
agents:
  - name: helper
    allow: { tools: ['*'], read: ['**'] }
    ask: { tools: [thin_history] }
flows:
  - path: 'flows/**'
    callers: [person]
    allow: { read: ['**'], write: ['out/**'] }
    ask: { write: ['published/**'], tools: [write] }
";

const PUBLISHES: &str =
    "export default async (flow) => { await flow.fs.write('published/a.md', 'x'); };\n";
const CALLS: &str =
    "export default async (flow) => { await flow.call('write', { path: 'x', content: 'y' }); };\n";
const PLAIN: &str = "export default async () => 1;\n";

/// A workspace whose rules have a person asked before some runs start, and before what others wrote lands.
fn ruled() -> Host {
    let mut host = Host::with_runner();
    host.who = person();
    for (path, content) in [
        ("flows/publishes.flow.js", PUBLISHES),
        ("flows/calls.flow.js", CALLS),
        ("flows/plain.flow.js", PLAIN),
        ("selvage.policy.yaml", POLICY),
    ] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    host
}

fn start(host: &mut Host, name: &str) -> u64 {
    let path = format!("flows/{name}.flow.js");
    host.start("run_flow", json!({ "path": path, "allowTools": ["write"] }))
}

fn cancelled() -> ToolError {
    ToolError::new(ErrorCode::Cancelled, "The run was cancelled.")
}

fn code(host: &mut Host, call: u64) -> ErrorCode {
    let answer = host.reply(call).expect("an answer");
    answer.expect_err("it did not succeed").code
}

/// How the runs ended that left a record.
fn ends(host: &mut Host) -> Vec<Value> {
    let listed = host.call("ls", json!({ "path": "runs", "recursive": true }));
    let entries = listed.map_or(json!([]), |listed| listed["entries"].clone());
    let paths = entries.as_array().expect("a list").iter();
    let records = paths.filter(|entry| entry["name"].to_string().contains(".json\""));
    let mut text = |entry: &Value| host.ok("read", json!({ "path": entry["path"] }));
    let records: Vec<Value> = records
        .map(|entry| {
            let read = text(entry);
            serde_json::from_str(read["content"].as_str().expect("a text")).expect("JSON")
        })
        .collect();
    records
        .iter()
        .map(|record| record["status"].clone())
        .collect()
}

#[test]
fn what_waits_is_over_with_a_record_and_no_run_begins_any_more() {
    let mut host = ruled();
    let lands = start(&mut host, "publishes");
    host.finish(Ok(json!(1)), &[("published/a.md", "x")]);
    let starts = start(&mut host, "calls");
    let goes_on = start(&mut host, "plain");
    let queued = start(&mut host, "plain");
    let waiting = host.ok("approval_list", json!({}))["approvals"].clone();
    assert_eq!(waiting.as_array().map(Vec::len), Some(2));
    assert_eq!((host.jobs.len(), ends(&mut host).len()), (1, 0));

    host.tell(Event::Closing);
    for call in [lands, starts, queued] {
        assert_eq!(code(&mut host, call), ErrorCode::Cancelled);
    }
    assert_eq!(
        ends(&mut host),
        [json!("cancelled"), json!("cancelled"), json!("cancelled")]
    );
    assert_eq!(host.ok("approval_list", json!({}))["approvals"], json!([]));
    let is_cancel = |effect: &Effect| matches!(effect, Effect::Cancel { runner: 1 });
    assert!(host.others.iter().any(is_cancel), "{:?}", host.others);
    assert!(
        host.reply(goes_on).is_none(),
        "it has a moment to end by itself"
    );

    host.finish(Err(cancelled()), &[]);
    assert_eq!(code(&mut host, goes_on), ErrorCode::Cancelled);
    let late = start(&mut host, "plain");
    assert_eq!(code(&mut host, late), ErrorCode::Cancelled);
    assert!(
        host.jobs.is_empty(),
        "its executor is free, and gets nothing"
    );
    assert_eq!(ends(&mut host).len(), 4);
    assert!(
        host.call("stat", json!({ "path": "published/a.md" }))
            .is_err()
    );
}

#[test]
fn a_run_that_does_not_end_by_itself_is_stopped_and_leaves_its_record_too() {
    let mut host = ruled();
    let call = start(&mut host, "plain");
    host.tell(Event::Closing);
    host.pass(500);
    let last = host.others.pop();
    assert!(
        matches!(last, Some(Effect::Terminate { runner: 1 })),
        "{last:?}"
    );
    assert_eq!(code(&mut host, call), ErrorCode::Cancelled);
    assert_eq!(ends(&mut host), [json!("cancelled")]);
}

#[test]
fn a_run_that_ends_now_and_would_be_asked_about_waits_for_nobody() {
    let mut host = ruled();
    let call = start(&mut host, "publishes");
    host.tell(Event::Closing);
    host.finish(Ok(json!(1)), &[("published/a.md", "x")]);
    assert_eq!(code(&mut host, call), ErrorCode::Cancelled);
    assert_eq!(ends(&mut host), [json!("cancelled")]);
    assert_eq!(host.ok("approval_list", json!({}))["approvals"], json!([]));
    assert!(
        host.call("stat", json!({ "path": "published/a.md" }))
            .is_err()
    );
}

#[test]
fn nothing_is_made_again_or_started_by_a_change_any_more() {
    let retry = json!({ "attempts": 3, "delayMs": 1_000 });
    let mut host = named(&json!({ "r": { "entry": "flows/a.flow.js", "retry": retry } }));
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    let waits = host.start("run_flow", json!({ "name": "r" }));
    host.finish(Err(failed()), &[]);
    let fails = host.start("run_flow", json!({ "name": "r" }));
    host.tell(Event::Closing);
    assert_eq!(code(&mut host, waits), ErrorCode::Cancelled);
    host.finish(Err(failed()), &[]);
    assert_eq!(code(&mut host, fails), ErrorCode::RuntimeException);
    host.pass(100_000);
    assert!(host.jobs.is_empty());
    assert_eq!(ends(&mut host).len(), 2, "each attempt that was made");

    let triggers = json!([{ "on": "change", "paths": ["data/**"] }]);
    let mut host = named_of(
        WRITES,
        &json!({ "r": { "entry": "flows/a.flow.js", "triggers": triggers } }),
    );
    host.ok("write", json!({ "path": "data/x.csv", "content": "1" }));
    host.tell(Event::Closing);
    host.pass(500);
    assert!(host.jobs.is_empty());
}

#[test]
fn decisions_are_kept_at_once() {
    let mut host = ruled();
    let kept = |host: &mut Host| {
        let who = std::mem::replace(&mut host.who, person());
        let listed = host.call("ls", json!({ "path": "runs/decisions" }));
        let mut text = String::new();
        if let Ok(listed) = listed {
            let path = listed["entries"][0]["path"].clone();
            let read = host.ok("read", json!({ "path": path }));
            text = read["content"].as_str().expect("a text").to_owned();
        }
        host.who = who;
        text.matches("\"denied\"").count()
    };
    host.who = Origin::new(OriginKind::Agent, "helper");
    let write = |host: &mut Host| host.call("write", json!({ "path": "x.md", "content": "x" }));
    write(&mut host).expect_err("denied");
    assert_eq!(kept(&mut host), 0, "they are kept together");
    host.tell(Event::Closing);
    assert_eq!(kept(&mut host), 1);
    write(&mut host).expect_err("denied");
    assert_eq!(kept(&mut host), 2, "who is denied something now, too");
}

/// What became of requests, the oldest first: of each its verdict and its reason.
fn verdicts(decisions: &Value) -> Vec<(String, String)> {
    let word = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let asked = decisions.as_array().into_iter().flatten();
    let asked = asked.filter(|one| one["digest"].is_string());
    asked
        .map(|one| (word(one, "verdict"), word(one, "reason")))
        .collect()
}

#[test]
fn a_request_that_nobody_can_answer_any_more_is_recorded_as_expired() {
    let expired = |why: &str| ("expired".to_owned(), why.to_owned());
    let mut host = ruled();
    host.now_ms += 1;
    let call = start(&mut host, "calls");
    let listed = host.ok("approval_list", json!({}));
    let run = listed["approvals"][0]["run"].clone();
    host.ok("flow_cancel", json!({ "run": run }));
    assert_eq!(code(&mut host, call), ErrorCode::Cancelled);
    let record = host.ok("flow_status", json!({ "run": run }));
    let noted = verdicts(&record["decisions"]);
    assert_eq!(noted.last(), Some(&expired("the run is over")), "{noted:?}");
    let decided = host.ok("approval_list", json!({}))["decided"].clone();
    assert_eq!(verdicts(&decided)[0], expired("the run is over"));

    // One of a run and one of an agent's own call are there when the program ends.
    let lands = start(&mut host, "publishes");
    host.finish(Ok(json!(1)), &[("published/a.md", "x")]);
    host.who = Origin::new(OriginKind::Agent, "helper");
    let own = host.start("thin_history", json!({}));
    host.who = person();
    let waiting = host.ok("approval_list", json!({}))["approvals"].clone();
    assert_eq!(waiting.as_array().map(Vec::len), Some(2));
    host.tell(Event::Closing);
    assert_eq!(code(&mut host, lands), ErrorCode::Cancelled);
    assert_eq!(code(&mut host, own), ErrorCode::Cancelled);
    let listed = host.ok("approval_list", json!({}));
    assert_eq!(listed["approvals"], json!([]));
    let ended = verdicts(&listed["decided"]);
    assert!(
        ended.contains(&expired("the program is ending")),
        "{ended:?}"
    );
    let days = host.ok("ls", json!({ "path": "runs/decisions" }));
    let day = host.ok("read", json!({ "path": days["entries"][0]["path"] }));
    let kept = day["content"]
        .as_str()
        .expect("lines")
        .matches("\"expired\"");
    assert_eq!(kept.count(), 3, "{day}");
}

#[test]
fn what_was_decided_before_the_workspace_was_opened_is_listed_too() {
    let mut host = ruled();
    host.now_ms += 1;
    start(&mut host, "calls");
    let listed = host.ok("approval_list", json!({}));
    let approval = &listed["approvals"][0];
    let input = json!({
        "approval": approval["approval"], "digest": approval["digest"], "allow": false, "reason": "no",
    });
    host.ok("approval_decide", input);
    host.tell(Event::Closing);
    let decided = host.ok("approval_list", json!({}))["decided"].clone();
    let days = host.ok("ls", json!({ "path": "runs/decisions" }));
    let day = days["entries"][0]["path"].clone();
    let lines = host.ok("read", json!({ "path": day }))["content"].clone();

    let mut later = Host::with_runner();
    later.who = person();
    later.now_ms = host.now_ms + 1;
    let strange =
        json!({ "atMs": 1, "who": "x", "what": "x", "verdict": "unheard of", "reason": "x" });
    let lines = format!(
        "no decision\n{}{strange}\n{{}}",
        lines.as_str().expect("lines")
    );
    later.ok("write", json!({ "path": day, "content": lines }));
    let listed = later.ok("approval_list", json!({}));
    assert_eq!(listed["decided"], decided);
    assert!(verdicts(&decided).contains(&("refused".to_owned(), "no".to_owned())));
    later.who = Origin::new(OriginKind::Agent, "helper");
    let told = later.ok("approval_list", json!({}));
    assert_eq!(told["decided"], json!([]), "what is told to others");
}
