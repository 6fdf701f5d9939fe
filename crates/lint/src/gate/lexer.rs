//! Cuts a text into the tokens that nesting depends on.

use super::Unclear;
use super::bracket::Bracket;
use super::frames::Frames;

/// A token and where it begins.
#[derive(Debug, Clone, Copy)]
pub struct Token<'a> {
    pub start: usize,
    pub kind: Kind<'a>,
    /// Whether a line ended since the token before.
    pub newline: bool,
    /// Whether this word follows a dot, so that it names a property whatever it spells.
    pub property: bool,
}

/// What a token is, as far as nesting cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A name, a keyword, a private name or a number.
    Word(&'a str),
    /// A string.
    Text,
    /// A template without substitutions.
    Template,
    /// A regular expression, with how deep its own groups nest.
    RegExp { depth: u32 },
    /// `(`, `[`, `{`, or a template up to its first `${`.
    Open(Bracket),
    /// `)`, `]`, `}`.
    Close(Bracket),
    /// A template from `}` to its next `${`: the substitution ends and another begins.
    Middle,
    /// Any other sign: one of a few longer ones, or a single character.
    Sign(&'a str),
}

/// Whether the token before ends an expression, so that a `/` divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slash {
    Divides,
    Begins,
    Unclear,
}

/// Reads tokens off a text.
pub struct Lexer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    slash: Slash,
    dot: bool,
    /// Whether only space and comments stand between the start of the line and here.
    line_start: bool,
}

impl<'a> Lexer<'a> {
    pub fn new(source: &'a str) -> Self {
        let mut lexer = Self {
            source,
            bytes: source.as_bytes(),
            at: 0,
            slash: Slash::Begins,
            dot: false,
            line_start: true,
        };
        let start = if source.starts_with('\u{feff}') { 3 } else { 0 };
        if source[start..].starts_with("#!") {
            lexer.skip_line();
        }
        lexer
    }

    /// The next token; `None` at the end, or where a string or template never ends.
    pub fn next(&mut self, frames: &Frames) -> Result<Option<Token<'a>>, (usize, Unclear)> {
        let newline = self.skip_space()?;
        let start = self.at;
        let Some(&byte) = self.bytes.get(start) else {
            return Ok(None);
        };
        let property = std::mem::take(&mut self.dot);
        let kind = match byte {
            b'\'' | b'"' => {
                self.at += 1;
                self.skip_string(byte);
                self.slash = Slash::Divides;
                Kind::Text
            }
            b'`' => {
                self.at += 1;
                self.template(Kind::Template, Kind::Open(Bracket::Template))
            }
            b'}' if frames.innermost() == Some(Bracket::Template) => {
                self.at += 1;
                self.template(Kind::Close(Bracket::Template), Kind::Middle)
            }
            b'(' | b'[' | b'{' => {
                self.at += 1;
                self.slash = Slash::Begins;
                Kind::Open(Bracket::of(byte))
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                self.slash = match byte {
                    b']' => Slash::Divides,
                    b')' if !frames.closes_header() => Slash::Divides,
                    _ => Slash::Unclear,
                };
                Kind::Close(Bracket::of(byte))
            }
            b'/' => match self.slash {
                Slash::Unclear => return Err((start, Unclear::Slash)),
                Slash::Begins => {
                    let depth = self.skip_regexp();
                    self.slash = Slash::Divides;
                    Kind::RegExp { depth }
                }
                Slash::Divides => self.sign(newline),
            },
            b'\\' => return Err((start, Unclear::Backslash)),
            _ if is_word(byte) => {
                let word = self.word();
                self.slash = if property {
                    Slash::Divides
                } else {
                    slash_after(word)
                };
                Kind::Word(word)
            }
            _ => self.sign(newline),
        };
        self.line_start = false;
        Ok(Some(Token {
            start,
            kind,
            newline,
            property,
        }))
    }

    /// Skips space and comments; tells whether a line ended.
    fn skip_space(&mut self) -> Result<bool, (usize, Unclear)> {
        let mut newline = false;
        while let Some(c) = self.source[self.at..].chars().next() {
            let rest = &self.bytes[self.at..];
            if matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}') {
                newline = true;
                self.line_start = true;
                self.at += c.len_utf8();
            } else if c.is_whitespace() || c == '\u{feff}' {
                self.at += c.len_utf8();
            } else if rest.starts_with(b"//") {
                self.skip_line();
            } else if rest.starts_with(b"/*") {
                let body = &self.source[self.at + 2..];
                let end = body.find("*/").map_or(body.len(), |end| end + 2);
                if body[..end].contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
                    newline = true;
                    self.line_start = true;
                }
                self.at += 2 + end;
            } else if rest.starts_with(b"<!--") || (self.line_start && rest.starts_with(b"-->")) {
                return Err((self.at, Unclear::HtmlComment));
            } else {
                break;
            }
        }
        Ok(newline)
    }

    fn skip_line(&mut self) {
        let rest = &self.source[self.at..];
        self.at += rest
            .find(['\n', '\r', '\u{2028}', '\u{2029}'])
            .unwrap_or(rest.len());
    }

    /// Skips to past the closing quote. A string that its line does not end is an error in every
    /// parser, and nothing after it is looked at.
    fn skip_string(&mut self, quote: u8) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.skip_escape(),
                b'\n' | b'\r' => {
                    self.at = self.bytes.len();
                    return;
                }
                _ => self.at += 1,
            }
            if byte == quote {
                return;
            }
        }
    }

    /// Skips a backslash and what it escapes.
    fn skip_escape(&mut self) {
        self.at += 1;
        if self.bytes[self.at..].starts_with(b"\r\n") {
            self.at += 2;
        } else {
            self.at += self.source[self.at..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
        }
    }

    /// Reads template text up to the closing backtick or the next `${`.
    fn template(&mut self, closed: Kind<'a>, opened: Kind<'a>) -> Kind<'a> {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.skip_escape(),
                b'`' => {
                    self.at += 1;
                    self.slash = Slash::Divides;
                    return closed;
                }
                b'$' if self.bytes.get(self.at + 1) == Some(&b'{') => {
                    self.at += 2;
                    self.slash = Slash::Begins;
                    return opened;
                }
                _ => self.at += 1,
            }
        }
        closed
    }

    /// Skips a regular expression; gives how deep its groups and classes nest. One that its line does
    /// not end is an error in every parser.
    fn skip_regexp(&mut self) -> u32 {
        let (mut depth, mut deepest, mut class) = (0_u32, 0, false);
        self.at += 1;
        while let Some(c) = self.source[self.at..].chars().next() {
            match c {
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => {
                    self.at = self.bytes.len();
                    return deepest;
                }
                '\\' => {
                    let escaped = self.source[self.at + 1..].chars().next();
                    if !matches!(escaped, Some('\n' | '\r' | '\u{2028}' | '\u{2029}')) {
                        self.at += escaped.map_or(0, char::len_utf8);
                    }
                }
                '/' if !class => {
                    self.at += 1;
                    self.word();
                    return deepest;
                }
                '[' => (class, depth) = (true, depth + 1),
                ']' if class => (class, depth) = (false, depth.saturating_sub(1)),
                '(' if !class => depth += 1,
                ')' if !class => depth = depth.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(depth);
            self.at += c.len_utf8();
        }
        deepest
    }

    /// Reads a word: letters, digits, `$`, `_`, `#` and everything beyond ASCII that is no space.
    fn word(&mut self) -> &'a str {
        let start = self.at;
        let number = self.bytes.get(start).is_some_and(|b| b.is_ascii_digit());
        while let Some(c) = self.source[self.at..].chars().next() {
            let more = if c.is_ascii() {
                is_word(c as u8) || (number && c == '.')
            } else {
                !is_space(c)
            };
            if !more {
                break;
            }
            self.at += c.len_utf8();
        }
        &self.source[start..self.at]
    }

    /// Reads a sign.
    fn sign(&mut self, newline: bool) -> Kind<'a> {
        let rest = &self.source[self.at..];
        let long = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
        let digit_after = rest.as_bytes().get(2).is_some_and(u8::is_ascii_digit);
        let length = match long {
            Some("?.") if digit_after => 1,
            Some(sign) => sign.len(),
            None => rest.chars().next().map_or(1, char::len_utf8),
        };
        let sign = &rest[..length];
        self.at += length;
        self.slash = match sign {
            "++" | "--" if self.slash == Slash::Divides && !newline => Slash::Divides,
            "++" | "--" => Slash::Unclear,
            "." | "?." => {
                let number = sign == "." && self.bytes.get(self.at).is_some_and(u8::is_ascii_digit);
                self.dot = !number;
                Slash::Unclear
            }
            _ => Slash::Begins,
        };
        Kind::Sign(sign)
    }
}

/// The signs that are taken whole, longer ones first.
const SIGNS: [&str; 15] = [
    ">>>=", "...", "===", "!==", ">>=", "<<=", "=>", "==", "!=", "<=", ">=", "++", "--", "??", "?.",
];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'_' | b'#') || byte >= 0x80
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// What a `/` would mean after a word.
fn slash_after(word: &str) -> Slash {
    match word {
        "return" | "typeof" | "case" | "in" | "instanceof" | "new" | "void" | "delete"
        | "throw" | "else" | "do" | "default" | "extends" => Slash::Begins,
        "await" | "yield" | "of" | "if" | "for" | "while" | "with" | "switch" | "catch" | "try"
        | "finally" | "function" | "class" | "var" | "const" | "import" | "export" | "break"
        | "continue" | "debugger" | "enum" => Slash::Unclear,
        _ => Slash::Divides,
    }
}
