//! Which live texts differ: a conversation over stretches of the list of all of them.
//!
//! Equal stretches have equal hashes and are done; a stretch that differs is cut into sixteen, and
//! a short one is listed. So what is equal costs nothing, and one text that differs among many
//! costs one list a level.

use crate::limits::LIST_TEXTS_MAX;
use crate::message::{Of, Range};
use selvage_vfs::{Hash, NodeId};
use sha2::{Digest, Sha256};

/// Every live text with the name of its state, in the order of ids.
pub(crate) type Texts = [(NodeId, Hash)];

/// Stretches that a longer one is cut into.
const CUTS: usize = 16;

/// What is to be done about one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Todo {
    /// The peer has none of it.
    Send(NodeId),
    /// Both have some of it, or the peer alone has.
    Ask { node: NodeId, have_some: bool },
}

/// A name for a list of texts.
pub(crate) fn hash_of(texts: &Texts) -> Hash {
    let mut sum = Sha256::new();
    sum.update(b"selvage texts 1");
    for (node, digest) in texts {
        sum.update(node.as_bytes());
        sum.update(digest.0);
    }
    Hash(sum.finalize().into())
}

/// The whole list as one stretch.
pub(crate) fn whole(texts: &Texts) -> Range {
    tell([0; 16], None, texts)
}

/// Answers one stretch of the peer's: stretches to say in turn, and what is to be done.
pub(crate) fn answer(texts: &Texts, range: &Range) -> (Vec<Range>, Vec<Todo>) {
    let start = texts.partition_point(|(node, _)| *node.as_bytes() < range.from);
    let end = range.to.map_or(texts.len(), |to| {
        texts.partition_point(|(node, _)| *node.as_bytes() < to)
    });
    let own = texts.get(start..end).unwrap_or_default();
    match &range.of {
        Of::Hash(hash) if short(own) == *hash => (Vec::new(), Vec::new()),
        Of::Hash(_) if own.len() <= LIST_TEXTS_MAX => {
            (vec![tell(range.from, range.to, own)], Vec::new())
        }
        Of::Hash(_) => (cut(range, own), Vec::new()),
        Of::List(theirs) => (Vec::new(), compare(own, theirs)),
    }
}

fn cut(range: &Range, own: &Texts) -> Vec<Range> {
    let size = own.len().div_ceil(CUTS);
    let chunks: Vec<&Texts> = own.chunks(size).collect();
    let bound = |place: usize| chunks.get(place).map(|chunk| *chunk[0].0.as_bytes());
    let cuts = chunks.iter().enumerate().map(|(place, chunk)| {
        let from = match place {
            0 => range.from,
            _ => bound(place).unwrap_or(range.from),
        };
        // Not listed, however short: most of them are equal.
        Range {
            from,
            to: bound(place + 1).or(range.to),
            of: Of::Hash(short(chunk)),
        }
    });
    cuts.collect()
}

fn tell(from: [u8; 16], to: Option<[u8; 16]>, own: &Texts) -> Range {
    let of = if own.len() <= LIST_TEXTS_MAX {
        Of::List(
            own.iter()
                .map(|(node, digest)| (*node, first(digest)))
                .collect(),
        )
    } else {
        Of::Hash(short(own))
    };
    Range { from, to, of }
}

fn compare(own: &Texts, theirs: &[(NodeId, [u8; 8])]) -> Vec<Todo> {
    let mut todo = Vec::new();
    for (node, digest) in theirs {
        match own.binary_search_by_key(node, |(node, _)| *node) {
            Ok(place) if first(&own[place].1) == *digest => {}
            found => todo.push(Todo::Ask {
                node: *node,
                have_some: found.is_ok(),
            }),
        }
    }
    let lacking = own
        .iter()
        .filter(|(node, _)| !theirs.iter().any(|(n, _)| n == node));
    todo.extend(lacking.map(|(node, _)| Todo::Send(*node)));
    todo
}

fn short(texts: &Texts) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&hash_of(texts).0[..16]);
    out
}

pub(crate) fn first(digest: &Hash) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&digest.0[..8]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(numbers: impl Iterator<Item = u128>) -> Vec<(NodeId, Hash)> {
        let spread = |n: u128| NodeId::from_random((n << 100) | n).expect("random");
        numbers
            .map(|n| (spread(n), Hash::of(&n.to_be_bytes())))
            .collect()
    }

    /// Lets two lists talk; gives what is to be done and the stretches that were said.
    fn talk(a: &Texts, b: &Texts) -> (Vec<Todo>, usize) {
        let (mut todo, mut said) = (Vec::new(), 0);
        let mut open = vec![whole(a)];
        let mut sides = [b, a].into_iter().cycle();
        while !open.is_empty() {
            said += open.len();
            let own = sides.next().expect("endless");
            let mut next = Vec::new();
            for range in &open {
                let (ranges, some) = answer(own, range);
                next.extend(ranges);
                todo.extend(some);
            }
            open = next;
        }
        (todo, said)
    }

    #[test]
    fn equal_lists_are_done_at_once() {
        for count in [0, 1, 16, 17, 5000] {
            let list = texts(1..=count);
            assert_eq!(talk(&list, &list), (vec![], 1), "{count}");
        }
    }

    #[test]
    fn one_text_that_differs_among_many_is_found_in_few_words() {
        let a = texts(1..=5000);
        let mut b = a.clone();
        b[1234].1 = Hash::of(b"other");
        let (todo, said) = talk(&a, &b);
        let node = a[1234].0;
        assert_eq!(
            todo,
            [Todo::Ask {
                node,
                have_some: true
            }]
        );
        assert!(said < 60, "{said} stretches");
    }

    #[test]
    fn whatever_one_side_lacks_is_found_whoever_begins() {
        for (have, lack) in [(100, 3), (40, 40), (17, 1), (5000, 5000)] {
            let a = texts(1..=have);
            let b: Vec<_> = a.iter().skip(lack).copied().collect();
            for (from, to) in [(&a, &b), (&b, &a)] {
                let (todo, _) = talk(from, to);
                assert_eq!(todo.len(), lack, "{have} {lack}");
            }
        }
    }
}
