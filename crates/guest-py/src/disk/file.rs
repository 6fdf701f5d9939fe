//! Open files.

use super::{Done, Errno};
use std::cell::RefCell;
use std::rc::Rc;

/// The most bytes of a file that is open.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How something is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the flags of `open`"
)]
pub struct Access {
    /// May be read.
    pub reads: bool,
    /// May be written.
    pub writes: bool,
    /// Each write goes to the end.
    pub appends: bool,
    /// Is made where there is nothing.
    pub creates: bool,
    /// Must not be there before.
    pub exclusive: bool,
    /// Loses what is in it.
    pub empties: bool,
    /// Must be a folder.
    pub folder: bool,
}

/// From where a place is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whence {
    /// The beginning.
    Start,
    /// Where the descriptor stands.
    Here,
    /// The end.
    End,
}

/// A file's bytes, shared by all that have it open.
#[derive(Debug)]
pub(super) struct Content {
    /// Where it lies; nothing when it was removed meanwhile.
    pub path: Option<String>,
    pub bytes: Vec<u8>,
    /// Whether the host has not seen it like this.
    pub changed: bool,
}

impl Content {
    pub fn new(path: String, bytes: Vec<u8>) -> Self {
        Self {
            path: Some(path),
            bytes,
            changed: false,
        }
    }

    /// Makes it this long.
    pub fn cut(&mut self, size: u64) -> Done {
        let size = fits(size)?;
        self.bytes.resize(size, 0);
        self.changed = true;
        Ok(())
    }
}

/// A place in a file that may be as long as that.
fn fits(size: u64) -> Done<usize> {
    if size > FILE_BYTES_MAX {
        return Err(Errno::FBIG);
    }
    usize::try_from(size).map_err(|_| Errno::FBIG)
}

/// A descriptor of a file.
#[derive(Debug)]
pub(super) struct File {
    pub content: Rc<RefCell<Content>>,
    pub access: Access,
    at: u64,
}

impl File {
    pub fn new(content: Rc<RefCell<Content>>, access: Access) -> Self {
        Self {
            content,
            access,
            at: 0,
        }
    }

    pub fn read(&mut self, at: Option<u64>, length: usize) -> Done<Vec<u8>> {
        if !self.access.reads {
            return Err(Errno::BADF);
        }
        let content = self.content.borrow();
        let all = content.bytes.len();
        let start = usize::try_from(at.unwrap_or(self.at)).map_or(all, |start| start.min(all));
        let read = content.bytes[start..start.saturating_add(length).min(all)].to_vec();
        if at.is_none() {
            self.at += read.len() as u64;
        }
        Ok(read)
    }

    pub fn write(&mut self, at: Option<u64>, bytes: &[u8]) -> Done {
        if !self.access.writes {
            return Err(Errno::BADF);
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let mut content = self.content.borrow_mut();
        let end = content.bytes.len() as u64;
        let start = if self.access.appends {
            end
        } else {
            at.unwrap_or(self.at)
        };
        let (from, to) = (
            fits(start)?,
            fits(start.saturating_add(bytes.len() as u64))?,
        );
        if content.bytes.len() < to {
            content.bytes.resize(to, 0);
        }
        content.bytes[from..to].copy_from_slice(bytes);
        content.changed = true;
        if at.is_none() {
            self.at = to as u64;
        }
        Ok(())
    }

    pub fn seek(&mut self, offset: i64, whence: Whence) -> Done<u64> {
        let base = match whence {
            Whence::Start => 0,
            Whence::Here => self.at,
            Whence::End => self.content.borrow().bytes.len() as u64,
        };
        self.at = base.checked_add_signed(offset).ok_or(Errno::INVAL)?;
        Ok(self.at)
    }
}
