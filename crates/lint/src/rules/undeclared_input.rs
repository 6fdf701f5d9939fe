//! # undeclared-input
//!
//! **What it does.** Finds an input that `run` reads and `setup` or `init` does not declare.
//!
//! **Why.** The run fails there: there is no such input, and no form asks for it.
//!
//! **Example.** `setup` has `flow.inText("topic", "Topic")` and `run` reads `services.inputs.subject`.
//!
//! **Fix.** The name that was probably meant; offered, and made unasked only for a slip of one letter.

use super::{Check, Findings, Rule, Scene};
use crate::flow::{Root, argument};
use crate::suggest;
use crate::values;
use oxc_ast::AstKind;
use oxc_ast::ast::{BindingPattern, Expression};
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "undeclared-input",
    severity: Severity::Error,
    check: Check::Node(check),
};

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let flow = scene.flow;
    if flow.entry.declare.is_none() || scene.face.open {
        return;
    }
    let names_inputs = |expression: &'a Expression<'a>| {
        flow.host(expression)
            .is_some_and(|host| host.root == Root::Services && host.is_flow(&["inputs"]))
    };
    let mut look = |id: &str, span: Span, quotes: Option<&'static str>| {
        let declared: Vec<&str> = scene
            .face
            .inputs
            .iter()
            .map(|input| input.id.as_str())
            .collect();
        missing(
            scene,
            findings,
            &Missing {
                what: "input",
                id,
                span,
                quotes,
                declared: &declared,
            },
        );
    };
    match node.kind() {
        AstKind::StaticMemberExpression(member) if names_inputs(&member.object) => {
            look(
                member.property.name.as_str(),
                member.property.span,
                Some(""),
            );
        }
        AstKind::ComputedMemberExpression(member) if names_inputs(&member.object) => {
            if let Some(id) = values::text(flow, &member.expression) {
                look(&id, member.expression.span(), quotes(&member.expression));
            }
        }
        AstKind::CallExpression(call) => {
            let host = flow
                .host(&call.callee)
                .filter(|host| host.root == Root::Services);
            let id =
                argument(call, 0).filter(|_| host.is_some_and(|host| host.is_flow(&["input"])));
            if let Some((id, expression)) = id.and_then(|id| Some((values::text(flow, id)?, id))) {
                look(&id, expression.span(), quotes(expression));
            }
        }
        AstKind::VariableDeclarator(declarator)
            if declarator.init.as_ref().is_some_and(names_inputs) =>
        {
            let BindingPattern::ObjectPattern(pattern) = &declarator.id else {
                return;
            };
            for property in &pattern.properties {
                let name = property.key.static_name();
                if let Some(id) = name.as_ref().and_then(|name| name.as_str()) {
                    // `{ name }` names two things at once, so no fix renames it.
                    look(id, property.key.span(), (!property.shorthand).then_some(""));
                }
            }
        }
        _ => {}
    }
}

/// The quotes that a fix writes around a name in place of this; none where it is no plain text.
pub fn quotes(expression: &Expression<'_>) -> Option<&'static str> {
    expression.is_string_literal().then_some("\"")
}

/// A name that must be among the declared ones.
pub struct Missing<'n> {
    /// An `input` or an `output`.
    pub what: &'static str,
    /// The name.
    pub id: &'n str,
    /// Where it is written.
    pub span: Span,
    /// The quotes around it there; `None` where a fix can't write another.
    pub quotes: Option<&'static str>,
    /// The declared ones.
    pub declared: &'n [&'n str],
}

/// Reports a name that is not among the declared ones.
pub fn missing(scene: &Scene<'_, '_>, findings: &mut Findings<'_, '_>, name: &Missing<'_>) {
    let Missing {
        what,
        id,
        span,
        quotes,
        declared,
    } = *name;
    if findings.full() || declared.contains(&id) {
        return;
    }
    let meant = suggest::nearest(id, declared.iter().copied());
    let hint = match (meant, declared) {
        (Some(meant), _) => format!("Did you mean `{meant}`?"),
        (None, []) => format!("No {what} is declared."),
        (None, declared) => format!("Declared are `{}`.", declared.join("`, `")),
    };
    let plain = |meant: &str| {
        meant.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !meant.starts_with(|c: char| c.is_ascii_digit())
    };
    let fix = meant
        .zip(quotes)
        .filter(|(meant, _)| plain(meant))
        .map(|(meant, quote)| {
            let safe = suggest::same_but_for_a_slip(id, meant);
            scene.flow.text.fix(
                format!("Write `{meant}`"),
                safe,
                span,
                format!("{quote}{meant}{quote}"),
            )
        });
    findings.add_with_fix(span, format!("There is no {what} `{id}`."), hint, fix);
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let setup = "function setup(flow) { flow.title('T').inText('topic', 'Topic').outText('out', 'Out') }";
        let with = |run: &str| format!("{setup} async function run(services) {{ {run} }}");
        let pass = [
            "services.inputs.topic",
            "services.input('topic')",
            "const { topic } = services.inputs; topic",
            "services.inputs[services.run]",
        ];
        let fail = [
            "services.inputs.subject",
            "services.input('topci')",
            "services.inputs['x']",
            "const { inputs } = services; inputs.x",
            "const { x } = services.inputs; x",
        ];
        let (pass, fail) = (pass.map(with), fail.map(with));
        let pass: Vec<&str> = pass
            .iter()
            .map(String::as_str)
            .chain([
                "flow.args.inputs",
                "const services = { inputs: {} }; services.inputs.x",
            ])
            .collect();
        let fail: Vec<&str> = fail.iter().map(String::as_str).collect();
        crate::rules::cases::check("undeclared-input", &pass, &fail);
    }
}
