//! What comes in to a run from outside: answers, grants and the cancel.

use selvage_tool::LimitsPatch;
use selvage_tool::guest::Answer;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The longest that one wait on the clock may take; a longer one is made of several.
const WAIT_MS_MAX: f64 = 60_000.0;

/// The way in to one run. Clones are the same way.
///
/// It may be used from any thread, at any time: an answer that nobody waits for is let fall, and a
/// cancel of a run that has not begun ends it when it begins.
#[derive(Debug, Clone, Default)]
pub struct Control(Arc<Inbox>);

#[derive(Debug, Default)]
struct Inbox {
    /// Beside the mutex, because a guest that computes looks at it thousands of times a second.
    cancelled: AtomicBool,
    came: Mutex<Came>,
    news: Condvar,
}

#[derive(Debug, Default)]
struct Came {
    answers: VecDeque<Answered>,
    more: Option<Option<LimitsPatch>>,
    /// The newest word about the clock.
    held: Option<bool>,
    /// Whether nobody has to pass words on any more.
    closed: bool,
}

/// An answer to a pending call.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The guest's number for it.
    pub id: u32,
    /// What it says.
    pub answer: Answer,
    /// Its body.
    pub body: Vec<u8>,
}

/// What was said to a run, for an executor that passes it on.
#[derive(Debug)]
pub enum Word {
    /// The answer to a call.
    Answer {
        /// The guest's number for the call.
        id: u32,
        /// What it says.
        answer: Answer,
        /// Its body.
        body: Vec<u8>,
    },
    /// The answer to the question about a quota.
    More(Option<LimitsPatch>),
    /// The run's clock is to stand still, or to go on.
    Hold(bool),
    /// The run is to end. It is said again each time somebody listens.
    Cancel,
    /// Nothing is passed on any more: [`Control::close`].
    Closed,
}

/// What ended a wait.
#[derive(Debug)]
pub(crate) enum Woken<T> {
    /// Something came.
    Came(T),
    /// The run is to be cancelled.
    Cancelled,
    /// Nothing came in time.
    Late,
}

impl Control {
    /// Answers a call that the run reported under this number.
    pub fn answer(&self, id: u32, answer: Answer, body: Vec<u8>) {
        self.lock().answers.push_back(Answered { id, answer, body });
        self.0.news.notify_all();
    }

    /// Answers a run that asks for more: other limits, or `None` to let it end.
    pub fn more(&self, limits: Option<LimitsPatch>) {
        self.lock().more = Some(limits);
        self.0.news.notify_all();
    }

    /// Has the run's clock stand still, because a person decides what it asked for, or go on.
    pub fn hold(&self, held: bool) {
        self.lock().held = Some(held);
        self.0.news.notify_all();
    }

    /// Ends the run: within a slice of fuel when it computes, at once when it waits.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Release);
        // Under the lock, so that it can't fall between a wait's last look and its sleep.
        let _came = self.lock();
        self.0.news.notify_all();
    }

    /// Whether the run is to be cancelled.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    /// Waits for whatever is said next.
    #[must_use]
    pub fn next_word(&self) -> Word {
        loop {
            let woken = self.wait(WAIT_MS_MAX, |came| {
                if came.closed {
                    return Some(Word::Closed);
                }
                let answered = came.answers.pop_front();
                let answered =
                    answered.map(|Answered { id, answer, body }| Word::Answer { id, answer, body });
                let held = || came.held.take().map(Word::Hold);
                answered
                    .or_else(held)
                    .or_else(|| came.more.take().map(Word::More))
            });
            match woken {
                Woken::Came(word) => return word,
                Woken::Cancelled if self.lock().closed => return Word::Closed,
                Woken::Cancelled => return Word::Cancel,
                Woken::Late => {}
            }
        }
    }

    /// Ends the wait of whoever passes words on.
    pub fn close(&self) {
        self.lock().closed = true;
        self.0.news.notify_all();
    }

    /// Waits until nothing is passed on any more, so long at most; whether it came to that.
    #[must_use]
    pub fn closes_within(&self, longest: Duration) -> bool {
        let waited = self
            .0
            .news
            .wait_timeout_while(self.lock(), longest, |came| !came.closed);
        waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    /// The newest word about the clock, once.
    pub(crate) fn take_hold(&self) -> Option<bool> {
        self.lock().held.take()
    }

    /// Waits for an answer to a call; not any longer when there is a word about the clock.
    pub(crate) fn next_answer(&self, ms_max: f64) -> Woken<Answered> {
        self.wait_on_clock(ms_max, |came| came.answers.pop_front())
    }

    /// Waits for the answer to one call; those to others stay.
    pub(crate) fn next_answer_to(&self, id: u32, ms_max: f64) -> Woken<Answered> {
        self.wait_on_clock(ms_max, |came| {
            let at = came.answers.iter().position(|answered| answered.id == id)?;
            came.answers.remove(at)
        })
    }

    /// Waits for nothing but a cancel; not any longer when there is a word about the clock.
    pub(crate) fn pause(&self, ms_max: f64) -> Woken<()> {
        self.wait_on_clock(ms_max, |_| None)
    }

    fn wait_on_clock<T>(
        &self,
        ms_max: f64,
        mut take: impl FnMut(&mut Came) -> Option<T>,
    ) -> Woken<T> {
        let woken = self.wait(ms_max, |came| match came.held {
            Some(_) => Some(None),
            None => take(came).map(Some),
        });
        match woken {
            Woken::Came(Some(came)) => Woken::Came(came),
            Woken::Cancelled => Woken::Cancelled,
            Woken::Came(None) | Woken::Late => Woken::Late,
        }
    }

    /// Forgets what was said about an earlier question.
    pub(crate) fn forget_more(&self) {
        self.lock().more = None;
    }

    /// Waits for an answer to the question about a quota.
    pub(crate) fn next_more(&self, ms_max: f64) -> Woken<Option<LimitsPatch>> {
        self.wait(ms_max, |came| came.more.take())
    }

    /// Waits for so long at most; it may wake earlier with [`Woken::Late`], never later.
    fn wait<T>(&self, ms_max: f64, mut take: impl FnMut(&mut Came) -> Option<T>) -> Woken<T> {
        let limit = Duration::from_secs_f64(ms_max.clamp(0.0, WAIT_MS_MAX) / 1000.0);
        let mut taken = None;
        let mut found = |came: &mut Came| {
            taken = take(came);
            taken.is_some() || self.cancelled()
        };
        let waited = self
            .0
            .news
            .wait_timeout_while(self.lock(), limit, |came| !found(came));
        drop(waited);
        match taken {
            _ if self.cancelled() => Woken::Cancelled,
            Some(came) => Woken::Came(came),
            None => Woken::Late,
        }
    }

    /// A thread that panicked while it held the lock can't have left the queues half changed.
    fn lock(&self) -> MutexGuard<'_, Came> {
        self.0.came.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_in_which_they_were_given() {
        let control = Control::default();
        for id in [7, 3] {
            control.answer(id, Answer::Ok(id.into()), vec![]);
        }
        for expected in [7, 3] {
            match control.next_answer(0.0) {
                Woken::Came(answered) => assert_eq!(answered.id, expected),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(control.next_answer(1.0), Woken::Late));
    }

    #[test]
    fn a_cancel_wakes_who_waits_and_comes_before_any_answer() {
        let control = Control::default();
        let other = control.clone();
        let waiting =
            std::thread::spawn(move || matches!(other.next_answer(50_000.0), Woken::Cancelled));
        control.cancel();
        assert!(waiting.join().expect("no panic"));
        control.answer(1, Answer::Ok(0.into()), vec![]);
        assert!(matches!(control.next_answer(0.0), Woken::Cancelled));
    }

    #[test]
    fn whoever_passes_words_on_hears_all_of_them_and_then_that_it_is_over() {
        let control = Control::default();
        control.answer(7, Answer::Ok(1.into()), vec![2]);
        assert!(matches!(control.next_word(), Word::Answer { id: 7, .. }));
        control.more(None);
        control.hold(true);
        assert!(matches!(control.next_word(), Word::Hold(true)));
        assert!(matches!(control.next_word(), Word::More(None)));
        assert!(!control.closes_within(Duration::ZERO));
        let other = control.clone();
        let waiting = std::thread::spawn(move || matches!(other.next_word(), Word::Closed));
        control.close();
        assert!(waiting.join().expect("no panic"));
        control.cancel();
        assert!(matches!(control.next_word(), Word::Closed));
        assert!(control.closes_within(Duration::ZERO));
    }

    #[test]
    fn a_grant_that_was_given_before_the_question_is_forgotten_with_it() {
        let control = Control::default();
        control.more(None);
        control.forget_more();
        assert!(matches!(control.next_more(1.0), Woken::Late));
        control.more(Some(LimitsPatch::default()));
        assert!(matches!(control.next_more(1.0), Woken::Came(Some(_))));
    }
}
