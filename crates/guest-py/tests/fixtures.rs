//! Python files, and what is read off them.
//!
//! `tests/fixtures/<rule>/pass-*.py` must be without findings of that rule, `fail-*.py` with some; in `entries` stand files for
//! what they offer. Beside each stands `.snap`: the whole reading. To add a case, add the file and run with `UPDATE_EXPECT=1`.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

use expect_test::expect_file;
use guest_py::reading::{World, read, rules};
use selvage_lint::apply_fixes;
use selvage_tool::Diagnostic;
use selvage_tool::reading::Reading;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

/// Whether the interpreter has a module: of `stdlib.txt`, or one of those that are a part of it.
fn has(module: &str) -> bool {
    let listed = include_str!("../stdlib.txt").lines().any(|line| {
        let name = line.split('#').next().unwrap_or_default().trim();
        match name.strip_suffix(".*") {
            Some(package) => module == package || module.starts_with(&format!("{package}.")),
            None => name == module,
        }
    });
    let own = ["bifrost.modules", "bifrost.tables"];
    listed
        || ["asyncio", "math", "os.path", "sys", "time"].contains(&module)
        || own.contains(&module)
}

fn look(path: &str, source: &str) -> Reading {
    read(source, &World { path, has: &has })
}

/// Makes every safe fix, until there is none.
fn fixed(path: &str, source: &str) -> String {
    let mut text = source.to_owned();
    for _ in 0..10 {
        let (next, applied) = apply_fixes(&text, &look(path, &text).diagnostics);
        if applied == 0 {
            break;
        }
        text = next;
    }
    text
}

fn line(found: &Diagnostic) -> String {
    let (start, end) = (found.span.start, found.span.end);
    let mut line = format!(
        "{}:{}-{}:{} {:?} {}\n    {}\n",
        start.line, start.column, end.line, end.column, found.severity, found.code, found.message
    );
    if let Some(hint) = &found.hint {
        let _ = writeln!(line, "    hint: {hint}");
    }
    if let Some(fix) = &found.fix {
        let offered = if fix.safe { "" } else { " (offered)" };
        let _ = writeln!(line, "    fix: {}{offered}", fix.title);
    }
    line
}

fn render(path: &str, source: &str) -> String {
    let reading = look(path, source);
    let mut out: String = reading.diagnostics.iter().map(line).collect();
    for import in &reading.imports {
        let _ = writeln!(out, "import: {}", import.any.join(" "));
        if let Some(missing) = &import.missing {
            out.push_str(&line(missing));
        }
    }
    for entry in &reading.entries {
        let mut entry = entry.clone();
        let parameters = std::mem::take(&mut entry.parameters);
        let json = |value: serde_json::Result<String>| value.expect("JSON");
        let _ = writeln!(out, "entry: {}", json(serde_json::to_string(&entry)));
        for parameter in parameters {
            let _ = writeln!(out, "    {}", json(serde_json::to_string(&parameter)));
        }
    }
    let fixed = fixed(path, source);
    if fixed != source {
        let _ = write!(out, "--- after all safe fixes\n{fixed}");
    }
    out
}

/// Whether a rule found something, here or where an import is not satisfied.
fn finds(rule: &str, reading: &Reading) -> bool {
    let missing = reading
        .imports
        .iter()
        .filter_map(|import| import.missing.as_ref());
    let mut all = reading.diagnostics.iter().chain(missing);
    all.any(|found| found.code == rule)
}

#[test]
fn every_fixture_is_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seen = 0;
    for folder in files(&root) {
        for file in files(&folder) {
            if file.extension().is_none_or(|extension| extension != "py") {
                continue;
            }
            let source = fs::read_to_string(&file).expect("text");
            let name = |path: &Path| {
                path.file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned()
            };
            let (rule, case) = (name(&folder), name(&file));
            let path = format!("features/bills/{case}");
            if rule != "entries" {
                let fails = finds(&rule, &look(&path, &source));
                assert_eq!(fails, case.starts_with("fail-"), "{rule}/{case}");
            }
            assert!(
                case.starts_with("fail-") || case.starts_with("pass-"),
                "{case}"
            );
            expect_file![file.with_extension("py.snap")].assert_eq(&render(&path, &source));
            seen += 1;
        }
    }
    assert!(seen >= 2, "fixtures were found");
}

/// The pages of `docs/lint.md` are made of the rules' doc comments.
#[test]
fn every_rule_has_a_page_that_says_how_bad_it_is_and_a_case_that_fails() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for rule in rules::ALL {
        let file = root
            .join("src/reading/rules")
            .join(format!("{}.rs", rule.code.replace('-', "_")));
        let page = fs::read_to_string(&file).expect("a page");
        let severity = format!(
            "//! **Severity.** {}",
            format!("{:?}", rule.severity).to_lowercase()
        );
        for part in [
            &format!("//! # {}\n", rule.code),
            &severity,
            "**What it does.**",
            "**Why.**",
            "**Example.**",
            "**Fix.**",
        ] {
            assert!(page.contains(part), "{}: {part} is missing", rule.code);
        }
        let cases = files(&root.join("tests/fixtures").join(rule.code));
        assert!(
            cases
                .iter()
                .any(|case| case.to_string_lossy().contains("/fail-")),
            "{}",
            rule.code
        );
    }
}
