//! The words of a Python text: names, strings, signs and ends of lines, as far as one needs them to find imports.

use std::ops::Range;

/// The letters that may stand before a quote, in lower case.
const PREFIXES: [&str; 11] = ["r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"];

/// What a word of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    /// A string that is what it reads; its place is that of what is between the quotes.
    Plain,
    /// Any other string.
    Odd,
    Sign(u8),
    /// The end of a statement's line.
    Line,
}

/// A word and its place.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) kind: Kind,
    pub(super) at: Range<usize>,
    /// Whether no bracket and no string is around it.
    pub(super) is_outer: bool,
}

/// What is around a place.
enum Around {
    /// Code, with so many open brackets; that of the file, or what braces hold in a string.
    Code(usize),
    Text {
        quote: u8,
        quotes: usize,
        /// Whether braces hold code.
        has_code: bool,
        is_plain: bool,
        start: usize,
    },
    /// How a value in braces is shown.
    Spec,
}

/// The words of a text; nothing for one that ends inside something.
pub(super) fn words(text: &str) -> Option<Vec<Word>> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let (mut words, mut around, mut at) = (Vec::new(), vec![Around::Code(0)], 0);
    while at < bytes.len() {
        let depth = around.len();
        let now = byte(at);
        match around.last_mut()? {
            Around::Code(open) => {
                let is_outer = depth == 1 && *open == 0;
                let mut word = |kind, at| words.push(Word { kind, at, is_outer });
                match now {
                    b'#' => {
                        at += text[at..].find(['\n', '\r']).unwrap_or(bytes.len() - at);
                        continue;
                    }
                    // A pair of them ends a line and one with nothing on it.
                    b'\n' | b'\r' if is_outer => word(Kind::Line, at..at + 1),
                    // It joins lines; what else may stand behind it is read by itself.
                    b'\\' => at += line_end(bytes, at + 1),
                    b'"' | b'\'' => {
                        at = begin(bytes, at, at, &mut around);
                        continue;
                    }
                    _ if is_name(now) => {
                        let rest = bytes[at..].iter();
                        let end = at + rest.take_while(|byte| is_name(**byte)).count();
                        if matches!(byte(end), b'"' | b'\'') && is_prefix(&text[at..end]) {
                            at = begin(bytes, at, end, &mut around);
                        } else {
                            // A number is no name, and what is in it is none either.
                            let kind = match now {
                                b'0'..=b'9' => Kind::Sign(b'0'),
                                _ => Kind::Name,
                            };
                            word(kind, at..end);
                            at = end;
                        }
                        continue;
                    }
                    b'}' if *open == 0 && depth > 1 => {
                        around.pop();
                    }
                    b':' if *open == 0 && depth > 1 => *around.last_mut()? = Around::Spec,
                    _ if now.is_ascii_whitespace() => {}
                    _ => {
                        match now {
                            b'(' | b'[' | b'{' => *open += 1,
                            b')' | b']' | b'}' => *open = open.saturating_sub(1),
                            _ => {}
                        }
                        word(Kind::Sign(now), at..at + 1);
                    }
                }
                at += 1;
            }
            Around::Text {
                quote,
                quotes,
                has_code,
                is_plain,
                start,
            } => {
                let (is_plain, start, quotes) = (*is_plain, *start, *quotes);
                if now == *quote && (0..quotes).all(|more| byte(at + more) == *quote) {
                    let kind = if is_plain { Kind::Plain } else { Kind::Odd };
                    let is_outer = depth == 2;
                    let at_end = at + quotes;
                    words.push(Word {
                        kind,
                        at: start..at,
                        is_outer,
                    });
                    around.pop();
                    at = at_end;
                } else if matches!(now, b'\n' | b'\r') && quotes == 1 {
                    return None;
                } else if now == b'{' && *has_code && byte(at + 1) != b'{' {
                    around.push(Around::Code(0));
                    at += 1;
                } else {
                    // What is cut in two here is none of the signs that count.
                    let is_pair = now == b'\\' || now == b'{' && *has_code;
                    at += 1 + usize::from(is_pair).max(match now {
                        b'\\' => line_end(bytes, at + 1),
                        _ => 0,
                    });
                }
            }
            Around::Spec => {
                match now {
                    b'{' => around.push(Around::Code(0)),
                    b'}' => {
                        around.pop();
                    }
                    _ => {}
                }
                at += 1;
            }
        }
    }
    matches!(around.as_slice(), [Around::Code(0)]).then_some(words)
}

/// How many bytes the end of a line at a place has; none where no line ends.
fn line_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => 0,
    }
}

fn is_prefix(name: &str) -> bool {
    PREFIXES.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// Goes into the string whose quote stands at a place, with what stands before it. Gives where its text begins.
fn begin(bytes: &[u8], prefix: usize, at: usize, around: &mut Vec<Around>) -> usize {
    let quote = bytes[at];
    let has = |letter: u8| {
        let prefix = &bytes[prefix..at];
        prefix.iter().any(|byte| byte.eq_ignore_ascii_case(&letter))
    };
    let three = bytes.get(at..at + 3);
    let quotes = if three == Some(&[quote; 3]) { 3 } else { 1 };
    let start = at + quotes;
    let has_code = has(b'f') || has(b't');
    around.push(Around::Text {
        quote,
        quotes,
        has_code,
        is_plain: !has_code && !has(b'b'),
        start,
    });
    start
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_backslash_joins_lines_and_cuts_no_character() {
        let shown = |text: &str| {
            let words = words(text)?;
            Some(
                words
                    .into_iter()
                    .map(|word| text[word.at].to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        let is = |words: &[&str]| Some(words.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(shown("x = \\é"), is(&["x", "=", "é"]));
        assert_eq!(shown("x \\\ré\\\r\ny\\\nz"), is(&["x", "é", "y", "z"]));
        assert_eq!(shown("'\\é\\'' '\\"), None);
        assert_eq!(shown("'a\\\r\nb'"), is(&["a\\\r\nb"]));
    }
}
