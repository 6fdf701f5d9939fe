//! What rules found, in the contract's form and bounded.

use super::places::Places;
use super::rules::Rule;
use ruff_text_size::{TextRange, TextSize};
use selvage_tool::{Diagnostic, Fix, Severity, TextEdit};
use std::collections::BTreeMap;

/// The most findings of one rule that are listed.
pub const FINDINGS_MAX: usize = 100;
/// The most characters of a message and of a hint: a name can be as long as the text.
pub const WORDS_CHARS_MAX: usize = 1_000;
/// The most bytes that a fix writes; a longer one is not offered.
pub const FIX_BYTES_MAX: usize = 10_000;

/// A finding that is being made.
pub struct Finding {
    pub range: TextRange,
    pub severity: Severity,
    pub message: String,
    pub hint: String,
    pub fix: Option<Mend>,
}

/// A replacement that mends a finding.
pub struct Mend {
    pub title: String,
    pub safe: bool,
    pub range: TextRange,
    pub text: String,
}

/// What was found so far.
pub struct Findings<'a> {
    path: &'a str,
    places: &'a Places<'a>,
    list: Vec<Diagnostic>,
    counts: BTreeMap<&'static str, usize>,
}

impl<'a> Findings<'a> {
    pub fn new(path: &'a str, places: &'a Places<'a>) -> Self {
        Self {
            path,
            places,
            list: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Adds what a rule found.
    pub fn add(&mut self, rule: &Rule, finding: Finding) {
        let made = self.make(rule, finding);
        self.list.extend(made);
    }

    /// A finding in the contract's form; nothing when its rule has found enough.
    pub fn make(&mut self, rule: &Rule, finding: Finding) -> Option<Diagnostic> {
        let count = self.counts.entry(rule.code).or_default();
        *count += 1;
        if *count > FINDINGS_MAX {
            return None;
        }
        let fix = finding
            .fix
            .filter(|mend| mend.text.len() <= FIX_BYTES_MAX)
            .map(|mend| Fix {
                title: clip(&mend.title),
                safe: mend.safe,
                edits: vec![TextEdit {
                    span: self.places.span(mend.range),
                    text: mend.text,
                }],
                rename: None,
            });
        Some(Diagnostic {
            code: rule.code.to_owned(),
            severity: finding.severity,
            path: self.path.to_owned(),
            span: self.places.span(finding.range),
            message: clip(&finding.message),
            hint: Some(clip(&finding.hint)).filter(|hint| !hint.is_empty()),
            fix,
        })
    }

    /// All of them, in order of place.
    pub fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|one| one.span.start);
        self.list
    }
}

/// A range of bytes that begin and end characters.
pub fn range(start: usize, end: usize) -> TextRange {
    let size = |at: usize| TextSize::try_from(at).unwrap_or_default();
    TextRange::new(size(start), size(end.max(start)))
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(WORDS_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
