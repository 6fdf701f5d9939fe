//! The functions that can be run by themselves: those decorated with `workflow`, `tool` or `data_provider` of `bifrost`.

use super::names::{Names, for_each};
use super::parameters;
use super::values::literal;
use ruff_python_ast::{Decorator, Expr, Keyword, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;
use selvage_guest::places::Places;
use selvage_tool::reading::{Entry, EntryKind};
use serde_json::Value;

/// The most entries of a file.
pub const ENTRIES_MAX: usize = 200;
/// The most characters of a name, a category or a tag.
pub const NAME_CHARS_MAX: usize = 200;
/// The most characters of a description.
pub const DESCRIPTION_CHARS_MAX: usize = 1_000;
/// The most tags of an entry.
pub const TAGS_MAX: usize = 50;

/// The category of an entry that says none.
const CATEGORY: &str = "General";

/// A decorator of an entry: what it makes of the function, and the keywords that it was called with.
pub struct Mark<'a> {
    pub kind: EntryKind,
    pub keywords: &'a [Keyword],
}

/// What a decorator makes of a function; `None` where it is not one of ours.
pub fn mark<'a>(decorator: &'a Decorator, names: &Names<'a>) -> Option<Mark<'a>> {
    let (named, keywords): (&Expr, &[Keyword]) = match &decorator.expression {
        Expr::Call(call) => (&call.func, &call.arguments.keywords),
        bare => (bare, &[]),
    };
    let kind = match names.member(named)? {
        "workflow" => EntryKind::Workflow,
        "tool" => EntryKind::Tool,
        "data_provider" => EntryKind::DataProvider,
        _ => return None,
    };
    Some(Mark { kind, keywords })
}

/// The entries of a module, in order of place. Of several with one name the last is what the name stands for.
pub fn of<'a>(body: &'a [Stmt], names: &Names<'a>, places: &Places<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for_each(body, &mut |statement| {
        if let Stmt::FunctionDef(function) = statement
            && let Some(mark) = function
                .decorator_list
                .iter()
                .find_map(|decorator| mark(decorator, names))
        {
            let entry = entry(function, &mark, places);
            entries.retain(|other| other.function != entry.function);
            if entries.len() < ENTRIES_MAX {
                entries.push(entry);
            }
        }
    });
    entries
}

fn entry(function: &StmtFunctionDef, mark: &Mark<'_>, places: &Places<'_>) -> Entry {
    let said = |name: &str| {
        let keyword = mark
            .keywords
            .iter()
            .find(|keyword| keyword.arg.as_deref() == Some(name));
        keyword.and_then(|keyword| literal(&keyword.value))
    };
    let text = |name: &str, chars_max: usize| match said(name) {
        Some(Value::String(text)) if !text.trim().is_empty() => Some(clip(text.trim(), chars_max)),
        _ => None,
    };
    let tags = match said("tags") {
        Some(Value::Array(tags)) => tags,
        _ => Vec::new(),
    };
    let is_tool = said("is_tool") == Some(Value::Bool(true));
    Entry {
        kind: if is_tool { EntryKind::Tool } else { mark.kind },
        function: function.name.to_string(),
        name: text("name", NAME_CHARS_MAX).unwrap_or_else(|| clip(&function.name, NAME_CHARS_MAX)),
        description: text("description", DESCRIPTION_CHARS_MAX).or_else(|| first_line(function)),
        category: text("category", NAME_CHARS_MAX).unwrap_or_else(|| CATEGORY.to_owned()),
        tags: tags
            .iter()
            .filter_map(|tag| Some(clip(tag.as_str()?, NAME_CHARS_MAX)))
            .take(TAGS_MAX)
            .collect(),
        parameters: parameters::of(&function.parameters),
        takes_more: function.parameters.kwarg.is_some(),
        is_async: function.is_async,
        line: places.line(function.name.start().to_usize()),
    }
}

/// The first line of a function's documentation that is not empty.
fn first_line(function: &StmtFunctionDef) -> Option<String> {
    let Stmt::Expr(first) = function.body.first()? else {
        return None;
    };
    let Expr::StringLiteral(text) = &*first.value else {
        return None;
    };
    let text = text.value.to_str().trim();
    let line = text.lines().next().unwrap_or_default().trim_end();
    (!line.is_empty()).then(|| clip(line, DESCRIPTION_CHARS_MAX))
}

fn clip(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}
