//! # unavailable-module
//!
//! **Severity.** error
//!
//! **What it does.** Finds imports of modules that can't exist in a run.
//!
//! **Why.** A run has no sockets, processes, threads or terminal, and can't load what was compiled for a machine, such as `numpy`.
//! The import fails; the message says why, and what to use instead where there is something.
//! In a function it is a warning, since that may never be called, and so it is where the program did something before, which may be
//! that it wrote such a module; in a `try` that catches `ImportError` it is fine.
//!
//! **Example.** `import socket`.
//!
//! **Fix.** None.

use super::Rule;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "unavailable-module",
    severity: Severity::Error,
};
