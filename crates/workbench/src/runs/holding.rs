//! Runs whose calls wait for a person: their clocks stand still, and others do not wait for their executors.

use super::{EXECUTORS_MAX, RUNS_HELD_MAX};
use crate::engine::{Caller, Cx, Workbench};
use crate::event::Effect;
use crate::policy::Then;
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use std::collections::BTreeSet;

impl Workbench {
    /// Has the clocks of those runs stand still that wait for a person by a call of their own, or of a run that they wait for; and go on
    /// when none of it waits any more.
    pub(crate) fn hold_runs(&mut self, cx: &Cx<'_>) {
        let waiting = self.held_runs();
        let mut any_stands = false;
        for (id, run) in &mut self.runs {
            let held = waiting.contains(id);
            let Some(runner) = run.runner.filter(|_| held != run.held_since_ms.is_some()) else {
                continue;
            };
            match run.held_since_ms.take() {
                None => run.held_since_ms = Some(cx.now_ms),
                Some(since_ms) => {
                    let stood_ms = cx.now_ms.saturating_sub(since_ms);
                    let later = |at: u64| at.saturating_add(stood_ms);
                    if let Some(at_ms) = run.deadline_ms.map(later) {
                        run.stop_at(at_ms);
                    }
                }
            }
            any_stands |= held;
            self.effects.push(Effect::Hold { runner, held });
        }
        if any_stands {
            self.spare();
        }
    }

    /// Whether one more may wait for a person in the middle of its run, if what would wait is that.
    ///
    /// # Errors
    /// [`ErrorCode::Busy`].
    pub(crate) fn may_hold(&self, then: &Then) -> ToolResult<()> {
        let Then::Call(call) = then else {
            return Ok(());
        };
        let held = self.held_runs();
        match call.asking.caller.run() {
            Some(run) if held.len() >= RUNS_HELD_MAX && !held.contains(run) => {
                let message = format!(
                    "{RUNS_HELD_MAX} runs wait for a person already, in the middle of what they do."
                );
                Err(ToolError::new(ErrorCode::Busy, message)
                    .hint("A person decides about some of them first."))
            }
            _ => Ok(()),
        }
    }

    /// Whether an executor is free or on its way, which is started where there may be one more. Those whose runs wait for a person
    /// take nobody's place.
    pub(super) fn spare(&mut self) -> bool {
        if self.idle_runner().is_some() {
            return true;
        }
        let held = self.runs.values().filter(|run| run.held_since_ms.is_some());
        let has_room = self.executors.len() + self.spawning < EXECUTORS_MAX + held.count();
        if has_room {
            self.spawning += 1;
            self.effects.push(Effect::Spawn);
        }
        has_room
    }

    fn held_runs(&self) -> BTreeSet<String> {
        let mut held = BTreeSet::new();
        for waiting in &self.approvals {
            let mut caller = match waiting.then() {
                Then::Call(call) => Some(&call.asking.caller),
                Then::Start(run) | Then::Land(run) => self.waits_for(run),
            };
            while let Some(Caller::Run { run, .. }) = caller
                && held.insert(run.clone())
            {
                caller = self.waits_for(run);
            }
        }
        held
    }

    /// Who waits for a run to be over.
    fn waits_for(&self, run: &str) -> Option<&Caller> {
        let run = self.runs.get(run).filter(|run| run.waits)?;
        Some(&run.asking.caller)
    }
}
