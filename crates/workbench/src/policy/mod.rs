//! Who may do what here: the caller's grant, the policy file, and what a person is asked about first.
//!
//! `grants` decides by what a call gives to a run. Everything else here is about the policy file: `paper` follows it and `checks`
//! reads it, `rules` says what it says of one thing and `ruling` of one run, `consent` asks it about calls, `flows` about runs and
//! `imports` about what a text is made of, `foresight` tells before a run what they will say, `touched` weighs what steps do to
//! paths, `sight` says what of files whoever calls is told, `approvals` keeps what waits for a person (`waiting`), `proposal` is
//! what one is shown, and `ledger` what was decided.
//!
//! **Where it is asked.** What would happen is weighed, not what was called: an agent's writes, moves and deletions where the
//! change is made ([`Workbench::change`](crate::Workbench)), those of a run where it lands. So no tool, and no way through a
//! flow, leads around it. An approval is of a digest over all that would happen and what it would happen to; whatever differs
//! when it is to happen is asked anew.

mod approvals;
mod checks;
mod consent;
mod flows;
mod foresight;
mod grants;
mod imports;
mod ledger;
mod lies;
mod paper;
mod proposal;
mod renewed;
mod rules;
mod ruling;
mod sight;
mod touched;
mod unanswered;
mod waiting;

pub(crate) use checks::are_domains;
pub(crate) use consent::{Consent, denial, words_of};
pub(crate) use flows::steps;
pub(crate) use grants::{folder, granted, granted_again, may_call, may_fetch, visible};
pub(crate) use ledger::{Ledger, is_attempt};
pub(crate) use paper::{Paper, Proof, Proofs, is_manifest};
pub(crate) use rules::Ruling;
pub(crate) use ruling::FlowRuling;
pub(crate) use sight::Sight;
pub(crate) use waiting::{Then, Waiting};

use crate::engine::{Cx, Workbench};
use crate::event::TaskId;
use selvage_tool::document::Document;
use selvage_tool::policy::{POLICY_FILE, Policy};

/// The policy file, of which nothing is known yet.
pub(crate) fn policy_paper() -> Paper<Policy> {
    Paper::new(POLICY_FILE, checks::read)
}

impl Workbench {
    /// A manifest was read: what waited for it goes on.
    pub(crate) fn manifest_read(&mut self, cx: &mut Cx<'_>, task: TaskId, document: &Document) {
        let is_policy = self.policy.take(task, document);
        if is_policy {
            self.rule_anew(cx);
        }
        let is_followed = is_policy || self.supervisor.flows.take(task, document);
        if is_followed || self.prove_with(task, document) {
            self.run_opened(cx);
            self.make_ruled_again(cx);
        }
    }
}
