//! The name that was probably meant.

/// The most bytes of a name that others are looked for; one twice as long is near none.
const NAME_BYTES_MAX: usize = 40;

/// The most of a flow's own names that one name is compared with, in order of declaration. A flow
/// may declare a hundred thousand, and each comparison takes as long as the names are square.
pub const CANDIDATES_MAX: usize = 500;

/// The nearest of some names, if one is near enough: a third of the letters may differ.
#[must_use]
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let most = (name.chars().count() / 3).max(1);
    names
        .into_iter()
        .filter(|candidate| candidate.len() <= 2 * NAME_BYTES_MAX)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= most && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether two names differ by no more than capitals or one letter of at least four.
#[must_use]
pub fn same_but_for_a_slip(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (a.len().min(b.len()) >= 4 && distance(a, b) <= 1)
}

/// Letters to insert, drop, change or swap; capitals count for nothing.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{NAME_BYTES_MAX, nearest};

    #[test]
    fn the_nearest_name_is_found_or_none() {
        let names = ["readText", "readJSON", "write", "list"];
        assert_eq!(nearest("readJson", names), Some("readJSON"));
        assert_eq!(nearest("raedText", names), Some("readText"));
        assert_eq!(nearest("wirte", names), Some("write"));
        assert_eq!(nearest("banana", names), None);
        assert_eq!(nearest("x", ["y"]), None);
    }

    #[test]
    fn long_names_are_near_none() {
        let long = "x".repeat(NAME_BYTES_MAX + 1);
        assert_eq!(nearest(&long, [long.as_str()]), None);
        let wide = "é".repeat(NAME_BYTES_MAX + 1);
        assert_eq!(nearest("eeeeeeee", [wide.as_str()]), None);
    }
}
