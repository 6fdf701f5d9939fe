//! Why a pass ended before it had done everything.

use std::io;

/// Which of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The folder of plain files.
    Disk,
    /// The workspace.
    Workspace,
}

/// See the module. What was done before it stays, and the next pass goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The folder, or something in it that the pass can't do without, could not be read or written.
    #[error("`{path}`: {source}")]
    Disk {
        /// Where, below the folder.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The workspace refused.
    #[error("the workspace: {0}")]
    Workspace(Failure),
    /// What was remembered of the last pass could not be kept.
    #[error("what the mirror remembers could not be kept: {0}")]
    Memory(io::Error),
    /// What was remembered is not what was kept.
    #[error("what the mirror remembers is damaged: {why}")]
    Damaged {
        /// What is wrong with it.
        why: String,
    },
    /// There is more than a mirror keeps.
    #[error("the folder holds more than {max} files and folders that are not ignored")]
    TooMany {
        /// The most of them.
        max: usize,
    },
    /// So much is gone at once that it looks like an accident.
    #[error("{gone} of {of} mirrored files are gone from {}", match side { Side::Disk => "the folder", Side::Workspace => "the workspace" })]
    Removals {
        /// Where they are gone.
        side: Side,
        /// How many.
        gone: usize,
        /// Of how many.
        of: usize,
    },
    /// Both sides hold files, and nobody said which of them is right.
    #[error(
        "the folder and the workspace both hold files, and were never mirrored: {differing} files differ"
    )]
    Unchosen {
        /// How many files are not the same on both sides.
        differing: usize,
    },
}

/// Why a workspace refused, as whoever holds it says it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a call in this crate gives.
pub type Result<T, E = MirrorError> = std::result::Result<T, E>;
