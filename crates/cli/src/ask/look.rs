//! The contents that a request has and does not show, which a person can look at before the answer: an approval is of exactly
//! what lands.

use super::{INPUT, is_opaque};
use crate::openly;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use selvage_tool::ToolResult;
use selvage_tool::catalogue::{Encoding, ReadOutput};
use selvage_tool::decision::Approval;
use serde::Deserialize;
use std::fmt::Write as _;
use std::io::Write;

/// How many bytes a line of a dump has.
const DUMP_LINE_BYTES: usize = 16;

/// A content.
#[derive(Debug, PartialEq, Eq)]
pub struct Content {
    path: String,
    bytes: Vec<u8>,
}

/// What a person says.
#[derive(Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// It may happen.
    Yes,
    /// It may not.
    No,
    /// A content is to be shown.
    Show(&'a Content),
    /// A content is to be put into a file of this machine.
    Save(&'a Content, String),
    /// Something about contents that are not there.
    Unclear,
    /// Anything else.
    Else,
}

impl Content {
    /// All contents of a request that it does not show. One that can't be read is none that lands either.
    pub fn all(approval: &Approval, read: impl Fn(&str) -> ToolResult) -> Vec<Self> {
        let written = approval
            .changes
            .iter()
            .filter(|change| change.op == "write");
        let opaque = written.filter(|change| is_opaque(change));
        let mut paths: Vec<&str> = opaque.map(|change| &*change.path).collect();
        if approval.changes.is_empty() {
            paths.push(INPUT);
        }
        let contents = paths.into_iter().filter_map(|path| {
            let read = ReadOutput::deserialize(read(path).ok()?).ok()?;
            let bytes = match read.encoding {
                Encoding::Base64 => STANDARD.decode(read.content).ok()?,
                _ => read.content.into_bytes(),
            };
            let path = path.to_owned();
            Some(Self { path, bytes })
        });
        contents.collect()
    }

    /// All of it: a text as it is, with nothing hidden in it, and anything else byte for byte.
    pub fn shown(&self) -> String {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => openly::lines(text),
            Err(_) => dump(&self.bytes),
        }
    }

    /// The same, with what it is of.
    pub fn told(&self) -> String {
        format!("all of {}:\n{}", openly::line(&self.path), self.shown())
    }

    /// Writes it into a new file.
    ///
    /// # Errors
    /// The file is there already, or can't be written.
    pub fn save(&self, file: &str) -> std::io::Result<()> {
        let mut file = std::fs::File::create_new(file)?;
        file.write_all(&self.bytes)
    }
}

impl<'a> Said<'a> {
    /// What a line says.
    pub fn of(line: &str, contents: &'a [Content]) -> Self {
        let line = line.trim();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (number, file) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
        let content = match (contents, number) {
            ([only], "") => Some(only),
            _ => number
                .parse()
                .ok()
                .and_then(|number: usize| contents.get(number.checked_sub(1)?)),
        };
        match (word, content, file.trim()) {
            ("y" | "yes" | "Y" | "Yes", ..) if rest.is_empty() => Self::Yes,
            ("show", Some(content), "") => Self::Show(content),
            ("save", Some(content), file) if !file.is_empty() => {
                Self::Save(content, file.to_owned())
            }
            ("show" | "save", ..) => Self::Unclear,
            ("n" | "no" | "N" | "No", ..) if rest.is_empty() => Self::No,
            _ => Self::Else,
        }
    }
}

/// What can be looked at.
pub fn offer(contents: &[Content]) -> String {
    let mut offer = String::new();
    for (at, content) in contents.iter().enumerate() {
        let number = at + 1;
        let (path, bytes) = (openly::line(&content.path), content.bytes.len());
        // A string takes whatever is written.
        let _ = writeln!(
            offer,
            "not shown above: {path}, {bytes} bytes: `show {number}` shows all of it here, `save {number} FILE` writes it into a new file to look at"
        );
    }
    offer
}

/// What can be answered, besides a yes and what is no.
pub fn choices(no: &str, contents: &[Content]) -> String {
    match contents {
        [] => format!("[y/{no}]"),
        _ => format!("[y/{no}/show/save]"),
    }
}

/// Bytes in lines: where they are, what they are, and the characters that some of them stand for.
fn dump(bytes: &[u8]) -> String {
    let mut dump = String::new();
    for (at, line) in bytes.chunks(DUMP_LINE_BYTES).enumerate() {
        let hex: String = line.iter().map(|byte| format!("{byte:02x} ")).collect();
        let shown = |byte: &u8| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '.',
        };
        let text: String = line.iter().map(shown).collect();
        let _ = writeln!(dump, "{:08x}  {hex:48} |{text}|", at * DUMP_LINE_BYTES);
    }
    dump
}
