//! What waits for a person, and the tools by which one answers.

use super::consent::{decision, denial, words_of};
use super::proposal::Proposal;
use super::waiting::{Then, Waiting};
use crate::calls::Had;
use crate::engine::{Asking, Cx, Workbench};
use crate::event::Effect;
use crate::notice::Notice;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_tool::catalogue::{Encoding, ReadOutput};
use selvage_tool::decision::{Approval, Decision, Verdict};
use selvage_tool::policy::{ApprovalReadInput, Approvals, DecideInput, OnExpiry};
use selvage_tool::run::{Outcome, RunStatus};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Origin, OriginKind};
use serde_json::{Value, json};

/// The most approvals that wait at once.
pub(crate) const APPROVALS_MAX: usize = 100;

/// The most bytes of a reason.
const REASON_BYTES_MAX: usize = 2_000;

impl Workbench {
    /// Has a person asked; gives the error where no more can wait.
    pub(crate) fn ask_person(
        &mut self,
        cx: &mut Cx<'_>,
        who: &Origin,
        tool: &str,
        proposal: Proposal,
        then: Then,
    ) -> ToolResult<()> {
        if self.approvals.len() >= APPROVALS_MAX {
            let message = format!("{APPROVALS_MAX} approvals are waited for already.");
            return Err(ToolError::new(ErrorCode::Busy, message)
                .hint("A person decides about some of them first."));
        }
        if self.is_closing {
            return Err(crate::runs::ending());
        }
        self.may_hold(&then)?;
        let rules = match self.policy.says() {
            Some(Ok(policy)) => policy.approvals.clone(),
            _ => Approvals::default(),
        };
        let name = crate::runs::new_id(cx);
        let run = match &then {
            Then::Start(run) | Then::Land(run) => Some(run.clone()),
            Then::Call(held) => held.asking.caller.run().map(str::to_owned),
        };
        let salt = self.is_guessed(&then, &proposal).then(|| (cx.random)());
        let expires_ms = cx.now_ms + u64::from(rules.expires_minutes) * 60_000;
        let approval = Approval {
            approval: name.clone(),
            who: words_of(who),
            run,
            tool: tool.to_owned(),
            what: proposal.what,
            reason: proposal.reason,
            risks: proposal.risks,
            changes: proposal.changes,
            digest: Waiting::told(salt, &proposal.digest),
            asked_ms: cx.now_ms,
            expires_ms,
            on_expiry: rules.on_expiry,
        };
        self.decided(cx, &approval, Verdict::Asked, approval.reason.clone(), None);
        let call = self.asking_of(&then).and_then(|asking| asking.first);
        self.effects.push(Effect::Notify(Notice::Approval {
            call,
            approval: Box::new(approval.clone()),
        }));
        self.approvals.push(Waiting {
            approval,
            digest: proposal.digest,
            salt,
            contents: proposal.contents,
            then,
        });
        self.tell_approvals();
        Ok(())
    }

    /// Who waits for the answer.
    fn asking_of<'a>(&'a self, then: &'a Then) -> Option<&'a Asking> {
        match then {
            Then::Start(run) | Then::Land(run) => self.runs.get(run).map(|run| &run.asking),
            Then::Call(held) => Some(&held.asking),
        }
    }

    /// Whether the digest could tell whoever asks what a file holds that it may not read: everything else that it is over is known, so
    /// that one guess after the other can be tried.
    fn is_guessed(&self, then: &Then, proposal: &Proposal) -> bool {
        let Some(asking) = self.asking_of(then) else {
            return false;
        };
        let changed = proposal.changes.iter().map(|change| change.path.as_str());
        let files = match then {
            Then::Start(run) => self.runs.get(run).map(|run| &run.job.files),
            Then::Call(_) | Then::Land(_) => None,
        };
        let files = files.into_iter().flatten().filter(|file| !file.folder);
        let files = files.map(|file| file.path.as_str());
        self.is_unseen(asking, changed.chain(files))
    }

    pub(super) fn tell_approvals(&mut self) {
        let waiting = u32::try_from(self.approvals.len()).unwrap_or(u32::MAX);
        self.effects
            .push(Effect::Notify(Notice::Approvals { waiting }));
    }

    /// Notes what became of an approval, also in the record of its run.
    pub(super) fn decided(
        &mut self,
        cx: &Cx<'_>,
        approval: &Approval,
        verdict: Verdict,
        reason: String,
        by: Option<String>,
    ) -> Decision {
        let (who, what) = (approval.who.clone(), approval.what.clone());
        let decision = Decision {
            by,
            digest: Some(approval.digest.clone()),
            ..decision(cx.now_ms, who, what, verdict, reason)
        };
        if let Some(run) = approval.run.as_ref().and_then(|run| self.runs.get_mut(run)) {
            run.record.decisions.push(json!(decision));
        }
        self.note_decision(cx, decision.clone());
        decision
    }

    /// What a person sees is all that waits, and what an agent sees is what it waits for itself, without what it may not read. A run sees
    /// nothing of it: whoever is behind it, its text may be somebody else's.
    pub(crate) fn approval_list(&mut self, origin: &Origin) -> Value {
        let is_person = origin.kind == OriginKind::Person;
        let waiting = self.approvals.iter().filter(|waiting| {
            let asking = self.asking_of(&waiting.then);
            is_person || asking.is_some_and(|asking| asking.behind == *origin)
        });
        let waiting = waiting.map(|waiting| match is_person {
            true => waiting.approval.clone(),
            false => self.told_to_agent(&waiting.approval),
        });
        let approvals: Vec<Approval> = waiting.collect();
        let decided = match is_person {
            true => self.decided_lately(),
            false => Vec::new(),
        };
        json!({ "approvals": approvals, "decided": decided })
    }

    pub(crate) fn approval_read(
        &mut self,
        cx: &Cx<'_>,
        origin: &Origin,
        input: &ApprovalReadInput,
    ) -> ToolResult<ReadOutput> {
        self.only_persons(cx, origin, "look at", &input.approval)?;
        let waiting = self.waiting(&input.approval)?;
        let found = waiting
            .contents
            .iter()
            .find(|(path, _)| *path == input.path);
        let (path, bytes) = found.ok_or_else(|| {
            ToolError::new(
                ErrorCode::NotFound,
                format!("The approval would not write `{}`.", input.path),
            )
            .hint("`approval_list` has the paths of its changes.")
        })?;
        let (content, encoding) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), Encoding::Text),
            Err(_) => (STANDARD.encode(bytes), Encoding::Base64),
        };
        Ok(ReadOutput {
            path: path.clone(),
            content,
            encoding,
            size: bytes.len() as u64,
            hash: Hash::of(bytes).to_string(),
            truncated: false,
            next_offset: None,
        })
    }

    /// Lets a person go on, and notes that anybody else was not let.
    fn only_persons(
        &mut self,
        cx: &Cx<'_>,
        origin: &Origin,
        what: &str,
        approval: &str,
    ) -> ToolResult<()> {
        if origin.kind == OriginKind::Person {
            return Ok(());
        }
        let message = "Only a person sees and decides what waits for one.";
        let what = format!("{what} the approval {approval}");
        self.note_decision(
            cx,
            denial(cx.now_ms, words_of(origin), what, message.into()),
        );
        Err(ToolError::new(ErrorCode::PolicyDenied, message)
            .hint("The page shows it to the person who works there."))
    }

    fn waiting(&self, approval: &str) -> ToolResult<&Waiting> {
        let found = self
            .approvals
            .iter()
            .find(|waiting| waiting.approval.approval == approval);
        found.ok_or_else(|| {
            let shown: String = approval.chars().take(40).collect();
            ToolError::new(
                ErrorCode::NotFound,
                format!("No approval `{shown}` is waited for."),
            )
            .hint("`approval_list` has those that are, and what became of others.")
        })
    }

    pub(crate) fn approval_decide(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        input: DecideInput,
    ) -> ToolResult<Decision> {
        self.only_persons(cx, origin, "decide about", &input.approval)?;
        let waiting = self.waiting(&input.approval)?;
        if waiting.approval.digest != input.digest {
            return Err(stale());
        }
        let reason = input.reason.unwrap_or_default();
        if reason.len() > REASON_BYTES_MAX {
            let message = format!("A reason has {REASON_BYTES_MAX} bytes at the most.");
            return Err(ToolError::new(ErrorCode::TooLarge, message));
        }
        let by = Some(origin.name.clone());
        let verdict = if input.allow {
            Verdict::Approved
        } else {
            Verdict::Refused
        };
        self.answer_approval(cx, &input.approval, verdict, reason, by)
    }

    /// Goes on with what waited.
    pub(super) fn answer_approval(
        &mut self,
        cx: &mut Cx<'_>,
        name: &str,
        verdict: Verdict,
        reason: String,
        by: Option<String>,
    ) -> ToolResult<Decision> {
        let at = self
            .approvals
            .iter()
            .position(|waiting| waiting.approval.approval == name);
        let Some(at) = at else { return Err(stale()) };
        let allowed = match verdict {
            Verdict::Expired => {
                self.approvals[at].approval.on_expiry == OnExpiry::Allow && self.allows_unanswered()
            }
            verdict => verdict == Verdict::Approved,
        };
        if allowed && let Then::Land(run) = &self.approvals[at].then {
            let run = run.clone();
            let now = self.landing(cx, &run)?;
            if now.digest != self.approvals[at].digest {
                // Others changed the same files meanwhile: what would land is something else, and may be about files that
                // whoever asks may not read.
                let is_guessed = self.is_guessed(&self.approvals[at].then, &now);
                let waiting = &mut self.approvals[at];
                if is_guessed {
                    waiting.salt.get_or_insert_with(|| (cx.random)());
                }
                waiting.approval.digest = Waiting::told(waiting.salt, &now.digest);
                waiting.digest = now.digest;
                waiting.approval.changes = now.changes;
                waiting.contents = now.contents;
                self.tell_approvals();
                return Err(stale());
            }
        }
        let Waiting {
            approval,
            digest,
            then,
            ..
        } = self.approvals.remove(at);
        self.tell_approvals();
        if let Then::Call(held) = &then
            && allowed
        {
            let mut asking = held.asking.clone();
            asking.approved.push(digest);
            let others = self.approvals.len();
            self.attempt(cx, asking, &held.name, held.input.clone(), Had::new());
            // The same call asks again, since it would do something else by now; a run that it started may ask for itself.
            let mut asked = self.approvals.iter().skip(others);
            if asked.any(|waiting| matches!(waiting.then, Then::Call(_))) {
                return Err(stale());
            }
        }
        let decision = self.decided(cx, &approval, verdict, reason.clone(), by);
        let refusal = || {
            let why = match verdict {
                Verdict::Expired => "Nobody approved it in time".to_owned(),
                _ if reason.is_empty() => "A person did not approve it".to_owned(),
                _ => format!("A person did not approve it: {reason}"),
            };
            ToolError::new(ErrorCode::PolicyDenied, format!("{why}."))
                .hint("Propose something else, or ask the person.")
        };
        match then {
            Then::Call(_) if allowed => {}
            Then::Call(held) => self.reply(&held.asking.caller, Err(refusal())),
            Then::Start(run) if allowed => self.start_approved(cx, &run),
            Then::Land(run) if allowed => self.land_approved(cx, &run),
            Then::Start(run) | Then::Land(run) => {
                self.end_run(cx, &run, Outcome::failed(refusal()), Vec::new());
            }
        }
        Ok(decision)
    }

    /// Whether a run waits for a person.
    pub(crate) fn is_waiting(&self, run: &str) -> bool {
        self.runs
            .get(run)
            .is_some_and(|run| run.record.status == RunStatus::Waiting)
    }
}

fn stale() -> ToolError {
    ToolError::new(
        ErrorCode::Stale,
        "What would happen is not what it was when you looked.",
    )
    .hint("`approval_list` shows it as it is now.")
}
