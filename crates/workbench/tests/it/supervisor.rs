//! Named flows: what the manifest makes of a call, the queue, and what runs by itself.

use crate::common::named::{FILE, FLOW, WRITES, manifest, named, named_of};
use crate::common::write_op;
use selvage_tool::ErrorCode;
use selvage_vfs::{Origin, OriginKind};
use selvage_workbench::Event;
use serde_json::{Value, json};

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
fn a_manifest_grants_and_names_only_what_there_is_and_each_mistake_is_told_at_its_place() {
    let mut host = named(&json!({}));
    let flow =
        |field: &str, value: Value| json!({ "x": { "entry": "flows/a.flow.js", field: value } });
    let grant = |part: &str, list: &[&str]| flow("grant", json!({ part: list }));
    let both = json!({ "x": { "entry": "flows/a.flow.js", "env": { "A": "1", "KEY": "1" }, "secrets": { "KEY": "billing" } } });
    for (flows, odd) in [
        (grant("net", &["a.org", "https://b.org"]), "https://b.org"),
        (grant("net", &["*.a.org", "b.org:80"]), "b.org:80"),
        (grant("net", &["*", ""]), ""),
        (grant("tools", &["read", "reed"]), "reed"),
        (grant("tools", &["*", "flow_*"]), "flow_*"),
        (both, "KEY"),
    ] {
        let text = manifest(&flows).replace(":\"billing\"", ":\n\"billing\"");
        let error = host
            .call("write", json!({ "path": FILE, "content": text }))
            .expect_err(odd);
        assert!(error.message.contains(&format!("`{odd}`")), "{error}");
        let column = text.rfind(&format!("\"{odd}\"")).map(|at| at + 1);
        let told = error.column.and_then(|column| usize::try_from(column).ok());
        assert_eq!(
            (error.code, told),
            (ErrorCode::InvalidInput, column),
            "{odd}"
        );
    }
    let sound = [
        grant("net", &["*", "*.a.org", "b.org"]),
        grant("tools", &["*"]),
        grant("tools", &["read", "run_flow"]),
        flow("triggers", json!([{ "on": "manual" }])),
    ];
    for flows in sound {
        let input = json!({ "path": FILE, "content": manifest(&flows) });
        host.ok("write", input);
    }
}

#[test]
fn a_flow_with_the_trigger_manual_runs_when_somebody_runs_it_and_not_by_itself() {
    let manual = json!([{ "on": "manual" }]);
    let mut host = named(&json!({ "by-hand": { "entry": "flows/a.flow.js", "triggers": manual } }));
    host.tell(Event::Opened);
    host.ok("write", json!({ "path": "data/x.csv", "content": "x" }));
    host.pass(60_000);
    assert!(host.jobs.is_empty());
    host.start("run_flow", json!({ "name": "by-hand" }));
    assert_eq!(host.jobs.len(), 1);
}

#[test]
fn a_manifest_may_be_written_before_its_flow_and_lint_tells_that_the_flow_is_missing() {
    let mut host = named(&json!({}));
    let text = manifest(&json!({
        "a": { "entry": "flows/a.flow.js" },
        "late": { "entry": "/flows/late.py::main" },
    }));
    host.ok("write", json!({ "path": FILE, "content": text }));
    let found = host.ok("lint_flow", json!({ "path": FILE }));
    let warning = found["diagnostics"][0].clone();
    assert_eq!(
        (&found["ok"], &warning["severity"], &found["diagnostics"][1]),
        (&json!(true), &json!("warning"), &Value::Null),
        "{found}"
    );
    let message = warning["message"].as_str().unwrap_or_default();
    assert!(message.contains("`flows/late.py`"), "{warning}");
    let at = text.rfind("\"entry\"").expect("it names it") + 1;
    assert_eq!(warning["span"]["start"]["column"], at);
    host.ok(
        "write",
        json!({ "path": "flows/late.py", "content": "def main(): pass\n" }),
    );
    let found = host.ok("lint_flow", json!({ "path": FILE }));
    assert_eq!(found["diagnostics"], json!([]));
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

/// The clock of a device is set by people and by its network.
#[test]
fn a_clock_that_is_set_back_does_not_put_off_what_was_due() {
    let change = json!([{ "on": "change", "paths": ["data/**"] }]);
    let mut host = named(&json!({ "import": { "entry": "flows/a.flow.js", "triggers": change } }));
    host.pass(7_200_000);
    host.ok("write", json!({ "path": "data/x.csv", "content": "1" }));
    host.types("notes.md", "one");
    host.types("notes.md", "typed");
    host.now_ms -= 3_600_000;
    host.tell(Event::Woken);
    assert_eq!(host.jobs.len(), 1);
    let last = host.ok("history", json!({ "path": "notes.md", "limit": 1 }));
    assert_eq!(last["changes"][0]["message"], "Edit notes.md");
}
