//! What Selvage itself goes by: no run changes it by the tools that it calls.

use super::tools::{CALLS, RULES, running, start};
use super::{calls, denied, mallory, person, person_calls, record, write};
use crate::common::Host;
use selvage_tool::ErrorCode;
use selvage_tool::guest::Answer;
use serde_json::{Value, json};

/// What no run changes, with rules or without, and with a policy or without.
fn changes_nothing_of_selvages_own(host: &mut Host) {
    let run = host.jobs[0].1.run.clone();
    let decisions = "runs/decisions/1970-01-01.jsonl";
    let heads = person_calls(host, "workspace_status", json!({}))["heads"].clone();
    let to = |path: &str| json!({ "path": path, "content": "{}" });
    let from = |path: &str| json!({ "from": path, "to": "both/moved" });
    let before = everything(host);
    let attempts = [
        ("write", to(decisions)),
        ("write", to(&format!("/{decisions}"))),
        ("write", to("RUNS/decisions/1970-01-01.jsonl")),
        ("write", to(&format!("runs/x/1970-01-01-{run}.json"))),
        ("write", to("selvage.policy.yaml")),
        ("write", to("embed.json")),
        ("write", to("retention.json")),
        ("write", to("scopes.json")),
        ("write", to("scopes/a/b.js")),
        (
            "write",
            json!({ "path": decisions, "content": "{}", "draft": true }),
        ),
        ("mkdir", json!({ "path": "runs/more" })),
        ("delete", json!({ "path": "runs" })),
        ("delete", json!({ "path": "embed.json" })),
        ("move", from("runs")),
        ("move", from("embed.json")),
        ("move", json!({ "from": "both/a.txt", "to": decisions })),
        (
            "apply_patch",
            json!({ "edits": [{ "path": "embed.json", "find": "{}", "replace": "[]" }] }),
        ),
        (
            "scope_mount",
            json!({ "name": "p", "workspace": "0".repeat(64), "heads": ["0".repeat(64)], "files": { "a.js": "" } }),
        ),
        ("undo", json!({})),
        ("redo", json!({})),
        ("restore", json!({ "at": heads })),
        ("restore", json!({ "at": heads, "path": "embed.json" })),
    ];
    for (id, (tool, input)) in (0..).zip(&attempts) {
        let answer = calls(host, id, tool, input.clone());
        assert!(
            matches!(answer, Some(Answer::Error(_))),
            "{tool} {input}: {answer:?}"
        );
        assert_eq!(everything(host), before, "{tool} {input}");
    }
    let called = attempts.map(|(tool, _)| format!("call {tool}"));
    assert_eq!(denied(&record(host)), called, "each is in the record");
}

/// All files with their hashes, those of Selvage itself among them.
fn everything(host: &mut Host) -> Value {
    let listed = person_calls(host, "ls", json!({ "path": "", "recursive": true }));
    let entries = listed["entries"].as_array().cloned().unwrap_or_default();
    let rows = entries
        .iter()
        .map(|entry| json!([entry["path"], entry["hash"]]));
    rows.collect()
}

#[test]
fn no_run_changes_what_selvage_goes_by_whoever_is_behind_it() {
    let wide = "version: 1\nflows:\n  - path: 'flows/**'\n    allow: { read: ['**'], write: ['**'], tools: ['*', delete, resolve_conflict, thin_history] }\n";
    let unruled = "version: 1\nagents:\n  - name: mallory\n    allow: { tools: ['*'], read: ['**'], write: ['**'] }\n";
    let of_agents = format!(
        "{wide}agents:\n  - name: mallory\n    allow: {{ tools: ['*', delete, resolve_conflict, thin_history], read: ['**'], write: ['**'] }}\n"
    );
    for (policy, is_person) in [
        (wide, true),
        (unruled, true),
        (RULES, true),
        (of_agents.as_str(), false),
    ] {
        let mut host = running(policy, is_person);
        changes_nothing_of_selvages_own(&mut host);
    }
}

#[test]
fn no_run_changes_what_selvage_goes_by_in_a_workspace_without_a_policy_either() {
    for is_person in [true, false] {
        let mut host = Host::with_runner();
        let (policy, others) = ("selvage.policy.yaml", ("flows/x.flow.js", CALLS));
        write(
            &mut host,
            &[others, ("embed.json", "{}"), ("both/a.txt", "")],
        );
        host.who = if is_person { person() } else { mallory() };
        start(&mut host, "flows/x.flow.js");
        changes_nothing_of_selvages_own(&mut host);
        let found = host.as_person(|host| host.call("stat", json!({ "path": policy })));
        assert_eq!(found.expect_err("none").code, ErrorCode::NotFound);
    }
}
