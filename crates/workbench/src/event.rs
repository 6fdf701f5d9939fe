//! What the engine is told, and what it asks its host to do.

use crate::notice::Notice;
use selvage_tool::document::Document;
use selvage_tool::guest::{Answer, Checked, Fetched};
use selvage_tool::run::{Job, Outcome, RunReport};
use selvage_tool::{Guest, LimitsPatch, ToolError, ToolResult};
use selvage_vfs::{Op, Origin};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A host's number for a tool call.
pub type CallId = u64;

/// A host's number for an executor that holds one run at a time.
pub type RunnerId = u32;

/// A host's number for a link to another replica.
pub type PeerId = u32;

/// The engine's number for a question to a host: a check or a fetch.
pub type TaskId = u64;

/// What comes into the workspace together.
#[derive(Debug)]
pub struct Brought {
    /// The host's number, for the reply, which is the heads after the change.
    pub call: CallId,
    /// Who brings it.
    pub origin: Origin,
    /// What the change is called.
    pub message: String,
    /// The steps of the change.
    pub ops: Vec<Op>,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// The person at this device has a name that others know, or none any more.
    Named {
        /// The name.
        name: Option<String>,
    },
    /// Somebody calls a tool.
    Called {
        /// The host's number, for the reply.
        call: CallId,
        /// Who calls.
        origin: Origin,
        /// The tool.
        name: String,
        /// Its input.
        input: Value,
    },
    /// The person brings many files and folders, which come as one change, or not at all.
    Brought(Brought),
    /// Another engine of this device had asked a person, and is gone with what it asked about.
    Abandoned {
        /// Who wanted it.
        who: String,
        /// What was wanted.
        what: String,
        /// The digest of that.
        digest: String,
    },
    /// Runs run elsewhere from now on. Those that go on stay where they are.
    RunsAt {
        /// What the policy calls that, as [`Config::executor`](crate::Config).
        executor: String,
    },
    /// An executor can take a run.
    RunnerReady {
        /// Which one.
        runner: RunnerId,
        /// Whether it has let go of every blob it was sent.
        dropped: bool,
    },
    /// An executor is gone, with whatever it ran.
    RunnerGone {
        /// Which one.
        runner: RunnerId,
        /// Why.
        reason: String,
    },
    /// What an executor was given waits for a place where it is run, or has got one. Until then its clock stands still.
    RunnerWaits {
        /// Which one.
        runner: RunnerId,
        /// Whether it waits.
        waits: bool,
    },
    /// A run told something while it goes on.
    Reported {
        /// Where it runs.
        runner: RunnerId,
        /// What it told; the outcome comes as [`Event::Finished`].
        report: RunReport,
        /// The body of a call.
        body: Vec<u8>,
    },
    /// A run is over.
    Finished {
        /// Where it ran.
        runner: RunnerId,
        /// How it ended.
        outcome: Box<Outcome>,
        /// The bytes of the files that it wrote, by hash.
        written: Vec<(String, Vec<u8>)>,
    },
    /// The workspace was opened to be worked in, and no other engine of this device has it: flows that wait for that run.
    Opened,
    /// The host is about to end. Runs that go on are cancelled, those that wait are over with their records, and none begins any
    /// more; what was decided is kept at once. What the engine is told afterwards still counts.
    Closing,
    /// The guest's parser has read a text.
    Checked {
        /// The question.
        task: TaskId,
        /// What it said.
        checked: Checked,
    },
    /// A manifest was read.
    Read {
        /// The question.
        task: TaskId,
        /// What its reader made of it.
        document: Document,
    },
    /// A fetch is over.
    Fetched {
        /// The question.
        task: TaskId,
        /// The answer without its body.
        result: Result<Fetched, ToolError>,
        /// The body.
        body: Vec<u8>,
    },
    /// This host signs what runs were, with one key, or it can't any more.
    Signer {
        /// Its public key (Ed25519).
        key: Option<[u8; 32]>,
    },
    /// The host has signed, or could not.
    Signed {
        /// The question.
        task: TaskId,
        /// The signature, or why there is none.
        signature: Result<[u8; 64], String>,
    },
    /// A link to another replica is open.
    PeerJoined {
        /// Which one.
        peer: PeerId,
        /// Whether this side speaks first; the other does not.
        initiator: bool,
    },
    /// Another replica sent a frame.
    PeerSent {
        /// Which one.
        peer: PeerId,
        /// The frame; those of one peer come in the order they were sent.
        frame: Vec<u8>,
    },
    /// A link is broken.
    PeerGone {
        /// Which one.
        peer: PeerId,
    },
    /// Somebody carries parcels for this replica from now on, and takes the first one.
    MailOpened {
        /// Where this replica's mail goes on: what came with the last parcel that was kept, or nothing.
        cursor: Vec<u8>,
        /// Whether it may leave parcels itself.
        writes: bool,
    },
    /// Nobody carries parcels any more.
    MailClosed,
    /// A parcel was kept, with its cursor: there is room for the next.
    ParcelKept,
    /// A parcel of another replica came.
    ParcelCame {
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// A time that the engine asked to be woken at has come.
    Woken,
}

/// What the host does next.
#[derive(Debug)]
pub enum Effect {
    /// Answer a tool call.
    Reply {
        /// The host's number for it.
        call: CallId,
        /// The answer.
        result: ToolResult,
    },
    /// Run a job.
    Dispatch {
        /// On which executor.
        runner: RunnerId,
        /// What.
        job: Box<Job>,
        /// The blobs that this executor lacks.
        blobs: Vec<(String, Vec<u8>)>,
        /// The run that goes on no further before this one is over: whoever gives places gives it that one's.
        within: Option<String>,
    },
    /// Answer a call of a run.
    Answer {
        /// Where it runs.
        runner: RunnerId,
        /// The guest's number for it.
        id: u32,
        /// The answer.
        answer: Answer,
        /// Its body.
        body: Vec<u8>,
    },
    /// Answer a run that asks for more.
    More {
        /// Where it runs.
        runner: RunnerId,
        /// The new limits; `None` ends it.
        limits: Option<LimitsPatch>,
    },
    /// Have the clock of a run stand still, because a person decides what it asked for, or go on.
    Hold {
        /// Where it runs.
        runner: RunnerId,
        /// Whether it is to stand still.
        held: bool,
    },
    /// Cancel what an executor runs.
    Cancel {
        /// Which one.
        runner: RunnerId,
    },
    /// Stop an executor by force, and start another in its place.
    Terminate {
        /// Which one.
        runner: RunnerId,
    },
    /// Start one more executor.
    Spawn,
    /// Have a text read: by the guest that would run it, or by one that only looks at it.
    Check {
        /// The question.
        task: TaskId,
        /// On which executor.
        runner: RunnerId,
        /// The file's path.
        path: String,
        /// By which guest. One that can't be had is told by a word with an error, and not by the end of the executor.
        guest: Guest,
        /// Whether to read it as an ES module.
        module: bool,
        /// Whether to lay it out.
        format: bool,
        /// The text.
        source: String,
    },
    /// Read a manifest, and tell what it holds. Whoever has no reader leaves it: then nothing is allowed.
    Read {
        /// The question.
        task: TaskId,
        /// The file's path, which tells JSON from YAML.
        path: String,
        /// The text.
        text: String,
    },
    /// Fetch.
    Fetch(Fetch),
    /// Break a fetch off: the run that it was for is over, and nobody hears what comes of it.
    Abort {
        /// The question.
        task: TaskId,
    },
    /// Sign with the key of [`Event::Signer`].
    Sign {
        /// The question.
        task: TaskId,
        /// What.
        bytes: Vec<u8>,
    },
    /// Send a frame to another replica, after those before it.
    Send {
        /// Which one.
        peer: PeerId,
        /// The frame.
        frame: Vec<u8>,
    },
    /// Everything that another replica had when the link was opened is here.
    CaughtUp {
        /// Which one.
        peer: PeerId,
    },
    /// Close a link: its session is over.
    Hangup {
        /// Which one.
        peer: PeerId,
    },
    /// Carry a parcel to all other replicas, and say when it is kept. One at a time.
    Parcel {
        /// Its bytes.
        bytes: Vec<u8>,
        /// To be kept together with the parcel.
        cursor: Option<Vec<u8>>,
    },
    /// Everything that came by mail so far is durable here.
    Landed {
        /// To be kept instead of the one before.
        cursor: Vec<u8>,
    },
    /// Tell the time again at this moment, in milliseconds since 1970.
    Wake {
        /// When.
        at_ms: u64,
    },
    /// Tell whoever listens.
    Notify(Notice),
}

/// A fetch that the engine has allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// The question.
    pub task: TaskId,
    /// The address.
    pub url: String,
    /// The HTTP method.
    pub method: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body, empty for none.
    pub body: Vec<u8>,
    /// The most bytes of the answer's body.
    pub bytes_max: u64,
    /// The longest it may take, in milliseconds.
    pub time_ms_max: u64,
    /// The domains that may answer in the end, after redirects.
    pub domains: Vec<String>,
    /// What it may carry. Where there is any, the host puts their values in, and takes them out of the answer.
    pub secrets: Vec<SecretRef>,
}

/// A secret of the host's own, as a run knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretRef {
    /// What stands for it in the run.
    pub placeholder: String,
    /// What the host calls it.
    pub name: String,
}
