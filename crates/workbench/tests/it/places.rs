//! Executors that have no place for a run yet, and runs that wait for other runs.

use crate::common::Host;
use selvage_tool::ErrorCode;
use selvage_tool::guest::PendingOp;
use selvage_tool::run::RunReport;
use selvage_workbench::{Effect, Event};
use serde_json::{Value, json};

const FLOW: &str = "export default async () => 1;\n";

fn waits(host: &mut Host, waits: bool) {
    host.tell(Event::RunnerWaits { runner: 1, waits });
}

/// The name of the one run.
fn run(host: &mut Host) -> Value {
    host.jobs[0].1.run.clone().into()
}

fn status(host: &mut Host) -> Value {
    let run = run(host);
    host.ok("flow_status", json!({ "run": run }))["status"].clone()
}

#[test]
fn the_clock_of_a_run_begins_when_it_has_a_place() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "limits": { "wallMsMax": 5_000 } }));
    waits(&mut host, true);
    assert_eq!(status(&mut host), "queued");
    host.pass(60_000);
    assert!(
        host.reply(call).is_none(),
        "it has used nothing of its time"
    );

    waits(&mut host, false);
    assert_eq!(status(&mut host), "running");
    // To say it again puts nothing off.
    host.pass(4_000);
    waits(&mut host, false);
    host.pass(2_999);
    assert!(host.reply(call).is_none());
    host.pass(2);
    let error = host.reply(call).expect("an answer").expect_err("over");
    assert_eq!(error.code, ErrorCode::QuotaWall);
    let runs = host.ok("flow_runs", json!({ "limit": 1 }));
    let run = &runs["runs"][0]["run"];
    let logs = host.ok("flow_logs", json!({ "run": run }));
    let said = &logs["entries"][0];
    assert_eq!(said["source"], "selvage");
    assert_eq!(
        said["text"],
        "It waited 60000 ms for a place at its executor."
    );
}

#[test]
fn who_has_a_place_at_once_is_told_nothing_of_it() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({}));
    waits(&mut host, true);
    host.pass(500);
    waits(&mut host, false);
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    assert_eq!(record["logs"], json!([]));
}

#[test]
fn a_run_that_gets_no_place_has_failed_in_the_end_and_can_be_cancelled_before() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "limits": { "wallMsMax": 1_000 } }));
    waits(&mut host, true);
    host.pass(599_999);
    assert!(host.reply(call).is_none());
    host.pass(1);
    let error = host.reply(call).expect("an answer").expect_err("no place");
    assert_eq!(error.code, ErrorCode::ExecutorUnavailable);
    assert!(matches!(
        host.others.pop(),
        Some(Effect::Terminate { runner: 1 })
    ));

    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({}));
    waits(&mut host, true);
    let run = run(&mut host);
    host.ok("flow_cancel", json!({ "run": run }));
    // A place that comes too late does not take the cancel back.
    waits(&mut host, false);
    host.pass(500);
    let error = host.reply(call).expect("an answer").expect_err("cancelled");
    assert_eq!(error.code, ErrorCode::Cancelled);
}

#[test]
fn a_run_that_another_waits_for_says_which() {
    let mut host = Host::with_runner();
    host.start_flow(
        "export default async (flow) => flow.call('run_flow', { path: 'flows/t.flow.js' });\n",
        json!({ "allowTools": ["run_flow"] }),
    );
    let outer = host.jobs[0].1.run.clone();
    for (id, wait) in [(1, true), (2, false)] {
        let input = json!({ "path": "flows/t.flow.js", "wait": wait });
        host.report(RunReport::Called {
            id,
            request: PendingOp::Tool {
                name: "run_flow".into(),
                input,
            },
        });
        host.tell(Event::RunnerReady {
            runner: 1 + id,
            dropped: true,
        });
    }
    assert_eq!(host.within, [None, Some(outer), None]);
}
