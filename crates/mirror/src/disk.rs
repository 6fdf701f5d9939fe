//! The folder of plain files, as a mirror sees it.
//!
//! Paths are those of the disk, names with `/` between them, below the folder. No implementation follows a link, in no part of a
//! path: neither for reading nor for writing.

use selvage_vfs::Hash;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, Read};

/// What tells that a file was not touched: cheap to get, and another one after every ordinary write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// When it was written, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// When anything about it was changed, in nanoseconds since 1970; 0 where the system has no such time.
    pub changed_ns: i64,
    /// The file's number; 0 where the system has none.
    pub inode: u64,
}

impl Stamp {
    /// Whether it is the same file with the same content. A rename changes the rest.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.size, self.modified_ns, self.inode) == (other.size, other.modified_ns, other.inode)
    }

    /// When it was touched last, in milliseconds since 1970.
    #[must_use]
    pub fn touched_ms(&self) -> i64 {
        self.modified_ns.max(self.changed_ns) / 1_000_000
    }
}

/// What something in a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link.
    Link,
    /// A socket, a pipe, a device.
    Other,
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: OsString,
    /// What it is.
    pub kind: Kind,
    /// See [`Stamp`].
    pub stamp: Stamp,
}

/// What became of a step that was to happen only if nobody was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is done; what is there now.
    Done(Stamp),
    /// Something else is there than was seen. Nothing was done.
    Changed,
}

/// See the module.
pub trait Disk {
    /// What a folder holds; the empty path is the mirrored folder.
    fn list(&mut self, folder: &str) -> io::Result<Vec<Item>>;

    /// What is at a path; nothing when nothing is.
    fn stat(&mut self, path: &str) -> io::Result<Option<Item>>;

    /// Reads a file.
    fn open(&mut self, path: &str) -> io::Result<Box<dyn Read + '_>>;

    /// Gives a path a content, if it still is what was seen there: all of it, or nothing. The rights of a file that is
    /// replaced stay.
    fn put(&mut self, path: &str, seen: Option<&Stamp>, content: &mut dyn Read) -> io::Result<Put>;

    /// Gives a file that still is what was seen another path, where nothing is yet.
    fn rename(&mut self, from: &str, to: &str, seen: &Stamp) -> io::Result<Put>;

    /// Removes a file that still is what was seen; whether it was.
    fn remove(&mut self, path: &str, seen: &Stamp) -> io::Result<bool>;

    /// Makes a folder in one that is there. One that is there already is left as it is.
    fn make_folder(&mut self, path: &str) -> io::Result<()>;

    /// Removes a folder that holds nothing; whether it was there and held nothing.
    fn remove_folder(&mut self, path: &str) -> io::Result<bool>;

    /// Makes durable what was done since the last time.
    fn flush(&mut self) -> io::Result<()>;

    /// Whether a name is one that this mirror gives to what it has not finished; within, whether what has it may be the only copy,
    /// since it stood under a name of the user's once.
    fn is_own(&self, name: &str) -> Option<bool>;
}

/// The content of a file, by its name, without holding it.
///
/// # Errors
/// It can't be read.
pub(crate) fn hash_of(disk: &mut dyn Disk, path: &str) -> io::Result<(Hash, u64)> {
    let mut naming = selvage_vfs::Naming::default();
    let mut reader = disk.open(path)?;
    let (mut bytes, mut size) = (vec![0; 64 * 1024], 0);
    loop {
        match reader.read(&mut bytes)? {
            0 => return Ok((naming.hash(), size)),
            len => {
                naming.add(&bytes[..len]);
                size += len as u64;
            }
        }
    }
}
