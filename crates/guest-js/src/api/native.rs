//! What the parts of the API that are written in JS may ask of the guest. No flow can reach it.

use super::bytes::{bytes_of, uint8_array};
use super::{Api, flow, json, type_error};
use crate::failure;
use crate::state::{AnswerKind, State};
use crate::url::Address;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string};
use selvage_tool::guest::PendingOp;
use selvage_tool::{ErrorCode, ToolError};

pub use super::clone::structured_clone;

/// Builds the object that a prelude is called with.
pub fn object(api: &mut Api) -> JsObject {
    let native = api.object();
    api.method(&native, "fetch", 4, fetch);
    api.method(&native, "cancel", 1, cancel);
    api.method(&native, "call", 2, flow::call);
    api.method(&native, "fail", 3, fail);
    api.method(&native, "bytesOf", 1, bytes);
    api.method(&native, "parseJSON", 1, parse_json);
    api.method(&native, "utf8Encode", 1, utf8_encode);
    api.method(&native, "utf8Decode", 2, utf8_decode);
    api.method(&native, "urlParse", 2, url_parse);
    api.method(&native, "urlSet", 3, url_set);
    native
}

fn string(args: &[JsValue], index: usize, context: &mut Context) -> JsResult<String> {
    Ok(args
        .get_or_undefined(index)
        .to_string(context)?
        .to_std_string_lossy())
}

/// `fetch(url, method, headers, body)` gives the promise and the number to cancel it with.
fn fetch(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (url, method) = (string(args, 0, context)?, string(args, 1, context)?);
    let mut headers = Vec::new();
    let pairs = JsArray::from_object(args.get_or_undefined(2).to_object(context)?)?;
    for index in 0..pairs.length(context)? {
        let pair = pairs.get(index, context)?.to_object(context)?;
        let (name, value) = (pair.get(0, context)?, pair.get(1, context)?);
        headers.push((string(&[name], 0, context)?, string(&[value], 0, context)?));
    }
    let body = match args.get_or_undefined(3).as_object() {
        Some(body) => bytes_of(&body, context)?,
        None => None,
    };
    let request = PendingOp::Fetch {
        url,
        method,
        headers,
    };
    let (promise, id) = State::of(context)?.promise(request, body, AnswerKind::Fetch, context)?;
    Ok(JsArray::from_iter([promise.into(), id.into()], context).into())
}

fn cancel(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let id = args.get_or_undefined(0).to_u32(context)?;
    State::of(context)?.cancel(id);
    Ok(JsValue::undefined())
}

/// `fail(code, message, hint)` throws.
fn fail(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (code, message) = (string(args, 0, context)?, string(args, 1, context)?);
    let code = ErrorCode::ALL
        .iter()
        .copied()
        .find(|known| known.as_str() == code)
        .unwrap_or(ErrorCode::Internal);
    let mut failure = ToolError::new(code, message);
    if !args.get_or_undefined(2).is_undefined() {
        failure = failure.hint(string(args, 2, context)?);
    }
    Err(failure::thrown(failure, context))
}

fn bytes(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else {
        return Ok(JsValue::null());
    };
    match bytes_of(&object, context)? {
        Some(bytes) => uint8_array(&bytes, context),
        None => Ok(JsValue::null()),
    }
}

fn parse_json(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    json::parse(&text, context)
}

fn utf8_encode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    uint8_array(string(args, 0, context)?.as_bytes(), context)
}

/// `utf8Decode(bytes, fatal, stream)` gives the text, and how many bytes at the end begin a
/// character that is not complete (only when streaming).
fn utf8_decode(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = args.get_or_undefined(0).as_object();
    let bytes = object
        .map(|object| bytes_of(&object, context))
        .transpose()?
        .flatten();
    let bytes = bytes.ok_or_else(|| type_error("decode takes an ArrayBuffer or a view of one"))?;
    let (fatal, stream) = (
        args.get_or_undefined(1).to_boolean(),
        args.get_or_undefined(2).to_boolean(),
    );
    let mut text = String::with_capacity(bytes.len());
    let mut left = 0;
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(valid) => {
                text.push_str(valid);
                break;
            }
            Err(error) => {
                let (valid, broken) = rest.split_at(error.valid_up_to());
                text.push_str(&String::from_utf8_lossy(valid));
                let skip = error.error_len().unwrap_or(broken.len());
                if error.error_len().is_none() && stream {
                    left = broken.len();
                    break;
                }
                if fatal {
                    return Err(type_error("the bytes are not text in UTF-8"));
                }
                text.push('\u{fffd}');
                rest = &broken[skip..];
            }
        }
    }
    Ok(JsArray::from_iter(
        [js_string!(text).into(), JsValue::from(left as u32)],
        context,
    )
    .into())
}

fn parts(address: &Address, context: &mut Context) -> JsValue {
    let parts = address.parts().map(|part| JsValue::from(js_string!(part)));
    JsArray::from_iter(parts, context).into()
}

/// `urlParse(address, base)` gives the parts, or `null`.
fn url_parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = string(args, 0, context)?;
    let parsed = if args.get_or_undefined(1).is_undefined() {
        Address::parse(&text, None)
    } else {
        let base = string(args, 1, context)?;
        Address::parse(&base, None).and_then(|base| Address::parse(&text, Some(&base)))
    };
    Ok(parsed.map_or_else(JsValue::null, |address| parts(&address, context)))
}

/// `urlSet(address, part, value)` gives the parts after the change.
fn url_set(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (text, part, value) = (
        string(args, 0, context)?,
        string(args, 1, context)?,
        string(args, 2, context)?,
    );
    let mut address =
        Address::parse(&text, None).ok_or_else(|| type_error("the address is broken"))?;
    address.set(&part, &value);
    Ok(parts(&address, context))
}
