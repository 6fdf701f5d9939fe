//! The limitations that `docs/python.md` lists, compared with what lint finds: each is found, or the list says why it can't be.

#![allow(clippy::disallowed_methods, reason = "a test runs on a host")]

use guest_py::absent;
use guest_py::reading::{World, read, rules};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The words of a limitation that no rule can find.
const UNSEEN: &str = "can't be seen in a text";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The section of the page.
fn section() -> String {
    let page = fs::read_to_string(root().join("docs/python.md")).expect("the page");
    let (_, rest) = page
        .split_once("\n## What differs from CPython\n")
        .expect("the section");
    let section = rest.split("\n## ").next().expect("a section");
    section.to_owned()
}

/// The rows of the section's table: the program, what is otherwise, and what lint does.
fn rows(section: &str) -> Vec<[String; 3]> {
    let lines = section.lines().filter(|line| line.starts_with('|')).skip(2);
    lines
        .map(|line| {
            let inner = line.trim_matches('|').to_owned();
            let cells: Vec<String> = inner
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect();
            <[String; 3]>::try_from(cells).unwrap_or_else(|cells| panic!("{cells:?}"))
        })
        .collect()
}

/// What stands in backquotes.
fn quoted(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The messages of the rule about a text.
fn found(source: &str) -> Vec<String> {
    let world = World {
        path: "main.py",
        has: &|_| true,
    };
    let found = read(source, &world).diagnostics.into_iter();
    found
        .filter(|found| found.code == "known-limit")
        .map(|found| found.message)
        .collect()
}

/// What is wrong with a row.
fn wrong([_, what, lint]: &[String; 3]) -> Option<String> {
    let known: Vec<&str> = rules::LIMITS.iter().map(|limit| limit.subject).collect();
    let named = quoted(what);
    let ok = match lint.split(',').next().unwrap_or_default() {
        "`known-limit`" => named.iter().any(|name| known.contains(name)),
        "`unavailable-module`" => {
            !named.is_empty() && named.iter().all(|name| absent::why(name).is_some())
        }
        UNSEEN => !named.iter().any(|name| known.contains(name)),
        _ => false,
    };
    (!ok).then(|| format!("lint does not do what the row says, or the row says nothing: {what}"))
}

#[test]
fn every_limitation_that_is_listed_is_linted_or_said_to_be_invisible() {
    let rows = rows(&section());
    assert!(rows.len() >= 10, "{rows:?}");
    let wrong: Vec<String> = rows.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_row_without_a_rule_is_seen() {
    let row = |what: &str, lint: &str| wrong(&["".into(), what.into(), lint.into()]);
    assert_eq!(row("`ast.unparse` fails", "`known-limit`"), None);
    assert!(row("`ast.parse` fails", "`known-limit`").is_some());
    assert!(row("`ast.unparse` fails", UNSEEN).is_some());
    assert!(row("`csv` is left out", "`unavailable-module`").is_some());
    assert!(row("something is slow", "").is_some());
}

#[test]
fn every_limitation_that_is_linted_is_listed_once_and_has_a_case() {
    let rows = rows(&section());
    let cases = root().join("crates/guest-py/tests/fixtures/known-limit/fail-kinds.py");
    let messages: BTreeSet<String> = found(&fs::read_to_string(cases).expect("cases"))
        .into_iter()
        .collect();
    for limit in &rules::LIMITS {
        let listed = rows.iter().filter(|[_, what, lint]| {
            lint.starts_with("`known-limit`") && quoted(what).contains(limit.subject)
        });
        assert_eq!(listed.count(), 1, "{limit:?}");
    }
    assert_eq!(messages.len(), rules::LIMITS.len(), "{messages:#?}");
}

/// What stands elsewhere in the section would be compared with nothing.
#[test]
fn the_table_is_all_that_the_section_lists() {
    let section = section();
    let (_, after) = section.rsplit_once("|\n").expect("a table");
    assert_eq!(after.trim(), "", "words after the table");
    let rows = rows(&section);
    for entry in fs::read_dir(root().join("tests/python/corpus")).expect("the corpus") {
        let path = entry.expect("an entry").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "here")
        {
            let stem = path.file_stem().expect("a name").to_string_lossy();
            let program = format!("`{stem}.py`");
            let listed = rows.iter().any(|[name, ..]| *name == program);
            assert!(listed, "{program} has no row");
        }
    }
    for [name, ..] in rows.iter().filter(|[name, ..]| !name.is_empty()) {
        let kept = name.trim_matches('`').replace(".py", ".here");
        let path = root().join("tests/python/corpus").join(kept);
        assert!(path.exists(), "{name} gets through");
    }
}

#[test]
fn looking_takes_about_as_long_as_the_text_is() {
    let aliases: String = (1..20_000).fold("import lzma\na0 = lzma\n".to_owned(), |text, nth| {
        text + &format!("a{nth} = a{}\na{nth}.compress(b'')\n", nth - 1)
    });
    let deep = format!(
        "import time\n{}.sleep(1)\n",
        "time".to_owned() + &".time".repeat(500)
    );
    let texts = [
        // An alias of an alias is followed for some steps alone.
        (aliases, true),
        (
            "import time\n".to_owned() + &"f(time.sleep)(time.sleep(1))\n".repeat(20_000),
            true,
        ),
        (deep.repeat(50), false),
        (
            "from time import *\n".to_owned() + &"x.sleep(1)\n".repeat(20_000),
            false,
        ),
    ];
    for (text, finds) in texts {
        assert_eq!(!found(&text).is_empty(), finds, "{}", &text[..60]);
    }
}
