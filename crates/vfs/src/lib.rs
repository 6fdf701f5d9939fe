//! The workspace: a tree of files and folders that replicas can change apart and merge.
//!
//! **Problem.** People, agents and runs change the same files, on devices that are often offline.
//! Every change must have an author and a way back, every past state must stay readable byte for
//! byte, typing must merge letter by letter, and a change that was acknowledged must survive the
//! killing of the tab. No single data structure does all of that well.
//!
//! **Shape.** Three, behind one door. A *ledger* (an automerge document) holds what must be named
//! and answered for: the tree, and for each file a *seal*, the hash of its content. A *live text*
//! (a yrs document a file, made when somebody first types) holds what a cursor can stand in.
//! *Blobs* by SHA-256 hold bytes. The [`Workspace`] keeps the three in step on a
//! [`storage::Storage`]: memory, or one redb file on any disk that fits [`storage::StorageBackend`].
//! What is shown is a *view*, derived from the ledger in the same way on every replica.
//!
//! **Control loop.** [`Workspace::apply`] takes a list of [`Op`]s and lands them as one change, or
//! not at all; drafts (keystrokes) become part of the ledger by [`Workspace::seal`]. Readers take
//! a [`Snapshot`], which never changes, and read contents by hash. [`Workspace::undo`],
//! [`Workspace::restore`] and the like are new changes, too. What another replica has comes in by
//! [`Workspace::accept`], each change as a whole or not yet. There is no clock, no randomness, no
//! thread and no disk in here: times and ids are arguments.
//!
//! ```
//! use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace, storage::MemoryStorage};
//!
//! let mut counter = 0;
//! let mut ids = || { counter += 1; counter };
//! let mut workspace = Workspace::open(Box::new(MemoryStorage::new()), [7; 16])?;
//! let ada = Origin::new(OriginKind::Person, "Ada");
//!
//! let first = workspace.apply(
//!     &mut ids,
//!     &Meta::new(1_700_000_000_000, ada.clone(), "Start the notes"),
//!     &[Op::write("notes/today.md", "bread\n"), Op::Mkdir { path: "flows".into() }],
//! )?;
//! let second = Meta::new(1_700_000_060_000, ada, "Add milk");
//! workspace.apply(&mut ids, &second, &[Op::write("notes/today.md", "bread\nmilk\n")])?;
//!
//! let before = workspace.at(&first.heads)?.stat("notes/today.md")?;
//! assert_eq!(workspace.read_hash(&before.hash.expect("a file"))?, b"bread\n");
//! assert!(workspace.diff("notes/today.md", Some(&first.heads), None)?.contains("+milk"));
//! # Ok::<(), selvage_vfs::VfsError>(())
//! ```

mod clients;
mod compare;
mod conflicts;
mod contents;
mod diff;
mod error;
mod exchange;
mod history;
mod id;
mod index;
mod ledger;
mod ledger_node;
pub mod limits;
mod listing;
mod looking_back;
mod message;
mod node;
mod op;
mod path;
#[cfg(test)]
mod replicas;
mod retention;
mod search;
mod shards;
mod snapshot;
mod stage;
pub mod storage;
mod text;
mod texts;
mod tree;
mod undo;
mod view;
mod workspace;

pub use clients::{LedgerClient, TextClient};
pub use compare::{Comparison, Difference, Verb};
pub use conflicts::{Conflict, ConflictKind, Conflicts};
pub use contents::Naming;
pub use diff::{clashes, join, unified};
pub use error::{Result, VfsError};
pub use exchange::{Accepted, BlobPart, Inbox, Incoming, LedgerDelta, Refusal, TextUpdate};
pub use history::HistoryEntry;
pub use id::{Hash, Heads, NodeId};
pub use message::Meta;
pub use node::{Kind, Mark, Origin, OriginKind};
pub use op::Op;
pub use path::{Path, check_name, fold, kept, with_suffix};
pub use retention::{Thinned, Thinning};
pub use search::{Match, Matches, Query, SearchIn};
pub use snapshot::{Entry, Snapshot};
pub use text::Splice;
pub use workspace::{Change, Stats, Workspace};
