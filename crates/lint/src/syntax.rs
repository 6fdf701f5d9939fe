//! Parsing, and the parser's findings in words that say what to do.

use crate::rules::{FINDINGS_MAX, broken};
use crate::text::Text;
use oxc_allocator::Allocator;
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_semantic::{Semantic, SemanticBuilder};
use oxc_span::{SourceType, Span};
use selvage_tool::Diagnostic;

/// A parsed text.
pub struct Parsed<'a> {
    /// Whether it is an ES module: `import`, `export`, a top-level `await`, or `.mjs`.
    pub module: bool,
    /// The tree with its scopes; `None` where the text does not parse.
    pub semantic: Option<Semantic<'a>>,
    /// What keeps it from parsing.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a text that passed the gate, as a module or as a script, whichever it is.
pub fn parse<'a>(allocator: &'a Allocator, path: &str, text: &Text<'a>) -> Parsed<'a> {
    let source = text.source();
    let mjs = path.ends_with(".mjs");
    let as_kind = |kind| parse_as(allocator, source, kind);
    let module_words = ["import", "export", "await"]
        .iter()
        .any(|word| source.contains(word));
    let as_module = (mjs || module_words).then(|| as_kind(SourceType::mjs()));
    let as_module = match as_module {
        Some(parsed) if mjs || parsed.module_record.has_module_syntax => {
            return analyse(allocator, path, text, true, parsed);
        }
        other => other,
    };
    let as_script = as_kind(SourceType::script());
    match as_module {
        Some(parsed)
            if !as_script.diagnostics.is_empty() && furthest(&parsed) > furthest(&as_script) =>
        {
            analyse(allocator, path, text, true, parsed)
        }
        Some(parsed) if parsed.diagnostics.is_empty() => {
            let script = analyse(allocator, path, text, false, as_script);
            // What a script takes for a call, `await (x)`, is a module's `await` when nothing has that name.
            let awaits = script.semantic.as_ref().is_some_and(|semantic| {
                semantic
                    .scoping()
                    .root_unresolved_references()
                    .contains_key("await")
            });
            if awaits {
                analyse(allocator, path, text, true, parsed)
            } else {
                script
            }
        }
        _ => analyse(allocator, path, text, false, as_script),
    }
}

/// Parses a text that is imported, and therefore a module.
pub fn parse_module<'a>(allocator: &'a Allocator, path: &str, text: &Text<'a>) -> Parsed<'a> {
    analyse(
        allocator,
        path,
        text,
        true,
        parse_as(allocator, text.source(), SourceType::mjs()),
    )
}

fn parse_as<'a>(allocator: &'a Allocator, source: &'a str, kind: SourceType) -> ParserReturn<'a> {
    let options = ParseOptions {
        parse_regular_expression: true,
        ..ParseOptions::default()
    };
    Parser::new(allocator, source, kind)
        .with_options(options)
        .parse()
}

/// Gives the tree its scopes, and the findings our words.
fn analyse<'a>(
    allocator: &'a Allocator,
    path: &str,
    text: &Text<'a>,
    module: bool,
    parsed: ParserReturn<'a>,
) -> Parsed<'a> {
    let failed: Vec<Diagnostic> = parsed
        .diagnostics
        .iter()
        .take(FINDINGS_MAX)
        .map(|found| explain(found, path, text, module))
        .collect();
    if parsed.fatal_error || !failed.is_empty() {
        return Parsed {
            module,
            semantic: None,
            diagnostics: failed,
        };
    }
    let program = allocator.alloc(parsed.program);
    let built = SemanticBuilder::new()
        .with_build_nodes(true)
        .with_check_syntax_error(true)
        .build(program);
    let diagnostics = built
        .diagnostics
        .iter()
        .take(FINDINGS_MAX)
        .map(|found| explain(found, path, text, module))
        .collect();
    Parsed {
        module,
        semantic: Some(built.semantic),
        diagnostics,
    }
}

/// How far the parser came before its first complaint.
fn furthest(parsed: &ParserReturn<'_>) -> u32 {
    parsed
        .diagnostics
        .iter()
        .map(start_of)
        .min()
        .unwrap_or(u32::MAX)
}

fn start_of(found: &OxcDiagnostic) -> u32 {
    place_of(found).start
}

/// The place that a finding is about: the label marked primary, or the first.
fn place_of(found: &OxcDiagnostic) -> Span {
    let primary = found
        .labels
        .iter()
        .find(|label| label.primary())
        .or_else(|| found.labels.last());
    primary.map_or(Span::empty(0), oxc_diagnostics::LabeledSpan::span)
}

/// A parser's finding as a diagnostic.
fn explain(found: &OxcDiagnostic, path: &str, text: &Text<'_>, module: bool) -> Diagnostic {
    let place = place_of(found);
    let mut message = found.message.trim_end_matches('.').to_owned();
    message.push('.');
    let from_place = text
        .source()
        .get(place.start as usize..)
        .unwrap_or_default();
    let opened = || {
        let label = found
            .labels
            .iter()
            .find(|label| label.label() == Some("Opened here"))?;
        let line = text.position(label.span().start).line;
        Some(format!(
            "The `{}` of line {line} is still open here.",
            text.slice(label.span())
        ))
    };
    let hint = hint_for(&found.message, from_place, place, module)
        .map(str::to_owned)
        .or_else(opened)
        .or_else(|| found.message.contains("`EOF`").then(|| UNCLOSED.to_owned()))
        .or_else(|| {
            found
                .help
                .as_deref()
                .map(|help| format!("{}.", help.trim_end_matches('.')))
        });
    broken(path, text, place, message, hint)
}

const UNCLOSED: &str =
    "Something is still open: look for a missing `}`, `)` or a closing backtick.";

/// What to do about the errors that people and agents make most.
fn hint_for(message: &str, from_place: &str, place: Span, module: bool) -> Option<&'static str> {
    const TYPES: &str = "Flows are JavaScript: leave TypeScript's types out, or put them in a `/** @type */` comment.";
    let words: &[(&str, &str)] = &[
        (
            "Unterminated string",
            "Close the string on its line with the quote that opened it, or use a `template`.",
        ),
        (
            "Unterminated regular expression",
            "Close it with `/`, and write a `/` inside it as `\\/`.",
        ),
        (
            "Unterminated multiline comment",
            "Close the comment with `*/`.",
        ),
        ("Unexpected end of file", UNCLOSED),
        (
            "has already been declared",
            "Rename one of the two, or drop the second `const`, `let` or `function`.",
        ),
        (
            "Missing initializer in const",
            "Give it a value with `=`, or declare it with `let`.",
        ),
        (
            "A 'return' statement can only be used within a function body",
            "In a script the last expression is the result. Drop `return`, or write \
             `export default async (flow) => { … }`.",
        ),
        (
            "`await` is only allowed",
            "Make the function around it `async`.",
        ),
        (
            "`for await` loops are only allowed",
            "Make the function around it `async`.",
        ),
        (
            "Encountered diff marker",
            "Resolve the merge: keep one side and delete the marker lines.",
        ),
        (
            "Flow is not supported",
            "Flows are JavaScript: leave the type annotations out.",
        ),
        (
            "Unexpected JSX expression",
            "Flows are JavaScript without JSX: build text with templates instead.",
        ),
        ("TypeScript files", TYPES),
        (
            "Cannot assign to this expression",
            "Only a variable or a property can stand left of `=`; to compare, write `===`.",
        ),
        (
            "Invalid left-hand side",
            "Only a variable or a property can stand left of `=`; to compare, write `===`.",
        ),
        (
            "'with' statements are not allowed",
            "Name the object and read its properties.",
        ),
        (
            "reserved",
            "It is a word of the language: choose another name.",
        ),
    ];
    let after = from_place.get(place.size() as usize..).unwrap_or_default();
    if message.contains("found `:`")
        || (message.starts_with("Missing initializer") && after.trim_start().starts_with(':'))
    {
        return Some(TYPES);
    }
    if !module && message.contains("Cannot use import") {
        return Some("`import` stands at the top of a file, outside every function.");
    }
    words
        .iter()
        .find(|(part, _)| message.contains(part))
        .map(|(_, hint)| *hint)
}
