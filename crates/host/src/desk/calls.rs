//! The calls at a desk: until they are answered, and until the runs that they started are over.

use super::{Desk, Surroundings};
use selvage_tool::ToolResult;
use selvage_vfs::{Op, Origin, OriginKind};
use selvage_workbench::{Brought, CallId, Event, Notice};
use serde_json::{Value, json};

/// A call that is not answered yet, or whose run goes on.
pub(super) struct Pending {
    pub(super) notice: Box<dyn FnMut(&Notice) + Send>,
    /// Nothing once it is answered.
    pub(super) reply: Option<Box<dyn FnOnce(ToolResult) + Send>>,
    /// The run that it started.
    run: Option<String>,
}

impl<S: Surroundings> Desk<S> {
    pub(super) fn begin(
        &mut self,
        origin: Origin,
        name: &str,
        input: Value,
        notice: Box<dyn FnMut(&Notice) + Send>,
        reply: Box<dyn FnOnce(ToolResult) + Send>,
    ) -> CallId {
        let call = self.expect(notice, reply);
        let name = name.to_owned();
        self.tell(Event::Called {
            call,
            origin,
            name,
            input,
        });
        call
    }

    /// Brings steps that become one change.
    pub(super) fn begin_bringing(
        &mut self,
        origin: Origin,
        message: String,
        ops: Vec<Op>,
        reply: Box<dyn FnOnce(ToolResult) + Send>,
    ) {
        let call = self.expect(Box::new(|_| {}), reply);
        self.tell(Event::Brought(Brought {
            call,
            origin,
            message,
            ops,
        }));
    }

    /// The number of the next call, of which these hear.
    fn expect(
        &mut self,
        notice: Box<dyn FnMut(&Notice) + Send>,
        reply: Box<dyn FnOnce(ToolResult) + Send>,
    ) -> CallId {
        self.calls += 1;
        let pending = Pending {
            notice,
            reply: Some(reply),
            run: None,
        };
        self.pending.insert(self.calls, pending);
        self.calls
    }

    /// Cancels the run that a call waits for. A call that waits for none goes on: it ends by itself.
    pub(super) fn cancel(&mut self, call: CallId) {
        let waits = |pending: &&Pending| pending.reply.is_some();
        if self.pending.get(&call).filter(waits).is_none() {
            return;
        }
        let Some(run) = self.workbench.run_of(call).map(str::to_owned) else {
            self.cancelled.insert(call);
            return;
        };
        let origin = Origin::new(OriginKind::Person, "you");
        let nobody = Box::new(|_| {});
        self.begin(
            origin,
            "flow_cancel",
            json!({ "run": run }),
            Box::new(|_| {}),
            nobody,
        );
    }

    /// Answers a call. Whoever did not wait for its run hears of it until it is over.
    pub(super) fn answer(&mut self, call: CallId, result: ToolResult) {
        let Some(pending) = self.pending.get_mut(&call) else {
            return;
        };
        let reply = pending.reply.take();
        let goes_on = pending.run.as_ref();
        if !goes_on.is_some_and(|run| self.workbench.call_of(run) == Some(call)) {
            self.pending.remove(&call);
        }
        if let Some(reply) = reply {
            reply(result);
        }
    }

    /// Tells whoever started a run what is new about it, and whoever calls that a person is asked.
    pub(super) fn pass_on(&mut self, notice: &Notice) {
        if let Notice::Approval {
            call: Some(call), ..
        } = notice
        {
            if let Some(pending) = self.pending.get_mut(call) {
                (pending.notice)(notice);
            }
            return;
        }
        let (Notice::Run { run, .. } | Notice::Log { run, .. } | Notice::Asked { run, .. }) =
            notice
        else {
            return;
        };
        if let Some(call) = self.workbench.call_of(run)
            && let Some(pending) = self.pending.get_mut(&call)
        {
            // A run that failed may be followed by another one for the same call.
            pending.run = Some(run.clone());
        }
        let started = |(_, pending): &(&CallId, &mut Pending)| pending.run.as_ref() == Some(run);
        if let Some((&call, pending)) = self.pending.iter_mut().find(started) {
            (pending.notice)(notice);
            let is_over =
                matches!(notice, Notice::Run { status, call: None, .. } if status.ended());
            if is_over && pending.reply.is_none() {
                self.pending.remove(&call);
            }
        }
    }
}
