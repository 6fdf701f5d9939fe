//! The least grant: what a flow's text shows that it touches.
//!
//! A run may touch no more than this shows, so it errs on the side of more: where a path or a
//! function of the run-time goes out of sight, everything that it could touch is asked for.

use crate::flow::{Flow, Host, Root, Step, argument};
use crate::paths;
use crate::runtime::{FLOW, FS, FS_READS, SERVICES};
use crate::values::{self, Piece};
use oxc_ast::AstKind;
use oxc_ast::ast::{BindingPattern, CallExpression, Expression, ImportDeclarationSpecifier};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};
use selvage_tool::Grant;
use std::collections::BTreeSet;

/// What a file touches, and what of the run-time it hands to functions of other files.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Globs that it reads.
    pub read: BTreeSet<String>,
    /// Globs that it writes.
    pub write: BTreeSet<String>,
    /// Domains that it fetches from.
    pub net: BTreeSet<String>,
    /// Tools that it calls.
    pub tools: BTreeSet<String>,
    /// What it hands on.
    pub handed: Vec<Handed>,
}

/// A part of the run-time that is passed to an imported function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// The import, as written.
    pub specifier: String,
    /// The name of the export.
    pub export: String,
    /// The parameter.
    pub index: usize,
    /// What is passed.
    pub host: Host<'static>,
}

/// Reads off what a file touches.
#[must_use]
pub fn needs(flow: &Flow<'_>) -> Needs {
    let mut needs = Needs::default();
    for node in flow.nodes().iter() {
        match node.kind() {
            AstKind::CallExpression(call) => needs.call(flow, call),
            AstKind::IdentifierReference(name) => {
                if let Some(host) = flow.host_of_name(name) {
                    needs.follow(flow, node.id(), host);
                }
            }
            _ => {}
        }
    }
    needs
}

impl Needs {
    /// Adds what another file touches.
    pub fn add(&mut self, other: &Self) {
        self.read.extend(other.read.iter().cloned());
        self.write.extend(other.write.iter().cloned());
        self.net.extend(other.net.iter().cloned());
        self.tools.extend(other.tools.iter().cloned());
    }

    /// As a grant, without what another glob of it covers anyway.
    #[must_use]
    pub fn grant(&self) -> Grant {
        let star = |names: &BTreeSet<String>| match names.contains("*") {
            true => vec!["*".to_owned()],
            false => names.iter().cloned().collect(),
        };
        Grant {
            read: fewest(&self.read),
            write: fewest(&self.write),
            net: star(&self.net),
            tools: star(&self.tools),
        }
    }

    /// What something of the run-time could touch once it is out of sight.
    pub fn everything(&mut self, host: &Host<'_>) {
        let names: Vec<&str> = host.names().collect();
        let (reads, writes, calls, fetches) = match (host.root, names.as_slice()) {
            (Root::Global, ["globalThis"]) => (true, true, true, true),
            (Root::Global, ["fetch"]) => (false, false, false, true),
            (Root::Global, _) => (false, false, false, false),
            (_, []) => (true, true, true, false),
            (_, ["fs"]) => (true, true, false, false),
            (_, ["fs", name]) => (
                FS_READS.contains(name),
                !FS_READS.contains(name),
                false,
                false,
            ),
            (_, ["call"]) => (false, false, true, false),
            (Root::Services, [name]) if is_service(name) => {
                self.tools.insert((*name).to_owned());
                return;
            }
            _ => return,
        };
        if reads {
            self.read.insert("**".into());
        }
        if writes {
            self.write.insert("**".into());
        }
        if calls {
            self.tools.insert("*".into());
        }
        if fetches {
            self.net.insert("*".into());
        }
    }

    fn call<'a>(&mut self, flow: &Flow<'a>, call: &'a CallExpression<'a>) {
        let Some(host) = flow.host(&call.callee) else {
            return;
        };
        let names: Vec<&str> = host.names().collect();
        match (host.root, names.as_slice()) {
            (Root::Global, ["fetch"]) => self.net.extend(domains(flow, call)),
            (Root::Global, _) => {}
            (_, ["fs", operation]) => self.file(flow, call, operation),
            (_, ["call"]) => {
                let tool = argument(call, 0).and_then(|name| values::text(flow, name));
                self.tools.insert(tool.unwrap_or_else(|| "*".into()));
            }
            (Root::Services, [name]) if is_service(name) => {
                self.tools.insert((*name).to_owned());
            }
            _ => {}
        }
    }

    fn file<'a>(&mut self, flow: &Flow<'a>, call: &'a CallExpression<'a>, operation: &str) {
        let globs = |index: usize| -> Vec<String> {
            let Some(path) = argument(call, index) else {
                let none = call.arguments.len() <= index && operation == "list";
                return vec![if none { String::new() } else { "**".into() }];
            };
            values::texts(flow, path)
                .iter()
                .filter_map(|pieces| paths::glob(pieces))
                .collect()
        };
        match operation {
            "list" => {
                for glob in globs(0) {
                    let inside = if glob.is_empty() {
                        "*".to_owned()
                    } else {
                        format!("{glob}/*")
                    };
                    if !glob.ends_with("**") && !glob.is_empty() {
                        self.read.insert(glob.clone());
                    }
                    self.read
                        .insert(if glob.ends_with("**") { glob } else { inside });
                }
            }
            "write" | "writeJSON" | "mkdir" => self.write.extend(globs(0)),
            "remove" => self
                .write
                .extend(globs(0).into_iter().flat_map(with_inside)),
            "move" => self
                .write
                .extend(globs(0).into_iter().chain(globs(1)).flat_map(with_inside)),
            name if FS_READS.contains(&name) => self.read.extend(globs(0)),
            _ => {}
        }
    }

    /// Follows what a name stands for to where it is used, and asks for everything where that is out of sight.
    fn follow<'a>(&mut self, flow: &Flow<'a>, name: NodeId, mut host: Host<'a>) {
        let nodes = flow.nodes();
        let mut node = name;
        loop {
            let parent = nodes.parent_node(node);
            let span = nodes.kind(node).span();
            match parent.kind() {
                AstKind::ParenthesizedExpression(_) | AstKind::ChainExpression(_) => {}
                AstKind::StaticMemberExpression(member) if member.object.span() == span => {
                    host = host.then(member.property.name.as_str(), member.property.span);
                }
                AstKind::ComputedMemberExpression(member) if member.object.span() == span => {
                    match member.static_property_name().and_then(|name| name.as_str()) {
                        Some(name) => host = host.then(name, member.expression.span()),
                        None => return self.everything(&host),
                    }
                }
                AstKind::CallExpression(call) if call.callee.span() == span => return,
                AstKind::CallExpression(call) => return self.pass(flow, call, span, &host),
                AstKind::VariableDeclarator(declarator) => {
                    return if !binds_in_sight(flow, &declarator.id) {
                        self.everything(&host)
                    };
                }
                AstKind::ExpressionStatement(_) | AstKind::UnaryExpression(_) => return,
                _ => return self.everything(&host),
            }
            node = parent.id();
        }
    }

    /// Something of the run-time is passed to a function.
    fn pass<'a>(
        &mut self,
        flow: &Flow<'a>,
        call: &'a CallExpression<'a>,
        passed: Span,
        host: &Host<'a>,
    ) {
        let index = call
            .arguments
            .iter()
            .position(|argument| argument.span() == passed);
        let Some(index) = index.filter(|index| argument(call, *index).is_some()) else {
            return self.everything(host);
        };
        if let Some(callable) = flow.local_function(&call.callee) {
            let known = callable.params().items.get(index).is_none_or(|parameter| {
                let given = parameter
                    .pattern
                    .get_binding_identifier()
                    .and_then(|name| name.symbol_id.get());
                match given {
                    Some(symbol) => flow.host_of_symbol(symbol) == Some(host),
                    None => binds_in_sight(flow, &parameter.pattern),
                }
            });
            return if !known || callable.params().rest.is_some() {
                self.everything(host)
            };
        }
        match (imported(flow, &call.callee), known_host(host)) {
            (Some((specifier, export)), Some(host)) => self.handed.push(Handed {
                specifier,
                export,
                index,
                host,
            }),
            _ => self.everything(host),
        }
    }
}

/// Whether every name of a pattern is one that is followed.
fn binds_in_sight(flow: &Flow<'_>, pattern: &BindingPattern<'_>) -> bool {
    match pattern {
        BindingPattern::BindingIdentifier(name) => name
            .symbol_id
            .get()
            .is_some_and(|symbol| flow.host_of_symbol(symbol).is_some()),
        BindingPattern::ObjectPattern(object) => {
            object.rest.is_none()
                && object.properties.iter().all(|property| {
                    property.key.static_name().is_some() && binds_in_sight(flow, &property.value)
                })
        }
        BindingPattern::AssignmentPattern(default) => binds_in_sight(flow, &default.left),
        BindingPattern::ArrayPattern(_) => false,
    }
}

/// Where a called name is imported from, and as what it is exported there.
fn imported<'a>(flow: &Flow<'a>, callee: &'a Expression<'a>) -> Option<(String, String)> {
    let Expression::Identifier(name) = callee.without_parentheses() else {
        return None;
    };
    let declaration = flow.scoping().symbol_declaration(flow.symbol(name)?);
    let export = match flow.nodes().kind(declaration) {
        AstKind::ImportSpecifier(specifier) => specifier.imported.name().to_string(),
        AstKind::ImportDefaultSpecifier(_) => "default".to_owned(),
        _ => return None,
    };
    let AstKind::ImportDeclaration(import) = flow.nodes().parent_kind(declaration) else {
        return None;
    };
    let listed = import.specifiers.iter().flatten();
    debug_assert!(
        listed
            .clone()
            .any(|s| !matches!(s, ImportDeclarationSpecifier::ImportNamespaceSpecifier(_)))
    );
    Some((import.source.value.as_str()?.to_owned(), export))
}

/// The same with names of the table, which outlive the file; `None` for what can't be handed on.
fn known_host(host: &Host<'_>) -> Option<Host<'static>> {
    let mut steps = Vec::new();
    for step in &host.steps {
        let found = FLOW
            .iter()
            .chain(FS)
            .find(|member| member.name == step.name)?;
        steps.push(Step {
            name: found.name,
            span: Span::empty(0),
        });
    }
    (host.root != Root::Global).then_some(Host {
        root: host.root,
        steps,
    })
}

/// Whether a member of `run`'s parameter is a tool.
#[must_use]
pub fn is_service(name: &str) -> bool {
    !SERVICES.contains(&name) && !FLOW.iter().any(|member| member.name == name)
}

/// A glob, and everything inside where it may be a folder: where the last name has no ending.
fn with_inside(glob: String) -> Vec<String> {
    let name = glob.rsplit('/').next().unwrap_or_default();
    if name.contains('.') || name == "**" {
        return vec![glob];
    }
    let inside = format!("{glob}/**");
    vec![glob, inside]
}

/// Without the globs that `**` or `folder/**` among them covers.
fn fewest(globs: &BTreeSet<String>) -> Vec<String> {
    let covered = |glob: &String| {
        globs.iter().any(|other| match other.strip_suffix("**") {
            Some("") => glob != "**",
            Some(folder) if !folder.contains(['*', '[']) => {
                glob != other && glob.starts_with(folder)
            }
            _ => false,
        })
    };
    globs
        .iter()
        .filter(|glob| !covered(glob))
        .cloned()
        .collect()
}

/// The domains that a `fetch` can go to; `*` where that can't be told.
#[must_use]
pub fn domains<'a>(flow: &Flow<'a>, call: &'a CallExpression<'a>) -> Vec<String> {
    let Some(address) = argument(call, 0) else {
        return vec!["*".into()];
    };
    addresses(flow, address, 0)
        .iter()
        .filter_map(|pieces| domain(pieces))
        .collect()
}

/// The addresses that an expression can give, through `new URL` and `.href`.
#[must_use]
pub fn addresses<'a>(
    flow: &Flow<'a>,
    expression: &'a Expression<'a>,
    steps: u32,
) -> Vec<values::Pieces> {
    const STEPS_MAX: u32 = 8;
    let again =
        |inner: &'a Expression<'a>| (steps < STEPS_MAX).then(|| addresses(flow, inner, steps + 1));
    let found = match expression.without_parentheses() {
        Expression::NewExpression(new)
            if flow
                .host(&new.callee)
                .is_some_and(|host| host.is_global(&["URL"])) =>
        {
            let first = new
                .arguments
                .first()
                .and_then(|a| a.as_expression())
                .and_then(again);
            let base = new
                .arguments
                .get(1)
                .and_then(|a| a.as_expression())
                .and_then(again);
            match (first, base) {
                (Some(first), Some(base)) => {
                    let absolute =
                        |pieces: &values::Pieces| begins(pieces, &["http://", "https://"]);
                    let relative = !first.iter().all(absolute);
                    Some(
                        first
                            .into_iter()
                            .filter(absolute)
                            .chain(base.into_iter().filter(|_| relative))
                            .collect(),
                    )
                }
                (first, _) => first,
            }
        }
        Expression::Identifier(name) => {
            let declarator = flow.symbol(name).and_then(|symbol| flow.declarator(symbol));
            declarator
                .filter(|d| d.id.is_binding_identifier())
                .and_then(|d| d.init.as_ref())
                .and_then(again)
        }
        Expression::StaticMemberExpression(member) if member.property.name == "href" => {
            again(&member.object)
        }
        Expression::CallExpression(to_text) => match &to_text.callee {
            Expression::StaticMemberExpression(member) if member.property.name == "toString" => {
                again(&member.object)
            }
            Expression::Identifier(name) if name.name == "String" => {
                argument(to_text, 0).and_then(again)
            }
            _ => None,
        },
        Expression::TemplateLiteral(template)
            if template
                .quasis
                .iter()
                .all(|quasi| quasi.value.raw.is_empty()) =>
        {
            template
                .expressions
                .first()
                .filter(|_| template.expressions.len() == 1)
                .and_then(again)
        }
        _ => None,
    };
    found.unwrap_or_else(|| values::texts(flow, expression))
}

/// Whether a text surely begins with one of these.
#[must_use]
pub fn begins(pieces: &[Piece], starts: &[&str]) -> bool {
    match pieces.first() {
        Some(Piece::Known(text)) => {
            let text = text.trim_start().to_ascii_lowercase();
            starts.iter().any(|start| text.starts_with(start))
        }
        _ => false,
    }
}

/// The domain of an address; `None` where it surely has none.
#[must_use]
pub fn domain(pieces: &[Piece]) -> Option<String> {
    let everything = Some("*".to_owned());
    if !begins(pieces, &["http://", "https://"]) {
        return if matches!(pieces.first(), Some(Piece::Known(_)) | None) {
            None
        } else {
            everything
        };
    }
    let Some(Piece::Known(start)) = pieces.first() else {
        return everything;
    };
    let (_, rest) = start.split_once("://")?;
    let ends = |c: char| matches!(c, '/' | '?' | '#' | '\\');
    let whole = rest.contains(ends) || pieces.len() == 1;
    let authority = rest.split(ends).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if whole || (host.contains('.') && !host.ends_with('.') && !authority.contains('@')) {
        return (!host.is_empty()).then_some(host).or(everything);
    }
    // `https://${region}.example.com/…`
    match pieces.get(2) {
        Some(Piece::Known(after))
            if host.is_empty()
                && after.starts_with('.')
                && (after.contains(ends) || pieces.len() == 3) =>
        {
            let parent = after[1..]
                .split(ends)
                .next()
                .unwrap_or_default()
                .split(':')
                .next()
                .unwrap_or_default();
            let parent = parent.to_ascii_lowercase();
            if parent.contains('.') {
                Some(format!("*.{parent}"))
            } else {
                everything
            }
        }
        _ => everything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Piece {
        Piece::Known(text.to_owned())
    }

    #[test]
    fn a_domain_is_read_off_where_it_is_certain() {
        let unknown = || Piece::Unknown;
        for (pieces, expected) in [
            (
                vec![known("https://API.example.com/v1?a=b")],
                Some("api.example.com"),
            ),
            (
                vec![known("https://user:pass@example.com:8443")],
                Some("example.com"),
            ),
            (
                vec![known("https://example.com/"), unknown()],
                Some("example.com"),
            ),
            (
                vec![known("https://api.example.com"), unknown()],
                Some("api.example.com"),
            ),
            (vec![known("https://api."), unknown()], Some("*")),
            (
                vec![known("https://"), unknown(), known(".example.com/x")],
                Some("*.example.com"),
            ),
            (
                vec![known("https://"), unknown(), known(".com/x")],
                Some("*"),
            ),
            (vec![unknown()], Some("*")),
            (vec![unknown(), known("/users")], Some("*")),
            (vec![known("data.csv")], None),
        ] {
            assert_eq!(domain(&pieces).as_deref(), expected, "{pieces:?}");
        }
    }

    #[test]
    fn a_glob_that_another_covers_is_left_out() {
        let set = |globs: &[&str]| {
            globs
                .iter()
                .map(|g| (*g).to_owned())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(fewest(&set(&["**", "a", "b/*"])), ["**"]);
        assert_eq!(
            fewest(&set(&["a/**", "a/b.txt", "a", "ab"])),
            ["a", "a/**", "ab"]
        );
    }
}
