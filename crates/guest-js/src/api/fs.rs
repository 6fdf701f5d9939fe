//! `flow.fs`: the files of the run.
//!
//! The host answers at once, and every method still gives a promise, so that a flow reads the
//! same wherever its files are.

use super::bytes::{bytes_of, uint8_array};
use super::{Api, intrinsics, json, type_error};
use crate::failure;
use crate::place;
use crate::state::State;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{JsArray, JsPromise};
use boa_engine::{Context, JsArgs, JsError, JsResult, JsString, JsValue, js_string};
use icu_normalizer::ComposingNormalizerBorrowed;
use selvage_tool::guest::{FileStat, HostCall};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::Value;

/// Builds `flow.fs`.
pub fn fs(api: &mut Api) -> JsObject {
    let fs = api.object();
    api.method(&fs, "read", 1, |_, args, context| {
        promised(read_text(args, context), context)
    });
    api.method(&fs, "readText", 1, |_, args, context| {
        promised(read_text(args, context), context)
    });
    api.method(&fs, "readJSON", 1, |_, args, context| {
        promised(read_json(args, context), context)
    });
    api.method(&fs, "readBytes", 1, |_, args, context| {
        promised(read_bytes(args, context), context)
    });
    api.method(&fs, "write", 2, |_, args, context| {
        promised(write(args, false, context), context)
    });
    api.method(&fs, "writeJSON", 2, |_, args, context| {
        promised(write(args, true, context), context)
    });
    api.method(&fs, "list", 0, |_, args, context| {
        promised(list(args, context), context)
    });
    api.method(&fs, "stat", 1, |_, args, context| {
        promised(stat(args, context), context)
    });
    api.method(&fs, "exists", 1, |_, args, context| {
        promised(exists(args, context), context)
    });
    api.method(&fs, "mkdir", 1, |_, args, context| {
        promised(mkdir(args, context), context)
    });
    api.method(&fs, "move", 2, |_, args, context| {
        promised(rename(args, context), context)
    });
    api.method(&fs, "remove", 1, |_, args, context| {
        promised(remove(args, context), context)
    });
    fs
}

/// A settled promise; what no flow may catch goes on as it is.
///
/// # Errors
/// The engine's own errors.
pub fn promised(result: JsResult<JsValue>, context: &mut Context) -> JsResult<JsValue> {
    match result {
        Ok(value) => Ok(JsPromise::resolve(value, context)?.into()),
        Err(error) if error.as_engine().is_some() => Err(error),
        Err(error) => {
            // A native error has no place yet; an error object made here has.
            let error = match error.as_native() {
                Some(_) => with_site(error, context)?,
                None => error,
            };
            Ok(JsPromise::reject(error, context)?.into())
        }
    }
}

fn with_site(error: JsError, context: &mut Context) -> JsResult<JsError> {
    let opaque = error.into_opaque(context)?;
    if let Some(object) = opaque.as_object() {
        let stack = failure::site(context)?.get(js_string!("stack"), context)?;
        object.define_property_or_throw(
            js_string!("stack"),
            boa_engine::property::PropertyDescriptor::builder()
                .value(stack)
                .enumerable(false)
                .writable(true)
                .configurable(true),
            context,
        )?;
    }
    Ok(JsError::from_opaque(opaque))
}

/// Asks the host; its refusal is thrown as an error with `code`.
///
/// # Errors
/// What the host says instead of an answer.
pub fn ask(call: &HostCall, body: &[u8], context: &mut Context) -> JsResult<(Value, Vec<u8>)> {
    State::of(context)?
        .ask(call, body)
        .map_err(|error| failure::thrown(error, context))
}

/// The workspace path in an argument, in NFC as the workspace keeps names.
///
/// # Errors
/// A `TypeError` for anything but a text, `INVALID_PATH` for one that leads outside.
pub fn path(args: &[JsValue], index: usize, context: &mut Context) -> JsResult<String> {
    let argument = args.get_or_undefined(index);
    let Some(text) = argument.as_string() else {
        return Err(type_error(format!(
            "a path is a text, and this is {}",
            argument.type_of()
        )));
    };
    let text = text.to_std_string_lossy();
    let text = match text.is_ascii() {
        true => text,
        false => ComposingNormalizerBorrowed::new_nfc()
            .normalize(&text)
            .into_owned(),
    };
    place::resolve("", &text).ok_or_else(|| {
        let failure = ToolError::new(
            ErrorCode::InvalidPath,
            format!("'{text}' leads out of the workspace"),
        )
        .path(text);
        failure::thrown(failure, context)
    })
}

fn read(args: &[JsValue], context: &mut Context) -> JsResult<(String, Vec<u8>)> {
    let path = path(args, 0, context)?;
    let (_, bytes) = ask(&HostCall::Read { path: path.clone() }, &[], context)?;
    Ok((path, bytes))
}

fn text(path: &str, bytes: Vec<u8>, context: &mut Context) -> JsResult<JsString> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(js_string!(text.strip_prefix('\u{feff}').unwrap_or(&text))),
        Err(_) => {
            let failure =
                ToolError::new(ErrorCode::NotText, format!("{path} is not text in UTF-8"))
                    .path(path)
                    .hint("Read it with flow.fs.readBytes.");
            Err(failure::thrown(failure, context))
        }
    }
}

fn read_text(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (path, bytes) = read(args, context)?;
    Ok(text(&path, bytes, context)?.into())
}

fn read_json(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (path, bytes) = read(args, context)?;
    let text = text(&path, bytes, context)?;
    json::parse(&text, context).map_err(|error| match error.as_native() {
        Some(native) => boa_engine::JsNativeError::syntax()
            .with_message(format!("{path}: {}", native.message()))
            .into(),
        None => error,
    })
}

fn read_bytes(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (_, bytes) = read(args, context)?;
    uint8_array(&bytes, context)
}

fn write(args: &[JsValue], as_json: bool, context: &mut Context) -> JsResult<JsValue> {
    let path = path(args, 0, context)?;
    let content = args.get_or_undefined(1);
    let bytes = match (as_json, content.as_string()) {
        (false, Some(text)) => text.to_std_string_lossy().into_bytes(),
        _ => {
            let object = content.as_object();
            match object
                .as_ref()
                .filter(|_| !as_json)
                .map(|object| bytes_of(object, context))
                .transpose()?
                .flatten()
            {
                Some(bytes) => bytes,
                None => pretty(content, context)?.into_bytes(),
            }
        }
    };
    ask(&HostCall::Write { path }, &bytes, context)?;
    Ok(JsValue::undefined())
}

/// JSON with two blanks a level and a newline at the end.
fn pretty(value: &JsValue, context: &mut Context) -> JsResult<String> {
    let stringify = intrinsics(context)?.stringify;
    let text = stringify.call(
        &JsValue::undefined(),
        &[value.clone(), JsValue::null(), 2.into()],
        context,
    )?;
    match text.as_string() {
        Some(text) => Ok(format!("{}\n", text.to_std_string_lossy())),
        None => Err(type_error(format!(
            "{} can't be written to a file",
            value.type_of()
        ))),
    }
}

fn entry(stat: &FileStat, context: &mut Context) -> JsResult<JsValue> {
    let entry = JsObject::with_object_proto(context.intrinsics());
    let kind = if stat.folder { "folder" } else { "file" };
    entry.create_data_property_or_throw(
        js_string!("path"),
        js_string!(stat.path.as_str()),
        context,
    )?;
    entry.create_data_property_or_throw(
        js_string!("name"),
        js_string!(stat.name.as_str()),
        context,
    )?;
    entry.create_data_property_or_throw(js_string!("kind"), js_string!(kind), context)?;
    entry.create_data_property_or_throw(js_string!("size"), stat.size as f64, context)?;
    Ok(entry.into())
}

fn answer<T: serde::de::DeserializeOwned>(value: Value) -> JsResult<T> {
    serde_json::from_value(value)
        .map_err(|error| type_error(format!("the host's answer can't be read: {error}")))
}

fn list(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = if args.get_or_undefined(0).is_undefined() {
        String::new()
    } else {
        path(args, 0, context)?
    };
    let (value, _) = ask(&HostCall::List { path }, &[], context)?;
    let stats: Vec<FileStat> = answer(value)?;
    let entries: Vec<JsValue> = stats
        .iter()
        .map(|stat| entry(stat, context))
        .collect::<JsResult<_>>()?;
    Ok(JsArray::from_iter(entries, context).into())
}

fn find(args: &[JsValue], context: &mut Context) -> JsResult<Option<FileStat>> {
    let path = path(args, 0, context)?;
    let (value, _) = ask(&HostCall::Stat { path }, &[], context)?;
    answer(value)
}

fn stat(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match find(args, context)? {
        Some(stat) => entry(&stat, context),
        None => Ok(JsValue::null()),
    }
}

fn exists(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(find(args, context)?.is_some().into())
}

fn mkdir(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = path(args, 0, context)?;
    ask(&HostCall::Mkdir { path }, &[], context)?;
    Ok(JsValue::undefined())
}

fn rename(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (from, to) = (path(args, 0, context)?, path(args, 1, context)?);
    ask(&HostCall::Move { from, to }, &[], context)?;
    Ok(JsValue::undefined())
}

fn remove(args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = path(args, 0, context)?;
    ask(&HostCall::Remove { path }, &[], context)?;
    Ok(JsValue::undefined())
}
