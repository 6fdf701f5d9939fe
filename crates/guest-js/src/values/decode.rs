//! From a JSON form to the JS value that it stands for.

use super::TYPE;
use crate::api::bytes::uint8_array;
use crate::api::type_error;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{JsArray, JsMap, JsRegExp, JsSet};
use boa_engine::{Context, JsBigInt, JsNativeError, JsResult, JsValue, js_string};
use serde_json::{Map, Value};

/// The JS value of a JSON form. An unknown tag leaves the object as it is.
///
/// # Errors
/// A tag whose value does not fit it: bytes that are no base64, digits that are no number.
pub fn decode(value: &Value, context: &mut Context) -> JsResult<JsValue> {
    Ok(match value {
        Value::Null => JsValue::null(),
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => {
            match number.as_i64().and_then(|whole| i32::try_from(whole).ok()) {
                Some(whole) => whole.into(),
                None => number.as_f64().unwrap_or(f64::NAN).into(),
            }
        }
        Value::String(text) => js_string!(text.as_str()).into(),
        Value::Array(items) => array(items, context)?.into(),
        Value::Object(map) => match map.get(TYPE).and_then(Value::as_str) {
            Some(kind) if map.len() <= 2 => match tagged(kind, map.get("value"), context)? {
                Some(value) => value,
                None => object(map, context)?.into(),
            },
            _ => object(map, context)?.into(),
        },
    })
}

fn array(items: &[Value], context: &mut Context) -> JsResult<JsArray> {
    let items: Vec<JsValue> = items
        .iter()
        .map(|item| decode(item, context))
        .collect::<JsResult<_>>()?;
    Ok(JsArray::from_iter(items, context))
}

fn object(map: &Map<String, Value>, context: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(context.intrinsics());
    for (key, value) in map {
        let value = decode(value, context)?;
        object.create_data_property_or_throw(js_string!(key.as_str()), value, context)?;
    }
    Ok(object)
}

fn tagged(kind: &str, value: Option<&Value>, context: &mut Context) -> JsResult<Option<JsValue>> {
    let text = value.and_then(Value::as_str);
    let broken = || type_error(format!("a value of $type {kind} does not fit it"));
    Ok(Some(match (kind, value, text) {
        ("undefined", None, _) => JsValue::undefined(),
        ("number", _, Some(text)) => match text {
            "NaN" => f64::NAN.into(),
            "Infinity" => f64::INFINITY.into(),
            "-Infinity" => f64::NEG_INFINITY.into(),
            "-0" => (-0.0).into(),
            _ => return Err(broken()),
        },
        ("bigint", _, Some(text)) => JsBigInt::from_string(text).ok_or_else(broken)?.into(),
        ("bytes", _, Some(text)) => {
            uint8_array(&STANDARD.decode(text).map_err(|_| broken())?, context)?
        }
        ("date", _, _) => date(text, context)?,
        ("map", Some(Value::Array(pairs)), _) => {
            let map = JsMap::new(context);
            for pair in pairs {
                let Some([key, value]) = pair.as_array().map(Vec::as_slice) else {
                    return Err(broken());
                };
                let (key, value) = (decode(key, context)?, decode(value, context)?);
                map.set(key, value, context)?;
            }
            map.into()
        }
        ("set", Some(Value::Array(items)), _) => {
            let set = JsSet::new(context);
            for item in items {
                let item = decode(item, context)?;
                set.add(item, context)?;
            }
            set.into()
        }
        ("error", Some(Value::Object(error)), _) => error_of(error, context)?,
        ("regexp", Some(Value::Object(regexp)), _) => {
            let part = |name: &str| {
                regexp
                    .get(name)
                    .and_then(Value::as_str)
                    .map(|text| js_string!(text))
            };
            let (Some(source), Some(flags)) = (part("source"), part("flags")) else {
                return Err(broken());
            };
            JsRegExp::new(source, flags, context)?.into()
        }
        ("object", Some(Value::Object(map)), _) => object(map, context)?.into(),
        _ => return Ok(None),
    }))
}

/// A `Date`; without a text an invalid one.
pub(crate) fn date(text: Option<&str>, context: &mut Context) -> JsResult<JsValue> {
    let argument = text.map_or_else(JsValue::nan, |text| js_string!(text).into());
    let constructor = context.intrinsics().constructors().date().constructor();
    Ok(constructor.construct(&[argument], None, context)?.into())
}

fn error_of(error: &Map<String, Value>, context: &mut Context) -> JsResult<JsValue> {
    let part = |name: &str| {
        error
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (name, message) = (part("name"), part("message"));
    let made = JsNativeError::error()
        .with_message(message)
        .into_opaque(context);
    if name != "Error" {
        made.create_data_property_or_throw(js_string!("name"), js_string!(name.as_str()), context)?;
    }
    Ok(made.into())
}
