//! Literals as JSON values.

use oxc_ast::ast::{ArrayExpressionElement, Expression};
use oxc_syntax::operator::UnaryOperator;
use serde_json::{Number, Value};

/// The deepest literal that is read as a value.
const LITERAL_DEPTH_MAX: u32 = 20;

/// A literal as a JSON value.
#[must_use]
pub fn literal(expression: &Expression<'_>, depth: u32) -> Option<Value> {
    if depth > LITERAL_DEPTH_MAX {
        return None;
    }
    match expression.without_parentheses() {
        Expression::StringLiteral(text) => text.value.as_str().map(Value::from),
        Expression::TemplateLiteral(template) => template.single_quasi()?.as_str().map(Value::from),
        Expression::NumericLiteral(number) => json_number(number.value),
        Expression::BooleanLiteral(boolean) => Some(Value::Bool(boolean.value)),
        Expression::NullLiteral(_) => Some(Value::Null),
        Expression::UnaryExpression(unary) if unary.operator == UnaryOperator::UnaryNegation => {
            match &unary.argument {
                Expression::NumericLiteral(number) => json_number(-number.value),
                _ => None,
            }
        }
        Expression::ArrayExpression(array) => {
            let element =
                |element: &ArrayExpressionElement<'_>| literal(element.as_expression()?, depth + 1);
            array
                .elements
                .iter()
                .map(element)
                .collect::<Option<Vec<_>>>()
                .map(Value::Array)
        }
        Expression::ObjectExpression(object) => {
            let mut map = serde_json::Map::new();
            for property in &object.properties {
                let property = property.as_property()?;
                map.insert(
                    property.key.static_name()?.as_str()?.to_owned(),
                    literal(&property.value, depth + 1)?,
                );
            }
            Some(Value::Object(map))
        }
        _ => None,
    }
}

/// Whole numbers stay whole, as they were written.
#[allow(clippy::cast_possible_truncation)]
fn json_number(number: f64) -> Option<Value> {
    const WHOLE_MAX: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && number.abs() <= WHOLE_MAX {
        return Some(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number)
}
