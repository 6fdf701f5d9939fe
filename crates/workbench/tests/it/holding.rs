//! Runs whose calls wait for a person: their clocks stand still, and nobody else waits for them.

use crate::common::Host;
use selvage_tool::guest::{Answer, PendingOp};
use selvage_tool::run::RunReport;
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::{Effect, Event, RunnerId};
use serde_json::{Value, json};

const POLICY: &str = "
version: 1
agents:
  - name: '*'
    allow: { tools: ['*'], read: ['**'], write: ['**'] }
flows:
  - path: 'flows/**'
    allow: { read: ['**'], tools: ['*', delete, resolve_conflict, thin_history] }
    ask: { write: ['asked/**'] }
";

const CALLS: &str = "export default async (flow) => flow.call(flow.args.tool, flow.args.input);\n";

const WALL_MS: u64 = 10_000;
const HOURS_MS: u64 = 50 * 60_000;

fn host() -> Host {
    let mut host = Host::with_runner();
    let policy = json!({ "path": "selvage.policy.yaml", "content": POLICY });
    host.as_person(|host| host.ok("write", policy));
    host
}

/// Has a flow run that calls tools. Gives its call.
fn run(host: &mut Host, name: &str) -> u64 {
    let path = format!("flows/{name}.flow.js");
    host.ok("write", json!({ "path": path, "content": CALLS }));
    let limits = json!({ "wallMsMax": WALL_MS });
    host.start(
        "run_flow",
        json!({ "path": path, "allowTools": ["*"], "limits": limits }),
    )
}

fn asks(host: &mut Host, runner: RunnerId, id: u32, name: &str, input: Value) {
    let report = RunReport::Called {
        id,
        request: PendingOp::Tool {
            name: name.into(),
            input,
        },
    };
    let body = Vec::new();
    host.tell(Event::Reported {
        runner,
        report,
        body,
    });
}

fn writes(host: &mut Host, runner: RunnerId, id: u32) {
    let input = json!({ "path": format!("asked/{id}.txt"), "content": "by a run" });
    asks(host, runner, id, "write", input);
}

fn decide(host: &mut Host, allow: bool) {
    host.as_person(|host| {
        let approval = host.ok("approval_list", json!({}))["approvals"][0].clone();
        host.ok(
            "approval_decide",
            json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": allow }),
        );
    });
}

/// What was said to the clocks of runs since this was asked last.
fn said(host: &mut Host) -> Vec<(RunnerId, bool)> {
    let said = std::mem::take(&mut host.others).into_iter();
    let holds = said.filter_map(|effect| match effect {
        Effect::Hold { runner, held } => Some((runner, held)),
        _ => None,
    });
    holds.collect()
}

fn is_stopped(host: &Host) -> bool {
    let mut effects = host.others.iter();
    effects.any(|effect| matches!(effect, Effect::Terminate { .. }))
}

/// Whether the run heard that it gets no more of what it asked for.
fn is_refused(host: &Host) -> bool {
    let mut effects = host.others.iter();
    effects.any(|effect| matches!(effect, Effect::More { limits: None, .. }))
}

fn spawns(host: &Host) -> usize {
    let effects = host.others.iter();
    effects
        .filter(|effect| matches!(effect, Effect::Spawn))
        .count()
}

#[test]
fn the_clock_of_a_run_stands_still_while_a_person_thinks_and_goes_on_where_it_was() {
    let mut host = host();
    let call = run(&mut host, "slow");
    host.pass(WALL_MS - 1_000);
    writes(&mut host, 1, 1);
    assert_eq!(said(&mut host), [(1, true)]);
    host.pass(HOURS_MS);
    assert!(!is_stopped(&host));
    decide(&mut host, true);
    assert_eq!(said(&mut host), [(1, false)]);
    host.pass(1_000);
    assert!(!is_stopped(&host), "it has the rest of its time");
    assert!(host.reply(call).is_none());
    host.pass(5_000);
    assert!(is_stopped(&host));
    let error = host.reply(call).expect("an answer").expect_err("too late");
    assert_eq!(error.code, ErrorCode::QuotaWall);
}

#[test]
fn the_clock_stands_still_until_nothing_is_waited_for_any_more() {
    let mut host = host();
    let call = run(&mut host, "twice");
    writes(&mut host, 1, 1);
    writes(&mut host, 1, 2);
    assert_eq!(said(&mut host), [(1, true)]);
    decide(&mut host, false);
    assert_eq!(said(&mut host), []);
    host.pass(HOURS_MS / 2);
    decide(&mut host, true);
    assert_eq!(said(&mut host), [(1, false)]);
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    assert_eq!(record["status"], "succeeded");
}

#[test]
fn what_nobody_decides_is_decided_and_the_clock_goes_on() {
    let mut host = host();
    run(&mut host, "forgotten");
    writes(&mut host, 1, 1);
    host.pass(61 * 60_000);
    assert_eq!(said(&mut host), [(1, true), (1, false)]);
}

#[test]
fn a_run_that_waits_is_cancelled_like_any_other() {
    let mut host = host();
    let call = run(&mut host, "given-up");
    writes(&mut host, 1, 1);
    let running = host.jobs[0].1.run.clone();
    host.ok("flow_cancel", json!({ "run": running }));
    host.pass(2_000);
    assert!(is_stopped(&host));
    let error = host.reply(call).expect("an answer").expect_err("given up");
    assert_eq!(error.code, ErrorCode::Cancelled);
}

#[test]
fn others_get_an_executor_while_a_run_waits_for_a_person() {
    let mut host = host();
    run(&mut host, "waits");
    let other = run(&mut host, "other");
    assert_eq!((host.jobs.len(), spawns(&host)), (1, 0));
    writes(&mut host, 1, 1);
    assert_eq!(spawns(&host), 1);
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    assert_eq!(host.jobs[1].0, 2);
    host.jobs.swap(0, 1);
    host.finish(Ok(json!(2)), &[]);
    assert!(host.reply(other).expect("an answer").is_ok());
}

#[test]
fn whoever_waits_for_a_run_that_waits_stands_still_as_well() {
    let mut host = host();
    run(&mut host, "outer");
    host.ok(
        "write",
        json!({ "path": "flows/inner.flow.js", "content": CALLS }),
    );
    let input = json!({ "path": "flows/inner.flow.js", "allowTools": ["*"] });
    asks(&mut host, 1, 1, "run_flow", input);
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    assert_eq!(said(&mut host), []);
    writes(&mut host, 2, 1);
    let mut held = said(&mut host);
    held.sort_unstable();
    assert_eq!(held, [(1, true), (2, true)]);
    decide(&mut host, true);
    let mut held = said(&mut host);
    held.sort_unstable();
    assert_eq!(held, [(1, false), (2, false)]);
}

#[test]
fn so_many_runs_wait_in_the_middle_and_what_one_more_asks_for_is_refused() {
    let mut host = host();
    for number in 1..=17 {
        run(&mut host, &format!("waits-{number}"));
        let runner = host.jobs.last().expect("a job").0;
        assert_eq!(runner, number, "each has an executor of its own");
        writes(&mut host, runner, 1);
        host.tell(Event::RunnerReady {
            runner: number + 1,
            dropped: false,
        });
    }
    let refused = host.others.iter().find_map(|effect| match effect {
        Effect::Answer {
            runner: 17,
            answer: Answer::Error(error),
            ..
        } => Some(error.code),
        _ => None,
    });
    assert_eq!(refused, Some(ErrorCode::Busy));
    assert_eq!(said(&mut host).len(), 16);
}

#[test]
fn a_cancel_after_the_time_was_up_still_lets_a_run_that_stood_still_end_by_itself() {
    let mut host = host();
    let call = run(&mut host, "given-up-late");
    writes(&mut host, 1, 1);
    host.pass(HOURS_MS);
    let running = host.jobs[0].1.run.clone();
    host.others.clear();
    host.ok("flow_cancel", json!({ "run": running }));
    assert!(!is_stopped(&host), "it has a moment to tell what it used");
    let waiting = host.as_person(|host| host.ok("approval_list", json!({})));
    assert_eq!(waiting["approvals"], json!([]), "nobody decides any more");
    host.pass(2_000);
    assert!(is_stopped(&host));
    let error = host.reply(call).expect("an answer").expect_err("given up");
    assert_eq!(error.code, ErrorCode::Cancelled);
}

#[test]
fn a_question_about_a_quota_has_its_own_time_while_the_clock_stands_still() {
    let mut host = host();
    run(&mut host, "asks-for-more");
    writes(&mut host, 1, 1);
    host.report(RunReport::Asked {
        error: ToolError::new(ErrorCode::QuotaCpu, "used up"),
        limit: "cpuMsMax".into(),
        used: 1,
    });
    host.pass(599_000);
    assert!(!is_refused(&host));
    host.pass(1_000);
    assert!(
        is_refused(&host) && !is_stopped(&host),
        "it has a moment to end with the quota's error"
    );
    host.pass(2_000);
    assert!(is_stopped(&host));
}

#[test]
fn a_run_that_is_over_is_not_counted_among_those_that_wait_in_the_middle() {
    let mut host = host();
    for number in 0..20 {
        let call = run(&mut host, &format!("leaves-{number}"));
        writes(&mut host, 1, 1);
        host.finish(Ok(json!(1)), &[]);
        host.reply(call).expect("an answer").expect("success");
    }
    run(&mut host, "last");
    writes(&mut host, 1, 1);
    assert_eq!(said(&mut host).pop(), Some((1, true)));
}
