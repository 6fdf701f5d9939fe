//! What the guest finds that looks at Python and runs nothing: beside the interpreter's word, and never in its place.

use crate::common::Host;
use crate::common::python::{host, ran};
use selvage_tool::guest::Checked;
use selvage_tool::reading::Reading;
use selvage_tool::{
    Diagnostic, ErrorCode, Fix, Guest, Position, Severity, Span, TextEdit, ToolError,
};
use selvage_workbench::{Effect, Event};
use serde_json::{Value, json};

const PATH: &str = "workflows/a.py";
const MANIFESTS: [&str; 2] = ["flows/flow.config.json", "selvage.policy.yaml"];

/// A finding about the first so many characters of a text, and what would stand there instead.
fn found(code: &str, length: u32, text: Option<&str>) -> Diagnostic {
    let at = |offset| Position {
        line: 1,
        column: offset + 1,
        offset,
    };
    let span = Span {
        start: at(0),
        end: at(length),
    };
    Diagnostic {
        code: code.into(),
        severity: Severity::Warning,
        path: String::new(),
        span,
        message: "It is odd.".into(),
        hint: None,
        fix: text.map(|text| Fix {
            title: "Mend it".into(),
            safe: true,
            edits: vec![TextEdit {
                span,
                text: text.into(),
            }],
            rename: None,
        }),
    }
}

fn looks(diagnostics: Vec<Diagnostic>, formatted: Option<&str>) -> Checked {
    Checked {
        reading: Reading {
            diagnostics,
            ..Reading::default()
        },
        formatted: formatted.map(str::to_owned),
        error: None,
    }
}

/// A workspace with one Python file, and what is found in texts.
fn with(text: &str, found: &[(&str, Checked)]) -> Host {
    let mut host = host(&[(PATH, Reading::default())]);
    host.ok("write", json!({ "path": PATH, "content": text }));
    for (text, checked) in found {
        host.looks.insert((*text).into(), checked.clone());
    }
    host
}

fn lint(host: &mut Host, more: Value) -> Value {
    let mut input = json!({ "path": PATH });
    for (key, value) in more.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    host.ok("lint_flow", input)
}

fn codes(linted: &Value) -> Vec<&str> {
    let found = linted["diagnostics"].as_array().into_iter().flatten();
    found.filter_map(|one| one["code"].as_str()).collect()
}

#[test]
fn lint_tells_what_was_found_once_and_a_run_does_not_ask() {
    let mut host = with("x\n", &[("x\n", looks(vec![found("odd", 1, None)], None))]);
    ran(&mut host, json!({ "path": PATH }));
    assert!(host.looked.is_empty(), "a run needs no second opinion");
    for _ in 0..2 {
        let linted = lint(&mut host, json!({}));
        assert_eq!(codes(&linted), ["odd"]);
        assert_eq!(
            (&linted["ok"], &linted["diagnostics"][0]["path"]),
            (&json!(true), &json!(PATH))
        );
    }
    assert_eq!(host.looked, ["x\n"]);
}

#[test]
fn fixes_and_the_layout_land_as_one_change() {
    let mut host = with(
        "bad (1)\n",
        &[
            (
                "bad (1)\n",
                looks(vec![found("odd", 3, Some("good"))], Some("bad(1)\n")),
            ),
            ("good (1)\n", looks(Vec::new(), Some("good(1)\n"))),
        ],
    );
    let linted = lint(&mut host, json!({ "fix": true, "format": true }));
    assert_eq!(
        (&linted["fixed"], &linted["formatted"], codes(&linted)),
        (&json!(1), &json!(true), Vec::new())
    );
    let content = |host: &mut Host| host.ok("read", json!({ "path": PATH }))["content"].clone();
    assert_eq!(content(&mut host), json!("good(1)\n"));
    host.ok("undo", json!({}));
    assert_eq!(content(&mut host), json!("bad (1)\n"));

    let linted = lint(&mut host, json!({ "format": true }));
    assert_eq!(
        (&linted["fixed"], &linted["formatted"]),
        (&json!(0), &json!(true))
    );
    assert_eq!(content(&mut host), json!("bad(1)\n"));
}

#[test]
fn a_text_that_is_laid_out_already_is_left_alone() {
    let mut host = with("x\n", &[("x\n", looks(Vec::new(), Some("x\n")))]);
    let heads = host.ok("seal", json!({}))["heads"].clone();
    let linted = lint(&mut host, json!({ "format": true }));
    assert_eq!(linted.get("formatted"), None);
    assert_eq!(host.ok("seal", json!({}))["heads"], heads);
}

#[test]
fn only_python_is_laid_out() {
    let mut host = with("x\n", &[]);
    host.as_person(|host| {
        let contents = ["{\"version\": 1, \"flows\": {}}", "version: 1\n"];
        for (path, content) in MANIFESTS.into_iter().zip(contents) {
            host.ok("write", json!({ "path": path, "content": content }));
        }
        for path in [&["flows/slug.flow.js"][..], &MANIFESTS].concat() {
            let input = json!({ "path": path, "format": true });
            let error = host.call("lint_flow", input).expect_err("a refusal");
            assert_eq!(error.code, ErrorCode::InvalidInput);
            assert_eq!(error.path.as_deref(), Some(path));
            assert!(error.hint.is_some(), "{error:?}");
        }
    });
}

#[test]
fn where_nobody_can_look_lint_answers_without_and_asks_again_later() {
    let error = ToolError::new(ErrorCode::ExecutorUnavailable, "it can't be loaded");
    let mut host = with("x\n", &[("x\n", Checked::of(Some(error)))]);
    assert_eq!(lint(&mut host, json!({}))["diagnostics"], json!([]));
    host.looks
        .insert("x\n".into(), looks(vec![found("odd", 1, None)], None));
    assert_eq!(codes(&lint(&mut host, json!({}))), ["odd"]);
    assert_eq!(host.looked.len(), 2);
}

#[test]
fn a_layout_that_nobody_can_make_is_told_and_not_taken_for_done() {
    let error = ToolError::new(ErrorCode::ExecutorUnavailable, "it can't be loaded");
    let mut host = with("f'x'\n", &[("f'x'\n", Checked::of(Some(error)))]);
    let input = json!({ "path": PATH, "fix": true, "format": true });
    let error = host.call("lint_flow", input).expect_err("no layout");
    assert_eq!(error.code, ErrorCode::ExecutorUnavailable);
    let read = host.ok("read", json!({ "path": PATH }));
    assert_eq!(read["content"], json!("f'x'\n"));
}

#[test]
fn what_is_looked_at_in_place_of_a_file_is_never_written() {
    let mut host = with("x\n", &[]);
    for more in ["fix", "format"] {
        let input = json!({ "path": PATH, "content": "y\n", more: true });
        let error = host.call("lint_flow", input).expect_err("a refusal");
        assert_eq!(error.code, ErrorCode::InvalidInput);
    }
    assert_eq!(
        host.ok("read", json!({ "path": PATH }))["content"],
        json!("x\n")
    );
}

/// The guest that looks may have to come first, which takes a while, or may never come: nobody but lint waits for it.
#[test]
fn a_call_that_waits_for_the_parser_does_not_wait_for_a_second_look() {
    let mut host = with("x\n", &[]);
    host.ok(
        "write",
        json!({ "path": "workflows/b.py", "content": "y\n" }),
    );
    host.holds_checks = true;
    let check = |host: &mut Host| match host.others.pop() {
        Some(Effect::Check { task, guest, .. }) => (task, guest),
        other => panic!("{other:?}"),
    };
    let checked = |host: &mut Host, task| {
        let checked = Checked::default();
        host.tell(Event::Checked { task, checked });
    };
    let lint = host.start("lint_flow", json!({ "path": PATH }));
    let (task, _) = check(&mut host);
    checked(&mut host, task);
    let (second, guest) = check(&mut host);
    assert_eq!(guest, Guest::Ruff);
    let run = host.start(
        "run_flow",
        json!({ "path": "workflows/b.py", "wait": false }),
    );
    let (task, guest) = check(&mut host);
    assert_eq!(guest, Guest::Python);
    checked(&mut host, task);
    assert!(host.reply(run).is_some(), "it runs while lint waits");
    assert!(host.reply(lint).is_none());
    let error = ToolError::new(ErrorCode::ExecutorUnavailable, "it can't be loaded");
    let checked = Checked::of(Some(error));
    host.tell(Event::Checked {
        task: second,
        checked,
    });
    assert!(host.reply(lint).is_some_and(|result| result.is_ok()));
}

/// A text that breaks whoever looks at it is one text: nobody else goes without, and it is not asked about again.
#[test]
fn a_text_that_can_not_be_looked_at_is_told_and_looked_at_once() {
    let error = ToolError::new(ErrorCode::QuotaFuel, "it takes too much");
    let mut host = with("x\n", &[("x\n", Checked::of(Some(error)))]);
    for _ in 0..2 {
        let linted = lint(&mut host, json!({}));
        let told = &linted["diagnostics"][0];
        assert_eq!(
            (&told["severity"], &told["message"], &linted["ok"]),
            (&json!("warning"), &json!("it takes too much"), &json!(true)),
            "{linted}"
        );
    }
    assert_eq!(host.looked.len(), 1);
    let input = json!({ "path": PATH, "format": true });
    let error = host.call("lint_flow", input).expect_err("no layout");
    assert_eq!(error.code, ErrorCode::QuotaFuel);
    assert_eq!(host.looked.len(), 1, "it is known already");
}

#[test]
fn a_layout_waits_for_an_executor_and_other_lint_does_not() {
    let mut host = Host::new();
    host.ok("write", json!({ "path": PATH, "content": "x  \n" }));
    host.looks
        .insert("x  \n".into(), looks(Vec::new(), Some("x\n")));
    assert_eq!(lint(&mut host, json!({}))["ok"], json!(true));
    let call = host.start("lint_flow", json!({ "path": PATH, "format": true }));
    assert!(host.reply(call).is_none(), "nobody is there yet");
    host.tell(Event::RunnerReady {
        runner: 1,
        dropped: false,
    });
    let laid_out = host.reply(call).expect("an answer").expect("a layout");
    assert_eq!(laid_out["formatted"], json!(true));
}

/// A guest that says nothing of the layout that it was asked for can't keep a call for ever.
#[test]
fn a_layout_that_never_comes_is_not_waited_for() {
    let mut host = with("x\n", &[]);
    let input = json!({ "path": PATH, "format": true });
    let error = host.call("lint_flow", input).expect_err("no layout");
    assert_eq!(
        (error.code, host.looked.len()),
        (ErrorCode::ExecutorUnavailable, 1)
    );
}

/// A parser that stumbles over a place says no more about what follows it, and two parsers may place one fault apart.
#[test]
fn a_fault_that_the_rules_tell_is_not_told_again_behind_it() {
    let told = |text: &str, line: u32| {
        let mut host = Host::with_runner();
        host.holds_checks = true;
        host.ok("write", json!({ "path": "a.flow.js", "content": text }));
        let lint = host.start("lint_flow", json!({ "path": "a.flow.js" }));
        let Some(Effect::Check { task, .. }) = host.others.pop() else {
            panic!("no check");
        };
        let error = ToolError::new(ErrorCode::LintFailed, "it ends too soon").at(line, 1);
        let checked = Checked::of(Some(error));
        host.tell(Event::Checked { task, checked });
        let linted = host.reply(lint).expect("an answer").expect("a report");
        let found = linted["diagnostics"].as_array().expect("diagnostics");
        let found = found.iter().filter(|one| one["severity"] == json!("error"));
        let messages = found.map(|one| one["message"].as_str().expect("a text").to_owned());
        messages.collect::<Vec<_>>()
    };
    let unclosed = told("const a = 1;\nfunction f() {\n  return a;\n", 5);
    assert_eq!(unclosed.len(), 1, "{unclosed:?}");
    assert!(!unclosed[0].contains("too soon"), "{unclosed:?}");

    let earlier = told("const a = 1;\nfunction f() {\n  return a;\n", 1);
    assert_eq!(
        earlier.len(),
        2,
        "what stands before it is a fault of its own"
    );
    let alone = told("const a = 1;\na;\n", 2);
    assert_eq!(alone, ["it ends too soon"]);
}
