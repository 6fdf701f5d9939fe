//! The end of a run: what it did lands as one change or not at all, and its record is kept.

use super::Run;
use super::executors::failed;
use crate::engine::{Cx, Workbench};
use crate::event::{Effect, Notice, RunnerId};
use crate::failure::failure;
use crate::record::to_text;
use selvage_tool::guest::LogLevel;
use selvage_tool::run::{FileOp, Outcome, RunStatus};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Op, Origin, OriginKind};
use serde_json::json;
use std::collections::BTreeMap;
use std::str::FromStr;

impl Workbench {
    /// An executor says that its run is over.
    pub(crate) fn finished(
        &mut self,
        cx: &mut Cx<'_>,
        runner: RunnerId,
        outcome: Outcome,
        written: Vec<(String, Vec<u8>)>,
    ) {
        let Some(id) = self.run_on(runner) else {
            return;
        };
        if let Some(executor) = self.executors.get_mut(&runner) {
            // It says separately when it can take the next one.
            *executor = std::mem::take(executor).resting();
        }
        self.end_run(cx, &id, outcome, written);
    }

    /// Ends a run: lands what it did, keeps its record, tells its caller.
    pub(crate) fn end_run(
        &mut self,
        cx: &mut Cx<'_>,
        id: &str,
        outcome: Outcome,
        written: Vec<(String, Vec<u8>)>,
    ) {
        let Some(mut run) = self.runs.remove(id) else {
            return;
        };
        self.fetches.retain(|_, fetch| !fetch.is_of(id));
        let mut outcome = outcome;
        let lands = outcome.error.is_none()
            && !run.record.dry_run
            && run.verifies.is_none()
            && !outcome.ops.is_empty();
        if lands {
            match self.land(cx, &run, &outcome.ops, written) {
                Ok(heads) => run.record.heads_out = heads,
                Err(error) => {
                    outcome = Outcome {
                        usage: outcome.usage,
                        guest: outcome.guest,
                        ..failed(error)
                    }
                }
            }
        }
        let record = &mut run.record;
        record.status = match &outcome.error {
            None => RunStatus::Succeeded,
            Some(error) if error.code == ErrorCode::Cancelled => RunStatus::Cancelled,
            Some(_) => RunStatus::Failed,
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "a run's milliseconds are far below 2^53"
        )]
        let duration_ms = cx.now_ms.saturating_sub(record.started_ms) as f64;
        record.duration_ms = duration_ms;
        record.value = outcome.value;
        record.error = outcome.error;
        record.usage = outcome.usage;
        record.changes = outcome.ops;
        record.artifacts = outcome.artifacts;
        record.guest_hash = outcome.guest;
        if let Some(earlier) = run.verifies.take() {
            return self.verified(&run, &earlier);
        }
        if let Err(error) = self.keep_record(cx, &run) {
            // What the run did stands; only its record is lost, and whoever called still gets it.
            run.note(
                LogLevel::Error,
                format!("The record could not be kept: {}", error.message),
            );
        }
        let answer = match &run.record.error {
            Some(error) => Err(error.clone()),
            None => Ok(json!(run.record)),
        };
        self.effects.push(Effect::Notify(Notice::Run {
            run: id.to_owned(),
            path: run.record.path.clone(),
            status: run.record.status,
            progress: None,
            record: Some(run.record.record.clone()),
        }));
        if run.waits {
            self.reply(&run.asking.caller, answer);
        }
    }

    /// Makes one change of what a run did. What others typed meanwhile is joined into its texts.
    fn land(
        &mut self,
        cx: &mut Cx<'_>,
        run: &Run,
        ops: &[FileOp],
        written: Vec<(String, Vec<u8>)>,
    ) -> ToolResult<Vec<String>> {
        let contents: BTreeMap<String, Vec<u8>> = written.into_iter().collect();
        let base = |path: &str| {
            let file = run
                .job
                .files
                .iter()
                .find(|file| file.path == path && !file.folder)?;
            Hash::from_str(&file.hash).ok()
        };
        let changes: Vec<Op> = ops
            .iter()
            .map(|op| match op {
                FileOp::Write { path, hash, .. } => Op::Write {
                    path: path.clone(),
                    // Bytes that no file holds in the end are not sent; a later step replaces them.
                    bytes: contents.get(hash).cloned().unwrap_or_default(),
                    create_only: false,
                    base: base(path),
                },
                FileOp::Mkdir { path } => Op::Mkdir { path: path.clone() },
                FileOp::Move { from, to } => Op::Move {
                    from: from.clone(),
                    to: to.clone(),
                },
                FileOp::Remove { path } => Op::Remove { path: path.clone() },
            })
            .collect();
        let name = crate::record::flow_name(&run.record.path).unwrap_or(&run.record.path);
        let change = self
            .change(cx, &run.origin(), format!("Run {name}"), &changes)
            .map_err(|error| ToolError {
                message: format!("What the run wrote could not land: {}", error.message),
                ..error
            })?;
        Ok(change.heads.to_strings())
    }

    fn keep_record(&mut self, cx: &mut Cx<'_>, run: &Run) -> ToolResult<()> {
        let op = Op::write(run.record.record.clone(), to_text(&run.record));
        let origin = Origin::new(OriginKind::System, "selvage");
        let meta = selvage_vfs::Meta {
            at_ms: cx.now_ms,
            origin,
            message: format!("Record run {}", run.record.run),
        };
        let change = self
            .workspace
            .apply(cx.random, &meta, &[op])
            .map_err(failure)?;
        self.tell_changed(&change);
        Ok(())
    }
}
