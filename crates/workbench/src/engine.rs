//! The engine's state, and the way of an event through it.

use crate::event::{CallId, Effect, Event, Notice, RunnerId, TaskId};
use crate::failure::failure;
use crate::lint::{Hearing, Reports, Wanted};
use crate::mail::Post;
use crate::peers::Peers;
use crate::policy::{Consent, Ledger, Paper, Waiting};
use crate::runs::{Executor, PendingFetch, Run};
use crate::scopes::{View, writable};
use selvage_tool::catalogue::StorageMode;
use selvage_tool::guest::Answer;
use selvage_tool::policy::Policy;
use selvage_tool::{ToolError, ToolResult};
use selvage_vfs::{Change, Meta, Op, Origin, OriginKind, Workspace};
use std::collections::{BTreeMap, VecDeque};

/// How long drafts wait for the next keystroke before they become part of the history.
const SEAL_AFTER_MS: u64 = 2_000;

/// Who works alone has no name, and reads of themselves.
const NAMELESS: &str = "you";

/// What a host says about itself once.
#[derive(Debug, Clone)]
pub struct Config {
    /// How the workspace is kept.
    pub storage: StorageMode,
    /// Selvage's version.
    pub version: String,
    /// What the policy calls this place: `local`, `ci`, `production`.
    pub environment: String,
}

/// The time and the randomness of one event.
pub struct Cx<'a> {
    /// Milliseconds since 1970.
    pub now_ms: u64,
    /// Gives 128 random bits at a time.
    pub random: &'a mut dyn FnMut() -> u128,
}

/// Who waits for a call's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Somebody at the host.
    Host(CallId),
    /// A run, by its own number for the call.
    Run { run: String, id: u32 },
}

/// Who calls: whom to answer, who makes what changes, who is behind it all, how many runs lie between, whether it goes on without
/// what is not read, and the digest of what a person approved of it.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub(crate) caller: Caller,
    pub(crate) origin: Origin,
    pub(crate) behind: Origin,
    pub(crate) depth: u32,
    pub(crate) alone: bool,
    pub(crate) approved: Option<String>,
}

/// What a call came to.
pub(crate) enum Outcome {
    /// Its answer.
    Done(ToolResult),
    /// The answer comes later.
    Later,
    /// These must be read before; nothing was done yet.
    Lacks(Vec<Wanted>),
}

impl From<ToolError> for Outcome {
    fn from(error: ToolError) -> Self {
        Self::Done(Err(error))
    }
}

/// The engine. See the crate's documentation for its control loop.
pub struct Workbench {
    pub(crate) workspace: Workspace,
    pub(crate) config: Config,
    pub(crate) runs: BTreeMap<String, Run>,
    pub(crate) queue: VecDeque<String>,
    pub(crate) executors: BTreeMap<RunnerId, Executor>,
    pub(crate) fetches: BTreeMap<TaskId, PendingFetch>,
    pub(crate) hearing: Hearing,
    pub(crate) reports: Reports,
    pub(crate) retention: crate::retention::Retention,
    pub(crate) policy: Paper<Policy>,
    pub(crate) consent: Consent,
    pub(crate) approvals: Vec<Waiting>,
    pub(crate) ledger: Ledger,
    pub(crate) peers: Peers,
    pub(crate) post: Option<Post>,
    pub(crate) effects: Vec<Effect>,
    /// What the person's changes are signed with.
    person: String,
    /// Executors that were asked for and have not come yet.
    pub(crate) spawning: usize,
    next_task: TaskId,
    seal_at_ms: Option<u64>,
    wake_at_ms: Option<u64>,
}

impl Workbench {
    /// An engine over a workspace.
    #[must_use]
    pub fn new(workspace: Workspace, config: Config) -> Self {
        Self {
            workspace,
            config,
            runs: BTreeMap::new(),
            queue: VecDeque::new(),
            executors: BTreeMap::new(),
            fetches: BTreeMap::new(),
            hearing: Hearing::default(),
            reports: Reports::default(),
            retention: crate::retention::Retention::default(),
            policy: crate::policy::policy_paper(),
            consent: Consent::default(),
            approvals: Vec::new(),
            ledger: Ledger::default(),
            peers: Peers::default(),
            post: None,
            effects: Vec::new(),
            person: NAMELESS.into(),
            spawning: 0,
            next_task: 1,
            seal_at_ms: None,
            wake_at_ms: None,
        }
    }

    /// Gives a workspace in which nothing ever happened the starter files. A host calls this when it knows that no
    /// other replica has anything.
    ///
    /// # Errors
    /// Storage refused the files.
    pub fn begin(&mut self, cx: &mut Cx<'_>) -> ToolResult<Vec<Effect>> {
        if self.is_new()? {
            crate::starter::fill(&mut self.workspace, cx)?;
        }
        self.tell_others(cx);
        Ok(std::mem::take(&mut self.effects))
    }

    /// Whether nothing ever happened in the workspace.
    ///
    /// # Errors
    /// Storage could not be read.
    pub fn is_new(&self) -> ToolResult<bool> {
        let stats = self.workspace.stats().map_err(failure)?;
        Ok(stats.files + stats.folders + stats.deleted == 0)
    }

    /// Takes an event and gives what to do, in order.
    pub fn handle(&mut self, cx: &mut Cx<'_>, event: Event) -> Vec<Effect> {
        // Before anything else: nobody slips in before the policy of a workspace that was just opened.
        self.follow();
        match event {
            Event::Named { name } => self.person = name.unwrap_or_else(|| NAMELESS.into()),
            Event::Called {
                call,
                origin,
                name,
                input,
            } => {
                let asking = Asking {
                    caller: Caller::Host(call),
                    behind: origin.clone(),
                    origin,
                    depth: 0,
                    alone: false,
                    approved: None,
                };
                self.attempt(cx, asking, &name, input, 0);
            }
            Event::RunnerReady { runner, dropped } => self.runner_ready(cx, runner, dropped),
            Event::RunnerGone { runner, reason } => self.runner_gone(cx, runner, &reason),
            Event::Reported {
                runner,
                report,
                body,
            } => self.reported(cx, runner, report, body),
            Event::Finished {
                runner,
                outcome,
                written,
            } => self.finished(cx, runner, *outcome, written),
            Event::Checked { task, checked } => self.checked(cx, task, checked),
            Event::Read { task, document } => self.manifest_read(cx, task, &document),
            Event::Fetched { task, result, body } => self.fetched(task, result, body),
            Event::PeerJoined { peer, initiator } => self.peer_joined(peer, initiator),
            Event::PeerSent { peer, frame } => self.peer_sent(peer, &frame),
            Event::PeerGone { peer } => self.peer_gone(peer),
            Event::MailOpened { cursor, writes } => self.mail_opened(&cursor, writes),
            Event::MailClosed => self.post = None,
            Event::ParcelKept => self.parcel_kept(),
            Event::ParcelCame { bytes } => self.parcel_came(&bytes),
            Event::Woken => self.wake_at_ms = None,
        }
        self.pass_time(cx);
        self.tell_others(cx);
        std::mem::take(&mut self.effects)
    }

    /// Tells peers and mail what is new, and asks to be woken for what comes next.
    pub(crate) fn tell_others(&mut self, cx: &Cx<'_>) {
        self.look_again();
        self.follow();
        if self.workspace.has_orphans() {
            self.bring_back(cx);
        }
        self.tell_peers();
        self.leave_news(cx);
        let own = self.seal_at_ms.into_iter().chain(self.mail_time());
        let own = own.chain(self.thin_time());
        let own = own
            .chain(self.approval_time())
            .chain(self.ledger.keep_at_ms);
        let next = own.chain(self.run_times()).min();
        if let Some(at_ms) = next
            && self.wake_at_ms.is_none_or(|known| at_ms < known)
        {
            self.wake_at_ms = Some(at_ms);
            self.effects.push(Effect::Wake { at_ms });
        }
    }

    /// Answers whoever waits; a run that is over waits no more.
    pub(crate) fn reply(&mut self, caller: &Caller, result: ToolResult) {
        match caller {
            Caller::Host(call) => self.effects.push(Effect::Reply {
                call: *call,
                result,
            }),
            Caller::Run { run, id } => {
                if let Some(runner) = self.runs.get(run).and_then(|run| run.runner) {
                    let answer = match result {
                        Ok(value) => Answer::Ok(value),
                        Err(error) => Answer::Error(error),
                    };
                    self.effects.push(Effect::Answer {
                        runner,
                        id: *id,
                        answer,
                        body: Vec::new(),
                    });
                }
            }
        }
    }

    /// Seals what was typed in files that others deleted meanwhile, which brings those back.
    fn bring_back(&mut self, cx: &Cx<'_>) {
        match self.seal(cx) {
            Ok(heads) => self.effects.push(Effect::Notify(Notice::Changed {
                paths: Vec::new(),
                heads,
            })),
            Err(_) => self.seal_later(cx),
        }
    }

    /// Makes one change of the workspace and tells of it. What was typed where it writes or deletes is sealed first, so
    /// that the history has it, as a change of whoever typed.
    pub(crate) fn change(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        message: String,
        ops: &[Op],
    ) -> ToolResult<Change> {
        for op in ops {
            may_do(op)?;
        }
        self.change_all(cx, origin, message, ops)
    }

    /// The same, also of what is mounted.
    pub(crate) fn change_all(
        &mut self,
        cx: &mut Cx<'_>,
        origin: &Origin,
        message: String,
        ops: &[Op],
    ) -> ToolResult<Change> {
        self.consent_to(cx, origin, ops)?;
        if ops.iter().any(|op| self.covers_typing(op)) {
            self.seal(cx)?;
        }
        let meta = Meta {
            at_ms: cx.now_ms,
            origin: origin.clone(),
            message,
        };
        let change = self
            .workspace
            .apply(cx.random, &meta, ops)
            .map_err(failure)?;
        self.tell_changed(&change);
        Ok(change)
    }

    /// What is seen of the workspace and its parents now.
    pub(crate) fn view(&self) -> View {
        View::new(&self.workspace, self.workspace.snapshot())
    }

    /// Whether something typed that is in no history yet is written over, or deleted.
    fn covers_typing(&self, op: &Op) -> bool {
        let is_draft = |path: &str| self.workspace.stat(path).is_ok_and(|entry| entry.draft);
        match op {
            Op::Write { path, bytes, .. } => {
                is_draft(path) && self.workspace.read(path).is_ok_and(|now| now != *bytes)
            }
            Op::Put { path, .. } => is_draft(path),
            Op::Remove { path } => {
                let below = self.workspace.list(path, true).unwrap_or_default();
                is_draft(path) || below.iter().any(|entry| entry.draft)
            }
            Op::Draft { .. } | Op::Mkdir { .. } | Op::Move { .. } | Op::Keep { .. } => false,
        }
    }

    /// The person at this device, as a maker of changes.
    #[must_use]
    pub fn person(&self) -> Origin {
        Origin::new(OriginKind::Person, self.person.clone())
    }

    pub(crate) fn tell_changed(&mut self, change: &Change) {
        let heads = change.heads.to_strings();
        self.effects.push(Effect::Notify(Notice::Changed {
            paths: change.paths.clone(),
            heads,
        }));
    }

    /// Makes drafts part of the history, so that heads name every byte.
    pub(crate) fn seal(&mut self, cx: &Cx<'_>) -> ToolResult<Vec<String>> {
        self.seal_at_ms = None;
        let meta = Meta {
            at_ms: cx.now_ms,
            origin: self.person(),
            message: "Edit".into(),
        };
        let heads = self.workspace.seal(&meta).map_err(failure)?;
        Ok(heads.to_strings())
    }

    /// Drafts were written: they become part of the history when typing pauses.
    pub(crate) fn seal_later(&mut self, cx: &Cx<'_>) {
        self.seal_at_ms = Some(cx.now_ms + SEAL_AFTER_MS);
    }

    pub(crate) fn new_task(&mut self) -> TaskId {
        self.next_task += 1;
        self.next_task
    }

    /// Does what has come due.
    fn pass_time(&mut self, cx: &mut Cx<'_>) {
        if self.seal_at_ms.is_some_and(|at| at <= cx.now_ms) && self.seal(cx).is_err() {
            // Storage refused: the drafts are kept as drafts, and the next write says so.
            self.seal_later(cx);
        }
        self.pass_run_time(cx);
        self.pass_approval_time(cx);
        self.keep_decisions(cx);
        self.pass_thin_time(cx);
    }
}

/// Refuses an operation on what is mounted.
fn may_do(op: &Op) -> ToolResult<()> {
    match op {
        Op::Write { path, .. }
        | Op::Put { path, .. }
        | Op::Draft { path, .. }
        | Op::Mkdir { path }
        | Op::Remove { path }
        | Op::Keep { path } => writable(path),
        Op::Move { from, to } => writable(from).and_then(|()| writable(to)),
    }
}
