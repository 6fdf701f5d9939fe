//! One run: its thread, its timers, and the loop around its instance.

use crate::control::{Answered, Control, Woken};
use crate::error::HostError;
use crate::executor::Program;
use crate::instance::{Guest, NoGuest};
use selvage_sandbox::{Host, Sandbox, Step, Trap};
use selvage_tool::guest::{Answer, Check, Checked, PendingOp};
use selvage_tool::run::{Job, Outcome, RunReport};
use selvage_tool::{Limits, ToolError};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Bytes of a run's thread: what the guest may fill, and as much again for the host calls on top.
const THREAD_STACK_BYTES: usize = 16 * 1024 * 1024;

/// Reports that may wait for whoever takes them; a run that tells more than is listened to waits.
const REPORTS_WAITING_MAX: usize = 256;

/// The bytes of a job's files, by hash.
pub type Blobs = BTreeMap<String, Arc<[u8]>>;

/// A report, and the body of the call that it may be.
type Told = (RunReport, Vec<u8>);

/// A run that is over.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub outcome: Outcome,
    /// The bytes of the files that it wrote, by hash.
    pub written: Blobs,
}

impl Ended {
    /// The end of a run that no guest began.
    #[must_use]
    pub fn failed(error: ToolError) -> Self {
        Self {
            outcome: Outcome::failed(error),
            written: Blobs::new(),
        }
    }
}

/// What this machine gives to a sandbox.
pub(crate) struct Native {
    began: Instant,
    blobs: Blobs,
    reports: SyncSender<Told>,
}

impl Host for Native {
    fn now_ms(&mut self) -> f64 {
        self.began.elapsed().as_secs_f64() * 1000.0
    }

    fn wall_ms(&mut self) -> f64 {
        // A machine whose clock stands before 1970 is as good as one at 1970.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs_f64()
            * 1000.0
    }

    fn blob(&mut self, hash: &str) -> Option<Arc<[u8]>> {
        self.blobs.get(hash).cloned()
    }

    fn report(&mut self, report: RunReport) {
        self.tell(report, Vec::new());
    }
}

impl Native {
    /// For an instance that runs nothing: nobody hears of it.
    pub(crate) fn idle() -> Self {
        Self {
            began: Instant::now(),
            blobs: Blobs::new(),
            reports: sync_channel(0).0,
        }
    }

    pub(crate) fn tell(&mut self, report: RunReport, body: Vec<u8>) {
        // Whoever listened is gone; the outcome still counts.
        let _ = self.reports.send((report, body));
    }
}

/// Runs a job on a thread of its own, and passes its reports on from there.
pub(crate) fn run(
    program: &Arc<Program>,
    job: Job,
    blobs: Blobs,
    control: &Control,
    report: &mut dyn FnMut(RunReport, Vec<u8>),
) -> Result<Ended, HostError> {
    let (reports, told) = sync_channel(REPORTS_WAITING_MAX);
    let native = Native {
        began: Instant::now(),
        blobs,
        reports,
    };
    let (own, inner) = (program.clone(), control.clone());
    let thread = spawn(move || drive(&own, job, native, &inner))?;
    let unheard = CancelOnDrop(control);
    for (told, body) in told {
        report(told, body);
    }
    std::mem::forget(unheard);
    let (ended, used) = thread.join().map_err(|_| HostError::Lost)??;
    stand_by(program, used);
    Ok(ended)
}

/// Parses a text on a thread of its own.
pub(crate) fn check(
    program: &Arc<Program>,
    check: &Check,
    source: &str,
) -> Result<Checked, HostError> {
    let (own, check, source) = (program.clone(), check.clone(), source.to_owned());
    let thread = spawn(move || {
        let (memory, control) = (Limits::default().memory_bytes_max, Control::default());
        match Guest::fresh(&own, memory, Native::idle(), control) {
            Ok(mut guest) => Ok((guest.check(&check, &source)?, Some(guest))),
            Err(NoGuest::Host(error)) => Err(error),
            Err(NoGuest::Memory(_)) => Err(HostError::WarmUp {
                reason: "it needs more memory than a run has".into(),
            }),
        }
    })?;
    let (checked, used) = thread.join().map_err(|_| HostError::Lost)??;
    stand_by(program, used);
    Ok(checked)
}

/// Lets go of an instance that was used, and makes the one that the next run begins with, while nobody waits for either: both take
/// longer than a short run, since they are about every page of a memory.
fn stand_by(program: &Arc<Program>, used: Option<Guest>) {
    let program = program.clone();
    // Without a thread the next run makes its own.
    let _ = spawn(move || {
        drop(used);
        program.stand_by();
    });
}

fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, HostError> {
    Builder::new()
        .name("run".into())
        .stack_size(THREAD_STACK_BYTES)
        .spawn(work)
        .map_err(HostError::Thread)
}

/// A run whose reports nobody takes any more, because taking one panicked, is not left behind.
struct CancelOnDrop<'a>(&'a Control);

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Drives a run from its start to its end. Gives the instance that it used, too.
fn drive(
    program: &Program,
    job: Job,
    native: Native,
    control: &Control,
) -> Result<(Ended, Option<Guest>), HostError> {
    let bytes_max = job.limits.memory_bytes_max;
    let mut guest = match Guest::fresh(program, bytes_max, native, control.clone()) {
        Ok(guest) => guest,
        Err(NoGuest::Host(error)) => return Err(error),
        Err(NoGuest::Memory(mut native)) => {
            let mut sandbox = Sandbox::new(job, &program.hash, &mut native)?;
            let Step::Finished(outcome, written) = sandbox.trapped(Trap::Memory, "") else {
                return Err(HostError::Lost);
            };
            let outcome = *outcome;
            return Ok((Ended { outcome, written }, None));
        }
    };
    let frame = guest.begin(job, &program.hash)?;
    let mut step = guest.enter("selvage_start", &frame);
    let mut timers = Timers::default();
    loop {
        let calls = match step {
            Step::Finished(outcome, written) => {
                let outcome = *outcome;
                // Whoever takes the reports waits until nobody can send one.
                guest.world().host = Native::idle();
                return Ok((Ended { outcome, written }, Some(guest)));
            }
            Step::Waiting(calls) => calls,
        };
        let host = &mut guest.world().host;
        for (id, request, body) in calls {
            match request {
                PendingOp::Sleep { ms } => timers.set(id, host.now_ms(), ms),
                request => host.tell(RunReport::Called { id, request }, body),
            }
        }
        step = wait(&mut guest, &mut timers, control);
    }
}

/// Waits for whatever comes first, and gives what the guest makes of it.
fn wait(guest: &mut Guest, timers: &mut Timers, control: &Control) -> Step {
    loop {
        let world = guest.world();
        let Some(left_ms) = world.may_wait_ms() else {
            return world.sandbox.end(&mut world.host);
        };
        let now_ms = world.host.now_ms();
        let resumed = match control.next_answer(left_ms.min(timers.left_ms(now_ms))) {
            Woken::Cancelled => {
                world.sandbox.cancel();
                return world.sandbox.end(&mut world.host);
            }
            Woken::Came(Answered { id, answer, body }) => world.sandbox.resume(id, answer, &body),
            Woken::Late => timers
                .take(world.host.now_ms())
                .and_then(|id| world.sandbox.resume(id, Answer::Ok(Value::Null), &[])),
        };
        if let Some(frame) = resumed {
            return guest.enter("selvage_resume", &frame);
        }
    }
}

/// The timers that are set, the next one first; those that are due together in the order in which
/// they were set.
#[derive(Debug, Default)]
struct Timers {
    waiting: Vec<Timer>,
}

#[derive(Debug, Clone, Copy)]
struct Timer {
    id: u32,
    due_ms: f64,
}

impl Timers {
    fn set(&mut self, id: u32, now_ms: f64, ms: f64) {
        // What is not a number is 0, as it is to a browser.
        let due_ms = now_ms + ms.max(0.0);
        let at = self.waiting.partition_point(|other| other.due_ms <= due_ms);
        self.waiting.insert(at, Timer { id, due_ms });
    }

    /// How long until the next one is due.
    fn left_ms(&self, now_ms: f64) -> f64 {
        self.waiting
            .first()
            .map_or(f64::INFINITY, |timer| (timer.due_ms - now_ms).max(0.0))
    }

    /// Takes the number of one that is due.
    fn take(&mut self, now_ms: f64) -> Option<u32> {
        let due = self
            .waiting
            .first()
            .is_some_and(|timer| timer.due_ms <= now_ms);
        due.then(|| self.waiting.remove(0).id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_ring_in_the_order_of_their_time_and_then_of_their_setting() {
        let mut timers = Timers::default();
        for (id, ms) in [(1, 20.0), (2, 10.0), (3, 10.0), (4, f64::NAN), (5, -3.0)] {
            timers.set(id, 100.0, ms);
        }
        assert_eq!(timers.left_ms(100.0), 0.0);
        let mut rung = Vec::new();
        while let Some(id) = timers.take(115.0) {
            rung.push(id);
        }
        assert_eq!(rung, [4, 5, 2, 3]);
        assert_eq!(timers.left_ms(115.0), 5.0);
        assert_eq!(timers.take(119.9), None);
        assert_eq!(timers.take(120.0), Some(1));
        assert_eq!(timers.left_ms(120.0), f64::INFINITY);
    }
}
