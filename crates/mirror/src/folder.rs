//! A folder of this machine. Every path is walked from the folder's own handle, name by name, and no name may be a link: so nothing
//! that somebody puts into the folder, at any moment, leads out of it or into git's own part of it.

mod rename;

use crate::disk::{Disk, Item, Kind, Put, Stamp};
use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, OpenOptions};
use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use rename::{link_new, rename_new, swap};

/// What names of the mirror's own begin with. They are ignored on both sides, whoever made them.
pub const OWN_PREFIX: &str = ".selvage-mirror.";

/// A file that is being written: worth nothing before it is whole.
const PART: &str = "part";
/// A file that is about to change places with another, or was just taken away.
const SWAP: &str = "swap";

/// See the module.
pub struct FolderDisk {
    root: Dir,
    /// What tells the names of this mirror from those of another one in the same folder.
    tag: String,
    made: u64,
    /// Folders whose names changed since they were made durable.
    changed: BTreeSet<String>,
}

impl FolderDisk {
    /// Opens a folder. `tag` is letters and digits, of this mirror alone.
    ///
    /// # Errors
    /// It is not there, or no folder.
    pub fn open(folder: &Path, tag: &str) -> io::Result<Self> {
        Ok(Self {
            root: Dir::open_ambient_dir(folder, ambient_authority())?,
            tag: tag.to_owned(),
            made: 0,
            changed: BTreeSet::new(),
        })
    }

    fn dir(&self, folder: &str) -> io::Result<Dir> {
        let mut dir = self.root.try_clone()?;
        for name in folder.split('/').filter(|name| !name.is_empty()) {
            dir = dir.open_dir_nofollow(name)?;
        }
        Ok(dir)
    }

    /// The folder that a path is in, and its last name.
    fn place<'a>(&self, path: &'a str) -> io::Result<(Dir, &'a str)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok((self.dir(folder)?, name))
    }

    fn own(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{OWN_PREFIX}{}.{what}.{}", self.tag, self.made)
    }

    fn touch(&mut self, path: &str) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.changed.insert(folder.to_owned());
    }

    /// Writes a content under a name of the mirror's own, whole and durable.
    fn write(
        &mut self,
        dir: &Dir,
        like: Option<&Metadata>,
        content: &mut dyn Read,
    ) -> io::Result<String> {
        let part = self.own(PART);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if like.is_some() {
            // Until it has the rights of what it replaces, nobody else reads it.
            cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut write = || -> io::Result<()> {
            let mut file = dir.open_with(&part, &options)?;
            io::copy(content, &mut file)?;
            if let Some(like) = like {
                file.set_permissions(like.permissions())?;
            }
            file.flush()?;
            file.sync_all()
        };
        let written = write();
        let swap = self.own(SWAP);
        let named = written.and_then(|()| dir.rename(&part, dir, &swap));
        match named {
            Ok(()) => Ok(swap),
            Err(error) => {
                // What can't be taken away now is taken away by the next pass.
                let _ = dir.remove_file(&part);
                Err(error)
            }
        }
    }
}

impl Disk for FolderDisk {
    fn list(&mut self, folder: &str) -> io::Result<Vec<Item>> {
        let mut items = Vec::new();
        for entry in self.dir(folder)?.entries()? {
            let entry = entry?;
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                // It went while the folder was read.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            items.push(item(entry.file_name(), &metadata));
        }
        Ok(items)
    }

    fn stat(&mut self, path: &str) -> io::Result<Option<Item>> {
        let (dir, name) = match self.place(path) {
            Ok(place) => place,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(seen(&dir, name)?.map(|metadata| item(name.into(), &metadata)))
    }

    fn open(&mut self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let (dir, name) = self.place(path)?;
        let mut options = OpenOptions::new();
        // A pipe that took the place of a file must not keep the mirror waiting.
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let file = dir.open_with(name, &options)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is no file"));
        }
        Ok(Box::new(file))
    }

    fn put(&mut self, path: &str, seen: Option<&Stamp>, content: &mut dyn Read) -> io::Result<Put> {
        let (dir, name) = self.place(path)?;
        let now = self::seen(&dir, name)?;
        let is_as_seen = match (&now, seen) {
            (None, None) => true,
            (Some(now), Some(seen)) => now.is_file() && stamp(now).is_same(seen),
            _ => false,
        };
        if !is_as_seen {
            return Ok(Put::Changed);
        }
        let new = self.write(&dir, now.as_ref(), content)?;
        self.touch(path);
        let placed = match seen {
            None => link_new(&dir, &new, name),
            Some(seen) => swap(&dir, &new, name, seen),
        };
        match placed {
            Ok(true) => Ok(match self::seen(&dir, name)? {
                Some(there) => Put::Done(stamp(&there)),
                None => Put::Changed,
            }),
            Ok(false) => Ok(Put::Changed),
            Err(error) => {
                let _ = dir.remove_file(&new);
                Err(error)
            }
        }
    }

    fn rename(&mut self, from: &str, to: &str, seen: &Stamp) -> io::Result<Put> {
        let (dir, name) = self.place(from)?;
        let (target, new) = self.place(to)?;
        let is_as_seen =
            self::seen(&dir, name)?.is_some_and(|now| now.is_file() && stamp(&now).is_same(seen));
        if !is_as_seen || !rename_new(&dir, name, &target, new)? {
            return Ok(Put::Changed);
        }
        self.touch(from);
        self.touch(to);
        Ok(match self::seen(&target, new)? {
            Some(there) => Put::Done(stamp(&there)),
            None => Put::Changed,
        })
    }

    fn remove(&mut self, path: &str, seen: &Stamp) -> io::Result<bool> {
        let (dir, name) = self.place(path)?;
        if !self::seen(&dir, name)?.is_some_and(|now| now.is_file() && stamp(&now).is_same(seen)) {
            return Ok(false);
        }
        // Taken aside first: what is removed then is what was looked at.
        let aside = self.own(SWAP);
        dir.rename(name, &dir, &aside)?;
        self.touch(path);
        let taken = self::seen(&dir, &aside)?;
        if taken.is_some_and(|taken| stamp(&taken).is_same(seen)) {
            dir.remove_file(&aside)?;
            return Ok(true);
        }
        // Somebody was there in between. Where the name is taken again by now, the next pass finds what was put aside.
        rename_new(&dir, &aside, &dir, name)?;
        Ok(false)
    }

    fn make_folder(&mut self, path: &str) -> io::Result<()> {
        let (dir, name) = self.place(path)?;
        match dir.create_dir(name) {
            Ok(()) => self.touch(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                // It has to be a folder, and no link to one.
                dir.open_dir_nofollow(name)?;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn remove_folder(&mut self, path: &str) -> io::Result<bool> {
        let (dir, name) = self.place(path)?;
        match dir.remove_dir(name) {
            Ok(()) => {
                self.touch(path);
                Ok(true)
            }
            Err(error) if is_absent(&error) || error.kind() == ErrorKind::DirectoryNotEmpty => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        #[cfg(unix)]
        for folder in std::mem::take(&mut self.changed) {
            // A handle that only leads to a folder can't be made durable: it is opened as a file is.
            match self.dir(&folder).and_then(|dir| dir.open(".")) {
                Ok(dir) => dir.sync_all()?,
                // It was removed since; the folder above is in the list.
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn is_own(&self, name: &str) -> Option<bool> {
        let rest = name.strip_prefix(OWN_PREFIX)?;
        let rest = rest.strip_prefix(&*self.tag)?;
        let what = rest.strip_prefix('.')?.split('.').next()?;
        Some(what != PART)
    }
}

/// Whether there is nothing, or a way that leads to nothing.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn seen(dir: &Dir, name: &str) -> io::Result<Option<Metadata>> {
    match dir.symlink_metadata(name) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn item(name: std::ffi::OsString, metadata: &Metadata) -> Item {
    let kind = metadata.file_type();
    Item {
        name,
        kind: if kind.is_symlink() {
            Kind::Link
        } else if kind.is_dir() {
            Kind::Folder
        } else if kind.is_file() {
            Kind::File
        } else {
            Kind::Other
        },
        stamp: stamp(metadata),
    }
}

fn stamp(metadata: &Metadata) -> Stamp {
    let modified = metadata.modified().ok();
    let since = modified.and_then(|at| {
        let since = at.into_std().duration_since(std::time::UNIX_EPOCH);
        i64::try_from(since.ok()?.as_nanos()).ok()
    });
    #[cfg(unix)]
    let (changed_ns, inode) = {
        use cap_std::fs::MetadataExt;
        let changed = metadata.ctime().saturating_mul(1_000_000_000);
        (
            changed.saturating_add(metadata.ctime_nsec()),
            metadata.ino(),
        )
    };
    #[cfg(not(unix))]
    let (changed_ns, inode) = (0, 0);
    Stamp {
        size: metadata.len(),
        modified_ns: since.unwrap_or_default(),
        changed_ns,
        inode,
    }
}
