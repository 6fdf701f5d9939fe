//! What tools do, and tell.

use crate::{SECRET, denials, host, person, tree};
use selvage_tool::ErrorCode;
use serde_json::{Value, json};

#[test]
fn no_call_of_a_tool_leads_past_the_policy() {
    let write = |path: &str| ("write", json!({ "path": path, "content": "x" }));
    let read = |path: &str| ("read", json!({ "path": path }));
    let moved = |from: &str, to: &str| ("move", json!({ "from": from, "to": to }));
    let patch = |text: &str| ("apply_patch", json!({ "patch": text }));
    // Whether the attempt is refused by the policy and recorded; the others are refused because there is no such path.
    let attempts: Vec<(&str, (&str, Value), bool)> = vec![
        ("another folder", write("private/x"), true),
        ("the root", write("x.txt"), true),
        ("a folder that begins alike", write("publicity/x"), true),
        ("above by two dots", write("public/../private/x"), false),
        ("two dots and a slash before", write("/../private/x"), false),
        ("a dot", write("public/./../private/x"), false),
        ("slashes before", write("///private/x"), true),
        ("two slashes within", write("private//x"), true),
        ("a backslash", write("public\\..\\private\\x"), true),
        ("an escaped dot", write("public/%2e%2e/x\u{0}"), false),
        ("a letter case", write("Private/x"), true),
        (
            "a locked folder in capitals",
            write("public/LOCKED/x"),
            true,
        ),
        (
            "a locked folder in another Unicode form",
            write("public/lock\u{65}d/x"),
            true,
        ),
        ("a locked file replaced", write("public/locked/a.txt"), true),
        ("the policy", write("selvage.policy.yaml"), true),
        ("the policy in capitals", write("SELVAGE.policy.yaml"), true),
        (
            "the policy with a slash",
            write("/selvage.policy.yaml/"),
            true,
        ),
        ("who may embed", write("embed.json"), true),
        ("how long the past is kept", write("retention.json"), true),
        ("a record", write("runs/x/2026-01-01-abc.json"), true),
        (
            "the decisions",
            write("runs/decisions/2026-01-01.jsonl"),
            true,
        ),
        ("a parent", write("scopes/a/b.js"), false),
        (
            "a draft elsewhere",
            (
                "write",
                json!({ "path": "private/x", "content": "x", "draft": true }),
            ),
            true,
        ),
        (
            "a folder elsewhere",
            ("mkdir", json!({ "path": "private/new" })),
            true,
        ),
        ("reading elsewhere", read("private/secret.txt"), true),
        (
            "reading what is hidden",
            read("public/hidden/secret.txt"),
            true,
        ),
        (
            "reading it in capitals",
            read("PUBLIC/hidden/secret.txt"),
            true,
        ),
        (
            "reading it with slashes",
            read("//private/secret.txt"),
            true,
        ),
        (
            "reading the past",
            ("read", json!({ "path": "private/secret.txt", "at": [] })),
            true,
        ),
        (
            "what is known of a file",
            ("stat", json!({ "path": "private/secret.txt" })),
            true,
        ),
        (
            "its history",
            ("history", json!({ "path": "private/secret.txt" })),
            true,
        ),
        ("everybody's history", ("history", json!({})), true),
        (
            "its difference",
            ("diff", json!({ "path": "private/secret.txt", "from": [] })),
            true,
        ),
        (
            "the difference of everything",
            ("compare", json!({ "from": [] })),
            true,
        ),
        ("what was made apart", ("conflicts", json!({})), true),
        (
            "linting what is no flow of theirs",
            ("lint_flow", json!({ "path": "private/secret.txt" })),
            true,
        ),
        (
            "linting the policy",
            ("lint_flow", json!({ "path": "selvage.policy.yaml" })),
            true,
        ),
        (
            "a content by its hash",
            (
                "write",
                json!({ "path": "public/b", "encoding": "hash", "content": "0000000000000000000000000000000000000000000000000000000000000000" }),
            ),
            true,
        ),
        (
            "moving a secret into the open",
            moved("private/secret.txt", "public/s.txt"),
            true,
        ),
        (
            "moving a folder of secrets",
            moved("private", "public/p"),
            true,
        ),
        (
            "moving what is hidden",
            moved("public/hidden/secret.txt", "public/s.txt"),
            true,
        ),
        (
            "moving the folder around what is locked",
            moved("public", "flows/public"),
            true,
        ),
        (
            "moving onto a locked place",
            moved("public/a.txt", "public/locked/b.txt"),
            true,
        ),
        (
            "moving a folder so that a file is locked",
            moved("public/a.txt", "public/locked"),
            true,
        ),
        (
            "moving the policy away",
            moved("selvage.policy.yaml", "public/p.yaml"),
            true,
        ),
        (
            "moving something over the policy",
            moved("public/a.txt", "selvage.policy.yaml"),
            true,
        ),
        (
            "deleting elsewhere",
            ("delete", json!({ "path": "private/secret.txt" })),
            true,
        ),
        (
            "deleting the folder around what is locked",
            ("delete", json!({ "path": "public" })),
            true,
        ),
        (
            "deleting the policy",
            ("delete", json!({ "path": "selvage.policy.yaml" })),
            true,
        ),
        (
            "deleting records",
            ("delete", json!({ "path": "runs" })),
            true,
        ),
        (
            "a patch of two files, one elsewhere",
            patch(
                "*** Begin Patch\n*** Add File: public/ok.txt\n+x\n*** Add File: private/x.txt\n+x\n*** End Patch",
            ),
            true,
        ),
        (
            "a patch that moves",
            patch(
                "*** Begin Patch\n*** Update File: public/a.txt\n*** Move to: private/a.txt\n@@\n-open\n+shut\n*** End Patch",
            ),
            true,
        ),
        (
            "a patch that deletes",
            patch("*** Begin Patch\n*** Delete File: private/secret.txt\n*** End Patch"),
            true,
        ),
        (
            "an edit elsewhere",
            (
                "apply_patch",
                json!({ "edits": [{ "path": "private/secret.txt", "find": "the", "replace": "a" }] }),
            ),
            true,
        ),
        ("taking the person's change back", ("undo", json!({})), true),
        ("making it again", ("redo", json!({})), true),
        (
            "the workspace as it was",
            ("restore", json!({ "at": [] })),
            true,
        ),
        (
            "a file as it was",
            ("restore", json!({ "at": [], "path": "private/secret.txt" })),
            true,
        ),
        (
            "mounting a parent",
            (
                "scope_mount",
                json!({ "name": "p", "workspace": "0".repeat(64), "heads": ["0".repeat(64)], "files": { "a.js": "" } }),
            ),
            true,
        ),
        (
            "deciding by oneself",
            (
                "approval_decide",
                json!({ "approval": "x", "digest": "x", "allow": true }),
            ),
            false,
        ),
    ];
    assert!(attempts.len() >= 55, "{}", attempts.len());
    let mut host = host();
    let before = tree(&mut host);
    for (name, (tool, input), is_recorded) in attempts {
        let denied = denials(&mut host);
        let error = match host.call(tool, input) {
            Ok(value) => panic!("{name}: let through with {value}"),
            Err(error) => error,
        };
        if is_recorded {
            assert_eq!(error.code, ErrorCode::PolicyDenied, "{name}: {error:?}");
            assert_eq!(denials(&mut host), denied + 1, "{name} is not recorded");
        }
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
