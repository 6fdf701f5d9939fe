//! The clock that a guest sees, in one of three ways: fixed, the host's, or what an earlier run was told.
//!
//! *Invariant.* What a run that follows the host's clock was told is remembered, so that whoever makes it again can tell it the same.

use crate::sandbox::Host;
use selvage_tool::run::{Job, READINGS_MAX};

/// Nanoseconds in a microsecond: no clock here has finer steps.
const STEP_NS: u64 = 1_000;

/// One run's clock.
#[derive(Debug)]
pub(crate) struct Clock {
    source: Source,
    /// When the run began, on the host's clock that never goes back.
    began_ms: f64,
    /// Nanoseconds that a fixed clock has moved on: it moves with sleeps, and a little with each look.
    moved_ns: u64,
}

#[derive(Debug)]
enum Source {
    /// It starts at this time, in milliseconds since 1970.
    Fixed(u64),
    /// The host's, and what it told so far in microseconds; nothing once that is too much.
    Host(Option<Vec<u64>>),
    /// What it told an earlier run, and what it says next when it is asked more often than then.
    Again {
        readings: std::vec::IntoIter<u64>,
        next: u64,
    },
}

impl Clock {
    pub fn new(job: &mut Job, began_ms: f64) -> Self {
        let readings = std::mem::take(&mut job.readings);
        let source = match job.start_ms {
            Some(start_ms) => Source::Fixed(start_ms),
            None if readings.is_empty() => Source::Host(Some(Vec::new())),
            None => Source::Again {
                readings: readings.into_iter(),
                next: 0,
            },
        };
        Self {
            source,
            began_ms,
            moved_ns: 0,
        }
    }

    /// Nanoseconds since 1970 for `real`, otherwise since the start.
    pub fn look_ns(&mut self, real: bool, host: &mut dyn Host) -> u64 {
        match &mut self.source {
            Source::Fixed(start_ms) => {
                self.moved_ns = self.moved_ns.saturating_add(STEP_NS);
                let base = if real { *start_ms } else { 0 };
                base.saturating_mul(1_000_000).saturating_add(self.moved_ns)
            }
            Source::Host(told) => {
                let ms = match real {
                    true => host.wall_ms(),
                    false => host.now_ms() - self.began_ms,
                };
                let reading = nanoseconds(ms) / STEP_NS;
                match told {
                    Some(all) if all.len() < READINGS_MAX => all.push(reading),
                    _ => *told = None,
                }
                reading.saturating_mul(STEP_NS)
            }
            Source::Again { readings, next } => {
                let reading = readings.next().unwrap_or(*next);
                *next = reading.saturating_add(1);
                reading.saturating_mul(STEP_NS)
            }
        }
    }

    /// The guest sleeps for so long.
    pub fn move_on(&mut self, ms: f64) {
        self.moved_ns = self.due_ns(ms);
    }

    /// What a fixed clock says in so many milliseconds.
    pub fn due_ns(&self, ms: f64) -> u64 {
        self.moved_ns.saturating_add(nanoseconds(ms))
    }

    /// A timer is due, which was due then.
    pub fn move_to(&mut self, due_ns: u64) {
        self.moved_ns = self.moved_ns.max(due_ns);
    }

    /// What the host's clock told in this run, in order; nothing of another clock, and of none that was asked too often.
    pub fn take_told(&mut self) -> Vec<u64> {
        match &mut self.source {
            Source::Host(told) => told.take().unwrap_or_default(),
            Source::Fixed(_) | Source::Again { .. } => Vec::new(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float casts to the nearest u64"
)]
fn nanoseconds(ms: f64) -> u64 {
    (ms.max(0.0) * 1e6) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use selvage_tool::run::RunReport;

    /// A host whose clocks move on by a millisecond and a part with each look.
    struct Ticking(f64);

    impl Host for Ticking {
        fn now_ms(&mut self) -> f64 {
            self.0 += 1.25;
            self.0
        }

        fn wall_ms(&mut self) -> f64 {
            1_700_000_000_000.0 + self.now_ms()
        }

        fn blob(&mut self, _: &str) -> Option<std::sync::Arc<[u8]>> {
            None
        }

        fn report(&mut self, _: RunReport) {}
    }

    fn of(job: Job) -> Clock {
        Clock::new(&mut { job }, 0.0)
    }

    fn following() -> Job {
        Job {
            start_ms: None,
            ..Job::warm_up()
        }
    }

    #[test]
    fn a_run_that_is_made_again_is_told_what_the_host_s_clock_told_the_first_time() {
        let mut host = Ticking(0.0);
        let mut first = of(following());
        let looks = [true, false, true, true, false];
        let told = looks.map(|real| first.look_ns(real, &mut host));
        assert_ne!(told[0], told[2], "it moves");
        let mut again = of(Job {
            readings: first.take_told(),
            ..following()
        });
        assert_eq!(looks.map(|real| again.look_ns(real, &mut host)), told);
        let more = again.look_ns(true, &mut host);
        assert!(more > told[4], "it goes on where the readings end");
        assert!(again.take_told().is_empty());
    }

    #[test]
    fn what_is_asked_too_often_is_not_told_again() {
        let mut host = Ticking(0.0);
        let mut clock = of(following());
        for _ in 0..READINGS_MAX {
            clock.look_ns(true, &mut host);
        }
        clock.look_ns(true, &mut host);
        assert!(clock.take_told().is_empty());
        let mut clock = of(following());
        for _ in 0..READINGS_MAX {
            clock.look_ns(true, &mut host);
        }
        assert_eq!(clock.take_told().len(), READINGS_MAX);
    }
}
