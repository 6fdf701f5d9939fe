//! `run_verify`: the same files, arguments, seed and clock again, and what differs.

use super::Run;
use crate::engine::{Asking, Cx, Outcome, Workbench};
use crate::failure::failure;
use crate::policy::visible;
use selvage_tool::catalogue::VerifyOutput;
use selvage_tool::run::{Job, LogEntry, RunRecord, RunStatus};
use selvage_tool::{ErrorCode, Grant, ToolError, ToolResult};
use selvage_vfs::Heads;
use serde_json::json;

impl Workbench {
    pub(crate) fn run_verify(&mut self, cx: &mut Cx<'_>, asking: Asking, run: &str) -> Outcome {
        match self.queue_verify(asking, run) {
            Err(error) => Outcome::Done(Err(error)),
            Ok(id) => {
                self.queue.push_back(id);
                self.dispatch_next(cx);
                Outcome::Later
            }
        }
    }

    fn queue_verify(&mut self, asking: Asking, run: &str) -> ToolResult<String> {
        let earlier = self.record_of(run)?;
        if !earlier.status.ended() {
            return Err(ToolError::new(ErrorCode::Busy, "The run is not over yet.")
                .hint("Verify it when it is."));
        }
        let id = format!("{run}-verify");
        if self.runs.contains_key(&id) {
            return Err(ToolError::new(
                ErrorCode::Busy,
                "The run is being verified already.",
            ));
        }
        let heads = Heads::from_strings(&earlier.heads_in).map_err(failure)?;
        let snapshot = self.workspace.at(&heads).map_err(failure)?;
        let source = self.source(&earlier.path, &snapshot)?;
        let report = self.report(&source.path, &source.text, &[], &snapshot);
        let shape = report.shape.ok_or_else(|| {
            ToolError::new(ErrorCode::LintFailed, "The flow can't be run any more.")
                .path(&earlier.path)
        })?;
        let mut ceiling = report.grant;
        ceiling
            .read
            .extend(report.imports.into_iter().chain([source.path.clone()]));
        // A record is a file that anybody may have written: it grants no way out.
        let grant = Grant {
            net: Vec::new(),
            tools: Vec::new(),
            ..earlier.grant.clone()
        };
        let job = Job {
            run: earlier.run.clone(),
            entry: source.path,
            shape,
            module: report.module,
            args: earlier.args.clone(),
            env: std::collections::BTreeMap::new(),
            files: visible(&snapshot, &grant, &ceiling)?,
            grant,
            ceiling,
            limits: earlier.limits.clone(),
            seed: earlier.seed,
            start_ms: Some(earlier.start_ms.unwrap_or(earlier.started_ms)),
            ask: false,
        };
        let record = RunRecord {
            run: id.clone(),
            status: RunStatus::Queued,
            logs: Vec::new(),
            value: None,
            error: None,
            dry_run: true,
            ..earlier.clone()
        };
        let verifying = Run {
            record,
            runner: None,
            job,
            asking,
            waits: true,
            verifies: Some(Box::new(earlier)),
            deadline_ms: None,
            cancelled: false,
        };
        self.runs.insert(id.clone(), verifying);
        Ok(id)
    }

    /// Answers whoever asked for the comparison.
    pub(super) fn verified(&mut self, run: &Run, earlier: &RunRecord) {
        let again = &run.record;
        let mut differences = Vec::new();
        let mut compare = |same: bool, what: &str| {
            if !same {
                differences.push(format!("{what} differ."));
            }
        };
        let code = |record: &RunRecord| {
            record
                .error
                .as_ref()
                .map(|error| (error.code, error.message.clone()))
        };
        compare(again.value == earlier.value, "The results");
        compare(code(again) == code(earlier), "The errors");
        compare(again.changes == earlier.changes, "The changes of files");
        compare(texts(&again.logs) == texts(&earlier.logs), "The logs");
        compare(again.guest_hash == earlier.guest_hash, "The interpreters");
        compare(again.usage.fuel == earlier.usage.fuel, "The units of fuel");
        if earlier.usage.fetches > 0 {
            differences.push("The run fetched, which a verification does not.".into());
        }
        if !earlier.env.is_empty() {
            differences.push("The run had an environment, whose values are not kept.".into());
        }
        let output = VerifyOutput {
            reproduced: differences.is_empty(),
            differences,
            usage: again.usage.clone(),
        };
        self.reply(&run.asking.caller, Ok(json!(output)));
    }
}

/// What a log says, without when.
fn texts(logs: &[LogEntry]) -> Vec<(&str, &str)> {
    logs.iter()
        .map(|entry| (entry.source.as_str(), entry.text.as_str()))
        .collect()
}
