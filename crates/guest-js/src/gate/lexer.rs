//! Just enough of a lexer to tell code from texts, comments and regular expressions.

/// What the gate wants to know of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// Before the first.
    Start,
    /// After the last.
    End,
    /// `(`, `[`, `{`, or the `${` of a template, as `$`.
    Open(u8),
    /// `)`, `]`, or the end of a template's slot.
    Close {
        /// Whether it ends the head of `if`, `for`, `while` or `with`.
        control: bool,
    },
    /// `}`.
    CloseBrace,
    /// A name or a keyword.
    Word(&'a str),
    /// A text, a number, a regular expression, a template.
    Literal,
    /// `;` or `,`.
    Separator,
    /// `=>`.
    Arrow,
    /// An operator whose right side nests: `?`, `=`, `**`, `!`, `:`.
    Right,
    /// An operator whose left side nests: `+`, `.`.
    Left,
}

/// A scanner over a text.
pub struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// For each open `{`, whether it is a template's slot.
    braces: Vec<bool>,
}

/// Keywords after which an expression comes, so that a slash begins a regular expression.
pub fn precedes_expression(word: &str) -> bool {
    matches!(
        word,
        "return"
            | "typeof"
            | "case"
            | "in"
            | "of"
            | "delete"
            | "void"
            | "throw"
            | "new"
            | "do"
            | "else"
            | "instanceof"
            | "yield"
            | "await"
            | "default"
            | "extends"
    )
}

/// Keywords that take what follows into their own recursion.
pub fn nests_to_the_right(word: &str) -> bool {
    matches!(
        word,
        "typeof"
            | "void"
            | "delete"
            | "new"
            | "await"
            | "yield"
            | "if"
            | "else"
            | "for"
            | "while"
            | "do"
            | "with"
            | "async"
    )
}

/// Words that go on with a statement after a closing brace or a line break.
pub fn continues_statement(word: &str) -> bool {
    matches!(
        word,
        "else"
            | "catch"
            | "finally"
            | "while"
            | "in"
            | "instanceof"
            | "of"
            | "from"
            | "as"
            | "extends"
    )
}

impl<'a> Lexer<'a> {
    /// A scanner at the beginning.
    pub fn new(text: &'a str) -> Self {
        let at = if text.starts_with("#!") {
            text.find('\n').unwrap_or(text.len())
        } else {
            0
        };
        Self {
            text,
            bytes: text.as_bytes(),
            at,
            braces: Vec::new(),
        }
    }

    /// Where the scanner is, in bytes.
    pub fn offset(&self) -> usize {
        self.at
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or_default()
    }

    /// Skips blanks and comments; tells whether a line ended among them.
    pub fn skip_blanks(&mut self) -> bool {
        let start = self.at;
        loop {
            match (self.peek(0), self.peek(1)) {
                (b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c, _) => self.at += 1,
                (b'/', b'/') => self.at = self.find("\n").unwrap_or(self.bytes.len()),
                (b'/', b'*') => {
                    self.at += 2;
                    self.at = self.find("*/").map_or(self.bytes.len(), |end| end + 2);
                }
                (0xc2, 0xa0) => self.at += 2,
                (0xe2, 0x80) if matches!(self.peek(2), 0xa8 | 0xa9) => self.at += 3,
                _ => return self.bytes[start..self.at].contains(&b'\n'),
            }
        }
    }

    fn find(&self, what: &str) -> Option<usize> {
        let from = self.at.min(self.bytes.len());
        let window = what.as_bytes();
        self.bytes[from..]
            .windows(window.len())
            .position(|bytes| bytes == window)
            .map(|found| from + found)
    }

    /// The next token; blanks were skipped.
    pub fn next_token(&mut self, regexp_may_come: bool) -> Token<'a> {
        let Some(&byte) = self.bytes.get(self.at) else {
            return Token::End;
        };
        match byte {
            b'(' | b'[' => {
                self.at += 1;
                Token::Open(byte)
            }
            b'{' => {
                self.at += 1;
                self.braces.push(false);
                Token::Open(byte)
            }
            b')' | b']' => {
                self.at += 1;
                Token::Close { control: false }
            }
            b'}' => {
                self.at += 1;
                if self.braces.pop() == Some(true) {
                    return if self.template() {
                        Token::Separator
                    } else {
                        Token::Close { control: false }
                    };
                }
                Token::CloseBrace
            }
            b'"' | b'\'' => {
                self.quoted(byte);
                Token::Literal
            }
            b'`' => {
                self.at += 1;
                self.template_begins()
            }
            b';' | b',' => {
                self.at += 1;
                Token::Separator
            }
            b'/' if regexp_may_come => {
                self.regexp();
                Token::Literal
            }
            b'0'..=b'9' => {
                self.word();
                Token::Literal
            }
            b'.' if self.peek(1).is_ascii_digit() => {
                self.at += 1;
                self.word();
                Token::Literal
            }
            _ if is_word(byte) => Token::Word(self.word()),
            _ => self.operator(byte),
        }
    }

    fn word(&mut self) -> &'a str {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|byte| is_word(*byte)) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 1,
                b'\n' => return,
                _ if byte == quote => {
                    self.at += 1;
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// A template's text up to its first slot or its end.
    fn template_begins(&mut self) -> Token<'a> {
        if self.template() {
            Token::Open(b'$')
        } else {
            Token::Literal
        }
    }

    /// Skips a template's text; true when a slot begins. A slot right behind another counts as the
    /// same one going on, as the items of a list do.
    fn template(&mut self) -> bool {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 1,
                b'`' => {
                    self.at += 1;
                    return false;
                }
                b'$' if self.peek(1) == b'{' => {
                    self.at += 2;
                    self.braces.push(true);
                    return true;
                }
                _ => {}
            }
            self.at += 1;
        }
        false
    }

    fn regexp(&mut self) {
        self.at += 1;
        let mut class = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'\n' => return,
                b'/' if !class => {
                    self.at += 1;
                    self.word();
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    fn operator(&mut self, byte: u8) -> Token<'a> {
        let rest = &self.bytes[self.at..];
        let (length, token) = match rest {
            [b'=', b'>', ..] => (2, Token::Arrow),
            [b'=', b'=', b'=', ..] | [b'!', b'=', b'=', ..] => (3, Token::Left),
            [b'=', b'=', ..] | [b'!', b'=', ..] | [b'<', b'=', ..] | [b'>', b'=', ..] => {
                (2, Token::Left)
            }
            [b'+', b'+', ..] | [b'-', b'-', ..] => (2, Token::Left),
            [b'.', b'.', b'.', ..] => (3, Token::Left),
            [b'?', b'.', ..] => (2, Token::Left),
            [b'*', b'*', ..] | [b'?', b'?', ..] => (2, Token::Right),
            _ => match byte {
                b'?' | b'=' | b'!' | b'~' => (1, Token::Right),
                _ => (1, Token::Left),
            },
        };
        self.at += length;
        // A character of several bytes that is no word is one token, whatever it is.
        while self.at < self.bytes.len() && !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        token
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte == b'_'
        || byte == b'$'
        || byte == b'#'
        || byte == b'\\'
        || byte == b'@'
        || byte >= 0x80
}
