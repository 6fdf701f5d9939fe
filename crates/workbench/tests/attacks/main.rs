//! Attempts to get past the policy: by paths, moves, globs, domains, approvals, records and manifests. Each fails, nothing of it
//! lands or is told, and that it was denied is recorded.

#[path = "../common/mod.rs"]
mod common;

mod approvals;
mod calls;
mod executors;
mod runs;
mod shown;
mod sight;
mod told;
mod within;

use common::Host;
use selvage_tool::ToolResult;
use selvage_vfs::{Origin, OriginKind};
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

fn person() -> Origin {
    Origin::new(OriginKind::Person, "Ann")
}

fn host() -> Host {
    host_with(POLICY)
}

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
    host.who = Origin::new(OriginKind::Agent, "mallory");
    host
}

/// A person calls a tool, which must succeed.
fn person_calls(host: &mut Host, tool: &str, input: Value) -> Value {
    let who = std::mem::replace(&mut host.who, person());
    let value = host.ok(tool, input);
    host.who = who;
    value
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
    let who = std::mem::replace(&mut host.who, person());
    let decided = host.call("approval_decide", input);
    host.who = who;
    decided
}
