//! `JSON.parse`, and JSON text in general.
//!
//! The engine's own parser reads JSON as a program: it is slow, its recursion is the stack's, and
//! every key stays in memory for good. This one reads the text once, with a bounded depth.

use crate::api::type_error;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::JsArray;
use boa_engine::property::PropertyKey;
use boa_engine::string::{JsStr, JsStrVariant};
use boa_engine::{Context, JsArgs, JsNativeError, JsResult, JsString, JsValue, js_string};

/// How deep arrays and objects may be nested in a JSON text.
pub const JSON_DEPTH_MAX: usize = 500;

/// `JSON.parse(text, reviver)`.
pub(super) fn parse_global(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(context)?;
    let value = parse(&text, context)?;
    let Some(reviver) = args.get_or_undefined(1).as_callable() else {
        return Ok(value);
    };
    let holder = JsObject::with_object_proto(context.intrinsics());
    holder.create_data_property_or_throw(js_string!(), value, context)?;
    revive(&holder, js_string!().into(), &reviver, 0, context)
}

/// Reads a JSON text.
///
/// # Errors
/// A `SyntaxError` with the place, a `RangeError` for too deep nesting.
pub fn parse(text: &JsString, context: &mut Context) -> JsResult<JsValue> {
    match text.as_str().variant() {
        JsStrVariant::Latin1(units) => Reader { units, at: 0 }.text(context),
        JsStrVariant::Utf16(units) => Reader { units, at: 0 }.text(context),
    }
}

fn revive(
    holder: &JsObject,
    key: PropertyKey,
    reviver: &JsObject,
    depth: usize,
    context: &mut Context,
) -> JsResult<JsValue> {
    if depth > JSON_DEPTH_MAX {
        return Err(JsNativeError::range()
            .with_message("the reviver nests too deep")
            .into());
    }
    let value = holder.get(key.clone(), context)?;
    if let Some(object) = value.as_object() {
        let keys: Vec<PropertyKey> = if super::is_array(&object, context)? {
            let length = object
                .get(js_string!("length"), context)?
                .to_length(context)?;
            (0..length).map(PropertyKey::from).collect()
        } else {
            super::keys(&object, context)?
                .into_iter()
                .map(PropertyKey::from)
                .collect()
        };
        for key in keys {
            let revived = revive(&object, key.clone(), reviver, depth + 1, context)?;
            if revived.is_undefined() {
                object.delete_property_or_throw(key, context)?;
            } else {
                object.create_data_property(key, revived, context)?;
            }
        }
    }
    reviver.call(
        &holder.clone().into(),
        &[JsValue::from(&key).to_string(context)?.into(), value],
        context,
    )
}

/// A code unit: a byte of Latin-1 or a half of UTF-16.
trait Unit: Copy + Into<u32> {
    fn string(units: &[Self]) -> JsString;
}

impl Unit for u8 {
    fn string(units: &[u8]) -> JsString {
        JsString::from(JsStr::latin1(units))
    }
}

impl Unit for u16 {
    fn string(units: &[u16]) -> JsString {
        JsString::from(units)
    }
}

struct Reader<'a, U> {
    units: &'a [U],
    at: usize,
}

impl<U: Unit> Reader<'_, U> {
    fn text(mut self, context: &mut Context) -> JsResult<JsValue> {
        let value = self.value(0, context)?;
        self.blanks();
        if self.at < self.units.len() {
            return Err(self.unexpected());
        }
        Ok(value)
    }

    fn peek(&self) -> u32 {
        self.units.get(self.at).map_or(0, |unit| (*unit).into())
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), 0x20 | 0x0a | 0x0d | 0x09) {
            self.at += 1;
        }
    }

    fn unexpected(&self) -> boa_engine::JsError {
        let said = match self.units.get(self.at) {
            None => "unexpected end".to_owned(),
            Some(unit) => format!(
                "unexpected '{}'",
                char::from_u32((*unit).into()).unwrap_or('\u{fffd}')
            ),
        };
        self.error(&said)
    }

    fn error(&self, said: &str) -> boa_engine::JsError {
        let before = &self.units[..self.at.min(self.units.len())];
        let newline = |unit: &U| (*unit).into() == 0x0a;
        let line = before.iter().filter(|unit| newline(unit)).count() + 1;
        let column = before
            .iter()
            .rev()
            .take_while(|unit| !newline(unit))
            .count()
            + 1;
        let message = format!("{said} in JSON at line {line}, column {column}");
        JsNativeError::syntax().with_message(message).into()
    }

    fn value(&mut self, depth: usize, context: &mut Context) -> JsResult<JsValue> {
        self.blanks();
        match self.peek() {
            0x7b => self.object(depth, context),
            0x5b => self.array(depth, context),
            0x22 => Ok(self.string()?.into()),
            0x2d | 0x30..=0x39 => self.number(),
            0x74 => self.word("true", true.into()),
            0x66 => self.word("false", false.into()),
            0x6e => self.word("null", JsValue::null()),
            _ => Err(self.unexpected()),
        }
    }

    fn word(&mut self, word: &str, value: JsValue) -> JsResult<JsValue> {
        for expected in word.bytes() {
            if self.peek() != u32::from(expected) {
                return Err(self.unexpected());
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn deeper(&self, depth: usize) -> JsResult<usize> {
        if depth >= JSON_DEPTH_MAX {
            let message = format!("the JSON text nests deeper than {JSON_DEPTH_MAX}");
            return Err(JsNativeError::range().with_message(message).into());
        }
        Ok(depth + 1)
    }

    fn array(&mut self, depth: usize, context: &mut Context) -> JsResult<JsValue> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == 0x5d {
            self.at += 1;
            return Ok(JsArray::from_iter(items, context).into());
        }
        loop {
            items.push(self.value(depth, context)?);
            self.blanks();
            match self.peek() {
                0x2c => self.at += 1,
                0x5d => {
                    self.at += 1;
                    return Ok(JsArray::from_iter(items, context).into());
                }
                _ => return Err(self.unexpected()),
            }
        }
    }

    fn object(&mut self, depth: usize, context: &mut Context) -> JsResult<JsValue> {
        let depth = self.deeper(depth)?;
        self.at += 1;
        let object = JsObject::with_object_proto(context.intrinsics());
        self.blanks();
        if self.peek() == 0x7d {
            self.at += 1;
            return Ok(object.into());
        }
        loop {
            self.blanks();
            if self.peek() != 0x22 {
                return Err(self.unexpected());
            }
            let key = self.string()?;
            self.blanks();
            if self.peek() != 0x3a {
                return Err(self.unexpected());
            }
            self.at += 1;
            let value = self.value(depth, context)?;
            object.create_data_property(key, value, context)?;
            self.blanks();
            match self.peek() {
                0x2c => self.at += 1,
                0x7d => {
                    self.at += 1;
                    return Ok(object.into());
                }
                _ => return Err(self.unexpected()),
            }
        }
    }

    fn string(&mut self) -> JsResult<JsString> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.units.get(self.at).map(|unit| (*unit).into()) {
                Some(0x22) => {
                    let text = U::string(&self.units[start..self.at]);
                    self.at += 1;
                    return Ok(text);
                }
                Some(0x5c) => return self.escaped(start),
                Some(0x00..=0x1f) | None => return Err(self.unexpected()),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escaped(&mut self, start: usize) -> JsResult<JsString> {
        let mut text: Vec<u16> = self.units[start..self.at]
            .iter()
            .map(|unit| (*unit).into() as u16)
            .collect();
        loop {
            let unit: u32 = self
                .units
                .get(self.at)
                .map(|unit| (*unit).into())
                .ok_or_else(|| self.unexpected())?;
            match unit {
                0x22 => {
                    self.at += 1;
                    return Ok(JsString::from(&text[..]));
                }
                0x5c => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                0x00..=0x1f => return Err(self.unexpected()),
                _ => {
                    text.push(unit as u16);
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self) -> JsResult<u16> {
        let unit = match self.peek() {
            0x22 => 0x22,
            0x5c => 0x5c,
            0x2f => 0x2f,
            0x62 => 0x08,
            0x66 => 0x0c,
            0x6e => 0x0a,
            0x72 => 0x0d,
            0x74 => 0x09,
            0x75 => {
                let mut unit = 0;
                for _ in 0..4 {
                    self.at += 1;
                    let digit = char::from_u32(self.peek()).and_then(|digit| digit.to_digit(16));
                    unit = unit * 16 + digit.ok_or_else(|| self.unexpected())? as u16;
                }
                unit
            }
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(unit)
    }

    fn digits(&mut self, digits: &mut String) -> JsResult<()> {
        let start = self.at;
        while let digit @ 0x30..=0x39 = self.peek() {
            digits.push(digit as u8 as char);
            self.at += 1;
        }
        if self.at == start {
            Err(self.unexpected())
        } else {
            Ok(())
        }
    }

    fn number(&mut self) -> JsResult<JsValue> {
        let mut text = String::new();
        if self.peek() == 0x2d {
            text.push('-');
            self.at += 1;
        }
        if self.peek() == 0x30 {
            text.push('0');
            self.at += 1;
        } else {
            self.digits(&mut text)?;
        }
        let mut whole = true;
        if self.peek() == 0x2e {
            whole = false;
            text.push('.');
            self.at += 1;
            self.digits(&mut text)?;
        }
        if matches!(self.peek(), 0x65 | 0x45) {
            whole = false;
            text.push('e');
            self.at += 1;
            if let sign @ (0x2b | 0x2d) = self.peek() {
                text.push(sign as u8 as char);
                self.at += 1;
            }
            self.digits(&mut text)?;
        }
        if whole
            && text != "-0"
            && let Ok(number) = text.parse::<i32>()
        {
            return Ok(number.into());
        }
        text.parse::<f64>()
            .map(JsValue::from)
            .map_err(|_| type_error("a number in JSON can't be read"))
    }
}
