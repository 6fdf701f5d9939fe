//! Expressions that are plain values.

use ruff_python_ast::{Expr, Number, UnaryOp};
use serde_json::Value;

/// How deep the values of a value may nest.
const DEPTH_MAX: usize = 8;
/// The most values in one value, those inside counted.
const VALUES_MAX: usize = 200;
/// The most bytes of the texts of a value.
const TEXT_BYTES_MAX: usize = 10_000;

/// The value that an expression says plainly, as JSON; `None` where it must be computed, has no JSON form, or is large.
pub fn literal(expression: &Expr) -> Option<Value> {
    let (mut values, mut bytes) = (VALUES_MAX, TEXT_BYTES_MAX);
    within(expression, DEPTH_MAX, &mut values, &mut bytes)
}

fn within(expression: &Expr, depth: usize, values: &mut usize, bytes: &mut usize) -> Option<Value> {
    *values = values.checked_sub(1)?;
    let deeper = depth.checked_sub(1)?;
    let mut text = |text: &str| -> Option<String> {
        *bytes = bytes.checked_sub(text.len())?;
        Some(text.to_owned())
    };
    match expression {
        Expr::NoneLiteral(_) => Some(Value::Null),
        Expr::BooleanLiteral(literal) => Some(literal.value.into()),
        Expr::StringLiteral(literal) => text(literal.value.to_str()).map(Value::String),
        Expr::NumberLiteral(literal) => number(&literal.value),
        Expr::UnaryOp(negative) if negative.op == UnaryOp::USub => match &*negative.operand {
            Expr::NumberLiteral(literal) => negate(&number(&literal.value)?),
            _ => None,
        },
        Expr::List(list) => list
            .elts
            .iter()
            .map(|item| within(item, deeper, values, bytes))
            .collect(),
        Expr::Tuple(tuple) => tuple
            .elts
            .iter()
            .map(|item| within(item, deeper, values, bytes))
            .collect(),
        Expr::Dict(dict) => {
            let mut object = serde_json::Map::new();
            for item in &dict.items {
                let Some(Value::String(key)) = within(item.key.as_ref()?, deeper, values, bytes)
                else {
                    return None;
                };
                object.insert(key, within(&item.value, deeper, values, bytes)?);
            }
            Some(Value::Object(object))
        }
        _ => None,
    }
}

fn number(number: &Number) -> Option<Value> {
    match number {
        Number::Int(whole) => whole.as_i64().map(Value::from),
        Number::Float(float) => serde_json::Number::from_f64(*float).map(Value::Number),
        Number::Complex { .. } => None,
    }
}

fn negate(value: &Value) -> Option<Value> {
    match value.as_i64() {
        Some(whole) => Some(Value::from(-whole)),
        None => serde_json::Number::from_f64(-value.as_f64()?).map(Value::Number),
    }
}
