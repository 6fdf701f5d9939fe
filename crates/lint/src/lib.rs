//! Source text to diagnostics, fixes, inputs and the least grant; never runs anything.
//!
//! **Problem.** A flow is code that somebody wrote, often an agent, and often wrong. Before it may
//! run, a person or an agent wants to know what is wrong with it and where, what it asks for, and
//! what it would touch. None of that may execute the file, hang on it, or be talked out of an answer.
//!
//! **Shape.** [`gate`] bounds the nesting of a text, so that no parser overflows. [`syntax`] parses
//! and puts the parser's words into ours. [`entry`] tells how the flow is written. [`rules`] find
//! what is wrong, one rule a file. [`inputs`] and [`grant`] read off what the flow takes and
//! touches. [`runtime`] is the one table of what exists at run time. [`text`] and [`fix`] turn bytes
//! into positions and fixes into texts.
//!
//! **Control loop.** [`lint`] takes a path, a text and a [`Context`], and gives a [`Report`]:
//! length, gate, parse, entry, rules, inference, in this order, each only if the one before
//! succeeded. [`apply_fixes`] makes the safe fixes; the caller lints the result again until nothing
//! is applied.
//!
//! ```
//! use selvage_lint::{Context, lint};
//!
//! let report = lint("a.flow.js", "const a = 1;\nconst a = 2;", &Context::closed());
//! assert_eq!((report.diagnostics[0].code.as_str(), report.diagnostics[0].span.start.line), ("syntax", 2));
//! ```

pub mod entry;
pub mod fix;
pub mod gate;
pub mod runtime;
pub mod syntax;
pub mod text;

pub use fix::apply_fixes;
pub use gate::{Nesting, NestingKind, nesting};

use oxc_allocator::Allocator;
use oxc_span::Span as ByteSpan;
use selvage_tool::catalogue::InputSpec;
use selvage_tool::guest::Shape;
use selvage_tool::{Diagnostic, Grant, Severity};
use text::Text;

/// The most bytes of a text that is looked at.
pub const SOURCE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What lint asks of the world. It is the only way out of this crate.
pub struct Context<'a> {
    /// Whether the workspace has a file at a path.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// The text of a workspace file; `None` where there is none, or none in UTF-8.
    pub read: &'a dyn Fn(&str) -> Option<String>,
    /// Domains that the caller would grant.
    pub net: &'a [String],
    /// The names of the tools that a flow may call.
    pub tools: &'a [&'a str],
}

impl Context<'_> {
    /// A workspace without files, domains or tools.
    #[must_use]
    pub fn closed() -> Context<'static> {
        Context {
            exists: &|_| false,
            read: &|_| None,
            net: &[],
            tools: &[],
        }
    }
}

/// What lint found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// What is wrong, in order of place. Those of imported files carry their path, and no fix.
    pub diagnostics: Vec<Diagnostic>,
    /// How the flow is written; `None` where the text does not parse or has no entry.
    pub shape: Option<Shape>,
    /// Whether the text is an ES module.
    pub module: bool,
    /// Its title, where it says one.
    pub title: Option<String>,
    /// What it does, where it says so.
    pub description: Option<String>,
    /// What it takes, declared or inferred.
    pub inputs: Vec<InputSpec>,
    /// The outputs it declares.
    pub outputs: Vec<String>,
    /// The least grant that it needs, as far as can be told; what can't be told is asked for whole.
    pub grant: Grant,
    /// The workspace paths that it imports, directly or not, in order of path.
    pub imports: Vec<String>,
}

impl Report {
    /// Whether the flow can run: no diagnostic is an error.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.diagnostics
            .iter()
            .all(|d| d.severity != Severity::Error)
    }
}

/// Looks at a flow without running it.
///
/// Every defect of the text is a diagnostic, so this always gives a report.
#[must_use]
pub fn lint(path: &str, source: &str, context: &Context<'_>) -> Report {
    let _ = context;
    let mut report = Report {
        module: path.ends_with(".mjs"),
        ..Report::default()
    };
    if source.len() > SOURCE_BYTES_MAX {
        report.diagnostics.push(too_large(path, source));
        return report;
    }
    let text = Text::new(source);
    if let Err((byte, kind)) = gate::check(source) {
        report.diagnostics.push(too_deep(path, &text, byte, kind));
        return report;
    }
    let allocator = Allocator::default();
    let parsed = syntax::parse(&allocator, path, &text);
    report.module = parsed.module;
    report.diagnostics.extend(parsed.diagnostics);
    let Some(semantic) = parsed.semantic else {
        return report;
    };
    let entry = entry::find(semantic.nodes().program(), parsed.module);
    report.shape = entry.shape;
    report
        .diagnostics
        .sort_by(|a, b| (a.span.start, &a.code).cmp(&(b.span.start, &b.code)));
    report
}

/// The diagnostic of a text that is longer than may be.
fn too_large(path: &str, source: &str) -> Diagnostic {
    let span = Text::new("").span(ByteSpan::empty(0));
    Diagnostic {
        code: "source-too-large".into(),
        severity: Severity::Error,
        path: path.into(),
        span,
        message: format!(
            "This file has {} bytes; a flow may have {SOURCE_BYTES_MAX}.",
            source.len()
        ),
        hint: Some("Keep data in files of its own and read it with `flow.fs.readJSON`.".into()),
        fix: None,
    }
}

/// The diagnostic of a text that the gate refuses.
fn too_deep(path: &str, text: &Text<'_>, byte: u32, kind: NestingKind) -> Diagnostic {
    let (message, hint) = kind.words();
    Diagnostic {
        code: "nesting".into(),
        severity: Severity::Error,
        path: path.into(),
        span: text.span(ByteSpan::empty(byte)),
        message,
        hint: Some(hint.into()),
        fix: None,
    }
}
