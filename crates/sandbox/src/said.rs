//! What a run says: log entries that count, and errors that somebody could read.

use crate::sandbox::{Host, Sandbox};
use selvage_tool::ToolError;
use selvage_tool::guest::LogLevel;
use selvage_tool::run::{LogEntry, RunReport};

/// What a log entry counts for at least: it has a time, a level and a source besides its text.
const ENTRY_BYTES_MIN: usize = 32;

/// The most characters of a guest's message, hint, path or stack.
const ERROR_CHARS_MAX: usize = 16 * 1024;

impl Sandbox {
    /// Reports a log entry, as far as the output quota allows.
    pub(crate) fn log(&mut self, level: LogLevel, source: &str, text: &str, host: &mut dyn Host) {
        if self
            .meter
            .count_output(text.len().max(ENTRY_BYTES_MIN))
            .is_err()
        {
            return;
        }
        let entry = LogEntry {
            seq: self.logged,
            at_ms: host.now_ms() - self.began_ms,
            level,
            source: source.to_owned(),
            text: text.to_owned(),
        };
        self.logged += 1;
        host.report(RunReport::Logged {
            entries: vec![entry],
        });
    }
}

/// A guest's error, no longer than somebody could read.
pub(crate) fn bounded(error: ToolError) -> ToolError {
    let cut = |text: String| match text.char_indices().nth(ERROR_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    ToolError {
        message: cut(error.message),
        hint: error.hint.map(cut),
        path: error.path.map(cut),
        stack: error.stack.map(cut),
        ..error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use selvage_tool::ErrorCode;

    #[test]
    fn an_error_is_cut_between_characters_and_says_so() {
        let long = "\u{1f600}".repeat(ERROR_CHARS_MAX + 1);
        let error = bounded(ToolError::new(ErrorCode::RuntimeException, long).hint("short"));
        assert_eq!(error.message.chars().count(), ERROR_CHARS_MAX + 1);
        assert!(error.message.ends_with('\u{2026}'));
        assert_eq!(error.hint.as_deref(), Some("short"));
    }
}
