//! Bindings for the two Workers: decode, call, encode.
//!
//! **Problem.** The engine and the sandbox know no browser; a Worker knows nothing else.
//!
//! **Shape.** Two features make two artifacts, so that each Worker loads what it needs:
//! `kernel` (the engine and its storage) and `runner` (the sandbox around a guest). A third one,
//! `courier`, carries parcels between devices and is loaded when a workspace is shared, and `manifest`, which
//! reads YAML, when there is a manifest, and `secrets` when a run has any; `bench` is the workspace alone, for measuring it beside others. No decision is taken here.
//!
//! **Control loop.** `worker/kernel.ts` and `worker/runner.ts` drive these types, `worker/post.ts` the courier.

#[cfg(feature = "bench")]
mod bench;
#[cfg(feature = "kernel")]
mod contents;
#[cfg(feature = "courier")]
mod devices;
#[cfg(feature = "kernel")]
mod effects;
#[cfg(feature = "kernel")]
mod kernel;
#[cfg(feature = "kernel")]
mod mail;
#[cfg(feature = "manifest")]
mod manifest;
#[cfg(any(feature = "bench", feature = "kernel"))]
mod opfs;
#[cfg(feature = "runner")]
mod runner;
#[cfg(feature = "secrets")]
mod secrets;
#[cfg(feature = "kernel")]
mod signing;

// Each artifact reads its numbers by [`selvage_tool::decimal`], also one that uses nothing else of it.
use selvage_tool as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes panics readable in the console. Called once when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}
