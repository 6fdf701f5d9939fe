//! Applying fixes to a text.

use selvage_tool::{Diagnostic, Fix, TextEdit};
use std::collections::BTreeMap;

/// Applies every safe fix that does not overlap one before it, and tells how many it applied.
///
/// Fixes are whole: either all edits of one are applied or none. Overlapping fixes are left for the
/// next look at the text, so a caller that wants them all lints again until nothing is applied.
#[must_use]
pub fn apply_fixes(source: &str, diagnostics: &[Diagnostic]) -> (String, usize) {
    let mut accepted = BTreeMap::new();
    let safe = diagnostics
        .iter()
        .filter_map(|d| d.fix.as_ref())
        .filter(|fix| fix.safe && !fix.edits.is_empty());
    let applied = safe.filter(|fix| accept(&mut accepted, fix)).count();
    let edits: Vec<&TextEdit> = accepted.into_values().collect();
    (rewrite(source, &edits), applied)
}

/// Takes the edits of a fix in, by where they start, when all of them are apart from those that are
/// there and from each other.
fn accept<'d>(accepted: &mut BTreeMap<u32, &'d TextEdit>, fix: &'d Fix) -> bool {
    for (index, edit) in fix.edits.iter().enumerate() {
        if !fits(accepted, edit) {
            for taken in &fix.edits[..index] {
                accepted.remove(&taken.span.start.offset);
            }
            return false;
        }
        accepted.insert(edit.span.start.offset, edit);
    }
    true
}

/// Whether an edit can be made beside others: no common text, and not the same place, where their
/// order would decide the result. Those that are there are apart, so only its neighbours matter.
fn fits(accepted: &BTreeMap<u32, &TextEdit>, edit: &TextEdit) -> bool {
    let (start, end) = (edit.span.start.offset, edit.span.end.offset);
    let before = accepted.range(..=start).next_back();
    let after = accepted.range(start..).next();
    start <= end
        && before.is_none_or(|(at, other)| *at != start && other.span.end.offset <= start)
        && after.is_none_or(|(at, _)| end <= *at)
}

/// Writes the text anew with edits that are sorted and apart.
fn rewrite(source: &str, edits: &[&TextEdit]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut edits = edits.iter().peekable();
    let (mut units, mut skip_until) = (0_u32, 0_u32);
    for c in source.chars() {
        while let Some(edit) = edits.next_if(|edit| edit.span.start.offset <= units) {
            out.push_str(&edit.text);
            skip_until = skip_until.max(edit.span.end.offset);
        }
        if units >= skip_until {
            out.push(c);
        }
        units += if c.len_utf16() == 2 { 2 } else { 1 };
    }
    for edit in edits {
        out.push_str(&edit.text);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;
    use oxc_span::Span as ByteSpan;
    use selvage_tool::Severity;

    /// A finding whose fix replaces one range.
    fn found(text: &Text<'_>, from: u32, to: u32, with: &str, safe: bool) -> Diagnostic {
        let span = ByteSpan::new(from, to);
        Diagnostic {
            code: "test".into(),
            severity: Severity::Info,
            path: "a.flow.js".into(),
            span: text.span(span),
            message: String::new(),
            hint: None,
            fix: Some(text.fix("Test", safe, span, with)),
        }
    }

    #[test]
    fn fixes_land_where_they_belong_past_wide_characters() {
        let text = Text::new("é😀 x; y");
        let findings = [
            found(&text, 7, 8, "X", true),
            found(&text, 10, 10, "await ", true),
        ];
        assert_eq!(
            apply_fixes(text.source(), &findings),
            ("é😀 X; await y".into(), 2)
        );
    }

    #[test]
    fn an_overlap_and_an_unsafe_fix_are_left_out() {
        let text = Text::new("abcdef");
        let findings = [
            found(&text, 1, 4, "-", true),
            found(&text, 3, 5, "+", true),
            found(&text, 1, 1, "!", true),
            found(&text, 5, 6, "?", false),
            found(&text, 6, 6, ";", true),
        ];
        assert_eq!(apply_fixes(text.source(), &findings), ("a-ef;".into(), 2));
    }

    /// Which fixes are made is told by neighbours; it is as if each were compared with every other.
    #[test]
    fn fixes_are_made_as_if_each_were_compared_with_all() {
        let source = "0123456789".repeat(3);
        let text = Text::new(&source);
        let found: Vec<Diagnostic> = (0..400_u32)
            .map(|n| {
                let from = n.wrapping_mul(2_654_435_761) % 29;
                found(&text, from, from + n % 4, "-", n % 7 != 0)
            })
            .collect();
        let apart = |a: &TextEdit, b: &TextEdit| {
            let (a, b) = (a.span, b.span);
            a.start != b.start && (a.end <= b.start || b.end <= a.start)
        };
        let mut accepted: Vec<&TextEdit> = Vec::new();
        for fix in found
            .iter()
            .filter_map(|d| d.fix.as_ref())
            .filter(|fix| fix.safe)
        {
            if accepted.iter().all(|other| apart(other, &fix.edits[0])) {
                accepted.extend(&fix.edits);
            }
        }
        accepted.sort_by_key(|edit| edit.span.start);
        let expected = (rewrite(&source, &accepted), accepted.len());
        assert_eq!(apply_fixes(&source, &found), expected);
        assert!(expected.1 > 5);
    }

    #[test]
    fn as_many_fixes_as_a_text_has_letters_are_made() {
        let source = "a".repeat(200_000);
        let text = Text::new(&source);
        let findings: Vec<Diagnostic> = (0..200_000)
            .map(|at| found(&text, at, at + 1, "b", true))
            .collect();
        assert_eq!(
            apply_fixes(&source, &findings),
            ("b".repeat(200_000), 200_000)
        );
    }
}
