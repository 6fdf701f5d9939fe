//! An answer, without what it tells of secrets.
//!
//! Servers repeat what they were sent: in errors, in echoes, in logs of requests. An answer of a server that a secret may go to is searched for
//! it: as it is; as addresses, JSON and HTML write it, in whatever mixture; in hexadecimal digits; and in base64 at each of the three places
//! that it can begin at, across the ends of lines.
//!
//! *Why whole secrets, and not parts of them?* What is taken out shows a flow that it was there. If parts were, a flow that has a server
//! repeat its guesses would find a secret letter by letter. For the same reason nothing is searched that other servers say.

use crate::dress::Spelling;
use crate::{Reference, Result, SecretsError, Vault};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;
use selvage_tool::grant::domain_of;
use selvage_tool::guest::Fetched;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use zeroize::Zeroizing;

/// So many escapes in each other are undone, as of JSON in a text of JSON.
const DEPTH_MAX: usize = 3;

/// The names of HTML that stand for letters which are often written so.
const NAMED: [(&str, u8); 5] = [
    ("amp;", b'&'),
    ("lt;", b'<'),
    ("gt;", b'>'),
    ("quot;", b'"'),
    ("apos;", b'\''),
];

impl Vault {
    /// Takes secrets out of an answer, where it comes from a domain that they may go to. What was one reads `[secret NAME]`.
    ///
    /// # Errors
    /// A secret is not there, or the answer has more than `bytes_max` bytes with what takes the place of secrets.
    pub fn redact(
        &self,
        references: &[Reference],
        fetched: &mut Fetched,
        body: &mut Vec<u8>,
        bytes_max: u64,
    ) -> Result<()> {
        let searches = self.searches(references, &fetched.url)?;
        let texts = [&mut fetched.url, &mut fetched.status_text];
        let headers = fetched
            .headers
            .iter_mut()
            .flat_map(|(name, value)| [name, value]);
        for text in texts.into_iter().chain(headers) {
            clean(text, &searches);
        }
        if let Some(clean) = without(body, &searches) {
            *body = clean;
        }
        match usize::try_from(bytes_max) {
            Ok(max) if body.len() > max => Err(SecretsError::TooLarge {
                limit: "fetch_bytes_max",
                size: body.len(),
                max,
            }),
            _ => Ok(()),
        }
    }

    /// Takes secrets out of why a request to an address failed.
    ///
    /// # Errors
    /// A secret is not there.
    pub fn redact_failure(
        &self,
        references: &[Reference],
        url: &str,
        why: &mut String,
    ) -> Result<()> {
        clean(why, &self.searches(references, url)?);
        Ok(())
    }

    /// What the server at an address may have been sent, each once.
    fn searches(&self, references: &[Reference], url: &str) -> Result<Vec<Search>> {
        let domain = domain_of(url).unwrap_or_default();
        let mut told = BTreeMap::new();
        for Reference { name, .. } in references {
            let secret = self.named(name)?;
            if secret.is_for(&domain) {
                told.insert(name, secret.value.as_str());
            }
        }
        Ok(told
            .into_iter()
            .map(|(name, value)| Search::of(name, value))
            .collect())
    }
}

/// What is looked for.
struct Search {
    /// As it is; and as it reads when what looks like an escape in it is undone along with those around it.
    plain: Vec<Zeroizing<Vec<u8>>>,
    encoded: Vec<Zeroizing<Vec<u8>>>,
    mark: String,
}

impl Search {
    fn of(name: &str, value: &str) -> Self {
        let mut view = View::of(value.as_bytes());
        let mut plain = vec![view.bytes.clone()];
        while plain.len() <= DEPTH_MAX && view.decode() {
            plain.push(view.bytes.clone());
        }
        Self {
            plain,
            // What is encoded may be what was sent, which `dress` writes in three ways.
            encoded: Spelling::ALL
                .iter()
                .flat_map(|spelling| encoded(spelling.write(value).as_bytes()))
                .collect(),
            mark: format!("[secret {name}]"),
        }
    }
}

/// A text with marks in place of secrets.
fn clean(text: &mut String, searches: &[Search]) {
    if let Some(clean) = without(text.as_bytes(), searches) {
        // A mark in the middle of a letter leaves no text.
        *text = String::from_utf8_lossy(&clean).into_owned();
    }
}

/// Bytes with a mark in place of each secret; nothing where there is none.
fn without(bytes: &[u8], searches: &[Search]) -> Option<Vec<u8>> {
    if searches.is_empty() {
        return None;
    }
    let mut found: Vec<(Range<usize>, &Search)> = Vec::new();
    let mut view = View::of(bytes);
    for depth in 0..=DEPTH_MAX {
        let joined = view.joined();
        for search in searches {
            let plain = search.plain.iter().flat_map(|plain| view.all(plain));
            let encoded = search.encoded.iter().flat_map(|text| joined.all(text));
            found.extend(plain.chain(encoded).map(|range| (range, search)));
        }
        if depth < DEPTH_MAX && !view.decode() {
            break;
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    let mut out = Vec::new();
    let mut done = 0;
    for (range, search) in &found {
        if range.start >= done {
            out.extend_from_slice(&bytes[done..range.start]);
            out.extend_from_slice(search.mark.as_bytes());
        }
        done = done.max(range.end);
    }
    out.extend_from_slice(&bytes[done..]);
    (!found.is_empty()).then_some(out)
}

/// Where bytes stand in others, one behind the other.
fn occurrences(bytes: &[u8], needle: &[u8]) -> Vec<Range<usize>> {
    let found = Finder::new(needle).find_iter(bytes).collect::<Vec<_>>();
    let ranges = found.into_iter().map(|at| at..at + needle.len());
    ranges.collect()
}

/// Bytes as they are meant, with where each of them is written.
struct View {
    bytes: Zeroizing<Vec<u8>>,
    /// Where each byte begins; and, last, the end of all.
    at: Vec<usize>,
}

impl View {
    /// Bytes as they are written.
    fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: Zeroizing::new(bytes.to_vec()),
            at: (0..=bytes.len()).collect(),
        }
    }

    /// Puts what escapes stand for in their place: `%2F`, `\u002f`, `\/`, `&#47;`, `&amp;`. What is none stays as it is. Whether there was any.
    fn decode(&mut self) -> bool {
        let bytes = std::mem::take(&mut *self.bytes);
        let begins = std::mem::take(&mut self.at);
        let mut at = 0;
        while at < bytes.len() {
            let (meant, length) = escape(&bytes[at..]).unwrap_or((Meant::Byte(bytes[at]), 1));
            let mut utf8 = [0; 4];
            let meant = match meant {
                Meant::Byte(byte) => {
                    utf8[0] = byte;
                    &utf8[..1]
                }
                Meant::Letter(letter) => letter.encode_utf8(&mut utf8).as_bytes(),
            };
            for byte in meant {
                self.bytes.push(*byte);
                self.at.push(begins[at]);
            }
            at += length;
        }
        self.at.extend(begins.last());
        self.bytes.len() < bytes.len()
    }

    /// The same without the ends of lines, which base64 is broken by.
    fn joined(&self) -> Self {
        let kept = self.bytes.iter().zip(&self.at);
        let (bytes, mut at): (Vec<u8>, Vec<usize>) = kept
            .filter(|(byte, _)| !matches!(byte, b'\r' | b'\n'))
            .unzip();
        at.extend(self.at.last());
        Self {
            bytes: Zeroizing::new(bytes),
            at,
        }
    }

    /// Where something is written.
    fn all(&self, needle: &[u8]) -> Vec<Range<usize>> {
        let written = |range: Range<usize>| self.at[range.start]..self.at[range.end];
        let found = occurrences(&self.bytes, needle);
        found.into_iter().map(written).collect()
    }
}

/// What an escape stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meant {
    Byte(u8),
    Letter(char),
}

/// The escape that bytes begin with, and its length.
fn escape(bytes: &[u8]) -> Option<(Meant, usize)> {
    let digits = |from: usize, to: usize, radix: u32| {
        let text = std::str::from_utf8(bytes.get(from..to)?).ok()?;
        // A sign is no digit.
        let plain = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| u32::from_str_radix(text, radix).ok())?
    };
    match bytes {
        [b'%', ..] => Some((Meant::Byte(u8::try_from(digits(1, 3, 16)?).ok()?), 3)),
        [b'\\', b'u', ..] => {
            let first = digits(2, 6, 16)?;
            if let Some(letter) = char::from_u32(first) {
                return Some((Meant::Letter(letter), 6));
            }
            // A letter outside of the first plane is written as two (RFC 8259, section 7).
            let second = bytes.get(6..8).filter(|next| *next == b"\\u");
            let second = second.and_then(|_| digits(8, 12, 16))?;
            let both =
                char::decode_utf16([u16::try_from(first).ok()?, u16::try_from(second).ok()?]);
            let letter = both.into_iter().next()?.ok()?;
            Some((Meant::Letter(letter), 12))
        }
        [b'\\', letter, ..] => {
            let byte = match letter {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'"' | b'\\' | b'/' | b'\'' => *letter,
                _ => return None,
            };
            Some((Meant::Byte(byte), 2))
        }
        [b'&', b'#', rest @ ..] => {
            let (skipped, radix) = match rest.first()? {
                b'x' | b'X' => (3, 16),
                _ => (2, 10),
            };
            let end = skipped
                + bytes[skipped..]
                    .iter()
                    .take(8)
                    .position(|byte| *byte == b';')?;
            let letter = char::from_u32(digits(skipped, end, radix)?)?;
            Some((Meant::Letter(letter), end + 1))
        }
        [b'&', rest @ ..] => {
            let (name, letter) = NAMED
                .iter()
                .find(|(name, _)| rest.starts_with(name.as_bytes()))?;
            Some((Meant::Byte(*letter), name.len() + 1))
        }
        _ => None,
    }
}

/// The ways that bytes are written as other letters altogether.
fn encoded(value: &[u8]) -> Vec<Zeroizing<Vec<u8>>> {
    let hex = value.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a text does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let mut texts = vec![hex.to_uppercase(), hex];
    for before in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let mut bytes = Zeroizing::new(vec![0; before]);
            bytes.extend_from_slice(value);
            let text = engine.encode(&*bytes);
            // The first letters hold what stands before it, too, and the last one what stands behind it.
            let first = [0, 2, 3][before];
            let whole = bytes.len() * 8 / 6;
            texts.push(text[first..whole].to_owned());
        }
    }
    // A form writes a space as a plus.
    if value.contains(&b' ') {
        texts.push(String::from_utf8_lossy(value).replace(' ', "+"));
    }
    texts.sort();
    texts.dedup();
    texts
        .into_iter()
        .map(|text| Zeroizing::new(text.into_bytes()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str) -> String {
        let mut view = View::of(text.as_bytes());
        view.decode();
        assert_eq!(view.at.len(), view.bytes.len() + 1);
        String::from_utf8_lossy(&view.bytes).into_owned()
    }

    #[test]
    fn escapes_stand_for_letters_and_what_is_none_for_itself() {
        let all = r"%2f\u002F\/&#47;&#x2f;&#X2F;&amp;&lt;&gt;&quot;&apos;\n\\";
        assert_eq!(meant(all), "//////&<>\"'\n\\");
        assert_eq!(meant("\\ud83d\\ude00%C3%A9"), "\u{1f600}\u{e9}");
        for same in [
            "%",
            "%2",
            "%zz",
            "%+1",
            "\\u12",
            "\\ud83d",
            "\\x",
            "&",
            "&#",
            "&#;",
            "&#x;",
            "&#99999999999;",
            "&other;",
            "\\",
        ] {
            assert_eq!(meant(same), same);
        }
    }
}
