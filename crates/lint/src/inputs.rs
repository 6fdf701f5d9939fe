//! What a flow takes and gives: its title, inputs and outputs, read off its text.
//!
//! Flows with `setup` or `init` declare them by calls, modules by exported literals. Where nothing
//! is declared, the inputs are what the flow reads of `flow.args`.

use crate::flow::{Flow, Root, argument};
use crate::literal::literal;
use crate::order::arranged;
use crate::runtime::{DECLARES_INPUT, DECLARES_OUTPUT};
use crate::values;
use oxc_ast::AstKind;
use oxc_ast::ast::{
    BindingPattern, CallExpression, Declaration, Expression, LogicalExpression, ObjectExpression,
    ObjectPropertyKind, Statement,
};
use oxc_span::{GetSpan, Span};
use selvage_tool::catalogue::{InputKind, InputSpec};
use serde_json::Value;

/// The most inputs of a flow that are listed.
pub const INPUTS_MAX: usize = 100;

/// The most outputs of a flow that are listed.
pub const OUTPUTS_MAX: usize = 100;

/// What a flow says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Face {
    /// Its title.
    pub title: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// What it takes.
    pub inputs: Vec<InputSpec>,
    /// Whether the inputs are declared, rather than inferred.
    pub declared: bool,
    /// The outputs that it declares.
    pub outputs: Vec<String>,
    /// Whether a declaration could not be read off, so that there may be more.
    pub open: bool,
}

/// Reads off what a flow says of itself.
#[must_use]
pub fn face(flow: &Flow<'_>) -> Face {
    let mut face = Face::default();
    if flow.entry.declare.is_some() {
        face.declared = true;
        let calls = flow.nodes().iter().filter_map(|node| match node.kind() {
            AstKind::CallExpression(call) => Some(call),
            _ => None,
        });
        // In a chain the last call is the outermost, so the order is that of the ends.
        for call in arranged(calls.collect(), |call| {
            (call.span.end.into(), String::new())
        }) {
            face.declaration(flow, call);
        }
    } else {
        for statement in &flow.semantic.nodes().program().body {
            face.export(statement);
        }
    }
    if !face.declared {
        face.infer(flow);
    }
    face
}

impl Face {
    /// A call like `setup.inText("name", "Your name", { optional: true })`.
    fn declaration<'a>(&mut self, flow: &Flow<'a>, call: &'a CallExpression<'a>) {
        let Some(host) = flow
            .host(&call.callee)
            .filter(|host| host.root == Root::Setup)
        else {
            return;
        };
        let [step] = host.steps.as_slice() else {
            return;
        };
        let text = |index: usize| argument(call, index).and_then(|value| values::text(flow, value));
        match step.name {
            "title" => self.title = self.title.take().or_else(|| text(0)),
            "describe" => self.description = self.description.take().or_else(|| text(0)),
            name if DECLARES_OUTPUT.contains(&name) => match text(0) {
                Some(id) if self.outputs.len() < OUTPUTS_MAX => self.outputs.push(id),
                _ => self.open = true,
            },
            name => {
                let Some((_, kind)) = DECLARES_INPUT.iter().find(|(method, _)| *method == name)
                else {
                    return;
                };
                match text(0) {
                    Some(id) => {
                        let label = text(1).unwrap_or_else(|| label_of(&id));
                        let mut spec = spec(id, label, kind_of(kind));
                        if let Some(Expression::ObjectExpression(options)) =
                            argument(call, 2).map(Expression::without_parentheses)
                        {
                            refine(&mut spec, options);
                        }
                        self.add(spec);
                    }
                    None => self.open = true,
                }
            }
        }
    }

    /// `export const inputs = { … }`, `title` and `description`.
    fn export(&mut self, statement: &Statement<'_>) {
        let Statement::ExportDeclaration(export) = statement else {
            return;
        };
        let Declaration::VariableDeclaration(declaration) = &export.declaration else {
            return;
        };
        for declarator in &declaration.declarations {
            let (Some(name), Some(init)) = (declarator.id.get_identifier_name(), &declarator.init)
            else {
                continue;
            };
            let text = || literal(init, 0).and_then(|value| value.as_str().map(str::to_owned));
            match name.as_str() {
                "title" => self.title = text(),
                "description" => self.description = text(),
                "inputs" => {
                    if let Expression::ObjectExpression(object) = init.without_parentheses() {
                        self.declared = true;
                        self.declare(object);
                    }
                }
                _ => {}
            }
        }
    }

    fn declare(&mut self, object: &ObjectExpression<'_>) {
        for property in &object.properties {
            let named = match property {
                ObjectPropertyKind::ObjectProperty(property) => property
                    .key
                    .static_name()
                    .map(|name| (name, &property.value)),
                ObjectPropertyKind::SpreadProperty(_) => None,
            };
            let Some((name, value)) = named else {
                self.open = true;
                continue;
            };
            let Some(id) = name.as_str() else { continue };
            let mut spec = spec(id.to_owned(), label_of(id), InputKind::Text);
            match value.without_parentheses() {
                Expression::ObjectExpression(options) => refine(&mut spec, options),
                Expression::StringLiteral(kind) => {
                    spec.kind = kind_of(kind.value.as_str().unwrap_or_default())
                }
                _ => {}
            }
            self.add(spec);
        }
    }

    /// What the flow reads of `flow.args`.
    fn infer(&mut self, flow: &Flow<'_>) {
        for node in flow.nodes().iter() {
            match node.kind() {
                AstKind::StaticMemberExpression(member) => {
                    let is_args = flow
                        .host(&member.object)
                        .is_some_and(|host| host.is_flow(&["args"]));
                    let name = member.property.name.as_str();
                    if is_args && !is_method_of(flow, node.id(), member.span) {
                        let default = default_after(flow, node.id(), member.span);
                        self.add(inferred(name, default.as_ref()));
                    }
                }
                AstKind::VariableDeclarator(declarator) => {
                    let is_args = declarator
                        .init
                        .as_ref()
                        .and_then(|init| flow.host(init))
                        .is_some_and(|host| host.is_flow(&["args"]));
                    if is_args {
                        self.infer_from(&declarator.id);
                    }
                }
                AstKind::BindingProperty(property) => {
                    // `({ args: { path } }) => …`
                    let is_args = property.key.is_specific_static_name("args");
                    let around = flow.nodes().parent_kind(flow.nodes().parent_id(node.id()));
                    let of_entry = flow.entry.default.is_some_and(|default| {
                        default
                            .params()
                            .items
                            .first()
                            .is_some_and(|first| first.span == around.span())
                    });
                    if is_args && of_entry {
                        self.infer_from(&property.value);
                    }
                }
                _ => {}
            }
        }
    }

    /// `const { path, limit = 10 } = flow.args`.
    fn infer_from(&mut self, pattern: &BindingPattern<'_>) {
        match pattern {
            BindingPattern::AssignmentPattern(default) => self.infer_from(&default.left),
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    let Some(name) = property.key.static_name() else {
                        continue;
                    };
                    let default = match &property.value {
                        BindingPattern::AssignmentPattern(default) => {
                            Some(literal(&default.right, 0))
                        }
                        _ => None,
                    };
                    if let Some(name) = name.as_str() {
                        self.add(inferred(name, default.as_ref()));
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds an input; of two with one name the one that knows its default stays.
    fn add(&mut self, spec: InputSpec) {
        let room = self.inputs.len() < INPUTS_MAX;
        match self.inputs.iter_mut().find(|known| known.id == spec.id) {
            Some(known) if !self.declared && spec.optional && !known.optional => *known = spec,
            Some(_) => {}
            None if room => self.inputs.push(spec),
            None => self.open = true,
        }
    }
}

fn spec(id: String, label: String, kind: InputKind) -> InputSpec {
    InputSpec {
        id,
        label,
        kind,
        optional: false,
        default: None,
        description: None,
        options: Vec::new(),
    }
}

/// An input that is read somewhere; `Some(None)` is a default that is no literal.
fn inferred(id: &str, default: Option<&Option<Value>>) -> InputSpec {
    let mut spec = spec(id.to_owned(), label_of(id), InputKind::Text);
    if let Some(default) = default {
        spec.optional = true;
        spec.default.clone_from(default);
        spec.kind = default.as_ref().map_or(InputKind::Text, kind_of_value);
    }
    spec
}

/// Takes over `{ kind, label, optional, default, options, description }`.
fn refine(spec: &mut InputSpec, options: &ObjectExpression<'_>) {
    let value = |name: &str| {
        options
            .find_property(name)
            .and_then(|property| literal(&property.value, 0))
    };
    let text = |name: &str| value(name).and_then(|value| value.as_str().map(str::to_owned));
    spec.default = value("default");
    let kind = text("kind").or_else(|| text("type"));
    if let Some(kind) = kind {
        spec.kind = kind_of(&kind);
    } else if let (InputKind::Text, Some(default)) = (spec.kind, &spec.default) {
        spec.kind = kind_of_value(default);
    }
    if let Some(label) = text("label") {
        spec.label = label;
    }
    spec.description = text("description");
    if let Some(Value::Array(options)) = value("options") {
        spec.options = options
            .iter()
            .filter_map(|option| option.as_str().map(str::to_owned))
            .collect();
        spec.kind = InputKind::Select;
    }
    spec.optional = value("optional") == Some(Value::Bool(true)) || spec.default.is_some();
}

fn kind_of(name: &str) -> InputKind {
    match name {
        "number" => InputKind::Number,
        "boolean" => InputKind::Boolean,
        "file" => InputKind::File,
        "image" => InputKind::Image,
        "json" => InputKind::Json,
        "select" => InputKind::Select,
        _ => InputKind::Text,
    }
}

fn kind_of_value(value: &Value) -> InputKind {
    match value {
        Value::Number(_) => InputKind::Number,
        Value::Bool(_) => InputKind::Boolean,
        Value::Array(_) | Value::Object(_) => InputKind::Json,
        Value::String(_) | Value::Null => InputKind::Text,
    }
}

/// `invoicePath` and `invoice_path` as `Invoice path`.
fn label_of(id: &str) -> String {
    let mut label = String::new();
    let mut lower = false;
    for c in id.chars() {
        if matches!(c, '_' | '-' | '.') {
            label.push(' ');
        } else if c.is_uppercase() && lower {
            label.push(' ');
            label.extend(c.to_lowercase());
        } else {
            label.push(c);
        }
        lower = c.is_lowercase() || c.is_ascii_digit();
    }
    let mut letters = label.trim().chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Whether `flow.args.x` is a call of a method that every object has, as in `flow.args.hasOwnProperty(…)`.
fn is_method_of(flow: &Flow<'_>, node: oxc_semantic::NodeId, span: Span) -> bool {
    match flow.nodes().parent_kind(node) {
        AstKind::CallExpression(call) => call.callee.span() == span,
        AstKind::AssignmentExpression(assignment) => assignment.left.span() == span,
        _ => false,
    }
}

/// The default of `flow.args.x ?? default`.
fn default_after(flow: &Flow<'_>, node: oxc_semantic::NodeId, span: Span) -> Option<Option<Value>> {
    match flow.nodes().parent_kind(node) {
        AstKind::LogicalExpression(LogicalExpression {
            left,
            right,
            operator,
            ..
        }) if left.span() == span && !operator.is_and() => Some(literal(right, 0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::label_of;

    #[test]
    fn a_name_reads_as_words() {
        for (id, label) in [
            ("invoicePath", "Invoice path"),
            ("max_rows", "Max rows"),
            ("x", "X"),
            ("", ""),
            ("page2Size", "Page2 size"),
        ] {
            assert_eq!(label_of(id), label);
        }
    }
}
