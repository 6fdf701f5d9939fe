//! What agents call themselves: a name gives nobody what rules give somebody else.

use super::{denials, host_with, person, write};
use selvage_tool::ErrorCode;
use selvage_vfs::{Origin, OriginKind};
use serde_json::json;

/// Whether the run of somebody who is called so is let by a rule with these callers.
fn runs(caller: &Origin, callers: &str) -> bool {
    let mut host = host_with(&format!(
        "version: 1
agents:
  - name: '*'
    allow: {{ tools: ['*'], read: ['**'] }}
flows:
  - path: 'flows/**'
    callers: {callers}
    allow: {{ read: ['private/**'] }}
"
    ));
    write(
        &mut host,
        &[("flows/x.flow.js", "export default async () => 1;\n")],
    );
    host.who = caller.clone();
    let before = denials(&mut host);
    let call = host.start("run_flow", json!({ "path": "flows/x.flow.js" }));
    if let Some(answer) = host.reply(call) {
        assert_eq!(answer.expect_err("denied").code, ErrorCode::PolicyDenied);
        assert_eq!(denials(&mut host), before + 1);
    }
    host.jobs.len() == 1
}

#[test]
fn the_words_for_others_are_no_names_of_agents() {
    for name in ["person", "trigger"] {
        let agent = Origin::new(OriginKind::Agent, name);
        for callers in [
            "[person]",
            "[trigger]",
            "[person, trigger]",
            "['{person,trigger}']",
            "['perso?', 'trigge[r]']",
        ] {
            assert!(!runs(&agent, callers), "{name}: {callers}");
        }
        // It is an agent all the same.
        for callers in ["[]", "['*']"] {
            assert!(runs(&agent, callers), "{name}: {callers}");
        }
    }
    let agent = |name| Origin::new(OriginKind::Agent, name);
    assert!(runs(&agent("personal"), "['person*']"));
    assert!(!runs(&agent("Person"), "[person]"));
    assert!(!runs(&agent(" person"), "[person]"));
    assert!(runs(&person(), "[person]"));
}
