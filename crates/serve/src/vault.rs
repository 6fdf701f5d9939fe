//! The folder of a workspace that this host holds itself.
//!
//! It holds the workspace's database and journal, the names under which this device writes and the
//! ledger is found (`identity`), the seat of this device when the workspace is shared (`device`),
//! and the token of clients (`token`). Nothing of it is encrypted: whoever may read the folder has
//! the workspace and the device's keys.

use crate::error::{Result, ServeError};
use selvage_clients::DocumentId;
use selvage_vfs::Workspace;
use selvage_vfs::storage::{JournaledStorage, backends::FileBackend};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes of a token before it is written as hexadecimal digits.
const TOKEN_BYTES: usize = 16;

/// See the module.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
    document: DocumentId,
}

impl Vault {
    /// Opens a folder, or makes it.
    pub fn open(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|source| ServeError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
        let identity = kept(&folder.join("identity"), || Ok(random::<32>()?.to_vec()))?;
        let Ok(identity) = <[u8; 32]>::try_from(&identity[..]) else {
            let why = "the file `identity` has another length than 32 bytes".to_owned();
            return Err(ServeError::Workspace {
                folder: folder.to_owned(),
                why,
            });
        };
        let mut document = [0; 16];
        document.copy_from_slice(&identity[16..]);
        Ok(Self {
            folder: folder.to_owned(),
            document: DocumentId(document),
        })
    }

    /// Whether a folder holds a workspace.
    pub fn is_in(folder: &Path) -> bool {
        folder.join("identity").is_file()
    }

    /// The ledger's name for automerge-repo, while the workspace is not shared.
    pub(crate) fn document(&self) -> DocumentId {
        self.document
    }

    /// Where this device's seat is kept.
    pub(crate) fn seat_file(&self) -> PathBuf {
        self.folder.join("device")
    }

    /// What is kept of this device, when the workspace is shared or it is about to come in.
    pub(crate) fn seat(&self) -> Result<Option<Vec<u8>>> {
        match std::fs::read(self.seat_file()) {
            // Nothing is kept of a device that did not come in.
            Ok(bytes) => Ok(Some(bytes).filter(|bytes| !bytes.is_empty())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The token that clients name, as text.
    pub fn token(&self) -> Result<String> {
        let made = || {
            let digits = random::<TOKEN_BYTES>()?.map(|byte| format!("{byte:02x}"));
            Ok(digits.concat().into_bytes())
        };
        let bytes = kept(&self.folder.join("token"), made)?;
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if text.len() < 2 * TOKEN_BYTES || !is_plain {
            let why = "the file `token` holds something else than 32 letters and digits, or more";
            return Err(ServeError::Workspace {
                folder: self.folder.clone(),
                why: why.to_owned(),
            });
        }
        Ok(text)
    }

    /// Opens the workspace. Another program that has it open keeps it from being opened.
    ///
    /// Each opening writes as an actor of its own. A record at the journal's end that was damaged after the power was
    /// lost can't be told from one that was cut short (SPEC D8), and others may have seen what it held: an actor that went
    /// on from there would give one number to two changes.
    pub fn workspace(&self) -> Result<Workspace> {
        let failed = |why: String| ServeError::Workspace {
            folder: self.folder.clone(),
            why,
        };
        let file = |name| -> Result<FileBackend> {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            let file = options.open(self.folder.join(name))?;
            // The journaled storage has no lock of its own. One that stands on a file goes with it, however the program ends.
            file.try_lock().map_err(|why| match why {
                TryLockError::WouldBlock => ServeError::Held {
                    folder: self.folder.clone(),
                },
                TryLockError::Error(error) => error.into(),
            })?;
            FileBackend::new(file).map_err(|error| failed(error.to_string()))
        };
        let database = file("workspace.redb")?;
        let (sums, journal) = (file("workspace.sums")?, file("workspace.journal")?);
        let storage = JournaledStorage::open(database, sums, journal);
        let storage = storage.map_err(|error| failed(error.to_string()))?;
        Workspace::open(Box::new(storage), random()?).map_err(|error| failed(error.to_string()))
    }
}

/// A small file's bytes; made, for its owner alone, when it is not there.
fn kept(file: &Path, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    match std::fs::read(file) {
        Ok(bytes) => return Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let bytes = make()?;
    replace(file, &bytes)?;
    Ok(bytes)
}

/// Writes a small file, for its owner alone, so that a death leaves all of the old or all of the new.
///
/// # Errors
/// The folder can't be written to.
pub fn replace(file: &Path, bytes: &[u8]) -> Result<()> {
    let new = file.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&new)?;
    written.write_all(bytes)?;
    written.sync_all()?;
    std::fs::rename(&new, file)?;
    // The new name is durable with the folder.
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}
