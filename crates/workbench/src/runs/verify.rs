//! `run_verify`: the same files, arguments, seed and clock again, and what differs.

use super::land::NOT_LANDED;
use super::start::{ARGS_BYTES_MAX, SEED_MAX, files_of};
use super::{Calls, Replay, Run};
use crate::engine::{Asking, Cx, Outcome, Workbench};
use crate::failure::failure;
use crate::scopes::View;
use crate::secrets::{RUN_SECRETS_MAX, placeholders};
use crate::supervisor::Plan;
use selvage_provenance::answers_path;
use selvage_tool::catalogue::{RunInput, VerifyInput, VerifyOutput};
use selvage_tool::run::{Job, LogEntry, RunRecord, RunStatus};
use selvage_tool::{ErrorCode, Grant, LimitsPatch, ToolError, ToolResult};
use selvage_vfs::Heads;
use serde_json::json;

/// The latest time that a date can have in the language.
const START_MS_MAX: u64 = 8_640_000_000_000_000;

/// The most globs of a record's grant: each is compared with every file of the workspace.
const GRANT_GLOBS_MAX: usize = 1_000;

impl Workbench {
    pub(crate) fn run_verify(
        &mut self,
        cx: &mut Cx<'_>,
        asking: Asking,
        input: VerifyInput,
    ) -> Outcome {
        let room = self.make_room(&asking.caller);
        let room = room.map_err(Outcome::from);
        match room.and_then(|()| self.queue_verify(cx, asking, input)) {
            Err(outcome) => outcome,
            Ok(id) => {
                self.enqueue(&id);
                self.dispatch_next(cx);
                Outcome::Later
            }
        }
    }

    fn queue_verify(
        &mut self,
        cx: &Cx<'_>,
        asking: Asking,
        input: VerifyInput,
    ) -> Result<String, Outcome> {
        let VerifyInput { run, mut env } = input;
        let depth = self.admit(&asking.caller)?;
        let earlier = self.record_of(&run)?;
        let path = earlier.record.clone();
        if !earlier.status.ended() {
            return Err(ToolError::new(ErrorCode::Busy, "The run is not over yet.")
                .hint("Verify it when it is.")
                .into());
        }
        if let Some(why) = ended_from_outside(&earlier) {
            let message = format!(
                "The run can't be compared with what it comes to when it is made again: {why}."
            );
            let error = ToolError::new(ErrorCode::InvalidInput, message);
            let hint = "The envelope beside its record says who vouches for it. Run the flow anew to see what it does.";
            return Err(error.hint(hint).into());
        }
        let id = format!("{run}-verify");
        if self.runs.contains_key(&id) {
            return Err(
                ToolError::new(ErrorCode::Busy, "The run is being verified already.").into(),
            );
        }
        let earlier = bounded(earlier, &run)?;
        if !env.is_empty() && !env.keys().eq(&earlier.env) {
            let message = "The run had an environment of other names.";
            let hint = match earlier.env.is_empty() {
                true => "It had none: leave `env` out.".into(),
                false => format!("Give what it had: {}.", earlier.env.join(", ")),
            };
            let error = ToolError::new(ErrorCode::InvalidInput, message);
            return Err(error.hint(hint).into());
        }
        let heads = Heads::from_strings(&earlier.heads_in).map_err(failure)?;
        let then = self.workspace.at(&heads).map_err(failure)?;
        let view = View::new(&self.workspace, then);
        // Its files go where runs run, as they do for any other run, and no others do.
        let ruling = self.ruling_unasked(cx, &asking, earlier.path.trim_start_matches('/'))?;
        let source = self.source(&earlier.path, &view)?;
        let sight = ruling.sight();
        let report = self.report(&source.path, &source.text, &[], &view, &sight);
        self.may_import(cx, &asking.behind, &ruling, &source.path, &report)?;
        let program = self.program(&source.path, &source.text, &view, &sight);
        if !program.unread.is_empty() && !asking.alone {
            return Err(Outcome::Lacks(program.unread));
        }
        let shape = report.shape.ok_or_else(|| {
            ToolError::new(ErrorCode::LintFailed, "The flow can't be run any more.")
                .path(&earlier.path)
        })?;
        let mut ceiling = report.grant;
        let made_of: Vec<&String> = report.imports.iter().chain([&source.path]).collect();
        ceiling.read.extend(made_of.iter().copied().cloned());
        // A record is a file that anybody may have written: it grants no way out.
        let grant = Grant {
            net: Vec::new(),
            tools: Vec::new(),
            ..earlier.grant.clone()
        };
        let salt = earlier.salt.as_deref().unwrap_or_default();
        for (variable, secret) in placeholders(&earlier, salt) {
            env.insert(variable, secret.placeholder);
        }
        let mut files = files_of(&view, &grant, &ceiling, &made_of)?;
        ruling.hide(&mut files, &made_of);
        self.may_read_unasked(cx, &asking.behind, &ruling, (&files, &source.path))?;
        let mut replay = Replay::of(self.workspace.read(&answers_path(&path)).ok());
        let job = Job {
            run: earlier.run.clone(),
            entry: source.path.clone(),
            function: earlier.function.clone(),
            shape,
            module: report.module,
            args: earlier.args.clone(),
            env,
            files,
            grant,
            ceiling,
            limits: ruling.limits(earlier.limits.clone()),
            seed: earlier.seed,
            start_ms: match replay.readings.is_empty() {
                true => Some(earlier.start_ms.unwrap_or(earlier.started_ms)),
                false => earlier.start_ms,
            },
            began_ms: earlier.started_ms,
            readings: std::mem::take(&mut replay.readings),
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
            asking: Asking { depth, ..asking },
            waits: true,
            calls: Calls::default(),
            replay,
            verifies: Some(Box::new(earlier)),
            plan: Plan::of(RunInput::default()),
            made_of: Vec::new(),
            salt: String::new(),
            ruling,
            pinned: false,
            landing: None,
            approved: false,
            deadline_ms: None,
            held: None,
            waits_since_ms: None,
            cancelled: false,
        };
        self.runs.insert(id.clone(), verifying);
        Ok(id)
    }

    /// Answers whoever asked for the comparison.
    pub(super) fn verified(&mut self, run: &Run, earlier: &RunRecord) {
        let again = &run.record;
        if let (Some(_), Some(error)) = (not_by_itself(again), &again.error) {
            // What did not come to its own end differs in nothing.
            let error = ToolError {
                message: format!("The run could not be made again: {}", error.message),
                ..error.clone()
            };
            return self.reply(&run.asking.caller, Err(error));
        }
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
        // A record of before may leave out a `null`.
        let value = |record: &RunRecord| record.value.clone().unwrap_or_default();
        compare(value(again) == value(earlier), "The results");
        compare(code(again) == code(earlier), "The errors");
        compare(again.changes == earlier.changes, "The changes of files");
        compare(again.artifacts == earlier.artifacts, "The products");
        compare(texts(&again.logs) == texts(&earlier.logs), "The logs");
        compare(again.guest_hash == earlier.guest_hash, "The interpreters");
        compare(again.usage.fuel == earlier.usage.fuel, "The units of fuel");
        differences.extend(run.replay.difference().map(str::to_owned));
        if !earlier
            .env
            .iter()
            .all(|name| run.job.env.contains_key(name))
        {
            let message =
                "The run had an environment, whose values are not kept: give it as `env`.";
            differences.push(message.into());
        }
        let output = VerifyOutput {
            reproduced: differences.is_empty(),
            differences,
            usage: again.usage.clone(),
        };
        self.reply(&run.asking.caller, Ok(json!(output)));
    }
}

/// What else than its flow ended a run, so that it says nothing of it when it comes to another end the next time; nothing where it
/// came to its end by itself.
#[must_use]
pub fn ended_from_outside(record: &RunRecord) -> Option<&'static str> {
    // What claims to have come to something is held to that. Its changes may be those that did not land.
    let claims =
        record.value.is_some() || !record.heads_out.is_empty() || !record.artifacts.is_empty();
    let has_failed = matches!(record.status, RunStatus::Failed | RunStatus::Cancelled);
    match has_failed && !claims {
        true => not_by_itself(record),
        false => None,
    }
}

/// Why a run says nothing of its flow, by its error.
fn not_by_itself(record: &RunRecord) -> Option<&'static str> {
    let error = record.error.as_ref()?;
    match error.code {
        // What a flow throws may have any words.
        ErrorCode::RuntimeException => None,
        ErrorCode::Cancelled => Some("it was cancelled"),
        ErrorCode::QuotaCpu | ErrorCode::QuotaWall => Some("the clock ended it"),
        _ if error.message.starts_with(NOT_LANDED) => Some("what it wrote did not land"),
        _ if record.guest_hash.is_empty() => Some("no executor told how it ended"),
        _ => None,
    }
}

/// A record as far as it can be run again. It is a file that anybody may have written, so what a
/// caller of `run_flow` could not ask for, it can't either.
fn bounded(record: RunRecord, run: &str) -> ToolResult<RunRecord> {
    let refused = |why: &str| {
        let message = format!("The record of this run can't be run again: {why}.");
        ToolError::new(ErrorCode::InvalidInput, message).hint(
            "If the file was changed, its `history` shows it as it was; else run the flow anew.",
        )
    };
    if record.run != run {
        return Err(refused("it names another run"));
    }
    if record.args.to_string().len() > ARGS_BYTES_MAX {
        return Err(refused("its arguments are too large"));
    }
    if record.secrets.len() > RUN_SECRETS_MAX {
        return Err(refused("it names too many secrets"));
    }
    let Grant { read, write, .. } = &record.grant;
    if read.len() + write.len() > GRANT_GLOBS_MAX {
        return Err(refused("its grant is too long"));
    }
    Ok(RunRecord {
        limits: record.limits.patched(&LimitsPatch::default()),
        seed: record.seed.min(SEED_MAX),
        start_ms: record.start_ms.map(|ms| ms.min(START_MS_MAX)),
        started_ms: record.started_ms.min(START_MS_MAX),
        ..record
    })
}

/// What a log says, without when.
fn texts(logs: &[LogEntry]) -> Vec<(&str, &str)> {
    logs.iter()
        .map(|entry| (entry.source.as_str(), entry.text.as_str()))
        .collect()
}
