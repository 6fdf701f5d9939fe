//! Values on their way out and in: the mapping between Python and JSON.
//!
//! It is the mapping of the JS guest, so that a value means the same to both: JSON values stand for themselves, and what JSON
//! lacks is an object with `$type`; a plain object that has a `$type` of its own is wrapped.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use malachite_bigint::BigInt;
use rustpython_vm::builtins::{
    PyBaseExceptionRef, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet,
    PyStr, PyTuple,
};
use rustpython_vm::{AsObject, PyObjectRef, PyResult, VirtualMachine};
use selvage_guest::values::{INTEGER_MAX, TYPE, VALUE_DEPTH_MAX, Weight};
use selvage_tool::{ErrorCode, ToolError};
use serde_json::{Map, Value, json};

/// The JSON form of a value, which errors call by what it is.
///
/// # Errors
/// [`ErrorCode::InvalidResult`] with the path inside the value; what its own methods raise.
pub fn encode(value: &PyObjectRef, what: &str, vm: &VirtualMachine) -> Result<Value, ToolError> {
    let mut encoder = Encoder::new(vm, None);
    encoder.value(value).map_err(|stop| match stop {
        Stop::Large => ToolError::new(ErrorCode::TooLarge, format!("{what} is too large")),
        Stop::Raised(exception) => crate::failure::from_exception(vm, &exception),
        Stop::Invalid(found) => {
            let path = format!("{what}{}", encoder.path.concat());
            ToolError::new(
                ErrorCode::InvalidResult,
                format!("{path} is {found}, which has no form outside the run"),
            )
            .hint("Return plain data: texts, numbers, lists, dicts, sets, bytes, dates, dataclasses and enums.")
        }
    })
}

/// The JSON form of a value for somebody who looks at it: whatever has none is named by its class, and what has more bytes than
/// that is not shown at all.
pub fn shown(value: &PyObjectRef, bytes_max: usize, vm: &VirtualMachine) -> Value {
    let mut encoder = Encoder::new(vm, Some(bytes_max));
    match encoder.value(value) {
        Ok(value) => value,
        Err(_) => format!("[more than {bytes_max} bytes]").into(),
    }
}

/// Why a value has no JSON form.
enum Stop {
    /// It has more bytes than are shown.
    Large,
    Invalid(String),
    Raised(PyBaseExceptionRef),
}

impl From<PyBaseExceptionRef> for Stop {
    fn from(exception: PyBaseExceptionRef) -> Self {
        Stop::Raised(exception)
    }
}

struct Encoder<'a> {
    vm: &'a VirtualMachine,
    above: Vec<PyObjectRef>,
    /// The path to the value at hand; it stays as it is when there is no form.
    path: Vec<String>,
    weight: Weight,
    /// The most bytes, where the value is only to be looked at.
    shows: Option<usize>,
}

impl<'a> Encoder<'a> {
    fn new(vm: &'a VirtualMachine, shows: Option<usize>) -> Self {
        Self {
            vm,
            above: Vec::new(),
            path: Vec::new(),
            weight: Weight::default(),
            shows,
        }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Stop> {
        self.weight.add(bytes).map_err(Stop::Invalid)?;
        match self.shows {
            Some(bytes_max) if self.weight.bytes() > bytes_max => Err(Stop::Large),
            _ => Ok(()),
        }
    }

    fn tagged(&mut self, kind: &str, value: Value) -> Result<Value, Stop> {
        self.weight.tagged(kind, value).map_err(Stop::Invalid)
    }

    fn text(&mut self, text: String) -> Result<Value, Stop> {
        self.spend(text.len())?;
        Ok(text.into())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Value, Stop> {
        self.spend(bytes.len().div_ceil(3) * 4)?;
        self.tagged("bytes", STANDARD.encode(bytes).into())
    }

    fn value(&mut self, value: &PyObjectRef) -> Result<Value, Stop> {
        let (above, path) = (self.above.len(), self.path.len());
        match self.exact(value) {
            Err(Stop::Invalid(_) | Stop::Raised(_)) if self.shows.is_some() => {
                self.above.truncate(above);
                self.path.truncate(path);
                let class = value.class().name().to_string();
                Ok(format!("<{class}>").into())
            }
            encoded => encoded,
        }
    }

    fn exact(&mut self, value: &PyObjectRef) -> Result<Value, Stop> {
        self.spend(5)?;
        let vm = self.vm;
        if vm.is_none(value) {
            return Ok(Value::Null);
        }
        if value.class().is(vm.ctx.types.bool_type) {
            return Ok(value.clone().is_true(vm)?.into());
        }
        // An enum is often a text or a number as well, and stands for that.
        if let Some(member) = self.attribute(value, "_value_")? {
            return self.value(&member);
        }
        if let Some(number) = value.downcast_ref::<PyInt>() {
            return self.integer(number.as_bigint());
        }
        if let Some(number) = value.downcast_ref::<PyFloat>() {
            return self.number(number.to_f64());
        }
        if let Some(text) = value.downcast_ref::<PyStr>() {
            return self.text(text.to_string_lossy().into_owned());
        }
        if let Some(bytes) = value.downcast_ref::<PyBytes>() {
            return self.bytes(bytes.as_bytes());
        }
        if let Some(bytes) = value.downcast_ref::<PyByteArray>() {
            let bytes = bytes.borrow_buf().to_vec();
            return self.bytes(&bytes);
        }
        if self.above.iter().any(|above| above.is(value)) {
            if self.shows.is_some() {
                return Ok("[circular]".into());
            }
            return Err(Stop::Invalid(
                "a cycle: it is an object above itself".into(),
            ));
        }
        if self.above.len() >= VALUE_DEPTH_MAX {
            return Err(Stop::Invalid(format!(
                "nested deeper than {VALUE_DEPTH_MAX}"
            )));
        }
        // A large collection is not copied to find that out.
        if let (Some(bytes_max), Ok(length)) = (self.shows, value.length(vm))
            && length > bytes_max
        {
            return Err(Stop::Large);
        }
        self.above.push(value.clone());
        let encoded = self.nested(value)?;
        self.above.pop();
        Ok(encoded)
    }

    fn integer(&mut self, number: &BigInt) -> Result<Value, Stop> {
        match i64::try_from(number) {
            Ok(small) if (-INTEGER_MAX..=INTEGER_MAX).contains(&small) => Ok(small.into()),
            _ => {
                let digits = self.text(number.to_string())?;
                self.tagged("bigint", digits)
            }
        }
    }

    fn number(&mut self, number: f64) -> Result<Value, Stop> {
        self.weight.number(number).map_err(Stop::Invalid)
    }

    fn nested(&mut self, value: &PyObjectRef) -> Result<Value, Stop> {
        let vm = self.vm;
        if let Some(list) = value.downcast_ref::<PyList>() {
            let items = list.borrow_vec().to_vec();
            return self.items(&items).map(Value::Array);
        }
        if let Some(tuple) = value.downcast_ref::<PyTuple>() {
            let items = tuple.as_slice().to_vec();
            return self.items(&items).map(Value::Array);
        }
        if value.downcast_ref::<PyDict>().is_some() {
            let items = vm.call_method(value, "items", ())?;
            let pairs = vm.extract_elements_with(&items, |pair| {
                let pair: Vec<PyObjectRef> = vm.extract_elements_with(&pair, Ok)?;
                Ok((pair[0].clone(), pair[1].clone()))
            })?;
            return self.dict(&pairs);
        }
        if value.downcast_ref::<PySet>().is_some() || value.downcast_ref::<PyFrozenSet>().is_some()
        {
            let items: Vec<PyObjectRef> = vm.extract_elements_with(value, Ok)?;
            let items = self.items(&items)?;
            return self.tagged("set", items.into());
        }
        if let Some(fields) = self.attribute(value, "__dataclass_fields__")? {
            let names: Vec<PyObjectRef> = vm.extract_elements_with(&fields, Ok)?;
            let mut pairs = Vec::new();
            for name in names {
                let text = name.str(vm)?;
                pairs.push((name, value.get_attr(&text, vm)?));
            }
            return self.dict(&pairs);
        }
        self.other(value)
    }

    /// What the standard library has for dates, numbers, paths and the like.
    fn other(&mut self, value: &PyObjectRef) -> Result<Value, Stop> {
        let vm = self.vm;
        let class = value.class().to_owned();
        let module = self
            .attribute(class.as_object(), "__module__")?
            .and_then(|module| Some(module.str(vm).ok()?.to_string()))
            .unwrap_or_default();
        let name = class.name().to_string();
        match (module.as_str(), name.as_str()) {
            ("datetime", "datetime") if self.is_aware(value)? => {
                let utc = vm.import("datetime", 0)?.get_attr("UTC", vm)?;
                let there = vm.call_method(value, "astimezone", (utc,))?;
                let text = vm.call_method(&there, "isoformat", ("T", "milliseconds"))?;
                let text = text.str(vm)?.to_string().replace("+00:00", "Z");
                let text = self.text(text)?;
                self.tagged("date", text)
            }
            ("datetime", "datetime" | "date" | "time") => {
                let text = vm.call_method(value, "isoformat", ())?.str(vm)?.to_string();
                self.text(text)
            }
            ("datetime", "timedelta") => {
                let seconds = vm.call_method(value, "total_seconds", ())?;
                self.value(&seconds)
            }
            ("decimal" | "_decimal" | "_pydecimal", "Decimal")
            | ("fractions", "Fraction")
            | ("uuid", "UUID")
            | ("pathlib" | "pathlib._local", "PosixPath" | "PurePosixPath") => {
                let text = value.str(vm)?.to_string();
                self.text(text)
            }
            _ => Err(Stop::Invalid(format!("an object of the class {name}"))),
        }
    }

    fn items(&mut self, items: &[PyObjectRef]) -> Result<Vec<Value>, Stop> {
        let mut encoded = Vec::new();
        for (index, item) in items.iter().enumerate() {
            self.path.push(format!("[{index}]"));
            encoded.push(self.value(item)?);
            self.path.pop();
        }
        Ok(encoded)
    }

    fn dict(&mut self, pairs: &[(PyObjectRef, PyObjectRef)]) -> Result<Value, Stop> {
        let mut members = Map::new();
        let mut others = Vec::new();
        for (key, value) in pairs {
            let name = key
                .downcast_ref::<PyStr>()
                .map(|name| name.to_string_lossy().into_owned());
            let shown = name.clone().unwrap_or_else(|| "?".to_owned());
            self.path.push(format!("[{shown:?}]"));
            let encoded = self.value(value)?;
            match name {
                Some(name) => {
                    self.spend(name.len())?;
                    members.insert(name, encoded);
                }
                None => others.push(json!([self.value(key)?, encoded])),
            }
            self.path.pop();
        }
        if others.is_empty() {
            return if members.contains_key(TYPE) {
                self.tagged("object", Value::Object(members))
            } else {
                Ok(Value::Object(members))
            };
        }
        let texts = members
            .into_iter()
            .map(|(name, value)| json!([name, value]));
        let pairs: Vec<Value> = texts.chain(others).collect();
        self.tagged("map", pairs.into())
    }

    /// An attribute, where there is one.
    fn attribute(
        &self,
        value: &rustpython_vm::PyObject,
        name: &'static str,
    ) -> Result<Option<PyObjectRef>, Stop> {
        Ok(self.vm.get_attribute_opt(value, name)?)
    }

    /// Whether a time knows its zone.
    fn is_aware(&self, time: &PyObjectRef) -> Result<bool, Stop> {
        let zone = time.get_attr("tzinfo", self.vm)?;
        Ok(!self.vm.is_none(&zone))
    }
}

/// The Python value of a JSON form. An unknown tag leaves the object as it is.
///
/// # Errors
/// A tag whose value does not fit it: bytes that are no base64, digits that are no number.
pub fn decode(value: &Value, vm: &VirtualMachine) -> PyResult {
    Ok(match value {
        Value::Null => vm.ctx.none(),
        Value::Bool(flag) => vm.ctx.new_bool(*flag).into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => vm.ctx.new_int(whole).into(),
            None => vm.ctx.new_float(number.as_f64().unwrap_or(f64::NAN)).into(),
        },
        Value::String(text) => vm.ctx.new_str(text.as_str()).into(),
        Value::Array(items) => vm.ctx.new_list(all(items, vm)?).into(),
        Value::Object(members) => {
            if let Some(kind) = members.get(TYPE).and_then(Value::as_str)
                && members.len() <= 2
                && let Some(value) = tagged(kind, members.get("value"), vm)?
            {
                return Ok(value);
            }
            object(members, vm)?
        }
    })
}

fn all(items: &[Value], vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
    items.iter().map(|item| decode(item, vm)).collect()
}

fn object(members: &Map<String, Value>, vm: &VirtualMachine) -> PyResult {
    let dict = vm.ctx.new_dict();
    for (name, value) in members {
        dict.set_item(name.as_str(), decode(value, vm)?, vm)?;
    }
    Ok(dict.into())
}

fn tagged(kind: &str, value: Option<&Value>, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let text = value.and_then(Value::as_str);
    let broken = || vm.new_value_error(format!("a value of $type {kind} does not fit it"));
    Ok(Some(match (kind, value, text) {
        ("undefined", None, _) => vm.ctx.none(),
        ("number", _, Some(text)) => {
            let number: f64 = text.parse().map_err(|_| broken())?;
            vm.ctx.new_float(number).into()
        }
        ("bigint", _, Some(text)) => {
            let number: BigInt = text.parse().map_err(|_| broken())?;
            vm.ctx.new_bigint(&number).into()
        }
        ("bytes", _, Some(text)) => {
            let bytes = STANDARD.decode(text).map_err(|_| broken())?;
            vm.ctx.new_bytes(bytes).into()
        }
        ("date", _, Some(text)) => {
            let class = vm.import("datetime", 0)?.get_attr("datetime", vm)?;
            vm.call_method(&class, "fromisoformat", (text,))?
        }
        ("set", Some(Value::Array(items)), _) => {
            let items = vm.ctx.new_list(all(items, vm)?);
            vm.ctx
                .types
                .set_type
                .to_owned()
                .as_object()
                .call((items,), vm)?
        }
        ("map", Some(Value::Array(pairs)), _) => {
            let dict = vm.ctx.new_dict();
            for pair in pairs {
                let Some([key, value]) = pair.as_array().map(Vec::as_slice) else {
                    return Err(broken());
                };
                dict.set_item(&*decode(key, vm)?, decode(value, vm)?, vm)?;
            }
            dict.into()
        }
        ("object", Some(Value::Object(members)), _) => object(members, vm)?,
        _ => return Ok(None),
    }))
}
