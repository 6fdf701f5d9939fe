//! The workspace's storage files in the origin private file system.
//!
//! A sync access handle is a JavaScript object and belongs to this Worker, while a storage backend
//! must be able to move between threads. The backend therefore holds a number, and the handle stays
//! in a table of the Worker's own.

use selvage_vfs::storage::{JournaledStorage, StorageBackend};
use std::cell::RefCell;
use std::io::{Error, ErrorKind};
use wasm_bindgen::{JsError, JsValue};
use web_sys::{FileSystemReadWriteOptions, FileSystemSyncAccessHandle};

thread_local! {
    static HANDLES: RefCell<Vec<FileSystemSyncAccessHandle>> = const { RefCell::new(Vec::new()) };
}

/// A storage file behind a sync access handle.
#[derive(Debug)]
pub struct OpfsFile(usize);

impl OpfsFile {
    /// Takes a handle over.
    pub fn new(handle: FileSystemSyncAccessHandle) -> Self {
        HANDLES.with_borrow_mut(|handles| {
            handles.push(handle);
            Self(handles.len() - 1)
        })
    }

    fn with<T>(
        &self,
        act: impl FnOnce(&FileSystemSyncAccessHandle) -> Result<T, JsValue>,
    ) -> Result<T, Error> {
        HANDLES.with_borrow(|handles| match handles.get(self.0) {
            Some(handle) => act(handle).map_err(|error| failure(&error)),
            None => Err(Error::new(
                ErrorKind::NotConnected,
                "the storage file belongs to another Worker",
            )),
        })
    }
}

/// The browser's error, with "full" told apart from everything else.
fn failure(error: &JsValue) -> Error {
    let name = js_sys::Reflect::get(error, &JsValue::from_str("name"))
        .ok()
        .and_then(|name| name.as_string());
    let kind = match name.as_deref() {
        Some("QuotaExceededError") => ErrorKind::StorageFull,
        _ => ErrorKind::Other,
    };
    Error::new(kind, format!("{error:?}"))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a storage file is far smaller than 2^53 bytes"
)]
fn at(offset: u64) -> FileSystemReadWriteOptions {
    let options = FileSystemReadWriteOptions::new();
    options.set_at(offset as f64);
    options
}

/// Storage in three files: database, journal and checksums; nothing where there are no such files.
pub fn durable(
    files: Vec<FileSystemSyncAccessHandle>,
) -> Result<Option<JournaledStorage>, JsError> {
    let files: Vec<_> = files.into_iter().map(OpfsFile::new).collect();
    match <[OpfsFile; 3]>::try_from(files) {
        Ok([database, journal, sums]) => Ok(Some(JournaledStorage::open(database, sums, journal)?)),
        Err(_) => Ok(None),
    }
}

impl StorageBackend for OpfsFile {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a file's size is a whole number"
    )]
    fn len(&self) -> Result<u64, Error> {
        self.with(|handle| handle.get_size().map(|size| size as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let mut done = 0;
        while done < out.len() {
            let position = offset + done as u64;
            let rest = &mut out[done..];
            let read =
                self.with(|handle| handle.read_with_u8_array_and_options(rest, &at(position)))?;
            if read < 1.0 {
                return Err(Error::new(
                    ErrorKind::UnexpectedEof,
                    "the storage file ends too early",
                ));
            }
            done += count(read);
        }
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a storage file is far smaller than 2^53 bytes"
    )]
    fn set_len(&self, len: u64) -> Result<(), Error> {
        self.with(|handle| handle.truncate_with_f64(len as f64))
    }

    fn sync_data(&self) -> Result<(), Error> {
        self.with(FileSystemSyncAccessHandle::flush)
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut done = 0;
        while done < data.len() {
            let position = offset + done as u64;
            let written = self.with(|handle| {
                handle.write_with_u8_array_and_options(&data[done..], &at(position))
            })?;
            if written < 1.0 {
                return Err(Error::new(
                    ErrorKind::StorageFull,
                    "the storage file took no more bytes",
                ));
            }
            done += count(written);
        }
        Ok(())
    }

    fn close(&self) -> Result<(), Error> {
        self.with(|handle| {
            handle.close();
            Ok(())
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of bytes is a whole number"
)]
fn count(bytes: f64) -> usize {
    bytes as usize
}
