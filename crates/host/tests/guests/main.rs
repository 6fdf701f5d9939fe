//! The executor against small guests that speak the guest ABI by hand: each is a file beside this one.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

use selvage_host::{Blobs, Control, Ended, Executor, HostError};
use selvage_sandbox::files::hex;
use selvage_tool::guest::Answer;
use selvage_tool::run::{FileOp, Job, JobFile, RunReport};
use selvage_tool::{ErrorCode, Grant, Limits, LimitsPatch};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

mod checks;
mod limits;
mod made;

/// A test guest, and what its comments say.
struct Fixture {
    wasm: Vec<u8>,
    limits: Limits,
    expect: String,
}

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/guests")
        .join(format!("{name}.wat"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn fixture(name: &str) -> Fixture {
    build(name, &(text("prelude") + &text(name)))
}

/// A guest of which one export does nothing but break.
fn broken(export: &str) -> Fixture {
    but(export, "unreachable")
}

/// A guest of which one export does something else.
fn but(export: &str, does: &str) -> Fixture {
    let whole = text("prelude") + &text("finishes");
    let (before, after) = whole
        .split_once(&format!("(func (export \"{export}\")"))
        .expect("the export");
    let (body, rest) = after.split_once('\n').expect("a line of its own");
    let types = &body[..body.find("(global.get").unwrap_or(0)];
    build(
        export,
        &format!("{before}(func (export \"{export}\") {types} {does})\n{rest}"),
    )
}

/// Builds a guest and reads what its comments say.
fn build(name: &str, both: &str) -> Fixture {
    let mut module = format!("(module\n{both}\n");
    let (mut at, mut limits, mut expect) = (1024_u64, LimitsPatch::default(), String::new());
    for line in both.lines() {
        let Some((word, rest)) = line
            .strip_prefix(";; ")
            .and_then(|line| line.split_once(' '))
        else {
            continue;
        };
        match (word, rest.split_once(' ')) {
            ("frame", Some((name, frame))) => {
                let frame = packed(frame);
                let length = frame.len() as u64;
                let escaped: String = frame.iter().map(|byte| format!("\\{byte:02x}")).collect();
                module += &format!("(data (i32.const {at}) \"{escaped}\")\n");
                module += &format!("(global ${name} i64 (i64.const {}))\n", at << 32 | length);
                at += length.next_multiple_of(16);
            }
            ("limits", _) => limits = serde_json::from_str(rest).expect("limits"),
            ("expect", _) => expect = rest.to_owned(),
            _ => {}
        }
    }
    let wasm = wat::parse_str(module + ")").unwrap_or_else(|error| panic!("{name}: {error}"));
    Fixture {
        wasm,
        limits: Limits::default().patched(&limits),
        expect,
    }
}

/// A frame of a header, and a body where one is given after ` | `.
fn packed(frame: &str) -> Vec<u8> {
    let (header, body) = frame.split_once(" | ").unwrap_or((frame, ""));
    let length = u32::try_from(header.len()).expect("a small header");
    [&length.to_le_bytes(), header.as_bytes(), body.as_bytes()].concat()
}

fn executor(name: &str) -> Executor {
    Executor::new(&fixture(name).wasm).expect("a guest")
}

fn job(limits: Limits) -> Job {
    Job {
        limits,
        ..Job::warm_up()
    }
}

/// Runs a job and collects what it logged.
fn run(executor: &Executor, job: Job, blobs: Blobs) -> (Ended, Vec<String>) {
    let mut logged = Vec::new();
    let ended = executor
        .run(job, blobs, &Control::default(), &mut |report, _| {
            if let RunReport::Logged { entries } = report {
                logged.extend(entries.into_iter().map(|entry| entry.text));
            }
        })
        .expect("an outcome");
    (ended, logged)
}

fn code(ended: &Ended) -> &'static str {
    ended
        .outcome
        .error
        .as_ref()
        .map_or("OK", |error| error.code.as_str())
}

#[test]
fn every_guest_ends_as_its_file_says_and_the_next_one_runs() {
    let after = executor("finishes");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .filter_map(|entry| {
            let name = entry.expect("an entry").file_name();
            Some(name.to_string_lossy().strip_suffix(".wat")?.to_owned())
        })
        .filter(|name| name != "prelude")
        .collect();
    names.sort();
    assert!(names.len() > 20, "only {names:?}");
    let mut wrong = Vec::new();
    for name in &names {
        let fixture = fixture(name);
        let executor = Executor::new(&fixture.wasm).expect("a guest");
        let (ended, _) = run_answering(&executor, job(fixture.limits.clone()));
        let usage = &ended.outcome.usage;
        println!("{name:<18} {:<18} {usage:?}", code(&ended));
        if code(&ended) != fixture.expect {
            wrong.push(format!(
                "{name}: {} instead of {}: {:?}",
                code(&ended),
                fixture.expect,
                ended.outcome.error
            ));
        }
        assert!(
            usage.memory_bytes <= fixture.limits.memory_bytes_max,
            "{name} is over its memory"
        );
        assert_eq!(ended.outcome.guest, executor.guest_hash());
        let (next, _) = run(&after, job(Limits::default()), Blobs::new());
        assert_eq!(next.outcome.value, Some(42.into()), "after {name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Runs a job and answers each of its calls with "yes".
fn run_answering(executor: &Executor, job: Job) -> (Ended, Vec<String>) {
    let control = Control::default();
    let mut logged = Vec::new();
    let ended = executor
        .run(job, Blobs::new(), &control, &mut |report, _| match report {
            RunReport::Called { id, .. } => {
                control.answer(id, Answer::Ok("yes".into()), b"body".to_vec())
            }
            RunReport::Logged { entries } => {
                logged.extend(entries.into_iter().map(|entry| entry.text))
            }
            _ => {}
        })
        .expect("an outcome");
    (ended, logged)
}

#[test]
fn a_call_goes_out_as_a_report_and_its_answer_comes_back_with_its_body() {
    let (ended, logged) = run_answering(&executor("calls"), job(Limits::default()));
    assert_eq!(code(&ended), "OK");
    assert_eq!(logged.len(), 1);
    assert!(
        logged[0].ends_with(r#"{"id":7,"answer":{"ok":"yes"}}body"#),
        "{logged:?}"
    );
    assert_eq!(
        ended.outcome.usage.calls, 2,
        "the tool call and the log entry"
    );
}

#[test]
fn an_answer_that_nobody_waits_for_is_let_fall() {
    let control = Control::default();
    control.answer(99, Answer::Ok("what?".into()), Vec::new());
    control.answer(7, Answer::Ok("early".into()), Vec::new());
    let ended = executor("calls")
        .run(
            job(Limits::default()),
            Blobs::new(),
            &control,
            &mut |_, _| {},
        )
        .expect("an outcome");
    assert_eq!(code(&ended), "OK");
}

#[test]
fn timers_ring_in_the_order_of_their_time_and_cost_no_computing() {
    let began = Instant::now();
    let (ended, logged) = run(&executor("sleeps"), job(Limits::default()), Blobs::new());
    assert_eq!(ended.outcome.value, Some("slept".into()));
    let first = logged
        .iter()
        .map(|text| text.contains(r#""id":2"#))
        .collect::<Vec<_>>();
    assert_eq!(first, [true, false]);
    assert!(began.elapsed() >= Duration::from_millis(60));
    let usage = ended.outcome.usage;
    assert!(
        usage.wall_ms >= 60.0 && usage.cpu_ms < usage.wall_ms / 2.0,
        "{usage:?}"
    );
}

#[test]
fn a_guest_reads_the_snapshot_s_files_and_no_others() {
    let bytes: Arc<[u8]> = b"a,b".as_slice().into();
    let hash = hex(&Sha256::digest(&bytes));
    let file = JobFile {
        path: "data/a.txt".into(),
        folder: false,
        size: 3,
        readable: true,
        mounted: false,
        hash: hash.clone(),
    };
    let grant = Grant {
        read: vec!["data/**".into()],
        ..Grant::default()
    };
    let reading = Job {
        files: vec![file],
        grant,
        ceiling: Grant::workspace(),
        ..job(Limits::default())
    };
    let (ended, logged) = run(&executor("reads"), reading, [(hash, bytes)].into());
    assert_eq!(code(&ended), "OK");
    assert!(logged[0].ends_with(r#"{"ok":null}a,b"#), "{logged:?}");
    assert!(logged[1].contains("POLICY_DENIED"), "{logged:?}");
}

#[test]
fn what_a_guest_writes_comes_out_as_operations_and_bytes() {
    let grant = Grant::workspace();
    let writing = Job {
        grant: grant.clone(),
        ceiling: grant,
        ..job(Limits::default())
    };
    let (ended, _) = run(&executor("writes"), writing, Blobs::new());
    let [FileOp::Write { path, hash, size }] = ended.outcome.ops.as_slice() else {
        panic!("{:?}", ended.outcome)
    };
    assert_eq!((path.as_str(), *size), ("out/a.txt", 5));
    assert_eq!(ended.written[hash].as_ref(), b"hello");
}

#[test]
fn equal_jobs_see_the_same_clock_and_the_same_randomness() {
    let executor = executor("looks_around");
    let seen = |seed| {
        run(
            &executor,
            Job {
                seed,
                start_ms: Some(1_700_000_000_000),
                ..job(Limits::default())
            },
            Blobs::new(),
        )
    };
    let ((one, first), (other, second)) = (seen(7), seen(7));
    assert_eq!(first, second);
    assert_eq!(one.outcome.usage.fuel, other.outcome.usage.fuel);
    assert_ne!(first, seen(8).1, "another seed");
    assert!(
        first[0].ends_with("dE"),
        "no files (52), no way out of the memory (21): {first:?}"
    );
}

#[test]
fn runs_that_go_on_at_once_do_not_see_each_other() {
    let fixture = fixture("fills");
    let executor = Executor::new(&fixture.wasm).expect("a guest");
    let usages: Vec<(u64, u64)> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    run(&executor, job(fixture.limits.clone()), Blobs::new())
                        .0
                        .outcome
                        .usage
                })
            })
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("no panic"))
            .map(|usage| (usage.fuel, usage.memory_bytes))
            .collect()
    });
    assert!(usages.iter().all(|usage| *usage == usages[0]), "{usages:?}");
}

#[test]
fn what_is_no_guest_is_refused_before_anything_runs() {
    let refused = |wasm: &[u8]| Executor::new(wasm).err().expect("no guest");
    assert!(matches!(refused(b"no wasm"), HostError::Compile(_)));
    let wat = |text: &str| wat::parse_str(text).expect("wat");
    let unknown = refused(&wat(
        r#"(module (import "wasi_snapshot_preview1" "sock_open" (func (param f64))))"#,
    ));
    assert!(
        matches!(&unknown, HostError::Import { name, .. } if name == "sock_open"),
        "{unknown}"
    );
    let shared = refused(&wat(r#"(module (import "env" "memory" (memory i64 1)))"#));
    assert!(
        matches!(&shared, HostError::Compile(_) | HostError::Import { .. }),
        "{shared}"
    );
    let empty = refused(&wat(r#"(module (import "env" "memory" (memory 1)))"#));
    assert!(
        matches!(
            empty,
            HostError::Export {
                name: "_initialize"
            }
        ),
        "{empty}"
    );
}

#[test]
fn a_guest_that_breaks_before_it_has_a_job_is_an_error_of_the_host() {
    let executor = Executor::new(&broken("selvage_warm").wasm).expect("a guest");
    let error = executor.run(
        job(Limits::default()),
        Blobs::new(),
        &Control::default(),
        &mut |_, _| {},
    );
    assert!(matches!(error, Err(HostError::WarmUp { .. })), "{error:?}");
}
