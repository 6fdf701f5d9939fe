//! The steps that a change is made of.

use crate::id::Hash;
use crate::path::kept;

/// One step of a change. Paths are workspace paths; a leading slash is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Gives a file its content. Missing folders are made.
    Write {
        /// The file.
        path: String,
        /// The whole content.
        bytes: Vec<u8>,
        /// Refuse when the file is there already.
        create_only: bool,
        /// The content that the writer started from. When the file holds another one by now, what
        /// the writer changed is joined into it, if both are text; without a base, the new
        /// content replaces whatever is there.
        base: Option<Hash>,
    },
    /// Gives a file a content that is here already, by its hash: one that came piece by piece, or
    /// that of another file. Missing folders are made.
    Put {
        /// The file.
        path: String,
        /// The content.
        hash: Hash,
        /// Refuse when the file is there already.
        create_only: bool,
    },
    /// Gives a text file its live text, as an editor does while somebody types: durable, and no
    /// change in the ledger before the next seal. A file that is not there is made as by `Write`.
    Draft {
        /// The file.
        path: String,
        /// The whole text.
        text: String,
    },
    /// Makes a folder and the folders above it. A folder that is there is left as it is.
    Mkdir {
        /// The folder.
        path: String,
    },
    /// Moves or renames a file or a folder. Missing folders above the new path are made.
    Move {
        /// Where it is.
        from: String,
        /// Its new path, the last name included. Nothing may be there.
        to: String,
    },
    /// Keeps a file or a folder where it is shown and by the name that is shown: writes both, so
    /// that a deletion or a move made apart does not win over it. It ends what is in doubt about
    /// its place and its name.
    Keep {
        /// What to keep.
        path: String,
    },
    /// Deletes a file, or a folder with everything in it.
    Remove {
        /// What to delete.
        path: String,
    },
}

impl Op {
    /// A [`Op::Write`] that replaces whatever is there.
    #[must_use]
    pub fn write(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::Write {
            path: path.into(),
            bytes: bytes.into(),
            create_only: false,
            base: None,
        }
    }

    /// The paths that it names: what it is done to, and where that comes to.
    pub fn paths(&self) -> impl Iterator<Item = &String> {
        let (path, to) = match self {
            Self::Move { from, to } => (from, Some(to)),
            Self::Write { path, .. }
            | Self::Put { path, .. }
            | Self::Draft { path, .. }
            | Self::Mkdir { path }
            | Self::Keep { path }
            | Self::Remove { path } => (path, None),
        };
        std::iter::once(path).chain(to)
    }

    /// The same step, of paths as a workspace keeps them.
    #[must_use]
    pub fn with_kept_paths(mut self) -> Self {
        let (path, to) = match &mut self {
            Self::Move { from, to } => (from, Some(to)),
            Self::Write { path, .. }
            | Self::Put { path, .. }
            | Self::Draft { path, .. }
            | Self::Mkdir { path }
            | Self::Keep { path }
            | Self::Remove { path } => (path, None),
        };
        for path in std::iter::once(path).chain(to) {
            *path = kept(path);
        }
        self
    }
}
