//! `test [stage…]`: runs every check there is, each whether or not one before it failed, and sums up.
//!
//! The layers, the length of files and the links in the docs (`tidy`) are tests of this package, so `rust` covers them.

use super::{page, toolchain, wasm};
use crate::commands::Command;
use crate::report::{Counts, Reporter};
use crate::{Arguments, artifact, build, root};
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command as Program, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// See the module.
pub const COMMAND: Command = Command {
    name: "test",
    usage: "[stage...]",
    about: "runs every check, or these stages",
    run,
};

/// One kind of check.
struct Stage {
    name: &'static str,
    check: Check,
}

enum Check {
    /// Programs, one after the other.
    Programs(&'static [(&'static str, &'static str, Reporter)]),
    /// Builds the artifacts and holds each to its budget.
    Artifacts,
    /// Builds the page and holds the first load to its budget.
    Page,
}

/// In the order of what is cheap, and of what needs what.
const STAGES: &[Stage] = &[
    Stage {
        name: "format",
        check: Check::Programs(&[("cargo", "fmt --all --check", Reporter::ExitCode)]),
    },
    // The native host's tests run the guests, so these come before.
    Stage {
        name: "wasm",
        check: Check::Artifacts,
    },
    // What is for wasm alone. All else is linted where it is compiled for its tests.
    Stage {
        name: "clippy",
        check: Check::Programs(&[(
            "cargo",
            "clippy --quiet --package selvage-tool --target wasm32-unknown-unknown",
            Reporter::ExitCode,
        )]),
    },
    Stage {
        name: "rust",
        check: Check::Programs(&[
            ("cargo", "test --workspace --no-fail-fast", Reporter::Cargo),
            // What begins from an image is the same as what warms itself up: all of Python once more, without one.
            (
                "cargo",
                "test --workspace --test python --no-fail-fast --config env.SELVAGE_COLD=\"1\"",
                Reporter::Cargo,
            ),
        ]),
    },
    Stage {
        name: "clients",
        check: Check::Programs(&[
            (
                "cargo",
                "build --quiet --workspace --bin selvage --example folder",
                Reporter::ExitCode,
            ),
            ("node", "tests/clients/run.mjs", Reporter::Own),
        ]),
    },
    // Ten thousand histories of replicas, and every fault of a disk at every call: minutes of an optimised build.
    Stage {
        name: "simulation",
        check: Check::Programs(&[(
            "cargo",
            "test --release --package selvage-sync --package selvage-vfs --test it -- --nocapture simulation faults",
            Reporter::Cargo,
        )]),
    },
    Stage {
        name: "types",
        check: Check::Programs(&[("npm", "run --silent types", Reporter::ExitCode)]),
    },
    Stage {
        name: "unit",
        check: Check::Programs(&[("npm", "run --silent unit", Reporter::Vitest)]),
    },
    Stage {
        name: "page",
        check: Check::Page,
    },
    Stage {
        name: "browser",
        check: Check::Programs(&[("node", "tests/browser/run.mjs", Reporter::Own)]),
    },
];

fn run(arguments: Arguments) -> Result<()> {
    let names = arguments.names()?;
    let known: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
    for name in &names {
        ensure!(
            known.contains(&name.as_str()),
            "there is no stage {name}; there are {}",
            known.join(", ")
        );
    }
    toolchain::ensure()?;
    own()?;
    let mut rows = Vec::new();
    let mut failures = Vec::new();
    for stage in STAGES
        .iter()
        .filter(|stage| names.is_empty() || names.iter().any(|name| name == stage.name))
    {
        println!("\n== {} ==", stage.name);
        let start = Instant::now();
        // A check that can't even be made is a check that failed.
        let counts = stage.check.make(&mut failures).unwrap_or_else(|error| {
            let why = format!("{}: {error:#}", stage.name);
            println!("{why}");
            failures.push(why);
            Counts {
                passed: 0,
                failed: 1,
            }
        });
        rows.push((stage.name, counts, start.elapsed()));
    }
    if !failures.is_empty() {
        println!("\n== what failed ==\n{}", failures.join("\n"));
    }
    let all = sum_up(&rows);
    println!("{} passed, {} failed", all.passed, all.failed);
    std::io::stdout().flush()?;
    if all.failed > 0 {
        // The sum is the last line, so nothing is said after it.
        std::process::exit(1);
    }
    Ok(())
}

fn sum_up(rows: &[(&str, Counts, Duration)]) -> Counts {
    println!(
        "\n{:<10} {:>8} {:>8} {:>10}",
        "stage", "passed", "failed", "seconds"
    );
    let mut all = Counts::default();
    for (name, counts, took) in rows {
        println!(
            "{name:<10} {:>8} {:>8} {:>10.1}",
            counts.passed,
            counts.failed,
            took.as_secs_f64()
        );
        all += *counts;
    }
    all
}

impl Check {
    /// Makes the check, and adds what there is to say of what failed.
    fn make(&self, failures: &mut Vec<String>) -> Result<Counts> {
        match self {
            Check::Programs(programs) => {
                let mut counts = Counts::default();
                for (program, arguments, reporter) in *programs {
                    println!("$ {program} {arguments}");
                    let (output, success) = watch(program, arguments)?;
                    let these = reporter.read(&output, success);
                    if these.failed > 0 {
                        failures.extend(reporter.failures(&output));
                    }
                    counts += these;
                }
                Ok(counts)
            }
            Check::Artifacts => {
                let artifacts = artifact::list()?.artifact;
                wasm::ship_all(&artifacts, false)?;
                let sizes = artifacts
                    .iter()
                    .map(wasm::size)
                    .collect::<Result<Vec<_>>>()?;
                Ok(within_budget(&sizes, failures))
            }
            Check::Page => {
                page::ensure()?;
                Ok(within_budget(&page::compress_all()?, failures))
            }
        }
    }
}

fn within_budget(sizes: &[wasm::Size], failures: &mut Vec<String>) -> Counts {
    wasm::print_table(sizes);
    let over: Vec<_> = sizes.iter().filter(|size| !size.fits()).collect();
    failures.extend(
        over.iter()
            .map(|size| format!("{}: {} bytes of {}", size.name, size.brotli, size.budget)),
    );
    let failed = over.len() as u64;
    Counts {
        passed: sizes.len() as u64 - failed,
        failed,
    }
}

/// Has cargo lint what it compiles of this workspace, and take a warning for an error: `cargo clippy` for all targets would check
/// every dependency once more, for minutes.
const LINTED: [(&str, &str); 2] = [
    ("RUSTC_WORKSPACE_WRAPPER", "clippy-driver"),
    ("CARGO_BUILD_WARNINGS", "deny"),
];

/// Where this program lies, as it was asked for first: a later stage may put a newer build in its place.
fn own() -> Result<&'static Path> {
    static OWN: OnceLock<PathBuf> = OnceLock::new();
    let path = std::env::current_exe()?;
    Ok(OWN.get_or_init(|| path))
}

/// Runs a program and gives what it wrote, which is shown as it comes.
fn watch(program: &str, arguments: &str) -> Result<(String, bool)> {
    let mut command = Program::new(program);
    command
        .args(arguments.split(' '))
        .current_dir(root::root())
        .stdin(Stdio::null());
    // The journeys start servers of their own, with this very program.
    command.env("SELVAGE_XTASK", own()?);
    // Each interpreter is compiled for this machine once, and not by each program that runs it.
    command.env("SELVAGE_CACHE", build::target_folder().join("tmp/compiled"));
    // What is built for its speed was linted with the rest, and some constants are others there.
    if program == "cargo" && !arguments.contains("--release") {
        command.envs(LINTED);
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let (stdout, stderr) = (
        child.stdout.take().context("piped")?,
        child.stderr.take().context("piped")?,
    );
    let output = std::thread::scope(|scope| {
        let errors = scope.spawn(|| echo(stderr));
        let mut output = echo(stdout);
        output.push_str(&errors.join().unwrap_or_default());
        output
    });
    Ok((output, child.wait()?.success()))
}

fn echo(from: impl Read) -> String {
    let mut all = String::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        all.push_str(&line);
        all.push('\n');
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_writes_and_how_it_ends_is_seen() {
        let (output, success) = watch("node", "--print 6*7").expect("node starts");
        assert_eq!((output.trim(), success), ("42", true));
        let (output, success) = watch("node", "no-such-file.mjs").expect("node starts");
        assert!(output.contains("no-such-file.mjs") && !success);
        assert!(watch("no-such-program", "").is_err());
    }

    #[test]
    fn the_sum_is_that_of_the_stages() {
        let row = |passed, failed| ("a", Counts { passed, failed }, Duration::ZERO);
        assert_eq!(
            sum_up(&[row(3, 0), row(4, 1)]),
            Counts {
                passed: 7,
                failed: 1
            }
        );
    }
}
