//! Values as a person reads them, for logs.
//!
//! Getters are named and not called. Depth, width and length are bounded, so that a log entry of a
//! large value costs little.

use super::describe;
use super::shown::{
    Slot, constructor_name, join, length, more, own_descriptor, own_descriptor_any, quote,
};
use crate::failure;
use boa_engine::builtins::error::Error;
use boa_engine::builtins::promise::PromiseState;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{
    JsArrayBuffer, JsDate, JsMap, JsPromise, JsRegExp, JsSet, JsTypedArray,
};
use boa_engine::property::PropertyKey;
use boa_engine::{Context, JsValue, JsVariant, js_string};

/// How deep nested objects are shown.
pub const DEPTH_MAX: usize = 4;
/// How many items of one collection are shown.
pub const ITEMS_MAX: usize = 100;
/// How many characters of a nested string are shown.
pub const STRING_CHARS_MAX: usize = 10_000;
/// Up to how many characters a collection stays on one line.
pub(super) const LINE_CHARS: usize = 72;

/// Shows any value; strings are quoted.
pub fn inspect(value: &JsValue, context: &mut Context) -> String {
    inspect_to(value, DEPTH_MAX, context)
}

/// The same, with objects nested deeper than `depth` left out.
pub fn inspect_to(value: &JsValue, depth: usize, context: &mut Context) -> String {
    Inspector {
        above: Vec::new(),
        depth,
    }
    .value(value, context)
}

struct Inspector {
    above: Vec<JsObject>,
    depth: usize,
}

impl Inspector {
    fn value(&mut self, value: &JsValue, context: &mut Context) -> String {
        match value.variant() {
            JsVariant::String(text) => quote(&text.to_std_string_lossy()),
            JsVariant::BigInt(number) => format!("{number}n"),
            JsVariant::Float64(number) if number == 0.0 && number.is_sign_negative() => {
                "-0".to_owned()
            }
            JsVariant::Symbol(symbol) => symbol.descriptive_string().to_std_string_lossy(),
            JsVariant::Object(object) => self.object(&object, context),
            _ => value
                .to_string(context)
                .map_or_else(|_| String::new(), |text| text.to_std_string_lossy()),
        }
    }

    fn object(&mut self, object: &JsObject, context: &mut Context) -> String {
        if self
            .above
            .iter()
            .any(|above| JsObject::equals(above, object))
        {
            return "[Circular]".to_owned();
        }
        if object.is::<Error>() {
            return self.error(object, context);
        }
        if let Ok(date) = JsDate::from_object(object.clone()) {
            let shown = date
                .to_iso_string(context)
                .ok()
                .and_then(|text| text.as_string());
            return shown.map_or_else(
                || "Invalid Date".to_owned(),
                |text| text.to_std_string_lossy(),
            );
        }
        if let Ok(regexp) = JsRegExp::from_object(object.clone()) {
            return regexp.to_string(context).unwrap_or_default();
        }
        if object.is_callable() {
            return self.function(object, context);
        }
        let name = constructor_name(object, context);
        if self.above.len() >= self.depth {
            return format!(
                "[{}]",
                if object.is_array() {
                    "Array"
                } else {
                    name.as_deref().unwrap_or("Object")
                }
            );
        }
        self.above.push(object.clone());
        let shown = self.collection(object, name, context);
        self.above.pop();
        shown
    }

    fn collection(
        &mut self,
        object: &JsObject,
        name: Option<String>,
        context: &mut Context,
    ) -> String {
        let named = |usual: &str| match &name {
            Some(name) if name != usual => format!("{name} "),
            None => "[Object: null prototype] ".to_owned(),
            Some(_) => String::new(),
        };
        if object.is_array() {
            let length = length(object, context);
            let mut items = Vec::new();
            for index in 0..length.min(ITEMS_MAX as u64) {
                items.push(
                    self.slot(object, &PropertyKey::from(index), context)
                        .unwrap_or_else(|| "<empty>".to_owned()),
                );
            }
            let prefix = named("Array");
            items.extend(more(length, items.len()));
            items.extend(self.entries(object, true, context));
            return join(&prefix, '[', items, ']');
        }
        if let Ok(map) = JsMap::from_object(object.clone()) {
            let size = map
                .get_size(context)
                .ok()
                .and_then(|size| size.as_number())
                .unwrap_or_default();
            let mut pairs = Vec::new();
            let _ = map.for_each_native(|key, value| {
                if pairs.len() < ITEMS_MAX {
                    pairs.push((key, value));
                }
                Ok(())
            });
            let mut items = Vec::new();
            for (key, value) in pairs {
                items.push(format!(
                    "{} => {}",
                    self.value(&key, context),
                    self.value(&value, context)
                ));
            }
            items.extend(more(size as u64, items.len()));
            return join(
                &format!("{}({size}) ", name.as_deref().unwrap_or("Map")),
                '{',
                items,
                '}',
            );
        }
        if let Ok(set) = JsSet::from_object(object.clone()) {
            let size = set.size();
            let mut values = Vec::new();
            let _ = set.for_each_native(|value| {
                if values.len() < ITEMS_MAX {
                    values.push(value);
                }
                Ok(())
            });
            let mut items: Vec<String> = values
                .iter()
                .map(|value| self.value(value, context))
                .collect();
            items.extend(more(size as u64, items.len()));
            return join(
                &format!("{}({size}) ", name.as_deref().unwrap_or("Set")),
                '{',
                items,
                '}',
            );
        }
        if let Ok(array) = JsTypedArray::from_object(object.clone()) {
            let length = array.length(context).unwrap_or_default();
            let mut items = Vec::new();
            for index in 0..length.min(ITEMS_MAX) {
                items.push(
                    object
                        .get(index as u64, context)
                        .map_or_else(|_| String::new(), |item| self.value(&item, context)),
                );
            }
            items.extend(more(length as u64, items.len()));
            return join(
                &format!("{}({length}) ", name.as_deref().unwrap_or("TypedArray")),
                '[',
                items,
                ']',
            );
        }
        if let Ok(buffer) = JsArrayBuffer::from_object(object.clone()) {
            return format!("ArrayBuffer {{ byteLength: {} }}", buffer.byte_length());
        }
        if let Ok(promise) = JsPromise::from_object(object.clone()) {
            let state = match promise.state() {
                PromiseState::Pending => "<pending>".to_owned(),
                PromiseState::Fulfilled(value) => self.value(&value, context),
                PromiseState::Rejected(reason) => {
                    format!("<rejected> {}", self.value(&reason, context))
                }
            };
            return format!("Promise {{ {state} }}");
        }
        let prefix = named("Object");
        let items = self.entries(object, false, context);
        join(&prefix, '{', items, '}')
    }

    /// The own enumerable properties, without those of an array's indices.
    fn entries(
        &mut self,
        object: &JsObject,
        named_only: bool,
        context: &mut Context,
    ) -> Vec<String> {
        let Ok(keys) = object.own_property_keys(context) else {
            return vec!["<threw>".to_owned()];
        };
        let mut items = Vec::new();
        let mut left = 0;
        for key in keys {
            if named_only
                && !matches!(&key, PropertyKey::String(text) if *text != js_string!("length"))
            {
                continue;
            }
            if items.len() == ITEMS_MAX {
                left += 1;
                continue;
            }
            let Some(shown) = self.slot(object, &key, context) else {
                continue;
            };
            let key = match &key {
                PropertyKey::String(text) => {
                    let text = text.to_std_string_lossy();
                    let mut chars = text.chars();
                    let plain = chars
                        .next()
                        .is_some_and(|first| first.is_alphabetic() || first == '_' || first == '$')
                        && chars
                            .all(|other| other.is_alphanumeric() || other == '_' || other == '$');
                    if plain { text } else { quote(&text) }
                }
                PropertyKey::Symbol(symbol) => {
                    format!("[{}]", symbol.descriptive_string().to_std_string_lossy())
                }
                PropertyKey::Index(index) => format!("'{}'", index.get()),
            };
            items.push(format!("{key}: {shown}"));
        }
        if left > 0 {
            items.push(format!("… {left} more"));
        }
        items
    }

    /// One property; `None` where there is none that can be seen.
    fn slot(
        &mut self,
        object: &JsObject,
        key: &PropertyKey,
        context: &mut Context,
    ) -> Option<String> {
        let getter = own_descriptor(object, key, context)?;
        Some(match getter {
            Slot::Value(value) => self.value(&value, context),
            Slot::Accessor => "[Getter]".to_owned(),
        })
    }

    fn function(&mut self, object: &JsObject, context: &mut Context) -> String {
        let name = match own_descriptor_any(object, &js_string!("name").into(), context) {
            Some(Slot::Value(value)) => value
                .as_string()
                .map(|name| name.to_std_string_lossy())
                .unwrap_or_default(),
            _ => String::new(),
        };
        // A class is a function whose prototype is there for good.
        let prototype = describe(object, &js_string!("prototype").into(), context);
        let writable = prototype.map(|prototype| prototype.get(js_string!("writable"), context));
        let kind = match writable {
            Some(Ok(writable)) if !writable.to_boolean() => "class",
            _ => "Function",
        };
        match (kind, name.as_str()) {
            ("class", name) => format!(
                "[class {}]",
                if name.is_empty() { "(anonymous)" } else { name }
            ),
            (_, "") => "[Function (anonymous)]".to_owned(),
            (_, name) => format!("[Function: {name}]"),
        }
    }

    fn error(&mut self, object: &JsObject, context: &mut Context) -> String {
        self.above.push(object.clone());
        let mut shown = failure::headline(object, context);
        if let Some(stack) = failure::stack_of(object, context) {
            shown.push('\n');
            shown.push_str(&stack);
        }
        if self.above.len() <= self.depth {
            let own = self.entries(object, true, context);
            if !own.is_empty() {
                shown.push_str(&join(" ", '{', own, '}'));
            }
            if let Some(Slot::Value(cause)) =
                own_descriptor_any(object, &js_string!("cause").into(), context)
            {
                shown.push_str(&format!(
                    "\n  [cause]: {}",
                    self.value(&cause, context).replace('\n', "\n  ")
                ));
            }
        }
        self.above.pop();
        shown
    }
}
