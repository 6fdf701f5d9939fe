//! The engine's state, and the way of an event through it.

use crate::calls::{Had, Unread};
use crate::changes::SEAL_AFTER_MS;
use crate::due::is_due;
use crate::event::{CallId, Effect, Event, RunnerId, TaskId};
use crate::failure::failure;
use crate::lint::{Hearing, Reports, Wanted};
use crate::mail::Post;
use crate::peers::Peers;
use crate::policy::{Consent, Ledger, Paper, Proofs, Ruling, Waiting};
use crate::runs::{Executor, PendingFetch, Run, Vouching};
use crate::scopes::View;
use crate::supervisor::Supervisor;
use selvage_tool::catalogue::StorageMode;
use selvage_tool::guest::Answer;
use selvage_tool::policy::Policy;
use selvage_tool::{ToolError, ToolResult};
use selvage_vfs::{Origin, OriginKind, Workspace};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

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
    /// What the policy calls the executor of runs: `browser`, `native`, `remote:HOST`.
    pub executor: String,
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
    /// Nobody: it runs by itself.
    Nobody,
}

impl Caller {
    /// The host's number of the call, where it is one of the host's.
    pub(crate) fn at_host(&self) -> Option<CallId> {
        match self {
            Self::Host(call) => Some(*call),
            Self::Run { .. } | Self::Nobody => None,
        }
    }

    /// The run that calls, where one does.
    pub(crate) fn run(&self) -> Option<&str> {
        match self {
            Self::Run { run, .. } => Some(run),
            Self::Host(_) | Self::Nobody => None,
        }
    }
}

/// Who calls: whom to answer, the host's call that it all began with, who makes what changes, who is behind it all, how many runs
/// lie between, whether it goes on without what is not read, and the digests of what a person approved of it.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    pub(crate) caller: Caller,
    pub(crate) first: Option<CallId>,
    pub(crate) origin: Origin,
    pub(crate) behind: Origin,
    pub(crate) depth: u32,
    pub(crate) alone: bool,
    pub(crate) approved: Vec<String>,
    /// Which attempt of the same it is, from 1.
    pub(crate) attempt: u32,
    /// How many runs led to it by what they changed.
    pub(crate) chain: u32,
    /// The rules about the run that calls, where there are any. They stay when that run is over, since the call may be made again.
    pub(crate) ruled: Option<Arc<Ruling>>,
}

impl Asking {
    /// Somebody who calls by itself, for the first time.
    pub(crate) fn of(caller: Caller, origin: Origin) -> Self {
        Self {
            first: caller.at_host(),
            caller,
            behind: origin.clone(),
            origin,
            depth: 0,
            alone: false,
            approved: Vec::new(),
            attempt: 1,
            chain: 0,
            ruled: None,
        }
    }
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
    pub(crate) proofs: Proofs,
    /// What waits for a manifest to be read.
    pub(crate) unread: Vec<Unread>,
    pub(crate) supervisor: Supervisor,
    pub(crate) consent: Consent,
    pub(crate) approvals: Vec<Waiting>,
    pub(crate) ledger: Ledger,
    pub(crate) vouching: Vouching,
    pub(crate) peers: Peers,
    pub(crate) post: Option<Post>,
    pub(crate) effects: Vec<Effect>,
    /// What the person's changes are signed with.
    person: String,
    /// Executors that were asked for and have not come yet.
    pub(crate) spawning: usize,
    next_task: TaskId,
    pub(crate) seal_at_ms: Option<u64>,
    /// Whether the host is about to end: no run begins any more.
    pub(crate) is_closing: bool,
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
            proofs: Proofs::default(),
            unread: Vec::new(),
            supervisor: Supervisor::default(),
            consent: Consent::default(),
            approvals: Vec::new(),
            ledger: Ledger::default(),
            vouching: Vouching::default(),
            peers: Peers::default(),
            post: None,
            effects: Vec::new(),
            person: NAMELESS.into(),
            spawning: 0,
            next_task: 1,
            seal_at_ms: None,
            is_closing: false,
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
                let asking = Asking::of(Caller::Host(call), origin);
                self.attempt(cx, asking, &name, input, Had::new());
            }
            Event::Brought(brought) => self.bring(cx, brought),
            Event::Abandoned { who, what, digest } => self.abandoned(cx, who, what, digest),
            Event::RunsAt { executor } => self.config.executor = executor,
            Event::RunnerReady { runner, dropped } => self.runner_ready(cx, runner, dropped),
            Event::RunnerGone { runner, reason } => self.runner_gone(cx, runner, &reason),
            Event::RunnerWaits { runner, waits } => self.runner_waits(cx, runner, waits),
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
            Event::Opened => self.opened(cx),
            Event::Closing => self.close(cx),
            Event::Checked { task, checked } => self.checked(cx, task, checked),
            Event::Read { task, document } => self.manifest_read(cx, task, &document),
            Event::Fetched { task, result, body } => self.fetched(task, result, body),
            Event::Signer { key } => self.signs(key),
            Event::Signed { task, signature } => self.signed(cx, task, signature),
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
        self.hold_runs(cx);
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
        let own = own.chain(self.thin_time()).chain(self.vouching.time());
        let own = own
            .chain(self.approval_time())
            .chain(self.ledger.keep_at_ms);
        let own = own.chain(self.supervisor_time());
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
                let answer = match result {
                    Ok(value) => Answer::Ok(value),
                    Err(error) => Answer::Error(error),
                };
                self.answer_run(run, *id, answer, Vec::new(), false);
            }
            Caller::Nobody => {}
        }
    }

    /// What is seen of the workspace and its parents now.
    pub(crate) fn view(&self) -> View {
        View::new(&self.workspace, self.workspace.snapshot())
    }

    /// The person at this device, as a maker of changes.
    #[must_use]
    pub fn person(&self) -> Origin {
        Origin::new(OriginKind::Person, self.person.clone())
    }

    pub(crate) fn new_task(&mut self) -> TaskId {
        self.next_task += 1;
        self.next_task
    }

    /// Does what has come due.
    fn pass_time(&mut self, cx: &mut Cx<'_>) {
        let seals = |at| is_due(at, cx.now_ms, SEAL_AFTER_MS);
        if self.seal_at_ms.is_some_and(seals) && self.seal(cx).is_err() {
            // Storage refused: the drafts are kept as drafts, and the next write says so.
            self.seal_later(cx);
        }
        self.pass_run_time(cx);
        self.pass_approval_time(cx);
        self.keep_decisions(cx);
        self.pass_supervisor_time(cx);
        self.pass_sign_time(cx);
        self.pass_thin_time(cx);
    }
}
