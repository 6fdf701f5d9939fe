//! Work with the engine itself, where no tool fits.

use super::{Desk, Surroundings};
use selvage_tool::ToolResult;
use selvage_vfs::{Op, Origin};
use selvage_workbench::{Cx, Effect, Workbench};

impl<S: Surroundings> Desk<S> {
    /// Takes in many files as one change, or none of them; gives the heads after it.
    ///
    /// # Errors
    /// One of them can't be written, or whoever brings them may not.
    pub fn import(
        &mut self,
        origin: &Origin,
        message: String,
        ops: &[Op],
    ) -> ToolResult<Vec<String>> {
        self.work(|workbench, cx| workbench.import(cx, origin, message, ops))
    }

    /// Does something with the engine itself, and all that follows from it.
    pub(super) fn work<T>(
        &mut self,
        work: impl FnOnce(&mut Workbench, &mut Cx<'_>) -> (T, Vec<Effect>),
    ) -> T {
        let mut cx = Cx {
            now_ms: self.surroundings.now_ms(),
            random: &mut || self.surroundings.random(),
        };
        let (value, effects) = work(&mut self.workbench, &mut cx);
        let events = self.perform_all(effects);
        events.into_iter().for_each(|event| self.tell(event));
        value
    }
}
