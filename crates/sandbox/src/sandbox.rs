//! One run's world.

use crate::clock::Clock;
use crate::files::Files;
use crate::meter::{Meter, Verdict};
use crate::said;
use crate::wasi::Randomness;
use selvage_tool::guest::{
    ABI, Answer, FRAME_BYTES_MAX, GuestJob, GuestOutcome, PendingCall, PendingOp, Progress, Resume,
    frame, unframe,
};
use selvage_tool::reach::Reach;
use selvage_tool::run::{Job, Outcome, RunReport};
use selvage_tool::{ErrorCode, LimitsPatch, ToolError, ToolResult};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of a page of WebAssembly memory.
const PAGE_BYTES: u64 = 65_536;

mod standing;

/// What an executor brings: clocks, blobs, and somebody to tell.
pub trait Host {
    /// A clock that never goes back, in milliseconds and fractions.
    fn now_ms(&mut self) -> f64;
    /// Milliseconds since 1970.
    fn wall_ms(&mut self) -> f64;
    /// The bytes of a snapshot's file, by hash; `None` when the executor was not given them.
    fn blob(&mut self, hash: &str) -> Option<Arc<[u8]>>;
    /// Takes what the run tells while it goes on.
    fn report(&mut self, report: RunReport);
}

/// The guest's memory. Every access is checked: a guest may pass any pointer.
pub trait Memory {
    /// Copies bytes out; `None` when the range is not inside.
    fn read(&self, at: u32, length: u32) -> Option<Vec<u8>>;
    /// Copies bytes in; `false` when the range is not inside.
    fn write(&mut self, at: u32, bytes: &[u8]) -> bool;
}

/// A job that a sandbox can't be made for.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A glob of the grant or of the ceiling does not parse.
    #[error("the grant has a broken glob: {0}")]
    Glob(String),
}

/// A call to perform: the guest's number for it, what it asks, and its body.
pub type Taken = (u32, PendingOp, Vec<u8>);

/// What the executor does next.
#[derive(Debug)]
pub enum Step {
    /// Perform these calls, each with its body, and resume with the answers, in any order.
    Waiting(Vec<Taken>),
    /// The run is over; the bytes of the files that it wrote come by hash.
    Finished(Box<Outcome>, BTreeMap<String, Arc<[u8]>>),
}

/// How an instance broke, as far as its executor can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trap {
    /// Memory could not grow.
    Memory,
    /// The native or the shadow stack ran out.
    Stack,
    /// Anything else.
    Other,
}

/// One run's world. See the crate's documentation for the order of calls.
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) job: Job,
    pub(crate) files: Files,
    pub(crate) meter: Meter,
    pub(crate) reach: Reach,
    pub(crate) artifacts: Vec<String>,
    pub(crate) variables: Option<serde_json::Map<String, serde_json::Value>>,
    answer: Vec<u8>,
    randomness: Randomness,
    pub(crate) clock: Clock,
    /// The calls that the guest waits for; for a timer, when it is due on a fixed clock.
    waiting: BTreeMap<u32, u64>,
    pub(crate) logged: u64,
    pub(crate) began_ms: f64,
    guest_hash: String,
}

impl Sandbox {
    /// A world for one job that starts now. `guest_hash` names the guest's bytes in the receipt.
    ///
    /// # Errors
    /// [`SandboxError::Glob`].
    pub fn new(mut job: Job, guest_hash: &str, host: &mut dyn Host) -> Result<Self, SandboxError> {
        let now_ms = host.now_ms();
        Ok(Self {
            files: Files::new(&job.files),
            meter: Meter::new(job.limits.clone(), job.ask, now_ms),
            reach: Reach::new(&job.grant, &job.ceiling).map_err(SandboxError::Glob)?,
            artifacts: Vec::new(),
            variables: None,
            answer: Vec::new(),
            randomness: Randomness::new(job.seed),
            clock: Clock::new(&mut job, now_ms),
            waiting: BTreeMap::new(),
            logged: 0,
            began_ms: now_ms,
            guest_hash: guest_hash.to_owned(),
            job,
        })
    }

    /// The maximum of the instance's memory, in pages of 64 KiB.
    #[must_use]
    pub fn memory_pages_max(&self) -> u64 {
        self.job.limits.memory_bytes_max / PAGE_BYTES
    }

    /// The frame for `selvage_start`.
    #[must_use]
    pub fn start(&self) -> Vec<u8> {
        let job = GuestJob {
            abi: ABI,
            entry: self.job.entry.clone(),
            function: self.job.function.clone(),
            shape: self.job.shape,
            module: self.job.module,
            args: self.job.args.clone(),
            env: self.job.env.clone(),
            stack_calls_max: self.job.limits.stack_calls_max,
            run: self.job.run.clone(),
            began_ms: self.job.start_ms.unwrap_or(self.job.began_ms),
        };
        frame(&job, &[])
    }

    /// The guest is entered now. Gives the fuel to set when it is entered for the first time.
    pub fn enter(&mut self, host: &mut dyn Host) -> Option<u64> {
        self.meter.enter(host.now_ms());
        (self.meter.usage().memory_bytes == 0).then(|| self.meter.first_slice())
    }

    /// The guest has returned, or was stopped.
    pub fn leave(&mut self, fuel_left: i64, memory_bytes: u64, host: &mut dyn Host) {
        self.meter.leave(host.now_ms(), fuel_left, memory_bytes);
    }

    /// The guest's slice of fuel is used up.
    pub fn quota(&mut self, host: &mut dyn Host) -> Verdict {
        let verdict = self.meter.slice_ended(host.now_ms());
        tell(&verdict, host);
        verdict
    }

    /// The run has waited for longer than it may. Whether it is asked about: the executor then goes on to wait when that is
    /// [answered](Sandbox::answered). Otherwise it is to end.
    pub fn wall_ended(&mut self, host: &mut dyn Host) -> bool {
        let verdict = self.meter.wait_ended(host.now_ms());
        tell(&verdict, host);
        verdict != Verdict::Stop
    }

    /// Somebody answered the question about a quota that was asked at `asked_ms`: more, or `None`.
    pub fn answered(&mut self, asked_ms: f64, more: Option<&LimitsPatch>, host: &mut dyn Host) {
        let now_ms = host.now_ms();
        self.meter.waited(asked_ms, now_ms);
        match more {
            Some(patch) => {
                let limits = self.meter.limits().patched(patch);
                self.meter.set_limits(limits);
            }
            None => self.meter.refused(),
        }
    }

    /// The guest wants to sleep. Gives how long, in milliseconds; that the run may take no longer is for its executor to see. A fixed
    /// clock moves on by as much.
    pub fn sleep(&mut self, ms: f64) -> f64 {
        if self.meter.count_call().is_err() {
            return 0.0;
        }
        self.clock.move_on(ms);
        ms.max(0.0)
    }

    /// The guest has slept, since then.
    pub fn slept(&mut self, since_ms: f64, host: &mut dyn Host) {
        self.meter.slept(since_ms, host.now_ms());
    }

    /// Somebody cancelled the run: the guest is stopped at its next look.
    pub fn cancel(&mut self) {
        self.meter.fail(ToolError::new(
            ErrorCode::Cancelled,
            "The run was cancelled.",
        ));
    }

    /// Has the run's clock stand still, because a person decides what it asked for, or go on.
    pub fn hold(&mut self, held: bool, host: &mut dyn Host) {
        self.meter.hold(held, host.now_ms());
    }

    /// How long the run may still take on the clock, in milliseconds; for ever while that stands still.
    pub fn wall_left_ms(&self, host: &mut dyn Host) -> f64 {
        self.meter.wall_left_ms(host.now_ms())
    }

    /// Whether the run must end whatever the guest says.
    #[must_use]
    pub fn must_end(&self) -> bool {
        self.meter.failure().is_some()
    }

    /// What the guest gave back from `selvage_start` or `selvage_resume`.
    pub fn progress(&mut self, bytes: &[u8]) -> Step {
        if self.must_end() {
            return self.finish(Err(None));
        }
        match unframe::<Progress>(bytes) {
            Err(error) => self.finish(Err(Some(error))),
            Ok((
                Progress::Finished {
                    outcome: GuestOutcome::Error(error),
                },
                _,
            )) => self.finish(Err(Some(said::bounded(error)))),
            Ok((
                Progress::Finished {
                    outcome: GuestOutcome::Value(value),
                },
                _,
            )) => {
                let length = serde_json::to_string(&value).map_or(0, |text| text.len());
                match self.meter.count_output(length) {
                    Ok(()) => self.finish(Ok(value)),
                    Err(error) => self.finish(Err(Some(error))),
                }
            }
            Ok((Progress::Yielded { calls, .. }, body)) => match self.take_calls(calls, body) {
                Ok(calls) => Step::Waiting(calls),
                Err(error) => self.finish(Err(Some(error))),
            },
        }
    }

    /// Counts the calls that the guest yielded, each with its body.
    fn take_calls(&mut self, calls: Vec<PendingCall>, body: &[u8]) -> ToolResult<Vec<Taken>> {
        let mut taken = Vec::with_capacity(calls.len());
        let mut body_left = body.len();
        for call in calls {
            self.meter.count_call()?;
            let (start, length) = call.body.unwrap_or((0, 0));
            let outside = || broken("a call's body is outside its frame");
            let bytes = body
                .get(start..start.saturating_add(length))
                .ok_or_else(outside)?;
            // Bodies lie side by side: together they are never larger than what they came in.
            body_left = body_left.checked_sub(length).ok_or_else(outside)?;
            let due_ns = match &call.request {
                PendingOp::Fetch { .. } => {
                    self.meter.count_fetch()?;
                    0
                }
                PendingOp::Sleep { ms } => self.clock.due_ns(*ms),
                PendingOp::Tool { .. } => 0,
            };
            if self.waiting.insert(call.id, due_ns).is_some() {
                return Err(broken("a call's number was used twice"));
            }
            taken.push((call.id, call.request, bytes.to_vec()));
        }
        Ok(taken)
    }

    /// The frame for `selvage_resume`; `None` for a call that the guest does not wait for.
    pub fn resume(&mut self, id: u32, answer: Answer, body: &[u8]) -> Option<Vec<u8>> {
        if body.len() > FRAME_BYTES_MAX {
            return None;
        }
        let due_ns = self.waiting.remove(&id)?;
        self.clock.move_to(due_ns);
        Some(frame(&Resume { id, answer }, body))
    }

    /// Ends a run that must end while the guest waits outside its instance.
    pub fn end(&mut self, host: &mut dyn Host) -> Step {
        self.meter.settle_clock(host.now_ms());
        self.finish(Err(None))
    }

    /// The instance broke. It is never entered again.
    pub fn trapped(&mut self, trap: Trap, message: &str) -> Step {
        let error = match trap {
            Trap::Memory => ToolError::new(
                ErrorCode::QuotaMemory,
                format!(
                    "The run needed more than its {} bytes of memory.",
                    self.job.limits.memory_bytes_max
                ),
            )
            .hint("Work on smaller pieces, or run it with a higher `limits.memoryBytesMax`."),
            Trap::Stack => ToolError::new(
                ErrorCode::QuotaStack,
                "The run nested deeper than the stack allows.",
            )
            .hint("Replace the recursion by a loop, or flatten the value."),
            Trap::Other => ToolError::new(
                ErrorCode::GuestCrashed,
                format!("The interpreter broke: {message}"),
            )
            .hint("This is a defect of the interpreter. The next run starts afresh."),
        };
        self.finish(Err(Some(error)))
    }

    /// Ends the run: with a value, an error, or the failure that the meter has.
    fn finish(&mut self, result: Result<serde_json::Value, Option<ToolError>>) -> Step {
        let failure = self.meter.failure().cloned();
        let (value, error) = match (failure, result) {
            (Some(error), _) | (None, Err(Some(error))) => (None, Some(error)),
            (None, Err(None)) => (None, Some(broken("it ended for no reason"))),
            (None, Ok(value)) => (Some(value), None),
        };
        let outcome = Outcome {
            value,
            error,
            usage: self.meter.usage().clone(),
            ops: self.files.ops().to_vec(),
            artifacts: self.artifacts.clone(),
            variables: self.variables.take(),
            readings: self.clock.take_told(),
            guest: self.guest_hash.clone(),
        };
        let written = match outcome.error {
            None => self.files.written(),
            Some(_) => BTreeMap::new(),
        };
        Step::Finished(Box::new(outcome), written)
    }

    /// Takes the answer of the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.answer)
    }

    pub(crate) fn set_answer(&mut self, answer: Vec<u8>) -> u32 {
        self.answer = answer;
        self.answer_length()
    }

    pub(crate) fn randomness(&mut self) -> &mut Randomness {
        &mut self.randomness
    }
}

/// Tells of a question about a quota.
fn tell(verdict: &Verdict, host: &mut dyn Host) {
    if let Verdict::Ask(limit, used, error) = verdict {
        host.report(RunReport::Asked {
            error: error.clone(),
            limit: (*limit).to_owned(),
            used: *used,
        });
    }
}

fn broken(why: &str) -> ToolError {
    ToolError::new(
        ErrorCode::GuestCrashed,
        format!("The guest broke its contract: {why}."),
    )
}
