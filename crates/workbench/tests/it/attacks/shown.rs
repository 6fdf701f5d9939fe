//! What is shown of changes: by a dry run, by its record, and by what waits for a person.

use super::runs::running;
use super::{
    POLICY, SECRET, approvals, calls, decide, denials, host, host_with, person, person_calls, tree,
};
use crate::common::{Host, write_op};
use selvage_tool::ErrorCode;
use selvage_tool::decision::Proposed;
use selvage_tool::guest::{Answer, PendingOp};
use selvage_tool::run::{FileOp, RunReport};
use selvage_vfs::Hash;
use selvage_workbench::{Effect, Event};
use serde_json::{Value, json};

/// A flow that writes and removes whatever it is told.
const ANYWHERE: &str = "export default async (flow) => { await flow.fs.write(flow.args.to, \"\"); await flow.fs.remove(flow.args.to); };\n";

fn hash_of(text: &str) -> String {
    Hash::of(text.as_bytes()).to_string()
}

/// What nobody but a person is told of the hidden files: a text of them, or its hash, by which it can be guessed.
fn tells(told: &str) -> bool {
    let secret = [SECRET.to_owned(), hash_of(SECRET)];
    secret.iter().any(|secret| told.contains(secret))
}

/// What came of a run of the agent's that did all this, and the text of its record.
fn ended(host: &mut Host, input: Value, ops: &[FileOp]) -> (Result<Value, ErrorCode>, String) {
    host.now_ms += 1;
    let call = running(host, ANYWHERE, input);
    host.finish_with(Ok(json!(1)), ops.to_vec(), &[("x", "")]);
    let answer = host.reply(call).expect("an answer");
    assert!(!tells(&format!("{answer:?}")), "{ops:?}: {answer:?}");
    let last = person_calls(host, "flow_runs", json!({ "limit": 1 }))["runs"][0].clone();
    let record = person_calls(host, "read", json!({ "path": last["record"] }));
    let record = record["content"].as_str().unwrap_or_default().to_owned();
    assert!(!tells(&record), "{ops:?}: {record}");
    (answer.map_err(|error| error.code), record)
}

fn dry() -> Value {
    json!({ "mode": "dry-run", "args": { "to": "x" } })
}

#[test]
fn a_dry_run_may_no_more_than_the_run_and_shows_nothing_that_may_not_be_read() {
    let mut host = host();
    let remove = |path: &str| FileOp::Remove { path: path.into() };
    let moved = |from: &str, to: &str| FileOp::Move {
        from: from.into(),
        to: to.into(),
    };
    for ops in [
        [write_op("private/secret.txt", "")],
        [remove("private")],
        [remove("public")],
        [moved("private", "public/p")],
        [moved("public/hidden/secret.txt", "public/s.txt")],
    ] {
        let wet = json!({ "args": { "to": "x" } });
        let (wet, _) = ended(&mut host, wet, &ops);
        let before = tree(&mut host);
        let denied = denials(&mut host);
        let (dry, record) = ended(&mut host, dry(), &ops);
        assert_eq!(
            (dry.clone(), wet),
            (Err(ErrorCode::PolicyDenied), dry),
            "{ops:?}"
        );
        assert_eq!(denials(&mut host), denied + 1, "{ops:?} is not recorded");
        assert!(record.contains("\"verdict\": \"denied\""), "{record}");
        assert_eq!(tree(&mut host), before);
    }

    // What may be written and not read is written blindly.
    let path = "public/hidden/secret.txt";
    let (shown, _) = ended(&mut host, dry(), &[write_op(path, "")]);
    let shown = shown.expect("it would land")["proposed"].clone();
    let own = json!([{ "op": "write", "path": path, "after": hash_of(""), "size": 0 }]);
    assert_eq!(shown, own);
    let never = [write_op("public/hidden/never.txt", "")];
    let (unseen, _) = ended(&mut host, dry(), &never);
    let unseen = unseen.expect("it would land")["proposed"].to_string();
    let alike = own.to_string().replace("secret.txt", "never.txt");
    assert_eq!(unseen, alike, "whether it is there makes no difference");
    let (shown, record) = ended(&mut host, dry(), &[remove("public/hidden")]);
    assert_eq!(shown.expect("it would land")["proposed"], Value::Null);
    assert!(!record.contains("secret.txt"), "{record}");

    // What may be read is shown.
    let (shown, _) = ended(&mut host, dry(), &[write_op("public/a.txt", "")]);
    let shown = shown.expect("it would land")["proposed"][0].clone();
    assert_eq!(shown["before"], hash_of("open"));
    assert!(
        shown["diff"]
            .as_str()
            .is_some_and(|diff| diff.contains("-open"))
    );
}

/// Whoever is asked sees first what is asked about, wherever it stands among the changes.
#[test]
fn what_waits_is_named_after_what_a_rule_asks_about() {
    let mut host = host();
    let input = json!({ "args": { "to": "x" } });
    running(&mut host, ANYWHERE, input);
    let ops = ["public/a.txt", "asked/a.txt"].map(|path| write_op(path, "x"));
    host.finish_with(Ok(json!(1)), ops.to_vec(), &[("x", "x")]);
    let one = "--- a/public/a.txt\n+++ b/public/a.txt\n@@ -1 +1 @@\n-open\n\\ No newline at end of file\n+other\n\\ No newline at end of file\n";
    let other = "--- /dev/null\n+++ b/asked/new.txt\n@@ -0,0 +1 @@\n+new\n";
    host.start("apply_patch", json!({ "patch": format!("{one}{other}") }));
    let waiting = approvals(&mut host);
    let whats = waiting["approvals"].as_array().into_iter().flatten();
    let whats: Vec<_> = whats.map(|one| one["what"].clone()).collect();
    let expected = [
        "write asked/a.txt, and 1 more",
        "write asked/new.txt, and 1 more",
    ];
    assert_eq!(whats, expected, "{waiting}");
}

#[test]
fn a_dry_run_says_that_a_person_would_be_asked_and_asks_nobody() {
    let mut host = host();
    let (shown, record) = ended(&mut host, dry(), &[write_op("asked/a.txt", "")]);
    let shown = shown.expect("it would land, with a person");
    assert_eq!(approvals(&mut host)["approvals"], json!([]));
    let would = shown["decisions"].as_array().and_then(|all| all.last());
    let would = would.cloned().unwrap_or_default();
    assert_eq!(
        (&would["verdict"], &would["what"]),
        (&json!("asked"), &json!("write asked/a.txt"))
    );
    assert!(
        would["reason"].to_string().contains("asks nobody"),
        "{would}"
    );
    assert!(
        !record.contains("as it was"),
        "the rule lets it write it, and not read it"
    );

    // A person's own dry run shows it, as the request would.
    host.who = person();
    let call = running(&mut host, ANYWHERE, dry());
    host.finish_with(
        Ok(json!(1)),
        vec![write_op("private/secret.txt", "")],
        &[("x", "")],
    );
    let shown = host.reply(call).expect("an answer").expect("success")["proposed"][0].clone();
    assert!(tells(&shown["before"].to_string()) && tells(&shown["diff"].to_string()));
}

#[test]
fn a_run_learns_nothing_from_the_dry_run_that_it_calls() {
    let policy = POLICY.replace("callers: [mallory]", "callers: [person]");
    let policy = policy.replace("tools: [read, write]", "tools: [run_flow]");
    // The flow that it calls may read and write everything.
    let mut host = host_with(&format!(
        "{policy}  - path: 'other/**'\n    allow: {{ read: ['**'], write: ['**'] }}\n"
    ));
    host.who = person();
    host.ok(
        "write",
        json!({ "path": "other/inner.flow.js", "content": ANYWHERE }),
    );
    let source = "export default async (flow) => flow.call(\"run_flow\", flow.args);\n";
    running(&mut host, source, json!({ "allowTools": ["run_flow"] }));
    let input = json!({ "path": "other/inner.flow.js", "mode": "dry-run", "args": { "to": "x" } });
    let name = "run_flow".into();
    host.report(RunReport::Called {
        id: 1,
        request: PendingOp::Tool { name, input },
    });
    host.others.clear();
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    let outer = host.jobs.remove(0);
    let ops = vec![
        write_op("private/secret.txt", ""),
        write_op("public/a.txt", ""),
    ];
    host.finish_with(Ok(json!(1)), ops, &[("x", "")]);
    host.jobs.insert(0, outer);
    let answered = host.others.iter().find_map(|effect| match effect {
        Effect::Answer {
            answer: Answer::Ok(told),
            ..
        } => Some(told.clone()),
        _ => None,
    });
    let told = answered.expect("the outer run is answered");
    assert!(!tells(&told.to_string()), "{told}");
    let open = told["proposed"][1]["diff"].to_string();
    assert!(
        open.contains("-open"),
        "what its rule lets it read is shown: {told}"
    );
}

/// What an agent is told of what waits for it, and what a person is.
fn told(host: &mut Host) -> (Value, Value) {
    let own = host.ok("approval_list", json!({}))["approvals"][0].clone();
    (own, approvals(host)["approvals"][0].clone())
}

#[test]
fn nobody_reads_a_file_by_having_a_person_asked_about_it() {
    let asks = POLICY.replace("write: ['asked/**']\n    deny:\n      read: ['public/hidden/**']", "write: ['asked/**', 'public/asked/**']\n      tools: [delete]\n    deny:\n      read: ['public/hidden/**']");
    assert_ne!(asks, POLICY);
    let mut host = host_with(&asks);
    let digest = |path: &str, before: &str| {
        let change = json!([{ "op": "write", "path": path, "before": hash_of(before), "after": hash_of("guess"), "size": 5 }]);
        hash_of(&change.to_string())
    };
    host.start(
        "write",
        json!({ "path": "asked/a.txt", "content": "guess" }),
    );
    let (own, whole) = told(&mut host);
    let text = own.to_string();
    assert!(
        !text.contains("as it was") && !text.contains(&hash_of("as it was\n")),
        "{text}"
    );
    assert_eq!(
        own["changes"],
        json!([{ "op": "write", "path": "asked/a.txt", "after": hash_of("guess"), "size": 5 }])
    );
    assert!(
        whole["changes"][0]["diff"]
            .to_string()
            .contains("-as it was"),
        "{whole}"
    );
    // Nor by trying which content the digest is over.
    assert_eq!(own["digest"], whole["digest"]);
    assert_ne!(own["digest"], digest("asked/a.txt", "as it was\n"));
    decide(&mut host, |input| input["allow"] = json!(false)).expect("refused");

    person_calls(
        &mut host,
        "write",
        json!({ "path": "public/asked/b.txt", "content": "open" }),
    );
    host.start(
        "write",
        json!({ "path": "public/asked/b.txt", "content": "guess" }),
    );
    let (own, whole) = told(&mut host);
    assert_eq!(own, whole, "of what it may read, it is told all");
    assert_eq!(own["digest"], digest("public/asked/b.txt", "open"));
    decide(&mut host, |_| {}).expect("approved");

    // What is in a folder is not told either.
    let call = host.start("delete", json!({ "path": "public/hidden" }));
    let (own, whole) = told(&mut host);
    let text = own.to_string();
    assert!(!tells(&text) && !text.contains("secret.txt"), "{text}");
    assert!(tells(&whole.to_string()) && whole.to_string().contains("secret.txt"));
    assert_eq!(own["what"], "remove public/hidden");
    decide(&mut host, |_| {}).expect("approved");
    host.reply(call).expect("an answer").expect("removed");
    host.pass(3_000);
    let kept = host.ok(
        "search",
        json!({ "query": "public/hidden", "path": "runs/decisions" }),
    );
    assert!(!kept.to_string().contains("secret.txt"), "{kept}");
}

#[test]
fn a_run_cannot_guess_by_a_digest_what_its_rules_hide() {
    let policy = POLICY.replace("callers: [mallory]", "callers: [person]");
    let mut host = host_with(&policy);
    host.who = person();
    let source = "export default async (flow) => flow.call(\"write\", flow.args);\n";
    running(&mut host, source, json!({ "allowTools": ["write"] }));
    let before = json!([{ "op": "write", "path": "asked/a.txt", "before": hash_of("as it was\n"), "after": hash_of("guess"), "size": 5 }]);
    let input = json!({ "path": "asked/a.txt", "content": "guess" });
    assert_eq!(calls(&mut host, 1, "write", input), None, "it waits");
    let approval = approvals(&mut host)["approvals"][0].clone();
    assert_eq!(approval["changes"][0]["before"], before[0]["before"]);
    assert_ne!(approval["digest"], hash_of(&before.to_string()));
    // What is approved is made all the same.
    decide(&mut host, |_| {}).expect("approved");
    assert_eq!(approvals(&mut host)["approvals"], json!([]));
    assert!(tree(&mut host).contains(&hash_of("guess")));
}

#[test]
fn what_a_run_waits_for_shows_its_agent_no_more() {
    let mut host = host();
    running(&mut host, ANYWHERE, json!({ "args": { "to": "x" } }));
    host.finish_with(
        Ok(json!(1)),
        vec![write_op("asked/a.txt", "guess")],
        &[("asked/a.txt", "guess")],
    );
    let (own, whole) = told(&mut host);
    assert!(!own.to_string().contains("as it was"), "{own}");
    assert!(whole.to_string().contains("as it was"));
    let status = host.ok("flow_status", json!({ "run": own["run"] }));
    assert!(
        !status.to_string().contains(&hash_of("as it was\n")),
        "{status}"
    );
    // What is approved is what was shown, though its digest is another one than anybody can compute.
    person_calls(
        &mut host,
        "write",
        json!({ "path": "asked/a.txt", "content": "else" }),
    );
    assert_eq!(
        decide(&mut host, |_| {}).expect_err("changed").code,
        ErrorCode::Stale
    );
    assert_ne!(
        approvals(&mut host)["approvals"][0]["digest"],
        own["digest"]
    );
    decide(&mut host, |_| {}).expect("as it is now");
    assert!(tree(&mut host).contains(&hash_of("guess")));
}

#[test]
fn a_dry_run_is_refused_where_it_would_be_more_than_a_person_looks_at() {
    let mut host = host();
    let write = |at: usize| write_op(&format!("asked/{at}.txt"), "");
    let ops: Vec<_> = (0..501).map(write).collect();
    let wet = json!({ "args": { "to": "x" } });
    for input in [wet, dry()] {
        let (came, _) = ended(&mut host, input, &ops);
        assert_eq!(came, Err(ErrorCode::TooLarge));
    }
    let (came, _) = ended(&mut host, dry(), &ops[..500]);
    let shown = came.expect("as many as a person looks at");
    assert_eq!(shown["proposed"].as_array().map(Vec::len), Some(500));

    // Of what nobody is asked about, there may be more.
    let write = |at: usize| write_op(&format!("public/{at}.txt"), "");
    let ops: Vec<_> = (0..501).map(write).collect();
    let (came, _) = ended(&mut host, dry(), &ops);
    assert_eq!(came.expect("it would land")["proposed"], Value::Null);
}

#[test]
fn a_digest_keeps_its_secret_when_what_would_land_comes_to_be_about_hidden_files() {
    let policy = POLICY.replace("'flows/**', 'runs/**'", "'flows/**', 'asked/**'");
    let policy = policy.replace(
        "'public/hidden/**'",
        "'public/hidden/**', 'asked/d/hidden/**'",
    );
    let mut host = host_with(&policy);
    let file = |name: &str, content: &str| {
        let path = format!("asked/d/{name}");
        json!({ "path": path, "content": content })
    };
    person_calls(&mut host, "write", file("a.txt", "open"));
    running(&mut host, ANYWHERE, json!({ "args": { "to": "x" } }));
    let path = "asked/d".into();
    host.finish_with(Ok(json!(1)), vec![FileOp::Remove { path }], &[]);
    let whole = |host: &mut Host| {
        let approval = told(host).1;
        let mut changes: Vec<Proposed> =
            serde_json::from_value(approval["changes"].clone()).expect("changes");
        // It is over contents, by their hashes.
        changes.iter_mut().for_each(|change| change.diff = None);
        (
            hash_of(&json!(changes).to_string()),
            approval["digest"].clone(),
        )
    };
    let (known, digest) = whole(&mut host);
    assert_eq!(digest, known, "all that it is over may be read");

    person_calls(&mut host, "write", file("hidden/k.txt", SECRET));
    let stale = decide(&mut host, |_| {}).expect_err("it is something else by now");
    assert_eq!(stale.code, ErrorCode::Stale);
    let (known, digest) = whole(&mut host);
    assert_ne!(digest, known, "whoever knows the rest could guess the text");
    decide(&mut host, |_| {}).expect("as it is now");
    assert!(!tree(&mut host).contains("asked/d"));
}
