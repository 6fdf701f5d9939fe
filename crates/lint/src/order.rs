//! One sort for items of all types.
//!
//! The standard library's sort is compiled for every type anew, at several kB each, which a kernel that browsers fetch can't afford.

/// What items are ordered by: a number, then a text.
pub type Key = (u64, String);

/// Puts items into order. Those that are equal stay as they came.
#[must_use]
pub fn arranged<T>(items: Vec<T>, key: impl Fn(&T) -> Key) -> Vec<T> {
    let order = places(items.iter().map(key).collect());
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let next = |at: usize| items.get_mut(at).and_then(Option::take);
    order.into_iter().filter_map(next).collect()
}

/// Where each item of the order stands now.
fn places(keys: Vec<Key>) -> Vec<usize> {
    let mut order: Vec<(Key, usize)> = keys.into_iter().zip(0..).collect();
    // No two are equal, so this is stable.
    order.sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_before_texts_and_equal_items_stay_as_they_came() {
        let items = vec![(1, "b", 'p'), (1, "a", 'q'), (0, "c", 'r'), (1, "b", 's')];
        let sorted = arranged(items, |(number, text, _)| (*number, (*text).to_owned()));
        let last: String = sorted.into_iter().map(|(.., last)| last).collect();
        assert_eq!(last, "rqps");
    }
}
