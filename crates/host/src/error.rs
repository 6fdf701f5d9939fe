//! What keeps this host from running or signing anything. What a run itself does wrong is its outcome.

use selvage_sandbox::SandboxError;
use std::error::Error;

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The engine can't be set up on this machine.
    #[error("wasmtime can't be set up here")]
    Engine(#[source] Box<dyn Error + Send + Sync>),
    /// The guest's file can't be read.
    #[error("cannot read {}: {source}", file.display())]
    Read {
        /// Which.
        file: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The bytes are no WebAssembly program that can be compiled.
    #[error("the guest does not compile")]
    Compile(#[source] Box<dyn Error + Send + Sync>),
    /// The guest asks for something that no guest gets, or for something in another form.
    #[error("the guest imports `{module}.{name}`, which is not to be had in this form")]
    Import {
        /// Of which module.
        module: String,
        /// What.
        name: String,
    },
    /// The guest lacks what every guest has.
    #[error("the guest does not export `{name}` as the guest ABI asks")]
    Export {
        /// What.
        name: &'static str,
    },
    /// The guest broke before it had a job.
    #[error("the guest can't be warmed up: {reason}")]
    WarmUp {
        /// Why.
        reason: String,
    },
    /// The key that this host signs with can't be used.
    #[error("the key in {} can't be used: {why}", file.display())]
    Key {
        /// The file.
        file: std::path::PathBuf,
        /// Why.
        why: String,
    },
    /// The job can't be run by anybody.
    #[error("the job is broken")]
    Job(#[from] SandboxError),
    /// The machine has no thread to spare.
    #[error("there is no thread for the run")]
    Thread(#[source] std::io::Error),
    /// The thread of the run is gone without a word: a defect of this host.
    #[error("the run was lost: its thread panicked")]
    Lost,
}
