//! What waits for a person, and nobody answers any more.

use super::consent::decision;
use super::waiting::{Then, Waiting};
use crate::engine::{Cx, Workbench};
use selvage_tool::decision::{Decision, Verdict};
use selvage_tool::policy::OnExpiry;
use selvage_tool::{ErrorCode, ToolError};

impl Workbench {
    /// Notes that nobody will answer any more what another engine asked.
    pub(crate) fn abandoned(&mut self, cx: &Cx<'_>, who: String, what: String, digest: String) {
        let why = "the tab that asked is gone".into();
        let gone = Decision {
            digest: Some(digest),
            ..decision(cx.now_ms, who, what, Verdict::Expired, why)
        };
        self.note_decision(cx, gone);
        self.tell_approvals();
    }

    /// Ends what a run waits for that is over; or what calls of no run do, since nobody can answer any more.
    pub(crate) fn drop_approvals(&mut self, cx: &Cx<'_>, run: Option<&str>, why: &str) {
        let is_over = |waiting: &Waiting| waiting.approval.run.as_deref() == run;
        while let Some(at) = self.approvals.iter().position(is_over) {
            let Waiting { approval, then, .. } = self.approvals.remove(at);
            self.decided(cx, &approval, Verdict::Expired, why.into(), None);
            if let Then::Call(held) = then {
                let error =
                    ToolError::new(ErrorCode::Cancelled, format!("Nobody answered: {why}."));
                self.reply(&held.asking.caller, Err(error));
            }
            self.tell_approvals();
        }
    }

    /// When the next approval is decided without an answer.
    pub(crate) fn approval_time(&self) -> Option<u64> {
        self.approvals
            .iter()
            .map(|waiting| waiting.approval.expires_ms)
            .min()
    }

    /// Decides what nobody answered in time.
    pub(crate) fn pass_approval_time(&mut self, cx: &mut Cx<'_>) {
        while let Some(late) = self
            .approvals
            .iter()
            .find(|waiting| waiting.approval.expires_ms <= cx.now_ms)
        {
            let name = late.approval.approval.clone();
            let reason = "nobody answered in time".to_owned();
            let answered = self.answer_approval(cx, &name, Verdict::Expired, reason, None);
            // What became something else meanwhile is not allowed by waiting.
            if answered.is_err()
                && let Some(at) = self
                    .approvals
                    .iter()
                    .position(|waiting| waiting.approval.approval == name)
            {
                self.approvals[at].approval.on_expiry = OnExpiry::Deny;
            }
        }
    }
}
