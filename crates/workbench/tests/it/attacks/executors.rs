//! Where runs run: no name, change of mind or second attempt leads to an executor that no rule allows.

use super::{approvals, decide, denials, mallory, person, policy_with};
use crate::common::Host;
use selvage_tool::{ErrorCode, ToolError};
use selvage_workbench::Event;
use serde_json::json;

const FLOW: &str = "export default async () => 1;\n";

/// A workspace whose rules say something more of the agent and of its flows, and whose runs run somewhere.
fn host(agent: &str, flow: &str, executor: &str) -> Host {
    let policy = policy_with(agent, flow);
    let mut host = super::host();
    host.who = person();
    for (path, content) in [
        ("selvage.policy.yaml", policy.as_str()),
        ("flows/x.flow.js", FLOW),
    ] {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    host.who = mallory();
    run_at(&mut host, executor);
    host
}

fn run_at(host: &mut Host, executor: &str) {
    let executor = executor.to_owned();
    host.tell(Event::RunsAt { executor });
}

fn start(host: &mut Host) -> u64 {
    host.start("run_flow", json!({ "path": "flows/x.flow.js" }))
}

fn refusal(host: &mut Host, call: u64) -> ToolError {
    host.reply(call).expect("an answer").expect_err("refused")
}

/// What became of a run that somebody asked for.
#[derive(Debug, PartialEq)]
enum Came {
    Runs,
    Waits,
    Denied,
}

const ALLOW_BROWSER: &str = "allow: { executors: [browser] }";
const ALLOW_SERVERS: &str = "allow: { executors: ['remote:*.good.org', 'remote:one.org:8443'] }";
const ASK: &str = "ask: { executors: ['remote:*'] }\n    allow: { executors: [browser] }";
const DENY: &str = "deny: { executors: ['remote:*.good.org', native] }";

#[test]
fn a_run_goes_where_its_rules_let_it_and_nowhere_else() {
    use Came::{Denied, Runs, Waits};
    for (agents, flows, executor, came) in [
        ("", "", "browser", Runs),
        ("", "", "native", Runs),
        // No rule has to say that a server gets nothing.
        ("", "", "remote:a.good.org", Denied),
        ("", ALLOW_SERVERS, "remote:a.good.org", Runs),
        ("", ALLOW_SERVERS, "remote:A.GOOD.org", Runs),
        ("", ALLOW_SERVERS, "remote:one.org:8443", Runs),
        ("", ALLOW_SERVERS, "remote:one.org", Denied),
        ("", ALLOW_SERVERS, "remote:good.org", Denied),
        ("", ALLOW_SERVERS, "remote:a.good.org.evil.org", Denied),
        // Who allows some allows no others, the device's own among them.
        ("", ALLOW_SERVERS, "native", Denied),
        ("", ALLOW_BROWSER, "native", Denied),
        ("", ALLOW_BROWSER, "browser", Runs),
        ("", ASK, "remote:a.good.org", Waits),
        ("", ASK, "native", Denied),
        ("", DENY, "native", Denied),
        ("", DENY, "browser", Runs),
        ("", DENY, "remote:b.org", Denied),
        // What an agent may and what a flow may is asked of both, and a rule for agents alone allows no server.
        (ALLOW_SERVERS, "", "remote:a.good.org", Denied),
        (ALLOW_BROWSER, ALLOW_SERVERS, "remote:a.good.org", Denied),
        (DENY, ALLOW_SERVERS, "remote:a.good.org", Denied),
        (DENY, ALLOW_SERVERS, "remote:one.org:8443", Runs),
        (ASK, ALLOW_SERVERS, "remote:a.good.org", Waits),
        (ALLOW_BROWSER, "", "browser", Runs),
        (ALLOW_BROWSER, "", "native", Denied),
    ] {
        let case = format!("{agents}{flows}{executor}");
        let mut host = host(agents, flows, executor);
        let before = denials(&mut host);
        let call = start(&mut host);
        let waits = approvals(&mut host)["approvals"] != json!([]);
        let denied = match host.reply(call) {
            Some(answer) => {
                let error = answer.expect_err(&case);
                assert_eq!(error.code, ErrorCode::PolicyDenied, "{case}");
                assert!(
                    error.message.contains(&format!("run on {executor}")),
                    "{error}"
                );
                assert_eq!(denials(&mut host), before + 1, "{case}");
                true
            }
            None => false,
        };
        let seen = match (denied, waits, host.jobs.len()) {
            (true, false, 0) => Denied,
            (false, true, 0) => Waits,
            (false, false, 1) => Runs,
            other => panic!("{case}: {other:?}"),
        };
        assert_eq!(seen, came, "{case}");
    }
}

#[test]
fn a_record_says_which_rule_chose_the_executor() {
    let mut host = host("", ALLOW_BROWSER, "browser");
    let call = start(&mut host);
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    let said = record["decisions"][1].clone();
    assert_eq!(said["what"], "run on browser");
    assert_eq!(said["verdict"], "allowed");
    assert_eq!(
        said["reason"],
        "the rule for flows `flows/*.flow.js`: `allow.executors` has `browser`"
    );
}

#[test]
fn what_was_approved_for_one_server_runs_at_no_other() {
    let mut host = host("", ASK, "remote:a.good.org");
    let call = start(&mut host);
    assert_eq!(
        approvals(&mut host)["approvals"][0]["risks"],
        json!(["run on remote:a.good.org"])
    );
    run_at(&mut host, "remote:evil.org");
    decide(&mut host, |_| {}).expect("decided");
    assert!(host.jobs.is_empty(), "nobody approved that server");
    let error = refusal(&mut host, call);
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    assert!(error.message.contains("run on remote:evil.org"), "{error}");
}

#[test]
fn whoever_is_asked_about_a_call_for_a_run_is_asked_about_the_run_itself() {
    let mut host = host("ask: { tools: [run_flow] }", ASK, "remote:a.good.org");
    let call = start(&mut host);
    let waits = approvals(&mut host)["approvals"][0]["risks"].clone();
    let tool = waits[0].as_str().unwrap_or_default();
    assert!(tool.starts_with("call run_flow: "), "{waits}");
    assert_eq!(waits[1], "run on remote:a.good.org");

    // What runs is what a person saw, whoever writes another text meanwhile.
    let seen = host.as_person(|host| host.ok("stat", json!({ "path": "flows/x.flow.js" })));
    let other = json!({ "path": "flows/x.flow.js", "content": "export default () => 2;\n" });
    host.as_person(|host| host.ok("write", other));
    decide(&mut host, |_| {}).expect("as it was seen");
    let file = |host: &Host| {
        let files = &host.jobs.last().expect("a job").1.files;
        let own = files.iter().find(|file| file.path == "flows/x.flow.js");
        own.expect("its text").hash.clone()
    };
    assert_eq!(json!(file(&host)), seen["hash"]);
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("an answer").expect("success");

    // Of the next one, the new text is asked about.
    start(&mut host);
    decide(&mut host, |input| input["allow"] = json!(false)).expect("refused");
    assert!(host.jobs.is_empty());
}

#[test]
fn a_comparison_that_may_not_go_where_runs_run_by_now_says_so() {
    let mut host = host("", ALLOW_BROWSER, "browser");
    let call = start(&mut host);
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    let first = start(&mut host);
    let compared = host.start("run_verify", json!({ "run": record["run"] }));
    run_at(&mut host, "remote:evil.org");
    host.finish(Ok(json!(1)), &[]);
    host.reply(first).expect("an answer").expect("success");
    let error = refusal(&mut host, compared);
    assert_eq!(error.code, ErrorCode::PolicyDenied, "nothing was compared");
}

#[test]
fn a_server_at_an_address_in_brackets_can_be_named() {
    let deny = "allow: { executors: ['remote:*'] }\n    deny: { executors: ['remote:[2001:db8::1]:8443'] }";
    for (executor, denied) in [
        ("remote:[2001:db8::1]:8443", true),
        ("remote:[2001:db8::2]:8443", false),
    ] {
        let mut host = host("", deny, executor);
        let call = start(&mut host);
        assert_eq!(host.reply(call).is_some(), denied, "{executor}");
    }
}

#[test]
fn a_run_that_waits_for_its_turn_does_not_follow_to_where_it_may_not_go() {
    let mut host = host("", ALLOW_BROWSER, "browser");
    let first = start(&mut host);
    let second = start(&mut host);
    assert_eq!(host.jobs.len(), 1, "there is one executor");
    run_at(&mut host, "remote:evil.org");
    host.finish(Ok(json!(1)), &[]);
    host.reply(first)
        .expect("an answer")
        .expect("it goes on where it was");
    let error = refusal(&mut host, second);
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    assert_eq!(host.jobs.len(), 0);
}

#[test]
fn the_same_run_again_goes_nowhere_else_either() {
    let mut host = host("", ASK, "browser");
    let call = start(&mut host);
    host.finish(Ok(json!(1)), &[]);
    let record = host.reply(call).expect("an answer").expect("success");
    run_at(&mut host, "remote:a.good.org");
    let compared = host.start("run_verify", json!({ "run": record["run"] }));
    let error = refusal(&mut host, compared);
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    assert_eq!(approvals(&mut host)["approvals"], json!([]));
    assert_eq!(host.jobs.len(), 0);
}

#[test]
fn a_list_of_what_is_no_executor_is_no_policy() {
    let mut host = super::host();
    host.who = person();
    for name in [
        "local",
        "remote",
        "'remote:'",
        "'remote:https://a.org'",
        "'remote:b\u{fc}cher.example'",
        "''",
    ] {
        let policy =
            format!("version: 1\nflows:\n  - path: '**'\n    deny: {{ executors: [{name}] }}\n");
        let error = host
            .call(
                "write",
                json!({ "path": "selvage.policy.yaml", "content": policy }),
            )
            .expect_err(name);
        let at = (error.code, error.line);
        assert_eq!(at, (ErrorCode::InvalidInput, Some(4)), "{name}: {error}");
    }
    let secrets = json!({ "path": "selvage.policy.yaml", "content": "version: 1\nagents:\n  - name: a\n    allow: { secrets: [x] }\n" });
    let error = host.call("write", secrets).expect_err("agents have none");
    assert!(error.message.contains("rule for flows"), "{error}");
}
