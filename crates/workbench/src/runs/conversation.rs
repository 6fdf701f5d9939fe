//! What a run says while it goes on, and what others say to it.

use super::executors::deadline;
use super::{ASK_MS_MAX, CANCEL_MS, GRACE_MS, Run, cancelled_before};
use crate::calls::Had;
use crate::engine::{Asking, Caller, Cx, Workbench};
use crate::event::{Effect, Fetch, RunnerId, TaskId};
use crate::notice::Notice;
use crate::policy::{is_attempt, may_call, may_fetch};
use crate::secrets::placeholders;
use selvage_tool::catalogue::{AnswerInput, RunState};
use selvage_tool::grant::domain_of;
use selvage_tool::guest::{Answer, Fetched, LogLevel, PendingOp};
use selvage_tool::run::{LogEntry, Outcome, RunReport, RunStatus};
use selvage_tool::{ErrorCode, LimitsPatch, ToolError, ToolResult};
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest that one fetch may take, in milliseconds.
const FETCH_MS_MAX: u64 = 30_000;

/// What a run asks for, in words.
fn shown(request: &PendingOp) -> String {
    match request {
        PendingOp::Fetch { url, .. } => format!("fetch {url}"),
        PendingOp::Tool { name, .. } => format!("call {name}"),
        PendingOp::Sleep { .. } => "wait".into(),
    }
}

/// Whether a run would fetch from what has no domain that could be allowed: an address of another scheme, or one that two readers could
/// take for different ones.
fn leads_nowhere(request: &PendingOp) -> bool {
    matches!(request, PendingOp::Fetch { url, .. } if domain_of(url).is_none())
}

/// A fetch that goes on for a run.
#[derive(Debug)]
pub(crate) struct PendingFetch {
    run: String,
    id: u32,
}

impl PendingFetch {
    pub(super) fn is_of(&self, run: &str) -> bool {
        self.run == run
    }
}

impl Workbench {
    /// A run told something.
    pub(crate) fn reported(
        &mut self,
        cx: &mut Cx<'_>,
        runner: RunnerId,
        report: RunReport,
        body: Vec<u8>,
    ) {
        let Some(id) = self.run_on(runner) else {
            return;
        };
        match report {
            RunReport::Logged { entries } => self.logged(&id, entries),
            RunReport::Progressed { progress } => {
                let Some(run) = self.runs.get(&id).filter(|run| run.verifies.is_none()) else {
                    return;
                };
                let (path, status) = (run.record.path.clone(), run.record.status);
                self.effects.push(Effect::Notify(Notice::Run {
                    run: id,
                    path,
                    status,
                    progress: Some(progress),
                    record: None,
                    call: None,
                }));
            }
            RunReport::Called { id: call, request } => self.called(cx, &id, call, request, body),
            RunReport::Asked { error, limit, used } => {
                if !self.has_more(&id, &limit) {
                    let text = format!("Nobody can give more of `{limit}` than this run has.");
                    self.note_in_log(&id, LogLevel::Warn, text);
                    let limits = None;
                    return self.effects.push(Effect::More { runner, limits });
                }
                if let Some(run) = self.runs.get_mut(&id) {
                    run.stop_at(cx.now_ms.saturating_add(ASK_MS_MAX));
                }
                self.set_status(&id, RunStatus::Asking);
                self.effects.push(Effect::Notify(Notice::Asked {
                    run: id,
                    error,
                    limit,
                    used,
                }));
            }
            RunReport::Finished { outcome } => self.finished(cx, runner, *outcome, Vec::new()),
        }
    }

    /// Whether the rules about a run, and the ceiling, leave more of a limit than it has.
    fn has_more(&self, id: &str, limit: &str) -> bool {
        let all = Value::from_iter([(limit, u64::MAX)]);
        let (Some(run), Ok(all)) = (self.runs.get(id), LimitsPatch::deserialize(all)) else {
            return false;
        };
        run.record.limits.patched(&run.ruling.more(&all)) != run.record.limits
    }

    fn logged(&mut self, id: &str, entries: Vec<LogEntry>) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        let mut kept = Vec::with_capacity(entries.len());
        for mut entry in entries {
            entry.seq = run.record.logs.len() as u64;
            run.record.logs.push(entry.clone());
            kept.push(entry);
        }
        if run.verifies.is_none() {
            self.effects.push(Effect::Notify(Notice::Log {
                run: id.to_owned(),
                entries: kept,
            }));
        }
    }

    /// A run asks for something that only the engine can decide. A refusal is logged with its reason.
    fn called(&mut self, cx: &mut Cx<'_>, id: &str, call: u32, request: PendingOp, body: Vec<u8>) {
        if self.asks(id, call, &request, &body) {
            return;
        }
        let Some(run) = self.runs.get(id) else { return };
        let decided = match &request {
            PendingOp::Fetch { url, method, .. } => may_fetch(&run.job, url, method).map(|_| ()),
            PendingOp::Tool { name, .. } => may_call(&run.job, name, run.record.dry_run),
            PendingOp::Sleep { .. } => Ok(()),
        };
        let decided = decided.and_then(|()| self.may_go_on(cx, id, &request));
        if let Err(error) = decided {
            if let Some(run) = self.runs.get_mut(id)
                && (is_attempt(&error) || leads_nowhere(&request))
            {
                run.denied(cx.now_ms, shown(&request), &error);
            }
            return self.answer_run(id, call, Answer::Error(error), Vec::new(), true);
        }
        let Some(run) = self.runs.get(id) else { return };
        let caller = Caller::Run {
            run: id.to_owned(),
            id: call,
        };
        match request {
            PendingOp::Fetch {
                url,
                method,
                headers,
            } => {
                let bytes_max = run.job.limits.fetch_bytes_max;
                let domains = run.job.grant.net_in_both(&run.job.ceiling);
                let domains = self.final_domains(id, &url, domains);
                let secrets = placeholders(&run.record, &run.salt).into_iter();
                let secrets = secrets.map(|(_, secret)| secret).collect();
                let task = self.new_task();
                self.fetches.insert(
                    task,
                    PendingFetch {
                        run: id.to_owned(),
                        id: call,
                    },
                );
                let fetch = Fetch {
                    task,
                    url,
                    method,
                    headers,
                    body,
                    bytes_max,
                    time_ms_max: FETCH_MS_MAX,
                    domains,
                    secrets,
                };
                self.effects.push(Effect::Fetch(fetch));
            }
            PendingOp::Tool { name, input } => {
                let asking = Asking {
                    first: run.asking.first,
                    behind: run.asking.behind.clone(),
                    depth: run.asking.depth,
                    chain: run.asking.chain,
                    ruled: run.ruling.about_flow(),
                    ..Asking::of(caller, run.origin())
                };
                self.attempt(cx, asking, &name, input, Had::new());
            }
            PendingOp::Sleep { .. } => self.reply(&caller, Ok(json!(null))),
        }
    }

    /// A fetch is over.
    pub(crate) fn fetched(
        &mut self,
        task: TaskId,
        result: Result<Fetched, ToolError>,
        body: Vec<u8>,
    ) {
        let Some(PendingFetch { run, id }) = self.fetches.remove(&task) else {
            return;
        };
        let (answer, is_refused) = match result {
            Ok(fetched) => (Answer::Ok(json!(fetched)), false),
            Err(error) => {
                let is_refused = error.code == ErrorCode::PolicyDenied;
                (Answer::Error(error), is_refused)
            }
        };
        self.answer_run(&run, id, answer, body, is_refused);
    }

    /// Whether a run goes on, or is to be made again.
    pub(crate) fn can_be_cancelled(&self, id: &str) -> bool {
        self.runs.contains_key(id) || self.is_made_again(id)
    }

    pub(crate) fn flow_cancel(&mut self, cx: &mut Cx<'_>, id: &str) -> ToolResult<RunState> {
        self.give_up(id);
        let Some(run) = self.runs.get_mut(id) else {
            return self.record_of(id).map(|record| RunState {
                run: id.to_owned(),
                status: record.status,
            });
        };
        match run.runner {
            Some(runner) => {
                let stop_ms = cx.now_ms.saturating_add(CANCEL_MS);
                // A second cancel does not put off the first one's stop, nor that of the clock.
                let earlier = run.forced_at_ms().unwrap_or(stop_ms);
                run.stop_at(stop_ms.min(earlier));
                run.cancelled = true;
                let state = run.state();
                self.effects.push(Effect::Cancel { runner });
                // What it asked for is not done any more, however long it takes to end.
                self.drop_approvals(cx, Some(id), "the run is cancelled");
                Ok(state)
            }
            None => {
                self.queue.retain(|queued| queued != id);
                let when = match run.landing {
                    Some(_) => "it was approved",
                    None => "it started",
                };
                let error = cancelled_before(when);
                self.end_run(cx, id, Outcome::failed(error), Vec::new());
                Ok(RunState {
                    run: id.to_owned(),
                    status: RunStatus::Cancelled,
                })
            }
        }
    }

    pub(crate) fn flow_answer(
        &mut self,
        cx: &mut Cx<'_>,
        input: &AnswerInput,
    ) -> ToolResult<RunState> {
        let asks = self
            .runs
            .get(&input.run)
            .filter(|run| run.record.status == RunStatus::Asking);
        let Some(runner) = asks.and_then(|run| run.runner) else {
            return Err(ToolError::new(
                ErrorCode::NotFound,
                "There is no such run that asks for more.",
            )
            .hint("Start a run with `ask: true`; it then waits here when its fuel or its time is used up."));
        };
        let mut more = None;
        if let Some(run) = self.runs.get_mut(&input.run).filter(|_| !input.deny) {
            let patch = run.ruling.more(&input.limits);
            run.record.limits = run.record.limits.patched(&patch);
            run.job.limits = run.record.limits.clone();
            run.stop_at(deadline(run, cx.now_ms));
            more = Some(patch);
        }
        self.effects.push(Effect::More {
            runner,
            limits: more,
        });
        self.set_status(&input.run, RunStatus::Running);
        Ok(RunState {
            run: input.run.clone(),
            status: RunStatus::Running,
        })
    }

    /// The times at which a run is stopped by force.
    pub(crate) fn run_times(&self) -> Vec<u64> {
        self.runs.values().filter_map(Run::forced_at_ms).collect()
    }

    /// Nobody granted more in time: the run is to end with the quota's error, and has a moment for it. Gives whether that is news to it.
    fn refuse_more(&mut self, cx: &mut Cx<'_>, runner: RunnerId) -> bool {
        let id = self.run_on(runner).unwrap_or_default();
        let Some(run) = self.runs.get_mut(&id) else {
            return false;
        };
        if run.record.status != RunStatus::Asking || run.cancelled {
            return false;
        }
        run.stop_at(cx.now_ms.saturating_add(GRACE_MS));
        let limits = None;
        self.effects.push(Effect::More { runner, limits });
        self.set_status(&id, RunStatus::Running);
        true
    }

    /// Stops by force what should have ended by itself. What it wrote never lands.
    pub(crate) fn pass_run_time(&mut self, cx: &mut Cx<'_>) {
        let late: Vec<RunnerId> = self
            .runs
            .values()
            .filter(|run| run.forced_at_ms().is_some_and(|at| at <= cx.now_ms))
            .filter_map(|run| run.runner)
            .collect();
        for runner in late {
            if self.refuse_more(cx, runner) {
                continue;
            }
            self.effects.push(Effect::Terminate { runner });
            self.runner_gone(cx, runner, "it did not stop in time");
        }
    }
}
