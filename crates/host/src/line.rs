//! The way for other threads to a desk.

use selvage_tool::ToolResult;
use selvage_vfs::Origin;
use selvage_workbench::{CallId, Cx, Effect, Event, Notice, RunnerId, Workbench};
use serde_json::Value;
use std::sync::mpsc::{Receiver, Sender, channel};

/// Something that is done with the engine itself; gives what follows from it.
pub(crate) type Work = Box<dyn FnOnce(&mut Workbench, &mut Cx<'_>) -> Vec<Effect> + Send>;

/// What comes to a desk.
pub(crate) enum Came {
    /// Something happened, on a runner or elsewhere.
    Event(Option<RunnerId>, Event),
    /// Somebody calls a tool.
    Call {
        origin: Origin,
        name: String,
        input: Value,
        notice: Box<dyn FnMut(&Notice) + Send>,
        reply: Box<dyn FnOnce(ToolResult) + Send>,
        number: Sender<CallId>,
    },
    /// Whoever made a call wants no answer any more.
    Cancel(CallId),
    /// Somebody works with the engine itself.
    Work(Work),
    /// The desk closes.
    Close,
}

/// See the module. Clones lead to the same desk.
#[derive(Clone)]
pub struct Line(Sender<Came>);

/// A call that was made over a line.
pub struct Called {
    line: Sender<Came>,
    number: Receiver<CallId>,
}

impl Line {
    pub(crate) fn new(line: Sender<Came>) -> Self {
        Self(line)
    }

    /// Calls a tool. `notice` hears of the run that the call starts, until it is over, and `reply` hears the answer; both on the
    /// desk's thread, where they may not wait. At a desk that is closed neither hears anything, and `reply` is dropped.
    pub fn call(
        &self,
        origin: Origin,
        name: impl Into<String>,
        input: Value,
        notice: impl FnMut(&Notice) + Send + 'static,
        reply: impl FnOnce(ToolResult) + Send + 'static,
    ) -> Called {
        let (number_of, number) = channel();
        let call = Came::Call {
            origin,
            name: name.into(),
            input,
            notice: Box::new(notice),
            reply: Box::new(reply),
            number: number_of,
        };
        let _ = self.0.send(call);
        let line = self.0.clone();
        Called { line, number }
    }

    /// Has something done with the engine itself, and waits for what it gives; nothing at a desk that is closed. It is for what is
    /// no tool, as what looks at all files and changes many of them in one step; the desk does nothing else meanwhile.
    pub fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workbench, &mut Cx<'_>) -> (T, Vec<Effect>) + Send + 'static,
    ) -> Option<T> {
        let (given, gives) = channel();
        let work = move |workbench: &mut Workbench, cx: &mut Cx<'_>| {
            let (value, effects) = work(workbench, cx);
            let _ = given.send(value);
            effects
        };
        let _ = self.0.send(Came::Work(Box::new(work)));
        gives.recv().ok()
    }

    /// Closes the desk, with what runs at it.
    pub fn close(&self) {
        let _ = self.0.send(Came::Close);
    }
}

impl Called {
    /// Has the run that the call waits for cancelled. The answer comes all the same, and says so. Waits until the desk has
    /// heard of the call, which it does soon.
    pub fn cancel(&self) {
        if let Ok(call) = self.number.recv() {
            let _ = self.line.send(Came::Cancel(call));
        }
    }
}
