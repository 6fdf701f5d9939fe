//! What a run says while it goes on, and what it is answered.

use crate::common::Host;
use selvage_tool::guest::{LogLevel, PendingOp};
use selvage_tool::run::{LogEntry, RunProgress, RunReport};
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::{Effect, Event, Notice};
use serde_json::json;

const FLOW: &str =
    "export default async (flow) => {\n  await flow.fs.write('out/a.txt', 'x');\n  return 1;\n};\n";

#[test]
fn typing_goes_on_while_a_run_does_and_both_stay() {
    let mut host = Host::with_runner();
    host.ok(
        "write",
        json!({ "path": "notes.md", "content": "one\ntwo\nthree\n" }),
    );
    let source = "export default async (flow) => { const t = await flow.fs.readText('notes.md'); await flow.fs.write('notes.md', t + 'four\\n'); };\n";
    let call = host.start_flow(source, json!({}));
    host.ok(
        "write",
        json!({ "path": "notes.md", "content": "ONE\ntwo\nthree\n", "draft": true }),
    );
    host.finish(Ok(json!(null)), &[("notes.md", "one\ntwo\nthree\nfour\n")]);
    host.reply(call).expect("an answer").expect("success");
    assert_eq!(
        host.ok("read", json!({ "path": "notes.md" }))["content"],
        "ONE\ntwo\nthree\nfour\n"
    );
}

#[test]
fn logs_and_progress_stream_out_and_are_kept() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({}));
    let entry = LogEntry {
        seq: 0,
        at_ms: 1.0,
        level: LogLevel::Warn,
        source: "console".into(),
        text: "careful".into(),
    };
    host.report(RunReport::Logged {
        entries: vec![entry],
    });
    host.report(RunReport::Progressed {
        progress: RunProgress {
            done: 1.0,
            total: Some(2.0),
            label: None,
        },
    });
    assert!(host.notices.iter().any(
        |notice| matches!(notice, Notice::Log { entries, .. } if entries[0].text == "careful")
    ));
    assert!(host.notices.iter().any(|notice| matches!(
        notice,
        Notice::Run {
            progress: Some(_),
            ..
        }
    )));
    let run = host.jobs[0].1.run.clone();
    assert_eq!(host.ok("flow_logs", json!({ "run": run }))["ended"], false);
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("an answer").expect("success");
    let logs = host.ok("flow_logs", json!({ "run": run }));
    assert_eq!(
        (&logs["entries"][0]["text"], &logs["ended"]),
        (&json!("careful"), &json!(true))
    );
}

#[test]
fn a_fetch_is_refused_with_its_reason_or_handed_to_the_host() {
    let mut host = Host::with_runner();
    let source = "export default async () => (await fetch('https://a.org/x')).status;\n";
    let call = host.start_flow(source, json!({}));
    let fetch = || PendingOp::Fetch {
        url: "https://a.org/x".into(),
        method: "GET".into(),
        headers: Vec::new(),
    };
    host.report(RunReport::Called {
        id: 1,
        request: fetch(),
    });
    let Some(Effect::Answer {
        answer: selvage_tool::guest::Answer::Error(error),
        ..
    }) = host.others.pop()
    else {
        panic!("no answer")
    };
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    host.finish(Err(error), &[]);
    host.reply(call).expect("an answer").expect_err("denied");

    host.start_flow(source, json!({ "allowNet": ["a.org"] }));
    host.report(RunReport::Called {
        id: 1,
        request: fetch(),
    });
    assert!(matches!(host.others.pop(), Some(Effect::Fetch(fetch)) if fetch.domains == ["a.org"]));
}

#[test]
fn a_fetch_is_broken_off_when_its_run_is_over() {
    let mut host = Host::with_runner();
    let source = "export default async () => (await fetch('https://a.org/x')).status;\n";
    host.start_flow(source, json!({ "allowNet": ["a.org"] }));
    let mut fetch = |id| {
        let request = PendingOp::Fetch {
            url: "https://a.org/x".into(),
            method: "GET".into(),
            headers: Vec::new(),
        };
        host.report(RunReport::Called { id, request });
        match host.others.pop() {
            Some(Effect::Fetch(fetch)) => fetch.task,
            other => panic!("{other:?}"),
        }
    };
    let (answered, open) = (fetch(1), fetch(2));
    let error = ToolError::new(ErrorCode::FetchFailed, "nobody is there");
    host.tell(Event::Fetched {
        task: answered,
        result: Err(error),
        body: Vec::new(),
    });
    let cancelled = ToolError::new(ErrorCode::Cancelled, "it was cancelled");
    host.finish(Err(cancelled), &[]);
    let aborted = host.others.iter().filter_map(|effect| match effect {
        Effect::Abort { task } => Some(*task),
        _ => None,
    });
    assert_eq!(aborted.collect::<Vec<_>>(), [open]);
}

#[test]
fn a_run_calls_tools_that_read_and_is_refused_those_that_write() {
    let mut host = Host::with_runner();
    let source = "export default async (flow) => [await flow.call('ls', {}), await flow.call('delete', { path: 'data' })];\n";
    host.start_flow(source, json!({}));
    let tool = |name: &str, input| PendingOp::Tool {
        name: name.into(),
        input,
    };
    host.report(RunReport::Called {
        id: 1,
        request: tool("ls", json!({})),
    });
    assert!(matches!(
        host.others.pop(),
        Some(Effect::Answer {
            answer: selvage_tool::guest::Answer::Ok(_),
            ..
        })
    ));
    host.report(RunReport::Called {
        id: 2,
        request: tool("delete", json!({ "path": "data" })),
    });
    let Some(Effect::Answer {
        answer: selvage_tool::guest::Answer::Error(error),
        ..
    }) = host.others.pop()
    else {
        panic!("no answer")
    };
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    host.ok("ls", json!({ "path": "data" }));
}

#[test]
fn a_run_that_asks_goes_on_with_what_it_is_granted() {
    let mut host = Host::with_runner();
    host.start_flow(FLOW, json!({ "ask": true, "limits": { "fuelMax": 1_000 } }));
    let run = host.jobs[0].1.run.clone();
    let error = ToolError::new(ErrorCode::QuotaFuel, "used up");
    host.report(RunReport::Asked {
        error,
        limit: "fuelMax".into(),
        used: 1_000,
    });
    assert_eq!(
        host.ok("flow_status", json!({ "run": run }))["status"],
        "asking"
    );
    host.ok(
        "flow_answer",
        json!({ "run": run, "limits": { "fuelMax": 5_000 } }),
    );
    let Some(Effect::More {
        limits: Some(limits),
        ..
    }) = host.others.pop()
    else {
        panic!("no answer")
    };
    assert_eq!(limits.fuel_max, Some(5_000));
    assert_eq!(
        host.ok("flow_status", json!({ "run": run }))["limits"]["fuelMax"],
        5_000
    );
}

#[test]
fn a_run_that_nobody_answers_ends_with_the_error_that_it_asked_about() {
    let mut host = Host::with_runner();
    let call = host.start_flow(FLOW, json!({ "ask": true, "limits": { "fuelMax": 1_000 } }));
    let error = ToolError::new(ErrorCode::QuotaFuel, "used up");
    host.report(RunReport::Asked {
        error: error.clone(),
        limit: "fuelMax".into(),
        used: 1_000,
    });
    host.pass(selvage_workbench::ASK_MS_MAX);
    let Some(Effect::More { limits: None, .. }) = host.others.pop() else {
        panic!("it goes on to wait")
    };
    host.finish(Err(error), &[]);
    let error = host.reply(call).expect("an answer").expect_err("no more");
    assert_eq!(error.code, ErrorCode::QuotaFuel);
}
