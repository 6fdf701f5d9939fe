//! Runs that are made again: by themselves when they failed, and by hand.

use crate::common::Host;
use crate::common::named::{FILE, failed, manifest, named, named_of};
use selvage_tool::guest::PendingOp;
use selvage_tool::run::{RunReport, RunStatus};
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::{AGAIN_MAX, Effect, Event, Notice};
use serde_json::json;

#[test]
fn a_failed_run_is_made_again_after_growing_pauses_and_its_caller_hears_the_last() {
    let mut host = named(
        &json!({ "r": { "entry": "flows/a.flow.js", "retry": { "attempts": 3, "delayMs": 1000 } } }),
    );
    let call = host.start("run_flow", json!({ "name": "r" }));
    host.finish(Err(failed()), &[]);
    host.pass(999);
    assert!(host.jobs.is_empty() && host.reply(call).is_none());
    host.pass(1);
    host.finish(Err(failed()), &[]);
    host.pass(1_000);
    assert!(host.jobs.is_empty(), "twice as long");
    host.pass(1_000);
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    assert_eq!(record["attempt"], 3);
    // Whoever watches the call learns of each attempt by the call's number.
    let watched: Vec<_> = host
        .notices
        .iter()
        .filter_map(|notice| match notice {
            Notice::Run {
                run,
                call: Some(number),
                status: RunStatus::Queued,
                ..
            } => (*number == call).then_some(run),
            _ => None,
        })
        .collect();
    assert_eq!(watched.len(), 3);
    assert_eq!(record["run"], *watched[2]);
    assert_eq!(
        host.ok("flow_runs", json!({}))["runs"]
            .as_array()
            .map(Vec::len),
        Some(3)
    );

    for used_up in [
        ErrorCode::QuotaFuel,
        ErrorCode::QuotaCpu,
        ErrorCode::QuotaMemory,
        ErrorCode::QuotaStack,
        ErrorCode::QuotaOutput,
        ErrorCode::QuotaFiles,
        ErrorCode::QuotaCalls,
        ErrorCode::QuotaFetches,
    ] {
        let call = host.start("run_flow", json!({ "name": "r" }));
        host.finish(Err(ToolError::new(used_up, "too much")), &[]);
        let error = host.reply(call).expect("at once").expect_err("failed");
        assert_eq!(error.code, used_up, "what is not luck is not made again");
        host.pass(10);
    }

    let call = host.start("run_flow", json!({ "name": "r" }));
    host.finish(Err(failed()), &[]);
    let last = host.ok("flow_runs", json!({}))["runs"][0]["run"].clone();
    host.ok("flow_cancel", json!({ "run": last }));
    let error = host.reply(call).expect("an answer").expect_err("cancelled");
    assert_eq!(error.code, ErrorCode::Cancelled);
    host.pass(100_000);
    assert!(host.jobs.is_empty());
}

#[test]
fn of_very_many_that_would_be_made_again_the_last_hear_of_their_failure_at_once() {
    let retry = json!({ "attempts": 2, "delayMs": 60_000 });
    let mut host = named(&json!({ "r": { "entry": "flows/a.flow.js", "retry": retry } }));
    let fails = |host: &mut Host| {
        let call = host.start("run_flow", json!({ "name": "r" }));
        host.finish(Err(failed()), &[]);
        host.reply(call)
    };
    for _ in 0..AGAIN_MAX {
        assert!(fails(&mut host).is_none(), "it waits");
    }
    let error = fails(&mut host).expect("at once").expect_err("failed");
    assert_eq!(error.code, ErrorCode::RuntimeException);
    host.pass(60_000);
    for _ in 0..AGAIN_MAX {
        host.finish(Ok(json!(1)), &[]);
    }
    assert!(host.jobs.is_empty(), "and no more than that is made again");
    assert!(fails(&mut host).is_none(), "there is room again");
}

#[test]
fn whoever_does_not_wait_hears_of_each_attempt_until_the_last() {
    let mut host = named(
        &json!({ "r": { "entry": "flows/a.flow.js", "retry": { "attempts": 2, "delayMs": 1000 } } }),
    );
    let ends = |host: &Host| -> Vec<_> {
        let ended = |notice: &Notice| match notice {
            Notice::Run { status, call, .. } if status.ended() => Some((*status, *call)),
            _ => None,
        };
        host.notices.iter().filter_map(ended).collect()
    };
    let call = host.start("run_flow", json!({ "name": "r", "wait": false }));
    host.reply(call).expect("at once").expect("it is queued");
    host.finish(Err(failed()), &[]);
    let followed = (RunStatus::Failed, Some(call));
    assert_eq!(ends(&host), [followed], "more comes of the call");
    host.pass(1_000);
    host.finish(Ok(json!(1)), &[]);
    assert_eq!(ends(&host), [followed, (RunStatus::Succeeded, None)]);

    host.notices.clear();
    host.pass(10);
    let call = host.start("run_flow", json!({ "name": "r", "wait": false }));
    host.replies.clear();
    host.finish(Err(failed()), &[]);
    let last = host.ok("flow_runs", json!({}))["runs"][0]["run"].clone();
    host.ok("flow_cancel", json!({ "run": last }));
    let error = host.reply(call).expect("the end").expect_err("cancelled");
    assert_eq!(error.code, ErrorCode::Cancelled, "nothing more comes of it");
}

#[test]
fn a_run_is_answered_once_by_a_run_that_it_does_not_wait_for() {
    let mut host = named_of(
        "export default async (flow) => flow.call(\"run_flow\", flow.args);\n",
        &json!({ "r": { "entry": "flows/b.flow.js", "retry": { "attempts": 2, "delayMs": 1000 } } }),
    );
    host.start(
        "run_flow",
        json!({ "path": "flows/a.flow.js", "allowTools": ["run_flow"] }),
    );
    host.report(RunReport::Called {
        id: 1,
        request: PendingOp::Tool {
            name: "run_flow".into(),
            input: json!({ "name": "r", "wait": false }),
        },
    });
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    let answers = |host: &Host| {
        let is_answer = |effect: &&Effect| matches!(effect, Effect::Answer { .. });
        host.others.iter().filter(is_answer).count()
    };
    assert_eq!((host.jobs.len(), answers(&host)), (2, 1));
    host.jobs.rotate_left(1);
    host.finish(Err(failed()), &[]);
    host.pass(1_000);
    assert_eq!(host.jobs.len(), 2, "it is made again");
    assert_eq!(answers(&host), 1);
}

#[test]
fn a_past_run_is_made_again_with_what_is_given_besides() {
    let mut host = named(&json!({}));
    host.start("run_flow", json!({ "path": "flows/a.flow.js", "args": { "a": 1, "b": 2 }, "grant": { "read": ["x"] } }));
    host.finish(Err(failed()), &[]);
    let run = host.ok("flow_runs", json!({}))["runs"][0]["run"].clone();
    host.start("run_flow", json!({ "again": run, "args": { "b": 3 } }));
    let job = &host.jobs[0].1;
    assert_eq!(
        (&job.args, job.grant.read.as_slice()),
        (&json!({ "a": 1, "b": 3 }), ["x".to_owned()].as_slice())
    );
}

#[test]
fn a_named_flow_is_made_again_with_what_the_manifest_says_now() {
    let flow = |days: u32| json!({ "r": { "entry": "flows/a.flow.js", "args": { "days": days, "to": "x" }, "env": { "MODE": "quiet" }, "limits": { "cpuMsMax": 100 } } });
    let mut host = named(&flow(7));
    let call = host.start("run_flow", json!({ "name": "r", "args": { "to": "y" } }));
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    host.start(
        "run_flow",
        json!({ "again": record["run"], "args": { "to": "z" } }),
    );
    let job = host.jobs[0].1.clone();
    assert_eq!(job.args, json!({ "days": 7, "to": "z" }));
    assert_eq!(job.env["MODE"], "quiet");
    assert_eq!(job.limits.cpu_ms_max, 100);
    host.finish(Ok(json!(1)), &[]);
    // A name that means another flow by now does not lead there.
    let other = json!({ "r": { "entry": "flows/b.flow.js" } });
    host.ok(
        "write",
        json!({ "path": FILE, "content": manifest(&other) }),
    );
    host.start("run_flow", json!({ "again": record["run"] }));
    assert_eq!(host.jobs[0].1.entry, "flows/a.flow.js");
}

#[test]
fn a_forged_record_lets_the_run_that_is_made_again_have_nothing_more() {
    let mut host = named(&json!({}));
    let call = host.start("run_flow", json!({ "path": "flows/a.flow.js" }));
    let plain = host.jobs[0].1.clone();
    host.finish(Ok(json!(1)), &[]);
    let mut record = host.reply(call).expect("an answer").expect("success");
    let path = record["record"].as_str().expect("a path").to_owned();
    record["grant"] =
        json!({ "read": ["**"], "write": ["**"], "net": ["evil.org", "*"], "tools": ["*"] });
    record["env"] = json!(["KEY"]);
    record["secrets"] = json!({ "KEY": "billing" });
    record["limits"]["cpuMsMax"] = json!(60_000);
    host.ok(
        "write",
        json!({ "path": path, "content": record.to_string() }),
    );
    host.start("run_flow", json!({ "again": record["run"] }));
    let job = &host.jobs[0].1;
    assert_eq!(job.grant, plain.grant, "what a call without a grant gets");
    assert!(job.grant.net.is_empty() && !job.grant.tools.contains(&"write".into()));
    assert!(job.env.is_empty(), "no environment, no secret");
    assert_eq!(job.limits, plain.limits);

    // What the caller gives is the caller's word, and the record adds nothing to it.
    host.finish(Ok(json!(1)), &[]);
    host.start(
        "run_flow",
        json!({ "again": record["run"], "allowNet": ["api.org"], "allowTools": ["write"] }),
    );
    let grant = &host.jobs[0].1.grant;
    assert_eq!(grant.net, ["api.org"]);
    assert!(grant.tools.contains(&"write".into()) && !grant.tools.contains(&"delete".into()));
}
