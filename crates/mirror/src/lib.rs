//! A folder of plain files that is kept equal to a workspace, both ways.
//!
//! **Problem.** Editors, compilers and git work on files of a disk. A workspace holds files with history, which others change
//! meanwhile. Whoever edits a file on the disk wants it in the workspace as if it had been typed there, and what others do on the
//! disk; nobody's change may be lost, whatever dies at whatever moment.
//!
//! **Shape.** A [`Mirror`] remembers, for each path, what both sides held when they were equal last. A [`Mirror::pass`] looks at
//! both sides, makes a plan from the three, lands it in the workspace and then in the folder, and remembers what is equal now. Both
//! sides and the memory are traits ([`Disk`], [`Store`], [`Log`]), so that a test can have any step fail. `docs/design-mirror.md`
//! has the decisions.
//!
//! *Invariants.*
//! - A version that one side alone has is never written over or removed: it is joined into what replaces it, kept beside it, or in
//!   the history first.
//! - A pass that ends anywhere leaves what the next one goes on from.
//! - No path leads through a link. Nothing outside of the folder is read or written, and nothing of git's own.
//! - What can't be seen counts neither as changed nor as gone.
#![allow(
    clippy::disallowed_methods,
    reason = "a host: the folder, the memory beside the workspace and the watch are its business"
)]

mod disk;
mod doing;
mod error;
mod folder;
mod land;
mod log;
mod memory;
mod pass;
mod plan;
mod prepare;
mod report;
mod rules;
mod scan;
pub mod store;
mod watch;

pub use disk::{Disk, Item, Kind, Put, Stamp};
pub use error::{Failure, MirrorError, Result, Side};
pub use folder::{FolderDisk, OWN_PREFIX};
pub use log::FileLog;
pub use memory::{Intent, Known, Log, Memory};
pub use pass::{GUARDED_FILES_MIN, Mirror, Options};
pub use plan::From;
pub use prepare::{CHANGE_HELD_BYTES_MAX, FILE_HELD_BYTES_MAX};
pub use report::{Conflict, Left, Report, Step, Verb};
pub use rules::{OWN_FILE, RULES_BYTES_MAX};
pub use scan::{MIRRORED_MAX, SETTLED_MS};
pub use store::{Expected, Landed, Store};
pub use watch::Watch;
