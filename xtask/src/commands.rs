//! The commands, one file each, named as they are typed.

use crate::Arguments;
use anyhow::Result;

mod bench;
mod fuzz;
mod mutants;
mod page;
mod serve;
mod test;
mod tidy;
mod toolchain;
mod wasm;

/// One command.
pub struct Command {
    /// What is typed.
    pub name: &'static str,
    /// What may follow.
    pub usage: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// Does it.
    pub run: fn(Arguments) -> Result<()>,
}

/// All of them, in the order of a day.
pub const ALL: &[Command] = &[
    toolchain::COMMAND,
    wasm::COMMAND,
    page::COMMAND,
    serve::COMMAND,
    test::COMMAND,
    tidy::COMMAND,
    bench::COMMAND,
    fuzz::COMMAND,
    mutants::COMMAND,
];
