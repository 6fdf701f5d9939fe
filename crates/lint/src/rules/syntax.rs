//! # syntax
//!
//! **What it does.** Reports what keeps a text from being JavaScript, with the place and what to do.
//!
//! **Why.** The file can't run. The interpreter's own parser has the first word on this; these
//! findings come with it, so that an editor shows them while typing.
//!
//! **Example.** `const a = 1; const a = 2;`, a missing bracket, `await` in a function that is not `async`.
//!
//! **Fix.** None.

use crate::text::Text;
use oxc_span::Span;
use selvage_tool::{Diagnostic, Severity};

/// The finding about a text that is not JavaScript.
#[must_use]
pub fn broken(
    path: &str,
    text: &Text<'_>,
    place: Span,
    message: String,
    hint: Option<String>,
) -> Diagnostic {
    Diagnostic {
        code: "syntax".into(),
        severity: Severity::Error,
        path: path.into(),
        span: text.span(place),
        message,
        hint,
        fix: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::cases;

    #[test]
    fn cases() {
        let pass = ["await 1; export default () => 1", "with (a) b", "`${1}`"];
        let fail = [
            "const a = 1; const a = 2",
            "f(",
            "function f() { await 1 }",
            "export default 1; with (a) b",
            "/(/",
            "return 1",
        ];
        cases::check("syntax", &pass, &fail);
    }

    #[test]
    fn the_words_say_what_to_do() {
        for (source, line, words) in [
            ("const a = 'x\nb", 1, "quote"),
            ("\nfunction f() { await 1 }", 2, "async"),
            ("const a: number = 1", 1, "types"),
            ("return 1", 1, "export default"),
            ("if (a) {\n", 2, "still open"),
            ("let a;\nlet a;", 2, "Rename"),
            ("<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n", 1, "merge"),
        ] {
            let report = cases::look("a.flow.js", source);
            let first = &report.diagnostics[0];
            let hint = first.hint.clone().unwrap_or_default();
            assert!(
                hint.contains(words) && first.span.start.line == line,
                "{source:?} gave {first:?}"
            );
        }
    }
}
