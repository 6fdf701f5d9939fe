//! Everything that can go wrong, as one list.

use crate::id::{Hash, Heads};

/// Why a call on a workspace failed. Nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VfsError {
    /// Nothing of that name is there.
    #[error("there is nothing at `{path}`")]
    NotFound {
        /// The path that was asked for.
        path: String,
    },
    /// Something is there already: of that very name, or of one that differs only in case or in
    /// how its characters are composed.
    #[error("`{existing}` is there already")]
    AlreadyExists {
        /// The path that was asked for.
        path: String,
        /// The path that is in the way.
        existing: String,
    },
    /// A path that can't be used.
    #[error("`{path}` can't be used as a path: {why}")]
    InvalidPath {
        /// The path as it came in.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The call works on files, and this is a folder.
    #[error("`{path}` is a folder")]
    NotAFile {
        /// The folder.
        path: String,
    },
    /// The call works on folders, and this is a file.
    #[error("`{path}` is a file")]
    NotAFolder {
        /// The file.
        path: String,
    },
    /// The call works on text, and this is not text in UTF-8.
    #[error("`{path}` is not text")]
    NotText {
        /// The file.
        path: String,
    },
    /// An edit of a text is behind the text's end.
    #[error("`{path}` ends at {len}, and the edit reaches to {at}")]
    OutOfRange {
        /// The file.
        path: String,
        /// Where the edit ends, in UTF-16 code units.
        at: u64,
        /// Where the text ends.
        len: u64,
    },
    /// A limit of [`crate::limits`] was passed.
    #[error("`{path}`: {limit} is {max}, and this is {size}")]
    TooLarge {
        /// The file or folder; empty when it is the call itself.
        path: String,
        /// The limit's name, as in [`crate::limits`], in lower case.
        limit: &'static str,
        /// What was asked for, in the limit's unit.
        size: u64,
        /// The limit.
        max: u64,
    },
    /// Bytes that came piece by piece are not the content that they were to be.
    #[error("the bytes are not the content {hash}")]
    NotTheContent {
        /// The content's name.
        hash: Hash,
    },
    /// A folder can't move into itself or below itself.
    #[error("`{from}` can't move into itself (`{to}`)")]
    MoveIntoSelf {
        /// The folder.
        from: String,
        /// Where it was to go.
        to: String,
    },
    /// No change of this device is left to undo.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// No undone change is left to redo.
    #[error("there is nothing to redo")]
    NothingToRedo,
    /// The workspace never was in that state, or has not received it.
    #[error("this workspace has no version `{heads}`")]
    UnknownHeads {
        /// The heads that were asked for.
        heads: Heads,
    },
    /// A content of the past that retention has thinned out.
    #[error("the content {hash} was thinned out")]
    Thinned {
        /// The content's name.
        hash: Hash,
        /// When it was, in milliseconds since 1970.
        at_ms: u64,
    },
    /// A search query that can't be understood.
    #[error("the query can't be understood: {why}")]
    InvalidQuery {
        /// What is wrong with it.
        why: String,
    },
    /// Storage has no room for the change.
    #[error("storage is full: {why}")]
    StorageFull {
        /// What storage said.
        why: String,
    },
    /// Storage could not read or write.
    #[error("storage failed: {why}")]
    StorageFailed {
        /// What storage said.
        why: String,
    },
    /// What storage holds is not what was written.
    #[error("the stored workspace is damaged: {why}")]
    Damaged {
        /// What does not fit.
        why: String,
    },
    /// The workspace was written by a later version of this crate.
    #[error("the stored workspace has format {found}; this program reads up to {supported}")]
    UnsupportedFormat {
        /// The format that storage names.
        found: u32,
        /// The latest format that can be read.
        supported: u32,
    },
    /// A defect of this crate.
    #[error("internal error: {why}")]
    Internal {
        /// What was expected and did not hold.
        why: String,
    },
}

/// What a call on a workspace gives.
pub type Result<T, E = VfsError> = std::result::Result<T, E>;
