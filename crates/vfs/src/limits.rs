//! What a workspace holds at most.
//!
//! A limit bounds what its name says and nothing else; what it does *not* cover is said beside it.

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Bytes of one name in UTF-8, after normalisation.
pub const NAME_BYTES_MAX: usize = 255;
/// Bytes of a whole path in UTF-8, slashes included.
pub const PATH_BYTES_MAX: usize = 1024;
/// Names in one path.
pub const DEPTH_MAX: usize = 64;
/// Bytes of one file. It does not bound the sum over all files.
pub const FILE_BYTES_MAX: usize = 512 * MIB;
/// Bytes that contents which come piece by piece shall have together, those that were interrupted
/// included.
pub const ARRIVING_BYTES_MAX: u64 = 2 * FILE_BYTES_MAX as u64;
/// Contents that come piece by piece at the same time.
pub const ARRIVING_CONTENTS_MAX: usize = 64;
/// Bytes of such a content that are held in memory before they go to storage.
pub const ARRIVING_HELD_BYTES_MAX: usize = 4 * crate::storage::PIECE_BYTES;
/// Bytes of a content in parts that is kept in memory until it is whole; a larger one goes to storage
/// piece by piece.
pub const INBOX_CONTENT_BYTES_MAX: u64 = MIB as u64;
/// Bytes of a file that is kept as live text; a larger one is a blob, whatever it holds.
pub const TEXT_BYTES_MAX: usize = 8 * MIB;
/// Files and folders, the deleted ones included: history still names them.
pub const NODES_MAX: usize = 250_000;
/// Operations in one change.
pub const OPS_MAX: usize = 100_000;
/// Edits of one text in one call.
pub const SPLICES_MAX: usize = 100_000;
/// Bytes of a change's message; a longer one is cut.
pub const MESSAGE_BYTES_MAX: usize = 4 * KIB;
/// Changes that can be undone.
pub const UNDO_CHANGES_MAX: usize = 200;
/// Live texts held in memory at the same time; others are read again when they are needed.
pub const TEXTS_OPEN_MAX: usize = 64;
/// Past states held in memory for repeated reads.
pub const PASTS_OPEN_MAX: usize = 4;
/// Sides of one conflict of contents that are listed.
pub const CONFLICT_VERSIONS_MAX: usize = 16;
/// Matches of one search.
pub const MATCHES_MAX: usize = 10_000;
/// Bytes of file content that one search reads before it stops and says so.
pub const SEARCH_BYTES_MAX: usize = 256 * MIB;
/// Bytes of a search query.
pub const QUERY_BYTES_MAX: usize = 4 * KIB;
/// UTF-16 code units of the line that a match shows.
pub const MATCH_TEXT_UNITS_MAX: usize = 400;
/// Lines of the old text times lines of the new one that a diff compares exactly. Above it, the
/// part between the common start and the common end counts as replaced.
pub const DIFF_CELLS_MAX: usize = 100_000_000;
/// Characters of one replaced stretch that are compared one by one.
pub const DIFF_CHARS_MAX: usize = 4 * KIB;
/// Updates of one live text that storage holds before they are folded into one, when they also
/// take twice what the folded text does: a fold costs as much as the text is long.
pub const TEXT_UPDATES_MAX: u64 = 256;
/// Updates of one live text that storage holds before they are folded into one, whatever they take:
/// opening the text takes in each of them.
pub const TEXT_UPDATES_HARD_MAX: u64 = 16_384;
/// Bytes of updates of one live text before they are folded, on top of twice its text.
pub const TEXT_LOG_BYTES_MAX: u64 = 64 * KIB as u64;
/// Parts of the ledger that storage holds before they are folded into one.
pub const LEDGER_PARTS_MAX: u64 = 512;
/// Bytes of the ledger's newer parts before they are folded, unless the folded part is larger.
pub const LEDGER_LOG_BYTES_MAX: u64 = 256 * KIB as u64;
/// Bytes of the latest updates of live texts, kept in memory for peers that have all before them.
pub const RECENT_BYTES_MAX: usize = MIB;
/// Bytes of one change that comes from another replica.
pub const CHANGE_BYTES_MAX: usize = 16 * MIB;
/// Bytes that a saved ledger of another replica has at most.
pub const DOCUMENT_BYTES_MAX: usize = 64 * MIB;
/// Bytes of changes, texts and parts of contents that wait in an inbox until they are complete.
pub const INBOX_BYTES_MAX: usize = 128 * MIB;
/// Bytes of whole contents that wait in an inbox before they go to storage ahead of their change.
pub const INBOX_BLOB_BYTES_MAX: usize = 4 * MIB;
/// Bytes of one live text, with what was removed, that another replica can make it grow to.
pub const TEXT_STATE_BYTES_MAX: usize = 4 * TEXT_BYTES_MAX;
/// Bytes of one message of a client that speaks automerge's sync protocol.
pub const CLIENT_MESSAGE_BYTES_MAX: usize = 16 * MIB;
/// Bytes of such a client's changes that wait for their causes.
pub const CLIENT_WAITING_BYTES_MAX: usize = 32 * MIB;
/// Contents written one after the other without a live text that a live text begins with. One that
/// began elsewhere is looked for among twice as many.
pub const LINEAGE_SEALS_MAX: usize = 32;
/// Contents that are thinned out in one step.
pub const THINNED_CONTENTS_MAX: usize = 64;
/// Bytes of the contents that are thinned out in one step, but that of a single one.
pub const THINNED_BYTES_MAX: u64 = 4 * MIB as u64;

const _: () = assert!(TEXT_BYTES_MAX <= FILE_BYTES_MAX);
const _: () = assert!(NAME_BYTES_MAX < PATH_BYTES_MAX);
const _: () = assert!(PATH_BYTES_MAX >= 2 * DEPTH_MAX);
