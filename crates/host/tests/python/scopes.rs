//! A workspace over another: `tests/python/scopes`, whose steps every host takes and which come to the same everywhere.
//!
//! What they come to is kept as `expected.json`; the browser's test compares with the same file. `UPDATE_SCOPES=1` writes it anew.

use super::bench;
use crate::bench::{Bench, NOW_MS};
use selvage_tool::ToolResult;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/scopes")
}

/// The text files below a folder, by their paths in it.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("inside").to_str();
            let text = std::fs::read_to_string(&path).expect("text");
            found.insert(name.expect("a plain name").replace('\\', "/"), text);
        }
    }
    found
}

fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(name)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// What a step came to, as far as it is the same on every host: not its time, its receipt and its heads.
fn outcome(name: &str, result: &ToolResult) -> Value {
    let entries = |value: &Value| -> Vec<Value> {
        let entries = value["logs"].as_array().into_iter().flatten();
        entries
            .map(|entry| json!([entry["level"], entry["text"]]))
            .collect()
    };
    match (name, result) {
        (_, Err(error)) => json!({ "error": {
            "code": error.code, "message": error.message, "path": error.path, "line": error.line,
            "hint": error.hint, "stack": error.stack,
        } }),
        ("run_flow", Ok(record)) => json!({
            "path": record["path"], "function": record.get("function"), "status": record["status"],
            "value": record.get("value"), "variables": record.get("variables"), "logs": entries(record),
            "scopes": record.get("scopes"), "changes": record["changes"],
        }),
        ("read", Ok(read)) => json!({ "content": read["content"] }),
        (_, Ok(value)) => json!({
            "ok": value["ok"], "inputs": value["inputs"], "diagnostics": value["diagnostics"],
        }),
    }
}

/// The workspace with its parent.
fn mounted() -> Bench<'static> {
    let mut bench = bench();
    for (path, content) in texts(&folder().join("own")) {
        let input = json!({ "path": path, "content": content });
        bench.call("write", input).expect("written");
    }
    let files = texts(&folder().join("global"));
    let input = json!({ "name": "global", "workspace": "w-1", "heads": ["h-1"], "files": files });
    bench.call("scope_mount", input).expect("mounted");
    bench
}

#[test]
fn two_scopes_come_to_the_same_on_every_host() {
    let mut bench = mounted();
    let mut outcomes = Vec::new();
    for step in read("steps.json").as_array().expect("steps") {
        let name = step["call"].as_str().expect("a tool");
        let mut input = step["input"].clone();
        if name == "run_flow" {
            input["seed"] = json!(1);
            input["startMs"] = json!(NOW_MS);
        }
        let result = bench.call(name, input);
        outcomes.push(outcome(name, &result));
    }
    let outcomes = json!(outcomes);
    if std::env::var_os("UPDATE_SCOPES").is_some() {
        let text = serde_json::to_string_pretty(&outcomes).expect("JSON") + "\n";
        std::fs::write(folder().join("expected.json"), text).expect("it can be written");
    }
    assert_eq!(outcomes, read("expected.json"));
}

#[test]
fn a_run_over_a_parent_can_be_verified_after_the_parent_was_updated() {
    let mut bench = mounted();
    let input = json!({ "name": "workflow::totals::rates" });
    let record = bench.call("run_flow", input.clone()).expect("it works");
    let mut update = json!({ "name": "global", "workspace": "w-1", "heads": ["h-2"] });
    let mut files = texts(&folder().join("global"));
    let rates = files.get_mut("data/rates.csv").expect("it is there");
    *rates = rates.replace("low,7", "low,8");
    update["files"] = json!(files);
    let told = bench.call("scope_mount", update).expect("mounted");
    assert_eq!(told["total"], json!(1));
    let verified = bench.call("run_verify", json!({ "run": record["run"] }));
    assert_eq!(verified.expect("run again")["reproduced"], json!(true));
    let again = bench.call("run_flow", input).expect("it works");
    assert_eq!(again["value"], json!({ "normal": 19, "low": 8 }));
    assert_eq!(again["scopes"][0]["heads"], json!(["h-2"]));
}

#[test]
fn files_of_every_scope_are_those_that_the_workspace_sees() {
    let mut bench = mounted();
    let source = "\
from bifrost import files, workflow
@workflow
async def main():
    seen = {await files.read('data/rates.csv', scope=scope) for scope in (None, 'workspace', 'global')}
    await files.write('data/rates.csv', 'own', scope='global')
    return [len(seen), await files.read('data/rates.csv', scope='workspace'), await files.exists('scopes')]
";
    let write = json!({ "path": "workflows/a.py", "content": source });
    bench.call("write", write).expect("written");
    let record = bench.call("run_flow", json!({ "path": "workflows/a.py" }));
    let record = record.expect("a result");
    assert_eq!(record["value"], json!([1, "own", false]));
    let mut read = |path: &str| {
        let read = bench.call("read", json!({ "path": path }));
        read.expect("there")["content"].clone()
    };
    assert_eq!(read("data/rates.csv"), json!("own"), "hides the parent's");
    assert_ne!(read("scopes/global/data/rates.csv"), json!("own"));
}
