//! The hash of everything that goes into an artifact or into the page.
//!
//! Cargo decides well what to recompile, but only after it was started, and it knows nothing of what comes after it. So
//! an artifact is known by a hash of the sources of its package and of the workspace packages under it, of the part of
//! `Cargo.lock` it can reach, of its recipe, of the toolchain, of the optimizer's version, and of the program that builds it.
//! A change elsewhere, such as a test's dependency, leaves the hash alone.

use crate::artifact::Artifact;
use crate::root;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use toml::Table;

/// Folders of a package that no artifact is made of.
const NOT_SOURCES: [&str; 4] = ["tests", "benches", "examples", "fuzz"];

/// What a build of this program depends on: a change of the recipe's cook is a change of the dish.
const COOK: [&str; 7] = [
    include_str!("build.rs"),
    include_str!("frozen.rs"),
    include_str!("state.rs"),
    include_str!("fuel.rs"),
    include_str!("bodies.rs"),
    include_str!("graft.rs"),
    include_str!("snip.rs"),
];

/// Hashes named parts, each with its length, so that no two lists of parts look alike.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    /// Takes a part in.
    pub fn part(&mut self, name: &str, bytes: &[u8]) {
        for field in [name.as_bytes(), bytes] {
            self.0.update((field.len() as u64).to_le_bytes());
            self.0.update(field);
        }
    }

    /// Takes a file in, or all files of a folder, by path; what isn't there is a part, too.
    ///
    /// # Errors
    /// When something can't be read.
    pub fn path(&mut self, path: &Path) -> Result<()> {
        let name = path
            .strip_prefix(root::root())
            .unwrap_or(path)
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            for entry in sorted(path)? {
                if entry.file_name().is_none_or(|name| name != "node_modules") {
                    self.path(&entry)?;
                }
            }
        } else if path.is_file() {
            self.part(
                &name,
                &std::fs::read(path).with_context(|| format!("cannot read {name}"))?,
            );
        } else {
            self.part(&name, b"absent");
        }
        Ok(())
    }

    /// The hash, 20 hexadecimal digits of it.
    pub fn end(self) -> String {
        hex(&self.0.finalize()[..10])
    }
}

/// Hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = std::fs::read_dir(folder)
        .with_context(|| format!("cannot list {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

/// A workspace as its manifests describe it.
pub struct Workspace {
    root: Table,
    lock: Table,
    packages: BTreeMap<String, (PathBuf, Table)>,
}

/// What one artifact is made of.
pub struct Sources {
    /// The folders of its workspace packages.
    pub folders: Vec<PathBuf>,
    /// The names of the packages, from the registry too.
    pub packages: BTreeSet<String>,
    settings: Vec<(String, String)>,
}

impl Workspace {
    /// Reads the manifests and the lock file.
    ///
    /// # Errors
    /// When one can't be read or understood.
    pub fn read() -> Result<Workspace> {
        let mut packages = BTreeMap::new();
        let mut folders = sorted(&root::at("crates"))?;
        folders.push(root::at("xtask"));
        for folder in folders {
            let manifest = folder.join("Cargo.toml");
            if manifest.is_file() {
                let table = table(&manifest)?;
                if let Some(name) = table
                    .get("package")
                    .and_then(|package| package.get("name")?.as_str())
                {
                    packages.insert(name.to_owned(), (folder, table.clone()));
                }
            }
        }
        Ok(Workspace {
            root: table(&root::at("Cargo.toml"))?,
            lock: table(&root::at("Cargo.lock"))?,
            packages,
        })
    }

    /// Finds what a package with some features is made of.
    ///
    /// # Errors
    /// When there is no such package in the workspace.
    pub fn sources(&self, package: &str, features: &[String]) -> Result<Sources> {
        let mut sources = Sources {
            folders: Vec::new(),
            packages: BTreeSet::new(),
            settings: Vec::new(),
        };
        let (_, top) = self
            .packages
            .get(package)
            .with_context(|| format!("the workspace has no package {package}"))?;
        let off = switched_off(top, features);
        let mut open = vec![package.to_owned()];
        let mut external = Vec::new();
        while let Some(name) = open.pop() {
            let Some((folder, manifest)) = self.packages.get(&name) else {
                external.push(name);
                continue;
            };
            if !sources.packages.insert(name.clone()) {
                continue;
            }
            sources.folders.push(folder.clone());
            for dependency in dependencies(manifest) {
                if name == package && off.contains(&dependency) {
                    continue;
                }
                let shared = self
                    .root
                    .get("workspace")
                    .and_then(|workspace| workspace.get("dependencies")?.get(&dependency));
                sources
                    .settings
                    .push((dependency.clone(), format!("{shared:?}")));
                let renamed = shared
                    .and_then(|shared| shared.get("package")?.as_str())
                    .map(str::to_owned);
                open.push(renamed.unwrap_or(dependency));
            }
        }
        sources.settings.push((
            "profile".to_owned(),
            format!("{:?}", self.root.get("profile")),
        ));
        for (name, version, rest) in self.locked(external) {
            sources
                .settings
                .push((name.clone(), format!("{version} {rest}")));
            sources.packages.insert(name);
        }
        sources.folders.sort();
        sources.settings.sort();
        sources.settings.dedup();
        Ok(sources)
    }

    /// Every package of the lock file that these reach: name, version and checksum.
    fn locked(&self, mut open: Vec<String>) -> Vec<(String, String, String)> {
        let empty = Vec::new();
        let all = self
            .lock
            .get("package")
            .and_then(|packages| packages.as_array())
            .unwrap_or(&empty);
        let text = |package: &toml::Value, key: &str| {
            package
                .get(key)
                .and_then(|value| value.as_str())
                .unwrap_or("")
                .to_owned()
        };
        let mut found = BTreeSet::new();
        while let Some(wanted) = open.pop() {
            // A lock file writes `name`, or `name version` where there are several versions.
            let (name, version) = wanted.split_once(' ').unwrap_or((&wanted, ""));
            for package in all {
                let matches = text(package, "name") == name
                    && (version.is_empty() || text(package, "version") == version);
                if matches
                    && found.insert((
                        text(package, "name"),
                        text(package, "version"),
                        text(package, "checksum"),
                    ))
                {
                    let next = package
                        .get("dependencies")
                        .and_then(|list| list.as_array())
                        .unwrap_or(&empty);
                    open.extend(
                        next.iter()
                            .filter_map(|name| name.as_str())
                            .map(str::to_owned),
                    );
                }
            }
        }
        found.into_iter().collect()
    }
}

fn table(path: &Path) -> Result<Table> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse()
        .with_context(|| format!("{} is not understood", path.display()))
}

/// The names of what a package is built from, tests aside.
fn dependencies(manifest: &Table) -> Vec<String> {
    let mut tables: Vec<&toml::Value> = ["dependencies", "build-dependencies"]
        .iter()
        .filter_map(|key| manifest.get(*key))
        .collect();
    if let Some(targets) = manifest
        .get("target")
        .and_then(|targets| targets.as_table())
    {
        tables.extend(
            targets
                .values()
                .filter_map(|target| target.get("dependencies")),
        );
    }
    tables
        .iter()
        .filter_map(|table| table.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect()
}

/// The optional dependencies that no feature of these switches on.
fn switched_off(manifest: &Table, features: &[String]) -> BTreeSet<String> {
    let mut on = BTreeSet::new();
    let mut open = features.to_vec();
    while let Some(feature) = open.pop() {
        if on.insert(feature.clone()) {
            let more = manifest
                .get("features")
                .and_then(|all| all.get(&feature)?.as_array());
            open.extend(
                more.into_iter()
                    .flatten()
                    .filter_map(|item| item.as_str())
                    .map(str::to_owned),
            );
        }
    }
    let optional =
        |value: &toml::Value| value.get("optional").and_then(toml::Value::as_bool) == Some(true);
    let all = manifest.get("dependencies").and_then(|all| all.as_table());
    let named = all
        .into_iter()
        .flatten()
        .filter(|(_, value)| optional(value))
        .map(|(name, _)| name);
    named
        .filter(|name| !on.contains(*name) && !on.contains(&format!("dep:{name}")))
        .cloned()
        .collect()
}

/// The hash of all that goes into an artifact.
///
/// # Errors
/// When something can't be read.
pub fn of_artifact(artifact: &Artifact, dev: bool, sources: &Sources) -> Result<String> {
    let mut print = Fingerprint::default();
    print.part("recipe", &serde_json::to_vec(artifact)?);
    print.part("dev", &[u8::from(dev)]);
    COOK.iter()
        .for_each(|text| print.part("cook", text.as_bytes()));
    print.path(&root::at("rust-toolchain.toml"))?;
    let optimizer =
        std::fs::read(root::at("node_modules/binaryen/package.json")).unwrap_or_default();
    print.part("wasm-opt", &optimizer);
    for (name, setting) in &sources.settings {
        print.part(name, setting.as_bytes());
    }
    for folder in &sources.folders {
        for entry in sorted(folder)? {
            if !NOT_SOURCES.iter().any(|name| entry.ends_with(name)) {
                print.path(&entry)?;
            }
        }
    }
    Ok(print.end())
}

/// The hash of all that goes into the page; `artifacts` are the hashes of what it loads.
///
/// # Errors
/// When something can't be read.
pub fn of_page(artifacts: &[String]) -> Result<String> {
    let mut print = Fingerprint::default();
    for hash in artifacts {
        print.part("artifact", hash.as_bytes());
    }
    for path in [
        "index.html",
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "svelte.config.js",
        "tsconfig.json",
    ] {
        print.path(&root::at(path))?;
    }
    for folder in ["web", "worker"] {
        print.path(&root::at(folder))?;
    }
    Ok(print.end())
}

#[cfg(test)]
mod tests;
