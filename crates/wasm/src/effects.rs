//! Effects of the engine as the messages that the kernel Worker acts on.

use js_sys::{Array, Uint8Array};
use selvage_tool::{Language, ToolResult};
use selvage_workbench::Effect;
use serde::Serialize;
use serde_json::json;
use wasm_bindgen::prelude::JsValue;

/// Values as plain objects, arrays and numbers: what `postMessage` carries and pages expect. They go
/// by way of JSON, since a parser makes an own property even of `__proto__`; setting it would not.
pub fn to_js<T: Serialize>(value: &T) -> JsValue {
    let text = serde_json::to_string(value).unwrap_or_default();
    js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
}

/// A list whose members are of our own making, without the way over JSON.
fn list<T: Serialize>(items: &[T]) -> JsValue {
    serde_wasm_bindgen::to_value(items).unwrap_or(JsValue::NULL)
}

fn set(object: &js_sys::Object, key: &str, value: &JsValue) {
    // Setting a property of a fresh plain object can't fail.
    let _ = js_sys::Reflect::set(object, &JsValue::from_str(key), value);
}

fn answer(result: ToolResult) -> JsValue {
    to_js(&match result {
        Ok(value) => json!({ "ok": true, "value": value }),
        Err(error) => json!({ "ok": false, "error": error }),
    })
}

/// A value as JSON that TypeScript passes on unread.
fn text<T: Serialize>(value: &T) -> JsValue {
    JsValue::from_str(&serde_json::to_string(value).unwrap_or_default())
}

/// An effect as the message that the Worker acts on.
pub fn encode(effect: Effect) -> JsValue {
    let object = js_sys::Object::new();
    let put = |key: &str, value: &JsValue| set(&object, key, value);
    let kind = |name: &str| put("type", &JsValue::from_str(name));
    #[expect(
        clippy::cast_precision_loss,
        reason = "calls and tasks are counted from zero"
    )]
    let number = |value: u64| JsValue::from_f64(value as f64);
    match effect {
        Effect::Reply { call, result } => {
            kind("reply");
            put("call", &number(call));
            put("result", &answer(result));
        }
        Effect::Dispatch {
            runner,
            job,
            blobs,
            within,
        } => {
            kind("dispatch");
            put("runner", &runner.into());
            put("memoryBytesMax", &number(job.limits.memory_bytes_max));
            let guest = Language::of(&job.entry).guest();
            put("guest", &JsValue::from_str(guest.name()));
            put("job", &text(&*job));
            let pairs: Array = blobs
                .into_iter()
                .map(|(hash, bytes)| {
                    Array::of2(
                        &JsValue::from_str(&hash),
                        &Uint8Array::from(bytes.as_slice()),
                    )
                })
                .collect();
            put("blobs", &pairs);
            put("within", &within.into());
        }
        Effect::Answer {
            runner,
            id,
            answer,
            body,
        } => {
            kind("answer");
            put("runner", &runner.into());
            put("id", &id.into());
            put("answer", &text(&answer));
            put("body", &Uint8Array::from(body.as_slice()));
        }
        Effect::More { runner, limits } => {
            kind("more");
            put("runner", &runner.into());
            put(
                "limits",
                &limits.map_or(JsValue::NULL, |limits| text(&limits)),
            );
        }
        Effect::Hold { runner, held } => {
            kind("hold");
            put("runner", &runner.into());
            put("held", &held.into());
        }
        Effect::Cancel { runner } => {
            kind("cancel");
            put("runner", &runner.into());
        }
        Effect::Terminate { runner } => {
            kind("terminate");
            put("runner", &runner.into());
        }
        Effect::Sign { task, bytes } => {
            kind("sign");
            put("task", &number(task));
            put("bytes", &Uint8Array::from(&bytes[..]));
        }
        Effect::Send { peer, frame } => {
            kind("send");
            put("peer", &peer.into());
            put("frame", &Uint8Array::from(&frame[..]).into());
        }
        Effect::CaughtUp { peer } => {
            kind("caughtUp");
            put("peer", &peer.into());
        }
        Effect::Hangup { peer } => {
            kind("hangup");
            put("peer", &peer.into());
        }
        Effect::Parcel { bytes, cursor } => {
            kind("parcel");
            put("bytes", &Uint8Array::from(&bytes[..]).into());
            let cursor = cursor.map(|cursor| Uint8Array::from(&cursor[..]));
            put("cursor", &cursor.map_or(JsValue::NULL, Into::into));
        }
        Effect::Landed { cursor } => {
            kind("landed");
            put("cursor", &Uint8Array::from(&cursor[..]).into());
        }
        Effect::Spawn => kind("spawn"),
        Effect::Check {
            task,
            runner,
            path,
            guest,
            module,
            format,
            source,
        } => {
            kind("check");
            put("task", &number(task));
            put("runner", &runner.into());
            put("guest", &JsValue::from_str(guest.name()));
            put("path", &JsValue::from_str(&path));
            put("module", &module.into());
            put("format", &format.into());
            put("source", &JsValue::from_str(&source));
        }
        Effect::Read { task, path, text } => {
            kind("read");
            put("task", &number(task));
            put("path", &JsValue::from_str(&path));
            put("text", &JsValue::from_str(&text));
        }
        Effect::Fetch(fetch) => {
            kind("fetch");
            put("task", &number(fetch.task));
            put("url", &JsValue::from_str(&fetch.url));
            put("method", &JsValue::from_str(&fetch.method));
            put("headers", &list(&fetch.headers));
            put("body", &Uint8Array::from(fetch.body.as_slice()));
            put("bytesMax", &number(fetch.bytes_max));
            put("timeMsMax", &number(fetch.time_ms_max));
            put("domains", &list(&fetch.domains));
            put("secrets", &to_js(&fetch.secrets));
        }
        Effect::Abort { task } => {
            kind("abort");
            put("task", &number(task));
        }
        Effect::Notify(notice) => {
            kind("notify");
            put("event", &to_js(&notice));
        }
        Effect::Wake { .. } => kind("none"),
    }
    object.into()
}
