//! The loop around the engine: what happens goes in as events, what is to be done is done.
//!
//! A [`Desk`] owns an engine and what it needs of a machine. Runs, checks and fetches go on beside it, on threads of their own,
//! and come back as events; so everything about the workspace happens on the thread that calls [`Desk::call`] or
//! [`Desk::serve`], one thing after the other. It decides nothing: the engine does.

mod calls;

use crate::guests::Guests;
use crate::key::DeviceKey;
use crate::line::{Came, Line};
use crate::runners::Runners;
use calls::Pending;
use selvage_tool::ToolResult;
use selvage_tool::guest::{Check, Fetched};
use selvage_vfs::{Op, Origin};
use selvage_workbench::{CallId, Cx, Effect, Event, Fetch, TaskId, Workbench};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How many runs go on at once before the engine asks for more executors.
const RUNNERS: u32 = 2;

/// How long runs that were told to end are waited for when the desk closes.
const CLOSING_MAX: Duration = Duration::from_secs(3);

/// The longest that one wait for what comes next takes; a longer one is made of several.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// What a desk stands in: a clock, chance, a network, and whoever looks on.
pub trait Surroundings {
    /// Milliseconds since 1970.
    fn now_ms(&mut self) -> u64;

    /// 128 random bits.
    fn random(&mut self) -> u128;

    /// Performs a fetch that the engine allowed, and answers it, now or later, from any thread. It must not be waited for here.
    fn fetch(&mut self, fetch: Fetch, answer: FetchAnswer);

    /// Breaks a fetch off, by its `task`: nobody hears any more what comes of it. Whoever answers at once has none that goes on.
    fn abort(&mut self, _task: TaskId) {}

    /// Sees what the engine is told, before it is.
    fn hears(&mut self, _event: &Event) {}

    /// Sees what the engine wants done, before it is done.
    fn sees(&mut self, _effect: &Effect) {}
}

/// The way back for what a fetch came to.
pub struct FetchAnswer {
    task: TaskId,
    line: Sender<Came>,
}

impl FetchAnswer {
    /// Answers. A run that is over by now hears nothing of it.
    pub fn give(self, result: ToolResult<Fetched>, body: Vec<u8>) {
        let task = self.task;
        let event = Event::Fetched { task, result, body };
        // A desk that is closed needs no answer.
        let _ = self.line.send(Came::Event(None, event));
    }
}

/// See the module. One that is let go of closes as [`Desk::serve`] does.
pub struct Desk<S: Surroundings> {
    workbench: Workbench,
    surroundings: S,
    runners: Runners,
    inbox: Receiver<Came>,
    line: Sender<Came>,
    calls: CallId,
    pending: BTreeMap<CallId, Pending>,
    /// Calls that are to be cancelled as soon as their run is known.
    cancelled: BTreeSet<CallId>,
    wake_at_ms: Option<u64>,
    key: Option<DeviceKey>,
    is_closed: bool,
}

impl<S: Surroundings> Drop for Desk<S> {
    fn drop(&mut self) {
        // After a panic nobody knows what the engine holds.
        if !std::thread::panicking() {
            self.close();
        }
    }
}

impl<S: Surroundings> Desk<S> {
    /// A desk around an engine.
    pub fn new(workbench: Workbench, guests: Guests, surroundings: S) -> Self {
        let (line, inbox) = channel();
        let mut desk = Self {
            workbench,
            surroundings,
            runners: Runners::new(guests, line.clone()),
            inbox,
            line,
            calls: 0,
            pending: BTreeMap::new(),
            cancelled: BTreeSet::new(),
            wake_at_ms: None,
            key: None,
            is_closed: false,
        };
        for _ in 0..RUNNERS {
            let ready = desk.runners.add();
            desk.tell(ready);
        }
        desk
    }

    /// The same, vouching for its runs with a key.
    #[must_use]
    pub fn signing(mut self, key: DeviceKey) -> Self {
        let public = key.public();
        self.key = Some(key);
        self.tell(Event::Signer { key: Some(public) });
        self
    }

    /// The public key that it vouches with, where it has one.
    #[must_use]
    pub fn signer(&self) -> Option<[u8; 32]> {
        self.key.as_ref().map(DeviceKey::public)
    }

    /// What it stands in.
    pub fn surroundings(&mut self) -> &mut S {
        &mut self.surroundings
    }

    /// The way for others to call tools here.
    #[must_use]
    pub fn line(&self) -> Line {
        Line::new(self.line.clone())
    }

    /// Calls a tool and gives its answer, doing whatever else comes meanwhile.
    pub fn call(&mut self, origin: Origin, name: &str, input: Value) -> ToolResult {
        self.answered(|desk, reply| {
            desk.begin(origin, name, input, Box::new(|_| {}), reply);
        })
    }

    /// Brings many files as one change, or none of them; gives the heads after it.
    ///
    /// # Errors
    /// One of them can't be written, or whoever brings them may not.
    pub fn bring(&mut self, origin: Origin, message: String, ops: Vec<Op>) -> ToolResult {
        self.answered(|desk, reply| desk.begin_bringing(origin, message, ops, reply))
    }

    /// Begins something, and does whatever comes until it is answered.
    fn answered(
        &mut self,
        begin: impl FnOnce(&mut Self, Box<dyn FnOnce(ToolResult) + Send>),
    ) -> ToolResult {
        let (answer, answered) = channel();
        let reply = move |result| {
            let _ = answer.send(result);
        };
        begin(self, Box::new(reply));
        loop {
            if let Ok(result) = answered.try_recv() {
                return result;
            }
            self.step();
        }
    }

    /// Says that the workspace is open to be worked in: flows that wait for that run.
    pub fn opened(&mut self) {
        self.tell(Event::Opened);
    }

    /// Does what comes until no run goes on and no file is being read.
    pub fn settle(&mut self) {
        while self.runners.any_works() && self.step() {}
    }

    /// Does what comes until somebody closes the desk. Runs that go on then are cancelled, and waited for, but not long; those that
    /// wait are over, and none begins any more.
    pub fn serve(&mut self) {
        while self.step() {}
        self.close();
    }

    fn close(&mut self) {
        if std::mem::replace(&mut self.is_closed, true) {
            return;
        }
        self.tell(Event::Closing);
        let until = Instant::now() + CLOSING_MAX;
        while self.runners.any_works() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            self.step_within(left);
        }
    }

    fn step(&mut self) -> bool {
        self.step_within(WAIT_MAX)
    }

    /// Waits for the next thing, and not longer than this, and does it; whether there is to be another one.
    fn step_within(&mut self, longest: Duration) -> bool {
        let now_ms = self.surroundings.now_ms();
        let due_ms = self.wake_at_ms.map(|at_ms| at_ms.saturating_sub(now_ms));
        if due_ms == Some(0) {
            self.wake_at_ms = None;
            self.tell(Event::Woken);
            return true;
        }
        let wait = due_ms.map_or(longest, Duration::from_millis).min(longest);
        match self.inbox.recv_timeout(wait) {
            Ok(came) => self.take(came),
            Err(RecvTimeoutError::Timeout) => true,
            // It holds an end of its own line, so that can't be; nothing would ever come again.
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Does one thing; whether there is to be another one.
    fn take(&mut self, came: Came) -> bool {
        match came {
            Came::Event(runner, event) => {
                if let Some(events) = self.runners.heard(runner, event) {
                    events.into_iter().for_each(|event| self.tell(event));
                }
            }
            Came::Call {
                origin,
                name,
                input,
                notice,
                reply,
                number,
            } => {
                let call = self.begin(origin, &name, input, notice, reply);
                // Who does not wait for it will not cancel it either.
                let _ = number.send(call);
            }
            Came::Cancel(call) => self.cancel(call),
            Came::Work(work) => self.work(work),
            Came::Close => return false,
        }
        true
    }

    /// Does something with the engine itself, where no tool fits, and all that follows from it.
    fn work(&mut self, work: impl FnOnce(&mut Workbench, &mut Cx<'_>) -> Vec<Effect>) {
        let mut cx = Cx {
            now_ms: self.surroundings.now_ms(),
            random: &mut || self.surroundings.random(),
        };
        let effects = work(&mut self.workbench, &mut cx);
        let events = self.perform_all(effects);
        events.into_iter().for_each(|event| self.tell(event));
    }

    /// Tells the engine what happened, and does all that follows from it.
    fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            self.surroundings.hears(&event);
            let mut cx = Cx {
                now_ms: self.surroundings.now_ms(),
                random: &mut || self.surroundings.random(),
            };
            let effects = self.workbench.handle(&mut cx, event);
            events.extend(self.perform_all(effects));
        }
        // Those whose run is not known yet are put back.
        for call in std::mem::take(&mut self.cancelled) {
            self.cancel(call);
        }
    }

    /// Does things in order, and gives what has happened by that.
    fn perform_all(&mut self, effects: Vec<Effect>) -> Vec<Event> {
        let mut events = Vec::new();
        for effect in effects {
            self.surroundings.sees(&effect);
            events.extend(self.perform(effect));
        }
        events
    }

    fn perform(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Reply { call, result } => self.answer(call, result),
            Effect::Notify(notice) => self.pass_on(&notice),
            Effect::Fetch(fetch) => {
                let task = fetch.task;
                let line = self.line.clone();
                self.surroundings.fetch(fetch, FetchAnswer { task, line });
            }
            Effect::Abort { task } => self.surroundings.abort(task),
            Effect::Read { task, path, text } => {
                let document = selvage_manifest::read(&path, &text);
                return Some(Event::Read { task, document });
            }
            Effect::Wake { at_ms } => self.wake_at_ms = Some(at_ms),
            Effect::Spawn => return Some(self.runners.add()),
            Effect::Dispatch {
                runner,
                job,
                blobs,
                within,
            } => self.runners.run(runner, *job, blobs, within),
            Effect::Check {
                task,
                runner,
                path,
                guest,
                module,
                format,
                source,
            } => {
                let check = Check {
                    path,
                    module,
                    format,
                };
                self.runners.check(runner, task, guest, check, source);
            }
            Effect::Answer {
                runner,
                id,
                answer,
                body,
            } => self.runners.answer(runner, id, answer, body),
            Effect::More { runner, limits } => self.runners.more(runner, limits),
            Effect::Hold { runner, held } => self.runners.hold(runner, held),
            Effect::Cancel { runner } => self.runners.cancel(runner),
            Effect::Terminate { runner } => return Some(self.runners.replace(runner)),
            Effect::Sign { task, bytes } => {
                let none = || "this host has no key".to_owned();
                let signature = self.key.as_ref().map(|key| key.sign(&bytes));
                let signature = signature.ok_or_else(none);
                return Some(Event::Signed { task, signature });
            }
            // Nobody joined and no mail was opened here, so there is nobody to tell.
            Effect::Send { .. }
            | Effect::CaughtUp { .. }
            | Effect::Hangup { .. }
            | Effect::Parcel { .. }
            | Effect::Landed { .. } => {}
        }
        None
    }
}

#[cfg(test)]
mod tests;
