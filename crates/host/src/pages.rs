//! Large pages for the memories of guests, where the system has them.
//!
//! A new instance is touched in almost every page when the image is copied into it, and the system gives out each page when it is
//! first touched. In pages of 2 MiB instead of 4 KiB that is a few interruptions instead of thousands, which are four fifths of what
//! it takes to make an instance of Python.
#![cfg_attr(
    target_os = "linux",
    allow(unsafe_code, reason = "the system is told of a mapping by its address")
)]

use wasmtime::{AsContext, Memory};

/// Asks the system to back what a memory has now with large pages, as far as it can. Nothing else changes by it.
#[cfg(target_os = "linux")]
pub(crate) fn enlarge(store: impl AsContext, memory: Memory) {
    let (start, bytes) = (memory.data_ptr(&store), memory.data_size(&store));
    // SAFETY: the range is the memory's own, whole pages of it, and stays so while the store is held; the advice changes neither
    // what is in them nor who may touch them.
    let asked =
        unsafe { rustix::mm::madvise(start.cast(), bytes, rustix::mm::Advice::LinuxHugepage) };
    // A system that has none gives small ones.
    let _ = asked;
}

/// Other systems decide by themselves.
#[cfg(not(target_os = "linux"))]
pub(crate) fn enlarge(_store: impl AsContext, _memory: Memory) {}
