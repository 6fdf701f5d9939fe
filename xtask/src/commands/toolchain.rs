//! `toolchain`: installs what `rust-toolchain.toml` names and is missing.

use crate::{Arguments, build, commands::Command, root};
use anyhow::{Context, Result};
use std::path::PathBuf;
use toml::Table;

/// See the module.
pub const COMMAND: Command = Command {
    name: "toolchain",
    usage: "",
    about: "installs the pinned toolchain's missing parts",
    run,
};

fn run(arguments: Arguments) -> Result<()> {
    arguments.end()?;
    if ensure()? {
        println!("the pinned toolchain is complete");
    }
    Ok(())
}

/// Installs what is missing; `true` when nothing was.
///
/// # Errors
/// When rustup can't install it.
pub fn ensure() -> Result<bool> {
    let missing = missing()?;
    if missing.is_empty() {
        return Ok(true);
    }
    println!(
        "installing {}: rustup toolchain install",
        missing.join(", ")
    );
    // Without a name, rustup reads rust-toolchain.toml, and installs targets and components, too.
    build::run(
        std::process::Command::new("rustup")
            .current_dir(root::root())
            .args(["toolchain", "install"]),
    )
    .context(
        "install the toolchain of rust-toolchain.toml by hand, with these components and targets",
    )?;
    Ok(false)
}

fn missing() -> Result<Vec<String>> {
    let rustc = std::process::Command::new("rustc")
        .current_dir(root::root())
        .args(["--print", "sysroot"])
        .output()?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&rustc.stdout).trim());
    let wanted: Table = std::fs::read_to_string(root::at("rust-toolchain.toml"))?.parse()?;
    let names = |key: &str| -> Vec<String> {
        let list = wanted
            .get("toolchain")
            .and_then(|toolchain| toolchain.get(key)?.as_array());
        list.into_iter()
            .flatten()
            .filter_map(|name| name.as_str())
            .map(str::to_owned)
            .collect()
    };
    let program = |component: &str| {
        sysroot.join("bin").join(format!(
            "cargo-{}{}",
            short(component),
            std::env::consts::EXE_SUFFIX
        ))
    };
    let targets = names("targets").into_iter().filter(|target| {
        !sysroot
            .join("lib/rustlib")
            .join(target)
            .join("lib")
            .is_dir()
    });
    let components = names("components")
        .into_iter()
        .filter(|component| !program(component).is_file());
    Ok(targets.chain(components).collect())
}

/// A component's program: rustfmt's is `cargo-fmt`.
fn short(component: &str) -> &str {
    if component == "rustfmt" {
        "fmt"
    } else {
        component
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_toolchain_that_runs_this_test_is_complete() {
        assert_eq!(
            super::missing().expect("rustc answers"),
            Vec::<String>::new()
        );
    }
}
