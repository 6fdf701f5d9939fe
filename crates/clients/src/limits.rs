//! What clients may cost.

/// Sessions at a time. Each session of the ledger holds a copy of it.
pub const SESSIONS_MAX: usize = 64;
/// Bytes of one message.
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024 + 1024;
/// Bytes of a peer's or a session's name in automerge-repo's messages.
pub const NAME_BYTES_MAX: usize = 256;
/// Bytes of an ephemeral message of automerge-repo.
pub const EPHEMERAL_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one awareness state, as JSON.
pub const AWARENESS_BYTES_MAX: usize = 16 * 1024;
/// Awareness states that one session may have: stock clients have one.
pub const AWARENESS_STATES_MAX: usize = 8;
/// Entries of one awareness message. A stock client answers with all states that it knows.
pub const AWARENESS_ENTRIES_MAX: usize = SESSIONS_MAX * AWARENESS_STATES_MAX;
