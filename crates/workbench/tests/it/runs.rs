//! The story of a run, told to an engine whose executor follows a script.

use crate::common::Host;
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::{Effect, Event, QUEUE_MAX};
use serde_json::json;

const FLOW: &str = "export default async (flow) => {\n  await flow.fs.write('out/a.txt', 'x');\n  await flow.fs.write('out/b.txt', 'y');\n  return 1;\n};\n";

#[test]
fn a_run_lands_what_it_wrote_as_one_change_and_keeps_its_record() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "args": { "n": 1 } }));
    assert_eq!(host.jobs[0].1.args, json!({ "n": 1 }));
    host.finish(Ok(json!(1)), &[("out/a.txt", "x"), ("out/b.txt", "y")]);

    let record = host.reply(call).expect("an answer").expect("success");
    assert_eq!(record["status"], "succeeded");
    assert_eq!(record["value"], 1);
    assert_ne!(record["headsIn"], record["headsOut"]);
    assert_eq!(
        host.ok("read", json!({ "path": "out/b.txt" }))["content"],
        "y"
    );

    let changes = host.ok("history", json!({ "limit": 2 }));
    assert_eq!(
        changes["changes"][1]["origin"]["kind"], "run",
        "the two files are one change: {changes}"
    );
    let kept = host.ok("read", json!({ "path": record["record"] }));
    let kept: serde_json::Value =
        serde_json::from_str(kept["content"].as_str().expect("text")).expect("JSON");
    assert_eq!(kept, record, "the record is what the caller got");
}

#[test]
fn a_run_that_fails_leaves_its_record_and_nothing_else() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({}));
    host.finish(
        Err(ToolError::new(ErrorCode::QuotaCpu, "too long")),
        &[("out/a.txt", "x")],
    );
    assert_eq!(
        host.reply(call)
            .expect("an answer")
            .expect_err("failed")
            .code,
        ErrorCode::QuotaCpu
    );
    assert_eq!(
        host.call("read", json!({ "path": "out/a.txt" }))
            .expect_err("not landed")
            .code,
        ErrorCode::NotFound
    );
    let runs = host.ok("flow_runs", json!({}));
    assert_eq!(runs["runs"][0]["code"], "QUOTA_CPU");
}

#[test]
fn a_dry_run_tells_what_it_would_do_and_does_not() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "mode": "dry-run" }));
    host.finish(Ok(json!(1)), &[("out/a.txt", "x")]);
    let record = host.reply(call).expect("an answer").expect("success");
    assert_eq!(record["changes"][0]["path"], "out/a.txt");
    assert_eq!(
        host.call("stat", json!({ "path": "out/a.txt" }))
            .expect_err("not landed")
            .code,
        ErrorCode::NotFound
    );
    let call = host.start_flow(FLOW, json!({}));
    host.finish(Ok(json!(1)), &[]);
    let other = host.reply(call).expect("an answer").expect("success");
    let runs = host.ok("flow_runs", json!({}));
    for (record, is_dry) in [(record, true), (other, false)] {
        let mut rows = runs["runs"].as_array().expect("runs").iter();
        let row = rows.find(|row| row["run"] == record["run"]).expect("a row");
        assert_eq!(row.get("dryRun"), is_dry.then_some(&json!(true)));
    }
}

#[test]
fn a_function_of_a_python_file_is_named_behind_the_last_colons() {
    let mut host = Host::with_runner();
    for path in ["flows/a::b.py", "flows/c::d.flow.js"] {
        host.ok("write", json!({ "path": path, "content": "1\n" }));
    }
    let call = host.start("run_flow", json!({ "path": "flows/a::b.py::sync" }));
    assert_eq!(host.jobs[0].1.function.as_deref(), Some("sync"));
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    assert_eq!(
        (&record["path"], &record["function"]),
        (&json!("flows/a::b.py"), &json!("sync"))
    );
    let call = host.start("run_flow", json!({ "path": "flows/c::d.flow.js" }));
    assert_eq!(host.jobs[0].1.function, None);
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    assert_eq!(record["function"], json!(null));
}

#[test]
fn a_run_sees_the_files_that_its_text_asks_for_and_no_others() {
    let mut host = Host::with_runner();
    host.ok("write", json!({ "path": "data/in.csv", "content": "a" }));
    host.ok("write", json!({ "path": "secret/key.txt", "content": "k" }));
    host.start_flow(
        "export default async (flow) => await flow.fs.readText('data/in.csv');\n",
        json!({}),
    );
    let paths: Vec<&str> = host.jobs[0]
        .1
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert!(
        paths.contains(&"data/in.csv") && paths.contains(&"flows/t.flow.js"),
        "{paths:?}"
    );
    assert!(
        !paths.iter().any(|path| path.starts_with("secret")),
        "{paths:?}"
    );
}

#[test]
fn a_flow_with_an_error_is_not_run_and_its_place_is_named() {
    let mut host = Host::with_runner();
    let call = host.start_flow(
        "export default async (flow) => {\n  const = 1;\n};\n",
        json!({}),
    );
    let error = host
        .reply(call)
        .expect("at once")
        .expect_err("a syntax error");
    assert_eq!((error.code, error.line), (ErrorCode::LintFailed, Some(2)));
    assert!(error.hint.is_some() && host.jobs.is_empty());
}

#[test]
fn runs_wait_their_turn_and_the_queue_has_an_end() {
    let mut host = Host::with_runner();
    let first = host.start_flow(FLOW, json!({}));
    for _ in 0..QUEUE_MAX {
        host.start("run_flow", json!({ "path": "flows/t.flow.js" }));
    }
    let error = host
        .call("run_flow", json!({ "path": "flows/t.flow.js" }))
        .expect_err("too many");
    assert_eq!(error.code, ErrorCode::Busy);
    assert_eq!(host.jobs.len(), 1, "one executor holds one run");
    host.finish(Ok(json!(1)), &[]);
    assert!(host.reply(first).expect("an answer").is_ok());
    assert_eq!(host.jobs.len(), 1, "the next one follows");
}

#[test]
fn a_queued_run_is_cancelled_at_once_and_a_running_one_by_its_executor() {
    let mut host = Host::with_runner();
    let running = host.start_flow(FLOW, json!({}));
    let queued = host.ok(
        "run_flow",
        json!({ "path": "flows/t.flow.js", "wait": false }),
    );
    assert_eq!(queued["status"], "queued");
    let state = host.ok("flow_cancel", json!({ "run": queued["run"] }));
    assert_eq!(state["status"], "cancelled");

    let run = host.jobs[0].1.run.clone();
    host.ok("flow_cancel", json!({ "run": run }));
    assert!(matches!(
        host.others.pop(),
        Some(Effect::Cancel { runner: 1 })
    ));
    host.finish(
        Err(ToolError::new(
            ErrorCode::Cancelled,
            "The run was cancelled.",
        )),
        &[],
    );
    assert_eq!(
        host.reply(running)
            .expect("an answer")
            .expect_err("cancelled")
            .code,
        ErrorCode::Cancelled
    );
    assert_eq!(
        host.ok("flow_status", json!({ "run": run }))["status"],
        "cancelled"
    );
}

#[test]
fn an_executor_that_does_not_stop_is_stopped_by_force_and_its_late_word_is_ignored() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "limits": { "wallMsMax": 1_000 } }));
    host.pass(2_999);
    assert!(host.reply(call).is_none());
    host.pass(2);
    assert!(matches!(
        host.others.pop(),
        Some(Effect::Terminate { runner: 1 })
    ));
    assert_eq!(
        host.reply(call).expect("an answer").expect_err("over").code,
        ErrorCode::QuotaWall
    );
    host.finish(Ok(json!(1)), &[("out/a.txt", "x")]);
    assert_eq!(
        host.call("stat", json!({ "path": "out/a.txt" }))
            .expect_err("not landed")
            .code,
        ErrorCode::NotFound
    );
}

#[test]
fn an_executor_that_dies_takes_one_run_with_it_and_the_next_goes_on_elsewhere() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({}));
    let next = host.start("run_flow", json!({ "path": "flows/t.flow.js" }));
    host.tell(Event::RunnerGone {
        runner: 1,
        reason: "it crashed".into(),
    });
    assert_eq!(
        host.reply(call)
            .expect("an answer")
            .expect_err("crashed")
            .code,
        ErrorCode::GuestCrashed
    );
    host.jobs.clear();
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    host.finish(Ok(json!(2)), &[]);
    assert_eq!(
        host.reply(next).expect("an answer").expect("success")["value"],
        2
    );
}

#[test]
fn a_run_is_verified_by_running_it_again_on_the_same_files() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "seed": 7, "startMs": 0 }));
    host.finish(Ok(json!(1)), &[("out/a.txt", "x")]);
    let record = host.reply(call).expect("an answer").expect("success");
    host.ok(
        "write",
        json!({ "path": "flows/t.flow.js", "content": "1 + 1" }),
    );

    let verify = host.start("run_verify", json!({ "run": record["run"] }));
    assert_eq!(host.jobs[0].1.seed, 7);
    assert_eq!(
        host.jobs[0].1.shape,
        selvage_tool::guest::Shape::Module,
        "the flow as it was then"
    );
    host.finish(Ok(json!(1)), &[("out/a.txt", "x")]);
    assert_eq!(
        host.reply(verify).expect("an answer").expect("compared")["reproduced"],
        true
    );

    let verify = host.start("run_verify", json!({ "run": record["run"] }));
    host.finish(Ok(json!(2)), &[]);
    let compared = host.reply(verify).expect("an answer").expect("compared");
    assert_eq!(compared["reproduced"], false);
    assert_eq!(
        compared["differences"].as_array().map(Vec::len),
        Some(3),
        "{compared}"
    );
}

#[test]
fn a_second_cancel_does_not_put_off_the_stop_of_the_first() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "ask": true }));
    let run = host.jobs[0].1.run.clone();
    host.ok("flow_cancel", json!({ "run": run }));
    for _ in 0..4 {
        host.pass(100);
        host.ok("flow_cancel", json!({ "run": run }));
    }
    // Nor does a question, or an answer to one.
    host.report(selvage_tool::run::RunReport::Asked {
        error: ToolError::new(ErrorCode::QuotaFuel, "used up"),
        limit: "fuelMax".into(),
        used: 1,
    });
    host.ok(
        "flow_answer",
        json!({ "run": run, "limits": { "wallMsMax": 60_000 } }),
    );
    assert!(host.reply(call).is_none());
    host.pass(100);
    assert!(matches!(
        host.others.pop(),
        Some(Effect::Terminate { runner: 1 })
    ));
    assert_eq!(
        host.reply(call).expect("an answer").expect_err("over").code,
        ErrorCode::Cancelled
    );
}

#[test]
fn a_cancel_does_not_put_off_the_stop_of_the_clock() {
    let mut host = Host::with_runner();
    host.start_flow(FLOW, json!({ "limits": { "wallMsMax": 1_000 } }));
    let run = host.jobs[0].1.run.clone();
    host.pass(2_900);
    host.ok("flow_cancel", json!({ "run": run }));
    host.pass(100);
    assert!(matches!(
        host.others.pop(),
        Some(Effect::Terminate { runner: 1 })
    ));
}

#[test]
fn what_is_known_of_a_flow_is_forgotten_when_a_file_it_imports_changes() {
    let mut host = Host::with_runner();
    let flow = "import { a } from './lib.js';\nexport const title = 'T';\nexport default async (flow) => a(flow);\n";
    host.ok(
        "write",
        json!({ "path": "flows/t.flow.js", "content": flow }),
    );
    let grant = |host: &mut Host| {
        let call = host.start("lint_flow", json!({ "path": "flows/t.flow.js" }));
        host.reply(call).expect("an answer").expect("a report")["grant"]["read"].clone()
    };
    let write = |host: &mut Host, path: &str| {
        let text = format!("export const a = (flow) => flow.fs.readText('{path}');");
        host.ok("write", json!({ "path": "flows/lib.js", "content": text }));
    };
    assert_eq!(grant(&mut host), json!([]));
    write(&mut host, "data/a.txt");
    assert_eq!(grant(&mut host), json!(["data/a.txt", "flows/lib.js"]));
    host.ok("write", json!({ "path": "other.txt", "content": "x" }));
    assert_eq!(grant(&mut host), json!(["data/a.txt", "flows/lib.js"]));
    write(&mut host, "data/b.txt");
    assert_eq!(grant(&mut host), json!(["data/b.txt", "flows/lib.js"]));
}

#[test]
fn a_path_that_the_workspace_would_keep_as_another_does_not_land() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({}));
    host.finish(
        Ok(json!(1)),
        &[("out/a.txt", "x"), ("out/cafe\u{301}.txt", "y")],
    );
    let error = host.reply(call).expect("an answer").expect_err("refused");
    assert_eq!(error.code, ErrorCode::InvalidPath);
    assert!(host.call("read", json!({ "path": "out/a.txt" })).is_err());
}
