//! `fuzz [target…] [--minutes N] [--seed N]`: bytes that nobody should send, for every door that takes bytes from outside.

use crate::commands::Command;
use crate::{Arguments, build, root};
use anyhow::Result;

/// See the module.
pub const COMMAND: Command = Command {
    name: "fuzz",
    usage: "[target...] [--minutes N]",
    about: "tries bent bytes at every door, 10 minutes each",
    run,
};

fn run(mut arguments: Arguments) -> Result<()> {
    let mut cargo = std::process::Command::new("cargo");
    cargo
        .current_dir(root::root())
        .args(["run", "-q", "-p", "selvage-fuzz", "--"]);
    for option in ["--minutes", "--seed"] {
        if let Some(value) = arguments.option(option)? {
            cargo.args([option, &value]);
        }
    }
    build::run(cargo.args(arguments.names()?))
}
