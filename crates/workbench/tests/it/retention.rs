//! The past is thinned out by itself, by `retention.json`, and never what a run refers to.

use crate::common::Host;
use selvage_tool::ErrorCode;
use serde_json::{Value, json};

const DAY_MS: u64 = 24 * 3_600_000;

/// Lets time pass as a host does that wakes the engine whenever it asks for it.
fn pass_days(host: &mut Host, days: u64) {
    let end = host.now_ms + days * DAY_MS;
    while host.now_ms < end {
        host.pass(3_600_000);
        // The pauses between steps.
        for _ in 0..20 {
            host.pass(50);
        }
    }
}

fn write(host: &mut Host, path: &str, content: &str) -> Value {
    let input = json!({ "path": path, "content": content, "encoding": "base64" });
    host.ok("write", input)["change"].clone()
}

/// A file with versions of one day, all of them too many steps ago to be undone.
fn old_versions(host: &mut Host) -> Vec<Value> {
    host.now_ms = 1_700_000_000_000;
    let versions = ["AAAA", "AAAB", "AAAC", "AAAD"].map(|content| write(host, "a.bin", content));
    for number in 0..200 {
        host.ok(
            "write",
            json!({ "path": "z.md", "content": format!("{number}") }),
        );
    }
    versions.to_vec()
}

fn read_at(host: &mut Host, at: &Value) -> Result<Value, selvage_tool::ToolError> {
    host.call(
        "read",
        json!({ "path": "a.bin", "at": at, "encoding": "base64" }),
    )
}

#[test]
fn after_ninety_days_the_last_version_of_a_day_is_left_and_the_others_say_which() {
    let mut host = Host::new();
    let versions = old_versions(&mut host);
    pass_days(&mut host, 89);
    assert!(read_at(&mut host, &versions[0]).is_ok());
    pass_days(&mut host, 4);
    let error = read_at(&mut host, &versions[0]).expect_err("thinned out");
    assert_eq!(error.code, ErrorCode::Thinned);
    assert!(error.message.contains("2024-02-1"), "{}", error.message);
    let hint = error.hint.expect("a hint");
    let nearest = versions[3][0].as_str().expect("heads");
    assert!(
        hint.contains("2023-11-14") && hint.contains(nearest),
        "{hint}"
    );
    let kept = read_at(&mut host, &versions[3]).expect("kept");
    assert_eq!(kept["content"], "AAAD");
    let history = host.ok("history", json!({ "path": "a.bin" }));
    let marks = history["changes"].as_array().expect("a list").iter();
    let marks: Vec<bool> = marks
        .map(|change| change.get("thinnedMs").is_some())
        .collect();
    assert_eq!(marks, [false, true, true, true]);
    for (name, input) in [
        ("restore", json!({ "path": "a.bin", "at": versions[0] })),
        ("restore", json!({ "at": versions[0] })),
    ] {
        let error = host.call(name, input).expect_err("not here");
        assert_eq!(error.code, ErrorCode::Thinned);
    }
}

#[test]
fn the_setting_is_a_file_and_one_that_cannot_be_read_lets_nothing_go() {
    for (setting, days, is_kept) in [
        (r#"{"days":30}"#, 30, false),
        (r#"{"days":0}"#, 0, true),
        ("thirty", 0, true),
        (r#"{"days":-1}"#, 0, true),
    ] {
        let mut host = Host::new();
        let versions = old_versions(&mut host);
        host.ok(
            "write",
            json!({ "path": "retention.json", "content": setting }),
        );
        pass_days(&mut host, 35);
        assert_eq!(
            read_at(&mut host, &versions[0]).is_ok(),
            is_kept,
            "{setting}"
        );
        let told = host.ok("thin_history", json!({}));
        assert_eq!((&told["days"], &told["done"]), (&json!(days), &json!(true)));
    }
}

#[test]
fn whoever_calls_the_tool_does_not_wait_for_the_time() {
    let mut host = Host::new();
    let versions = old_versions(&mut host);
    host.ok(
        "write",
        json!({ "path": "retention.json", "content": r#"{"days":30}"# }),
    );
    // The first look notes what is here; a day later it may go.
    assert_eq!(host.ok("thin_history", json!({}))["contents"], 0);
    host.now_ms += 40 * DAY_MS;
    let mut told = json!({ "done": false });
    while told["done"] == false {
        told = host.ok("thin_history", json!({}));
    }
    assert!(told["contents"].as_u64() >= Some(3), "{told}");
    assert!(read_at(&mut host, &versions[1]).is_err());
}

#[test]
fn what_a_run_read_and_wrote_stays() {
    let mut host = Host::with_runner();
    host.now_ms = 1_700_000_000_000;
    write(&mut host, "a.bin", "AAAA");
    let source = "export default async (flow) => { await flow.fs.write('a.bin', 'x'); };";
    host.start_flow(source, json!({}));
    host.finish(Ok(json!(1)), &[("a.bin", "written by the run")]);
    let record = host.ok("flow_runs", json!({}))["runs"][0].clone();
    let record = host.ok("flow_status", json!({ "run": record["run"] }));
    let versions = old_versions(&mut host);
    pass_days(&mut host, 95);
    assert!(read_at(&mut host, &versions[1]).is_err(), "others are gone");
    let before = read_at(&mut host, &record["headsIn"]).expect("what it read");
    assert_eq!(before["content"], "AAAA");
    let after = host.ok("read", json!({ "path": "a.bin", "at": record["headsOut"] }));
    assert_eq!(after["content"], "written by the run");
}
