//! Folders: what is in them, and what is done to the entries of one.

use super::{Disk, Done, Errno, Open, ROOT, clean, inode};
use selvage_tool::guest::{FileStat, HostCall};

/// An open folder. What is in it is asked for when it is first read, and then stays.
#[derive(Debug)]
pub(super) struct Folder {
    pub path: String,
    entries: Option<Vec<Entry>>,
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// As in [`super::Stat`].
    pub inode: u64,
    /// Whether it is a folder.
    pub folder: bool,
}

impl Folder {
    pub fn new(path: String) -> Self {
        Self {
            path,
            entries: None,
        }
    }
}

impl Disk {
    /// What is in a folder, itself and the one above first, as POSIX has it.
    ///
    /// # Errors
    /// [`Errno::BADF`], [`Errno::NOTDIR`], or what the host refuses.
    pub fn entries(&mut self, fd: u32) -> Done<Vec<Entry>> {
        let path = match self.open.get(&fd) {
            Some(Open::Folder(folder)) => match &folder.entries {
                Some(entries) => return Ok(entries.clone()),
                None => folder.path.clone(),
            },
            Some(Open::File(_)) => return Err(Errno::NOTDIR),
            None if fd == ROOT => String::new(),
            None => return Err(Errno::BADF),
        };
        let entries = self.list(&path)?;
        if let Some(Open::Folder(folder)) = self.open.get_mut(&fd) {
            folder.entries = Some(entries.clone());
        }
        Ok(entries)
    }

    fn list(&mut self, path: &str) -> Done<Vec<Entry>> {
        let list = HostCall::List {
            path: path.to_owned(),
        };
        let (found, _) = self.ask(&list, &[])?;
        let found: Vec<FileStat> = serde_json::from_value(found).map_err(|_| Errno::IO)?;
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        let own = [(".", path), ("..", above)].map(|(name, path)| Entry {
            name: name.to_owned(),
            inode: inode(path),
            folder: true,
        });
        Ok(own
            .into_iter()
            .chain(found.into_iter().map(|entry| Entry {
                inode: inode(&entry.path),
                name: entry.name,
                folder: entry.folder,
            }))
            .collect())
    }

    /// Makes a folder in one that is there.
    ///
    /// # Errors
    /// [`Errno::EXIST`], [`Errno::NOENT`], or what the host refuses.
    pub fn make_folder(&mut self, path: &str) -> Done {
        let path = clean(path)?;
        if self.contents.contains_key(&path) || self.found(&path)?.is_some() {
            return Err(Errno::EXIST);
        }
        // The host would make those above, too; a program that asks for one expects to be told.
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        match self.found(above)? {
            None => return Err(Errno::NOENT),
            Some(found) if !found.folder => return Err(Errno::NOTDIR),
            Some(_) => {}
        }
        self.change(&HostCall::Mkdir { path }, &[])
    }

    /// Removes a folder that is empty.
    ///
    /// # Errors
    /// [`Errno::NOENT`], [`Errno::NOTDIR`], [`Errno::NOTEMPTY`], or what the host refuses.
    pub fn remove_folder(&mut self, path: &str) -> Done {
        let path = clean(path)?;
        match self.stat(&path)? {
            stat if !stat.folder => return Err(Errno::NOTDIR),
            _ if path.is_empty() => return Err(Errno::ACCES),
            _ => {}
        }
        // Itself and the one above.
        if self.list(&path)?.len() > 2 {
            return Err(Errno::NOTEMPTY);
        }
        self.change(&HostCall::Remove { path }, &[])
    }

    /// Removes a file. Whoever has it open keeps its bytes.
    ///
    /// # Errors
    /// [`Errno::NOENT`], [`Errno::ISDIR`], or what the host refuses.
    pub fn remove_file(&mut self, path: &str) -> Done {
        let path = clean(path)?;
        if self.stat(&path)?.folder {
            return Err(Errno::ISDIR);
        }
        self.change(&HostCall::Remove { path: path.clone() }, &[])?;
        if let Some(content) = self.contents.remove(&path) {
            content.borrow_mut().path = None;
        }
        Ok(())
    }

    /// Moves a file or a folder. A file takes the place of another, and a folder that of an empty one.
    ///
    /// # Errors
    /// What POSIX says of `rename`, or what the host refuses.
    pub fn rename(&mut self, from: &str, to: &str) -> Done {
        let (from, to) = (clean(from)?, clean(to)?);
        let moved = self.stat(&from)?;
        if from == to {
            return Ok(());
        }
        self.keep_below(&from)?;
        match self.stat(&to) {
            Err(Errno::NOENT) => {}
            Err(errno) => return Err(errno),
            Ok(there) => match (moved.folder, there.folder) {
                (false, false) => self.remove_file(&to)?,
                (true, true) => self.remove_folder(&to)?,
                (false, true) => return Err(Errno::ISDIR),
                (true, false) => return Err(Errno::NOTDIR),
            },
        }
        let call = HostCall::Move {
            from: from.clone(),
            to: to.clone(),
        };
        self.change(&call, &[])?;
        let below = format!("{from}/");
        let old: Vec<String> = self
            .contents
            .keys()
            .filter(|path| **path == from || path.starts_with(&below))
            .cloned()
            .collect();
        for path in old {
            if let Some(content) = self.contents.remove(&path) {
                let new = format!("{to}{}", &path[from.len()..]);
                content.borrow_mut().path = Some(new.clone());
                self.contents.insert(new, content);
            }
        }
        Ok(())
    }

    /// Gives the host what was written at a path and below it.
    fn keep_below(&mut self, path: &str) -> Done {
        let below = format!("{path}/");
        let open: Vec<_> = self
            .contents
            .iter()
            .filter(|(open, _)| *open == path || open.starts_with(&below))
            .map(|(_, content)| content.clone())
            .collect();
        open.iter().try_for_each(|content| self.keep(content))
    }
}
