//! The folder of a Python file decides whether it is run, and lint says where it is not.

use crate::common::python::{host, offers};
use selvage_tool::reading::Reading;
use selvage_tool::{Diagnostic, ErrorCode, Position, Severity, Span};
use serde_json::{Value, json};

#[test]
fn what_is_run_is_listed_and_what_is_not_says_so() {
    let mut host = host(&[
        ("workflows/a.py", offers(&[("one", "one")])),
        ("modules/tools.py", offers(&[("look", "look")])),
        ("modules/plain.py", Reading::default()),
        ("forms/crm/f.py", Reading::default()),
        ("configs/__init__.py", Reading::default()),
        ("agents/a.py", offers(&[("act", "act")])),
        ("workflows/tools.py", Reading::default()),
    ]);
    let listed = host.ok("flow_list", json!({}));
    let flows = listed["flows"].as_array().expect("flows").iter();
    let python: Vec<&str> = flows
        .filter_map(|flow| flow["path"].as_str())
        .filter(|path| path.ends_with(".py"))
        .collect();
    assert_eq!(python, ["workflows/a.py", "workflows/tools.py"]);
    for path in ["modules/tools.py", "forms/crm/f.py", "agents/a.py::act"] {
        let error = host.call("run_flow", json!({ "path": path }));
        let error = error.expect_err("refused");
        assert_eq!(error.code, ErrorCode::NotAFlow, "{path}");
        assert!(error.hint.expect("a hint").contains("`agents/`"));
    }
    let mut found =
        |path: &str| host.ok("lint_flow", json!({ "path": path }))["diagnostics"].clone();
    let is = |found: &Value, severity: &str, line: u64, message: &str, to: Value| {
        assert_eq!(found[1], Value::Null, "{found}");
        let found = &found[0];
        assert_eq!(
            (&found["code"], &found["severity"], &found["message"]),
            (&json!("misplaced-flow"), &json!(severity), &json!(message))
        );
        assert_eq!(found["span"]["start"]["line"], json!(line));
        assert_eq!(found["hint"], json!("Move it to `workflows/`."));
        assert_eq!(found["fix"]["rename"], to);
    };
    is(
        &found("modules/tools.py"),
        "warning",
        3,
        "Functions in `modules/` are imported, not run: no list has `look`.",
        Value::Null,
    );
    is(
        &found("forms/crm/f.py"),
        "info",
        1,
        "Python files in `forms/` are imported, not run.",
        json!("workflows/crm/f.py"),
    );
    for path in [
        "modules/plain.py",
        "configs/__init__.py",
        "workflows/tools.py",
    ] {
        assert_eq!(found(path), json!([]), "{path}");
    }
}

#[test]
fn a_module_is_linted_by_its_path_and_never_run() {
    let at = Position {
        line: 1,
        column: 8,
        offset: 7,
    };
    let unused = Diagnostic {
        code: "unused-import".into(),
        severity: Severity::Info,
        path: String::new(),
        span: Span { start: at, end: at },
        message: "`json` is not used.".into(),
        hint: None,
        fix: None,
    };
    let reading = Reading {
        diagnostics: vec![unused],
        ..Reading::default()
    };
    let mut host = host(&[("modules/money.py", reading)]);
    for (path, content) in [
        ("lib/sum.js", "export const sum = (a, b) => a + c;\n"),
        ("lib/one.mjs", "export const one = 1;\n"),
        ("notes.txt", "export const one = 1;\n"),
    ] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    for (path, codes) in [
        ("modules/money.py", vec!["unused-import"]),
        ("lib/sum.js", vec!["undefined-name"]),
        ("lib/one.mjs", vec![]),
    ] {
        let linted = host.ok("lint_flow", json!({ "path": path }));
        let found = linted["diagnostics"].as_array().expect("findings").iter();
        let found: Vec<&str> = found.filter_map(|one| one["code"].as_str()).collect();
        assert_eq!(found, codes, "{path}");
        let error = host.call("run_flow", json!({ "path": path }));
        assert_eq!(error.expect_err("refused").code, ErrorCode::NotAFlow);
    }
    // Typed, it is the same; and a flow still needs a place to begin.
    for (path, count) in [("lib/new.mjs", 0), ("flows/new.flow.mjs", 1)] {
        let input = json!({ "path": path, "content": "export const one = 1;\n" });
        let linted = host.ok("lint_flow", input);
        let found = linted["diagnostics"].as_array().map(Vec::len);
        assert_eq!(found, Some(count), "{path}");
    }
    let error = host.call("lint_flow", json!({ "path": "notes.txt" }));
    assert_eq!(error.expect_err("refused").code, ErrorCode::NotAFlow);
}
