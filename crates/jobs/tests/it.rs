//! A run here and a run at a server are the same run: value, logs, files, error and receipt.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

#[allow(dead_code, reason = "the hostile programs use more of it")]
#[path = "../../host/tests/hostile/bench.rs"]
mod bench;

use bench::{Bench, NOW_MS, guest};
use selvage_host::{Executor, Guests};
use selvage_jobs::message::{Hashes, State, hash};
use selvage_jobs::{Admit, Ask, Board, JobsError, Remote, Settings, routes};
use selvage_tool::run::{Job, JobFile};
use selvage_tool::{Grant, Language, ToolResult};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

const SECRET: &str = "a secret of the test's own, long enough";

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

fn executor() -> &'static Executor {
    static GUEST: OnceLock<Executor> = OnceLock::new();
    GUEST.get_or_init(|| Executor::new(&guest("guest-js")).expect("a guest"))
}

fn local() -> Guests {
    Guests::new(Path::new("no guests"), None).with(Language::Js, executor())
}

/// One key, until it is revoked.
#[derive(Default)]
struct One(AtomicBool);

impl Admit for One {
    fn admit(&self, authorization: Option<&str>, _ask: Ask) -> Result<String, JobsError> {
        let secret = authorization.and_then(|it| it.strip_prefix("Bearer "));
        let is_it = secret == Some(SECRET) && self.holds("one");
        is_it.then(|| "one".to_owned()).ok_or(JobsError::Key)
    }

    fn holds(&self, _key: &str) -> bool {
        !self.0.load(Ordering::Acquire)
    }
}

fn board(guests: Guests, settings: Settings) -> Board {
    Board::start(guests, settings, Arc::new(One::default())).expect("threads")
}

/// A server on a port of this machine: its address.
fn server() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("a socket");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let board = board(local(), Settings::default());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
            axum::serve(listener, routes(&board)).await.expect("served");
        });
    });
    address
}

fn remote(address: &str, secret: &str) -> Guests {
    let remote = Remote::new(address, secret).expect("an address");
    local().with_elsewhere(Arc::new(remote))
}

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
    let address = server();
    let mut here = Bench::over(executor(), local());
    let mut there = Bench::over(executor(), remote(&address, SECRET));
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
    let address = server();
    for (guests, word) in [
        (remote(&address, "another secret"), "refuses"),
        (remote("http://127.0.0.1:1", SECRET), "can't be reached"),
    ] {
        let mut bench = Bench::over(executor(), guests);
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

/// A job that computes until it is stopped, as a client sends it.
fn endless() -> Job {
    let source = b"for (;;) {}";
    Job {
        entry: "flows/x.flow.js".to_owned(),
        ceiling: Grant::default(),
        files: vec![JobFile {
            path: "flows/x.flow.js".to_owned(),
            folder: false,
            size: source.len() as u64,
            hash: hash(source),
            readable: true,
            mounted: false,
        }],
        ..Job::warm_up()
    }
}

fn body(job: &Job) -> Vec<u8> {
    serde_json::to_vec(job).expect("JSON")
}

/// A board where no job gets to run, because none may.
fn idle(settings: Settings) -> Board {
    let settings = Settings {
        key_running_max: 0,
        ..settings
    };
    board(local(), settings)
}

#[test]
fn a_name_is_one_job_and_a_keys_things_are_its_own() {
    let board = idle(Settings::default());
    let (job, source) = (endless(), b"for (;;) {}");
    let name = hash(source);
    let sent = body(&job);
    assert!(matches!(
        board.take("ann", "a", &sent),
        Err(JobsError::Missing(_))
    ));
    assert!(matches!(
        board.keep("ann", &name, b"other"),
        Err(JobsError::Hash)
    ));
    assert!(matches!(
        board.keep("ann", "../../etc", source),
        Err(JobsError::Hash)
    ));
    board.keep("ann", &name, source).expect("kept");
    let asked = Hashes {
        hashes: vec![name.clone()],
    };
    assert_eq!(board.missing("ann", asked.clone()).hashes.len(), 0);
    assert_eq!(board.missing("bo", asked.clone()), asked);
    assert!(matches!(board.blob("bo", &name), Err(JobsError::NoBlob)));
    assert!(matches!(
        board.take("bo", "a", &sent),
        Err(JobsError::Missing(_))
    ));

    let first = board.take("ann", "a", &sent).expect("taken");
    assert_eq!(board.take("ann", "a", &sent).expect("known again"), first);
    let other = body(&Job { seed: 9, ..job });
    assert!(matches!(
        board.take("ann", "a", &other),
        Err(JobsError::Taken)
    ));
    assert!(matches!(board.standing("bo", "a"), Err(JobsError::NoJob)));
    assert!(matches!(board.cancel("bo", "a"), Err(JobsError::NoJob)));
    for id in ["", "a/b", "a b", &"a".repeat(65)] {
        assert!(
            matches!(board.take("ann", id, &sent), Err(JobsError::Name)),
            "{id}"
        );
    }
    for bent in [&b"{"[..], b"[]", b"{\"run\":1}", &[0xff; 9]] {
        assert!(matches!(
            board.take("ann", "bent", bent),
            Err(JobsError::Message(_))
        ));
    }
    let ended = board.cancel("ann", "a").expect("cancelled");
    let error = ended.outcome.expect("an end").error.expect("an error");
    assert_eq!(
        (ended.state, error.code.as_str()),
        (State::Ended, "CANCELLED")
    );
    board.stop();
}

#[test]
fn there_is_an_end_to_every_queue_and_a_server_that_stops_ends_what_waits() {
    let board = idle(Settings {
        queued_max: 3,
        key_jobs_max: 2,
        ..Settings::default()
    });
    let job = body(&Job {
        files: Vec::new(),
        ..endless()
    });
    for id in ["a", "b"] {
        board.take("ann", id, &job).expect("taken");
    }
    assert!(matches!(
        board.take("ann", "c", &job),
        Err(JobsError::Full(_))
    ));
    board.take("bo", "a", &job).expect("taken");
    assert!(matches!(
        board.take("cy", "a", &job),
        Err(JobsError::Full(_))
    ));
    board.stop();
    for (key, id) in [("ann", "a"), ("ann", "b"), ("bo", "a")] {
        let outcome = board
            .standing(key, id)
            .expect("known")
            .outcome
            .expect("an end");
        assert_eq!(
            outcome.error.expect("an error").code.as_str(),
            "EXECUTOR_UNAVAILABLE"
        );
    }
    assert!(matches!(
        board.take("cy", "a", &job),
        Err(JobsError::Stopping)
    ));
}

#[test]
fn a_job_whose_client_is_gone_is_cancelled_and_its_end_can_be_asked_for() {
    let settings = Settings {
        alone_max: Duration::from_millis(300),
        ..Settings::default()
    };
    let board = board(local(), settings);
    let source = b"for (;;) {}";
    board.keep("ann", &hash(source), source).expect("kept");
    let mut job = endless();
    job.ceiling.read = vec!["**".to_owned()];
    job.grant.read = vec!["**".to_owned()];
    job.limits.fuel_max = 1_000_000_000_000;
    job.limits.cpu_ms_max = 60_000;
    board.take("ann", "a", &body(&job)).expect("taken");
    let until = Instant::now() + Duration::from_secs(30);
    let ended = loop {
        let standing = board.standing("ann", "a").expect("known");
        if standing.state == State::Ended {
            break standing;
        }
        assert!(Instant::now() < until, "it goes on");
        std::thread::sleep(Duration::from_millis(50));
    };
    let error = ended.outcome.expect("an end").error.expect("an error");
    assert_eq!(error.code.as_str(), "EXECUTOR_UNAVAILABLE", "{error:?}");
    board.stop();
}
