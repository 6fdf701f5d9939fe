//! Which characters one step of a regular expression matches.

use oxc_ast::ast::RegExpFlags;
use oxc_regular_expression::ast::{
    CharacterClass, CharacterClassContents, CharacterClassContentsKind, CharacterClassEscapeKind,
    Term,
};

const LAST: u32 = 0x10_FFFF;
const DIGITS: &[(u32, u32)] = &[(0x30, 0x39)];
const WORDS: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
const SPACES: &[(u32, u32)] = &[
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];
const LINE_ENDS: &[(u32, u32)] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];

/// A set of characters, as ranges in order and apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set(Vec<(u32, u32)>);

impl Set {
    fn new(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (from, to) in ranges {
            match merged.last_mut() {
                Some((_, end)) if from <= end.saturating_add(1) => *end = (*end).max(to),
                _ => merged.push((from, to)),
            }
        }
        Self(merged)
    }

    /// The characters that a term matches, when it matches exactly one and they can be told.
    #[must_use]
    pub fn of(term: &Term<'_>, flags: RegExpFlags) -> Option<Self> {
        let set = match term {
            Term::Character(character) => Self::new(vec![(character.value, character.value)]),
            Term::Dot(_) if flags.contains(RegExpFlags::S) => Self(vec![(0, LAST)]),
            Term::Dot(_) => Self(LINE_ENDS.to_vec()).negate(),
            Term::CharacterClassEscape(escape) => Self::escape(escape.kind),
            Term::CharacterClass(class) => Self::class(class)?,
            _ => return None,
        };
        Some(if flags.contains(RegExpFlags::I) {
            set.any_case()
        } else {
            set
        })
    }

    fn escape(kind: CharacterClassEscapeKind) -> Self {
        match kind {
            CharacterClassEscapeKind::D => Self(DIGITS.to_vec()),
            CharacterClassEscapeKind::NegativeD => Self(DIGITS.to_vec()).negate(),
            CharacterClassEscapeKind::W => Self(WORDS.to_vec()),
            CharacterClassEscapeKind::NegativeW => Self(WORDS.to_vec()).negate(),
            CharacterClassEscapeKind::S => Self(SPACES.to_vec()),
            CharacterClassEscapeKind::NegativeS => Self(SPACES.to_vec()).negate(),
        }
    }

    fn class(class: &CharacterClass<'_>) -> Option<Self> {
        if class.kind != CharacterClassContentsKind::Union {
            return None;
        }
        let mut ranges = Vec::new();
        for content in &class.body {
            match content {
                CharacterClassContents::Character(character) => {
                    ranges.push((character.value, character.value))
                }
                CharacterClassContents::CharacterClassRange(range) => {
                    ranges.push((range.min.value, range.max.value))
                }
                CharacterClassContents::CharacterClassEscape(escape) => {
                    ranges.extend(Self::escape(escape.kind).0)
                }
                CharacterClassContents::NestedCharacterClass(inner) => {
                    ranges.extend(Self::class(inner)?.0)
                }
                _ => return None,
            }
        }
        let set = Self::new(ranges);
        Some(if class.negative { set.negate() } else { set })
    }

    fn negate(&self) -> Self {
        let mut ranges = Vec::new();
        let mut next = 0;
        for (from, to) in &self.0 {
            if *from > next {
                ranges.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self(ranges)
    }

    /// The same with the other case of each ASCII letter.
    fn any_case(self) -> Self {
        let mut ranges = self.0.clone();
        for (from, to) in self.0 {
            for (first, last, shift) in [(0x41, 0x5A, 0x20_i64), (0x61, 0x7A, -0x20)] {
                let (from, to) = (from.max(first), to.min(last));
                if from <= to {
                    let other = |c: u32| u32::try_from(i64::from(c) + shift).unwrap_or(c);
                    ranges.push((other(from), other(to)));
                }
            }
        }
        Self::new(ranges)
    }

    /// Whether a character is in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some((from, to)), Some((start, end))) = (left.peek(), right.peek()) {
            if from <= end && start <= to {
                return true;
            }
            if to < start {
                left.next();
            } else {
                right.next();
            }
        }
        false
    }

    /// Whether it holds no character.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The characters of any of these.
    #[must_use]
    pub fn union(sets: impl IntoIterator<Item = Self>) -> Self {
        Self::new(sets.into_iter().flat_map(|set| set.0).collect())
    }

    /// Whether two of these have a character in common. The ranges of one set are apart, so in the
    /// order of all ranges two that meet are of two sets.
    #[must_use]
    pub fn any_two_overlap(sets: impl IntoIterator<Item = Self>) -> bool {
        let mut ranges: Vec<(u32, u32)> = sets.into_iter().flat_map(|set| set.0).collect();
        ranges.sort_unstable();
        ranges.windows(2).any(|pair| pair[1].0 <= pair[0].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_and_its_negation_share_nothing_and_leave_nothing_out() {
        for ranges in [DIGITS, WORDS, SPACES, LINE_ENDS, &[(0, LAST)][..], &[]] {
            let set = Set::new(ranges.to_vec());
            let rest = set.negate();
            assert!(!set.overlaps(&rest), "{ranges:?}");
            assert_eq!(
                Set::new([set.0, rest.0].concat()),
                Set(vec![(0, LAST)]),
                "{ranges:?}"
            );
        }
    }

    #[test]
    fn sets_overlap_as_their_characters_do() {
        let sets: Vec<Set> = [DIGITS, WORDS, SPACES, LINE_ENDS, &[(0x39, 0x41)], &[]]
            .into_iter()
            .map(|ranges| Set::new(ranges.to_vec()))
            .collect();
        let has = |set: &Set, c: u32| set.0.iter().any(|(from, to)| (*from..=*to).contains(&c));
        for (a, b) in sets.iter().flat_map(|a| sets.iter().map(move |b| (a, b))) {
            let common = (0..=LAST).any(|c| has(a, c) && has(b, c));
            assert_eq!(a.overlaps(b), common, "{a:?} {b:?}");
            assert_eq!(Set::any_two_overlap([a.clone(), b.clone()]), common);
        }
    }

    #[test]
    fn case_counts_for_nothing_where_asked() {
        assert!(!Set(vec![(0x41, 0x43)]).overlaps(&Set(vec![(0x61, 0x63)])));
        assert!(
            Set(vec![(0x41, 0x43)])
                .any_case()
                .overlaps(&Set(vec![(0x61, 0x63)]))
        );
    }
}
