//! What tools do, and tell.

use super::{SECRET, approvals, denials, host, host_with, person, tree, write};
use selvage_tool::ErrorCode;
use serde_json::{Value, json};

#[test]
fn no_call_of_a_tool_leads_past_the_policy() {
    let write = |path: &str| ("write", json!({ "path": path, "content": "x" }));
    let read = |path: &str| ("read", json!({ "path": path }));
    let moved = |from: &str, to: &str| ("move", json!({ "from": from, "to": to }));
    let patch = |text: &str| ("apply_patch", json!({ "patch": text }));
    let attempts: Vec<(&str, (&str, Value))> = vec![
        ("another folder", write("private/x")),
        ("the root", write("x.txt")),
        ("a folder that begins alike", write("publicity/x")),
        ("above by two dots", write("public/../private/x")),
        ("two dots and a slash before", write("/../private/x")),
        ("a dot", write("public/./../private/x")),
        ("slashes before", write("///private/x")),
        ("two slashes within", write("private//x")),
        ("a backslash", write("public\\..\\private\\x")),
        ("an escaped dot", write("public/%2e%2e/x\u{0}")),
        ("a letter case", write("Private/x")),
        ("a locked folder in capitals", write("public/LOCKED/x")),
        (
            "a locked folder in another Unicode form",
            write("public/lock\u{65}d/x"),
        ),
        ("a locked file replaced", write("public/locked/a.txt")),
        ("the policy", write("selvage.policy.yaml")),
        ("the policy in capitals", write("SELVAGE.policy.yaml")),
        ("the policy with a slash", write("/selvage.policy.yaml/")),
        ("who may embed", write("embed.json")),
        ("how long the past is kept", write("retention.json")),
        ("a record", write("runs/x/2026-01-01-abc.json")),
        ("the decisions", write("runs/decisions/2026-01-01.jsonl")),
        ("a parent", write("scopes/a/b.js")),
        (
            "a draft elsewhere",
            (
                "write",
                json!({ "path": "private/x", "content": "x", "draft": true }),
            ),
        ),
        (
            "a folder elsewhere",
            ("mkdir", json!({ "path": "private/new" })),
        ),
        ("reading elsewhere", read("private/secret.txt")),
        ("reading what is hidden", read("public/hidden/secret.txt")),
        ("reading it in capitals", read("PUBLIC/hidden/secret.txt")),
        ("reading it with slashes", read("//private/secret.txt")),
        (
            "reading the past",
            ("read", json!({ "path": "private/secret.txt", "at": [] })),
        ),
        (
            "what is known of a file",
            ("stat", json!({ "path": "private/secret.txt" })),
        ),
        (
            "its history",
            ("history", json!({ "path": "private/secret.txt" })),
        ),
        ("everybody's history", ("history", json!({}))),
        (
            "its difference",
            ("diff", json!({ "path": "private/secret.txt", "from": [] })),
        ),
        (
            "the difference of everything",
            ("compare", json!({ "from": [] })),
        ),
        ("what was made apart", ("conflicts", json!({}))),
        (
            "linting what is no flow of theirs",
            ("lint_flow", json!({ "path": "private/secret.txt" })),
        ),
        (
            "linting the policy",
            ("lint_flow", json!({ "path": "selvage.policy.yaml" })),
        ),
        (
            "a content by its hash",
            (
                "write",
                json!({ "path": "public/b", "encoding": "hash", "content": "0000000000000000000000000000000000000000000000000000000000000000" }),
            ),
        ),
        (
            "moving a secret into the open",
            moved("private/secret.txt", "public/s.txt"),
        ),
        ("moving a folder of secrets", moved("private", "public/p")),
        (
            "moving what is hidden",
            moved("public/hidden/secret.txt", "public/s.txt"),
        ),
        (
            "moving the folder around what is locked",
            moved("public", "flows/public"),
        ),
        (
            "moving onto a locked place",
            moved("public/a.txt", "public/locked/b.txt"),
        ),
        (
            "moving a folder so that a file is locked",
            moved("public/a.txt", "public/locked"),
        ),
        (
            "moving the policy away",
            moved("selvage.policy.yaml", "public/p.yaml"),
        ),
        (
            "moving something over the policy",
            moved("public/a.txt", "selvage.policy.yaml"),
        ),
        (
            "deleting elsewhere",
            ("delete", json!({ "path": "private/secret.txt" })),
        ),
        (
            "deleting the folder around what is locked",
            ("delete", json!({ "path": "public" })),
        ),
        (
            "deleting the policy",
            ("delete", json!({ "path": "selvage.policy.yaml" })),
        ),
        ("deleting records", ("delete", json!({ "path": "runs" }))),
        (
            "a patch of two files, one elsewhere",
            patch(
                "*** Begin Patch\n*** Add File: public/ok.txt\n+x\n*** Add File: private/x.txt\n+x\n*** End Patch",
            ),
        ),
        (
            "a patch that moves",
            patch(
                "*** Begin Patch\n*** Update File: public/a.txt\n*** Move to: private/a.txt\n@@\n-open\n+shut\n*** End Patch",
            ),
        ),
        (
            "a patch that deletes",
            patch("*** Begin Patch\n*** Delete File: private/secret.txt\n*** End Patch"),
        ),
        (
            "an edit elsewhere",
            (
                "apply_patch",
                json!({ "edits": [{ "path": "private/secret.txt", "find": "the", "replace": "a" }] }),
            ),
        ),
        ("taking the person's change back", ("undo", json!({}))),
        ("making it again", ("redo", json!({}))),
        ("the workspace as it was", ("restore", json!({ "at": [] }))),
        (
            "a file as it was",
            ("restore", json!({ "at": [], "path": "private/secret.txt" })),
        ),
        (
            "mounting a parent",
            (
                "scope_mount",
                json!({ "name": "p", "workspace": "0".repeat(64), "heads": ["0".repeat(64)], "files": { "a.js": "" } }),
            ),
        ),
        (
            "deciding by oneself",
            (
                "approval_decide",
                json!({ "approval": "x", "digest": "x", "allow": true }),
            ),
        ),
    ];
    assert!(attempts.len() >= 55, "{}", attempts.len());
    let mut host = host();
    let before = tree(&mut host);
    // What no rule is about is refused because nobody may do it, or there can be no such path.
    let refused = [
        ErrorCode::PolicyDenied,
        ErrorCode::InvalidPath,
        ErrorCode::ReadOnly,
    ];
    for (name, (tool, input)) in attempts {
        let denied = denials(&mut host);
        let error = match host.call(tool, input) {
            Ok(value) => panic!("{name}: let through with {value}"),
            Err(error) => error,
        };
        assert!(refused.contains(&error.code), "{name}: {error:?}");
        assert_eq!(denials(&mut host), denied + 1, "{name} is not recorded");
        let told = format!("{error:?}");
        assert!(!told.contains(SECRET), "{name} tells: {told}");
        assert_eq!(tree(&mut host), before, "{name} changed something");
    }
    host.pass(3_000);
    host.who = person();
    let kept = host.ok(
        "search",
        json!({ "query": "denied", "path": "runs/decisions" }),
    );
    assert!(
        kept["matches"]
            .as_array()
            .is_some_and(|lines| lines.len() > 40),
        "{kept}"
    );
}

#[test]
fn a_slip_in_an_input_is_no_attempt() {
    let mut host = host();
    let before = denials(&mut host);
    for (name, tool, input) in [
        (
            "a name that ends in a dot",
            "write",
            json!({ "path": "public/a.", "content": "x" }),
        ),
        (
            "an empty name",
            "write",
            json!({ "path": "public//a.txt", "content": "x" }),
        ),
        (
            "a file that is not there",
            "read",
            json!({ "path": "public/b.txt" }),
        ),
        ("no path", "read", json!({})),
        ("another tool", "raed", json!({ "path": "public/a.txt" })),
        ("no flow", "run_flow", json!({ "name": "nothing" })),
    ] {
        host.call(tool, input).expect_err(name);
        assert_eq!(denials(&mut host), before, "{name}");
    }
}

#[test]
fn what_is_denied_is_recorded_without_all_of_a_huge_input() {
    let mut host = host();
    let path = format!("private/{}", "x".repeat(1_000_000));
    for path in [path.clone(), format!("public/../{path}")] {
        host.call("write", json!({ "path": path, "content": "x" }))
            .expect_err("denied");
        let last = approvals(&mut host)["decided"][0].clone();
        let what = last["what"].as_str().unwrap_or_default();
        assert!(what.contains("private/xxx"), "{what}");
        assert!(last.to_string().len() < 6_000, "{}", last.to_string().len());
    }
}

#[test]
fn lists_and_searches_leave_out_what_may_not_be_read() {
    let mut host = host();
    for (tool, input) in [
        ("ls", json!({ "path": "", "recursive": true })),
        ("ls", json!({ "path": "private" })),
        ("search", json!({ "query": SECRET })),
        ("search", json!({ "query": "secret", "in": "name" })),
        ("flow_list", json!({})),
        ("flow_runs", json!({})),
        ("workspace_status", json!({})),
    ] {
        let told = host
            .call(tool, input)
            .map_or_else(|error| error.to_string(), |value| value.to_string());
        assert!(
            !told.contains(SECRET) && !told.contains("secret.txt"),
            "{tool}: {told}"
        );
    }
}

#[test]
fn to_cancel_what_is_over_tells_no_more_than_to_ask_about_it() {
    let policy = super::POLICY.replace("'flows/**', 'runs/**'", "'flows/**'");
    let mut host = host_with(&policy);
    write(
        &mut host,
        &[("flows/x.flow.js", "export default async () => 1;\n")],
    );
    let started =
        host.as_person(|host| host.start("run_flow", json!({ "path": "flows/x.flow.js" })));
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(started).expect("an answer").expect("success");
    let input = json!({ "run": record["run"] });
    let asked = host.call("flow_status", input.clone()).expect_err("unseen");
    let before = denials(&mut host);
    let cancelled = host.call("flow_cancel", input).expect_err("unseen");
    assert_eq!(cancelled, asked);
    assert_eq!(denials(&mut host), before + 1);

    // One that goes on is not told about, and ends.
    host.start("run_flow", json!({ "path": "flows/x.flow.js" }));
    let run = host.jobs[0].1.run.clone();
    let ends = host.ok("flow_cancel", json!({ "run": run }));
    assert_eq!(ends["status"], "running", "{ends}");
}
