//! One session with one peer: how two replicas of a workspace come together.
//!
//! **Problem.** Tabs, devices and servers hold the same workspace and change it apart. When two of
//! them meet, each must get what it lacks, at the cost of what differs and not of what there is; a
//! change must arrive whole; a link can break at any byte; and a peer can be broken or hostile.
//!
//! **Shape.** A [`Session`] is a state machine over a link that keeps order: bytes in, bytes out.
//! It has no socket, no timer and no storage; what it knows of the workspace it asks
//! [`selvage_vfs::Workspace`], which also decides what lands. All that a session remembers can be
//! dropped: the next one begins with a comparison. What is sent: first one
//! digest of everything; when that differs, heads and a sparse list of older changes, which find
//! the changes that are lacking; live texts by hashes over ranges of node ids; small contents with
//! the change that names them, large ones in parts when they are asked for.
//!
//! **Control loop.** The host calls [`Session::changed`] once after the link is open and after
//! every change of the workspace, whoever made it, and [`Session::handle`] with every frame that
//! arrives; it sends the frames that come back, in order. The responder is silent until it has
//! heard the initiator.
//!
//! ```
//! use selvage_sync::{Role, Session};
//! use selvage_vfs::{Meta, Op, Origin, OriginKind, Workspace, storage::MemoryStorage};
//!
//! let mut a = Workspace::open(Box::new(MemoryStorage::new()), [1; 16])?;
//! let mut b = Workspace::open(Box::new(MemoryStorage::new()), [2; 16])?;
//! let meta = Meta::new(0, Origin::new(OriginKind::Person, "Ada"), "Start");
//! a.apply(&mut || 7, &meta, &[Op::write("notes.md", "bread\n")])?;
//!
//! // In one process `meet` does this; over a link, each side has one of the two sessions.
//! let (mut at_a, mut at_b) = (Session::new(Role::Initiator), Session::new(Role::Responder));
//! let mut to_b = at_a.changed(&mut a)?.frames;
//! while !to_b.is_empty() {
//!     let mut to_a = Vec::new();
//!     for frame in to_b.drain(..) {
//!         to_a.extend(at_b.handle(&mut b, &frame)?.frames);
//!     }
//!     for frame in to_a {
//!         to_b.extend(at_a.handle(&mut a, &frame)?.frames);
//!     }
//! }
//! assert_eq!(b.read("notes.md")?, b"bread\n");
//! assert_eq!(a.digest()?, b.digest()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod limits;
mod mail;
mod meet;
mod message;
mod outbox;
mod ranges;
mod session;

pub use mail::{Mail, PARCEL_BYTES_MAX, Parcel};
pub use meet::{Met, meet};
pub use message::VERSION;
pub use session::{Reason, Reply, Role, Session};

/// Why a call on a session failed: the replica's own storage did. A peer's fault ends the session
/// instead, see [`Session::closed`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The workspace could not be read or written. Nothing of what came has landed; the session is
    /// over, and another one begins where this one stopped.
    #[error("the workspace failed: {0}")]
    Workspace(#[from] selvage_vfs::VfsError),
    /// Something in the workspace is too large for one parcel.
    #[error("parcel_bytes_max is {max}, and something in the workspace takes {size}")]
    TooLarge {
        /// Its bytes.
        size: u64,
        /// The limit.
        max: u64,
    },
}

/// What a call on a session gives.
pub type Result<T, E = SyncError> = std::result::Result<T, E>;
