//! The workspace as a file system: what WASI's functions do, over the host's calls.
//!
//! A file is read from the host when it is opened, as a whole, and is one text for everybody who has it open. What is written
//! goes to the host when a descriptor is closed or synchronised, when a call asks about that path, and when the run is over.
//! A file is made, or emptied, at the host when it is opened, so that a refusal meets the program there.

mod errno;
mod file;
mod folder;
mod lines;
mod paths;

pub use errno::Errno;
pub use file::{Access, FILE_BYTES_MAX, Whence};
pub use folder::Entry;
pub use lines::{LINE_BYTES_MAX, Lines};

use crate::secrets::Secrets;
use file::{Content, File};
use folder::Folder;
use paths::{clean, inode};
use selvage_guest::Host;
use selvage_tool::guest::{FileStat, HostCall, LogLevel};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most descriptors that are open at a time.
pub const OPEN_MAX: usize = 256;
/// The descriptor of the workspace's root, from which every path is looked up.
pub const ROOT: u32 = 3;
/// The first descriptor that an open file gets.
const FIRST: u32 = 4;

/// What a call gives.
pub type Done<T = ()> = Result<T, Errno>;

/// What is known of something in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Tells two things apart; the same for the same path.
    pub inode: u64,
    /// Whether it is a folder.
    pub folder: bool,
    /// Bytes; 0 for a folder.
    pub size: u64,
    /// Grows with each change that the run makes anywhere, so that what was noted of a folder is known to be old.
    pub changed: u64,
}

enum Open {
    File(File),
    Folder(Folder),
}

/// The workspace as a file system.
pub struct Disk {
    host: Rc<dyn Host>,
    open: BTreeMap<u32, Open>,
    contents: BTreeMap<String, Rc<RefCell<Content>>>,
    output: Lines,
    errors: Lines,
    changes: u64,
    refusal: Option<ToolError>,
    /// What is never told.
    pub secrets: Secrets,
}

impl Disk {
    /// A file system with nothing open but its root.
    #[must_use]
    pub fn new(host: Rc<dyn Host>) -> Self {
        Self {
            host,
            open: BTreeMap::new(),
            contents: BTreeMap::new(),
            output: Lines::new(LogLevel::Info),
            errors: Lines::new(LogLevel::Error),
            changes: 0,
            refusal: None,
            secrets: Secrets::default(),
        }
    }

    /// What the host last refused for a reason that a number does not tell: a grant or a quota.
    pub fn take_refusal(&mut self) -> Option<ToolError> {
        self.refusal.take()
    }

    /// Notes such a refusal of something that is no file.
    pub fn refuse(&mut self, refusal: ToolError) {
        self.refusal = Some(refusal);
    }

    fn ask(&mut self, call: &HostCall, body: &[u8]) -> Done<(Value, Vec<u8>)> {
        self.host.call(call, body).map_err(|error| {
            let errno = Errno::from(error.code);
            if matches!(errno, Errno::ACCES | Errno::DQUOT | Errno::IO) {
                self.refusal = Some(error);
            }
            errno
        })
    }

    fn change(&mut self, call: &HostCall, body: &[u8]) -> Done {
        self.changes += 1;
        self.ask(call, body).map(drop)
    }

    fn found(&mut self, path: &str) -> Done<Option<FileStat>> {
        let path = path.to_owned();
        let (found, _) = self.ask(&HostCall::Stat { path }, &[])?;
        serde_json::from_value(found).map_err(|_| Errno::IO)
    }

    /// What is at a path.
    ///
    /// # Errors
    /// [`Errno::NOENT`], or what the host refuses.
    pub fn stat(&mut self, path: &str) -> Done<Stat> {
        let path = &clean(path)?;
        let inode = inode(path);
        let changed = self.changes;
        if let Some(content) = self.contents.get(path) {
            let size = content.borrow().bytes.len() as u64;
            return Ok(Stat {
                inode,
                folder: false,
                size,
                changed,
            });
        }
        let found = self.found(path)?.ok_or(Errno::NOENT)?;
        Ok(Stat {
            inode,
            folder: found.folder,
            size: found.size,
            changed,
        })
    }

    /// What a descriptor stands for; nothing for the three streams, which have neither a size nor a place.
    ///
    /// # Errors
    /// [`Errno::BADF`], or as [`Self::stat`].
    pub fn stat_of(&mut self, fd: u32) -> Done<Option<Stat>> {
        let path = match (fd, self.open.get(&fd)) {
            (0..ROOT, _) => return Ok(None),
            (ROOT, _) => String::new(),
            (_, Some(Open::Folder(folder))) => folder.path.clone(),
            (_, Some(Open::File(file))) => {
                let content = file.content.borrow();
                return Ok(Some(Stat {
                    inode: content.path.as_deref().map_or(1, inode),
                    folder: false,
                    size: content.bytes.len() as u64,
                    changed: self.changes,
                }));
            }
            (_, None) => return Err(Errno::BADF),
        };
        self.stat(&path).map(Some)
    }

    /// Opens a file or a folder.
    ///
    /// # Errors
    /// What keeps it from being opened in this way.
    pub fn open(&mut self, path: &str, access: Access) -> Done<u32> {
        let path = clean(path)?;
        let fd = self.free()?;
        if let Some(content) = self.contents.get(&path).cloned() {
            if access.folder {
                return Err(Errno::NOTDIR);
            }
            if access.creates && access.exclusive {
                return Err(Errno::EXIST);
            }
            let file = File::new(content, access);
            if access.empties {
                file.content.borrow_mut().cut(0)?;
            }
            self.open.insert(fd, Open::File(file));
            return Ok(fd);
        }
        match self.found(&path)? {
            None if access.creates && !access.folder => {
                let write = HostCall::Write { path: path.clone() };
                self.change(&write, &[])?;
                self.open_file(fd, path, Vec::new(), access);
            }
            None => return Err(Errno::NOENT),
            Some(_) if access.creates && access.exclusive => return Err(Errno::EXIST),
            Some(found) if found.folder && access.writes => return Err(Errno::ISDIR),
            Some(found) if found.folder => {
                self.open.insert(fd, Open::Folder(Folder::new(path)));
            }
            Some(_) if access.folder => return Err(Errno::NOTDIR),
            Some(_) if access.empties => {
                let write = HostCall::Write { path: path.clone() };
                self.change(&write, &[])?;
                self.open_file(fd, path, Vec::new(), access);
            }
            Some(_) => {
                let read = HostCall::Read { path: path.clone() };
                let (_, bytes) = self.ask(&read, &[])?;
                self.open_file(fd, path, bytes, access);
            }
        }
        Ok(fd)
    }

    fn open_file(&mut self, fd: u32, path: String, bytes: Vec<u8>, access: Access) {
        let content = Rc::new(RefCell::new(Content::new(path.clone(), bytes)));
        self.contents.insert(path, content.clone());
        self.open.insert(fd, Open::File(File::new(content, access)));
    }

    fn free(&self) -> Done<u32> {
        (FIRST..)
            .take(OPEN_MAX)
            .find(|fd| !self.open.contains_key(fd))
            .ok_or(Errno::MFILE)
    }

    /// Closes a descriptor, and gives the host what was written.
    ///
    /// # Errors
    /// [`Errno::BADF`], or what the host refuses; it is closed all the same.
    pub fn close(&mut self, fd: u32) -> Done {
        match self.open.remove(&fd) {
            Some(Open::File(file)) => {
                let kept = self.keep(&file.content);
                let path = file.content.borrow().path.clone();
                // The other one is in the map.
                if let Some(path) = path
                    && Rc::strong_count(&file.content) == 2
                {
                    self.contents.remove(&path);
                }
                kept
            }
            Some(Open::Folder(_)) => Ok(()),
            None if fd < FIRST => Ok(()),
            None => Err(Errno::BADF),
        }
    }

    /// Gives the host what was written.
    ///
    /// # Errors
    /// As [`Self::close`].
    pub fn sync(&mut self, fd: u32) -> Done {
        match self.open.get(&fd) {
            Some(Open::File(file)) => {
                let content = file.content.clone();
                self.keep(&content)
            }
            Some(Open::Folder(_)) => Ok(()),
            None if fd < FIRST => Ok(()),
            None => Err(Errno::BADF),
        }
    }

    /// Gives the host everything that was written and not given yet, and tells the lines that have no end.
    ///
    /// # Errors
    /// The first thing that the host refuses.
    pub fn sync_all(&mut self) -> Result<(), ToolError> {
        let contents: Vec<_> = self.contents.values().cloned().collect();
        for content in contents {
            if let Err(errno) = self.keep(&content) {
                return Err(self.refusal.take().unwrap_or_else(|| {
                    let message = format!("a file could not be kept: error {}", errno.0);
                    ToolError::new(ErrorCode::RuntimeException, message)
                }));
            }
        }
        self.output.flush(&self.secrets, &*self.host)?;
        self.errors.flush(&self.secrets, &*self.host)
    }

    /// Writes a content back, where it changed and has a place.
    fn keep(&mut self, content: &Rc<RefCell<Content>>) -> Done {
        let (call, bytes) = {
            let mut content = content.borrow_mut();
            match content.path.clone() {
                Some(path) if content.changed => {
                    content.changed = false;
                    (HostCall::Write { path }, content.bytes.clone())
                }
                _ => return Ok(()),
            }
        };
        self.change(&call, &bytes)
    }

    fn file(&mut self, fd: u32) -> Done<&mut File> {
        match self.open.get_mut(&fd) {
            Some(Open::File(file)) => Ok(file),
            Some(Open::Folder(_)) => Err(Errno::ISDIR),
            None if fd == ROOT => Err(Errno::ISDIR),
            None if fd < ROOT => Err(Errno::SPIPE),
            None => Err(Errno::BADF),
        }
    }

    /// Reads from where the descriptor stands, or from a place, as many bytes as there are. Standard input is empty.
    ///
    /// # Errors
    /// [`Errno::BADF`] or [`Errno::ISDIR`].
    pub fn read(&mut self, fd: u32, at: Option<u64>, length: usize) -> Done<Vec<u8>> {
        if fd == 0 {
            return Ok(Vec::new());
        }
        self.file(fd)?.read(at, length)
    }

    /// Writes at where the descriptor stands, or at a place. The two streams go to the log.
    ///
    /// # Errors
    /// [`Errno::BADF`], [`Errno::ISDIR`], [`Errno::FBIG`], and [`Errno::IO`] when the output quota is used up.
    pub fn write(&mut self, fd: u32, at: Option<u64>, bytes: &[u8]) -> Done {
        let told = match fd {
            1 => self.output.write(bytes, &self.secrets, &*self.host),
            2 => self.errors.write(bytes, &self.secrets, &*self.host),
            _ => return self.file(fd)?.write(at, bytes),
        };
        told.map_err(|error| {
            let errno = Errno::from(error.code);
            self.refusal = Some(error);
            errno
        })
    }

    /// Tells a log entry, after what was printed before it.
    ///
    /// # Errors
    /// What the host says: the output quota, for one.
    pub fn log(&mut self, level: LogLevel, text: &str) -> Result<(), ToolError> {
        self.output.flush(&self.secrets, &*self.host)?;
        self.errors.flush(&self.secrets, &*self.host)?;
        let source = "console".to_owned();
        let call = HostCall::Log { level, source };
        let text = self.secrets.hidden(text);
        self.host.call(&call, text.as_bytes()).map(drop)
    }

    /// Moves to a place in a file, and gives it.
    ///
    /// # Errors
    /// [`Errno::BADF`], [`Errno::ISDIR`], [`Errno::SPIPE`], and [`Errno::INVAL`] before the beginning.
    pub fn seek(&mut self, fd: u32, offset: i64, whence: Whence) -> Done<u64> {
        self.file(fd)?.seek(offset, whence)
    }

    /// Cuts a file, or fills it up with zeros.
    ///
    /// # Errors
    /// [`Errno::BADF`], [`Errno::ISDIR`] and [`Errno::FBIG`].
    pub fn set_size(&mut self, fd: u32, size: u64) -> Done {
        let file = self.file(fd)?;
        if !file.access.writes {
            return Err(Errno::INVAL);
        }
        file.content.borrow_mut().cut(size)
    }

    /// Whether a descriptor is open, and a folder's.
    ///
    /// # Errors
    /// [`Errno::BADF`].
    pub fn is_folder(&self, fd: u32) -> Done<bool> {
        match self.open.get(&fd) {
            Some(open) => Ok(matches!(open, Open::Folder(_))),
            None if fd <= ROOT => Ok(fd == ROOT),
            None => Err(Errno::BADF),
        }
    }
}

#[cfg(test)]
mod tests;
