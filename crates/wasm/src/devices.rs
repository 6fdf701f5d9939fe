//! The courier in its Worker: decode, call, encode.

use js_sys::{Object, Reflect, Uint8Array};
use selvage_courier::{Act, Courier, Output};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(bytes: &mut [u8]);
}

/// One device's side of a shared workspace. `worker/post.ts` drives it.
#[wasm_bindgen]
pub struct Devices(Courier);

#[wasm_bindgen]
impl Devices {
    /// Shares the workspace for the first time.
    ///
    /// # Errors
    /// When the address or the name can't be used.
    pub fn found(relay: &str, name: &str) -> Result<Devices, JsError> {
        Ok(Self(Courier::found(relay, name, Box::new(random_values))?))
    }

    /// Comes in over an invitation's link.
    ///
    /// # Errors
    /// When the link or the name can't be used.
    pub fn join(link: &str, name: &str, now_ms: f64) -> Result<Devices, JsError> {
        let random = Box::new(random_values);
        Ok(Self(Courier::join(link, name, now_ms as u64, random)?))
    }

    /// Goes on from what was kept.
    ///
    /// # Errors
    /// When the bytes can't be read.
    pub fn restore(bytes: &[u8]) -> Result<Devices, JsError> {
        Ok(Self(Courier::from_bytes(bytes, Box::new(random_values))?))
    }

    /// A socket is open.
    pub fn opened(&mut self, socket: u32, now_ms: f64) {
        self.0.opened(socket, now_ms as u64);
    }

    /// A message came.
    pub fn received(&mut self, socket: u32, now_ms: f64, bytes: &[u8]) {
        self.0.received(socket, now_ms as u64, bytes);
    }

    /// A socket is closed.
    pub fn closed(&mut self, socket: u32, now_ms: f64, code: Option<u16>) {
        self.0.closed(socket, now_ms as u64, code);
    }

    /// Time went by.
    pub fn tick(&mut self, now_ms: f64) {
        self.0.tick(now_ms as u64);
    }

    /// When the next tick is due.
    pub fn wake_ms(&self) -> Option<f64> {
        self.0.wake_ms().map(|at| at as f64)
    }

    /// How far the workspace was mailed.
    pub fn cursor(&self) -> Vec<u8> {
        self.0.cursor().to_vec()
    }

    /// Whether a parcel can be sent now.
    pub fn can_send(&self) -> bool {
        self.0.can_send()
    }

    /// A parcel for all other devices.
    ///
    /// # Errors
    /// When this device may not write, or the parcel is too large.
    pub fn send(&mut self, parcel: &[u8], cursor: Option<Vec<u8>>) -> Result<(), JsError> {
        Ok(self.0.send(parcel, cursor.as_deref())?)
    }

    /// Every parcel that was polled is durable.
    pub fn landed(&mut self, cursor: &[u8]) {
        self.0.landed(cursor);
    }

    /// A person asks for something, as JSON.
    ///
    /// # Errors
    /// When it makes no sense now, or is not allowed.
    pub fn act(&mut self, act: &str, now_ms: f64) -> Result<(), JsError> {
        let act: Act = serde_json::from_str(act)?;
        Ok(self.0.act(act, now_ms as u64)?)
    }

    /// A page says something to the pages of a device, or of all that are there.
    ///
    /// # Errors
    /// When there is no such device.
    pub fn say(&mut self, to: Option<String>, text: &str, now_ms: f64) -> Result<(), JsError> {
        Ok(self.0.say(to.as_deref(), text, now_ms as u64)?)
    }

    /// A direct link to a device is open.
    ///
    /// # Errors
    /// When there is no such device.
    pub fn direct_opened(&mut self, device: &str, now_ms: f64) -> Result<(), JsError> {
        Ok(self.0.direct_opened(device, now_ms as u64)?)
    }

    /// A message came over it.
    ///
    /// # Errors
    /// When there is no such device.
    pub fn direct_received(
        &mut self,
        device: &str,
        bytes: &[u8],
        now_ms: f64,
    ) -> Result<(), JsError> {
        Ok(self.0.direct_received(device, bytes, now_ms as u64)?)
    }

    /// It is gone.
    ///
    /// # Errors
    /// When there is no such device.
    pub fn direct_closed(&mut self, device: &str, now_ms: f64) -> Result<(), JsError> {
        Ok(self.0.direct_closed(device, now_ms as u64)?)
    }

    /// What is shown, as JSON.
    ///
    /// # Errors
    /// Never: the state has nothing that JSON has not.
    pub fn state(&self) -> Result<String, JsError> {
        Ok(serde_json::to_string(&self.0.state())?)
    }

    /// The next thing for the host, as an object with its `type`.
    pub fn poll(&mut self, now_ms: f64) -> JsValue {
        self.0
            .poll(now_ms as u64)
            .map_or(JsValue::UNDEFINED, object)
    }
}

fn object(output: Output) -> JsValue {
    let bytes = |bytes: Vec<u8>| ("bytes", Uint8Array::from(&bytes[..]).into());
    let socket = |socket: u32| ("socket", socket.into());
    let (kind, fields): (&str, Vec<(&str, JsValue)>) = match output {
        Output::Keep(kept) => ("keep", vec![bytes(kept)]),
        Output::Dial {
            socket: number,
            address,
        } => ("dial", vec![socket(number), ("address", address.into())]),
        Output::Write {
            socket: number,
            bytes: message,
        } => ("write", vec![socket(number), bytes(message)]),
        Output::HangUp {
            socket: number,
            code,
        } => ("hangUp", vec![socket(number), ("code", code.into())]),
        Output::Parcel(parcel) => ("parcel", vec![bytes(parcel)]),
        Output::SendAll => ("sendAll", vec![]),
        Output::Left { told } => ("left", vec![("told", told.into())]),
        Output::Changed => ("changed", vec![]),
        Output::Said { device, text } => (
            "said",
            vec![("device", device.into()), ("text", text.into())],
        ),
        Output::Direct {
            device,
            bytes: message,
        } => ("direct", vec![("device", device.into()), bytes(message)]),
    };
    let object = Object::new();
    for (key, value) in [("type", kind.into())].into_iter().chain(fields) {
        // A plain object takes every property.
        let _ = Reflect::set(&object, &key.into(), &value);
    }
    object.into()
}
