//! What the policy lets calls do: those of agents, and those of runs that rules are about.

use super::proposal::{Proposal, removes, told};
use super::rules::{self, BY_PATTERN, Ruling, Said, Says, Want};
use super::ruling::RUN;
use super::sight::unseen;
use super::touched::{is_below, weighed};
use crate::engine::{Asking, Cx, Outcome, Workbench};
use crate::reference;
use crate::tools::bare;
use selvage_tool::catalogue::{Call, EFFECTS, Effect, Encoding, RunRef, VerifyInput};
use selvage_tool::decision::{Decision, Verdict};
use selvage_tool::policy::POLICY_FILE;
use selvage_tool::run::PROTECTED;
use selvage_tool::{Diagnostic, ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Op, Origin, OriginKind};
use serde_json::Value;
use std::sync::Arc;

/// Tools whose changes are weighed one by one where they are made, so that a person is shown the changes.
const CHANGING: [&str; 6] = [
    "write",
    "mkdir",
    "move",
    "delete",
    "apply_patch",
    "resolve_conflict",
];

/// Why no agent takes something back or brings it back.
const UNKNOWN: &str = "what it would change is not known before";

/// Why no agent changes what Selvage itself goes by.
const OWN: &str = "only persons change what Selvage itself goes by";

/// Tools that no agent calls where there is a policy, and why. Mounting tells of what is there also when it changes nothing.
const OF_PERSONS: [(&str, &str); 5] = [
    ("undo", UNKNOWN),
    ("redo", UNKNOWN),
    ("restore", UNKNOWN),
    ("scope_mount", OWN),
    ("scope_unmount", OWN),
];

/// What is decided about the call that is being made.
#[derive(Debug, Default)]
pub(crate) struct Consent {
    /// The rules that it is held to; nothing where there are none.
    pub(super) ruling: Option<Arc<Ruling>>,
    pub(super) who: String,
    /// Why all that it changes is asked about.
    ask: Option<String>,
    /// Why the call itself is asked about, by something that shows while it is made. Nothing was done yet.
    pub(super) asks: Option<String>,
    /// Why the run that it starts is asked about: once it is known what would run, so that this is what a person approves.
    pub(crate) asks_run: Option<String>,
    /// Whether only a pattern allows its tool.
    by_pattern: bool,
    /// The digests of what a person approved.
    approved: Vec<String>,
    /// Whether the call itself is among that.
    pub(super) is_approved: bool,
    /// What a person is to be asked.
    pub(crate) proposal: Option<Proposal>,
    /// Whether the call can wait for a manifest to be read.
    pub(crate) can_wait: bool,
    /// Whether the call must wait until a manifest that it is about was read.
    pub(crate) is_unproved: bool,
}

impl Consent {
    /// What nobody rules over, and may wait.
    pub(crate) fn that_waits() -> Self {
        Self {
            can_wait: true,
            ..Self::default()
        }
    }
}

impl Workbench {
    /// Whether the policy is about this call, and can't be asked yet.
    pub(crate) fn waits_for_policy(&self, asking: &Asking) -> bool {
        asking.behind.kind == OriginKind::Agent && self.policy.is_unread()
    }

    /// Whether there are rules that this call is held to.
    pub(crate) fn is_governed(&self, asking: &Asking) -> bool {
        asking.ruled.is_some()
            || asking.behind.kind == OriginKind::Agent && self.policy.says().is_some()
    }

    /// What the policy says of an agent; nothing where there is none, or where a person is behind it.
    fn ruling(&self, behind: &Origin) -> ToolResult<Option<Ruling>> {
        if behind.kind != OriginKind::Agent {
            return Ok(None);
        }
        match self.policy.says() {
            None => Ok(None),
            Some(Ok(policy)) => Ok(Some(rules::about_agent(
                policy,
                &behind.name,
                &self.config.environment,
            ))),
            Some(Err(flaw)) => Err(unreadable(flaw)),
        }
    }

    /// The rules that a call is held to: those about the agent behind it, and those about the run that makes it.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`]: the policy can't be read.
    pub(super) fn rules_of(&self, asking: &Asking) -> ToolResult<Option<Ruling>> {
        let ruling = self.ruling(&asking.behind)?;
        Ok(match &asking.ruled {
            Some(run) => Some(ruling.unwrap_or_else(Ruling::unbound).within(run.clone())),
            None => ruling,
        })
    }

    /// Does what a call asks, as far as the policy lets it.
    pub(crate) fn decide(
        &mut self,
        cx: &mut Cx<'_>,
        asking: Asking,
        call: Call,
        input: &Value,
    ) -> Outcome {
        let name = call.name();
        self.consent = Consent {
            can_wait: *input != Value::Null,
            ..Consent::default()
        };
        let ruling = match self.rules_of(&asking) {
            Ok(ruling) => ruling,
            Err(error) => return error.into(),
        };
        let who = words_of(&asking.origin);
        let by_run = asking.origin.kind == OriginKind::Run;
        let of_persons = OF_PERSONS.iter().find(|(tool, _)| *tool == name);
        // What a run may never change could be among it, so no run does it, with rules or without.
        if let Some((_, why)) = of_persons.filter(|_| by_run || ruling.is_some()) {
            let said = Said::no(*why);
            return self.denied(cx, &who, &Want::Tool(name), &said).into();
        }
        let Some(ruling) = ruling else {
            return self.perform(cx, asking, call);
        };
        let reads = match self.reads(&call) {
            Ok(reads) => reads,
            Err(why) => {
                if !ruling.reads_everything() {
                    let said = Said::no(why);
                    return self.denied(cx, &who, &Want::Tool(name), &said).into();
                }
                Vec::new()
            }
        };
        let wants = reads.iter().map(|path| Want::Read(path));
        let Some((want, said)) = ruling.strictest(std::iter::once(Want::Tool(name)).chain(wants))
        else {
            return self.perform(cx, asking, call);
        };
        self.consent.who.clone_from(&who);
        self.consent.approved.clone_from(&asking.approved);
        if !asking.approved.is_empty() {
            let digest = Proposal::of_call(name, input, String::new()).digest;
            self.consent.is_approved = asking.approved.contains(&digest);
        }
        match said.says {
            Says::Deny => return self.denied(cx, &who, &want, &said).into(),
            Says::Ask if CHANGING.contains(&name) => self.consent.ask = Some(said.reason),
            Says::Ask if want == RUN => self.consent.asks_run = Some(said.reason),
            Says::Ask if !self.consent.is_approved => {
                self.consent.proposal = Some(Proposal::of_call(name, input, said.reason));
                return Outcome::Later;
            }
            Says::Ask | Says::Allow => {}
        }
        self.consent.by_pattern = !ruling.allows_by_name(name);
        self.consent.ruling = Some(Arc::new(ruling));
        let outcome = self.perform(cx, asking, call);
        self.consent.asks_run = None;
        if let Some(reason) = self.consent.asks.take() {
            self.consent.proposal = Some(Proposal::of_call(name, input, reason));
            return Outcome::Later;
        }
        match (outcome, self.consent.ruling.take()) {
            (Outcome::Done(Err(error)), Some(ruling)) => unseen(name, input, error, &ruling).into(),
            (outcome, _) => outcome,
        }
    }

    /// The paths that a call reads by name; or why what it tells is of all files.
    fn reads(&self, call: &Call) -> Result<Vec<String>, &'static str> {
        const ALL: &str = "it tells of files that no rule lets it read; name one";
        let file = |path: &Option<String>| path.as_deref().map(|path| vec![bare(path)]).ok_or(ALL);
        let record = |run: &str| {
            // One that does not read is told about by what is wrong with it.
            let read = self.record_of(run);
            let path = read.map_or_else(|error| error.path, |record| Some(record.record));
            Ok(path.into_iter().collect())
        };
        match call {
            Call::Stat(input) => Ok(vec![bare(&input.path)]),
            Call::Read(input) => Ok(vec![bare(&input.path)]),
            Call::Diff(input) => Ok(vec![bare(&input.path)]),
            Call::History(input) => file(&input.path),
            Call::LintFlow(input) => {
                let (path, _) = reference::split(&input.path);
                Ok(vec![bare(path)])
            }
            Call::FlowStatus(RunRef { run }) | Call::RunVerify(VerifyInput { run, .. }) => {
                record(run)
            }
            Call::FlowLogs(input) => record(&input.run),
            // One that is over is told about, and nothing is done to it.
            Call::FlowCancel(RunRef { run }) if !self.can_be_cancelled(run) => record(run),
            // The new record tells the arguments of the old one.
            Call::RunFlow(input) => match (&input.path, &input.again) {
                (None, Some(run)) => record(run),
                _ => Ok(Vec::new()),
            },
            // Both sides may come to where they can be read.
            Call::ResolveConflict(input) => Ok(self.paths_of_conflict(&input.conflict)),
            Call::Compare(_) | Call::Conflicts(_) => Err(ALL),
            // A content that is named by its hash may be any file's.
            Call::Write(input) if input.encoding == Encoding::Hash => Err(ALL),
            _ => Ok(Vec::new()),
        }
    }

    /// Weighs the steps of a change that is about to be made.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`]: a rule does not let it happen, or a person is asked first. In that case the call is made
    /// again when the person has answered.
    pub(crate) fn consent_to(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        ops: &[Op],
    ) -> ToolResult<()> {
        let touched = self.touched(ops);
        let own = |(_, path): &&(bool, String)| self.is_of_persons(origin, path);
        if let Some((_, path)) = touched.iter().find(own) {
            let want = Want::Write(path);
            return Err(self.denied(cx, &words_of(origin), &want, &Said::no(OWN)));
        }
        let said = self.consent.ruling.as_ref();
        let said = said.and_then(|ruling| weighed(ruling, ops, &touched));
        let Some((want, said)) = said else {
            return Ok(());
        };
        let who = self.consent.who.clone();
        let asked = want.path().filter(|_| said.says == Says::Ask);
        let reason = match (said.says, self.consent.ask.clone()) {
            (Says::Deny, _) => return Err(self.denied(cx, &who, &want, &said)),
            (Says::Ask, None) => said.reason,
            (Says::Ask, Some(why)) => format!("{why}; {}", said.reason),
            (Says::Allow, Some(why)) => why,
            // What no tool's name tells, as a patch.
            (Says::Allow, None) if self.consent.by_pattern && ops.iter().any(removes) => {
                BY_PATTERN.into()
            }
            (Says::Allow, None) => return Ok(()),
        };
        self.seal(cx)?;
        let proposal = self.proposal(ops, asked, reason)?;
        if self.consent.approved.contains(&proposal.digest) {
            return Ok(());
        }
        self.consent.proposal = Some(proposal);
        Err(ToolError::new(
            ErrorCode::PolicyDenied,
            "A person is asked.",
        ))
    }

    /// Whether only persons change a path, and this is none.
    pub(crate) fn is_of_persons(&self, origin: &Origin, path: &str) -> bool {
        let own: &[&str] = match (origin.kind, &self.consent.ruling) {
            (OriginKind::Run, _) | (OriginKind::Agent, Some(_)) => &PROTECTED,
            (OriginKind::Agent, None) => &[POLICY_FILE],
            _ => &[],
        };
        own.iter().any(|own| is_below(path, own))
    }

    /// Notes that something was denied, and gives the error.
    pub(crate) fn denied(
        &mut self,
        cx: &Cx<'_>,
        who: &str,
        want: &Want<'_>,
        said: &Said,
    ) -> ToolError {
        let what = want.words();
        let error = ToolError::new(
            ErrorCode::PolicyDenied,
            format!("The policy does not let {who} {what}: {}.", said.reason),
        );
        self.note_decision(
            cx,
            denial(cx.now_ms, who.to_owned(), what, said.reason.clone()),
        );
        error.hint(format!("A person changes `{POLICY_FILE}`, or does it."))
    }
}

impl Proposal {
    /// A call whose changes are not known before, or that makes none.
    fn of_call(name: &str, input: &Value, reason: String) -> Self {
        let effect = EFFECTS.iter().find(|(tool, _)| *tool == name);
        let destroys = effect.is_some_and(|(_, effect)| *effect == Effect::Destroys);
        let (shown, contents) = told(input);
        Self {
            what: format!("Call `{name}` with {shown}"),
            reason,
            risks: destroys
                .then(|| "may change much at once".to_owned())
                .into_iter()
                .collect(),
            changes: Vec::new(),
            contents,
            digest: Hash::of(format!("{name} {input}").as_bytes()).to_string(),
        }
    }
}

/// Why there is neither an agent's call nor a run.
pub(super) fn unreadable(flaw: &Diagnostic) -> ToolError {
    let message = format!(
        "The policy can't be read, so it allows nothing: {}",
        flaw.message
    );
    let start = flaw.span.start;
    let error = ToolError::new(ErrorCode::PolicyDenied, message).path(POLICY_FILE);
    error
        .at(start.line, start.column)
        .hint("A person mends the file, where lint shows it; until then agents do nothing here, and no flow runs.")
}

/// Who does something, as persons read it.
pub(crate) fn words_of(origin: &Origin) -> String {
    match origin.kind {
        OriginKind::Person => "person".into(),
        kind => format!("{} {}", kind.as_str(), origin.name),
    }
}

/// The most characters of what was denied, and of why: a path that is refused may be of any length.
const DENIAL_CHARS_MAX: usize = 1_200;

/// That somebody was denied something, which no person was asked about.
pub(crate) fn denial(at_ms: u64, who: String, what: String, reason: String) -> Decision {
    let [what, reason] =
        [what, reason].map(|text| match text.char_indices().nth(DENIAL_CHARS_MAX) {
            Some((cut, _)) => format!("{}…", &text[..cut]),
            None => text,
        });
    decision(at_ms, who, what, Verdict::Denied, reason)
}

/// What was decided without anybody's answer.
pub(super) fn decision(
    at_ms: u64,
    who: String,
    what: String,
    verdict: Verdict,
    reason: String,
) -> Decision {
    Decision {
        at_ms,
        who,
        what,
        verdict,
        reason,
        by: None,
        digest: None,
    }
}
