//! The tools that a run calls: they do no more for it than its rules let it do itself, whoever is behind it.

use super::{
    SECRET, approvals, calls, decide, denials, denied, host_with, mallory, person, record, tree,
    write,
};
use crate::common::Host;
use selvage_tool::guest::Answer;
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::{Effect, Event};
use serde_json::json;

/// It reads and calls whatever it is told to.
pub(crate) const CALLS: &str = "export default async (flow) => { await flow.fs.readText(flow.args.from); await flow.call(flow.args.tool, flow.args.input); };\n";

/// An agent and its flow that may not do the same.
pub(crate) const RULES: &str = "
version: 1
agents:
  - name: mallory
    allow: { tools: ['*', delete, resolve_conflict, thin_history], read: ['agent/**', 'both/**', 'flows/**'], write: ['agent/**', 'both/**', 'flows/**'] }
    ask: { write: ['asked/agent/**'] }
flows:
  - path: 'flows/*.flow.js'
    allow: { read: ['flow/**', 'both/**'], write: ['flow/**', 'both/**', 'asked/agent/**'], tools: ['*', delete, resolve_conflict, thin_history] }
    ask: { write: ['asked/flow/**'] }
    deny: { read: ['both/hidden/**'], write: ['both/locked/**'] }
";

const FILES: [(&str, &str); 9] = [
    ("flows/x.flow.js", CALLS),
    ("agent/a.txt", "of the agent"),
    ("flow/a.txt", "of the flow"),
    ("both/a.txt", "of both"),
    ("both/hidden/a.txt", SECRET),
    ("both/locked/a.txt", "locked"),
    ("asked/read/a.txt", "asked about"),
    ("embed.json", "{}"),
    ("private/y.flow.js", CALLS),
];

/// A run that may call every tool, as far as its call says.
pub(crate) fn running(policy: &str, is_person: bool) -> Host {
    let mut host = host_with(policy);
    write(&mut host, &FILES);
    host.who = if is_person { person() } else { mallory() };
    start(&mut host, "flows/x.flow.js");
    host
}

pub(crate) fn start(host: &mut Host, path: &str) {
    let grant = json!({ "read": ["**"], "write": ["**"], "tools": ["*"] });
    host.start("run_flow", json!({ "path": path, "grant": grant }));
    assert_eq!(host.jobs.len(), 1, "{path}");
}

fn is_let(answer: &Option<Answer>) -> bool {
    match answer {
        Some(Answer::Ok(_)) => true,
        Some(Answer::Error(error)) => {
            assert_eq!(error.code, ErrorCode::PolicyDenied, "{error}");
            false
        }
        None => panic!("it waits"),
    }
}

#[test]
fn a_tool_does_for_a_run_what_the_rules_for_both_let_it() {
    let content = |path: &str| json!({ "path": path, "content": "new" });
    let path = |path: &str| json!({ "path": path });
    // By a run of the agent's, and by one of a person's.
    for (tool, input, of_agent, of_person) in [
        ("read", path("both/a.txt"), true, true),
        ("read", path("flow/a.txt"), false, true),
        ("read", path("agent/a.txt"), false, false),
        ("read", path("both/hidden/a.txt"), false, false),
        ("read", path("BOTH/Hidden/a.txt"), false, false),
        ("read", path("private/secret.txt"), false, false),
        ("stat", path("private/secret.txt"), false, false),
        ("history", path("private/secret.txt"), false, false),
        ("history", json!({}), false, false),
        (
            "diff",
            json!({ "path": "private/secret.txt", "from": [] }),
            false,
            false,
        ),
        ("compare", json!({ "from": [] }), false, false),
        ("conflicts", json!({}), false, false),
        ("lint_flow", path("private/y.flow.js"), false, false),
        ("write", content("both/b.txt"), true, true),
        ("write", content("flow/b.txt"), false, true),
        ("write", content("agent/b.txt"), false, false),
        ("write", content("both/locked/b.txt"), false, false),
        ("write", content("asked/none/b.txt"), false, false),
        ("mkdir", path("both/locked/new"), false, false),
        ("delete", path("both"), false, false),
        ("delete", path("agent/a.txt"), false, false),
        (
            "move",
            json!({ "from": "both/hidden/a.txt", "to": "both/c.txt" }),
            false,
            false,
        ),
        (
            "move",
            json!({ "from": "private/secret.txt", "to": "both/c.txt" }),
            false,
            false,
        ),
        (
            "apply_patch",
            json!({ "edits": [{ "path": "agent/a.txt", "find": "of", "replace": "by" }] }),
            false,
            false,
        ),
    ] {
        for (is_person, lets) in [(false, of_agent), (true, of_person)] {
            let case = format!("{tool} {input}, person: {is_person}");
            let mut host = running(RULES, is_person);
            let (before, known) = (tree(&mut host), denials(&mut host));
            let answer = calls(&mut host, 1, tool, input.clone());
            assert_eq!(is_let(&answer), lets, "{case}: {answer:?}");
            assert!(!format!("{answer:?}").contains(SECRET), "{case}");
            if !lets {
                assert_eq!(tree(&mut host), before, "{case}");
                assert_eq!(denied(&record(&mut host)), [format!("call {tool}")]);
                assert_eq!(denials(&mut host), known + 1, "{case}");
            }
        }
    }
}

#[test]
fn lists_leave_out_what_the_rules_for_a_run_do_not_let_it_read() {
    for is_person in [false, true] {
        let mut host = running(RULES, is_person);
        for (tool, input, seen) in [
            (
                "ls",
                json!({ "path": "", "recursive": true }),
                Some("both/a.txt"),
            ),
            (
                "search",
                json!({ "query": "of", "in": "content" }),
                Some("both/a.txt"),
            ),
            ("search", json!({ "query": SECRET }), None),
            ("search", json!({ "query": "secret", "in": "name" }), None),
            ("flow_list", json!({}), None),
            ("flow_runs", json!({}), None),
        ] {
            let answer = calls(&mut host, 1, tool, input);
            let told = format!("{answer:?}");
            assert!(is_let(&answer), "{tool}: {told}");
            for hidden in [SECRET, "secret.txt", "hidden/a", "agent/a", "x.flow.js"] {
                assert!(!told.contains(hidden), "{tool}: {told}");
            }
            assert!(
                seen.is_none_or(|seen| told.contains(seen)),
                "{tool}: {told}"
            );
        }
        // A folder in which it may read nothing is as one that is not there.
        let told = ["private", "pryvate"].map(|path| {
            let answer = calls(&mut host, 1, "ls", json!({ "path": path }));
            let Some(Answer::Error(error)) = &answer else {
                panic!("{path}: {answer:?}");
            };
            assert_eq!(error.code, ErrorCode::NotFound, "{error}");
            format!("{error:?}").replace(path, "NAME")
        });
        assert_eq!(told[0], told[1]);
    }
}

#[test]
fn what_the_rules_for_a_flow_ask_about_is_asked_when_a_tool_does_it() {
    let mut host = running(RULES, true);
    let input = json!({ "path": "asked/flow/a.txt", "content": "by a run" });
    for allow in [false, true] {
        assert!(calls(&mut host, 1, "write", input.clone()).is_none());
        let waits = approvals(&mut host)["approvals"][0].clone();
        assert_eq!(waits["who"], "person");
        assert_eq!(waits["run"], host.jobs[0].1.run);
        assert_eq!(waits["changes"][0]["path"], "asked/flow/a.txt");
        decide(&mut host, |input| input["allow"] = json!(allow)).expect("decided");
        assert_eq!(tree(&mut host).contains("asked/flow/a.txt"), allow);
    }
    assert_eq!(approvals(&mut host)["approvals"], json!([]));

    // The rules for the agent ask about the one, and allow nothing of the other.
    let mut host = running(RULES, false);
    assert!(!is_let(&calls(&mut host, 1, "write", input)));
    let input = json!({ "path": "asked/agent/a.txt", "content": "by a run" });
    assert!(calls(&mut host, 2, "write", input).is_none(), "it waits");
    decide(&mut host, |_| {}).expect("approved");
    assert!(tree(&mut host).contains("asked/agent/a.txt"));
}

#[test]
fn reading_that_is_asked_about_is_asked_for_each_call() {
    let asks = "ask: { write: ['asked/flow/**']";
    let mut host = host_with(&RULES.replace(asks, &format!("{asks}, read: ['asked/read/**']")));
    write(&mut host, &FILES);
    host.who = person();
    let input = json!({ "path": "flows/x.flow.js", "grant": { "tools": ["*"] } });
    host.start("run_flow", input);
    assert_eq!(host.jobs.len(), 1, "its own files are none of those");
    let path = json!({ "path": "asked/read/a.txt" });
    assert!(calls(&mut host, 1, "read", path.clone()).is_none());
    decide(&mut host, |input| input["allow"] = json!(false)).expect("refused");
    assert!(
        calls(&mut host, 2, "read", path).is_none(),
        "a no is no yes"
    );
    host.others.clear();
    decide(&mut host, |_| {}).expect("approved");
    let told = host.others.iter().any(|effect| match effect {
        Effect::Answer {
            answer: Answer::Ok(file),
            ..
        } => file["content"] == "asked about",
        _ => false,
    });
    assert!(told, "{:?}", host.others);
}

/// Rules that are about one flow of two.
const OUTER: &str = "
version: 1
flows:
  - path: flows/outer.flow.js
    allow: { read: ['flow/**'], tools: [run_flow, read, write] }
    limits: { cpuMsMax: 500 }
";

/// A run of a person's that has a flow run which no rule is about, as the named flow `r`.
fn nested(host: &mut Host) {
    let named = json!({ "version": 1, "flows": { "r": {
        "entry": "flows/x.flow.js",
        "grant": { "read": ["**"], "write": ["**"], "net": ["*"], "tools": ["*"] },
        "retry": { "attempts": 2, "delayMs": 1000 },
    } } })
    .to_string();
    let files = [
        ("flows/outer.flow.js", CALLS),
        ("flows/flow.config.json", &*named),
    ];
    write(host, &files);
    host.who = person();
    start(host, "flows/outer.flow.js");
    calls(host, 1, "run_flow", json!({ "name": "r", "wait": false }));
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    host.jobs.rotate_left(1);
    assert_eq!(host.jobs[0].1.entry, "flows/x.flow.js");
}

/// That the run which goes on sees and does no more than the rules for the other flow let it.
fn is_bound(host: &mut Host) {
    let job = &host.jobs[0].1;
    let mut files = job
        .files
        .iter()
        .filter(|file| file.readable && !file.folder);
    assert!(files.all(|file| ["flow/a.txt", "flows/x.flow.js"].contains(&file.path.as_str())));
    assert_eq!(job.limits.cpu_ms_max, 500);
    let path = |path: &str| json!({ "path": path });
    assert!(is_let(&calls(host, 1, "read", path("flow/a.txt"))));
    assert!(!is_let(&calls(host, 2, "read", path("private/secret.txt"))));
    assert!(!is_let(&calls(host, 3, "delete", path("flow/a.txt"))));
}

#[test]
fn a_run_does_not_get_by_another_flow_what_its_rules_do_not_let_it() {
    let mut host = host_with(OUTER);
    write(&mut host, &FILES);
    nested(&mut host);
    is_bound(&mut host);
    // Also not when that fails, and is made again after the run that called is over.
    host.jobs.rotate_left(1);
    host.finish(Ok(json!(1)), &[]);
    assert_eq!(host.jobs[0].1.entry, "flows/x.flow.js");
    host.finish(
        Err(ToolError::new(ErrorCode::RuntimeException, "no luck")),
        &[],
    );
    host.pass(1_000);
    assert_eq!(host.jobs.len(), 1, "it is made again");
    is_bound(&mut host);
    // What a person runs without that run is bound by no rule.
    host.finish(Ok(json!(1)), &[]);
    start(&mut host, "flows/x.flow.js");
    assert!(is_let(&calls(
        &mut host,
        1,
        "read",
        json!({ "path": "private/secret.txt" })
    )));
}
