//! The texts that are written out in a file of JavaScript.

use crate::text::Text;
use crate::{SOURCE_BYTES_MAX, gate, modules, syntax};
use oxc_allocator::Allocator;
use oxc_ast::AstKind;
use std::ops::Range;

/// Where texts stand between their quotes, in bytes; only those that mean what is written there, sign for sign.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// What the file imports.
    pub imports: Vec<Range<usize>>,
    /// All others.
    pub others: Vec<Range<usize>>,
}

/// Finds the texts of a file. Nothing where it does not parse, or is too large to be looked at.
#[must_use]
pub fn texts(path: &str, source: &str) -> Option<Texts> {
    if source.len() > SOURCE_BYTES_MAX || gate::check(source).is_err() {
        return None;
    }
    let allocator = Allocator::default();
    let semantic = syntax::parse(&allocator, path, &Text::new(source)).semantic?;
    let requests = modules::requests(&semantic);
    let mut texts = Texts::default();
    for node in semantic.nodes().iter() {
        let AstKind::StringLiteral(literal) = node.kind() else {
            continue;
        };
        let at = literal.span.start as usize + 1..literal.span.end as usize - 1;
        if literal.value.as_str() != source.get(at.clone()) {
            continue;
        }
        // They are in order of place.
        let found = requests.binary_search_by_key(&literal.span.start, |one| one.span.start);
        match found.is_ok() {
            true => texts.imports.push(at),
            false => texts.others.push(at),
        }
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_by_what_is_done_with_them() {
        let source = "import a from './a.js';\nimport './b.json' with { type: 'json' };\nexport * from \"/c.js\";\nconst d = await import('./d.js');\nf('./e.js', '\\u0061', `./g.js`);\n";
        let texts = texts("x.flow.js", source).expect("it parses");
        let shown = |places: &[Range<usize>]| -> Vec<String> {
            let shown = places.iter().map(|at| source[at.clone()].to_owned());
            shown.collect()
        };
        assert_eq!(
            shown(&texts.imports),
            ["./a.js", "./b.json", "/c.js", "./d.js"]
        );
        assert_eq!(shown(&texts.others), ["json", "./e.js"]);
    }

    #[test]
    fn a_text_that_does_not_parse_has_none_and_one_that_nests_too_deep_neither() {
        assert_eq!(texts("x.js", "import {"), None);
        assert_eq!(texts("x.js", &"(".repeat(100_000)), None);
        assert_eq!(texts("x.js", &" ".repeat(SOURCE_BYTES_MAX + 1)), None);
    }
}
