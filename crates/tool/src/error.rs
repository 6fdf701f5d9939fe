//! The closed list of things that can go wrong, as data.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// Why a tool call failed. The list is closed: callers may match on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$name),+];

            /// The code as callers see it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text),+ }
            }

            /// What the code means, in the words of the documentation.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(ErrorCode::$name => concat!($($doc),+)),+ }
            }
        }
    };
}

codes! {
    /// There is no file, folder, run or version of that name.
    NotFound = "NOT_FOUND",
    /// Something of that name is there already.
    AlreadyExists = "ALREADY_EXISTS",
    /// There is no tool of that name.
    UnknownTool = "UNKNOWN_TOOL",
    /// The input does not fit the tool's schema.
    InvalidInput = "INVALID_INPUT",
    /// A path or a name that can't be used: empty, too long, reserved, or pointing outside.
    InvalidPath = "INVALID_PATH",
    /// The tool works on files, and this is a folder.
    NotAFile = "NOT_A_FILE",
    /// The tool works on folders, and this is a file.
    NotAFolder = "NOT_A_FOLDER",
    /// The file does not end in `.flow.js`, `.flow.mjs` or `.py`, or lies in a folder whose files are not run.
    NotAFlow = "NOT_A_FLOW",
    /// The file is not text in UTF-8.
    NotText = "NOT_TEXT",
    /// The content is larger than the limit.
    TooLarge = "TOO_LARGE",
    /// The patch does not fit the file as it is now.
    PatchFailed = "PATCH_FAILED",
    /// The file is not what the caller started from any more.
    Stale = "STALE",
    /// A folder can't move into itself.
    MoveIntoSelf = "MOVE_INTO_SELF",
    /// That version was thinned out of the past; other versions were kept.
    Thinned = "THINNED",
    /// There is nothing to undo or redo.
    NothingToUndo = "NOTHING_TO_UNDO",
    /// The flow has errors that keep it from running; they come as diagnostics.
    LintFailed = "LINT_FAILED",
    /// The flow threw, or a promise was rejected and nobody handled it.
    RuntimeException = "RUNTIME_EXCEPTION",
    /// The flow's result holds something that has no form outside: a function, a symbol, a cycle.
    InvalidResult = "INVALID_RESULT",
    /// A promise that the flow waits for can never settle.
    Stalled = "STALLED",
    /// The run used up its fuel.
    QuotaFuel = "QUOTA_FUEL",
    /// The run used up its computing time.
    QuotaCpu = "QUOTA_CPU",
    /// The run took longer than it may on the clock.
    QuotaWall = "QUOTA_WALL",
    /// The run needed more memory than it may.
    QuotaMemory = "QUOTA_MEMORY",
    /// The run nested deeper than the stack allows.
    QuotaStack = "QUOTA_STACK",
    /// The run wrote more output than it may.
    QuotaOutput = "QUOTA_OUTPUT",
    /// The run wrote more files, or more bytes into files, than it may.
    QuotaFiles = "QUOTA_FILES",
    /// The run made more host calls than it may.
    QuotaCalls = "QUOTA_CALLS",
    /// The run made more fetches than it may.
    QuotaFetches = "QUOTA_FETCHES",
    /// The grant does not cover what was asked for.
    PolicyDenied = "POLICY_DENIED",
    /// What is mounted from another workspace changes only by `scope_mount` and `scope_unmount`.
    ReadOnly = "READ_ONLY",
    /// The files of a mounted parent are not those that were mounted: `scope_mount` it again.
    ScopeChanged = "SCOPE_CHANGED",
    /// The host tried to fetch and could not.
    FetchFailed = "FETCH_FAILED",
    /// Somebody cancelled the run.
    Cancelled = "CANCELLED",
    /// Too many runs are waiting, or another program has the workspace open.
    Busy = "BUSY",
    /// No executor of that kind can take the run.
    ExecutorUnavailable = "EXECUTOR_UNAVAILABLE",
    /// The interpreter itself broke; the run is over and the next one starts afresh.
    GuestCrashed = "GUEST_CRASHED",
    /// Storage refused the write because it is full.
    StorageFull = "STORAGE_FULL",
    /// Storage failed; nothing of the change was kept.
    StorageFailed = "STORAGE_FAILED",
    /// What storage holds is not what was written; nothing of it is served.
    Damaged = "DAMAGED",
    /// A defect of Selvage itself.
    Internal = "INTERNAL",
}

/// A failure, as every tool returns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[error("{code:?}: {message}")]
pub struct ToolError {
    /// Why, from the closed list.
    pub code: ErrorCode,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// The file, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub path: Option<String>,
    /// The line in that file, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u32>,
    /// The column in that line, in UTF-16 code units from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<u32>,
    /// The call stack in workspace paths, one frame a line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stack: Option<String>,
}

impl ToolError {
    /// A failure with a code and a sentence.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            path: None,
            line: None,
            column: None,
            stack: None,
        }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with the file it is about.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The same, with a place in the file.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }
}

/// What a tool call gives: the value, or the failure.
pub type ToolResult<T = serde_json::Value> = Result<T, ToolError>;
