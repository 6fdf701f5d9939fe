//! The least grant: what a flow's text shows that it touches.
//!
//! A run may touch no more than this shows, so it errs on the side of more: where a path or a
//! function of the run-time goes out of sight, everything that it could touch is asked for.

use crate::domains::domains;
use crate::flow::{ARGUMENTS_MAX, Flow, Host, Root, Step, argument};
use crate::paths;
use crate::runtime::{FLOW, FS, FS_READS, SERVICES};
use crate::values;
use oxc_ast::AstKind;
use oxc_ast::ast::{BindingPattern, CallExpression, Expression, ImportDeclarationSpecifier};
use oxc_semantic::NodeId;
use oxc_span::{GetSpan, Span};
use selvage_tool::Grant;
use std::collections::BTreeSet;

/// The most parts of the run-time that a file hands to others, or is handed, and that are followed.
pub const HANDED_MAX: usize = 100;

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
                if let Some(host) = flow.host_of_name(name).filter(reaches) {
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
        let star = |names: &BTreeSet<String>| match names.contains("*")
            || names.len() > paths::GRANT_ITEMS_MAX
        {
            true => vec!["*".to_owned()],
            false => names.iter().cloned().collect(),
        };
        Grant {
            read: paths::fewest(&self.read),
            write: paths::fewest(&self.write),
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
                    match host.then(member.property.name.as_str(), member.property.span) {
                        Some(further) => host = further,
                        None => return,
                    }
                }
                AstKind::ComputedMemberExpression(member) if member.object.span() == span => {
                    match member.static_property_name().and_then(|name| name.as_str()) {
                        Some(name) => match host.then(name, member.expression.span()) {
                            Some(further) => host = further,
                            None => return,
                        },
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
            .take(ARGUMENTS_MAX)
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
            (Some((specifier, export)), Some(known)) => {
                let handed = Handed {
                    specifier,
                    export,
                    index,
                    host: known,
                };
                if self.handed.contains(&handed) {
                    return;
                }
                match self.handed.len() < HANDED_MAX {
                    true => self.handed.push(handed),
                    false => self.everything(host),
                }
            }
            _ => self.everything(host),
        }
    }
}

/// Whether something can be reached through this at all: of the globals most are of no account.
fn reaches(host: &Host<'_>) -> bool {
    host.root != Root::Global || matches!(host.names().next(), Some("globalThis" | "fetch"))
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
                    // Every call of a function asks again about its parameters.
                    flow.work.spend(1)
                        && property.key.static_name().is_some()
                        && binds_in_sight(flow, &property.value)
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
