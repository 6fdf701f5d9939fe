//! Runs whose calls wait for a person: their clocks stand still, and others do not wait for their executors.

use super::{EXECUTORS_MAX, RUNS_HELD_MAX, Run};
use crate::engine::{Caller, Cx, Workbench};
use crate::event::Effect;
use crate::policy::Then;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use std::collections::BTreeSet;

/// That the clock of a run stands still.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    since_ms: u64,
    /// When it was to be stopped by force. Where that is another time by now, it was set for something else meanwhile.
    deadline_ms: Option<u64>,
}

impl Run {
    /// When it is stopped by force; that of its clock is put off while the clock stands still.
    pub(super) fn forced_at_ms(&self) -> Option<u64> {
        let put_off = self.held.and_then(|held| held.deadline_ms);
        self.deadline_ms.filter(|at| put_off != Some(*at))
    }

    /// Has its clock stand still, or go on with what was left.
    fn hold(&mut self, held: bool, now_ms: u64) {
        let deadline_ms = self.deadline_ms;
        let stood = self.held.take();
        if held {
            let since_ms = now_ms;
            self.held = Some(Held {
                since_ms,
                deadline_ms,
            });
        } else if let Some(stood) = stood
            && let Some(at_ms) = deadline_ms.filter(|_| stood.deadline_ms == deadline_ms)
        {
            self.stop_at(at_ms.saturating_add(now_ms.saturating_sub(stood.since_ms)));
        }
    }
}

impl Workbench {
    /// Has the clocks of those runs stand still that wait for a person by a call of their own, or of a run that they wait for; and go on
    /// when none of it waits any more.
    pub(crate) fn hold_runs(&mut self, cx: &Cx<'_>) {
        let waiting = self.held_runs();
        let mut lacking = 0;
        for (id, run) in &mut self.runs {
            let held = waiting.contains(id);
            let Some(runner) = run.runner.filter(|_| held != run.held.is_some()) else {
                continue;
            };
            run.hold(held, cx.now_ms);
            self.effects.push(Effect::Hold { runner, held });
            lacking += usize::from(held);
        }
        for _ in 0..lacking {
            self.spare();
        }
    }

    /// Whether what would wait holds no more runs than may be.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`].
    pub(crate) fn may_hold(&self, then: &Then) -> ToolResult<()> {
        let mut held = self.held_runs();
        let before = held.len();
        self.hold_behind(then, &mut held);
        if held.len() <= RUNS_HELD_MAX || held.len() == before {
            return Ok(());
        }
        let message = format!(
            "{RUNS_HELD_MAX} runs wait for a person already, in the middle of what they do."
        );
        Err(ToolError::new(ErrorCode::Busy, message)
            .hint("A person decides about some of them first."))
    }

    /// Whether an executor is free or on its way, which is started where there may be one more. Those whose runs wait for a person
    /// take nobody's place.
    pub(super) fn spare(&mut self) -> bool {
        if self.idle_runner().is_some() {
            return true;
        }
        let runs = self.runs.values();
        let held = runs.filter(|run| run.runner.is_some() && run.held.is_some());
        let has_room = self.executors.len() + self.spawning < EXECUTORS_MAX + held.count();
        if has_room {
            self.spawning += 1;
            self.effects.push(Effect::Spawn);
        }
        has_room
    }

    /// The runs that wait for a person in the middle.
    fn held_runs(&self) -> BTreeSet<String> {
        let mut held = BTreeSet::new();
        for waiting in &self.approvals {
            self.hold_behind(waiting.then(), &mut held);
        }
        held
    }

    /// Adds the runs that wait for this, one for the other.
    fn hold_behind(&self, then: &Then, held: &mut BTreeSet<String>) {
        let mut caller = match then {
            Then::Call(call) => Some(&call.asking.caller),
            Then::Start(run) | Then::Land(run) => self.waits_for(run),
        };
        while let Some(Caller::Run { run, .. }) = caller
            && self.runs.contains_key(run)
            && held.insert(run.clone())
        {
            caller = self.waits_for(run);
        }
    }

    /// Who waits for a run to be over.
    fn waits_for(&self, run: &str) -> Option<&Caller> {
        let run = self.runs.get(run).filter(|run| run.waits)?;
        Some(&run.asking.caller)
    }
}
