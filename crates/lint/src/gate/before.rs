//! What stands before a token.

/// What the token before was, as far as the next one's meaning depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// The start, a sign, or a word that wants more.
    Open,
    /// `;`
    Semicolon,
    /// The end of an expression.
    End,
    /// `}`
    Curly,
    /// The `)` of `if (…)`, `while (…)`, `for (…)`, `with (…)`, `switch (…)` or `catch (…)`.
    Header,
    /// `=>`
    Arrow,
    /// A word before which `(` is a header.
    HeaderWord,
    /// `try`, `do`, `else`, `finally`: a block follows.
    BlockWord,
    /// `class`, whose body counts as a function.
    Class,
}
