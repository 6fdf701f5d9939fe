//! Paths of the workspace.

use super::{Done, Errno};

/// A path as the host writes it, from one below the root: no `.`, no doubled slash. What lies above the root is the root.
pub(super) fn clean(path: &str) -> Done<String> {
    if path.contains('\0') {
        return Err(Errno::INVAL);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// A number for a path: FNV-1a with 64 bits. Two paths with one number would only look like links to one file.
///
/// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
pub(super) fn inode(path: &str) -> u64 {
    path.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
