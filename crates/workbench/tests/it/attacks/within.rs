//! What runs ask while they go on: who is asked, what is recorded, and that nothing outlives the run.

use super::{POLICY, approvals, asks, decide, denied, fetches, host, person};
use crate::common::Host;
use selvage_tool::guest::PendingOp;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Origin, OriginKind};
use selvage_workbench::{Event, Notice};
use serde_json::{Value, json};

const CALLS: &str = "export default async (flow) => { await flow.call(flow.args.tool, flow.args.input); await fetch(flow.args.url); await flow.fs.write(flow.args.to, \"\"); };\n";

/// A run of the agent's that may ask for a lot. Gives its call.
fn running(host: &mut Host) -> u64 {
    let grant =
        json!({ "read": ["**"], "write": ["**"], "net": ["*"], "tools": ["write", "read"] });
    host.ok(
        "write",
        json!({ "path": "flows/x.flow.js", "content": CALLS }),
    );
    host.start(
        "run_flow",
        json!({ "path": "flows/x.flow.js", "grant": grant }),
    )
}

fn writes(path: &str) -> PendingOp {
    PendingOp::Tool {
        name: "write".into(),
        input: json!({ "path": path, "content": "by a run" }),
    }
}

fn read(host: &mut Host, path: &str) -> Option<Value> {
    let read = host.as_person(|host| host.call("read", json!({ "path": path })));
    read.ok().map(|read| read["content"].clone())
}

#[test]
fn nothing_that_a_run_asked_for_happens_after_its_end() {
    let mut host = host();
    let call = running(&mut host);
    asks(&mut host, 1, writes("asked/a.txt"));
    let approval = approvals(&mut host)["approvals"][0].clone();
    assert_eq!(approval["run"], host.jobs[0].1.run);
    host.finish(Err(ToolError::new(ErrorCode::QuotaWall, "too late")), &[]);
    let record = host.reply(call).expect("an answer");
    assert!(record.is_err());
    assert_eq!(approvals(&mut host)["approvals"], json!([]));
    host.who = person();
    let late = host.call(
        "approval_decide",
        json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": true }),
    );
    assert_eq!(late.expect_err("over").code, ErrorCode::NotFound);
    assert_eq!(read(&mut host, "asked/a.txt"), Some(json!("as it was\n")));
}

#[test]
fn whoever_called_first_hears_what_a_run_within_its_run_waits_for() {
    let mut host = host();
    host.who = person();
    let policy = POLICY.replace("tools: [read, write]", "tools: [run_flow, write]");
    host.ok(
        "write",
        json!({ "path": "selvage.policy.yaml", "content": policy }),
    );
    host.who = Origin::new(OriginKind::Agent, "mallory");
    for name in ["inner", "outer"] {
        let path = format!("flows/{name}.flow.js");
        host.ok("write", json!({ "path": path, "content": CALLS }));
    }
    let call = host.start(
        "run_flow",
        json!({ "path": "flows/outer.flow.js", "allowTools": ["run_flow"] }),
    );
    let input = json!({ "path": "flows/inner.flow.js", "allowTools": ["write"], "wait": false });
    let name = "run_flow".into();
    asks(&mut host, 1, PendingOp::Tool { name, input });
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    // Who called is known also when the run between is over.
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("an answer").expect("success");
    assert_eq!(host.jobs[0].1.entry, "flows/inner.flow.js");
    asks(&mut host, 1, writes("asked/a.txt"));
    let told: Vec<_> = host
        .notices
        .iter()
        .filter_map(|notice| match notice {
            Notice::Approval { call, approval } => Some((*call, approval.run.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(Some(call), Some(host.jobs[0].1.run.clone()))]);
}

#[test]
fn the_record_of_a_run_says_what_it_was_denied_and_what_a_person_decided() {
    let mut host = host();
    let call = running(&mut host);
    asks(&mut host, 1, fetches("https://tracker.cdn.good.org/x"));
    asks(&mut host, 2, fetches("https://elsewhere.org/?secret=1"));
    asks(&mut host, 3, writes("private/x"));
    asks(
        &mut host,
        4,
        PendingOp::Tool {
            name: "delete".into(),
            input: json!({ "path": "public/a.txt" }),
        },
    );
    asks(&mut host, 5, writes("asked/a.txt"));
    decide(&mut host, |_| {}).expect("approved");
    assert_eq!(read(&mut host, "asked/a.txt"), Some(json!("by a run")));
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    let of = |verdict: &str| {
        let decisions = record["decisions"].as_array().into_iter().flatten();
        decisions.filter(|one| one["verdict"] == verdict).count()
    };
    assert_eq!(
        denied(&record),
        [
            "fetch https://tracker.cdn.good.org/x",
            "fetch https://elsewhere.org/?secret=1",
            "call write",
            "call delete"
        ]
    );
    assert_eq!((of("asked"), of("approved")), (1, 1));
}

#[test]
fn what_a_run_may_not_land_is_in_its_record() {
    let mut host = host();
    let call = running(&mut host);
    host.finish(Ok(json!(1)), &[("public/locked/x", "y")]);
    let error = host.reply(call).expect("an answer").expect_err("denied");
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    host.who = person();
    let run = host.ok("flow_runs", json!({ "limit": 1 }))["runs"][0]["run"].clone();
    let decisions = host.ok("flow_status", json!({ "run": run }))["decisions"].clone();
    let last = decisions.as_array().and_then(|all| all.last().cloned());
    let last = last.expect("a decision");
    assert_eq!(
        (&last["verdict"], &last["what"]),
        (&json!("denied"), &json!("land what it wrote"))
    );
}

#[test]
fn whoever_is_denied_much_takes_no_room_from_what_persons_decide() {
    let mut host = host();
    for number in 0..2_000 {
        let path = format!("private/{number}/{}", "x".repeat(200).repeat(4).as_str());
        let path: String = path.chars().take(900).collect();
        let _ = host.call("write", json!({ "path": path, "content": "y" }));
        if number % 100 == 0 {
            host.pass(3_000);
        }
    }
    host.start(
        "write",
        json!({ "path": "asked/a.txt", "content": "new\n" }),
    );
    decide(&mut host, |_| {}).expect("approved");
    host.pass(3_000);
    host.who = person();
    let files = host.ok("ls", json!({ "path": "runs/decisions" }))["entries"].clone();
    let path = files[0]["path"].clone();
    let size = files[0]["size"].as_u64().unwrap_or_default();
    assert!((1_000_000..1_060_000).contains(&size), "{size}");
    let from = size - 2_000;
    let tail = host.ok("read", json!({ "path": path, "offset": from }))["content"].clone();
    let tail = tail.as_str().unwrap_or_default();
    assert!(tail.contains("\"approved\""), "{tail}");
}

#[test]
fn an_agent_that_decides_for_itself_is_on_record() {
    let mut host = host();
    host.start(
        "write",
        json!({ "path": "asked/a.txt", "content": "evil\n" }),
    );
    let approval = approvals(&mut host)["approvals"][0].clone();
    let before = super::denials(&mut host);
    for (tool, input) in [
        (
            "approval_decide",
            json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": true }),
        ),
        (
            "approval_read",
            json!({ "approval": approval["approval"], "path": "asked/a.txt" }),
        ),
    ] {
        host.call(tool, input).expect_err("an agent");
    }
    assert_eq!(super::denials(&mut host), before + 2);
    let decided = approvals(&mut host)["decided"].clone();
    assert_eq!(decided[0]["who"], "agent mallory");
}

#[test]
fn a_run_made_again_for_comparison_sees_no_more_than_any_other() {
    let mut host = host();
    let source = "export default async (flow) => flow.fs.readText(flow.args.from);\n";
    host.ok(
        "write",
        json!({ "path": "flows/x.flow.js", "content": source }),
    );
    host.start("run_flow", json!({ "path": "flows/x.flow.js" }));
    host.finish(Ok(json!(1)), &[]);
    let run = host.ok("flow_runs", json!({ "limit": 1 }))["runs"][0].clone();
    // A peer writes a record that would read everything.
    host.who = person();
    let path = run["record"].clone();
    let text = host.ok("read", json!({ "path": path }))["content"].clone();
    let mut record: Value =
        serde_json::from_str(text.as_str().unwrap_or_default()).expect("a record");
    record["grant"]["read"] = json!(["**"]);
    record["limits"]["cpuMsMax"] = json!(3_600_000);
    host.ok(
        "write",
        json!({ "path": path, "content": record.to_string() }),
    );
    host.who = Origin::new(OriginKind::Agent, "mallory");
    host.start("run_verify", json!({ "run": run["run"] }));
    let job = &host.jobs[0].1;
    let seen = |part: &str| {
        job.files
            .iter()
            .any(|file| file.readable && file.path.contains(part))
    };
    assert!(seen("public/a.txt"));
    assert!(!seen("secret") && !seen("policy"));
}
