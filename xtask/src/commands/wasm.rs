//! `wasm [--dev] [name…]`: builds the artifacts of `wasm-pack.toml` and checks their size budgets.

use super::toolchain;
use crate::artifact::{self, Artifact, Kind};
use crate::cache::Cache;
use crate::commands::Command;
use crate::{Arguments, build, compress, halves, inputs};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Instant;

/// See the module.
pub const COMMAND: Command = Command {
    name: "wasm",
    usage: "[--dev] [name...]",
    about: "builds wasm artifacts, checks their sizes",
    run,
};

fn run(mut arguments: Arguments) -> Result<()> {
    let dev = arguments.switch("--dev");
    let artifacts = artifact::select(artifact::list()?, &arguments.names()?)?;
    ship_all(&artifacts, dev)?;
    if dev {
        println!("built for development: large, slow, and not held to a budget");
        return Ok(());
    }
    let sizes = artifacts.iter().map(size).collect::<Result<Vec<_>>>()?;
    print_table(&sizes);
    check_budgets(&sizes)
}

/// Refuses what is larger than it may be.
///
/// # Errors
/// When something is over its budget; all that is, is named.
pub fn check_budgets(sizes: &[Size]) -> Result<()> {
    let over: Vec<_> = sizes
        .iter()
        .filter(|size| !size.fits())
        .map(|size| size.name.as_str())
        .collect();
    ensure!(over.is_empty(), "over budget: {}", over.join(", "));
    Ok(())
}

/// Builds what changed, guests in halves, and gives the hashes of all that a browser fetches.
///
/// # Errors
/// When a build fails.
pub fn ship_all(artifacts: &[Artifact], dev: bool) -> Result<Vec<String>> {
    let mut hashes = build_all(artifacts, dev)?;
    let mut guests = artifacts
        .iter()
        .filter(|one| one.kind == Kind::Guest)
        .peekable();
    if guests.peek().is_some() {
        // Guests are trained in it.
        let runner = artifact::select(artifact::list()?, &[halves::RUNNER.to_owned()])?;
        build_all(&runner, dev)?;
    }
    for guest in guests {
        hashes.push(halves::ensure(guest)?);
    }
    Ok(hashes)
}

/// Builds what changed, and gives the hash of each. While one is compiled, the one before it is finished: both leave a processor
/// idle for minutes.
///
/// # Errors
/// When a build fails.
pub fn build_all(artifacts: &[Artifact], dev: bool) -> Result<Vec<String>> {
    let (compiled, to_finish) = mpsc::channel();
    std::thread::scope(|scope| {
        let finisher = scope.spawn(move || to_finish.into_iter().try_for_each(Compiled::finish));
        let hashes = compile_all(artifacts, dev, &compiled);
        drop(compiled);
        match finisher.join() {
            Ok(finished) => finished?,
            Err(panic) => std::panic::resume_unwind(panic),
        }
        hashes
    })
}

/// An artifact that is compiled, and not finished.
struct Compiled<'a> {
    artifact: &'a Artifact,
    dev: bool,
    sources: inputs::Sources,
    /// What it is made of.
    hash: String,
    wasm: PathBuf,
    start: Instant,
}

impl Compiled<'_> {
    fn finish(self) -> Result<()> {
        let Self {
            artifact,
            dev,
            hash,
            ..
        } = self;
        build::finish(artifact, dev, &self.wasm)
            .with_context(|| format!("the artifact {}", artifact.name))?;
        // A file may have been saved while cargo ran; then nobody knows which of the two states was built.
        if inputs::of_artifact(artifact, dev, &self.sources)? == hash {
            Cache::open().keep(&artifact.name, &hash, &artifact.outputs())?;
        }
        // Its brotli form is wanted later, and takes a while. Guests are not in halves yet.
        if !dev && artifact.kind == Kind::Bindgen {
            size(artifact)?;
        }
        let took = self.start.elapsed().as_secs_f64();
        println!("{}: built in {took:.1} s", artifact.name);
        Ok(())
    }
}

/// Compiles what changed, hands it on to be finished, and gives the hash of each. Profiles are compiled side by side: cargo keeps them
/// in folders of their own, and links for minutes on one processor.
fn compile_all<'a>(
    artifacts: &'a [Artifact],
    dev: bool,
    compiled: &mpsc::Sender<Compiled<'a>>,
) -> Result<Vec<String>> {
    toolchain::ensure()?;
    let workspace = inputs::Workspace::read()?;
    let mut profiles: BTreeMap<&str, Vec<&Artifact>> = BTreeMap::new();
    for artifact in artifacts {
        let profile = profiles.entry(&artifact.profile).or_default();
        profile.push(artifact);
    }
    let mut hashes = std::thread::scope(|scope| {
        let workers: Vec<_> = profiles
            .into_values()
            .map(|profile| {
                let (workspace, compiled) = (&workspace, compiled.clone());
                scope.spawn(move || compile_profile(workspace, &profile, dev, &compiled))
            })
            .collect();
        let mut hashes = BTreeMap::new();
        for worker in workers {
            match worker.join() {
                Ok(of_profile) => hashes.extend(of_profile?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, anyhow::Error>(hashes)
    })?;
    let hashes = artifacts
        .iter()
        .filter_map(|artifact| hashes.remove(artifact.name.as_str()));
    Ok(hashes.collect())
}

/// The hash of each, by its name.
fn compile_profile<'a>(
    workspace: &inputs::Workspace,
    artifacts: &[&'a Artifact],
    dev: bool,
    compiled: &mpsc::Sender<Compiled<'a>>,
) -> Result<BTreeMap<&'a str, String>> {
    let cache = Cache::open();
    let mut hashes = BTreeMap::new();
    for &artifact in artifacts {
        let sources = workspace.sources(&artifact.package, &artifact.features)?;
        let hash = inputs::of_artifact(artifact, dev, &sources)?;
        let outputs = artifact.outputs();
        if !cache.is_current(&artifact.name, &hash, &outputs)
            && !cache.restore(&artifact.name, &hash, &outputs)?
        {
            println!(
                "{}: building {} for {}",
                artifact.name, artifact.package, artifact.target
            );
            let start = Instant::now();
            cache.unmark(&artifact.name);
            let wasm = build::compile(artifact, dev, &sources)
                .with_context(|| format!("the artifact {}", artifact.name))?;
            let made = Compiled {
                artifact,
                dev,
                sources,
                hash: hash.clone(),
                wasm,
                start,
            };
            // A finisher that failed takes no more, and says why.
            if compiled.send(made).is_err() {
                break;
            }
        }
        hashes.insert(artifact.name.as_str(), hash);
    }
    Ok(hashes)
}

/// How large something is, and how large it may be.
pub struct Size {
    /// Its name.
    pub name: String,
    /// Bytes as they are.
    pub raw: u64,
    /// Bytes after brotli.
    pub brotli: u64,
    /// The most bytes after brotli.
    pub budget: u64,
}

impl Size {
    /// Whether it is within its budget.
    pub fn fits(&self) -> bool {
        self.brotli <= self.budget
    }
}

/// Measures what a browser fetches of an artifact.
///
/// # Errors
/// When it isn't there.
pub fn size(artifact: &Artifact) -> Result<Size> {
    let mut size = Size {
        name: artifact.name.clone(),
        raw: 0,
        brotli: 0,
        budget: artifact.budget_brotli_kb * 1000,
    };
    for path in artifact.shipped() {
        let wasm =
            std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        size.raw += wasm.len() as u64;
        size.brotli += compress::brotli(&wasm)?.len() as u64;
    }
    Ok(size)
}

/// Prints sizes in kilobytes of 1000 bytes.
pub fn print_table(sizes: &[Size]) {
    println!(
        "{:<12} {:>10} {:>10} {:>10}",
        "kB", "raw", "brotli", "budget"
    );
    let kb = |bytes: u64| format!("{:.1}", bytes as f64 / 1000.0);
    for size in sizes {
        let verdict = if size.fits() { "" } else { "  OVER BUDGET" };
        println!(
            "{:<12} {:>10} {:>10} {:>10}{verdict}",
            size.name,
            kb(size.raw),
            kb(size.brotli),
            kb(size.budget)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Size, check_budgets};

    #[test]
    fn a_budget_may_be_used_up_and_not_passed() {
        let size = |name: &str, brotli| Size {
            name: name.to_owned(),
            raw: 9,
            brotli,
            budget: 5,
        };
        check_budgets(&[size("a", 5), size("b", 0)]).expect("all fit");
        let over = check_budgets(&[size("a", 6), size("b", 5), size("first load", 7)]);
        let said = over.expect_err("two do not").to_string();
        assert_eq!(said, "over budget: a, first load");
    }
}
