//! The languages of flows.

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

    /// The name of the guest, as `wasm-pack.toml` has it.
    #[must_use]
    pub fn guest(self) -> &'static str {
        match self {
            Self::Js => "guest-js",
            Self::Python => "guest-py",
        }
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
