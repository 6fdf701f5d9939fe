//! What a run wrote is what lands, whatever it moved and removed before.

use crate::common::{Host, moved, removed, write_op};
use selvage_tool::run::FileOp;
use serde_json::json;

const FLOW: &str = "export default async (flow) => {\n  await flow.fs.remove(flow.args.a);\n  await flow.fs.write(flow.args.b, await flow.fs.readText(flow.args.c));\n};\n";

/// A run over some files that did all this; gives what a file holds then.
fn lands(before: &[(&str, &str)], ops: Vec<FileOp>, written: (&str, &str)) -> String {
    let mut host = Host::with_runner();
    for (path, content) in before {
        host.ok("write", json!({ "path": path, "content": content }));
    }
    let call = host.start_flow(FLOW, json!({}));
    host.finish_with(Ok(json!(null)), ops, &[written]);
    host.reply(call).expect("an answer").expect("success");
    let read = host.ok("read", json!({ "path": written.0 }));
    read["content"].as_str().expect("text").to_owned()
}

#[test]
fn a_file_written_where_another_was_moved_to_is_what_the_run_wrote() {
    let old = "old one\nold two\nold three\n";
    let draft = "draft one\ndraft two\n";
    let new = "old one\ndraft two\nnew\n";
    let files = [("final.md", old), ("draft.md", draft)];
    let ops = vec![
        removed("final.md"),
        moved("draft.md", "final.md"),
        write_op("final.md", new),
    ];
    assert_eq!(lands(&files, ops, ("final.md", new)), new);
}

#[test]
fn a_file_written_in_a_folder_that_took_another_place_is_what_the_run_wrote() {
    let files = [
        ("a/x.md", "one\ntwo\nthree\n"),
        ("b/x.md", "one\n2\nthree\n"),
    ];
    let new = "one\ntwo\n3\n";
    let ops = vec![removed("a"), moved("b", "a"), write_op("a/x.md", new)];
    assert_eq!(lands(&files, ops, ("a/x.md", new)), new);

    let ops = vec![
        moved("a", "c"),
        moved("b", "a"),
        moved("c", "b"),
        write_op("b/x.md", new),
    ];
    assert_eq!(lands(&files, ops, ("b/x.md", new)), new);
}

#[test]
fn a_file_written_where_one_was_removed_or_moved_away_is_what_the_run_wrote() {
    let files = [("a/x.md", "one\ntwo\nthree\n")];
    let new = "one\ntwo\n3\n";
    for gone in [
        removed("a/x.md"),
        removed("a"),
        moved("a/x.md", "y.md"),
        moved("a", "b"),
    ] {
        let ops = vec![gone.clone(), write_op("a/x.md", new)];
        assert_eq!(lands(&files, ops, ("a/x.md", new)), new, "{gone:?}");
    }
}

#[test]
fn a_file_that_moved_is_still_joined_with_what_was_typed_into_it() {
    let mut host = Host::with_runner();
    host.ok(
        "write",
        json!({ "path": "draft.md", "content": "one\ntwo\nthree\n" }),
    );
    let call = host.start_flow(FLOW, json!({}));
    host.ok(
        "write",
        json!({ "path": "draft.md", "content": "ONE\ntwo\nthree\n" }),
    );
    let new = "one\ntwo\nthree\nfour\n";
    let ops = vec![moved("draft.md", "final.md"), write_op("final.md", new)];
    host.finish_with(Ok(json!(null)), ops, &[("final.md", new)]);
    host.reply(call).expect("an answer").expect("success");
    assert_eq!(
        host.ok("read", json!({ "path": "final.md" }))["content"],
        "ONE\ntwo\nthree\nfour\n"
    );
}
