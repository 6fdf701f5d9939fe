//! A run here and a run at a server are the same run: value, logs, files, error and receipt.

use crate::bench::{Bench, NOW_MS};
use crate::server::{SECRET, at, executor, local, server};
use selvage_jobs::Settings;
use selvage_tool::{Language, ToolResult};
use serde_json::{Value, json};

/// Flows, and how each ends.
const FLOWS: &[(&str, &str, &str)] = &[
    (
        "sum",
        "OK",
        "export default async (flow) => { flow.log.info('adding'); return flow.args.n + 0.1 + 0.2; };",
    ),
    (
        "files",
        "OK",
        "export default async (flow) => { const text = await flow.fs.read('data/in.txt'); await flow.fs.write(`out/${flow.args.n}.txt`, text + text); await flow.fs.remove('data/in.txt'); return text.length; };",
    ),
    (
        "throws",
        "RUNTIME_EXCEPTION",
        "export default async (flow) => { await flow.fs.write('out/never.txt', 'x'); throw new TypeError(`no ${flow.args.n}`); };",
    ),
    (
        "endless",
        "QUOTA_FUEL",
        "export default async () => { for (;;) {} };",
    ),
    (
        "bytes",
        "OK",
        "export default async (flow) => { await flow.fs.write('out/b.bin', new Uint8Array([0, 255, flow.args.n])); return new Map([[1, 2n]]); };",
    ),
    (
        "tool",
        "OK",
        "export default async (flow) => flow.call('ls', { path: 'data' });",
    ),
    ("nothing", "OK", "export default () => {};"),
    (
        "sleeps",
        "OK",
        "export default async (flow) => { await new Promise((done) => setTimeout(done, 5)); return Math.random(); };",
    ),
    (
        "denied",
        "POLICY_DENIED",
        "export default async () => (await fetch('https://nowhere.example/')).status;",
    ),
];

fn run(bench: &mut Bench<'_>, name: &str, source: &str, n: u64) -> ToolResult {
    let path = format!("flows/{name}.flow.js");
    for (path, text) in [(&*path, source), ("data/in.txt", "a line\n")] {
        bench
            .call("write", json!({ "path": path, "content": text }))
            .expect("written");
    }
    let limits = json!({ "fuelMax": 300_000 });
    let input =
        json!({ "path": path, "args": { "n": n }, "seed": 1, "startMs": NOW_MS, "limits": limits });
    bench.call("run_flow", input)
}

/// What is to be the same of an answer, and of what the executor told.
fn gist(bench: &Bench<'_>, answer: &ToolResult) -> Value {
    let logs = |record: &Value| {
        let entries = record["logs"].as_array().into_iter().flatten();
        entries
            .map(|it| json!([it["seq"], it["level"], it["source"], it["text"]]))
            .collect::<Vec<_>>()
    };
    let ran = bench.ran.as_ref().map(|ran| {
        let it = &ran.outcome;
        json!([
            it.value,
            it.error,
            it.ops,
            it.artifacts,
            it.usage.fuel,
            it.usage.calls,
            it.usage.files,
            it.usage.written_bytes,
            it.usage.output_bytes,
            it.guest
        ])
    });
    match answer {
        Ok(record) => json!([
            record["value"],
            record["status"],
            logs(record),
            record["changes"],
            ran
        ]),
        Err(error) => json!([error.code, error.message, error.hint, ran]),
    }
}

#[test]
fn a_run_at_a_server_is_the_run_here() {
    let (address, _) = server(local(), Settings::default());
    let mut here = Bench::over(executor(Language::Js), local());
    let mut there = Bench::over(executor(Language::Js), at(local(), &address, SECRET));
    for (name, end, source) in FLOWS {
        for n in 1..=3 {
            let answers = [&mut here, &mut there].map(|bench| {
                bench.ran = None;
                let answer = run(bench, name, source, n);
                let code = answer
                    .as_ref()
                    .err()
                    .map_or("OK", |error| error.code.as_str());
                assert_eq!(code, *end, "{name} {n}: {answer:?}");
                let files = bench.call("ls", json!({ "path": "", "recursive": true }));
                (gist(bench, &answer), files)
            });
            assert_eq!(answers[0].0, answers[1].0, "{name} {n}");
            let names = |files: &ToolResult| {
                files
                    .as_ref()
                    .expect("files")
                    .to_string()
                    .matches("\"path\"")
                    .count()
            };
            assert_eq!(names(&answers[0].1), names(&answers[1].1), "{name} {n}");
        }
    }
}

#[test]
fn a_server_that_is_not_there_or_refuses_ends_a_run_that_lands_nothing() {
    let (address, _) = server(local(), Settings::default());
    for (guests, word) in [
        (at(local(), &address, "another secret"), "refuses"),
        (
            at(local(), "http://127.0.0.1:1", SECRET),
            "can't be reached",
        ),
    ] {
        let mut bench = Bench::over(executor(Language::Js), guests);
        let (name, _, source) = FLOWS[1];
        let error = run(&mut bench, name, source, 1).expect_err("no executor");
        assert_eq!(error.code.as_str(), "EXECUTOR_UNAVAILABLE");
        assert!(error.message.contains(word), "{error:?}");
        let read = bench
            .call("read", json!({ "path": "data/in.txt" }))
            .expect("still there");
        assert_eq!(read["content"], "a line\n");
    }
}
