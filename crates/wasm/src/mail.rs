//! The kernel's side of the mail: the Worker carries parcels to other devices and back.

use crate::kernel::Kernel;
use js_sys::Array;
use selvage_workbench::Event;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
impl Kernel {
    /// Somebody carries parcels from now on, and goes on from a cursor.
    pub fn mail_opened(&mut self, now_ms: f64, cursor: Vec<u8>, writes: bool) -> Array {
        self.handle(now_ms, Event::MailOpened { cursor, writes })
    }

    /// Nobody carries parcels any more.
    pub fn mail_closed(&mut self, now_ms: f64) -> Array {
        self.handle(now_ms, Event::MailClosed)
    }

    /// A parcel was kept, with its cursor.
    pub fn parcel_kept(&mut self, now_ms: f64) -> Array {
        self.handle(now_ms, Event::ParcelKept)
    }

    /// A parcel of another device came.
    pub fn parcel_came(&mut self, now_ms: f64, bytes: Vec<u8>) -> Array {
        self.handle(now_ms, Event::ParcelCame { bytes })
    }
}
