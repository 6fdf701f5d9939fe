//! What a person is shown of what takes something away.

mod common;

use common::Host;
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

const READS: &str = "
version: 1
agents:
  - name: tidy
    allow: { tools: ['*'], read: ['**'], write: ['**'] }
flows:
  - path: 'flows/**'
    allow: { read: ['**'], write: ['**'], tools: ['*'] }
";

const REMOVES: &str = "export default async (flow) => { await flow.fs.remove('old/a.md'); };\n";

fn person() -> Origin {
    Origin::new(OriginKind::Person, "Ann")
}

/// A workspace with a policy and old files, in which an agent calls.
fn host_with(policy: &str) -> Host {
    let mut host = Host::with_runner();
    host.who = person();
    for (path, content) in [
        ("old/a.md", "one\ntwo\n"),
        ("old/hidden/b.md", "s3cret\n"),
        ("old/empty.md", ""),
        ("flows/removes.flow.js", REMOVES),
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
    let read = shown(READS);
    assert!(read["diff"].to_string().contains("-one"), "{read}");
}
