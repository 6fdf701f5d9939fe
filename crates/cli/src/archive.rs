//! `selvage export` and `selvage import`: a workspace's files as a zip or a folder, and back as one change.

pub mod give;
pub mod take;

use std::path::Path;

/// The most files and folders that one import takes.
pub const IMPORT_FILES_MAX: usize = 50_000;

/// The most bytes that one import takes, as they are when unpacked: all are in memory before any lands.
pub const IMPORT_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// The most folders in folders that are looked through.
const IMPORT_DEPTH_MAX: usize = 64;

/// Whether a name means a zip.
fn is_zip(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("zip"))
}
