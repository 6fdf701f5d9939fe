//! The guest ABI's raw side: imports, frames, the allocator and what a trap leaves behind.
//!
//! This is the only file that handles raw memory: a program that is called from outside has no
//! other way to pass bytes.
#![allow(
    unsafe_code,
    reason = "frames cross as addresses, and an allocator is unsafe by definition"
)]

use crate::{Host, Interpreter, Step};
use selvage_tool::guest::{
    Answer, Check, Checked, GuestOutcome, HostCall, PendingCall, Progress, frame, unframe,
};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::Value;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread::LocalKey;

/// Nothing went wrong.
const FAULT_NONE: i32 = 0;
/// The memory's maximum did not leave room for an allocation.
const FAULT_MEMORY: i32 = 1;
/// The program panicked.
const FAULT_PANIC: i32 = 2;
/// The program panicked because calls were nested too deep where the engine believed that nothing
/// could fail.
const FAULT_STACK: i32 = 3;

static FAULT: AtomicI32 = AtomicI32::new(FAULT_NONE);

/// Where a program keeps its interpreter.
pub type Held<I> = LocalKey<RefCell<Option<I>>>;

#[link(wasm_import_module = "selvage")]
unsafe extern "C" {
    fn call(pointer: *const u8, length: usize) -> i32;
    fn take(pointer: *mut u8);
    fn quota();
    fn wait(pointer: *const u8, length: usize) -> i32;
}

/// Keeps an import that no code of the guest calls: the fuel pass inserts the calls, after linking.
#[used]
static QUOTA: unsafe extern "C" fn() = quota;

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn random_get(pointer: *mut u8, length: usize) -> i32;
}

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// Notes when the host refused more memory, so that the trap that follows can be told from a defect.
struct Allocator;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`.
        noted(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        noted(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `realloc`.
        noted(unsafe { System.realloc(pointer, layout, size) })
    }
}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn noted(pointer: *mut u8) -> *mut u8 {
    if pointer.is_null() {
        FAULT.store(FAULT_MEMORY, Ordering::Relaxed);
    }
    pointer
}

/// The host behind the imports.
struct Imported;

impl Host for Imported {
    fn call(&self, request: &HostCall, body: &[u8]) -> Result<(Value, Vec<u8>), ToolError> {
        let request = frame(request, body);
        // SAFETY: the frame outlives the call, and the host only reads it.
        answered(unsafe { call(request.as_ptr(), request.len()) })
    }

    fn random(&self, bytes: &mut [u8]) {
        // SAFETY: the host fills exactly the buffer's bytes. Its refusal leaves them as they are.
        unsafe { random_get(bytes.as_mut_ptr(), bytes.len()) };
    }
}

/// Makes a call that the host answers later, and waits for the answer where the program stands. The call's body is the frame's.
///
/// # Errors
/// What the host says instead of an answer.
pub fn ask(request: &PendingCall, body: &[u8]) -> Result<(Value, Vec<u8>), ToolError> {
    let request = frame(request, body);
    // SAFETY: the frame outlives the call, and the host only reads it.
    answered(unsafe { wait(request.as_ptr(), request.len()) })
}

/// Takes an answer of so many bytes.
fn answered(length: i32) -> Result<(Value, Vec<u8>), ToolError> {
    let mut answer = vec![0; usize::try_from(length).unwrap_or_default()];
    // SAFETY: the host writes exactly as many bytes as it said.
    unsafe { take(answer.as_mut_ptr()) };
    let (said, body) = unframe::<Answer>(&answer)?;
    match said {
        Answer::Ok(value) => Ok((value, body.to_vec())),
        Answer::Error(error) => Err(error),
    }
}

thread_local! {
    static LAST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Runs what must run before everything else.
pub fn initialize() {
    // SAFETY: the host calls this once and first.
    unsafe { __wasm_call_ctors() };
}

/// Makes room for a frame.
#[must_use]
pub fn alloc(length: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; length].into_boxed_slice()).cast()
}

/// Makes the interpreter, unless it is there.
pub fn warm<I: Interpreter>(held: &'static Held<I>) {
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        // The standard library panics for what no memory could hold.
        let fault = if said.contains("capacity overflow") {
            FAULT_MEMORY
        } else if I::DEEP_PANIC.is_some_and(|word| said.contains(word)) {
            FAULT_STACK
        } else {
            FAULT_PANIC
        };
        // What panics after memory was refused most likely panics for that.
        let _ = FAULT.compare_exchange(FAULT_NONE, fault, Ordering::Relaxed, Ordering::Relaxed);
        // One write is one log entry.
        let text = format!("{panic}\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
    }));
    held.with_borrow_mut(|interpreter| {
        if interpreter.is_none() {
            *interpreter = I::new(Rc::new(Imported)).ok();
        }
    });
}

/// Takes a job.
///
/// # Safety
/// The frame is what [`alloc`] gave, and is given back once.
pub unsafe fn start<I: Interpreter>(
    held: &'static Held<I>,
    pointer: *mut u8,
    length: usize,
) -> i64 {
    // SAFETY: the caller's contract.
    let bytes = unsafe { taken(pointer, length) };
    step(held, |interpreter| {
        Ok(interpreter.start(&unframe(&bytes)?.0))
    })
}

/// Takes an answer.
///
/// # Safety
/// As [`start`].
pub unsafe fn resume<I: Interpreter>(
    held: &'static Held<I>,
    pointer: *mut u8,
    length: usize,
) -> i64 {
    // SAFETY: the caller's contract.
    let bytes = unsafe { taken(pointer, length) };
    step(held, |interpreter| {
        let (resume, body) = unframe(&bytes)?;
        Ok(interpreter.resume(resume, body))
    })
}

/// Parses a text and runs nothing.
///
/// # Safety
/// As [`start`].
pub unsafe fn check<I: Interpreter>(
    held: &'static Held<I>,
    pointer: *mut u8,
    length: usize,
) -> i64 {
    // SAFETY: the caller's contract.
    let bytes = unsafe { taken(pointer, length) };
    let checked = with(held, |interpreter| {
        let (check, source) = unframe::<Check>(&bytes)?;
        Ok(interpreter.check(&check, source))
    });
    give(frame(
        &checked.unwrap_or_else(|error| Checked::of(Some(error))),
        &[],
    ))
}

/// Why the last trap happened: 0 unknown, 1 the host refused memory, 2 a panic, 3 too deep calls.
#[must_use]
pub fn fault() -> i32 {
    FAULT.load(Ordering::Relaxed)
}

/// # Safety
/// As [`start`].
unsafe fn taken(pointer: *mut u8, length: usize) -> Box<[u8]> {
    // SAFETY: the caller's contract.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, length)) }
}

fn with<I: Interpreter, T>(
    held: &'static Held<I>,
    run: impl FnOnce(&mut I) -> Result<T, ToolError>,
) -> Result<T, ToolError> {
    warm(held);
    held.with_borrow_mut(|interpreter| match interpreter {
        Some(interpreter) => run(interpreter),
        None => Err(ToolError::new(
            ErrorCode::Internal,
            "the engine can't be built",
        )),
    })
}

fn step<I: Interpreter>(
    held: &'static Held<I>,
    run: impl FnOnce(&mut I) -> Result<Step, ToolError>,
) -> i64 {
    let (progress, bodies) = with(held, run).unwrap_or_else(|error| {
        let outcome = GuestOutcome::Error(error);
        (Progress::Finished { outcome }, Vec::new())
    });
    give(frame(&progress, &bodies))
}

fn give(bytes: Vec<u8>) -> i64 {
    LAST.with_borrow_mut(|last| {
        *last = bytes;
        ((last.as_ptr().addr() as i64) << 32) | last.len() as i64
    })
}
