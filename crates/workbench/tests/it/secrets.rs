//! Secrets in runs: placeholders where values would be, given to whom the rules allow, and never to a record.

use crate::common::Host;
use selvage_tool::ErrorCode;
use selvage_tool::guest::PendingOp;
use selvage_tool::run::RunReport;
use selvage_vfs::{Origin, OriginKind};
use selvage_workbench::{Effect, Event, Fetch, secrets::RUN_SECRETS_MAX};
use serde_json::{Value, json};

const FLOW: &str =
    "export default async (flow) => { await fetch(\"https://api.example.com/\"); };\n";

const POLICY: &str = "
version: 1
agents:
  - name: '*'
    allow: { tools: ['*'], read: ['**'], write: ['flows/**'] }
flows:
  - path: 'flows/**'
    allow: { net: [api.example.com], secrets: ['billing-*'] }
    ask: { secrets: [bank] }
    deny: { secrets: [billing-root] }
";

/// A workspace with a flow, in which somebody calls.
fn host(kind: OriginKind, policy: Option<&str>) -> Host {
    let mut host = Host::with_runner();
    host.who = Origin::new(OriginKind::Person, "Ann");
    host.ok(
        "write",
        json!({ "path": "flows/x.flow.js", "content": FLOW }),
    );
    if let Some(policy) = policy {
        host.ok(
            "write",
            json!({ "path": "selvage.policy.yaml", "content": policy }),
        );
    }
    host.who = Origin::new(kind, "Robin");
    host
}

fn input(secrets: Value) -> Value {
    json!({ "path": "flows/x.flow.js", "secrets": secrets, "allowNet": ["api.example.com"] })
}

fn denied(host: &mut Host, secrets: Value) -> ErrorCode {
    let call = host.call("run_flow", input(secrets));
    call.expect_err("it was let through").code
}

/// What the host is asked to fetch for the run that goes on.
fn fetch(host: &mut Host, text: &str) -> Fetch {
    host.others.clear();
    host.report(RunReport::Called {
        id: 1,
        request: PendingOp::Fetch {
            url: "https://api.example.com/".into(),
            method: "GET".into(),
            headers: vec![("x-key".into(), text.into())],
        },
    });
    match host.others.pop() {
        Some(Effect::Fetch(fetch)) => fetch,
        other => panic!("no fetch but {other:?}"),
    }
}

#[test]
fn a_run_finds_a_placeholder_and_the_host_learns_what_it_stands_for() {
    let mut host = host(OriginKind::Person, None);
    let mut called = input(json!({ "TOKEN": "billing" }));
    called["env"] = json!({ "LEVEL": "3" });
    let call = host.start("run_flow", called);
    let env = host.jobs[0].1.env.clone();
    let placeholder = env["TOKEN"].clone();
    assert!(placeholder.starts_with("secret-") && placeholder.len() > 30);
    assert_eq!(env["LEVEL"], "3");
    let fetch = fetch(&mut host, &placeholder);
    assert_eq!(fetch.headers[0].1, placeholder, "the engine has no value");
    assert_eq!(fetch.secrets[0].placeholder, placeholder);
    assert_eq!(fetch.secrets[0].name, "billing");
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("it ran");
    assert_eq!(record["secrets"], json!({ "TOKEN": "billing" }));
    assert_eq!(record["env"], json!(["LEVEL"]));
    assert!(!record.to_string().contains(&placeholder));
    assert_eq!(record["salt"].as_str().map(str::len), Some(32));
}

#[test]
fn two_runs_have_two_placeholders_even_with_one_seed() {
    let mut host = host(OriginKind::Person, None);
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut called = input(json!({ "A": "billing", "B": "billing" }));
        called["seed"] = json!(7);
        host.start("run_flow", called);
        let env = &host.jobs.last().expect("a job").1.env;
        seen.extend([env["A"].clone(), env["B"].clone()]);
        host.finish(Ok(json!(1)), &[]);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[test]
fn a_run_that_is_verified_finds_the_placeholders_that_it_had() {
    let mut host = host(OriginKind::Person, None);
    let call = host.start("run_flow", input(json!({ "TOKEN": "billing" })));
    let first = host.jobs[0].1.env.clone();
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("it ran");
    host.start("run_verify", json!({ "run": record["run"] }));
    assert_eq!(host.jobs.last().expect("a job").1.env, first);
}

#[test]
fn nobody_learns_the_placeholders_of_a_run_that_goes_on() {
    let mut host = host(OriginKind::Person, None);
    let mut called = input(json!({ "TOKEN": "billing" }));
    called["wait"] = json!(false);
    let queued = host.ok("run_flow", called);
    let status = host.ok("flow_status", json!({ "run": queued["run"] }));
    for told in [&queued, &status] {
        assert_eq!(told["salt"], Value::Null, "{told}");
    }
}

#[test]
fn without_a_policy_only_persons_have_secrets() {
    let mut host = host(OriginKind::Agent, None);
    assert_eq!(
        denied(&mut host, json!({ "TOKEN": "billing" })),
        ErrorCode::PolicyDenied
    );
    host.who = Origin::new(OriginKind::Person, "Ann");
    let decided = host.ok("approval_list", json!({}))["decided"].clone();
    assert_eq!(decided[0]["verdict"], "denied");
    assert!(decided[0]["what"].to_string().contains("secret billing"));
}

#[test]
fn a_rule_about_a_flow_says_which_secrets_its_runs_have() {
    for kind in [OriginKind::Agent, OriginKind::Person] {
        let mut host = host(kind, Some(POLICY));
        for other in ["billing-root", "other", "bank-2", "BILLING-EU"] {
            assert_eq!(
                denied(&mut host, json!({ "TOKEN": other })),
                ErrorCode::PolicyDenied,
                "{other}"
            );
        }
        host.start("run_flow", input(json!({ "TOKEN": "billing-eu" })));
        assert_eq!(host.jobs.len(), 1);
    }
}

#[test]
fn a_secret_that_is_asked_about_waits_for_a_person_before_the_run_starts() {
    let mut host = host(OriginKind::Agent, Some(POLICY));
    host.start("run_flow", input(json!({ "TOKEN": "bank" })));
    assert!(host.jobs.is_empty(), "it waits");
    host.who = Origin::new(OriginKind::Person, "Ann");
    let approval = host.ok("approval_list", json!({}))["approvals"][0].clone();
    assert!(approval["risks"].to_string().contains("secret bank"));
    let answer =
        json!({ "approval": approval["approval"], "digest": approval["digest"], "allow": true });
    host.ok("approval_decide", answer);
    assert_eq!(host.jobs.len(), 1);
}

#[test]
fn a_run_passes_on_no_secret_that_it_does_not_have() {
    let mut host = host(OriginKind::Person, None);
    let outer = "export default async (flow) => { await flow.call(\"run_flow\", flow.args); };\n";
    host.ok(
        "write",
        json!({ "path": "flows/outer.flow.js", "content": outer }),
    );
    let with = |tools: Value| json!({ "path": "flows/outer.flow.js", "secrets": { "TOKEN": "billing" }, "allowTools": tools });
    host.start("run_flow", with(json!(["run_flow"])));
    let inner = |secret: &str| RunReport::Called {
        id: 1,
        request: PendingOp::Tool {
            name: "run_flow".into(),
            input: input(json!({ "T": secret })),
        },
    };
    host.report(inner("bank"));
    assert_eq!(host.jobs.len(), 1, "the inner run did not start");
    let answered = format!("{:?}", host.others);
    assert!(answered.contains("no secret `bank`"), "{answered}");
    host.report(inner("billing"));
    host.tell(Event::RunnerReady {
        runner: 2,
        dropped: false,
    });
    assert_eq!(host.jobs.len(), 2);
}

#[test]
fn a_named_flow_brings_its_secrets_and_again_brings_none() {
    let mut host = host(OriginKind::Person, None);
    let manifest = json!({ "version": 1, "flows": { "pay": {
        "entry": "flows/x.flow.js", "secrets": { "TOKEN": "billing" }
    } } });
    host.ok(
        "write",
        json!({ "path": "flows/flow.config.json", "content": manifest.to_string() }),
    );
    let call = host.start("run_flow", json!({ "name": "pay" }));
    assert!(host.jobs[0].1.env.contains_key("TOKEN"));
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("it ran");
    // A record is a file that others may have written: what it names has to be given again.
    host.start("run_flow", json!({ "again": record["run"] }));
    assert!(!host.jobs[0].1.env.contains_key("TOKEN"));
}

#[test]
fn what_can_not_be_is_refused() {
    let mut host = host(OriginKind::Person, None);
    let many: Value = (0..=RUN_SECRETS_MAX)
        .map(|number| (format!("S{number}"), json!("billing")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(denied(&mut host, many), ErrorCode::InvalidInput);
    let mut twice = input(json!({ "TOKEN": "billing" }));
    twice["env"] = json!({ "TOKEN": "x" });
    let refused = host.call("run_flow", twice).expect_err("twice");
    assert_eq!(refused.code, ErrorCode::InvalidInput);
    let agents = "version: 1\nagents:\n  - name: x\n    allow: { secrets: [billing] }\n";
    let written = host.call(
        "write",
        json!({ "path": "selvage.policy.yaml", "content": agents }),
    );
    let refused = written.expect_err("a rule for agents");
    assert!(refused.message.contains("Secrets are for runs"));
    assert_eq!((refused.line, refused.column), (Some(4), Some(14)));
}
