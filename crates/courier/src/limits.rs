//! Every bound of this crate.

/// The most bytes of a parcel, as the workspace makes them.
pub const PARCEL_BYTES_MAX: usize = 15 * 1024 * 1024;
/// The bytes of a part: a letter less what encryption and the part's head add.
pub const PART_BYTES: usize = 126 * 1024;
/// The most bytes that wait for keys, other parts, or other envelopes.
pub const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most bytes of envelopes of removed devices that are set aside, since somebody may keep them.
pub const ASIDE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// With more bytes than this in the outbox, the next parcel waits in the workspace.
pub const OUTBOX_BYTES_MAX: usize = 1024 * 1024;
/// With more bytes than this in the mailbox, and more than twice a whole, a device mails all that it
/// has and throws away what was before.
pub const MAILBOX_BYTES: u64 = 16 * 1024 * 1024;
/// A device waits up to this long before it does so, since others may; before it does what is another
/// device's to do, so long beside.
pub const TIDY_WAIT_MS: u64 = 30_000;
/// How long one that could not, or that saw another one do it, waits before it tries.
pub const TIDY_AGAIN_MS: u64 = 10 * 60_000;
/// A whole is taken to be no larger than this, whatever another device says of its own.
pub const WHOLE_BYTES_MAX: u64 = selvage_relay::limits::ROOM_BYTES_MAX / 2;
/// The most rooms that were left and are looked into for devices that were away.
pub const ROOMS_LEFT_MAX: usize = 16;
/// Of a room that was left, so many bytes are read for a move.
pub const LOOK_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most findings that are remembered.
pub const FINDINGS_MAX: usize = 32;
/// How long what came may wait in the workspace for what it rests on, before that is shown.
pub const LANDING_MS_MAX: u64 = 5 * 60_000;
/// After what time a device says how far it is.
pub const CHECKPOINT_MS: u64 = 60_000;
/// How long a device that leaves waits for the relay to keep that.
pub const LEAVE_MS_MAX: u64 = 10_000;
/// How long an invitation is good.
pub const INVITATION_MS: u64 = 60 * 60 * 1000;
/// The bytes of a frame that is one piece of a welcome.
pub const WELCOME_PIECE_BYTES: usize = 64 * 1024;
/// The most bytes of a welcome.
pub const WELCOME_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The bytes of a letter that go in one live message.
pub const PIECE_BYTES: usize = 60 * 1024;
/// The most pieces of a letter.
pub const PIECES_MAX: usize = selvage_relay::limits::PAYLOAD_BYTES_MAX.div_ceil(PIECE_BYTES);
/// The most letters that are under way to a peer, so 512 KiB wait in a direct link at most.
pub const LETTERS_UNDER_WAY_MAX: usize = 4;
/// The most devices that are spoken with live.
pub const PEERS_MAX: usize = 32;
/// The most messages beside letters that wait for one peer; newer ones are dropped.
pub const SAYINGS_MAX: usize = 64;
/// The most texts a second that are heard of one peer.
pub const TEXTS_PER_SECOND_MAX: u32 = 20;
/// So many of the newest letters of each device are known when they come again.
pub const TAKEN_MAX: usize = 64;
