//! An executor that lies: what it says a run did lands only where a sandbox would have let it happen.

use crate::common::{Host, moved, removed, write_op};
use selvage_tool::run::FileOp;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::{Origin, OriginKind};
use serde_json::{Value, json};

/// By its text it writes below `out`, takes `in/a.txt` away, and moves what it likes from `box` to `out/box`.
const FLOW: &str = "\
export default async (flow) => {
  await flow.fs.write(`out/${flow.args.name}/it.txt`, 'x');
  await flow.fs.remove('in/a.txt');
  await flow.fs.move('box', 'out/box');
};
";

fn made(path: &str) -> FileOp {
    FileOp::Mkdir { path: path.into() }
}

/// A run of the flow, whose executor says that this was done. Gives the host and the answer.
fn run(
    options: Value,
    ops: Vec<FileOp>,
    sent: &[(&str, &str)],
) -> (Host, Result<Value, ToolError>) {
    let mut host = Host::with_runner();
    for path in [
        "in/a.txt",
        "in/b.txt",
        "box/1/x.txt",
        "secret.txt",
        "out/old/it.txt",
    ] {
        host.ok("write", json!({ "path": path, "content": path }));
    }
    let call = host.start_flow(FLOW, options);
    host.finish_with(Ok(json!(1)), ops, sent);
    let answer = host.reply(call).expect("an answer");
    (host, answer)
}

/// Everything that there is outside the records, and the ledger of decisions.
fn tree(host: &mut Host) -> Vec<String> {
    let listed = host.ok("ls", json!({ "path": "", "recursive": true }));
    let entries = listed["entries"].as_array().expect("a list").iter();
    let paths = entries.map(|entry| entry["path"].as_str().expect("a path").to_owned());
    paths.filter(|path| !path.starts_with("runs")).collect()
}

#[test]
fn what_the_flow_may_do_lands() {
    let ops = vec![
        write_op("out/new/it.txt", "x"),
        removed("in/a.txt"),
        moved("box", "out/box"),
    ];
    let grant = json!({ "grant": { "write": ["**"] } });
    for options in [json!({}), grant] {
        let (mut host, answer) = run(options, ops.clone(), &[("out/new/it.txt", "x")]);
        let record = answer.expect("success");
        assert_eq!(record["decisions"], Value::Null);
        let tree = tree(&mut host);
        assert!(tree.contains(&"out/box/1/x.txt".to_owned()), "{tree:?}");
        assert!(!tree.contains(&"in/a.txt".to_owned()), "{tree:?}");
    }
}

#[test]
fn what_no_sandbox_would_have_let_happen_does_not_land_and_is_on_record() {
    let narrow = json!({ "grant": { "write": ["out/new/*", "in/*", "box/**"], "read": ["**"] } });
    let wide = json!({});
    let write = |path: &str| write_op(path, "x");
    let lies = [
        // Outside of what the flow's text shows.
        (&wide, vec![write("secret.txt")]),
        (&wide, vec![write("out/it.txt")]),
        (&wide, vec![write("flows/t.flow.js")]),
        (&wide, vec![made("elsewhere")]),
        (&wide, vec![removed("in/b.txt")]),
        (&wide, vec![removed("in")]),
        (&wide, vec![removed("secret.txt")]),
        (&wide, vec![moved("secret.txt", "out/new/it.txt")]),
        (&wide, vec![moved("in/a.txt", "secret2.txt")]),
        (&wide, vec![moved("box/1", "secret2")]),
        // What it may do does not bring along what it may not.
        (&wide, vec![write("out/new/it.txt"), write("secret.txt")]),
        (
            &wide,
            vec![moved("box", "out/box"), moved("out/box/1", "secret2")],
        ),
        (&wide, vec![removed("out")]),
        // Outside of what the caller granted.
        (&narrow, vec![write("out/old/it.txt")]),
        (&narrow, vec![moved("box", "out/box")]),
        (&narrow, vec![made("box/1/new"), moved("box/1", "in/1")]),
        // What no run may, however wide its grant.
        (&wide, vec![write("runs/x.json")]),
        (&wide, vec![write("RUNS/x.json")]),
        (&wide, vec![write("selvage.policy.yaml")]),
        (&wide, vec![moved("in/a.txt", "scopes.json")]),
        (&wide, vec![removed("")]),
        // Another way to write a path that would be covered.
        (&wide, vec![write("out/new/../../secret.txt")]),
        (&wide, vec![write("/out/new/it.txt")]),
        (&wide, vec![write("out/e\u{301}/it.txt")]),
        (&wide, vec![removed("in/a.txt/")]),
    ];
    for mode in ["run", "dry-run"] {
        for (options, ops) in &lies {
            let mut options = (*options).clone();
            options["mode"] = json!(mode);
            let (mut host, answer) = run(options, ops.clone(), &[("any", "x")]);
            let error = answer.expect_err(&format!("{ops:?} landed"));
            let codes = [ErrorCode::PolicyDenied, ErrorCode::InvalidPath];
            assert!(codes.contains(&error.code), "{ops:?}: {error:?}");
            let (mut untouched, _) = run(json!({}), Vec::new(), &[]);
            assert_eq!(tree(&mut host), tree(&mut untouched), "{ops:?}");

            let run = host.ok("flow_runs", json!({}))["runs"][0]["run"].clone();
            let record = host.ok("flow_status", json!({ "run": run }));
            assert_eq!(record["changes"], json!([]), "{ops:?}");
            assert_eq!(record["decisions"][0]["verdict"], "denied", "{ops:?}");
            host.who = Origin::new(OriginKind::Person, "Ann");
            let listed = host.ok("approval_list", json!({}));
            assert_eq!(listed["decided"][0]["verdict"], "denied", "{ops:?}");
        }
    }
}

#[test]
fn a_file_is_what_its_hash_says_and_its_bytes_are_sent() {
    let ops = vec![write_op("out/new/it.txt", "x")];
    let mut bent = Host::with_runner();
    let call = bent.start_flow(FLOW, json!({}));
    let (runner, _) = bent.jobs.remove(0);
    let named = selvage_vfs::Hash::of(b"x").to_string();
    bent.tell(selvage_workbench::Event::Finished {
        runner,
        outcome: Box::new(selvage_tool::run::Outcome {
            error: None,
            ops: ops.clone(),
            ..selvage_tool::run::Outcome::failed(ToolError::new(ErrorCode::Internal, ""))
        }),
        written: vec![(named, b"something else".to_vec())],
    });
    let others = bent.reply(call).expect("an answer");
    let (_, unsent) = run(json!({}), ops, &[]);
    for answer in [others, unsent] {
        let error = answer.expect_err("nothing lands");
        assert_eq!(error.code, ErrorCode::Damaged, "{error:?}");
        assert_eq!(error.path.as_deref(), Some("out/new/it.txt"));
    }
}
