//! What a session holds and sends at most.

/// Bytes of one frame.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one message: a whole ledger is the largest one.
pub const MESSAGE_BYTES_MAX: usize = selvage_vfs::limits::DOCUMENT_BYTES_MAX + 64 * 1024;
/// Bytes of contents and texts that are under way before the peer has to say that it got some.
pub const WINDOW_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of a content that is sent with the change that names it; a larger one is asked for.
pub const PUSH_BYTES_MAX: u64 = 64 * 1024;
/// Bytes of contents and texts that are put into one message.
pub const PACK_BYTES_MAX: usize = 32 * 1024;
/// Bytes of contents that are asked for at the same time, unless it is a single one.
pub const ASKED_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Things that a peer can ask for before it got those it asked for earlier.
pub const REQUESTS_MAX: usize = 2 * selvage_vfs::limits::NODES_MAX;
/// Bytes of one state of a live text that a peer can send.
pub const STATE_BYTES_MAX: usize = 1024 * 1024;
/// Hashes of changes that a session remembers the peer to have.
pub const PEER_HASHES_MAX: usize = 256;
/// Entries of a list of live texts; a stretch with more is told by its hash.
pub const LIST_TEXTS_MAX: usize = 16;

const _: () = assert!(PACK_BYTES_MAX < FRAME_BYTES_MAX);
const _: () = assert!(PACK_BYTES_MAX as u64 * 2 < WINDOW_BYTES_MAX);
