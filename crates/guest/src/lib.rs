//! What every guest has in common.
//!
//! **Problem.** An interpreter in a sandbox is called from outside with addresses in its own memory, must tell why it broke when
//! it did, and reaches its host through two raw imports. None of that hangs on the language that it runs.
//!
//! **Shape.** An [`Interpreter`] is a run from its job to its outcome, in safe Rust; [`Host`] is its only door, so that it is
//! tested natively with a host in memory. [`export!`] makes a program of it that speaks the ABI of [`selvage_tool::guest`];
//! `abi`, which exists in wasm only, is the one place that handles raw memory. [`findings`] are what rules find in a text, and
//! [`places`] turn its bytes into lines and columns as editors count.
//!
//! **Control loop.** `selvage_warm` makes the interpreter, `selvage_start` gives it the job, and each `selvage_resume` an answer,
//! until it has an outcome.
//!
//! *Invariants.* An instance holds one interpreter and runs one job. A frame of the host is freed once, when it has been read; a
//! result stays where it is until the next call.

#[cfg(target_family = "wasm")]
pub mod abi;
pub mod findings;
pub mod places;
pub mod values;

use selvage_tool::guest::{
    ABI, Check, Checked, GuestJob, GuestOutcome, HostCall, Progress, Resume,
};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::Value;
use std::rc::Rc;

/// What a guest may ask of whoever holds it.
pub trait Host {
    /// Makes a call that is answered at once: the answer and its body.
    ///
    /// # Errors
    /// What the host says instead of an answer.
    fn call(&self, call: &HostCall, body: &[u8]) -> Result<(Value, Vec<u8>), ToolError>;

    /// Fills a buffer with randomness, which may come from a seed.
    fn random(&self, bytes: &mut [u8]);
}

/// Where a run is, and the bodies of its new calls.
pub type Step = (Progress, Vec<u8>);

/// The step of a run that is over.
#[must_use]
pub fn finished(result: Result<Value, ToolError>) -> Step {
    let outcome = match result {
        Ok(value) => GuestOutcome::Value(value),
        Err(error) => GuestOutcome::Error(error),
    };
    (Progress::Finished { outcome }, Vec::new())
}

/// Takes a job for an instance, which runs one and no more.
///
/// # Errors
/// [`ErrorCode::Internal`] when the job speaks another version of the ABI, or the instance had its own.
pub fn admit(job: &GuestJob, started: &mut bool) -> Result<(), ToolError> {
    if job.abi != ABI {
        let message = format!(
            "the job speaks version {} of the guest ABI, and this guest speaks {ABI}",
            job.abi
        );
        return Err(ToolError::new(ErrorCode::Internal, message));
    }
    if std::mem::replace(started, true) {
        return Err(ToolError::new(
            ErrorCode::Internal,
            "an instance runs one job, and this one had its own",
        ));
    }
    Ok(())
}

/// The step when an answer comes and nothing was asked.
#[must_use]
pub fn nothing_to_resume() -> Step {
    finished(Err(ToolError::new(
        ErrorCode::Internal,
        "there is no run to resume",
    )))
}

/// A language's interpreter, for one run.
pub trait Interpreter: Sized + 'static {
    /// A word in the message of a panic that means: calls were nested too deep where the engine believed that nothing could fail.
    const DEEP_PANIC: Option<&'static str>;

    /// Builds whatever every run needs.
    ///
    /// # Errors
    /// When the engine can't be built.
    fn new(host: Rc<dyn Host>) -> Result<Self, ToolError>;

    /// Begins the job and runs it until it waits or is done.
    fn start(&mut self, job: &GuestJob) -> Step;

    /// Takes an answer and runs on until the run waits again or is done.
    fn resume(&mut self, resume: Resume, body: &[u8]) -> Step;

    /// Parses a text and runs nothing.
    fn check(&mut self, check: &Check, source: &[u8]) -> Checked;
}

/// Makes a guest program of an [`Interpreter`]: its one instance, and the exports that the host calls.
#[macro_export]
macro_rules! export {
    ($interpreter:ty) => {
        std::thread_local! {
            static HELD: std::cell::RefCell<Option<$interpreter>> = const { std::cell::RefCell::new(None) };
        }

        /// Runs what must run before everything else. The linker would otherwise run it at every export.
        #[unsafe(no_mangle)]
        pub extern "C" fn _initialize() {
            $crate::abi::initialize();
        }

        /// Makes room for a frame.
        #[unsafe(no_mangle)]
        pub extern "C" fn selvage_alloc(length: usize) -> *mut u8 {
            $crate::abi::alloc(length)
        }

        /// Builds whatever every run needs, before there is a job.
        #[unsafe(no_mangle)]
        pub extern "C" fn selvage_warm() {
            $crate::abi::warm(&HELD);
        }

        /// Takes a job.
        #[unsafe(no_mangle)]
        pub extern "C" fn selvage_start(pointer: *mut u8, length: usize) -> i64 {
            // SAFETY: the host gives back what `selvage_alloc` gave it, once and with the same length.
            unsafe { $crate::abi::start(&HELD, pointer, length) }
        }

        /// Takes an answer.
        #[unsafe(no_mangle)]
        pub extern "C" fn selvage_resume(pointer: *mut u8, length: usize) -> i64 {
            // SAFETY: as above.
            unsafe { $crate::abi::resume(&HELD, pointer, length) }
        }

        /// Parses a text and runs nothing.
        #[unsafe(no_mangle)]
        pub extern "C" fn selvage_check(pointer: *mut u8, length: usize) -> i64 {
            // SAFETY: as above.
            unsafe { $crate::abi::check(&HELD, pointer, length) }
        }

        /// Why the last trap happened: 0 unknown, 1 the host refused memory, 2 a panic, 3 too deep calls.
        #[unsafe(no_mangle)]
        pub extern "C" fn selvage_fault() -> i32 {
            $crate::abi::fault()
        }
    };
}
