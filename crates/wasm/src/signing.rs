//! The kernel's side of signing: the Worker has the key.

use crate::kernel::{Kernel, whole};
use js_sys::Array;
use selvage_workbench::Event;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
impl Kernel {
    /// This device signs with a key from now on: 32 bytes.
    pub fn signer(&mut self, now_ms: f64, key: Vec<u8>) -> Array {
        let key = key.try_into().ok();
        self.handle(now_ms, Event::Signer { key })
    }

    /// The device has signed: 64 bytes. Otherwise, `why` says why not.
    pub fn signed(&mut self, now_ms: f64, task: f64, signature: Vec<u8>, why: String) -> Array {
        let task = whole(task);
        let signature = signature.try_into().map_err(|_| why);
        self.handle(now_ms, Event::Signed { task, signature })
    }
}
