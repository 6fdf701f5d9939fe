//! The protocols of other people's clients, at one workspace and without sockets.
//!
//! **Problem.** A workspace is worth more when programs that know nothing of Selvage can open it:
//! those made with automerge-repo its tree, and editors made with Yjs a file's text. Their
//! protocols are in plain text and know no membership, so an owner has to ask for this.
//!
//! **Shape.** [`Clients`] holds the sessions of all clients of one workspace. A session of the
//! *ledger* speaks automerge-repo's WebSocket protocol, version 1: CBOR messages around automerge's
//! sync protocol. A session of a *text* speaks what `y-websocket` does: Yjs's sync protocol, and
//! awareness (who is here, with which cursor), which is passed on and never stored.
//!
//! **Control loop.** The host opens a session for each socket, hands in every message, says when
//! the workspace changed otherwise, and performs what [`Clients::poll`] gives.
//!
//! **Invariants.** Nothing a client sends reaches the workspace but through
//! [`selvage_vfs::LedgerClient`] and [`selvage_vfs::TextClient`]. A client that is refused
//! anything is sent away with the reason. What is held for a client is bounded by [`limits`].

mod awareness;
mod document;
mod ledger;
pub mod limits;
mod reason;
mod sessions;
mod text;

pub use document::DocumentId;
pub use reason::Reason;
pub use sessions::{Clients, Output, SessionId};
