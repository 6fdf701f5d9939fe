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

/// The sections that measure the workspace without a page.
const WITHOUT_PAGE: [&str; 1] = ["workspace"];

fn run(arguments: Arguments) -> Result<()> {
    let names = arguments.names()?;
    let is_paged = |name: &String| !WITHOUT_PAGE.contains(&name.as_str());
    wasm::build_all(&artifact::list()?.bench, false)?;
    if names.is_empty() || names.iter().any(is_paged) {
        page::ensure()?;
        // As a person would get it.
        page::compress_all()?;
    }
    let mut node = std::process::Command::new("node");
    node.current_dir(root::root())
        .arg("tests/bench/run.mjs")
        .args(names);
    build::run(node.env("SELVAGE_XTASK", std::env::current_exe()?))
}
