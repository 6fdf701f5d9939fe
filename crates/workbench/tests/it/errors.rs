//! The table of `tests/errors/cases.json`: what each error looks like from outside. The cases that
//! need no interpreter run here; the browser's test runs all of them.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

use crate::common::Host;
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::storage::{Batch, Loaded, MemoryStorage, Storage};
use selvage_vfs::{Hash, NodeId, VfsError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Codes that no call from outside can bring about, and the tests that bring them about: a file and a function that names the code.
const ELSEWHERE: &[(ErrorCode, &str)] = &[
    (
        ErrorCode::StorageFull,
        "crates/workbench/tests/it/errors.rs: a_full_storage_refuses_the_write_and_goes_on_reading",
    ),
    (
        ErrorCode::StorageFailed,
        "crates/workbench/tests/it/errors.rs: a_failing_storage_keeps_nothing_of_the_change",
    ),
    (
        ErrorCode::Thinned,
        "crates/workbench/tests/it/retention.rs: after_ninety_days_the_last_version_of_a_day_is_left_and_the_others_say_which",
    ),
    (
        ErrorCode::Damaged,
        "crates/workbench/tests/it/errors.rs: a_damaged_content_has_a_code_of_its_own_and_is_not_served",
    ),
    (
        ErrorCode::ScopeChanged,
        "crates/workbench/tests/it/mounting.rs: a_parent_that_two_devices_updated_apart_is_told_and_does_not_run_until_it_is_mounted_again",
    ),
    (
        ErrorCode::GuestCrashed,
        "crates/workbench/tests/it/runs.rs: an_executor_that_dies_takes_one_run_with_it_and_the_next_goes_on_elsewhere",
    ),
    (
        ErrorCode::ExecutorUnavailable,
        "crates/workbench/tests/it/places.rs: a_run_that_gets_no_place_has_failed_in_the_end_and_can_be_cancelled_before",
    ),
    (
        ErrorCode::Internal,
        "crates/sandbox/src/calls/tests.rs: a_file_that_is_larger_than_the_memory_is_refused_as_that_before_its_bytes_are_asked_for",
    ),
];

fn cases() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/errors/cases.json");
    let text = std::fs::read_to_string(path).expect("the table of errors");
    let table: Value = serde_json::from_str(&text).expect("JSON");
    table["cases"].as_array().expect("cases").clone()
}

/// A case's value with `{"$repeat": [text, times]}` written out.
fn written_out(value: &Value) -> Value {
    match value {
        Value::Object(fields) => match fields.get("$repeat").and_then(Value::as_array) {
            Some(repeat) => {
                let times = repeat[1].as_u64().expect("a count") as usize;
                json!(repeat[0].as_str().expect("a text").repeat(times))
            }
            None => fields
                .iter()
                .map(|(key, value)| (key.clone(), written_out(value)))
                .collect(),
        },
        Value::Array(items) => items.iter().map(written_out).collect(),
        other => other.clone(),
    }
}

fn call(host: &mut Host, call: &Value) -> Result<Value, ToolError> {
    let name = call["name"].as_str().expect("a tool's name");
    let number = host.start(name, written_out(&call["input"]));
    host.reply(number)
        .unwrap_or_else(|| panic!("`{name}` waits for an interpreter: mark the case with `run`"))
}

#[test]
fn every_case_fails_as_the_table_says_and_names_what_to_do() {
    let mut host = Host::new();
    let mut ran = 0;
    for case in cases().iter().filter(|case| case.get("run").is_none()) {
        let why = case["why"].as_str().unwrap_or_default();
        for step in case["setup"].as_array().into_iter().flatten() {
            call(&mut host, step)
                .unwrap_or_else(|error| panic!("{why}: its setup failed: {error:?}"));
        }
        for _ in 1..case["times"].as_u64().unwrap_or(1) {
            let _ = call(&mut host, &case["call"]);
        }
        let error = call(&mut host, &case["call"]).expect_err(why);
        assert_eq!(error.code.as_str(), case["code"], "{why}: {error:?}");
        assert!(
            error.message.ends_with('.') || error.message.ends_with(')'),
            "{why}: {}",
            error.message
        );
        assert!(error.hint.is_some(), "{why}: no hint in {error:?}");
        let error = json!(error);
        for (field, expected) in case["expect"].as_object().into_iter().flatten() {
            assert_eq!(&error[field], expected, "{why}: {field}");
        }
        ran += 1;
    }
    assert!(ran > 20, "the table has been read");
}

#[test]
fn every_code_has_a_test() {
    let mut tested: BTreeSet<String> = cases()
        .iter()
        .filter_map(|case| case["code"].as_str().map(str::to_owned))
        .collect();
    tested.extend(ELSEWHERE.iter().map(|(code, _)| code.as_str().to_owned()));
    let untested: Vec<_> = ErrorCode::ALL
        .iter()
        .filter(|code| !tested.contains(code.as_str()))
        .collect();
    assert!(untested.is_empty(), "no test brings about {untested:?}");
}

#[test]
fn every_test_that_brings_a_code_about_is_there_and_names_it() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for (code, place) in ELSEWHERE {
        let (file, name) = place.split_once(": ").expect("a file and a function");
        let text = std::fs::read_to_string(format!("{root}/{file}")).expect(file);
        let head = format!("#[test]\nfn {name}() {{\n");
        let (_, test) = text.split_once(&head).expect(place);
        let (body, _) = test.split_once("\n}\n").expect(place);
        let named = format!("ErrorCode::{code:?}");
        assert!(
            body.contains(&named) || body.contains(&format!("\"{}\"", code.as_str())),
            "{place} does not name {}",
            code.as_str()
        );
    }
}

#[test]
fn a_full_storage_refuses_the_write_and_goes_on_reading() {
    let mut host = Host::with_storage(Box::new(MemoryStorage::with_bytes_max(400_000)));
    host.ok("write", json!({ "path": "kept.txt", "content": "kept" }));
    let error = host
        .call(
            "write",
            json!({ "path": "large.txt", "content": "x".repeat(1_000_000) }),
        )
        .expect_err("full");
    assert_eq!(error.code, ErrorCode::StorageFull);
    assert!(error.hint.is_some());
    assert_eq!(
        host.ok("read", json!({ "path": "kept.txt" }))["content"],
        "kept"
    );
    host.ok("write", json!({ "path": "small.txt", "content": "fits" }));
}

/// A storage whose disk goes away when it is told to.
struct Failing {
    inner: MemoryStorage,
    gone: Arc<AtomicBool>,
    /// No content can be read.
    damaged: Arc<AtomicBool>,
}

impl Storage for Failing {
    fn load(&mut self) -> Result<Loaded, VfsError> {
        self.inner.load()
    }

    fn blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, VfsError> {
        match self.damaged.load(Ordering::Relaxed) {
            true => Err(VfsError::Damaged {
                why: "a block is not as it was written".into(),
            }),
            false => self.inner.blob(hash),
        }
    }

    fn blob_size(&self, hash: &Hash) -> Result<Option<u64>, VfsError> {
        self.inner.blob_size(hash)
    }

    fn text(&self, node: &NodeId) -> Result<Vec<Vec<u8>>, VfsError> {
        self.inner.text(node)
    }

    fn size_bytes(&self) -> Result<u64, VfsError> {
        self.inner.size_bytes()
    }

    fn commit(&mut self, batch: Batch) -> Result<(), VfsError> {
        match self.gone.load(Ordering::Relaxed) {
            true => Err(VfsError::StorageFailed {
                why: "the disk is gone".into(),
            }),
            false => self.inner.commit(batch),
        }
    }
}

#[test]
fn a_failing_storage_keeps_nothing_of_the_change() {
    let gone = Arc::new(AtomicBool::new(false));
    let mut host = Host::with_storage(Box::new(Failing {
        inner: MemoryStorage::new(),
        gone: gone.clone(),
        damaged: Arc::default(),
    }));
    gone.store(true, Ordering::Relaxed);
    let error = host
        .call("write", json!({ "path": "lost.txt", "content": "x" }))
        .expect_err("the disk is gone");
    assert_eq!(error.code, ErrorCode::StorageFailed);
    assert!(error.hint.is_some());
    gone.store(false, Ordering::Relaxed);
    assert_eq!(
        host.call("read", json!({ "path": "lost.txt" }))
            .expect_err("not kept")
            .code,
        ErrorCode::NotFound
    );
}

#[test]
fn a_damaged_content_has_a_code_of_its_own_and_is_not_served() {
    let damaged = Arc::new(AtomicBool::new(false));
    let mut host = Host::with_storage(Box::new(Failing {
        inner: MemoryStorage::new(),
        gone: Arc::default(),
        damaged: damaged.clone(),
    }));
    host.ok("write", json!({ "path": "a.txt", "content": "kept" }));
    damaged.store(true, Ordering::Relaxed);
    let error = host
        .call("read", json!({ "path": "a.txt" }))
        .expect_err("damaged");
    assert_eq!(error.code, ErrorCode::Damaged);
    assert!(error.hint.is_some());
    assert_eq!(host.ok("stat", json!({ "path": "a.txt" }))["size"], 4);
}
