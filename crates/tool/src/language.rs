//! The languages of flows, and the guests that know them.

/// The language of a text, and with it the guest that reads and runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// JavaScript, by Boa.
    Js,
    /// Python, by RustPython.
    Python,
}

impl Language {
    /// The language of a file, by how its name ends.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if path.ends_with(".py") {
            Self::Python
        } else {
            Self::Js
        }
    }

    /// The guest that reads and runs it.
    #[must_use]
    pub fn guest(self) -> Guest {
        match self {
            Self::Js => Guest::Js,
            Self::Python => Guest::Python,
        }
    }
}

/// A program that texts are given to, in a sandbox of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guest {
    /// Reads and runs JavaScript.
    Js,
    /// Reads and runs Python.
    Python,
    /// Looks at Python with the rules of ruff and lays it out, and runs nothing.
    Ruff,
}

impl Guest {
    /// Every guest.
    pub const ALL: [Self; 3] = [Self::Js, Self::Python, Self::Ruff];

    /// Its name, as `wasm-pack.toml` has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Js => "guest-js",
            Self::Python => "guest-py",
            Self::Ruff => "guest-ruff",
        }
    }
}

impl From<Language> for Guest {
    fn from(language: Language) -> Self {
        language.guest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_told_by_the_end_of_the_name() {
        assert_eq!(Language::of("workflows/a.py"), Language::Python);
        for path in ["a.flow.js", "a.py.flow.mjs", "a.pyc", ""] {
            assert_eq!(Language::of(path), Language::Js, "{path}");
        }
    }
}
