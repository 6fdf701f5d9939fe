//! The runner Worker's side of a guest: a [`Sandbox`] whose host and memory are JavaScript's.

mod browser;

use browser::{Browser, GuestMemory};
use js_sys::{Function, Uint8Array, WebAssembly};
use selvage_sandbox::{Memory, Sandbox, Step, Trap, Verdict};
use selvage_tool::LimitsPatch;
use selvage_tool::guest::{Answer, PendingOp};
use selvage_tool::run::{Job, RunReport};
use std::sync::Arc;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// One guest instance and the run in it; one run after the other, with a [`Runner::reset`] between them.
#[wasm_bindgen]
pub struct Runner {
    sandbox: Sandbox,
    browser: Browser,
    memory: WebAssembly::Memory,
    /// Fuel of the last verdict that lets the guest go on.
    slice: u64,
    /// What a finished run left to be sent: hashes and bytes, in pairs.
    written: Vec<(String, Arc<[u8]>)>,
}

#[wasm_bindgen]
impl Runner {
    /// A runner for a new instance. Until [`Runner::begin`] it serves a job that may touch nothing,
    /// with a fixed seed and clock, so that every warm instance is the same.
    ///
    /// # Errors
    /// Never in practice: the job for warming up has no globs.
    #[wasm_bindgen(constructor)]
    pub fn new(
        memory: WebAssembly::Memory,
        blob: Function,
        report: Function,
    ) -> Result<Runner, JsError> {
        let mut browser = Browser { blob, report };
        let sandbox = Sandbox::new(Job::warm_up(), "", &mut browser)?;
        Ok(Self {
            sandbox,
            browser,
            memory,
            slice: 0,
            written: Vec::new(),
        })
    }

    /// The instance is as it was before its job, and so is this: it serves a job that may touch nothing.
    ///
    /// # Errors
    /// As [`Runner::new`].
    pub fn reset(&mut self) -> Result<(), JsError> {
        self.sandbox = Sandbox::new(Job::warm_up(), "", &mut self.browser)?;
        self.slice = 0;
        self.written.clear();
        Ok(())
    }

    /// Takes the job, as JSON. Gives the frame for `selvage_start`.
    ///
    /// # Errors
    /// When the job does not parse or its grant has a broken glob.
    pub fn begin(&mut self, job: &str, guest_hash: &str) -> Result<Vec<u8>, JsError> {
        let job: Job = serde_json::from_str(job)?;
        self.sandbox = Sandbox::new(job, guest_hash, &mut self.browser)?;
        Ok(self.sandbox.start())
    }

    /// A text is to be read, and nothing to be run.
    ///
    /// # Errors
    /// As [`Runner::new`].
    pub fn begin_check(&mut self) -> Result<(), JsError> {
        self.sandbox = Sandbox::check(&mut self.browser)?;
        Ok(())
    }

    /// The check was stopped, or the instance broke, in the numbers of [`Runner::trapped`]: JSON of the error that says so.
    ///
    /// # Errors
    /// Never in practice: what is said is JSON.
    pub fn unread(&self, kind: u32, message: &str) -> Result<String, JsError> {
        let said = self.sandbox.unread(trap(kind), message);
        Ok(serde_json::to_string(&said)?)
    }

    /// The guest is entered. Gives the fuel to set, or nothing to leave it as it is.
    pub fn enter(&mut self) -> Option<u64> {
        self.sandbox.enter(&mut self.browser)
    }

    /// The guest has returned or was stopped, with so much fuel left.
    pub fn leave(&mut self, fuel_left: i64) {
        let bytes = u64::from(Uint8Array::new(&self.memory.buffer()).length());
        self.sandbox.leave(fuel_left, bytes, &mut self.browser);
    }

    /// The fuel hook: 0 stop, 1 go on, 2 go on after looking at messages, 3 wait for an answer.
    pub fn quota(&mut self) -> u32 {
        match self.sandbox.quota(&mut self.browser) {
            Verdict::Stop => 0,
            Verdict::Refill(slice) => {
                self.slice = slice;
                1
            }
            Verdict::Yield(slice) => {
                self.slice = slice;
                2
            }
            Verdict::Ask(..) => 3,
        }
    }

    /// The fuel that the last verdict gave.
    pub fn slice(&self) -> u64 {
        self.slice
    }

    /// Somebody answered the question of `asked_ms`: JSON of limits, or nothing.
    pub fn answered(&mut self, asked_ms: f64, more: Option<String>) {
        let more: Option<LimitsPatch> = more.and_then(|text| serde_json::from_str(&text).ok());
        self.sandbox
            .answered(asked_ms, more.as_ref(), &mut self.browser);
    }

    /// The run's clock is to stand still, or to go on.
    pub fn hold(&mut self, held: bool) {
        self.sandbox.hold(held, &mut self.browser);
    }

    /// The guest wants to sleep: for how long, in milliseconds.
    pub fn sleep(&mut self, ms: f64) -> f64 {
        self.sandbox.sleep(ms)
    }

    /// It has slept, since then.
    pub fn slept(&mut self, since_ms: f64) {
        self.sandbox.slept(since_ms, &mut self.browser);
    }

    /// Answers a WASI call.
    pub fn wasi(&mut self, name: &str, args: &[u64]) -> i32 {
        self.sandbox.wasi(
            name,
            args,
            &mut GuestMemory(&self.memory),
            &mut self.browser,
        )
    }

    /// Answers `selvage.call`.
    pub fn call(&mut self, at: u32, length: u32) -> u32 {
        let request = GuestMemory(&self.memory)
            .read(at, length)
            .unwrap_or_default();
        self.sandbox.call(&request, &mut self.browser)
    }

    /// Answers `selvage.take`.
    pub fn take(&mut self, at: u32) {
        let answer = self.sandbox.take();
        GuestMemory(&self.memory).write(at, &answer);
    }

    /// Takes a call for whose answer the guest waits where it stands; nothing when it was refused, and the refusal is the answer.
    pub fn ask(&mut self, at: u32, length: u32) -> Option<Pending> {
        let request = GuestMemory(&self.memory)
            .read(at, length)
            .unwrap_or_default();
        let (id, request, body) = self.sandbox.ask(&request)?;
        Some(Pending { id, request, body })
    }

    /// Takes the answer to that call. Gives the length of what the guest takes.
    ///
    /// # Errors
    /// When the answer is no JSON of an [`Answer`].
    pub fn told(&mut self, id: u32, answer: &str, body: &[u8]) -> Result<u32, JsError> {
        let answer: Answer = serde_json::from_str(answer)?;
        Ok(self.sandbox.told(id, &answer, body))
    }

    /// The length of the answer that waits to be taken.
    pub fn answer_length(&self) -> u32 {
        self.sandbox.answer_length()
    }

    /// Whether the run must end whatever the guest says.
    pub fn must_end(&self) -> bool {
        self.sandbox.must_end()
    }

    /// Somebody cancelled the run.
    pub fn cancel(&mut self) {
        self.sandbox.cancel();
    }

    /// The run has waited for longer than it may: whether it is asked about, and goes on to wait with the answer. Otherwise it is to end.
    pub fn wall_ended(&mut self) -> bool {
        self.sandbox.wall_ended(&mut self.browser)
    }

    /// How long the run may still take on the clock, in milliseconds.
    pub fn wall_left_ms(&mut self) -> f64 {
        self.sandbox.wall_left_ms(&mut self.browser)
    }

    /// What the guest gave back: `pointer << 32 | length` of a frame.
    pub fn progress(&mut self, result: u64) -> Next {
        let halves = (
            u32::try_from(result >> 32),
            u32::try_from(result & 0xffff_ffff),
        );
        let (Ok(at), Ok(length)) = halves else {
            return self.next(Step::Waiting(Vec::new()));
        };
        let bytes = GuestMemory(&self.memory)
            .read(at, length)
            .unwrap_or_default();
        let step = self.sandbox.progress(&bytes);
        self.next(step)
    }

    /// Ends a run that must end while the guest is not computing.
    pub fn end(&mut self) -> Next {
        let step = self.sandbox.end(&mut self.browser);
        self.next(step)
    }

    /// The instance broke: 1 memory, 2 stack, anything else otherwise.
    pub fn trapped(&mut self, kind: u32, message: &str) -> Next {
        let step = self.sandbox.trapped(trap(kind), message);
        self.next(step)
    }

    /// The frame for `selvage_resume`; nothing when the guest does not wait for that call.
    ///
    /// # Errors
    /// When the answer is no JSON of an [`Answer`].
    pub fn resume(
        &mut self,
        id: u32,
        answer: &str,
        body: &[u8],
    ) -> Result<Option<Vec<u8>>, JsError> {
        let answer: Answer = serde_json::from_str(answer)?;
        Ok(self.sandbox.resume(id, answer, body))
    }

    /// The hash of the next written file to send, with its bytes from [`Runner::written_bytes`].
    pub fn written_hash(&self) -> Option<String> {
        self.written.last().map(|(hash, _)| hash.clone())
    }

    /// The bytes of that file; the one after it is then the next.
    pub fn written_bytes(&mut self) -> Option<Vec<u8>> {
        self.written.pop().map(|(_, bytes)| bytes.to_vec())
    }

    fn next(&mut self, step: Step) -> Next {
        match step {
            Step::Waiting(calls) => Next {
                calls: calls.into_iter().rev().collect(),
                outcome: None,
            },
            Step::Finished(outcome, written) => {
                self.written = written.into_iter().collect();
                Next {
                    calls: Vec::new(),
                    outcome: serde_json::to_string(&RunReport::Finished { outcome }).ok(),
                }
            }
        }
    }
}

fn trap(kind: u32) -> Trap {
    match kind {
        1 => Trap::Memory,
        2 => Trap::Stack,
        _ => Trap::Other,
    }
}

/// What the Worker does next.
#[wasm_bindgen]
pub struct Next {
    calls: Vec<(u32, PendingOp, Vec<u8>)>,
    outcome: Option<String>,
}

#[wasm_bindgen]
impl Next {
    /// JSON of the report that the run is over, once it is.
    pub fn outcome(&self) -> Option<String> {
        self.outcome.clone()
    }

    /// Takes the next call to perform.
    pub fn call(&mut self) -> Option<Pending> {
        self.calls
            .pop()
            .map(|(id, request, body)| Pending { id, request, body })
    }
}

/// A call to perform.
#[wasm_bindgen]
pub struct Pending {
    /// The guest's number for it.
    pub id: u32,
    request: PendingOp,
    body: Vec<u8>,
}

#[wasm_bindgen]
impl Pending {
    /// For a timer: after how many milliseconds.
    pub fn sleep_ms(&self) -> Option<f64> {
        match self.request {
            PendingOp::Sleep { ms } => Some(ms),
            _ => None,
        }
    }

    /// For anything else: JSON of the report to send to the kernel.
    pub fn report(&self) -> String {
        let report = RunReport::Called {
            id: self.id,
            request: self.request.clone(),
        };
        serde_json::to_string(&report).unwrap_or_default()
    }

    /// The call's body.
    pub fn body(&self) -> Vec<u8> {
        self.body.clone()
    }
}
