//! What was built before, by the hash of what it was built from.
//!
//! `target/selvage-cache/<name>-<hash>/` holds the files of one build; `target/selvage-cache/<name>.current` names the
//! hash of those that lie in their place now. Going back to an earlier state of the sources is a copy.

use crate::root;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The most builds of one artifact that are kept.
const BUILDS_KEPT_MAX: usize = 4;

/// The cache of this repository, or of a test.
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache under `target/`.
    pub fn open() -> Cache {
        Cache {
            folder: root::at("target/selvage-cache"),
        }
    }

    #[cfg(test)]
    pub fn within(folder: PathBuf) -> Cache {
        Cache { folder }
    }

    /// Whether these outputs are in their place and were made from this hash.
    pub fn is_current(&self, name: &str, hash: &str, outputs: &[PathBuf]) -> bool {
        let current = fs::read_to_string(self.folder.join(format!("{name}.current")));
        current.is_ok_and(|current| current == hash) && outputs.iter().all(|path| path.is_file())
    }

    /// Puts the outputs of an earlier build from this hash in their place; `false` when there is none.
    ///
    /// # Errors
    /// When a file can't be copied.
    pub fn restore(&self, name: &str, hash: &str, outputs: &[PathBuf]) -> Result<bool> {
        let build = self.folder.join(format!("{name}-{hash}"));
        let kept: Vec<PathBuf> = outputs.iter().map(|path| in_build(&build, path)).collect();
        if !kept.iter().all(|path| path.is_file()) {
            return Ok(false);
        }
        for (from, to) in kept.iter().zip(outputs) {
            copy(from, to)?;
        }
        self.mark(name, hash)?;
        Ok(true)
    }

    /// Keeps outputs that were just built from this hash.
    ///
    /// # Errors
    /// When a file can't be copied.
    pub fn keep(&self, name: &str, hash: &str, outputs: &[PathBuf]) -> Result<()> {
        let build = self.folder.join(format!("{name}-{hash}"));
        for output in outputs {
            copy(output, &in_build(&build, output))?;
        }
        self.mark(name, hash)?;
        self.forget_old(name)
    }

    /// Says that the outputs in their place were made from this hash.
    ///
    /// # Errors
    /// When that can't be written.
    pub fn mark(&self, name: &str, hash: &str) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        fs::write(self.folder.join(format!("{name}.current")), hash)
            .context("cannot write to the cache")
    }

    /// Says that the outputs are about to change.
    pub fn unmark(&self, name: &str) {
        let _ = fs::remove_file(self.folder.join(format!("{name}.current")));
    }

    fn forget_old(&self, name: &str) -> Result<()> {
        let mut builds: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let file_name = entry.file_name().to_string_lossy().into_owned();
            let hash = file_name
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('-'));
            if hash.is_some_and(|hash| !hash.contains('-')) && entry.path().is_dir() {
                builds.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        builds.sort();
        let old = builds.len().saturating_sub(BUILDS_KEPT_MAX);
        for (_, path) in builds.drain(..old) {
            fs::remove_dir_all(path)?;
        }
        Ok(())
    }
}

fn in_build(build: &Path, output: &Path) -> PathBuf {
    build.join(output.file_name().unwrap_or_default())
}

/// Copies beside the target and renames, so that whoever reads it sees the old file or the new one.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder)?;
    let beside = to.with_extension(format!("part-{}", std::process::id()));
    fs::copy(from, &beside).with_context(|| format!("cannot copy {}", from.display()))?;
    fs::rename(&beside, to).with_context(|| format!("cannot write {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_current_until_its_sources_change_and_comes_back_with_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::within(folder.path().join("cache"));
        let output = folder.path().join("out/guest.wasm");
        let outputs = vec![output.clone()];
        fs::create_dir_all(folder.path().join("out")).expect("made");

        assert!(!cache.restore("guest", "one", &outputs).expect("readable"));
        fs::write(&output, "first").expect("written");
        cache.keep("guest", "one", &outputs).expect("kept");
        assert!(cache.is_current("guest", "one", &outputs));

        fs::write(&output, "second").expect("written");
        cache.keep("guest", "two", &outputs).expect("kept");
        assert!(!cache.is_current("guest", "one", &outputs));

        assert!(cache.restore("guest", "one", &outputs).expect("restored"));
        assert_eq!(fs::read_to_string(&output).expect("there"), "first");
        assert!(cache.is_current("guest", "one", &outputs));

        fs::remove_file(&output).expect("removed");
        assert!(
            !cache.is_current("guest", "one", &outputs),
            "an output that is gone isn't current"
        );
    }

    #[test]
    fn only_the_latest_builds_are_kept_and_those_of_others_are_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::within(folder.path().join("cache"));
        let output = folder.path().join("a.wasm");
        fs::write(&output, "a").expect("written");
        cache
            .keep("guest-js", "0", std::slice::from_ref(&output))
            .expect("kept");
        for hash in 0..BUILDS_KEPT_MAX + 3 {
            cache
                .keep("guest", &hash.to_string(), std::slice::from_ref(&output))
                .expect("kept");
        }
        let builds = fs::read_dir(folder.path().join("cache"))
            .expect("there")
            .flatten()
            .filter(|entry| entry.path().is_dir());
        assert_eq!(builds.count(), BUILDS_KEPT_MAX + 1);
        assert!(cache.restore("guest-js", "0", &[output]).expect("restored"));
    }
}
