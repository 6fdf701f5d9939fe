//! A policy that becomes another one holds for the runs that are there already.

use super::runs::running;
use super::{POLICY, approvals, decide, fetches, host, host_with, person_calls, write};
use crate::common::{Host, write_op};
use selvage_tool::ErrorCode;
use selvage_tool::guest::Answer;
use serde_json::json;

const FLOW: &str = "export default async (flow) => { await flow.fs.write(flow.args.to, \"\"); };\n";

/// Has a person write another policy, and it be read.
fn becomes(host: &mut Host, policy: &str) {
    write(host, &[("selvage.policy.yaml", policy)]);
    host.pass(10);
}

fn wide() -> serde_json::Value {
    json!({ "args": { "to": "x" }, "grant": { "read": ["**"], "write": ["**"], "net": ["*"] } })
}

fn landed(host: &mut Host, path: &str) -> bool {
    let there = json!({ "path": path });
    host.as_person(|host| host.call("stat", there)).is_ok()
}

#[test]
fn a_run_that_goes_on_gets_and_lands_nothing_that_is_denied_by_now() {
    for policy in [
        POLICY.replace("public/locked/**", "public/**"),
        POLICY.replace("flows/*.flow.js", "flows/other.flow.js"),
        "version: 1\n".to_owned(),
    ] {
        let mut host = host();
        let call = running(&mut host, FLOW, wide());
        becomes(&mut host, &policy);
        host.finish_with(Ok(json!(1)), vec![write_op("public/x", "x")], &[("x", "x")]);
        let error = host.reply(call).expect("an answer").expect_err("denied");
        assert_eq!(error.code, ErrorCode::PolicyDenied, "{policy}");
        assert!(!landed(&mut host, "public/x"));
    }

    let source = "export default async (flow) => { await fetch(flow.args.url); };\n";
    let mut host = host();
    running(&mut host, source, json!({ "allowNet": ["*"] }));
    becomes(
        &mut host,
        &POLICY.replace("net: [tracker", "net: [api.good.org, tracker"),
    );
    let answer = super::asks(&mut host, 1, fetches("https://api.good.org/x"));
    assert!(matches!(answer, Some(Answer::Error(_))), "{answer:?}");
}

#[test]
fn a_run_that_waits_for_its_turn_does_not_start_when_no_rule_is_about_it_any_more() {
    let mut host = host();
    running(&mut host, FLOW, wide());
    let second = running(&mut host, FLOW, wide());
    assert!(host.reply(second).is_none());
    becomes(
        &mut host,
        &POLICY.replace("flows/*.flow.js", "flows/other.flow.js"),
    );
    let error = host.reply(second).expect("an answer").expect_err("denied");
    assert_eq!(error.code, ErrorCode::PolicyDenied, "{error:?}");
    assert_eq!(host.jobs.len(), 1);
}

#[test]
fn what_waits_for_a_person_lands_by_the_policy_as_it_is_then() {
    let open = format!("{POLICY}approvals: {{ onExpiry: allow, expiresMinutes: 5 }}\n");
    let locked = open.replace(
        "deny:\n      write: ['public",
        "deny:\n      write: ['asked/**', 'public",
    );
    let locked = locked.replace(
        "read: ['public/hidden/**']\n      write: ['public/locked/**']\n      net",
        "read: ['public/hidden/**']\n      write: ['asked/**']\n      net",
    );
    assert_ne!(locked, open);
    let waits = |policy: &str| {
        let mut host = host_with(policy);
        let call = running(&mut host, FLOW, wide());
        host.finish_with(Ok(json!(1)), vec![write_op("asked/x", "x")], &[("x", "x")]);
        assert_eq!(host.reply(call), None, "a person is asked");
        (host, call)
    };
    let in_time = |host: &mut Host| host.pass(6 * 60_000);

    let (mut host, _) = waits(&open);
    in_time(&mut host);
    assert!(landed(&mut host, "asked/x"), "as the policy has it");

    for later in [locked.as_str(), POLICY] {
        let (mut host, call) = waits(&open);
        becomes(&mut host, later);
        in_time(&mut host);
        let error = host.reply(call).expect("an answer").expect_err("denied");
        assert_eq!(error.code, ErrorCode::PolicyDenied, "{later}");
        assert!(!landed(&mut host, "asked/x"), "{later}");
    }

    // Nor does an answer get past what is denied by now.
    let (mut host, call) = waits(&open);
    becomes(&mut host, &locked);
    decide(&mut host, |_| {}).expect("it is what was seen");
    let error = host.reply(call).expect("an answer").expect_err("denied");
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    assert!(!landed(&mut host, "asked/x"));
    assert_eq!(approvals(&mut host)["approvals"], json!([]));
    person_calls(&mut host, "ls", json!({}));
}
