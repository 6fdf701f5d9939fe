//! What a link may say: a bucket that runs empty at a steady rate and holds what one second may
//! bring (a token bucket).

use crate::limits::MESSAGE_COST_BYTES;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    level_bytes: u64,
    since_ms: u64,
}

impl Rate {
    pub fn new(now_ms: u64) -> Self {
        Self {
            level_bytes: 0,
            since_ms: now_ms,
        }
    }

    /// Counts a message. Gives whether its link may stay: it must go when it said three times
    /// what fits, which nobody does who is not read from while it pauses.
    pub fn pay(&mut self, now_ms: u64, len: usize, rate_bytes_s: u64) -> bool {
        let gone_ms = now_ms.saturating_sub(self.since_ms);
        let drained = gone_ms.saturating_mul(rate_bytes_s) / 1000;
        if drained > 0 {
            self.level_bytes = self.level_bytes.saturating_sub(drained);
            self.since_ms = now_ms;
        }
        let cost = len as u64 + MESSAGE_COST_BYTES;
        self.level_bytes = self.level_bytes.saturating_add(cost);
        self.level_bytes <= rate_bytes_s.saturating_mul(3).max(cost)
    }

    /// How long until what was said fits.
    pub fn pause_ms(&self, rate_bytes_s: u64) -> u64 {
        let over = self.level_bytes.saturating_sub(rate_bytes_s);
        over.saturating_mul(1000).div_ceil(rate_bytes_s)
    }
}
