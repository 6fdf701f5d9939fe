//! What a run knows besides the engine's own state: its host, its sources, and what it waits for.

use crate::failure;
use boa_engine::builtins::promise::ResolvingFunctions;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{JsFunction, JsPromise};
use boa_engine::{Context, JsNativeError, JsResult, JsValue};
use selvage_guest::Host;
use selvage_tool::ToolError;
use selvage_tool::guest::{HostCall, LogLevel, PendingCall, PendingOp};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What happens with the answer to a pending call.
pub enum Waiting {
    /// A promise is settled with it.
    Promise {
        /// How the answer becomes a value.
        kind: AnswerKind,
        /// What settles the promise.
        resolving: ResolvingFunctions,
        /// An error made where the call was made; it is thrown when the host refuses.
        site: JsObject,
    },
    /// A function is called.
    Timer(Timer),
}

/// A timer that a flow set.
#[derive(Clone)]
pub struct Timer {
    /// What the flow holds; unlike the call's number it stays when the timer repeats.
    pub handle: u32,
    /// What is called.
    pub callback: JsFunction,
    /// With what.
    pub arguments: Vec<JsValue>,
    /// How long until then, in milliseconds.
    pub delay_ms: f64,
    /// Whether it is set again after each call.
    pub repeats: bool,
}

/// How an answer becomes a value.
#[derive(Clone, Copy)]
pub enum AnswerKind {
    /// A tool's value, as it is.
    Tool,
    /// What a fetch gave: the arguments of `Response`.
    Fetch,
}

/// A call that the host has not heard of, with its body.
type Unsent = (u32, PendingOp, Option<Vec<u8>>);

/// What a run knows.
pub struct State {
    host: Rc<dyn Host>,
    next: Cell<u32>,
    waiting: RefCell<BTreeMap<u32, Waiting>>,
    handles: Cell<u32>,
    timers: RefCell<BTreeMap<u32, u32>>,
    unsent: RefCell<Vec<Unsent>>,
    rejected: RefCell<Vec<JsObject>>,
    sources: RefCell<BTreeMap<String, Rc<str>>>,
    /// The exports of the parts of the API that are written in JS, by name.
    pub(crate) preludes: RefCell<BTreeMap<&'static str, JsObject>>,
    /// What a flow assigned to those globals.
    pub(crate) assigned: RefCell<BTreeMap<&'static str, JsValue>>,
    /// Counts and starting times of `console.count` and `console.time`.
    pub(crate) console: RefCell<crate::api::console::Marks>,
}

impl State {
    /// The state of a run that has not begun.
    #[must_use]
    pub fn new(host: Rc<dyn Host>) -> Self {
        Self {
            host,
            next: Cell::new(1),
            waiting: RefCell::default(),
            handles: Cell::new(1),
            timers: RefCell::default(),
            unsent: RefCell::default(),
            rejected: RefCell::default(),
            sources: RefCell::default(),
            preludes: RefCell::default(),
            assigned: RefCell::default(),
            console: RefCell::default(),
        }
    }

    /// The state that belongs to a context.
    ///
    /// # Errors
    /// Only for a context that [`crate::Guest`] did not make.
    pub fn of(context: &Context) -> JsResult<Rc<State>> {
        context.get_data::<Rc<State>>().cloned().ok_or_else(|| {
            JsNativeError::error()
                .with_message("this context has no run")
                .into()
        })
    }

    /// Asks the host something that it answers at once.
    ///
    /// # Errors
    /// What the host says instead of an answer.
    pub fn ask(&self, call: &HostCall, body: &[u8]) -> Result<(Value, Vec<u8>), ToolError> {
        self.host.call(call, body)
    }

    /// Fills a buffer with the host's randomness.
    pub fn random(&self, bytes: &mut [u8]) {
        self.host.random(bytes);
    }

    /// Streams one log entry.
    ///
    /// # Errors
    /// What the host says: the output quota, for one.
    pub fn log(&self, level: LogLevel, source: &str, text: &str) -> Result<(), ToolError> {
        self.ask(
            &HostCall::Log {
                level,
                source: source.to_owned(),
            },
            text.as_bytes(),
        )
        .map(|_| ())
    }

    /// Registers a call that the host answers later, and gives its number.
    pub fn wait(&self, request: PendingOp, body: Option<Vec<u8>>, waiting: Waiting) -> u32 {
        let id = self.next.get();
        self.next.set(id.wrapping_add(1));
        self.waiting.borrow_mut().insert(id, waiting);
        self.unsent.borrow_mut().push((id, request, body));
        id
    }

    /// The same for a call whose answer settles a promise.
    ///
    /// # Errors
    /// None but the engine's own.
    pub fn promise(
        &self,
        request: PendingOp,
        body: Option<Vec<u8>>,
        kind: AnswerKind,
        context: &mut Context,
    ) -> JsResult<(JsPromise, u32)> {
        let site = failure::site(context)?;
        let (promise, resolving) = JsPromise::new_pending(context);
        let id = self.wait(
            request,
            body,
            Waiting::Promise {
                kind,
                resolving,
                site,
            },
        );
        Ok((promise, id))
    }

    /// Makes a handle for a timer and sets it.
    pub fn set_timer(
        &self,
        callback: JsFunction,
        arguments: Vec<JsValue>,
        delay_ms: f64,
        repeats: bool,
    ) -> u32 {
        let handle = self.handles.get();
        self.handles.set(handle.wrapping_add(1));
        self.arm(Timer {
            handle,
            callback,
            arguments,
            delay_ms,
            repeats,
        });
        handle
    }

    /// Sets a timer, again when it repeats.
    pub fn arm(&self, timer: Timer) {
        let handle = timer.handle;
        let id = self.wait(
            PendingOp::Sleep { ms: timer.delay_ms },
            None,
            Waiting::Timer(timer),
        );
        self.timers.borrow_mut().insert(handle, id);
    }

    /// Whether a timer is set, or being called.
    #[must_use]
    pub fn has_timer(&self, handle: u32) -> bool {
        self.timers.borrow().contains_key(&handle)
    }

    /// Clears a timer. One that is not there is no error.
    pub fn clear_timer(&self, handle: u32) {
        let id = self.timers.borrow_mut().remove(&handle);
        if let Some(id) = id {
            self.cancel(id);
        }
    }

    /// Takes what waits for an answer; `None` when it was cancelled meanwhile.
    pub fn answered(&self, id: u32) -> Option<Waiting> {
        self.waiting.borrow_mut().remove(&id)
    }

    /// Forgets a pending call. The host may answer it; nobody listens any more.
    pub fn cancel(&self, id: u32) -> Option<Waiting> {
        self.unsent
            .borrow_mut()
            .retain(|(unsent, _, _)| *unsent != id);
        self.answered(id)
    }

    /// How many calls the run waits for.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        u32::try_from(self.waiting.borrow().len()).unwrap_or(u32::MAX)
    }

    /// The calls that the host has not heard of, and their bodies one after the other.
    pub fn take_unsent(&self) -> (Vec<PendingCall>, Vec<u8>) {
        let mut bytes = Vec::new();
        let calls = std::mem::take(&mut *self.unsent.borrow_mut())
            .into_iter()
            .map(|(id, request, body)| {
                let body = body.map(|body| {
                    let start = bytes.len();
                    bytes.extend_from_slice(&body);
                    (start, body.len())
                });
                PendingCall { id, request, body }
            })
            .collect();
        (calls, bytes)
    }

    /// Remembers a promise that was rejected while nobody listened.
    pub fn rejected(&self, promise: JsObject) {
        self.rejected.borrow_mut().push(promise);
    }

    /// Forgets it again: somebody listens now.
    pub fn handled(&self, promise: &JsObject) {
        self.rejected
            .borrow_mut()
            .retain(|other| !JsObject::equals(other, promise));
    }

    /// The first rejected promise that nobody listens to.
    #[must_use]
    pub fn unhandled(&self) -> Option<JsObject> {
        self.rejected.borrow().first().cloned()
    }

    /// Keeps a source text, for places in messages.
    pub fn keep_source(&self, path: &str, text: Rc<str>) {
        self.sources.borrow_mut().insert(path.to_owned(), text);
    }

    /// The text of a file that was parsed in this run.
    #[must_use]
    pub fn source(&self, path: &str) -> Option<Rc<str>> {
        self.sources.borrow().get(path).cloned()
    }
}
