//! Programs of other people at this workspace: those that speak automerge's own sync protocol to
//! the ledger, and those that speak Yjs's to a file's live text.
//!
//! They know neither seals nor inboxes, so they get no more say than any replica has: what they
//! make goes through [`crate::Workspace::accept`], each change as a whole or not at all. A client
//! that is refused anything is to be sent away, since it holds something that no replica will.
//! Bytes come in and bytes go out; sockets and frames are somebody else's.

mod ledger;
mod text;

pub use ledger::LedgerClient;
pub use text::TextClient;

#[cfg(test)]
mod tests;
