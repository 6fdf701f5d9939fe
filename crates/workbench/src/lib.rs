//! The engine: it decides, hosts do.
//!
//! **Problem.** A tab, a native program and a test must decide alike about every tool call, grant,
//! run and change, without a Worker, a socket or a clock in the way.
//!
//! **Shape.** A [`Workbench`] holds a workspace, the runs what is known of the executors, and a session
//! with every other replica that the host has a link to. It is
//! told [`Event`]s with the time and a source of randomness, and answers with [`Effect`]s.
//! `tools` answers the tools that are done at once; `runs` leads a run from its call to its record.
//!
//! **Control loop.** A host passes every message on as an event, performs every effect in order,
//! and turns what comes of it into events again. It keeps no state about the domain.
//!
//! Storage is not an effect: every host's storage is synchronous (a sync access handle in a Worker,
//! a file natively), so a change is durable when `handle` returns, and no state lies between
//! "acknowledged" and "kept".

mod calls;
mod changes;
mod contents;
mod due;
mod engine;
mod event;
mod failure;
mod lint;
mod mail;
mod notice;
mod patch;
mod peers;
mod policy;
mod record;
mod reference;
mod renames;
mod retention;
mod runs;
mod scopes;
pub mod secrets;
mod starter;
mod supervisor;
mod tools;

pub use engine::{Config, Cx, Workbench};
pub use event::{Brought, CallId, Effect, Event, Fetch, PeerId, RunnerId, SecretRef, TaskId};
pub use failure::failure;
pub use notice::Notice;
pub use patch::PATCH_BYTES_MAX;
pub use peers::PEERS_MAX;
pub use runs::{ANSWERS_BYTES_MAX, ASK_MS_MAX, QUEUE_MAX, RUN_DEPTH_MAX, ended_from_outside};
pub use scopes::{SCOPE_DEPTH_MAX, SCOPES_MAX};
pub use supervisor::AGAIN_MAX;
