//! The workspace, as a mirror sees it: whoever holds it lets one change in at a time, and only if it still fits.

use crate::error::Failure;
use selvage_vfs::{Entry, Hash, Op, Workspace};
use std::collections::BTreeSet;

/// How many of the latest changes are looked through for one that was begun before a death.
pub const CHANGES_LOOKED_THROUGH_MAX: usize = 10_000;

/// What a change goes by. When it is not so any more, the change is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// What is at a path: nothing, a folder, or a file with a content.
    Is {
        /// The path.
        path: String,
        /// Nothing where nothing is; within, nothing for a folder.
        what: Option<Option<Hash>>,
    },
    /// A folder holds nothing but these.
    Holds {
        /// The folder.
        folder: String,
        /// The paths of all in it, at most.
        paths: BTreeSet<String>,
    },
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landed {
    /// It is made, and durable.
    Done,
    /// It did not fit any more. Nothing was made.
    Stale,
}

/// See the module.
pub trait Store {
    /// All files and folders. What is typed becomes part of the history by this, so that every content has a name.
    ///
    /// # Errors
    /// It can't be read, or what was typed can't be kept.
    fn files(&mut self) -> Result<Vec<Entry>, Failure>;

    /// A stretch of a content; nothing behind its end.
    ///
    /// # Errors
    /// The content is not here, or was thinned out.
    fn read(&mut self, hash: &Hash, from: u64, len: usize) -> Result<Vec<u8>, Failure>;

    /// Whether a content is here.
    ///
    /// # Errors
    /// Storage can't be read.
    fn has(&mut self, hash: &Hash) -> Result<bool, Failure>;

    /// Begins to take in a content; gives how many bytes of it are here.
    ///
    /// # Errors
    /// It is too large, or storage failed.
    fn begin_content(&mut self, hash: &Hash, size: u64) -> Result<u64, Failure>;

    /// Goes on with it; whether it is whole.
    ///
    /// # Errors
    /// The bytes are not those of the content, or storage failed.
    fn add_content(&mut self, hash: &Hash, from: u64, bytes: &[u8]) -> Result<bool, Failure>;

    /// Makes one change of all operations, or none, if what is there is what is expected; a look and the change are one step.
    ///
    /// # Errors
    /// It may not be made.
    fn change(
        &mut self,
        at_ms: u64,
        message: &str,
        ops: &[Op],
        expected: &[Expected],
    ) -> Result<Landed, Failure>;

    /// Whether a change of this time and message was made.
    ///
    /// # Errors
    /// The history can't be read.
    fn has_change(&mut self, at_ms: u64, message: &str) -> Result<bool, Failure>;
}

/// Whether a workspace is as it is expected to be.
#[must_use]
pub fn fits(workspace: &Workspace, expected: &[Expected]) -> bool {
    expected.iter().all(|expected| match expected {
        Expected::Is { path, what } => workspace.stat(path).ok().map(|entry| entry.hash) == *what,
        Expected::Holds { folder, paths } => workspace
            .list(folder, true)
            .is_ok_and(|entries| entries.iter().all(|entry| paths.contains(&entry.path))),
    })
}

/// Whether a change is among the latest ones of a workspace.
///
/// # Errors
/// The history can't be read.
pub fn has_change(workspace: &Workspace, at_ms: u64, message: &str) -> selvage_vfs::Result<bool> {
    let latest = workspace.history(None, CHANGES_LOOKED_THROUGH_MAX)?;
    Ok(latest
        .iter()
        .any(|change| change.at_ms == at_ms && change.message == message))
}

/// Whether a content can be read from a workspace.
///
/// # Errors
/// Storage can't be read.
pub fn has(workspace: &Workspace, hash: &Hash) -> selvage_vfs::Result<bool> {
    Ok(workspace.content_size(hash)?.is_some() && workspace.thinned_at(hash)?.is_none())
}
