//! What agents learn of files that they may not read by what is told of others: by names, errors, the past, references and conflicts.

use super::runs::running;
use super::sight::tells_nothing;
use super::{POLICY, SECRET, denials, host, host_with, person, person_calls, write};
use crate::common::pair::Pair;
use crate::common::write_op;
use selvage_tool::ErrorCode;
use selvage_vfs::{Hash, Origin, OriginKind};
use serde_json::json;

#[test]
fn no_name_and_no_error_tells_of_a_flow_that_may_not_be_read() {
    let mut host = host();
    let bad = "export default async (flow) => flow.fs.the_secret_text();\n";
    person_calls(
        &mut host,
        "write",
        json!({ "path": "private/ghost.flow.js", "content": bad }),
    );
    let lint = |name: &str| ("lint_flow", json!({ "path": name }));
    let by_name = |name: &str| ("run_flow", json!({ "name": name }));
    let by_path = |path: &str| ("run_flow", json!({ "path": path }));
    let wide = POLICY.replace("read: ['public/**', 'flows/**', 'runs/**']", "read: ['**']");
    let wide = wide.replace(
        "read: ['public/hidden/**']",
        "read: ['public/hidden/**', 'private/**']",
    );
    person_calls(
        &mut host,
        "write",
        json!({ "path": "selvage.policy.yaml", "content": wide }),
    );
    tells_nothing(&mut host, lint, "ghost", "never");
    tells_nothing(&mut host, by_name, "ghost", "never");
    tells_nothing(
        &mut host,
        by_path,
        "private/ghost.flow.js",
        "private/never.flow.js",
    );
    let twin = "export default async () => 1;\n";
    for path in ["private/twin.flow.js", "public/twin.flow.js"] {
        person_calls(&mut host, "write", json!({ "path": path, "content": twin }));
    }
    host.ok("lint_flow", json!({ "path": "twin" }));

    // One that it may run and not read.
    let runs = wide.replace("'flows/*.flow.js'", "'private/*.flow.js'");
    person_calls(
        &mut host,
        "write",
        json!({ "path": "selvage.policy.yaml", "content": runs }),
    );
    let error = host.call("run_flow", json!({ "path": "private/ghost.flow.js" }));
    let error = error.expect_err("it has an error");
    assert_eq!(error.code, ErrorCode::LintFailed);
    assert!(
        !format!("{error:?}").contains("the_secret_text"),
        "{error:?}"
    );
}

#[test]
fn a_denial_names_what_was_named_and_nothing_within() {
    let mut host = host();
    for (tool, input) in [
        ("delete", json!({ "path": "public" })),
        ("move", json!({ "from": "public", "to": "flows/public" })),
        ("move", json!({ "from": "public/hidden", "to": "flows/h" })),
    ] {
        let error = host.call(tool, input.clone()).expect_err(tool);
        assert_eq!(error.code, ErrorCode::PolicyDenied);
        let told = format!("{error:?}");
        assert!(!told.contains(".txt"), "{input}: {told}");
    }
    host.pass(3_000);
    let kept = host.ok(
        "search",
        json!({ "query": "agent mallory", "path": "runs/decisions" }),
    );
    assert!(!kept.to_string().contains("secret.txt"), "{kept}");
}

#[test]
fn a_denial_does_not_quote_a_rule_that_names_what_is_within() {
    let exact = POLICY.replace("public/hidden/**", "public/drafts/merger.md");
    let mut host = host_with(&exact);
    write(&mut host, &[("public/drafts/merger.md", SECRET)]);
    let moved = json!({ "from": "public/drafts", "to": "public/d" });
    let error = host.call("move", moved).expect_err("it takes that along");
    assert_eq!(error.code, ErrorCode::PolicyDenied);
    assert!(!format!("{error:?}").contains("merger"), "{error:?}");
}

#[test]
fn a_file_moves_into_a_folder_of_which_only_the_content_may_be_read() {
    let mut host = host_with(&POLICY.replace("'public/**'", "'public/**', 'kept/**'"));
    write(&mut host, &[("kept/b.txt", "there")]);
    host.ok("move", json!({ "from": "public/a.txt", "to": "kept" }));
    assert_eq!(
        host.ok("read", json!({ "path": "kept/a.txt" }))["content"],
        "open"
    );
}

#[test]
fn what_moved_to_where_it_may_be_read_does_not_bring_its_past() {
    let mut host = host();
    for content in ["the past\n", "the present\n"] {
        person_calls(
            &mut host,
            "write",
            json!({ "path": "private/x.txt", "content": content }),
        );
    }
    let then = person_calls(&mut host, "history", json!({ "path": "private/x.txt" }));
    let (old, hash) = (
        then["changes"][1].clone(),
        Hash::of(b"the past\n").to_string(),
    );
    assert_eq!(old["hash"], hash);
    person_calls(
        &mut host,
        "move",
        json!({ "from": "private/x.txt", "to": "public/x.txt" }),
    );
    host.ok(
        "write",
        json!({ "path": "public/x.txt", "content": "the future\n" }),
    );
    let history = host.ok("history", json!({ "path": "public/x.txt" }));
    let told = history.to_string();
    assert!(!told.contains(&hash) && !told.contains("private"), "{told}");
    assert_eq!(history["changes"][0]["message"], "Write public/x.txt");
    assert_eq!(
        history["changes"][0]["hash"],
        Hash::of(b"the future\n").to_string()
    );
    let diff = json!({ "path": "public/x.txt", "from": old["heads"] });
    let told = host.ok("diff", diff.clone());
    assert!(
        told["unified"].to_string().contains("+the future"),
        "{told}"
    );
    assert!(!told.to_string().contains("the past"), "{told}");
    let whole = person_calls(&mut host, "diff", diff);
    assert!(
        whole["unified"].to_string().contains("-the past"),
        "{whole}"
    );
}

#[test]
fn moving_a_file_does_not_tell_where_it_is_named() {
    let mut host = host();
    person_calls(
        &mut host,
        "write",
        json!({ "path": "flows/old.py", "content": "x = 1\n" }),
    );
    for path in ["public/m.json", "public/hidden/m.json", "private/m.json"] {
        person_calls(
            &mut host,
            "write",
            json!({ "path": path, "content": "{\"run\": \"flows/old.py\"}" }),
        );
    }
    let moved = host.ok(
        "move",
        json!({ "from": "flows/old.py", "to": "flows/new.py" }),
    );
    let paths = moved["paths"].to_string();
    assert!(
        paths.contains("public/m.json") && !paths.contains("hidden") && !paths.contains("private"),
        "{paths}"
    );
    let kept = person_calls(&mut host, "read", json!({ "path": "public/hidden/m.json" }));
    assert!(kept["content"].to_string().contains("old.py"), "{kept}");
}

#[test]
fn mounting_tells_nothing_also_when_it_changes_nothing() {
    let mut host = host();
    let heads = ["0".repeat(64)];
    for content in [SECRET, "another"] {
        let hash = Hash::of(content.as_bytes()).to_string();
        let noted = denials(&mut host);
        let input = json!({ "name": "p", "workspace": "0".repeat(64), "heads": heads, "files": { "a.js": hash }, "encoding": "hash", "dryRun": true });
        let denied = host.call("scope_mount", input).expect_err("denied");
        assert_eq!(denied.code, ErrorCode::PolicyDenied);
        assert_eq!(denials(&mut host), noted + 1);
    }
}

#[test]
fn no_side_of_a_conflict_comes_to_where_it_may_be_read() {
    let mut pair = Pair::new();
    for host in &mut pair.hosts {
        host.who = person();
    }
    let path = "public/hidden/plan.md";
    pair.call(0, "write", json!({ "path": path, "content": "start\n" }));
    pair.call(
        0,
        "write",
        json!({ "path": "selvage.policy.yaml", "content": POLICY }),
    );
    pair.part();
    for (host, content) in pair.hosts.iter_mut().zip([SECRET, "theirs\n"]) {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    let mut pair = pair.again();
    let conflict = pair.call(0, "conflicts", json!({}))["conflicts"][0].clone();
    let host = &mut pair.hosts[0];
    host.who = Origin::new(OriginKind::Agent, "mallory");
    for keep in ["shown", "other", "both"] {
        let mut input = json!({ "conflict": conflict["id"], "keep": keep });
        if keep == "both" {
            input["name"] = json!("open.md");
        }
        let denied = host.call("resolve_conflict", input).expect_err(keep);
        assert_eq!(denied.code, ErrorCode::PolicyDenied, "{keep}");
    }
    assert_eq!(denials(host), 3);
    let both = pair.call(0, "ls", json!({ "path": "public", "recursive": true }));
    assert!(!both.to_string().contains("plan.md"), "{both}");
}

#[test]
fn a_run_that_starts_by_itself_is_not_told_what_changed_where_it_may_not_read() {
    let policy = POLICY.replace("callers: [mallory]", "callers: [trigger]");
    let mut host = host_with(&policy);
    let manifest = |more: &str| {
        let flow = json!({ "entry": "flows/x.flow.js", "triggers": [{ "on": "change", "paths": ["**"] }] });
        json!({ "version": 1, "flows": { "watcher": flow }, more: 1 })
    };
    host.ok(
        "write",
        json!({ "path": "flows/x.flow.js", "content": "export default async () => 1;\n" }),
    );
    let path = "flows/flow.config.json";
    let mut sound = manifest("x");
    sound.as_object_mut().expect("an object").remove("x");
    person_calls(
        &mut host,
        "write",
        json!({ "path": path, "content": sound.to_string() }),
    );
    host.pass(1_000);
    host.jobs.clear();
    for path in ["private/new.txt", "public/new.txt", "public/hidden/new.txt"] {
        person_calls(&mut host, "write", json!({ "path": path, "content": "x" }));
    }
    host.pass(1_000);
    assert_eq!(host.jobs[0].1.args["changed"], json!(["public/new.txt"]));

    // Nor is what is wrong with a manifest that the agent may not read.
    let closed = policy.replace("'flows/**', 'runs/**'", "'runs/**'");
    person_calls(
        &mut host,
        "write",
        json!({ "path": "selvage.policy.yaml", "content": closed }),
    );
    let flawed =
        json!({ "path": path, "content": manifest("the_secret_key").to_string(), "draft": true });
    person_calls(&mut host, "write", flawed);
    host.pass(3_000);
    let error = host
        .call("run_flow", json!({ "name": "watcher" }))
        .expect_err("flawed");
    let told = format!("{error:?}");
    assert!(
        told.contains("has a mistake") && !told.contains("the_secret_key"),
        "{told}"
    );
}

#[test]
fn an_executor_is_told_nothing_of_a_file_that_a_run_may_only_write_but_that_it_is_there() {
    let mut host = host();
    let source = "export default async (flow) => { await flow.fs.list(flow.args.in); await flow.fs.write(flow.args.to, \"\"); };\n";
    running(&mut host, source, json!({}));
    let seen = host.jobs[0]
        .1
        .files
        .iter()
        .find(|file| file.path == "public/hidden/secret.txt");
    assert!(
        seen.is_some_and(|file| !file.readable && file.size == 0 && file.hash.is_empty()),
        "{seen:?}"
    );
    let open = host.jobs[0]
        .1
        .files
        .iter()
        .find(|file| file.path == "public/a.txt");
    assert!(
        open.is_some_and(|file| file.readable && file.size == 4),
        "{open:?}"
    );
}

#[test]
fn no_answer_has_the_hash_of_a_flow_that_may_not_be_read() {
    let policy = POLICY.replace("'flows/*.flow.js'", "'{flows,private}/*.flow.js'");
    let mut host = host_with(&policy);
    let source = "export default async () => 1;\n";
    let hash = Hash::of(source.as_bytes()).to_string();
    for (path, is_told) in [("flows/x.flow.js", true), ("private/x.flow.js", false)] {
        person_calls(
            &mut host,
            "write",
            json!({ "path": path, "content": source }),
        );
        let begun = host.ok("run_flow", json!({ "path": path, "wait": false }));
        host.finish(Ok(json!(1)), &[]);
        let waited = host.start("run_flow", json!({ "path": path }));
        let asked = host.ok("flow_status", json!({ "run": host.jobs[0].1.run }));
        host.finish(Ok(json!(1)), &[]);
        let ended = host.reply(waited).expect("an answer").expect("success");
        for told in [begun, asked, ended] {
            assert_eq!(told["flowHash"] == *hash, is_told, "{told}");
            assert_eq!(told.to_string().contains(&hash), is_told, "{told}");
        }
    }
}

#[test]
fn what_a_run_wrote_unseen_is_joined_with_what_others_wrote_meanwhile() {
    let source = "export default async (flow) => { await flow.fs.write(flow.args.to, \"\"); };\n";
    for path in ["public/hidden/list.md", "notes/list.md"] {
        let mut host = host();
        if path.starts_with("notes") {
            // Not the rules, but the grant lets it write without reading.
            host.who = person();
        }
        write(&mut host, &[(path, "one\ntwo\nthree\n")]);
        let grant = json!({ "write": ["public/**", "notes/**"] });
        let call = running(&mut host, source, json!({ "grant": grant }));
        let known = host.jobs[0].1.files.iter().find(|file| file.path == path);
        assert!(known.is_some_and(|file| file.hash.is_empty() && file.size == 0));
        write(&mut host, &[(path, "one\ntwo\nthree\nfour\n")]);
        let new = "zero\none\ntwo\nthree\n";
        host.finish_with(Ok(json!(1)), vec![write_op(path, new)], &[(path, new)]);
        host.reply(call).expect("an answer").expect("success");
        let both = person_calls(&mut host, "read", json!({ "path": path }));
        assert_eq!(both["content"], "zero\none\ntwo\nthree\nfour\n");
    }
}

#[test]
fn lint_of_a_manifest_tells_an_agent_of_a_hidden_flow_as_of_none() {
    let mut host = host();
    write(&mut host, &[("private/x.flow.js", "export default 1;\n")]);
    let [hidden, never] = ["x", "y"].map(|name| {
        let entry = format!("private/{name}.flow.js");
        let flows = json!({ "version": 1, "flows": { "it": { "entry": entry } } });
        let input = json!({ "path": "flows/flow.config.json", "content": flows.to_string() });
        let told = host.ok("lint_flow", input).to_string();
        told.replace(&entry, "NAME")
    });
    assert!(hidden.contains("There is no file"), "{hidden}");
    assert_eq!(hidden, never);
}
