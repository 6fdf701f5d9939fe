//! Named flows: what the manifest makes of a call, which run is next, what is made again, and what runs by itself.
//!
//! A change starts the flows that wait for it in the engine that made the change, and nowhere else: so each runs once,
//! however many tabs and devices have the workspace open. What a flow's own run changed does not start it again.

mod manifest;
mod plan;

use crate::calls::Had;
use crate::due::is_due;
use crate::engine::{Asking, Caller, Cx, Workbench};
use crate::event::CallId;
use crate::policy::Paper;
use crate::runs::cancelled_before;
use selvage_tool::ErrorCode;
use selvage_tool::catalogue::RunInput;
use selvage_tool::flows::{DELAY_MS_MAX, FLOWS_FILE, Flows, NamedFlow, Trigger};
use selvage_tool::grant::PathSet;
use selvage_tool::run::RunStatus;
use selvage_vfs::{Origin, OriginKind};
use serde_json::{Value, json};

pub(crate) use manifest::{entries, read};
pub(crate) use plan::Plan;

/// How long changes are gathered before they start a flow, in milliseconds.
const GATHER_MS: u64 = 500;

/// The most paths of changes that a run is told.
const CHANGED_MAX: usize = 1_000;

/// The most runs that wait to be made again. Each holds the arguments of its call; one more is over with its failure.
pub const AGAIN_MAX: usize = 100;

/// How many runs may follow each other by changes that the one before made.
const CHAIN_MAX: u32 = 3;

/// The tool that runs flows.
const RUN: &str = "run_flow";

/// Runs that start by themselves have this maker.
const TRIGGER: &str = "trigger";

/// What the supervisor follows and what it will do.
#[derive(Debug)]
pub(crate) struct Supervisor {
    pub(crate) flows: Paper<Flows>,
    /// Whether flows that run when the workspace is opened still have to.
    opens: bool,
    /// What changed for flows that wait for it: there are few.
    changed: Vec<Gathered>,
    /// Runs that are made again.
    again: Vec<Again>,
    /// The run whose changes land just now, as a cause.
    pub(crate) lands: Option<Cause>,
}

#[derive(Debug)]
struct Gathered {
    flow: String,
    at_ms: u64,
    paths: Vec<String>,
    chain: u32,
}

/// A run that failed, and is made again.
#[derive(Debug)]
pub(crate) struct Again {
    pub(crate) at_ms: u64,
    pub(crate) run: String,
    pub(crate) asking: Asking,
    pub(crate) input: RunInput,
}

impl Default for Supervisor {
    fn default() -> Self {
        Self {
            flows: Paper::new(FLOWS_FILE, read),
            opens: false,
            changed: Vec::new(),
            again: Vec::new(),
            lands: None,
        }
    }
}

/// What a run causes by what it changes: the flow that is not started by it, and how long the chain of runs is then.
pub(crate) type Cause = (Option<String>, u32);

impl crate::runs::Run {
    pub(crate) fn cause(&self) -> Cause {
        (self.plan.name.clone(), self.asking.chain + 1)
    }
}

impl Workbench {
    /// Takes the run that is next out of the queue: a flow has no more runs at once than it may, and among those that can
    /// go on, the one whose asker has the fewest.
    pub(crate) fn next_run(&mut self) -> Option<String> {
        let running = |wanted: &dyn Fn(&crate::runs::Run) -> bool| {
            let running = self.runs.values().filter(|run| run.runner.is_some());
            running.filter(|run| wanted(run)).count()
        };
        let mut best: Option<(usize, usize)> = None;
        for (at, id) in self.queue.iter().enumerate() {
            let Some(run) = self.runs.get(id) else {
                best = Some((0, at));
                break;
            };
            if run.asking.depth > 0 {
                // Its caller holds an executor until it is over.
                best = Some((0, at));
                break;
            }
            let of_flow = running(&|other| {
                other.asking.depth == 0
                    && other.job.entry == run.job.entry
                    && other.job.function == run.job.function
            });
            if of_flow >= run.plan.concurrency as usize {
                continue;
            }
            let of_asker = running(&|other| other.asking.behind == run.asking.behind);
            if best.is_none_or(|(fewest, _)| of_asker < fewest) {
                best = Some((of_asker, at));
            }
        }
        self.queue.remove(best?.1)
    }

    /// Whether a run that failed is made again; then its caller waits on.
    pub(crate) fn try_again(&mut self, cx: &Cx<'_>, run: &crate::runs::Run) -> bool {
        let (Some((retry, asked)), Some(error)) = (&run.plan.retry, &run.record.error) else {
            return false;
        };
        let lasting = [
            ErrorCode::Cancelled,
            ErrorCode::PolicyDenied,
            ErrorCode::InvalidResult,
            ErrorCode::QuotaFuel,
            ErrorCode::QuotaCpu,
            ErrorCode::QuotaMemory,
            ErrorCode::QuotaStack,
            ErrorCode::QuotaOutput,
            ErrorCode::QuotaFiles,
            ErrorCode::QuotaCalls,
            ErrorCode::QuotaFetches,
        ];
        let attempt = run.asking.attempt;
        if self.is_closing
            || self.supervisor.again.len() >= AGAIN_MAX
            || attempt >= retry.attempts
            || lasting.contains(&error.code)
            || run.record.status != RunStatus::Failed
        {
            return false;
        }
        let pause = retry
            .delay_ms
            .saturating_mul(1 << attempt.saturating_sub(1).min(20));
        let caller = match &run.asking.caller {
            // It has its answer, which a second one would take the place of.
            Caller::Run { .. } if !asked.wait => Caller::Nobody,
            caller => caller.clone(),
        };
        self.supervisor.again.push(Again {
            at_ms: cx.now_ms.saturating_add(pause.min(DELAY_MS_MAX)),
            run: run.record.run.clone(),
            asking: Asking {
                caller,
                attempt: attempt + 1,
                approved: Vec::new(),
                ..run.asking.clone()
            },
            input: asked.clone(),
        });
        true
    }

    /// Gives up a run that was to be made again, which somebody cancelled. Whoever did not wait for it follows it, and hears the same.
    pub(crate) fn give_up(&mut self, run: &str) {
        let again = &mut self.supervisor.again;
        if let Some(at) = again.iter().position(|again| again.run == run) {
            let Again { asking, .. } = again.remove(at);
            self.reply(&asking.caller, Err(cancelled_before("it was made again")));
        }
    }

    /// Whether a run that failed is to be made again.
    pub(crate) fn is_made_again(&self, run: &str) -> bool {
        self.supervisor.again.iter().any(|again| again.run == run)
    }

    /// Gives up all of them.
    pub(crate) fn give_up_all(&mut self) {
        while let Some(again) = self.supervisor.again.first() {
            let run = again.run.clone();
            self.give_up(&run);
        }
    }

    /// The run that failed and is made again for a call of the host's.
    pub(crate) fn made_again_for(&self, call: CallId) -> Option<&str> {
        let waits = |again: &&Again| again.asking.caller.at_host() == Some(call);
        let again = self.supervisor.again.iter().find(waits)?;
        Some(&again.run)
    }

    /// The workspace was opened, and this engine is the first that has it: flows that wait for that run.
    pub(crate) fn opened(&mut self, cx: &mut Cx<'_>) {
        self.supervisor.opens = true;
        self.run_opened(cx);
    }

    /// The manifest was read.
    pub(crate) fn run_opened(&mut self, cx: &mut Cx<'_>) {
        if self.supervisor.flows.is_unread() || !std::mem::take(&mut self.supervisor.opens) {
            return;
        }
        for name in self.waiting_for(|trigger| *trigger == Trigger::Start) {
            self.trigger(cx, &name, Value::Null, 1);
        }
    }

    fn waiting_for(&self, wanted: impl Fn(&Trigger) -> bool) -> Vec<String> {
        let Some(Ok(manifest)) = self.supervisor.flows.says() else {
            return Vec::new();
        };
        let waits = |flow: &NamedFlow| flow.triggers.iter().any(&wanted);
        let waiting = manifest.flows.iter().filter(|(_, flow)| waits(flow));
        waiting.map(|(name, _)| name.clone()).collect()
    }

    /// Files changed here: flows that wait for some of them run soon.
    pub(crate) fn gather(&mut self, now_ms: u64, origin: &Origin, paths: &[String]) {
        if origin.kind == OriginKind::System {
            return;
        }
        let going = || {
            let run = self.runs.get(&origin.name)?;
            Some(run.cause())
        };
        let by_run = origin.kind == OriginKind::Run;
        let cause = by_run.then(|| self.supervisor.lands.clone().or_else(going));
        let (own, chain) = cause.flatten().unwrap_or((None, 1));
        if chain > CHAIN_MAX {
            return;
        }
        for path in paths {
            let covers = |trigger: &Trigger| match trigger {
                Trigger::Start | Trigger::Manual => false,
                Trigger::Change { paths } => PathSet::new(paths).is_ok_and(|set| set.covers(path)),
            };
            for name in self.waiting_for(covers) {
                if own.as_ref() == Some(&name) {
                    continue;
                }
                let changed = &mut self.supervisor.changed;
                let known = changed.iter().position(|gathered| gathered.flow == name);
                let at = known.unwrap_or_else(|| {
                    changed.push(Gathered {
                        flow: name,
                        at_ms: now_ms.saturating_add(GATHER_MS),
                        paths: Vec::new(),
                        chain,
                    });
                    changed.len() - 1
                });
                let gathered = &mut changed[at];
                gathered.chain = gathered.chain.max(chain);
                if gathered.paths.len() < CHANGED_MAX && !gathered.paths.contains(path) {
                    gathered.paths.push(path.clone());
                }
            }
        }
    }

    /// When the supervisor has something to do next.
    pub(crate) fn supervisor_time(&self) -> Option<u64> {
        let changed = self.supervisor.changed.iter();
        changed
            .map(|gathered| gathered.at_ms)
            .chain(self.supervisor.again.iter().map(|again| again.at_ms))
            .min()
    }

    /// Does what has come due.
    pub(crate) fn pass_supervisor_time(&mut self, cx: &mut Cx<'_>) {
        while let Some(at) = self
            .supervisor
            .changed
            .iter()
            .position(|gathered| is_due(gathered.at_ms, cx.now_ms, GATHER_MS))
        {
            let gathered = self.supervisor.changed.remove(at);
            let args = json!({ "changed": gathered.paths });
            self.trigger(cx, &gathered.flow, args, gathered.chain);
        }
        while let Some(at) = self
            .supervisor
            .again
            .iter()
            .position(|again| is_due(again.at_ms, cx.now_ms, DELAY_MS_MAX))
        {
            let Again { asking, input, .. } = self.supervisor.again.remove(at);
            self.attempt(cx, asking, RUN, json!(input), Had::new());
        }
    }

    /// Runs a flow by itself. Nobody waits for it: its record tells what came of it.
    fn trigger(&mut self, cx: &mut Cx<'_>, name: &str, args: Value, chain: u32) {
        let origin = Origin::new(OriginKind::System, TRIGGER);
        let asking = Asking {
            chain,
            ..Asking::of(Caller::Nobody, origin)
        };
        let input = json!({ "name": name, "args": args, "wait": false });
        self.attempt(cx, asking, RUN, input, Had::new());
    }
}
