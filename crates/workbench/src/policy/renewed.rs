//! Runs that wait or go on when the policy becomes another one: from then on they are held to what it says now.

use super::consent::words_of;
use super::rules::{Ruling, Says, Want};
use super::ruling::{FlowRuling, RUN, no_rule};
use crate::engine::{Asking, Cx, Workbench};
use selvage_tool::ToolResult;
use selvage_tool::policy::OnExpiry;
use selvage_tool::run::Outcome;
use std::sync::Arc;

impl Workbench {
    /// Holds every run to the policy that was read just now. One that has not started and may not any more is over; one that goes on
    /// gets nothing further that is denied by now, and lands nothing of that.
    pub(super) fn rule_anew(&mut self, cx: &mut Cx<'_>) {
        let runs: Vec<String> = self.runs.keys().cloned().collect();
        for id in runs {
            let Some(run) = self.runs.get(&id) else {
                continue;
            };
            let (asking, path) = (run.asking.clone(), run.record.path.clone());
            let (executor, asked) = (run.ruling.executor.clone(), run.ruling.asked.clone());
            let waits = run.runner.is_none() && run.landing.is_none();
            let ruled = self.rules_about(&asking, &path);
            if waits && let Err(error) = self.may_start(cx, &ruled, (&asking, &path, &executor)) {
                self.end_run(cx, &id, Outcome::failed(error), Vec::new());
                continue;
            }
            // Where no rule is about it any more, there is nothing that it may do.
            let ruling = ruled.ok().flatten().unwrap_or_else(|| FlowRuling {
                flow: Some(Arc::new(Ruling::default())),
                ..FlowRuling::default()
            });
            if let Some(run) = self.runs.get_mut(&id) {
                run.ruling = FlowRuling {
                    executor,
                    asked,
                    ..ruling
                };
            }
        }
    }

    /// Whether a run that was let start may do so by what the rules about it are now.
    fn may_start(
        &mut self,
        cx: &Cx<'_>,
        ruled: &ToolResult<Option<FlowRuling>>,
        (asking, path, executor): (&Asking, &str, &str),
    ) -> ToolResult<()> {
        let (want, said) = match ruled {
            Ok(Some(ruling)) => match ruling.place(executor) {
                Some(said) if said.says == Says::Deny => (Want::Executor(executor), said),
                _ => return Ok(()),
            },
            Ok(None) => (RUN, no_rule(path)),
            Err(error) => return Err(error.clone()),
        };
        Err(self.denied(cx, &words_of(&asking.behind), &want, &said))
    }

    /// Whether the policy lets what nobody answers happen, also by now.
    pub(super) fn allows_unanswered(&self) -> bool {
        let policy = self.policy.says().and_then(Result::ok);
        policy.is_some_and(|policy| policy.approvals.on_expiry == OnExpiry::Allow)
    }
}
