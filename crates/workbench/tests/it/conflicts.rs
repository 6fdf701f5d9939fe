//! What two replicas made apart: listed, decided by a tool call, and decided alike everywhere.

use crate::common::pair::Pair;
use selvage_tool::ErrorCode;
use serde_json::{Value, json};

/// A pair that met after each did something of its own.
fn apart(start: &[(&str, Value)], ours: &[(&str, Value)], theirs: &[(&str, Value)]) -> Pair {
    let mut pair = Pair::new();
    for (name, input) in start {
        pair.call(0, name, input.clone());
    }
    pair.part();
    for (host, steps) in pair.hosts.iter_mut().zip([ours, theirs]) {
        for (name, input) in steps {
            host.ok(name, input.clone());
        }
    }
    pair.again()
}

fn write(path: &str, content: &str) -> (&'static str, Value) {
    ("write", json!({ "path": path, "content": content }))
}

fn two_contents() -> Pair {
    apart(
        &[write("plan.md", "start\n")],
        &[write("plan.md", "ours\n")],
        &[write("plan.md", "theirs\n")],
    )
}

fn two_names() -> Pair {
    apart(
        &[],
        &[write("plan.md", "ours\n")],
        &[write("Plan.md", "theirs\n")],
    )
}

fn edit_of_a_deleted() -> Pair {
    apart(
        &[write("plan.md", "start\n")],
        &[write("plan.md", "edited\n")],
        &[("delete", json!({ "path": "plan.md" }))],
    )
}

/// The only conflict, which both replicas list alike.
#[track_caller]
fn only(pair: &mut Pair) -> Value {
    let [here, there] = [0, 1].map(|at| pair.call(at, "conflicts", json!({})));
    assert_eq!(here, there);
    assert_eq!(here["total"], 1, "{here}");
    here["conflicts"][0].clone()
}

fn resolve(conflict: &Value, keep: &str) -> Value {
    json!({ "conflict": conflict["id"], "keep": keep })
}

/// What both replicas show, without the starter's files.
#[track_caller]
fn shown(pair: &mut Pair) -> Vec<(String, String)> {
    let [here, there] = [0, 1].map(|at| {
        let listed = pair.call(at, "ls", json!({}));
        let entries = listed["entries"].as_array().expect("a list").clone();
        let mine = entries.iter().filter_map(|entry| entry["path"].as_str());
        let mine = mine.filter(|path| path.to_lowercase().contains("plan"));
        let mut read =
            |path: &str| pair.call(at, "read", json!({ "path": path }))["content"].clone();
        mine.map(|path| {
            (
                path.to_owned(),
                read(path).as_str().unwrap_or("").to_owned(),
            )
        })
        .collect::<Vec<_>>()
    });
    assert_eq!(here, there);
    here
}

#[track_caller]
fn assert_decided(pair: &mut Pair) {
    for at in 0..2 {
        assert_eq!(pair.call(at, "conflicts", json!({}))["total"], 0);
    }
}

fn files(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

#[test]
fn a_conflict_of_contents_shows_who_wrote_what_and_each_side_can_be_read() {
    let mut pair = two_contents();
    let conflict = only(&mut pair);
    assert_eq!(
        (&conflict["kind"], &conflict["path"]),
        (&json!("contents"), &json!("plan.md"))
    );
    let sides = conflict["versions"].as_array().expect("sides");
    assert_eq!(sides.len(), 2);
    let mut texts = Vec::new();
    for side in sides {
        assert_eq!(side["origin"], json!({ "kind": "agent", "name": "test" }));
        assert_eq!(side["modifiedMs"], 1_000);
        let read = pair.call(
            1,
            "read",
            json!({ "path": "plan.md", "version": side["hash"] }),
        );
        assert_eq!(read["hash"], side["hash"]);
        texts.push(read["content"].clone());
    }
    let now = pair.call(0, "read", json!({ "path": "plan.md" }));
    assert_eq!(texts[0], now["content"], "the shown side is the first");
    texts.sort_by_key(ToString::to_string);
    assert_eq!(texts, ["ours\n", "theirs\n"]);
}

#[test]
fn only_the_sides_of_a_file_can_be_read_by_hash() {
    let mut pair = two_contents();
    let other = pair.call(0, "stat", json!({ "path": "README.md" }));
    let read = json!({ "path": "plan.md", "version": other["hash"] });
    let error = pair.hosts[0]
        .call("read", read)
        .expect_err("another file's");
    assert_eq!(error.code, ErrorCode::Stale);
}

#[test]
fn each_way_to_decide_contents_is_one_change_on_both_replicas() {
    for keep in ["shown", "other", "both"] {
        let mut pair = two_contents();
        let conflict = only(&mut pair);
        let hashes = &conflict["versions"];
        let text = |pair: &mut Pair, at: usize| {
            let input = json!({ "path": "plan.md", "version": hashes[at]["hash"] });
            pair.call(0, "read", input)["content"]
                .as_str()
                .unwrap_or("")
                .to_owned()
        };
        let (first, second) = (text(&mut pair, 0), text(&mut pair, 1));
        let mut input = resolve(&conflict, keep);
        if keep == "both" {
            input["name"] = json!("plan two.md");
        }
        let done = pair.call(1, "resolve_conflict", input);
        assert!(
            done["message"]
                .as_str()
                .is_some_and(|text| text.starts_with("Resolve plan.md"))
        );
        assert_decided(&mut pair);
        let expected = match keep {
            "shown" => files(&[("plan.md", &first)]),
            "other" => files(&[("plan.md", &second)]),
            _ => files(&[("plan two.md", &second), ("plan.md", &first)]),
        };
        assert_eq!(shown(&mut pair), expected, "{keep}");

        pair.call(1, "undo", json!({}));
        let again = pair.call(0, "ls", json!({}));
        assert!(again.to_string().contains("plan.md"));
    }
}

#[test]
fn each_way_to_decide_a_name_is_one_change_on_both_replicas() {
    for keep in ["shown", "other", "both"] {
        let mut pair = two_names();
        let conflict = only(&mut pair);
        assert_eq!(conflict["kind"], "name");
        let before = shown(&mut pair);
        let (first, second) = (
            &conflict["versions"][0]["path"],
            &conflict["versions"][1]["path"],
        );
        let text = |path: &Value| {
            let found = before.iter().find(|(at, _)| path == at);
            found.map(|found| found.1.clone()).expect("both are shown")
        };
        pair.call(0, "resolve_conflict", resolve(&conflict, keep));
        assert_decided(&mut pair);
        let kept = first.as_str().expect("a path");
        let expected = match keep {
            "shown" => files(&[(kept, &text(first))]),
            "other" => files(&[(kept, &text(second))]),
            _ => before.clone(),
        };
        assert_eq!(shown(&mut pair), expected, "{keep}");
    }
}

#[test]
fn both_of_a_name_can_be_given_a_name() {
    let mut pair = two_names();
    let conflict = only(&mut pair);
    let mut input = resolve(&conflict, "both");
    input["name"] = json!("sub/plan.md");
    let error = pair.hosts[0].call("resolve_conflict", input.clone());
    assert_eq!(error.expect_err("a path").code, ErrorCode::InvalidInput);
    input["name"] = json!("their plan.md");
    pair.call(0, "resolve_conflict", input);
    assert_decided(&mut pair);
    assert_eq!(shown(&mut pair)[1].0, "their plan.md");
}

#[test]
fn an_edit_of_a_deleted_file_is_kept_or_deleted() {
    let mut pair = edit_of_a_deleted();
    let conflict = only(&mut pair);
    assert_eq!(conflict["kind"], "deletion");
    let both = pair.hosts[0].call("resolve_conflict", resolve(&conflict, "both"));
    assert_eq!(both.expect_err("one side").code, ErrorCode::InvalidInput);
    pair.call(1, "resolve_conflict", resolve(&conflict, "shown"));
    assert_decided(&mut pair);
    assert_eq!(shown(&mut pair), files(&[("plan.md", "edited\n")]));

    let mut pair = edit_of_a_deleted();
    let conflict = only(&mut pair);
    pair.call(0, "resolve_conflict", resolve(&conflict, "other"));
    assert_decided(&mut pair);
    assert_eq!(shown(&mut pair), []);
}

/// Each decides the other way, apart; nothing that either kept may be lost.
#[test]
fn replicas_that_decide_apart_come_together_and_lose_nothing_that_was_kept() {
    for build in [two_contents, two_names, edit_of_a_deleted] {
        let mut pair = build();
        let conflict = only(&mut pair);
        let texts = shown(&mut pair).len();
        pair.part();
        for (host, keep) in pair.hosts.iter_mut().zip(["shown", "other"]) {
            host.now_ms += 1;
            host.ok("resolve_conflict", resolve(&conflict, keep));
        }
        let mut pair = pair.again();
        assert_eq!(shown(&mut pair).len(), texts, "{conflict}");
        if conflict["kind"] == "deletion" {
            assert_decided(&mut pair);
        } else {
            let again = only(&mut pair);
            assert_eq!(again["kind"], conflict["kind"]);
        }

        // And alike.
        let mut pair = build();
        let conflict = only(&mut pair);
        pair.part();
        for host in &mut pair.hosts {
            host.ok("resolve_conflict", resolve(&conflict, "other"));
        }
        let mut pair = pair.again();
        assert_decided(&mut pair);
        shown(&mut pair);
    }
}

#[test]
fn a_decision_on_what_is_not_there_any_more_is_refused() {
    let mut pair = two_contents();
    let conflict = only(&mut pair);
    pair.part();
    pair.hosts[1].ok("write", json!({ "path": "plan.md", "content": "newer\n" }));
    let mut pair = pair.again();
    let before = shown(&mut pair);
    for keep in ["shown", "other", "both"] {
        let late = pair.hosts[0].call("resolve_conflict", resolve(&conflict, keep));
        assert_eq!(late.expect_err("stale").code, ErrorCode::Stale);
    }
    assert_eq!(shown(&mut pair), before);

    // Typing into a side that would go counts, too.
    let mut pair = two_names();
    let conflict = only(&mut pair);
    let path = &conflict["versions"][1]["path"];
    let typed = json!({ "path": path, "content": "theirs, and more\n", "draft": true });
    pair.call(1, "write", typed);
    let late = pair.hosts[0].call("resolve_conflict", resolve(&conflict, "shown"));
    assert_eq!(late.expect_err("stale").code, ErrorCode::Stale);
}

#[test]
fn conflicts_past_the_limit_are_counted() {
    let writes = |text: &str| [1, 2, 3].map(|at| write(&format!("plan{at}.md"), text));
    let mut pair = apart(&writes("start"), &writes("ours"), &writes("theirs"));
    let found = pair.call(0, "conflicts", json!({ "limit": 2 }));
    assert_eq!(found["total"], 3);
    let paths = found["conflicts"].as_array().expect("a list").iter();
    let paths: Vec<_> = paths.map(|one| one["path"].clone()).collect();
    assert_eq!(paths, ["plan1.md", "plan2.md"]);
}
