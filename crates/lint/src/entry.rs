//! How a flow is written and where it begins, found in the tree.

use oxc_ast::ast::{
    Declaration, ExportDefaultDeclarationKind, Expression, FormalParameters, Function, Program,
    Statement,
};
use oxc_span::Span;
use selvage_tool::guest::Shape;

/// A function at the top of the file that the run-time calls.
#[derive(Debug, Clone, Copy)]
pub enum Callable<'a> {
    /// `function …`
    Function(&'a Function<'a>),
    /// `(…) => …`
    Arrow(&'a oxc_ast::ast::ArrowFunctionExpression<'a>),
}

impl<'a> Callable<'a> {
    /// The function that an expression is.
    #[must_use]
    pub fn of(expression: &'a Expression<'a>) -> Option<Self> {
        match expression.without_parentheses() {
            Expression::FunctionExpression(function) => Some(Self::Function(function)),
            Expression::ArrowFunctionExpression(arrow) => Some(Self::Arrow(arrow)),
            _ => None,
        }
    }

    /// Its parameters.
    #[must_use]
    pub fn params(self) -> &'a FormalParameters<'a> {
        match self {
            Self::Function(function) => &function.params,
            Self::Arrow(arrow) => &arrow.params,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn span(self) -> Span {
        match self {
            Self::Function(function) => function.span,
            Self::Arrow(arrow) => arrow.span,
        }
    }
}

/// Where a flow begins.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry<'a> {
    /// How it is written; `None` for a module without an entry.
    pub shape: Option<Shape>,
    /// The default export, where it is a function.
    pub default: Option<Callable<'a>>,
    /// `setup` or `init`.
    pub declare: Option<Callable<'a>>,
    /// `run` of a flow with `setup` or `init`.
    pub run: Option<Callable<'a>>,
}

/// Finds the entry of a program. The functions of a module count when they are exported.
#[must_use]
pub fn find<'a>(program: &'a Program<'a>, module: bool) -> Entry<'a> {
    let named = |name: &str| {
        if module {
            exported(program, name)
        } else {
            local_function(program, name)
        }
    };
    let run = named("run");
    let pair = |shape, declare: Option<Callable<'a>>| {
        (declare.is_some() && run.is_some()).then_some(Entry {
            shape: Some(shape),
            default: None,
            declare,
            run,
        })
    };
    if let Some(entry) =
        pair(Shape::Setup, named("setup")).or_else(|| pair(Shape::Init, named("init")))
    {
        return entry;
    }
    if !module {
        return Entry {
            shape: Some(Shape::Script),
            ..Entry::default()
        };
    }
    let default = program
        .body
        .iter()
        .find_map(|statement| default_export(program, statement));
    Entry {
        shape: default.map(|_| Shape::Module),
        default: default.flatten(),
        ..Entry::default()
    }
}

/// The function that a module exports under a name.
#[must_use]
pub fn exported<'a>(program: &'a Program<'a>, name: &str) -> Option<Callable<'a>> {
    if name == "default" {
        return program
            .body
            .iter()
            .find_map(|statement| default_export(program, statement))
            .flatten();
    }
    let declared = program.body.iter().find_map(|statement| match statement {
        Statement::ExportDeclaration(_) => function_named(statement, name),
        _ => None,
    });
    // Of a name that is exported twice only the first counts: the file is looked through once.
    let local = || {
        program.body.iter().find_map(|statement| match statement {
            Statement::ExportNamedDeclaration(export) => export
                .specifiers
                .iter()
                .find(|s| s.exported.name() == name)
                .map(|s| s.local.name()),
            _ => None,
        })
    };
    declared.or_else(|| local_function(program, local()?.as_str()))
}

/// The function that a name of the top level stands for.
#[must_use]
pub fn local_function<'a>(program: &'a Program<'a>, name: &str) -> Option<Callable<'a>> {
    program
        .body
        .iter()
        .find_map(|statement| function_named(statement, name))
}

/// The function that a top-level statement declares under a name.
fn function_named<'a>(statement: &'a Statement<'a>, name: &str) -> Option<Callable<'a>> {
    match statement {
        Statement::FunctionDeclaration(function) => {
            is_named(function, name).then_some(Callable::Function(function))
        }
        Statement::VariableDeclaration(declaration) => variable_named(declaration, name),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::FunctionDeclaration(function) => {
                is_named(function, name).then_some(Callable::Function(function))
            }
            Declaration::VariableDeclaration(declaration) => variable_named(declaration, name),
            _ => None,
        },
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                is_named(function, name).then_some(Callable::Function(function))
            }
            _ => None,
        },
        _ => None,
    }
}

fn is_named(function: &Function<'_>, name: &str) -> bool {
    function.id.as_ref().is_some_and(|id| id.name == name)
}

fn variable_named<'a>(
    declaration: &'a oxc_ast::ast::VariableDeclaration<'a>,
    name: &str,
) -> Option<Callable<'a>> {
    let declarator = declaration
        .declarations
        .iter()
        .find(|d| d.id.get_identifier_name().is_some_and(|n| n == name))?;
    Callable::of(declarator.init.as_ref()?)
}

/// Whether a statement gives the default export, and the function that it is.
fn default_export<'a>(
    program: &'a Program<'a>,
    statement: &'a Statement<'a>,
) -> Option<Option<Callable<'a>>> {
    match statement {
        Statement::ExportDefaultDeclaration(export) => Some(match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                Some(Callable::Function(function))
            }
            other => match other.as_expression() {
                Some(Expression::Identifier(id)) => local_function(program, &id.name),
                Some(expression) => Callable::of(expression),
                None => None,
            },
        }),
        Statement::ExportNamedDeclaration(export) => export
            .specifiers
            .iter()
            .find(|s| s.exported.name() == "default")
            .map(|s| local_function(program, s.local.name().as_str())),
        Statement::ExportFromDeclaration(export) => export
            .specifiers
            .iter()
            .any(|s| s.exported.name() == "default")
            .then_some(None),
        _ => None,
    }
}
