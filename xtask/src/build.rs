//! From a recipe to a finished artifact: cargo, then [`frozen`] and [`snip`] for a guest, then [`graft`], then bindings for the page, then `wasm-opt`, then [`state`] and fuel for a guest, last.
//!
//! The same sources give the same bytes on every machine: the toolchain and the optimizer are pinned, flags from the
//! environment are not taken, the machine's own paths are mapped away, and build scripts see no [`history`] of its own.

use crate::artifact::{Artifact, Kind};
use crate::inputs::Sources;
use crate::{frozen, fuel, graft, history, root, snip, state};
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles an artifact to a file of its own, for [`finish`].
///
/// `dev` builds in a fraction of the time, without link-time optimization and without `wasm-opt`: for work on the code, never
/// for what is measured or shipped.
///
/// # Errors
/// When a step fails.
pub fn compile(artifact: &Artifact, dev: bool, sources: &Sources) -> Result<PathBuf> {
    let compiled = cargo(artifact, dev)?;
    only_known_sources(&compiled, sources)?;
    // The next artifact may be another one of the same package.
    let own = compiled.with_file_name(format!("{}.compiled.wasm", artifact.name));
    fs::copy(&compiled, &own)?;
    Ok(own)
}

/// Makes an artifact of what was compiled, and puts its files in their place.
///
/// # Errors
/// When a step fails.
pub fn finish(artifact: &Artifact, dev: bool, compiled: &Path) -> Result<()> {
    let outputs = artifact.outputs();
    let folder = outputs[0]
        .parent()
        .context("an artifact lies in a folder")?;
    fs::create_dir_all(folder)?;
    match artifact.kind {
        Kind::Bindgen => {
            if dev {
                bind(artifact, compiled, folder)?;
            } else {
                let whole = compiled.with_extension("grafted.wasm");
                fs::write(&whole, grafted(artifact, fs::read(compiled)?)?)?;
                bind(artifact, &whole, folder)?;
                optimize(&artifact.wasm(), &artifact.wasm(), &artifact.optimize)?;
            }
        }
        Kind::Guest => guest(artifact, dev, compiled)?,
    }
    Ok(())
}

/// What is done to a guest, in this order: names are needed for the first step, and nothing may come after the last.
fn guest(artifact: &Artifact, dev: bool, compiled: &Path) -> Result<()> {
    let mut guest = frozen::ordered(fs::read(compiled)?, artifact.frozen)?;
    if !dev {
        if !artifact.snip.is_empty() {
            let snipped = snip::snip(&guest, &artifact.snip)?;
            println!(
                "{}: {} functions of {} kB taken out",
                artifact.name,
                snipped.functions,
                snipped.bytes / 1000
            );
            guest = snipped.wasm;
        }
        guest = grafted(artifact, guest)?;
        let (before, after) = (
            compiled.with_extension("before.wasm"),
            compiled.with_extension("after.wasm"),
        );
        fs::write(&before, guest)?;
        optimize(&before, &after, &artifact.optimize)?;
        guest = fs::read(&after)?;
    }
    let fueled = fuel::fuel(&state::state(&guest)?)?;
    println!("{}: {} loops count fuel", artifact.name, fueled.loops);
    Ok(fs::write(artifact.wasm(), fueled.wasm)?)
}

/// The program with the recipe's functions in the place of its dependencies'.
fn grafted(artifact: &Artifact, program: Vec<u8>) -> Result<Vec<u8>> {
    if artifact.graft.is_empty() {
        return Ok(program);
    }
    let count = artifact.graft.len();
    println!("{}: {count} functions replaced", artifact.name);
    Ok(graft::graft(&program, &artifact.graft)?)
}

/// Where cargo puts what it builds.
pub fn target_folder() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root::at(folder),
        None => root::at("target"),
    }
}

fn compiled_path(artifact: &Artifact) -> PathBuf {
    let file = format!("{}.wasm", artifact.package.replace('-', "_"));
    target_folder()
        .join(&artifact.target)
        .join(&artifact.profile)
        .join(file)
}

fn cargo(artifact: &Artifact, dev: bool) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command
        .current_dir(root::root())
        .args(["build", "--lib", "--package", &artifact.package]);
    command.args(["--target", &artifact.target, "--profile", &artifact.profile]);
    command.args([
        "--no-default-features",
        "--features",
        &artifact.features.join(","),
    ]);
    for (name, _) in std::env::vars().filter(|(name, _)| changes_a_build(name)) {
        command.env_remove(name);
    }
    command.env("CARGO_ENCODED_RUSTFLAGS", flags(artifact).join("\x1f"));
    if artifact.rustflags.iter().any(|flag| flag.starts_with("-Z")) {
        // The compiler is pinned, so what is unstable between versions is not here.
        command.env("RUSTC_BOOTSTRAP", "1");
    }
    history::show(&mut command);
    if dev {
        let profile = artifact.profile.to_uppercase().replace('-', "_");
        for (key, value) in [
            ("LTO", "off"),
            ("CODEGEN_UNITS", "16"),
            ("INCREMENTAL", "true"),
            ("OPT_LEVEL", "1"),
        ] {
            command.env(format!("CARGO_PROFILE_{profile}_{key}"), value);
        }
    }
    run(&mut command)?;
    let compiled = compiled_path(artifact);
    ensure!(
        compiled.is_file(),
        "cargo made no {}: does the package have the crate type cdylib?",
        compiled.display()
    );
    Ok(compiled)
}

/// Whether a variable of the environment would make other bytes of the same sources.
fn changes_a_build(variable: &str) -> bool {
    let flags = [
        "RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_BOOTSTRAP",
    ];
    let families = ["CARGO_PROFILE_", "CARGO_TARGET_WASM32_"];
    flags.contains(&variable) || families.iter().any(|family| variable.starts_with(family))
}

/// The recipe's flags, and those that take this machine's paths out of panic messages.
fn flags(artifact: &Artifact) -> Vec<String> {
    let mut flags = artifact.rustflags.clone();
    let home = std::env::var_os("HOME")
        .or_else(|| std::env::var_os("USERPROFILE"))
        .map(PathBuf::from);
    let cargo = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| home.map(|home| home.join(".cargo")));
    if let Some(cargo) = cargo {
        flags.push(format!("--remap-path-prefix={}=/cargo", cargo.display()));
    }
    flags.push(format!(
        "--remap-path-prefix={}=/selvage",
        root::root().display()
    ));
    flags
}

/// Refuses a build from files that its hash doesn't cover: it would be taken for current when they change.
fn only_known_sources(compiled: &Path, sources: &Sources) -> Result<()> {
    let list = fs::read_to_string(compiled.with_extension("d"))
        .context("cargo wrote no list of sources")?;
    match outside(&list, &sources.folders) {
        Some(path) => bail!(
            "the build reads {path}, which lies in none of the packages it is made of: move it into one"
        ),
        None => Ok(()),
    }
}

/// The first path of a `.d` file that lies in none of these folders. In such a file, a space in a path is `\ `.
fn outside(list: &str, folders: &[PathBuf]) -> Option<String> {
    let (_, files) = list.lines().next()?.split_once(": ")?;
    let files = files.replace("\\ ", "\0");
    let mut paths = files.split_whitespace().map(|path| path.replace('\0', " "));
    let (root, generated) = (root::root(), target_folder());
    paths.find(|path| {
        let path = Path::new(path);
        path.starts_with(&root)
            && !path.starts_with(&generated)
            && !folders.iter().any(|folder| path.starts_with(folder))
    })
}

fn bind(artifact: &Artifact, compiled: &Path, folder: &Path) -> Result<()> {
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(compiled)
        .out_name(&artifact.name)
        .web(true)?
        .typescript(true)
        // Functions are put in the order of their names, which `wasm-opt` takes away last.
        .remove_name_section(false)
        .remove_producers_section(true)
        .generate(folder)
        .with_context(|| format!("the bindings of {}", artifact.name))
}

fn optimize(from: &Path, to: &Path, arguments: &[String]) -> Result<()> {
    let script = root::at("node_modules/binaryen/bin/wasm-opt");
    ensure!(
        script.is_file(),
        "node_modules has no binaryen: run `npm ci`, or any command through npm"
    );
    run(Command::new("node")
        .arg(script)
        .arg(from)
        .args(arguments)
        .arg("-o")
        .arg(to))
}

/// Runs a program to its end.
///
/// # Errors
/// When it can't be started or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} failed ({status})");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_outside_the_packages_is_found_and_generated_ones_elsewhere_are_not_meant() {
        let at = |path: &str| root::at(path).display().to_string();
        let folders = [root::at("crates/tool"), root::at("crates/lint")];
        let list = |paths: &[String]| format!("/out/a.wasm: {}\n\nmore:\n", paths.join(" "));
        assert_eq!(
            outside(
                &list(&[at("crates/tool/src/lib.rs"), at("crates/lint/a.json")]),
                &folders
            ),
            None
        );
        assert_eq!(
            outside(&list(&["/elsewhere/out/generated.rs".to_owned()]), &folders),
            None
        );
        let generated = target_folder().join("generated.rs").display().to_string();
        assert_eq!(outside(&list(&[generated]), &folders), None);
        assert_eq!(
            outside(&list(&[at("crates/toolbox/lib.rs")]), &folders),
            Some(at("crates/toolbox/lib.rs"))
        );
        assert_eq!(
            outside(&list(&[at("worker/my\\ flow.d.ts")]), &folders),
            Some(at("worker/my flow.d.ts"))
        );
    }
}
