//! # unknown-flow-member
//!
//! **What it does.** Finds a member of `flow` or `flow.fs` that does not exist.
//!
//! **Why.** It is `undefined`, and calling it throws.
//!
//! **Example.** `await flow.fs.readFile("a.txt")`, where `flow.fs.readText` is meant.
//!
//! **Fix.** The member that was probably meant; made unasked only for a slip of capitals or one letter.

use super::{Check, Findings, Rule, Scene};
use crate::flow::{Host, Root};
use crate::runtime::{DECLARES_INPUT, DECLARES_OUTPUT, DESCRIBES, FLOW, FS, Member};
use crate::suggest;
use oxc_ast::AstKind;
use oxc_ast::ast::BindingPattern;
use oxc_semantic::AstNode;
use oxc_span::{GetSpan, Span};
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "unknown-flow-member",
    severity: Severity::Error,
    check: Check::Node(check),
};

/// Names that other run-times use for members of `flow.fs`.
const ELSEWHERE: &[(&str, &str)] = &[
    ("readFile", "readText"),
    ("readFileSync", "readText"),
    ("readTextFile", "readText"),
    ("text", "readText"),
    ("json", "readJSON"),
    ("bytes", "readBytes"),
    ("writeFile", "write"),
    ("writeFileSync", "write"),
    ("writeText", "write"),
    ("writeTextFile", "write"),
    ("writeBytes", "write"),
    ("readdir", "list"),
    ("readDir", "list"),
    ("ls", "list"),
    ("glob", "list"),
    ("rename", "move"),
    ("mv", "move"),
    ("unlink", "remove"),
    ("delete", "remove"),
    ("rm", "remove"),
    ("rmdir", "remove"),
    ("mkdirp", "mkdir"),
    ("existsSync", "exists"),
];

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    match node.kind() {
        AstKind::StaticMemberExpression(member) => {
            if let Some(host) = scene.flow.host(&member.object) {
                look(
                    scene,
                    findings,
                    &host,
                    member.property.name.as_str(),
                    member.property.span,
                    true,
                );
            }
        }
        AstKind::VariableDeclarator(declarator) => {
            let host = declarator
                .init
                .as_ref()
                .and_then(|init| scene.flow.host(init));
            if let (Some(host), BindingPattern::ObjectPattern(pattern)) = (host, &declarator.id) {
                for property in &pattern.properties {
                    let name = property.key.static_name();
                    if let Some(name) = name.as_ref().and_then(|name| name.as_str()) {
                        look(
                            scene,
                            findings,
                            &host,
                            name,
                            property.key.span(),
                            !property.shorthand,
                        );
                    }
                }
            }
        }
        _ => {}
    }
}

fn look(
    scene: &Scene<'_, '_>,
    findings: &mut Findings<'_, '_>,
    host: &Host<'_>,
    name: &str,
    span: Span,
    fixable: bool,
) {
    let members = |list: &'static [Member]| list.iter().map(|member| member.name);
    let (whole, known): (String, Vec<&str>) = match host.root {
        Root::Global => return,
        _ if host.is_flow(&["fs"]) => ("flow.fs".into(), members(FS).collect()),
        Root::Flow if host.steps.is_empty() => ("flow".into(), members(FLOW).collect()),
        Root::Setup if host.steps.is_empty() => {
            let declares = DECLARES_INPUT
                .iter()
                .map(|(name, _)| *name)
                .chain(DECLARES_OUTPUT.iter().copied());
            let all = declares
                .chain(DESCRIBES.iter().copied())
                .chain(members(FLOW));
            (scene.flow.text.slice(span).to_owned(), all.collect())
        }
        _ => return,
    };
    if findings.full() || known.contains(&name) {
        return;
    }
    let known = known.into_iter();
    let elsewhere = host
        .is_flow(&["fs"])
        .then(|| ELSEWHERE.iter().find(|(other, _)| *other == name))
        .flatten();
    let meant = elsewhere
        .map(|(_, meant)| *meant)
        .or_else(|| suggest::nearest(name, known.clone()));
    let in_fs = host.steps.is_empty() && FS.iter().any(|member| member.name == name);
    let hint = match meant {
        _ if in_fs => format!("Write `flow.fs.{name}`."),
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => format!("It has `{}`.", known.collect::<Vec<_>>().join("`, `")),
    };
    let write = if in_fs {
        Some(format!("fs.{name}"))
    } else {
        meant.map(str::to_owned)
    };
    let fix = write.filter(|_| fixable).map(|write| {
        let safe = in_fs || suggest::same_but_for_a_slip(name, &write);
        scene
            .flow
            .text
            .fix(format!("Write `{write}`"), safe, span, write.clone())
    });
    let subject = if host.root == Root::Setup && host.steps.is_empty() {
        "The declaring object"
    } else {
        whole.as_str()
    };
    let subject = if subject.starts_with("flow") {
        format!("`{subject}`")
    } else {
        subject.to_owned()
    };
    findings.add_with_fix(
        span,
        format!("{subject} has no member `{name}`."),
        hint,
        fix,
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            "flow.args.anything; flow.env.HOME; flow.log.warn('x')",
            "const { fs } = flow; fs.readText('a')",
            "export default async ({ args, fs }) => fs.list(args.x)",
            "const flow = { x: 1 }; flow.x",
            "export function setup(s) { s.title('x').inText('a', 'A') } export const run = async (services) => services.draw('x')",
        ];
        let fail = [
            "flow.fs.readJson('a')",
            "flow.readText('a')",
            "const { fs } = flow; fs.readFile('a')",
            "export default (f) => f.arguments",
            "const { fss } = flow",
            "export function setup(s) { s.inTxt('a', 'A') } export const run = () => 1",
            "function helper(io) { return io.readd('a') } helper(flow.fs)",
        ];
        crate::rules::cases::check("unknown-flow-member", &pass, &fail);
    }
}
