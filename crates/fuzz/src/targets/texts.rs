//! Calls of tools, frames of a guest, texts of flows.

use super::must;
use crate::{Door, Input};
use selvage_lint::Context;
use selvage_tool::catalogue::StorageMode;
use selvage_tool::guest::{HostCall, PendingCall, Progress, Resume, frame, unframe};
use selvage_vfs::storage::MemoryStorage;
use selvage_vfs::{Origin, OriginKind, Workspace};
use selvage_workbench::{Config, Cx, Event, Workbench};
use serde_json::{Value, json};

/// A call: the tool's name, a line end, and its input as JSON.
fn call(name: &str, input: &Value) -> Vec<u8> {
    format!("{name}\n{input}").into_bytes()
}

/// What a page, an agent or a flow may ask of the engine.
pub fn tools() -> (Vec<Input>, Door) {
    let flow = "export default async (flow) => { await flow.fs.write('a.md', 'x'); return 1 }";
    let calls = vec![
        call("write", &json!({ "path": "a.md", "content": "one\ntwo\n" })),
        call(
            "write",
            &json!({ "path": "b.flow.js", "content": flow, "draft": true }),
        ),
        call("read", &json!({ "path": "a.md", "from": 1, "to": 2 })),
        call("ls", &json!({ "path": "", "recursive": true })),
        call(
            "patch",
            &json!({ "path": "a.md", "edits": [{ "old": "one", "new": "1" }] }),
        ),
        call(
            "patch",
            &json!({ "diff": "--- a/a.md\n+++ b/a.md\n@@ -1 +1 @@\n-1\n+one\n" }),
        ),
        call("mv", &json!({ "from": "a.md", "to": "d/a.md" })),
        call("move", &json!({ "from": "a.md", "to": "d/a.md" })),
        call("search", &json!({ "query": "o.e", "regex": true })),
        call("history", &json!({ "path": "a.md" })),
        call("diff", &json!({ "path": "a.md" })),
        call("undo", &json!({})),
        call("lint_flow", &json!({ "path": "b.flow.js" })),
        call(
            "run_flow",
            &json!({ "path": "b.flow.js", "args": { "n": 1 }, "seed": 7 }),
        ),
        call("delete", &json!({ "path": "d" })),
    ];
    let door = |input: &[Vec<u8>]| {
        let storage = Box::new(MemoryStorage::new());
        let workspace = must(Workspace::open(storage, [1; 16]));
        let config = Config {
            storage: StorageMode::Memory,
            version: "fuzz".into(),
            environment: "local".into(),
            executor: "native".into(),
        };
        let mut bench = Workbench::new(workspace, config);
        let mut id = 0_u128;
        let mut random = || {
            id += 0x9e37_79b9_7f4a_7c15;
            id
        };
        for (number, message) in input.iter().enumerate() {
            let text = String::from_utf8_lossy(message);
            let (name, body) = text.split_once('\n').unwrap_or((&text, "{}"));
            let Ok(input) = serde_json::from_str(body) else {
                continue;
            };
            let mut cx = Cx {
                now_ms: 1000 + number as u64,
                random: &mut random,
            };
            let event = Event::Called {
                call: number as u64,
                origin: Origin::new(OriginKind::Agent, "Fuzz"),
                name: name.to_owned(),
                input,
            };
            bench.handle(&mut cx, event);
        }
    };
    (vec![calls], Box::new(door))
}

/// What a guest that was broken into may hand over.
pub fn guest() -> (Vec<Input>, Door) {
    let path = "a.md".to_owned();
    let moved = HostCall::Move {
        from: path.clone(),
        to: "b.md".into(),
    };
    let calls = [
        frame(&HostCall::Write { path: path.clone() }, b"content"),
        frame(&HostCall::List { path: path.clone() }, b""),
        frame(&HostCall::Stat { path }, b""),
        frame(&moved, b""),
        frame(
            &Progress::Yielded {
                calls: Vec::new(),
                waiting: 3,
            },
            b"",
        ),
        frame(
            &json!({ "state": "finished", "outcome": { "value": { "a": [1, "x", null] } } }),
            b"",
        ),
    ];
    let door = |input: &[Vec<u8>]| {
        for message in input {
            let _ = unframe::<HostCall>(message);
            let _ = unframe::<Progress>(message);
            let _ = unframe::<PendingCall>(message);
            let _ = unframe::<Resume>(message);
        }
    };
    let corpus = calls.iter().map(|call| vec![call.clone()]).collect();
    (corpus, Box::new(door))
}

/// What anybody may write into a flow.
pub fn lint() -> (Vec<Input>, Door) {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hostile");
    let files = must(std::fs::read_dir(fixtures)).flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.sort();
    let is_flow = |path: &&std::path::PathBuf| path.extension().is_some_and(|end| end == "js");
    let mut corpus: Vec<Input> = paths
        .iter()
        .filter(is_flow)
        .map(|path| vec![must(std::fs::read(path))])
        .collect();
    let flow = "// @title One\nimport { x } from './b.js';\n\
        export default async function (flow) {\n  const { a = 1, b } = flow.args;\n  \
        const r = await flow.fetch(`https://api.example.com/${a}`);\n  \
        for (const f of await flow.fs.list('in/**')) await flow.fs.write(`out/${f.name}`, r.text);\n  \
        return { a, b, x, r: /a+(?=b)/u.test(b) };\n}\n";
    corpus.push(vec![flow.into()]);
    let door = |input: &[Vec<u8>]| {
        let source = input.concat();
        let source = String::from_utf8_lossy(&source);
        for path in ["a.flow.js", "a.flow.ts"] {
            let report = selvage_lint::lint(path, &source, &Context::closed());
            let _ = selvage_lint::apply_fixes(&source, &report.diagnostics);
        }
        let _ = selvage_lint::nesting(&source);
    };
    (corpus, Box::new(door))
}
