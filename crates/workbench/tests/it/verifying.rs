//! What a comparison says of runs that did not come to their end by themselves, the first time or the second.

use crate::common::Host;
use selvage_tool::catalogue::RunSummary;
use selvage_tool::run::Outcome;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Origin, OriginKind};
use selvage_workbench::{Effect, Event};
use serde_json::{Value, json};

const FLOW: &str = "export default async (flow) => { await flow.fs.write('out/a.txt', 'x'); };\n";

const POLICY: &str = "
version: 1
flows:
  - path: 'flows/**'
    callers: [person]
    allow: { read: ['**'], write: ['out/**'] }
    ask: { write: ['out/asked/**'] }
    deny: { write: ['out/locked/**'] }
";

fn host() -> Host {
    let mut host = Host::with_runner();
    host.who = Origin::new(OriginKind::Person, "Ann");
    host
}

/// The only run that left a record.
fn kept(host: &mut Host) -> Value {
    let runs = host.ok("flow_runs", json!({}))["runs"].clone();
    let runs: Vec<RunSummary> = serde_json::from_value(runs).expect("runs");
    let mut ended = runs.iter().filter(|run| run.status.ended());
    let run = ended.next().expect("a run");
    assert_eq!(ended.next(), None);
    json!(run.run)
}

/// Ends a run in some way; gives why it can't be compared.
fn incomparable(how: impl FnOnce(&mut Host)) -> String {
    let mut host = host();
    host.start_flow(FLOW, json!({}));
    how(&mut host);
    host.jobs.clear();
    let run = kept(&mut host);
    let refused = host.call("run_verify", json!({ "run": run }));
    let error = refused.expect_err("there is nothing to compare it with");
    assert_eq!(error.code, ErrorCode::InvalidInput, "{error}");
    assert!(host.jobs.is_empty(), "nor is it run");
    error.message
}

fn error(code: ErrorCode) -> ToolError {
    ToolError::new(code, "so it is")
}

#[test]
fn a_run_that_something_else_ended_is_not_called_different() {
    for code in [ErrorCode::QuotaWall, ErrorCode::QuotaCpu] {
        let why = incomparable(|host| host.finish(Err(error(code)), &[]));
        assert!(why.contains("the clock ended it"), "{why}");
    }
    let why = incomparable(|host| host.finish(Err(error(ErrorCode::Cancelled)), &[]));
    assert!(why.contains("it was cancelled"), "{why}");
    let why = incomparable(|host| {
        let next = host.start(
            "run_flow",
            json!({ "path": "flows/t.flow.js", "wait": false }),
        );
        let next = host.reply(next).expect("at once").expect("it is queued");
        host.ok("flow_cancel", json!({ "run": next["run"] }));
    });
    assert!(why.contains("it was cancelled"), "{why}");
    let why = incomparable(|host| {
        let reason = "it crashed".to_owned();
        host.tell(Event::RunnerGone { runner: 1, reason });
    });
    assert!(why.contains("no executor told how it ended"), "{why}");
    let why = incomparable(|host| host.finish(Ok(json!(1)), &[("out/cafe\u{301}.txt", "y")]));
    assert!(why.contains("what it wrote did not land"), "{why}");
}

#[test]
fn nor_is_one_that_a_rule_or_a_person_did_not_let_land() {
    for path in ["out/locked/a", "out/asked/a"] {
        let mut host = host();
        host.ok(
            "write",
            json!({ "path": "selvage.policy.yaml", "content": POLICY }),
        );
        let call = host.start_flow(FLOW.replace("out/a.txt", path).as_str(), json!({}));
        host.finish(Ok(json!(1)), &[(path, "x")]);
        let asked = host.ok("approval_list", json!({}))["approvals"][0].clone();
        if asked != Value::Null {
            host.ok(
                "approval_decide",
                json!({ "approval": asked["approval"], "digest": asked["digest"], "allow": false, "reason": "not now" }),
            );
        }
        let refused = host.reply(call).expect("an answer").expect_err("refused");
        assert_eq!(refused.code, ErrorCode::PolicyDenied);
        let run = kept(&mut host);
        let record = host.ok("flow_status", json!({ "run": run }));
        let receipt = (&record["usage"]["fuel"], &record["guestHash"]);
        assert_eq!(receipt, (&json!(42), &json!("guest")), "{path}: it ran");
        let refused = host
            .call("run_verify", json!({ "run": run }))
            .expect_err("not compared");
        assert!(
            refused.message.contains("what it wrote did not land"),
            "{refused}"
        );
    }
}

#[test]
fn a_failure_of_the_flow_s_own_is_compared_whatever_it_says() {
    for (code, words) in [
        (
            ErrorCode::RuntimeException,
            "What the run wrote could not land: ha",
        ),
        (ErrorCode::QuotaFuel, "used up"),
        (ErrorCode::PolicyDenied, "it may not fetch that"),
    ] {
        let mut host = host();
        host.start_flow(FLOW, json!({}));
        host.finish(Err(ToolError::new(code, words)), &[]);
        let run = kept(&mut host);
        for (ends, reproduced) in [
            (Err(ToolError::new(code, words)), true),
            (Ok(json!(1)), false),
        ] {
            let call = host.start("run_verify", json!({ "run": run }));
            host.finish(ends, &[]);
            let compared = host.reply(call).expect("an answer").expect("compared");
            assert_eq!(
                compared["reproduced"],
                json!(reproduced),
                "{code:?}: {compared}"
            );
        }
    }
}

#[test]
fn a_record_that_claims_a_result_is_held_to_it_whatever_error_it_has() {
    let mut host = host();
    host.start_flow(FLOW, json!({}));
    host.finish(Ok(json!(1)), &[]);
    let listed = host.ok("flow_runs", json!({}))["runs"][0].clone();
    let kept = host.ok("read", json!({ "path": listed["record"] }));
    let kept = kept["content"].as_str().expect("text");
    let mut record: Value = serde_json::from_str(kept).expect("a record");
    record["error"] = json!(error(ErrorCode::Cancelled));
    host.ok(
        "write",
        json!({ "path": listed["record"], "content": record.to_string() }),
    );
    host.jobs.clear();
    host.start("run_verify", json!({ "run": listed["run"] }));
    assert_eq!(host.jobs.len(), 1, "it is made again");
}

/// Makes a run again, ends that in some way, and gives the error.
fn unmade(how: impl FnOnce(&mut Host, &Value)) -> ToolError {
    let mut host = host();
    host.start_flow(FLOW, json!({}));
    host.finish(Ok(json!(1)), &[("out/a.txt", "x")]);
    let run = kept(&mut host);
    let call = host.start("run_verify", json!({ "run": run }));
    assert_eq!(host.jobs.len(), 1);
    how(&mut host, &run);
    let error = host
        .reply(call)
        .expect("an answer")
        .expect_err("nothing was compared");
    assert!(
        error
            .message
            .starts_with("The run could not be made again: "),
        "{error}"
    );
    error
}

#[test]
fn what_could_not_be_made_again_is_an_error_and_no_difference() {
    let gone = unmade(|host, _| {
        let reason = "it crashed".to_owned();
        host.tell(Event::RunnerGone { runner: 1, reason });
    });
    assert_eq!(gone.code, ErrorCode::GuestCrashed);
    let none = unmade(|host, _| {
        let outcome = Box::new(Outcome::failed(error(ErrorCode::ExecutorUnavailable)));
        host.tell(Event::Finished {
            runner: 1,
            outcome,
            written: Vec::new(),
        });
    });
    assert_eq!(none.code, ErrorCode::ExecutorUnavailable);
    let slow = unmade(|host, _| host.finish(Err(error(ErrorCode::QuotaCpu)), &[]));
    assert_eq!(slow.code, ErrorCode::QuotaCpu);
    let cancelled = unmade(|host, run| {
        let again = format!("{}-verify", run.as_str().expect("a name"));
        host.ok("flow_cancel", json!({ "run": again }));
        assert!(matches!(
            host.others.pop(),
            Some(Effect::Cancel { runner: 1 })
        ));
        host.finish(Err(error(ErrorCode::Cancelled)), &[]);
    });
    assert_eq!(cancelled.code, ErrorCode::Cancelled);
}

#[test]
fn files_that_were_thinned_out_are_an_error_and_no_difference() {
    let mut host = Host::with_runner();
    host.now_ms = 1_700_000_000_000;
    let reads = "export default async (flow) => (await flow.fs.readBytes('a.bin')).length;\n";
    host.start_flow(reads, json!({}));
    host.finish(Ok(json!(1)), &[]);
    let run = kept(&mut host);
    let write = |host: &mut Host, path: &str, encoding: &str, content: &str| {
        let input = json!({ "path": path, "content": content, "encoding": encoding });
        host.ok("write", input)["change"].clone()
    };
    let versions = ["AAAA", "AAAB", "AAAC"].map(|bytes| write(&mut host, "a.bin", "base64", bytes));
    for number in 0..200 {
        write(&mut host, "z.md", "text", &number.to_string());
    }
    write(&mut host, "retention.json", "text", "{\"days\":30}");
    // The first look notes what is here, and a later one lets it go.
    for _ in 0..2 {
        host.now_ms += 40 * 24 * 3_600_000;
        while host.ok("thin_history", json!({}))["done"] == false {
            host.now_ms += 1;
        }
    }
    // No thinning takes what a record names; one that comes later, from elsewhere, may name what is gone.
    let mut record = host.ok("flow_status", json!({ "run": run }));
    record["headsIn"] = versions[0].clone();
    let path = record["record"].as_str().expect("a path").to_owned();
    write(&mut host, &path, "text", &record.to_string());
    let refused = host
        .call("run_verify", json!({ "run": run }))
        .expect_err("not compared");
    assert_eq!(refused.code, ErrorCode::Thinned, "{refused}");
    assert!(host.jobs.is_empty());
}

#[test]
fn a_call_is_known_by_its_number_to_wait_for_its_run_whatever_kind_that_is() {
    let retry = json!({ "attempts": 2, "delayMs": 1_000 });
    let mut host = crate::common::named::named(
        &json!({ "r": { "entry": "flows/a.flow.js", "retry": retry } }),
    );
    let call = host.start("run_flow", json!({ "name": "r" }));
    let first = host.jobs[0].1.run.clone();
    assert_eq!(host.bench.run_of(call), Some(&*first));
    host.finish(Err(crate::common::named::failed()), &[]);
    assert_eq!(host.bench.run_of(call), Some(&*first), "it is made again");
    host.pass(1_000);
    let second = host.jobs[0].1.run.clone();
    assert_eq!(host.bench.run_of(call), Some(&*second));
    host.finish(Ok(json!(1)), &[]);
    assert_eq!(host.bench.run_of(call), None);

    let compared = host.start("run_verify", json!({ "run": second }));
    assert_eq!(
        host.bench.run_of(compared),
        Some(&*format!("{second}-verify"))
    );
    let behind = host.start(
        "run_flow",
        json!({ "path": "flows/b.flow.js", "wait": false }),
    );
    assert_eq!(host.bench.run_of(behind), None, "it has its answer");
}
