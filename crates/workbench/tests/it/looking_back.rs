//! The workspace as it was: listed, read, compared and brought back as a whole.

use crate::common::Host;
use selvage_tool::ErrorCode;
use serde_json::{Value, json};

fn texts(values: &Value, field: &str) -> Vec<String> {
    let values = values.as_array().expect("a list").iter();
    let texts = values.map(|value| value[field].as_str().unwrap_or_default().to_owned());
    texts.collect()
}

#[test]
fn every_past_state_can_be_listed_and_read_and_everything_brought_back_and_undone() {
    let mut host = Host::new();
    host.ok("write", json!({ "path": "notes/a.md", "content": "one" }));
    let then = host.ok("seal", json!({}))["heads"].clone();
    let before = host.ok("ls", json!({ "recursive": true }));
    host.ok("move", json!({ "from": "notes", "to": "old" }));
    host.ok("write", json!({ "path": "old/a.md", "content": "two" }));
    host.ok("delete", json!({ "path": "README.md" }));

    let past = host.ok("ls", json!({ "recursive": true, "at": then }));
    assert_eq!(past, before);
    let read = host.ok("read", json!({ "path": "notes/a.md", "at": then }));
    assert_eq!(read["content"], "one");

    let found = host.ok("compare", json!({ "from": then }));
    assert_eq!(
        texts(&found["differences"], "verb"),
        ["removed", "renamed", "edited"]
    );
    assert_eq!(
        texts(&found["differences"], "path"),
        ["README.md", "old", "old/a.md"]
    );
    assert_eq!(found["total"], 3);

    let now = host.ok("ls", json!({ "recursive": true }));
    host.ok("restore", json!({ "at": then }));
    assert_eq!(host.ok("compare", json!({ "from": then }))["total"], 0);
    assert_eq!(
        host.ok("ls", json!({ "path": "notes" }))["entries"][0]["path"],
        "notes/a.md"
    );
    host.ok("undo", json!({}));
    let again = host.ok("ls", json!({ "recursive": true }));
    assert_eq!(
        texts(&again["entries"], "path"),
        texts(&now["entries"], "path")
    );
}

#[test]
fn the_history_of_the_workspace_comes_in_pages_and_names_who_made_each_change() {
    let mut host = Host::new();
    for at in 0..5 {
        host.ok(
            "write",
            json!({ "path": format!("{at}.md"), "content": "x" }),
        );
    }
    let all = host.ok("history", json!({}));
    assert_eq!(all["more"], false);
    let all = all["changes"].as_array().expect("a list").clone();
    let mut paged = Vec::new();
    loop {
        let page = host.ok("history", json!({ "limit": 2, "skip": paged.len() }));
        paged.extend(page["changes"].as_array().expect("a list").clone());
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(paged, all);
    assert_eq!(all[0]["message"], "Write 4.md");
    assert_eq!(all[0]["origin"], json!({ "kind": "agent", "name": "test" }));
    assert_eq!(all.last().expect("the starter")["origin"]["kind"], "system");
}

#[test]
fn differences_past_the_limit_are_counted_and_heads_that_never_were_are_refused() {
    let mut host = Host::new();
    for at in 0..3 {
        host.ok(
            "write",
            json!({ "path": format!("{at}.md"), "content": "x" }),
        );
    }
    let found = host.ok("compare", json!({ "limit": 1 }));
    assert_eq!(found["differences"].as_array().map(Vec::len), Some(1));
    assert!(found["total"].as_u64().is_some_and(|total| total > 3));
    for name in ["compare", "ls"] {
        let field = if name == "ls" { "at" } else { "from" };
        let error = host.call(name, json!({ field: ["11".repeat(32)] }));
        assert_eq!(error.expect_err("never was").code, ErrorCode::NotFound);
    }
}

#[test]
fn what_was_typed_just_before_something_took_its_place_is_in_the_history_as_a_change_of_its_own() {
    let then = |host: &mut Host| host.ok("seal", json!({}))["heads"].clone();
    let patch = json!({ "edits": [{ "path": "d/a.md", "find": "typed", "replace": "patched" }] });
    for (name, input) in [
        ("delete", json!({ "path": "d" })),
        ("delete", json!({ "path": "d/a.md" })),
        ("write", json!({ "path": "d/a.md", "content": "other" })),
        ("apply_patch", patch),
        ("restore", json!({})),
    ] {
        let mut host = Host::new();
        host.ok("write", json!({ "path": "d/a.md", "content": "one" }));
        let start = then(&mut host);
        host.types("d/a.md", "one, typed");
        let input = match name {
            "restore" => json!({ "at": start }),
            _ => input,
        };
        host.ok(name, input);

        let changes = host.ok("history", json!({ "limit": 2 }))["changes"].clone();
        assert_eq!(changes[1]["message"], "Edit d/a.md", "{name}");
        let read = json!({ "path": "d/a.md", "at": changes[1]["heads"] });
        assert_eq!(host.ok("read", read)["content"], "one, typed", "{name}");
    }
}

#[test]
fn a_save_of_just_what_was_typed_is_one_change() {
    let mut host = Host::new();
    host.ok("write", json!({ "path": "a.md", "content": "one" }));
    host.types("a.md", "two");
    host.ok("write", json!({ "path": "a.md", "content": "two" }));
    let changes = host.ok("history", json!({ "limit": 2 }))["changes"].clone();
    assert_eq!(texts(&changes, "message"), ["Write a.md", "Write a.md"]);
}

/// What happened stays told, whatever is taken back.
#[test]
fn the_past_of_everything_takes_no_records_of_runs_away() {
    let mut host = Host::with_runner();
    host.ok("write", json!({ "path": "a.md", "content": "one" }));
    let heads = host.ok("seal", json!({}))["heads"].clone();
    let call = host.start_flow("export default async () => 1;\n", json!({}));
    host.finish(Ok(json!(1)), &[]);
    host.ok("write", json!({ "path": "a.md", "content": "two" }));
    let record = host.reply(call).expect("an answer").expect("success");
    host.pass(3_000);
    host.ok("restore", json!({ "at": heads }));

    assert_eq!(host.ok("read", json!({ "path": "a.md" }))["content"], "one");
    let run = json!({ "run": record["run"] });
    assert_eq!(host.ok("flow_status", run)["record"], record["record"]);
    assert_eq!(
        host.ok("flow_runs", json!({}))["runs"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn what_was_typed_is_called_by_its_files() {
    let mut host = Host::new();
    for text in ["one", "two"] {
        for path in ["a.md", "b.md", "c.md"] {
            host.types(path, text);
        }
    }
    host.pass(5_000);
    let last = host.ok("history", json!({ "limit": 1 }))["changes"][0].clone();
    assert_eq!(last["message"], "Edit a.md and 2 more");
}
