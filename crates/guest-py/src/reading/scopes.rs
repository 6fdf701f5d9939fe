//! The scopes of a text, and what each binds names to.

use ruff_python_ast::Expr;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// How many scopes around an expression a name is looked for in.
const SCOPES_MAX: usize = 64;
/// The scope of the module.
pub const MODULE: usize = 0;

/// What a name is bound to.
#[derive(Clone, Copy)]
pub enum Binding<'a> {
    /// A module, or what is in it.
    Import(&'a str, Option<&'a str>),
    /// What an expression gives.
    Value(&'a Expr),
    /// Something of the text's own.
    Own,
}

/// What a scope is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Module,
    Function,
    Class,
    Comprehension,
}

struct Scope<'a> {
    kind: Kind,
    /// The scope around it; that of the module is around itself.
    outer: usize,
    names: BTreeMap<&'a str, Binding<'a>>,
    /// Of a class: what is bound to a name of `self`.
    fields: BTreeMap<&'a str, Binding<'a>>,
}

/// All scopes of a text, each by its number.
pub struct Scopes<'a>(Vec<Scope<'a>>);

impl<'a> Scopes<'a> {
    /// The module's alone.
    pub fn new() -> Self {
        let mut scopes = Self(Vec::new());
        scopes.open(Kind::Module, MODULE);
        scopes
    }

    /// Adds a scope inside of another one.
    pub fn open(&mut self, kind: Kind, outer: usize) -> usize {
        self.0.push(Scope {
            kind,
            outer,
            names: BTreeMap::new(),
            fields: BTreeMap::new(),
        });
        self.0.len() - 1
    }

    /// Binds a name. One that is bound to two things is the text's own.
    pub fn bind(&mut self, scope: usize, name: &'a str, binding: Binding<'a>) {
        add(&mut self.0[scope].names, name, binding);
    }

    /// Binds a name of `self`, in the class around a scope.
    pub fn bind_field(&mut self, scope: usize, name: &'a str, binding: Binding<'a>) {
        if let Some(class) = self.class(scope) {
            add(&mut self.0[class].fields, name, binding);
        }
    }

    /// Binds a name that a function declares to be of a scope around it: it is the text's own in all of them.
    pub fn bind_around(&mut self, scope: usize, name: &'a str) {
        let mut around = scope;
        for _ in 0..SCOPES_MAX {
            self.bind(around, name, Binding::Own);
            if around == MODULE {
                break;
            }
            around = self.0[around].outer;
        }
        self.bind(MODULE, name, Binding::Own);
    }

    /// The scope that `:=` binds in: that around comprehensions.
    pub fn holder(&self, scope: usize) -> usize {
        let mut around = scope;
        for _ in 0..SCOPES_MAX {
            if self.0[around].kind != Kind::Comprehension {
                break;
            }
            around = self.0[around].outer;
        }
        around
    }

    /// What a name of `self` is bound to, and the class that binds it.
    pub fn find_field(&self, name: &str, scope: usize) -> Option<(Binding<'a>, usize)> {
        let class = self.class(scope)?;
        let scope = &self.0[class];
        let binding = scope.fields.get(name).or_else(|| scope.names.get(name))?;
        Some((*binding, class))
    }

    fn class(&self, scope: usize) -> Option<usize> {
        let mut around = scope;
        for _ in 0..SCOPES_MAX {
            if self.0[around].kind == Kind::Class {
                return Some(around);
            }
            around = self.0[around].outer;
        }
        None
    }

    /// What a name is bound to where it is used, and the scope that binds it.
    pub fn find(&self, name: &str, scope: usize) -> Option<(Binding<'a>, usize)> {
        let mut around = scope;
        for _ in 0..SCOPES_MAX {
            let here = &self.0[around];
            // Functions do not see the names of the class that they are in.
            if (here.kind != Kind::Class || around == scope)
                && let Some(binding) = here.names.get(name)
            {
                return Some((*binding, around));
            }
            if around == MODULE {
                return None;
            }
            around = here.outer;
        }
        Some((Binding::Own, around))
    }
}

fn add<'a>(names: &mut BTreeMap<&'a str, Binding<'a>>, name: &'a str, binding: Binding<'a>) {
    match names.entry(name) {
        Entry::Vacant(free) => {
            free.insert(binding);
        }
        Entry::Occupied(mut taken) => {
            let same = matches!(
                (taken.get(), binding),
                (Binding::Import(a, b), Binding::Import(c, d)) if *a == c && *b == d
            );
            if !same {
                taken.insert(Binding::Own);
            }
        }
    }
}
