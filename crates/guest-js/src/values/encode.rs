//! From a JS value to its JSON form. Getters and proxies run here, inside the guest and its quotas.

use super::{TYPE, VALUE_DEPTH_MAX};
use crate::api::bytes::bytes_of;
use crate::api::{is_array, keys};
use crate::failure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use boa_engine::builtins::error::Error;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{
    JsDate, JsGenerator, JsMap, JsPromise, JsRegExp, JsSet, JsWeakMap, JsWeakSet,
};
use boa_engine::{Context, JsError, JsString, JsValue, JsVariant, js_string};
use selvage_guest::values::Weight;
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Map, Value, json};

/// A JSON form, or why there is none.
pub type Encoded = Result<Value, ToolError>;

/// The JSON form of a result. A result of `undefined` is `null`.
///
/// # Errors
/// [`ErrorCode::InvalidResult`] with the path inside the value; what a getter throws.
pub fn encode(value: &JsValue, context: &mut Context) -> Encoded {
    if value.is_undefined() {
        return Ok(Value::Null);
    }
    Encoder::new("result", false).run(value, context)
}

/// The JSON form of a tool's input: properties that are `undefined` are left out, as `JSON.stringify` does.
///
/// # Errors
/// As [`encode`].
pub fn encode_input(value: &JsValue, context: &mut Context) -> Encoded {
    if value.is_undefined() {
        return Ok(json!({}));
    }
    Encoder::new("input", true).run(value, context)
}

/// Why a value has no JSON form.
enum Stop {
    /// The path so far, read from its end, and what is there.
    Invalid(String),
    Threw(JsError),
}

impl From<JsError> for Stop {
    fn from(error: JsError) -> Self {
        Stop::Threw(error)
    }
}

struct Encoder {
    root: &'static str,
    lean: bool,
    above: Vec<JsObject>,
    path: Vec<String>,
    depth: usize,
    weight: Weight,
}

impl Encoder {
    fn new(root: &'static str, lean: bool) -> Self {
        Self {
            root,
            lean,
            above: Vec::new(),
            path: Vec::new(),
            depth: 0,
            weight: Weight::default(),
        }
    }

    fn run(mut self, value: &JsValue, context: &mut Context) -> Encoded {
        self.value(value, context).map_err(|stop| match stop {
            Stop::Threw(error) => failure::from_error(error, context),
            Stop::Invalid(what) => {
                let path = format!("{}{}", self.root, self.path.concat());
                ToolError::new(ErrorCode::InvalidResult, format!("{path} is {what}, which has no form outside the run"))
                    .hint("Return plain data: texts, numbers, arrays, objects, dates, bytes, maps and sets.")
            }
        })
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Stop> {
        self.weight.add(bytes).map_err(Stop::Invalid)
    }

    fn tagged(&mut self, kind: &str, value: Value) -> Result<Value, Stop> {
        self.weight.tagged(kind, value).map_err(Stop::Invalid)
    }

    fn value(&mut self, value: &JsValue, context: &mut Context) -> Result<Value, Stop> {
        self.spend(5)?;
        match value.variant() {
            JsVariant::Null => Ok(Value::Null),
            JsVariant::Undefined => {
                self.spend(24)?;
                Ok(json!({ TYPE: "undefined" }))
            }
            JsVariant::Boolean(flag) => Ok(flag.into()),
            JsVariant::Integer32(number) => Ok(number.into()),
            JsVariant::Float64(number) => self.number(number),
            JsVariant::String(text) => self.text(&text),
            JsVariant::BigInt(number) => {
                let digits = number.to_string();
                self.spend(digits.len())?;
                self.tagged("bigint", digits.into())
            }
            JsVariant::Symbol(_) => Err(Stop::Invalid("a symbol".into())),
            JsVariant::Object(object) => self.nested(&object, context),
        }
    }

    fn number(&mut self, number: f64) -> Result<Value, Stop> {
        self.weight.number(number).map_err(Stop::Invalid)
    }

    fn text(&mut self, text: &JsString) -> Result<Value, Stop> {
        self.spend(text.len())?;
        Ok(text.to_std_string_lossy().into())
    }

    fn nested(&mut self, object: &JsObject, context: &mut Context) -> Result<Value, Stop> {
        if object.is_callable() {
            return Err(Stop::Invalid("a function".into()));
        }
        if self
            .above
            .iter()
            .any(|above| JsObject::equals(above, object))
        {
            return Err(Stop::Invalid(
                "a cycle: it is an object above itself".into(),
            ));
        }
        if self.depth >= VALUE_DEPTH_MAX {
            return Err(Stop::Invalid(format!(
                "nested deeper than {VALUE_DEPTH_MAX}"
            )));
        }
        self.above.push(object.clone());
        self.depth += 1;
        let encoded = self.object(object, context)?;
        self.depth -= 1;
        self.above.pop();
        Ok(encoded)
    }

    fn object(&mut self, object: &JsObject, context: &mut Context) -> Result<Value, Stop> {
        if is_array(object, context)? {
            return self.array(object, context);
        }
        if let Some(bytes) = bytes_of(object, context)? {
            self.spend(bytes.len() / 3 * 4)?;
            return self.tagged("bytes", STANDARD.encode(&*bytes).into());
        }
        if let Ok(date) = JsDate::from_object(object.clone()) {
            let time = date.get_time(context)?.as_number().unwrap_or(f64::NAN);
            let iso = if time.is_nan() {
                Value::Null
            } else {
                date.to_iso_string(context)?
                    .as_string()
                    .map_or(Value::Null, |text| text.to_std_string_lossy().into())
            };
            return self.tagged("date", iso);
        }
        if let Ok(map) = JsMap::from_object(object.clone()) {
            let mut pairs = Vec::new();
            map.for_each_native(|key, value| {
                pairs.push((key, value));
                Ok(())
            })?;
            return self.map(pairs, context);
        }
        if let Ok(set) = JsSet::from_object(object.clone()) {
            let mut items = Vec::new();
            set.for_each_native(|value| {
                items.push(value);
                Ok(())
            })?;
            return self.set(&items, context);
        }
        if object.is::<Error>() {
            let name = object
                .get(js_string!("name"), context)?
                .to_string(context)?
                .to_std_string_lossy();
            let message = object
                .get(js_string!("message"), context)?
                .to_string(context)?
                .to_std_string_lossy();
            self.spend(name.len() + message.len())?;
            return self.tagged("error", json!({ "name": name, "message": message }));
        }
        if let Ok(regexp) = JsRegExp::from_object(object.clone()) {
            let (source, flags) = (regexp.source(context)?, regexp.flags(context)?);
            self.spend(source.len())?;
            return self.tagged("regexp", json!({ "source": source, "flags": flags }));
        }
        if let Some(what) = opaque(object) {
            return Err(Stop::Invalid(what.into()));
        }
        if let Some(primitive) = primitive(object) {
            return self.value(&primitive, context);
        }
        self.plain(object, context)
    }

    fn array(&mut self, object: &JsObject, context: &mut Context) -> Result<Value, Stop> {
        let length = object
            .get(js_string!("length"), context)?
            .to_length(context)?;
        let mut items = Vec::new();
        for index in 0..length {
            self.path.push(format!("[{index}]"));
            let item = object.get(index, context)?;
            items.push(self.value(&item, context)?);
            self.path.pop();
        }
        Ok(items.into())
    }

    fn map(
        &mut self,
        pairs: Vec<(JsValue, JsValue)>,
        context: &mut Context,
    ) -> Result<Value, Stop> {
        let mut items = Vec::with_capacity(pairs.len());
        self.depth += 2;
        for (index, (key, value)) in pairs.iter().enumerate() {
            self.path.push(format!(".keys()[{index}]"));
            let key = self.value(key, context)?;
            self.path.pop();
            self.path.push(format!(".values()[{index}]"));
            items.push(json!([key, self.value(value, context)?]));
            self.path.pop();
        }
        self.depth -= 2;
        self.tagged("map", items.into())
    }

    fn set(&mut self, values: &[JsValue], context: &mut Context) -> Result<Value, Stop> {
        let mut items = Vec::with_capacity(values.len());
        self.depth += 1;
        for (index, value) in values.iter().enumerate() {
            self.path.push(format!(".values()[{index}]"));
            items.push(self.value(value, context)?);
            self.path.pop();
        }
        self.depth -= 1;
        self.tagged("set", items.into())
    }

    fn plain(&mut self, object: &JsObject, context: &mut Context) -> Result<Value, Stop> {
        let mut map = Map::new();
        for key in keys(object, context)? {
            let name = key.to_std_string_lossy();
            self.spend(name.len() + 3)?;
            let value = object.get(key, context)?;
            if self.lean && value.is_undefined() {
                continue;
            }
            self.path.push(step(&name));
            let value = self.value(&value, context)?;
            self.path.pop();
            map.insert(name, value);
        }
        if !self.lean && map.contains_key(TYPE) {
            return self.tagged("object", map.into());
        }
        Ok(map.into())
    }
}

/// What has neither a JSON form nor a tag.
fn opaque(object: &JsObject) -> Option<&'static str> {
    if JsPromise::from_object(object.clone()).is_ok() {
        return Some("a promise (await it first)");
    }
    if JsWeakMap::from_object(object.clone()).is_ok() {
        return Some("a WeakMap");
    }
    if JsWeakSet::from_object(object.clone()).is_ok() {
        return Some("a WeakSet");
    }
    if JsGenerator::from_object(object.clone()).is_ok() {
        return Some("a generator (spread it into an array first)");
    }
    None
}

/// What `new Number(1)` and its kin hold.
pub(crate) fn primitive(object: &JsObject) -> Option<JsValue> {
    if let Some(number) = object.downcast_ref::<f64>() {
        return Some((*number).into());
    }
    if let Some(flag) = object.downcast_ref::<bool>() {
        return Some((*flag).into());
    }
    object
        .downcast_ref::<JsString>()
        .map(|text| text.clone().into())
}

fn step(name: &str) -> String {
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_' || character == '$')
        && !name.starts_with(|first: char| first.is_ascii_digit());
    if plain {
        format!(".{name}")
    } else {
        format!("[{}]", Value::from(name))
    }
}
