//! `sort` and `toSorted` of arrays and typed arrays.
//!
//! The engine sorts with the standard library, which panics on a comparison that contradicts itself, and
//! `sort(() => Math.random() - 0.5)` is a common one. This merge sort makes do with any
//! comparison, compares no more often than it must, and is stable.

use super::{Api, builtin, intrinsics, type_error};
use boa_engine::object::JsObject;
use boa_engine::object::builtins::{JsArray, JsTypedArray};
use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, JsVariant, js_string};
use std::cmp::Ordering;

/// Up to how many items are sorted by insertion.
const RUN: usize = 8;

pub(super) fn install(api: &mut Api) {
    let constructors = api.context.intrinsics().constructors();
    let array = constructors.array().prototype();
    let typed = constructors.typed_array().prototype();
    builtin(api, &array, js_string!("sort"), "sort", 1, sort);
    builtin(
        api,
        &array,
        js_string!("toSorted"),
        "toSorted",
        1,
        to_sorted,
    );
    builtin(api, &typed, js_string!("sort"), "sort", 1, typed_sort);
    builtin(
        api,
        &typed,
        js_string!("toSorted"),
        "toSorted",
        1,
        typed_to_sorted,
    );
}

/// How two values compare.
enum Order {
    /// As the flow's function says.
    Function(JsObject),
    /// As texts.
    Text,
    /// As numbers or big integers.
    Number,
}

fn order(args: &[JsValue], usual: Order) -> JsResult<Order> {
    let compare = args.get_or_undefined(0);
    match compare.as_callable() {
        Some(function) => Ok(Order::Function(function)),
        None if compare.is_undefined() => Ok(usual),
        None => Err(type_error(format!(
            "sort takes a function that compares, and got {}",
            compare.type_of()
        ))),
    }
}

/// A list on its way: the values stay where they are, and their places move.
struct Sorter<'a> {
    order: &'a Order,
    values: Vec<JsValue>,
    /// The texts of the values, where values are compared as texts.
    texts: Vec<JsString>,
}

impl Sorter<'_> {
    /// Whether the value at `b` belongs before the one at `a`.
    fn swaps(&self, a: u32, b: u32, context: &mut Context) -> JsResult<bool> {
        let (a, b) = (a as usize, b as usize);
        match self.order {
            Order::Text => Ok(self.texts[b] < self.texts[a]),
            Order::Number => Ok(numeric(&self.values[b], &self.values[a]) == Ordering::Less),
            Order::Function(function) => {
                let pair = [self.values[a].clone(), self.values[b].clone()];
                let answer = function.call(&JsValue::undefined(), &pair, context)?;
                Ok(match answer.variant() {
                    JsVariant::Integer32(order) => order > 0,
                    _ => answer.to_number(context)? > 0.0,
                })
            }
        }
    }

    fn places(&self, context: &mut Context) -> JsResult<Vec<u32>> {
        let count = u32::try_from(self.values.len())
            .map_err(|_| type_error("the list is too long to sort"))?;
        let mut places: Vec<u32> = (0..count).collect();
        for run in places.chunks_mut(RUN) {
            for index in 1..run.len() {
                let mut at = index;
                while at > 0 && self.swaps(run[at - 1], run[at], context)? {
                    run.swap(at - 1, at);
                    at -= 1;
                }
            }
        }
        let mut width = RUN;
        while width < places.len() {
            let mut merged = Vec::with_capacity(places.len());
            for pair in places.chunks(2 * width) {
                let (left, right) = pair.split_at(width.min(pair.len()));
                self.merge(left, right, &mut merged, context)?;
            }
            places = merged;
            width *= 2;
        }
        Ok(places)
    }

    fn merge(
        &self,
        mut left: &[u32],
        mut right: &[u32],
        merged: &mut Vec<u32>,
        context: &mut Context,
    ) -> JsResult<()> {
        // Runs that follow each other already, as in a list that is nearly sorted, take one comparison.
        if let (Some(last), Some(first)) = (left.last(), right.first())
            && !self.swaps(*last, *first, context)?
        {
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
            return Ok(());
        }
        while let ([a, rest_left @ ..], [b, rest_right @ ..]) = (left, right) {
            if self.swaps(*a, *b, context)? {
                merged.push(*b);
                right = rest_right;
            } else {
                merged.push(*a);
                left = rest_left;
            }
        }
        merged.extend_from_slice(left);
        merged.extend_from_slice(right);
        Ok(())
    }
}

impl Order {
    fn sort(&self, values: Vec<JsValue>, context: &mut Context) -> JsResult<Vec<JsValue>> {
        let texts = match self {
            Order::Text => values
                .iter()
                .map(|value| value.to_string(context))
                .collect::<JsResult<_>>()?,
            _ => Vec::new(),
        };
        let sorter = Sorter {
            order: self,
            values,
            texts,
        };
        let places = sorter.places(context)?;
        Ok(places
            .into_iter()
            .map(|place| sorter.values[place as usize].clone())
            .collect())
    }
}

/// Numbers by size, `-0` before `0`, `NaN` last.
fn numeric(a: &JsValue, b: &JsValue) -> Ordering {
    if let (Some(a), Some(b)) = (a.as_bigint(), b.as_bigint()) {
        return a.cmp(&b);
    }
    let (a, b) = (
        a.as_number().unwrap_or(f64::NAN),
        b.as_number().unwrap_or(f64::NAN),
    );
    match (a.is_nan(), b.is_nan()) {
        (false, false) => a.total_cmp(&b),
        (left, right) => left.cmp(&right),
    }
}

/// Sorts values and puts `undefined` behind them.
fn sorted(values: Vec<JsValue>, order: &Order, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let all = values.len();
    let values: Vec<JsValue> = values
        .into_iter()
        .filter(|value| !value.is_undefined())
        .collect();
    let mut values = order.sort(values, context)?;
    values.resize(all, JsValue::undefined());
    Ok(values)
}

fn length(object: &JsObject, context: &mut Context) -> JsResult<u64> {
    object
        .get(js_string!("length"), context)?
        .to_length(context)
}

fn sort(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let order = order(args, Order::Text)?;
    let object = this.to_object(context)?;
    let length = length(&object, context)?;
    let mut values = Vec::new();
    for index in 0..length {
        if object.has_property(index, context)? {
            values.push(object.get(index, context)?);
        }
    }
    let values = sorted(values, &order, context)?;
    let written = values.len() as u64;
    for (index, value) in values.into_iter().enumerate() {
        object.set(index as u64, value, true, context)?;
    }
    // The holes come last.
    for index in written..length {
        if object.has_own_property(index, context)? {
            object.delete_property_or_throw(index, context)?;
        }
    }
    Ok(object.into())
}

fn to_sorted(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let order = order(args, Order::Text)?;
    let object = this.to_object(context)?;
    let length = length(&object, context)?;
    let mut values = Vec::new();
    for index in 0..length {
        values.push(object.get(index, context)?);
    }
    let values = sorted(values, &order, context)?;
    Ok(JsArray::from_iter(values, context).into())
}

fn typed(this: &JsValue) -> JsResult<JsObject> {
    let object = this
        .as_object()
        .filter(|object| JsTypedArray::from_object(object.clone()).is_ok());
    object.ok_or_else(|| type_error("sort was called on something that is no typed array"))
}

fn typed_values(array: &JsObject, order: &Order, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let length = JsTypedArray::from_object(array.clone())?.length(context)?;
    let mut values = Vec::with_capacity(length);
    for index in 0..length {
        values.push(array.get(index as u64, context)?);
    }
    order.sort(values, context)
}

fn write(array: &JsObject, values: Vec<JsValue>, context: &mut Context) -> JsResult<()> {
    for (index, value) in values.into_iter().enumerate() {
        array.set(index as u64, value, true, context)?;
    }
    Ok(())
}

fn typed_sort(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let order = order(args, Order::Number)?;
    let array = typed(this)?;
    let values = typed_values(&array, &order, context)?;
    write(&array, values, context)?;
    Ok(array.into())
}

fn typed_to_sorted(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let order = order(args, Order::Number)?;
    let array = typed(this)?;
    let values = typed_values(&array, &order, context)?;
    let slice = intrinsics(context)?
        .typed_slice
        .call(&array.into(), &[], context)?;
    let copy = slice
        .as_object()
        .ok_or_else(|| type_error("a typed array could not be copied"))?;
    write(&copy, values, context)?;
    Ok(copy.into())
}
