//! Kinds of brackets.

/// A kind of bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bracket {
    Round,
    Square,
    Curly,
    Template,
}

impl Bracket {
    /// The kind of an ASCII bracket.
    pub fn of(byte: u8) -> Self {
        match byte {
            b'(' | b')' => Self::Round,
            b'[' | b']' => Self::Square,
            _ => Self::Curly,
        }
    }
}
