//! The tools that are answered at once, and the table that leads a call to its tool.

mod conflicts;
mod contents;
mod files;
mod history;
mod scopes;
mod status;

use crate::engine::{Asking, Cx, Outcome, Workbench};
use selvage_tool::ToolResult;
use selvage_tool::catalogue::Call;
use serde::Serialize;
use serde_json::Value;

pub(crate) use files::bare;

impl Workbench {
    /// Does what a call asks.
    pub(crate) fn perform(&mut self, cx: &mut Cx<'_>, asking: Asking, call: Call) -> Outcome {
        let origin = asking.origin.clone();
        Outcome::Done(match call {
            Call::Ls(input) => json(self.ls(&input)),
            Call::Stat(input) => json(self.stat(&input.path)),
            Call::Read(input) => json(self.read(&input)),
            Call::Write(input) => json(self.write(cx, &origin, input)),
            Call::Mkdir(input) => json(self.mkdir(cx, &origin, input)),
            Call::Move(input) => return done(self.move_to(cx, &asking, input)),
            Call::Delete(input) => json(self.delete(cx, &origin, input)),
            Call::ApplyPatch(input) => return done(self.apply_patch(cx, &asking, input)),
            Call::Search(input) => json(self.search(&input)),
            Call::History(input) => json(self.history(&input)),
            Call::Diff(input) => json(self.diff(cx, &input)),
            Call::Compare(input) => json(self.compare(cx, &input)),
            Call::Conflicts(input) => json(self.conflicts(&input)),
            Call::ResolveConflict(input) => json(self.resolve_conflict(cx, &origin, &input)),
            Call::Restore(input) => json(self.restore(cx, &origin, input)),
            Call::Undo(_) => json(self.undo(cx, &origin)),
            Call::Redo(_) => json(self.redo(cx, &origin)),
            Call::Seal(_) => json(self.seal_now(cx)),
            Call::ThinHistory(_) => json(self.thin_history(cx)),
            Call::LintFlow(input) => return self.lint_flow(cx, &asking, input),
            Call::RunFlow(input) => return self.run_flow(cx, asking, *input),
            Call::RunVerify(input) => return self.run_verify(cx, asking, input),
            Call::FlowList(_) => return told(self.flow_list(cx, &asking)),
            Call::FlowStatus(input) => self.flow_status(&asking, &input.run),
            Call::FlowLogs(input) => json(self.flow_logs(&input)),
            Call::FlowCancel(input) => json(self.flow_cancel(cx, &input.run)),
            Call::FlowAnswer(input) => json(self.flow_answer(cx, &input)),
            Call::FlowRuns(input) => return told(self.flow_runs(&asking, &input)),
            Call::ScopeMount(input) => json(self.scope_mount(cx, &origin, input)),
            Call::ScopeUnmount(input) => json(self.scope_unmount(cx, &origin, input)),
            Call::ApprovalList(_) => json(Ok(self.approval_list(&origin))),
            Call::ApprovalRead(input) => json(self.approval_read(cx, &origin, &input)),
            Call::ApprovalDecide(input) => json(self.approval_decide(cx, &origin, input)),
            Call::WorkspaceStatus(_) => json(self.workspace_status()),
        })
    }
}

/// The answer of a tool that may lack what only a guest knows.
fn told<T: Serialize>(result: Result<T, Outcome>) -> Outcome {
    result.map_or_else(|outcome| outcome, |value| Outcome::Done(json(Ok(value))))
}

fn json<T: Serialize>(result: ToolResult<T>) -> ToolResult {
    result.map(|value| serde_json::to_value(value).unwrap_or(Value::Null))
}

/// The same of what may have to wait.
fn done<T: Serialize>(result: Result<T, Outcome>) -> Outcome {
    match result {
        Ok(value) => Outcome::Done(json(Ok(value))),
        Err(outcome) => outcome,
    }
}
