//! What the guest reads off a file, through the engine: entries, imports, findings and fixes.

use super::{bench, run_with, value};
use crate::bench::Bench;
use selvage_tool::ErrorCode;
use serde_json::{Value, json};

fn write(bench: &mut Bench<'_>, path: &str, content: &str) {
    let written = bench.call("write", json!({ "path": path, "content": content }));
    written.expect("written");
}

fn lint(bench: &mut Bench<'_>, input: Value) -> Value {
    bench.call("lint_flow", input).expect("linted")
}

fn codes(linted: &Value) -> Vec<&str> {
    let found = linted["diagnostics"].as_array().expect("diagnostics");
    found
        .iter()
        .map(|one| one["code"].as_str().expect("a code"))
        .collect()
}

#[test]
fn a_file_says_what_it_offers_and_what_that_takes() {
    let mut bench = bench();
    let source = "from bifrost import workflow\n\n\n@workflow(name='Sync')\nasync def sync(context, since: str, most: int = 10):\n    \"\"\"Brings customers in.\"\"\"\n    return since\n";
    write(&mut bench, "workflows/sync.py", source);
    for path in [
        "workflows/sync.py",
        "workflows/sync.py::sync",
        "workflow::sync::sync",
        "Sync",
    ] {
        let linted = lint(&mut bench, json!({ "path": path }));
        assert_eq!(linted["title"], json!("Sync"), "{path}: {linted}");
        let inputs = json!([
            { "id": "since", "label": "Since", "kind": "text", "optional": false },
            { "id": "most", "label": "Most", "kind": "number", "optional": true, "default": 10 },
        ]);
        assert_eq!(linted["inputs"], inputs);
        assert_eq!(codes(&linted), [""; 0]);
    }
    let listed = bench.call("flow_list", json!({})).expect("listed");
    let flows = listed["flows"].as_array().expect("flows");
    let flow = flows
        .iter()
        .find(|flow| flow["path"] == "workflows/sync.py");
    assert_eq!(flow.expect("listed")["entries"][0]["async"], json!(true));
}

#[test]
fn whatever_the_interpreter_has_is_found_and_the_rest_says_why_not() {
    let list = include_str!("../../../guest-py/stdlib.txt");
    let listed = list.lines().filter_map(|line| line.split('#').next());
    let listed = listed.map(|name| name.trim().trim_end_matches(".*"));
    let natives = value("import sys\nlist(sys.builtin_module_names)\n");
    let natives = natives.as_array().expect("names").clone();
    let natives = natives.iter().map(|name| name.as_str().expect("a text"));
    let imports: String = listed
        .chain(natives)
        .filter(|name| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || "._".contains(c))
        })
        .map(|name| format!("import {name} as used\nused\n"))
        .collect();
    let mut bench = bench();
    let linted = lint(
        &mut bench,
        json!({ "path": "workflows/a.py", "content": imports }),
    );
    assert_eq!(codes(&linted), [""; 0], "{linted}");
    let source = "import socket, leftpad, modules.sums\nsocket, leftpad, modules\n";
    let linted = lint(
        &mut bench,
        json!({ "path": "workflows/a.py", "content": source }),
    );
    assert_eq!(
        codes(&linted),
        [
            "unavailable-module",
            "unresolved-import",
            "unresolved-import"
        ]
    );
    let error = run_with(&mut bench, source, json!({})).expect_err("refused");
    assert_eq!(
        (error.code, error.line, error.column),
        (ErrorCode::LintFailed, Some(1), Some(8))
    );
}

/// The engine decides by a list of its own which imports are of the interpreter's modules.
#[test]
fn no_move_takes_what_the_interpreter_is_built_with_for_the_workspaces() {
    let natives = value("import sys\nlist(sys.builtin_module_names)\n");
    let natives = natives.as_array().expect("names").iter();
    let natives = natives.map(|name| name.as_str().expect("a text"));
    let natives: Vec<&str> = natives.filter(|name| !name.contains('-')).collect();
    assert!(natives.contains(&"zlib"), "{natives:?}");
    let mut bench = bench();
    let imports: String = natives
        .iter()
        .map(|name| format!("import {name}\n"))
        .collect();
    write(&mut bench, "own/uses.py", &imports);
    for name in natives {
        write(&mut bench, &format!("own/{name}.py"), "");
    }
    let step = json!({ "from": "own/uses.py", "to": "other/uses.py" });
    let moved = bench.call("move", step).expect("moved");
    assert_eq!(moved["left"].as_array().map_or(0, Vec::len), 0, "{moved}");
    let read = bench.call("read", json!({ "path": "other/uses.py" }));
    assert_eq!(read.expect("read")["content"], json!(imports));
}

#[test]
fn what_is_imported_is_read_whatever_the_grant_covers() {
    let mut bench = bench();
    write(
        &mut bench,
        "modules/sums.py",
        "from shared.words import shown\n\ndef total(numbers):\n    return shown(sum(numbers))\n",
    );
    write(&mut bench, "shared/__init__.py", "");
    write(
        &mut bench,
        "shared/words.py",
        "def shown(n):\n    return f'<{n}>'\n",
    );
    let source = "from modules.sums import total\ntotal([1, 2])\n";
    let grant = json!({ "grant": { "read": ["data/**"], "write": [] } });
    let record = run_with(&mut bench, source, grant).expect("a result");
    assert_eq!(record["value"], json!("<3>"));
}

#[test]
fn a_relative_import_becomes_absolute_and_runs() {
    let mut bench = bench();
    write(
        &mut bench,
        "features/bills/money.py",
        "def total():\n    return 3\n",
    );
    write(
        &mut bench,
        "features/bills/run.py",
        "from .money import total\ntotal()\n",
    );
    let linted = lint(
        &mut bench,
        json!({ "path": "features/bills/run.py", "fix": true }),
    );
    assert_eq!(
        (&linted["fixed"], &linted["ok"]),
        (&json!(1), &json!(true)),
        "{linted}"
    );
    let record = bench.call("run_flow", json!({ "path": "features/bills/run.py" }));
    assert_eq!(record.expect("a result")["value"], json!(3));
}
