//! What comes to lie elsewhere is weighed where it comes to, however it got there and however its path was written.

use super::runs::running;
use super::{POLICY, approvals, host, host_with, person_calls, write};
use crate::common::{Host, write_op};
use selvage_tool::run::FileOp;
use selvage_tool::{ErrorCode, ToolResult};
use serde_json::{Value, json};

/// Writes whatever it is told.
const ANYWHERE: &str =
    "export default async (flow) => { await flow.fs.write(flow.args.to, \"\"); };\n";

fn moved(from: &str, to: &str) -> FileOp {
    FileOp::Move {
        from: from.into(),
        to: to.into(),
    }
}

/// What comes of a run of the agent's that did all this; nothing while it waits for a person.
fn landed(host: &mut Host, ops: &[FileOp]) -> Option<ToolResult<Value>> {
    let input = json!({ "args": { "to": "x" }, "grant": { "read": ["**"], "write": ["**"] } });
    let call = running(host, ANYWHERE, input);
    host.finish_with(Ok(json!(1)), ops.to_vec(), &[("x", "x")]);
    host.reply(call)
}

fn is_there(host: &mut Host, path: &str) -> bool {
    let input = json!({ "path": path });
    host.as_person(|host| host.call("stat", input)).is_ok()
}

#[test]
fn a_run_does_not_get_past_a_rule_by_moving_what_it_has_just_made() {
    let policy = POLICY
        .replace("public/locked/**", "public/fresh/**")
        .replace("asked/**", "later/**");
    for way in [
        vec![
            write_op("public/t/x", "x"),
            moved("public/t", "public/fresh"),
        ],
        vec![
            write_op("public/t/x", "x"),
            moved("public/t", "public/u"),
            moved("public/u", "public/fresh"),
        ],
        vec![
            write_op("public/t/deep/x", "x"),
            moved("public/t/deep", "public/u"),
            moved("public/u/x", "public/t/y"),
            moved("public/t", "public/fresh"),
        ],
    ] {
        let mut host = host_with(&policy);
        let answer = landed(&mut host, &way).expect("it is over");
        let denied = answer.expect_err("denied");
        assert_eq!(denied.code, ErrorCode::PolicyDenied, "{way:?}");
        assert!(!is_there(&mut host, "public/fresh"), "{way:?}");
    }

    let mut host = host_with(&policy);
    let ops = [write_op("public/t/x", "x"), moved("public/t", "later/in")];
    assert_eq!(landed(&mut host, &ops), None, "a person is asked");
    let asked = approvals(&mut host)["approvals"][0].clone();
    let shown = asked["changes"].as_array().expect("changes");
    let shown: Vec<_> = shown.iter().map(|one| (&one["path"], &one["to"])).collect();
    let (made, lands) = (json!("public/t/x"), json!("later/in/x"));
    assert_eq!(shown, [(&made, &Value::Null), (&made, &lands)], "{asked}");

    // And what is allowed on all its way lands.
    let ops = [
        moved("public/a.txt", "public/t/b.txt"),
        write_op("public/t/x", "x"),
        moved("public/t", "public/u"),
    ];
    let mut host = host_with(&policy);
    let answer = landed(&mut host, &ops).expect("it is over");
    answer.expect("allowed");
    assert!(is_there(&mut host, "public/u/x") && is_there(&mut host, "public/u/b.txt"));
}

/// In Unicode one name can be written in several ways, of different lengths.
#[test]
fn a_path_that_is_written_otherwise_is_weighed_and_moved_as_it_is_kept() {
    let decomposed = "public/\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}";
    let mut host = host();
    write(&mut host, &[("public/한글/a.txt", "a")]);
    host.ok("move", json!({ "from": decomposed, "to": "public/korean" }));
    assert!(is_there(&mut host, "public/korean/a.txt"));

    let accents = "public/e\u{301}a\u{300}o\u{302}";
    write(&mut host, &[("public/éàô/x", "x")]);
    let into = json!({ "from": accents, "to": "public/locked/in" });
    let denied = host.call("move", into).expect_err("denied");
    assert_eq!(denied.code, ErrorCode::PolicyDenied);
    person_calls(&mut host, "delete", json!({ "path": accents }));
    assert!(!is_there(&mut host, "public/éàô"));

    let policy = POLICY.replace("public/locked/**", "public/fresh/**");
    let mut host = host_with(&policy);
    write(&mut host, &[("public/é/x.txt", "x")]);
    let into = json!({ "from": "public/e\u{301}", "to": "public/fresh" });
    let denied = host.call("move", into).expect_err("denied");
    assert_eq!(denied.code, ErrorCode::PolicyDenied);
    assert!(is_there(&mut host, "public/é/x.txt"));

    // And what imports it follows.
    let script = "import { a } from \"/lib/é.js\";\nexport default () => a;\n";
    write(
        &mut host,
        &[
            ("lib/é.js", "export const a = 1;\n"),
            ("flows/a.flow.js", script),
        ],
    );
    let onward = json!({ "from": "lib/e\u{301}.js", "to": "lib/f.js" });
    person_calls(&mut host, "move", onward);
    let script = person_calls(&mut host, "read", json!({ "path": "flows/a.flow.js" }));
    assert!(
        script["content"].to_string().contains("/lib/f.js"),
        "{script}"
    );
}
