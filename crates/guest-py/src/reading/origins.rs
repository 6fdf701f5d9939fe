//! What expressions come from: `lzma.compress` for `pack` after `from lzma import compress as pack`.
//!
//! **Problem.** What a library can't do is found by the name of its function, which a text may give another name, keep in a variable
//! or in a field, and which may be a function of the text's own.
//!
//! **Shape.** One pass lists what each of the [scopes](super::scopes) binds a name to, and which expressions are used in which scope. An expression is then
//! followed to where its first name was imported. Calls are part of what it comes from: `threading.Lock().acquire`.
//!
//! *Invariants.*
//! - A name that is bound to two things in its scope comes from nowhere. `None` does not count: it stands for what is not there.
//! - Near linear: no recursion, and an expression is followed for [`STEPS_MAX`] steps.

use super::scopes::{Binding, Kind, MODULE, Scopes};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{
    AnyNodeRef, Expr, ExprCall, ExprContext, ExprRef, Stmt, StmtGlobal, StmtNonlocal,
};

/// How many names, attributes and calls an expression is followed through.
const STEPS_MAX: usize = 8;
/// The most bytes of a name that is followed: those of a library are shorter.
const NAME_BYTES_MAX: usize = 40;

/// An expression that is used, and the scope that it stands in.
#[derive(Clone, Copy)]
pub struct Use<'a> {
    pub expression: ExprRef<'a>,
    scope: usize,
}

/// Where the expressions of a text come from.
pub struct Origins<'a> {
    scopes: Scopes<'a>,
    /// The modules that all names are imported of.
    stars: Vec<&'a str>,
    /// Names, attributes and calls that are read, in order of place.
    pub uses: Vec<Use<'a>>,
    /// What the classes of the text inherit from.
    pub bases: Vec<Use<'a>>,
}

/// The direct children of a node.
struct Children<'a>(Vec<AnyNodeRef<'a>>);

impl<'a> SourceOrderVisitor<'a> for Children<'a> {
    fn enter_node(&mut self, node: AnyNodeRef<'a>) -> TraversalSignal {
        self.0.push(node);
        TraversalSignal::Skip
    }
}

impl<'a> Origins<'a> {
    /// Reads a module.
    #[must_use]
    pub fn of(body: &'a [Stmt]) -> Self {
        let mut origins = Self {
            scopes: Scopes::new(),
            stars: Vec::new(),
            uses: Vec::new(),
            bases: Vec::new(),
        };
        let mut waiting: Vec<_> = body
            .iter()
            .rev()
            .map(|statement| (AnyNodeRef::from(statement), MODULE))
            .collect();
        while let Some((node, scope)) = waiting.pop() {
            let children = origins.enter(node, scope);
            waiting.extend(children.into_iter().rev());
        }
        origins
    }

    /// Takes what a node binds and uses. Gives what is inside, and the scope that it stands in.
    fn enter(&mut self, node: AnyNodeRef<'a>, scope: usize) -> Vec<(AnyNodeRef<'a>, usize)> {
        let mut inner = scope;
        let mut used = |expression| self.uses.push(Use { expression, scope });
        match node {
            AnyNodeRef::StmtImport(_) | AnyNodeRef::StmtImportFrom(_) => {
                self.import(node, scope);
                return Vec::new();
            }
            AnyNodeRef::StmtGlobal(StmtGlobal { names, .. })
            | AnyNodeRef::StmtNonlocal(StmtNonlocal { names, .. }) => {
                for name in names {
                    self.scopes.bind_around(scope, name);
                }
                return Vec::new();
            }
            AnyNodeRef::StmtAssign(assign) => {
                return self.assign(assign.targets.iter(), &assign.value, scope);
            }
            AnyNodeRef::StmtAnnAssign(assign) => {
                let target = std::iter::once(&*assign.target);
                let mut rest = vec![(AnyNodeRef::from(&*assign.annotation), scope)];
                if let Some(value) = &assign.value {
                    rest.extend(self.assign(target, value, scope));
                }
                return rest;
            }
            AnyNodeRef::WithItem(item) => {
                let target = item.optional_vars.as_deref().into_iter();
                return self.assign(target, &item.context_expr, scope);
            }
            AnyNodeRef::ExprNamed(named) => {
                let target = std::iter::once(&*named.target);
                self.assign(target, &named.value, self.scopes.holder(scope));
                return vec![(AnyNodeRef::from(&*named.value), scope)];
            }
            AnyNodeRef::StmtFunctionDef(function) => {
                self.scopes.bind(scope, &function.name, Binding::Own);
                inner = self.scopes.open(Kind::Function, scope);
            }
            AnyNodeRef::StmtClassDef(class) => {
                self.scopes.bind(scope, &class.name, Binding::Own);
                let bases = class.bases().iter().map(ExprRef::from);
                self.bases
                    .extend(bases.map(|expression| Use { expression, scope }));
                inner = self.scopes.open(Kind::Class, scope);
            }
            AnyNodeRef::ExprLambda(_) => inner = self.scopes.open(Kind::Function, scope),
            AnyNodeRef::ExprListComp(_)
            | AnyNodeRef::ExprSetComp(_)
            | AnyNodeRef::ExprDictComp(_)
            | AnyNodeRef::ExprGenerator(_) => inner = self.scopes.open(Kind::Comprehension, scope),
            AnyNodeRef::ExprCall(call) => used(ExprRef::Call(call)),
            AnyNodeRef::ExprName(name) if name.ctx == ExprContext::Load => {
                used(ExprRef::Name(name));
            }
            AnyNodeRef::ExprName(name) => self.scopes.bind(scope, &name.id, Binding::Own),
            AnyNodeRef::ExprAttribute(attribute) if attribute.ctx == ExprContext::Load => {
                used(ExprRef::Attribute(attribute));
            }
            AnyNodeRef::ExprAttribute(attribute) if is_self(&attribute.value) => {
                self.scopes.bind_field(scope, &attribute.attr, Binding::Own);
            }
            _ => {}
        }
        let mut children = Children(Vec::new());
        node.visit_source_order(&mut children);
        let mut rest = Vec::new();
        for child in children.0 {
            match child {
                AnyNodeRef::Identifier(name) if binds(node) => {
                    self.scopes.bind(inner, name, Binding::Own);
                }
                child => rest.push((child, inner)),
            }
        }
        rest
    }

    fn import(&mut self, node: AnyNodeRef<'a>, scope: usize) {
        match node {
            AnyNodeRef::StmtImport(import) => {
                for alias in &import.names {
                    let first = alias.name.split('.').next().unwrap_or_default();
                    let (bound, module) = match &alias.asname {
                        Some(bound) => (bound.as_str(), alias.name.as_str()),
                        None => (first, first),
                    };
                    self.scopes
                        .bind(scope, bound, Binding::Import(module, None));
                }
            }
            AnyNodeRef::StmtImportFrom(import) => {
                // What begins with a dot is the workspace's.
                let module = import.module.as_deref().filter(|_| import.level == 0);
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    match module {
                        _ if alias.name.as_str() == "*" => {
                            self.stars.push(module.unwrap_or_default());
                        }
                        Some(module) => {
                            let binding = Binding::Import(module, Some(&alias.name));
                            self.scopes.bind(scope, bound, binding);
                        }
                        None => self.scopes.bind(scope, bound, Binding::Own),
                    }
                }
            }
            _ => {}
        }
    }

    /// Binds the targets that are a name or a field to a value. Gives what is left to look at.
    fn assign(
        &mut self,
        targets: impl Iterator<Item = &'a Expr>,
        value: &'a Expr,
        scope: usize,
    ) -> Vec<(AnyNodeRef<'a>, usize)> {
        let mut rest = Vec::new();
        let binding = match value {
            Expr::NoneLiteral(_) => None,
            Expr::Call(_) | Expr::Name(_) | Expr::Attribute(_) => Some(Binding::Value(value)),
            _ => Some(Binding::Own),
        };
        for target in targets {
            match (target, binding) {
                (Expr::Name(_), None) => {}
                (Expr::Name(name), Some(binding)) => self.scopes.bind(scope, &name.id, binding),
                (Expr::Attribute(attribute), binding) if is_self(&attribute.value) => {
                    if let Some(binding) = binding {
                        self.scopes.bind_field(scope, &attribute.attr, binding);
                    }
                }
                _ => rest.push((AnyNodeRef::from(target), scope)),
            }
        }
        rest.push((AnyNodeRef::from(value), scope));
        rest
    }

    /// What an expression that is used comes from; `None` where it is not from a module, or not surely.
    #[must_use]
    pub fn of_use(&self, used: Use<'a>) -> Option<String> {
        self.follow(used.expression, used.scope, STEPS_MAX)
    }

    /// What the function of a call comes from.
    #[must_use]
    pub fn of_function(&self, used: Use<'a>, call: &'a ExprCall) -> Option<String> {
        self.follow(ExprRef::from(&*call.func), used.scope, STEPS_MAX)
    }

    /// What an argument of a call comes from.
    #[must_use]
    pub fn of_argument(&self, used: Use<'a>, argument: &'a Expr) -> Option<String> {
        self.follow(ExprRef::from(argument), used.scope, STEPS_MAX)
    }

    fn follow(&self, expression: ExprRef<'a>, scope: usize, steps: usize) -> Option<String> {
        let steps = steps.checked_sub(1)?;
        match expression {
            ExprRef::Name(name) => match self.scopes.find(&name.id, scope) {
                Some((Binding::Import(module, None), _)) => short(module),
                Some((Binding::Import(module, Some(member)), _)) => within(short(module)?, member),
                Some((Binding::Value(value), scope)) => {
                    self.follow(ExprRef::from(value), scope, steps)
                }
                Some((Binding::Own, _)) => None,
                None => match self.stars.as_slice() {
                    [module] => within(short(module)?, &name.id),
                    _ => None,
                },
            },
            ExprRef::Attribute(attribute) if is_self(&attribute.value) => {
                match self.scopes.find_field(&attribute.attr, scope)? {
                    (Binding::Value(value), scope) => {
                        self.follow(ExprRef::from(value), scope, steps)
                    }
                    _ => None,
                }
            }
            ExprRef::Attribute(attribute) => {
                let whole = self.follow(ExprRef::from(&*attribute.value), scope, steps)?;
                within(whole, &attribute.attr)
            }
            ExprRef::Call(call) => {
                let function = self.follow(ExprRef::from(&*call.func), scope, steps)?;
                Some(function + "()")
            }
            _ => None,
        }
    }
}

/// Whether names that stand in a node by themselves are bound by it. Those of classes and functions are bound around them.
fn binds(node: AnyNodeRef<'_>) -> bool {
    !matches!(
        node,
        AnyNodeRef::ExprAttribute(_)
            | AnyNodeRef::Keyword(_)
            | AnyNodeRef::PatternKeyword(_)
            | AnyNodeRef::StmtClassDef(_)
            | AnyNodeRef::StmtFunctionDef(_)
    )
}

fn is_self(expression: &Expr) -> bool {
    matches!(expression, Expr::Name(name) if name.id.as_str() == "self")
}

fn short(name: &str) -> Option<String> {
    (name.len() <= NAME_BYTES_MAX).then(|| name.to_owned())
}

fn within(whole: String, name: &str) -> Option<String> {
    (name.len() <= NAME_BYTES_MAX).then(|| whole + "." + name)
}
