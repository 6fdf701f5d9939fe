//! The native host: the same guests, under wasmtime.
//!
//! **Problem.** A flow that ran in a tab must run on a server with the same result, the same
//! verdicts and the same receipt. Whatever a native program could do better than a browser (more
//! threads, another stack, a file system) must therefore not be seen by a guest.
//!
//! **Shape.** An [`Executor`] holds a guest, compiled once. [`Executor::run`] makes a fresh instance
//! with a fresh memory, wires it to a [`selvage_sandbox::Sandbox`], and drives it to an [`Ended`].
//! What a run asks of the outside comes out as [`RunReport`](selvage_tool::run::RunReport)s; whoever
//! holds the run's [`Control`] answers, grants more, or cancels. It is the shape of the browser's
//! runner Worker: a report out, an answer in, and no policy in between.
//!
//! A [`Desk`] is the loop around the engine: it owns a [`selvage_workbench::Workbench`], gives its runs to the executors of
//! [`Guests`], and takes calls of tools over [`Line`]s from any thread.
//!
//! **Control loop.** `run` computes on a thread of its own, whose stack the guest may fill, and
//! hands reports to its caller's thread. While the guest waits, so does that thread: for an answer,
//! a timer, the run's time to end, or a cancel, whichever comes first.
//!
//! ```no_run
//! use selvage_host::{Blobs, Control, Executor};
//! use selvage_tool::guest::Answer;
//! use selvage_tool::run::{Job, RunReport};
//!
//! # fn example(guest: &[u8], job: Job, blobs: Blobs) -> Result<(), selvage_host::HostError> {
//! let executor = Executor::new(guest)?;
//! let control = Control::default();
//! let ended = executor.run(job, blobs, &control, &mut |report, _body| {
//!     if let RunReport::Called { id, .. } = report {
//!         control.answer(id, Answer::Ok("done".into()), Vec::new());
//!     }
//! })?;
//! println!("{:?} for {} units of fuel", ended.outcome.value, ended.outcome.usage.fuel);
//! # Ok(())
//! # }
//! ```
//!
//! *Invariants.*
//! - No guest can tell this host from a browser: it gets the same imports, and no file, socket,
//!   clock or randomness of the machine but through the sandbox.
//! - An instance is entered for one run and dropped after it; one that trapped is never entered again,
//!   except to ask it why.
//! - A memory never has a page more than the run's limit, and is let go of with the run.
//! - A run ends: by fuel, by time, or by the stack of its thread.

#![allow(
    clippy::disallowed_methods,
    reason = "a host is where clocks and threads come from"
)]

mod control;
mod desk;
mod error;
mod executor;
mod guests;
mod image;
mod imports;
mod instance;
mod key;
mod line;
mod pages;
mod run;
mod runners;
mod web;

pub use control::{Control, Word};
pub use desk::{Desk, FetchAnswer, Surroundings};
pub use error::HostError;
pub use executor::Executor;
pub use guests::{Assigned, Elsewhere, Guests, Told};
pub use key::{DeviceKey, KEY_FILE};
pub use line::{Called, Line};
pub use run::{Blobs, Ended};
pub use web::{agent, is_this_machine};
