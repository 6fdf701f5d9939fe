//! Bytes: `atob`, `btoa`, `crypto`, and what stands for bytes in JS.

use super::{Api, type_error};
use crate::state::State;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use boa_engine::builtins::typed_array::TypedArrayKind;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{
    AlignedVec, JsArrayBuffer, JsDataView, JsTypedArray, JsUint8Array,
};
use boa_engine::string::{JsStr, JsStrVariant};
use boa_engine::{Context, JsArgs, JsNativeError, JsResult, JsString, JsValue, js_string};

/// How many bytes of randomness one call gives.
pub const RANDOM_BYTES_MAX: usize = 65_536;

pub(super) fn install(api: &mut Api) -> JsResult<()> {
    let atob = api.function("atob", 1, atob);
    api.global("atob", atob)?;
    let btoa = api.function("btoa", 1, btoa);
    api.global("btoa", btoa)?;
    let clone = api.function("structuredClone", 1, super::native::structured_clone);
    api.global("structuredClone", clone)?;
    let crypto = api.object();
    api.method(&crypto, "getRandomValues", 1, get_random_values);
    api.method(&crypto, "randomUUID", 0, random_uuid);
    api.global("crypto", crypto)
}

/// The bytes of an `ArrayBuffer`, a typed array or a `DataView`; `None` for anything else.
///
/// # Errors
/// None but the engine's own.
pub fn bytes_of(object: &JsObject, context: &mut Context) -> JsResult<Option<Vec<u8>>> {
    if let Ok(buffer) = JsArrayBuffer::from_object(object.clone()) {
        return Ok(Some(buffer.to_vec().unwrap_or_default()));
    }
    let (buffer, offset, length) = if let Ok(array) = JsTypedArray::from_object(object.clone()) {
        (
            array.buffer(context)?,
            array.byte_offset(context)?,
            array.byte_length(context)?,
        )
    } else if let Ok(view) = JsDataView::from_object(object.clone()) {
        (
            view.buffer(context)?,
            view.byte_offset(context)? as usize,
            view.byte_length(context)? as usize,
        )
    } else {
        return Ok(None);
    };
    let Some(Ok(buffer)) = buffer.as_object().map(JsArrayBuffer::from_object) else {
        return Ok(Some(Vec::new()));
    };
    let data = buffer.data();
    let bytes = data
        .as_deref()
        .and_then(|data| data.get(offset..offset + length));
    Ok(Some(bytes.unwrap_or_default().to_vec()))
}

/// An `ArrayBuffer` with these bytes.
///
/// # Errors
/// None but the engine's own.
pub fn array_buffer(bytes: &[u8], context: &mut Context) -> JsResult<JsArrayBuffer> {
    JsArrayBuffer::from_byte_block(AlignedVec::from_slice(0, bytes), context)
}

/// A `Uint8Array` with these bytes.
///
/// # Errors
/// None but the engine's own.
pub fn uint8_array(bytes: &[u8], context: &mut Context) -> JsResult<JsValue> {
    let buffer = array_buffer(bytes, context)?;
    Ok(JsUint8Array::from_array_buffer(buffer, context)?.into())
}

fn atob(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let text = args
        .get_or_undefined(0)
        .to_string(context)?
        .to_std_string_lossy();
    let text: String = text
        .chars()
        .filter(|character| !character.is_ascii_whitespace())
        .collect();
    let bytes = GeneralPurpose::new(&STANDARD, lenient)
        .decode(text)
        .map_err(|_| character_error("the text is no base64"))?;
    Ok(JsString::from(JsStr::latin1(&bytes)).into())
}

fn btoa(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let bytes: Option<Vec<u8>> = match text.as_str().variant() {
        JsStrVariant::Latin1(bytes) => Some(bytes.to_vec()),
        JsStrVariant::Utf16(units) => units.iter().map(|unit| u8::try_from(*unit).ok()).collect(),
    };
    let bytes = bytes.ok_or_else(|| {
        character_error(
            "btoa takes characters up to U+00FF; encode the text with TextEncoder first",
        )
    })?;
    Ok(js_string!(base64::engine::general_purpose::STANDARD.encode(bytes)).into())
}

fn character_error(message: &'static str) -> boa_engine::JsError {
    JsNativeError::error().with_message(message).into()
}

fn get_random_values(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = args.get_or_undefined(0);
    let array = target
        .as_object()
        .and_then(|object| JsTypedArray::from_object(object).ok());
    let integers = array.filter(|array| {
        !matches!(
            array.kind(),
            Some(TypedArrayKind::Float16 | TypedArrayKind::Float32 | TypedArrayKind::Float64)
                | None
        )
    });
    let array =
        integers.ok_or_else(|| type_error("getRandomValues takes a typed array of integers"))?;
    let (offset, length) = (array.byte_offset(context)?, array.byte_length(context)?);
    if length > RANDOM_BYTES_MAX {
        let message = format!("getRandomValues gives at most {RANDOM_BYTES_MAX} bytes at once");
        return Err(JsNativeError::range().with_message(message).into());
    }
    let mut random = vec![0; length];
    State::of(context)?.random(&mut random);
    let buffer = array
        .buffer(context)?
        .as_object()
        .ok_or_else(|| type_error("the array has no buffer"))?;
    let buffer = JsArrayBuffer::from_object(buffer)?;
    if let Some(mut data) = buffer.data_mut()
        && let Some(room) = data.get_mut(offset..offset + length)
    {
        room.copy_from_slice(&random);
    }
    Ok(target.clone())
}

fn random_uuid(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut bytes = [0; 16];
    State::of(context)?.random(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let uuid = format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    );
    Ok(js_string!(uuid).into())
}
