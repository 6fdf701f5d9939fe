//! Texts of known and unknown parts.

/// The most different texts that are kept of one expression; more count as unknown.
pub const TEXTS_MAX: usize = 16;

/// The most bytes of a text that is put together of others. One that is twice the one before it
/// would otherwise outgrow the memory in a few lines.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// These characters.
    Known(String),
    /// Anything.
    Unknown,
}

/// A text of known and unknown parts; no two neighbours are of the same kind.
pub type Pieces = Vec<Piece>;

/// A text of which nothing is known.
#[must_use]
pub fn unknown() -> Vec<Pieces> {
    vec![vec![Piece::Unknown]]
}

/// A text that is known.
#[must_use]
pub fn known(text: &str) -> Vec<Pieces> {
    if text.is_empty() {
        vec![Vec::new()]
    } else {
        vec![vec![Piece::Known(text.to_owned())]]
    }
}

/// One text followed by another.
fn follow(first: &[Piece], second: &[Piece]) -> Pieces {
    let mut pieces = first.to_vec();
    for piece in second {
        match (pieces.last_mut(), piece) {
            (Some(Piece::Known(text)), Piece::Known(more)) => text.push_str(more),
            (Some(Piece::Unknown), Piece::Unknown) => {}
            _ => pieces.push(piece.clone()),
        }
    }
    pieces
}

/// Every left text followed by every right text.
#[must_use]
pub fn join(left: &[Pieces], right: &[Pieces]) -> Vec<Pieces> {
    let longest = |texts: &[Pieces]| {
        texts
            .iter()
            .map(|text| size(text))
            .max()
            .unwrap_or_default()
    };
    if left.len() * right.len() > TEXTS_MAX || longest(left) + longest(right) > TEXT_BYTES_MAX {
        return unknown();
    }
    let pairs = left
        .iter()
        .flat_map(|first| right.iter().map(move |second| follow(first, second)));
    pairs.collect()
}

/// How many bytes a text takes, a few for each part included.
#[must_use]
pub fn size(text: &[Piece]) -> usize {
    const PIECE_BYTES: usize = 32;
    let of = |piece: &Piece| match piece {
        Piece::Known(text) => PIECE_BYTES + text.len(),
        Piece::Unknown => PIECE_BYTES,
    };
    text.iter().map(of).sum()
}

/// The texts of either.
#[must_use]
pub fn union(mut left: Vec<Pieces>, right: Vec<Pieces>) -> Vec<Pieces> {
    left.extend(right);
    left.sort();
    left.dedup();
    if left.len() > TEXTS_MAX {
        unknown()
    } else {
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_grows_too_long_counts_as_unknown() {
        let half = known(&"a".repeat(TEXT_BYTES_MAX / 2));
        assert_eq!(join(&half, &half), unknown());
        assert_ne!(join(&half, &known("b")), unknown());
    }

    #[test]
    fn too_many_texts_count_as_unknown() {
        let texts = |count: usize| -> Vec<Pieces> {
            (0..count).flat_map(|n| known(&n.to_string())).collect()
        };
        assert_eq!(union(texts(TEXTS_MAX), texts(TEXTS_MAX)).len(), TEXTS_MAX);
        assert_eq!(union(texts(TEXTS_MAX), texts(TEXTS_MAX + 1)), unknown());
        assert_eq!(join(&texts(TEXTS_MAX), &texts(2)), unknown());
    }
}
