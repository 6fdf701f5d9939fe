//! Giving a file a name, so that nobody's file is lost by it.

use super::{seen, stamp};
use crate::disk::Stamp;
use cap_std::fs::Dir;
use std::io;

/// Gives a file a name that nobody has; whether nobody had.
pub(super) fn link_new(dir: &Dir, new: &str, name: &str) -> io::Result<bool> {
    if rename_new(dir, new, dir, name)? {
        return Ok(true);
    }
    dir.remove_file(new)?;
    Ok(false)
}

/// Renames where nothing is; whether nothing was.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn rename_new(from: &Dir, name: &str, to: &Dir, new: &str) -> io::Result<bool> {
    use rustix::fs::{RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(from, name, to, new, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(true),
        Err(Errno::EXIST) => Ok(false),
        // This file system can't promise it.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => rename_checked(from, name, to, new),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn rename_new(from: &Dir, name: &str, to: &Dir, new: &str) -> io::Result<bool> {
    rename_checked(from, name, to, new)
}

fn rename_checked(from: &Dir, name: &str, to: &Dir, new: &str) -> io::Result<bool> {
    // Another case of one name is the same file, where the disk does not tell them apart.
    let is_there = match (seen(to, new)?, seen(from, name)?) {
        (Some(there), Some(own)) => stamp(&there) != stamp(&own) || stamp(&own).inode == 0,
        (there, _) => there.is_some(),
    };
    if is_there {
        return Ok(false);
    }
    from.rename(name, to, new)?;
    Ok(true)
}

/// Puts a new file in the place of one that still is what was seen; whether it was. The two change places, so that what was there
/// can be looked at when nobody can write over it any more.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn swap(dir: &Dir, new: &str, name: &str, expected: &Stamp) -> io::Result<bool> {
    use rustix::fs::{RenameFlags, renameat_with};
    use rustix::io::Errno;
    let exchange = || renameat_with(dir, new, dir, name, RenameFlags::EXCHANGE);
    let own = seen(dir, new)?.map(|own| stamp(&own));
    match exchange() {
        Ok(()) => {}
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            return swap_checked(dir, new, name, expected);
        }
        // It is gone.
        Err(Errno::NOENT) => {
            dir.remove_file(new)?;
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    }
    let is = |stamp_of: &Option<Stamp>| -> io::Result<bool> {
        let there = seen(dir, new)?.map(|there| stamp(&there));
        Ok(matches!((there, stamp_of), (Some(there), Some(own)) if there.is_same(own)))
    };
    if is(&Some(*expected))? {
        dir.remove_file(new)?;
        return Ok(true);
    }
    // Somebody wrote in between: theirs goes back. When they did it once more, the later one is theirs, and it stays.
    exchange()?;
    if !is(&own)? {
        exchange()?;
    }
    dir.remove_file(new)?;
    Ok(false)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn swap(dir: &Dir, new: &str, name: &str, expected: &Stamp) -> io::Result<bool> {
    swap_checked(dir, new, name, expected)
}

fn swap_checked(dir: &Dir, new: &str, name: &str, expected: &Stamp) -> io::Result<bool> {
    if !seen(dir, name)?.is_some_and(|now| stamp(&now).is_same(expected)) {
        dir.remove_file(new)?;
        return Ok(false);
    }
    dir.rename(new, dir, name)?;
    Ok(true)
}
