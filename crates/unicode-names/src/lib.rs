//! The parser of Python asks version 1 of `unicode_names2` for the character of a name (`"\N{BULLET}"`), and `unicodedata` asks
//! version 3 of it. This is version 1 over the table of version 3, so that a program has one of them.

pub use current::{Name, character, name};

#[cfg(test)]
mod tests {
    use super::{character, name};

    #[test]
    fn names_lead_to_characters_and_back() {
        assert_eq!(character("bullet"), Some('\u{2022}'));
        assert_eq!(character("BULLETT"), None);
        assert_eq!(name('\u{2022}').expect("a name").to_string(), "BULLET");
    }
}
