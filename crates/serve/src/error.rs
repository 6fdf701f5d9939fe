//! Why the program ends.

use std::path::PathBuf;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// What was written behind `selvage` can't be followed.
    #[error("{0}")]
    Usage(String),
    /// The address can't be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// The folder of the data can't be made.
    #[error("cannot make the folder {}: {source}", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder of the page can't be read.
    #[error("cannot serve the folder {}: {source}", folder.display())]
    Pages {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key can't be made, or the file of keys can't be read.
    #[error("{0}")]
    Key(String),
    /// The database can't be opened: it may be damaged, or another program has it open.
    #[error("cannot open {}: {source}", file.display())]
    Database {
        /// Which.
        file: PathBuf,
        /// Why.
        source: Box<redb::Error>,
    },
    /// The database is of another version of this program.
    #[error("{} has the format {found}, and this program reads {expected}", file.display())]
    Format {
        /// Which.
        file: PathBuf,
        /// Its format.
        found: u64,
        /// What is read.
        expected: u64,
    },
    /// The workspace can't be opened: it may be damaged.
    #[error("cannot open the workspace in {}: {why}", folder.display())]
    Workspace {
        /// Where it is.
        folder: PathBuf,
        /// Why.
        why: String,
    },
    /// Another program has the workspace open: one writes at a time.
    #[error("another program has the workspace in {} open", folder.display())]
    Held {
        /// Where it is.
        folder: PathBuf,
    },
    /// The workspace can't be shared, or not like this.
    #[error("{0}")]
    Sharing(String),
    /// The workspace failed.
    #[error("the workspace failed: {0}")]
    Vfs(#[from] selvage_vfs::VfsError),
    /// Jobs can't be run.
    #[error(transparent)]
    Jobs(#[from] selvage_jobs::JobsError),
    /// The system gave no threads, no signals or no randomness.
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
}

/// What a call in this crate gives.
pub type Result<T, E = ServeError> = std::result::Result<T, E>;
