//! Contents that the kernel Worker brings and takes piece by piece.

use crate::effects::to_js;
use crate::kernel::{Kernel, whole};
use js_sys::{Array, Uint8Array};
use selvage_vfs::Op;
use selvage_workbench::{Brought, Event};
use wasm_bindgen::prelude::{JsCast, JsError, JsValue, wasm_bindgen};

#[wasm_bindgen]
impl Kernel {
    /// Begins to take in a content by its hash, or goes on with it; gives how many of its bytes are here.
    ///
    /// # Errors
    /// A tool error as an object: it is too large, or storage failed.
    pub fn content_begin(&mut self, hash: &str, size: f64) -> Result<f64, JsValue> {
        let held = self.workbench.begin_content(hash, whole(size));
        #[expect(clippy::cast_precision_loss, reason = "no content has 2^53 bytes")]
        held.map(|held| held as f64).map_err(|error| to_js(&error))
    }

    /// Adds bytes to a content that was begun.
    ///
    /// # Errors
    /// A tool error as an object: they are not its bytes, or storage failed.
    pub fn content_add(&mut self, hash: &str, from: f64, bytes: &[u8]) -> Result<(), JsValue> {
        let added = self.workbench.add_content(hash, whole(from), bytes);
        added.map(|_| ()).map_err(|error| to_js(&error))
    }

    /// Gives up a content that is not whole.
    ///
    /// # Errors
    /// A tool error as an object: storage failed.
    pub fn content_drop(&mut self, hash: &str) -> Result<(), JsValue> {
        let dropped = self.workbench.drop_content(hash);
        dropped.map_err(|error| to_js(&error))
    }

    /// The person brings many files and folders, which come as one change, or not at all: pairs of a path and of what it gets, which is
    /// bytes, the hash of a content that was brought before, or nothing for a folder.
    ///
    /// # Errors
    /// A pair is none.
    pub fn bring(
        &mut self,
        now_ms: f64,
        call: f64,
        message: String,
        pairs: &Array,
    ) -> Result<Array, JsError> {
        let op = |pair: JsValue| {
            let pair: Array = pair.dyn_into().ok()?;
            let (path, content) = (pair.get(0).as_string()?, pair.get(1));
            Some(match content.as_string() {
                Some(hash) => Op::Put {
                    path,
                    hash: hash.parse().ok()?,
                    create_only: false,
                },
                None if content.is_null() => Op::Mkdir { path },
                None => Op::write(path, content.dyn_into::<Uint8Array>().ok()?.to_vec()),
            })
        };
        let ops: Option<Vec<Op>> = pairs.iter().map(op).collect();
        let ops = ops.ok_or_else(|| JsError::new("what is brought has another form"))?;
        Ok(self.handle(
            now_ms,
            Event::Brought(Brought {
                call: whole(call),
                origin: self.workbench.person(),
                message,
                ops,
            }),
        ))
    }

    /// A stretch of a content.
    ///
    /// # Errors
    /// A tool error as an object: the content is not here, or storage failed.
    pub fn content_read(&self, hash: &str, from: f64, bytes: f64) -> Result<Vec<u8>, JsValue> {
        let read = self.workbench.read_content(hash, whole(from), whole(bytes));
        read.map_err(|error| to_js(&error))
    }
}

/// The name of a content that comes piece by piece, while it is read for the first time.
#[wasm_bindgen]
#[derive(Default)]
pub struct Naming(selvage_vfs::Naming);

#[wasm_bindgen]
impl Naming {
    /// Of nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what comes next.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.add(bytes);
    }

    /// The SHA-256 of all of it, in hexadecimal. It ends the naming.
    pub fn hash(self) -> String {
        self.0.hash().to_string()
    }
}
