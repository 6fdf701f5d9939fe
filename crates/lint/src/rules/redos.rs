//! # redos
//!
//! **What it does.** Finds regular expressions that take exponentially long to fail: a repetition whose
//! turns can be cut up in more than one way, with something after it that may not match.
//!
//! **Why.** Thirty characters can use up a run's whole quota.
//!
//! **Example.** `/^(\w+\s?)+$/` on `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"`; `/(a|\w)*;/`
//!
//! **Fix.** None; the hint names the part.

use super::{Check, Findings, Rule, Scene, shown};
use crate::charset::Set;
use oxc_ast::AstKind;
use oxc_ast::ast::RegExpFlags;
use oxc_regular_expression::ast::{
    Alternative, BoundaryAssertionKind, Disjunction, LookAroundAssertionKind, Quantifier, Term,
};
use oxc_semantic::AstNode;
use oxc_span::Span;
use selvage_tool::Severity;

pub const RULE: Rule = Rule {
    code: "redos",
    severity: Severity::Warning,
    check: Check::Node(check),
};

/// From how many turns on a bounded repetition counts as one without a bound.
const TURNS_MIN: u64 = 10;

fn check<'s, 'a>(node: &'a AstNode<'a>, scene: &Scene<'s, 'a>, findings: &mut Findings<'s, 'a>) {
    let AstKind::RegExpLiteral(literal) = node.kind() else {
        return;
    };
    let Some(pattern) = &literal.regex.pattern.pattern else {
        return;
    };
    let look = Look {
        flags: literal.regex.flags,
    };
    if let Some(span) = look.disjunction(&pattern.body, false) {
        let part = shown(scene.flow.text.slice(span));
        findings.add(
            literal.span,
            format!("`{part}` can be cut up in many ways, so a text that does not match takes exponentially long."),
            "Make each turn of the repetition begin with something that can't stand inside it, or repeat only once.",
        );
    }
}

struct Look {
    flags: RegExpFlags,
}

impl Look {
    /// The first repetition that is ambiguous and can be made to fail. `fails` tells whether what comes
    /// after these alternatives can fail.
    fn disjunction(&self, all: &Disjunction<'_>, fails: bool) -> Option<Span> {
        all.body
            .iter()
            .find_map(|alternative| self.alternative(alternative, fails))
    }

    fn alternative(&self, alternative: &Alternative<'_>, fails: bool) -> Option<Span> {
        // Only the last term that can fail matters to those before it.
        let last = alternative.body.iter().rposition(can_fail);
        alternative
            .body
            .iter()
            .enumerate()
            .find_map(|(index, term)| {
                let after = fails || last.is_some_and(|last| last > index);
                self.term(term, after)
            })
    }

    fn term(&self, term: &Term<'_>, fails: bool) -> Option<Span> {
        match term {
            Term::Quantifier(quantifier) => {
                if fails && many(quantifier) && self.ambiguous(&quantifier.body) {
                    return Some(quantifier.span);
                }
                self.term(&quantifier.body, fails || many(quantifier))
            }
            Term::CapturingGroup(group) => self.disjunction(&group.body, fails),
            Term::IgnoreGroup(group) => self.disjunction(&group.body, fails),
            Term::LookAroundAssertion(look) => {
                let negative = matches!(
                    look.kind,
                    LookAroundAssertionKind::NegativeLookahead
                        | LookAroundAssertionKind::NegativeLookbehind
                );
                self.disjunction(&look.body, negative)
            }
            _ => None,
        }
    }

    /// Whether two turns of this body can share out the same characters in more than one way.
    fn ambiguous(&self, body: &Term<'_>) -> bool {
        let alternatives: Vec<Vec<&Term<'_>>> = match body {
            Term::CapturingGroup(group) => group.body.body.iter().map(flat).collect(),
            Term::IgnoreGroup(group) => group.body.body.iter().map(flat).collect(),
            _ => return false,
        };
        alternatives.iter().any(|terms| self.shifts(terms)) || self.overlap(&alternatives)
    }

    /// Whether the end of one turn can be the beginning of the next: both repeat without a bound, over
    /// common characters.
    fn shifts(&self, terms: &[&Term<'_>]) -> bool {
        let leading = terms
            .iter()
            .position(|term| !nullable(term))
            .unwrap_or(terms.len());
        let trailing = terms.iter().rposition(|term| !nullable(term)).unwrap_or(0);
        // Terms that stand at the beginning and at the end alike: all, where none needs a character,
        // or the one that does. A turn may be made of such a term alone.
        let both = terms.iter().take(leading + 1).skip(trailing);
        if both
            .filter_map(|term| self.repeated(term))
            .any(|set| !set.is_empty())
        {
            return true;
        }
        let sets =
            |part: &[&Term<'_>]| Set::union(part.iter().filter_map(|term| self.repeated(term)));
        let first = &terms[..terms.len().min(leading + 1)];
        sets(first).overlaps(&sets(&terms[trailing..]))
    }

    /// Whether two alternatives of one character have one in common.
    fn overlap(&self, alternatives: &[Vec<&Term<'_>>]) -> bool {
        Set::any_two_overlap(
            alternatives
                .iter()
                .filter_map(|terms| match terms.as_slice() {
                    [one] => Set::of(one, self.flags),
                    _ => None,
                }),
        )
    }

    /// The characters that a term repeats without a bound.
    fn repeated(&self, term: &Term<'_>) -> Option<Set> {
        let Term::Quantifier(quantifier) = term else {
            return None;
        };
        if !many(quantifier)
            || quantifier
                .max
                .is_some_and(|max| max - quantifier.min < TURNS_MIN)
        {
            return None;
        }
        match flat_term(&quantifier.body).as_slice() {
            [one] => Set::of(one, self.flags),
            _ => None,
        }
    }
}

/// Whether it repeats without a bound, or nearly.
fn many(quantifier: &Quantifier<'_>) -> bool {
    quantifier.max.is_none_or(|max| max >= TURNS_MIN)
}

/// The terms of an alternative, with groups of one alternative opened.
fn flat<'t, 'a>(alternative: &'t Alternative<'a>) -> Vec<&'t Term<'a>> {
    alternative.body.iter().flat_map(flat_term).collect()
}

fn flat_term<'t, 'a>(term: &'t Term<'a>) -> Vec<&'t Term<'a>> {
    let body = match term {
        Term::CapturingGroup(group) => &group.body.body,
        Term::IgnoreGroup(group) => &group.body.body,
        _ => return vec![term],
    };
    match body.as_slice() {
        [one] => flat(one),
        _ => vec![term],
    }
}

/// Whether a term can match nothing.
fn nullable(term: &Term<'_>) -> bool {
    let any = |all: &Disjunction<'_>| all.body.iter().any(|one| one.body.iter().all(nullable));
    match term {
        Term::BoundaryAssertion(_) | Term::LookAroundAssertion(_) => true,
        Term::IndexedReference(_) | Term::NamedReference(_) => true,
        Term::Quantifier(quantifier) => quantifier.min == 0 || nullable(&quantifier.body),
        Term::CapturingGroup(group) => any(&group.body),
        Term::IgnoreGroup(group) => any(&group.body),
        _ => false,
    }
}

/// Whether a term that comes after a repetition can fail, so that the repetition is tried again.
fn can_fail(term: &Term<'_>) -> bool {
    match term {
        Term::BoundaryAssertion(boundary) => boundary.kind != BoundaryAssertionKind::Start,
        Term::LookAroundAssertion(_) | Term::IndexedReference(_) | Term::NamedReference(_) => true,
        other => !nullable(other),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        let pass = [
            r"/^\d{4}-\d{2}-\d{2}$/.test('')",
            r"/^([a-z]+,)*$/",
            r"/^(\w+\s)+$/",
            r"/^[^@\s]+@[^@\s]+\.[^@\s]+$/",
            r"/(a+)+/",
            r"/^(a|b)*$/",
            r"/(?:\r\n|\n|\r)+x/",
            r"/^\s*(.*?)\s*$/",
            r#"/"(?:[^"\\]|\\.)*"/"#,
            r"/^(\d{1,3}\.){3}\d{1,3}$/",
            r"/^(a+){2}$/",
            r"/(\s|\S)*x/",
        ];
        let fail = [
            r"/^(a+)+$/",
            r"/^(a*)*$/",
            r"/^(\w+\s?)+$/",
            r"/^(?:(?:a)+)+b/",
            r"/(a|a)*;/",
            r"/(\w|\d)+$/",
            r"/^(\s*\w+\s*)+$/",
            r"/(x+x+)+y/",
            r"/^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}$/",
            r"/(a|A)*$/i",
            r"/(?!(a+)+b)c/",
        ];
        crate::rules::cases::check("redos", &pass, &fail);
    }
}
