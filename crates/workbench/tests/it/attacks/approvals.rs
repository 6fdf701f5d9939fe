//! Approvals, manifests, and what comes too early.

use super::{
    POLICY, approvals, calls, decide, denials, denied, host, host_with, person, record, write,
};
use crate::common::Host;
use selvage_tool::ErrorCode;
use selvage_tool::guest::Answer;
use selvage_vfs::{Origin, OriginKind};
use serde_json::json;

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
    asked(&mut host, "third\n");
    let listed = host.ok("approval_list", json!({}));
    assert_eq!(listed["approvals"][0]["who"], "agent mallory");
    assert_eq!(listed["decided"], json!([]));
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
    write(&mut host, &[("private/z.flow.js", "export default 1;\n")]);
    for (input, code) in [
        (json!({ "name": "else" }), ErrorCode::PolicyDenied),
        // Whether it is there is not told.
        (
            json!({ "path": "private/y.flow.js" }),
            ErrorCode::PolicyDenied,
        ),
        (
            json!({ "path": "private/z.flow.js" }),
            ErrorCode::PolicyDenied,
        ),
        (json!({ "name": "z" }), ErrorCode::NotFound),
        (
            json!({ "path": "flows/../private/z.flow.js" }),
            ErrorCode::PolicyDenied,
        ),
        (json!({ "again": "made-up" }), ErrorCode::NotFound),
    ] {
        let before = denials(&mut host);
        let error = host.call("run_flow", input.clone()).expect_err("refused");
        assert_eq!(error.code, code, "{input}: {error}");
        assert!(host.jobs.is_empty(), "{input}");
        let is_attempt = code == ErrorCode::PolicyDenied;
        assert_eq!(
            denials(&mut host),
            before + usize::from(is_attempt),
            "{input}"
        );
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

#[test]
fn a_flow_sees_and_approves_nothing_whoever_runs_it() {
    let mut host = host();
    host.start(
        "write",
        json!({ "path": "asked/a.txt", "content": "evil\n" }),
    );
    let approval = approvals(&mut host)["approvals"][0].clone();
    host.who = person();
    let source = "export default async (flow) => { await flow.call(\"approval_decide\", flow.args); await flow.call(\"approval_read\", flow.args); await flow.call(\"approval_list\", {}); };\n";
    let tools = json!({ "allowTools": ["approval_decide", "approval_read"] });
    host.start_flow(source, tools);
    let input =
        json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": true });
    let read = json!({ "approval": approval["approval"], "path": "asked/a.txt" });
    for (id, (name, input)) in (0..).zip([("approval_decide", input), ("approval_read", read)]) {
        let answer = calls(&mut host, id, name, input);
        assert!(
            matches!(&answer, Some(Answer::Error(error)) if error.code == ErrorCode::PolicyDenied),
            "{name}: {answer:?}"
        );
    }
    let nothing = json!({ "approvals": [], "decided": [] });
    let listed = calls(&mut host, 2, "approval_list", json!({}));
    assert_eq!(listed, Some(Answer::Ok(nothing)));
    let attempts = ["call approval_decide", "call approval_read"];
    assert_eq!(denied(&record(&mut host)), attempts);
    assert_eq!(
        approvals(&mut host)["approvals"][0]["approval"],
        approval["approval"],
        "it still waits"
    );
}

#[test]
fn a_call_that_is_asked_about_twice_is_made_when_both_are_approved() {
    let mut host = host_with(
        "version: 1
agents:
  - name: mallory
    allow: { tools: ['*'], read: ['**'] }
    ask: { tools: [lint_flow], write: ['flows/**'] }
",
    );
    let source = "export default async (flow) => { flow.fs.write(\"public/x\", \"\"); };\n";
    write(&mut host, &[("flows/x.flow.js", source)]);
    let input = json!({ "path": "flows/x.flow.js", "fix": true });
    let call = host.start("lint_flow", input);
    // What it would change shows only when it looks at the text.
    decide(&mut host, |_| {}).expect("approved");
    let waits = approvals(&mut host)["approvals"].clone();
    assert_eq!(waits[0]["changes"][0]["path"], "flows/x.flow.js");
    assert!(host.reply(call).is_none());
    decide(&mut host, |_| {}).expect("approved");
    let fixed = host.reply(call).expect("an answer").expect("fixed");
    assert_eq!(fixed["fixed"], 1);
    assert_eq!(approvals(&mut host)["approvals"], json!([]));
}

/// A run of the agent's that a person is asked about: so many files that it would read, and its environment.
fn asks_about(files: usize) -> (Host, u64) {
    let policy = "version: 1
agents:
  - name: mallory
    allow: { tools: ['*'], read: ['**'], write: ['**'] }
flows:
  - path: 'flows/**'
    ask: { read: ['many/**'] }
";
    let mut host = host_with(policy);
    for number in 0..files {
        let path = format!("many/{number}.txt");
        host.ok("write", json!({ "path": path, "content": "x" }));
    }
    let source = "export default async (flow) => flow.fs.readText(`many/${flow.args.name}`);\n";
    let call = host.start_flow(source, json!({ "env": { "TOKEN": "x" } }));
    (host, call)
}

#[test]
fn a_person_sees_all_that_a_run_would_do_or_is_not_asked() {
    let (mut host, _) = asks_about(500);
    let risks = approvals(&mut host)["approvals"][0]["risks"].clone();
    let risks = risks.as_array().expect("a list");
    assert_eq!(risks[0], "gets the environment [\"TOKEN\"]");
    assert_eq!(risks.len(), 501);
    for number in 0..500 {
        let read = json!(format!("read many/{number}.txt"));
        assert!(risks.contains(&read), "{read}");
    }

    let (mut host, call) = asks_about(501);
    let error = host.reply(call).expect("an answer").expect_err("refused");
    assert_eq!(error.code, ErrorCode::TooLarge);
    assert!(host.jobs.is_empty());
    assert_eq!(approvals(&mut host)["approvals"], json!([]));
    assert_eq!(host.ok("flow_runs", json!({}))["runs"], json!([]));
}
