//! Calls whose answers the guest waits for where it stands.

use super::{Sandbox, Taken, broken};
use selvage_tool::guest::{Answer, FRAME_BYTES_MAX, PendingCall, PendingOp, frame, unframe};

impl Sandbox {
    /// The guest makes a call and waits for its answer where it stands. Gives the call to perform; `None` when it was refused, which
    /// is the answer then.
    pub fn ask(&mut self, request: &[u8]) -> Option<Taken> {
        let taken = unframe::<PendingCall>(request).and_then(|(call, body)| match call.request {
            PendingOp::Sleep { .. } => Err(broken("it waits for a timer by `selvage.wait`")),
            _ => self.take_calls(vec![call], body),
        });
        match taken {
            Ok(mut calls) => calls.pop(),
            Err(error) => {
                self.set_answer(frame(&Answer::Error(error), &[]));
                None
            }
        }
    }

    /// The answer to the call for which the guest waits where it stands. Gives its length.
    pub fn told(&mut self, id: u32, answer: &Answer, body: &[u8]) -> u32 {
        self.waiting.remove(&id);
        if body.len() > FRAME_BYTES_MAX {
            return self.set_answer(frame(&Answer::Error(broken("an answer is too long")), &[]));
        }
        self.set_answer(frame(answer, body))
    }

    /// The length of the answer that waits to be taken.
    #[must_use]
    pub fn answer_length(&self) -> u32 {
        u32::try_from(self.answer.len()).unwrap_or(u32::MAX)
    }
}
