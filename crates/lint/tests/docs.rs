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
    <!-- Made from the doc comments of crates/lint/src/rules by its test `docs`. -->\n\n\
    `lint_flow` reads a flow and never runs it. An *error* keeps the flow from running, a *warning* is probably not what was meant, and *info* is worth knowing.\n\
    `fix: true` makes the safe fixes and reports the rest. The interpreter's own parser has the first word on syntax; these rules come after it.\n\n";

/// The pages of the rules, by name.
fn pages() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
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

#[test]
fn every_rule_has_a_page_with_all_its_parts() {
    let pages = pages();
    for (rule, _) in rules() {
        assert!(pages.contains_key(rule), "{rule} has no file");
    }
    for (name, page) in &pages {
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
    let pages = pages();
    out.push_str("| code | severity |\n| --- | --- |\n");
    for name in pages.keys() {
        out.push_str(&format!("| [{name}](#{name}) | {} |\n", severity(name)));
    }
    for (name, page) in &pages {
        let body = page.split_once('\n').map_or("", |(_, body)| body).trim();
        out.push_str(&format!("\n## {name}\n\n{body}\n"));
    }
    expect_file![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lint.md")].assert_eq(&out);
}
