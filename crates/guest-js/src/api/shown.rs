//! The parts of which [`super::inspect`] makes a text: own properties, names, quotes, lines.

use super::describe;
use super::inspect::{LINE_CHARS, STRING_CHARS_MAX};
use boa_engine::object::JsObject;
use boa_engine::property::PropertyKey;
use boa_engine::{Context, JsValue, js_string};

/// What an own property holds.
pub(super) enum Slot {
    Value(JsValue),
    Accessor,
}

/// An own property that is enumerable.
pub(super) fn own_descriptor(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> Option<Slot> {
    let descriptor = describe(object, key, context)?;
    let enumerable = descriptor
        .get(js_string!("enumerable"), context)
        .ok()?
        .to_boolean();
    enumerable.then(|| slot_of(&descriptor, context)).flatten()
}

pub(super) fn own_descriptor_any(
    object: &JsObject,
    key: &PropertyKey,
    context: &mut Context,
) -> Option<Slot> {
    let descriptor = describe(object, key, context)?;
    slot_of(&descriptor, context)
}

pub(super) fn slot_of(descriptor: &JsObject, context: &mut Context) -> Option<Slot> {
    if descriptor
        .has_own_property(js_string!("value"), context)
        .ok()?
    {
        return descriptor
            .get(js_string!("value"), context)
            .ok()
            .map(Slot::Value);
    }
    Some(Slot::Accessor)
}

pub(super) fn constructor_name(object: &JsObject, context: &mut Context) -> Option<String> {
    let prototype = object.prototype()?;
    let constructor = own_descriptor_any(&prototype, &js_string!("constructor").into(), context);
    let Some(Slot::Value(constructor)) = constructor else {
        return Some("Object".to_owned());
    };
    let name = own_descriptor_any(
        &constructor.as_object()?,
        &js_string!("name").into(),
        context,
    );
    match name {
        Some(Slot::Value(name)) => name.as_string().map(|name| name.to_std_string_lossy()),
        _ => Some("Object".to_owned()),
    }
}

pub(super) fn length(object: &JsObject, context: &mut Context) -> u64 {
    object
        .get(js_string!("length"), context)
        .ok()
        .and_then(|length| length.as_number())
        .unwrap_or_default() as u64
}

pub(super) fn more(length: u64, shown: usize) -> Option<String> {
    let left = length.saturating_sub(shown as u64);
    (left > 0).then(|| format!("… {left} more"))
}

pub(super) fn quote(text: &str) -> String {
    let cut = text
        .char_indices()
        .nth(STRING_CHARS_MAX)
        .map(|(end, _)| end);
    let shown = &text[..cut.unwrap_or(text.len())];
    let mark = if !shown.contains('\'') {
        '\''
    } else if !shown.contains('"') {
        '"'
    } else {
        '`'
    };
    let mut quoted = String::with_capacity(shown.len() + 2);
    quoted.push(mark);
    for character in shown.chars() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\\' => quoted.push_str("\\\\"),
            other if other == mark => {
                quoted.push('\\');
                quoted.push(mark);
            }
            other if other.is_control() => quoted.push_str(&format!("\\x{:02X}", other as u32)),
            other => quoted.push(other),
        }
    }
    quoted.push(mark);
    if cut.is_some() {
        quoted.push('…');
    }
    quoted
}

pub(super) fn join(prefix: &str, open: char, items: Vec<String>, close: char) -> String {
    if items.is_empty() {
        return format!("{prefix}{open}{close}");
    }
    let width: usize = items.iter().map(|item| item.chars().count() + 2).sum();
    if width <= LINE_CHARS && !items.iter().any(|item| item.contains('\n')) {
        return format!("{prefix}{open} {} {close}", items.join(", "));
    }
    let lines: Vec<String> = items
        .iter()
        .map(|item| format!("  {}", item.replace('\n', "\n  ")))
        .collect();
    format!("{prefix}{open}\n{}\n{close}", lines.join(",\n"))
}
