//! The first place of a text in another.

use boa_engine::JsString;
use boa_engine::string::{JsStr, JsStrVariant};

/// `StringIndexOf ( string, searchValue, fromIndex )`: in code units, nothing when it is not there.
///
/// Source: <https://tc39.es/ecma262/#sec-stringindexof>.
#[must_use]
pub fn find(text: &JsString, sought: JsStr<'_>, from: usize) -> Option<usize> {
    if sought.is_empty() {
        return (from <= text.len()).then_some(from);
    }
    match (text.variant(), sought.variant()) {
        (JsStrVariant::Latin1(text), JsStrVariant::Latin1(sought)) => within(text, sought, from),
        (JsStrVariant::Latin1(text), JsStrVariant::Utf16(sought)) => within(text, sought, from),
        (JsStrVariant::Utf16(text), JsStrVariant::Latin1(sought)) => within(text, sought, from),
        (JsStrVariant::Utf16(text), JsStrVariant::Utf16(sought)) => within(text, sought, from),
    }
}

fn within<T, S>(text: &[T], sought: &[S], from: usize) -> Option<usize>
where
    T: Copy,
    S: Copy,
    u16: From<T> + From<S>,
{
    let last = text.len().checked_sub(sought.len())?;
    let (first, rest) = sought.split_first()?;
    let first = u16::from(*first);
    let mut from = from;
    loop {
        let starts = text.get(from..=last)?;
        let at = from + starts.iter().position(|unit| u16::from(*unit) == first)?;
        let there = &text[at + 1..at + sought.len()];
        if there
            .iter()
            .zip(rest)
            .all(|(a, b)| u16::from(*a) == u16::from(*b))
        {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_the_engine_finds(text in "[ab\u{e9}\u{2014}]{0,12}", sought in "[ab\u{e9}\u{2014}]{0,3}", from in 0usize..16) {
            let (text, sought) = (JsString::from(text), JsString::from(sought));
            prop_assert_eq!(find(&text, sought.as_str(), from), text.index_of(sought.as_str(), from));
        }
    }

    #[test]
    fn a_place_behind_the_end_holds_nothing() {
        let text = JsString::from("abc");
        assert_eq!(find(&text, JsString::from("c").as_str(), 2), Some(2));
        assert_eq!(find(&text, JsString::from("c").as_str(), usize::MAX), None);
        assert_eq!(find(&text, JsString::from("").as_str(), 4), None);
        assert_eq!(find(&text, JsString::from("abcd").as_str(), 0), None);
    }
}
