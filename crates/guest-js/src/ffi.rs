//! The guest ABI: imports, exports, the allocator and what a trap leaves behind.
//!
//! This is the only file that handles raw memory: a program that is called from outside has no
//! other way to pass bytes.
#![allow(
    unsafe_code,
    reason = "frames cross as addresses, and an allocator is unsafe by definition"
)]

use crate::guest::Guest;
use crate::host::Host;
use selvage_tool::guest::{
    Answer, Check, Checked, GuestJob, GuestOutcome, HostCall, Progress, Resume, frame, unframe,
};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::Value;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicI32, Ordering};

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

#[link(wasm_import_module = "selvage")]
unsafe extern "C" {
    fn call(pointer: *const u8, length: usize) -> i32;
    fn take(pointer: *mut u8);
    fn quota();
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
        let length = unsafe { call(request.as_ptr(), request.len()) };
        let mut answer = vec![0; usize::try_from(length).unwrap_or_default()];
        // SAFETY: the host writes exactly as many bytes as it said.
        unsafe { take(answer.as_mut_ptr()) };
        let (said, body) = unframe::<Answer>(&answer)?;
        match said {
            Answer::Ok(value) => Ok((value, body.to_vec())),
            Answer::Error(error) => Err(error),
        }
    }

    fn random(&self, bytes: &mut [u8]) {
        // SAFETY: the host fills exactly the buffer's bytes. Its refusal leaves them as they are.
        unsafe { random_get(bytes.as_mut_ptr(), bytes.len()) };
    }
}

thread_local! {
    static GUEST: RefCell<Option<Guest>> = const { RefCell::new(None) };
    static LAST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Runs what must run before everything else. The linker would otherwise run it at every export.
#[unsafe(no_mangle)]
pub extern "C" fn _initialize() {
    // SAFETY: the host calls this once and first.
    unsafe { __wasm_call_ctors() };
}

/// Makes room for a frame.
#[unsafe(no_mangle)]
pub extern "C" fn selvage_alloc(length: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; length].into_boxed_slice()).cast()
}

/// Builds whatever every run needs, before there is a job.
#[unsafe(no_mangle)]
pub extern "C" fn selvage_warm() {
    std::panic::set_hook(Box::new(|panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        // The standard library panics for what no memory could hold.
        let fault = if said.contains("capacity overflow") {
            FAULT_MEMORY
        } else if said.contains("RuntimeLimit") {
            FAULT_STACK
        } else {
            FAULT_PANIC
        };
        FAULT.store(fault, Ordering::Relaxed);
        // One write is one log entry.
        let text = format!("{panic}\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
    }));
    GUEST.with_borrow_mut(|guest| {
        if guest.is_none() {
            *guest = Guest::new(Rc::new(Imported)).ok();
        }
    });
}

/// Takes a job.
#[unsafe(no_mangle)]
pub extern "C" fn selvage_start(pointer: *mut u8, length: usize) -> i64 {
    step(pointer, length, |guest, job: GuestJob, _| guest.start(&job))
}

/// Takes an answer.
#[unsafe(no_mangle)]
pub extern "C" fn selvage_resume(pointer: *mut u8, length: usize) -> i64 {
    step(pointer, length, |guest, resume: Resume, body| {
        guest.resume(resume, body)
    })
}

/// Parses a text and runs nothing.
#[unsafe(no_mangle)]
pub extern "C" fn selvage_check(pointer: *mut u8, length: usize) -> i64 {
    let bytes = taken(pointer, length);
    let checked = with_guest(|guest| {
        let (check, source) = unframe::<Check>(&bytes)?;
        Ok(guest.check(&check, source))
    });
    give(frame(
        &checked.unwrap_or_else(|error| Checked { error: Some(error) }),
        &[],
    ))
}

/// Why the last trap happened: 0 unknown, 1 the host refused memory, 2 a panic, 3 too deep calls.
#[unsafe(no_mangle)]
pub extern "C" fn selvage_fault() -> i32 {
    FAULT.load(Ordering::Relaxed)
}

fn taken(pointer: *mut u8, length: usize) -> Box<[u8]> {
    // SAFETY: the host gives back what `selvage_alloc` gave it, once and with the same length.
    unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(pointer, length)) }
}

fn with_guest<T>(run: impl FnOnce(&mut Guest) -> Result<T, ToolError>) -> Result<T, ToolError> {
    selvage_warm();
    GUEST.with_borrow_mut(|guest| match guest {
        Some(guest) => run(guest),
        None => Err(ToolError::new(
            ErrorCode::Internal,
            "the engine can't be built",
        )),
    })
}

fn step<H: serde::de::DeserializeOwned>(
    pointer: *mut u8,
    length: usize,
    run: impl FnOnce(&mut Guest, H, &[u8]) -> (Progress, Vec<u8>),
) -> i64 {
    let bytes = taken(pointer, length);
    let (progress, bodies) = with_guest(|guest| {
        let (header, body) = unframe::<H>(&bytes)?;
        Ok(run(guest, header, body))
    })
    .unwrap_or_else(|error| {
        (
            Progress::Finished {
                outcome: GuestOutcome::Error(error),
            },
            Vec::new(),
        )
    });
    give(frame(&progress, &bodies))
}

fn give(bytes: Vec<u8>) -> i64 {
    LAST.with_borrow_mut(|last| {
        *last = bytes;
        ((last.as_ptr().addr() as i64) << 32) | last.len() as i64
    })
}
