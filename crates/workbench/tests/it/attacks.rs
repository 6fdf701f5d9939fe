//! Attempts to get past the policy: by paths, moves, globs, domains, approvals, records and manifests. Each fails, nothing of it
//! lands or is told, and that it was denied is recorded.

mod approvals;
mod calls;
mod executors;
mod imports;
mod moves;
mod names;
mod net;
mod own;
mod renewed;
mod runs;
mod shown;
mod sight;
mod told;
mod tools;
mod within;

use crate::common::{Host, person};
use selvage_tool::ToolResult;
use selvage_tool::guest::{Answer, PendingOp};
use selvage_tool::run::RunReport;
use selvage_vfs::{Origin, OriginKind};
use selvage_workbench::Effect;
use serde_json::{Value, json};

const POLICY: &str = "
version: 1
agents:
  - name: mallory
    allow:
      tools: ['*']
      read: ['public/**', 'flows/**', 'runs/**']
      write: ['public/**', 'flows/**']
    ask:
      write: ['asked/**']
    deny:
      read: ['public/hidden/**']
      write: ['public/locked/**']
flows:
  - path: 'flows/*.flow.js'
    callers: [mallory]
    allow:
      read: ['public/**']
      write: ['public/**']
      net: [api.good.org, '*.cdn.good.org']
      tools: [read, write]
    ask:
      write: ['asked/**']
    deny:
      read: ['public/hidden/**']
      write: ['public/locked/**']
      net: [tracker.cdn.good.org]
";

/// What nobody but a person may see.
const SECRET: &str = "the-secret-text";

fn mallory() -> Origin {
    Origin::new(OriginKind::Agent, "mallory")
}

fn host() -> Host {
    host_with(POLICY)
}

/// A workspace with a policy, in which the agent calls.
fn host_with(policy: &str) -> Host {
    let mut host = Host::with_runner();
    host.who = person();
    for (path, content) in [
        ("private/secret.txt", SECRET),
        ("public/hidden/secret.txt", SECRET),
        ("public/locked/a.txt", "locked"),
        ("public/a.txt", "open"),
        ("asked/a.txt", "as it was\n"),
        ("selvage.policy.yaml", policy),
    ] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    host.pass(3_000);
    host.who = mallory();
    host
}

/// A policy that says something more of the agent, and of its flows.
fn policy_with(agent: &str, flow: &str) -> String {
    format!(
        "version: 1
agents:
  - name: mallory
    allow: {{ tools: ['*'], read: ['**'] }}
  - name: mallory
    {agent}
flows:
  - path: 'flows/*.flow.js'
    allow: {{ read: ['public/**'] }}
  - path: 'flows/*.flow.js'
    {flow}
"
    )
}

/// A person calls a tool, which must succeed.
fn person_calls(host: &mut Host, tool: &str, input: Value) -> Value {
    host.as_person(|host| host.ok(tool, input))
}

/// Has a person write files.
fn write(host: &mut Host, files: &[(&str, &str)]) {
    for (path, content) in files {
        person_calls(host, "write", json!({ "path": path, "content": content }));
    }
}

/// What a run that goes on is answered; nothing while it waits.
fn asks(host: &mut Host, id: u32, request: PendingOp) -> Option<Answer> {
    host.others.clear();
    host.report(RunReport::Called { id, request });
    host.others.iter().find_map(|effect| match effect {
        Effect::Answer { answer, .. } => Some(answer.clone()),
        _ => None,
    })
}

/// The same of a tool that it calls.
fn calls(host: &mut Host, id: u32, name: &str, input: Value) -> Option<Answer> {
    let name = name.into();
    asks(host, id, PendingOp::Tool { name, input })
}

fn fetches(url: &str) -> PendingOp {
    PendingOp::Fetch {
        url: url.into(),
        method: "GET".into(),
        headers: Vec::new(),
    }
}

/// What the record of a run says that it was denied, in order.
fn denied(record: &Value) -> Vec<String> {
    let decisions = record["decisions"].as_array().into_iter().flatten();
    let denied = decisions.filter(|one| one["verdict"] == "denied");
    denied
        .map(|one| one["what"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The record of the run that goes on.
fn record(host: &mut Host) -> Value {
    let run = host.jobs[0].1.run.clone();
    person_calls(host, "flow_status", json!({ "run": run }))
}

fn tree(host: &mut Host) -> String {
    let listed = person_calls(host, "ls", json!({ "path": "", "recursive": true }));
    let entries = listed["entries"].as_array().cloned().unwrap_or_default();
    let rows = entries.iter().filter(|entry| {
        !entry["path"]
            .as_str()
            .is_some_and(|path| path.starts_with("runs"))
    });
    rows.map(|entry| format!("{} {}\n", entry["path"], entry["hash"]))
        .collect()
}

fn approvals(host: &mut Host) -> Value {
    person_calls(host, "approval_list", json!({}))
}

fn denials(host: &mut Host) -> usize {
    let decided = approvals(host)["decided"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    decided
        .iter()
        .filter(|one| one["verdict"] == "denied")
        .count()
}

/// A person decides about what waits first.
fn decide(host: &mut Host, change: impl Fn(&mut Value)) -> ToolResult {
    let approval = approvals(host)["approvals"][0].clone();
    let mut input =
        json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": true });
    change(&mut input);
    host.as_person(|host| host.call("approval_decide", input))
}
