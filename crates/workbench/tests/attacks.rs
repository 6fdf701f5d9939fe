//! Attempts to get past the policy: by paths, moves, globs, domains, approvals, records and manifests. Each fails, nothing of it
//! lands or is told, and that it was denied is recorded.

mod common;

use common::{Host, write_op};
use selvage_tool::guest::PendingOp;
use selvage_tool::run::{FileOp, RunReport};
use selvage_tool::{ErrorCode, ToolResult};
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

fn person() -> Origin {
    Origin::new(OriginKind::Person, "Ann")
}

fn host() -> Host {
    let mut host = Host::with_runner();
    host.who = person();
    for (path, content) in [
        ("private/secret.txt", SECRET),
        ("public/hidden/secret.txt", SECRET),
        ("public/locked/a.txt", "locked"),
        ("public/a.txt", "open"),
        ("asked/a.txt", "as it was\n"),
        ("selvage.policy.yaml", POLICY),
    ] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    host.pass(3_000);
    host.who = Origin::new(OriginKind::Agent, "mallory");
    host
}

fn tree(host: &mut Host) -> String {
    let who = std::mem::replace(&mut host.who, person());
    let listed = host.ok("ls", json!({ "path": "", "recursive": true }));
    host.who = who;
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
    let who = std::mem::replace(&mut host.who, person());
    let listed = host.ok("approval_list", json!({}));
    host.who = who;
    listed
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

/// A run of the agent's, which goes on. Gives its call.
fn running(host: &mut Host, source: &str, input: Value) -> u64 {
    host.ok(
        "write",
        json!({ "path": "flows/x.flow.js", "content": source }),
    );
    let mut call = json!({ "path": "flows/x.flow.js" });
    for (key, value) in input.as_object().into_iter().flatten() {
        call[key] = value.clone();
    }
    host.start("run_flow", call)
}

#[test]
fn no_address_leads_a_run_to_a_domain_that_is_not_allowed() {
    let source = "export default async (flow) => { await fetch(flow.args.url); };\n";
    let mut host = host();
    running(&mut host, source, json!({ "allowNet": ["*"] }));
    assert_eq!(host.jobs.len(), 1);
    for (at, url) in [
        "https://evil.org/",
        "https://good.org/",
        "https://api.good.org.evil.org/",
        "https://api.good.org@evil.org/",
        "https://api.good.org:80@evil.org/",
        "https://evil.org/?api.good.org",
        "https://evil.org#api.good.org",
        "https://evil.org\\@api.good.org/",
        "https://api.good.org.",
        "https://tracker.cdn.good.org/pixel",
        "https://TRACKER.CDN.good.org/pixel",
        "https://cdn.good.org/",
        "https://xn--pi-eka.good.org/",
        "https://\u{430}pi.good.org/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://localhost/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "//api.good.org/",
    ]
    .into_iter()
    .enumerate()
    {
        host.others.clear();
        host.report(RunReport::Called {
            id: at as u32,
            request: PendingOp::Fetch {
                url: url.into(),
                method: "GET".into(),
                headers: Vec::new(),
            },
        });
        let fetched = host
            .others
            .iter()
            .any(|effect| matches!(effect, Effect::Fetch(_)));
        assert!(!fetched, "{url}");
    }
    host.others.clear();
    for (url, domains) in [
        ("https://api.good.org/x", vec!["api.good.org"]),
        ("https://a.cdn.good.org/x", vec!["a.cdn.good.org"]),
    ] {
        host.report(RunReport::Called {
            id: 99,
            request: PendingOp::Fetch {
                url: url.into(),
                method: "GET".into(),
                headers: Vec::new(),
            },
        });
        let Some(Effect::Fetch(fetch)) = host.others.pop() else {
            panic!("{url} is allowed");
        };
        assert_eq!(fetch.domains, domains, "a redirect leads nowhere else");
    }
}

#[test]
fn a_run_sees_and_lands_no_more_than_its_rules_allow() {
    let source = "export default async (flow) => { await flow.fs.write(flow.args.to, await flow.fs.readText(flow.args.from)); await flow.call(\"delete\", { path: \"public/a.txt\" }); };\n";
    let wide =
        json!({ "grant": { "read": ["**"], "write": ["**"], "net": ["*"], "tools": ["*"] } });
    let mut host = host();
    let call = running(&mut host, source, wide.clone());
    let seen: Vec<_> = host.jobs[0]
        .1
        .files
        .iter()
        .filter(|file| file.readable && !file.folder)
        .map(|file| file.path.clone())
        .collect();
    assert!(seen.contains(&"public/a.txt".to_owned()), "{seen:?}");
    assert!(
        seen.iter()
            .all(|path| !path.contains("secret") && !path.contains("policy")),
        "{seen:?}"
    );
    host.report(RunReport::Called {
        id: 1,
        request: PendingOp::Tool {
            name: "delete".into(),
            input: json!({ "path": "public/a.txt" }),
        },
    });
    host.finish(Ok(json!(1)), &[("private/x", "y")]);
    assert_eq!(
        host.reply(call)
            .expect("an answer")
            .expect_err("denied")
            .code,
        ErrorCode::PolicyDenied
    );
    for ops in [
        vec![write_op("public/locked/x", "y")],
        vec![FileOp::Move {
            from: "public".into(),
            to: "public2".into(),
        }],
        vec![FileOp::Remove {
            path: "public".into(),
        }],
        vec![
            write_op("public/ok", "y"),
            FileOp::Move {
                from: "public/ok".into(),
                to: "public/locked/ok".into(),
            },
        ],
        vec![write_op("selvage.policy.yaml", "version: 1\n")],
    ] {
        let before = tree(&mut host);
        let call = running(&mut host, source, wide.clone());
        host.finish_with(Ok(json!(1)), ops.clone(), &[("public/ok", "y")]);
        let error = host.reply(call).expect("an answer").expect_err("denied");
        assert_eq!(error.code, ErrorCode::PolicyDenied, "{ops:?}");
        assert_eq!(tree(&mut host), before, "{ops:?}");
    }
    // The tools that a run calls are called by whoever is behind it.
    running(&mut host, source, wide);
    host.report(RunReport::Called {
        id: 1,
        request: PendingOp::Tool {
            name: "write".into(),
            input: json!({ "path": "private/x", "content": "y" }),
        },
    });
    assert!(!tree(&mut host).contains("private/x"));
}

#[test]
fn no_approval_lands_anything_but_what_was_seen() {
    let mut host = host();
    let asked = |host: &mut Host, content: &str| {
        host.start(
            "write",
            json!({ "path": "asked/a.txt", "content": content }),
        )
    };
    let read = |host: &mut Host| {
        host.who = person();
        let read = host.ok("read", json!({ "path": "asked/a.txt" }));
        host.who = Origin::new(OriginKind::Agent, "mallory");
        read["content"].as_str().unwrap_or_default().to_owned()
    };

    // Another digest, another name, and what the agent makes up.
    let call = asked(&mut host, "harmless\n");
    assert_eq!(
        decide(&mut host, |input| input["digest"] = json!("0".repeat(64)))
            .expect_err("not seen")
            .code,
        ErrorCode::Stale
    );
    assert_eq!(
        decide(&mut host, |input| input["approval"] = json!("made-up"))
            .expect_err("none")
            .code,
        ErrorCode::NotFound
    );
    let approval = approvals(&mut host)["approvals"][0].clone();
    for tool in ["approval_decide", "approval_read"] {
        let mut input = json!({ "approval": approval["approval"] });
        if tool == "approval_decide" {
            input["digest"] = approval["digest"].clone();
            input["allow"] = json!(true);
        } else {
            input["path"] = json!("asked/a.txt");
        }
        assert_eq!(
            host.call(tool, input).expect_err("an agent").code,
            ErrorCode::PolicyDenied,
            "{tool}"
        );
    }
    assert!(host.reply(call).is_none(), "it still waits");

    // The same file is asked about twice: each approval is of its own content.
    let other = asked(&mut host, "evil\n");
    decide(&mut host, |_| {}).expect("the first");
    host.reply(call).expect("an answer").expect("landed");
    assert_eq!(read(&mut host), "harmless\n");
    assert!(host.reply(other).is_none());
    // What the second would replace is something else now, so it is shown anew.
    assert_eq!(
        decide(&mut host, |_| {}).expect_err("changed").code,
        ErrorCode::Stale
    );
    assert_eq!(read(&mut host), "harmless\n");
    decide(&mut host, |input| input["allow"] = json!(false)).expect("refused");
    assert!(host.reply(other).expect("an answer").is_err());

    // Somebody else's question is not the agent's to see.
    host.who = Origin::new(OriginKind::Agent, "mallory");
    let waiting = asked(&mut host, "third\n");
    let listed = host.ok("approval_list", json!({}));
    assert_eq!(listed["approvals"][0]["who"], "agent mallory");
    assert_eq!(listed["decided"], json!([]));
    drop(waiting);
}

#[test]
fn neither_a_manifest_nor_a_forged_record_gives_more() {
    let mut host = host();
    let manifest = json!({ "version": 1, "flows": {
        "more": { "entry": "flows/x.flow.js", "grant": { "read": ["**"], "write": ["**"], "net": ["*"], "tools": ["*"] },
                  "triggers": [{ "on": "change", "paths": ["public/**"] }, { "on": "start" }] },
        "else": { "entry": "private/y.flow.js" },
    } });
    host.ok(
        "write",
        json!({ "path": "flows/flow.config.json", "content": manifest.to_string() }),
    );
    host.ok("write", json!({ "path": "flows/x.flow.js", "content": "export default async (flow) => flow.fs.readText(flow.args.from);\n" }));
    host.ok("write", json!({ "path": "public/a.txt", "content": "go" }));
    host.pass(1_000);
    assert!(host.jobs.is_empty(), "no rule is about what runs by itself");
    host.start("run_flow", json!({ "name": "more" }));
    let seen = host.jobs[0]
        .1
        .files
        .iter()
        .any(|file| file.readable && file.path.contains("secret"));
    assert!(!seen);
    host.finish(Ok(json!(1)), &[]);
    for input in [
        json!({ "name": "else" }),
        json!({ "path": "private/y.flow.js" }),
        json!({ "again": "made-up" }),
    ] {
        let result = host.call("run_flow", input.clone());
        assert!(result.is_err(), "{input}");
        assert!(host.jobs.is_empty(), "{input}");
    }
}

#[test]
fn a_call_that_comes_before_the_policy_was_read_waits_for_it() {
    let mut host = host();
    host.who = person();
    let closed = POLICY.replace("'public/**', 'flows/**', 'runs/**'", "'nothing'");
    host.holds_reads = true;
    host.ok(
        "write",
        json!({ "path": "public/last.txt", "content": "x" }),
    );
    let call = host.start(
        "write",
        json!({ "path": "selvage.policy.yaml", "content": closed }),
    );
    host.read_held();
    host.reply(call).expect("an answer").expect("written");
    host.who = Origin::new(OriginKind::Agent, "mallory");
    let early = host.start("read", json!({ "path": "public/a.txt" }));
    assert!(host.reply(early).is_none(), "it waits");
    host.read_held();
    assert_eq!(
        host.reply(early)
            .expect("an answer")
            .expect_err("denied")
            .code,
        ErrorCode::PolicyDenied
    );
}
