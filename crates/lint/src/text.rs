//! Where things are in a text: bytes for parsers, lines and UTF-16 columns for people and editors.

use oxc_span::Span as ByteSpan;
use selvage_tool::{Fix, Position, Span, TextEdit};

/// Bytes between two marks of the index; a look-up counts at most so many.
const MARK_BYTES: usize = 256;

/// A text with an index from bytes to positions.
///
/// A line ends at `\n`, `\r\n` or a lone `\r`, as in editors. A byte order mark is a character of
/// the first line.
pub struct Text<'a> {
    source: &'a str,
    /// For each line: its first byte, and its first UTF-16 unit.
    lines: Vec<(u32, u32)>,
    /// For every [`MARK_BYTES`]: the UTF-16 offset of the first character at or after it, and that
    /// character's byte.
    marks: Vec<(u32, u32)>,
}

impl<'a> Text<'a> {
    /// Indexes a text in one pass.
    #[must_use]
    pub fn new(source: &'a str) -> Self {
        let mut lines = vec![(0, 0)];
        let mut marks = Vec::with_capacity(source.len() / MARK_BYTES + 1);
        let (mut units, mut carriage) = (0_u32, false);
        for (byte, c) in source.char_indices() {
            let at = narrow(byte);
            if byte >= marks.len() * MARK_BYTES {
                marks.push((units, at));
            }
            if carriage && c != '\n' {
                lines.push((at, units));
            }
            carriage = c == '\r';
            units += narrow(c.len_utf16());
            if c == '\n' {
                lines.push((at + 1, units));
            }
        }
        if carriage {
            lines.push((narrow(source.len()), units));
        }
        Self {
            source,
            lines,
            marks,
        }
    }

    /// The text itself.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The position of a byte; one inside a character or past the end counts as the nearest before.
    #[must_use]
    pub fn position(&self, byte: u32) -> Position {
        let mut byte = (byte as usize).min(self.source.len());
        while !self.source.is_char_boundary(byte) {
            byte -= 1;
        }
        let mark = self.marks[..self.marks.len().min(byte / MARK_BYTES + 1)]
            .iter()
            .rev()
            .find(|(_, at)| *at as usize <= byte);
        let (units, from) = mark.copied().unwrap_or_default();
        let offset = units + narrow(utf16_len(&self.source[from as usize..byte]));
        let line = self
            .lines
            .partition_point(|(start, _)| *start as usize <= byte)
            .max(1);
        let column = offset - self.lines[line - 1].1 + 1;
        Position {
            line: narrow(line),
            column,
            offset,
        }
    }

    /// The positions of a range of bytes.
    #[must_use]
    pub fn span(&self, span: ByteSpan) -> Span {
        let start = self.position(span.start);
        let end = if span.end <= span.start {
            start
        } else {
            self.position(span.end)
        };
        Span { start, end }
    }

    /// The text of a range of bytes, empty where the range is not one of this text.
    #[must_use]
    pub fn slice(&self, span: ByteSpan) -> &'a str {
        self.source
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// A fix with one replacement.
    #[must_use]
    pub fn fix(
        &self,
        title: impl Into<String>,
        safe: bool,
        span: ByteSpan,
        text: impl Into<String>,
    ) -> Fix {
        Fix {
            title: title.into(),
            safe,
            edits: vec![TextEdit {
                span: self.span(span),
                text: text.into(),
            }],
            rename: None,
        }
    }
}

/// How many UTF-16 units a text has.
fn utf16_len(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().map(char::len_utf16).sum()
    }
}

/// Lengths here are below [`crate::SOURCE_BYTES_MAX`] or come from a text that was refused for its length.
fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, byte: usize) -> (u32, u32, u32) {
        let p = Text::new(text).position(u32::try_from(byte).expect("small"));
        (p.line, p.column, p.offset)
    }

    #[test]
    fn columns_count_utf16_units_from_one() {
        let text = "a\né😀b";
        assert_eq!(at(text, 0), (1, 1, 0));
        assert_eq!(at(text, 2), (2, 1, 2));
        assert_eq!(at(text, text.find('b').expect("b")), (2, 4, 5));
        assert_eq!(at(text, text.len()), (2, 5, 6));
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let text = "a\r\nb\rc\nd\r";
        assert_eq!(at(text, 3), (2, 1, 3));
        assert_eq!(at(text, 5), (3, 1, 5));
        assert_eq!(at(text, 7), (4, 1, 7));
        assert_eq!(at(text, 9), (5, 1, 9));
    }

    #[test]
    fn a_byte_order_mark_is_a_character_and_a_place_inside_one_is_before_it() {
        let text = "\u{feff}x";
        assert_eq!(at(text, 3), (1, 2, 1));
        assert_eq!(at(text, 1), (1, 1, 0));
        assert_eq!(at(text, 99), (1, 3, 2));
    }

    #[test]
    fn the_index_agrees_with_counting_in_long_lines() {
        let text = "é😀x".repeat(700) + "\r\n" + &"y\n".repeat(600);
        let index = Text::new(&text);
        let (mut line, mut column, mut offset) = (1, 1, 0);
        let mut previous = ' ';
        for (byte, c) in text.char_indices() {
            assert_eq!(
                index.position(narrow(byte)),
                Position {
                    line,
                    column,
                    offset
                },
                "byte {byte}"
            );
            let units = narrow(c.len_utf16());
            (column, offset) = (column + units, offset + units);
            if c == '\n' {
                (line, column) = (line + 1, 1);
            }
            assert!(previous != '\r' || c == '\n');
            previous = c;
        }
    }
}
