//! Texts of others, shown so that nothing in them is hidden.
//!
//! A terminal obeys what it is given: characters of no width hide what stands beside others, marks of direction have a line read
//! as another one (Boucher and Anderson, "Trojan Source", 2021), and controls move the cursor over what was written before. Each
//! stands there by its number, `U+202E`, as in the page (`web/src/lib/openly.ts` has the same set).

use std::fmt::Write as _;

/// A text on one line. A `U` that would read as the beginning of such a number is one itself, so that no two texts look the same.
pub fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, sign) in text.char_indices() {
        if is_odd(sign) || is_number(&text[at..]) {
            // A string takes whatever is written.
            let _ = write!(shown, "U+{:04X}", u32::from(sign));
        } else {
            shown.push(sign);
        }
    }
    shown
}

/// A text of several lines, with a line end behind each.
pub fn lines(text: &str) -> String {
    let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    lines.map(|text| line(text) + "\n").collect()
}

/// Whether a text begins as the number of a character does.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix("U+").map(str::as_bytes);
    let digits = digits.and_then(|digits| digits.get(..4));
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Controls but the tab, marks that turn the direction of text, characters of no width, and spaces that look like others.
fn is_odd(sign: char) -> bool {
    matches!(
        sign,
        '\0'..='\u{8}'
            | '\n'..='\u{1f}'
            | '\u{7f}'..='\u{a0}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180e}'
            | '\u{2000}'..='\u{200f}'
            | '\u{2028}'..='\u{202f}'
            | '\u{205f}'..='\u{206f}'
            | '\u{3000}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_seen_stands_there_by_its_number() {
        for (text, shown) in [
            ("a\tb ä 漢 🙂", "a\tb ä 漢 🙂"),
            ("safe\u{202e}\r-evil", "safeU+202EU+000D-evil"),
            ("\u{1b}[2K\0", "U+001B[2KU+0000"),
            ("pay\u{200b}pal\u{feff}", "payU+200BpalU+FEFF"),
            ("a\u{a0}b\u{3000}c", "aU+00A0bU+3000c"),
            ("\u{e0041}\u{fe0f}", "U+E0041U+FE0F"),
            ("two\nlines", "twoU+000Alines"),
            ("U+202E u+202E U+20", "U+0055+202E u+202E U+20"),
            ("U+200b\u{200b}UU+ffff0", "U+0055+200bU+200BUU+0055+ffff0"),
            ("U+2\u{200b}", "U+2U+200B"),
        ] {
            assert_eq!(line(text), shown);
        }
        assert_eq!(lines("two\nlines\r\n"), "two\nlinesU+000D\n");
        assert_eq!(lines("no end"), "no end\n");
    }
}
