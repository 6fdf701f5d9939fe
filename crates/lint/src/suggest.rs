//! The name that was probably meant.

/// The nearest of some names, if one is near enough: a third of the letters may differ.
#[must_use]
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const NAME_CHARS_MAX: usize = 40;
    if name.len() > NAME_CHARS_MAX {
        return None;
    }
    let most = (name.chars().count() / 3).max(1);
    names
        .into_iter()
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
    use super::nearest;

    #[test]
    fn the_nearest_name_is_found_or_none() {
        let names = ["readText", "readJSON", "write", "list"];
        assert_eq!(nearest("readJson", names), Some("readJSON"));
        assert_eq!(nearest("raedText", names), Some("readText"));
        assert_eq!(nearest("wirte", names), Some("write"));
        assert_eq!(nearest("banana", names), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
