//! The list of wasm artifacts and their size budgets: `wasm-pack.toml`.

use crate::root;
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The list as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// What the browser loads before a person can work.
    pub first_load: FirstLoad,
    /// Grafts of every artifact, beside its own: see [`crate::graft`].
    #[serde(default)]
    pub graft: BTreeMap<String, String>,
    /// What to build, in this order.
    pub artifact: Vec<Artifact>,
    /// What only benchmarks load: no part of the page, and built when it is asked for.
    #[serde(default)]
    pub bench: Vec<Artifact>,
}

/// The budget of the first load.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstLoad {
    /// The most kilobytes (of 1000 bytes) that the page and everything it loads may have, brotli-compressed.
    pub budget_brotli_kb: u64,
}

/// One program to build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Its name, and that of what comes out.
    pub name: String,
    /// What is made of it.
    pub kind: Kind,
    /// The cargo package.
    pub package: String,
    /// The compilation target.
    pub target: String,
    /// The cargo profile.
    pub profile: String,
    /// The package's features; its default ones are off.
    #[serde(default)]
    pub features: Vec<String>,
    /// Flags for rustc, for the package and all it depends on.
    #[serde(default)]
    pub rustflags: Vec<String>,
    /// Beginnings of the names of functions that can never run, for a guest: see [`crate::snip`].
    #[serde(default)]
    pub snip: Vec<String>,
    /// Functions of dependencies, and those of our own that stand in for them: see [`crate::graft`].
    #[serde(default)]
    pub graft: BTreeMap<String, String>,
    /// How many libraries of frozen Python modules a guest has: see [`crate::frozen`].
    #[serde(default)]
    pub frozen: usize,
    /// Loaded when it is wanted and not before: no part of the first load.
    #[serde(default)]
    pub lazy: bool,
    /// Arguments for `wasm-opt`.
    pub optimize: Vec<String>,
    /// The most kilobytes (of 1000 bytes) that the wasm may have, brotli-compressed.
    pub budget_brotli_kb: u64,
}

/// What is made of a wasm program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A library with JS bindings: `<name>/<name>.js`, `<name>/<name>_bg.wasm` and its typings.
    Bindgen,
    /// A guest that speaks the guest ABI and counts its fuel: `<name>.wasm`.
    Guest,
}

impl Artifact {
    /// Where the wasm lies when it is done.
    pub fn wasm(&self) -> PathBuf {
        let folder = root::artifacts();
        match self.kind {
            Kind::Bindgen => folder
                .join(&self.name)
                .join(format!("{}_bg.wasm", self.name)),
            Kind::Guest => folder.join(format!("{}.wasm", self.name)),
        }
    }

    /// The programs that a browser fetches: a guest comes in halves, see [`crate::halves`].
    pub fn shipped(&self) -> Vec<PathBuf> {
        match self.kind {
            Kind::Bindgen => vec![self.wasm()],
            Kind::Guest => ["core", "rest"]
                .map(|half| self.wasm().with_extension(format!("{half}.wasm")))
                .into(),
        }
    }

    /// Every file that is made, next to each other in the cache.
    pub fn outputs(&self) -> Vec<PathBuf> {
        let folder = root::artifacts().join(&self.name);
        match self.kind {
            Kind::Bindgen => vec![
                self.wasm(),
                folder.join(format!("{}.js", self.name)),
                folder.join(format!("{}.d.ts", self.name)),
                folder.join(format!("{}_bg.wasm.d.ts", self.name)),
            ],
            Kind::Guest => vec![self.wasm()],
        }
    }
}

/// Reads `wasm-pack.toml`.
///
/// # Errors
/// When it isn't there, isn't understood, or names an artifact twice.
pub fn list() -> Result<List> {
    let path = root::at("wasm-pack.toml");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).context("wasm-pack.toml")
}

fn parse(text: &str) -> Result<List> {
    let mut list: List = toml::from_str(text)?;
    for artifact in list.artifact.iter_mut().chain(&mut list.bench) {
        artifact.graft.extend(list.graft.clone());
    }
    let mut names = BTreeSet::new();
    for artifact in list.artifact.iter().chain(&list.bench) {
        ensure!(
            names.insert(&artifact.name),
            "{} is listed twice",
            artifact.name
        );
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(
            artifact.kind == Kind::Guest || (artifact.snip.is_empty() && artifact.frozen == 0),
            "{} is no guest: only a guest is snipped and has frozen modules",
            artifact.name
        );
        ensure!(
            artifact.name.chars().all(plain),
            "{:?} is no name: use a-z, 0-9 and -",
            artifact.name
        );
    }
    Ok(list)
}

/// Gives the artifacts of these names; all of the page's when there is no name.
///
/// # Errors
/// When a name isn't in the list.
pub fn select(list: List, names: &[String]) -> Result<Vec<Artifact>> {
    if names.is_empty() {
        return Ok(list.artifact);
    }
    let list: Vec<Artifact> = list.artifact.into_iter().chain(list.bench).collect();
    if let Some(unknown) = names
        .iter()
        .find(|name| list.iter().all(|artifact| artifact.name != **name))
    {
        let known: Vec<_> = list.iter().map(|artifact| artifact.name.as_str()).collect();
        bail!(
            "wasm-pack.toml has no artifact {unknown}; it has {}",
            known.join(", ")
        );
    }
    Ok(list
        .into_iter()
        .filter(|artifact| names.contains(&artifact.name))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"
        [[artifact]]
        name = "guest-js"
        kind = "guest"
        package = "guest-js"
        target = "wasm32-wasip1"
        profile = "wasm"
        optimize = ["-O3"]
        budget_brotli_kb = 800
    "#;

    #[test]
    fn the_list_of_this_repository_is_understood() {
        let list = list().expect("wasm-pack.toml");
        assert!(
            list.artifact
                .iter()
                .any(|artifact| artifact.kind == Kind::Guest)
        );
        assert!(
            list.artifact
                .iter()
                .any(|artifact| artifact.kind == Kind::Bindgen)
        );
        let all: u64 = list
            .artifact
            .iter()
            .filter(|artifact| !artifact.lazy)
            .map(|artifact| artifact.budget_brotli_kb)
            .sum();
        assert!(
            all < list.first_load.budget_brotli_kb,
            "the artifacts alone may not fill the first load"
        );
    }

    #[test]
    fn a_name_given_twice_or_that_is_a_path_is_refused() {
        let head = "[first_load]\nbudget_brotli_kb = 1\n";
        assert!(parse(&format!("{head}{ONE}")).is_ok());
        assert!(parse(&format!("{head}{ONE}{ONE}")).is_err());
        assert!(
            parse(&format!(
                "{head}{}",
                ONE.replace("\"guest-js\"", "\"../guest\"")
            ))
            .is_err()
        );
        assert!(parse(&format!("{head}{}", ONE.replace("profile", "profil"))).is_err());
    }

    #[test]
    fn an_unknown_name_is_refused_and_no_name_means_all() {
        let other = ONE
            .replace("[[artifact]]", "[[bench]]")
            .replace("guest-js", "measured");
        let list = || {
            let text = format!("[first_load]\nbudget_brotli_kb = 1\n{ONE}{other}");
            parse(&text).expect("a list")
        };
        assert_eq!(select(list(), &[]).expect("all").len(), 1);
        assert_eq!(
            select(list(), &["measured".to_owned()]).expect("one").len(),
            1
        );
        assert!(select(list(), &["kernel".to_owned()]).is_err());
    }
}
