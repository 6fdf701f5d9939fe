//! What guests read off Python files: asked once, waited for, and what follows from it.

use crate::common::python::{host, offers, ran};
use crate::common::{Host, named};
use selvage_tool::ErrorCode;
use selvage_tool::guest::{Answer, PendingOp};
use selvage_tool::reading::{Import, Reading};
use selvage_tool::run::RunReport;
use selvage_tool::{Diagnostic, Guest, Position, Severity, Span};
use selvage_workbench::{Effect, Event, Notice};
use serde_json::json;

fn imports(paths: &[&str]) -> Reading {
    let at = Position {
        line: 1,
        column: 8,
        offset: 7,
    };
    let missing = Diagnostic {
        code: "unresolved-import".into(),
        severity: Severity::Error,
        path: String::new(),
        span: Span { start: at, end: at },
        message: "There is no such module.".into(),
        hint: None,
        fix: None,
    };
    Reading {
        imports: vec![Import {
            any: paths.iter().map(|path| (*path).to_owned()).collect(),
            missing: Some(missing),
        }],
        ..Reading::default()
    }
}

#[test]
fn a_file_is_read_once_for_lint_runs_and_lists() {
    let mut host = host(&[("workflows/a.py", offers(&[("sync", "Sync customers")]))]);
    let linted = host.ok("lint_flow", json!({ "path": "workflows/a.py" }));
    assert_eq!(linted["entries"][0]["function"], json!("sync"));
    assert_eq!(linted["title"], json!("Sync customers"));
    let input = json!({
        "id": "mode", "label": "Mode", "kind": "select", "optional": true, "default": "2", "options": ["1", "2"]
    });
    assert_eq!(linted["inputs"], json!([input]));
    ran(&mut host, json!({ "path": "workflows/a.py" }));
    let listed = host.ok("flow_list", json!({}));
    let flows = listed["flows"].as_array().expect("flows");
    let flow = flows
        .iter()
        .find(|flow| flow["path"] == "workflows/a.py")
        .expect("listed");
    assert_eq!(
        (&flow["inputs"], &flow["entries"][0]["line"]),
        (&json!([input]), &json!(3))
    );
    assert_eq!(host.checked, ["workflows/a.py"]);
    host.ok(
        "write",
        json!({ "path": "workflows/a.py", "content": "# new\n" }),
    );
    ran(&mut host, json!({ "path": "workflows/a.py" }));
    assert_eq!(host.checked.len(), 2);
}

#[test]
fn of_several_functions_the_one_that_is_named_says_what_is_asked_for() {
    let mut host = host(&[("workflows/a.py", offers(&[("one", "One"), ("two", "two")]))]);
    let linted = host.ok("lint_flow", json!({ "path": "workflows/a.py" }));
    assert_eq!(
        (&linted["inputs"], &linted["title"]),
        (&json!([]), &json!(null))
    );
    let linted = host.ok("lint_flow", json!({ "path": "workflows/a.py::one" }));
    assert_eq!(
        (linted["inputs"].as_array().map(Vec::len), &linted["title"]),
        (Some(1), &json!("One"))
    );
    let text = json!({ "path": "workflows/a.py::two", "content": "# typed\n" });
    let linted = host.ok("lint_flow", text);
    assert_eq!(linted["inputs"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_list_says_what_is_unread_and_tells_when_it_is_also_where_a_call_had_it_read() {
    for is_linted in [false, true] {
        let mut host = host(&[
            ("a.py", offers(&[("one", "one")])),
            ("b.py", Reading::default()),
        ]);
        host.holds_checks = true;
        let unread = |host: &mut Host| {
            let listed = host.ok("flow_list", json!({}));
            let flows = listed["flows"].as_array().expect("flows").clone();
            let is_unread = |flow: &&serde_json::Value| flow["unread"] == json!(true);
            flows.iter().filter(is_unread).count()
        };
        assert_eq!(unread(&mut host), 2);
        if is_linted {
            host.start("lint_flow", json!({ "path": "b.py" }));
        }
        host.notices.clear();
        for _ in 0..2 {
            let Some(Effect::Check { task, .. }) = host.others.pop() else {
                panic!("a question");
            };
            assert!(host.others.is_empty(), "one at a time");
            let checked = Default::default();
            host.tell(Event::Checked { task, checked });
        }
        let told = host.notices.iter().any(
            |notice| matches!(notice, Notice::Changed { paths, .. } if paths == &["a.py", "b.py"]),
        );
        assert!(told, "{:?}", host.notices);
        assert_eq!(unread(&mut host), 0);
    }
}

#[test]
fn what_a_file_imports_is_part_of_the_program_whatever_the_grant() {
    let mut host = host(&[
        (
            "workflows/a.py",
            imports(&["modules/**/b.py", "workflows/b.py"]),
        ),
        ("modules/b.py", imports(&["shared", "shared/c.py"])),
        ("shared/c.py", imports(&["modules/b.py"])),
    ]);
    let call = host.start(
        "run_flow",
        json!({ "path": "workflows/a.py", "grant": { "read": ["data/**"] } }),
    );
    assert!(host.reply(call).is_none());
    let seen: Vec<&str> = host.jobs[0]
        .1
        .files
        .iter()
        .filter(|file| !file.folder && file.path.ends_with(".py"))
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(seen, ["modules/b.py", "shared/c.py", "workflows/a.py"]);
    assert_eq!(
        host.checked,
        ["workflows/a.py", "modules/b.py", "shared/c.py"]
    );
}

#[test]
fn an_import_that_is_nowhere_keeps_a_file_from_running() {
    let mut host = host(&[("workflows/a.py", imports(&["modules/b.py"]))]);
    let error = host
        .call("run_flow", json!({ "path": "workflows/a.py" }))
        .expect_err("refused");
    assert_eq!(
        (error.code, error.line, error.path.as_deref()),
        (ErrorCode::LintFailed, Some(1), Some("workflows/a.py"))
    );
    host.ok("write", json!({ "path": "modules/b.py", "content": "" }));
    ran(&mut host, json!({ "path": "workflows/a.py" }));
}

#[test]
fn without_an_executor_lint_answers_and_a_run_waits_for_one() {
    let mut host = Host::new();
    host.ok("write", json!({ "path": "a.py", "content": "1\n" }));
    let linted = host.ok("lint_flow", json!({ "path": "a.py" }));
    assert_eq!(linted["ok"], json!(true));
    let call = host.start("run_flow", json!({ "path": "a.py" }));
    assert!(host.reply(call).is_none() && host.jobs.is_empty());
    host.tell(Event::RunnerReady {
        runner: 1,
        dropped: false,
    });
    assert_eq!((host.checked.len(), host.jobs.len()), (1, 1));
}

#[test]
fn an_executor_that_breaks_over_a_text_keeps_nobody_waiting() {
    let mut host = host(&[("a.py", Reading::default())]);
    host.holds_checks = true;
    let lint = host.start("lint_flow", json!({ "path": "a.py" }));
    let run = host.start("run_flow", json!({ "path": "a.py" }));
    assert!(host.reply(lint).is_none() && host.reply(run).is_none());
    host.tell(Event::RunnerGone {
        runner: 1,
        reason: "broken".into(),
    });
    assert!(host.reply(lint).expect("an answer").is_ok());
    assert!(host.jobs.is_empty());
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: true,
    });
    assert_eq!(host.jobs.len(), 1, "it goes on without");
}

/// The path of the text that is asked about, and who is asked, once that is answered.
fn answered(host: &mut Host) -> (String, Guest) {
    let at = host
        .others
        .iter()
        .position(|effect| matches!(effect, Effect::Check { .. }))
        .expect("a question");
    let Effect::Check {
        task, path, guest, ..
    } = host.others.remove(at)
    else {
        unreachable!("it is one");
    };
    let checked = Default::default();
    host.tell(Event::Checked { task, checked });
    (path, guest)
}

#[test]
fn a_call_that_lacks_little_does_not_wait_for_one_that_lacks_much() {
    const MANY: usize = 15;
    let mut host = Host::with_runner();
    host.holds_checks = true;
    for n in 0..MANY {
        let file = json!({ "path": format!("f/{n}/a.py"), "content": "1\n" });
        host.ok("write", file);
    }
    for (path, content) in [("x.yaml", "run: workflow::a::go\n"), ("b.py", "2\n")] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    let moved = host.start("move", json!({ "from": "f/0/a.py", "to": "f/0/c.py" }));
    let linted = host.start("lint_flow", json!({ "path": "b.py" }));
    let first: Vec<_> = (0..4).map(|_| answered(&mut host)).collect();
    for guest in [Guest::Python, Guest::Ruff] {
        assert!(first.contains(&("b.py".into(), guest)), "{first:?}");
    }
    assert!(host.reply(linted).expect("an answer").is_ok());
    assert!(host.reply(moved).is_none(), "it lacks most of its texts");
    // Each of its texts is read once, and it goes on with all of them.
    for _ in 0..MANY - 2 {
        assert!(host.reply(moved).is_none());
        assert_eq!(answered(&mut host).1, Guest::Python);
    }
    let moved = host.reply(moved).expect("an answer").expect("moved");
    let why = &moved["left"][0]["why"];
    assert_eq!(why, &json!("several files are called `a`"));
}

/// The program that runs lists the flows.
fn asks_for_flows(host: &mut Host) {
    let request = PendingOp::Tool {
        name: "flow_list".into(),
        input: json!({}),
    };
    host.report(RunReport::Called { id: 1, request });
}

/// The flows that a program lists: the answer, if it has come.
fn listed(host: &mut Host) -> Option<serde_json::Value> {
    let at = host
        .others
        .iter()
        .position(|effect| matches!(effect, Effect::Answer { .. }))?;
    match host.others.remove(at) {
        Effect::Answer {
            answer: Answer::Ok(told),
            ..
        } => Some(told["flows"].clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_program_is_told_of_all_flows_and_waits_until_they_are_read() {
    let mut host = host(&[
        ("a.py", Reading::default()),
        ("b.py", offers(&[("two", "Two")])),
    ]);
    host.start("run_flow", json!({ "path": "a.py" }));
    asks_for_flows(&mut host);
    assert!(listed(&mut host).is_none(), "its executor is its own");
    let spawned = |host: &Host| {
        let spawns = host.others.iter();
        spawns.filter(|one| matches!(one, Effect::Spawn)).count()
    };
    assert_eq!(spawned(&host), 1);
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    let flows = listed(&mut host).expect("an answer");
    let flows = flows.as_array().expect("flows");
    let flow = flows.iter().find(|flow| flow["path"] == "b.py");
    let flow = flow.expect("listed");
    assert_eq!(flow["entries"][0]["name"], json!("Two"));
    assert!(flows.iter().all(|flow| flow.get("unread").is_none()));
    assert_eq!(spawned(&host), 1, "one was enough");
}

#[test]
fn a_program_whose_list_nobody_can_read_is_told_what_is_unread() {
    let mut host = host(&[("a.py", Reading::default()), ("b.py", Reading::default())]);
    host.start("run_flow", json!({ "path": "a.py" }));
    host.holds_checks = true;
    asks_for_flows(&mut host);
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    host.tell(Event::RunnerGone {
        runner: 2,
        reason: "broken".into(),
    });
    let flows = listed(&mut host).expect("an answer");
    let flows = flows.as_array().expect("flows");
    let unread = flows.iter().filter(|flow| flow["unread"] == json!(true));
    assert_eq!(unread.count(), 1, "{flows:?}");
}

#[test]
fn runs_are_found_by_whatever_names_what_ran() {
    let files = [
        (
            "workflows/sync.py",
            offers(&[("one", "One"), ("two", "Second thing")]),
        ),
        ("workflows/only.py", offers(&[("only", "only")])),
    ];
    let mut host = host(&files);
    let manifest = json!({ "nightly": { "entry": "workflows/sync.py::one" } });
    for path in [
        "workflows/sync.py::one",
        "workflows/sync.py::two",
        "workflows/only.py",
    ] {
        ran(&mut host, json!({ "path": path }));
    }
    host.as_person(|host| {
        let content = named::manifest(&manifest);
        host.ok("write", json!({ "path": named::FILE, "content": content }));
    });
    ran(&mut host, json!({ "name": "nightly" }));
    let mut found = |path: &str| {
        let runs = host.ok("flow_runs", json!({ "path": path }))["runs"].clone();
        let functions = runs.as_array().expect("runs").iter();
        let functions: Vec<String> = functions
            .map(|run| run["function"].as_str().unwrap_or_default().to_owned())
            .collect();
        functions
    };
    for (path, functions) in [
        ("workflows/sync.py", vec!["one", "two", "one"]),
        ("sync", vec!["one", "two", "one"]),
        ("workflows/sync.py::one", vec!["one", "one"]),
        ("workflow::sync::two", vec!["two"]),
        ("two", vec!["two"]),
        ("Second thing", vec!["two"]),
        ("nightly", vec!["one"]),
        ("only", vec![""]),
        ("workflows/only.py::only", vec![""]),
        ("workflows/gone.py", vec![]),
    ] {
        assert_eq!(found(path), functions, "{path}");
    }
    let error = host.call("flow_runs", json!({ "path": "nobody" }));
    assert_eq!(error.expect_err("no such").code, ErrorCode::NotFound);
}
