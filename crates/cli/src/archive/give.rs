//! `selvage export`.

use super::is_zip;
use crate::commands::{call, content, typed};
use crate::error::{CliError, Result};
use crate::progress::Progress;
use crate::{home, show};
use selvage_tool::catalogue::{Entry, EntryKind, LsOutput};
use serde_json::json;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Why a zip is not written where there is something.
const FILE_THERE: &str = "it is there already, and nothing is written over";

/// Writes the files below a workspace path into a zip or a new folder.
pub fn export(folder: &Path, path: &str, to: &Path, as_json: bool) -> Result<u8> {
    let mut desk = home::open(folder)?;
    let desk = &mut desk;
    let input = json!({ "path": path, "recursive": true });
    let mut entries = typed::<LsOutput>(&call(desk, "ls", input)?)?.entries;
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let mut sink = Sink::new(to)?;
    let mut progress = Progress::new(entries.len());
    let (mut files, mut bytes) = (0_u64, 0);
    for entry in &entries {
        progress.step(&entry.path);
        let given = match entry.kind {
            EntryKind::Folder => sink.folder(entry),
            EntryKind::File => {
                files += 1;
                bytes += entry.size;
                sink.file(entry, &content(desk, &entry.path)?)
            }
        };
        given.map_err(|source| failed(to, source))?;
    }
    drop(progress);
    sink.end().map_err(|source| failed(to, source))?;
    let value = json!({ "to": to, "files": files, "bytes": bytes });
    show::value(as_json, &value, |_: &serde_json::Value| {
        format!("{}: {files} files, {bytes} bytes", to.display())
    })?;
    Ok(0)
}

fn failed(to: &Path, source: std::io::Error) -> CliError {
    CliError::Write {
        name: to.display().to_string(),
        source,
    }
}

/// Where files go. Nothing that is there already is written over.
enum Sink {
    /// Written beside its place, and put there when it is whole.
    Zip {
        writer: Box<ZipWriter<BufWriter<File>>>,
        part: Part,
        to: PathBuf,
    },
    Folder(PathBuf),
}

/// A file that is not whole yet. It goes with whoever writes it.
struct Part(PathBuf);

impl Part {
    /// A new one beside the place of the whole, by a name that nothing has.
    fn beside(to: &Path) -> Result<(Self, File)> {
        let chance = u64::from_le_bytes(home::random_bytes());
        let path = to.with_extension(format!("zip.{chance:016x}.part"));
        let file = create_new(&path).map_err(|source| failed(&path, source))?;
        Ok((Self(path), file))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // One that was put in its place has another name.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn create_new(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn there(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::AlreadyExists, what)
}

impl Sink {
    fn new(to: &Path) -> Result<Self> {
        if is_zip(to) {
            if to.exists() {
                return Err(failed(to, there(FILE_THERE)));
            }
            let (part, file) = Part::beside(to)?;
            return Ok(Self::Zip {
                writer: Box::new(ZipWriter::new(BufWriter::new(file))),
                part,
                to: to.to_owned(),
            });
        }
        std::fs::create_dir_all(to).map_err(|source| failed(to, source))?;
        let mut inside = std::fs::read_dir(to).map_err(|source| failed(to, source))?;
        match inside.next() {
            Some(_) => Err(failed(to, there("the folder holds something already"))),
            None => Ok(Self::Folder(to.to_owned())),
        }
    }

    fn folder(&mut self, entry: &Entry) -> std::io::Result<()> {
        match self {
            Self::Zip { writer, .. } => Ok(writer.add_directory(&*entry.path, options())?),
            Self::Folder(to) => DirBuilder::new()
                .recursive(true)
                .create(to.join(&entry.path)),
        }
    }

    fn file(&mut self, entry: &Entry, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Zip { writer, .. } => {
                writer.start_file(&*entry.path, options())?;
                writer.write_all(bytes)
            }
            Self::Folder(to) => {
                let at = to.join(&entry.path);
                if let Some(above) = at.parent() {
                    std::fs::create_dir_all(above)?;
                }
                create_new(&at)?.write_all(bytes)
            }
        }
    }

    fn end(self) -> std::io::Result<()> {
        if let Self::Zip { writer, part, to } = self {
            let file = writer.finish()?.into_inner();
            file.map_err(std::io::IntoInnerError::into_error)?
                .sync_all()?;
            // A rename asks nobody what was put there meanwhile.
            if to.exists() {
                return Err(there(FILE_THERE));
            }
            std::fs::rename(&part.0, to)?;
        }
        Ok(())
    }
}

/// Without a time, so that equal workspaces give equal archives.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
}
