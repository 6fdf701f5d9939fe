//! The policy file: what agents and runs may do, what a person is asked, and what is recorded of it.

use crate::common::{Host, person, write_op};
use selvage_tool::{ErrorCode, ToolResult};
use selvage_vfs::{Origin, OriginKind};
use serde_json::{Value, json};

const POLICY: &str = "
version: 1
agents:
  - name: 'writer*'
    allow:
      tools: ['*']
      read: ['**']
      write: ['drafts/**', 'data/**', 'flows/**']
    ask:
      write: ['published/**']
      tools: [delete]
    deny:
      read: ['private/**']
      write: ['private/**', 'data/locked/**']
flows:
  - path: 'flows/**'
    callers: [person, 'writer*']
    allow:
      read: ['data/**', 'flows/**']
      write: ['out/**']
      net: ['api.example.com', '*.good.org']
      tools: [read, ls]
    ask:
      write: ['published/**']
      tools: [write]
    deny:
      read: ['data/locked/**']
      net: [bad.good.org]
      write: ['out/locked/**']
    limits: { cpuMsMax: 500 }
approvals: { expiresMinutes: 5 }
";

fn agent(name: &str) -> Origin {
    Origin::new(OriginKind::Agent, name)
}

/// A workspace with a policy and some files, in which an agent calls.
fn ruled() -> Host {
    let mut host = Host::with_runner();
    host.who = person();
    for (path, content) in [
        ("drafts/a.md", "draft\n"),
        ("published/a.md", "one\ntwo\n"),
        ("private/key.txt", "s3cret\n"),
        ("data/in.csv", "a,b\n"),
        ("data/locked/x.csv", "locked\n"),
        ("selvage.policy.yaml", POLICY),
    ] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    host.who = agent("writer 1");
    host
}

fn code(result: ToolResult) -> ErrorCode {
    result.expect_err("it was let through").code
}

/// What waits for a person.
fn asked(host: &mut Host) -> Value {
    let who = std::mem::replace(&mut host.who, person());
    let listed = host.ok("approval_list", json!({}));
    host.who = who;
    listed["approvals"][0].clone()
}

/// A person answers what waits.
fn answer(host: &mut Host, approval: &Value, allow: bool) -> ToolResult {
    let who = std::mem::replace(&mut host.who, person());
    let decided = host.call(
        "approval_decide",
        json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": allow, "reason": "because" }),
    );
    host.who = who;
    decided
}

fn content(host: &mut Host, path: &str) -> Option<String> {
    let who = std::mem::replace(&mut host.who, person());
    let read = host.call("read", json!({ "path": path }));
    host.who = who;
    read.ok()
        .and_then(|read| read["content"].as_str().map(str::to_owned))
}

#[test]
fn an_agent_does_what_its_rules_allow_and_no_more() {
    let mut host = ruled();
    host.ok("write", json!({ "path": "drafts/b.md", "content": "x" }));
    assert_eq!(
        code(host.call("write", json!({ "path": "other.md", "content": "x" }))),
        ErrorCode::PolicyDenied
    );
    assert_eq!(
        code(host.call("read", json!({ "path": "private/key.txt" }))),
        ErrorCode::PolicyDenied
    );
    let listed = host.ok("ls", json!({ "path": "", "recursive": true }));
    let names = listed.to_string();
    assert!(
        names.contains("drafts/b.md") && !names.contains("private/key.txt"),
        "{names}"
    );
    let found = host.ok("search", json!({ "query": "s3cret" }));
    assert_eq!(found["matches"], json!([]));

    host.who = agent("stranger");
    for (tool, input) in [
        ("ls", json!({})),
        ("read", json!({ "path": "drafts/a.md" })),
        ("workspace_status", json!({})),
    ] {
        assert_eq!(
            code(host.call(tool, input)),
            ErrorCode::PolicyDenied,
            "{tool}"
        );
    }
    host.who = person();
    host.ok(
        "write",
        json!({ "path": "private/key.txt", "content": "new" }),
    );
}

#[test]
fn what_a_rule_asks_about_waits_for_a_person_who_sees_exactly_what_will_land() {
    let mut host = ruled();
    let call = host.start(
        "write",
        json!({ "path": "published/a.md", "content": "one\n2\n" }),
    );
    assert!(host.reply(call).is_none(), "it waits");
    let approval = asked(&mut host);
    assert_eq!(approval["who"], "agent writer 1");
    let diff = approval["changes"][0]["diff"].as_str().expect("a diff");
    assert!(diff.contains("-two") && diff.contains("+2"), "{diff}");
    assert_eq!(
        content(&mut host, "published/a.md").as_deref(),
        Some("one\ntwo\n")
    );

    let decision = answer(&mut host, &approval, true).expect("decided");
    assert_eq!(decision["verdict"], "approved");
    assert_eq!(decision["by"], "Ann");
    host.reply(call).expect("an answer").expect("landed");
    assert_eq!(
        content(&mut host, "published/a.md").as_deref(),
        Some("one\n2\n")
    );
    assert_eq!(
        code(answer(&mut host, &approval, true)),
        ErrorCode::NotFound,
        "an approval is given once"
    );

    let call = host.start("delete", json!({ "path": "drafts/a.md" }));
    let approval = asked(&mut host);
    answer(&mut host, &approval, false).expect("decided");
    let refused = host.reply(call).expect("an answer").expect_err("refused");
    assert_eq!(refused.code, ErrorCode::PolicyDenied);
    assert!(refused.message.contains("because"), "{refused}");
    assert!(content(&mut host, "drafts/a.md").is_some());
}

#[test]
fn approving_one_thing_never_lands_another() {
    let mut host = ruled();
    let call = host.start(
        "write",
        json!({ "path": "published/a.md", "content": "mine\n" }),
    );
    let approval = asked(&mut host);
    host.who = person();
    host.ok(
        "write",
        json!({ "path": "published/a.md", "content": "changed meanwhile\n" }),
    );
    host.who = agent("writer 1");
    assert_eq!(code(answer(&mut host, &approval, true)), ErrorCode::Stale);
    assert!(host.reply(call).is_none());
    let again = asked(&mut host);
    assert_ne!(again["digest"], approval["digest"]);
    assert!(
        again["changes"][0]["diff"]
            .as_str()
            .is_some_and(|diff| diff.contains("-changed meanwhile"))
    );
    answer(&mut host, &again, true).expect("decided");
    host.reply(call).expect("an answer").expect("landed");
}

#[test]
fn a_run_waits_without_an_executor_and_lands_what_was_shown() {
    let mut host = ruled();
    host.who = person();
    let call = host.start_flow("export default async (flow) => { await flow.fs.write(\"published/a.md\", \"new\\n\"); };\n", json!({}));
    assert_eq!(host.jobs[0].1.limits.cpu_ms_max, 500, "the rule's limit");
    host.finish_with(
        Ok(json!(1)),
        vec![write_op("published/a.md", "new\n")],
        &[("published/a.md", "new\n")],
    );
    assert!(host.reply(call).is_none());
    let approval = asked(&mut host);
    let run = approval["run"].as_str().expect("a run").to_owned();
    let status = host.ok("flow_status", json!({ "run": run }));
    assert_eq!(status["status"], "waiting");
    // The executor is free: another run goes on meanwhile.
    let other = host.start_flow("export default async () => 1;\n", json!({}));
    host.finish(Ok(json!(1)), &[]);
    host.reply(other).expect("an answer").expect("success");

    answer(&mut host, &approval, true).expect("decided");
    let record = host.reply(call).expect("an answer").expect("success");
    assert_eq!(record["status"], "succeeded");
    let verdicts: Vec<_> = record["decisions"]
        .as_array()
        .expect("decisions")
        .iter()
        .map(|one| one["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["allowed", "asked", "approved"]);
    assert_eq!(
        content(&mut host, "published/a.md").as_deref(),
        Some("new\n")
    );
}

#[test]
fn an_agent_sees_what_its_own_calls_and_runs_wait_for_and_nobody_elses() {
    let mut host = ruled();
    let source =
        "export default async (flow) => { await flow.fs.write(\"published/b.md\", \"x\"); };\n";
    host.start_flow(source, json!({}));
    host.finish(Ok(json!(1)), &[("published/b.md", "x")]);
    let run = asked(&mut host)["run"].clone();
    assert!(run.is_string());
    let listed = host.ok("approval_list", json!({}));
    assert_eq!(listed["approvals"][0]["run"], run);
    assert_eq!(listed["decided"], json!([]));
    host.who = agent("writer 2");
    assert_eq!(
        host.ok("approval_list", json!({})),
        json!({ "approvals": [], "decided": [] })
    );
}

#[test]
fn a_run_whose_landing_is_denied_or_refused_or_cancelled_leaves_its_record_alone() {
    let mut host = ruled();
    host.who = person();
    let source = "export default async (flow) => { await flow.fs.write(flow.args.to, \"x\"); };\n";
    let call = host.start_flow(source, json!({ "args": { "to": "out/locked/a" } }));
    host.finish(Ok(json!(1)), &[("out/locked/a", "x")]);
    assert_eq!(
        code(host.reply(call).expect("an answer")),
        ErrorCode::PolicyDenied
    );
    assert!(content(&mut host, "out/locked/a").is_none());

    let call = host.start_flow(source, json!({ "args": { "to": "published/b" } }));
    host.finish(Ok(json!(1)), &[("published/b", "x")]);
    let approval = asked(&mut host);
    answer(&mut host, &approval, false).expect("decided");
    assert_eq!(
        code(host.reply(call).expect("an answer")),
        ErrorCode::PolicyDenied
    );

    let call = host.start_flow(source, json!({ "args": { "to": "published/b" } }));
    host.finish(Ok(json!(1)), &[("published/b", "x")]);
    let approval = asked(&mut host);
    host.ok("flow_cancel", json!({ "run": approval["run"] }));
    assert_eq!(
        code(host.reply(call).expect("an answer")),
        ErrorCode::Cancelled
    );
    assert_eq!(
        asked(&mut host),
        Value::Null,
        "nothing waits for a run that is over"
    );
    assert!(content(&mut host, "published/b").is_none());
}

#[test]
fn what_a_run_would_call_is_asked_before_it_starts() {
    let mut host = ruled();
    host.who = person();
    let call = host.start_flow(
        "export default async (flow) => { await flow.call(\"write\", { path: \"x\", content: \"y\" }); };\n",
        json!({ "allowTools": ["write"] }),
    );
    assert!(host.jobs.is_empty(), "it does not run yet");
    let approval = asked(&mut host);
    assert_eq!(approval["risks"], json!(["call write"]));
    answer(&mut host, &approval, true).expect("decided");
    assert_eq!(host.jobs.len(), 1);
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("an answer").expect("success");
}

#[test]
fn nobody_who_answers_in_time_is_a_no() {
    let mut host = ruled();
    let call = host.start("write", json!({ "path": "published/a.md", "content": "x" }));
    host.pass(4 * 60_000);
    assert!(host.reply(call).is_none());
    host.pass(61_000);
    let late = host.reply(call).expect("an answer").expect_err("too late");
    assert_eq!(late.code, ErrorCode::PolicyDenied);
    assert!(late.message.contains("in time"), "{late}");
    assert_eq!(
        content(&mut host, "published/a.md").as_deref(),
        Some("one\ntwo\n")
    );
}

#[test]
fn a_policy_that_cannot_be_read_allows_nothing_and_says_where() {
    let mut host = ruled();
    host.who = person();
    // Typing is kept as it is; a whole text that does not fit would be refused.
    let text = "version: 1\nagents:\n  - name: '*'\n    alow: {}\n";
    host.ok(
        "write",
        json!({ "path": "selvage.policy.yaml", "content": text, "draft": true }),
    );
    host.pass(2_000);
    host.who = agent("writer 1");
    let error = host.call("ls", json!({})).expect_err("nothing is allowed");
    assert_eq!((error.code, error.line), (ErrorCode::PolicyDenied, Some(4)));
    assert!(error.message.contains("alow"), "{error}");
    host.who = person();
    host.ok("ls", json!({}));
    let call = host.start_flow("export default async () => 1;\n", json!({}));
    assert_eq!(
        code(host.reply(call).expect("an answer")),
        ErrorCode::PolicyDenied
    );
}

#[test]
fn what_is_too_long_for_a_sentence_can_be_read_as_a_whole() {
    let mut host = ruled();
    host.who = person();
    let asks = POLICY.replace("tools: [delete]", "tools: [delete, search]");
    host.ok(
        "write",
        json!({ "path": "selvage.policy.yaml", "content": asks }),
    );
    host.who = agent("writer 1");
    let query = format!("{}evil", "x".repeat(5_000));
    host.start("search", json!({ "query": query }));
    let approval = asked(&mut host);
    assert!(!approval["what"].to_string().contains("evil"));
    // The page knows by these words that there is more (`web/src/approvals/content.ts`).
    let what = approval["what"].as_str().expect("a sentence");
    assert!(what.ends_with("… (`input` is all of it)"), "{what}");
    host.who = person();
    let whole = host.ok(
        "approval_read",
        json!({ "approval": approval["approval"], "path": "input" }),
    );
    assert!(
        whole["content"]
            .as_str()
            .is_some_and(|text| text.contains("evil"))
    );
}

#[test]
fn a_policy_that_is_known_only_as_typing_is_in_force() {
    let mut host = Host::with_runner();
    host.who = person();
    host.ok(
        "write",
        json!({ "path": "selvage.policy.yaml", "content": POLICY, "draft": true }),
    );
    host.who = agent("stranger");
    assert_eq!(code(host.call("ls", json!({}))), ErrorCode::PolicyDenied);
}
