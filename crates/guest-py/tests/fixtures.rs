//! Python files, and what is read off them.
//!
//! `tests/fixtures/<rule>/pass-*.py` must be without findings of that rule, `fail-*.py` with some; in `entries` stand files for
//! what they offer. Beside each stands `.snap`: the whole reading. To add a case, add the file and run with `UPDATE_EXPECT=1`.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

use expect_test::expect_file;
use guest_py::reading::read;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

fn render(source: &str) -> String {
    let reading = read(source);
    let mut out = String::new();
    for entry in &reading.entries {
        let mut entry = entry.clone();
        let parameters = std::mem::take(&mut entry.parameters);
        let json = |value: serde_json::Result<String>| value.expect("JSON");
        let _ = writeln!(out, "entry: {}", json(serde_json::to_string(&entry)));
        for parameter in parameters {
            let _ = writeln!(out, "    {}", json(serde_json::to_string(&parameter)));
        }
    }
    out
}

#[test]
fn every_fixture_is_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seen = 0;
    for folder in files(&root) {
        for file in files(&folder) {
            if file.extension().is_none_or(|extension| extension != "py") {
                continue;
            }
            let source = fs::read_to_string(&file).expect("text");
            expect_file![file.with_extension("py.snap")].assert_eq(&render(&source));
            seen += 1;
        }
    }
    assert!(seen >= 2, "fixtures were found");
}
