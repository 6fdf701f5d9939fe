//! `bench [name…]`: builds what changed, then runs the benchmarks of `tests/bench/`.

use super::page;
use crate::commands::Command;
use crate::{Arguments, build, root};
use anyhow::Result;

/// See the module.
pub const COMMAND: Command = Command {
    name: "bench",
    usage: "[name...]",
    about: "runs the benchmarks, or these",
    run,
};

fn run(arguments: Arguments) -> Result<()> {
    let names = arguments.names()?;
    page::ensure()?;
    // As a person would get it.
    page::compress_all()?;
    let mut node = std::process::Command::new("node");
    node.current_dir(root::root())
        .arg("tests/bench/run.mjs")
        .args(names);
    build::run(node.env("SELVAGE_XTASK", std::env::current_exe()?))
}
