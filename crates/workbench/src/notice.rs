//! What the engine tells whoever shows the workspace.

use crate::event::CallId;
use selvage_tool::ToolError;
use selvage_tool::decision::Approval;
use selvage_tool::run::{LogEntry, RunProgress, RunStatus};
use serde::Serialize;

/// News for whoever shows the workspace.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Notice {
    /// The workspace changed.
    Changed {
        /// The paths that were touched.
        paths: Vec<String>,
        /// The heads now.
        heads: Vec<String>,
    },
    /// A run is somewhere else now, or further.
    Run {
        /// The run.
        run: String,
        /// The flow's path.
        path: String,
        /// Where it is.
        status: RunStatus,
        /// How far it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        progress: Option<RunProgress>,
        /// The workspace path of its record, once it is over.
        #[serde(skip_serializing_if = "Option::is_none")]
        record: Option<String>,
        /// The host's number of the call that started it, or of the call whose run before it failed, while more comes of that call: of a run
        /// that is over, another attempt.
        #[serde(skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
    },
    /// A run wrote log entries.
    Log {
        /// The run.
        run: String,
        /// The entries.
        entries: Vec<LogEntry>,
    },
    /// The session with another replica ended before its link did.
    PeerLost {
        /// Why.
        message: String,
        /// What to do.
        hint: String,
        /// The same for a report of a fault.
        reason: String,
    },
    /// A parcel could not be made, or held what this workspace can't take.
    MailFailed {
        /// What happened.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A call, or a run that came of it, waits for a person's approval.
    Approval {
        /// The host's number of the call; none where a flow runs by itself.
        #[serde(skip)]
        call: Option<CallId>,
        /// What waits.
        approval: Box<Approval>,
    },
    /// Something waits for a person's approval, or does not any more: `approval_list` has it.
    Approvals {
        /// How many wait.
        waiting: u32,
    },
    /// A run has used up a quota and waits for `flow_answer`.
    Asked {
        /// The run.
        run: String,
        /// The error that ends it otherwise.
        error: ToolError,
        /// The limit's name.
        limit: String,
        /// What was used of it.
        used: u64,
    },
}
