//! `page`: builds the wasm artifacts and the page, into `dist/`, each file with its brotli form beside it.

use super::wasm::{self, Size};
use crate::artifact::{self, Artifact};
use crate::cache::Cache;
use crate::commands::Command;
use crate::{Arguments, build, compress, inputs, root};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// See the module.
pub const COMMAND: Command = Command {
    name: "page",
    usage: "",
    about: "builds everything into dist/, checks its size",
    run,
};

/// Below this, a compressed form saves nothing worth a file.
const COMPRESSED_BYTES_MIN: usize = 1000;

fn run(arguments: Arguments) -> Result<()> {
    arguments.end()?;
    ensure()?;
    let sizes = compress_all()?;
    wasm::print_table(&sizes);
    wasm::check_budgets(&sizes)
}

/// Builds what changed, and refuses it when it is over a budget.
///
/// # Errors
/// When a build fails or is too large.
pub fn ensure_fits() -> Result<()> {
    ensure()?;
    let sizes = compress_all()?;
    wasm::check_budgets(&sizes).map_err(|over| {
        wasm::print_table(&sizes);
        over.context("the page is built and too large to ship; `npm start -- --any-size` serves it all the same")
    })
}

/// Builds the artifacts and the page when anything changed.
///
/// # Errors
/// When a build fails.
pub fn ensure() -> Result<()> {
    let hashes = wasm::ship_all(&artifact::list()?.artifact, false)?;
    let hash = inputs::of_page(&hashes)?;
    let cache = Cache::open();
    let index = root::dist().join("index.html");
    if cache.is_current("page", &hash, std::slice::from_ref(&index)) {
        return Ok(());
    }
    println!("page: building into dist/");
    let start = Instant::now();
    cache.unmark("page");
    let vite = root::at("node_modules/vite/bin/vite.js");
    ensure!(
        vite.is_file(),
        "node_modules has no vite: run `npm ci`, or any command through npm"
    );
    build::run(
        std::process::Command::new("node")
            .arg(vite)
            .arg("build")
            .current_dir(root::root()),
    )?;
    sealed_runner(&root::dist())?;
    if inputs::of_page(&hashes)? == hash {
        cache.mark("page", &hash)?;
    }
    println!("page: built in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Checks that the server will know the runner's script: it is by its name that it gets a policy without a network.
fn sealed_runner(dist: &Path) -> Result<()> {
    let found = files(dist)?
        .iter()
        .any(|path| selvage_site::is_runner(&path.to_string_lossy()));
    ensure!(
        found,
        "dist/ has no script that is served as the runner's: name the Worker's file runner.ts"
    );
    Ok(())
}

/// Whether a file of `dist/` is fetched only when a person asks for what is in it: a chunk that the page imports when it
/// needs it (`vite.config.ts` names those), a lazy artifact and what loads it, or what other web apps load to embed the page.
/// The bundler keeps names and adds a hash.
fn is_later(lazy: &[&Artifact], path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let is_of = |artifact: &&Artifact| {
        name.strip_prefix(&artifact.name)
            .is_some_and(|rest| rest.starts_with(['-', '_', '.']))
    };
    let is_for_others = path
        .parent()
        .is_some_and(|folder| folder.ends_with("embed"));
    name.starts_with("later-") || is_for_others || lazy.iter().any(is_of)
}

/// Writes the brotli form of every file of `dist/`, and gives the sizes of its parts and, last, of all together.
///
/// # Errors
/// When a file can't be read or written.
pub fn compress_all() -> Result<Vec<Size>> {
    let dist = root::dist();
    let list = artifact::list()?;
    let budget = list.first_load.budget_brotli_kb * 1000;
    let part = |name: &str| Size {
        name: name.to_owned(),
        raw: 0,
        brotli: 0,
        budget,
    };
    let (mut scripts, mut rest, mut total) = (part("scripts"), part("other"), part("first load"));
    let mut sizes = list
        .artifact
        .iter()
        .map(wasm::size)
        .collect::<Result<Vec<_>>>()?;
    let lazy: Vec<_> = list
        .artifact
        .iter()
        .filter(|artifact| artifact.lazy)
        .collect();
    for path in files(&dist)? {
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or("");
        if matches!(extension, "map" | "br") {
            continue;
        }
        let bytes = std::fs::read(&path)?;
        let mut smallest = bytes.len();
        if bytes.len() >= COMPRESSED_BYTES_MIN && selvage_site::is_compressible(extension) {
            let compressed = compress::brotli(&bytes)?;
            smallest = compressed.len();
            let mut beside = path.clone().into_os_string();
            beside.push(".br");
            if std::fs::metadata(&beside).map_or(0, |kept| kept.len()) != compressed.len() as u64 {
                std::fs::write(beside, compressed)?;
            }
        }
        let part = if matches!(extension, "js" | "css" | "html") {
            &mut scripts
        } else {
            &mut rest
        };
        if extension != "wasm" {
            part.raw += bytes.len() as u64;
            part.brotli += smallest as u64;
        }
        if !is_later(&lazy, &path) {
            total.raw += bytes.len() as u64;
            total.brotli += smallest as u64;
        }
    }
    sizes.extend([scripts, rest, total]);
    Ok(sizes)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
