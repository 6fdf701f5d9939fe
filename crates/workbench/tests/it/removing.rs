//! What takes something away: what a person is shown of it, and when one is asked.

use crate::common::{Host, person, write_op};
use selvage_tool::ErrorCode;
use selvage_tool::run::FileOp;
use selvage_vfs::{Origin, OriginKind};
use serde_json::{Value, json};

const ASKS: &str = "
version: 1
agents:
  - name: tidy
    allow: { tools: [write, delete, approval_list], read: ['**'], write: ['**'] }
    ask: { tools: [delete] }
    deny: { read: ['old/hidden/**'] }
flows:
  - path: 'flows/**'
    allow: { write: ['**'] }
";

const BY_PATTERN: &str = "
version: 1
agents:
  - name: tidy
    allow: { tools: ['*'], read: ['**'], write: ['**'] }
flows:
  - path: 'flows/**'
    allow: { read: ['**'], write: ['**'], tools: ['*'] }
";

const REMOVES: &str = "export default async (flow) => { await flow.fs.remove('old/a.md'); };\n";
const CALLS: &str = "export default async (flow) => flow.call('delete', { path: 'old/a.md' });\n";
const DELETES: &str = "*** Begin Patch\n*** Delete File: old/a.md\n*** End Patch\n";

/// A workspace with a policy and old files, in which an agent calls.
fn host_with(policy: &str) -> Host {
    let mut host = Host::with_runner();
    host.who = person();
    for (path, content) in [
        ("old/a.md", "one\ntwo\n"),
        ("old/hidden/b.md", "s3cret\n"),
        ("old/empty.md", ""),
        ("flows/removes.flow.js", REMOVES),
        ("flows/calls.flow.js", CALLS),
        ("selvage.policy.yaml", policy),
    ] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    host.ok(
        "write",
        json!({ "path": "old/c.bin", "content": "AP8B", "encoding": "base64" }),
    );
    host.who = Origin::new(OriginKind::Agent, "tidy");
    host
}

fn as_person(host: &mut Host, tool: &str, input: Value) -> Value {
    let who = std::mem::replace(&mut host.who, person());
    let value = host.ok(tool, input);
    host.who = who;
    value
}

/// What waits for a person.
fn asked(host: &mut Host) -> Value {
    as_person(host, "approval_list", json!({}))["approvals"][0].clone()
}

/// How a request would change a file.
fn change<'a>(approval: &'a Value, path: &str) -> &'a Value {
    let changes = approval["changes"].as_array().expect("changes");
    let found = changes.iter().find(|change| change["path"] == path);
    found.expect("a change of it")
}

#[test]
fn a_person_is_shown_each_text_that_a_removal_takes_away() {
    let mut host = host_with(ASKS);
    let call = host.start("delete", json!({ "path": "old" }));
    let approval = asked(&mut host);
    assert_eq!(approval["changes"].as_array().map(Vec::len), Some(4));
    let text = change(&approval, "old/a.md");
    let diff = "--- a/old/a.md\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n";
    assert_eq!((&text["diff"], &text["size"]), (&json!(diff), &json!(8)));
    let hidden = &change(&approval, "old/hidden/b.md")["diff"];
    assert!(hidden.to_string().contains("-s3cret"), "{hidden}");
    assert!(change(&approval, "old/empty.md")["diff"].is_string());
    let binary = change(&approval, "old/c.bin");
    assert_eq!(
        (&binary["diff"], &binary["size"]),
        (&Value::Null, &json!(3))
    );
    assert!(binary["before"].is_string());

    // The agent is told no more than it may read.
    let own = host.ok("approval_list", json!({}))["approvals"][0].clone();
    assert!(change(&own, "old/a.md")["diff"].is_string());
    let told = own.to_string();
    assert!(!told.contains("s3cret") && !told.contains("b.md"), "{told}");

    let input =
        json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": true });
    as_person(&mut host, "approval_decide", input);
    host.reply(call).expect("an answer").expect("removed");
}

#[test]
fn a_removal_is_shown_as_far_as_a_person_looks_at_it() {
    let mut host = host_with(ASKS);
    let long = "a line of a text\n".repeat(20_000);
    let some = &long[..200 * 1024];
    host.ok("write", json!({ "path": "long/0.txt", "content": long }));
    for number in 1..=6 {
        let path = format!("long/{number}.txt");
        host.ok("write", json!({ "path": path, "content": some }));
    }
    host.start("delete", json!({ "path": "long" }));
    let approval = asked(&mut host);
    let is_shown = |number: usize| {
        let change = change(&approval, &format!("long/{number}.txt"));
        assert!(change["before"].is_string() && change["size"].as_u64() > Some(0));
        change["diff"].is_string()
    };
    let shown: Vec<usize> = (0..=6).filter(|number| is_shown(*number)).collect();
    assert_eq!(
        shown,
        [1, 2, 3, 4, 5],
        "one of 256 KiB at the most, and all of 1 MiB"
    );

    for number in 0..501 {
        let path = format!("many/{number}.txt");
        host.ok("write", json!({ "path": path, "content": "x" }));
    }
    let refused = host.call("delete", json!({ "path": "many" }));
    assert_eq!(refused.expect_err("too much").code, ErrorCode::TooLarge);
}

#[test]
fn a_dry_run_shows_what_it_would_remove_and_nothing_that_its_flow_may_not_read() {
    let shown = |policy: &str| {
        let mut host = host_with(policy);
        host.who = person();
        let input = json!({ "path": "flows/removes.flow.js", "mode": "dry-run" });
        let call = host.start("run_flow", input);
        let path = "old/a.md".into();
        host.finish_with(Ok(json!(1)), vec![FileOp::Remove { path }], &[]);
        let record = host.reply(call).expect("an answer").expect("success");
        record["proposed"][0].clone()
    };
    let unread = json!({ "op": "remove", "path": "old/a.md", "size": 0 });
    assert_eq!(shown(ASKS), unread);
    let read = shown(BY_PATTERN);
    assert!(read["diff"].to_string().contains("-one"), "{read}");
}

#[test]
fn what_destroys_is_asked_about_where_no_rule_allows_it_by_its_name() {
    const WHY: &str = "it destroys, and no rule allows it by its name";
    let delete = json!({ "path": "old/a.md" });
    let patch = json!({ "patch": DELETES });
    for (tool, input) in [("delete", &delete), ("apply_patch", &patch)] {
        for pattern in ["'*'", "'{del,app}*'"] {
            let mut host = host_with(&BY_PATTERN.replacen("'*'", pattern, 1));
            let call = host.start(tool, input.clone());
            assert!(host.reply(call).is_none(), "{tool} waits by {pattern}");
            let approval = asked(&mut host);
            assert_eq!(
                (&approval["reason"], &approval["what"]),
                (&json!(WHY), &json!("remove old/a.md"))
            );
        }
        // By another rule as well, and in any place of it.
        let names = format!("    allow: {{ tools: [read, {tool}] }}\n");
        let named = BY_PATTERN.replacen("flows:\n", &format!("  - name: '*'\n{names}flows:\n"), 1);
        let mut host = host_with(&named);
        host.ok(tool, input.clone());
    }
    let mut host = host_with(BY_PATTERN);
    host.start("thin_history", json!({}));
    assert_eq!(asked(&mut host)["reason"], WHY);

    // What only adds or changes is not, by the same tool either.
    let mut host = host_with(BY_PATTERN);
    host.ok("write", json!({ "path": "old/a.md", "content": "" }));
    let patch = "*** Begin Patch\n*** Add File: old/n.md\n+x\n*** End Patch\n";
    host.ok("apply_patch", json!({ "patch": patch }));
}

#[test]
fn a_run_is_asked_about_before_it_starts_where_only_a_pattern_lets_it_delete() {
    let mut host = host_with(BY_PATTERN);
    host.who = person();
    let input = json!({ "path": "flows/calls.flow.js", "allowTools": ["delete"] });
    host.start("run_flow", input.clone());
    assert!(host.jobs.is_empty(), "it does not run yet");
    assert_eq!(asked(&mut host)["risks"], json!(["call delete"]));

    let named = BY_PATTERN.replace(
        "write: ['**'], tools: ['*'] }",
        "write: ['**'], tools: ['*', delete] }",
    );
    let mut host = host_with(&named);
    host.who = person();
    host.start("run_flow", input);
    assert_eq!(host.jobs.len(), 1);
    // What a run writes and removes itself is in the rules about paths.
    host.finish_with(
        Ok(json!(1)),
        vec![write_op("old/n.md", "x")],
        &[("old/n.md", "x")],
    );
    assert_eq!(asked(&mut host), Value::Null);
}
