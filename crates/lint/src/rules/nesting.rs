//! # nesting
//!
//! **What it does.** Refuses a text whose functions, brackets, statements or values nest deeper than
//! the interpreter can parse, and the few spellings whose meaning can't be told without parsing.
//!
//! **Why.** Parsers recurse, and in a browser their stack is small: a text that nests too deeply
//! would end the interpreter instead of giving an error with a place.
//!
//! **Example.** 41 blocks, 28 parentheses or 15 objects in each other, 50 `else if`
//! in a row, a sum of 900 terms.
//!
//! **Fix.** None.

use crate::gate::NestingKind;
use crate::text::Text;
use oxc_span::Span;
use selvage_tool::{Diagnostic, Severity};

/// The finding about a text that the gate refuses.
#[must_use]
pub fn too_deep(path: &str, text: &Text<'_>, byte: u32, kind: NestingKind) -> Diagnostic {
    let (message, hint) = kind.words();
    Diagnostic {
        code: "nesting".into(),
        severity: Severity::Error,
        path: path.into(),
        span: text.span(Span::empty(byte)),
        message,
        hint: Some(hint.into()),
        fix: None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let deep = "[".repeat(41) + &"]".repeat(41);
        crate::rules::cases::check("nesting", &["[[[[]]]]"], &[&deep]);
    }
}
