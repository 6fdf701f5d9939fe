//! Applying fixes to a text.

use selvage_tool::{Diagnostic, TextEdit};

/// Applies every safe fix that does not overlap one before it, and tells how many it applied.
///
/// Fixes are whole: either all edits of one are applied or none. Overlapping fixes are left for the
/// next look at the text, so a caller that wants them all lints again until nothing is applied.
#[must_use]
pub fn apply_fixes(source: &str, diagnostics: &[Diagnostic]) -> (String, usize) {
    let mut accepted: Vec<&TextEdit> = Vec::new();
    let mut applied = 0;
    let safe = diagnostics
        .iter()
        .filter_map(|d| d.fix.as_ref())
        .filter(|fix| fix.safe && !fix.edits.is_empty());
    for fix in safe {
        let free = fix.edits.iter().enumerate().all(|(i, edit)| {
            edit.span.start.offset <= edit.span.end.offset
                && accepted.iter().all(|other| apart(edit, other))
                && fix.edits[..i].iter().all(|other| apart(edit, other))
        });
        if free {
            accepted.extend(&fix.edits);
            applied += 1;
        }
    }
    accepted.sort_by_key(|edit| (edit.span.start.offset, edit.span.end.offset));
    (rewrite(source, &accepted), applied)
}

/// Whether two edits can both be made: no common text, and not the same place, where their order
/// would decide the result.
fn apart(a: &TextEdit, b: &TextEdit) -> bool {
    let (a, b) = (a.span, b.span);
    a.start.offset != b.start.offset
        && (a.end.offset <= b.start.offset || b.end.offset <= a.start.offset)
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
}
