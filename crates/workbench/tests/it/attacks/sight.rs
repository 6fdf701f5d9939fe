//! What agents learn of files that they may not read: by lists, counts and limits, by what fits, and by whether something is there.

use super::{POLICY, SECRET, denials, host, host_with, person, person_calls, tree};
use crate::common::Host;
use selvage_tool::{ErrorCode, ToolResult};
use selvage_vfs::{Hash, Origin, OriginKind};
use serde_json::{Value, json};

/// An answer with another name in place of one, so that two can be compared.
fn alike(answer: &ToolResult, name: &str) -> String {
    format!("{answer:?}").replace(name, "NAME")
}

/// What two calls give that differ in a path alone, one that is hidden and one that is nowhere.
#[track_caller]
pub(crate) fn tells_nothing(
    host: &mut Host,
    call: impl Fn(&str) -> (&'static str, Value),
    hidden: &str,
    never: &str,
) {
    let [found, missing] = [hidden, never].map(|path| {
        let (tool, input) = call(path);
        let answer = host.call(tool, input);
        (alike(&answer, path), answer)
    });
    assert_eq!(found.0, missing.0, "{hidden} and {never}");
    assert!(found.1.is_err(), "{hidden}: {found:?}");
}

#[test]
fn no_edit_tells_by_whether_it_fits() {
    let edit = |path: &str, find: &str| json!({ "path": path, "find": find, "replace": "x" });
    let mut host = host();
    let before = tree(&mut host);
    for path in ["private/secret.txt", "public/hidden/secret.txt"] {
        let attempts = |guess: &str| {
            let with =
                |more: &str| json!({ "edits": [edit(path, guess), edit("public/a.txt", more)] });
            let begin = format!(
                "*** Begin Patch\n*** Update File: {path}\n@@\n-{guess}\n+x\n*** End Patch"
            );
            let unified = format!(
                "--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-{guess}\n\\ No newline at end of file\n+x\n"
            );
            let base = Hash::of(guess.as_bytes()).to_string();
            [
                ("apply_patch", json!({ "edits": [edit(path, guess)] })),
                ("apply_patch", with("open")),
                // What would be right is made to fail, so that nothing is recorded by what is done.
                ("apply_patch", with("")),
                ("apply_patch", json!({ "patch": begin })),
                ("apply_patch", json!({ "patch": unified })),
                (
                    "write",
                    json!({ "path": path, "content": "x", "base": base }),
                ),
            ]
        };
        for (right, wrong) in attempts(SECRET).into_iter().zip(attempts("another")) {
            let told = [right, wrong].map(|(tool, input)| {
                let noted = denials(&mut host);
                let error = host.call(tool, input.clone()).expect_err(path);
                assert_eq!(error.code, ErrorCode::PolicyDenied, "{input}: {error:?}");
                assert_eq!(denials(&mut host), noted + 1, "{input} is not recorded");
                error
            });
            assert_eq!(told[0], told[1]);
        }
    }
    assert_eq!(tree(&mut host), before);
    // What may be read and written can still be edited.
    host.ok(
        "apply_patch",
        json!({ "edits": [edit("public/a.txt", "open")] }),
    );

    let asks = POLICY.replace(
        "write: ['asked/**']",
        "read: ['public/ask.txt']\n      write: ['asked/**']",
    );
    let mut host = host_with(&asks);
    person_calls(
        &mut host,
        "write",
        json!({ "path": "public/ask.txt", "content": SECRET }),
    );
    for guess in [SECRET, "another"] {
        let denied = host.call(
            "apply_patch",
            json!({ "edits": [edit("public/ask.txt", guess)] }),
        );
        let denied = denied.expect_err("nobody was asked yet");
        assert!(denied.message.contains("would tell of it"), "{denied}");
    }
}

#[test]
fn no_count_and_no_limit_of_a_search_tells() {
    let mut host = host();
    for limit in [0, 1, 200] {
        for (place, hit) in [
            ("content", SECRET),
            ("name", "secret.txt"),
            ("both", SECRET),
        ] {
            for path in ["", "public"] {
                let search = |query: &str| json!({ "query": query, "in": place, "limit": limit, "path": path });
                let found = host.ok("search", search(hit));
                assert_eq!(
                    found,
                    host.ok("search", search("nowhere-at-all")),
                    "{place} {limit}"
                );
            }
        }
    }
    // Nor does what a hidden file takes of the bytes that are searched, or its matches of the limit.
    let search = json!({ "query": "open", "limit": 1, "path": "public" });
    let found = host.ok("search", search.clone());
    assert_eq!(
        (&found["truncated"], &found["matches"][0]["path"]),
        (&json!(false), &json!("public/a.txt"))
    );
    person_calls(
        &mut host,
        "write",
        json!({ "path": "public/hidden/b.txt", "content": "open\n".repeat(9) }),
    );
    assert_eq!(host.ok("search", search), found);
}

#[test]
fn nothing_tells_whether_a_hidden_file_is_there() {
    let policy = POLICY.replace(
        "read: ['public/hidden/**']",
        "read: ['public/hidden/**', 'public/exact', 'runs/ghost/**']",
    );
    let mut host = host_with(&policy);
    person_calls(
        &mut host,
        "write",
        json!({ "path": "public/exact", "content": SECRET }),
    );
    let status = host.ok("workspace_status", json!({}));
    person_calls(
        &mut host,
        "write",
        json!({ "path": "public/hidden/in/more.txt", "content": SECRET }),
    );
    let now = host.ok("workspace_status", json!({}));
    assert_eq!(
        (&now["files"], &now["bytes"]),
        (&status["files"], &status["bytes"])
    );
    let ls = |path: &str| ("ls", json!({ "path": path }));
    let past = |path: &str| ("ls", json!({ "path": path, "at": now["heads"] }));
    let search = |path: &str| ("search", json!({ "path": path, "query": "x" }));
    for (hidden, never) in [
        ("private", "pryvate"),
        ("private/secret.txt", "private/never.txt"),
        ("private/secret.txt/x", "private/never.txt/x"),
        ("public/hidden/in", "public/hidden/never"),
        ("public/exact/x", "public/never/x"),
    ] {
        tells_nothing(&mut host, ls, hidden, never);
        tells_nothing(&mut host, past, hidden, never);
        tells_nothing(&mut host, search, hidden, never);
    }
    for tool in ["stat", "read", "history"] {
        tells_nothing(
            &mut host,
            |path| (tool, json!({ "path": path })),
            "public/exact/x",
            "public/never/x",
        );
    }
    let to = |path: &str| ("move", json!({ "from": "public/a.txt", "to": path }));
    tells_nothing(&mut host, to, "private", "pryvate");
    let unmount = |name: &str| ("scope_unmount", json!({ "name": name }));
    tells_nothing(&mut host, unmount, "public", "private");

    // The newest run is one that it hears nothing of, and its own is listed all the same.
    host.ok(
        "write",
        json!({ "path": "flows/own.flow.js", "content": "export default async () => 1;\n" }),
    );
    host.start("run_flow", json!({ "path": "flows/own.flow.js" }));
    host.finish(Ok(json!(1)), &[]);
    host.pass(1_000);
    host.who = person();
    host.ok(
        "write",
        json!({ "path": "private/ghost.flow.js", "content": "export default async () => 1;\n" }),
    );
    host.start(
        "run_flow",
        json!({ "path": "private/ghost.flow.js", "args": { "is": SECRET } }),
    );
    host.finish(Ok(json!(1)), &[]);
    let ghost = host.ok("flow_runs", json!({ "limit": 1 }))["runs"][0].clone();
    assert_eq!(ghost["path"], "private/ghost.flow.js");
    host.who = Origin::new(OriginKind::Agent, "mallory");
    let listed = host.ok("flow_runs", json!({ "limit": 1 }));
    assert_eq!(listed["runs"][0]["path"], "flows/own.flow.js");
    // A run is not made again by whoever may not read what it was asked.
    let noted = denials(&mut host);
    let again = host.call("run_flow", json!({ "again": ghost["run"] }));
    assert_eq!(
        again.expect_err("its record is hidden").code,
        ErrorCode::PolicyDenied
    );
    assert_eq!(denials(&mut host), noted + 1);
}
