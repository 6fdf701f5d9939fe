//! An answer, without what it tells of secrets.
//!
//! Servers repeat what they were sent: in errors, in echoes, in logs of requests. Each secret is looked for as it is, in base64 at each of the
//! three places that it can begin at, in hexadecimal digits, and as addresses, JSON and HTML write it. A part of [`PART_BYTES`] bytes is enough,
//! so one that comes in pieces of that length or more is found, too. What is encoded twice, turned around or in smaller pieces is not: a server
//! that wants to give away a secret has it anyway.

use crate::{Reference, Result, Vault};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use selvage_tool::guest::Fetched;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// How many bytes of a secret, or of one of its spellings, are taken for it.
const PART_BYTES: usize = 12;

/// What `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

impl Vault {
    /// Takes secrets out of an answer. What was one reads `[secret NAME]`.
    ///
    /// # Errors
    /// A secret is not there.
    pub fn redact(
        &self,
        references: &[Reference],
        fetched: &mut Fetched,
        body: &mut Vec<u8>,
    ) -> Result<()> {
        for (parts, mark) in self.parts(references)? {
            let texts = [&mut fetched.url, &mut fetched.status_text];
            let headers = fetched
                .headers
                .iter_mut()
                .flat_map(|(name, value)| [name, value]);
            for text in texts.into_iter().chain(headers) {
                parts.clean(text, &mark);
            }
        }
        self.redact_bytes(references, body)
    }

    /// Takes secrets out of bytes, such as those of why a request failed.
    ///
    /// # Errors
    /// A secret is not there.
    pub fn redact_bytes(&self, references: &[Reference], bytes: &mut Vec<u8>) -> Result<()> {
        for (parts, mark) in self.parts(references)? {
            if let Some(clean) = parts.without(bytes, &mark) {
                *bytes = clean;
            }
        }
        Ok(())
    }

    /// What is taken for each secret, and what stands in its place.
    fn parts(&self, references: &[Reference]) -> Result<Vec<(Parts, String)>> {
        let of = |Reference { name, .. }: &Reference| {
            let secret = self.named(name)?;
            Ok((Parts::of(&secret.value), format!("[secret {name}]")))
        };
        references.iter().map(of).collect()
    }
}

/// Everything that is taken for a secret, in order.
struct Parts {
    parts: Vec<Zeroizing<Vec<u8>>>,
    lengths: BTreeSet<usize>,
    /// The first two bytes of each: nearly all places of an answer begin with others.
    begins: Box<[bool; 1 << 16]>,
}

impl Parts {
    fn of(value: &str) -> Self {
        let mut parts = Vec::new();
        for spelling in spellings(value) {
            let length = spelling.len().min(PART_BYTES);
            parts.extend(
                spelling
                    .windows(length)
                    .map(|part| Zeroizing::new(part.to_vec())),
            );
        }
        parts.sort_by(|one, other| one[..].cmp(&other[..]));
        parts.dedup();
        let mut begins = Box::new([false; 1 << 16]);
        for part in &parts {
            begins[first_two(part)] = true;
        }
        let lengths = parts.iter().map(|part| part.len()).collect();
        Self {
            parts,
            lengths,
            begins,
        }
    }

    fn clean(&self, text: &mut String, mark: &str) {
        if let Some(clean) = self.without(text.as_bytes(), mark) {
            // A mark in the middle of a letter leaves no text.
            *text = String::from_utf8_lossy(&clean).into_owned();
        }
    }

    /// Bytes with a mark in place of each stretch that is covered by parts; nothing where there is none.
    fn without(&self, bytes: &[u8], mark: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        // What is before it is in `out`, or was taken away.
        let mut done = 0;
        let mut covered_to = 0;
        for at in 0..bytes.len() {
            let Some(end) = self.end_of(&bytes[at..]).map(|length| at + length) else {
                continue;
            };
            if at >= covered_to || covered_to == 0 {
                out.extend_from_slice(&bytes[done..at]);
                out.extend_from_slice(mark.as_bytes());
            }
            covered_to = covered_to.max(end);
            done = covered_to;
        }
        if covered_to == 0 {
            return None;
        }
        out.extend_from_slice(&bytes[done..]);
        Some(out)
    }

    /// The length of the longest part that begins here.
    fn end_of(&self, bytes: &[u8]) -> Option<usize> {
        if bytes.len() < 2 || !self.begins[first_two(bytes)] {
            return None;
        }
        let fits = |&&length: &&usize| {
            let found = |part: &[u8]| self.parts.binary_search_by(|one| one[..].cmp(part));
            bytes.get(..length).is_some_and(|part| found(part).is_ok())
        };
        self.lengths.iter().rev().find(fits).copied()
    }
}

fn first_two(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// The ways that a value is written.
fn spellings(value: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut texts = vec![value.to_owned()];
    for set in [NON_ALPHANUMERIC, COMPONENT] {
        let upper = utf8_percent_encode(value, set).to_string();
        texts.push(lower_escapes(&upper));
        // Forms write a space as a plus.
        texts.push(upper.replace("%20", "+"));
        texts.push(upper);
    }
    let quoted = serde_json::Value::from(value).to_string();
    let quoted = quoted[1..quoted.len() - 1].to_owned();
    texts.push(quoted.replace('/', "\\/"));
    texts.push(ascii_json(&quoted));
    texts.push(quoted);
    texts.push(
        value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;"),
    );
    let hex = value.bytes().fold(String::new(), |mut hex, byte| {
        // Writing to a text does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    texts.push(hex.to_uppercase());
    texts.push(hex);
    for before in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(value.as_bytes());
            let encoded = engine.encode(&bytes);
            // The first letters hold what stands before it, too, and the last one what stands behind it.
            let first = [0, 2, 3][before];
            let whole = bytes.len() * 8 / 6;
            texts.push(encoded[first..whole].to_owned());
        }
    }
    texts
        .into_iter()
        .map(|text| Zeroizing::new(text.into_bytes()))
        .collect()
}

/// Percent-encoding with small digits.
fn lower_escapes(text: &str) -> String {
    let mut left = 0;
    text.chars()
        .map(|letter| match (letter, left) {
            ('%', _) => {
                left = 2;
                letter
            }
            (_, 0) => letter,
            _ => {
                left -= 1;
                letter.to_ascii_lowercase()
            }
        })
        .collect()
}

/// JSON in ASCII, as some servers write it.
fn ascii_json(text: &str) -> String {
    let mut out = String::new();
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => out.push(char::from(byte)),
            // Writing to a text does not fail.
            _ => drop(write!(out, "\\u{unit:04x}")),
        }
    }
    out
}
