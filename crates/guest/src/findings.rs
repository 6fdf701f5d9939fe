//! What a guest's rules found, in the contract's form and bounded.

use crate::places::Places;
use selvage_tool::{Diagnostic, Fix, Severity, TextEdit};
use std::collections::BTreeMap;
use std::ops::Range;

/// The most findings of one rule that are listed.
pub const FINDINGS_MAX: usize = 100;
/// The most characters of a message and of a hint: a name can be as long as the text.
pub const WORDS_CHARS_MAX: usize = 1_000;
/// The most bytes that a fix writes; a longer one is not offered.
pub const FIX_BYTES_MAX: usize = 10_000;

/// A finding that is being made. Ranges are of bytes that begin and end characters.
pub struct Finding {
    /// What it is about.
    pub range: Range<usize>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it; empty where there is nothing to say.
    pub hint: String,
    /// What mends it.
    pub fix: Option<Mend>,
}

/// Replacements that mend a finding.
pub struct Mend {
    /// What it does, as an imperative.
    pub title: String,
    /// Whether it keeps the meaning of a correct program.
    pub safe: bool,
    /// What is replaced and what by, in order of place and without overlap.
    pub edits: Vec<(Range<usize>, String)>,
}

impl Mend {
    /// A mend that replaces one range.
    #[must_use]
    pub fn one(title: String, safe: bool, range: impl Into<Range<usize>>, text: String) -> Self {
        Self {
            title,
            safe,
            edits: vec![(range.into(), text)],
        }
    }
}

/// What was found so far.
pub struct Findings<'a> {
    path: &'a str,
    places: &'a Places<'a>,
    list: Vec<Diagnostic>,
    counts: BTreeMap<&'static str, usize>,
}

impl<'a> Findings<'a> {
    /// Nothing was found yet in this file.
    #[must_use]
    pub fn new(path: &'a str, places: &'a Places<'a>) -> Self {
        Self {
            path,
            places,
            list: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Adds what a rule found.
    pub fn add(&mut self, rule: &'static str, finding: Finding) {
        let made = self.make(rule, finding);
        self.list.extend(made);
    }

    /// A finding in the contract's form; nothing when its rule has found enough.
    pub fn make(&mut self, rule: &'static str, finding: Finding) -> Option<Diagnostic> {
        let count = self.counts.entry(rule).or_default();
        *count += 1;
        if *count > FINDINGS_MAX {
            return None;
        }
        Some(Diagnostic {
            code: rule.to_owned(),
            severity: finding.severity,
            path: self.path.to_owned(),
            span: self.places.span(finding.range),
            message: clip(&finding.message),
            hint: Some(clip(&finding.hint)).filter(|hint| !hint.is_empty()),
            fix: finding.fix.and_then(|mend| self.fix(mend)),
        })
    }

    fn fix(&self, mend: Mend) -> Option<Fix> {
        let written: usize = mend.edits.iter().map(|(_, text)| text.len()).sum();
        let edits = mend.edits.into_iter().map(|(range, text)| TextEdit {
            span: self.places.span(range),
            text,
        });
        (written <= FIX_BYTES_MAX).then(|| Fix {
            title: clip(&mend.title),
            safe: mend.safe,
            edits: edits.collect(),
            rename: None,
        })
    }

    /// All of them, in order of place.
    #[must_use]
    pub fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|one| one.span.start);
        self.list
    }
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(WORDS_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str, fix: Option<Mend>) -> Finding {
        Finding {
            range: 0..1,
            severity: Severity::Info,
            message: message.into(),
            hint: String::new(),
            fix,
        }
    }

    #[test]
    fn a_rule_finds_so_much_and_no_more() {
        let places = Places::new("text");
        let mut findings = Findings::new("a.py", &places);
        for _ in 0..=FINDINGS_MAX {
            findings.add("one", found("", None));
        }
        findings.add("other", found("", None));
        assert_eq!(findings.into_diagnostics().len(), FINDINGS_MAX + 1);
    }

    #[test]
    fn words_and_fixes_are_bounded() {
        let places = Places::new("text");
        let mut findings = Findings::new("a.py", &places);
        let mend = |bytes| Mend::one("Mend it".into(), true, 0..1, "x".repeat(bytes));
        let long = "é".repeat(WORDS_CHARS_MAX + 1);
        let made = findings.make("one", found(&long, Some(mend(FIX_BYTES_MAX))));
        let made = made.expect("a finding");
        assert_eq!(made.message.chars().count(), WORDS_CHARS_MAX + 1);
        assert!(made.fix.is_some());
        let made = findings.make("one", found("", Some(mend(FIX_BYTES_MAX + 1))));
        assert!(made.expect("a finding").fix.is_none());
    }
}
