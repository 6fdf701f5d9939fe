//! The end of the host: whatever has not ended is ended, and leaves its record.

use crate::engine::{Cx, Workbench};
use selvage_tool::{ErrorCode, ToolError};

impl Workbench {
    /// Ends all runs, what was to be made again, and what a person was asked. Runs that go on are cancelled; they have as long as any
    /// other run that is cancelled before they are stopped by force.
    pub(crate) fn close(&mut self, cx: &mut Cx<'_>) {
        self.is_closing = true;
        self.give_up_all();
        let mut runs: Vec<String> = self.runs.keys().cloned().collect();
        // Those that go on come first: none is to hear that one within it has ended, and to go on by that.
        runs.sort_by_key(|run| self.runs[run].runner.is_none());
        for run in runs {
            // All of them are there, so that there is no error.
            let _ = self.flow_cancel(cx, &run);
        }
        self.drop_approvals(cx, None, "the program is ending");
    }
}

/// Why no run begins any more, and nobody is asked.
pub(crate) fn ending() -> ToolError {
    ToolError::new(
        ErrorCode::Cancelled,
        "The program is ending, so no run begins any more.",
    )
    .hint("Run the flow again when it has been started again.")
}
