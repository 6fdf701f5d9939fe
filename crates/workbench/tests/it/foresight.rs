//! What `lint_flow` tells of the policy before a run: what a person will be asked about, and what is denied.

use crate::common::{Host, person};
use selvage_vfs::{Origin, OriginKind};
use serde_json::{Value, json};

const POLICY: &str = "
version: 1
agents:
  - name: worker
    allow:
      tools: ['*']
      read: ['**']
      executors: [browser]
flows:
  - path: 'flows/**'
    callers: [person, worker]
    allow:
      read: ['data/**']
      write: ['out/**']
      net: [api.example.com]
      tools: [read]
    ask:
      write: ['published/**']
      tools: [write]
    deny:
      read: ['data/locked/**']
      write: ['out/locked/**']
";

const FLOW: &str = "
export default async (flow) => {
  const text = await flow.fs.read('data/in.csv');
  await flow.fs.read('data/locked/x.csv');
  await flow.fs.write('published/a.md', text);
  await flow.fs.write(`out/${flow.args.name}.md`, text);
  await fetch('https://api.example.com/');
  await fetch('https://bad.example.com/');
  await flow.call('write', { path: 'out/b.md', content: text });
  return await flow.call('read', { path: 'out/b.md' });
};
";

fn ruled() -> Host {
    let mut host = Host::with_runner();
    host.who = person();
    for (path, content) in [
        ("flows/a.flow.js", FLOW),
        ("other/a.flow.js", FLOW),
        ("selvage.policy.yaml", POLICY),
    ] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    host
}

/// What lint tells of a flow, as pairs of what and what becomes of it.
fn told(host: &mut Host, path: &str) -> Vec<(String, String)> {
    let linted = host.ok("lint_flow", json!({ "path": path }));
    let policy = linted["policy"].as_array().cloned().unwrap_or_default();
    let word = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let pairs = policy.iter();
    pairs
        .map(|one| (word(one, "what"), word(one, "forecast")))
        .collect()
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = all.iter();
    pairs
        .map(|(what, forecast)| ((*what).to_owned(), (*forecast).to_owned()))
        .collect()
}

#[test]
fn lint_tells_what_a_run_will_be_asked_about_and_denied() {
    let mut host = ruled();
    let expected = [
        ("read data/locked/x.csv", "denied"),
        ("write out/*.md", "depends"),
        ("write published/a.md", "asked"),
        ("fetch from bad.example.com", "denied"),
        ("call write", "asked"),
    ];
    assert_eq!(told(&mut host, "flows/a.flow.js"), pairs(&expected));
    let linted = host.ok("lint_flow", json!({ "path": "flows/a.flow.js" }));
    let reason = |at: usize| linted["policy"][at]["reason"].as_str();
    let rule = "the rule for flows `flows/**`";
    let which = format!("{rule}: `deny.read` has `data/locked/**`");
    assert_eq!(reason(0), Some(&*which));
    assert_eq!(reason(1), Some(&*format!("{rule} is about some of it")));
    // A person's run of a flow without rules is bound by none.
    assert_eq!(told(&mut host, "other/a.flow.js"), []);
}

#[test]
fn an_agent_is_told_that_it_may_not_run_a_flow_or_not_here() {
    let mut host = ruled();
    host.who = Origin::new(OriginKind::Agent, "worker");
    let of_ruled = told(&mut host, "flows/a.flow.js");
    assert_eq!(of_ruled[0], pairs(&[("run on native", "denied")])[0]);
    assert_eq!(of_ruled.len(), 6);
    let unruled = told(&mut host, "other/a.flow.js");
    assert_eq!(unruled, pairs(&[("call run_flow", "denied")]));
    let decided = host.as_person(|host| host.ok("approval_list", json!({})));
    assert!(!decided.to_string().contains("denied"), "{decided}");
}

#[test]
fn what_an_agent_may_not_call_its_runs_may_not_call_either() {
    let mut host = ruled();
    host.as_person(|host| {
        let policy = POLICY.replace("tools: ['*']", "tools: [lint_flow, run_flow]");
        let policy = policy.replace("executors: [browser]", "executors: [native]");
        let written = json!({ "path": "selvage.policy.yaml", "content": policy });
        host.ok("write", written);
    });
    host.who = Origin::new(OriginKind::Agent, "worker");
    let told = told(&mut host, "flows/a.flow.js");
    let tools: Vec<_> = told
        .iter()
        .filter(|(what, _)| what.starts_with("call "))
        .collect();
    let expected = pairs(&[("call read", "denied"), ("call write", "denied")]);
    assert_eq!(tools, expected.iter().collect::<Vec<_>>());
}

#[test]
fn a_run_of_what_no_rule_is_about_is_asked_about_where_the_rest_is() {
    let mut host = ruled();
    host.as_person(|host| {
        let policy = format!("{POLICY}ungranted: ask\n");
        let written = json!({ "path": "selvage.policy.yaml", "content": policy });
        host.ok("write", written);
        let nothing = json!({ "path": "other/b.flow.js", "content": "6 * 7" });
        host.ok("write", nothing);
    });
    host.who = Origin::new(OriginKind::Agent, "worker");
    let told = told(&mut host, "other/b.flow.js");
    assert!(
        told.contains(&pairs(&[("call run_flow", "asked")])[0]),
        "{told:?}"
    );
}

#[test]
fn nothing_is_told_without_a_policy() {
    let mut host = Host::with_runner();
    host.who = person();
    host.ok(
        "write",
        json!({ "path": "flows/a.flow.js", "content": FLOW }),
    );
    assert_eq!(told(&mut host, "flows/a.flow.js"), []);
}

#[test]
fn lint_waits_for_the_policy_to_be_read() {
    let mut host = ruled();
    host.ok("delete", json!({ "path": "selvage.policy.yaml" }));
    host.holds_reads = true;
    let written = host.start(
        "write",
        json!({ "path": "selvage.policy.yaml", "content": format!("{POLICY}\n") }),
    );
    host.read_held();
    assert!(host.reply(written).expect("proved").is_ok());
    let linted = host.start("lint_flow", json!({ "path": "flows/a.flow.js" }));
    assert!(host.reply(linted).is_none());
    host.read_held();
    let linted = host.reply(linted).expect("an answer").expect("a report");
    assert_eq!(linted["policy"][0]["what"], "read data/locked/x.csv");
}
