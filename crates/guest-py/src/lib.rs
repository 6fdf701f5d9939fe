//! The Python guest.
//!
//! **Problem.** A workflow is somebody else's program, written for CPython: it opens files by their paths, prints, imports half of
//! the standard library, and knows nothing of a sandbox. It must run the same in a tab and on a server, reach nothing but what it
//! was granted, stop when it is told to, and fail with a traceback that names its own lines.
//!
//! **Shape.** RustPython inside a `wasm32-wasip1` program that speaks the guest ABI of [`selvage_tool::guest`]. [`disk`] is the
//! workspace as a file system, over the host's calls; `wasi` puts it under the C library, so that `open`, `os` and `pathlib` are
//! the interpreter's own. `Guest` is a run from its job to its outcome, `values` is how values cross, `failure` how exceptions do,
//! `globals` how a script that loops finds its names, and `stdlib` the part of the standard library that is written in Python. [`reading`] is what is known of a text that nobody
//! runs: the functions that can be run, what they take, and what is wrong with it; [`arguments`] fits a call to one of them, `call`
//! drives it, and `questions` are what it asks and waits for.
//!
//! The interpreter takes long to build and is built for wasm alone, by the feature `interpreter`; what needs no interpreter is
//! tested natively, and the whole by the native host's tests, which run the artifact.
//!
//! **Control loop.** `warm` builds the interpreter and imports what most workflows do (`ready`). `start` takes the job, compiles its
//! entry and runs it: a script to its end, a function until it waits, and on with each `resume`. At the end it writes what is still
//! open, and gives the outcome.
//!
//! *Invariants.*
//! - Every file, clock and random number comes from the host; the guest imports no file function of WASI.
//! - Hashes are seeded alike in every run: equal runs use equal fuel.

pub mod absent;
pub mod arguments;
pub mod argv;
#[cfg(feature = "interpreter")]
mod call;
pub mod disk;
#[cfg(feature = "interpreter")]
mod failure;
#[cfg(feature = "interpreter")]
mod fetch;
#[cfg(all(feature = "interpreter", target_family = "wasm"))]
mod ffi;
#[cfg(feature = "interpreter")]
mod globals;
pub mod grafts;
#[cfg(feature = "interpreter")]
mod guest;
#[cfg(feature = "interpreter")]
mod modules;
#[cfg(feature = "interpreter")]
mod questions;
pub mod reading;
#[cfg(feature = "interpreter")]
mod ready;
pub mod secrets;
#[cfg(feature = "interpreter")]
mod shape;
#[cfg(feature = "interpreter")]
mod stdlib;
#[cfg(feature = "interpreter")]
mod values;
#[cfg(all(feature = "interpreter", target_family = "wasm"))]
mod wasi;
#[cfg(feature = "interpreter")]
mod world;

#[cfg(feature = "interpreter")]
pub use guest::Guest;
