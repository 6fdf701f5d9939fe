//! Named flows: what the manifest makes of a call, the queue, what is made again, and what runs by itself.

mod common;

use common::{Host, write_op};
use selvage_tool::guest::PendingOp;
use selvage_tool::run::{RunReport, RunStatus};
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Origin, OriginKind};
use selvage_workbench::{Effect, Event, Notice};
use serde_json::{Value, json};

const FLOW: &str = "export default async (flow) => flow.args.to;\n";
const WRITES: &str = "export default async (flow) => { await flow.fs.write(flow.args.to, ''); };\n";
const FILE: &str = "flows/flow.config.json";

fn manifest(flows: &Value) -> String {
    json!({ "version": 1, "flows": flows }).to_string()
}

/// A host with a manifest and the flows `a` and `b`.
fn named(flows: &Value) -> Host {
    named_of(FLOW, flows)
}

/// The same over flows with another text.
fn named_of(source: &str, flows: &Value) -> Host {
    let mut host = Host::with_runner();
    host.who = Origin::new(OriginKind::Person, "Ann");
    for name in ["a", "b"] {
        host.ok(
            "write",
            json!({ "path": format!("flows/{name}.flow.js"), "content": source }),
        );
    }
    host.ok("write", json!({ "path": FILE, "content": manifest(flows) }));
    host
}

fn failed() -> ToolError {
    ToolError::new(ErrorCode::RuntimeException, "no luck")
}

#[test]
fn a_name_brings_its_arguments_limits_and_grant_and_the_caller_stands_before_them() {
    let mut host = named(&json!({
        "report": {
            "entry": "flows/a.flow.js",
            "description": "Makes the report",
            "args": { "to": "out", "days": 7 },
            "env": { "MODE": "quiet" },
            "limits": { "cpuMsMax": 100, "filesMax": 3 },
            "grant": { "read": ["data/**"] },
        }
    }));
    host.start(
        "run_flow",
        json!({ "name": "report", "args": { "days": 1 }, "limits": { "filesMax": 5 } }),
    );
    let job = &host.jobs[0].1;
    assert_eq!(job.entry, "flows/a.flow.js");
    assert_eq!(job.args, json!({ "to": "out", "days": 1 }));
    assert_eq!(job.env["MODE"], "quiet");
    assert_eq!((job.limits.cpu_ms_max, job.limits.files_max), (100, 5));
    assert_eq!(job.grant.read, ["data/**"]);
    host.finish(Ok(json!(1)), &[]);
    let listed = host.ok("flow_list", json!({}));
    let flows = listed["flows"].as_array().expect("flows");
    let report = flows
        .iter()
        .find(|flow| flow["name"] == "report")
        .expect("named");
    assert_eq!(report["description"], "Makes the report");
    assert_eq!(report["named"], true);
    let runs = host.ok("flow_runs", json!({}));
    let record = host.ok("flow_status", json!({ "run": runs["runs"][0]["run"] }));
    assert_eq!(
        (&record["name"], &record["askedBy"]),
        (&json!("report"), &json!("person"))
    );
}

#[test]
fn a_manifest_with_a_mistake_is_not_saved_and_the_place_is_told() {
    let mut host = named(&json!({}));
    for (flows, part) in [
        (json!({ "x": { "entry": "flows/a.md" } }), "no flow"),
        (
            json!({ "x": { "entry": "flows/a.flow.js", "concurrency": 0 } }),
            "concurrency",
        ),
        (
            json!({ "x": { "entry": "flows/a.flow.js", "retry": { "attempts": 99 } } }),
            "attempts",
        ),
        (
            json!({ "x": { "entry": "flows/a.flow.js", "triggers": [{ "on": "noon" }] } }),
            "noon",
        ),
        (
            json!({ "x": { "entry": "flows/a.flow.js", "triggers": [{ "on": "change", "paths": ["a["] }] } }),
            "a[",
        ),
        (json!({ "x": { "entri": "flows/a.flow.js" } }), "entri"),
    ] {
        let text = manifest(&flows);
        let error = host
            .call("write", json!({ "path": FILE, "content": text }))
            .expect_err(part);
        assert_eq!(error.code, ErrorCode::InvalidInput);
        assert!(
            error.message.contains(part) && error.line.is_some(),
            "{error:?}"
        );
        let linted = host.ok("lint_flow", json!({ "path": FILE, "content": text }));
        assert_eq!(linted["ok"], false);
        assert_eq!(linted["diagnostics"][0]["message"], error.message);
    }
    let patch = json!([{ "path": FILE, "find": "\"version\":1", "replace": "\"version\":2" }]);
    let error = host
        .call("apply_patch", json!({ "edits": patch }))
        .expect_err("version 2");
    assert_eq!((error.code, error.line), (ErrorCode::InvalidInput, Some(1)));
    assert_eq!(host.ok("lint_flow", json!({ "path": FILE }))["ok"], true);
}

#[test]
fn runs_of_one_flow_follow_each_other_and_see_what_the_one_before_did() {
    let mut host = named(&json!({ "wide": { "entry": "flows/b.flow.js", "concurrency": 2 } }));
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    host.start("run_flow", json!({ "path": "flows/a.flow.js" }));
    host.start("run_flow", json!({ "path": "flows/a.flow.js" }));
    assert_eq!(host.jobs.len(), 1, "one after the other");
    host.finish_with(
        Ok(json!(1)),
        vec![write_op("out/a.txt", "first")],
        &[("out/a.txt", "first")],
    );
    assert_eq!(host.jobs.len(), 1);
    assert!(
        host.jobs[0]
            .1
            .files
            .iter()
            .all(|file| file.path != "out/a.txt"),
        "its text shows no need of it"
    );
    host.finish(Ok(json!(2)), &[]);
    host.start("run_flow", json!({ "name": "wide" }));
    host.start("run_flow", json!({ "name": "wide" }));
    assert_eq!(host.jobs.len(), 2, "as the manifest says");
}

#[test]
fn an_asker_of_many_runs_does_not_keep_others_waiting() {
    let mut host = named(&json!({}));
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    for index in 0..6 {
        host.ok(
            "write",
            json!({ "path": format!("flows/n{index}.flow.js"), "content": FLOW }),
        );
    }
    host.who = Origin::new(OriginKind::Agent, "greedy");
    for index in 0..5 {
        host.start(
            "run_flow",
            json!({ "path": format!("flows/n{index}.flow.js") }),
        );
    }
    host.who = Origin::new(OriginKind::Agent, "modest");
    host.start("run_flow", json!({ "path": "flows/n5.flow.js" }));
    host.finish(Ok(json!(1)), &[]);
    assert_eq!(host.jobs.last().expect("a job").1.entry, "flows/n5.flow.js");
}

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

    let call = host.start("run_flow", json!({ "name": "r" }));
    host.finish(Err(ToolError::new(ErrorCode::QuotaFuel, "too much")), &[]);
    let error = host.reply(call).expect("at once").expect_err("failed");
    assert_eq!(
        error.code,
        ErrorCode::QuotaFuel,
        "what is not luck is not made again"
    );

    host.pass(10);
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
fn changes_start_the_flows_that_wait_for_them_once_and_not_for_ever() {
    let flows = json!({
        "import": { "entry": "flows/a.flow.js", "triggers": [{ "on": "change", "paths": ["data/*.csv"] }] },
        "echo": { "entry": "flows/b.flow.js", "triggers": [{ "on": "change", "paths": ["out/**", "data/**"] }] },
    });
    let mut host = named_of(WRITES, &flows);
    host.ok("write", json!({ "path": "data/x.csv", "content": "1" }));
    host.ok("write", json!({ "path": "data/y.csv", "content": "2" }));
    assert!(host.jobs.is_empty(), "changes are gathered");
    host.pass(500);
    // One runner: the second waits for it.
    let job = host.jobs[0].1.clone();
    assert_eq!(job.args["changed"], json!(["data/x.csv", "data/y.csv"]));
    for _ in 0..12 {
        if host.jobs.is_empty() {
            host.pass(500);
        }
        if !host.jobs.is_empty() {
            host.finish_with(
                Ok(json!(1)),
                vec![write_op("data/z.csv", "more")],
                &[("data/z.csv", "more")],
            );
            host.ok("delete", json!({ "path": "data/z.csv" }));
        }
    }
    let runs = host.ok("flow_runs", json!({}));
    let count = runs["runs"].as_array().map_or(0, Vec::len);
    assert!((4..=30).contains(&count), "{count}");

    let mut quiet = named_of(
        WRITES,
        &json!({ "import": { "entry": "flows/a.flow.js", "triggers": [{ "on": "change", "paths": ["**"] }] } }),
    );
    quiet.ok("write", json!({ "path": "data/x.csv", "content": "1" }));
    quiet.pass(500);
    quiet.finish_with(
        Ok(json!(1)),
        vec![write_op("data/z.csv", "more")],
        &[("data/z.csv", "more")],
    );
    quiet.pass(500);
    assert!(
        quiet.jobs.is_empty(),
        "its own change does not start it again"
    );
}

#[test]
fn what_waits_for_the_start_runs_where_the_workspace_is_opened_and_nowhere_else() {
    let mut host =
        named(&json!({ "hello": { "entry": "flows/a.flow.js", "triggers": [{ "on": "start" }] } }));
    host.pass(10_000);
    assert!(host.jobs.is_empty());
    host.tell(Event::Opened);
    assert_eq!(host.jobs.len(), 1);
    host.finish(Ok(json!(1)), &[]);
    let runs = host.ok("flow_runs", json!({}));
    let record = host.ok("flow_status", json!({ "run": runs["runs"][0]["run"] }));
    assert_eq!(record["askedBy"], "system trigger");
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

#[test]
fn a_dry_run_shows_its_changes_with_their_differences() {
    let mut host = named_of(WRITES, &json!({}));
    host.ok("write", json!({ "path": "out/a.txt", "content": "one\n" }));
    let call = host.start(
        "run_flow",
        json!({ "path": "flows/a.flow.js", "mode": "dry-run" }),
    );
    host.finish_with(
        Ok(json!(1)),
        vec![write_op("out/a.txt", "two\n")],
        &[("out/a.txt", "two\n")],
    );
    let record = host.reply(call).expect("an answer").expect("success");
    let diff = record["proposed"][0]["diff"].as_str().expect("a diff");
    assert!(diff.contains("-one") && diff.contains("+two"), "{diff}");
    assert_eq!(
        host.ok("read", json!({ "path": "out/a.txt" }))["content"],
        "one\n"
    );
}
