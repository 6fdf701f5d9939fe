//! What references lead to, and what becomes of them when files move.

use crate::common::Host;
use crate::common::python::{host, offers, ran};
use crate::common::scopes::mount;
use selvage_tool::ErrorCode;
use selvage_tool::reading::Reading;
use serde_json::{Value, json};

#[test]
fn references_lead_to_one_function_or_say_which_there_are() {
    let mut host = host(&[
        (
            "workflows/crm/sync.py",
            offers(&[("customers", "Sync customers"), ("orders", "Sync orders")]),
        ),
        (
            "features/a/data_providers.py",
            offers(&[("colours", "colours"), ("sizes", "sizes")]),
        ),
        (
            "features/b/data_providers.py",
            offers(&[("colours", "colours")]),
        ),
    ]);
    let is = |host: &mut Host, input: Value, path: &str, function: Option<&str>| {
        assert_eq!(
            ran(host, input),
            (path.to_owned(), function.map(str::to_owned))
        );
    };
    let sync = "workflows/crm/sync.py";
    is(
        &mut host,
        json!({ "name": "workflow::sync::orders" }),
        sync,
        Some("orders"),
    );
    is(
        &mut host,
        json!({ "path": "workflow::sync::orders" }),
        sync,
        Some("orders"),
    );
    is(&mut host, json!({ "name": "sync" }), sync, None);
    is(&mut host, json!({ "path": "sync" }), sync, None);
    is(
        &mut host,
        json!({ "path": "/workflows/crm/sync.py::orders" }),
        sync,
        Some("orders"),
    );
    is(
        &mut host,
        json!({ "name": "Sync customers" }),
        sync,
        Some("customers"),
    );
    is(
        &mut host,
        json!({ "name": "customers" }),
        sync,
        Some("customers"),
    );
    let of_a = "features/a/data_providers.py";
    is(
        &mut host,
        json!({ "name": "workflow::data_providers::sizes" }),
        of_a,
        Some("sizes"),
    );
    is(
        &mut host,
        json!({ "path": "features/a/data_providers.py::colours" }),
        of_a,
        Some("colours"),
    );
    for name in [
        "workflow::data_providers::colours",
        "colours",
        "data_providers",
    ] {
        let error = host
            .call("run_flow", json!({ "name": name }))
            .expect_err("several");
        let hint = error.hint.expect("candidates");
        assert_eq!(error.code, ErrorCode::InvalidInput);
        assert!(
            hint.contains("features/a/data_providers.py")
                && hint.contains("features/b/data_providers.py"),
            "{hint}"
        );
    }
    for name in [
        "workflow::nobody::orders",
        "workflow::data_providers::none",
        "nobody",
    ] {
        let error = host
            .call("run_flow", json!({ "name": name }))
            .expect_err("none");
        assert_eq!(error.code, ErrorCode::NotFound, "{name}");
    }
    let linted = host.ok("lint_flow", json!({ "path": "workflow::sync::orders" }));
    assert_eq!(linted["title"], json!("Sync orders"));
}

#[test]
fn a_file_that_moves_takes_the_references_to_it_along_as_one_change() {
    let mut host = host(&[
        ("workflows/a.py", offers(&[("one", "one")])),
        ("workflows/c.py", Reading::default()),
    ]);
    let manifest =
        "# kept\nrun: workflows/a.py::one\nby_name: workflow::a::one\nother: workflows/c.py\n";
    host.ok(
        "write",
        json!({ "path": "forms/form.yaml", "content": manifest }),
    );
    let moved = host.ok(
        "move",
        json!({ "from": "workflows/a.py", "to": "workflows/crm/b.py" }),
    );
    let text =
        |host: &mut Host| host.ok("read", json!({ "path": "forms/form.yaml" }))["content"].clone();
    let expected =
        "# kept\nrun: workflows/crm/b.py::one\nby_name: workflow::b::one\nother: workflows/c.py\n";
    assert_eq!(text(&mut host), json!(expected));
    let touched = moved["paths"].as_array().expect("paths").clone();
    assert!(touched.contains(&json!("forms/form.yaml")), "{touched:?}");
    host.ok("undo", json!({}));
    assert_eq!(text(&mut host), json!(manifest));
    // Another file has the name and the function, too: it is not known which one was meant.
    host.ok("write", json!({ "path": "features/a.py", "content": "" }));
    host.readings
        .insert("features/a.py".into(), offers(&[("one", "one")]));
    host.ok(
        "move",
        json!({ "from": "workflows/a.py", "to": "workflows/b.py" }),
    );
    let expected =
        "# kept\nrun: workflows/b.py::one\nby_name: workflow::a::one\nother: workflows/c.py\n";
    assert_eq!(text(&mut host), json!(expected));
}

#[test]
fn files_of_one_name_say_so_and_run_by_their_paths() {
    let mut host = host(&[
        ("features/a/providers.py", offers(&[("colours", "colours")])),
        ("features/b/providers.py", offers(&[("colours", "colours")])),
        ("features/c/providers.py", Reading::default()),
    ]);
    for (path, other, to) in [
        (
            "features/a/providers.py",
            "features/b/providers.py",
            "features/a/a_providers.py",
        ),
        (
            "features/b/providers.py",
            "features/a/providers.py",
            "features/b/b_providers.py",
        ),
    ] {
        let linted = host.ok("lint_flow", json!({ "path": path, "fix": true }));
        let found = &linted["diagnostics"][0];
        assert_eq!(
            (&found["code"], &found["severity"]),
            (&json!("name-clash"), &json!("warning"))
        );
        assert_eq!(
            found["message"],
            json!(format!("`{other}` has the name `providers`, too."))
        );
        assert_eq!(found["fix"]["rename"], json!(to));
        assert_eq!((&linted["ok"], &linted["fixed"]), (&json!(true), &json!(0)));
        let reference = json!({ "path": format!("{path}::colours") });
        assert_eq!(
            ran(&mut host, reference),
            (path.to_owned(), Some("colours".to_owned()))
        );
    }
    host.ok(
        "move",
        json!({ "from": "features/b/providers.py", "to": "features/b/b_providers.py" }),
    );
    let linted = host.ok("lint_flow", json!({ "path": "features/a/providers.py" }));
    assert_eq!(linted["diagnostics"], json!([]));
}

#[test]
fn modules_of_one_name_clash_where_the_name_alone_is_ambiguous() {
    let mut host = host(&[
        ("modules/psa/halo.py", Reading::default()),
        ("modules/crm/halo.py", Reading::default()),
        ("modules/crm/__init__.py", Reading::default()),
        ("modules/psa/__init__.py", Reading::default()),
        ("workflows/halo.py", offers(&[("one", "one")])),
    ]);
    let found = |host: &mut Host, path: &str| {
        host.ok("lint_flow", json!({ "path": path }))["diagnostics"].clone()
    };
    for (path, other, to) in [
        (
            "modules/psa/halo.py",
            "modules/crm/halo.py",
            "modules/psa/psa_halo.py",
        ),
        (
            "modules/crm/halo.py",
            "modules/psa/halo.py",
            "modules/crm/crm_halo.py",
        ),
    ] {
        let found = found(&mut host, path);
        assert_eq!(found[0]["code"], json!("name-clash"));
        assert_eq!(
            found[0]["message"],
            json!(format!("`{other}` has the name `halo`, too."))
        );
        assert_eq!(found[0]["fix"]["rename"], json!(to));
    }
    for path in ["modules/crm/__init__.py", "workflows/halo.py"] {
        assert_eq!(found(&mut host, path), json!([]), "{path}");
    }
    // One at the top is meant, wherever others lie; so is a folder.
    for (top, gone) in [
        ("modules/halo.py", "modules/halo.py"),
        ("modules/halo/deep/x.py", "modules/halo"),
    ] {
        host.ok("write", json!({ "path": top, "content": "" }));
        for path in ["modules/psa/halo.py", top] {
            assert_eq!(found(&mut host, path), json!([]), "{path}");
        }
        host.ok("delete", json!({ "path": gone }));
    }
    let mounted = mount("base", "aa", &[("modules/old/halo.py", "")]);
    host.ok("scope_mount", mounted);
    let found = found(&mut host, "modules/psa/halo.py");
    let message = found[0]["message"].as_str().expect("a message");
    assert!(message.ends_with(" and 1 more has the name `halo`, too."));
}

#[test]
fn a_person_is_asked_about_the_function_that_would_run() {
    let sync = offers(&[("customers", "Sync customers"), ("orders", "Sync orders")]);
    let mut host = host(&[("workflows/sync.py", sync)]);
    let policy = "
version: 1
agents:
  - name: '*'
    allow: { tools: ['*'], read: ['**'] }
flows:
  - path: '**'
    allow: { read: ['**'] }
    ask: { tools: [delete] }
";
    let policy = json!({ "path": "selvage.policy.yaml", "content": policy });
    host.as_person(|host| host.ok("write", policy));
    let input = json!({ "path": "workflows/sync.py::orders", "allowTools": ["delete"] });
    host.start("run_flow", input);
    let asked = host.as_person(|host| host.ok("approval_list", json!({})));
    let approval = &asked["approvals"][0];
    let what = approval["what"].as_str().unwrap_or_default();
    assert!(
        what.starts_with("Run `workflows/sync.py::orders` with"),
        "{asked}"
    );
    let decisions = host.ok("flow_status", json!({ "run": approval["run"] }))["decisions"].clone();
    assert_eq!(
        decisions[0]["what"], "run workflows/sync.py::orders",
        "{decisions}"
    );
}
