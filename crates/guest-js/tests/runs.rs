//! What an executor relies on: jobs, answers, checks, and what crosses with a call.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::{Memory, Outside, Shared, job, run, script};
use guest_js::{Guest, Interpreter};
use selvage_tool::guest::{
    Answer, Check, GuestOutcome, HostCall, LogLevel, PendingOp, Progress, Resume, Shape,
};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Value, json};
use std::rc::Rc;

fn memory(text: &str) -> Rc<Memory> {
    let memory = Rc::new(Memory::default());
    memory
        .files
        .borrow_mut()
        .insert("main.flow.js".into(), text.as_bytes().to_vec());
    memory
}

fn guest(text: &str) -> (Guest, Rc<Memory>) {
    let memory = memory(text);
    (Guest::new(Rc::new(Shared(memory.clone()))).unwrap(), memory)
}

fn code(progress: &Progress) -> Option<ErrorCode> {
    match progress {
        Progress::Finished {
            outcome: GuestOutcome::Error(error),
        } => Some(error.code),
        _ => None,
    }
}

fn module(text: &str) -> (GuestOutcome, Outside, Rc<Memory>) {
    let memory = memory(text);
    let mut outside = Outside::default();
    let outcome = run(
        &memory,
        &mut outside,
        &job("main.flow.js", Shape::Module, true, Value::Null),
    );
    (outcome, outside, memory)
}

#[test]
fn an_instance_runs_one_job() {
    let (mut guest, _) = guest("1");
    let job = job("main.flow.js", Shape::Script, false, Value::Null);
    assert_eq!(
        guest.start(&job).0,
        Progress::Finished {
            outcome: GuestOutcome::Value(json!(1))
        }
    );
    assert_eq!(code(&guest.start(&job).0), Some(ErrorCode::Internal));
    let answer = Resume {
        id: 1,
        answer: Answer::Ok(Value::Null),
    };
    assert_eq!(
        code(&guest.resume(answer, &[]).0),
        Some(ErrorCode::Internal)
    );
}

#[test]
fn a_job_of_another_version_is_refused() {
    let (mut guest, _) = guest("1");
    let mut job = job("main.flow.js", Shape::Script, false, Value::Null);
    job.abi += 1;
    assert_eq!(code(&guest.start(&job).0), Some(ErrorCode::Internal));
}

#[test]
fn a_file_that_is_not_there_or_no_text_is_an_error_of_the_host() {
    let memory = memory("1");
    memory
        .files
        .borrow_mut()
        .insert("bin.flow.js".into(), vec![0xff, 0xfe]);
    let ends = |entry: &str, module: bool| match run(
        &memory,
        &mut Outside::default(),
        &job(entry, Shape::Script, module, Value::Null),
    ) {
        GuestOutcome::Error(error) => error.code,
        GuestOutcome::Value(value) => panic!("{entry} gave {value}"),
    };
    assert_eq!(ends("no.flow.js", false), ErrorCode::NotFound);
    assert_eq!(ends("no.flow.js", true), ErrorCode::NotFound);
    assert_eq!(ends("bin.flow.js", false), ErrorCode::NotText);
    assert_eq!(ends("bin.flow.js", true), ErrorCode::NotText);
}

#[test]
fn answers_come_in_any_order_and_to_nobody() {
    let (mut guest, _) = guest("Promise.all([flow.call('a', {n: 1}), flow.call('b', {n: 2})])");
    let (progress, _) = guest.start(&job("main.flow.js", Shape::Script, false, Value::Null));
    let Progress::Yielded { calls, waiting } = progress else {
        panic!("{progress:?}")
    };
    assert_eq!((calls.len(), waiting), (2, 2));
    assert_ne!(calls[0].id, calls[1].id);
    let mut answer = |id: u32, value: Value| {
        guest
            .resume(
                Resume {
                    id,
                    answer: Answer::Ok(value),
                },
                &[],
            )
            .0
    };
    // An answer that nobody waits for changes nothing.
    assert_eq!(
        answer(999, json!("nobody")),
        Progress::Yielded {
            calls: vec![],
            waiting: 2
        }
    );
    assert_eq!(
        answer(calls[1].id, json!("second")),
        Progress::Yielded {
            calls: vec![],
            waiting: 1
        }
    );
    assert_eq!(
        answer(calls[1].id, json!("again")),
        Progress::Yielded {
            calls: vec![],
            waiting: 1
        }
    );
    let done = answer(calls[0].id, json!("first"));
    assert_eq!(
        done,
        Progress::Finished {
            outcome: GuestOutcome::Value(json!(["first", "second"]))
        }
    );
}

#[test]
fn a_cleared_timer_is_not_waited_for() {
    let (mut guest, _) = guest(
        "const t = setTimeout(() => { throw new Error('never') }, 1000); flow.call('a').then(() => clearTimeout(t))",
    );
    let (progress, _) = guest.start(&job("main.flow.js", Shape::Script, false, Value::Null));
    let Progress::Yielded { calls, waiting: 2 } = progress else {
        panic!("{progress:?}")
    };
    let (timer, call) = (&calls[0], &calls[1]);
    assert_eq!(timer.request, PendingOp::Sleep { ms: 1000.0 });
    let (progress, _) = guest.resume(
        Resume {
            id: call.id,
            answer: Answer::Ok(Value::Null),
        },
        &[],
    );
    assert_eq!(
        progress,
        Progress::Finished {
            outcome: GuestOutcome::Value(Value::Null)
        }
    );
}

#[test]
fn a_timer_that_was_cleared_before_it_was_sent_is_never_sent() {
    let (outcome, outside, _) = module(
        "clearTimeout(setTimeout(() => {}, 5)); clearInterval(setInterval(() => {}, 5)); export default 1;",
    );
    assert_eq!(outcome, GuestOutcome::Value(json!(1)));
    assert!(outside.seen.is_empty());
}

#[test]
fn every_turn_of_an_interval_is_a_call_of_its_own() {
    let (outcome, outside, _) = module(
        "let n = 0; await new Promise((done) => { const t = setInterval(() => { if (++n === 3) { clearInterval(t); done(); } }, 0); }); export default n;",
    );
    assert_eq!(outcome, GuestOutcome::Value(json!(3)));
    assert_eq!(outside.seen.len(), 3);
    assert!(
        outside
            .seen
            .iter()
            .all(|(request, _)| *request == PendingOp::Sleep { ms: 1.0 }),
        "{:?}",
        outside.seen
    );
}

#[test]
fn a_fetch_crosses_with_its_method_headers_and_body() {
    let (_, outside, _) = module(
        "const tries = [fetch('https://A.b/c#d', { method: 'post', headers: [['X-A', ' 1 '], ['x-a', '2']], body: 'ü' }),\n\
         fetch(new URL('https://a.b'), { method: 'PUT', headers: { 'content-type': 'x/y' }, body: new Uint8Array([0, 255]) }),\n\
         fetch('https://a.b/form', { method: 'POST', body: new URLSearchParams({ q: 'x y' }) })];\n\
         export default (await Promise.allSettled(tries)).length;",
    );
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fetch = |url: &str, method: &str, headers| PendingOp::Fetch {
        url: url.into(),
        method: method.into(),
        headers,
    };
    let wanted = [
        (
            fetch(
                "https://a.b/c",
                "POST",
                vec![
                    pair("content-type", "text/plain;charset=UTF-8"),
                    pair("x-a", "1, 2"),
                ],
            ),
            "ü".as_bytes().to_vec(),
        ),
        (
            fetch("https://a.b/", "PUT", vec![pair("content-type", "x/y")]),
            vec![0, 255],
        ),
        (
            fetch(
                "https://a.b/form",
                "POST",
                vec![pair(
                    "content-type",
                    "application/x-www-form-urlencoded;charset=UTF-8",
                )],
            ),
            b"q=x+y".to_vec(),
        ),
    ];
    assert_eq!(outside.seen, wanted);
    assert_eq!(
        outside.yields, 3,
        "all three were sent at once, then answered one by one"
    );
}

#[test]
fn a_failing_answer_keeps_its_code_and_gets_the_place_of_the_call() {
    let memory = memory("\nflow.call('broken', {})");
    let mut outside = Outside::default();
    let error = ToolError::new(ErrorCode::QuotaFetches, "too many").hint("fewer");
    outside.tools.insert("broken".into(), Answer::Error(error));
    let outcome = run(
        &memory,
        &mut outside,
        &job("main.flow.js", Shape::Script, false, Value::Null),
    );
    let GuestOutcome::Error(error) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (error.code, error.message.as_str(), error.hint.as_deref()),
        (ErrorCode::QuotaFetches, "too many", Some("fewer"))
    );
    assert_eq!(
        (error.path.as_deref(), error.line),
        (Some("main.flow.js"), Some(2))
    );
}

#[test]
fn a_denied_file_keeps_its_code() {
    let memory = memory("flow.fs.read('secret.txt')");
    memory.denied.borrow_mut().insert("secret.txt".into());
    let outcome = run(
        &memory,
        &mut Outside::default(),
        &job("main.flow.js", Shape::Script, false, Value::Null),
    );
    let GuestOutcome::Error(error) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((error.code, error.line), (ErrorCode::PolicyDenied, Some(1)));
}

#[test]
fn progress_artifacts_and_logs_reach_the_host_as_they_come() {
    let (_, _, memory) = module(
        "export default async (flow) => { flow.progress(1, 4, 'first'); flow.progress(2); await flow.fs.write('a.md', 'x'); await flow.artifact('/a.md'); flow.log.warn('w', 1); console.error('e'); }",
    );
    let wanted = [
        HostCall::Progress {
            done: 1.0,
            total: Some(4.0),
            label: Some("first".into()),
        },
        HostCall::Progress {
            done: 2.0,
            total: None,
            label: None,
        },
    ];
    assert_eq!(*memory.progress.borrow(), wanted);
    assert_eq!(*memory.artifacts.borrow(), ["a.md"]);
    let logs = [
        (LogLevel::Warn, "flow".to_owned(), "w 1".to_owned()),
        (LogLevel::Error, "console".to_owned(), "e".to_owned()),
    ];
    assert_eq!(*memory.logs.borrow(), logs);
}

#[test]
fn the_check_parses_with_the_engine_and_runs_nothing() {
    let (mut guest, memory) = guest("1");
    let mut check = |module: bool, text: &str| {
        guest
            .check(
                &Check {
                    path: "c.flow.js".into(),
                    module,
                    format: false,
                },
                text.as_bytes(),
            )
            .error
    };
    assert_eq!(
        check(false, "console.log('not run'); while (true) {}"),
        None
    );
    assert_eq!(
        check(
            true,
            "import x from './nowhere.js'; export default async (flow) => x;"
        ),
        None
    );
    let error = check(false, "let a = 1;\nlet b = ;").unwrap();
    assert_eq!(
        (error.code, error.path.as_deref(), error.line),
        (ErrorCode::LintFailed, Some("c.flow.js"), Some(2))
    );
    assert_eq!(
        check(false, "export default 1").unwrap().code,
        ErrorCode::LintFailed
    );
    assert_eq!(
        check(false, "const emoji = '😀' +;").unwrap().column,
        Some(21)
    );
    let deep = check(false, &format!("x = {}", "[".repeat(10_000))).unwrap();
    assert_eq!((deep.code, deep.line), (ErrorCode::LintFailed, Some(1)));
    let binary = guest
        .check(
            &Check {
                path: "c.flow.js".into(),
                module: false,
                format: false,
            },
            &[0xff],
        )
        .error
        .unwrap();
    assert_eq!(binary.code, ErrorCode::NotText);
    assert!(memory.logs.borrow().is_empty());
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let text = "const made = { uuid: crypto.randomUUID(), bytes: crypto.getRandomValues(new Uint8Array(8)), keys: Object.keys({ b: 1, a: 2, 1: 3 }) }; console.log(made); made";
    let once = || {
        let memory = memory(text);
        let outcome = run(
            &memory,
            &mut Outside::default(),
            &job("main.flow.js", Shape::Script, false, Value::Null),
        );
        (json!(outcome).to_string(), memory.logs.borrow().clone())
    };
    assert_eq!(once(), once());
}

#[test]
fn microtasks_by_the_thousand_and_deep_promise_chains_end() {
    let text =
        "let p = Promise.resolve(0); for (let i = 0; i < 20000; i++) p = p.then((n) => n + 1); p";
    assert_eq!(script(text), GuestOutcome::Value(json!(20000)));
}
