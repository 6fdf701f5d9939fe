//! Why the program ends without having done what was asked, and the exit code that says so.

use selvage_mirror::{MirrorError, Side};
use selvage_serve::ServeError;
use selvage_tool::{ErrorCode, ToolError};
use std::path::PathBuf;

/// What was written behind `selvage` can't be followed.
const USAGE: u8 = 2;
/// The flow has errors that keep it from running.
pub(crate) const LINT: u8 = 3;
/// The run began and did not succeed.
pub(crate) const RUN: u8 = 4;
/// What was verified does not hold.
pub(crate) const UNVERIFIED: u8 = 6;
/// The two sides are equal, and something on them waits for a person.
pub(crate) const CONFLICTS: u8 = 7;
/// Nothing is said against what was verified, and it could not be made again here.
pub(crate) const UNMADE: u8 = 8;
/// Another program has the workspace open, or too many runs wait.
const BUSY: u8 = 5;
/// The run was cancelled: what shells give for SIGINT.
pub(crate) const CANCELLED: u8 = 130;
/// Whoever read standard output is gone: what shells give for SIGPIPE.
const CLOSED: u8 = 141;
/// Anything else.
const FAILED: u8 = 1;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was written behind `selvage` can't be followed.
    #[error("{0}")]
    Usage(String),
    /// The same, behind a command that there is.
    #[error(
        "{message}\n\n{usage}\n\n`selvage help {command}` has its options, and `selvage help` all commands"
    )]
    Command {
        /// What can't be followed.
        message: String,
        /// How the command is written.
        usage: String,
        /// Which.
        command: String,
    },
    /// A tool refused.
    #[error("{0}")]
    Tool(Box<ToolError>),
    /// A run that began did not succeed.
    #[error("{0}")]
    Run(Box<ToolError>),
    /// There is no workspace in the folder.
    #[error("there is no workspace in {}", .0.display())]
    NoWorkspace(PathBuf),
    /// A file that was named, or standard input, can't be read.
    #[error("cannot read {name}: {source}")]
    Read {
        /// Which.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file or folder that was named can't be written.
    #[error("cannot write {name}: {source}")]
    Write {
        /// Which.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// What was asked for can't be written to standard output.
    #[error("cannot write to standard output: {0}")]
    Output(std::io::Error),
    /// The host for devices, or the store of a workspace, failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// A mirror ended.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// The local door of the program that has the workspace open did not serve.
    #[error("the local door of the program that has the workspace open failed: {0}")]
    Door(String),
    /// The agents' protocol ended with an error.
    #[error("the session with the client ended: {0}")]
    Mcp(String),
    /// The system gave no threads or no signals.
    #[error("the system refused: {0}")]
    System(#[from] std::io::Error),
}

/// What a call in this crate gives.
pub type Result<T, E = CliError> = std::result::Result<T, E>;

impl CliError {
    /// The code that the program ends with.
    pub fn exit_code(&self) -> u8 {
        let (code, otherwise) = match self {
            Self::Usage(_) | Self::Command { .. } => return USAGE,
            Self::Serve(ServeError::Held { .. }) => return BUSY,
            Self::Output(_) if self.is_closed() => return CLOSED,
            Self::Tool(error) => (error.code, FAILED),
            Self::Run(error) => (error.code, RUN),
            _ => return FAILED,
        };
        match code {
            ErrorCode::LintFailed => LINT,
            ErrorCode::Busy => BUSY,
            ErrorCode::Cancelled => CANCELLED,
            _ => otherwise,
        }
    }

    /// Whether nobody reads what was asked for any more, as when `head` has enough: then there is nothing to tell.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Output(why) if why.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// The same as a tool tells it.
    pub fn as_tool_error(&self) -> ToolError {
        let told = |code| ToolError::new(code, format!("{self}."));
        match self {
            Self::Tool(error) | Self::Run(error) => (**error).clone(),
            Self::Usage(message) | Self::Command { message, .. } => {
                ToolError::new(ErrorCode::InvalidInput, format!("{message}."))
                    .hint("`selvage help` shows what can be written.")
            }
            Self::NoWorkspace(_) => told(ErrorCode::NotFound).hint(
                "`--workspace` names another folder, and `selvage init` makes a workspace.",
            ),
            Self::Serve(ServeError::Held { .. }) => told(ErrorCode::Busy)
                .hint("One program writes at a time: end `selvage serve`, `selvage mcp` or the command that has it open."),
            Self::Read { .. } => told(ErrorCode::NotFound),
            Self::Write { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
                told(ErrorCode::AlreadyExists).hint("Name a zip that is not there, or a folder that is new or empty.")
            }
            Self::Write { .. } | Self::Output(_) => told(ErrorCode::StorageFailed),
            Self::Serve(_) => told(ErrorCode::StorageFailed),
            Self::Mirror(MirrorError::Workspace(why)) => match why.downcast_ref::<ToolError>() {
                Some(error) => error.clone(),
                None => told(ErrorCode::StorageFailed),
            },
            Self::Mirror(MirrorError::Unchosen { .. }) => told(ErrorCode::AlreadyExists).hint(
                "Say which side is right with `--from disk`, `--from workspace` or `--from both`; `--dry-run` shows what it would do.",
            ),
            Self::Mirror(MirrorError::Removals { side, .. }) => told(ErrorCode::Stale).hint(match side {
                Side::Disk => "Nothing was done. Is the folder the right one, and mounted? `--allow-removals` takes them out of the workspace, too.",
                Side::Workspace => "Nothing was done. `selvage undo` brings them back; `--allow-removals` takes them out of the folder, too.",
            }),
            Self::Mirror(MirrorError::TooMany { .. }) => told(ErrorCode::TooLarge)
                .hint("Name what is not to be mirrored in a file `.selvageignore` in the folder, as in a `.gitignore`."),
            Self::Mirror(MirrorError::Damaged { .. }) => told(ErrorCode::StorageFailed).hint(
                "Remove the file of this folder in `mirrors` in the workspace's folder, and mirror with `--from both`: what differs is kept twice.",
            ),
            Self::Mirror(MirrorError::Disk { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => told(ErrorCode::NotFound),
            Self::Mirror(_) => told(ErrorCode::StorageFailed),
            Self::Mcp(_) | Self::Door(_) | Self::System(_) => told(ErrorCode::Internal),
        }
    }
}
