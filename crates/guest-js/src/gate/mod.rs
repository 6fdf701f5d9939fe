//! The gate before the parser: no text goes in that would overflow the stack.
//!
//! The engine parses and compiles by recursion on a stack of one megabyte, and overflowing it kills
//! the instance. So one linear scan adds up what the constructs that are open at a time cost, and
//! refuses a text that costs too much, with the place where it does.
//!
//! The costs are measured in the wasm build under V8, whose stack is the smallest of the hosts': how
//! often a construct can nest before the stack is full, as a thousandth. The budget keeps a margin of
//! two fifths. What the scan cannot tell apart it counts as the dearer; a text that slips through ends
//! in a trap that the host names, and nothing else.
//!
//! The scan also finds `export default async` arrow functions, which the engine's parser does not
//! know: see [`Scan::prepared`].

mod lexer;
#[cfg(test)]
mod tests;

use crate::place;
use lexer::{Lexer, Token};
use selvage_tool::{ErrorCode, ToolError};
use std::borrow::Cow;

/// What may be open at a time, in thousandths of the stack.
pub const STACK_UNITS_MAX: u32 = 600;
/// What the body of a function, a method or a class costs.
pub const FUNCTION_UNITS: u32 = 30;
/// What a bracket inside an expression costs: parentheses, an array, an object, a template's slot.
pub const BRACKET_UNITS: u32 = 20;
/// What a block or the body of an arrow function costs.
pub const BLOCK_UNITS: u32 = 6;
/// What one link of a chain to the right costs: `a ? b : c`, `!a`, `a = b`, `else if`.
pub const RIGHT_UNITS: u32 = 3;
/// What ten links of a chain to the left cost: `a + b`, `a.b`, `a(b)`.
pub const LEFT_UNITS_PER_TEN: u32 = 7;

/// What the scan of a text found.
#[derive(Debug, Default)]
pub struct Scan {
    /// Where `export` and `default` stand before an `async` arrow function.
    default_async: Option<(usize, usize)>,
}

/// The name that stands in for the default export; see [`Scan::prepared`].
pub const DEFAULT_NAME: &str = "$main_";

impl Scan {
    /// The text as the engine's parser takes it.
    ///
    /// The parser takes `export default async` for the beginning of a function declaration, and
    /// stops at an arrow function, which is the usual way to write a flow. So that becomes a
    /// declaration of the same length, with its export behind the last line: every place in the
    /// text stays where it is.
    #[must_use]
    pub fn prepared<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some((export, default)) = self.default_async else {
            return Cow::Borrowed(text);
        };
        let mut changed = String::with_capacity(text.len() + 40);
        changed.push_str(&text[..export]);
        changed.push_str("let   ");
        changed.push_str(&text[export + "export".len()..default]);
        changed.push_str(DEFAULT_NAME);
        changed.push('=');
        changed.push_str(&text[default + "default".len()..]);
        changed.push_str("\n;export{");
        changed.push_str(DEFAULT_NAME);
        changed.push_str(" as default};");
        Cow::Owned(changed)
    }
}

/// Lets a text through, or says where it nests too deep.
///
/// # Errors
/// [`ErrorCode::LintFailed`] with the place.
pub fn check(path: &str, text: &str) -> Result<Scan, ToolError> {
    let mut gate = Gate {
        levels: vec![Level::default()],
        open: 0,
        previous: Token::Start,
        scan: Scan::default(),
        exports: [0; 2],
    };
    let mut lexer = Lexer::new(text);
    loop {
        let newline = lexer.skip_blanks();
        let offset = lexer.offset();
        let token = lexer.next_token(regexp_may_follow(gate.previous));
        if token == Token::End {
            return Ok(gate.scan);
        }
        gate.take(token, newline, offset);
        if gate.units() > STACK_UNITS_MAX {
            let (line, column) = place::of_offset(text, offset);
            let message = "the code nests too deep here for the interpreter's stack";
            let hint = "Take the inner part out into a function or a variable of its own.";
            return Err(ToolError::new(ErrorCode::LintFailed, message)
                .path(path)
                .at(line, column)
                .hint(hint));
        }
    }
}

/// Where a name stands in the code, at or after a place.
#[must_use]
pub fn find_name(text: &str, name: &str, from: (u32, u32)) -> Option<(u32, u32)> {
    let mut lexer = Lexer::new(text);
    let mut previous = Token::Start;
    loop {
        lexer.skip_blanks();
        let offset = lexer.offset();
        let token = lexer.next_token(regexp_may_follow(previous));
        if token == Token::End {
            return None;
        }
        let member = matches!(previous, Token::Left) && text[..offset].trim_end().ends_with('.');
        if token == Token::Word(name) && !member {
            let place = place::of_offset(text, offset);
            if place >= from {
                return Some(place);
            }
        }
        previous = token;
    }
}

fn regexp_may_follow(previous: Token) -> bool {
    match previous {
        Token::Word(word) => lexer::precedes_expression(word),
        Token::Close { control } => control,
        Token::Literal | Token::CloseBrace => false,
        _ => true,
    }
}

/// What is open between two brackets.
#[derive(Debug, Default, Clone, Copy)]
struct Level {
    /// What the brackets around it cost.
    open: u32,
    /// Links to the right since the statement or the item began.
    right: u32,
    /// Links to the left since then.
    left: u32,
    /// Whether the bracket is the head of `if`, `for`, `while` or `with`.
    control: bool,
    /// Whether it is the head of a function or a call.
    parenthesis: bool,
}

impl Level {
    fn units(&self) -> u32 {
        self.open + self.right * RIGHT_UNITS + self.left * LEFT_UNITS_PER_TEN / 10
    }
}

struct Gate<'a> {
    levels: Vec<Level>,
    /// What all levels but the innermost cost.
    open: u32,
    previous: Token<'a>,
    scan: Scan,
    /// Where the last `export` and `default` stood.
    exports: [usize; 2],
}

impl<'a> Gate<'a> {
    fn units(&self) -> u32 {
        self.open + self.level().units()
    }

    fn level(&self) -> Level {
        self.levels.last().copied().unwrap_or_default()
    }

    fn take(&mut self, token: Token<'a>, newline: bool, offset: usize) {
        if self.begins_statement(token, newline) {
            self.reset();
        }
        match token {
            Token::Open(bracket) => self.open(bracket),
            Token::Close { .. } | Token::CloseBrace => {
                let closed = self.close();
                self.previous = match token {
                    Token::Close { .. } => Token::Close {
                        control: closed.control,
                    },
                    other => other,
                };
                return;
            }
            Token::Separator => self.reset(),
            Token::Right => self.link(true),
            Token::Left => self.link(false),
            Token::Word(word) => {
                if lexer::nests_to_the_right(word) {
                    self.link(true);
                }
                self.note_export(word, offset);
            }
            _ => {}
        }
        self.previous = token;
    }

    /// `export`, `default`, `async` and no `function` behind them.
    fn note_export(&mut self, word: &str, offset: usize) {
        match (self.previous, word) {
            (_, "export") => self.exports[0] = offset,
            (Token::Word("export"), "default") => self.exports[1] = offset,
            (Token::Word("default"), "async") if self.exports[0] < self.exports[1] => {
                self.scan.default_async = Some(self.exports.into());
            }
            // An `async function` is what the parser knows.
            (Token::Word("async"), "function")
                if self.scan.default_async == Some(self.exports.into()) =>
            {
                self.scan.default_async = None;
            }
            _ => {}
        }
    }

    /// Whether a token ends the statement before it although no semicolon does.
    fn begins_statement(&self, token: Token, newline: bool) -> bool {
        let starts = match token {
            Token::Word(word) => !lexer::continues_statement(word),
            Token::Literal => newline,
            _ => false,
        };
        starts
            && match self.previous {
                Token::CloseBrace => true,
                Token::Close { control } => newline && !control,
                Token::Literal => newline,
                Token::Word(word) => {
                    newline && !lexer::precedes_expression(word) && !lexer::nests_to_the_right(word)
                }
                _ => false,
            }
    }

    fn reset(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.right = 0;
            level.left = 0;
        }
    }

    fn link(&mut self, right: bool) {
        if let Some(level) = self.levels.last_mut() {
            if right {
                level.right += 1;
            } else {
                level.left += 1;
            }
        }
    }

    fn open(&mut self, bracket: u8) {
        let open = match (bracket, self.previous) {
            (
                b'{',
                Token::Close { control: true }
                | Token::Arrow
                | Token::CloseBrace
                | Token::Separator
                | Token::Start,
            ) => BLOCK_UNITS,
            (b'{', Token::Open(b'{') | Token::Word("else" | "try" | "finally" | "do")) => {
                BLOCK_UNITS
            }
            (b'{', Token::Close { control: false }) => FUNCTION_UNITS,
            (b'{', Token::Word(word)) if !lexer::precedes_expression(word) => FUNCTION_UNITS,
            _ => BRACKET_UNITS,
        };
        let control = bracket == b'('
            && matches!(
                self.previous,
                Token::Word("if" | "for" | "while" | "with" | "await" | "switch" | "catch")
            );
        self.open += self.level().units();
        self.levels.push(Level {
            open,
            control,
            parenthesis: bracket == b'(',
            ..Level::default()
        });
    }

    fn close(&mut self) -> Level {
        if self.levels.len() == 1 {
            // A bracket too many is the parser's to report.
            return Level::default();
        }
        let closed = self.levels.pop().unwrap_or_default();
        self.open -= self.level().units();
        if closed.parenthesis {
            self.link(false);
        }
        closed
    }
}
