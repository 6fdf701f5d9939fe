//! How much is looked at when files move, and what is told of the rest.

use super::told::left;
use super::{MONEY, go, has, host, write};
use crate::common::Host;
use serde_json::json;
use std::fmt::Write as _;

const IMPORT: &str = "from modules.money import total\n";
const FOLLOWED: &str = "from modules.coins import total\n";

/// As many files as are written by one patch.
fn add(host: &mut Host, paths: impl Iterator<Item = String>, line: &str) {
    let mut patch = "*** Begin Patch\n".to_owned();
    for path in paths {
        let _ = write!(patch, "*** Add File: {path}\n+{line}\n");
    }
    patch.push_str("*** End Patch\n");
    host.ok("apply_patch", json!({ "patch": patch }));
}

#[test]
fn only_files_that_may_name_what_moves_count_and_python_comes_first() {
    let mut host = host(&[("modules/money.py", MONEY), ("x/last.py", IMPORT)]);
    write(&mut host, &[("forms/last.yaml", "run: modules/money.py\n")]);
    add(&mut host, (0..2_000).map(|n| format!("data/{n}.json")), "1");
    add(
        &mut host,
        (0..1_999).map(|n| format!("w/{n}.json")),
        "\"money\"",
    );
    let moved = go(&mut host, "modules/money.py", "modules/coins.py");
    let all = left(&moved);
    assert_eq!(all.len(), 1, "{all:?}");
    let end = ": more than 2000 files may name what moves";
    assert!(all[0].starts_with("w/") && all[0].ends_with(end), "{all:?}");
    has(
        &mut host,
        &[
            ("x/last.py", FOLLOWED),
            ("forms/last.yaml", "run: modules/coins.py\n"),
        ],
    );
}

#[test]
fn so_many_are_told_of() {
    let mut host = host(&[("modules/money.py", MONEY)]);
    add(
        &mut host,
        (0..30).map(|n| format!("b/{n:02}.py")),
        "money = '''",
    );
    let moved = go(&mut host, "modules/money.py", "modules/coins.py");
    assert_eq!(left(&moved).len(), 20);
}

#[test]
fn so_many_bytes_are_looked_at() {
    let mut host = host(&[("modules/money.py", MONEY), ("x.py", IMPORT)]);
    let large = " ".repeat(3 * 1024 * 1024);
    for n in 0..11 {
        let content = format!("{n}{large}");
        write(&mut host, &[(&format!("data/{n:02}.json"), &content)]);
    }
    let moved = go(&mut host, "modules/money.py", "modules/coins.py");
    assert_eq!(
        left(&moved),
        ["data/10.json: more than 32 MiB were to be looked at"]
    );
    has(&mut host, &[("x.py", FOLLOWED)]);
}

#[test]
fn so_many_names_are_imported_in_a_text() {
    let mut host = host(&[("modules/money.py", MONEY)]);
    let text = |most: &str| format!("{}{IMPORT}", most.repeat(250));
    let fits = text("import a, b\n").replacen("import a, b\n", "import a\n", 1);
    write(
        &mut host,
        &[("fits.py", &fits), ("more.py", &text("import a, b\n"))],
    );
    let moved = go(&mut host, "modules/money.py", "modules/coins.py");
    has(
        &mut host,
        &[
            ("fits.py", &fits.replace(IMPORT, FOLLOWED)),
            ("more.py", &text("import a, b\n")),
        ],
    );
    assert_eq!(left(&moved), ["more.py: it imports more than 500 names"]);
}

#[test]
fn a_package_is_looked_at_for_what_it_says_up_to_a_size() {
    let mut host = host(&[
        ("lib/__init__.py", &"#".repeat(256 * 1024 + 1)),
        ("lib/money.py", MONEY),
        ("a.py", "from lib import money\n"),
    ]);
    let moved = go(&mut host, "lib/money.py", "lib/coins.py");
    has(&mut host, &[("a.py", "from lib import money\n")]);
    assert_eq!(
        left(&moved),
        ["a.py: `lib/__init__.py` is too large to be looked at"]
    );
}

#[test]
fn so_many_files_of_one_name_are_told_apart() {
    let mut host = host(&[("x.yaml", "run: workflow::a::go\n")]);
    add(&mut host, (0..21).map(|n| format!("f/{n}/a.py")), "# a");
    let moved = go(&mut host, "f/0/a.py", "f/0/b.py");
    assert_eq!(left(&moved), ["x.yaml: more than 20 files are called `a`"]);
}

#[test]
fn many_references_to_files_of_one_name_are_answered_once() {
    let mut host = host(&[]);
    add(&mut host, (0..20).map(|n| format!("f/{n}/a.py")), "# a");
    let same = "\"workflow::a::go\",".repeat(60_000);
    for n in 0..3 {
        write(&mut host, &[(&format!("{n}.json"), &format!("[{same} 1]"))]);
    }
    let moved = go(&mut host, "f/0/a.py", "f/0/b.py");
    let told = left(&moved);
    let why = "several files are called `a`";
    assert_eq!(told, [0, 1, 2].map(|n| format!("{n}.json: {why}")));
    // Each is read once.
    host.checked.sort();
    let all = host.checked.len();
    host.checked.dedup();
    assert_eq!((all, host.checked.len()), (20, 20));
    host.ok("undo", json!({}));
    // Of more of them, so many are looked at.
    add(&mut host, (20..3_000).map(|n| format!("f/{n}/a.py")), "1");
    let other = (0..60_000).fold(String::new(), |mut all, n| {
        let _ = write!(all, "\"workflow::a::f{n}\",");
        all
    });
    write(&mut host, &[("3.json", &format!("[{other} 1]"))]);
    let moved = go(&mut host, "f/2999/a.py", "f/2999/b.py");
    let why = "more than 20 files are called `a`";
    assert_eq!(
        left(&moved),
        [0, 1, 2, 3].map(|n| format!("{n}.json: {why}"))
    );
}

#[test]
fn a_patch_of_many_steps_is_folded_once() {
    let mut host = host(&[("modules/money.py", MONEY), ("a.py", IMPORT)]);
    add(&mut host, (0..3_000).map(|n| format!("d/{n}.py")), "1");
    let mut patch = "*** Begin Patch\n".to_owned();
    for n in 0..3_000 {
        let _ = writeln!(patch, "*** Delete File: d/{n}.py");
    }
    patch.push_str("*** Update File: modules/money.py\n*** Move to: modules/coins.py\n@@\n-    return 1\n+    return 2\n*** End Patch\n");
    host.ok("apply_patch", json!({ "patch": patch }));
    has(&mut host, &[("a.py", FOLLOWED)]);
}
