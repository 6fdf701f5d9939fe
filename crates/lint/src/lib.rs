//! Source text to diagnostics, fixes, inputs and the least grant; never runs anything.
//!
//! **Problem.** A flow is code that somebody wrote, often an agent, and often wrong. Before it may
//! run, a person or an agent wants to know what is wrong with it and where, what it asks for, and
//! what it would touch. None of that may execute the file, hang on it, or be talked out of an answer.
//!
//! **Shape.** [`gate`] bounds the nesting of a text, so that no parser overflows. `syntax` parses
//! and puts the parser's words into ours. `entry` tells how the flow is written, and `flow` which
//! names stand for the run-time (`host`). `work` bounds what leads from one place to others. `rules` find what is wrong, one rule a file. `inputs` and
//! `grant` read off what the flow takes and touches, `modules` what it imports; they share
//! `values`, the texts that an expression can give, and `paths`. [`runtime`] is the one table of
//! what exists at run time. `text` and `fix` turn bytes into positions and fixes into texts.
//!
//! **Control loop.** [`lint`] takes a path, a text and a [`Context`], and gives a [`Report`]:
//! length, gate, parse, entry, inference, rules, in this order, each only if the one before
//! succeeded. [`apply_fixes`] makes the safe fixes; the caller lints the result again until nothing
//! is applied.
//!
//! ```
//! use selvage_lint::{Context, apply_fixes, lint};
//!
//! let source = "export default async (flow) => {\n  const text = flow.fs.readText('a.txt');\n  return text.length;\n};\n";
//! let report = lint("a.flow.js", source, &Context::closed());
//! assert_eq!(report.diagnostics[0].code, "unawaited-host-call");
//! assert_eq!(report.diagnostics[0].span.start.line, 2);
//! assert_eq!(report.grant.read, ["a.txt"]);
//!
//! let (fixed, applied) = apply_fixes(source, &report.diagnostics);
//! assert_eq!(applied, 1);
//! assert!(fixed.contains("= await flow.fs.readText('a.txt')"));
//! ```

mod charset;
mod domains;
mod entry;
mod fix;
mod flow;
pub mod gate;
mod grant;
mod host;
mod inputs;
#[cfg(test)]
mod limits_tests;
mod literal;
mod modules;
pub mod order;
mod paths;
mod pieces;
mod python;
mod rules;
pub mod runtime;
mod suggest;
mod syntax;
mod text;
mod texts;
mod values;
mod work;

pub use fix::apply_fixes;
pub use gate::{Nesting, NestingKind, nesting};
pub use paths::{NoPath, import};
pub use texts::{Texts, texts};

use flow::Flow;
use order::arranged;
use oxc_allocator::Allocator;
use oxc_semantic::Semantic;
use selvage_tool::catalogue::InputSpec;
use selvage_tool::guest::Shape;
use selvage_tool::reading::Entry;
use selvage_tool::{Diagnostic, Grant, Language, Severity};
use text::Text;
use work::Work;

/// The most bytes of a text that is looked at.
pub const SOURCE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What is wrong with something, and what to do about it.
pub type Refused = (String, String);

/// What lint asks of the world. It is the only way out of this crate.
pub struct Context<'a> {
    /// Whether the workspace has a file at a path.
    pub exists: &'a dyn Fn(&str) -> bool,
    /// The text of a workspace file; `None` where there is none, or none in UTF-8.
    pub read: &'a dyn Fn(&str) -> Option<String>,
    /// Why a file, the first, can't import another that is there, and what to do; `None` where it can.
    pub astray: &'a dyn Fn(&str, &str) -> Option<Refused>,
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
            astray: &|_, _| None,
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
    /// The functions of a Python file that can be run by themselves, when its guest has read it.
    pub entries: Vec<Entry>,
    /// The outputs it declares.
    pub outputs: Vec<String>,
    /// The least grant that it needs, as far as can be told; what can't be told is asked for whole.
    pub grant: Grant,
    /// The workspace paths that it imports, directly or not, in order of path.
    pub imports: Vec<String>,
    /// Those where no file is that it would import, in order of path. What a Python file lacks is only found.
    pub missing: Vec<String>,
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

/// The rules by name, and how bad what each finds is.
pub fn rules() -> impl Iterator<Item = (&'static str, Severity)> {
    rules::ALL.iter().map(|rule| (rule.code, rule.severity))
}

/// Looks at a flow without running it.
///
/// Every defect of the text is a diagnostic, so this always gives a report.
#[must_use]
pub fn lint(path: &str, source: &str, context: &Context<'_>) -> Report {
    lint_within(path, source, context, &Work::default())
}

/// [`lint`] on an account.
fn lint_within(path: &str, source: &str, context: &Context<'_>, work: &Work) -> Report {
    let mut report = Report {
        module: path.ends_with(".mjs"),
        ..Report::default()
    };
    if source.len() > SOURCE_BYTES_MAX {
        report.diagnostics.push(rules::too_large(path, source));
        return report;
    }
    if Language::of(path) == Language::Python {
        return python::report();
    }
    let text = Text::new(source);
    if let Err((byte, kind)) = gate::check(source) {
        report
            .diagnostics
            .push(rules::too_deep(path, &text, byte, kind));
        return report;
    }
    let allocator = Allocator::default();
    let parsed = syntax::parse(&allocator, path, &text);
    report.module = parsed.module;
    report.diagnostics.extend(parsed.diagnostics);
    if let Some(semantic) = &parsed.semantic {
        look(&mut report, path, &text, semantic, context, work);
    }
    // Order of place, this file before others; the sort is stable, so rules stay in order of name.
    let found = std::mem::take(&mut report.diagnostics);
    report.diagnostics = arranged(found, |one| {
        let place = format!("{}\0{:010}\0{}", one.path, one.span.start.offset, one.code);
        (u64::from(one.path != path), place)
    });
    report
}

/// Fills a report from a text that parses.
fn look(
    report: &mut Report,
    path: &str,
    text: &Text<'_>,
    semantic: &Semantic<'_>,
    context: &Context<'_>,
    work: &Work,
) {
    let entry = entry::find(semantic.nodes().program(), report.module);
    let flow = Flow::new(path, text, semantic, entry, report.module, &[], work);
    let face = inputs::face(&flow);
    let requests = modules::requests(semantic);
    // A name declared twice makes every answer about it doubtful, so errors of syntax come alone.
    if report.diagnostics.is_empty() {
        let scene = rules::Scene {
            flow: &flow,
            face: &face,
            requests: &requests,
            context,
        };
        report.diagnostics.extend(rules::check(&scene));
    }

    let mut needs = grant::needs(&flow);
    let imported = modules::walk(path, &requests, &needs.handed, context, work);
    needs.add(&imported.needs);
    needs.read.extend(
        imported
            .paths
            .iter()
            .filter_map(|path| paths::glob(&[values::Piece::Known(path.clone())])),
    );
    report.diagnostics.extend(imported.diagnostics);
    report.grant = needs.grant();
    report.imports = imported.paths.into_iter().collect();
    report.missing = imported.missing.into_iter().collect();
    report.shape = entry.shape;
    report.title = face.title;
    report.description = face.description;
    report.inputs = face.inputs;
    report.outputs = face.outputs;
}
