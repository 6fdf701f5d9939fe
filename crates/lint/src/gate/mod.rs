//! The gate: a linear look at a text before any parser sees it.
//!
//! Every parser here is recursive, and in a browser its stack is small, so a text that nests
//! deeply enough would end the whole interpreter instead of giving an error. The gate bounds what
//! any recursive descent can meet: nested functions, open brackets, and tokens that hang on each
//! other without a bracket (`!!!x`, `a ? b : c ? d : e`, `if (a) if (b)`).
//!
//! To count, it must know where strings, templates, comments and regular expressions end, and must
//! never be wrong about it, because what it takes for text it does not count. JavaScript can't be
//! cut into tokens without parsing it, so where the gate is not certain it refuses the text
//! ([`NestingKind::Unclear`]); those are spellings that nobody writes, and each has a plain one.
//!
//! It counts too much rather than too little, and stops at the first bracket that closes nothing:
//! there a parser stops as well, with a better message.

mod before;
mod bracket;
mod frames;
mod lexer;

use crate::text::Text;
use frames::Frames;
use lexer::{Kind, Lexer};
use selvage_tool::Position;

/// The most functions and classes in each other.
pub const FUNCTIONS_NESTED_MAX: u32 = 20;
/// The most open brackets, template substitutions included.
pub const BRACKETS_NESTED_MAX: u32 = 40;
/// The most stack that a text may ask of a parser, in units of which one has about 4,600 in a browser.
///
/// Every token that stands around a place asks for some: see [`weights`].
pub const DEPTH_UNITS_MAX: u32 = 3_500;

/// What tokens ask of a parser's stack, in the units of [`DEPTH_UNITS_MAX`].
///
/// They were measured on the interpreter's parser, the hungriest of all: each kind of token was
/// nested, and the room that was left was filled with `new`, of which 61 overflow it. Where the
/// surroundings matter, the weight is that of the worst.
pub mod weights {
    /// `(`
    pub const ROUND: u32 = 125;
    /// `[` of a list, or `${`.
    pub const SQUARE: u32 = 120;
    /// `[` or `${` after a value.
    pub const SQUARE_AFTER_VALUE: u32 = 180;
    /// `{` of statements, or of a function or class that is declared.
    pub const BLOCK: u32 = 72;
    /// `{` of an arrow function.
    pub const ARROW_BODY: u32 = 110;
    /// `{` of a method.
    pub const METHOD: u32 = 135;
    /// `{` of a function that is a value.
    pub const FUNCTION: u32 = 190;
    /// `{` of an object or of a class that is a value.
    pub const OBJECT: u32 = 220;
    /// `function` where it makes a value, and `extends`.
    pub const MAKER: u32 = 80;
    /// `if`, `for`, `while`, `do`, `with`, a label.
    pub const STATEMENT: u32 = 66;
    /// `new`
    pub const NEW: u32 = 85;
    /// `=` in parentheses or a list, where it may be the default of a parameter.
    pub const DEFAULT: u32 = 120;
    /// `=` and `?`
    pub const CHOICE: u32 = 26;
    /// `=>`
    pub const ARROW: u32 = 30;
    /// `!`, `typeof`, `await` and their kin.
    pub const PREFIX: u32 = 14;
    /// `|` and `&`; `||` is two.
    pub const LOGIC: u32 = 4;
    /// Anything else.
    pub const TOKEN: u32 = 2;
}

/// What was too deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NestingKind {
    /// More than [`FUNCTIONS_NESTED_MAX`] functions in each other.
    Functions,
    /// More than [`BRACKETS_NESTED_MAX`] open brackets.
    Brackets,
    /// More than [`DEPTH_UNITS_MAX`] altogether: too much hangs on each other.
    Chain,
    /// A spelling whose meaning can't be told without parsing.
    Unclear(Unclear),
}

/// What could not be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclear {
    /// Whether a `/` divides or begins a regular expression.
    Slash,
    /// Whether `<!--` or `-->` begins a comment.
    HtmlComment,
    /// An escape in a name.
    Backslash,
}

/// Why the gate refuses a text, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nesting {
    /// The first place past the limit.
    pub at: Position,
    /// What was too deep there.
    pub kind: NestingKind,
}

/// Whether parsers may see this text. Linear in its length, with a stack of its own on the heap.
///
/// # Errors
/// The first place where it nests deeper than the limits allow, or can't be told.
pub fn nesting(source: &str) -> Result<(), Nesting> {
    check(source).map_err(|(byte, kind)| Nesting {
        at: Text::new(source).position(byte),
        kind,
    })
}

/// [`nesting`] in bytes.
pub(crate) fn check(source: &str) -> Result<(), (u32, NestingKind)> {
    let at = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
    let mut lexer = Lexer::new(source);
    let mut frames = Frames::default();
    loop {
        let token = lexer
            .next(&frames)
            .map_err(|(byte, unclear)| (at(byte), NestingKind::Unclear(unclear)))?;
        let Some(token) = token else { return Ok(()) };
        if matches!(token.kind, Kind::RegExp { depth } if depth > BRACKETS_NESTED_MAX) {
            return Err((at(token.start), NestingKind::Brackets));
        }
        if !frames.step(&token) {
            return Ok(());
        }
        let kind = if frames.functions() > FUNCTIONS_NESTED_MAX {
            NestingKind::Functions
        } else if frames.brackets() > BRACKETS_NESTED_MAX {
            NestingKind::Brackets
        } else if frames.depth() > DEPTH_UNITS_MAX {
            NestingKind::Chain
        } else {
            continue;
        };
        return Err((at(token.start), kind));
    }
}

impl NestingKind {
    /// What is wrong, and what to do about it.
    #[must_use]
    pub fn words(self) -> (String, &'static str) {
        match self {
            Self::Functions => (
                format!("Functions nest deeper than {FUNCTIONS_NESTED_MAX} here."),
                "Give the inner functions names and move them to the top of the file.",
            ),
            Self::Brackets => (
                format!("Brackets nest deeper than {BRACKETS_NESTED_MAX} here."),
                "Move the inner part into a variable or a function, or deep data into a JSON file.",
            ),
            Self::Chain => (
                "Too much hangs on each other here.".to_owned(),
                "Split it: collect parts in an array and join them, look choices up in an object, or use several statements.",
            ),
            Self::Unclear(Unclear::Slash) => (
                "It can't be told whether this `/` divides or begins a regular expression.".into(),
                "Put the regular expression in a variable, or in parentheses.",
            ),
            Self::Unclear(Unclear::HtmlComment) => (
                "`<!--` and `-->` are comments in scripts and operators in modules.".into(),
                "Use `//` for a comment, or put spaces between the operators.",
            ),
            Self::Unclear(Unclear::Backslash) => (
                "A name can't be written with escapes here.".into(),
                "Write the letters themselves.",
            ),
        }
    }
}

#[cfg(test)]
mod tests;
