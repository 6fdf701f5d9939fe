//! Runs within runs at a server: each runs in the place of the one that waits for it, so that none keeps another from it.

use crate::bench::Bench;
use crate::server::{SECRET, at, executor, local, server};
use selvage_jobs::Settings;
use selvage_tool::{Language, ToolResult};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Calls itself so deep, and gives how many runs there were; at each depth so many at once.
const FLOW: &str = "\
export default async (flow) => {
  const { depth, wide } = flow.args;
  if (depth === 0) return 1;
  const next = { path: 'flows/deep.flow.js', args: { depth: depth - 1, wide }, allowTools: ['run_flow'] };
  const inner = await Promise.all(Array.from({ length: wide }, () => flow.call('run_flow', next)));
  return inner.reduce((sum, { value }) => sum + value, 1);
};
";

/// A server with one place.
fn narrow() -> Settings {
    Settings {
        running_max: 1,
        key_running_max: 1,
        ..Settings::default()
    }
}

fn run(bench: &mut Bench<'_>, depth: u32, wide: u32) -> ToolResult {
    let flow = json!({ "path": "flows/deep.flow.js", "content": FLOW });
    bench.call("write", flow).expect("written");
    let input = json!({
        "path": "flows/deep.flow.js", "args": { "depth": depth, "wide": wide }, "allowTools": ["run_flow"],
    });
    bench.call("run_flow", input)
}

fn value(answer: ToolResult) -> Value {
    answer.expect("a run")["value"].clone()
}

#[test]
fn three_runs_within_one_need_no_more_than_its_place() {
    let (address, board) = server(local(), narrow());
    let guests = at(local(), &address, SECRET);
    let mut bench = Bench::over(executor(Language::Js), guests);
    let begun = Instant::now();
    assert_eq!(value(run(&mut bench, 3, 1)), json!(4));
    assert_eq!(
        value(run(&mut bench, 1, 3)),
        json!(4),
        "one after the other"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "none waited for a place that it held itself"
    );
    let figures = board.metrics();
    assert!(
        figures.contains("selvage_jobs_ended_total{code=\"OK\"} 8"),
        "{figures}"
    );
}

#[test]
fn trees_of_many_clients_share_one_place_and_all_come_to_an_end() {
    let (address, board) = server(local(), narrow());
    std::thread::scope(|scope| {
        let client = || {
            let guests = at(local(), &address, SECRET);
            let mut bench = Bench::over(executor(Language::Js), guests);
            assert_eq!(value(run(&mut bench, 2, 2)), json!(7));
        };
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(client)).collect();
        for client in clients {
            client.join().expect("no panic");
        }
    });
    let figures = board.metrics();
    assert!(
        figures.contains("selvage_jobs_ended_total{code=\"OK\"} 28"),
        "{figures}"
    );
}
