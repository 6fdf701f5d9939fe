//! The program killed ten times in the middle of ten runs each.

use crate::barrier::Barrier;
use crate::bench::{Bench, compiled, guest};
use crate::server::{Server, key};
use selvage_host::{Executor, Guests};
use selvage_jobs::Remote;
use selvage_tool::Language;
use serde_json::json;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How often the program is killed, every second time so that it has last words.
const ROUNDS: usize = 10;
/// How many run a flow at a time.
const CLIENTS: usize = 10;
/// How many runs of a round are over when the program is killed.
const OVER: usize = 2;

/// Writes twice, with a pause between.
const FLOW: &str = "\
export default async (flow) => {
  await flow.fs.write(`out/${flow.args.round}/a.txt`, 'a');
  await new Promise((done) => setTimeout(done, flow.args.ms));
  await flow.fs.write(`out/${flow.args.round}/b.txt`, 'b');
  return flow.args.round;
};
";

/// Runs the flow; gives how it ended, after looking that this is how it stands in the workspace.
fn run(bench: &mut Bench<'_>, round: usize, ms: u64) -> String {
    let args = json!({ "round": round, "ms": ms });
    let answer = bench.call(
        "run_flow",
        json!({ "path": "flows/t.flow.js", "args": args }),
    );
    let files = ["a", "b"].map(|name| format!("out/{round}/{name}.txt"));
    match answer {
        Ok(record) => {
            assert_eq!(record["value"], json!(round));
            for path in files {
                let history = bench
                    .call("history", json!({ "path": path }))
                    .expect("there");
                let entries = history["changes"].as_array().expect("a list");
                assert_eq!(entries.len(), 1, "{path} landed once: {history}");
            }
            "OK".to_owned()
        }
        Err(error) => {
            for path in files {
                assert!(
                    bench.call("stat", json!({ "path": path })).is_err(),
                    "{path} landed"
                );
            }
            error.code.as_str().to_owned()
        }
    }
}

#[test]
fn runs_at_a_server_that_is_killed_end_truly_and_land_once_or_never() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = key(folder.path(), "jobs");
    let server = Server::start(folder.path(), "127.0.0.1:0");
    let address = format!("http://{}", server.listen);
    let executor = Executor::cached(&guest("guest-js"), Some(&compiled()));
    let executor = executor.expect("a guest");
    let over = AtomicUsize::new(0);
    let barrier = Barrier::new(CLIENTS + 1);
    let ends = Mutex::new(Vec::new());
    let client = |at: usize| {
        let remote = Remote::new(&address, &key).expect("an address");
        let guests = Guests::new(Path::new("no guests"), None)
            .with(Language::Js, &executor)
            .with_elsewhere(Arc::new(remote));
        let mut bench = Bench::over(&executor, guests);
        let flow = json!({ "path": "flows/t.flow.js", "content": FLOW });
        bench.call("write", flow).expect("written");
        let mut told = Vec::new();
        for round in 0..ROUNDS {
            barrier.wait();
            let end = run(&mut bench, round, if at < 3 { 0 } else { 700 });
            over.fetch_add(1, Ordering::AcqRel);
            told.push(end == "OK");
            ends.lock().expect("no panic").push((round, end));
            barrier.wait();
        }
        // Every run has a record, which says what its caller was told.
        let listed = bench.call("flow_runs", json!({ "limit": 100 }));
        let listed = listed.expect("runs")["runs"].clone();
        let listed = listed.as_array().expect("a list").iter();
        let mut recorded: Vec<_> = listed.map(|run| run["status"] == "succeeded").collect();
        recorded.sort_unstable();
        told.sort_unstable();
        assert_eq!(recorded, told);
        // The server that was started last takes jobs as the first one did.
        assert_eq!(run(&mut bench, ROUNDS, 0), "OK");
        barrier.wait();
    };
    std::thread::scope(|scope| {
        for at in 0..CLIENTS {
            let (client, barrier) = (&client, &barrier);
            scope.spawn(move || barrier.guard(|| client(at)));
        }
        barrier.guard(|| {
            let mut server = server;
            for round in 0..ROUNDS {
                over.store(0, Ordering::Release);
                barrier.wait();
                let until = Instant::now() + Duration::from_secs(60);
                while over.load(Ordering::Acquire) < OVER {
                    assert!(Instant::now() < until, "no run of round {round} ends");
                    std::thread::sleep(Duration::from_millis(5));
                }
                server = server.again(round % 2 == 1);
                barrier.wait();
            }
            barrier.wait();
        });
    });
    let ends = ends.into_inner().expect("no panic");
    assert_eq!(ends.len(), ROUNDS * CLIENTS);
    for softly in [false, true] {
        let of: Vec<_> = ends
            .iter()
            .filter(|(round, _)| (round % 2 == 1) == softly)
            .collect();
        let count = |code: &str| of.iter().filter(|(_, end)| end == code).count();
        let (fine, lost) = (count("OK"), count("EXECUTOR_UNAVAILABLE"));
        println!("softly {softly}: {fine} ended well, {lost} were lost");
        assert_eq!(fine + lost, of.len(), "{of:?}");
        assert!(fine >= OVER * ROUNDS / 2 && lost > 0, "{of:?}");
    }
}
