//! The statements of a text, with what is known of the place where each stands.

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry};

/// Where a statement stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// In a function: it runs when that is called.
    pub in_function: bool,
    /// In an `async def` itself, so that it may `await`.
    pub in_async: bool,
    /// In a class.
    pub in_class: bool,
    /// In a `try` that goes on when an import fails.
    pub guarded: bool,
    /// For type checkers alone: `if TYPE_CHECKING`.
    pub for_types: bool,
}

/// Every statement, also those inside of others, in order of place.
pub fn statements(body: &[Stmt]) -> Vec<(&Stmt, Place)> {
    // A stack in place of recursion: an `elif` nests as deep as the text is long.
    let mut waiting = vec![(body, Place::default())];
    let mut found = Vec::new();
    while let Some((body, place)) = waiting.pop() {
        let Some((statement, rest)) = body.split_first() else {
            continue;
        };
        found.push((statement, place));
        waiting.push((rest, place));
        waiting.extend(inner(statement, place).into_iter().rev());
    }
    found
}

/// The bodies of a statement, in order of place.
fn inner(statement: &Stmt, place: Place) -> Vec<(&[Stmt], Place)> {
    match statement {
        Stmt::FunctionDef(function) => {
            let inside = Place {
                in_function: true,
                in_async: function.is_async,
                in_class: false,
                ..place
            };
            vec![(&*function.body, inside)]
        }
        Stmt::ClassDef(class) => {
            let inside = Place {
                in_class: true,
                in_async: false,
                ..place
            };
            vec![(&*class.body, inside)]
        }
        Stmt::If(branch) => {
            let for_types = Place {
                for_types: place.for_types || is_type_checking(&branch.test),
                ..place
            };
            let mut bodies = vec![(&*branch.body, for_types)];
            let more = branch.elif_else_clauses.iter();
            bodies.extend(more.map(|clause| (&*clause.body, place)));
            bodies
        }
        Stmt::Try(tried) => {
            let guarded = Place {
                guarded: place.guarded || catches_imports(tried),
                ..place
            };
            let mut bodies = vec![(&*tried.body, guarded)];
            for ExceptHandler::ExceptHandler(handler) in &tried.handlers {
                bodies.push((&*handler.body, place));
            }
            bodies.extend([(&*tried.orelse, place), (&*tried.finalbody, place)]);
            bodies
        }
        Stmt::With(with) => vec![(&*with.body, place)],
        Stmt::For(each) => vec![(&*each.body, place), (&*each.orelse, place)],
        Stmt::While(again) => vec![(&*again.body, place), (&*again.orelse, place)],
        Stmt::Match(choice) => choice
            .cases
            .iter()
            .map(|case| (&*case.body, place))
            .collect(),
        _ => Vec::new(),
    }
}

/// `TYPE_CHECKING` and `typing.TYPE_CHECKING`.
fn is_type_checking(test: &Expr) -> bool {
    last_name(test) == Some("TYPE_CHECKING")
}

/// Whether a `try` goes on when a module is not there.
fn catches_imports(tried: &StmtTry) -> bool {
    tried.handlers.iter().any(|handler| {
        let ExceptHandler::ExceptHandler(handler) = handler;
        let caught: &[Expr] = match handler.type_.as_deref() {
            None => return true,
            Some(Expr::Tuple(several)) => &several.elts,
            Some(one) => std::slice::from_ref(one),
        };
        let broad = [
            "ImportError",
            "ModuleNotFoundError",
            "Exception",
            "BaseException",
        ];
        caught
            .iter()
            .filter_map(last_name)
            .any(|name| broad.contains(&name))
    })
}

/// `b` of `a.b` and of `b`.
fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
