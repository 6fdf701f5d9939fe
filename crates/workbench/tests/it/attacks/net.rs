//! Where runs of agents fetch from: the rules for the agent and those for the flow both have to let them.

use super::{
    approvals, asks, calls, decide, denied, fetches, host_with, person, policy_with, record, write,
};
use crate::common::Host;
use selvage_tool::guest::Answer;
use selvage_workbench::Effect;
use serde_json::json;

const FLOW: &str = "export default async (flow) => { await fetch(flow.args.url); };\n";

/// A workspace whose rules say this of an agent and of its flows.
fn host(agent: &str, flow: &str) -> Host {
    let mut host = host_with(&policy_with(agent, flow));
    write(&mut host, &[("flows/x.flow.js", FLOW)]);
    host
}

fn start(host: &mut Host) -> u64 {
    let input = json!({ "path": "flows/x.flow.js", "allowNet": ["*"] });
    host.start("run_flow", input)
}

/// The domains that may answer a fetch in the end; nothing where it is denied.
fn fetched(host: &mut Host, url: &str) -> Option<Vec<String>> {
    if let Some(answer) = asks(host, 1, fetches(url)) {
        assert!(matches!(answer, Answer::Error(_)), "{url}: {answer:?}");
        return None;
    }
    host.others.iter().find_map(|effect| match effect {
        Effect::Fetch(fetch) => Some(fetch.domains.clone()),
        _ => None,
    })
}

const API: &str = "allow: { net: [api.good.org] }";
const ALL: &str = "allow: { net: ['*'] }";
const GOOD: &str = "allow: { net: ['*.good.org'] }";
const NONE: &str = "deny: { net: ['*'] }";
const NOT_CDN: &str = "deny: { net: [cdn.good.org] }";

#[test]
fn a_run_fetches_what_the_rules_for_both_let_it() {
    let (api, cdn, evil) = ("api.good.org", "cdn.good.org", "evil.org");
    for (agent, flow, lets) in [
        // Rules for an agent that say nothing of fetching are about none.
        ("", API, vec![api]),
        ("", GOOD, vec![api, cdn]),
        ("", ALL, vec![api, cdn, evil]),
        // What an agent's rules allow gives its runs nothing by itself, and takes all others away.
        (ALL, "", vec![]),
        (ALL, API, vec![api]),
        (API, ALL, vec![api]),
        (API, GOOD, vec![api]),
        (GOOD, API, vec![api]),
        (GOOD, ALL, vec![api, cdn]),
        // What they deny is denied, whatever the flow's allow.
        (NONE, ALL, vec![]),
        (NOT_CDN, GOOD, vec![api]),
        (NOT_CDN, ALL, vec![api, evil]),
        (ALL, NOT_CDN, vec![]),
    ] {
        let case = format!("{agent} {flow}");
        let mut host = host(agent, flow);
        start(&mut host);
        assert_eq!(host.jobs.len(), 1, "{case}");
        let mut refused = Vec::new();
        for domain in [api, cdn, evil] {
            let url = format!("https://{domain}/");
            let is_let = fetched(&mut host, &url).is_some();
            assert_eq!(is_let, lets.contains(&domain), "{case}: {domain}");
            if !is_let {
                refused.push(format!("fetch {url}"));
            }
        }
        assert_eq!(denied(&record(&mut host)), refused, "{case}");
    }
}

#[test]
fn no_redirect_leads_past_the_rules_for_the_agent() {
    let to = |agent, flow| {
        let mut host = host(agent, flow);
        start(&mut host);
        fetched(&mut host, "https://api.good.org/")
    };
    let only = |domain: &str| Some(vec![domain.to_owned()]);
    assert_eq!(to("", ALL), only("*"));
    assert_eq!(to(GOOD, ALL), only("*.good.org"));
    assert_eq!(to(API, ALL), only("api.good.org"));
    // Where some are denied, no redirect leads to another host at all.
    assert_eq!(to(NOT_CDN, ALL), only("api.good.org"));
}

#[test]
fn rules_for_an_agent_bind_no_person() {
    let mut host = host(NONE, API);
    host.who = person();
    start(&mut host);
    assert!(fetched(&mut host, "https://api.good.org/").is_some());
}

#[test]
fn a_person_is_asked_what_the_rules_for_an_agent_ask_about() {
    for (agent, flow, asked) in [
        (
            "ask: { net: [api.good.org] }",
            ALL,
            "fetch from api.good.org",
        ),
        ("ask: { net: ['*'] }", API, "fetch from api.good.org"),
        (ALL, "ask: { net: ['*.good.org'] }", "fetch from *.good.org"),
    ] {
        let mut host = host(agent, flow);
        start(&mut host);
        assert!(host.jobs.is_empty(), "{agent} {flow}: it waits");
        let risks = approvals(&mut host)["approvals"][0]["risks"].clone();
        assert_eq!(risks, json!([asked]), "{agent} {flow}");
        decide(&mut host, |_| {}).expect("approved");
        assert!(fetched(&mut host, "https://api.good.org/").is_some());
        assert!(fetched(&mut host, "https://evil.org/").is_none());
    }
}

#[test]
fn a_run_within_a_run_of_an_agent_is_bound_as_well() {
    let mut host = host(NOT_CDN, "allow: { net: ['*'], tools: [run_flow] }");
    let outer = "export default async (flow) => flow.call(\"run_flow\", flow.args);\n";
    write(&mut host, &[("flows/outer.flow.js", outer)]);
    let input = json!({ "path": "flows/outer.flow.js", "allowTools": ["run_flow"] });
    host.start("run_flow", input);
    let inner = json!({ "path": "flows/x.flow.js", "allowNet": ["*"], "wait": false });
    calls(&mut host, 1, "run_flow", inner);
    host.finish(Ok(json!(1)), &[]);
    assert_eq!(host.jobs[0].1.entry, "flows/x.flow.js");
    assert!(fetched(&mut host, "https://cdn.good.org/").is_none());
    assert!(fetched(&mut host, "https://api.good.org/").is_some());
}
