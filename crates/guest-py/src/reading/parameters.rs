//! From a signature to what a form asks for.
//!
//! | annotation | kind |
//! | --- | --- |
//! | `str` | text |
//! | `int` | integer |
//! | `float` | number |
//! | `bool` | boolean |
//! | `date`, `datetime`, `time` | the same |
//! | `list`, `list[…]`, `List[…]` | list |
//! | `Literal[…]` | the kind of its first value, which are the options |
//! | `Optional[X]`, `X \| None`, `Union[X, None]` | that of `X`, and not required |
//! | `Annotated[X, …]` | that of `X` |
//! | none | the kind of a plain default |
//! | any other | JSON |
//!
//! An annotation may be a text, as it is where a class comes later in the file.

use super::values::literal;
use ruff_python_ast::{Expr, Operator, ParameterWithDefault, Parameters};
use selvage_tool::reading::{Parameter, ParameterKind};
use serde_json::Value;

/// The most parameters that are told of.
pub const PARAMETERS_MAX: usize = 100;
/// The most options of a parameter.
pub const OPTIONS_MAX: usize = 200;
/// How often an annotation may be wrapped: `Optional[Annotated[str, …]]` twice.
const WRAPS_MAX: usize = 8;

/// The name and the type of the parameter that a run fills in by itself.
const CONTEXT: (&str, &str) = ("context", "ExecutionContext");

/// What a function takes. The context that comes first is no argument, and neither are `*args` and `**kwargs`.
pub fn of(parameters: &Parameters) -> Vec<Parameter> {
    parameters
        .iter_non_variadic_params()
        .enumerate()
        .filter(|(index, parameter)| *index > 0 || !is_context(parameter))
        .map(|(_, parameter)| one(parameter))
        .take(PARAMETERS_MAX)
        .collect()
}

/// Whether a parameter that comes first is filled in with the run's context.
fn is_context(parameter: &ParameterWithDefault) -> bool {
    let annotated = parameter.parameter.annotation.as_deref();
    parameter.name().as_str() == CONTEXT.0
        || annotated.is_some_and(|annotation| match annotation {
            Expr::StringLiteral(text) => text.value.to_str().rsplit('.').next() == Some(CONTEXT.1),
            other => last_name(other) == Some(CONTEXT.1),
        })
}

fn one(parameter: &ParameterWithDefault) -> Parameter {
    let default = parameter.default.as_deref();
    let value = default.and_then(literal).filter(|value| !value.is_null());
    let mut taken = match parameter.parameter.annotation.as_deref() {
        Some(annotation) => taken(annotation, WRAPS_MAX),
        None => Taken::of(value.as_ref().map_or(ParameterKind::Json, kind_of)),
    };
    taken.options.truncate(OPTIONS_MAX);
    let name = parameter.name().to_string();
    Parameter {
        label: label(&name),
        name,
        kind: taken.kind,
        required: default.is_none() && !taken.optional,
        default: value,
        options: taken.options,
    }
}

/// What an annotation lets through.
struct Taken {
    kind: ParameterKind,
    optional: bool,
    options: Vec<Value>,
}

impl Taken {
    fn of(kind: ParameterKind) -> Self {
        Self {
            kind,
            optional: false,
            options: Vec::new(),
        }
    }

    fn or_none(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }
}

fn taken(annotation: &Expr, wraps: usize) -> Taken {
    let json = || Taken::of(ParameterKind::Json);
    let Some(wraps) = wraps.checked_sub(1) else {
        return json();
    };
    match annotation {
        Expr::StringLiteral(text) => {
            match ruff_python_parser::parse_expression(text.value.to_str()) {
                Ok(parsed) => taken(parsed.expr(), wraps),
                Err(_) => json(),
            }
        }
        Expr::BinOp(either) if either.op == Operator::BitOr => {
            match (&*either.left, &*either.right) {
                (Expr::NoneLiteral(_), one) | (one, Expr::NoneLiteral(_)) => {
                    taken(one, wraps).or_none()
                }
                _ => json(),
            }
        }
        Expr::Subscript(subscript) => {
            let inner: &[Expr] = match &*subscript.slice {
                Expr::Tuple(tuple) => &tuple.elts,
                one => std::slice::from_ref(one),
            };
            match (last_name(&subscript.value).unwrap_or_default(), inner) {
                ("Optional", [one]) => taken(one, wraps).or_none(),
                ("Union", [one, Expr::NoneLiteral(_)] | [Expr::NoneLiteral(_), one]) => {
                    taken(one, wraps).or_none()
                }
                ("Annotated", [one, ..]) => taken(one, wraps),
                ("Literal", values) => choice(values),
                ("list" | "List", _) => Taken::of(ParameterKind::List),
                _ => json(),
            }
        }
        other => Taken::of(match last_name(other).unwrap_or_default() {
            "str" => ParameterKind::Text,
            "int" => ParameterKind::Integer,
            "float" => ParameterKind::Number,
            "bool" => ParameterKind::Boolean,
            "date" => ParameterKind::Date,
            "datetime" => ParameterKind::Datetime,
            "time" => ParameterKind::Time,
            "list" | "List" => ParameterKind::List,
            _ => ParameterKind::Json,
        }),
    }
}

/// `Literal["a", "b", None]`: the values are the options, and `None` among them means that there may be none.
fn choice(values: &[Expr]) -> Taken {
    let Some(options) = values.iter().map(literal).collect::<Option<Vec<Value>>>() else {
        return Taken::of(ParameterKind::Json);
    };
    let optional = options.contains(&Value::Null);
    let options: Vec<Value> = options
        .into_iter()
        .filter(|value| !value.is_null())
        .collect();
    let mut kinds = options.iter().map(kind_of);
    let kind = match kinds.next() {
        Some(first) if kinds.all(|kind| kind == first) => first,
        _ => ParameterKind::Json,
    };
    Taken {
        kind,
        optional,
        options,
    }
}

fn kind_of(value: &Value) -> ParameterKind {
    match value {
        Value::String(_) => ParameterKind::Text,
        Value::Bool(_) => ParameterKind::Boolean,
        Value::Number(number) if number.is_f64() => ParameterKind::Number,
        Value::Number(_) => ParameterKind::Integer,
        Value::Array(_) => ParameterKind::List,
        Value::Object(_) | Value::Null => ParameterKind::Json,
    }
}

/// `List` of `List` and of `typing.List`.
fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// What a person reads for a name in snake or camel case: `Customer name` of `customer_name` and of `customerName`.
fn label(name: &str) -> String {
    let mut label = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for c in name.trim_matches('_').chars() {
        let turns = c.is_uppercase() && (before.is_lowercase() || before.is_numeric());
        if (c == '_' || turns) && !label.ends_with(' ') {
            label.push(' ');
        }
        if label.is_empty() {
            label.extend(c.to_uppercase());
        } else if turns {
            label.extend(c.to_lowercase());
        } else if c != '_' {
            label.push(c);
        }
        before = c;
    }
    label
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn a_name_is_read_as_words() {
        for (name, words) in [
            ("customer_name", "Customer name"),
            ("customerName", "Customer name"),
            ("url", "Url"),
            ("_private__x", "Private x"),
            ("n2", "N2"),
            ("", ""),
            ("straße_2", "Straße 2"),
        ] {
            assert_eq!(label(name), words);
        }
    }
}
