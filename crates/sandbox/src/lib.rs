//! What a guest can see, and how much of it.
//!
//! **Problem.** A guest is hostile code in a WebAssembly instance. Every executor, in a browser or
//! native, must show it the same files, refuse it the same things and count in the same way, or
//! receipts and verdicts would depend on where a run happened.
//!
//! **Shape.** A [`Sandbox`] is one run's world: [`files`] (a write overlay over the snapshot),
//! [`meter`] (limits and usage), [`calls`] (what `selvage.call` may ask), [`wasi`] (the subset of
//! WASI preview 1). It knows no WebAssembly engine and no browser: an executor brings the guest's
//! [`Memory`] and a [`Host`] for clocks, blobs and reports.
//!
//! **Control loop.** The executor makes an instance with a memory whose maximum is
//! [`Sandbox::memory_pages_max`] and wires the guest's imports to [`Sandbox::wasi`],
//! [`Sandbox::call`], [`Sandbox::take`] and [`Sandbox::quota`]. It feeds [`Sandbox::start`] to
//! `selvage_start`, gives each result to [`Sandbox::progress`] between [`Sandbox::enter`] and
//! [`Sandbox::leave`], performs the calls that come out, and feeds [`Sandbox::resume`] back, until
//! a step is [`Step::Finished`]. A trap goes to [`Sandbox::trapped`]. A text that is only read has a world of its own,
//! [`Sandbox::check`].

pub mod calls;
mod check;
mod clock;
pub mod files;
pub mod meter;
mod said;
mod sandbox;
pub mod wasi;

pub use check::{CHECK_CPU_MS_MAX, CHECK_FUEL_MAX};
pub use meter::{FUEL_SLICE, Verdict};
pub use sandbox::{Host, Memory, Sandbox, SandboxError, Step, Trap};
