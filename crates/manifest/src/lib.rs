//! Texts of manifests become values whose parts have places.
//!
//! **Problem.** A manifest says what may run and what that may do. People write it, in YAML or in JSON, and get it wrong; who
//! reads it must say where, and two readers must never understand one text in two ways.
//!
//! **Shape.** [`read`] takes a text and gives a [`Document`]: a JSON value with the place of each of its parts, or the flaw that
//! keeps it from being one. It knows no manifest: what a value means is said by who asked.
//! It stands beside the engine and not in it, because a browser loads it only where there is a manifest.
//!
//! **What it refuses**, besides what is not YAML: several documents in a text, anchors and aliases, tags, keys that are no
//! texts, a key twice, numbers that JSON has none of. Each of them lets a text say something else than it seems to, or grow
//! when it is read.
//!
//! ```
//! use selvage_tool::document::Document;
//!
//! let document = selvage_manifest::read("a.yaml", "rules:\n  - read: [data/**]\n");
//! let Document::Read { value, .. } = document else { panic!() };
//! assert_eq!(value["rules"][0]["read"][0], "data/**");
//! ```
//!
//! *Invariants.* No clock, no disk, no recursion over a text; what is read is bounded ([`TEXT_BYTES_MAX`], [`DEPTH_MAX`],
//! [`PARTS_MAX`]).

mod scalar;
mod tree;

use saphyr_parser::{Parser, ScanError};
use selvage_tool::document::{Document, Flaw};
use selvage_tool::{Position, Span};

/// The most bytes of a manifest.
pub const TEXT_BYTES_MAX: usize = 256 * 1024;

/// How deep lists and mappings may nest.
pub const DEPTH_MAX: usize = 32;

/// The most lists, mappings and values.
pub const PARTS_MAX: usize = 20_000;

/// Reads a manifest. That its path ends in `.json` makes it JSON; everything else is YAML 1.2.
#[must_use]
pub fn read(path: &str, text: &str) -> Document {
    let places = Places::new(text);
    let read = if text.len() > TEXT_BYTES_MAX {
        let message = format!("A manifest has {TEXT_BYTES_MAX} bytes at the most.");
        Err(places.flaw(message, "Move data out of it.", 0..0))
    } else if path.ends_with(".json") {
        json(text, &places)
    } else {
        tree::read(Parser::new_from_str(text), &places)
    };
    read.unwrap_or_else(Document::Flawed)
}

/// JSON has a reader of its own, whose words it is told in. YAML's then finds the places: a JSON text is YAML, but for tabs
/// before a line, and pairs of surrogates, which are refused.
fn json(text: &str, places: &Places) -> Result<Document, Flaw> {
    let value = serde_json::from_str(text).map_err(|why| {
        let at = places.index_of(why.line(), why.column());
        let why = why.to_string();
        let what = why.split(" at line ").next().unwrap_or_default();
        places.flaw(
            format!("This is no JSON: {what}."),
            "Mend it there, or just before.",
            at..at,
        )
    })?;
    let spaced = text.replace('\t', " ");
    match tree::read(Parser::new_from_str(&spaced), places) {
        Ok(Document::Read { places, .. }) => Ok(Document::Read { value, places }),
        Err(flaw) if flaw.hint == YAML_HINT => Err(Flaw {
            hint: "Write characters themselves in place of `\\u` escapes.".into(),
            ..flaw
        }),
        other => other,
    }
}

/// What to do about a text that is no YAML.
const YAML_HINT: &str = "Check the indentation and the quotes there, and in the line before.";

/// From characters, which the parser counts, to lines and UTF-16 units, which editors count.
struct Places {
    /// For each character, and for the end: the UTF-16 units before it.
    units: Vec<u32>,
    /// For each line: its first character.
    lines: Vec<usize>,
}

impl Places {
    fn new(text: &str) -> Self {
        let (mut units, mut lines) = (vec![0], vec![0]);
        let (mut unit, mut before) = (0, ' ');
        // What is longer than a manifest has no place but its start.
        let end = text.floor_char_boundary(TEXT_BYTES_MAX);
        for (index, c) in text[..end].chars().enumerate() {
            if before == '\n' || (before == '\r' && c != '\n') {
                lines.push(index);
            }
            before = c;
            unit += if c.len_utf16() == 2 { 2 } else { 1 };
            units.push(unit);
        }
        if matches!(before, '\n' | '\r') {
            lines.push(units.len() - 1);
        }
        Self { units, lines }
    }

    /// The character at a line and byte column of the JSON reader. It is exact in a line of ASCII.
    fn index_of(&self, line: usize, column: usize) -> usize {
        let start = self.lines.get(line.saturating_sub(1)).copied();
        let index = start.unwrap_or_default() + column.saturating_sub(1);
        index.min(self.units.len() - 1)
    }

    fn position(&self, index: usize) -> Position {
        let index = index.min(self.units.len() - 1);
        let line = self.lines.partition_point(|start| *start <= index) - 1;
        let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position {
            line: narrow(line + 1),
            column: self.units[index] - self.units[self.lines[line]] + 1,
            offset: self.units[index],
        }
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span {
            start: self.position(range.start),
            end: self.position(range.end),
        }
    }

    fn flaw(&self, message: String, hint: &str, at: std::ops::Range<usize>) -> Flaw {
        Flaw {
            message,
            hint: hint.to_owned(),
            span: self.span(at),
        }
    }

    fn broken(&self, why: &ScanError) -> Flaw {
        let at = why.marker().index();
        self.flaw(
            format!("This is no YAML: {}.", why.info()),
            YAML_HINT,
            at..at,
        )
    }
}

#[cfg(test)]
mod tests;
