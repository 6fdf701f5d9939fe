//! A run's way from its call to its record.

mod calls;
mod claims;
mod closing;
mod conversation;
mod executors;
mod holding;
mod land;
mod sign;
mod start;
mod verify;

use crate::engine::{Asking, Caller, Workbench};
use crate::event::{CallId, Effect, RunnerId};
use crate::notice::Notice;
use crate::policy::{FlowRuling, denial, is_attempt, words_of};
use crate::supervisor::Plan;
use selvage_tool::catalogue::RunState;
use selvage_tool::guest::LogLevel;
use selvage_tool::run::{Job, LogEntry, Outcome, RunRecord, RunStatus};
use selvage_tool::{ErrorCode, ToolError};
use selvage_vfs::Origin;
use serde_json::{Value, json};

pub use calls::ANSWERS_BYTES_MAX;
pub(crate) use calls::{Calls, Replay};
pub(crate) use closing::ending;
pub(crate) use conversation::PendingFetch;
pub(crate) use executors::Executor;
pub(crate) use sign::Vouching;
pub(crate) use start::new_id;
pub use verify::ended_from_outside;

/// The most runs that wait.
pub const QUEUE_MAX: usize = 100;

/// How deep runs may call runs.
pub const RUN_DEPTH_MAX: u32 = 3;

/// The most executors that the engine asks for, beside those whose runs wait for a person.
pub const EXECUTORS_MAX: usize = 8;

/// The most runs that wait for a person in the middle: each keeps its executor, with its memory.
pub const RUNS_HELD_MAX: usize = 16;

/// How long a run may wait for a place at its executor, in milliseconds.
const WAIT_MS_MAX: u64 = 600_000;

/// How long after its clock ran out a run is stopped by force, in milliseconds.
const GRACE_MS: u64 = 2_000;

/// How long after a cancel a run is stopped by force, in milliseconds.
const CANCEL_MS: u64 = 500;

/// The most decisions of a record to which a denial is added.
const DECISIONS_MAX: usize = 200;

/// How long a run waits for an answer about a quota, in milliseconds.
pub const ASK_MS_MAX: u64 = 600_000;

/// The bytes of the files that a run wrote, by hash.
pub(crate) type Written = Vec<(String, Vec<u8>)>;

/// A run that is not over.
pub(crate) struct Run {
    pub(crate) record: RunRecord,
    pub(crate) runner: Option<RunnerId>,
    pub(crate) job: Job,
    pub(crate) asking: Asking,
    /// Whether the caller's answer is the record; otherwise it was answered when the run was queued.
    waits: bool,
    /// The record that this run is compared with, and not kept beside.
    verifies: Option<Box<RunRecord>>,
    /// What it asked of its host.
    calls: Calls,
    /// What it is given in place of asking, where it is compared with a record.
    replay: Replay,
    /// When it is stopped by force.
    pub(crate) deadline_ms: Option<u64>,
    /// Whether its clock stands still, while a person decides what it asked for.
    pub(crate) held: Option<holding::Held>,
    /// Since when it waits for a place at its executor, where it does.
    waits_since_ms: Option<u64>,
    /// What its call came to.
    pub(crate) plan: Plan,
    /// The files that the flow is made of.
    made_of: Vec<String>,
    /// What its placeholders for secrets follow from.
    salt: String,
    /// What the policy says of it.
    pub(crate) ruling: FlowRuling,
    /// Whether it runs with the files as they were when it was asked for.
    pub(crate) pinned: bool,
    /// What it did, which waits for a person before it lands.
    pub(crate) landing: Option<(Outcome, Written)>,
    /// Whether a person approved what it did, as it is.
    pub(crate) approved: bool,
    /// Whether it was cancelled: then its deadline is the cancel's, and nothing puts it off.
    cancelled: bool,
}

impl Run {
    /// Adds a log entry of the engine's own.
    fn note(&mut self, level: LogLevel, text: String) -> LogEntry {
        let entry = LogEntry {
            seq: self.record.logs.len() as u64,
            at_ms: self.record.logs.last().map_or(0.0, |last| last.at_ms),
            level,
            source: "selvage".into(),
            text,
        };
        self.record.logs.push(entry.clone());
        entry
    }

    /// Has its record say that it was denied something; of very many, the first.
    pub(crate) fn denied(&mut self, at_ms: u64, what: String, why: &ToolError) {
        if self.record.decisions.len() < DECISIONS_MAX {
            let who = words_of(&self.origin());
            let denial = denial(at_ms, who, what, why.message.clone());
            self.record.decisions.push(json!(denial));
        }
    }

    /// Has its record say what its files refused it, where it failed by that: what it is let do with them is decided where it runs.
    fn note_end(&mut self, at_ms: u64, why: Option<&ToolError>) {
        let Some(why) = why.filter(|why| is_attempt(why)) else {
            return;
        };
        let is_of_path = why.path.is_some() || why.code == ErrorCode::InvalidPath;
        let is_known = |one: &Value| one["reason"] == *why.message;
        if is_of_path && !self.record.decisions.iter().any(is_known) {
            let path = why.path.as_deref().unwrap_or("what is no path");
            self.denied(at_ms, format!("touch {path}"), why);
        }
    }

    /// Has it stopped by force at a time; that of a run that was cancelled stays as it is.
    fn stop_at(&mut self, at_ms: u64) {
        if !self.cancelled {
            self.deadline_ms = Some(at_ms);
        }
    }

    fn state(&self) -> RunState {
        RunState {
            run: self.record.run.clone(),
            status: self.record.status,
        }
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin::new(selvage_vfs::OriginKind::Run, self.record.run.clone())
    }
}

/// Why a run ended that somebody cancelled before it came so far.
pub(crate) fn cancelled_before(when: &str) -> ToolError {
    let message = format!("The run was cancelled before {when}.");
    ToolError::new(ErrorCode::Cancelled, message)
}

impl Workbench {
    /// Tells where a run is.
    fn tell_run(&mut self, run: &str, record: Option<String>) {
        if let Some(found) = self.runs.get(run).filter(|found| found.verifies.is_none()) {
            self.effects.push(Effect::Notify(Notice::Run {
                run: run.to_owned(),
                path: found.record.path.clone(),
                status: found.record.status,
                progress: None,
                record,
                call: self.call_of(run),
            }));
        }
    }

    pub(crate) fn set_status(&mut self, run: &str, status: RunStatus) {
        if let Some(found) = self.runs.get_mut(run) {
            found.record.status = status;
            self.tell_run(run, None);
        }
    }

    /// Adds a log entry of the engine's own to a run that goes on, and tells it.
    fn note_in_log(&mut self, id: &str, level: LogLevel, text: String) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        let entry = run.note(level, text);
        if run.verifies.is_none() {
            self.effects.push(Effect::Notify(Notice::Log {
                run: id.to_owned(),
                entries: vec![entry],
            }));
        }
    }

    /// The run that a call of the host's waits for, which may be one that is compared with its record, or one that failed and is
    /// made again.
    #[must_use]
    pub fn run_of(&self, call: CallId) -> Option<&str> {
        let waits = |run: &&Run| run.waits && run.asking.caller.at_host() == Some(call);
        let run = self.runs.values().find(waits).map(|run| &*run.record.run);
        run.or_else(|| self.made_again_for(call))
    }

    /// The host's call that a run was started by; nothing when another run started it, or it is over.
    #[must_use]
    pub fn call_of(&self, run: &str) -> Option<CallId> {
        self.runs.get(run)?.asking.caller.at_host()
    }

    /// The run that an executor holds.
    fn run_on(&self, runner: RunnerId) -> Option<String> {
        self.executors.get(&runner)?.run.clone()
    }

    /// How many runs lie between a caller and the host.
    fn depth_of(&self, caller: &Caller) -> u32 {
        match caller {
            Caller::Host(_) | Caller::Nobody => 0,
            Caller::Run { run, .. } => self.runs.get(run).map_or(0, |run| run.asking.depth + 1),
        }
    }
}
