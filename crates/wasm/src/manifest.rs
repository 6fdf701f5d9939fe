//! The reader of manifests: decode, call, encode.

use wasm_bindgen::prelude::wasm_bindgen;

/// Reads a manifest, and gives JSON of what it holds. `worker/manifest.ts` passes it on.
#[wasm_bindgen]
#[must_use]
pub fn read_manifest(path: &str, text: &str) -> String {
    serde_json::to_string(&selvage_manifest::read(path, text)).unwrap_or_default()
}
