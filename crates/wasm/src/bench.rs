//! The workspace alone, for benchmarks: the same code as in the page, called without the engine.

use crate::opfs::durable;
use selvage_sync::{Role, Session};
use selvage_vfs::storage::{MemoryStorage, Storage};
use selvage_vfs::{Meta, Op, Origin, OriginKind, Query, SearchIn, Splice, Workspace};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};
use web_sys::FileSystemSyncAccessHandle;

/// A storage that is open, and no workspace read from it yet.
#[wasm_bindgen]
pub struct Store(Box<dyn Storage>);

#[wasm_bindgen]
impl Store {
    /// Opens storage: in three files (database, journal, checksums), or in memory when there are none.
    ///
    /// # Errors
    /// When the files hold something else.
    #[wasm_bindgen(constructor)]
    pub fn new(files: Vec<FileSystemSyncAccessHandle>) -> Result<Store, JsError> {
        Ok(match durable(files)? {
            Some(storage) => Self(Box::new(storage)),
            None => Self(Box::new(MemoryStorage::new())),
        })
    }
}

/// One replica with at most one session.
#[wasm_bindgen]
pub struct Replica {
    workspace: Workspace,
    session: Session,
    ids: u64,
    meta: Meta,
}

#[wasm_bindgen]
impl Replica {
    /// Opens the workspace of a storage, as the replica of this number.
    ///
    /// # Errors
    /// When what storage holds can't be read.
    #[wasm_bindgen(constructor)]
    pub fn new(store: Store, number: u8) -> Result<Replica, JsError> {
        Ok(Self {
            workspace: Workspace::open(store.0, [number; 16])?,
            session: Session::new(Role::Responder),
            ids: u64::from(number) << 32,
            meta: Meta::new(
                1_700_000_000_000,
                Origin::new(OriginKind::Person, "Ada"),
                "Work",
            ),
        })
    }

    fn apply(&mut self, ops: &[Op]) -> Result<(), JsError> {
        let Self {
            workspace,
            ids,
            meta,
            ..
        } = self;
        let mut random = || {
            let high = splitmix(ids);
            (u128::from(high) << 64) | u128::from(splitmix(ids))
        };
        meta.at_ms += 1000;
        workspace.apply(&mut random, meta, ops)?;
        Ok(())
    }

    /// Writes files, as one change.
    ///
    /// # Errors
    /// When a path or the storage does not take it.
    pub fn write(&mut self, paths: Vec<String>, texts: Vec<String>) -> Result<(), JsError> {
        let files = paths.into_iter().zip(texts);
        let ops: Vec<Op> = files.map(|(path, text)| Op::write(path, text)).collect();
        self.apply(&ops)
    }

    /// Moves a file, as one change.
    ///
    /// # Errors
    /// When a path or the storage does not take it.
    pub fn rename(&mut self, from: String, to: String) -> Result<(), JsError> {
        self.apply(&[Op::Move { from, to }])
    }

    /// Makes edits in a text file: `places` holds place and removed length of each, `letters` what
    /// each inserts, with NUL between them. Gives the bytes that a peer is sent for it.
    ///
    /// # Errors
    /// When the path, an edit or the storage does not take it.
    pub fn edit(&mut self, path: &str, places: &[u32], letters: &str) -> Result<usize, JsError> {
        let edits = places.as_chunks::<2>().0.iter().zip(letters.split('\0'));
        let splices: Vec<Splice> = edits
            .map(|(place, insert)| Splice {
                at: place[0],
                remove: place[1],
                insert: insert.to_owned(),
            })
            .collect();
        let before = self.workspace.texts_number();
        self.workspace.type_into(path, &splices, &self.meta)?;
        let updates = self.workspace.texts_since(before).unwrap_or_default();
        Ok(updates.iter().map(|(_, update)| update.len()).sum())
    }

    /// A live text as one update.
    ///
    /// # Errors
    /// When there is none.
    pub fn text_update(&self, path: &str) -> Result<Vec<u8>, JsError> {
        let id = self.workspace.stat(path)?.id;
        Ok(self.workspace.text_since(id, &[])?.unwrap_or_default())
    }

    /// A file's text.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(&self, path: &str) -> Result<String, JsError> {
        Ok(String::from_utf8(self.workspace.read(path)?)?)
    }

    /// Every path of a file, in lines.
    pub fn list(&self) -> String {
        let entries = self.workspace.snapshot().entries();
        let files = entries.iter().filter(|entry| !entry.is_folder());
        files
            .map(|entry| entry.path.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// How many matches a search has, in names or in contents.
    ///
    /// # Errors
    /// When a content can't be read.
    pub fn search(&self, text: &str, is_in_names: bool) -> Result<usize, JsError> {
        let within = match is_in_names {
            true => SearchIn::Name,
            false => SearchIn::Content,
        };
        let query = Query {
            within,
            limit: selvage_vfs::limits::MATCHES_MAX,
            ..Query::new(text)
        };
        Ok(self.workspace.search(&query)?.matches.len())
    }

    /// Reads the whole ledger, if that did not happen yet.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn read_history(&self) -> Result<(), JsError> {
        Ok(self.workspace.read_history()?)
    }

    /// Bytes that another replica needs to have all of it: the saved ledger, live texts, contents.
    ///
    /// # Errors
    /// When a text can't be read.
    pub fn saved_bytes(&self) -> Result<f64, JsError> {
        let delta = self.workspace.ledger_since(&[]);
        let mut bytes: u64 = delta.blobs.iter().map(|(_, size)| size).sum();
        bytes += delta.document.map_or(0, |document| document.len() as u64);
        for (node, _) in self.workspace.text_digests()? {
            let update = self.workspace.text_since(node, &[])?;
            // Whose text it is, is saved with it.
            bytes += update.map_or(0, |update| 16 + update.len() as u64);
        }
        Ok(count(bytes))
    }

    /// A name for all that is exchanged.
    ///
    /// # Errors
    /// When a text can't be read.
    pub fn digest(&self) -> Result<String, JsError> {
        Ok(self.workspace.digest()?.to_string())
    }

    /// Opens a link: as the one that speaks first, or not. Gives the first frames.
    ///
    /// # Errors
    /// When the workspace can't be read.
    pub fn connect(&mut self, is_first: bool) -> Result<Vec<js_sys::Uint8Array>, JsError> {
        self.session = Session::new(match is_first {
            true => Role::Initiator,
            false => Role::Responder,
        });
        Ok(frames(&self.session.changed(&mut self.workspace)?.frames))
    }

    /// Takes a frame, and gives those that answer it.
    ///
    /// # Errors
    /// When storage fails, or the session ended.
    pub fn handle(&mut self, frame: &[u8]) -> Result<Vec<js_sys::Uint8Array>, JsError> {
        let reply = self.session.handle(&mut self.workspace, frame)?;
        match self.session.closed() {
            Some(reason) => Err(JsError::new(&format!("the session ended: {reason:?}"))),
            None => Ok(frames(&reply.frames)),
        }
    }
}

fn frames(frames: &[Vec<u8>]) -> Vec<js_sys::Uint8Array> {
    frames
        .iter()
        .map(|frame| js_sys::Uint8Array::from(frame.as_slice()))
        .collect()
}

/// The next of a fixed row of numbers, so that runs can be compared.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "bytes and changes are far fewer than 2^53"
)]
fn count(number: u64) -> f64 {
    number as f64
}
