//! What a mirror remembers, in a file beside the workspace.

use crate::memory::Log;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// See the module.
pub struct FileLog(PathBuf);

impl FileLog {
    /// The file at a path, which need not be there.
    #[must_use]
    pub fn new(file: PathBuf) -> Self {
        Self(file)
    }

    fn options() -> OpenOptions {
        let mut options = OpenOptions::new();
        // It names files of the user.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.create(true);
        options
    }

    /// The file's name is durable with its folder.
    fn keep_name(&self) -> io::Result<()> {
        #[cfg(unix)]
        if let Some(folder) = self.0.parent().filter(|it| *it != Path::new("")) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Log for FileLog {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        match std::fs::read(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let is_new = !self.0.exists();
        let mut file = Self::options().append(true).open(&self.0)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        if is_new {
            self.keep_name()?;
        }
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let new = self.0.with_extension("new");
        let mut file = Self::options().write(true).truncate(true).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, &self.0)?;
        self.keep_name()
    }
}
