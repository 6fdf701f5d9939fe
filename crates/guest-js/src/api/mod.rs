//! What a flow finds when it runs: `flow`, `console`, timers, and the web's own names.
//!
//! What every run touches is native and built by the warm-up. The rest is JS that is compiled
//! when one of its names is first read, so that a run pays for what it uses.

pub mod bytes;
mod clone;
pub mod code;
pub mod console;
pub mod flow;
pub mod fs;
pub mod inspect;
pub mod json;
pub mod native;
mod regexp;
mod shown;
pub mod sort;
pub mod timers;

use crate::failure::{self, hidden};
use crate::state::State;
use boa_engine::native_function::NativeFunctionPointer;
use boa_engine::object::builtins::{JsArray, JsFunction};
use boa_engine::object::{FunctionObjectBuilder, JsObject};
use boa_engine::property::{PropertyDescriptor, PropertyKey};
use boa_engine::{
    Context, JsError, JsNativeError, JsResult, JsString, JsSymbol, JsValue, NativeFunction, Script,
    Source, js_string,
};
use std::path::Path;

/// The engine's own functions that the API calls, as they were before any flow could change them.
#[derive(Debug, Clone)]
pub(crate) struct Intrinsics {
    keys: JsFunction,
    describe: JsFunction,
    is_array: JsFunction,
    pub(crate) typed_slice: JsFunction,
    pub(crate) stringify: JsFunction,
}

/// The parts of the API that are written in JS: name, source, and what each defines.
const PRELUDES: &[(&str, &str, &[&str])] = &[
    (
        "web",
        include_str!("web.js"),
        &[
            "fetch",
            "Headers",
            "Response",
            "AbortController",
            "AbortSignal",
            "DOMException",
            "Event",
            "EventTarget",
        ],
    ),
    ("url", include_str!("url.js"), &["URL", "URLSearchParams"]),
    (
        "text",
        include_str!("text.js"),
        &["TextEncoder", "TextDecoder"],
    ),
    ("services", include_str!("services.js"), &[]),
];

/// A context on its way to becoming the flow's world.
pub struct Api<'a> {
    /// The engine.
    pub context: &'a mut Context,
}

impl Api<'_> {
    /// An empty object.
    pub fn object(&mut self) -> JsObject {
        JsObject::with_object_proto(self.context.intrinsics())
    }

    /// A function that is no constructor.
    pub fn function(&mut self, name: &str, length: usize, body: NativeFunctionPointer) -> JsObject {
        let function = NativeFunction::from_fn_ptr(body);
        FunctionObjectBuilder::new(self.context.realm(), function)
            .name(js_string!(name))
            .length(length)
            .build()
            .into()
    }

    /// Adds a method.
    pub fn method(
        &mut self,
        object: &JsObject,
        name: &str,
        length: usize,
        body: NativeFunctionPointer,
    ) {
        let function = self.function(name, length, body);
        self.value(object, name, function);
    }

    /// Adds a property that can be changed and is listed.
    pub fn value(&mut self, object: &JsObject, name: &str, value: impl Into<JsValue>) {
        let property = PropertyDescriptor::builder()
            .value(value)
            .writable(true)
            .enumerable(true)
            .configurable(true);
        object.insert_property(js_string!(name), property.build());
    }

    /// Adds a global.
    pub fn global(&mut self, name: &str, value: impl Into<JsValue>) -> JsResult<()> {
        self.context
            .register_global_property(js_string!(name), value, hidden())
    }
}

/// Makes a context the flow's world, without a job.
///
/// # Errors
/// None but the engine's own.
pub fn install(context: &mut Context) -> JsResult<()> {
    let mark = JsSymbol::new(Some(js_string!("selvage")))
        .ok_or_else(|| JsNativeError::error().with_message("no symbol is left"))?;
    context.insert_data(failure::MarkSymbol(mark));
    let global = context.global_object();
    let object = member(&global, "Object", context)?;
    let json = member(&global, "JSON", context)?;
    let array = member(&global, "Array", context)?;
    let typed = context
        .intrinsics()
        .constructors()
        .typed_array()
        .prototype();
    let intrinsics = Intrinsics {
        keys: function(&object, "keys", context)?,
        describe: function(&object, "getOwnPropertyDescriptor", context)?,
        is_array: function(&array, "isArray", context)?,
        typed_slice: function(&typed, "slice", context)?,
        stringify: function(&json, "stringify", context)?,
    };
    context.insert_data(intrinsics);
    // The engine shows a constructor that the language keeps to itself, and a flow has one thread.
    for name in ["TypedArray", "Atomics", "SharedArrayBuffer"] {
        global.delete_property_or_throw(js_string!(name), context)?;
    }
    let mut api = Api { context };
    builtin(
        &mut api,
        &json,
        js_string!("parse"),
        "parse",
        2,
        json::parse_global,
    );
    let console = console::console(&mut api);
    api.global("console", console)?;
    let flow = flow::flow(&mut api)?;
    api.global("flow", flow)?;
    code::install(&mut api)?;
    sort::install(&mut api);
    regexp::install(&mut api)?;
    timers::install(&mut api)?;
    bytes::install(&mut api)?;
    for (prelude, _, names) in PRELUDES {
        for name in *names {
            lazy(name, prelude, context);
        }
    }
    Ok(())
}

/// Puts a method of the language in the place of the engine's, and gives it.
fn builtin(
    api: &mut Api,
    object: &JsObject,
    key: impl Into<PropertyKey>,
    name: &str,
    length: usize,
    body: NativeFunctionPointer,
) -> JsObject {
    let function = api.function(name, length, body);
    let property = PropertyDescriptor::builder()
        .value(function.clone())
        .writable(true)
        .enumerable(false)
        .configurable(true);
    object.insert_property(key, property.build());
    function
}

/// A global that compiles its prelude when it is first read.
///
/// It stays an accessor: the engine's inline caches do not expect a getter that replaces itself.
fn lazy(name: &'static str, prelude: &'static str, context: &mut Context) {
    let realm = context.realm().clone();
    let get = NativeFunction::from_copy_closure(move |_, _, context| {
        let assigned = State::of(context)?.assigned.borrow().get(name).cloned();
        match assigned {
            Some(value) => Ok(value),
            None => load(prelude, context)?.get(js_string!(name), context),
        }
    });
    let set = NativeFunction::from_copy_closure(move |_, args, context| {
        let value = args.first().cloned().unwrap_or_default();
        State::of(context)?
            .assigned
            .borrow_mut()
            .insert(name, value);
        Ok(JsValue::undefined())
    });
    let property = PropertyDescriptor::builder()
        .get(get.to_js_function(&realm))
        .set(set.to_js_function(&realm))
        .enumerable(false)
        .configurable(true);
    context
        .global_object()
        .insert_property(js_string!(name), property.build());
}

/// The exports of a part that is written in JS.
///
/// # Errors
/// None but the engine's own.
pub fn load(prelude: &'static str, context: &mut Context) -> JsResult<JsObject> {
    let state = State::of(context)?;
    if let Some(exports) = state.preludes.borrow().get(prelude) {
        return Ok(exports.clone());
    }
    let source = PRELUDES
        .iter()
        .find(|(name, _, _)| *name == prelude)
        .map_or("", |(_, source, _)| source);
    let path = format!("{}{prelude}", failure::PRELUDE);
    let script = Script::parse(
        Source::from_bytes(source).with_path(Path::new(&path)),
        None,
        context,
    )?;
    let make = script.evaluate(context)?;
    let native = native::object(&mut Api { context });
    let make = make
        .as_callable()
        .ok_or_else(|| JsNativeError::error().with_message("a prelude is no function"))?;
    let exports = make.call(&JsValue::undefined(), &[native.into()], context)?;
    let exports = exports
        .as_object()
        .ok_or_else(|| JsNativeError::error().with_message("a prelude exports nothing"))?;
    state.preludes.borrow_mut().insert(prelude, exports.clone());
    Ok(exports)
}

fn member(object: &JsObject, name: &str, context: &mut Context) -> JsResult<JsObject> {
    let found = object.get(js_string!(name), context)?;
    found.as_object().ok_or_else(|| {
        JsNativeError::error()
            .with_message(format!("there is no {name}"))
            .into()
    })
}

fn function(object: &JsObject, name: &str, context: &mut Context) -> JsResult<JsFunction> {
    let found = member(object, name, context)?;
    JsFunction::from_object(found).ok_or_else(|| {
        JsNativeError::error()
            .with_message(format!("{name} is no function"))
            .into()
    })
}

pub(crate) fn intrinsics(context: &Context) -> JsResult<Intrinsics> {
    context.get_data::<Intrinsics>().cloned().ok_or_else(|| {
        JsNativeError::error()
            .with_message("this context has no API")
            .into()
    })
}

/// `Object.getOwnPropertyDescriptor`: the engine keeps its own short cut to itself.
pub(crate) fn describe(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> Option<JsObject> {
    let describe = intrinsics(context).ok()?.describe;
    describe
        .call(
            &JsValue::undefined(),
            &[object.clone().into(), JsValue::from(key)],
            context,
        )
        .ok()?
        .as_object()
}

/// The getter of a property.
fn describe_getter(
    object: &JsObject,
    key: JsString,
    context: &mut Context,
) -> JsResult<JsFunction> {
    let property = describe(object, &key.into(), context)
        .ok_or_else(|| JsNativeError::error().with_message("a property is missing"))?;
    function(&property, "get", context)
}

/// `Array.isArray`, which sees through proxies.
///
/// # Errors
/// A proxy that was revoked.
pub fn is_array(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    if object.is_array() || object.is_ordinary() {
        return Ok(object.is_array());
    }
    let answer = intrinsics(context)?.is_array.call(
        &JsValue::undefined(),
        &[object.clone().into()],
        context,
    )?;
    Ok(answer.to_boolean())
}

/// `Object.keys`.
///
/// # Errors
/// What a proxy's traps throw.
pub fn keys(object: &JsObject, context: &mut Context) -> JsResult<Vec<JsString>> {
    let keys =
        intrinsics(context)?
            .keys
            .call(&JsValue::undefined(), &[object.clone().into()], context)?;
    let keys = JsArray::from_object(keys.to_object(context)?)?;
    let length = keys.length(context)?;
    (0..length)
        .map(|index| keys.get(index, context)?.to_string(context))
        .collect()
}

/// `Object.entries`.
///
/// # Errors
/// What getters and a proxy's traps throw.
pub fn entries(object: &JsObject, context: &mut Context) -> JsResult<Vec<(String, JsValue)>> {
    keys(object, context)?
        .into_iter()
        .map(|key| Ok((key.to_std_string_lossy(), object.get(key, context)?)))
        .collect()
}

/// Milliseconds since the run began, as `performance.now()` gives them: the monotonic clock of a run begins with it.
pub fn now_ms(context: &Context) -> f64 {
    context.clock().now().nanos_since_epoch() as f64 / 1e6
}

/// A `TypeError` with a message.
pub fn type_error(message: impl Into<String>) -> JsError {
    JsNativeError::typ().with_message(message.into()).into()
}
