//! The guest as a program: see [`selvage_guest`].
#![allow(unsafe_code, reason = "the exports of a program have fixed names")]

use crate::guest::Guest;
use selvage_guest::{Host, Interpreter, Step};
use selvage_tool::ToolError;
use selvage_tool::guest::{Check, Checked, GuestJob, Resume};
use std::rc::Rc;

impl Interpreter for Guest {
    /// The interpreter counts its own calls, and raises `RecursionError`.
    const DEEP_PANIC: Option<&'static str> = None;

    fn new(host: Rc<dyn Host>) -> Result<Self, ToolError> {
        Guest::new(host)
    }

    fn start(&mut self, job: &GuestJob) -> Step {
        Guest::start(self, job)
    }

    fn resume(&mut self, resume: Resume, body: &[u8]) -> Step {
        Guest::resume(self, resume, body)
    }

    fn check(&mut self, check: &Check, source: &[u8]) -> Checked {
        Guest::check(self, check, source)
    }
}

selvage_guest::export!(Guest);
