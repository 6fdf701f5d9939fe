//! Where things are in a text: bytes for a parser, lines and UTF-16 columns for people and editors.

use selvage_tool::{Position, Span};
use std::cell::Cell;
use std::ops::Range;

/// A text with an index from bytes to positions. A line ends at `\n`, `\r\n` or a lone `\r`.
pub struct Places<'a> {
    source: &'a str,
    /// For each line: its first byte, and its first UTF-16 unit.
    lines: Vec<(usize, usize)>,
    /// The byte that was asked for last, and its UTF-16 unit: questions mostly go forward.
    last: Cell<(usize, usize)>,
}

impl<'a> Places<'a> {
    /// Indexes a text in one pass.
    #[must_use]
    pub fn new(source: &'a str) -> Self {
        let mut lines = vec![(0, 0)];
        let mut units = 0;
        let bytes = source.as_bytes();
        for (at, c) in source.char_indices() {
            units += c.len_utf16();
            if c == '\n' || (c == '\r' && bytes.get(at + 1) != Some(&b'\n')) {
                lines.push((at + 1, units));
            }
        }
        Self {
            source,
            lines,
            last: Cell::default(),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The line of a byte, counted from 1.
    #[must_use]
    pub fn line(&self, at: usize) -> u32 {
        number(self.lines.partition_point(|(start, _)| *start <= at))
    }

    /// The position of a byte, which begins a character.
    #[must_use]
    pub fn position(&self, at: usize) -> Position {
        let line = self.line(at);
        let start = self.lines[line as usize - 1];
        let (from, units) = Some(self.last.get())
            .filter(|last| (start.0..=at).contains(&last.0))
            .unwrap_or(start);
        let more = self.source.get(from..at).unwrap_or_default();
        let offset = units + more.chars().map(char::len_utf16).sum::<usize>();
        self.last.set((at, offset));
        Position {
            line,
            column: number(offset - start.1 + 1),
            offset: number(offset),
        }
    }

    /// The positions of a range.
    #[must_use]
    pub fn span(&self, range: Range<usize>) -> Span {
        Span {
            start: self.position(range.start),
            end: self.position(range.end),
        }
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every position is as counting from the start has it, in any order of asking.
    #[test]
    fn places_are_counted_as_editors_count() {
        let source = "a = '😀é'\r\nb\rc\n\n# é\nd";
        let places = Places::new(source);
        let starts: Vec<usize> = source.char_indices().map(|(at, _)| at).collect();
        let forward = starts.iter().chain(starts.iter().rev());
        for &at in forward {
            let before = &source[..at];
            let unified = before.replace("\r\n", "\n").replace('\r', "\n");
            // Between `\r` and `\n` the line is not over yet.
            let split = before.ends_with('\r') && source[at..].starts_with('\n');
            let line = unified.matches('\n').count() + 1 - usize::from(split);
            let position = places.position(at);
            assert_eq!(position.line as usize, line, "{at}");
            assert_eq!(position.offset as usize, before.encode_utf16().count());
        }
        let d = places.position(source.len() - 1);
        assert_eq!((d.line, d.column), (6, 1));
        let quote = places.position(11);
        assert_eq!((quote.line, quote.column), (1, 9));
    }
}
