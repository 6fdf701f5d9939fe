//! Which names of a module stand for what of `bifrost`.

use ruff_python_ast::{Expr, Stmt};
use std::collections::BTreeMap;

/// The package whose decorators and functions are known.
pub const PACKAGE: &str = "bifrost";

/// What it offers besides its modules, in order.
pub const MEMBERS: [&str; 49] = [
    "AIResponse",
    "AIStreamChunk",
    "BatchDeleteResult",
    "BatchResult",
    "ConfigData",
    "ConfigType",
    "ConfigurationError",
    "DocumentData",
    "DocumentList",
    "ExecutionContext",
    "ExecutionStatus",
    "FormFieldType",
    "FormPublic",
    "IntegrationData",
    "IntegrationError",
    "IntegrationMappingResponse",
    "KnowledgeDocument",
    "NamespaceInfo",
    "NotAvailable",
    "OAuthCredentials",
    "Organization",
    "Role",
    "TableInfo",
    "UserError",
    "UserPublic",
    "ValidationError",
    "WorkflowError",
    "WorkflowExecution",
    "WorkflowMetadata",
    "agents",
    "ai",
    "api",
    "config",
    "context",
    "data_provider",
    "email",
    "events",
    "executions",
    "files",
    "forms",
    "integrations",
    "knowledge",
    "organizations",
    "roles",
    "tables",
    "tool",
    "users",
    "workflow",
    "workflows",
];

/// What a name of the module stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning<'a> {
    /// The package.
    Package,
    /// Something in it.
    Member(&'a str),
}

/// The names that a module's imports bind to `bifrost` and what is in it.
#[derive(Debug, Default)]
pub struct Names<'a> {
    meanings: BTreeMap<&'a str, Meaning<'a>>,
    /// `from bifrost import *`
    everything: bool,
}

impl<'a> Names<'a> {
    /// Reads the imports of a module. Those inside functions bind names there alone, and decorate nothing.
    #[must_use]
    pub fn of(body: &'a [Stmt]) -> Self {
        let mut names = Self::default();
        for_each(body, &mut |statement| names.add(statement));
        names
    }

    fn add(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    let first = alias.name.split('.').next();
                    if alias.name.as_str() == PACKAGE
                        || (alias.asname.is_none() && first == Some(PACKAGE))
                    {
                        let bound = bound.as_str().split('.').next().unwrap_or_default();
                        self.meanings.insert(bound, Meaning::Package);
                    }
                }
            }
            Stmt::ImportFrom(import) if import.level == 0 => {
                if import.module.as_deref() != Some(PACKAGE) {
                    return;
                }
                for alias in &import.names {
                    if alias.name.as_str() == "*" {
                        self.everything = true;
                    }
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                    let meaning = Meaning::Member(alias.name.as_str());
                    self.meanings.insert(bound.as_str(), meaning);
                }
            }
            _ => {}
        }
    }

    /// What an expression names of `bifrost`: `workflow` for `workflow`, `bifrost.workflow` and their aliases.
    #[must_use]
    pub fn member<'e>(&self, expression: &'e Expr) -> Option<&'e str>
    where
        'a: 'e,
    {
        match expression {
            Expr::Name(name) => match self.meanings.get(name.id.as_str()) {
                Some(Meaning::Member(member)) => Some(member),
                Some(Meaning::Package) => None,
                None => self.everything.then_some(name.id.as_str()),
            },
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(name) => {
                    let meaning = self.meanings.get(name.id.as_str());
                    (meaning == Some(&Meaning::Package)).then_some(attribute.attr.as_str())
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Calls for each statement that runs when the module is imported, also inside of `if`, `try` and `with`, in order of place.
pub fn for_each<'a>(body: &'a [Stmt], found: &mut impl FnMut(&'a Stmt)) {
    // A stack in place of recursion: an `elif` nests as deep as the text is long.
    let mut waiting: Vec<&'a Stmt> = body.iter().rev().collect();
    while let Some(statement) = waiting.pop() {
        found(statement);
        let mut inner: Vec<&'a [Stmt]> = Vec::new();
        match statement {
            Stmt::If(branch) => {
                inner.push(&branch.body);
                inner.extend(branch.elif_else_clauses.iter().map(|clause| &*clause.body));
            }
            Stmt::Try(tried) => {
                inner.push(&tried.body);
                for ruff_python_ast::ExceptHandler::ExceptHandler(handler) in &tried.handlers {
                    inner.push(&handler.body);
                }
                inner.extend([&*tried.orelse, &*tried.finalbody]);
            }
            Stmt::With(with) => inner.push(&with.body),
            _ => {}
        }
        waiting.extend(inner.into_iter().flatten().rev());
    }
}

#[cfg(test)]
mod tests {
    use super::MEMBERS;

    #[test]
    fn the_package_offers_just_these_names() {
        let source = include_str!("../../python/bifrost/__init__.py");
        let (_, table) = source.split_once("in {").expect("a table");
        let (table, _) = table.split_once("}.items()").expect("its end");
        let mut names: Vec<&str> = table
            .lines()
            .map(|line| line.split_once("\": ").map_or(line, |(_, names)| names))
            .flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '_')))
            .filter(|name| !name.is_empty())
            .collect();
        names.sort_unstable();
        assert_eq!(names, MEMBERS);
    }
}
