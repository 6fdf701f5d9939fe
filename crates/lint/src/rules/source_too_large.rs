//! # source-too-large
//!
//! **What it does.** Refuses a text of more than 2 MiB.
//!
//! **Why.** A flow of that size holds data, and data is read faster from files of its own.
//!
//! **Example.** A flow with a whole table written out as an array.
//!
//! **Fix.** None.

use crate::SOURCE_BYTES_MAX;
use crate::text::Text;
use oxc_span::Span;
use selvage_tool::{Diagnostic, Severity};

/// The finding about a text that is longer than may be.
#[must_use]
pub fn too_large(path: &str, source: &str) -> Diagnostic {
    Diagnostic {
        code: "source-too-large".into(),
        severity: Severity::Error,
        path: path.into(),
        span: Text::new("").span(Span::empty(0)),
        message: format!(
            "This file has {} bytes; a flow may have {SOURCE_BYTES_MAX}.",
            source.len()
        ),
        hint: Some("Keep data in files of its own and read it with `flow.fs.readJSON`.".into()),
        fix: None,
    }
}

#[cfg(test)]
mod tests {
    use super::SOURCE_BYTES_MAX;

    #[test]
    fn cases() {
        let (most, more) = (
            " ".repeat(SOURCE_BYTES_MAX),
            " ".repeat(SOURCE_BYTES_MAX + 1),
        );
        crate::rules::cases::check("source-too-large", &[&most], &[&more]);
    }
}
