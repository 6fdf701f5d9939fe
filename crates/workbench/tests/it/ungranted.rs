//! A policy that has a person asked about what none of its rules names.

use crate::common::Host;
use selvage_tool::{ErrorCode, ToolResult};
use serde_json::{Value, json};

const POLICY: &str = "
version: 1
ungranted: ask
agents:
  - name: '*'
    allow: { tools: [write, read, ls, search, run_flow, approval_list], read: ['**'], write: ['drafts/**'] }
    deny: { write: ['locked/**'], read: ['locked/**'] }
flows:
  - path: 'flows/ruled.flow.js'
    allow: { read: ['data/**'], write: ['out/**'], net: [api.good.org] }
    deny: { net: [bad.org] }
";

fn host() -> Host {
    let mut host = Host::with_runner();
    host.as_person(|host| {
        for (path, content) in [
            ("data/a.csv", "1"),
            ("locked/a.txt", "locked"),
            ("notes/a.txt", "as it was\n"),
            ("selvage.policy.yaml", POLICY),
        ] {
            host.ok("write", json!({ "path": path, "content": content }));
        }
    });
    host
}

/// What waits for a person.
fn waiting(host: &mut Host) -> Vec<Value> {
    let listed = host.as_person(|host| host.ok("approval_list", json!({})));
    listed["approvals"].as_array().expect("a list").clone()
}

/// What the one thing that waits is said to do.
fn risks(host: &mut Host) -> Vec<String> {
    let waiting = waiting(host);
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    serde_json::from_value(waiting[0]["risks"].clone()).expect("texts")
}

fn approve(host: &mut Host) {
    let approval = waiting(host).remove(0);
    let input =
        json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": true });
    host.as_person(|host| host.ok("approval_decide", input));
}

fn denied(answer: Option<ToolResult>) -> String {
    let error = answer.expect("an answer").expect_err("denied");
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    error.message
}

fn flow(host: &mut Host, name: &str) -> String {
    let path = format!("flows/{name}.flow.js");
    let content = "export default async (flow) => { await fetch(flow.args.url); await flow.fs.write(flow.args.to, await flow.fs.read('data/a.csv')); };\n";
    host.as_person(|host| host.ok("write", json!({ "path": path, "content": content })));
    path
}

#[test]
fn a_write_that_no_rule_names_waits_for_a_person_and_one_that_is_denied_does_not() {
    let mut host = host();
    let call = host.start(
        "write",
        json!({ "path": "notes/a.txt", "content": "new\n" }),
    );
    assert!(host.reply(call).is_none());
    let asked = &waiting(&mut host)[0];
    assert_eq!(asked["reason"], "no rule names it");
    assert_eq!(asked["changes"][0]["path"], "notes/a.txt");
    approve(&mut host);
    host.reply(call).expect("an answer").expect("written");
    let read = host.ok("read", json!({ "path": "notes/a.txt" }));
    assert_eq!(read["content"], "new\n");
    let call = host.start("write", json!({ "path": "locked/a.txt", "content": "" }));
    denied(host.reply(call));
    host.ok("write", json!({ "path": "drafts/a.txt", "content": "" }));
    assert_eq!(waiting(&mut host), [] as [Value; 0]);
}

#[test]
fn a_tool_that_no_rule_names_waits_for_a_person() {
    let mut host = host();
    let call = host.start("flow_list", json!({}));
    assert!(host.reply(call).is_none());
    approve(&mut host);
    host.reply(call).expect("an answer").expect("a list");
}

#[test]
fn a_run_is_asked_about_what_no_rule_about_its_flow_names_and_denied_what_one_denies() {
    let mut host = host();
    let path = flow(&mut host, "ruled");
    let net = json!(["api.good.org", "elsewhere.org", "bad.org"]);
    let grant = json!({ "read": ["data/**"], "write": ["**"], "net": net });
    let call = host.start("run_flow", json!({ "path": path, "grant": grant }));
    assert_eq!(risks(&mut host), ["fetch from elsewhere.org"]);
    assert!(host.jobs.is_empty());
    approve(&mut host);
    assert_eq!(host.jobs.len(), 1);
    host.finish(Ok(json!(1)), &[("out/a.txt", "a"), ("notes/b.txt", "b")]);
    assert!(host.reply(call).is_none());
    assert_eq!(waiting(&mut host)[0]["reason"], "no rule names it");
    approve(&mut host);
    let record = host.reply(call).expect("an answer").expect("a record");
    assert_eq!(record["status"], "succeeded");
}

#[test]
fn a_run_of_a_flow_that_no_rule_is_about_waits_with_all_that_it_would_touch() {
    let mut host = host();
    let path = flow(&mut host, "other");
    let grant = json!({ "read": ["data/**"], "write": ["out/**"], "net": ["elsewhere.org"] });
    let call = host.start("run_flow", json!({ "path": path, "grant": grant }));
    let risks = risks(&mut host);
    assert_eq!(risks[0], "run a flow that no rule is about");
    assert_eq!(risks[1..], ["fetch from elsewhere.org", "read data/a.csv"]);
    assert!(host.jobs.is_empty() && host.reply(call).is_none());
}

#[test]
fn what_would_be_allowed_by_waiting_alone_is_no_policy() {
    let mut host = host();
    let open = POLICY.replace("agents:", "approvals: { onExpiry: allow }\nagents:");
    let input = json!({ "path": "selvage.policy.yaml", "content": open });
    let error = host
        .as_person(|host| host.call("write", input))
        .expect_err("refused");
    assert_eq!((error.code, error.line), (ErrorCode::InvalidInput, Some(4)));
    assert!(error.message.contains("`onExpiry` is `deny`"), "{error:?}");
}
