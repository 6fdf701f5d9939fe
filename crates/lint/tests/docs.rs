//! `docs/lint.md` is made of the rules' doc comments: `UPDATE_EXPECT=1 cargo test -p selvage-lint --test docs`.

// Tests are hosts: they read fixtures, and start threads with a browser's stack.
#![allow(clippy::disallowed_methods)]

use expect_test::expect_file;
use selvage_lint::rules;
use selvage_tool::Severity;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const HEAD: &str = "# Lint\n\n\
    <!-- Made from the doc comments of crates/lint/src/rules and crates/guest-py/src/reading/rules, and from crates/guest-ruff/rules.txt, by the test `docs` of crates/lint. -->\n\n\
    `lint_flow` reads a flow and never runs it. An *error* keeps the flow from running, a *warning* is probably not what was meant, and *info* is worth knowing.\n\
    `fix: true` makes the safe fixes and reports the rest. The interpreter's own parser has the first word on syntax; these rules come after it.\n\
    It reads what flows import, too: Python in every folder, and `.js` and `.mjs`, of which it asks no entry. The editor shows what it says of flows and of Python; a `.js` file may be a page's, which has other names.\n\n";

/// Where the rules are.
const RULES: &str = "src/rules";

/// Where those for Python are.
const PYTHON_RULES: &str = "../guest-py/src/reading/rules";

/// The part about Python, whose rules live where its parser is.
const PYTHON: &str = "\n# Lint of Python\n\n\
    The guest reads Python files, once for each text, and lint answers when it has. Without a free executor it answers without these findings.\n\
    It also warns of files that a name alone does not tell apart (`name-clash`, with a new name as its fix): two with something to run, or two [modules](python.md#modules) below folders of `modules/`; and of a file that is not run where it lies (`misplaced-flow`), by the table of [folders](python.md#folders).\n\n\
    These rules decide whether a run will do, and know the workspace: what can be run, what imports lead to, what a run has. They come first.\n\n";

/// The part about ruff, whose rules have pages of their own.
const RUFF: &str = "\n# Rules of ruff\n\n\
    What the interpreter can read, ruff looks at next (`ruff_linter`, in a guest of its own that is fetched when somebody looks at Python). \
    What it finds keeps nothing from running. Its fixes are made by `fix: true` where ruff calls them safe, and offered otherwise. \
    `# noqa: CODE` at the end of a line leaves that line alone. Where its guest can't be had, lint answers without.\n\n\
    Left out are rules of taste, those that a formatter makes idle, what the interpreter refuses itself, and what would call the last expression of a script useless, which is its result.\n\n\
    `format: true` lays a Python file out as ruff's formatter does, in the same change as the fixes.\n\n";

/// Which rules of ruff are looked with.
const RUFF_RULES: &str = include_str!("../../guest-ruff/rules.txt");

/// The pages of the rules in a folder, by name.
fn pages(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("rules") {
        let file = entry.expect("entry").path();
        let name = file
            .file_stem()
            .expect("name")
            .to_string_lossy()
            .replace('_', "-");
        if name == "mod" || name == "cases" {
            continue;
        }
        let source = fs::read_to_string(&file).expect("text");
        let doc: Vec<&str> = source
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map(str::trim)
            .collect();
        pages.insert(name, doc.join("\n"));
    }
    pages
}

/// The pages of the rules for Python: how bad what each finds is, and what it says of itself.
fn pages_of_python() -> BTreeMap<String, (String, String)> {
    let split = |page: String| {
        let (_, page) = page.split_once("**Severity.** ").expect("a severity");
        let (severity, body) = page.split_once('\n').expect("more lines");
        (severity.to_owned(), body.trim().to_owned())
    };
    pages(PYTHON_RULES)
        .into_iter()
        .map(|(name, page)| (name, split(page)))
        .collect()
}

#[test]
fn every_rule_has_a_page_with_all_its_parts() {
    let (pages, python) = (pages(RULES), pages(PYTHON_RULES));
    for (rule, _) in rules() {
        assert!(pages.contains_key(rule), "{rule} has no file");
    }
    for (name, page) in pages.iter().chain(&python) {
        assert!(
            page.starts_with(&format!("# {name}\n")),
            "{name}: the page begins with its name"
        );
        for part in ["**What it does.**", "**Why.**", "**Example.**", "**Fix.**"] {
            assert!(page.contains(part), "{name}: {part} is missing");
        }
    }
}

#[test]
fn the_document_is_fresh() {
    // What is found before there is a tree keeps the flow from running.
    let severity = |name: &str| {
        let found = rules()
            .find(|(rule, _)| *rule == name)
            .map_or(Severity::Error, |(_, severity)| severity);
        format!("{found:?}").to_lowercase()
    };
    let mut out = HEAD.to_owned();
    let pages = pages(RULES);
    out.push_str("| code | severity |\n| --- | --- |\n");
    for name in pages.keys() {
        out.push_str(&format!("| [{name}](#{name}) | {} |\n", severity(name)));
    }
    for (name, page) in &pages {
        let body = page.split_once('\n').map_or("", |(_, body)| body).trim();
        out.push_str(&format!("\n## {name}\n\n{body}\n"));
    }
    out.push_str(PYTHON);
    out.push_str("| code | severity |\n| --- | --- |\n");
    let python = pages_of_python();
    for (name, (severity, _)) in &python {
        out.push_str(&format!("| [{name}](#python-{name}) | {severity} |\n"));
    }
    for (name, (_, body)) in &python {
        out.push_str(&format!("\n## Python: {name}\n\n{body}\n"));
    }
    out.push_str(RUFF);
    out.push_str("| code | for `noqa` | severity |\n| --- | --- | --- |\n");
    for line in RUFF_RULES.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let (name, code, severity) = (words[0], words[1], words[2]);
        let page = format!("https://docs.astral.sh/ruff/rules/{name}");
        out.push_str(&format!("| [{name}]({page}) | {code} | {severity} |\n"));
    }
    expect_file![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint.md")].assert_eq(&out);
}
