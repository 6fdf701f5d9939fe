//! What a sandbox has of a browser: a host, and the guest's memory.

use js_sys::{Function, Uint8Array, WebAssembly};
use selvage_sandbox::{Host, Memory};
use selvage_tool::run::RunReport;
use std::sync::Arc;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// The host that a browser gives: its clocks, and two functions of the Worker's.
pub(super) struct Browser {
    /// `(hash: string) => Uint8Array | undefined`
    pub blob: Function,
    /// `(report: string) => void`, JSON of a [`RunReport`]
    pub report: Function,
}

impl Host for Browser {
    fn now_ms(&mut self) -> f64 {
        performance_now()
    }

    fn wall_ms(&mut self) -> f64 {
        js_sys::Date::now()
    }

    fn blob(&mut self, hash: &str) -> Option<Arc<[u8]>> {
        let found = self
            .blob
            .call1(&JsValue::NULL, &JsValue::from_str(hash))
            .ok()?;
        found
            .dyn_into::<Uint8Array>()
            .ok()
            .map(|bytes| bytes.to_vec().into())
    }

    fn report(&mut self, report: RunReport) {
        let text = serde_json::to_string(&report).unwrap_or_default();
        // A Worker that can't take a report is on its way out; the run's outcome still counts.
        let _ = self.report.call1(&JsValue::NULL, &JsValue::from_str(&text));
    }
}

/// The guest's memory, looked up anew for each access because growing it makes a new buffer.
pub(super) struct GuestMemory<'a>(pub &'a WebAssembly::Memory);

impl GuestMemory<'_> {
    fn view(&self, at: u32, length: u32) -> Option<Uint8Array> {
        let whole = Uint8Array::new(&self.0.buffer());
        let end = at.checked_add(length)?;
        (end <= whole.length()).then(|| whole.subarray(at, end))
    }
}

impl Memory for GuestMemory<'_> {
    fn read(&self, at: u32, length: u32) -> Option<Vec<u8>> {
        self.view(at, length).map(|view| view.to_vec())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> bool {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        match self.view(at, length) {
            Some(view) => {
                view.copy_from(bytes);
                true
            }
            None => false,
        }
    }
}
