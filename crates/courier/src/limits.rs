//! Every bound of this crate.

/// The most bytes of a parcel, as the workspace makes them.
pub const PARCEL_BYTES_MAX: usize = 15 * 1024 * 1024;
/// The bytes of a part: a letter less what encryption and the part's head add.
pub const PART_BYTES: usize = 126 * 1024;
/// The most bytes that wait for keys, other parts, or other envelopes.
pub const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// With more bytes than this in the outbox, the next parcel waits in the workspace.
pub const OUTBOX_BYTES_MAX: usize = 1024 * 1024;
/// The most findings that are remembered.
pub const FINDINGS_MAX: usize = 32;
/// After what time a device says how far it is.
pub const CHECKPOINT_MS: u64 = 60_000;
/// How long an invitation is good.
pub const INVITATION_MS: u64 = 60 * 60 * 1000;
/// The bytes of a frame that is one piece of a welcome.
pub const WELCOME_PIECE_BYTES: usize = 64 * 1024;
/// The most bytes of a welcome.
pub const WELCOME_BYTES_MAX: usize = 64 * 1024 * 1024;
