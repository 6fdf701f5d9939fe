//! What this crate takes and holds at most. Whatever is larger is refused before it is looked into.

/// Bytes of a device's name, in UTF-8.
pub const NAME_BYTES_MAX: usize = 64;
/// Operations of one membership log.
pub const LOG_OPS_MAX: usize = 4096;
/// Operations that one device can add to a log: a hostile owner uses up no share but its own.
pub const DEVICE_OPS_MAX: usize = 1024;
/// Bytes of one operation: an epoch for the largest membership fits.
pub const OP_BYTES_MAX: usize = 16 * 1024;
/// Parents that one operation cites, and membership heads that an envelope or a checkpoint names.
pub const HEADS_MAX: usize = 16;
/// Members of a workspace at a time.
pub const MEMBERS_MAX: usize = 128;
/// Operations that wait for their parents.
pub const WAITING_OPS_MAX: usize = 256;
/// Bytes of the payload of one envelope.
pub const PAYLOAD_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of one envelope.
pub const ENVELOPE_BYTES_MAX: usize = PAYLOAD_BYTES_MAX + 1024;
/// Bytes of an envelope without its payload.
pub const STUB_BYTES_MAX: usize = 1024;
/// Envelopes of one signer whose hashes are remembered, to tell a replay from an equivocation.
pub const RECENT_ENVELOPES_MAX: usize = 1024;
/// Bytes that are encrypted in one piece.
pub const PLAIN_BYTES_MAX: usize = 96 * 1024 * 1024;
/// Epochs whose keys are shared with a device in one message.
pub const SHARED_EPOCHS_MAX: usize = LOG_OPS_MAX;
/// Signers that one checkpoint tells of.
pub const CHECKPOINT_SIGNERS_MAX: usize = LOG_OPS_MAX;
/// Bytes of one checkpoint.
pub const CHECKPOINT_BYTES_MAX: usize = 512 * 1024;
/// Bytes of what one live message says.
pub const LIVE_BYTES_MAX: usize = 64 * 1024;
/// Characters of a pairing link, so that it fits a QR code of version 11 (61 modules).
pub const LINK_CHARS_MAX: usize = 300;
/// Bytes of a relay's address in a link.
pub const RELAY_BYTES_MAX: usize = 64;
/// How long an invitation is good for, in milliseconds.
pub const INVITATION_MS_MAX: u64 = 7 * 24 * 60 * 60 * 1000;
/// Bytes of one message of the pairing: the last one carries the log and the keys.
pub const PAIRING_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of a saved seat.
pub const SEAT_BYTES_MAX: usize = 256 * 1024 * 1024;

const _: () = assert!(MEMBERS_MAX * (32 + 80) + 1024 < OP_BYTES_MAX);
