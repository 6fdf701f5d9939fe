//! When to dial again: after twice the wait of the last time, up to a limit, less up to half of
//! it at random, so that clients of a relay that was away do not come back together.

use crate::limits::{BACKOFF_MS_MAX, BACKOFF_MS_MIN};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next wait, in milliseconds.
    pub fn next_ms(&mut self, random: u64) -> u64 {
        let doubled = BACKOFF_MS_MIN.saturating_mul(1 << self.failures.min(16));
        let full = doubled.min(BACKOFF_MS_MAX);
        self.failures = self.failures.saturating_add(1);
        full - random % (full / 2)
    }

    /// A link worked.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_differ() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..40).map(|_| backoff.next_ms(0)).collect();
        assert_eq!(waits[..3], [500, 1000, 2000]);
        assert_eq!(waits[39], BACKOFF_MS_MAX);
        for random in [1, 17, u64::MAX] {
            let wait = backoff.next_ms(random);
            assert!(
                (BACKOFF_MS_MAX / 2..BACKOFF_MS_MAX).contains(&wait),
                "{wait}"
            );
        }
        backoff.reset();
        assert_eq!(backoff.next_ms(0), BACKOFF_MS_MIN);
    }
}
