//! Jobs over HTTP: a server that runs them for others, and the executor that has them run there.
//!
//! **Problem.** A device may be too weak for a run, or lack a guest. What runs it must not matter: same tools, same arguments,
//! same result, same record.
//!
//! **Shape.** The engine already says what an executor is: it takes a job with its blobs, reports, is answered, and finishes. The
//! protocol ([`message`]) carries exactly these. [`Board`] is the server without sockets: a queue, the jobs of each key, and the
//! threads that run them on a host's guests; [`routes`] is HTTP in front of it. [`Remote`] is the client: one more
//! [`Elsewhere`](selvage_host::Elsewhere) of a host. The engine of the client still decides every call of the run.
//!
//! **Control loop.** The client names the job, so that to ask twice is to ask once. What a job tells is a list of lines that only
//! grows; a client reads it from the line it has not seen, as often as its connection breaks.
//!
//! *Invariants.*
//! - A job runs once at most, and a job's changes land nowhere but in the workspace of the client that asked, by its own engine.
//! - Whatever belongs to a key is found under that key alone: jobs, blobs, and whether there are any.
//! - Bytes are called by the hash that they have; both ends compute it.
//! - Every queue, store, body and wait has a bound.
//! - A job whose client is gone is cancelled; one whose server is gone has failed, and nothing of it lands.

#![allow(
    clippy::disallowed_methods,
    reason = "a host: clocks, threads, sockets and randomness are its business"
)]

mod admit;
mod blobs;
mod board;
mod entry;
mod error;
mod held;
mod listener;
pub mod message;
mod remote;
mod routes;
mod settings;
mod wire;
mod work;

pub use admit::{Admit, Ask, Quota};
pub use board::Board;
pub use error::JobsError;
pub use listener::LISTENERS_MAX;
pub use remote::Remote;
pub use routes::routes;
pub use settings::Settings;
