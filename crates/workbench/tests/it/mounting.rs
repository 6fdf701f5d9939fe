//! Mounting a workspace as a parent, bringing it up to date and taking it away; nothing else changes it.

use crate::common::Host;
use crate::common::pair::Pair;
use crate::common::python::{offers, ran};
use crate::common::scopes::mount;
use selvage_tool::ErrorCode;
use selvage_tool::run::FileOp;
use selvage_workbench::Event;
use serde_json::{Value, json};

#[test]
fn what_is_mounted_can_be_read_and_not_changed() {
    let mut host = Host::with_runner();
    host.ok("scope_mount", mount("global", "h1", &[("a/x.txt", "x\n")]));
    let heads = host.ok("seal", json!({}))["heads"].clone();
    let x = "scopes/global/a/x.txt";
    for (tool, input) in [
        ("write", json!({ "path": x, "content": "y" })),
        ("write", json!({ "path": x, "content": "y", "draft": true })),
        (
            "write",
            json!({ "path": "/Scopes/new.txt", "content": "y" }),
        ),
        ("mkdir", json!({ "path": "scopes/other" })),
        ("move", json!({ "from": x, "to": "x.txt" })),
        (
            "move",
            json!({ "from": "README.md", "to": "scopes/README.md" }),
        ),
        ("move", json!({ "from": "scopes", "to": "others" })),
        ("delete", json!({ "path": "scopes" })),
        ("delete", json!({ "path": x })),
        (
            "apply_patch",
            json!({ "edits": [{ "path": x, "find": "x", "replace": "y" }] }),
        ),
        ("restore", json!({ "path": x, "at": heads })),
    ] {
        let error = host.call(tool, input.clone()).expect_err(tool);
        assert_eq!(error.code, ErrorCode::ReadOnly, "{tool} {input}: {error:?}");
        assert!(error.hint.is_some());
    }
    let call = host.start_flow("export default () => 1;", json!({}));
    let op = FileOp::Remove { path: x.into() };
    host.finish_with(Ok(json!(1)), vec![op], &[]);
    let error = host.reply(call).expect("over").expect_err("no run may");
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    assert_eq!(
        host.ok("read", json!({ "path": x }))["content"],
        json!("x\n")
    );
}

#[test]
fn an_update_tells_what_it_would_change_and_is_one_change() {
    let mut host = Host::with_runner();
    let first = [("a.txt", "1"), ("b.txt", "1"), ("old/c.txt", "1")];
    host.ok("scope_mount", mount("global", "h1", &first));
    let before = host.ok("seal", json!({}))["heads"].clone();
    let second = [("a.txt", "1"), ("b.txt", "2"), ("d.txt", "1")];
    let mut update = mount("global", "h2", &second);
    update["dryRun"] = json!(true);
    let told = host.ok("scope_mount", update.clone());
    let verbs = |told: &Value| -> Vec<String> {
        let all = told["differences"].as_array().expect("a list").iter();
        let files = all.filter(|one| {
            one["kind"] == "file"
                && !one["path"]
                    .as_str()
                    .expect("a path")
                    .ends_with("scope.json")
        });
        let mut verbs: Vec<String> = files
            .map(|one| {
                format!(
                    "{} {}",
                    one["verb"].as_str().expect("a verb"),
                    one["path"].as_str().expect("a path")
                )
            })
            .collect();
        verbs.sort();
        verbs
    };
    let expected = [
        "added scopes/global/d.txt",
        "edited scopes/global/b.txt",
        "removed scopes/global/old/c.txt",
    ];
    assert_eq!(
        (verbs(&told), &told["total"]),
        (expected.map(str::to_owned).to_vec(), &json!(3))
    );
    assert_eq!(&host.ok("seal", json!({}))["heads"], &before,);
    update["dryRun"] = json!(false);
    let done = host.ok("scope_mount", update.clone());
    assert_eq!(done["differences"], told["differences"]);
    let compared = host.ok("compare", json!({ "from": before }));
    let compared = verbs(&compared);
    assert!(
        expected
            .iter()
            .all(|one| compared.contains(&(*one).to_owned()) || one.starts_with("removed")),
        "{compared:?}"
    );
    let history = host.ok("history", json!({ "limit": 1 }));
    assert_eq!(
        history["changes"][0]["message"],
        json!("Update global at h2")
    );
    assert!(
        host.call("stat", json!({ "path": "scopes/global/old" }))
            .is_err()
    );
    assert_eq!(
        host.ok("scope_mount", update)["total"],
        json!(0),
        "nothing is left to do"
    );
    let status = &host.ok("workspace_status", json!({}))["scopes"][0];
    assert_eq!(
        (&status["name"], &status["heads"], &status["problem"]),
        (&json!("global"), &json!(["h2"]), &json!(null))
    );
    // A file where a folder was, and a folder where a file was.
    let third = [("a.txt/in.txt", "1"), ("b.txt", "2"), ("d.txt", "1")];
    host.ok("scope_mount", mount("global", "h3", &third));
    host.ok("scope_mount", mount("global", "h2", &second));
    assert_eq!(
        host.ok("read", json!({ "path": "scopes/global/a.txt" }))["content"],
        json!("1")
    );
    host.ok("scope_unmount", json!({ "name": "global" }));
    assert_eq!(host.ok("workspace_status", json!({})).get("scopes"), None);
    let error = host
        .call("scope_unmount", json!({ "name": "global" }))
        .expect_err("gone");
    assert_eq!(error.code, ErrorCode::NotFound);
    host.ok("undo", json!({}));
    assert_eq!(
        host.ok("workspace_status", json!({}))["scopes"][0]["problem"],
        json!(null)
    );
}

#[test]
fn a_parent_that_two_devices_updated_apart_is_told_and_does_not_run_until_it_is_mounted_again() {
    let mut pair = Pair::new();
    let files =
        |far: &'static str, data: &'static str| [("workflows/far.py", far), ("data/x.csv", data)];
    let first = files("# far\n", "1");
    pair.call(0, "scope_mount", mount("global", "h1", &first));
    pair.call(0, "scope_mount", mount("other", "h1", &[("notes.md", "x")]));
    pair.part();
    let there = files("# farther\n", "1");
    pair.hosts[0].ok("scope_mount", mount("global", "h2", &there));
    let elsewhere = files("# far\n", "2");
    pair.hosts[1].ok("scope_mount", mount("global", "h3", &elsewhere));
    let [mut host, _] = pair.again().hosts;
    host.tell(Event::RunnerReady {
        runner: 1,
        dropped: false,
    });
    let reading = offers(&[("main", "main")]);
    host.readings.insert("workflows/far.py".into(), reading);
    let far = json!({ "path": "workflows/far.py" });
    let error = host.call("run_flow", far.clone()).expect_err("changed");
    assert_eq!(
        (error.code, error.path.as_deref()),
        (ErrorCode::ScopeChanged, Some("scopes/global"))
    );
    let status = host.ok("workspace_status", json!({}));
    let problem = status["scopes"][0]["problem"].as_str().expect("a problem");
    assert!(problem.contains("`global`"), "{problem}");
    assert_eq!(status["scopes"][1].get("problem"), None);
    // A flow that can't read it is not concerned.
    let call = host.start_flow("export default () => 1;", json!({}));
    host.finish(Ok(json!(1)), &[]);
    host.reply(call).expect("over").expect("it works");
    host.ok("scope_mount", mount("global", "h3", &elsewhere));
    ran(&mut host, far);
    let conflicts = host.ok("conflicts", json!({}));
    assert_eq!(conflicts["total"], json!(0), "{conflicts}");
}

#[test]
fn a_parent_is_bounded_and_named_plainly() {
    let mut host = Host::new();
    let refused = |host: &mut Host, input: Value, code: ErrorCode| {
        let error = host.call("scope_mount", input).expect_err("refused");
        assert_eq!(error.code, code, "{error:?}");
        assert!(error.hint.is_some());
    };
    let file = [("a.txt", "x")];
    for name in ["", "a/b", "..", ".a", "a b", "ä", &"a".repeat(65)] {
        refused(&mut host, mount(name, "h1", &file), ErrorCode::InvalidInput);
    }
    for (field, value) in [
        ("workspace", json!("")),
        ("workspace", json!("w\n")),
        ("workspace", json!("w".repeat(129))),
        ("heads", json!([])),
        ("heads", json!(vec!["h"; 101])),
        ("heads", json!(["h h"])),
        ("files", json!({})),
        ("files", json!({ "runs/a.json": "" })),
        ("files", json!({ "/a": "" })),
        ("encoding", json!("hash")),
    ] {
        let mut input = mount("global", "h1", &file);
        input[field] = value;
        refused(&mut host, input, ErrorCode::InvalidInput);
    }
    let mut input = mount("global", "h1", &file);
    input["files"] = json!({ "../a": "" });
    refused(&mut host, input.clone(), ErrorCode::InvalidPath);
    input["encoding"] = json!("hash");
    input["files"] = json!({ "a": "0".repeat(64) });
    refused(&mut host, input, ErrorCode::NotFound);
    let mut input = mount("global", "h1", &file);
    let many = (0..=20_000).map(|n| (format!("{n}"), json!("")));
    input["files"] = Value::Object(many.collect());
    refused(&mut host, input.clone(), ErrorCode::TooLarge);
    let half = "x".repeat(32 * 1024 * 1024);
    input["files"] = json!({ "a": half, "b": format!("{half}x") });
    refused(&mut host, input, ErrorCode::TooLarge);
    let deep = format!(
        "{}scope.json",
        "scopes/p/".repeat(selvage_workbench::SCOPE_DEPTH_MAX)
    );
    refused(
        &mut host,
        mount("global", "h1", &[(&deep, "")]),
        ErrorCode::TooLarge,
    );
    let wide: Vec<String> = (0..selvage_workbench::SCOPES_MAX)
        .map(|n| format!("scopes/p{n}/scope.json"))
        .collect();
    let wide: Vec<(&str, &str)> = wide.iter().map(|path| (path.as_str(), "")).collect();
    refused(&mut host, mount("global", "h1", &wide), ErrorCode::TooLarge);
    host.ok("scope_mount", mount("global", "h1", &wide[1..]));
    refused(&mut host, mount("other", "h1", &file), ErrorCode::TooLarge);
    host.ok("scope_mount", mount("global", "h2", &file));
    let files: Vec<String> = (0..=500).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|path| (path.as_str(), "")).collect();
    let told = host.ok("scope_mount", mount("many", "h1", &files));
    assert_eq!(told["total"], json!(501));
    assert_eq!(told["differences"].as_array().expect("a list").len(), 500);
}
