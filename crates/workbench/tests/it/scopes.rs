//! A workspace over others: what is seen of them, what a run reads, and what its record says.

use crate::common::Host;
use crate::common::python::{offers, ran};
use crate::common::scopes::mount;
use selvage_tool::ErrorCode;
use selvage_tool::reading::{Import, Reading};
use serde_json::{Value, json};

fn write(host: &mut Host, path: &str, content: &str) {
    host.ok("write", json!({ "path": path, "content": content }));
}

/// The reading of a file that imports a module of the workspace.
fn imports(paths: &[&str]) -> Reading {
    Reading {
        imports: vec![Import {
            any: paths.iter().map(|path| (*path).to_owned()).collect(),
            missing: None,
        }],
        ..offers(&[("main", "main")])
    }
}

#[test]
fn the_nearest_file_of_a_path_is_the_one_that_runs_and_each_is_listed_with_its_scope() {
    let mut host = Host::with_runner();
    for path in [
        "workflows/own.py",
        "workflows/both.py",
        "workflows/far.py",
        "workflows/base.py",
    ] {
        host.readings.insert(path.into(), offers(&[("main", path)]));
    }
    write(&mut host, "workflows/own.py", "# own");
    write(&mut host, "workflows/both.py", "# own both");
    let far = [
        ("workflows/both.py", "# far both"),
        ("workflows/far.py", "# far"),
        ("scopes/base/workflows/far.py", "# base far"),
        ("scopes/base/workflows/base.py", "# base"),
        ("runs/far/x.json", "{}"),
        ("embed.json", "{}"),
    ];
    host.ok("scope_mount", mount("global", "h1", &far));
    let listed = host.ok("flow_list", json!({}));
    let flows = listed["flows"].as_array().expect("flows").iter();
    let python = flows.filter(|flow| {
        flow["path"]
            .as_str()
            .is_some_and(|path| path.ends_with(".py"))
    });
    let seen: Vec<(&str, &Value)> = python
        .map(|flow| (flow["path"].as_str().expect("a path"), &flow["scope"]))
        .collect();
    assert_eq!(
        seen,
        [
            ("workflows/base.py", &json!("global/base")),
            ("workflows/both.py", &json!(null)),
            ("workflows/far.py", &json!("global")),
            ("workflows/own.py", &json!(null)),
        ]
    );
    for (asked, path) in [
        (json!({ "path": "workflows/far.py" }), "workflows/far.py"),
        (
            json!({ "path": "scopes/global/workflows/far.py::main" }),
            "workflows/far.py",
        ),
        (
            json!({ "name": "workflow::base::main" }),
            "workflows/base.py",
        ),
        (json!({ "name": "both" }), "workflows/both.py"),
    ] {
        assert_eq!(ran(&mut host, asked).0, path);
    }
    let runs = host.ok(
        "flow_runs",
        json!({ "path": "scopes/global/workflows/far.py" }),
    );
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(2));
    let hidden = json!({ "path": "scopes/global/workflows/both.py" });
    let error = host.call("run_flow", hidden).expect_err("hidden");
    assert_eq!(error.code, ErrorCode::NotFound);
    let linted = host.ok("lint_flow", json!({ "path": "workflows/both.py" }));
    assert_eq!(
        linted["diagnostics"],
        json!([]),
        "a name that is hidden is no clash"
    );
    let kept = host.ok("ls", json!({ "path": "scopes/global", "recursive": true }));
    let kept = kept["entries"].to_string();
    assert!(
        !kept.contains("runs") && !kept.contains("embed.json"),
        "{kept}"
    );
}

#[test]
fn a_run_sees_parents_files_at_their_own_paths_and_its_record_pins_them() {
    let mut host = Host::with_runner();
    host.readings
        .insert("workflows/own.py".into(), imports(&["modules/prices.py"]));
    write(&mut host, "workflows/own.py", "import prices");
    let files = [("modules/prices.py", "RATE = 2"), ("data/rates.csv", "a")];
    host.ok("scope_mount", mount("global", "h1", &files));
    let call = host.start("run_flow", json!({ "path": "workflows/own.py" }));
    let job = host.jobs[0].1.clone();
    let file = |path: &str| job.files.iter().find(|file| file.path == path);
    assert!(file("modules/prices.py").is_some_and(|file| file.mounted && file.readable));
    assert!(file("workflows/own.py").is_some_and(|file| !file.mounted));
    assert!(
        job.files
            .iter()
            .all(|file| !file.path.starts_with("scopes"))
    );
    host.finish(Ok(json!(1)), &[("data/rates.csv", "b")]);
    let record = host.reply(call).expect("over").expect("it works");
    assert_eq!(
        record["scopes"],
        json!([{ "name": "global", "workspace": "w-1", "heads": ["h1"] }])
    );
    let read =
        |host: &mut Host, path: &str| host.ok("read", json!({ "path": path }))["content"].clone();
    assert_eq!(
        read(&mut host, "data/rates.csv"),
        json!("b"),
        "a file of its own"
    );
    assert_eq!(
        read(&mut host, "scopes/global/data/rates.csv"),
        json!("a"),
        "as it was"
    );
    let verified = host.start("run_verify", json!({ "run": record["run"] }));
    let again = host.jobs[0].1.files.clone();
    assert_eq!(
        again, job.files,
        "the same files, whatever was written since"
    );
    host.finish(Ok(json!(1)), &[("data/rates.csv", "b")]);
    let verified = host.reply(verified).expect("over").expect("it works");
    assert_eq!(verified["reproduced"], json!(true), "{verified}");
}

#[test]
fn a_parent_that_imports_from_a_child_is_refused_at_lint_and_at_run() {
    let mut host = Host::with_runner();
    let any = ["modules/hook.py"];
    host.readings
        .insert("workflows/far.py".into(), imports(&any));
    host.readings
        .insert("workflows/own.py".into(), imports(&["workflows/far.py"]));
    host.ok(
        "scope_mount",
        mount("global", "h1", &[("workflows/far.py", "import hook")]),
    );
    write(&mut host, "workflows/own.py", "import far");
    ran(&mut host, json!({ "path": "workflows/far.py" }));
    write(&mut host, "modules/hook.py", "# the child's");
    for path in ["workflows/far.py", "workflows/own.py"] {
        let error = host
            .call("run_flow", json!({ "path": path }))
            .expect_err("leads down");
        assert_eq!(
            (error.code, error.path.as_deref()),
            (ErrorCode::LintFailed, Some("workflows/far.py"))
        );
        assert!(
            error.message.contains("of the scope `global`")
                && error.message.contains("this workspace"),
            "{error:?}"
        );
        let linted = host.ok("lint_flow", json!({ "path": path }));
        assert_eq!(linted["ok"], json!(false), "{linted}");
        let place = &linted["diagnostics"][0]["path"];
        assert_eq!(place, &json!("scopes/global/workflows/far.py"));
    }
    // The parent has one, too: the child's takes its place.
    let both = [
        ("workflows/far.py", "import hook"),
        ("modules/hook.py", "# the parent's"),
    ];
    host.ok("scope_mount", mount("global", "h2", &both));
    let error = host
        .call("run_flow", json!({ "path": "workflows/far.py" }))
        .expect_err("hidden");
    assert!(error.hint.expect("a hint").contains("rename one of them"));
    host.ok(
        "move",
        json!({ "from": "modules/hook.py", "to": "modules/our_hook.py" }),
    );
    ran(&mut host, json!({ "path": "workflows/far.py" }));
    // JavaScript alike.
    let far = [(
        "flows/f.flow.js",
        "import { n } from '/lib/n.js';\nexport default () => n;\n",
    )];
    host.ok("scope_mount", mount("js", "h1", &far));
    write(&mut host, "lib/n.js", "export const n = 1;\n");
    let error = host
        .call("run_flow", json!({ "path": "flows/f.flow.js" }))
        .expect_err("leads down");
    assert_eq!(error.code, ErrorCode::LintFailed);
    assert!(error.message.contains("the scope `js`"), "{error:?}");
    let both = [far[0], ("lib/n.js", "export const n = 1;\n")];
    host.ok("scope_mount", mount("js", "h2", &both));
    ran(&mut host, json!({ "path": "flows/f.flow.js" }));
}

#[test]
fn parents_are_looked_through_in_the_order_that_the_workspace_says() {
    let mut host = Host::with_runner();
    host.ok(
        "scope_mount",
        mount("a", "h1", &[("x.flow.js", "export default () => 'a';")]),
    );
    host.ok(
        "scope_mount",
        mount("b", "h1", &[("x.flow.js", "export default () => 'b';")]),
    );
    let scope = |host: &mut Host| {
        let listed = host.ok("flow_list", json!({}));
        let flows = listed["flows"].as_array().expect("flows").clone();
        flows
            .iter()
            .find(|flow| flow["path"] == "x.flow.js")
            .expect("it is seen")["scope"]
            .clone()
    };
    assert_eq!(scope(&mut host), json!("a"));
    write(&mut host, "scopes.json", r#"{ "parents": ["b", "a"] }"#);
    assert_eq!(scope(&mut host), json!("b"));
}
