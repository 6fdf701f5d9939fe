//! The Python guest.
//!
//! **Problem.** A workflow is somebody else's program, written for CPython: it opens files by their paths, prints, imports half of
//! the standard library, and knows nothing of a sandbox. It must run the same in a tab and on a server, reach nothing but what it
//! was granted, stop when it is told to, and fail with a traceback that names its own lines.
//!
//! **Shape.** RustPython inside a `wasm32-wasip1` program that speaks the guest ABI of [`selvage_tool::guest`]. [`disk`] is the
//! workspace as a file system, over the host's calls; `wasi` puts it under the C library, so that `open`, `os` and `pathlib` are
//! the interpreter's own. `Guest` is a run from its job to its outcome, `values` is how values cross, `failure` how exceptions do,
//! and `stdlib` the part of the standard library that is written in Python. [`reading`] is what is known of a text that nobody
//! runs: the functions that can be run, what they take, and what is wrong with it.
//!
//! The interpreter takes long to build and is built for wasm alone, by the feature `interpreter`; what needs no interpreter is
//! tested natively, and the whole by the native host's tests, which run the artifact.
//!
//! **Control loop.** `warm` builds the interpreter. `start` takes the job, compiles its entry, runs it to its end, writes what is
//! still open, and gives the outcome.
//!
//! *Invariants.*
//! - Every file, clock and random number comes from the host; the guest imports no file function of WASI.
//! - Hashes are seeded alike in every run: equal runs use equal fuel.

pub mod argv;
pub mod disk;
#[cfg(feature = "interpreter")]
mod failure;
#[cfg(all(feature = "interpreter", target_family = "wasm"))]
mod ffi;
#[cfg(feature = "interpreter")]
mod guest;
pub mod reading;
#[cfg(feature = "interpreter")]
mod stdlib;
#[cfg(feature = "interpreter")]
mod values;
#[cfg(all(feature = "interpreter", target_family = "wasm"))]
mod wasi;

#[cfg(feature = "interpreter")]
pub use guest::Guest;
