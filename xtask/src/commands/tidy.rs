//! `tidy`: what a compiler doesn't check. Each rule is a test of this package, too.
//!
//! - **Layers.** A package uses only the workspace packages below it, and some libraries have one door: the package that knows
//!   them. The table is [`LAYERS`].
//! - **Files.** A file is a unit of reading, so it has a last line; a Rust file begins by saying what it is.
//! - **Links.** A link in a page of the docs leads to a file that is there.

use crate::commands::Command;
use crate::{Arguments, root};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// See the module.
pub const COMMAND: Command = Command {
    name: "tidy",
    usage: "",
    about: "checks layers, file lengths, docs",
    run,
};

/// What each package may use of the workspace: imports point down only.
const LAYERS: &[(&str, &[&str])] = &[
    ("selvage-vfs", &[]),
    ("selvage-sync", &["selvage-vfs"]),
    ("selvage-trust", &[]),
    ("selvage-relay", &[]),
    ("selvage-courier", &["selvage-relay", "selvage-trust"]),
    (
        "selvage-fuzz",
        &[
            "selvage-clients",
            "selvage-courier",
            "selvage-lint",
            "selvage-relay",
            "selvage-sync",
            "selvage-tool",
            "selvage-trust",
            "selvage-vfs",
            "selvage-workbench",
        ],
    ),
    ("selvage-site", &[]),
    ("selvage-clients", &["selvage-vfs"]),
    (
        "selvage-serve",
        &[
            "selvage-relay",
            "selvage-site",
            "selvage-courier",
            "selvage-sync",
            "selvage-vfs",
            "selvage-clients",
            "selvage-host",
            "selvage-jobs",
        ],
    ),
    ("selvage-tool", &[]),
    ("selvage-lint", &["selvage-tool"]),
    ("selvage-provenance", &["selvage-tool"]),
    ("selvage-manifest", &["selvage-tool"]),
    ("selvage-secrets", &["selvage-tool"]),
    ("selvage-sandbox", &["selvage-tool"]),
    ("selvage-guest", &["selvage-tool"]),
    ("guest-js", &["selvage-guest", "selvage-tool"]),
    ("guest-py", &["selvage-guest", "selvage-tool"]),
    ("guest-ruff", &["selvage-guest", "selvage-tool"]),
    // It stands on the registry's package of the same name.
    ("unicode_names2", &["unicode_names2"]),
    (
        "selvage-workbench",
        &[
            "selvage-sync",
            "selvage-vfs",
            "selvage-tool",
            "selvage-lint",
            "selvage-provenance",
        ],
    ),
    (
        "selvage-wasm",
        &[
            "selvage-workbench",
            "selvage-manifest",
            "selvage-sandbox",
            "selvage-secrets",
            "selvage-vfs",
            "selvage-sync",
            "selvage-tool",
            "selvage-courier",
        ],
    ),
    (
        "selvage-host",
        &[
            "selvage-workbench",
            "selvage-manifest",
            "selvage-sandbox",
            "selvage-vfs",
            "selvage-tool",
        ],
    ),
    ("selvage-jobs", &["selvage-host", "selvage-tool"]),
    ("selvage-mirror", &["selvage-vfs"]),
    (
        "selvage-cli",
        &[
            "selvage-host",
            "selvage-jobs",
            "selvage-mirror",
            "selvage-provenance",
            "selvage-secrets",
            "selvage-serve",
            "selvage-workbench",
            "selvage-vfs",
            "selvage-tool",
        ],
    ),
    ("xtask", &["selvage-site"]),
];

/// Libraries behind a door: the package that knows them, and nobody else.
const DOORS: &[(&str, &[&str])] = &[
    ("automerge", &["selvage-vfs"]),
    ("yrs", &["selvage-vfs"]),
    (
        "redb",
        &[
            "selvage-vfs",
            "selvage-wasm",
            "selvage-host",
            "selvage-serve",
        ],
    ),
    ("wasm-bindgen", &["selvage-wasm"]),
    ("web-sys", &["selvage-wasm"]),
    ("wasmtime", &["selvage-host"]),
    ("boa_engine", &["guest-js"]),
    ("rustpython-vm", &["guest-py"]),
    ("ruff_linter", &["guest-ruff"]),
];

/// The most lines of a source file, the unit tests at its end aside.
const FILE_LINES_MAX: usize = 400;

/// Folders that people write in.
const WRITTEN: [&str; 7] = ["crates", "web", "worker", "xtask", "tests", "docs", ".ci"];
/// Folders in them that programs write in.
const GENERATED: [&str; 4] = ["node_modules", "target", "generated", "output"];

fn run(arguments: Arguments) -> Result<()> {
    arguments.end()?;
    let problems = [layers(&packages()?), files()?, links()?].concat();
    for problem in &problems {
        println!("{problem}");
    }
    ensure!(problems.is_empty(), "{} to tidy", problems.len());
    println!("all tidy");
    Ok(())
}

/// What each workspace package is built from, tests aside.
fn packages() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut cargo = std::process::Command::new("cargo");
    cargo
        .current_dir(root::root())
        .args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = cargo.output().context("cannot start cargo")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let name = |value: &serde_json::Value| value["name"].as_str().unwrap_or_default().to_owned();
    let mut packages = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        let built_from = list(&package["dependencies"])
            .into_iter()
            .filter(|dependency| dependency["kind"] != "dev");
        packages.insert(
            name(&package),
            built_from.map(|dependency| name(&dependency)).collect(),
        );
    }
    Ok(packages)
}

fn layers(packages: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut problems = Vec::new();
    for (package, used) in packages {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| name == package) else {
            problems.push(format!(
                "{package} has no place in the layers: give it one in xtask/src/commands/tidy.rs"
            ));
            continue;
        };
        for name in used
            .iter()
            .filter(|name| packages.contains_key(*name) && !allowed.contains(&name.as_str()))
        {
            problems.push(format!("{package} uses {name}, which is not below it"));
        }
        for (library, doors) in DOORS {
            if used.contains(*library) && !doors.contains(&package.as_str()) {
                problems.push(format!(
                    "{package} uses {library}, which only {} may know",
                    doors.join(" and ")
                ));
            }
        }
    }
    let gone = LAYERS
        .iter()
        .filter(|(name, _)| !packages.contains_key(*name));
    problems.extend(gone.map(|(name, _)| format!("the layers name {name}, which is no package")));
    problems
}

fn files() -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for path in written()? {
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or("");
        if !matches!(extension, "rs" | "ts" | "mjs" | "js" | "svelte" | "css") {
            continue;
        }
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        problems.extend(file(&shown(&path), &text));
    }
    Ok(problems)
}

fn file(name: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let code = text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    let lines = code.lines().count();
    if lines > FILE_LINES_MAX {
        problems.push(format!(
            "{name} has {lines} lines, more than {FILE_LINES_MAX}: find the two things it is about"
        ));
    }
    let is_module =
        name.ends_with(".rs") && !name.contains("tests/") && !name.ends_with("/tests.rs");
    if is_module && !text.starts_with("//!") {
        problems.push(format!("{name} does not begin with what it is (`//!`)"));
    }
    problems
}

fn links() -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let top = ["README.md", "CHANGELOG.md"]
        .map(root::at)
        .into_iter()
        .filter(|path| path.is_file());
    for path in written()?
        .into_iter()
        .chain(top)
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
    {
        let text = std::fs::read_to_string(&path)?;
        let folder = path.parent().context("a file lies in a folder")?;
        let broken = targets(&text)
            .into_iter()
            .filter(|target| !folder.join(target).exists());
        problems.extend(
            broken.map(|target| format!("{} links to {target}, which is not there", shown(&path))),
        );
    }
    Ok(problems)
}

/// The files that a Markdown text links to.
fn targets(text: &str) -> Vec<String> {
    let after = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next());
    let files = after.map(|target| target.split('#').next().unwrap_or(""));
    files
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .map(str::to_owned)
        .collect()
}

fn written() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = WRITTEN
        .iter()
        .map(root::at)
        .filter(|path| path.is_dir())
        .collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if !path.is_dir() {
                found.push(path);
            } else if !GENERATED.iter().any(|name| path.ends_with(name)) {
                open.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root::root())
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(problems: Vec<String>) {
        assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    }

    #[test]
    fn imports_point_down_only() {
        none(layers(&packages().expect("cargo metadata")));
    }

    #[test]
    fn every_file_is_a_unit_of_reading() {
        none(files().expect("readable"));
    }

    #[test]
    fn every_link_leads_somewhere() {
        none(links().expect("readable"));
    }

    #[test]
    fn what_is_untidy_is_found() {
        let mut packages = packages().expect("cargo metadata");
        packages
            .entry("selvage-tool".to_owned())
            .or_default()
            .extend(["selvage-vfs".to_owned(), "yrs".to_owned()]);
        packages.insert("selvage-util".to_owned(), BTreeSet::new());
        packages.remove("selvage-lint");
        assert_eq!(layers(&packages).len(), 4);

        assert_eq!(file("a/b.rs", "//! What it is.\n").len(), 0);
        assert_eq!(file("a/b.rs", "fn main() {}\n").len(), 1);
        assert_eq!(file("a/b.ts", &"line\n".repeat(FILE_LINES_MAX)).len(), 0);
        assert_eq!(
            file("a/b.ts", &"line\n".repeat(FILE_LINES_MAX + 1)).len(),
            1
        );

        let tests = format!(
            "//! It.\n\n#[cfg(test)]\nmod tests {{\n{}}}\n",
            "line\n".repeat(FILE_LINES_MAX)
        );
        assert_eq!(file("a/b.rs", &tests).len(), 0);

        let text = "[a](docs/a.md#part) [b](https://b.example) [c](#here) ![d](d.png \"title\")";
        assert_eq!(targets(text), ["docs/a.md", "d.png"]);
    }
}
