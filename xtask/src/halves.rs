//! What the page fetches of a guest: its core, and its rest. See [`crate::split`].
//!
//! Which functions the core has is found out anew for each build: `xtask/train.mjs` runs a marked guest as a runner would, and
//! tells which of its functions ran.

use crate::artifact::Artifact;
use crate::cache::Cache;
use crate::inputs::Fingerprint;
use crate::{mark, root, split};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

/// What makes them: a change of a pass is a change of what comes out.
const PASSES: [&str; 7] = [
    include_str!("halves.rs"),
    include_str!("mark.rs"),
    include_str!("split.rs"),
    include_str!("split/core.rs"),
    include_str!("split/plan.rs"),
    include_str!("split/rest.rs"),
    include_str!("split/whole.rs"),
];

/// The artifact that runs guests.
pub const RUNNER: &str = "runner";

/// Splits a guest if it changed, and gives the hash of what was made. [`RUNNER`] has been built.
///
/// # Errors
/// When it can't be trained or split.
pub fn ensure(guest: &Artifact) -> Result<String> {
    split(guest).with_context(|| format!("the halves of {}", guest.name))
}

fn split(guest: &Artifact) -> Result<String> {
    let whole = fs::read(guest.wasm())?;
    let trainer = root::at("xtask/train.mjs");
    let runner = root::artifacts().join(RUNNER);
    let mut hash = Fingerprint::default();
    hash.part("whole", &whole);
    hash.part("passes", PASSES.concat().as_bytes());
    let starter = root::at("crates/workbench/starter");
    for path in [&trainer, &runner, &starter] {
        hash.path(path)?;
    }
    let (name, hash) = (format!("{}-halves", guest.name), hash.end());
    let (cache, outputs) = (Cache::open(), guest.shipped());
    if cache.is_current(&name, &hash, &outputs) || cache.restore(&name, &hash, &outputs)? {
        return Ok(hash);
    }
    cache.unmark(&name);
    let marked = guest.wasm().with_extension("marked.wasm");
    fs::write(&marked, mark::mark(&whole)?)?;
    let trained = Command::new("node")
        .arg(&trainer)
        .args([&marked, &runner])
        .arg(&guest.name)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start node")?;
    fs::remove_file(&marked)?;
    ensure!(trained.status.success(), "{} failed", trainer.display());
    let wanted: BTreeSet<u32> = serde_json::from_slice(&trained.stdout)?;
    let halves = split::split(&whole, &wanted)?;
    println!(
        "{}: {} functions in the core, {} kB with {} stubs; {} kB in the rest",
        guest.name,
        halves.kept,
        halves.core.len() / 1000,
        halves.stubs,
        halves.rest.len() / 1000
    );
    for (path, bytes) in outputs.iter().zip([halves.core, halves.rest]) {
        fs::write(path, bytes)?;
    }
    cache.keep(&name, &hash, &outputs)?;
    Ok(hash)
}
