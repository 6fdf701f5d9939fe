//! What the policy says about runs: before they start, while they go on, and when what they did is to land.

use super::consent::{decision, words_of};
use super::proposal::{Proposal, told};
use super::rules::{Ruling, Says, Want};
use super::ruling::{FlowRuling, RUN};
use super::touched::weighed;
use super::waiting::Then;
use crate::engine::{Cx, Workbench};
use crate::reference::named;
use crate::runs::{Run, Written};
use selvage_tool::Grant;
use selvage_tool::catalogue::EFFECTS;
use selvage_tool::decision::Verdict;
use selvage_tool::grant::domain_of;
use selvage_tool::guest::PendingOp;
use selvage_tool::run::{FileOp, Job, Outcome, RunRecord, RunStatus};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Hash, Op};
use serde_json::{Value, json};

/// The most things that a person is asked about before a run starts: whoever approves it looks at each.
const WANTED_MAX: usize = 500;

impl FlowRuling {
    /// What of all that a run may do its rules ask about.
    fn asked_about(&self, ruling: &Ruling, job: &Job, record: &RunRecord) -> Vec<String> {
        let mut wanted = Vec::new();
        if ruling.is_empty() {
            wanted.push("run a flow that no rule is about".into());
        }
        if self
            .place(&self.executor)
            .is_some_and(|said| said.says == Says::Ask)
        {
            wanted.push(Want::Executor(&self.executor).words());
        }
        for name in record.secrets.values() {
            let want = Want::Secret(name);
            if ruling.say(want).says == Says::Ask {
                wanted.push(want.words());
            }
        }
        let both = self.let_fetch(job.grant.net_in_both(&job.ceiling));
        for domain in self.asked_domains(both) {
            wanted.push(Want::Net(&domain).words());
        }
        let has =
            |grant: &Grant, tool: &str| grant.tools.iter().any(|one| one == tool || one == "*");
        for (tool, _) in EFFECTS {
            let want = Want::Tool(tool);
            if has(&job.grant, tool)
                && has(&job.ceiling, tool)
                && ruling.say(want).says == Says::Ask
            {
                wanted.push(want.words());
            }
        }
        let reads = self.asked_reads(&job.files, &job.entry);
        wanted.extend(reads.map(|want| want.words()));
        wanted
    }

    /// What a person is to be asked before a run starts; nothing where nobody is.
    ///
    /// # Errors
    /// [`ErrorCode::TooLarge`]: it is more than a person looks at.
    fn start(&self, job: &Job, record: &RunRecord) -> ToolResult<Option<Proposal>> {
        let asked = self.asked.iter();
        let mut wanted: Vec<String> = asked
            .map(|reason| format!("{}: {reason}", RUN.words()))
            .collect();
        if let Some(ruling) = &self.flow {
            wanted.extend(self.asked_about(ruling, job, record));
        }
        if wanted.is_empty() {
            return Ok(None);
        }
        if wanted.len() > WANTED_MAX {
            let message = format!(
                "A person is asked about {WANTED_MAX} things at the most before a run starts, and this one may do {}.",
                wanted.len()
            );
            return Err(ToolError::new(ErrorCode::TooLarge, message).hint(
                "Run it with a `grant` that covers fewer files, or have the rules ask about fewer.",
            ));
        }
        let envs = &record.env;
        let (args, contents) = told(&job.args);
        let digest = json!([
            job.entry,
            job.function,
            record.flow_hash,
            job.args,
            job.env,
            record.secrets,
            job.grant,
            job.limits,
            job.files,
            wanted
        ]);
        if !envs.is_empty() {
            wanted.insert(0, format!("gets the environment {envs:?}"));
        }
        Ok(Some(Proposal {
            what: format!(
                "Run `{}` with {args}",
                named(&job.entry, job.function.as_deref())
            ),
            reason: "rules of the policy ask about what it may do".into(),
            risks: wanted,
            changes: Vec::new(),
            contents,
            digest: Hash::of(digest.to_string().as_bytes()).to_string(),
        }))
    }
}

impl Workbench {
    /// Has a person asked before a run starts, where a rule says so; whether it waits now.
    pub(crate) fn ask_to_start(&mut self, cx: &mut Cx<'_>, id: &str) -> ToolResult<bool> {
        let Some(run) = self.runs.get_mut(id) else {
            return Ok(false);
        };
        if let Some(ruling) = &run.ruling.flow {
            let names = ruling.names().join(", ");
            let (who, what) = (
                words_of(&run.asking.behind),
                format!(
                    "run {}",
                    named(&run.record.path, run.record.function.as_deref())
                ),
            );
            let decided = decision(cx.now_ms, who, what, Verdict::Allowed, names);
            run.record.decisions.push(json!(decided));
        }
        self.note_place(cx, id);
        let Some(run) = self.runs.get_mut(id) else {
            return Ok(false);
        };
        let Some(proposal) = run.ruling.start(&run.job, &run.record)? else {
            return Ok(false);
        };
        run.pinned = true;
        run.record.status = RunStatus::Waiting;
        let who = run.asking.behind.clone();
        self.ask_person(cx, &who, "run_flow", proposal, Then::Start(id.to_owned()))?;
        Ok(true)
    }

    /// Puts a run into the queue that a person let start.
    pub(super) fn start_approved(&mut self, cx: &mut Cx<'_>, id: &str) {
        if !self.is_waiting(id) {
            return;
        }
        self.set_status(id, RunStatus::Queued);
        self.enqueue(id);
        self.dispatch_next(cx);
    }

    /// What the policy says about a request of a run that goes on. What a rule asks about was asked before the start.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`].
    pub(crate) fn may_go_on(
        &mut self,
        cx: &Cx<'_>,
        id: &str,
        request: &PendingOp,
    ) -> ToolResult<()> {
        let Some(run) = self.runs.get(id) else {
            return Ok(());
        };
        let domain;
        let want = match request {
            PendingOp::Fetch { url, .. } => {
                domain = domain_of(url).unwrap_or_default();
                Want::Net(&domain)
            }
            PendingOp::Tool { name, .. } => Want::Tool(name),
            PendingOp::Sleep { .. } => return Ok(()),
        };
        match run.ruling.say(want) {
            Some(said) if said.says == Says::Deny => {
                let who = words_of(&run.origin());
                Err(self.denied(cx, &who, &want, &said))
            }
            _ => Ok(()),
        }
    }

    /// The domains that may answer a run in the end, after redirects: where a rule denies some, no other than the first.
    pub(crate) fn final_domains(&self, id: &str, url: &str, domains: Vec<String>) -> Vec<String> {
        let ruling = self.runs.get(id).map(|run| &run.ruling);
        let Some(ruling) = ruling.filter(|ruling| ruling.flow.is_some()) else {
            return domains;
        };
        if !ruling.domains(Says::Deny).is_empty() {
            return domain_of(url).into_iter().collect();
        }
        ruling.let_fetch(domains)
    }

    /// Weighs what a run did, which is about to land; whether a person is asked, and the run waits. What a person approved is not asked
    /// about again, and is denied where that is what the rules say by now.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`], or there is too much to ask about.
    pub(crate) fn ask_to_land(
        &mut self,
        cx: &mut Cx<'_>,
        run: &Run,
        ops: &[FileOp],
        written: &[(String, Vec<u8>)],
    ) -> ToolResult<Option<Proposal>> {
        let steps = steps(ops, written);
        let touched = self.touched(&steps);
        match self.weigh_landing(cx, run, (&steps, &touched))? {
            Some((want, reason)) if !run.approved => {
                self.seal(cx)?;
                self.proposal(&steps, want.path(), reason).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Weighs what a dry run did as if it were about to land, and gives how it would change files. Nobody is asked: that somebody would
    /// be is in its record.
    ///
    /// # Errors
    /// [`ErrorCode::PolicyDenied`], as for any other run: what may not be written is no way to learn what is there. And
    /// [`ErrorCode::TooLarge`], where a person would be asked about more than one looks at.
    pub(crate) fn try_to_land(
        &mut self,
        cx: &Cx<'_>,
        run: &mut Run,
        ops: &[FileOp],
        written: &[(String, Vec<u8>)],
    ) -> ToolResult<Vec<Value>> {
        let steps = steps(ops, written);
        let touched = self.touched(&steps);
        let asked = self.weigh_landing(cx, run, (&steps, &touched))?;
        let changes = match (self.proposal(&steps, None, String::new()), &asked) {
            (Ok(proposal), _) => proposal.changes,
            (Err(error), Some(_)) => return Err(error),
            // What is too much to look at is told by the run's changes alone.
            (Err(_), None) => Vec::new(),
        };
        if let Some((want, reason)) = asked {
            let (who, why) = (
                words_of(&run.origin()),
                format!("{reason}; a dry run asks nobody"),
            );
            let decided = decision(cx.now_ms, who, want.words(), Verdict::Asked, why);
            run.record.decisions.push(json!(decided));
        }
        Ok(self.shown(run, changes))
    }

    /// What of some steps and what they touch a person is asked about before they land, and why; nothing where none is.
    fn weigh_landing<'s>(
        &mut self,
        cx: &Cx<'_>,
        run: &Run,
        (steps, touched): (&'s [Op], &'s [(bool, String)]),
    ) -> ToolResult<Option<(Want<'s>, String)>> {
        let Some(ruling) = &run.ruling.flow else {
            return Ok(None);
        };
        match weighed(ruling, steps, touched) {
            Some((want, said)) if said.says == Says::Deny => {
                Err(self.denied(cx, &words_of(&run.origin()), &want, &said))
            }
            Some((want, said)) if said.says == Says::Ask => Ok(Some((want, said.reason))),
            _ => Ok(None),
        }
    }

    /// What a run that waits would do now.
    pub(super) fn landing(&mut self, cx: &mut Cx<'_>, id: &str) -> ToolResult<Proposal> {
        self.seal(cx)?;
        let landing = self.runs.get(id).and_then(|run| run.landing.as_ref());
        let Some((outcome, written)) = landing else {
            let message = "The run waits for nothing any more.";
            return Err(ToolError::new(ErrorCode::NotFound, message));
        };
        self.proposal(&steps(&outcome.ops, written), None, String::new())
    }

    /// Lands what a person was shown, and nothing else.
    pub(super) fn land_approved(&mut self, cx: &mut Cx<'_>, id: &str) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        if let Some((outcome, written)) = run.landing.take() {
            run.approved = true;
            self.end_run(cx, id, outcome, written);
        }
    }

    /// Keeps a run until a person has answered. It holds no executor meanwhile.
    pub(crate) fn wait_to_land(
        &mut self,
        cx: &mut Cx<'_>,
        mut run: Run,
        proposal: Proposal,
        outcome: Outcome,
        written: Written,
    ) {
        let (id, who) = (run.record.run.clone(), run.origin());
        run.runner = None;
        run.held = None;
        run.deadline_ms = None;
        run.landing = Some((outcome, written));
        self.runs.insert(id.clone(), run);
        self.set_status(&id, RunStatus::Waiting);
        if let Err(error) = self.ask_person(cx, &who, "run_flow", proposal, Then::Land(id.clone()))
        {
            self.end_run(cx, &id, Outcome::failed(error), Vec::new());
        }
    }
}

/// What a run did as steps of a change: each content as it is, whatever was there before.
pub(crate) fn steps(ops: &[FileOp], written: &[(String, Vec<u8>)]) -> Vec<Op> {
    let bytes_of = |hash: &str| {
        let found = written.iter().find(|(known, _)| known == hash);
        // Bytes that no file holds in the end are not sent; a later step replaces them.
        found.map(|(_, bytes)| bytes.clone()).unwrap_or_default()
    };
    let step = |op: &FileOp| match op {
        FileOp::Write { path, hash, .. } => Op::Write {
            path: path.clone(),
            bytes: bytes_of(hash),
            create_only: false,
            base: None,
        },
        FileOp::Mkdir { path } => Op::Mkdir { path: path.clone() },
        FileOp::Move { from, to } => Op::Move {
            from: from.clone(),
            to: to.clone(),
        },
        FileOp::Remove { path } => Op::Remove { path: path.clone() },
    };
    ops.iter().map(step).collect()
}
