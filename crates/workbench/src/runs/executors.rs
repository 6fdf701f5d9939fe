//! The executors: which are free, what each has been sent, and what happens when one is gone.

use super::{GRACE_MS, Run, WAIT_MS_MAX};
use crate::engine::{Caller, Cx, Workbench};
use crate::event::{Effect, RunnerId};
use selvage_tool::guest::LogLevel;
use selvage_tool::run::{Job, Outcome, RunStatus};
use selvage_tool::{ErrorCode, ToolError};
use std::collections::BTreeSet;
use std::str::FromStr;

/// How long a run has to wait for a place before its log tells it: to be handed over takes a moment everywhere.
const TOLD_WAIT_MS_MIN: u64 = 3_000;

/// What is known of one executor.
#[derive(Debug, Default)]
pub(crate) struct Executor {
    /// The run that it holds.
    pub(crate) run: Option<String>,
    /// Whether it has said that it can take a run.
    ready: bool,
    /// The blobs that it has, by hash.
    has: BTreeSet<String>,
}

impl Executor {
    /// The executor between a run's end and its word that it can take the next.
    pub(super) fn resting(self) -> Self {
        Self {
            run: None,
            ready: false,
            ..self
        }
    }
}

impl Workbench {
    pub(crate) fn runner_ready(&mut self, cx: &mut Cx<'_>, runner: RunnerId, dropped: bool) {
        if !self.executors.contains_key(&runner) {
            self.spawning = self.spawning.saturating_sub(1);
        }
        let executor = self.executors.entry(runner).or_default();
        executor.ready = true;
        executor.run = None;
        if dropped {
            executor.has.clear();
        }
        self.listen(cx);
        self.dispatch_next(cx);
    }

    /// An executor is gone: its run ends with the reason that is known.
    pub(crate) fn runner_gone(&mut self, cx: &mut Cx<'_>, runner: RunnerId, reason: &str) {
        let held = self.executors.remove(&runner);
        self.drop_checks(cx, runner);
        let Some(run) = held.and_then(|executor| executor.run) else {
            return;
        };
        let Some(found) = self.runs.get(&run) else {
            return;
        };
        let past = found.forced_at_ms().is_some_and(|at| at <= cx.now_ms);
        let error = if found.cancelled {
            ToolError::new(ErrorCode::Cancelled, "The run was cancelled.")
        } else if past && found.waits_since_ms.is_some() {
            ToolError::new(
                ErrorCode::ExecutorUnavailable,
                format!("The executor had no place for the run within {WAIT_MS_MAX} ms."),
            )
            .hint("Nothing was run. Run the flow again later.")
        } else if past {
            let wall_ms_max = found.record.limits.wall_ms_max;
            ToolError::new(
                ErrorCode::QuotaWall,
                format!("The run used up its {wall_ms_max} milliseconds on the clock."),
            )
        } else {
            ToolError::new(
                ErrorCode::GuestCrashed,
                format!("The executor is gone: {reason}"),
            )
            .hint("Another one takes its place; run the flow again.")
        };
        self.end_run(cx, &run, Outcome::failed(error), Vec::new());
    }

    /// A run waits for a place at its executor, or has got one: its clock begins then.
    pub(crate) fn runner_waits(&mut self, cx: &mut Cx<'_>, runner: RunnerId, waits: bool) {
        let Some(id) = self.run_on(runner) else {
            return;
        };
        let Some(run) = self.runs.get_mut(&id) else {
            return;
        };
        let status = if waits {
            run.stop_at(cx.now_ms.saturating_add(WAIT_MS_MAX));
            run.waits_since_ms = Some(cx.now_ms);
            RunStatus::Queued
        } else {
            let Some(since_ms) = run.waits_since_ms.take() else {
                return;
            };
            run.stop_at(deadline(run, cx.now_ms));
            let waited_ms = cx.now_ms.saturating_sub(since_ms);
            if waited_ms >= TOLD_WAIT_MS_MIN {
                let text = format!("It waited {waited_ms} ms for a place at its executor.");
                self.note_in_log(&id, LogLevel::Info, text);
            }
            RunStatus::Running
        };
        self.set_status(&id, status);
    }

    /// An executor without a run; where there is a choice, one that reads nothing at the moment.
    pub(crate) fn idle_runner(&self) -> Option<RunnerId> {
        let idle = || {
            let executors = self.executors.iter();
            executors.filter(|(_, executor)| executor.ready && executor.run.is_none())
        };
        let free = idle().find(|(runner, _)| !self.hearing.asks(**runner));
        free.or_else(|| idle().next()).map(|(runner, _)| *runner)
    }

    /// Gives waiting runs to free executors.
    pub(crate) fn dispatch_next(&mut self, cx: &mut Cx<'_>) {
        while let Some(runner) = self.idle_runner() {
            let Some(id) = self.next_run() else {
                return;
            };
            if let Err(error) = self.may_leave(cx, &id) {
                self.end_run(cx, &id, Outcome::failed(error), Vec::new());
                continue;
            }
            self.refresh(&id);
            let Some(run) = self.runs.get_mut(&id) else {
                continue;
            };
            let Some(executor) = self.executors.get_mut(&runner) else {
                return;
            };
            let mut blobs = Vec::new();
            let mut missing = None;
            for file in run.job.files.iter().filter(|file| {
                file.readable
                    && !file.folder
                    && run.job.can_hold(file.size)
                    && !executor.has.contains(&file.hash)
            }) {
                let bytes = selvage_vfs::Hash::from_str(&file.hash)
                    .and_then(|hash| self.workspace.read_hash(&hash));
                match bytes {
                    Ok(bytes) => blobs.push((file.hash.clone(), bytes)),
                    Err(error) => missing = Some(crate::failure::failure(error)),
                }
            }
            if let Some(error) = missing {
                self.end_run(cx, &id, Outcome::failed(error), Vec::new());
                continue;
            }
            executor
                .has
                .extend(blobs.iter().map(|(hash, _)| hash.clone()));
            executor.run = Some(id.clone());
            run.runner = Some(runner);
            run.deadline_ms = Some(deadline(run, cx.now_ms));
            let job = Box::new(told(&run.job));
            let within = match &run.asking.caller {
                Caller::Run { run: caller, .. } if run.waits => Some(caller.clone()),
                _ => None,
            };
            self.effects.push(Effect::Dispatch {
                runner,
                job,
                blobs,
                within,
            });
            self.set_status(&id, RunStatus::Running);
        }
    }
}

/// A job as its executor is told it. Of a file that may be written and not read, it is told that it is there: a hash, or a size,
/// would tell whether it holds what somebody guesses. Where a write is joined with what was there, the engine knows that itself.
fn told(job: &Job) -> Job {
    let mut job = job.clone();
    for file in job.files.iter_mut().filter(|file| !file.readable) {
        file.hash.clear();
        file.size = 0;
    }
    job
}

/// When a run that started or went on now is stopped by force.
pub(super) fn deadline(run: &Run, now_ms: u64) -> u64 {
    now_ms
        .saturating_add(run.record.limits.wall_ms_max)
        .saturating_add(GRACE_MS)
}
