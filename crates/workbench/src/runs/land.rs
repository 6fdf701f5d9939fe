//! The end of a run: what it did lands as one change or not at all, and its record is kept.

use super::sign::Vouched;
use super::{Run, cancelled_before};
use crate::engine::{Cx, Workbench};
use crate::event::{Effect, RunnerId};
use crate::failure::failure;
use crate::notice::Notice;
use crate::policy::{Consent, is_attempt, steps};
use crate::record::to_text;
use selvage_provenance::{answers_path, envelope_path};
use selvage_tool::guest::LogLevel;
use selvage_tool::run::{FileOp, JobFile, Outcome, RunStatus};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Op, Origin, OriginKind};
use serde_json::json;
use std::collections::BTreeMap;
use std::str::FromStr;

/// How the error of a run begins that came to its end, and whose changes were not let in.
pub(super) const NOT_LANDED: &str = "What the run wrote could not land: ";

impl Workbench {
    /// An executor says that its run is over.
    pub(crate) fn finished(
        &mut self,
        cx: &mut Cx<'_>,
        runner: RunnerId,
        mut outcome: Outcome,
        written: Vec<(String, Vec<u8>)>,
    ) {
        let Some(id) = self.run_on(runner) else {
            return;
        };
        if outcome.error.is_none() {
            // What crosses as JSON does not tell `null` from nothing, and what crosses nothing does.
            outcome.value.get_or_insert_default();
        }
        if let Some(run) = self.runs.get_mut(&id) {
            run.note_end(cx.now_ms, outcome.error.as_ref());
        }
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
        // As long as the run is there, its record tells what became of them.
        self.drop_approvals(cx, Some(id), "the run is over");
        let Some(mut run) = self.runs.remove(id) else {
            return;
        };
        for (task, _) in self.fetches.extract_if(.., |_, fetch| fetch.is_of(id)) {
            self.effects.push(Effect::Abort { task });
        }
        let mut outcome = outcome;
        run.calls.end(std::mem::take(&mut outcome.readings));
        let believed = match outcome.error {
            None => self.believe(cx, &mut run, &outcome.ops, &written),
            Some(_) => Ok(()),
        };
        if let Err(error) = believed {
            outcome = not_landed(outcome, error);
        }
        if let (Some((did, _)), Some(error)) = (run.landing.take(), &outcome.error) {
            // It had come to its end by itself.
            outcome = not_landed(did, error.clone());
        }
        let did = outcome.error.is_none() && run.verifies.is_none() && !outcome.ops.is_empty();
        let mut proposed = Vec::new();
        if did && run.record.dry_run {
            match self.try_to_land(cx, &mut run, &outcome.ops, &written) {
                Ok(shown) => proposed = shown,
                Err(error) => outcome = run.does_not_land(cx.now_ms, outcome, error),
            }
        } else if did {
            let landed = match self.ask_to_land(cx, &run, &outcome.ops, &written) {
                Ok(Some(_)) if self.is_closing => Err(cancelled_before("it was approved")),
                Ok(Some(proposal)) => {
                    return self.wait_to_land(cx, run, proposal, outcome, written);
                }
                Ok(None) => self.land(cx, &run, &outcome.ops, &written),
                Err(error) => Err(error),
            };
            match landed {
                Ok(heads) => run.record.heads_out = heads,
                Err(error) => outcome = run.does_not_land(cx.now_ms, outcome, error),
            }
        }
        let record = &mut run.record;
        // Only of a function that was called: a script may mean something else by the word.
        let went_badly = outcome.variables.is_some()
            && outcome
                .value
                .as_ref()
                .is_some_and(|value| value["success"] == json!(false));
        record.status = match &outcome.error {
            None if went_badly => RunStatus::CompletedWithErrors,
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
        record.proposed = proposed;
        record.changes = outcome.ops;
        record.artifacts = outcome.artifacts;
        record.variables = outcome.variables;
        record.guest_hash = outcome.guest;
        if !record.secrets.is_empty() {
            record.salt = Some(std::mem::take(&mut run.salt));
        }
        if let Some(earlier) = run.verifies.take() {
            return self.verified(&run, &earlier);
        }
        self.vouch(cx, run);
    }

    /// Keeps the record of a run that is over, and tells its caller; whether it could be kept.
    pub(super) fn close_run(
        &mut self,
        cx: &mut Cx<'_>,
        mut run: Run,
        vouched: Option<Vouched>,
    ) -> bool {
        let kept = self.keep_record(cx, &run, vouched);
        if let Err(error) = &kept {
            // What the run did stands; only its record is lost, and whoever called still gets it.
            run.note(
                LogLevel::Error,
                format!("The record could not be kept: {}", error.message),
            );
        }
        let is_again = self.try_again(cx, &run);
        let answer = match &run.record.error {
            Some(error) => Err(error.clone()),
            None => Ok(self.record_told(&run.asking, &run.record)),
        };
        self.effects.push(Effect::Notify(Notice::Run {
            run: run.record.run.clone(),
            path: run.record.path.clone(),
            status: run.record.status,
            progress: None,
            record: Some(run.record.record.clone()),
            call: run.asking.caller.at_host().filter(|_| is_again),
        }));
        if run.waits && !is_again {
            self.reply(&run.asking.caller, answer);
        }
        kept.is_ok()
    }

    /// Makes one change of what a run did. What others typed meanwhile is joined into its texts.
    fn land(
        &mut self,
        cx: &mut Cx<'_>,
        run: &Run,
        ops: &[FileOp],
        written: &[(String, Vec<u8>)],
    ) -> ToolResult<Vec<String>> {
        let mut changes = steps(ops, written);
        // What a person approved lands as it was shown.
        if !run.approved {
            Held::of(&run.job.files).give(&mut changes);
        }
        self.consent = Consent::default();
        let name = crate::record::flow_name(&run.record.path).unwrap_or(&run.record.path);
        self.supervisor.lands = Some(run.cause());
        let change = self.change(cx, &run.origin(), format!("Run {name}"), &changes);
        self.supervisor.lands = None;
        Ok(change?.heads.to_strings())
    }

    /// Keeps a record, what vouches for it, and what the run was answered beside it: one change.
    pub(super) fn keep_record(
        &mut self,
        cx: &mut Cx<'_>,
        run: &Run,
        vouched: Option<Vouched>,
    ) -> ToolResult<()> {
        let path = &run.record.record;
        let mut ops = match vouched {
            Some(Vouched { text, envelope }) => vec![
                Op::write(path.clone(), text),
                Op::write(envelope_path(path), envelope),
            ],
            None => vec![Op::write(path.clone(), to_text(&run.record))],
        };
        let answers = run.calls.kept();
        ops.extend(answers.map(|answers| Op::write(answers_path(path), answers)));
        let origin = Origin::new(OriginKind::System, "selvage");
        let meta = selvage_vfs::Meta {
            at_ms: cx.now_ms,
            origin,
            message: format!("Record run {}", run.record.run),
        };
        let change = self
            .workspace
            .apply(cx.random, &meta, &ops)
            .map_err(failure)?;
        self.tell_changed(&change);
        Ok(())
    }
}

impl Run {
    /// What a run came to that ended well, and may not have what it did land; its record says so.
    fn does_not_land(&mut self, at_ms: u64, outcome: Outcome, error: ToolError) -> Outcome {
        if is_attempt(&error) {
            self.denied(at_ms, "land what it wrote".into(), &error);
        }
        not_landed(outcome, error)
    }
}

/// The outcome of a run that ended well, and whose changes can't land.
fn not_landed(outcome: Outcome, error: ToolError) -> Outcome {
    let error = ToolError {
        message: format!("{NOT_LANDED}{}", error.message),
        ..error
    };
    Outcome {
        usage: outcome.usage,
        guest: outcome.guest,
        ..Outcome::failed(error)
    }
}

/// The hashes of files by their paths, which go along when they move; that of a folder is empty. So a file keeps its content's
/// origin when it moves, and the next one at its old path has none.
pub(super) struct Held(BTreeMap<String, String>);

impl Held {
    /// What a run started from.
    pub(super) fn of(files: &[JobFile]) -> Self {
        let mut own = BTreeMap::new();
        for file in files.iter().filter(|file| !file.mounted) {
            own.insert(file.path.clone(), file.hash.clone());
        }
        Self(own)
    }

    /// Tells each write what the run started from, so that it is joined with what others did since.
    fn give(mut self, changes: &mut [Op]) {
        for change in changes {
            match change {
                Op::Write { path, base, .. } => {
                    *base = self.0.get(path).and_then(|hash| Hash::from_str(hash).ok());
                }
                Op::Move { from, to } => self.moved(from, to),
                Op::Remove { path } => {
                    self.take(path);
                }
                _ => {}
            }
        }
    }

    /// What the steps of a run leave of the files that they write.
    pub(super) fn left_by(ops: &[FileOp]) -> Vec<(String, String)> {
        let mut left = Self(BTreeMap::new());
        for op in ops {
            match op {
                FileOp::Write { path, hash, .. } => left.put(path, hash.clone()),
                FileOp::Mkdir { .. } => {}
                FileOp::Move { from, to } => left.moved(from, to),
                FileOp::Remove { path } => {
                    left.take(path);
                }
            }
        }
        left.0.into_iter().collect()
    }

    pub(super) fn put(&mut self, path: &str, hash: String) {
        self.0.insert(path.to_owned(), hash);
    }

    /// Forgets a file, or a folder with everything in it, and gives what it was by the ends of paths.
    pub(super) fn take(&mut self, path: &str) -> Vec<(String, String)> {
        let below = format!("{path}/");
        let inside = self
            .0
            .range(below.clone()..)
            .map(|(at, _)| at)
            .take_while(|at| at.starts_with(&below));
        let gone: Vec<String> = inside.cloned().chain([path.to_owned()]).collect();
        gone.iter()
            .filter_map(|at| Some((at[path.len()..].to_owned(), self.0.remove(at)?)))
            .collect()
    }

    fn moved(&mut self, from: &str, to: &str) {
        for (end, hash) in self.take(from) {
            self.0.insert(format!("{to}{end}"), hash);
        }
    }
}
