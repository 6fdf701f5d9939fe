//! The history that build scripts are shown in place of the one around them.
//!
//! RustPython's build script asks `git` for a revision, and takes the time of the build where it has none. It runs in every build,
//! so each would compile the interpreter anew, and no two would give the same bytes.

use crate::root;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Who made the one commit, and when.
const MADE: [(&str, &str); 6] = [
    ("GIT_AUTHOR_NAME", "published"),
    ("GIT_AUTHOR_EMAIL", "published@localhost"),
    ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
    ("GIT_COMMITTER_NAME", "published"),
    ("GIT_COMMITTER_EMAIL", "published@localhost"),
    ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
];

/// Shows a build the same history and the same zone of time on every machine. One without `git` is built all the same, and differs
/// in what the interpreter says of itself.
pub fn show(command: &mut Command) {
    command.env("TZ", "UTC");
    match made() {
        Ok(history) => {
            command.env("GIT_DIR", history);
        }
        Err(error) => println!("the guests say when they were built: {error:#}"),
    }
}

/// A repository with one empty commit.
fn made() -> Result<PathBuf> {
    let kept = root::at("target/selvage-cache/published.git");
    if kept.join("HEAD").is_file() {
        return Ok(kept);
    }
    let beside = kept.with_extension(std::process::id().to_string());
    fs::create_dir_all(&beside)?;
    git(
        &beside,
        &["init", "--quiet", "--bare", "--initial-branch=main"],
    )?;
    let tree = git(&beside, &["mktree"])?;
    let commit = git(&beside, &["commit-tree", &tree, "-m", "published"])?;
    git(&beside, &["update-ref", "HEAD", &commit])?;
    fs::rename(beside, &kept).or_else(|error| if kept.is_dir() { Ok(()) } else { Err(error) })?;
    Ok(kept)
}

fn git(repository: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .args(arguments)
        .env("GIT_DIR", repository)
        .envs(MADE)
        .stdin(Stdio::null())
        .output()
        .context("there is no git")?;
    ensure!(
        output.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{git, made};

    #[test]
    fn every_machine_has_the_same_commit() {
        let history = made().expect("a history");
        let head = git(&history, &["rev-parse", "HEAD"]).expect("a commit");
        assert_eq!(head, "657d8d0a1264170730efaa612a3244bcf61ea8c8");
        assert_eq!(
            git(&history, &["log", "-1", "--format=%ct"])
                .as_deref()
                .expect("a time"),
            "1767225600"
        );
    }
}
