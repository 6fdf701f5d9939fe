//! The contract between callers, the engine, executors and guests.
//!
//! **Problem.** A flow is written by a person or an agent, decided on by an engine and run by an
//! executor that may sit in a Worker, in a native process or on another machine. All of them must
//! mean the same thing by "a call", "a run", "out of memory" and "line 12".
//!
//! **Shape.** This crate holds nouns and their JSON form, and no behaviour beyond checking them:
//! [`catalogue`] (the tools and their schemas), [`error`] (the closed list of codes),
//! [`diagnostic`] (what is wrong with a text, and where), [`document`] (a manifest's text, read), [`quota`] (limits, usage, receipts),
//! [`grant`] (what a run may touch), [`reach`] (whether it may touch this path), [`policy`] (who may do what, and what a person is asked about), [`decision`] (what came of that), [`json`] (how they are read), [`decimal`] (how its numbers are), [`flows`] (what runs by a name), [`run`] (jobs and their results), [`record`] (what is kept of one), [`language`] (what a flow is
//! written in), [`reading`] (what a guest reads off a text) and [`guest`] (the bytes that cross into an interpreter).
//!
//! **Control loop.** A caller sends a tool's name and a JSON input. [`catalogue::Call::parse`]
//! gives a typed call or a structured error. The engine answers with a [`ToolResult`]. When the
//! call is a run, the engine makes a [`run::Job`]; an executor turns it into a [`run::Outcome`].
//!
//! ```
//! use selvage_tool::{catalogue::Call, error::ErrorCode};
//!
//! let call = Call::parse("read", serde_json::json!({ "path": "notes.md" })).expect("valid");
//! assert_eq!(call.name(), "read");
//!
//! let refused = Call::parse("read", serde_json::json!({ "path": 7 })).expect_err("not a path");
//! assert_eq!(refused.code, ErrorCode::InvalidInput);
//! ```

#[cfg(feature = "catalogue")]
pub mod catalogue;
pub mod decimal;
#[cfg(feature = "catalogue")]
pub mod decision;
pub mod diagnostic;
#[cfg(feature = "catalogue")]
pub mod document;
pub mod error;
#[cfg(feature = "catalogue")]
pub mod flows;
#[cfg(feature = "catalogue")]
pub mod grant;
pub mod guest;
#[cfg(feature = "catalogue")]
pub mod json;
pub mod language;
#[cfg(feature = "catalogue")]
pub mod policy;
pub mod quota;
#[cfg(feature = "catalogue")]
pub mod reach;
pub mod reading;
#[cfg(feature = "catalogue")]
pub mod record;
#[cfg(feature = "catalogue")]
pub mod run;

pub use diagnostic::{Diagnostic, Fix, Position, Severity, Span, TextEdit};
pub use error::{ErrorCode, ToolError, ToolResult};
#[cfg(feature = "catalogue")]
pub use grant::Grant;
pub use language::{Guest, Language};
pub use quota::{Limits, LimitsPatch, Usage};
