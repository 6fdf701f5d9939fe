//! `bench [name…]`: builds what changed, then runs the benchmarks of `tests/bench/`.

use super::{page, wasm};
use crate::commands::Command;
use crate::{Arguments, artifact, build, root};
use anyhow::Result;

/// See the module.
pub const COMMAND: Command = Command {
    name: "bench",
    usage: "[name...]",
    about: "runs the benchmarks, or these",
    run,
};

/// The section that measures the program `selvage`.
const NATIVE: &str = "mcp";

/// The sections that need no page.
const WITHOUT_PAGE: [&str; 2] = ["workspace", NATIVE];

/// What the program runs.
const GUESTS: [&str; 3] = ["guest-js", "guest-py", "guest-ruff"];

fn run(arguments: Arguments) -> Result<()> {
    let names = arguments.names()?;
    let is_paged = |name: &String| !WITHOUT_PAGE.contains(&name.as_str());
    wasm::build_all(&artifact::list()?.bench, false)?;
    if names.is_empty() || names.iter().any(is_paged) {
        page::ensure()?;
        // As a person would get it.
        page::compress_all()?;
    }
    if names.is_empty() || names.iter().any(|name| name == NATIVE) {
        let mut guests = artifact::list()?.artifact;
        guests.retain(|artifact| GUESTS.contains(&artifact.name.as_str()));
        wasm::build_all(&guests, false)?;
        let mut cargo = std::process::Command::new("cargo");
        cargo
            .current_dir(root::root())
            .args(["build", "--release", "--package", "selvage-cli"]);
        build::run(&mut cargo)?;
    }
    let mut node = std::process::Command::new("node");
    node.current_dir(root::root())
        .arg("tests/bench/run.mjs")
        .args(names);
    build::run(node.env("SELVAGE_XTASK", std::env::current_exe()?))
}
