//! A barrier at which nobody waits for one who panicked: the others panic, too, and the test fails instead of hanging.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, PoisonError};

/// See the module.
pub struct Barrier {
    count: usize,
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Default)]
struct Held {
    waiting: usize,
    /// How often all have come.
    round: usize,
    /// Whether somebody will never come.
    is_broken: bool,
}

impl Barrier {
    /// A barrier for so many.
    pub fn new(count: usize) -> Self {
        Self {
            count,
            held: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Waits for all others.
    pub fn wait(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.waiting += 1;
        if held.waiting == self.count {
            held.waiting = 0;
            held.round += 1;
            self.changed.notify_all();
            return;
        }
        let round = held.round;
        let goes_on = |held: &mut Held| held.round == round && !held.is_broken;
        let held = self.changed.wait_while(held, goes_on);
        let held = held.unwrap_or_else(PoisonError::into_inner);
        let came = held.round > round;
        drop(held);
        assert!(came, "another thread panicked: see its message");
    }

    /// Does what one of those does who meet here. If that panics, nobody waits for it any more.
    pub fn guard<T>(&self, act: impl FnOnce() -> T) -> T {
        catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|panic| {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.is_broken = true;
            drop(held);
            self.changed.notify_all();
            resume_unwind(panic)
        })
    }
}

#[test]
fn who_panics_is_not_waited_for() {
    let barrier = Barrier::new(3);
    let meets = |fails: bool| {
        barrier.guard(|| {
            barrier.wait();
            assert!(!fails, "on purpose");
            barrier.wait();
        });
    };
    let ended = std::thread::scope(|scope| {
        let meeting = [false, true, false].map(|fails| scope.spawn(move || meets(fails)));
        meeting.map(|thread| thread.join().is_ok())
    });
    assert_eq!(ended, [false; 3]);
}
