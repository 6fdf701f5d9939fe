//! `structuredClone`: a copy that shares nothing, cycles included.

use super::bytes::array_buffer;
use super::{is_array, keys, load};
use crate::values::primitive;
use boa_engine::builtins::error::Error;
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{
    JsArray, JsArrayBuffer, JsDataView, JsDate, JsMap, JsRegExp, JsSet, JsTypedArray,
};
use boa_engine::property::PropertyDescriptor;
use boa_engine::{Context, JsArgs, JsError, JsNativeError, JsResult, JsValue, js_string};
use std::collections::HashMap;

/// How deep a value to clone may be nested.
pub const CLONE_DEPTH_MAX: usize = 200;

/// `structuredClone(value)`. Transfer lists are not known: there is nowhere to transfer to.
pub fn structured_clone(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Cloner {
        seen: HashMap::new(),
        depth: 0,
    }
    .value(args.get_or_undefined(0), context)
}

struct Cloner {
    // Looked up by address and never iterated, so its order can't show.
    seen: HashMap<usize, (JsObject, JsObject)>,
    depth: usize,
}

fn address(object: &JsObject) -> usize {
    std::ptr::from_ref(object.as_ref()).addr()
}

fn refused(what: &str, context: &mut Context) -> JsError {
    let message = format!("{what} could not be cloned");
    let made = load("web", context).and_then(|web| {
        let exception = web.get(js_string!("DOMException"), context)?;
        let exception = exception
            .as_constructor()
            .ok_or_else(|| JsNativeError::typ().with_message(message.clone()))?;
        exception.construct(
            &[
                js_string!(message.as_str()).into(),
                js_string!("DataCloneError").into(),
            ],
            None,
            context,
        )
    });
    made.map_or_else(|error| error, |made| JsError::from_opaque(made.into()))
}

impl Cloner {
    fn value(&mut self, value: &JsValue, context: &mut Context) -> JsResult<JsValue> {
        if value.is_symbol() {
            return Err(refused("a symbol", context));
        }
        let Some(object) = value.as_object() else {
            return Ok(value.clone());
        };
        if let Some((_, copy)) = self.seen.get(&address(&object)) {
            return Ok(copy.clone().into());
        }
        if self.depth >= CLONE_DEPTH_MAX {
            let message = format!("the value nests deeper than {CLONE_DEPTH_MAX}");
            return Err(JsNativeError::range().with_message(message).into());
        }
        self.depth += 1;
        let copy = self.object(&object, context)?;
        self.depth -= 1;
        Ok(copy.into())
    }

    fn keep(&mut self, object: &JsObject, copy: &JsObject) {
        self.seen
            .insert(address(object), (object.clone(), copy.clone()));
    }

    fn object(&mut self, object: &JsObject, context: &mut Context) -> JsResult<JsObject> {
        if object.is_callable() {
            return Err(refused("a function", context));
        }
        if is_array(object, context)? {
            let length = object.get(js_string!("length"), context)?;
            let copy: JsObject = JsArray::new(context)?.into();
            copy.set(js_string!("length"), length, true, context)?;
            self.keep(object, &copy);
            return self.properties(object, copy, context);
        }
        if let Ok(map) = JsMap::from_object(object.clone()) {
            let copy = JsMap::new(context);
            self.keep(object, &copy.clone().into());
            let mut pairs = Vec::new();
            map.for_each_native(|key, value| {
                pairs.push((key, value));
                Ok(())
            })?;
            for (key, value) in pairs {
                let (key, value) = (self.value(&key, context)?, self.value(&value, context)?);
                copy.set(key, value, context)?;
            }
            return Ok(copy.into());
        }
        if let Ok(set) = JsSet::from_object(object.clone()) {
            let copy = JsSet::new(context);
            self.keep(object, &copy.clone().into());
            let mut items = Vec::new();
            set.for_each_native(|value| {
                items.push(value);
                Ok(())
            })?;
            for item in items {
                let item = self.value(&item, context)?;
                copy.add(item, context)?;
            }
            return Ok(copy.into());
        }
        if let Some(copy) = self.leaf(object, context)? {
            self.keep(object, &copy);
            return Ok(copy);
        }
        if object.is::<Error>() {
            return self.error(object, context);
        }
        let branded = ["Promise", "WeakMap", "WeakSet", "WeakRef", "Generator"];
        let tag = object.get(boa_engine::JsSymbol::to_string_tag(), context)?;
        if let Some(tag) = tag
            .as_string()
            .map(|tag| tag.to_std_string_lossy())
            .filter(|tag| branded.contains(&tag.as_str()))
        {
            return Err(refused(&format!("a {tag}"), context));
        }
        let copy = JsObject::with_object_proto(context.intrinsics());
        self.keep(object, &copy);
        self.properties(object, copy, context)
    }

    fn properties(
        &mut self,
        object: &JsObject,
        copy: JsObject,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        for key in keys(object, context)? {
            let value = object.get(key.clone(), context)?;
            let value = self.value(&value, context)?;
            copy.create_data_property_or_throw(key, value, context)?;
        }
        Ok(copy)
    }

    /// What holds no other values, or only a buffer.
    fn leaf(&mut self, object: &JsObject, context: &mut Context) -> JsResult<Option<JsObject>> {
        if let Ok(date) = JsDate::from_object(object.clone()) {
            let time = date.get_time(context)?;
            let constructor = context.intrinsics().constructors().date().constructor();
            return constructor.construct(&[time], None, context).map(Some);
        }
        if let Ok(regexp) = JsRegExp::from_object(object.clone()) {
            let (source, flags) = (
                js_string!(regexp.source(context)?),
                js_string!(regexp.flags(context)?),
            );
            return Ok(Some(JsRegExp::new(source, flags, context)?.into()));
        }
        if let Ok(buffer) = JsArrayBuffer::from_object(object.clone()) {
            let bytes = buffer.to_vec().unwrap_or_default();
            return Ok(Some(array_buffer(&bytes, context)?.into()));
        }
        let view = if let Ok(array) = JsTypedArray::from_object(object.clone()) {
            Some((
                array.buffer(context)?,
                array.byte_offset(context)?,
                array.length(context)?,
            ))
        } else if let Ok(view) = JsDataView::from_object(object.clone()) {
            Some((
                view.buffer(context)?,
                view.byte_offset(context)? as usize,
                view.byte_length(context)? as usize,
            ))
        } else {
            None
        };
        if let Some((buffer, offset, length)) = view {
            let buffer = self.value(&buffer, context)?;
            let constructor = object.get(js_string!("constructor"), context)?;
            let constructor = constructor
                .as_constructor()
                .ok_or_else(|| refused("a view of bytes", context))?;
            let arguments = [
                buffer,
                JsValue::from(offset as f64),
                JsValue::from(length as f64),
            ];
            return constructor.construct(&arguments, None, context).map(Some);
        }
        match primitive(object) {
            Some(primitive) => primitive.to_object(context).map(Some),
            None => Ok(None),
        }
    }

    fn error(&mut self, object: &JsObject, context: &mut Context) -> JsResult<JsObject> {
        let name = object
            .get(js_string!("name"), context)?
            .to_string(context)?;
        let constructors = context.intrinsics().constructors();
        let constructor = match name.to_std_string_lossy().as_str() {
            "EvalError" => constructors.eval_error(),
            "RangeError" => constructors.range_error(),
            "ReferenceError" => constructors.reference_error(),
            "SyntaxError" => constructors.syntax_error(),
            "TypeError" => constructors.type_error(),
            "URIError" => constructors.uri_error(),
            _ => constructors.error(),
        }
        .constructor();
        let message = object
            .get(js_string!("message"), context)?
            .to_string(context)?;
        let copy = constructor.construct(&[message.into()], None, context)?;
        self.keep(object, &copy);
        for key in ["stack", "cause"] {
            if key == "stack" || object.has_own_property(js_string!(key), context)? {
                let value = object.get(js_string!(key), context)?;
                let value = self.value(&value, context)?;
                let property = PropertyDescriptor::builder()
                    .value(value)
                    .enumerable(false)
                    .writable(true)
                    .configurable(true);
                copy.define_property_or_throw(js_string!(key), property, context)?;
            }
        }
        Ok(copy)
    }
}
