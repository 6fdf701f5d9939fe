//! Times at which something is to be done, by a clock that people may set.

/// Whether it is time, of what waits so long at the most. A clock that was set back would have it wait until it has caught up.
pub(crate) fn is_due(at_ms: u64, now_ms: u64, longest_ms: u64) -> bool {
    at_ms <= now_ms || at_ms - now_ms > longest_ms
}
