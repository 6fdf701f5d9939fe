//! Every bound of the protocol and of both of its ends, in bytes, counts and milliseconds.

/// The most bytes of one message, whoever sends it.
pub const MESSAGE_BYTES_MAX: usize = PAYLOAD_BYTES_MAX + 256;

/// The most bytes that one frame to a peer or one letter holds. A frame of a session has 64 KiB
/// before it is sealed.
pub const PAYLOAD_BYTES_MAX: usize = 128 * 1024;

/// The bytes of every part of a summary but the last, which has the rest.
pub const PART_BYTES: usize = 64 * 1024;

/// The most bytes of a summary.
pub const SUMMARY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The most bytes that a room's letters may take. A summary may come on top, or a full room could
/// never be emptied.
pub const ROOM_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What a letter counts beside its bytes, so that empty letters are bounded, too.
pub const LETTER_COST_BYTES: u64 = 128;

/// How many ids of letters that a summary replaced are remembered, so that one that is sent again
/// is known.
pub const IDS_KEPT_MAX: u64 = 16 * 1024;

/// The most rooms that a relay keeps.
pub const ROOMS_MAX: u64 = 10_000;

/// The most links in one room.
pub const ROOM_LINKS_MAX: usize = 64;

/// How many bytes one device may have under way to another one.
pub const FORWARD_WINDOW_BYTES: usize = 256 * 1024;

/// What a frame counts beside its bytes while it is under way or waits.
pub const FRAME_COST_BYTES: usize = 64;

/// How many letters that a link wrote are remembered, so that they are not sent back to it.
pub const OWN_MAX: usize = 4096;

/// The most bytes that wait for one link: beyond it, the link is dropped.
pub const QUEUE_BYTES_MAX: usize = 1024 * 1024;

/// How many bytes a link's socket is given before it has said that it wrote some.
pub const HANDED_BYTES_MAX: usize = 256 * 1024;

/// Bytes that wait for storage; beyond it, the host reads nothing more from links.
pub const STAGED_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What a link may say in one second on the average.
pub const RATE_BYTES_S_MAX: u64 = 8 * 1024 * 1024;

/// What a message counts beside its bytes when the rate is measured.
pub const MESSAGE_COST_BYTES: u64 = 256;

/// How long a link may take to prove that it may enter.
pub const GREETING_MS_MAX: u64 = 10_000;

/// How long a link may be silent.
pub const IDLE_MS_MAX: u64 = 90_000;

/// How long a link's socket may take nothing while something waits.
pub const STALL_MS_MAX: u64 = 20_000;

/// A client that has nothing to say says so this often.
pub const PING_MS: u64 = 30_000;

/// The first and the longest wait before a client dials again.
pub const BACKOFF_MS_MIN: u64 = 500;
/// See [`BACKOFF_MS_MIN`].
pub const BACKOFF_MS_MAX: u64 = 60_000;

/// A link that was open this long worked: the next wait is the first one again.
pub const STEADY_MS: u64 = 5_000;

/// How long a client waits for an answer while it dials and greets, and for any word afterwards.
pub const ANSWER_MS_MAX: u64 = 20_000;

/// The most bytes of letters that a client holds for the relay.
pub const OUTBOX_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The most bytes of letters that a client has under way.
pub const UNDER_WAY_BYTES_MAX: usize = 1024 * 1024;

/// The most bytes of the name under which a relay was dialled.
pub const AUDIENCE_BYTES_MAX: usize = 255;

/// What an operator may choose; [`Limits::default`] is the constants of this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// See [`ROOM_BYTES_MAX`].
    pub room_bytes_max: u64,
    /// See [`ROOMS_MAX`].
    pub rooms_max: u64,
    /// See [`ROOM_LINKS_MAX`].
    pub room_links_max: usize,
    /// See [`QUEUE_BYTES_MAX`].
    pub queue_bytes_max: usize,
    /// See [`RATE_BYTES_S_MAX`].
    pub rate_bytes_s_max: u64,
    /// See [`IDLE_MS_MAX`].
    pub idle_ms_max: u64,
    /// See [`STALL_MS_MAX`].
    pub stall_ms_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            room_bytes_max: ROOM_BYTES_MAX,
            rooms_max: ROOMS_MAX,
            room_links_max: ROOM_LINKS_MAX,
            queue_bytes_max: QUEUE_BYTES_MAX,
            rate_bytes_s_max: RATE_BYTES_S_MAX,
            idle_ms_max: IDLE_MS_MAX,
            stall_ms_max: STALL_MS_MAX,
        }
    }
}
