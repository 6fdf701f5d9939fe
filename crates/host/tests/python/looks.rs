//! What the guest with ruff's rules finds and how it lays out, through the engine.
//!
//! `tests/python/lint` holds files whose lines end in the names of what must be found there, and in nothing else. Adding a case is
//! adding a line or a file.

use super::executor;
use crate::bench::Bench;
use selvage_host::{Executor, Guests};
use selvage_tool::{ErrorCode, Guest, Language};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

/// The rules that are looked with.
const RULES: &str = include_str!("../../../guest-ruff/rules.txt");

/// Where the files are.
const CASES: &str = "../../tests/python/lint";

const PATH: &str = "workflows/a.py";

/// A bench with every guest, which are compiled once.
fn bench() -> Bench<'static> {
    static GUESTS: OnceLock<[Executor; 3]> = OnceLock::new();
    let [js, python, ruff] = GUESTS.get_or_init(|| Guest::ALL.map(|guest| executor(guest.name())));
    let guests = Guests::new(Path::new("no guests"), None).with(Language::Js, js);
    let guests = guests.with(Language::Python, python);
    Bench::over(js, guests.with(Guest::Ruff, ruff))
}

fn lint(bench: &mut Bench<'_>, input: Value) -> Value {
    bench.call("lint_flow", input).expect("linted")
}

fn written(bench: &mut Bench<'_>, content: &str) {
    let input = json!({ "path": PATH, "content": content });
    bench.call("write", input).expect("written");
}

fn content(bench: &mut Bench<'_>) -> String {
    let read = bench.call("read", json!({ "path": PATH })).expect("read");
    read["content"].as_str().expect("a text").to_owned()
}

/// What was found of these rules: line and name.
fn found(linted: &Value, names: &BTreeSet<&str>) -> BTreeSet<(u64, String)> {
    let found = linted["diagnostics"].as_array().expect("diagnostics");
    let place = |one: &Value| {
        let name = one["code"].as_str().expect("a code").to_owned();
        (one["span"]["start"]["line"].as_u64().expect("a line"), name)
    };
    let own = found.iter().map(place);
    own.filter(|(_, name)| names.contains(name.as_str()))
        .collect()
}

#[test]
fn each_rule_finds_what_its_cases_say_and_nothing_else() {
    let rules = RULES.lines().filter(|line| !line.starts_with('#'));
    let names: BTreeSet<&str> = rules.filter_map(|line| line.split(' ').next()).collect();
    let (mut bench, mut seen, mut wrong) = (bench(), BTreeSet::new(), Vec::new());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(CASES);
    for file in std::fs::read_dir(folder).expect("cases") {
        let path = file.expect("a case").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let source = std::fs::read_to_string(&path).expect("a text");
        let mut expected = BTreeSet::new();
        for (line, text) in (1..).zip(source.lines()) {
            let said = text.rsplit_once("  # ").map_or("", |(_, said)| said);
            let said = said.split(", ").filter(|name| names.contains(name));
            expected.extend(said.map(|name| (line, name.to_owned())));
        }
        let linted = lint(&mut bench, json!({ "path": name, "content": source }));
        let (missing, more): (Vec<_>, Vec<_>) = {
            let found = found(&linted, &names);
            let missing = expected.difference(&found).cloned().collect();
            (missing, found.difference(&expected).cloned().collect())
        };
        wrong.extend(
            missing
                .into_iter()
                .map(|one| (name.clone(), "not found", one)),
        );
        wrong.extend(
            more.into_iter()
                .map(|one| (name.clone(), "not expected", one)),
        );
        for one in linted["diagnostics"].as_array().expect("diagnostics") {
            assert!(one["hint"].is_string(), "{one}");
        }
        seen.extend(expected.into_iter().map(|(_, name)| name));
    }
    assert_eq!(wrong, []);
    let idle: Vec<_> = names.iter().filter(|name| !seen.contains(**name)).collect();
    assert_eq!(idle, [&""; 0], "rules without a case");
}

#[test]
fn an_undefined_name_is_a_warning_with_what_to_do() {
    let mut bench = bench();
    let linted = lint(
        &mut bench,
        json!({ "path": PATH, "content": "a = 'é😀', nowhere\n" }),
    );
    let one = &linted["diagnostics"][0];
    assert_eq!(
        (
            &one["code"],
            &one["severity"],
            &one["span"]["start"]["column"]
        ),
        (&json!("undefined-name"), &json!("warning"), &json!(12)),
        "{linted}"
    );
    assert_eq!(linted["ok"], json!(true));
    let hint = one["hint"].as_str().expect("a hint");
    assert!(
        hint.starts_with("Define or import it") && hint.contains("# noqa: F821"),
        "{hint}"
    );
}

#[test]
fn safe_fixes_are_made_and_others_are_offered() {
    let mut bench = bench();
    written(
        &mut bench,
        "x = 1\nif not x in [1]:\n    print(f'one')\nif x == None:\n    pass\n",
    );
    let linted = lint(&mut bench, json!({ "path": PATH, "fix": true }));
    assert_eq!(linted["fixed"], json!(2), "{linted}");
    assert_eq!(
        content(&mut bench),
        "x = 1\nif x not in [1]:\n    print('one')\nif x == None:\n    pass\n"
    );
    let offered = &linted["diagnostics"][0];
    assert_eq!(
        (&offered["code"], &offered["fix"]["safe"]),
        (&json!("none-comparison"), &json!(false))
    );
}

#[test]
fn a_file_is_laid_out_with_its_fixes_and_then_left_alone() {
    let mut bench = bench();
    written(&mut bench, "def f( a,b ):\n  return  f'x' # why\n");
    let linted = lint(
        &mut bench,
        json!({ "path": PATH, "fix": true, "format": true }),
    );
    assert_eq!(
        (&linted["fixed"], &linted["formatted"]),
        (&json!(1), &json!(true))
    );
    let expected = "def f(a, b):\n    return \"x\"  # why\n";
    assert_eq!(content(&mut bench), expected);
    let linted = lint(&mut bench, json!({ "path": PATH, "format": true }));
    assert_eq!(
        (content(&mut bench), linted.get("formatted")),
        (expected.to_owned(), None)
    );
}

#[test]
fn what_the_interpreter_refuses_is_not_looked_at() {
    let mut bench = bench();
    written(&mut bench, "def f(:\n  nowhere\n");
    let linted = lint(
        &mut bench,
        json!({ "path": PATH, "fix": true, "format": true }),
    );
    let found = linted["diagnostics"].as_array().expect("diagnostics");
    assert_eq!(
        (found.len(), &found[0]["code"]),
        (1, &json!("syntax")),
        "{linted}"
    );
    assert_eq!(content(&mut bench), "def f(:\n  nowhere\n");
}

/// What nests as deep as the interpreter takes it, and what repeats as often as a file has room for it, is looked at all the same.
#[test]
fn a_hostile_text_is_looked_at_in_bounds() {
    let mut bench = bench();
    for depth in [50, 100_000] {
        let nested = format!("{}1{}\n", "[".repeat(depth), "]".repeat(depth));
        written(&mut bench, &nested);
        let input = json!({ "path": PATH, "format": true });
        let linted = lint(&mut bench, input);
        assert_eq!(linted["ok"], json!(depth == 50), "{depth}");
    }
    written(&mut bench, &"if x == None: pass\n".repeat(5_000));
    let linted = lint(&mut bench, json!({ "path": PATH, "format": true }));
    let found = linted["diagnostics"].as_array().expect("diagnostics").len();
    assert!((1..=500).contains(&found), "{found}");
    assert_eq!(linted["formatted"], json!(true));
}

/// What takes ruff a time that grows with the square of the text, and what takes it more memory than there is.
#[test]
fn a_text_that_takes_ruff_too_much_is_told_and_lint_goes_on() {
    let many = format!(
        "x = '{}'.format({})\n",
        "{} ".repeat(33_000),
        "a,".repeat(50_000)
    );
    for (content, codes) in [
        (
            "x;".repeat(60_000),
            // On a slow machine time is over first.
            &[ErrorCode::QuotaFuel, ErrorCode::QuotaCpu][..],
        ),
        (many, &[ErrorCode::QuotaMemory]),
    ] {
        let mut bench = bench();
        written(&mut bench, &content);
        let input = json!({ "path": PATH, "format": true });
        let error = bench.call("lint_flow", input).expect_err("no layout");
        assert!(codes.contains(&error.code), "{error:?}");
        let linted = lint(&mut bench, json!({ "path": PATH }));
        let told = &linted["diagnostics"][0];
        assert_eq!(
            (&told["message"], &told["severity"], &linted["ok"]),
            (&json!(error.message), &json!("warning"), &json!(true))
        );
    }
}
