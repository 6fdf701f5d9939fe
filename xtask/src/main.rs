//! Every command a developer, a user or CI runs.
//!
//! **Problem.** The page is made of parts that are built by different programs: two Workers' engines for
//! `wasm32-unknown-unknown`, interpreters for `wasm32-wasip1` that must be instrumented last, a Vite bundle that imports
//! both. Shell scripts that glue such things rot, and nobody can test them.
//!
//! **Shape.** One program, one file per command, named as it is typed:
//!
//! | command | what it does |
//! | --- | --- |
//! | `toolchain` | installs what `rust-toolchain.toml` names and is missing |
//! | `wasm` | builds the artifacts of `wasm-pack.toml` and checks their size budgets |
//! | `page` | builds those and the page, into `dist/` |
//! | `serve` | does that when anything changed, then serves `dist/` |
//! | `test` | runs every check, and ends with `N passed, N failed` |
//! | `tidy` | checks the layers, the length of files, their docs and their links |
//! | `bench` | runs the benchmarks |
//! | `fuzz` | tries bent bytes at every door |
//! | `mutants` | breaks rules on purpose and tells which tests see it |
//!
//! **Control loop.** A command asks [`artifact`] for the recipes, [`inputs`] for the hash of all that goes into one, and
//! [`cache`] for what was built from the same hash; only on a miss does it start cargo, [`fuel`] being the last step.
//!
//! **Example.** `npm start` is `node xtask/bootstrap.mjs serve`, which is `cargo xtask serve` on a machine that has everything.

#![allow(
    clippy::disallowed_methods,
    reason = "a build program works on the disk, in time and with processes"
)]

mod artifact;
mod bodies;
mod build;
mod cache;
mod commands;
mod compress;
mod frozen;
mod fuel;
mod graft;
mod halves;
mod history;
mod http;
mod inputs;
mod mark;
mod report;
mod root;
mod snip;
mod split;
mod state;

use anyhow::{Result, bail};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_else(|| "help".to_owned());
    match run(&command, Arguments(arguments.collect())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, arguments: Arguments) -> Result<()> {
    match commands::ALL.iter().find(|known| known.name == command) {
        Some(known) => (known.run)(arguments),
        None if matches!(command, "help" | "--help" | "-h") => {
            for known in commands::ALL {
                println!(
                    "cargo xtask {:<9} {:<28} {}",
                    known.name, known.usage, known.about
                );
            }
            Ok(())
        }
        None => bail!("there is no such command; `cargo xtask help` lists them"),
    }
}

/// What follows the command's name.
pub struct Arguments(Vec<String>);

impl Arguments {
    /// Takes a switch such as `--dev` out, and tells whether it was there.
    pub fn switch(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|argument| argument != name);
        self.0.len() < before
    }

    /// Takes an option such as `--port 8080` or `--port=8080` out.
    ///
    /// # Errors
    /// When the option is the last argument and so has no value.
    pub fn option(&mut self, name: &str) -> Result<Option<String>> {
        let joined = format!("{name}=");
        let Some(at) = self
            .0
            .iter()
            .position(|argument| argument == name || argument.starts_with(&joined))
        else {
            return Ok(None);
        };
        let argument = self.0.remove(at);
        if let Some(value) = argument.strip_prefix(&joined) {
            return Ok(Some(value.to_owned()));
        }
        if at == self.0.len() {
            bail!("{name} needs a value");
        }
        Ok(Some(self.0.remove(at)))
    }

    /// Gives the names that are left.
    ///
    /// # Errors
    /// When a switch is among them: no command ignores one it doesn't know.
    pub fn names(self) -> Result<Vec<String>> {
        match self.0.iter().find(|argument| argument.starts_with('-')) {
            Some(unknown) => bail!("there is no option {unknown}; `cargo xtask help` lists them"),
            None => Ok(self.0),
        }
    }

    /// Ends reading, for a command that takes no names.
    ///
    /// # Errors
    /// When anything is left.
    pub fn end(self) -> Result<()> {
        match self.names()?.first() {
            Some(name) => bail!("unexpected argument {name}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(text: &str) -> Arguments {
        Arguments(text.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_and_switches_may_stand_anywhere() {
        let mut given = arguments("kernel --port 8080 --dev --embed=https://a.example runner");
        assert!(given.switch("--dev"));
        assert!(!given.switch("--dev"));
        assert_eq!(
            given.option("--port").expect("a value").as_deref(),
            Some("8080")
        );
        assert_eq!(
            given.option("--embed").expect("a value").as_deref(),
            Some("https://a.example")
        );
        assert_eq!(given.names().expect("names"), ["kernel", "runner"]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(arguments("--prot 80").names().is_err());
        assert!(arguments("--port").option("--port").is_err());
        assert!(arguments("kernel").end().is_err());
    }
}
