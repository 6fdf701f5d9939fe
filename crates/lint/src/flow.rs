//! A parsed flow as rules see it: the tree, its scopes, and which expressions stand for the run-time.
//!
//! `flow.fs.readText` is the same whether it is written so, or as `fs.readText` after
//! `const { fs } = flow`, or inside a function of this file that was handed `flow`. [`Flow::host`]
//! says so for any expression.

use crate::entry::{Callable, Entry};
use crate::host::MEMBERS_MAX;
use crate::order::arranged;
use crate::text::Text;
use crate::work::Work;
use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, IdentifierReference, VariableDeclarator,
};
use oxc_semantic::{AstNodes, NodeId, Scoping, Semantic, SymbolId};
use oxc_span::GetSpan;
use std::collections::BTreeSet;

pub use crate::host::{Host, Root, Step};

/// How often names are followed from one to the next.
const ALIAS_STEPS_MAX: usize = 8;

/// The most arguments and parameters of a function that are followed.
pub const ARGUMENTS_MAX: usize = 100;

/// A parsed flow.
pub struct Flow<'a> {
    /// Its workspace path.
    pub path: &'a str,
    /// Its text.
    pub text: &'a Text<'a>,
    /// Its tree and scopes.
    pub semantic: &'a Semantic<'a>,
    /// Where it begins.
    pub entry: Entry<'a>,
    /// Whether it is an ES module.
    pub module: bool,
    /// What may still be spent on it.
    pub work: &'a Work,
    /// What each name stands for, by symbol.
    names: Vec<Option<Host<'a>>>,
    /// Whether each name is set again after its declaration, by symbol. To ask the scopes takes a
    /// look at every use of the name.
    mutated: Vec<bool>,
    /// Where the object patterns begin whose names are bound: what they take does not change.
    bound: BTreeSet<u32>,
    /// Where the calls end that give the declaring object back; known once names are followed.
    chained: Option<BTreeSet<u32>>,
}

impl<'a> Flow<'a> {
    /// Finds out what its names stand for. `given` are parameters known to be handed the run-time.
    #[must_use]
    pub fn new(
        path: &'a str,
        text: &'a Text<'a>,
        semantic: &'a Semantic<'a>,
        entry: Entry<'a>,
        module: bool,
        given: &[(Callable<'a>, usize, Host<'a>)],
        work: &'a Work,
    ) -> Self {
        let scoping = semantic.scoping();
        let names = vec![None; scoping.symbols_len()];
        let mutated = scoping
            .symbol_ids()
            .map(|symbol| scoping.symbol_is_mutated(symbol))
            .collect();
        let mut flow = Self {
            path,
            text,
            semantic,
            entry,
            module,
            work,
            names,
            mutated,
            bound: BTreeSet::new(),
            chained: None,
        };
        let own = [
            (entry.default, Root::Flow),
            (entry.declare, Root::Setup),
            (entry.run, Root::Services),
        ];
        for (callable, root) in own {
            if let Some(callable) = callable {
                flow.hand(callable, 0, &Host::root(root));
            }
        }
        for (callable, index, host) in given {
            flow.hand(*callable, *index, host);
        }
        flow.follow();
        flow.chain();
        flow
    }

    /// Its nodes.
    #[must_use]
    pub fn nodes(&self) -> &'a AstNodes<'a> {
        self.semantic.nodes()
    }

    /// Its scopes and names.
    #[must_use]
    pub fn scoping(&self) -> &'a Scoping {
        self.semantic.scoping()
    }

    /// The symbol that a name refers to; `None` for a global.
    #[must_use]
    pub fn symbol(&self, name: &IdentifierReference<'_>) -> Option<SymbolId> {
        self.scoping()
            .get_reference(name.reference_id.get()?)
            .symbol_id()
    }

    /// Whether a name is set again after its declaration.
    #[must_use]
    pub fn is_mutated(&self, symbol: SymbolId) -> bool {
        self.mutated
            .get(symbol.index())
            .is_none_or(|mutated| *mutated)
    }

    /// What of the run-time an expression stands for, if anything.
    #[must_use]
    pub fn host(&self, expression: &'a Expression<'a>) -> Option<Host<'a>> {
        self.host_within(expression, MEMBERS_MAX)
    }

    /// [`Self::host`] of an expression with so many members at the most.
    fn host_within(&self, expression: &'a Expression<'a>, members: usize) -> Option<Host<'a>> {
        let inside = |object| self.host_within(object, members.checked_sub(1)?);
        match expression {
            Expression::Identifier(name) => self.host_of_name(name),
            Expression::ParenthesizedExpression(inner) => {
                self.host_within(&inner.expression, members)
            }
            Expression::ChainExpression(chain) => match chain.expression.member_expression()? {
                oxc_ast::ast::MemberExpression::StaticMemberExpression(_)
                | oxc_ast::ast::MemberExpression::ComputedMemberExpression(_) => {
                    let member = chain.expression.member_expression()?;
                    let (span, name) = member.static_property_info()?;
                    inside(member.object())?.then(name.as_str()?, span)
                }
                oxc_ast::ast::MemberExpression::PrivateFieldExpression(_) => None,
            },
            Expression::StaticMemberExpression(member) => {
                inside(&member.object)?.then(member.property.name.as_str(), member.property.span)
            }
            Expression::ComputedMemberExpression(member) => {
                let name = member.static_property_name()?.as_str()?;
                inside(&member.object)?.then(name, member.expression.span())
            }
            // `setup.title('…').inText('…')`: the calls that declare give back what they are called on.
            Expression::CallExpression(call) => match &self.chained {
                Some(chained) => chained.contains(&call.span.end),
                None => self.declares(call),
            }
            .then(|| Host::root(Root::Setup)),
            _ => None,
        }
    }

    /// Whether a call declares something, and so gives back what it is called on.
    fn declares(&self, call: &'a CallExpression<'a>) -> bool {
        self.host(&call.callee)
            .is_some_and(|host| host.root == Root::Setup && host.steps.len() == 1)
    }

    /// Finds the calls that declare something, inner ones first: so each link of a chain is read
    /// once, and not again for every link after it.
    fn chain(&mut self) {
        self.chained = Some(BTreeSet::new());
        let named = |root| self.names.iter().flatten().any(|host| host.root == root);
        if !named(Root::Setup) {
            return;
        }
        let calls: Vec<&'a CallExpression<'a>> = self
            .nodes()
            .iter()
            .filter_map(|node| match node.kind() {
                AstKind::CallExpression(call) => Some(call),
                _ => None,
            })
            .collect();
        for call in arranged(calls, |call| (call.span.end.into(), String::new())) {
            if self.declares(call) {
                self.chained.get_or_insert_default().insert(call.span.end);
            }
        }
    }

    /// What a name stands for.
    #[must_use]
    pub fn host_of_name(&self, name: &IdentifierReference<'a>) -> Option<Host<'a>> {
        match self.symbol(name) {
            Some(symbol) => self.names.get(symbol.index())?.clone(),
            None => Some(Host::global(name.name.as_str(), name.span)),
        }
    }

    /// What a symbol stands for.
    #[must_use]
    pub fn host_of_symbol(&self, symbol: SymbolId) -> Option<&Host<'a>> {
        self.names.get(symbol.index())?.as_ref()
    }

    /// The one value that a name ever has: the declarator of a name that is never set again.
    #[must_use]
    pub fn declarator(&self, symbol: SymbolId) -> Option<&'a VariableDeclarator<'a>> {
        if self.is_mutated(symbol) {
            return None;
        }
        match self.nodes().kind(self.scoping().symbol_declaration(symbol)) {
            AstKind::VariableDeclarator(declarator) => Some(declarator),
            _ => None,
        }
    }

    /// The function of this file that a called expression is, when that can't change.
    #[must_use]
    pub fn local_function(&self, callee: &'a Expression<'a>) -> Option<Callable<'a>> {
        let Expression::Identifier(name) = callee.without_parentheses() else {
            return None;
        };
        let symbol = self.symbol(name)?;
        if self.is_mutated(symbol) {
            return None;
        }
        match self.nodes().kind(self.scoping().symbol_declaration(symbol)) {
            AstKind::Function(function) => Some(Callable::Function(function)),
            AstKind::VariableDeclarator(declarator) if declarator.id.is_binding_identifier() => {
                Callable::of(declarator.init.as_ref()?)
            }
            _ => None,
        }
    }

    /// The function around a node; `None` at the top of the file.
    #[must_use]
    pub fn function_around(&self, node: NodeId) -> Option<AstKind<'a>> {
        self.nodes()
            .ancestor_kinds(node)
            .find(|kind| kind.is_function_like())
    }

    /// Whether `await` may stand at a node as it is.
    #[must_use]
    pub fn may_await(&self, node: NodeId) -> bool {
        for kind in self.nodes().ancestor_kinds(node) {
            match kind {
                AstKind::Function(function) => return function.r#async,
                AstKind::ArrowFunctionExpression(arrow) => return arrow.r#async,
                // Parameters and class bodies have rules of their own.
                AstKind::FormalParameters(_) | AstKind::ClassBody(_) => return false,
                _ => {}
            }
        }
        self.module
    }

    /// Learns what declarations and calls hand on, until nothing new comes of it.
    fn follow(&mut self) {
        let mut declarators: Vec<&'a VariableDeclarator<'a>> = Vec::new();
        let mut calls: Vec<&'a CallExpression<'a>> = Vec::new();
        for node in self.nodes().iter() {
            match node.kind() {
                AstKind::VariableDeclarator(declarator) if declarator.init.is_some() => {
                    declarators.push(declarator)
                }
                AstKind::CallExpression(call) if !call.arguments.is_empty() => calls.push(call),
                _ => {}
            }
        }
        for _ in 0..ALIAS_STEPS_MAX {
            let mut learned = false;
            for declarator in &declarators {
                if let Some(host) = declarator.init.as_ref().and_then(|init| self.host(init)) {
                    learned |= self.bind(&declarator.id, &host);
                }
            }
            for call in &calls {
                let Some(callable) = self.local_function(&call.callee) else {
                    continue;
                };
                for (index, argument) in call.arguments.iter().enumerate() {
                    let host = argument.as_expression().and_then(|value| self.host(value));
                    if let Some(host) = host.filter(|host| host.root != Root::Global) {
                        learned |= self.hand(callable, index, &host);
                    }
                }
            }
            if !learned {
                return;
            }
        }
    }

    /// Hands something of the run-time to a parameter; tells whether that was new.
    fn hand(&mut self, callable: Callable<'a>, index: usize, host: &Host<'a>) -> bool {
        callable
            .params()
            .items
            .get(index)
            .is_some_and(|param| self.bind(&param.pattern, host))
    }

    /// Gives the names of a pattern what they take of a value; tells whether any of it was new.
    fn bind(&mut self, pattern: &'a BindingPattern<'a>, host: &Host<'a>) -> bool {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                let Some(symbol) = name.symbol_id.get() else {
                    return false;
                };
                if self.is_mutated(symbol) {
                    return false;
                }
                match self.names.get_mut(symbol.index()) {
                    Some(slot) if slot.is_none() => {
                        *slot = Some(host.clone());
                        true
                    }
                    _ => false,
                }
            }
            BindingPattern::ObjectPattern(object) => {
                let mut learned = false;
                if !self.bound.insert(object.span.start) {
                    return false;
                }
                for property in &object.properties {
                    let name = match property.key.static_name() {
                        Some(oxc_ast::StaticPropertyName::Borrowed(name)) => name.as_str(),
                        _ => None,
                    };
                    let host = name.and_then(|name| host.clone().then(name, property.key.span()));
                    if let Some(host) = host {
                        learned |= self.bind(&property.value, &host);
                    }
                }
                learned
            }
            BindingPattern::AssignmentPattern(default) => self.bind(&default.left, host),
            BindingPattern::ArrayPattern(_) => false,
        }
    }
}

/// The expression that an argument is, when it is not spread.
#[must_use]
pub fn argument<'a>(call: &'a CallExpression<'a>, index: usize) -> Option<&'a Expression<'a>> {
    let before_spread = call
        .arguments
        .iter()
        .take(index + 1)
        .all(|a| !matches!(a, Argument::SpreadElement(_)));
    call.arguments
        .get(index)
        .filter(|_| before_spread)?
        .as_expression()
}
