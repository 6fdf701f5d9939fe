//! The scopes of a text, and what each binds names to.

use ruff_python_ast::Expr;
use std::collections::BTreeMap;

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

/// Names, and the places of what they are bound to: the guest has this very map anyway.
type Bound<'a> = BTreeMap<&'a str, u32>;

struct Scope<'a> {
    kind: Kind,
    /// The scope around it; that of the module is around itself.
    outer: usize,
    names: Bound<'a>,
    /// Of a class: what is bound to a name of `self`.
    fields: Bound<'a>,
}

/// All scopes of a text, each by its number.
pub struct Scopes<'a> {
    list: Vec<Scope<'a>>,
    /// What the names of all scopes are bound to.
    bindings: Vec<Binding<'a>>,
}

impl<'a> Scopes<'a> {
    /// The module's alone.
    pub fn new() -> Self {
        let mut scopes = Self {
            list: Vec::new(),
            bindings: Vec::new(),
        };
        scopes.open(Kind::Module, MODULE);
        scopes
    }

    /// Adds a scope inside of another one.
    pub fn open(&mut self, kind: Kind, outer: usize) -> usize {
        self.list.push(Scope {
            kind,
            outer,
            names: BTreeMap::new(),
            fields: BTreeMap::new(),
        });
        self.list.len() - 1
    }

    /// Binds a name. One that is bound to two things is the text's own.
    pub fn bind(&mut self, scope: usize, name: &'a str, binding: Binding<'a>) {
        add(
            &mut self.list[scope].names,
            &mut self.bindings,
            name,
            binding,
        );
    }

    /// Binds a name of `self`, in the class around a scope.
    pub fn bind_field(&mut self, scope: usize, name: &'a str, binding: Binding<'a>) {
        if let Some(class) = self.class(scope) {
            add(
                &mut self.list[class].fields,
                &mut self.bindings,
                name,
                binding,
            );
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
            around = self.list[around].outer;
        }
        self.bind(MODULE, name, Binding::Own);
    }

    /// The scope that `:=` binds in: that around comprehensions.
    pub fn holder(&self, scope: usize) -> usize {
        let mut around = scope;
        for _ in 0..SCOPES_MAX {
            if self.list[around].kind != Kind::Comprehension {
                break;
            }
            around = self.list[around].outer;
        }
        around
    }

    /// What a name of `self` is bound to, and the class that binds it.
    pub fn find_field(&self, name: &str, scope: usize) -> Option<(Binding<'a>, usize)> {
        let class = self.class(scope)?;
        let scope = &self.list[class];
        let place = scope.fields.get(name).or_else(|| scope.names.get(name))?;
        Some((self.bound(*place), class))
    }

    fn bound(&self, place: u32) -> Binding<'a> {
        let place = usize::try_from(place).ok();
        let binding = place.and_then(|place| self.bindings.get(place));
        binding.copied().unwrap_or(Binding::Own)
    }

    fn class(&self, scope: usize) -> Option<usize> {
        let mut around = scope;
        for _ in 0..SCOPES_MAX {
            if self.list[around].kind == Kind::Class {
                return Some(around);
            }
            around = self.list[around].outer;
        }
        None
    }

    /// What a name is bound to where it is used, and the scope that binds it.
    pub fn find(&self, name: &str, scope: usize) -> Option<(Binding<'a>, usize)> {
        let mut around = scope;
        for _ in 0..SCOPES_MAX {
            let here = &self.list[around];
            // Functions do not see the names of the class that they are in.
            if (here.kind != Kind::Class || around == scope)
                && let Some(place) = here.names.get(name)
            {
                return Some((self.bound(*place), around));
            }
            if around == MODULE {
                return None;
            }
            around = here.outer;
        }
        Some((Binding::Own, around))
    }
}

fn add<'a>(
    names: &mut Bound<'a>,
    bindings: &mut Vec<Binding<'a>>,
    name: &'a str,
    binding: Binding<'a>,
) {
    let new = u32::try_from(bindings.len()).unwrap_or(u32::MAX);
    let place = names.get(name).map(|place| *place as usize);
    match place.and_then(|place| bindings.get_mut(place)) {
        None => {
            names.insert(name, new);
            bindings.push(binding);
        }
        Some(taken) => {
            let same = matches!(
                (&*taken, binding),
                (Binding::Import(a, b), Binding::Import(c, d)) if *a == c && *b == d
            );
            if !same {
                *taken = Binding::Own;
            }
        }
    }
}
