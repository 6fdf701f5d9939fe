//! `mutants [name…]`: breaks rules on purpose and tells which tests see it.
//!
//! **Problem.** A suite that passes may be one that can't fail. Whether a rule is really held is seen only when it is broken.
//!
//! **Shape.** `tests/mutants.toml` lists small changes of the sources, each with the rule that it breaks and the suites that
//! should see it. Each is made in a copy of the tree under `target/mutants`, with a target folder of its own, so that nothing
//! happens to the sources. The suites run unbroken first: a suite that fails anyway would see everything.
//!
//! A suite sees a mutant when it fails or does not end. A mutant that does not compile, or whose text is no longer there, is
//! an error and proves nothing.

use crate::commands::Command;
use crate::{Arguments, root};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command as Program, Stdio};
use std::time::{Duration, Instant};

/// See the module.
pub const COMMAND: Command = Command {
    name: "mutants",
    usage: "[name...]",
    about: "breaks rules on purpose, or these, and tells what sees it",
    run,
};

/// The list, relative to the repository.
const LIST: &str = "tests/mutants.toml";
/// How long one program of a suite may take before it counts as one that does not end.
const PROGRAM_SECONDS_MAX: u64 = 240;
/// Histories that the simulation goes through for each mutant.
const SEEDS: &str = "1000";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    mutant: Vec<Mutant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    name: String,
    /// The rule, with its number where it has one.
    breaks: String,
    file: PathBuf,
    find: String,
    replace: String,
    suites: Vec<Suite>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Suite {
    VfsUnit,
    Vfs,
    Sync,
    Simulation,
    Relay,
    CourierUnit,
    Courier,
}

impl Suite {
    /// What cargo builds for it.
    fn build(self) -> &'static str {
        match self {
            Self::VfsUnit => "--package selvage-vfs --lib",
            Self::Vfs => "--package selvage-vfs --tests",
            Self::Sync => "--package selvage-sync --tests",
            Self::Simulation => "--release --package selvage-sync --test it",
            Self::Relay => "--package selvage-relay --tests",
            Self::CourierUnit => "--package selvage-courier --lib",
            Self::Courier => "--package selvage-courier --test it",
        }
    }

    /// What its programs are told.
    fn filter(self) -> &'static [&'static str] {
        match self {
            Self::Simulation => &["simulation"],
            Self::Courier => &["moving"],
            Self::VfsUnit | Self::Vfs | Self::Sync | Self::Relay | Self::CourierUnit => &[],
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let names = arguments.names()?;
    let list = list()?;
    for name in &names {
        let is_known = list.iter().any(|mutant| mutant.name == *name);
        ensure!(is_known, "{LIST} has no mutant {name}");
    }
    let is_wanted = |mutant: &&Mutant| names.is_empty() || names.contains(&mutant.name);
    let wanted: Vec<&Mutant> = list.iter().filter(is_wanted).collect();
    let copy = Copy::make()?;
    let suites: BTreeSet<Suite> = wanted.iter().flat_map(|m| m.suites.clone()).collect();
    for suite in suites {
        if let Some(failed) = copy.fails(suite)? {
            bail!("{suite:?} fails without any mutant: {failed}");
        }
    }
    let mut survivors = Vec::new();
    for mutant in &wanted {
        let start = Instant::now();
        let seen = copy.with(mutant, || {
            for suite in &mutant.suites {
                if let Some(failed) = copy.fails(*suite)? {
                    return Ok(Some((*suite, failed)));
                }
            }
            Ok(None)
        });
        let seen = seen.with_context(|| mutant.name.clone())?;
        let seconds = start.elapsed().as_secs();
        match seen {
            Some((suite, failed)) => {
                println!(
                    "caught   {:<46} {suite:?}: {failed} ({seconds} s)",
                    mutant.name
                );
            }
            None => {
                println!(
                    "SURVIVED {:<46} {} ({seconds} s)",
                    mutant.name, mutant.breaks
                );
                survivors.push(mutant.name.as_str());
            }
        }
    }
    let caught = wanted.len() - survivors.len();
    println!("{caught} of {} mutants caught", wanted.len());
    ensure!(survivors.is_empty(), "nobody sees {}", survivors.join(", "));
    Ok(())
}

/// Reads the list, and holds every entry against the sources.
fn list() -> Result<Vec<Mutant>> {
    let text = std::fs::read_to_string(root::at(LIST)).context(LIST)?;
    let list: List = toml::from_str(&text).context(LIST)?;
    let mut names = BTreeSet::new();
    for mutant in &list.mutant {
        let name = &mutant.name;
        ensure!(names.insert(name), "{name} is listed twice");
        ensure!(!mutant.suites.is_empty(), "{name} names no suite");
        let source = std::fs::read_to_string(root::at(&mutant.file));
        let source = source.with_context(|| format!("{name}: {}", mutant.file.display()))?;
        mutant.made_in(&source)?;
    }
    Ok(list.mutant)
}

impl Mutant {
    /// The source with the rule broken.
    fn made_in(&self, source: &str) -> Result<String> {
        let Self { name, file, .. } = self;
        let count = source.matches(&self.find).count();
        let file = file.display();
        ensure!(
            count == 1,
            "{name}: what it looks for stands {count} times in {file}"
        );
        let broken = source.replace(&self.find, &self.replace);
        ensure!(broken != source, "{name} changes nothing");
        Ok(broken)
    }
}

/// A copy of the tree.
struct Copy {
    tree: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// Copies every file that git knows or would add.
    fn make() -> Result<Self> {
        let folder = root::at("target/mutants");
        let (tree, target) = (folder.join("tree"), folder.join("target"));
        if tree.exists() {
            std::fs::remove_dir_all(&tree)?;
        }
        let listed = Program::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root::root())
            .output()
            .context("cannot start git")?;
        ensure!(listed.status.success(), "git can't list the files");
        for file in String::from_utf8(listed.stdout)?.split_terminator('\0') {
            let (from, to) = (root::at(file), tree.join(file));
            // One that was deleted and is still in git's index, or a link to a folder.
            if from.is_file() {
                std::fs::create_dir_all(to.parent().unwrap_or(&tree))?;
                std::fs::copy(&from, &to).with_context(|| file.to_owned())?;
            }
        }
        Ok(Self { tree, target })
    }

    /// Runs a call with a rule broken, and mends it again.
    fn with<T>(&self, mutant: &Mutant, call: impl FnOnce() -> Result<T>) -> Result<T> {
        let path = self.tree.join(&mutant.file);
        let source = std::fs::read_to_string(&path)?;
        std::fs::write(&path, mutant.made_in(&source)?)?;
        let result = call();
        std::fs::write(&path, source)?;
        result
    }

    /// The first test of a suite that fails, or what else went wrong with it; nothing when it passes.
    fn fails(&self, suite: Suite) -> Result<Option<String>> {
        for program in self.build(suite)? {
            if let Some(failed) = self.program_fails(&program, suite)? {
                return Ok(Some(failed));
            }
        }
        Ok(None)
    }

    /// Builds the programs of a suite.
    fn build(&self, suite: Suite) -> Result<Vec<Built>> {
        let built = Program::new("cargo")
            .args("test --quiet --no-run --message-format json".split(' '))
            .args(suite.build().split(' '))
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.target)
            .stderr(Stdio::null())
            .output()
            .context("cannot start cargo")?;
        let messages = String::from_utf8(built.stdout)?;
        let messages = || {
            messages
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
        };
        if !built.status.success() {
            let errors = messages().filter_map(|message: Message| message.message?.rendered);
            bail!("it does not compile:\n{}", errors.collect::<String>());
        }
        let program = |message: Message| {
            let folder = message.manifest_path?.parent()?.to_owned();
            message.executable.map(|file| Built { file, folder })
        };
        let programs: Vec<Built> = messages().filter_map(program).collect();
        ensure!(!programs.is_empty(), "{suite:?} has no program");
        Ok(programs)
    }

    /// As above, for one program. It is started without cargo, so that it can be stopped.
    fn program_fails(&self, program: &Built, suite: Suite) -> Result<Option<String>> {
        let log = self.target.join("mutant.log");
        let file = File::create(&log)?;
        let mut child = Program::new(&program.file)
            .args(suite.filter())
            .current_dir(&program.folder)
            .env(
                "SELVAGE_SEEDS",
                if suite == Suite::Simulation {
                    SEEDS
                } else {
                    ""
                },
            )
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {}", program.file.display()))?;
        let end = Instant::now() + Duration::from_secs(PROGRAM_SECONDS_MAX);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok((!status.success()).then(|| first_failure(&log)));
            }
            if Instant::now() > end {
                child.kill()?;
                child.wait()?;
                return Ok(Some("it does not end".into()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

struct Built {
    file: PathBuf,
    /// Where cargo would start it.
    folder: PathBuf,
}

/// What cargo says of a program that it built, or of an error.
#[derive(Debug, Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
    message: Option<Diagnostic>,
}

#[derive(Debug, Deserialize)]
struct Diagnostic {
    rendered: Option<String>,
}

/// The name of the first test that a program says has failed.
fn first_failure(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines();
    let failed = lines.find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    failed.unwrap_or("it ends with an error").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutant_still_finds_what_it_breaks() {
        let list = list().expect("the list fits the sources");
        assert!(list.len() >= 20, "{} mutants", list.len());
    }

    #[test]
    fn a_mutant_is_made_once_or_refused() {
        let mutant = |find: &str, replace: &str| Mutant {
            name: "m".into(),
            breaks: "a rule".into(),
            file: "a.rs".into(),
            find: find.into(),
            replace: replace.into(),
            suites: vec![Suite::Vfs],
        };
        assert_eq!(
            mutant("a < b", "a > b")
                .made_in("if a < b {")
                .expect("fits"),
            "if a > b {"
        );
        assert!(mutant("x", "y").made_in("if a < b {").is_err(), "rotten");
        assert!(mutant("a", "b").made_in("a a").is_err(), "in two places");
        assert!(mutant("a", "a").made_in("a").is_err(), "changes nothing");
    }

    #[test]
    fn the_first_test_that_fails_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let text = "test a::b ... ok\ntest a::c ... FAILED\ntest d ... FAILED\n";
        std::fs::write(&log, text).expect("writes");
        assert_eq!(first_failure(&log), "a::c");
        std::fs::write(&log, "memory allocation failed").expect("writes");
        assert_eq!(first_failure(&log), "it ends with an error");
    }
}
