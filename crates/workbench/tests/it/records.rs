//! Records of runs: where they are kept, and what is believed of one.

use crate::common::Host;
use selvage_tool::{ErrorCode, Limits};
use selvage_workbench::{Effect, QUEUE_MAX};
use serde_json::{Value, json};

const FLOW: &str = "export default async () => 1;\n";

/// Runs a flow at a path to its end; gives the folder of its record.
fn folder(host: &mut Host, path: &str) -> String {
    host.ok("write", json!({ "path": path, "content": FLOW }));
    let call = host.start("run_flow", json!({ "path": path }));
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    let at = record["record"].as_str().expect("a path");
    let kept = host.ok("read", json!({ "path": at }));
    let kept: Value = serde_json::from_str(kept["content"].as_str().expect("text")).expect("JSON");
    assert_eq!(kept, record, "{path}");
    host.ok("flow_status", json!({ "run": record["run"] }));
    at.split('/').nth(1).expect("a folder").to_owned()
}

#[test]
fn every_flow_that_can_run_has_its_records_in_a_folder_of_its_own() {
    let mut host = Host::with_runner();
    assert_eq!(folder(&mut host, "flows/plain.flow.js"), "plain");
    assert_eq!(folder(&mut host, "flows/Sales.flow.js"), "sales");
    let report = folder(&mut host, "a/Report.flow.js");
    assert_eq!(report, "report");
    let other = folder(&mut host, "b/report.flow.js");
    let again = folder(&mut host, "a/Report.flow.js");
    assert!(other.starts_with("report-") && again.starts_with("report-") && other != again);
    for (path, start) in [
        ("flows/x .flow.js", "x-"),
        ("flows/x. .flow.js", "x-"),
        ("flows/a:b?.flow.js", "a-b--"),
        ("flows/Straße.flow.js", "straße-"),
        ("other/STRASSE.flow.js", "strasse"),
        ("flows/. .flow.js", "flow-"),
    ] {
        let folder = folder(&mut host, path);
        assert!(folder.starts_with(start), "{path}: {folder}");
    }
    let long = format!("flows/{}.flow.js", "ö".repeat(120));
    assert!(folder(&mut host, &long).len() <= 100);
}

#[test]
fn a_run_that_gives_nothing_has_null_for_a_value_and_so_has_its_record() {
    let mut host = Host::with_runner();
    host.ok(
        "write",
        json!({ "path": "flows/x.flow.js", "content": FLOW }),
    );
    let call = host.start("run_flow", json!({ "path": "flows/x.flow.js" }));
    // As an executor tells it whose words cross as JSON.
    host.finish_valueless();
    let record = host.reply(call).expect("an answer").expect("success");
    let status = host.ok("flow_status", json!({ "run": record["run"] }));
    for told in [record, status] {
        assert_eq!(told.get("value"), Some(&Value::Null));
    }
}

#[test]
fn records_of_before_are_found_and_do_not_keep_new_ones_away() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({}));
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    host.ok("move", json!({ "from": record["record"], "to": format!("runs/Old/1-{}.json", record["run"].as_str().expect("a run")) }));
    host.ok("flow_status", json!({ "run": record["run"] }));
    assert!(folder(&mut host, "flows/old.flow.js").starts_with("old-"));
    host.ok("write", json!({ "path": "runs/taken", "content": "x" }));
    assert!(folder(&mut host, "flows/taken.flow.js").starts_with("taken-"));
}

/// A run's record with some of its fields written anew, as a zip might bring it.
fn forged(host: &mut Host, change: impl FnOnce(&mut Value)) -> Value {
    let call = host.start_flow(FLOW, json!({}));
    host.finish(Ok(json!(1)), &[]);
    let mut record = host.reply(call).expect("an answer").expect("success");
    let (run, path) = (record["run"].clone(), record["record"].clone());
    change(&mut record);
    host.ok(
        "write",
        json!({ "path": path, "content": record.to_string() }),
    );
    run
}

#[test]
fn a_forged_record_gets_no_more_than_a_caller_could_ask_for() {
    let mut host = Host::with_runner();
    let run = forged(&mut host, |record| {
        for (_, limit) in record["limits"].as_object_mut().expect("limits") {
            *limit = json!(1_000_000_000_000_000_000_u64);
        }
        record["seed"] = json!(u64::MAX);
        record["startMs"] = json!(u64::MAX);
        record["grant"]["net"] = json!(["*"]);
        record["grant"]["tools"] = json!(["*"]);
    });
    host.start("run_verify", json!({ "run": run }));
    let job = &host.jobs[0].1;
    assert_eq!(job.limits, Limits::CEILING);
    assert!(job.seed < 1 << 53 && job.start_ms.is_some_and(|ms| ms <= 8_640_000_000_000_000));
    assert!(job.grant.net.is_empty() && job.grant.tools.is_empty());
    host.pass(Limits::CEILING.wall_ms_max + 2_000);
    assert!(matches!(
        host.others.pop(),
        Some(Effect::Terminate { runner: 1 })
    ));
}

#[test]
fn a_record_that_no_run_could_have_left_is_not_run() {
    let changes: [fn(&mut Value); 3] = [
        |record| record["run"] = json!("another"),
        |record| record["args"] = json!("x".repeat(4 * 1024 * 1024)),
        |record| record["grant"]["read"] = json!(vec!["x"; 1_001]),
    ];
    for change in changes {
        let mut host = Host::with_runner();
        let run = forged(&mut host, change);
        let error = host
            .call("run_verify", json!({ "run": run }))
            .expect_err("refused");
        assert_eq!(error.code, ErrorCode::InvalidInput);
        assert!(host.jobs.is_empty());
    }
}

#[test]
fn a_verification_waits_in_the_same_queue() {
    let mut host = Host::with_runner();
    let run = forged(&mut host, |_| ());
    host.start("run_flow", json!({ "path": "flows/t.flow.js" }));
    for _ in 0..QUEUE_MAX {
        host.start("run_flow", json!({ "path": "flows/t.flow.js" }));
    }
    let error = host
        .call("run_verify", json!({ "run": run }))
        .expect_err("too many");
    assert_eq!(error.code, ErrorCode::Busy);
}

#[test]
fn what_a_flow_is_made_of_is_there_again_whatever_its_grant() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "grant": { "read": ["data/**"] } }));
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    host.start("run_verify", json!({ "run": record["run"] }));
    let files = &host.jobs[0].1.files;
    assert!(
        files
            .iter()
            .any(|file| file.path == "flows/t.flow.js" && file.readable)
    );
}

#[test]
fn a_record_is_listed_where_it_is_kept_whatever_it_says_of_itself() {
    let mut host = Host::with_runner();
    let mut kept = Value::Null;
    let run = forged(&mut host, |record| {
        kept = record["record"].clone();
        record["record"] = json!("private/other.json");
    });
    let listed = host.ok("flow_runs", json!({}))["runs"][0].clone();
    assert_eq!(
        (&listed["run"], &listed["record"]),
        (&run, &kept),
        "{listed}"
    );
    assert_eq!(
        host.ok("flow_status", json!({ "run": run }))["record"],
        kept
    );
}
