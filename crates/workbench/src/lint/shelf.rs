//! A bounded store of what is known of texts. What was not asked for longest goes first.

use selvage_vfs::Hash;

/// The most things that are kept.
pub(crate) const THINGS_MAX: usize = 2_000;

/// The most bytes that they take together, as whoever keeps them counts.
pub(crate) const BYTES_MAX: usize = 16 * 1024 * 1024;

/// What something is known of. The hash comes first: it tells nearly all apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    /// What it holds.
    pub(crate) text: Hash,
    /// The flow's path.
    pub(crate) path: String,
    /// The domains that the caller would grant, where these matter.
    pub(crate) net: Vec<String>,
}

#[derive(Debug)]
struct Kept<T> {
    subject: Subject,
    thing: T,
    bytes: usize,
    used: u64,
}

/// Things by what they are known of. They are so few that looking through all of them costs nothing beside a look at a text.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    kept: Vec<Kept<T>>,
    bytes: usize,
    uses: u64,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            bytes: 0,
            uses: 0,
        }
    }
}

impl<T> Shelf<T> {
    /// What is known of this.
    pub(crate) fn get(&mut self, subject: &Subject) -> Option<&T> {
        let place = self.place(subject)?;
        self.uses += 1;
        let kept = &mut self.kept[place];
        kept.used = self.uses;
        Some(&kept.thing)
    }

    /// Keeps what takes so many bytes.
    pub(crate) fn put(&mut self, subject: Subject, thing: T, bytes: usize) {
        self.remove(&subject);
        self.uses += 1;
        self.bytes += bytes;
        self.kept.push(Kept {
            subject,
            thing,
            bytes,
            used: self.uses,
        });
        while self.kept.len() > THINGS_MAX || self.bytes > BYTES_MAX {
            let places = 0..self.kept.len();
            let Some(oldest) = places.min_by_key(|place| self.kept[*place].used) else {
                return;
            };
            self.take(oldest);
        }
    }

    /// Forgets what is known of this.
    pub(crate) fn remove(&mut self, subject: &Subject) {
        if let Some(place) = self.place(subject) {
            self.take(place);
        }
    }

    fn place(&self, subject: &Subject) -> Option<usize> {
        self.kept.iter().position(|kept| kept.subject == *subject)
    }

    fn take(&mut self, place: usize) {
        let kept = self.kept.swap_remove(place);
        self.bytes -= kept.bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(path: &str) -> Subject {
        Subject {
            path: path.into(),
            text: Hash::of(b"text"),
            net: Vec::new(),
        }
    }

    #[test]
    fn so_many_are_kept_and_the_oldest_goes_first() {
        let mut shelf = Shelf::default();
        for n in 0..THINGS_MAX {
            shelf.put(subject(&n.to_string()), n, 1);
        }
        assert!(shelf.get(&subject("0")).is_some());
        shelf.put(subject("more"), 0, 1);
        assert_eq!(shelf.kept.len(), THINGS_MAX);
        assert!(shelf.get(&subject("0")).is_some());
        assert!(shelf.get(&subject("1")).is_none());
        shelf.remove(&subject("0"));
        assert!(shelf.get(&subject("0")).is_none());
    }

    #[test]
    fn they_take_so_much_and_no_more() {
        let mut shelf = Shelf::default();
        let part = BYTES_MAX / 3;
        for n in 0..6 {
            shelf.put(subject(&n.to_string()), n, part);
            assert!(shelf.bytes <= BYTES_MAX);
        }
        assert_eq!(shelf.kept.len(), 3);
        shelf.put(subject("all"), 0, BYTES_MAX + 1);
        assert!(shelf.kept.is_empty() && shelf.bytes == 0);
    }
}
