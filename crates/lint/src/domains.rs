//! The domains that a flow fetches from.

use crate::flow::{Flow, argument};
use crate::values::{self, Piece};
use oxc_ast::ast::{CallExpression, Expression};
use std::collections::BTreeSet;

/// The domains that a `fetch` can go to; `*` where that can't be told.
#[must_use]
pub fn domains<'a>(flow: &Flow<'a>, call: &'a CallExpression<'a>) -> Vec<String> {
    let Some(address) = argument(call, 0) else {
        return vec!["*".into()];
    };
    let domains: BTreeSet<String> = addresses(flow, address, 0)
        .iter()
        .filter_map(|pieces| domain(pieces))
        .collect();
    domains.into_iter().collect()
}

/// The addresses that an expression can give, through `new URL` and `.href`.
#[must_use]
pub fn addresses<'a>(
    flow: &Flow<'a>,
    expression: &'a Expression<'a>,
    steps: u32,
) -> Vec<values::Pieces> {
    const STEPS_MAX: u32 = 8;
    if !flow.work.spend(1) {
        return vec![vec![Piece::Unknown]];
    }
    let again =
        |inner: &'a Expression<'a>| (steps < STEPS_MAX).then(|| addresses(flow, inner, steps + 1));
    let found = match expression.without_parentheses() {
        Expression::NewExpression(new)
            if flow
                .host(&new.callee)
                .is_some_and(|host| host.is_global(&["URL"])) =>
        {
            let first = new
                .arguments
                .first()
                .and_then(|a| a.as_expression())
                .and_then(again);
            let base = new
                .arguments
                .get(1)
                .and_then(|a| a.as_expression())
                .and_then(again);
            match (first, base) {
                (Some(first), Some(base)) => {
                    let absolute =
                        |pieces: &values::Pieces| begins(pieces, &["http://", "https://"]);
                    let relative = !first.iter().all(absolute);
                    Some(
                        first
                            .into_iter()
                            .filter(absolute)
                            .chain(base.into_iter().filter(|_| relative))
                            .collect(),
                    )
                }
                (first, _) => first,
            }
        }
        Expression::Identifier(name) => {
            let declarator = flow.symbol(name).and_then(|symbol| flow.declarator(symbol));
            declarator
                .filter(|d| d.id.is_binding_identifier())
                .and_then(|d| d.init.as_ref())
                .and_then(again)
        }
        Expression::StaticMemberExpression(member) if member.property.name == "href" => {
            again(&member.object)
        }
        Expression::CallExpression(to_text) => match &to_text.callee {
            Expression::StaticMemberExpression(member) if member.property.name == "toString" => {
                again(&member.object)
            }
            Expression::Identifier(name) if name.name == "String" => {
                argument(to_text, 0).and_then(again)
            }
            _ => None,
        },
        Expression::TemplateLiteral(template)
            if template.expressions.len() == 1
                && template
                    .quasis
                    .iter()
                    .all(|quasi| quasi.value.raw.is_empty()) =>
        {
            template.expressions.first().and_then(again)
        }
        _ => None,
    };
    found.unwrap_or_else(|| values::texts(flow, expression))
}

/// Whether a text surely begins with one of these.
#[must_use]
pub fn begins(pieces: &[Piece], starts: &[&str]) -> bool {
    match pieces.first() {
        Some(Piece::Known(text)) => {
            let text = text.trim_start().to_ascii_lowercase();
            starts.iter().any(|start| text.starts_with(start))
        }
        _ => false,
    }
}

/// The most bytes of a domain, as the network has it.
const DOMAIN_BYTES_MAX: usize = 253;

/// The domain of an address; `None` where it surely has none.
#[must_use]
pub fn domain(pieces: &[Piece]) -> Option<String> {
    let everything = Some("*".to_owned());
    if !begins(pieces, &["http://", "https://"]) {
        return if matches!(pieces.first(), Some(Piece::Known(_)) | None) {
            None
        } else {
            everything
        };
    }
    let Some(Piece::Known(start)) = pieces.first() else {
        return everything;
    };
    let (_, rest) = start.split_once("://")?;
    let ends = |c: char| matches!(c, '/' | '?' | '#' | '\\');
    let whole = rest.contains(ends) || pieces.len() == 1;
    let authority = rest.split(ends).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if host.len() > DOMAIN_BYTES_MAX {
        return everything;
    }
    if whole || (host.contains('.') && !host.ends_with('.') && !authority.contains('@')) {
        return (!host.is_empty()).then_some(host).or(everything);
    }
    // `https://${region}.example.com/…`
    match pieces.get(2) {
        Some(Piece::Known(after))
            if host.is_empty()
                && after.starts_with('.')
                && (after.contains(ends) || pieces.len() == 3) =>
        {
            let parent = after[1..]
                .split(ends)
                .next()
                .unwrap_or_default()
                .split(':')
                .next()
                .unwrap_or_default();
            let parent = parent.to_ascii_lowercase();
            if parent.contains('.') {
                Some(format!("*.{parent}"))
            } else {
                everything
            }
        }
        _ => everything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Piece {
        Piece::Known(text.to_owned())
    }

    #[test]
    fn a_domain_is_read_off_where_it_is_certain() {
        let unknown = || Piece::Unknown;
        for (pieces, expected) in [
            (
                vec![known("https://API.example.com/v1?a=b")],
                Some("api.example.com"),
            ),
            (
                vec![known("https://user:pass@example.com:8443")],
                Some("example.com"),
            ),
            (
                vec![known("https://example.com/"), unknown()],
                Some("example.com"),
            ),
            (
                vec![known("https://api.example.com"), unknown()],
                Some("api.example.com"),
            ),
            (vec![known("https://api."), unknown()], Some("*")),
            (
                vec![known("https://"), unknown(), known(".example.com/x")],
                Some("*.example.com"),
            ),
            (
                vec![known("https://"), unknown(), known(".com/x")],
                Some("*"),
            ),
            (vec![unknown()], Some("*")),
            (vec![unknown(), known("/users")], Some("*")),
            (vec![known("data.csv")], None),
            (
                vec![known(&format!(
                    "https://{}.org/",
                    "a".repeat(DOMAIN_BYTES_MAX)
                ))],
                Some("*"),
            ),
        ] {
            assert_eq!(domain(&pieces).as_deref(), expected, "{pieces:?}");
        }
    }
}
