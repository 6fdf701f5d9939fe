//! The workspace of a desk, as a mirror sees it.

use crate::commands::person;
use crate::manifest::Lints;
use selvage_host::Line;
use selvage_mirror::Failure;
use selvage_mirror::store::{self, Expected, Landed, Store};
use selvage_tool::{ErrorCode, ToolError, ToolResult};
use selvage_vfs::{Entry, Hash, Op};
use selvage_workbench::{Cx, Effect, Workbench, failure};
use serde_json::Value;

/// See the module.
pub struct Engine(Line);

impl Engine {
    pub fn new(line: Line) -> Self {
        Self(line)
    }

    fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workbench, &mut Cx<'_>) -> (Result<T, ToolError>, Vec<Effect>)
        + Send
        + 'static,
    ) -> Result<T, Failure> {
        let closed = || ToolError::new(ErrorCode::Cancelled, "The workspace is closed.");
        Ok(self.0.work(work).ok_or_else(closed)??)
    }

    /// Something that leaves the workspace as it is.
    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Workbench) -> Result<T, ToolError> + Send + 'static,
    ) -> Result<T, Failure> {
        self.work(|workbench, _| (read(workbench), Vec::new()))
    }
}

impl Lints for Engine {
    fn lint(&mut self, input: Value) -> ToolResult {
        self.0.lint(input)
    }
}

impl Store for Engine {
    fn files(&mut self) -> Result<Vec<Entry>, Failure> {
        self.work(|workbench, cx| {
            let (sealed, effects) = workbench.seal_typing(cx);
            let list = || workbench.workspace().list("", true).map_err(failure);
            (sealed.and_then(|()| list()), effects)
        })
    }

    fn read(&mut self, hash: &Hash, from: u64, len: usize) -> Result<Vec<u8>, Failure> {
        let hash = *hash;
        Engine::read(self, move |workbench| {
            let part = workbench.workspace().read_range(&hash, from, len);
            part.map_err(failure)
        })
    }

    fn has(&mut self, hash: &Hash) -> Result<bool, Failure> {
        let hash = *hash;
        Engine::read(self, move |workbench| {
            store::has(workbench.workspace(), &hash).map_err(failure)
        })
    }

    fn begin_content(&mut self, hash: &Hash, size: u64) -> Result<u64, Failure> {
        let hash = hash.to_string();
        self.work(move |workbench, _| (workbench.begin_content(&hash, size), Vec::new()))
    }

    fn add_content(&mut self, hash: &Hash, from: u64, bytes: &[u8]) -> Result<bool, Failure> {
        let (hash, bytes) = (hash.to_string(), bytes.to_vec());
        self.work(move |workbench, _| (workbench.add_content(&hash, from, &bytes), Vec::new()))
    }

    fn change(
        &mut self,
        at_ms: u64,
        message: &str,
        ops: &[Op],
        expected: &[Expected],
    ) -> Result<Landed, Failure> {
        let (message, ops, expected) = (message.to_owned(), ops.to_vec(), expected.to_vec());
        self.work(move |workbench, cx| {
            if !store::fits(workbench.workspace(), &expected) {
                return (Ok(Landed::Stale), Vec::new());
            }
            let mut cx = Cx {
                now_ms: at_ms,
                random: &mut *cx.random,
            };
            let (heads, effects) = workbench.import(&mut cx, &person(), message, &ops);
            (heads.map(|_| Landed::Done), effects)
        })
    }

    fn has_change(&mut self, at_ms: u64, message: &str) -> Result<bool, Failure> {
        let message = message.to_owned();
        Engine::read(self, move |workbench| {
            store::has_change(workbench.workspace(), at_ms, &message).map_err(failure)
        })
    }
}
