//! Flows as files, and what lint says of them.
//!
//! `tests/fixtures/<rule>/pass-*.flow.js` must be without findings of that rule, `fail-*.flow.js` with
//! some. Beside each stands `.snap`: the whole report, and the text after all safe fixes. To add a
//! case, add the file and run with `UPDATE_EXPECT=1`. Imports find `tests/fixtures/workspace`.

// Tests are hosts: they read fixtures, and start threads with a browser's stack.
#![allow(clippy::disallowed_methods)]

use expect_test::expect_file;
use selvage_lint::{Context, Report, apply_fixes, lint};
use selvage_tool::{Diagnostic, Severity};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn look(path: &str, source: &str) -> Report {
    let file = |path: &str| root().join("workspace").join(path);
    let exists = |path: &str| file(path).is_file();
    let read = |path: &str| fs::read_to_string(file(path)).ok();
    let net = ["api.example.com".to_owned()];
    let tools = ["read", "search", "write"];
    lint(
        path,
        source,
        &Context {
            exists: &exists,
            read: &read,
            astray: &|_, _| None,
            net: &net,
            tools: &tools,
        },
    )
}

/// Applies safe fixes until there are none; gives the text and how many were applied.
fn fix(path: &str, source: &str) -> (String, usize) {
    let (mut text, mut all) = (source.to_owned(), 0);
    for _ in 0..10 {
        let report = look(path, &text);
        let (fixed, applied) = apply_fixes(&text, &report.diagnostics);
        if applied == 0 {
            break;
        }
        (text, all) = (fixed, all + applied);
    }
    (text, all)
}

fn line(d: &Diagnostic) -> String {
    let (start, end) = (d.span.start, d.span.end);
    let place = format!(
        "{}:{}:{}-{}:{}",
        d.path, start.line, start.column, end.line, end.column
    );
    let mut line = format!("{place} {:?} {}\n    {}\n", d.severity, d.code, d.message);
    if let Some(hint) = &d.hint {
        let _ = writeln!(line, "    hint: {hint}");
    }
    if let Some(fix) = &d.fix {
        let _ = writeln!(
            line,
            "    fix: {}{}",
            fix.title,
            if fix.safe { "" } else { " (offered)" }
        );
    }
    line
}

fn render(path: &str, source: &str) -> String {
    let report = look(path, source);
    let mut out: String = report.diagnostics.iter().map(line).collect();
    let _ = writeln!(out, "shape: {:?}, module: {}", report.shape, report.module);
    for (name, value) in [
        ("title", &report.title),
        ("description", &report.description),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "{name}: {value}");
        }
    }
    for input in &report.inputs {
        let _ = writeln!(
            out,
            "input: {}",
            serde_json::to_string(input).expect("JSON")
        );
    }
    for (name, list) in [
        ("outputs", &report.outputs),
        ("read", &report.grant.read),
        ("write", &report.grant.write),
        ("net", &report.grant.net),
        ("tools", &report.grant.tools),
        ("imports", &report.imports),
    ] {
        if !list.is_empty() {
            let _ = writeln!(out, "{name}: {}", list.join(" "));
        }
    }
    let (fixed, applied) = fix(path, source);
    if applied > 0 {
        let _ = write!(out, "--- after {applied} fixes\n{fixed}");
    }
    out
}

#[test]
fn every_fixture_is_as_expected() {
    let mut folders: Vec<PathBuf> = fs::read_dir(root())
        .expect("fixtures")
        .map(|e| e.expect("entry").path())
        .collect();
    folders.sort();
    let mut seen = 0;
    for folder in folders
        .iter()
        .filter(|folder| folder.is_dir() && !folder.ends_with("workspace"))
    {
        let rule = folder
            .file_name()
            .expect("name")
            .to_string_lossy()
            .into_owned();
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .expect("folder")
            .map(|e| e.expect("entry").path())
            .collect();
        files.sort();
        for file in files
            .iter()
            .filter(|file| !file.to_string_lossy().ends_with(".snap"))
        {
            let name = file
                .file_name()
                .expect("name")
                .to_string_lossy()
                .into_owned();
            let source = fs::read_to_string(file).expect("text");
            let path = format!("flows/{name}");
            let report = look(&path, &source);
            let found = report.diagnostics.iter().any(|d| d.code == rule);
            let expected = name.starts_with("fail-");
            assert!(
                expected || name.starts_with("pass-"),
                "{name}: a fixture begins with pass- or fail-"
            );
            assert!(
                rule == "report" || found == expected,
                "{rule}/{name}: {:#?}",
                report.diagnostics
            );
            expect_file![file.with_file_name(format!("{name}.snap"))]
                .assert_eq(&render(&path, &source));
            seen += 1;
        }
    }
    assert!(seen >= 20, "only {seen} fixtures were found");
}

#[test]
fn every_rule_has_a_fixture_that_fails() {
    for entry in
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")).expect("rules")
    {
        let file = entry.expect("entry").path();
        let rule = file
            .file_stem()
            .expect("name")
            .to_string_lossy()
            .replace('_', "-");
        if matches!(rule.as_str(), "mod" | "cases" | "source-too-large") {
            continue;
        }
        let fails = fs::read_dir(root().join(&rule)).is_ok_and(|mut entries| {
            entries.any(|e| {
                e.expect("entry")
                    .file_name()
                    .to_string_lossy()
                    .starts_with("fail-")
            })
        });
        assert!(fails, "{rule} has no fixture that fails");
    }
}

#[test]
fn a_fixed_flow_has_no_fix_left_and_no_new_errors() {
    let errors = |report: &Report| {
        report
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .count()
    };
    for folder in fs::read_dir(root())
        .expect("fixtures")
        .map(|e| e.expect("entry").path())
    {
        for file in fs::read_dir(folder)
            .expect("folder")
            .map(|e| e.expect("entry").path())
        {
            let path = file.to_string_lossy().into_owned();
            if !path.ends_with(".flow.js") && !path.ends_with(".flow.mjs") {
                continue;
            }
            let source = fs::read_to_string(&file).expect("text");
            let (fixed, _) = fix("a.flow.js", &source);
            let (before, after) = (look("a.flow.js", &source), look("a.flow.js", &fixed));
            assert!(
                errors(&after) <= errors(&before),
                "{path}\n{fixed}\n{:#?}",
                after.diagnostics
            );
            let left = after
                .diagnostics
                .iter()
                .filter_map(|d| d.fix.as_ref())
                .filter(|fix| fix.safe)
                .count();
            assert_eq!(left, 0, "{path}");
        }
    }
}
